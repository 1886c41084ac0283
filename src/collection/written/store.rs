//! Reads table `responses` by the index of open answers.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::Wanted;
use crate::db::Conn;
use crate::db::schema::responses;
use crate::error::Result;
use crate::web::locale::VIETNAM;

/// Rows read at once.
const ROWS: i64 = 200;

/// A response with open answers.
#[derive(Debug, Clone, Queryable)]
pub struct Line {
    /// Code of the unit.
    pub unit: String,
    /// When it was sent, UTC.
    pub submitted_at: NaiveDateTime,
    /// Closed answers.
    pub codes: Vec<u8>,
    /// Open answers, as JSON.
    pub extra: Option<String>,
}

/// The next responses with open answers, the latest first.
pub(super) fn page(conn: &mut Conn, survey: i64, wanted: &Wanted<'_>, offset: i64) -> Result<Vec<Line>> {
    let mut query = responses::table
        .filter(responses::survey_id.eq(survey))
        .filter(responses::extra.is_not_null())
        .filter(responses::stream.eq(wanted.stream))
        .filter(responses::unit.eq_any(wanted.units.clone()))
        .order((responses::submitted_at.desc(), responses::id))
        .select((responses::unit, responses::submitted_at, responses::codes, responses::extra))
        .offset(offset)
        .limit(ROWS)
        .into_boxed();
    if let Some(mode) = wanted.mode {
        query = query.filter(responses::mode.eq(mode));
    }
    if let Some(from) = wanted.from {
        query = query.filter(responses::submitted_at.ge(from.and_time(chrono::NaiveTime::MIN) - VIETNAM));
    }
    if let Some(after) = wanted.until.and_then(|d| d.succ_opt()) {
        query = query.filter(responses::submitted_at.lt(after.and_time(chrono::NaiveTime::MIN) - VIETNAM));
    }
    Ok(query.load(conn)?)
}
