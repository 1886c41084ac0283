//! Tables `responses`, `place_codes`.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, NaiveDateTime};
use diesel::connection::DefaultLoadingMode;
use diesel::pg::PgRowByRowLoadingMode;
use diesel::prelude::*;

use super::response::Response;
use crate::db::Conn;
use crate::db::portable::on_either;
use crate::db::schema::{place_codes, responses};
use crate::db::types::Day;
use crate::error::{Error, Result};
use crate::surveys::{Mode, Stream};

/// What became of a response that was to be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is new.
    New,
    /// The same response is stored already.
    Replay,
    /// Another response is stored under the same id.
    Conflict,
}

/// Rows of one insert: 13 columns each, within SQLite's limit of bound values.
const ROWS: usize = 2_000;

/// Stores responses; uniqueness is decided by the primary key, not by looking first. One outcome for each, in order.
pub fn insert(conn: &mut Conn, list: &[Response]) -> Result<Vec<Outcome>> {
    let mut outcomes = Vec::with_capacity(list.len());
    for chunk in list.chunks(ROWS) {
        let stored: Vec<Vec<u8>> = on_either!(conn, c => diesel::insert_into(responses::table)
            .values(chunk)
            .on_conflict_do_nothing()
            .returning(responses::id)
            .get_results(c))?;
        let mut new: BTreeSet<Vec<u8>> = stored.into_iter().collect();
        let others: Vec<&Vec<u8>> = chunk.iter().map(|r| &r.id).filter(|id| !new.contains(*id)).collect();
        let repeated = others.len() + new.len() < chunk.len() || has_repeats(chunk);
        let known = if others.is_empty() && !repeated { BTreeMap::new() } else { by_ids(conn, chunk.iter().map(|r| &r.id).collect())? };
        for response in chunk {
            // The first of several with one id in a batch is the one that was stored.
            outcomes.push(if new.remove(&response.id) {
                Outcome::New
            } else if known.get(&response.id).is_some_and(|there| response.is_replay_of(there)) {
                Outcome::Replay
            } else {
                Outcome::Conflict
            });
        }
    }
    Ok(outcomes)
}

/// What [`insert`] would say, without storing anything.
pub fn foresee(conn: &mut Conn, list: &[Response]) -> Result<Vec<Outcome>> {
    let mut first: BTreeMap<&Vec<u8>, &Response> = BTreeMap::new();
    let mut outcomes = Vec::with_capacity(list.len());
    for chunk in list.chunks(ROWS) {
        let known = by_ids(conn, chunk.iter().map(|r| &r.id).collect())?;
        for response in chunk {
            let there = known.get(&response.id).or_else(|| first.get(&response.id).copied());
            outcomes.push(match there {
                None => Outcome::New,
                Some(there) if response.is_replay_of(there) => Outcome::Replay,
                Some(_) => Outcome::Conflict,
            });
            first.entry(&response.id).or_insert(response);
        }
    }
    Ok(outcomes)
}

fn has_repeats(chunk: &[Response]) -> bool {
    chunk.iter().map(|r| &r.id).collect::<BTreeSet<_>>().len() < chunk.len()
}

fn by_ids(conn: &mut Conn, ids: Vec<&Vec<u8>>) -> Result<BTreeMap<Vec<u8>, Response>> {
    let rows: Vec<Response> = responses::table.filter(responses::id.eq_any(ids)).select(Response::as_select()).load(conn)?;
    Ok(rows.into_iter().map(|r| (r.id.clone(), r)).collect())
}

/// How many responses each survey has.
pub fn counts(conn: &mut Conn, surveys: &[i64]) -> Result<BTreeMap<i64, i64>> {
    let rows: Vec<(i64, i64)> = responses::table
        .filter(responses::survey_id.eq_any(surveys))
        .group_by(responses::survey_id)
        .select((responses::survey_id, diesel::dsl::count_star()))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// A response as it goes into a data file.
#[derive(Debug, Clone, PartialEq, Queryable)]
pub struct Line {
    /// Its UUID, 16 bytes.
    pub id: Vec<u8>,
    /// Code of the unit.
    pub unit: String,
    /// Code of the place, if known.
    pub place: Option<String>,
    /// How the person came to answer.
    pub stream: Stream,
    /// Sampling stratum.
    pub stratum: Option<String>,
    /// Primary sampling unit.
    pub psu: Option<String>,
    /// Base weight.
    pub weight: Option<f64>,
    /// By which means.
    pub mode: Mode,
    /// Language of the form.
    pub language: String,
    /// Day of sending.
    pub day: Day,
    /// Closed answers.
    pub codes: Vec<u8>,
    /// Open answers, JSON.
    pub extra: Option<String>,
}

/// Calls `each` with every response of the survey, in one pass over one state of the data: memory stays constant. Returns how many there were.
///
/// # Errors
/// Those of the database and of `each`.
pub fn for_each(conn: &mut Conn, survey: i64, mut each: impl FnMut(Line) -> Result<()>) -> Result<u64> {
    let query = responses::table.filter(responses::survey_id.eq(survey)).select((
        responses::id,
        responses::unit,
        responses::place,
        responses::stream,
        responses::stratum,
        responses::psu,
        responses::weight,
        responses::mode,
        responses::language,
        responses::submitted_at,
        responses::codes,
        responses::extra,
    ));
    let mut seen = 0u64;
    let mut count = |row: QueryResult<Line>| {
        seen += 1;
        each(row?)
    };
    match conn {
        Conn::Sqlite(c) => query.load_iter::<Line, DefaultLoadingMode>(c)?.try_for_each(&mut count)?,
        Conn::Postgres(c) => query.load_iter::<Line, PgRowByRowLoadingMode>(c)?.try_for_each(&mut count)?,
    }
    Ok(seen)
}

/// Calls `each` with every response of one stream of the survey sent before a moment (UTC; any when none), in order of id, in one pass over one state of
/// the data: memory stays constant. Returns how many there were.
///
/// # Errors
/// Those of the database and of `each`.
pub fn for_each_by_id(
    conn: &mut Conn,
    survey: i64,
    stream: Stream,
    before: Option<NaiveDateTime>,
    mut each: impl FnMut(Response) -> Result<()>,
) -> Result<u64> {
    // The last day that both databases write alike stands for "any".
    let before = before.or(NaiveDate::from_ymd_opt(9999, 12, 31).map(NaiveDateTime::from)).unwrap_or_default();
    let chosen = responses::survey_id.eq(survey).and(responses::stream.eq(stream)).and(responses::submitted_at.lt(before));
    let query = responses::table.filter(chosen).order(responses::id);
    let mut seen = 0u64;
    let mut count = |row: QueryResult<Response>| {
        seen += 1;
        each(row?)
    };
    match conn {
        Conn::Sqlite(c) => query.load_iter::<Response, DefaultLoadingMode>(c)?.try_for_each(&mut count)?,
        Conn::Postgres(c) => query.load_iter::<Response, PgRowByRowLoadingMode>(c)?.try_for_each(&mut count)?,
    }
    Ok(seen)
}

/// Unit and open answers (JSON by question code) of the responses of one stream that were sent in this time and have any.
pub fn open_answers(
    conn: &mut Conn,
    survey: i64,
    stream: Stream,
    from: NaiveDateTime,
    until: NaiveDateTime,
) -> Result<Vec<(String, String)>> {
    Ok(responses::table
        .filter(responses::survey_id.eq(survey))
        .filter(responses::stream.eq(stream))
        .filter(responses::extra.is_not_null())
        .filter(responses::submitted_at.ge(from))
        .filter(responses::submitted_at.lt(until))
        .select((responses::unit, responses::extra.assume_not_null()))
        .load(conn)?)
}

/// A code in the address a citizen opens.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = place_codes, treat_none_as_default_value = false)]
pub struct PlaceCode {
    /// The code.
    pub code: String,
    /// The survey it leads to.
    pub survey_id: i64,
    /// The unit it is about; none asks the citizen.
    pub unit: Option<String>,
    /// The place it hangs at.
    pub place: Option<String>,
    /// Whether it was taken out of use.
    pub revoked: bool,
}

/// Adds codes.
pub fn add_place_codes(conn: &mut Conn, list: &[PlaceCode]) -> Result<()> {
    for chunk in list.chunks(ROWS) {
        on_either!(conn, c => diesel::insert_into(place_codes::table).values(chunk).execute(c))?;
    }
    Ok(())
}

/// The code in an address.
///
/// # Errors
/// `NotFound`, also when it was revoked.
pub fn place_code(conn: &mut Conn, code: &str) -> Result<PlaceCode> {
    place_codes::table
        .find(code)
        .filter(place_codes::revoked.eq(false))
        .select(PlaceCode::as_select())
        .first(conn)
        .optional()?
        .ok_or_else(|| Error::NotFound(format!("the form {code}")))
}

/// All codes of a survey that are in use: the general one first, then by unit and place.
pub fn place_codes(conn: &mut Conn, survey: i64) -> Result<Vec<PlaceCode>> {
    let mut rows: Vec<PlaceCode> = place_codes::table
        .filter(place_codes::survey_id.eq(survey))
        .filter(place_codes::revoked.eq(false))
        .select(PlaceCode::as_select())
        .load(conn)?;
    rows.sort_by(|a, b| (&a.unit, &a.place).cmp(&(&b.unit, &b.place)));
    Ok(rows)
}
