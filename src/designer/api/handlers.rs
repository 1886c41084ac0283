//! `/api/v1/questionnaires…`

use actix_web::http::header;
use actix_web::web::{Data, Json, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};

use crate::accounts::{DraftReader, Reviewer};
use crate::db::Db;
use crate::designer::cli::publish as add;
use crate::designer::versions::files;
use crate::designer::versions::handlers::as_fields;
use crate::error::{Error, Result};
use crate::questionnaires::diff::{self, Change};
use crate::questionnaires::store::{self, Version};
use crate::questionnaires::{Finding, format, read};
use crate::web::{Language, extract};

/// All published versions, the newest of each questionnaire first.
#[utoipa::path(get, path = "/api/v1/questionnaires", tag = "questionnaires", responses((status = 200, body = Vec<Version>)))]
pub async fn list(db: Data<Db>) -> Result<Json<Vec<Version>>> {
    Ok(Json(db.read(store::versions).await?))
}

fn text(body: extract::Body) -> Result<String> {
    String::from_utf8(body.0.to_vec()).map_err(|e| Error::BadRequest(format!("the body is not UTF-8 text: {e}")))
}

/// What the check says.
#[derive(Debug, Serialize)]
pub struct Checked {
    /// Everything that must be mended; empty when the questionnaire can be published.
    findings: Vec<Finding>,
    /// Code, when it can be read.
    questionnaire: Option<String>,
    /// Version, when it can be read.
    version: Option<String>,
    /// How many questions people answer.
    questions: usize,
}

/// Check a questionnaire file. The body is the YAML.
#[utoipa::path(post, path = "/api/v1/questionnaires/check", tag = "questionnaires", request_body(content = String, content_type = "application/yaml"),
    responses((status = 200, body = Object), (status = 403, body = crate::web::problem::Problem)))]
pub async fn check(_reader: DraftReader, body: extract::Body) -> Result<Json<Checked>> {
    let source = text(body)?;
    Ok(Json(match read(&source) {
        Ok(q) => Checked {
            findings: Vec::new(),
            questions: q.questions.iter().filter(|x| x.is_answered_by_people()).count(),
            questionnaire: Some(q.code),
            version: Some(q.version),
        },
        Err(findings) => Checked { findings, questionnaire: None, version: None, questions: 0 },
    }))
}

/// Two files to be compared.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub struct Two {
    /// The older file, YAML.
    old: String,
    /// The newer file, YAML.
    new: String,
}

/// What differs between two questionnaire files.
#[utoipa::path(post, path = "/api/v1/questionnaires/difference", tag = "questionnaires", request_body = Two,
    responses((status = 200, body = Vec<Object>), (status = 400, body = crate::web::problem::Problem)))]
pub async fn difference(request: HttpRequest, _reader: DraftReader, body: extract::Body) -> Result<Json<Vec<Change>>> {
    let two: Two = serde_json::from_value(extract::json(&request, &body.0)?)
        .map_err(|e| Error::BadRequest(format!("the body needs `old` and `new`: {e}")))?;
    let parse = |name: &str, source: &str| format::parse(source).map_err(|e| Error::BadRequest(format!("{name}: {e}")));
    let changes = diff::compare(&parse("old", &two.old)?, &parse("new", &two.new)?).map_err(|e| Error::Internal(e.to_string()))?;
    Ok(Json(changes))
}

/// How a file is imported.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
pub struct ImportAsked {
    /// Language of labels that name none.
    lang: Option<String>,
}

/// What an import gives.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Imported {
    /// The questionnaire as YAML, not yet published.
    yaml: String,
    /// What was not taken as it stood.
    warnings: Vec<String>,
}

/// Turn a file (XLSForm or YAML) into a questionnaire. Nothing is stored. The body is the file.
#[utoipa::path(post, path = "/api/v1/questionnaires/import", tag = "questionnaires", params(ImportAsked),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = Imported), (status = 422, body = crate::web::problem::Problem)))]
pub async fn import(_reader: DraftReader, asked: Query<ImportAsked>, body: extract::Body) -> Result<Json<Imported>> {
    let lang = asked.into_inner().lang;
    let read =
        actix_web::web::block(move || files::read("", &body.0, lang.as_deref())).await.map_err(|e| Error::Internal(e.to_string()))?;
    let read = read.map_err(|problems| {
        Error::Invalid(problems.into_iter().map(|p| crate::error::FieldError::new("", "cannot_import", p)).collect())
    })?;
    let yaml = format::write(&read.file).map_err(|e| Error::Internal(e.to_string()))?;
    Ok(Json(Imported { yaml, warnings: read.warnings }))
}

/// Publish a questionnaire file as a version that never changes. The body is the YAML, sent as application/yaml.
#[utoipa::path(post, path = "/api/v1/questionnaires", tag = "questionnaires", request_body(content = String, content_type = "application/yaml"),
    responses((status = 201, description = "Published"), (status = 200, description = "Exactly this version is there already"),
        (status = 409, body = crate::web::problem::Problem), (status = 415, body = crate::web::problem::Problem),
        (status = 422, description = "The findings", body = crate::web::problem::Problem)))]
pub async fn publish(request: HttpRequest, Reviewer(user): Reviewer, body: extract::Body, db: Data<Db>) -> Result<HttpResponse> {
    // A type that no form of another site can send, so that a browser asks before it sends it from there.
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
    if !kind.starts_with("application/yaml") {
        return Err(Error::UnsupportedMedia("send Content-Type: application/yaml".to_owned()));
    }
    let source = text(body)?;
    let q = read(&source).map_err(|f| Error::Invalid(as_fields(&f)))?;
    let said = serde_json::json!({ "questionnaire": q.code, "version": q.version });
    let new = db.write(move |conn| add(conn, &q, &source, &user)).await?;
    Ok(if new { HttpResponse::Created() } else { HttpResponse::Ok() }.json(said))
}

/// A published version as a file: yaml, xlsform, ddi, triple-s, codebook, codebook-xlsx, paper.
#[utoipa::path(get, path = "/api/v1/questionnaires/{id}/versions/{v}/files/{format}", tag = "questionnaires",
    params(("id" = String, Path, description = "Code"), ("v" = String, Path, description = "Version"), ("format" = String, Path, description = "Format")),
    responses((status = 200, body = Vec<u8>), (status = 404, body = crate::web::problem::Problem)))]
pub async fn file(path: Path<(String, String, String)>, db: Data<Db>, language: Language) -> Result<HttpResponse> {
    let (code, version, format) = path.into_inner();
    let format = files::format(&format)?;
    let source = db.read(move |conn| store::source(conn, &code, &version)).await?;
    let made = actix_web::web::block(move || files::make(format, &source, language.code(), ""))
        .await
        .map_err(|e| Error::Internal(e.to_string()))??;
    Ok(HttpResponse::Ok().content_type(made.content_type).body(made.bytes))
}
