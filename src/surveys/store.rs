//! Tables `surveys`, `survey_units`.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::file::SurveyFile;
use super::model::{Status, Survey};
use crate::db::Conn;
use crate::db::portable::{MAX_BOUND_VALUES, on_either};
use crate::db::schema::{survey_units, surveys};
use crate::error::{Error, Result};

/// Adds a survey as a draft and returns its key.
///
/// # Errors
/// `survey_exists` when the code is taken.
pub fn insert(
    conn: &mut Conn,
    file: &SurveyFile,
    threshold: u32,
    units: &[String],
    demonstration: bool,
    now: NaiveDateTime,
) -> Result<i64> {
    let streams: Vec<&str> = file.streams.iter().map(|s| s.as_str()).collect();
    let id: i64 = diesel::insert_into(surveys::table)
        .values((
            surveys::code.eq(&file.code),
            surveys::title_vi.eq(&file.title.vi),
            surveys::title_en.eq(&file.title.en),
            surveys::questionnaire.eq(&file.questionnaire),
            surveys::version.eq(&file.version),
            surveys::status.eq(Status::Draft),
            surveys::opens_on.eq(file.opens_on),
            surveys::closes_on.eq(file.closes_on),
            surveys::tree_date.eq(file.opens_on),
            surveys::streams.eq(streams.join(",")),
            surveys::weighting.eq(file.weighting),
            surveys::threshold.eq(i64::from(threshold)),
            surveys::results.eq(file.results),
            surveys::demonstration.eq(demonstration),
            surveys::created_at.eq(now),
            surveys::series.eq(&file.series),
        ))
        .returning(surveys::id)
        .get_result(conn)
        .map_err(|e| match e {
            diesel::result::Error::DatabaseError(diesel::result::DatabaseErrorKind::UniqueViolation, _) => {
                Error::Conflict("survey_exists", format!("there is a survey {:?} already; choose another code", file.code))
            }
            other => other.into(),
        })?;
    for chunk in units.chunks(MAX_BOUND_VALUES / 2) {
        let rows: Vec<_> = chunk.iter().map(|u| (survey_units::survey_id.eq(id), survey_units::unit.eq(u))).collect();
        on_either!(conn, c => diesel::insert_into(survey_units::table).values(&rows).execute(c))?;
    }
    Ok(id)
}

/// All surveys after this code, by code: a page of at most `limit`.
pub fn page(conn: &mut Conn, after: Option<&str>, limit: i64, drafts_too: bool) -> Result<Vec<Survey>> {
    let mut query = surveys::table.order(surveys::code).limit(limit).select(Survey::as_select()).into_boxed();
    if let Some(after) = after {
        query = query.filter(surveys::code.gt(after.to_owned()));
    }
    if !drafts_too {
        query = query.filter(surveys::status.ne(Status::Draft));
    }
    Ok(query.load(conn)?)
}

/// The survey with this code.
///
/// # Errors
/// `NotFound`.
pub fn by_code(conn: &mut Conn, code: &str) -> Result<Survey> {
    surveys::table
        .filter(surveys::code.eq(code))
        .select(Survey::as_select())
        .first(conn)
        .optional()?
        .ok_or_else(|| Error::NotFound(format!("survey {code}")))
}

/// The surveys of a series, the earliest first; drafts are not among them.
pub fn in_series(conn: &mut Conn, series: &str) -> Result<Vec<Survey>> {
    Ok(surveys::table
        .filter(surveys::series.eq(series))
        .filter(surveys::status.ne(Status::Draft))
        .order((surveys::opens_on, surveys::code))
        .select(Survey::as_select())
        .load(conn)?)
}

/// The survey with this key.
///
/// # Errors
/// `NotFound`.
pub fn by_id(conn: &mut Conn, id: i64) -> Result<Survey> {
    surveys::table.find(id).select(Survey::as_select()).first(conn).optional()?.ok_or_else(|| Error::NotFound(format!("survey {id}")))
}

/// Codes of the survey's units, in order.
pub fn units(conn: &mut Conn, id: i64) -> Result<Vec<String>> {
    Ok(survey_units::table.filter(survey_units::survey_id.eq(id)).order(survey_units::unit).select(survey_units::unit).load(conn)?)
}

/// Sets the status, if it still is what the step was decided on.
///
/// # Errors
/// `wrong_status` when somebody else changed it meanwhile.
pub fn set_status(conn: &mut Conn, survey: &Survey, to: Status) -> Result<()> {
    let changed = diesel::update(surveys::table.filter(surveys::id.eq(survey.id)).filter(surveys::status.eq(survey.status)))
        .set(surveys::status.eq(to))
        .execute(conn)?;
    if changed == 0 {
        return Err(Error::Conflict("wrong_status", "the survey was changed meanwhile; look at it again".to_owned()));
    }
    Ok(())
}

/// Status of these surveys, read in the writing transaction: an answer that waited in the queue is not stored after closing.
pub fn statuses(conn: &mut Conn, ids: &[i64]) -> Result<Vec<(i64, Status)>> {
    let rows = match conn {
        Conn::Sqlite(c) => surveys::table.filter(surveys::id.eq_any(ids)).select((surveys::id, surveys::status)).load(c)?,
        Conn::Postgres(c) => surveys::table.filter(surveys::id.eq_any(ids)).select((surveys::id, surveys::status)).for_share().load(c)?,
    };
    Ok(rows)
}
