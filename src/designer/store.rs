//! Tables `questionnaire_drafts`, `draft_revisions`.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::draft::{Draft, DraftStatus};
use crate::db::Conn;
use crate::db::schema::{draft_revisions as revisions, questionnaire_drafts as drafts};
use crate::error::{Error, Result};
use crate::questionnaires::format::File;

/// How many revisions of a draft are kept: as far as one can undo.
pub const MOST_REVISIONS: i64 = 200;

/// What a draft is called in lists.
fn title(file: &File) -> String {
    let named = file.languages.iter().filter_map(|l| file.title.value.get(&l.value));
    named.into_iter().chain(file.title.value.values()).next().cloned().unwrap_or_default()
}

/// Begins a draft and gives its key.
pub fn insert(
    conn: &mut Conn,
    file: &File,
    source: &str,
    based_on: Option<&str>,
    preview: &str,
    by: &str,
    now: NaiveDateTime,
) -> Result<i64> {
    let id: i64 = diesel::insert_into(drafts::table)
        .values((
            drafts::questionnaire.eq(&file.code.value),
            drafts::version.eq(&file.version.value),
            drafts::title.eq(title(file)),
            drafts::status.eq(DraftStatus::Draft),
            drafts::based_on.eq(based_on),
            drafts::revision.eq(1),
            drafts::preview.eq(preview),
            drafts::created_at.eq(now),
            drafts::updated_at.eq(now),
            drafts::updated_by.eq(by),
        ))
        .returning(drafts::id)
        .get_result(conn)?;
    add_revision(conn, id, Revised { revision: 1, origin: 1, source, by }, now)?;
    Ok(id)
}

struct Revised<'a> {
    revision: i64,
    origin: i64,
    source: &'a str,
    by: &'a str,
}

fn add_revision(conn: &mut Conn, draft: i64, new: Revised<'_>, now: NaiveDateTime) -> Result<()> {
    let Revised { revision, origin, source, by } = new;
    diesel::insert_into(revisions::table)
        .values((
            revisions::draft.eq(draft),
            revisions::revision.eq(revision),
            revisions::origin.eq(origin),
            revisions::source.eq(source),
            revisions::by_name.eq(by),
            revisions::at.eq(now),
        ))
        .execute(conn)?;
    diesel::delete(revisions::table.filter(revisions::draft.eq(draft)).filter(revisions::revision.le(revision - MOST_REVISIONS)))
        .execute(conn)?;
    Ok(())
}

/// What a draft gets as its next revision.
#[derive(Debug, Clone, Copy)]
pub struct Content<'a> {
    /// The questionnaire.
    pub file: &'a File,
    /// The same, written.
    pub source: &'a str,
    /// The revision whose content it has again, when this is an undoing.
    pub origin: Option<i64>,
}

/// Stores a new content as the revision after `draft.revision`.
///
/// # Errors
/// `changed_meanwhile` when somebody else stored one since the draft was loaded.
pub fn save(conn: &mut Conn, draft: &Draft, content: Content<'_>, by: &str, now: NaiveDateTime) -> Result<i64> {
    let Content { file, source, origin } = content;
    let revision = draft.revision + 1;
    let changed = diesel::update(drafts::table.filter(drafts::id.eq(draft.id)).filter(drafts::revision.eq(draft.revision)))
        .set((
            drafts::questionnaire.eq(&file.code.value),
            drafts::version.eq(&file.version.value),
            drafts::title.eq(title(file)),
            drafts::revision.eq(revision),
            drafts::updated_at.eq(now),
            drafts::updated_by.eq(by),
        ))
        .execute(conn)?;
    if changed == 0 {
        return Err(Error::Conflict("changed_meanwhile", "somebody else changed this questionnaire meanwhile; open it again".to_owned()));
    }
    add_revision(conn, draft.id, Revised { revision, origin: origin.unwrap_or(revision), source, by }, now)?;
    Ok(revision)
}

/// The revision to go back to, with its content: the one before the content that the draft has now.
pub fn before(conn: &mut Conn, draft: &Draft) -> Result<Option<(i64, String)>> {
    let origin: Option<i64> = revisions::table.find((draft.id, draft.revision)).select(revisions::origin).first(conn).optional()?;
    let Some(origin) = origin else { return Ok(None) };
    Ok(revisions::table.find((draft.id, origin - 1)).select((revisions::origin, revisions::source)).first(conn).optional()?)
}

/// Sets the status, if it still is what the step was decided on.
///
/// # Errors
/// `wrong_status`.
pub fn set_status(conn: &mut Conn, draft: &Draft, to: DraftStatus, submitted_by: Option<&str>, by: &str, now: NaiveDateTime) -> Result<()> {
    let unchanged = drafts::id.eq(draft.id).and(drafts::status.eq(draft.status)).and(drafts::revision.eq(draft.revision));
    let changed = diesel::update(drafts::table.filter(unchanged))
        .set((drafts::status.eq(to), drafts::submitted_by.eq(submitted_by), drafts::updated_at.eq(now), drafts::updated_by.eq(by)))
        .execute(conn)?;
    if changed == 0 {
        return Err(Error::Conflict("wrong_status", "the draft was changed meanwhile; look at it again".to_owned()));
    }
    Ok(())
}

/// The draft with this key.
///
/// # Errors
/// `NotFound`.
pub fn get(conn: &mut Conn, id: i64) -> Result<Draft> {
    drafts::table.find(id).select(Draft::as_select()).first(conn).optional()?.ok_or_else(|| Error::NotFound(format!("draft {id}")))
}

/// The draft whose preview has this address.
///
/// # Errors
/// `NotFound`, also for drafts that were thrown away.
pub fn by_preview(conn: &mut Conn, token: &str) -> Result<Draft> {
    drafts::table
        .filter(drafts::preview.eq(token))
        .filter(drafts::status.ne(DraftStatus::Discarded))
        .select(Draft::as_select())
        .first(conn)
        .optional()?
        .ok_or_else(|| Error::NotFound("this preview".to_owned()))
}

/// A revision of a draft as it was written: source, who and when. None when it is too old to be kept or never was.
pub fn revision(conn: &mut Conn, draft: i64, revision: i64) -> Result<Option<(String, String, NaiveDateTime)>> {
    Ok(revisions::table.find((draft, revision)).select((revisions::source, revisions::by_name, revisions::at)).first(conn).optional()?)
}

/// Content of a draft's latest revision.
///
/// # Errors
/// `Storage` when it is not there.
pub fn source(conn: &mut Conn, draft: &Draft) -> Result<String> {
    let found = revision(conn, draft.id, draft.revision)?;
    found.map(|(source, ..)| source).ok_or_else(|| Error::Storage(format!("draft {} has lost its revision {}", draft.id, draft.revision)))
}

/// All drafts that were not thrown away, those changed last first, at most `limit`.
pub fn list(conn: &mut Conn, limit: i64) -> Result<Vec<Draft>> {
    Ok(drafts::table.order(drafts::updated_at.desc()).limit(limit).select(Draft::as_select()).load(conn)?)
}
