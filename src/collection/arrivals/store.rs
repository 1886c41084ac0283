//! Reads table `responses` from where the last look ended; the argument why nothing is missed and nothing doubled stands in [`super`].

use std::collections::HashSet;

use diesel::connection::DefaultLoadingMode;
use diesel::dsl::sql;
use diesel::pg::PgRowByRowLoadingMode;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};

use super::snapshot::Snapshot;
use crate::db::Conn;
use crate::db::schema::{response_changes, responses};
use crate::db::types::Day;
use crate::error::{Error, Result};
use crate::surveys::{Mode, Stream};

/// A response without what only identifies or explains it: what estimates are made of.
#[derive(Debug, Clone, PartialEq, Queryable)]
pub struct Line {
    /// Code of the unit.
    pub unit: String,
    /// How the person came to answer.
    pub stream: Stream,
    /// By which means.
    pub mode: Mode,
    /// Day of sending.
    pub day: Day,
    /// Sampling stratum; the unit when none.
    pub stratum: Option<String>,
    /// Primary sampling unit; the respondent when none.
    pub psu: Option<String>,
    /// Base weight; 1 when none.
    pub weight: Option<f64>,
    /// Closed answers.
    pub codes: Vec<u8>,
}

/// Where a look at a survey's responses ended.
#[derive(Debug, Clone)]
pub struct Seen {
    revision: i64,
    end: End,
}

#[derive(Debug, Clone)]
enum End {
    /// Id of the last row, if there was one.
    Sqlite(Option<Vec<u8>>),
    Postgres {
        server: String,
        snapshot: Snapshot,
        restored: HashSet<Vec<u8>>,
    },
}

/// What a look found.
#[derive(Debug)]
pub enum Look {
    /// All that is new was handed out; the look ended here. `None` where no later look can go on from it.
    Done(Option<Seen>),
    /// What was seen before holds no longer; nothing was handed out. Look again from the beginning.
    ReadAnew,
}

/// Hands out every response of the survey that `seen` has not; all of them when there is none. Must run within one state of the data, see
/// [`Db::read_one_state`](crate::db::Db::read_one_state).
///
/// # Errors
/// Those of the database; some lines may have been handed out by then.
pub fn since(conn: &mut Conn, survey: i64, seen: Option<&Seen>, each: impl FnMut(Line)) -> Result<Look> {
    let revision: Option<i64> = response_changes::table.find(survey).select(response_changes::revision).first(conn).optional()?;
    let revision = revision.unwrap_or(0);
    if seen.is_some_and(|s| s.revision != revision) {
        return Ok(Look::ReadAnew);
    }
    let end = match conn {
        Conn::Sqlite(c) => sqlite(c, survey, seen.map(|s| &s.end), each)?,
        Conn::Postgres(c) => postgres(c, survey, seen.map(|s| &s.end), each)?,
    };
    Ok(match end {
        Found::ReadAnew => Look::ReadAnew,
        Found::Last => Look::Done(None),
        Found::End(end) => Look::Done(Some(Seen { revision, end })),
    })
}

enum Found {
    ReadAnew,
    Last,
    End(End),
}

const COLUMNS: (
    responses::unit,
    responses::stream,
    responses::mode,
    responses::submitted_at,
    responses::stratum,
    responses::psu,
    responses::weight,
    responses::codes,
) = (
    responses::unit,
    responses::stream,
    responses::mode,
    responses::submitted_at,
    responses::stratum,
    responses::psu,
    responses::weight,
    responses::codes,
);

fn sqlite(conn: &mut SqliteConnection, survey: i64, seen: Option<&End>, mut each: impl FnMut(Line)) -> Result<Found> {
    let last = match seen {
        Some(End::Sqlite(last)) => last.clone(),
        Some(End::Postgres { .. }) => return Ok(Found::ReadAnew),
        None => None,
    };
    let after: i64 = match &last {
        None => i64::MIN,
        Some(id) => match responses::table.find(id).select(sql::<BigInt>("rowid")).first(conn).optional()? {
            Some(number) => number,
            None => return Ok(Found::ReadAnew),
        },
    };
    let mut highest = None;
    let rows = responses::table
        .filter(responses::survey_id.eq(survey))
        .filter(sql::<Bool>("rowid > ").bind::<BigInt, _>(after))
        .order(sql::<BigInt>("rowid"))
        .select((sql::<BigInt>("rowid"), COLUMNS));
    for row in rows.load_iter::<(i64, Line), DefaultLoadingMode>(conn)? {
        let (number, line) = row?;
        highest = Some(number);
        each(line);
    }
    let last = match highest {
        None => last,
        Some(number) => Some(responses::table.filter(sql::<Bool>("rowid = ").bind::<BigInt, _>(number)).select(responses::id).first(conn)?),
    };
    Ok(Found::End(End::Sqlite(last)))
}

/// Which server answers, and what it shows.
#[derive(QueryableByName)]
struct Now {
    #[diesel(sql_type = Text)]
    snapshot: String,
    /// Timeline and start of the server; none on a standby, whose snapshots do not say what is running.
    #[diesel(sql_type = Nullable<Text>)]
    server: Option<String>,
}

const NOW: &str = "SELECT pg_current_snapshot()::text AS snapshot, CASE WHEN NOT pg_is_in_recovery() \
                   THEN substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8) || ' ' || pg_postmaster_start_time()::text END AS server";

fn postgres(conn: &mut PgConnection, survey: i64, seen: Option<&End>, mut each: impl FnMut(Line)) -> Result<Found> {
    let now: Now = diesel::sql_query(NOW).get_result(conn)?;
    let snapshot =
        Snapshot::parse(&now.snapshot).ok_or_else(|| Error::Storage(format!("{:?} is no snapshot of PostgreSQL", now.snapshot)))?;
    let (before, mut restored) = match (seen, &now.server) {
        (None, _) => (None, HashSet::new()),
        (Some(End::Postgres { server, snapshot, restored }), Some(current)) if server == current => (Some(snapshot), restored.clone()),
        _ => return Ok(Found::ReadAnew),
    };
    // Numbers that are not over now: on a visible row they are another server's.
    let not_over = among(&snapshot);
    let (wanted, named) = match before {
        None => ("TRUE".to_owned(), not_over),
        Some(before) => {
            (format!("stored_in < {} AND {}", snapshot.end, among(before)), if restored.is_empty() { not_over } else { "TRUE".to_owned() })
        }
    };
    let rows = responses::table.filter(responses::survey_id.eq(survey)).filter(sql::<Bool>(&wanted)).select((
        sql::<BigInt>("stored_in"),
        sql::<Nullable<Binary>>(&format!("CASE WHEN {named} THEN id END")),
        COLUMNS,
    ));
    for row in rows.load_iter::<(i64, Option<Vec<u8>>, Line), PgRowByRowLoadingMode>(conn)? {
        let (stored_in, id, line) = row?;
        if let Some(id) = id {
            if restored.contains(&id) {
                continue;
            }
            if !snapshot.shows(stored_in) {
                restored.insert(id);
            }
        }
        each(line);
    }
    Ok(match now.server {
        None => Found::Last,
        Some(server) => Found::End(End::Postgres { server, snapshot, restored }),
    })
}

/// The condition that a snapshot does not show the transaction `stored_in`.
fn among(snapshot: &Snapshot) -> String {
    let running: Vec<String> = snapshot.running.iter().map(ToString::to_string).collect();
    format!("(stored_in >= {} OR stored_in = ANY ('{{{}}}'::bigint[]))", snapshot.end, running.join(","))
}
