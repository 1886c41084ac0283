//! A survey looked at: everything that pages, files and documents say of it is computed from here.

use std::sync::Arc;

use chrono::NaiveDateTime;

use super::choice::Choice;
use crate::accounts::{Act, Viewer};
use crate::db::Db;
use crate::error::{Error, Result};
use crate::estimation::analysis::{Prepared, prepare_filtered};
use crate::estimation::change::Change;
use crate::estimation::figures::IndexFigures;
use crate::estimation::waves::{self, Other};
use crate::estimation::{Figures, Filter, Level, NamedMeasure, Tables};
use crate::surveys::{Open, Surveys};
use crate::units::boundaries::{Boundaries, InForce};

/// What a report is made with; a copy is the same.
#[derive(Clone)]
pub struct Sources {
    /// The database.
    pub db: Db,
    /// Surveys with their questionnaires and units.
    pub surveys: Surveys,
    /// Responses in memory.
    pub tables: Tables,
    /// Figures in memory.
    pub figures: Figures,
    /// Shapes of units in memory.
    pub boundaries: Boundaries,
}

/// A survey under a choice, with the waves beside it.
pub struct Report {
    /// What is asked for.
    pub choice: Choice,
    /// The responses.
    pub prepared: Prepared,
    /// The other surveys of its series.
    pub others: Vec<Other>,
    /// When the responses were read, UTC.
    pub cut: NaiveDateTime,
    /// Whoever reads; none on the command line, which may read everything.
    viewer: Option<Viewer>,
    sources: Sources,
}

impl Report {
    /// Looks at a survey for this reader. Takes connections itself: the caller should hold none.
    ///
    /// Before results are public, who has a right to one unit alone sees what is about this unit (`unit`), computed from its responses alone: nothing
    /// of the others is in it, neither a rank nor a total.
    ///
    /// # Errors
    /// `NotFound`; `SignInFirst`, `Forbidden` for results the reader may not see; `BadRequest` for a choice that does not fit.
    pub fn look(sources: Sources, viewer: &Viewer, code: &str, unit: Option<&str>, choice: Choice, now: NaiveDateTime) -> Result<Self> {
        let open = sources.db.read_now(|conn| sources.surveys.by_code_afresh(conn, code))?;
        let own = |open: &Open| unit.filter(|u| open.unit(u).is_some() && viewer.may(Act::ReadResults, [*u], &open.frame.tree));
        let only = match open.readable_by(viewer) {
            Ok(()) => None,
            Err(refused) => Some(own(&open).ok_or(refused)?),
        };
        let readable = |other: &Open| other.readable_by(viewer).is_ok() || (only.is_some() && own(other).is_some());
        let report = Report::of(sources.clone(), &open, choice, only, now, readable)?;
        Ok(Report { viewer: Some(viewer.clone()), ..report })
    }

    /// The same for somebody who may read everything, such as the command line; of one unit's responses alone when `only` says which.
    ///
    /// # Errors
    /// As [`Report::look`].
    pub fn of(
        sources: Sources,
        open: &Open,
        choice: Choice,
        only: Option<&str>,
        now: NaiveDateTime,
        readable: impl Fn(&Open) -> bool,
    ) -> Result<Self> {
        let filter = Filter { unit: only.map(str::to_owned), ..choice.filter()? };
        let prepared = prepare_filtered(&sources.db, &sources.tables, open, choice.request()?, filter)?;
        let others = waves::others(&sources.db, &sources.tables, &sources.surveys, &prepared, readable)?;
        Ok(Report { choice, prepared, others, cut: now, viewer: None, sources })
    }

    /// Whether nothing but one unit is looked at.
    #[must_use]
    pub fn of_one_unit(&self) -> bool {
        self.prepared.filter().unit.is_some()
    }

    /// The survey.
    #[must_use]
    pub fn open(&self) -> &Open {
        self.prepared.open()
    }

    /// Codes of the units about which the reader may read what people wrote: those in branches whose results are theirs to read. Published results do
    /// not open what people wrote.
    #[must_use]
    pub fn comment_units(&self) -> Vec<&str> {
        let frame = &self.open().frame;
        let may = |unit: &str| self.viewer.as_ref().is_none_or(|v| v.may(Act::ReadResults, [unit], &frame.tree));
        frame.units.values().filter(|u| self.prepared.filter().takes(u) && may(&u.code)).map(|u| u.code.as_str()).collect()
    }

    /// Where figures are kept.
    #[must_use]
    pub fn figures(&self) -> &Figures {
        &self.sources.figures
    }

    /// Responses in memory.
    #[must_use]
    pub fn tables(&self) -> &Tables {
        &self.sources.tables
    }

    /// The database.
    #[must_use]
    pub fn db(&self) -> &Db {
        &self.sources.db
    }

    /// The shapes of units, when there are some.
    ///
    /// # Errors
    /// Those of the database.
    pub fn boundaries(&self) -> Result<Option<Arc<InForce>>> {
        self.sources.db.read_now(|conn| self.sources.boundaries.in_force(conn))
    }

    /// The index in all its groups.
    ///
    /// # Errors
    /// When weights or design do not fit, in words.
    pub fn index(&self) -> Result<Arc<IndexFigures>> {
        self.sources.figures.index(&self.prepared)
    }

    /// The wave before this one. A part of the period is compared with nothing.
    #[must_use]
    pub fn before(&self) -> Option<&Other> {
        let filter = self.prepared.filter();
        if filter.from.is_some() || filter.until.is_some() { None } else { waves::before(&self.others, &self.prepared) }
    }

    /// What changed since the wave before, when the two can be compared.
    ///
    /// # Errors
    /// As [`Report::index`].
    pub fn changes(&self) -> Result<Arc<Vec<Change>>> {
        match self.before().and_then(Other::comparable) {
            Some(before) => self.sources.figures.changes(&self.prepared, before),
            None => Ok(Arc::new(Vec::new())),
        }
    }

    /// A figure of the index.
    #[must_use]
    pub fn measure(&self, code: &str) -> Option<&NamedMeasure> {
        self.prepared.measures().iter().find(|m| m.code == code)
    }

    /// The figures of one level, in the order of the index.
    pub fn measures(&self, level: Level) -> impl Iterator<Item = &NamedMeasure> {
        self.prepared.measures().iter().filter(move |m| m.level == level)
    }

    /// Refuses a unit that the survey does not have.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn unit(&self, code: &str) -> Result<&crate::units::Unit> {
        self.open().unit(code).ok_or_else(|| Error::NotFound(format!("unit {code} of this survey")))
    }
}
