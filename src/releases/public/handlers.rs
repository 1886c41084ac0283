//! `/results`, `/results/{release}` with its files, `/embed/{release}`: for everybody, from what is stored.

use actix_web::http::header::{self, ETag, EntityTag, Header, IfNoneMatch};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use chrono::NaiveDateTime;

use super::pages::{DECIMALS, Maker, ReleaseLine, ReleaseView, ResultsView, SurveyGroup, shown};
use crate::accounts::Viewer;
use crate::db::{Conn, Db};
use crate::error::{Error, Result};
use crate::releases::content::said;
use crate::releases::{Content, Known, Status, store, table};
use crate::web::locale::{VIETNAM, Words};
use crate::web::{Language, Page, Renderer};

/// A release that everybody may read, with what there is to say about it.
pub struct Published {
    /// The release.
    pub known: Known,
    /// Its content.
    pub content: Content,
    /// The text of the content: the hashed bytes.
    pub text: String,
    /// The published release that corrects it, and the reason it gives.
    pub corrected_by: Option<(String, String)>,
}

/// The published release with this code; its content is proven to be what was frozen.
///
/// # Errors
/// `NotFound`, also for one that was never published; `Storage` when it was changed.
pub fn published(conn: &mut Conn, code: &str) -> Result<Published> {
    let known = store::by_code(conn, code)?;
    if !known.was_published() {
        return Err(Error::NotFound(format!("release {code}")));
    }
    let (content, text) = store::content(conn, &known.release)?;
    let newer = store::correcting(conn, &[known.release.id])?.into_iter().find(holds);
    let corrected_by = match newer {
        Some(newer) => {
            let (content, _) = store::content(conn, &newer.release)?;
            Some((newer.release.code, content.release.corrects.map(|c| c.reason).unwrap_or_default()))
        }
        None => None,
    };
    Ok(Published { known, content, text, corrected_by })
}

/// Whether a release is published and was not withdrawn.
fn holds(known: &Known) -> bool {
    known.status() == Status::Published
}

/// When a release was published.
pub(in crate::releases) fn published_at(known: &Known) -> NaiveDateTime {
    known.step(Status::Published).map_or(known.release.frozen_at, |s| s.at)
}

/// `GET /results`
pub async fn results(
    request: HttpRequest,
    viewer: Viewer,
    db: Data<Db>,
    renderer: Data<Renderer>,
    language: Language,
) -> Result<HttpResponse> {
    let mut all = db.read(store::all).await?;
    all.retain(Known::was_published);
    all.sort_by_key(|k| std::cmp::Reverse((published_at(k), k.release.id)));
    let words = renderer.words(language);
    let mut groups: Vec<(i64, SurveyGroup)> = Vec::new();
    for known in &all {
        let line = line(known, &all, language, words);
        match groups.iter_mut().find(|(survey, _)| *survey == known.release.survey_id) {
            Some((_, group)) => group.releases.push(line),
            None => groups.push((known.release.survey_id, group(known, language, line))),
        }
    }
    let view = ResultsView { groups: groups.into_iter().map(|(_, group)| group).collect() };
    let demonstration = view.groups.iter().any(|g| g.demonstration);
    Page::new(&request, &renderer).user(viewer.shown()).demonstration(demonstration).render("releases/results.html", view)
}

fn group(known: &Known, language: Language, first: ReleaseLine) -> SurveyGroup {
    let s = &known.summary;
    SurveyGroup {
        title: said(&s.title, language.code()).to_owned(),
        period: (language.day(s.opens_on), language.day(s.closes_on)),
        demonstration: s.demonstration,
        releases: vec![first],
    }
}

fn line(known: &Known, all: &[Known], language: Language, words: &Words) -> ReleaseLine {
    let s = &known.summary;
    let number = |v: f64| language.number(v, DECIMALS);
    ReleaseLine {
        code: known.release.code.clone(),
        number: known.release.number,
        value: s.estimate.map_or_else(|| words.say("results-headline-nothing", &[]), |v| shown(language, s.kind, v)),
        interval: s.ci_low.zip(s.ci_high).map(|(a, b)| (number(a), number(b))),
        confidence: language.number(s.level * 100.0, 0),
        n_valid: language.count(s.n_valid),
        stream: words.say(&format!("stream-{}", s.stream), &[]),
        published: language.day((published_at(known) + VIETNAM).date()),
        withdrawn: known.status() == Status::Withdrawn,
        corrected_by: all.iter().find(|k| k.release.corrects == Some(known.release.id) && holds(k)).map(|k| k.release.code.clone()),
        corrects: s.corrects.clone(),
    }
}

/// What the page of a release shows.
#[must_use]
pub fn view(p: &Published, base: String, language: Language, words: &Words) -> ReleaseView {
    let figures = Maker { content: &p.content, hash: &p.known.release.hash, language, words }.view();
    let day = |at: NaiveDateTime| language.day((at + VIETNAM).date());
    ReleaseView {
        code: p.known.release.code.clone(),
        number: p.known.release.number,
        title: said(&p.content.survey.title, language.code()).to_owned(),
        period: (language.day(p.content.survey.opens_on), language.day(p.content.survey.closes_on)),
        published: day(published_at(&p.known)),
        withdrawn: p.known.step(Status::Withdrawn).map(|s| (day(s.at), s.note.clone())),
        corrected_by: p.corrected_by.clone(),
        corrects: p.content.release.corrects.as_ref().map(|c| (c.code.clone(), c.reason.clone())),
        base,
        hash: p.known.release.hash.clone(),
        simulated: p.content.demonstration,
        figures,
    }
}

/// The address of this server, as the reader sees it.
pub(in crate::releases) fn base(request: &HttpRequest) -> String {
    let seen = request.connection_info();
    format!("{}://{}", seen.scheme(), seen.host())
}

/// `GET /results/{release}`
pub async fn release(
    request: HttpRequest,
    code: Path<String>,
    viewer: Viewer,
    db: Data<Db>,
    renderer: Data<Renderer>,
    language: Language,
) -> Result<HttpResponse> {
    let found = db.read(move |conn| published(conn, &code)).await?;
    let demonstration = found.content.demonstration;
    let view = view(&found, base(&request), language, renderer.words(language));
    Page::new(&request, &renderer).user(viewer.shown()).demonstration(demonstration).render("releases/release.html", view)
}

/// `GET /results/{release}.json`: exactly the hashed bytes.
pub async fn json(request: HttpRequest, code: Path<String>, db: Data<Db>) -> Result<HttpResponse> {
    let found = db.read(move |conn| published(conn, &code)).await?;
    let tag = found.known.release.hash.clone();
    Ok(kept(&request, tag, "public, max-age=31536000, immutable", "application/json", found.text.into_bytes()))
}

/// `GET /results/{release}.csv`
pub async fn csv(request: HttpRequest, code: Path<String>, db: Data<Db>) -> Result<HttpResponse> {
    let found = db.read(move |conn| published(conn, &code)).await?;
    let hash = &found.known.release.hash;
    let body = table::csv(&found.content, hash)?;
    let mark = if found.content.demonstration { "-demonstration" } else { "" };
    let name = format!("attachment; filename=\"{}{mark}.csv\"", found.known.release.code);
    // Another version of the program may write other columns, so it is asked for again after an hour.
    let mut answer = kept(&request, format!("{hash}-csv"), "public, max-age=3600", "text/csv; charset=utf-8", body);
    if let Ok(value) = header::HeaderValue::from_str(&name) {
        answer.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(answer)
}

/// Whether the reader has what this tag stands for.
pub(in crate::releases) fn had(request: &HttpRequest, tag: &str) -> bool {
    let tag = EntityTag::new_strong(tag.to_owned());
    match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(list)) => list.iter().any(|t| t.weak_eq(&tag)),
        Err(_) => false,
    }
}

/// The language that the address asks for, and nothing else: caches keep one file for all readers.
pub(in crate::releases) fn asked_language(request: &HttpRequest) -> Language {
    request.query_string().split('&').find_map(|pair| pair.strip_prefix("lang=")).and_then(Language::from_code).unwrap_or(Language::Vi)
}

/// A body that caches keep and that pages of any site may read; nothing when the reader has it already.
pub(in crate::releases) fn kept(
    request: &HttpRequest,
    tag: String,
    cache: &'static str,
    kind: &'static str,
    body: Vec<u8>,
) -> HttpResponse {
    let has_it = had(request, &tag);
    let mut answer = if has_it { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    answer
        .insert_header(ETag(EntityTag::new_strong(tag)))
        .insert_header((header::CACHE_CONTROL, cache))
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .insert_header((header::ACCESS_CONTROL_EXPOSE_HEADERS, "ETag"));
    if has_it { answer.finish() } else { answer.content_type(kind).body(body) }
}

/// What a page of another site may frame: no scripts, no cookies, nothing but the style sheet.
const FRAMED: &str = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *";

/// `GET /embed/{release}`
pub async fn embed(request: HttpRequest, code: Path<String>, db: Data<Db>, renderer: Data<Renderer>) -> Result<HttpResponse> {
    let language = asked_language(&request);
    let found = db.read(move |conn| published(conn, &code)).await?;
    let view = view(&found, base(&request), language, renderer.words(language));
    let mut frame = serde_json::to_value(&view).map_err(|e| Error::Internal(e.to_string()))?;
    if let Some(fields) = frame.as_object_mut() {
        fields.insert("lang".to_owned(), language.code().into());
    }
    let html = renderer.template(language, "releases/embed.html", &frame)?;
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, FRAMED))
        .insert_header((header::CONTENT_LANGUAGE, language.code()))
        // Withdrawn and corrected is said soon after it happens.
        .insert_header((header::CACHE_CONTROL, "public, max-age=300"))
        .body(html))
}
