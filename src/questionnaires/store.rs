//! Tables `questionnaire_versions`, `slots`, `slot_options`, `questionnaire_steps`.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use sha2::{Digest, Sha256};

use super::codes::{NOT_APPLICABLE, REFUSED};
use super::model::{CONSENT_YES, Kind, Question};
use super::{Questionnaire, read};
use crate::db::Conn;
use crate::db::portable::on_either;
use crate::db::schema::{questionnaire_steps as steps, questionnaire_versions as versions, slot_options, slots};
use crate::error::{Error, Result};

/// SHA-256 of a file, in hexadecimal.
fn digest(source: &str) -> String {
    Sha256::digest(source.as_bytes()).iter().map(|b| format!("{b:02x}")).collect()
}

/// Adds a version, or says that exactly this one is there already (`false`).
///
/// # Errors
/// `version_exists` when the code and version are taken by another file: a version never changes.
pub fn add(conn: &mut Conn, questionnaire: &Questionnaire, source: &str, now: NaiveDateTime) -> Result<bool> {
    let (code, version) = (questionnaire.code.as_str(), questionnaire.version.as_str());
    let inserted = on_either!(conn, c => diesel::insert_into(versions::table)
        .values((
            versions::questionnaire.eq(code),
            versions::version.eq(version),
            versions::source.eq(source),
            versions::digest.eq(digest(source)),
            versions::added_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(c))?;
    if inserted == 0 {
        let there: String = versions::table.find((code, version)).select(versions::digest).first(conn)?;
        if there == digest(source) {
            return Ok(false);
        }
        return Err(Error::Conflict(
            "version_exists",
            format!("questionnaire {code} version {version} exists with other content; a version never changes: raise `version`"),
        ));
    }
    for question in &questionnaire.questions {
        add_slot(conn, code, version, question)?;
    }
    Ok(true)
}

fn add_slot(conn: &mut Conn, code: &str, version: &str, question: &Question) -> Result<()> {
    let Some(slot) = question.slot else { return Ok(()) };
    let place = |n: usize| i64::try_from(n).map_err(|e| Error::Internal(e.to_string()));
    let kind = if matches!(question.kind, Kind::Multiple { .. }) { "multiple" } else { "single" };
    diesel::insert_into(slots::table)
        .values((
            slots::questionnaire.eq(code),
            slots::version.eq(version),
            slots::question.eq(&question.code),
            slots::kind.eq(kind),
            slots::byte_offset.eq(place(slot.offset)?),
            slots::width.eq(place(slot.width)?),
        ))
        .execute(conn)?;
    let mut meanings: Vec<(i64, &str)> = Vec::new();
    for (i, choice) in question.options().iter().enumerate() {
        meanings.push((place(i + 1)?, &choice.code));
    }
    match &question.kind {
        Kind::Single { not_applicable, refused, .. } => {
            meanings.extend(not_applicable.iter().map(|c| (i64::from(NOT_APPLICABLE), c.code.as_str())));
            meanings.extend(refused.iter().map(|c| (i64::from(REFUSED), c.code.as_str())));
        }
        Kind::Consent => meanings.push((1, CONSENT_YES)),
        _ => {}
    }
    insert_options(conn, code, version, &question.code, meanings)
}

fn insert_options(conn: &mut Conn, code: &str, version: &str, question: &str, meanings: Vec<(i64, &str)>) -> Result<()> {
    let rows: Vec<_> = meanings
        .into_iter()
        .map(|(position, option)| {
            (
                slot_options::questionnaire.eq(code),
                slot_options::version.eq(version),
                slot_options::question.eq(question),
                slot_options::position.eq(position),
                slot_options::code.eq(option),
            )
        })
        .collect();
    if !rows.is_empty() {
        on_either!(conn, c => diesel::insert_into(slot_options::table).values(&rows).execute(c))?;
    }
    Ok(())
}

/// Loads a version, and proves that it is the file that was added.
///
/// # Errors
/// `NotFound`; `Storage` when the stored file no longer has the digest it was added with.
pub fn load(conn: &mut Conn, code: &str, version: &str) -> Result<Questionnaire> {
    read(&source(conn, code, version)?).map_err(|f| {
        Error::Storage(format!(
            "questionnaire {code} version {version} is no longer readable: {}",
            f.first().map_or(String::new(), ToString::to_string)
        ))
    })
}

/// Code and version of everything there is, in order.
pub fn list(conn: &mut Conn) -> Result<Vec<(String, String)>> {
    Ok(versions::table
        .select((versions::questionnaire, versions::version))
        .order((versions::questionnaire, versions::version))
        .load(conn)?)
}

/// The file of a version as it was added.
///
/// # Errors
/// `NotFound`; `Storage` when it was changed in the database.
pub fn source(conn: &mut Conn, code: &str, version: &str) -> Result<String> {
    let (source, stored): (String, String) = versions::table
        .find((code, version))
        .select((versions::source, versions::digest))
        .first(conn)
        .optional()?
        .ok_or_else(|| Error::NotFound(format!("questionnaire {code} version {version}")))?;
    if digest(&source) != stored {
        return Err(Error::Storage(format!("questionnaire {code} version {version} was changed in the database after it was added")));
    }
    Ok(source)
}

/// The SHA-256 of a version's file, as it was stored with it.
///
/// # Errors
/// `NotFound`.
pub fn digest_of(conn: &mut Conn, code: &str, version: &str) -> Result<String> {
    versions::table
        .find((code, version))
        .select(versions::digest)
        .first(conn)
        .optional()?
        .ok_or_else(|| Error::NotFound(format!("questionnaire {code} version {version}")))
}

/// A version, without its content.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Version {
    /// Code of the questionnaire.
    pub questionnaire: String,
    /// Version.
    pub version: String,
    /// When it was added.
    pub added_at: NaiveDateTime,
    /// Whether it is not to be used for new surveys.
    pub retired: bool,
}

/// Every version, the newest of each questionnaire first.
pub fn versions(conn: &mut Conn) -> Result<Vec<Version>> {
    let rows: Vec<(String, String, NaiveDateTime)> = versions::table
        .select((versions::questionnaire, versions::version, versions::added_at))
        .order((versions::questionnaire, versions::added_at.desc(), versions::version.desc()))
        .load(conn)?;
    let life: Vec<(String, String, String)> = steps::table
        .filter(steps::step.eq_any([RETIRED, REINSTATED]))
        .order(steps::id)
        .select((steps::questionnaire, steps::version, steps::step))
        .load(conn)?;
    let retired = |q: &str, v: &str| life.iter().rev().find(|(a, b, _)| a == q && b == v).is_some_and(|(.., step)| step == RETIRED);
    let version = |(questionnaire, version, added_at): (String, String, NaiveDateTime)| {
        let retired = retired(&questionnaire, &version);
        Version { questionnaire, version, added_at, retired }
    };
    Ok(rows.into_iter().map(version).collect())
}

/// The words for a version's end of use and its return.
pub const RETIRED: &str = "retired";
/// See [`RETIRED`].
pub const REINSTATED: &str = "reinstated";

/// One line of the history of a questionnaire.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct StepTaken {
    /// What was done: a word.
    pub step: String,
    /// Which version it was about.
    pub version: String,
    /// By whom.
    pub by_name: String,
    /// When.
    pub at: NaiveDateTime,
    /// What they said.
    pub note: String,
}

/// Which version or draft a step is about.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// Code of the questionnaire.
    pub questionnaire: &'a str,
    /// Version.
    pub version: &'a str,
    /// Key of the draft.
    pub draft: Option<i64>,
}

/// Adds a line to the history.
pub fn record(conn: &mut Conn, about: About<'_>, step: &str, by: &str, note: &str, now: NaiveDateTime) -> Result<()> {
    diesel::insert_into(steps::table)
        .values((
            steps::questionnaire.eq(about.questionnaire),
            steps::version.eq(about.version),
            steps::draft.eq(about.draft),
            steps::step.eq(step),
            steps::by_name.eq(by),
            steps::at.eq(now),
            steps::note.eq(note),
        ))
        .execute(conn)?;
    Ok(())
}

type StepRow = (String, String, String, NaiveDateTime, String);

fn taken(rows: Vec<StepRow>) -> Vec<StepTaken> {
    rows.into_iter().map(|(step, version, by_name, at, note)| StepTaken { step, version, by_name, at, note }).collect()
}

/// The history of a version, oldest first, that of the draft it was made from included.
pub fn history(conn: &mut Conn, code: &str, version: &str) -> Result<Vec<StepTaken>> {
    let own = steps::questionnaire.eq(code).and(steps::version.eq(version));
    let drafts: Vec<Option<i64>> =
        steps::table.filter(own).filter(steps::draft.is_not_null()).select(steps::draft).distinct().load(conn)?;
    let row = (steps::step, steps::version, steps::by_name, steps::at, steps::note);
    let either = own.or(steps::draft.eq_any(drafts));
    Ok(taken(steps::table.filter(either).order(steps::id).select(row).load(conn)?))
}

/// The history of a draft, oldest first.
pub fn history_of_draft(conn: &mut Conn, draft: i64) -> Result<Vec<StepTaken>> {
    let row = (steps::step, steps::version, steps::by_name, steps::at, steps::note);
    Ok(taken(steps::table.filter(steps::draft.eq(draft)).order(steps::id).select(row).load(conn)?))
}

/// Whether a version was retired and not reinstated since.
pub fn is_retired(conn: &mut Conn, code: &str, version: &str) -> Result<bool> {
    let last: Option<String> = steps::table
        .filter(steps::questionnaire.eq(code))
        .filter(steps::version.eq(version))
        .filter(steps::step.eq_any([RETIRED, REINSTATED]))
        .order(steps::id.desc())
        .select(steps::step)
        .first(conn)
        .optional()?;
    Ok(last.as_deref() == Some(RETIRED))
}
