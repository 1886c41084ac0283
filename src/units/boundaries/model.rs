//! What is known of the file of boundaries.

use chrono::NaiveDateTime;
use diesel::{Insertable, Queryable, Selectable};

use crate::db::schema::boundaries;

/// A row of `boundaries` without the shapes.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = boundaries)]
pub struct About {
    /// Name of the file, a text for people.
    pub file_name: String,
    /// The property of the file that held the codes.
    pub property: String,
    /// Where the boundaries come from, as the administrator wrote it; may be empty.
    pub source: String,
    /// How many areas it has.
    pub areas: i64,
    /// SHA-256 of all that is stored: another one means other boundaries.
    pub digest: String,
    /// Name of who stored it.
    pub stored_by: String,
    /// When, UTC.
    pub stored_at: NaiveDateTime,
}
