//! Table `audit_log`.

use chrono::{NaiveDateTime, SubsecRound, Utc};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use serde_json::Value;

use super::chain::{self, State};
use super::model::{Actor, Object, Row};
use crate::db::Conn;
use crate::db::schema::audit_log;
use crate::error::Result;

/// How many rows are read at once.
const CHUNK: i64 = 1_000;

/// Writes what is about to be done, in the caller's transaction. Until that ends, no other transaction that is recorded goes past this point.
///
/// # Errors
/// Those of the database; the change must then not be made.
pub fn record(conn: &mut Conn, who: &impl Actor, action: &str, object: Object<'_>, detail: &Value) -> Result<()> {
    // SQLite has one writer at a time anyway.
    if let Conn::Postgres(c) = conn {
        c.batch_execute("LOCK TABLE audit_log IN SHARE ROW EXCLUSIVE MODE")?;
    }
    let last: Option<(i64, String)> =
        audit_log::table.order(audit_log::id.desc()).select((audit_log::id, audit_log::hash)).first(conn).optional()?;
    let (id, previous) = last.map_or_else(|| (1, String::new()), |(id, hash)| (id + 1, hash));
    let mut row = Row {
        id,
        at: Utc::now().naive_utc().trunc_subsecs(3),
        user_id: who.key(),
        user_name: who.shown_name().to_owned(),
        action: action.to_owned(),
        object_kind: object.kind.to_owned(),
        object_code: object.code.to_owned(),
        detail: detail.to_string(),
        previous,
        hash: String::new(),
    };
    row.hash = chain::hash(&row);
    diesel::insert_into(audit_log::table).values(&row).execute(conn)?;
    Ok(())
}

/// Reads the whole log and says whether it is whole.
pub fn verify(conn: &mut Conn) -> Result<State> {
    let mut state = State::default();
    let mut after = i64::MIN;
    loop {
        let rows: Vec<Row> =
            audit_log::table.filter(audit_log::id.gt(after)).order(audit_log::id).limit(CHUNK).select(Row::as_select()).load(conn)?;
        let Some(last) = rows.last() else { return Ok(state) };
        after = last.id;
        rows.iter().for_each(|row| state.read(row));
    }
}

/// Which rows are wanted. An empty text asks for all.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Part of the name of who acted.
    pub who: String,
    /// Beginning of the action, for example `survey.`.
    pub action: String,
    /// Part of the code of what was changed.
    pub object: String,
    /// Not before.
    pub from: Option<NaiveDateTime>,
    /// Before this.
    pub until: Option<NaiveDateTime>,
    /// Only rows with smaller numbers.
    pub before: Option<i64>,
}

/// Rows, newest first.
pub fn rows(conn: &mut Conn, wanted: &Wanted, limit: i64) -> Result<Vec<Row>> {
    let mut query = audit_log::table.order(audit_log::id.desc()).limit(limit).select(Row::as_select()).into_boxed();
    if !wanted.who.is_empty() {
        query = query.filter(audit_log::user_name.like(format!("%{}%", plain(&wanted.who))).escape('!'));
    }
    if !wanted.action.is_empty() {
        query = query.filter(audit_log::action.like(format!("{}%", plain(&wanted.action))).escape('!'));
    }
    if !wanted.object.is_empty() {
        query = query.filter(audit_log::object_code.like(format!("%{}%", plain(&wanted.object))).escape('!'));
    }
    if let Some(from) = wanted.from {
        query = query.filter(audit_log::at.ge(from));
    }
    if let Some(until) = wanted.until {
        query = query.filter(audit_log::at.lt(until));
    }
    if let Some(before) = wanted.before {
        query = query.filter(audit_log::id.lt(before));
    }
    Ok(query.load(conn)?)
}

/// The row with this number.
pub fn row(conn: &mut Conn, id: i64) -> Result<Option<Row>> {
    Ok(audit_log::table.find(id).select(Row::as_select()).first(conn).optional()?)
}

/// A text in which LIKE sees no wildcards.
fn plain(text: &str) -> String {
    text.replace('!', "!!").replace('%', "!%").replace('_', "!_")
}
