//! Indices (chỉ số) beside the survey's own: PAR INDEX, PCI, PAPI, the published SIPAS. What others measured stands next to what is measured here, with its
//! source.
//!
//! - [`model`]: an index, a value of it in a year, and when two years may be compared.
//! - [`list`]: the CSV files, strictly; [`take`]: putting them into the database, all or nothing.
//! - [`series`]: values in time, broken where the method changes.
//! - [`editing`]: the administrator's pages; [`cli`]: `sipas indices …`.
//! - [`store`]: tables `indices` and `index_values`.
//!
//! Read the values of one unit with [`store::of_unit`].

pub mod cli;
pub mod editing;
pub mod handlers;
pub mod list;
pub mod model;
pub mod pages;
pub mod series;
pub mod store;

use serde_json::json;

use crate::audit::{self, Actor, Object};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::units::{self, Unit, UnitKind};
use list::{Listed, Wrong};

pub use model::{Index, IndexValue, Level, MeasuredIn, NewValue};

/// The files that come with the program: the indices, and what was published of them.
pub const SHIPPED: [(&str, &str); 2] = [
    ("indices.csv", include_str!("../../survey-defs/indices/indices.csv")),
    ("published.csv", include_str!("../../survey-defs/indices/published.csv")),
];

/// How many rows of a file were new, changed and the same as before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Taken {
    /// Rows that were not there.
    pub added: usize,
    /// Rows that were there with other content.
    pub changed: usize,
    /// Rows that were there with this content.
    pub same: usize,
}

impl Taken {
    /// Counts a row: whether what was there is the same, if there was something.
    fn count(&mut self, same: Option<bool>) {
        match same {
            None => self.added += 1,
            Some(false) => self.changed += 1,
            Some(true) => self.same += 1,
        }
    }
}

/// Puts the rows of a read file into the database. The same row again replaces the one before; nothing is deleted. The caller's transaction makes it all
/// or nothing: it must not be committed when something is wrong.
///
/// # Errors
/// Those of the database. What is wrong with the rows is the inner error.
pub fn take(conn: &mut Conn, who: &impl Actor, name: &str, listed: &Listed) -> Result<std::result::Result<Taken, Vec<Wrong>>> {
    let rows = match listed {
        Listed::Indices(all) => all.len(),
        Listed::Values(all) => all.len(),
    };
    audit::record(conn, who, "indices.import", Object::new("indices", name), &json!({ "rows": rows }))?;
    let wrong = match listed {
        Listed::Indices(all) => list::too_small(all, &store::largest_values(conn)?),
        Listed::Values(all) => list::unfitting(all, &store::indices(conn)?),
    };
    if !wrong.is_empty() {
        return Ok(Err(wrong));
    }
    match listed {
        Listed::Indices(all) => store::put_indices(conn, all.iter().map(|(_, index)| index)),
        Listed::Values(all) => store::put_values(conn, all.iter().map(|(_, value)| value)),
    }
    .map(Ok)
}

/// Takes the files that come with the program.
///
/// # Errors
/// Those of the database, or when a shipped file cannot be taken.
pub fn take_shipped(conn: &mut Conn, who: &impl Actor) -> Result<Taken> {
    let mut all = Taken::default();
    for (name, text) in SHIPPED {
        let fault = |wrong: Vec<Wrong>| Error::Internal(format!("shipped {name}: {wrong:?}"));
        let listed = list::read(text.as_bytes()).map_err(fault)?;
        let taken = take(conn, who, name, &listed)?.map_err(fault)?;
        all = Taken { added: all.added + taken.added, changed: all.changed + taken.changed, same: all.same + taken.same };
    }
    Ok(all)
}

/// The unit whose indices the page shows first: the province of the unit list, if there is one.
///
/// # Errors
/// Those of the database.
pub fn home(conn: &mut Conn, day: chrono::NaiveDate) -> Result<Option<Unit>> {
    Ok(units::store::on_day(conn, day)?.into_iter().find(|u| u.kind == UnitKind::Province))
}
