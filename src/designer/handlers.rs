//! Drafts: the list, the page of one, what its forms send.

use std::collections::BTreeMap;

use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use chrono::{NaiveDateTime, Utc};
use serde::Deserialize;

use super::action::Action;
use super::draft::{Actor, Draft, DraftStatus, Step};
use super::form::{self, Fields, Refused};
use super::pages::{self, DraftPage, DraftView, FindingView, ListView, TextField, TextRow, TextsPage};
use super::texts::{self, Scope};
use super::{edit, place, store};
use crate::accounts::model::User;
use crate::accounts::roles::Act;
use crate::accounts::{Designer, DraftReader, SignedForm};
use crate::audit::{self, Object};
use crate::db::{Conn, Db};
use crate::error::{Error, Result};
use crate::questionnaires::format::{self, File};
use crate::questionnaires::trial::duration;
use crate::questionnaires::{self, Place, check, diff};
use crate::web::problem::url_encode;
use crate::web::{Language, Page, Renderer};

/// Most drafts in the list.
const MOST: i64 = 500;

/// Random walks through a draft from which the time to answer is estimated: enough for a rule of thumb, quick at every look.
const WALKS: usize = 15;

/// A form as a list of names and values.
pub type Sent = Vec<(String, String)>;

/// The actor that a user is.
pub(super) fn actor(user: &User) -> Actor<'_> {
    Actor {
        name: &user.name,
        designs: user.may_somewhere(Act::Design),
        reviews: user.may_somewhere(Act::Review),
        administers: user.may_somewhere(Act::Administer),
    }
}

/// Reads a questionnaire of ours.
///
/// # Errors
/// `Storage`: what we stored can be read.
pub(super) fn stored(source: &str) -> Result<File> {
    format::parse(source).map_err(|e| Error::Storage(format!("a stored questionnaire cannot be read: {e}")))
}

/// Writes a questionnaire.
///
/// # Errors
/// Those of the YAML writer.
pub(super) fn written(file: &File) -> Result<String> {
    format::write(file).map_err(|e| Error::Internal(format!("a questionnaire cannot be written: {e}")))
}

/// A draft with its content, which must not have been thrown away.
pub(super) fn load(conn: &mut Conn, id: i64) -> Result<(Draft, String)> {
    let draft = store::get(conn, id)?;
    let source = store::source(conn, &draft)?;
    Ok((draft, source))
}

/// `GET /admin/questionnaires`
pub async fn list(
    request: HttpRequest,
    DraftReader(user): DraftReader,
    db: Data<Db>,
    renderer: Data<Renderer>,
    language: Language,
) -> Result<HttpResponse> {
    show_list(&request, &user, &db, &renderer, language, None).await
}

pub(super) async fn show_list(
    request: &HttpRequest,
    user: &User,
    db: &Db,
    renderer: &Renderer,
    language: Language,
    trouble: Option<String>,
) -> Result<HttpResponse> {
    let (drafts, versions) = db.read(|conn| Ok((store::list(conn, MOST)?, questionnaires::store::versions(conn)?))).await?;
    let words = renderer.words(language);
    let view = |d: &Draft| DraftView::new(d, language, words);
    let status = if trouble.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = ListView {
        drafts: drafts.iter().filter(|d| !matches!(d.status, DraftStatus::Published | DraftStatus::Discarded)).map(view).collect(),
        discarded: drafts.iter().filter(|d| d.status == DraftStatus::Discarded).map(view).collect(),
        versions: pages::versions(&versions, language),
        designs: actor(user).designs,
        trouble,
    };
    Page::new(request, renderer).status(status).user(Some(user.shown())).render("designer/list.html", page)
}

/// Begins a draft and records it; gives its key.
pub(super) fn begin(conn: &mut Conn, file: &File, based_on: Option<&str>, by: &User, note: &str, now: NaiveDateTime) -> Result<i64> {
    let detail = serde_json::json!({ "version": file.version.value });
    audit::record(conn, by, "questionnaire.created", Object::new("questionnaire", &file.code.value), &detail)?;
    let by = by.name.as_str();
    let token = crate::accounts::password::token();
    let id = store::insert(conn, file, &written(file)?, based_on, &token, by, now)?;
    let about = questionnaires::store::About { questionnaire: &file.code.value, version: &file.version.value, draft: Some(id) };
    questionnaires::store::record(conn, about, Step::Created.as_str(), by, note, now)?;
    Ok(id)
}

pub(super) fn see_other(to: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, to)).insert_header((header::CACHE_CONTROL, "no-store")).finish()
}

/// `POST /admin/questionnaires`: begins a draft, blank or from a version.
pub async fn create(
    request: HttpRequest,
    sent: SignedForm<Sent, Designer>,
    db: Data<Db>,
    renderer: Data<Renderer>,
    language: Language,
) -> Result<HttpResponse> {
    let SignedForm { user, form, .. } = sent;
    let fields = Fields(&form);
    let (code, version) = (fields.get("code").unwrap_or_default().to_owned(), fields.get("version").unwrap_or_default().to_owned());
    let from = fields.get("from").map(str::to_owned);
    if from.is_none() && !is_code(&code) {
        let trouble = renderer.words(language).say("designer-code-needed", &[]);
        return show_list(&request, &user, &db, &renderer, language, Some(trouble)).await;
    }
    let title: BTreeMap<String, String> = fields.get("title").map(|t| (language.code().to_owned(), t.to_owned())).into_iter().collect();
    let languages: Vec<String> = fields.get("languages").unwrap_or("vi en").split(' ').map(str::to_owned).collect();
    let by = user.clone();
    let id = db
        .write(move |conn| {
            let file = match &from {
                Some(old) => {
                    let mut file = stored(&questionnaires::store::source(conn, &code, old)?)?;
                    file.version.value = next_version(old);
                    file
                }
                None => edit::blank(&code, if version.is_empty() { "1" } else { &version }, title, &languages),
            };
            begin(conn, &file, from.as_deref(), &by, "", Utc::now().naive_utc())
        })
        .await?;
    Ok(see_other(&format!("/admin/drafts/{id}")))
}

fn is_code(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase()) && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

/// A version after this one: its last number raised, or `-2` behind it.
fn next_version(version: &str) -> String {
    let digits = version.chars().rev().take_while(char::is_ascii_digit).count();
    let (stem, number) = version.split_at(version.len() - digits);
    number.parse::<u64>().map_or_else(|_| format!("{version}-2"), |n| format!("{stem}{}", n + 1))
}

/// What a draft's page is asked for.
#[derive(Debug, Deserialize)]
pub struct Asked {
    #[serde(default)]
    at: String,
    #[serde(default)]
    done: String,
    #[serde(default)]
    refused: String,
}

/// `GET /admin/drafts/{id}`
pub async fn draft(
    request: HttpRequest,
    id: Path<i64>,
    asked: Query<Asked>,
    DraftReader(user): DraftReader,
    db: Data<Db>,
    renderer: Data<Renderer>,
    language: Language,
) -> Result<HttpResponse> {
    let (draft, source, history) = db
        .read(move |conn| {
            let (draft, source) = load(conn, *id)?;
            let history = questionnaires::store::history_of_draft(conn, draft.id)?;
            Ok((draft, source, history))
        })
        .await?;
    let mut file = stored(&source)?;
    let at = place::read(&asked.at);
    let words = renderer.words(language);
    let checked = check(&file);
    let today = Utc::now().date_naive();
    let estimated = checked.as_ref().ok().and_then(|q| duration::estimate(q, q.languages.first()?, 1, today, WALKS));
    let duration = estimated.map(|d| words.say("designer-duration", &[("n", language.number(d.median, 0))]));
    let found = checked.err().unwrap_or_default();
    let languages: Vec<String> = file.languages.iter().map(|l| l.value.clone()).collect();
    let missing = missing_texts(&mut file, &languages);
    let by = actor(&user);
    let maker = pages::Maker { file: &file, findings: &found, at: &at, language, words };
    let (form_findings, index_findings) = maker.apart_findings();
    let refused = asked.refused.split(' ').filter(|r| !r.is_empty()).map(|r| (r.to_owned(), String::new())).collect();
    let page = DraftPage {
        can_change: by.designs && draft.status == DraftStatus::Draft,
        outline: maker.outline(),
        scales: maker.scales(),
        form_findings,
        index_findings,
        has_index: file.index.is_some(),
        at: place::written(&at),
        middle: maker.middle(),
        here: found.iter().filter(|f| f.place == at).map(FindingView::new).collect(),
        findings: found.iter().map(FindingView::new).collect(),
        kinds: pages::KINDS
            .iter()
            .map(|k| (pages::word_of(k), words.say(&format!("kind-of-{}", pages::word_of(k).replace('_', "-")), &[])))
            .collect(),
        done: Some(asked.done.clone())
            .filter(|d| ["saved", "deleted", "added", "moved", "undone", "duplicated", "imported"].contains(&d.as_str())),
        refused,
        can_undo: draft.revision > 1,
        form_languages: languages,
        duration,
        missing,
        steps: pages::steps_from(draft.status, by.designs, by.reviews),
        history: pages::history(&history, language, words),
        draft: DraftView::new(&draft, language, words),
    };
    Page::new(&request, &renderer).user(Some(user.shown())).render("designer/draft.html", page)
}

fn missing_texts(file: &mut File, languages: &[String]) -> usize {
    let scopes = texts::scopes(file);
    scopes.iter().map(|s| texts::within(file, s).iter().filter(|(.., t)| texts::is_missing(t, languages)).count()).sum()
}

/// What became of a form that was sent.
enum Outcome {
    /// It was stored.
    Saved { at: Place, revision: i64, refused: Vec<Refused> },
    /// Somebody else changed the same thing meanwhile.
    Clash { by: String, when: NaiveDateTime },
}

/// `POST /admin/drafts/{id}`: takes the form of one place, does what the button says.
pub async fn save(
    request: HttpRequest,
    id: Path<i64>,
    sent: SignedForm<Sent, Designer>,
    db: Data<Db>,
    renderer: Data<Renderer>,
    language: Language,
) -> Result<HttpResponse> {
    let SignedForm { user, form, .. } = sent;
    let fields = Fields(&form);
    let action = Action::read(fields.get("do").unwrap_or("save"), fields)
        .ok_or_else(|| Error::BadRequest("this button is not known; open the page again".to_owned()))?;
    let done = action.done();
    let (id, name, copy) = (*id, user.name.clone(), form.clone());
    let outcome = db.write(move |conn| take(conn, id, &copy, &action, &name, Utc::now().naive_utc())).await?;
    let for_script = request.headers().get(header::ACCEPT).is_some_and(|a| a.as_bytes().starts_with(b"application/json"));
    match outcome {
        Outcome::Saved { at, revision, refused } if for_script => Ok(HttpResponse::Ok().json(serde_json::json!({
            "revision": revision,
            "at": place::written(&at),
            "saved": pages::time(language, Utc::now().naive_utc()),
            "refused": refused,
        }))),
        Outcome::Saved { at, refused, .. } => {
            let names: Vec<&str> = refused.iter().map(|(n, _)| n.as_str()).collect();
            let names = url_encode(&names.join(" "));
            Ok(see_other(&format!("/admin/drafts/{id}?at={}&done={done}&refused={names}", url_encode(&place::written(&at)))))
        }
        Outcome::Clash { by, when } if for_script => {
            Err(Error::Conflict("changed_meanwhile", format!("{by} changed this part at {}", pages::time(language, when))))
        }
        Outcome::Clash { by, when } => {
            let hidden = ["csrf", "revision", "at", "do"];
            let typed: Vec<_> = form.iter().filter(|(n, v)| !hidden.contains(&n.as_str()) && !v.trim().is_empty()).collect();
            let view = serde_json::json!({
                "id": id, "by": by, "when": pages::time(language, when), "at": fields.get("at").unwrap_or("form"), "typed": typed,
            });
            Page::new(&request, &renderer).status(StatusCode::CONFLICT).user(Some(user.shown())).render("designer/clash.html", view)
        }
    }
}

fn take(conn: &mut Conn, id: i64, sent: &[(String, String)], action: &Action, by: &str, now: NaiveDateTime) -> Result<Outcome> {
    let fields = Fields(sent);
    let (draft, source) = load(conn, id)?;
    draft.can_change()?;
    let at = place::read(fields.get("at").unwrap_or("form"));
    let seen: i64 = fields.get("revision").and_then(|r| r.parse().ok()).unwrap_or(draft.revision);
    let mut file = stored(&source)?;
    if seen != draft.revision && touched_since(conn, id, seen, &at, &file)? {
        return Ok(Outcome::Clash { by: draft.updated_by, when: draft.updated_at });
    }
    if *action == Action::Undo {
        let Some((origin, old)) = store::before(conn, &draft)? else {
            return Err(Error::Conflict("nothing_to_undo", "there is nothing (more) to undo".to_owned()));
        };
        let content = store::Content { file: &stored(&old)?, source: &old, origin: Some(origin) };
        let revision = store::save(conn, &draft, content, by, now)?;
        return Ok(Outcome::Saved { at, revision, refused: Vec::new() });
    }
    let (mut place, mut refused) = (at.clone(), Vec::new());
    if action.takes_form() && fields.get("form").is_some() {
        (place, refused) = form::apply(&mut file, &at, fields);
    }
    place = action.apply(&mut file, &place).unwrap_or(place);
    let new = written(&file)?;
    let revision = if new == source {
        draft.revision
    } else {
        store::save(conn, &draft, store::Content { file: &file, source: &new, origin: None }, by, now)?
    };
    Ok(Outcome::Saved { at: place, revision, refused })
}

/// Whether what is at this place has changed since a revision. Two people can work on different questions at the same time.
fn touched_since(conn: &mut Conn, id: i64, seen: i64, at: &Place, now: &File) -> Result<bool> {
    let Some((old, ..)) = store::revision(conn, id, seen)? else { return Ok(true) };
    let changes = diff::compare(&stored(&old)?, now).map_err(|e| Error::Internal(e.to_string()))?;
    Ok(changes.iter().any(|c| c.place == *at && !matches!(c.key.as_str(), "questions" | "sections")))
}

/// `GET /admin/drafts/{id}/texts`: all texts, languages side by side.
pub async fn texts_page(
    request: HttpRequest,
    id: Path<i64>,
    asked: Query<Asked>,
    DraftReader(user): DraftReader,
    db: Data<Db>,
    renderer: Data<Renderer>,
    language: Language,
) -> Result<HttpResponse> {
    let (draft, source) = db.read(move |conn| load(conn, *id)).await?;
    let mut file = stored(&source)?;
    let scope = Scope::read(&asked.at);
    let words = renderer.words(language);
    let languages: Vec<String> = file.languages.iter().map(|l| l.value.clone()).collect();
    let mut sections = Vec::new();
    for s in texts::scopes(&file) {
        let missing = texts::within(&mut file, &s).iter().filter(|(.., t)| texts::is_missing(t, &languages)).count();
        let title = match &s {
            Scope::Form => words.say("texts-form", &[]),
            Scope::Section(code) => {
                let found = file.sections.iter().find(|x| x.code.value == *code).map(|x| pages::shown(&x.title, language));
                found.filter(|t| !t.is_empty()).unwrap_or_else(|| code.clone())
            }
        };
        sections.push((s.written(), title, missing, s == scope));
    }
    let rows = texts::within(&mut file, &scope).into_iter().map(|(at, key, t)| {
        let name = texts::field(&at, &key);
        let value = |l: &String| t.value.get(l).cloned().unwrap_or_default();
        TextRow {
            at: place::written(&at),
            name: pages::name_of(&at).to_owned(),
            fields: languages.iter().map(|l| TextField { name: format!("{name}|{l}"), lang: l.clone(), value: value(l) }).collect(),
            missing: texts::is_missing(t, &languages),
            key: pages::key_in_words(&key, words),
        }
    });
    let page = TextsPage {
        rows: rows.collect(),
        can_change: actor(&user).designs && draft.status == DraftStatus::Draft,
        draft: DraftView::new(&draft, language, words),
        form_languages: languages,
        sections,
        section: scope.written(),
        done: Some(asked.done.clone()).filter(|d| d == "saved"),
    };
    Page::new(&request, &renderer).user(Some(user.shown())).render("designer/texts.html", page)
}

/// `POST /admin/drafts/{id}/texts`
pub async fn save_texts(id: Path<i64>, sent: SignedForm<Sent, Designer>, db: Data<Db>) -> Result<HttpResponse> {
    let SignedForm { user, form, .. } = sent;
    let id = *id;
    let scope = Scope::read(Fields(&form).get("at").unwrap_or("form"));
    let to = format!("/admin/drafts/{id}/texts?at={}&done=saved", url_encode(&scope.written()));
    db.write(move |conn| {
        let (draft, source) = load(conn, id)?;
        draft.can_change()?;
        let seen: i64 = Fields(&form).get("revision").and_then(|r| r.parse().ok()).unwrap_or(draft.revision);
        let mut file = stored(&source)?;
        // Only what was changed on this page is taken, so that texts written by somebody else meanwhile stay.
        let old = store::revision(conn, id, seen)?.map(|(old, ..)| stored(&old)).transpose()?;
        let mut old = old.ok_or_else(|| Error::Conflict("changed_meanwhile", "this page is too old; open it again".to_owned()))?;
        let mut changed: BTreeMap<&str, &str> = form.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        for (at, key, t) in texts::within(&mut old, &scope) {
            for (l, text) in &t.value {
                let name = format!("{}|{l}", texts::field(&at, &key));
                if changed.get(name.as_str()).is_some_and(|v| v.trim().replace("\r\n", "\n") == *text) {
                    changed.remove(name.as_str());
                }
            }
        }
        texts::put(&mut file, &scope, &changed);
        let new = written(&file)?;
        if new != source {
            store::save(conn, &draft, store::Content { file: &file, source: &new, origin: None }, &user.name, Utc::now().naive_utc())?;
        }
        Ok(())
    })
    .await?;
    Ok(see_other(&to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_version_raises_the_last_number() {
        for (old, new) in [("2023", "2024"), ("1.9", "1.10"), ("a", "a-2"), ("99999999999999999999999", "99999999999999999999999-2")] {
            assert_eq!(next_version(old), new);
        }
    }
}
