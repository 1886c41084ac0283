//! Tables `releases`, `release_steps`. Rows are only ever added; the database refuses anything else.

use std::collections::BTreeMap;

use chrono::{NaiveDateTime, SubsecRound};
use diesel::prelude::*;

use super::content::{self, Content};
use super::life::Status;
use super::model::{Known, Release, StepTaken};
use crate::audit::Actor;
use crate::db::Conn;
use crate::db::portable::MAX_BOUND_VALUES;
use crate::db::schema::{release_steps, releases};
use crate::error::{Error, Result};

/// The number that the survey's next release gets.
pub fn next_number(conn: &mut Conn, survey: i64) -> Result<i64> {
    let last: Option<i64> =
        releases::table.filter(releases::survey_id.eq(survey)).select(diesel::dsl::max(releases::number)).first(conn)?;
    Ok(last.unwrap_or(0) + 1)
}

/// Adds a release and gives its key. `text` is the canonical text of the content, `hash` its SHA-256.
///
/// # Errors
/// Those of the database.
pub fn insert(conn: &mut Conn, survey: i64, content: &Content, text: &str, hash: &str, now: NaiveDateTime) -> Result<i64> {
    let summary = serde_json::to_string(&content.summary()).map_err(|e| Error::Internal(e.to_string()))?;
    let corrects: Option<i64> = match &content.release.corrects {
        Some(c) => Some(releases::table.filter(releases::code.eq(&c.code)).select(releases::id).first(conn)?),
        None => None,
    };
    Ok(diesel::insert_into(releases::table)
        .values((
            releases::code.eq(&content.release.code),
            releases::survey_id.eq(survey),
            releases::number.eq(content.release.number),
            releases::hash.eq(hash),
            releases::content.eq(text),
            releases::summary.eq(summary),
            releases::corrects.eq(corrects),
            releases::frozen_at.eq(now.trunc_subsecs(3)),
        ))
        .returning(releases::id)
        .get_result(conn)?)
}

/// Adds a step.
///
/// # Errors
/// Those of the database, also when the step was taken before.
pub fn add_step(conn: &mut Conn, release: i64, step: Status, who: &impl Actor, note: &str, now: NaiveDateTime) -> Result<()> {
    diesel::insert_into(release_steps::table)
        .values((
            release_steps::release_id.eq(release),
            release_steps::step.eq(step),
            release_steps::by_id.eq(who.key()),
            release_steps::by_name.eq(who.shown_name()),
            release_steps::at.eq(now.trunc_subsecs(3)),
            release_steps::note.eq(note),
        ))
        .execute(conn)?;
    Ok(())
}

/// The release with this code.
///
/// # Errors
/// `NotFound`.
pub fn by_code(conn: &mut Conn, code: &str) -> Result<Known> {
    let found: Option<Release> = releases::table.filter(releases::code.eq(code)).select(Release::as_select()).first(conn).optional()?;
    let found = found.ok_or_else(|| Error::NotFound(format!("release {code}")))?;
    with_steps(conn, vec![found])?.pop().ok_or_else(|| Error::Internal("a release was lost".to_owned()))
}

/// The releases of a survey, newest first.
pub fn of_survey(conn: &mut Conn, survey: i64) -> Result<Vec<Known>> {
    let found =
        releases::table.filter(releases::survey_id.eq(survey)).order(releases::number.desc()).select(Release::as_select()).load(conn)?;
    with_steps(conn, found)
}

/// All releases, newest first.
pub fn all(conn: &mut Conn) -> Result<Vec<Known>> {
    let found = releases::table.order(releases::id.desc()).select(Release::as_select()).load(conn)?;
    with_steps(conn, found)
}

/// The releases that correct these, newest first.
pub fn correcting(conn: &mut Conn, ids: &[i64]) -> Result<Vec<Known>> {
    let found =
        releases::table.filter(releases::corrects.eq_any(ids)).order(releases::id.desc()).select(Release::as_select()).load(conn)?;
    with_steps(conn, found)
}

fn with_steps(conn: &mut Conn, list: Vec<Release>) -> Result<Vec<Known>> {
    let mut steps: BTreeMap<i64, Vec<StepTaken>> = BTreeMap::new();
    let ids: Vec<i64> = list.iter().map(|r| r.id).collect();
    for chunk in ids.chunks(MAX_BOUND_VALUES) {
        let rows: Vec<StepTaken> = release_steps::table
            .filter(release_steps::release_id.eq_any(chunk))
            .order(release_steps::id)
            .select(StepTaken::as_select())
            .load(conn)?;
        for row in rows {
            steps.entry(row.release_id).or_default().push(row);
        }
    }
    list.into_iter()
        .map(|release| {
            let summary = serde_json::from_str(&release.summary)
                .map_err(|e| Error::Storage(format!("what lists show of release {} cannot be read: {e}", release.code)))?;
            let steps = steps.remove(&release.id).unwrap_or_default();
            Ok(Known { release, summary, steps })
        })
        .collect()
}

/// The text of a release's content as it is stored, unchecked: for who looks whether it was changed.
pub fn text(conn: &mut Conn, release: &Release) -> Result<String> {
    Ok(releases::table.find(release.id).select(releases::content).first(conn)?)
}

/// The content of a release, and its text: proven to be what was frozen.
///
/// # Errors
/// `Storage` when text, hash, code or summary do not fit together: somebody changed them in the database.
pub fn content(conn: &mut Conn, release: &Release) -> Result<(Content, String)> {
    let text = text(conn, release)?;
    let changed = |what: &str| Error::Storage(format!("release {} was changed in the database after it was frozen: {what}", release.code));
    if content::sha256(text.as_bytes()) != release.hash {
        return Err(changed("its content does not have its hash"));
    }
    let content = Content::read(&text).map_err(|e| changed(&e))?;
    if content.release.code != release.code || content.release.number != release.number {
        return Err(changed("its content is of another release"));
    }
    let summary = serde_json::to_string(&content.summary()).map_err(|e| Error::Internal(e.to_string()))?;
    if summary != release.summary {
        return Err(changed("what lists show is not what its content says"));
    }
    Ok((content, text))
}
