//! Table `boundaries`: one row, or none.

use diesel::prelude::*;

use super::model::About;
use crate::db::Conn;
use crate::db::schema::boundaries;
use crate::error::Result;

/// The key of the only row.
const ONLY: i64 = 1;

/// Stores a file in place of the one before.
pub fn put(conn: &mut Conn, about: &About, geometry: &str) -> Result<()> {
    remove(conn)?;
    diesel::insert_into(boundaries::table).values((boundaries::id.eq(ONLY), about, boundaries::geometry.eq(geometry))).execute(conn)?;
    Ok(())
}

/// The digest of what is stored.
pub fn digest(conn: &mut Conn) -> Result<Option<String>> {
    Ok(boundaries::table.find(ONLY).select(boundaries::digest).first(conn).optional()?)
}

/// What is stored: the facts, and the shapes as GeoJSON.
pub fn read(conn: &mut Conn) -> Result<Option<(About, String)>> {
    Ok(boundaries::table.find(ONLY).select((About::as_select(), boundaries::geometry)).first(conn).optional()?)
}

/// Removes the file.
pub fn remove(conn: &mut Conn) -> Result<()> {
    diesel::delete(boundaries::table.find(ONLY)).execute(conn)?;
    Ok(())
}
