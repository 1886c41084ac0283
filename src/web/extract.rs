//! Limits and plain errors for bodies, paths and queries.

use actix_web::error::{PathError, QueryPayloadError, UrlencodedError};
use actix_web::web::{FormConfig, PathConfig, PayloadConfig, QueryConfig, ServiceConfig};

use crate::error::Error;

/// Largest body anywhere, in bytes: many times the longest form.
pub const MOST_BYTES: usize = 256 * 1024;

/// Sets limits and errors for all routes.
pub fn configure(config: &mut ServiceConfig) {
    config
        .app_data(PayloadConfig::new(MOST_BYTES))
        .app_data(FormConfig::default().limit(MOST_BYTES).error_handler(|e, _| form(&e).into()))
        .app_data(PathConfig::default().error_handler(|e: PathError, _| Error::NotFound(format!("this address ({e})")).into()))
        .app_data(QueryConfig::default().error_handler(|e: QueryPayloadError, _| Error::BadRequest(format!("the part after ? cannot be read: {e}")).into()));
}

fn form(e: &UrlencodedError) -> Error {
    match e {
        UrlencodedError::Overflow { limit, .. } => Error::TooLarge(*limit),
        UrlencodedError::ContentType => Error::UnsupportedMedia("send application/x-www-form-urlencoded".to_owned()),
        other => Error::BadRequest(format!("the form cannot be read: {other}")),
    }
}

/// A JSON body that has arrived whole.
///
/// # Errors
/// `UnsupportedMedia`, `BadRequest` with line and column.
pub fn json(request: &actix_web::HttpRequest, body: &[u8]) -> Result<serde_json::Value, Error> {
    let kind = request.headers().get(actix_web::http::header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
    let essence = kind.split(';').next().unwrap_or("").trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(Error::UnsupportedMedia("send Content-Type: application/json".to_owned()));
    }
    serde_json::from_slice(body).map_err(|e| Error::BadRequest(format!("the body is not JSON: {e}")))
}
