//! `GET /api/v1/questionnaires/{id}/versions/{v}`.

use actix_web::web::{Data, Json, Path};

use super::{Questionnaire, store};
use crate::db::Db;
use crate::error::Result;

/// A questionnaire version: texts in every language, questions, conditions, index, and where each answer is stored.
#[utoipa::path(get, path = "/api/v1/questionnaires/{id}/versions/{v}", tag = "questionnaires",
    params(("id" = String, Path, description = "Code of the questionnaire"), ("v" = String, Path, description = "Version")),
    responses((status = 200, body = Object), (status = 404, body = crate::web::problem::Problem)))]
pub async fn version(path: Path<(String, String)>, db: Data<Db>) -> Result<Json<Questionnaire>> {
    let (code, version) = path.into_inner();
    Ok(Json(db.read(move |conn| store::load(conn, &code, &version)).await?))
}
