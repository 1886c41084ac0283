//! Errors as RFC 9457 problems for programs and as pages for people.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{StatusCode, header};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use serde::Serialize;

use super::render::{Page, Renderer};
use crate::error::{Error, FieldError};

/// An RFC 9457 problem.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Problem {
    /// A name for this kind of problem: `urn:sipas:problem:<code>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// HTTP status.
    pub status: u16,
    /// A stable word for programs.
    pub code: &'static str,
    /// What kind of problem it is.
    pub title: &'static str,
    /// What happened, and what to do.
    pub detail: String,
    /// What is wrong with which field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

impl From<&Error> for Problem {
    fn from(e: &Error) -> Self {
        let (status, code, title) = e.status();
        let errors = if let Error::Invalid(fields) = e { fields.clone() } else { Vec::new() };
        Problem { kind: format!("urn:sipas:problem:{code}"), status, code, title, detail: e.public_detail(), errors }
    }
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status().0).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        if self.status().0 >= 500 {
            tracing::error!(error = %self, "answered with an error");
        }
        let mut response = HttpResponse::build(self.status_code());
        if let Some(seconds) = self.retry_after() {
            response.insert_header((header::RETRY_AFTER, seconds.to_string()));
        }
        response.content_type("application/problem+json").insert_header((header::CACHE_CONTROL, "no-store"));
        response.body(serde_json::to_vec(&Problem::from(self)).unwrap_or_default())
    }
}

/// Whatever no route answers.
pub async fn no_route(request: HttpRequest) -> Result<HttpResponse, Error> {
    Err(Error::NotFound(request.path().to_owned()))
}

/// Outside the API, shows errors as pages with a way out; who must sign in first is led there.
///
/// # Errors
/// Those of the transport.
pub async fn as_pages(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let response = next.call(request).await?.map_into_boxed_body();
    let (request, response) = response.into_parts();
    let for_programs = for_programs(request.path());
    let page = match response.error().and_then(|e| e.as_error::<Error>()) {
        Some(e) if !for_programs => Some(page(&request, e)),
        _ => None,
    };
    Ok(ServiceResponse::new(request, page.unwrap_or(response)))
}

/// Whether a program reads what is at this address.
fn for_programs(path: &str) -> bool {
    path.starts_with("/api/") || path.starts_with("/odata/") || ["/healthz", "/readyz", "/odata"].contains(&path)
}

fn page(request: &HttpRequest, e: &Error) -> HttpResponse {
    if matches!(e, Error::SignInFirst) {
        let back: String = request.uri().path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string);
        let encoded: String = url_encode(&back);
        return HttpResponse::SeeOther().insert_header((header::LOCATION, format!("/signin?next={encoded}"))).finish();
    }
    if matches!(e, Error::ChoosePassword) {
        return HttpResponse::SeeOther().insert_header((header::LOCATION, "/account/password")).finish();
    }
    let problem = Problem::from(e);
    let Some(renderer) = request.app_data::<Data<Renderer>>() else { return e.error_response() };
    let view = serde_json::json!({ "code": problem.code, "status": problem.status, "detail": problem.detail });
    match Page::new(request, renderer).status(e.status_code()).render("error.html", view) {
        Ok(mut response) => {
            if let Some(seconds) = e.retry_after() {
                response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
            }
            response
        }
        Err(_) => e.error_response(),
    }
}

/// Percent-encodes everything but letters, digits and `-_.~/`.
#[must_use]
pub fn url_encode(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() || b"-_.~/".contains(&b) { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every form whose random code ended in z once showed its errors as JSON, because only the last letter of `/healthz` was looked at.
    #[test]
    fn a_citizen_is_never_answered_as_a_program() {
        for path in ["/s/23abcdefgz", "/reports/xyz", "/", "/apiz"] {
            assert!(!for_programs(path), "{path}");
        }
        for path in ["/healthz", "/readyz", "/api/v1/surveys", "/odata/Surveys"] {
            assert!(for_programs(path), "{path}");
        }
    }
}
