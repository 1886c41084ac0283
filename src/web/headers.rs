//! Headers every answer carries.
//!
//! Our own pages may frame our own pages (the preview beside a questionnaire's form); nobody else may.

use actix_web::middleware::DefaultHeaders;

/// No scripts, styles, frames or forms from or to anywhere else; no guessing of types; no address of ours told to others.
#[must_use]
pub fn everywhere() -> DefaultHeaders {
    DefaultHeaders::new()
        .add((
            "Content-Security-Policy",
            "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; font-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'",
        ))
        .add(("X-Content-Type-Options", "nosniff"))
        .add(("Referrer-Policy", "same-origin"))
        .add(("Permissions-Policy", "camera=(), microphone=(), geolocation=()"))
}
