//! A scenario: the answers of one imagined person, and what must come of them.
//!
//! Scenarios of a questionnaire stand in a YAML or JSON file (`docs/TRYING.md` explains it). What a scenario does not say is not checked, except
//! that nothing may be wrong with the answers unless it says what.

use std::collections::BTreeMap;
use std::fmt;

use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::model::{Answer, Answers, Kind};
use super::super::validate::{self, Problem};
use super::{Questionnaire, path};

/// The scenarios of one questionnaire.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Code of the questionnaire.
    pub questionnaire: String,
    /// Its version.
    pub version: String,
    /// The scenarios.
    pub scenarios: Vec<Scenario>,
}

/// One imagined person.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// What it shows, in a few words.
    pub name: String,
    /// The day of answering; needed where the questionnaire speaks of today.
    pub day: Option<NaiveDate>,
    /// Answers by question code, as in the API.
    #[serde(default)]
    pub answers: Map<String, Value>,
    /// Codes of the questions and notes that are met, in order.
    pub asked: Option<Vec<String>>,
    /// Codes of questions that must not be met.
    #[serde(default)]
    pub not_asked: Vec<String>,
    /// Values of computed questions; `null` for none.
    #[serde(default)]
    pub values: BTreeMap<String, Value>,
    /// What must be wrong: question code → the stable word of the mistake.
    #[serde(default)]
    pub problems: BTreeMap<String, String>,
    /// What the answers must count for in the index.
    pub index: Option<Counted>,
}

/// What a form counts for in the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counted {
    /// Items with a satisfied answer; with points, items above 0.
    pub satisfied: usize,
    /// Items with an answer that counts at all.
    pub valid: usize,
}

/// What came of a scenario.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Codes of the questions and notes that are met.
    pub asked: Vec<String>,
    /// What is wrong: question code and stable word.
    pub problems: Vec<(String, String)>,
    /// What the form counts for in the index.
    pub index: Option<Counted>,
    /// Where this is not as the scenario says.
    pub differences: Vec<Difference>,
}

impl Outcome {
    /// Whether everything is as the scenario says.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.differences.is_empty()
    }
}

/// One thing that is not as the scenario says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What it is about.
    pub about: String,
    /// What the scenario says.
    pub expected: String,
    /// What came of it.
    pub found: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: expected {}, found {}", self.about, self.expected, self.found)
    }
}

/// Reads a file of scenarios, YAML or JSON.
///
/// # Errors
/// What cannot be read, with its place.
pub fn read(source: &str) -> Result<File, String> {
    serde_saphyr::from_str(source).map_err(|e| e.to_string())
}

/// Plays a scenario.
#[must_use]
pub fn run(questionnaire: &Questionnaire, scenario: &Scenario) -> Outcome {
    let day = scenario.day.unwrap_or_default();
    let (mut answers, unreadable) = understood(questionnaire, &scenario.answers, day);
    answers.day = scenario.day;
    let checked = validate::problems(questionnaire, &answers, 0..questionnaire.questions.len());
    let word = |p: &Problem| (p.question.clone(), p.what.code().to_owned());
    let mut problems: Vec<(String, String)> = unreadable.iter().map(word).collect();
    problems.extend(checked.iter().filter(|p| !unreadable.iter().any(|u| u.question == p.question)).map(word));
    let settled = questionnaire.settle(answers);
    let code = |p: usize| questionnaire.questions.get(p).map(|q| q.code.clone());
    let mut outcome = Outcome {
        asked: path(questionnaire, &settled).into_iter().filter_map(code).collect(),
        problems,
        index: counted(questionnaire, &settled),
        differences: Vec::new(),
    };
    outcome.differences = differences(questionnaire, scenario, &settled, &outcome);
    outcome
}

/// The answers that can be read one by one, and what is wrong with the others.
fn understood(questionnaire: &Questionnaire, sent: &Map<String, Value>, day: NaiveDate) -> (Answers, Vec<Problem>) {
    let mut answers = Answers::on(day);
    let mut problems = Vec::new();
    for (code, value) in sent {
        let one = Map::from_iter([(code.clone(), value.clone())]);
        match validate::from_json(questionnaire, &one, day) {
            Ok(read) => {
                let given = |p: &usize| questionnaire.questions.get(*p).is_some_and(|q| q.code == *code);
                answers.given.extend(read.given.into_iter().filter(|(p, _)| given(p)));
            }
            Err(wrong) => problems.extend(wrong),
        }
    }
    (questionnaire.calculate(answers), problems)
}

fn counted(questionnaire: &Questionnaire, answers: &Answers) -> Option<Counted> {
    let index = questionnaire.index.as_ref()?;
    let score = |p: usize| {
        let (question, answer) = (questionnaire.questions.get(p)?, answers.get(p)?);
        index.scores.get(*question.answer_codes(answer).first()?).copied()
    };
    let scores: Vec<f64> = index.items().filter_map(score).collect();
    Some(Counted { satisfied: scores.iter().filter(|s| **s > 0.0).count(), valid: scores.len() })
}

fn differences(questionnaire: &Questionnaire, scenario: &Scenario, answers: &Answers, outcome: &Outcome) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut differ = |about: &str, expected: String, is: String| {
        if expected != is {
            found.push(Difference { about: about.to_owned(), expected, found: is });
        }
    };
    if let Some(asked) = &scenario.asked {
        differ("what is asked", asked.join(", "), outcome.asked.join(", "));
    }
    for code in scenario.not_asked.iter().filter(|c| outcome.asked.contains(c)) {
        differ(code, "not asked".to_owned(), "asked".to_owned());
    }
    for (code, expected) in &scenario.values {
        let position = questionnaire.position(code);
        let computed = position.and_then(|p| questionnaire.questions.get(p)).is_some_and(|q| matches!(q.kind, Kind::Calculated { .. }));
        let value = if computed { value_of(position.and_then(|p| answers.get(p))) } else { Value::from("no computed question") };
        differ(code, plain(expected), plain(&value));
    }
    for (code, word) in &scenario.problems {
        let is = outcome.problems.iter().find(|(q, _)| q == code).map_or("nothing wrong", |(_, word)| word.as_str());
        differ(code, word.clone(), is.to_owned());
    }
    for (code, word) in outcome.problems.iter().filter(|(q, _)| !scenario.problems.contains_key(q)) {
        differ(code, "nothing wrong".to_owned(), word.clone());
    }
    if let Some(expected) = scenario.index {
        let said = |c: Counted| format!("{} satisfied of {} valid", c.satisfied, c.valid);
        differ("the index", said(expected), outcome.index.map_or("no index".to_owned(), said));
    }
    found
}

fn value_of(answer: Option<&Answer>) -> Value {
    match answer {
        Some(Answer::Number(n)) => Value::from(*n),
        Some(Answer::Text(t)) => Value::from(t.as_str()),
        Some(Answer::Date(day)) => Value::from(day.to_string()),
        _ => Value::Null,
    }
}

/// A number is the same however it is written.
fn plain(value: &Value) -> String {
    value.as_f64().map_or_else(|| value.to_string(), |n| n.to_string())
}
