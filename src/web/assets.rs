//! The style sheet and icons, embedded in the program and kept by browsers for a year under an address that changes with the content.

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use rust_embed::RustEmbed;

use crate::error::{Error, Result};

#[derive(RustEmbed)]
#[folder = "static"]
struct Assets;

/// The address of an asset, with the beginning of its digest.
#[must_use]
pub fn address(name: &str) -> Option<String> {
    let hash = Assets::get(name)?.metadata.sha256_hash();
    let short: String = hash.iter().take(6).map(|b| format!("{b:02x}")).collect();
    Some(format!("/static/{name}?v={short}"))
}

/// `GET /static/{name}`
pub async fn get(name: web::Path<String>) -> Result<HttpResponse> {
    let file = Assets::get(&name).ok_or_else(|| Error::NotFound(format!("/static/{name}")))?;
    let kind = match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    };
    Ok(HttpResponse::Ok()
        .content_type(kind)
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .body(file.data.into_owned()))
}
