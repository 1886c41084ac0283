//! The OpenAPI document, put together from the handlers' own descriptions.

use actix_web::web::Json;
use utoipa::OpenApi;

#[derive(OpenApi)]
#[openapi(
    info(title = "SIPAS", description = "Satisfaction with public administrative services: surveys, responses, estimates."),
    paths(
        crate::surveys::handlers::list,
        crate::surveys::handlers::get,
        crate::collection::handlers::submit,
        crate::estimation::handlers::estimates,
        crate::reports::api::handlers::ranks,
        crate::reports::api::handlers::changes,
        crate::reports::api::handlers::series,
        crate::reports::api::handlers::answers,
        crate::reports::api::handlers::priorities,
        crate::reports::api::handlers::quality,
        crate::reports::files::handlers::table,
        crate::reports::files::handlers::xlsx,
        crate::reports::files::handlers::parquet,
        crate::reports::files::handlers::json,
        crate::reports::files::handlers::codebook,
        crate::releases::api::handlers::list,
        crate::releases::api::handlers::get,
        crate::questionnaires::handlers::version,
        crate::designer::api::handlers::list,
        crate::designer::api::handlers::check,
        crate::designer::api::handlers::difference,
        crate::designer::api::handlers::import,
        crate::designer::api::handlers::publish,
        crate::designer::api::handlers::file,
        crate::indices::handlers::api,
        openapi,
    )
)]
struct Document;

/// This document.
#[utoipa::path(get, path = "/api/openapi.json", tag = "meta", responses((status = 200, body = Object)))]
pub async fn openapi() -> Json<utoipa::openapi::OpenApi> {
    Json(Document::openapi())
}
