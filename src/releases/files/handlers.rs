//! `GET /results/{release}.pdf`, `.docx`, `.xlsx`: for everybody, from what is stored. Setting a document takes a second of a processor, so it is done
//! on the pool of blocking threads, and not at all for whoever has the file already.

use actix_web::http::header;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};

use super::document::Printed;
use super::workbook::figures;
use crate::config::Issuer;
use crate::db::Db;
use crate::db::types::Day;
use crate::documents;
use crate::error::Result;
use crate::releases::content::sha256;
use crate::releases::public::handlers::{Published, asked_language, base, had, kept, published, published_at, view};
use crate::reports::formats;
use crate::reports::printed::Paper;
use crate::web::{Language, Renderer};

/// A kind of file.
#[derive(Debug, Clone, Copy)]
enum File {
    Document(Paper),
    Workbook,
}

impl File {
    fn extension(self) -> &'static str {
        match self {
            File::Document(Paper::Docx) => "docx",
            File::Document(Paper::Pdf | Paper::Slides) => "pdf",
            File::Workbook => "xlsx",
        }
    }

    fn content_type(self) -> &'static str {
        match self {
            File::Document(paper) => paper.content_type(),
            File::Workbook => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// `GET /results/{release}.pdf`: the release as an official document.
pub async fn pdf(
    request: HttpRequest,
    code: Path<String>,
    db: Data<Db>,
    renderer: Data<Renderer>,
    issuer: Data<Issuer>,
) -> Result<HttpResponse> {
    answer(&request, code.into_inner(), File::Document(Paper::Pdf), &db, renderer, issuer).await
}

/// `GET /results/{release}.docx`: the same as a Word file.
pub async fn docx(
    request: HttpRequest,
    code: Path<String>,
    db: Data<Db>,
    renderer: Data<Renderer>,
    issuer: Data<Issuer>,
) -> Result<HttpResponse> {
    answer(&request, code.into_inner(), File::Document(Paper::Docx), &db, renderer, issuer).await
}

/// `GET /results/{release}.xlsx`: the figures as a workbook.
pub async fn xlsx(
    request: HttpRequest,
    code: Path<String>,
    db: Data<Db>,
    renderer: Data<Renderer>,
    issuer: Data<Issuer>,
) -> Result<HttpResponse> {
    answer(&request, code.into_inner(), File::Workbook, &db, renderer, issuer).await
}

async fn answer(
    request: &HttpRequest,
    code: String,
    file: File,
    db: &Db,
    renderer: Data<Renderer>,
    issuer: Data<Issuer>,
) -> Result<HttpResponse> {
    let language = asked_language(request);
    let found = db.read(move |conn| published(conn, &code)).await?;
    let base = base(request);
    let tag = state(&found, file, language, &issuer, &base);
    let mark = if found.content.demonstration { "-demonstration" } else { "" };
    let tongue = if language == Language::Vi { "" } else { "-en" };
    let name = format!("attachment; filename=\"{}{mark}{tongue}.{}\"", found.known.release.code, file.extension());
    let body =
        if had(request, &tag) { Vec::new() } else { db.block(move |_| make(&found, file, language, &renderer, &issuer, base)).await? };
    // Withdrawn and corrected is said soon after it happens.
    let mut answer = kept(request, tag, "public, max-age=300", file.content_type(), body);
    if let Ok(value) = header::HeaderValue::from_str(&name) {
        answer.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(answer)
}

/// Another word for each state of what the file is made of.
fn state(found: &Published, file: File, language: Language, issuer: &Issuer, base: &str) -> String {
    let newer = found.corrected_by.as_ref().map(|(code, _)| code);
    let of = (&found.known.release.hash, found.known.status(), newer, language.code(), issuer, base, env!("CARGO_PKG_VERSION"));
    format!("{}-{}", sha256(format!("{of:?}").as_bytes()), file.extension())
}

fn make(found: &Published, file: File, language: Language, renderer: &Renderer, issuer: &Issuer, base: String) -> Result<Vec<u8>> {
    let words = renderer.words(language);
    let paper = match file {
        File::Workbook => return formats::workbook::bytes(&figures(&found.content, &found.known.release.hash, language), words),
        File::Document(paper) => paper,
    };
    let view = view(found, base, language, words);
    let published = Day::date_of(published_at(&found.known));
    let document = Printed { content: &found.content, view: &view, published, issuer, language, words }.document()?;
    match paper {
        Paper::Docx => documents::docx(&document),
        Paper::Pdf | Paper::Slides => documents::pdf(&document),
    }
}
