//! Boundaries (ranh giới): the shapes of units, from a GeoJSON file that the administrator provides, for the map of reports. One file serves the whole
//! installation; an area belongs to the unit of the same code.
//!
//! - [`model`]: what is known of the file; [`check`]: which areas and units go together.
//! - [`take`], [`drop_all`]: storing and removing, with the record of who did.
//! - [`cache`]: the shapes in memory, ready to be drawn.
//! - [`handlers`], [`pages`]: `/admin/boundaries`; [`cli`]: `sipas units boundaries`.
//! - [`store`]: table `boundaries`.

pub mod cache;
pub mod check;
pub mod cli;
pub mod handlers;
pub mod model;
pub mod pages;
pub mod store;

use chrono::NaiveDateTime;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::audit::{self, Actor, Object};
use crate::charts::Geography;
use crate::db::Conn;
use crate::db::types::Day;
use crate::error::{Error, Result};

pub use cache::{Boundaries, InForce};
pub use check::Match;
pub use model::About;

/// Positions of all areas that are kept at most: four times what a map shows.
pub const KEPT: usize = 24_000;
/// Code of the refusal of a file none of whose areas is a unit.
pub const UNMATCHED: &str = "boundaries_unmatched";

/// A file that was read.
#[derive(Debug, Clone)]
pub struct Given {
    /// Name of the file, a text for people.
    pub file: String,
    /// The property that holds the codes.
    pub property: String,
    /// Where the boundaries come from; shown below the map. May be empty.
    pub source: String,
    /// The areas.
    pub geography: Geography,
}

/// Stores a file in place of the one before, in the caller's transaction, and says which areas and units go together.
///
/// # Errors
/// `Conflict` ([`UNMATCHED`]) when no area has the code of a unit; the transaction must then not be committed.
pub fn take(conn: &mut Conn, who: &impl Actor, given: &Given, now: NaiveDateTime) -> Result<Match> {
    let areas = i64::try_from(given.geography.codes().count()).map_err(|e| Error::Internal(e.to_string()))?;
    let detail = json!({ "file": given.file, "property": given.property, "source": given.source, "areas": areas });
    audit::record(conn, who, "boundaries.store", Object::new("boundaries", ""), &detail)?;
    let found = check::compare(given.geography.codes(), &super::store::all(conn)?, Day::date_of(now));
    if found.matched == 0 {
        let some = |codes: Vec<&str>| codes.into_iter().take(3).collect::<Vec<_>>().join(", ");
        let units = super::store::on_day(conn, Day::date_of(now))?;
        return Err(Error::Conflict(
            UNMATCHED,
            format!(
                "none of the {areas} areas has the code of a unit: the property {:?} holds for example {}, codes of units are for example {}; name another \
                 property, or import the unit list first",
                given.property,
                some(given.geography.codes().collect()),
                some(units.iter().map(|u| u.code.as_str()).collect()),
            ),
        ));
    }
    let geometry = given.geography.simplified(KEPT).write();
    let mut about = About {
        file_name: given.file.clone(),
        property: given.property.clone(),
        source: given.source.clone(),
        areas,
        digest: String::new(),
        stored_by: who.shown_name().to_owned(),
        stored_at: now,
    };
    let all = format!("{about:?}\n{geometry}");
    about.digest = Sha256::digest(all.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    store::put(conn, &about, &geometry)?;
    Ok(found)
}

/// Removes the shapes, in the caller's transaction.
///
/// # Errors
/// `NotFound` when there are none.
pub fn drop_all(conn: &mut Conn, who: &impl Actor) -> Result<()> {
    let Some((about, _)) = store::read(conn)? else {
        return Err(Error::NotFound("a file of boundaries".to_owned()));
    };
    let detail = json!({ "file": about.file_name, "areas": about.areas });
    audit::record(conn, who, "boundaries.remove", Object::new("boundaries", ""), &detail)?;
    store::remove(conn)
}
