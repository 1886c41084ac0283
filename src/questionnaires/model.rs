//! A checked questionnaire, and answers to it.
//!
//! A [`Questionnaire`] is only made by [`super::read`], so every reference in it is an index that exists and every text has
//! every language.

use std::collections::BTreeMap;
use std::ops::Range;

use chrono::NaiveDate;
use serde::{Serialize, Serializer};

pub use super::format::{Aggregation, Appearance, IndexKind, QuestionRole};
use super::logic::{Condition, Expression};

/// A text in every language of the questionnaire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Text(pub BTreeMap<String, String>);

impl Text {
    /// The text in this language, or in any when it has it not.
    #[must_use]
    pub fn get(&self, language: &str) -> &str {
        self.0.get(language).or_else(|| self.0.values().next()).map_or("", String::as_str)
    }
}

/// A questionnaire version.
#[derive(Debug, Clone, Serialize)]
pub struct Questionnaire {
    /// Stable name.
    pub code: String,
    /// Version within the name.
    pub version: String,
    /// What it is called.
    pub title: Text,
    /// Where the content comes from.
    pub source: Option<String>,
    /// Language codes, the first shown first.
    pub languages: Vec<String>,
    /// Text of the first page.
    pub introduction: Text,
    /// How many seconds answering takes.
    pub seconds: Option<u32>,
    /// Pages.
    pub sections: Vec<Section>,
    /// All questions in the order they are asked.
    pub questions: Vec<Question>,
    /// Groups of questions shown as one table.
    pub matrices: Vec<Matrix>,
    /// How the index is made.
    pub index: Option<Index>,
    /// Length of `responses.codes` in bytes.
    pub code_bytes: usize,
}

/// A page.
#[derive(Debug, Clone, Serialize)]
pub struct Section {
    /// Stable code.
    pub code: String,
    /// Heading.
    pub title: Text,
    /// Text below the heading.
    pub note: Option<Text>,
    /// When the page is shown.
    pub relevant: Option<Condition>,
    /// Its questions, as positions in [`Questionnaire::questions`].
    #[serde(serialize_with = "as_pair")]
    pub questions: Range<usize>,
    /// Whether each respondent gets them in an order of their own.
    pub shuffle: bool,
}

/// Questions on one scale under one heading.
#[derive(Debug, Clone, Serialize)]
pub struct Matrix {
    /// Stable code.
    pub code: String,
    /// The heading.
    pub text: Text,
    /// A line of help.
    pub hint: Option<Text>,
    /// The items, as positions in [`Questionnaire::questions`].
    #[serde(serialize_with = "as_pair")]
    pub questions: Range<usize>,
    /// Whether each respondent gets the items in an order of their own.
    pub shuffle: bool,
}

fn as_pair<S: Serializer>(range: &Range<usize>, s: S) -> Result<S::Ok, S::Error> {
    (range.start, range.end).serialize(s)
}

/// A question.
#[derive(Debug, Clone, Serialize)]
pub struct Question {
    /// Stable code.
    pub code: String,
    /// The question.
    pub text: Text,
    /// A line of help.
    pub hint: Option<Text>,
    /// Whether an answer is needed when the question is asked.
    pub required: bool,
    /// When it is asked (its section's condition holds besides).
    pub relevant: Option<Condition>,
    /// What its answer must fulfil.
    pub constraint: Option<Constraint>,
    /// Position of its section.
    pub section: usize,
    /// What it takes.
    #[serde(flatten)]
    pub kind: Kind,
    /// Which options are offered; all when there is none.
    pub choice_filter: Option<Condition>,
    /// Whether each respondent gets the options in an order of their own.
    pub shuffle: bool,
    /// What it is to reports, beside the index.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<QuestionRole>,
    /// The table it is shown in, as a position in [`Questionnaire::matrices`].
    pub matrix: Option<usize>,
    /// The question whose option asks for this text (`<question>_other`).
    pub specifies: Option<usize>,
    /// Where its answer sits in `responses.codes`; open questions have none.
    pub slot: Option<Slot>,
}

/// A condition on an answer, with what is said when it fails.
#[derive(Debug, Clone, Serialize)]
pub struct Constraint {
    /// The condition; `.` is the answer.
    pub condition: Condition,
    /// What the citizen reads when it does not hold.
    pub message: Text,
}

/// What a question takes.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Kind {
    /// One option.
    Single {
        /// Name of the shared scale, when the options come from one.
        scale: Option<String>,
        /// How the options are shown.
        appearance: Appearance,
        /// The options.
        options: Vec<Choice>,
        /// An answer that leaves numerator and denominator.
        not_applicable: Option<Choice>,
        /// Declining to answer.
        refused: Option<Choice>,
    },
    /// Several options.
    Multiple {
        /// How the options are shown.
        appearance: Appearance,
        /// The options.
        options: Vec<Choice>,
        /// Least number.
        min_selected: Option<u8>,
        /// Largest number.
        max_selected: Option<u8>,
    },
    /// A number.
    Number {
        /// Smallest value.
        min: Option<f64>,
        /// Largest value.
        max: Option<f64>,
        /// Digits after the point.
        decimals: u8,
        /// What is counted.
        unit: Option<Text>,
    },
    /// Free text.
    Text {
        /// Most characters.
        max_length: u32,
        /// Several lines.
        long: bool,
    },
    /// One box to tick.
    Consent,
    /// A day.
    Date {
        /// First.
        earliest: Option<Day>,
        /// Last.
        latest: Option<Day>,
    },
    /// Options in order of preference.
    Ranking {
        /// The options.
        options: Vec<Choice>,
        /// How many places must be filled when any is.
        least: u8,
        /// How many places there are.
        places: u8,
    },
    /// Read, not answered.
    Note,
    /// Given by the address of the form.
    Hidden {
        /// Most characters.
        max_length: u32,
    },
    /// Computed from earlier answers.
    Calculated {
        /// How.
        calculation: Expression,
    },
}

/// A day that is fixed, or the day the form is answered on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Day {
    /// This day.
    On(NaiveDate),
    /// The day of answering.
    Today,
}

impl Day {
    /// The day that is meant when answering on `today`; unknown only for `today` when that is not known.
    #[must_use]
    pub fn date(self, today: Option<NaiveDate>) -> Option<NaiveDate> {
        match self {
            Day::On(day) => Some(day),
            Day::Today => today,
        }
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match self {
            Day::On(day) => day.serialize(s),
            Day::Today => "today".serialize(s),
        }
    }
}

/// An option.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// Stable code.
    pub code: String,
    /// What the citizen reads.
    pub text: Text,
    /// Asks which.
    pub specify: bool,
    /// Cannot be combined with others.
    pub exclusive: bool,
    /// What a choice filter can ask of it.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub attributes: BTreeMap<String, String>,
}

/// A place in `responses.codes`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Slot {
    /// First byte.
    pub offset: usize,
    /// Number of bytes.
    pub width: usize,
}

/// How the index is made.
#[derive(Debug, Clone, Serialize)]
pub struct Index {
    /// What is measured.
    pub kind: IndexKind,
    /// How figures are put together.
    pub aggregation: Aggregation,
    /// Option code → what it counts: 100 or 0 for a share, points otherwise. A code not here is not valid.
    pub scores: BTreeMap<String, f64>,
    /// Fewest valid forms with which a unit's figure is shown.
    pub threshold: u32,
    /// The overall figure.
    pub overall: Named,
    /// The parts.
    pub parts: Vec<Part>,
    /// Named ranges of the overall value, highest first.
    pub bands: Vec<Band>,
}

impl Index {
    /// The items in the order of the tree, as positions in [`Questionnaire::questions`].
    pub fn items(&self) -> impl Iterator<Item = usize> + '_ {
        self.parts.iter().flat_map(|p| p.factors.iter()).flat_map(|f| f.items.iter().copied())
    }

    /// The name of the range a value of the overall figure falls in.
    #[must_use]
    pub fn band(&self, value: f64) -> Option<&Band> {
        self.bands.iter().find(|b| value >= b.from)
    }

    /// The largest value a figure of this kind can have, given how many items it sums.
    #[must_use]
    pub fn largest_item(&self) -> f64 {
        self.scores.values().copied().fold(0.0, f64::max)
    }
}

/// A code and its name.
#[derive(Debug, Clone, Serialize)]
pub struct Named {
    /// Stable code.
    pub code: String,
    /// Name.
    pub text: Text,
}

/// A part of the index.
#[derive(Debug, Clone, Serialize)]
pub struct Part {
    /// Stable code.
    pub code: String,
    /// Name.
    pub text: Text,
    /// Its factors.
    pub factors: Vec<Factor>,
}

/// A factor of the index.
#[derive(Debug, Clone, Serialize)]
pub struct Factor {
    /// Stable code.
    pub code: String,
    /// Name.
    pub text: Text,
    /// Its items, as positions in [`Questionnaire::questions`].
    pub items: Vec<usize>,
}

/// A named range.
#[derive(Debug, Clone, Serialize)]
pub struct Band {
    /// Smallest value.
    pub from: f64,
    /// Name.
    pub text: Text,
}

/// One answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// The option at this position, counted from 1.
    Choice(u8),
    /// "Not applicable".
    NotApplicable,
    /// "Prefer not to say".
    Refused,
    /// The options at these positions, counted from 1, ascending, at least one.
    Choices(Vec<u8>),
    /// A number.
    Number(f64),
    /// A text, not empty.
    Text(String),
    /// A day.
    Date(NaiveDate),
    /// The options at these positions, counted from 1, the most preferred first, at least one, none twice.
    Ranking(Vec<u8>),
}

/// Answers to one questionnaire.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answers {
    /// Position of the question → answer. An unanswered question is absent.
    pub given: BTreeMap<usize, Answer>,
    /// The day of answering, which `today()` means.
    pub day: Option<NaiveDate>,
}

impl Answers {
    /// No answers yet, on this day.
    #[must_use]
    pub fn on(day: NaiveDate) -> Self {
        Answers { given: BTreeMap::new(), day: Some(day) }
    }

    /// The answer to the question at this position.
    #[must_use]
    pub fn get(&self, question: usize) -> Option<&Answer> {
        self.given.get(&question)
    }
}

impl Questionnaire {
    /// The position of the question with this code.
    #[must_use]
    pub fn position(&self, code: &str) -> Option<usize> {
        self.questions.iter().position(|q| q.code == code)
    }

    /// Whether the question at this position is asked, given the answers so far.
    #[must_use]
    pub fn asks(&self, question: usize, answers: &Answers) -> bool {
        let Some(q) = self.questions.get(question) else { return false };
        let section = self.sections.get(q.section).and_then(|s| s.relevant.as_ref());
        let holds = |c: Option<&Condition>| c.is_none_or(|c| c.holds(self, answers, question));
        holds(section) && holds(q.relevant.as_ref())
    }

    /// Whether there is anything to see on this section's page: a question that is asked, or a note.
    #[must_use]
    pub fn shows(&self, section: usize, answers: &Answers) -> bool {
        let visible = |q: &usize| self.questions.get(*q).is_some_and(|q| !matches!(q.kind, Kind::Hidden { .. } | Kind::Calculated { .. }));
        self.sections.get(section).is_some_and(|s| s.questions.clone().filter(visible).any(|q| self.asks(q, answers)))
    }

    /// Drops answers to questions that are not asked (any more) and computes what is calculated. Questions only look back, so one
    /// pass in order settles it.
    #[must_use]
    pub fn settle(&self, mut answers: Answers) -> Answers {
        for (position, question) in self.questions.iter().enumerate() {
            if !matches!(question.kind, Kind::Calculated { .. }) && answers.given.contains_key(&position) && !self.asks(position, &answers)
            {
                answers.given.remove(&position);
            }
            self.calculate_one(position, question, &mut answers);
        }
        answers
    }

    /// Computes what is calculated and keeps everything else as it was given.
    #[must_use]
    pub fn calculate(&self, mut answers: Answers) -> Answers {
        for (position, question) in self.questions.iter().enumerate() {
            self.calculate_one(position, question, &mut answers);
        }
        answers
    }

    fn calculate_one(&self, position: usize, question: &Question, answers: &mut Answers) {
        let Kind::Calculated { calculation } = &question.kind else { return };
        let value = self.asks(position, answers).then(|| calculation.value(self, answers, position)).flatten();
        match value {
            Some(value) => answers.given.insert(position, value),
            None => answers.given.remove(&position),
        };
    }

    /// The options that a question offers, given the answers so far, each with its number counted from 1. "Not applicable" and
    /// "prefer not to say" are always offered and not among them.
    #[must_use]
    pub fn offered(&self, question: usize, answers: &Answers) -> Vec<(u8, &Choice)> {
        let Some(q) = self.questions.get(question) else { return Vec::new() };
        let admits = |c: &Choice| q.choice_filter.as_ref().is_none_or(|f| f.admits(self, answers, question, c));
        (1u8..).zip(q.options()).filter(|(_, c)| admits(c)).collect()
    }
}

impl Question {
    /// The code that stands for this answer in files, forms and the API; several for a multiple choice, none for open answers.
    #[must_use]
    pub fn answer_codes(&self, answer: &Answer) -> Vec<&str> {
        let nth =
            |options: &'_ [Choice], n: u8| -> Option<usize> { (n >= 1 && usize::from(n) <= options.len()).then(|| usize::from(n) - 1) };
        match (&self.kind, answer) {
            (Kind::Single { options, .. }, Answer::Choice(n)) => {
                nth(options, *n).and_then(|i| options.get(i)).map(|c| c.code.as_str()).into_iter().collect()
            }
            (Kind::Single { not_applicable, .. }, Answer::NotApplicable) => not_applicable.iter().map(|c| c.code.as_str()).collect(),
            (Kind::Single { refused, .. }, Answer::Refused) => refused.iter().map(|c| c.code.as_str()).collect(),
            (Kind::Multiple { options, .. }, Answer::Choices(all)) => {
                all.iter().filter_map(|n| nth(options, *n)).filter_map(|i| options.get(i)).map(|c| c.code.as_str()).collect()
            }
            (Kind::Ranking { options, .. }, Answer::Ranking(all)) => {
                all.iter().filter_map(|n| nth(options, *n)).filter_map(|i| options.get(i)).map(|c| c.code.as_str()).collect()
            }
            (Kind::Consent, Answer::Choice(_)) => vec![CONSENT_YES],
            _ => Vec::new(),
        }
    }

    /// The answer of a closed question that this code stands for; `None` when the question has no such option.
    #[must_use]
    pub fn choice(&self, code: &str) -> Option<Answer> {
        let at = |options: &[Choice]| options.iter().position(|c| c.code == code).and_then(|i| u8::try_from(i + 1).ok());
        match &self.kind {
            Kind::Single { options, not_applicable, refused, .. } => {
                let is = |c: &Option<Choice>| c.as_ref().is_some_and(|c| c.code == code);
                if is(not_applicable) {
                    Some(Answer::NotApplicable)
                } else if is(refused) {
                    Some(Answer::Refused)
                } else {
                    at(options).map(Answer::Choice)
                }
            }
            Kind::Multiple { options, .. } => at(options).map(|n| Answer::Choices(vec![n])),
            Kind::Consent => (code == CONSENT_YES).then_some(Answer::Choice(1)),
            Kind::Ranking { options, .. } => at(options).map(|n| Answer::Ranking(vec![n])),
            Kind::Number { .. } | Kind::Text { .. } | Kind::Date { .. } | Kind::Note | Kind::Hidden { .. } | Kind::Calculated { .. } => {
                None
            }
        }
    }

    /// The options of a closed question, without "not applicable" and "refused".
    #[must_use]
    pub fn options(&self) -> &[Choice] {
        match &self.kind {
            Kind::Single { options, .. } | Kind::Multiple { options, .. } | Kind::Ranking { options, .. } => options,
            _ => &[],
        }
    }

    /// Whether people answer it: not a note, not hidden, not calculated.
    #[must_use]
    pub fn is_answered_by_people(&self) -> bool {
        !matches!(self.kind, Kind::Note | Kind::Hidden { .. } | Kind::Calculated { .. })
    }
}

/// The code of a ticked consent box.
pub const CONSENT_YES: &str = "yes";
