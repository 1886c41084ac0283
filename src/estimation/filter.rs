//! Which responses a report is about: a period, a kind of unit, one unit, a mode, a service.
//!
//! A filter makes a domain, not a smaller sample: the whole design stays, so standard errors are those of a part of the population (Särndal, Swensson
//! and Wretman 1992, section 5.8). Weights are made from all responses of the stream before the filter is applied.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::table::ResponseTable;
use crate::db::types::Day;
use crate::questionnaires::model::{Question, QuestionRole};
use crate::questionnaires::{Questionnaire, codes};
use crate::surveys::{Mode, Open};
use crate::units::{Unit, UnitKind};

/// What is asked for; nothing set means everything.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Filter {
    /// Sent on this day or later, by Vietnam's clock.
    pub from: Option<NaiveDate>,
    /// Sent on this day or earlier.
    pub until: Option<NaiveDate>,
    /// About units of this kind.
    pub kind: Option<UnitKind>,
    /// About this unit.
    pub unit: Option<String>,
    /// Answered by this means.
    pub mode: Option<Mode>,
    /// About this service: the code of an option of the question whose role is `service`.
    pub service: Option<String>,
}

impl Filter {
    /// Whether nothing is set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Filter::default()
    }

    /// The same for one unit.
    #[must_use]
    pub fn of_unit(&self, unit: &str) -> Self {
        Filter { unit: Some(unit.to_owned()), ..self.clone() }
    }

    /// Whether a unit is among those asked for.
    #[must_use]
    pub fn takes(&self, unit: &Unit) -> bool {
        self.kind.is_none_or(|k| k == unit.kind) && self.unit.as_ref().is_none_or(|u| *u == unit.code)
    }

    /// Refuses what the survey does not have.
    ///
    /// # Errors
    /// What, and what there is instead.
    pub fn check(&self, open: &Open) -> Result<(), String> {
        if let (Some(from), Some(until)) = (self.from, self.until)
            && from > until
        {
            return Err(format!("from {from} is after until {until}; exchange them"));
        }
        if let Some(unit) = self.unit.as_ref().filter(|u| open.unit(u).is_none()) {
            return Err(format!("the survey has no unit {unit:?}"));
        }
        if let Some(service) = &self.service {
            service_option(open.questionnaire(), service)?;
        }
        Ok(())
    }

    /// Which rows are meant, apart from their units; `None` when all are.
    ///
    /// # Errors
    /// A service that the questionnaire does not have.
    pub fn rows(&self, table: &ResponseTable, questionnaire: &Questionnaire) -> Result<Option<Vec<bool>>, String> {
        let mut mask: Option<Vec<bool>> = None;
        let mut keep = |test: &dyn Fn(usize) -> bool| {
            let mask = mask.get_or_insert_with(|| vec![true; table.rows()]);
            mask.iter_mut().enumerate().for_each(|(row, kept)| *kept = *kept && test(row));
        };
        let day = |row: usize| table.day.get(row).copied();
        if let Some(from) = self.from.map(Day::of) {
            keep(&|row| day(row) >= Some(from));
        }
        if let Some(until) = self.until.map(Day::of) {
            keep(&|row| day(row).is_some_and(|d| d <= until));
        }
        if let Some(mode) = self.mode {
            keep(&|row| table.mode.get(row) == Some(&mode));
        }
        if let Some(service) = &self.service {
            let (offset, number) = service_option(questionnaire, service)?;
            let codes = table.codes(offset).unwrap_or_default();
            keep(&|row| codes.get(row) == Some(&number));
        }
        Ok(mask)
    }
}

/// The question that says which service, if the questionnaire has one.
#[must_use]
pub fn service_question(questionnaire: &Questionnaire) -> Option<&Question> {
    questionnaire.questions.iter().find(|q| q.role == Some(QuestionRole::Service))
}

/// Place and code of the answer that means this service.
fn service_option(questionnaire: &Questionnaire, service: &str) -> Result<(usize, u8), String> {
    let question = service_question(questionnaire).ok_or("the questionnaire does not ask for the service")?;
    let number = (1u8..codes::REFUSED).zip(question.options()).find(|(_, o)| o.code == service).map(|(n, _)| n);
    let known = || question.options().iter().map(|o| o.code.as_str()).collect::<Vec<_>>().join(", ");
    number
        .zip(question.slot.map(|s| s.offset))
        .map(|(n, offset)| (offset, n))
        .ok_or_else(|| format!("there is no service {service:?}; the questionnaire has: {}", known()))
}
