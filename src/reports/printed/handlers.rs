//! Reports as files for leaders: PDF, Word, slides.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{Data, Path};

use super::super::asked::Asked;
use super::{Paper, make};
use crate::config::Issuer;
use crate::error::{Error, Result};

/// `GET /reports/{survey}/files/{file}`: `report.pdf`, `report.docx`, `slides.pdf`.
pub async fn survey(asked: Asked, path: Path<(String, String)>, issuer: Data<Issuer>) -> Result<HttpResponse> {
    let (survey, file) = path.into_inner();
    answer(asked, survey, None, &file, issuer).await
}

/// `GET /reports/{survey}/units/{unit}/files/{file}`: `report.pdf`, `report.docx`.
pub async fn unit(asked: Asked, path: Path<(String, String, String)>, issuer: Data<Issuer>) -> Result<HttpResponse> {
    let (survey, unit, file) = path.into_inner();
    answer(asked, survey, Some(unit), &file, issuer).await
}

async fn answer(asked: Asked, survey: String, unit: Option<String>, file: &str, issuer: Data<Issuer>) -> Result<HttpResponse> {
    let paper = match (file, &unit) {
        ("report.pdf", _) => Paper::Pdf,
        ("report.docx", _) => Paper::Docx,
        ("slides.pdf", None) => Paper::Slides,
        _ => return Err(Error::NotFound(format!("file {file} of this report"))),
    };
    let of = unit.as_deref().map_or_else(String::new, |u| format!("-{}", u.replace(|c: char| !c.is_ascii_alphanumeric(), "")));
    let name = format!("{survey}{of}-{file}");
    let body = asked.compute(move |teller| make(teller, paper, unit.as_deref(), &issuer)).await?;
    Ok(HttpResponse::Ok()
        .content_type(paper.content_type())
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(body))
}
