//! A survey together with everything needed to check an answer, loaded once and shared.
//!
//! Questionnaire version and set of units never change after a survey is created, so they are kept; the survey's own row (its status) is read anew
//! each time. Names and totals of units may be corrected: a report reads them anew, and what it finds is kept for everybody else too.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, RwLock};

use super::model::Survey;
use super::store;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::questionnaires::{self, Questionnaire};
use crate::units::{self, Place, Unit};

/// What is fixed when a survey is created.
#[derive(Debug)]
pub struct Frame {
    /// The questionnaire version.
    pub questionnaire: Arc<Questionnaire>,
    /// The survey's units by code, as they were on its day.
    pub units: BTreeMap<String, Unit>,
}

/// A survey as it is now, with what never changes about it.
#[derive(Debug, Clone)]
pub struct Open {
    /// The survey.
    pub survey: Survey,
    /// Its questionnaire and units.
    pub frame: Arc<Frame>,
}

impl Open {
    /// The survey's questionnaire.
    #[must_use]
    pub fn questionnaire(&self) -> &Questionnaire {
        &self.frame.questionnaire
    }

    /// One of its units.
    #[must_use]
    pub fn unit(&self, code: &str) -> Option<&Unit> {
        self.frame.units.get(code)
    }
}

/// The frames loaded so far.
#[derive(Clone, Default)]
pub struct Surveys {
    frames: Arc<RwLock<HashMap<i64, Arc<Frame>>>>,
}

impl Surveys {
    /// The survey with this code.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn by_code(&self, conn: &mut Conn, code: &str) -> Result<Open> {
        let survey = store::by_code(conn, code)?;
        self.complete(conn, survey)
    }

    /// The survey with this code, its units' names and totals as they are now.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn by_code_afresh(&self, conn: &mut Conn, code: &str) -> Result<Open> {
        let open = self.by_code(conn, code)?;
        let now = units_of(conn, &open.survey)?;
        if now == open.frame.units {
            return Ok(open);
        }
        let frame = Arc::new(Frame { questionnaire: Arc::clone(&open.frame.questionnaire), units: now });
        self.frames.write().map_err(|_| poisoned())?.insert(open.survey.id, Arc::clone(&frame));
        Ok(Open { survey: open.survey, frame })
    }

    /// The survey with this key.
    ///
    /// # Errors
    /// `NotFound`.
    pub fn by_id(&self, conn: &mut Conn, id: i64) -> Result<Open> {
        let survey = store::by_id(conn, id)?;
        self.complete(conn, survey)
    }

    /// The survey with its frame.
    pub fn complete(&self, conn: &mut Conn, survey: Survey) -> Result<Open> {
        let known = self.frames.read().map_err(|_| poisoned())?.get(&survey.id).cloned();
        let frame = match known {
            Some(frame) => frame,
            None => {
                let frame = Arc::new(load(conn, &survey)?);
                self.frames.write().map_err(|_| poisoned())?.insert(survey.id, Arc::clone(&frame));
                frame
            }
        };
        Ok(Open { survey, frame })
    }
}

fn poisoned() -> Error {
    Error::Internal("the survey cache is unusable after a panic".to_owned())
}

fn load(conn: &mut Conn, survey: &Survey) -> Result<Frame> {
    let questionnaire = questionnaires::store::load(conn, &survey.questionnaire, &survey.version)?;
    Ok(Frame { questionnaire: Arc::new(questionnaire), units: units_of(conn, survey)? })
}

fn units_of(conn: &mut Conn, survey: &Survey) -> Result<BTreeMap<String, Unit>> {
    let chosen: std::collections::BTreeSet<String> = store::units(conn, survey.id)?.into_iter().collect();
    let tree = units::store::on_day(conn, survey.tree_date)?;
    Ok(tree.into_iter().filter(|u| chosen.contains(&u.code)).map(|u| (u.code.clone(), u)).collect())
}

/// The survey's places: those of its units.
pub fn places(conn: &mut Conn, open: &Open) -> Result<Vec<Place>> {
    Ok(units::store::places(conn)?.into_iter().filter(|p| open.frame.units.contains_key(&p.unit)).collect())
}
