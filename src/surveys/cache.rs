//! A survey together with everything needed to check an answer, loaded once and shared.
//!
//! Questionnaire version and set of units never change after a survey is created, so they are kept; the survey's own row (its status) is read anew
//! each time. Names and totals of units may be corrected: a report reads them anew, and what it finds is kept for everybody else too.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, RwLock};

use super::model::Survey;
use super::store;
use crate::accounts::{Act, Tree, User, Viewer};
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
    /// The whole unit tree of that day, to know in whose branch the survey's units are.
    pub tree: Tree,
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

    /// Whether this user leads the survey: a right that covers each of its units.
    #[must_use]
    pub fn is_led_by(&self, user: &User) -> bool {
        user.may(Act::ManageSurveys, self.frame.units.keys().map(String::as_str), &self.frame.tree)
    }

    /// Refuses who does not lead the survey.
    ///
    /// # Errors
    /// `Forbidden`.
    pub fn led_by(&self, user: &User) -> Result<()> {
        if self.is_led_by(user) {
            return Ok(());
        }
        Err(Error::Forbidden(format!("your roles do not cover all units of survey {}", self.survey.code)))
    }

    /// Refuses who may not read the survey's results.
    ///
    /// # Errors
    /// `SignInFirst`, `Forbidden`.
    pub fn readable_by(&self, viewer: &Viewer) -> Result<()> {
        viewer.may_read(self.survey.results_are_public(), self.frame.units.keys().map(String::as_str), &self.frame.tree)
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
        let (units, tree) = units_of(conn, &open.survey)?;
        if units == open.frame.units && tree == open.frame.tree {
            return Ok(open);
        }
        let frame = Arc::new(Frame { questionnaire: Arc::clone(&open.frame.questionnaire), units, tree });
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
    let (units, tree) = units_of(conn, survey)?;
    Ok(Frame { questionnaire: Arc::new(questionnaire), units, tree })
}

fn units_of(conn: &mut Conn, survey: &Survey) -> Result<(BTreeMap<String, Unit>, Tree)> {
    let chosen: std::collections::BTreeSet<String> = store::units(conn, survey.id)?.into_iter().collect();
    let all = units::store::on_day(conn, survey.tree_date)?;
    let tree = Tree::new(all.iter().map(|u| (u.code.clone(), u.parent.clone())));
    Ok((all.into_iter().filter(|u| chosen.contains(&u.code)).map(|u| (u.code.clone(), u)).collect(), tree))
}

/// The survey's places: those of its units.
pub fn places(conn: &mut Conn, open: &Open) -> Result<Vec<Place>> {
    Ok(units::store::places(conn)?.into_iter().filter(|p| open.frame.units.contains_key(&p.unit)).collect())
}
