//! The preview of a draft beside its form, and walking a draft or a version with answers that are never stored.

use actix_web::web::{Data, Form, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use uuid::Uuid;

use super::lenient::presentable;
use crate::accounts::DraftReader;
use crate::collection::preview;
use crate::db::Db;
use crate::designer::handlers::{Sent, load, stored};
use crate::designer::pages::FindingView;
use crate::designer::{place, store};
use crate::error::Result;
use crate::questionnaires::store as versions;
use crate::questionnaires::{Finding, Questionnaire, read};
use crate::web::problem::url_encode;
use crate::web::{Language, Page, Renderer};

/// What the preview is asked for.
#[derive(Debug, Deserialize)]
pub struct Asked {
    #[serde(default)]
    at: String,
}

/// `GET /admin/drafts/{id}/phone?at=`: the page with one question, as far as the draft can be shown.
pub async fn phone(
    request: HttpRequest,
    id: Path<i64>,
    asked: Query<Asked>,
    _reader: DraftReader,
    db: Data<Db>,
    renderer: Data<Renderer>,
    language: Language,
) -> Result<HttpResponse> {
    let (draft, source) = db.read(move |conn| load(conn, *id)).await?;
    let at = place::read(&asked.at);
    let action = format!("/try/{}", draft.preview);
    let Some((questionnaire, section)) = presentable(stored(&source)?, &at) else {
        return not_ready(&request, &renderer, &[]);
    };
    if matches!(at, crate::questionnaires::Place::Form) {
        return preview::show(&request, &renderer, &questionnaire, language, &action);
    }
    let jump = [("id", Uuid::new_v4().to_string()), ("page", "review".to_owned()), ("go", section.to_string())];
    let form: Sent = jump.into_iter().map(|(n, v)| (n.to_owned(), v)).collect();
    preview::step(&request, &renderer, &questionnaire, language, &action, &form)
}

fn not_ready(request: &HttpRequest, renderer: &Renderer, findings: &[Finding]) -> Result<HttpResponse> {
    let view: Vec<FindingView> = findings.iter().map(FindingView::new).collect();
    Page::new(request, renderer).render("designer/unready.html", serde_json::json!({ "findings": view }))
}

async fn of_draft(db: &Db, token: String) -> Result<std::result::Result<Questionnaire, Vec<Finding>>> {
    let source = db
        .read(move |conn| {
            let draft = store::by_preview(conn, &token)?;
            store::source(conn, &draft)
        })
        .await?;
    Ok(read(&source))
}

/// `GET /try/{token}`
pub async fn start(
    request: HttpRequest,
    token: Path<String>,
    db: Data<Db>,
    renderer: Data<Renderer>,
    language: Language,
) -> Result<HttpResponse> {
    let action = format!("/try/{}", url_encode(&token));
    match of_draft(&db, token.into_inner()).await? {
        Ok(questionnaire) => preview::show(&request, &renderer, &questionnaire, language, &action),
        Err(findings) => not_ready(&request, &renderer, &findings),
    }
}

/// `POST /try/{token}`
pub async fn step(
    request: HttpRequest,
    token: Path<String>,
    form: Form<Sent>,
    db: Data<Db>,
    renderer: Data<Renderer>,
    language: Language,
) -> Result<HttpResponse> {
    let action = format!("/try/{}", url_encode(&token));
    match of_draft(&db, token.into_inner()).await? {
        Ok(questionnaire) => preview::step(&request, &renderer, &questionnaire, language, &action, &form),
        Err(findings) => not_ready(&request, &renderer, &findings),
    }
}

/// `GET /admin/questionnaires/{code}/{version}/try`
pub async fn start_version(
    request: HttpRequest,
    path: Path<(String, String)>,
    _reader: DraftReader,
    db: Data<Db>,
    renderer: Data<Renderer>,
    language: Language,
) -> Result<HttpResponse> {
    let (code, version) = path.into_inner();
    let action = format!("/admin/questionnaires/{code}/{}/try", url_encode(&version));
    let questionnaire = db.read(move |conn| versions::load(conn, &code, &version)).await?;
    preview::show(&request, &renderer, &questionnaire, language, &action)
}

/// `POST /admin/questionnaires/{code}/{version}/try`
pub async fn step_version(
    request: HttpRequest,
    path: Path<(String, String)>,
    form: Form<Sent>,
    _reader: DraftReader,
    db: Data<Db>,
    renderer: Data<Renderer>,
    language: Language,
) -> Result<HttpResponse> {
    let (code, version) = path.into_inner();
    let action = format!("/admin/questionnaires/{code}/{}/try", url_encode(&version));
    let questionnaire = db.read(move |conn| versions::load(conn, &code, &version)).await?;
    preview::step(&request, &renderer, &questionnaire, language, &action, &form)
}
