//! Steps of drafts and versions, differences, import and export.

use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use chrono::{NaiveDateTime, Utc};
use serde::Deserialize;

use super::super::draft::{Actor, DraftStatus, Step};
use super::super::form::Fields;
use super::super::handlers::{Sent, actor, begin, load, see_other, show_list, stored, written};
use super::super::pages::difference::{DifferencePage, Take};
use super::super::pages::{self, FindingView};
use super::super::store;
use super::files;
use crate::accounts::{Designer, DraftReader, Reviewer, SignedForm, SignedUpload};
use crate::audit::{self, Object};
use crate::db::{Conn, Db};
use crate::error::{Error, FieldError, Result};
use crate::questionnaires::format::File;
use crate::questionnaires::store::{self as versions, About, REINSTATED, RETIRED};
use crate::questionnaires::{self, Finding, check, diff};
use crate::web::problem::url_encode;
use crate::web::{Language, Page, Renderer};

/// Findings as field errors of the API: each with its place.
#[must_use]
pub fn as_fields(findings: &[Finding]) -> Vec<FieldError> {
    let one = |f: &Finding| FieldError::new(crate::designer::place::written(&f.place), "finding", format!("{}; {}", f.message, f.hint));
    findings.iter().map(one).collect()
}

/// `POST /admin/drafts/{id}/steps`
pub async fn step(id: Path<i64>, sent: SignedForm<Sent, DraftReader>, db: Data<Db>) -> Result<HttpResponse> {
    let SignedForm { user, form, .. } = sent;
    let fields = Fields(&form);
    let step: Step = fields.get("step").unwrap_or_default().parse().map_err(Error::BadRequest)?;
    let note: String = fields.get("note").unwrap_or_default().chars().take(2_000).collect();
    let id = *id;
    let to = db
        .write(move |conn| {
            let draft = store::get(conn, id)?;
            let detail = serde_json::json!({ "version": draft.version, "draft": id });
            audit::record(conn, &user, &format!("questionnaire.{step}"), Object::new("questionnaire", &draft.questionnaire), &detail)?;
            take_step(conn, id, step, actor(&user), &note, Utc::now().naive_utc())
        })
        .await?;
    Ok(see_other(&to))
}

/// Takes a step and gives the page to go to.
///
/// # Errors
/// When the step is not possible or not theirs; `Invalid` with the findings when a draft is not ready.
pub fn take_step(conn: &mut Conn, id: i64, step: Step, by: Actor<'_>, note: &str, now: NaiveDateTime) -> Result<String> {
    let (draft, source) = load(conn, id)?;
    let to = draft.after(step, by)?;
    let file = stored(&source)?;
    let about = About { questionnaire: &file.code.value, version: &file.version.value, draft: Some(id) };
    if matches!(step, Step::Submitted | Step::Approved | Step::Published) {
        let questionnaire = check(&file).map_err(|f| Error::Invalid(as_fields(&f)))?;
        let taken = versions::versions(conn)?.iter().any(|v| v.questionnaire == questionnaire.code && v.version == questionnaire.version);
        if taken {
            let (code, version) = (&questionnaire.code, &questionnaire.version);
            return Err(Error::Conflict(
                "version_exists",
                format!("{code} has a version {version} already; choose another version number"),
            ));
        }
        if step == Step::Published {
            versions::add(conn, &questionnaire, &source, now)?;
        }
    }
    let submitted_by = match step {
        Step::Submitted => Some(by.name),
        Step::Returned | Step::Restored => None,
        _ => draft.submitted_by.as_deref(),
    };
    store::set_status(conn, &draft, to, submitted_by, by.name, now)?;
    versions::record(conn, about, step.as_str(), by.name, note, now)?;
    Ok(match to {
        DraftStatus::Published => format!("/admin/questionnaires/{}/{}", about.questionnaire, url_encode(about.version)),
        DraftStatus::Discarded => "/admin/questionnaires".to_owned(),
        _ => format!("/admin/drafts/{id}"),
    })
}

/// A version's page.
#[derive(Debug, serde::Serialize)]
struct VersionPage {
    code: String,
    version: String,
    title: String,
    form_languages: Vec<String>,
    questions: usize,
    items: usize,
    retired: bool,
    designs: bool,
    reviews: bool,
    history: Vec<(String, String, String, String)>,
    others: Vec<String>,
    files: Vec<(&'static str, String)>,
    here: String,
    preview: String,
}

/// `GET /admin/questionnaires/{code}/{version}`
pub async fn version(
    request: HttpRequest,
    path: Path<(String, String)>,
    DraftReader(user): DraftReader,
    db: Data<Db>,
    renderer: Data<Renderer>,
    language: Language,
) -> Result<HttpResponse> {
    let (code, version) = path.into_inner();
    let (q, retired, history, others) = db
        .read({
            let (code, version) = (code.clone(), version.clone());
            move |conn| {
                let q = versions::load(conn, &code, &version)?;
                let all = versions::versions(conn)?;
                let others = all.into_iter().filter(|v| v.questionnaire == code && v.version != version).map(|v| v.version).collect();
                Ok((q, versions::is_retired(conn, &code, &version)?, versions::history(conn, &code, &version)?, others))
            }
        })
        .await?;
    let by = actor(&user);
    let page = VersionPage {
        title: q.title.get(language.code()).to_owned(),
        form_languages: q.languages.clone(),
        questions: q.questions.iter().filter(|x| x.is_answered_by_people()).count(),
        items: q.index.as_ref().map_or(0, |i| i.items().count()),
        retired,
        designs: by.designs,
        reviews: by.reviews,
        history: pages::history(&history, language, renderer.words(language)),
        others,
        here: format!("/admin/questionnaires/{code}/{}", url_encode(&version)),
        files: files::FORMATS
            .iter()
            .map(|f| (f.name, format!("/admin/questionnaires/{code}/{}/files/{}", url_encode(&version), f.name)))
            .collect(),
        preview: format!("/admin/questionnaires/{code}/{}/try", url_encode(&version)),
        code,
        version,
    };
    Page::new(&request, &renderer).user(Some(user.shown())).render("designer/version.html", page)
}

/// `POST /admin/questionnaires/{code}/{version}/steps`: retires a version or takes it into use again.
pub async fn version_step(path: Path<(String, String)>, sent: SignedForm<Sent, Reviewer>, db: Data<Db>) -> Result<HttpResponse> {
    let SignedForm { user, form, .. } = sent;
    let (code, version) = path.into_inner();
    let to = format!("/admin/questionnaires/{code}/{}", url_encode(&version));
    let fields = Fields(&form);
    let step = fields.get("step").filter(|s| [RETIRED, REINSTATED].contains(s)).map(str::to_owned);
    let step = step.ok_or_else(|| Error::BadRequest("a version can be retired or reinstated".to_owned()))?;
    let note: String = fields.get("note").unwrap_or_default().chars().take(2_000).collect();
    db.write(move |conn| {
        let detail = serde_json::json!({ "version": version });
        audit::record(conn, &user, &format!("questionnaire.{step}"), Object::new("questionnaire", &code), &detail)?;
        versions::source(conn, &code, &version)?;
        if versions::is_retired(conn, &code, &version)? == (step == RETIRED) {
            return Err(Error::Conflict("wrong_status", format!("version {version} is {step} already")));
        }
        let about = About { questionnaire: &code, version: &version, draft: None };
        versions::record(conn, about, &step, &user.name, &note, Utc::now().naive_utc())
    })
    .await?;
    Ok(see_other(&to))
}

/// What is compared.
#[derive(Debug, Deserialize)]
pub struct Compared {
    #[serde(default)]
    with: String,
}

fn differences(old: &File, new: &File) -> Result<Vec<diff::Change>> {
    diff::compare(old, new).map_err(|e| Error::Internal(e.to_string()))
}

/// `GET /admin/drafts/{id}/difference`: to the version it was begun from, or the one named.
pub async fn draft_difference(
    request: HttpRequest,
    id: Path<i64>,
    compared: Query<Compared>,
    DraftReader(user): DraftReader,
    db: Data<Db>,
    renderer: Data<Renderer>,
    language: Language,
) -> Result<HttpResponse> {
    let id = *id;
    let (draft, source, old) = db
        .read(move |conn| {
            let (draft, source) = load(conn, id)?;
            let all = versions::versions(conn)?;
            let newest = all.iter().find(|v| v.questionnaire == draft.questionnaire).map(|v| v.version.clone());
            let with = Some(compared.into_inner().with).filter(|w| !w.is_empty()).or_else(|| draft.based_on.clone()).or(newest);
            let old = match with {
                Some(v) => Some((versions::source(conn, &draft.questionnaire, &v)?, v)),
                None => None,
            };
            Ok((draft, source, old))
        })
        .await?;
    let new = stored(&source)?;
    let changes = match &old {
        Some((source, _)) => differences(&stored(source)?, &new)?,
        None => Vec::new(),
    };
    let title = draft.title.clone();
    let between = (old.map_or_else(|| "–".to_owned(), |(_, v)| v), draft.version);
    let page = DifferencePage::new(title, format!("/admin/drafts/{id}"), between, &changes, renderer.words(language));
    Page::new(&request, &renderer).user(Some(user.shown())).render("designer/difference.html", page)
}

/// `GET /admin/questionnaires/{code}/{version}/difference?with=`: what this version changed against another one.
pub async fn version_difference(
    request: HttpRequest,
    path: Path<(String, String)>,
    compared: Query<Compared>,
    DraftReader(user): DraftReader,
    db: Data<Db>,
    renderer: Data<Renderer>,
    language: Language,
) -> Result<HttpResponse> {
    let (code, version) = path.into_inner();
    let with = compared.into_inner().with;
    let back = format!("/admin/questionnaires/{code}/{}", url_encode(&version));
    let between = (with.clone(), version.clone());
    let (old, new) = db.read(move |conn| Ok((versions::source(conn, &code, &with)?, versions::source(conn, &code, &version)?))).await?;
    let changes = differences(&stored(&old)?, &stored(&new)?)?;
    let page = DifferencePage::new(String::new(), back, between, &changes, renderer.words(language));
    Page::new(&request, &renderer).user(Some(user.shown())).render("designer/difference.html", page)
}

/// `POST /admin/questionnaires/import`: reads a file and shows what it would change; nothing is stored.
pub async fn import(
    request: HttpRequest,
    upload: SignedUpload<Designer>,
    db: Data<Db>,
    renderer: Data<Renderer>,
    language: Language,
) -> Result<HttpResponse> {
    let draft: Option<i64> = upload.fields.get("draft").and_then(|d| d.parse().ok());
    let Some(file) = upload.files.first() else {
        let trouble = renderer.words(language).say("import-no-file", &[]);
        return show_list(&request, &upload.user, &db, &renderer, language, Some(trouble)).await;
    };
    let (name, bytes) = (file.name.clone(), file.bytes.clone());
    let read = actix_web::web::block(move || files::read(&name, &bytes, None)).await.map_err(|e| Error::Internal(e.to_string()))?;
    let files::Read { file: new, warnings, .. } = match read {
        Ok(read) => read,
        Err(problems) => {
            let view = serde_json::json!({ "name": file.name, "problems": problems });
            return Page::new(&request, &renderer)
                .status(StatusCode::UNPROCESSABLE_ENTITY)
                .user(Some(upload.user.shown()))
                .render("designer/import.html", view);
        }
    };
    let code = new.code.value.clone();
    let old = db
        .read(move |conn| {
            if let Some(id) = draft {
                let (draft, source) = load(conn, id)?;
                draft.can_change()?;
                return Ok(Some((source, draft.version.clone(), draft.revision)));
            }
            let newest = versions::versions(conn)?.into_iter().find(|v| v.questionnaire == code);
            newest.map(|v| Ok((versions::source(conn, &code, &v.version)?, v.version, 0))).transpose()
        })
        .await?;
    let changes = match &old {
        Some((source, ..)) => differences(&stored(source)?, &new)?,
        None => Vec::new(),
    };
    let findings = check(&new).err().unwrap_or_default();
    let title = pages::shown(&new.title, language);
    let back = draft.map_or_else(|| "/admin/questionnaires".to_owned(), |id| format!("/admin/drafts/{id}"));
    let between = (old.as_ref().map_or_else(|| "–".to_owned(), |(_, v, _)| v.clone()), format!("{} ({})", new.version.value, file.name));
    let page = DifferencePage {
        warnings,
        findings: findings.iter().map(FindingView::new).collect(),
        take: Some(Take { source: written(&new)?, draft, revision: old.map_or(0, |(.., r)| r) }),
        ..DifferencePage::new(title, back, between, &changes, renderer.words(language))
    };
    Page::new(&request, &renderer).user(Some(upload.user.shown())).render("designer/difference.html", page)
}

/// `POST /admin/questionnaires/take`: stores what an import showed, as a new draft or into one.
pub async fn take(upload: SignedUpload<Designer>, db: Data<Db>) -> Result<HttpResponse> {
    let source = upload.fields.get("source").cloned().unwrap_or_default();
    let file = questionnaires::format::parse(&source).map_err(|e| Error::BadRequest(format!("the questionnaire cannot be read: {e}")))?;
    let draft: Option<i64> = upload.fields.get("draft").and_then(|d| d.parse().ok());
    let seen: Option<i64> = upload.fields.get("revision").and_then(|r| r.parse().ok());
    let by = upload.user.clone();
    let id = db
        .write(move |conn| {
            let now = Utc::now().naive_utc();
            let Some(id) = draft else { return begin(conn, &file, None, &by, "import", now) };
            let (draft, _) = load(conn, id)?;
            draft.can_change()?;
            if seen != Some(draft.revision) {
                return Err(Error::Conflict(
                    "changed_meanwhile",
                    "the draft was changed since the file was shown; import it again".to_owned(),
                ));
            }
            let new = written(&file)?;
            store::save(conn, &draft, store::Content { file: &file, source: &new, origin: None }, &by.name, now)?;
            Ok(id)
        })
        .await?;
    Ok(see_other(&format!("/admin/drafts/{id}?done=imported")))
}

fn download(made: files::Made, name: &str) -> HttpResponse {
    let shown = if made.inline { "inline" } else { "attachment" };
    HttpResponse::Ok()
        .content_type(made.content_type)
        .insert_header((header::CONTENT_DISPOSITION, format!("{shown}; filename=\"{name}.{}\"", made.extension)))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(made.bytes)
}

/// `GET /admin/questionnaires/{code}/{version}/files/{format}`
pub async fn version_file(
    path: Path<(String, String, String)>,
    _reader: DraftReader,
    db: Data<Db>,
    language: Language,
) -> Result<HttpResponse> {
    let (code, version, format) = path.into_inner();
    let name = format!("{code}-{version}");
    let source = db.read(move |conn| versions::source(conn, &code, &version)).await?;
    made(source, &format, &name, language).await
}

/// `GET /admin/drafts/{id}/files/{format}`
pub async fn draft_file(path: Path<(i64, String)>, _reader: DraftReader, db: Data<Db>, language: Language) -> Result<HttpResponse> {
    let (id, format) = path.into_inner();
    let (draft, source) = db.read(move |conn| load(conn, id)).await?;
    made(source, &format, &format!("{}-{}-draft", draft.questionnaire, draft.version), language).await
}

async fn made(source: String, format: &str, name: &str, language: Language) -> Result<HttpResponse> {
    let format = files::format(format)?;
    // Off the web threads: a form on paper takes a moment. Its code leads nowhere until a survey has an address.
    let made = actix_web::web::block(move || files::make(format, &source, language.code(), "")).await;
    Ok(download(made.map_err(|e| Error::Internal(e.to_string()))??, name))
}
