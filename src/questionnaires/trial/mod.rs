//! Trying a questionnaire out without a browser and without people.
//!
//! - [`scenario`]: answers written down once, with the path, the values and the index they must give.
//! - [`respondents`]: random valid answers from a seed.
//! - [`coverage`]: what many random respondents never met.
//! - [`duration`]: how long answering takes.
//!
//! Nothing here reads a clock or a database; the same arguments give the same result.

use super::Questionnaire;
use super::model::{Answers, Kind};

pub mod coverage;
pub mod duration;
pub mod respondents;
pub mod scenario;

#[cfg(test)]
mod tests;

/// Positions of what a respondent with these answers meets, in the order of the file: questions and notes, nothing hidden or computed.
#[must_use]
pub fn path(questionnaire: &Questionnaire, answers: &Answers) -> Vec<usize> {
    let met = |(position, question): (usize, &super::model::Question)| {
        let visible = !matches!(question.kind, Kind::Hidden { .. } | Kind::Calculated { .. });
        (visible && questionnaire.asks(position, answers)).then_some(position)
    };
    questionnaire.questions.iter().enumerate().filter_map(met).collect()
}
