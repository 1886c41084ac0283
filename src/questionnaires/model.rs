//! A checked questionnaire, and answers to it.
//!
//! A [`Questionnaire`] is only made by [`super::read`], so every reference in it is an index that exists and every text has
//! every language.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::{Serialize, Serializer};

pub use super::format::{Aggregation, IndexKind};
use super::logic::Condition;

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
        /// The options.
        options: Vec<Choice>,
        /// An answer that leaves numerator and denominator.
        not_applicable: Option<Choice>,
        /// Declining to answer.
        refused: Option<Choice>,
    },
    /// Several options.
    Multiple {
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
}

/// Answers to one questionnaire: position of the question → answer. An unanswered question is absent.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answers(pub BTreeMap<usize, Answer>);

impl Answers {
    /// The answer to the question at this position.
    #[must_use]
    pub fn get(&self, question: usize) -> Option<&Answer> {
        self.0.get(&question)
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

    /// Whether any question of this section is asked.
    #[must_use]
    pub fn shows(&self, section: usize, answers: &Answers) -> bool {
        self.sections.get(section).is_some_and(|s| s.questions.clone().any(|q| self.asks(q, answers)))
    }

    /// Drops answers to questions that are not asked (any more). Questions only look back, so one pass in order settles it.
    #[must_use]
    pub fn keep_asked(&self, mut answers: Answers) -> Answers {
        let given: Vec<usize> = answers.0.keys().copied().collect();
        for question in given {
            if !self.asks(question, &answers) {
                answers.0.remove(&question);
            }
        }
        answers
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
            Kind::Number { .. } | Kind::Text { .. } => None,
        }
    }

    /// The options of a closed question, without "not applicable" and "refused".
    #[must_use]
    pub fn options(&self) -> &[Choice] {
        match &self.kind {
            Kind::Single { options, .. } | Kind::Multiple { options, .. } => options,
            _ => &[],
        }
    }
}

/// The code of a ticked consent box.
pub const CONSENT_YES: &str = "yes";
