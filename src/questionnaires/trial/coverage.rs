//! What many random respondents never met: questions that nobody is asked, options that nobody is offered, conditions that always come out the same.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::super::model::Answers;
use super::Questionnaire;
use super::respondents::Respondents;

/// What was met, and what was not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    /// How many respondents answered.
    pub respondents: usize,
    /// Codes of questions that nobody was asked.
    pub never_asked: Vec<String>,
    /// Options that nobody was offered: code of the question and of the option. Questions that were never asked are not among them.
    pub never_offered: Vec<(String, String)>,
    /// Conditions that always came out the same.
    pub never_varied: Vec<Constant>,
    /// The required question for which no valid answer was found, if that ended it early.
    pub stuck: Option<String>,
}

/// A condition that always came out the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constant {
    /// Code of the section or question that has it.
    pub code: String,
    /// The condition as written.
    pub source: String,
    /// How it always came out.
    pub held: bool,
}

/// Lets this many random respondents answer.
#[must_use]
pub fn cover(questionnaire: &Questionnaire, seed: u64, day: NaiveDate, respondents: usize) -> Coverage {
    let mut seen = Seen::default();
    let mut people = Respondents::new(questionnaire, seed, day);
    for answers in people.by_ref().take(respondents) {
        seen.look(questionnaire, &answers);
    }
    seen.told(questionnaire, people.stuck().map(str::to_owned).filter(|_| seen.respondents < respondents))
}

#[derive(Default)]
struct Seen {
    respondents: usize,
    asked: BTreeSet<usize>,
    offered: BTreeSet<(usize, u8)>,
    /// Section or question (by position), and how its condition came out.
    sections: BTreeSet<(usize, bool)>,
    questions: BTreeSet<(usize, bool)>,
}

impl Seen {
    fn look(&mut self, questionnaire: &Questionnaire, answers: &Answers) {
        self.respondents += 1;
        for (number, section) in questionnaire.sections.iter().enumerate() {
            let shown = section.relevant.as_ref().is_none_or(|c| c.holds(questionnaire, answers, section.questions.start));
            self.sections.insert((number, shown));
            for position in section.questions.clone().filter(|_| shown) {
                let Some(question) = questionnaire.questions.get(position) else { continue };
                let asked = question.relevant.as_ref().is_none_or(|c| c.holds(questionnaire, answers, position));
                self.questions.insert((position, asked));
                if asked {
                    self.asked.insert(position);
                    self.offered.extend(questionnaire.offered(position, answers).iter().map(|(n, _)| (position, *n)));
                }
            }
        }
    }

    fn told(&self, questionnaire: &Questionnaire, stuck: Option<String>) -> Coverage {
        let mut coverage = Coverage { respondents: self.respondents, stuck, ..Coverage::default() };
        let constant =
            |outcomes: &BTreeSet<(usize, bool)>, at: usize| match (outcomes.contains(&(at, true)), outcomes.contains(&(at, false))) {
                (true, false) => Some(true),
                (false, true) => Some(false),
                _ => None,
            };
        for (number, section) in questionnaire.sections.iter().enumerate() {
            if let (Some(condition), Some(held)) = (&section.relevant, constant(&self.sections, number)) {
                coverage.never_varied.push(Constant { code: section.code.clone(), source: condition.source.clone(), held });
            }
        }
        for (position, question) in questionnaire.questions.iter().enumerate() {
            if let (Some(condition), Some(held)) = (&question.relevant, constant(&self.questions, position)) {
                coverage.never_varied.push(Constant { code: question.code.clone(), source: condition.source.clone(), held });
            }
            if !self.asked.contains(&position) {
                coverage.never_asked.push(question.code.clone());
                continue;
            }
            let numbered = (1u8..).zip(question.options());
            let missed = numbered.filter(|(n, _)| !self.offered.contains(&(position, *n)));
            coverage.never_offered.extend(missed.map(|(_, option)| (question.code.clone(), option.code.clone())));
        }
        coverage
    }
}
