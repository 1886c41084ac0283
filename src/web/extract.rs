//! Limits and plain errors for bodies, paths and queries.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::error::{PathError, PayloadError, QueryPayloadError, UrlencodedError};
use actix_web::web::{Bytes, FormConfig, PathConfig, PayloadConfig, QueryConfig, ServiceConfig};
use actix_web::{FromRequest, HttpRequest};

use crate::error::Error;

/// Largest body anywhere, in bytes: many times the longest form.
pub const MOST_BYTES: usize = 256 * 1024;

/// Sets limits and errors for all routes.
pub fn configure(config: &mut ServiceConfig) {
    config
        .app_data(PayloadConfig::new(MOST_BYTES))
        .app_data(FormConfig::default().limit(MOST_BYTES).error_handler(|e, _| form(&e).into()))
        .app_data(PathConfig::default().error_handler(|e: PathError, _| Error::NotFound(format!("this address ({e})")).into()))
        .app_data(
            QueryConfig::default()
                .error_handler(|e: QueryPayloadError, _| Error::BadRequest(format!("the part after ? cannot be read: {e}")).into()),
        );
}

fn form(e: &UrlencodedError) -> Error {
    match e {
        UrlencodedError::Overflow { limit, .. } => Error::TooLarge(*limit),
        UrlencodedError::ContentType => Error::UnsupportedMedia("send application/x-www-form-urlencoded".to_owned()),
        other => Error::BadRequest(format!("the form cannot be read: {other}")),
    }
}

/// A whole body, within the limit.
pub struct Body(pub Bytes);

impl FromRequest for Body {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;
    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let bytes = Bytes::from_request(request, payload);
        Box::pin(async move {
            bytes.await.map(Body).map_err(|e| match e.as_error::<PayloadError>() {
                Some(PayloadError::Overflow) => Error::TooLarge(MOST_BYTES),
                _ => Error::BadRequest(format!("the body did not arrive whole: {e}")),
            })
        })
    }
}

/// A JSON body that has arrived whole.
///
/// # Errors
/// `UnsupportedMedia`, `BadRequest` with line and column.
pub fn json(request: &HttpRequest, body: &[u8]) -> Result<serde_json::Value, Error> {
    let kind = request.headers().get(actix_web::http::header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
    let essence = kind.split(';').next().unwrap_or("").trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(Error::UnsupportedMedia("send Content-Type: application/json".to_owned()));
    }
    serde_json::from_slice(body).map_err(|e| Error::BadRequest(format!("the body is not JSON: {e}")))
}
