//! The waves of a series: the surveys that repeat this one.

use super::analysis::{Prepared, Request, prepare_filtered};
use super::cache::Tables;
use super::change::{self, Unlike, Wave};
use super::filter::Filter;
use crate::db::Db;
use crate::error::Result;
use crate::surveys::{self, Open, Surveys};

/// A survey of the series, and whether its figures can be compared.
pub struct Other {
    /// Which.
    pub wave: Wave,
    /// Its responses under the same filter, without the period; or why they are not compared.
    pub prepared: Result<Prepared, Unlike>,
}

impl Other {
    /// The responses, when they can be compared.
    #[must_use]
    pub fn comparable(&self) -> Option<&Prepared> {
        self.prepared.as_ref().ok()
    }
}

/// The other surveys of the series of this one that the reader may see, the earliest first. Takes connections itself: the caller should hold none.
///
/// # Errors
/// Those of the database.
pub fn others(db: &Db, tables: &Tables, surveys: &Surveys, now: &Prepared, readable: impl Fn(&Open) -> bool) -> Result<Vec<Other>> {
    let own = &now.open().survey;
    let Some(series) = &own.series else { return Ok(Vec::new()) };
    let all: Vec<Open> = db.read_now(|conn| {
        let list = surveys::store::in_series(conn, series)?;
        list.into_iter().filter(|s| s.id != own.id).map(|s| surveys.complete(conn, s)).collect()
    })?;
    let mut found = Vec::new();
    for open in all.into_iter().filter(|open| open.survey.demonstration == own.demonstration && readable(open)) {
        let filter = Filter { from: None, until: None, ..now.filter().clone() };
        let prepared = match change::alike(now.open(), &open, now.stream()) {
            // A unit, mode or service that the other survey does not have leaves nothing to compare with.
            Ok(()) if filter.check(&open).is_ok() => {
                Ok(prepare_filtered(db, tables, &open, Request { stream: Some(now.stream()), level: now.level() }, filter)?)
            }
            Ok(()) => continue,
            Err(unlike) => Err(unlike),
        };
        found.push(Other { wave: Wave::of(&open), prepared });
    }
    Ok(found)
}

/// The wave before this one: the last that began earlier.
#[must_use]
pub fn before<'a>(others: &'a [Other], now: &Prepared) -> Option<&'a Other> {
    others.iter().rfind(|o| (o.wave.from, o.wave.survey.as_str()) < (now.open().survey.opens_on, now.open().survey.code.as_str()))
}
