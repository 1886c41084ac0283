//! Tables `units`, `places`.

use chrono::NaiveDate;
use diesel::prelude::*;

use super::list;
use super::model::{Place, Unit};
use crate::db::Conn;
use crate::db::portable::on_either;
use crate::db::schema::{places, units};
use crate::error::{Error, Result};

/// Writes units: new ones are added, those with the same code and first day take the new values.
///
/// # Errors
/// `Refused` when a code would then be there twice for the same days; the caller's transaction must not be committed.
pub fn put(conn: &mut Conn, given: &[Unit]) -> Result<()> {
    for unit in given {
        on_either!(conn, c => diesel::insert_into(units::table)
            .values(unit)
            .on_conflict((units::code, units::valid_from))
            .do_update()
            .set((
                units::valid_to.eq(unit.valid_to),
                units::name_vi.eq(&unit.name_vi),
                units::name_en.eq(&unit.name_en),
                units::kind.eq(unit.kind),
                units::parent.eq(&unit.parent),
                units::population.eq(unit.population),
                units::transactions.eq(unit.transactions),
            ))
            .execute(c))?;
    }
    match list::overlaps(&all(conn)?) {
        wrong if wrong.is_empty() => Ok(()),
        wrong => Err(Error::Refused(wrong.join("\n  "))),
    }
}

/// The units as they were on this day, by code.
pub fn on_day(conn: &mut Conn, day: NaiveDate) -> Result<Vec<Unit>> {
    Ok(units::table
        .filter(units::valid_from.le(day))
        .filter(units::valid_to.is_null().or(units::valid_to.gt(day)))
        .order(units::code)
        .select(Unit::as_select())
        .load(conn)?)
}

/// All units at all times, by code, the latest period of a code last.
pub fn all(conn: &mut Conn) -> Result<Vec<Unit>> {
    Ok(units::table.order((units::code, units::valid_from)).select(Unit::as_select()).load(conn)?)
}

/// Adds places, or gives those that exist the new names.
pub fn put_places(conn: &mut Conn, list: &[Place]) -> Result<()> {
    for place in list {
        on_either!(conn, c => diesel::insert_into(places::table)
            .values(place)
            .on_conflict(places::code)
            .do_update()
            .set((places::unit.eq(&place.unit), places::name_vi.eq(&place.name_vi), places::name_en.eq(&place.name_en)))
            .execute(c))?;
    }
    Ok(())
}

/// All places, by code.
pub fn places(conn: &mut Conn) -> Result<Vec<Place>> {
    Ok(places::table.order(places::code).select(Place::as_select()).load(conn)?)
}

/// One place, if it exists.
pub fn find_place(conn: &mut Conn, code: &str) -> Result<Option<Place>> {
    Ok(places::table.find(code).select(Place::as_select()).first(conn).optional()?)
}

/// One place.
///
/// # Errors
/// `NotFound`.
pub fn place(conn: &mut Conn, code: &str) -> Result<Place> {
    find_place(conn, code)?.ok_or_else(|| Error::NotFound(format!("place {code}")))
}
