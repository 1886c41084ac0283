//! Tables `indices`, `index_values`.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::Taken;
use super::model::{Index, IndexValue, Level, NewValue};
use crate::db::Conn;
use crate::db::portable::on_either;
use crate::db::schema::{index_values as values, indices};
use crate::error::{Error, Result};

/// All indices, by code.
pub fn indices(conn: &mut Conn) -> Result<Vec<Index>> {
    Ok(indices::table.order(indices::code).select(Index::as_select()).load(conn)?)
}

/// Adds indices, or gives those that exist the new content.
pub fn put_indices<'a>(conn: &mut Conn, all: impl Iterator<Item = &'a Index>) -> Result<Taken> {
    let mut taken = Taken::default();
    for index in all {
        let before: Option<Index> = indices::table.find(&index.code).select(Index::as_select()).first(conn).optional()?;
        taken.count(before.map(|b| b == *index));
        on_either!(conn, c => diesel::insert_into(indices::table)
            .values(index)
            .on_conflict(indices::code)
            .do_update()
            .set((
                indices::name_vi.eq(&index.name_vi),
                indices::name_en.eq(&index.name_en),
                indices::measured_in.eq(index.measured_in),
                indices::largest.eq(index.largest),
            ))
            .execute(c))?;
    }
    Ok(taken)
}

/// The largest stored value of each index.
pub fn largest_values(conn: &mut Conn) -> Result<BTreeMap<String, f64>> {
    let all: Vec<(String, Option<f64>)> =
        values::table.group_by(values::index_code).select((values::index_code, diesel::dsl::max(values::value))).load(conn)?;
    Ok(all.into_iter().filter_map(|(code, largest)| Some((code, largest?))).collect())
}

/// The row about the same index, measure, level, unit and year.
fn same_row(conn: &mut Conn, new: &NewValue) -> Result<Option<IndexValue>> {
    Ok(values::table
        .filter(values::index_code.eq(&new.index_code))
        .filter(values::measure.eq(&new.measure))
        .filter(values::level.eq(new.level))
        .filter(values::unit.eq(&new.unit))
        .filter(values::year.eq(new.year))
        .select(IndexValue::as_select())
        .first(conn)
        .optional()?)
}

/// Adds values; a row about the same index, measure, level, unit and year is replaced.
pub fn put_values<'a>(conn: &mut Conn, all: impl Iterator<Item = &'a NewValue>) -> Result<Taken> {
    let mut taken = Taken::default();
    for new in all {
        let before = same_row(conn, new)?;
        taken.count(before.as_ref().map(|b| b.is(new)));
        match before {
            Some(there) if there.is(new) => {}
            Some(there) => replace(conn, there.id, new)?,
            None => drop(diesel::insert_into(values::table).values(new).execute(conn)?),
        }
    }
    Ok(taken)
}

/// Adds one value and gives its key.
///
/// # Errors
/// `Conflict` (`index_value_exists`) when there is a row about the same thing.
pub fn insert(conn: &mut Conn, new: &NewValue) -> Result<i64> {
    let inserted: Option<i64> = on_either!(conn, c => diesel::insert_into(values::table)
        .values(new)
        .on_conflict((values::index_code, values::measure, values::level, values::unit, values::year))
        .do_nothing()
        .returning(values::id)
        .get_result(c)
        .optional())?;
    inserted.ok_or_else(exists)
}

fn exists() -> Error {
    Error::Conflict(
        "index_value_exists",
        "there is a row about the same index, measure, level, unit and year; change that one, or change the year".to_owned(),
    )
}

fn replace(conn: &mut Conn, id: i64, new: &NewValue) -> Result<()> {
    diesel::update(values::table.find(id))
        .set((
            values::index_code.eq(&new.index_code),
            values::measure.eq(&new.measure),
            values::measure_en.eq(&new.measure_en),
            values::level.eq(new.level),
            values::unit.eq(&new.unit),
            values::unit_en.eq(&new.unit_en),
            values::unit_code.eq(&new.unit_code),
            values::year.eq(new.year),
            values::value.eq(new.value),
            values::place.eq(new.place),
            values::places.eq(new.places),
            values::method.eq(&new.method),
            values::method_seen.eq(new.method_seen),
            values::derived.eq(new.derived),
            values::source.eq(&new.source),
            values::note.eq(&new.note),
            values::note_en.eq(&new.note_en),
        ))
        .execute(conn)?;
    Ok(())
}

/// Gives a row new content.
///
/// # Errors
/// `Conflict` (`index_value_exists`) when another row is about what this one would be about. Transactions that are recorded in the audit log take turns, so
/// none can come between the look and the write.
pub fn update(conn: &mut Conn, id: i64, new: &NewValue) -> Result<()> {
    value(conn, id)?;
    if same_row(conn, new)?.is_some_and(|there| there.id != id) {
        return Err(exists());
    }
    replace(conn, id, new)
}

/// Deletes a row.
pub fn delete(conn: &mut Conn, id: i64) -> Result<()> {
    diesel::delete(values::table.find(id)).execute(conn)?;
    Ok(())
}

/// One row.
///
/// # Errors
/// `NotFound`.
pub fn value(conn: &mut Conn, id: i64) -> Result<IndexValue> {
    let found = values::table.find(id).select(IndexValue::as_select()).first(conn).optional()?;
    found.ok_or_else(|| Error::NotFound(format!("index value {id}")))
}

/// Which rows are wanted.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Of this index.
    pub index: Option<String>,
    /// About units of this kind.
    pub level: Option<Level>,
    /// About this unit, by name or code.
    pub unit: Option<String>,
    /// Of this year.
    pub year: Option<i64>,
    /// After this key.
    pub after: Option<i64>,
}

/// Rows in the order of their keys.
pub fn values(conn: &mut Conn, wanted: &Wanted, most: i64) -> Result<Vec<IndexValue>> {
    let mut query = values::table.order(values::id).limit(most).select(IndexValue::as_select()).into_boxed();
    if let Some(index) = &wanted.index {
        query = query.filter(values::index_code.eq(index));
    }
    if let Some(level) = wanted.level {
        query = query.filter(values::level.eq(level));
    }
    if let Some(unit) = &wanted.unit {
        query = query.filter(values::unit.eq(unit).or(values::unit_code.eq(unit)));
    }
    if let Some(year) = wanted.year {
        query = query.filter(values::year.eq(year));
    }
    if let Some(after) = wanted.after {
        query = query.filter(values::id.gt(after));
    }
    Ok(query.load(conn)?)
}

/// Everything there is about a unit, by its code here, in the order of years.
pub fn of_unit(conn: &mut Conn, code: &str) -> Result<Vec<IndexValue>> {
    Ok(values::table
        .filter(values::unit_code.eq(code))
        .order((values::index_code, values::measure, values::year))
        .select(IndexValue::as_select())
        .load(conn)?)
}
