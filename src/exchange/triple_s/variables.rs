//! Which variables a questionnaire version has in Triple-S, in order. Metadata, header and rows are all made from this one list.

use super::super::columns::{COLUMNS, Content};
use super::super::wording::spoken;
use crate::error::Result;
use crate::questionnaires::Questionnaire;
use crate::questionnaires::codes::{NOT_APPLICABLE, REFUSED};
use crate::questionnaires::model::{Choice, Kind, Question, Text};

/// A text in several languages.
type Label = Vec<(String, String)>;

/// Bounds of numbers that have none of their own. Readers need a range; this one is wider than any answer to a form.
const LARGEST: f64 = 999_999_999_999.0;
/// Decimals of calculated numbers and of weights.
const DECIMALS: u8 = 6;
/// Longest calculated text, in characters.
const CALCULATED_TEXT: u32 = 4_000;

/// A variable of the data file; each takes one cell.
pub(super) struct Variable {
    pub(super) name: String,
    pub(super) label: Label,
    pub(super) kind: Type,
    /// `serial` or `weight`.
    pub(super) purpose: Option<&'static str>,
    pub(super) source: Source,
}

/// The types of Triple-S that we use.
pub(super) enum Type {
    Single(Vec<(u8, Label)>),
    Multiple(Vec<(u8, Label)>),
    Quantity { from: f64, to: f64, decimals: u8 },
    Character(u32),
    Logical,
    Date,
}

/// Where a cell comes from.
#[derive(Clone, Copy)]
pub(super) enum Source {
    /// A column before the answers.
    Column(&'static str),
    /// The answer to the question at this position.
    Question(usize),
    /// A place of a ranking, counted from 0.
    Place(usize, usize),
}

/// All variables in the order of their cells.
pub(super) fn variables(questionnaire: &Questionnaire) -> Result<Vec<Variable>> {
    let spoken = spoken(questionnaire)?;
    let said = |key: &str, values: &dyn Fn(&str) -> Vec<(&'static str, String)>| -> Label {
        spoken.iter().map(|s| (s.code().to_owned(), s.words.say(key, &values(s.code())))).collect()
    };
    let mut all: Vec<Variable> = COLUMNS
        .iter()
        .map(|(name, content)| Variable {
            name: (*name).to_owned(),
            label: said(&format!("column-data-{name}"), &|_| Vec::new()),
            kind: match content {
                Content::Text(size) => Type::Character(u32::from(*size) + 1),
                Content::Weight => Type::Quantity { from: 0.0, to: LARGEST, decimals: DECIMALS },
                Content::Day => Type::Date,
                Content::YesNo => Type::Logical,
            },
            purpose: match (*name, content) {
                ("id", _) => Some("serial"),
                (_, Content::Weight) => Some("weight"),
                _ => None,
            },
            source: Source::Column(name),
        })
        .collect();
    for (position, question) in questionnaire.questions.iter().enumerate() {
        let variable = |name: String, label: Label, kind: Type, source: Source| Variable { name, label, kind, purpose: None, source };
        if let Kind::Ranking { options, places, .. } = &question.kind {
            for place in 1..=usize::from(*places) {
                let values = |l: &str| vec![("text", question.text.get(l).to_owned()), ("place", place.to_string())];
                let (label, kind) = (said("export-rank", &values), Type::Single(numbered(options)));
                all.push(variable(format!("{}_{place}", question.code), label, kind, Source::Place(position, place - 1)));
            }
        } else if let Some(kind) = of_question(question) {
            all.push(variable(question.code.clone(), label(&question.text), kind, Source::Question(position)));
        }
    }
    make_unique(&mut all);
    Ok(all)
}

/// A question may be called like one of the columns, or like a place of a ranking; the later one gets `_` behind its name.
fn make_unique(all: &mut [Variable]) {
    let mut taken = std::collections::BTreeSet::new();
    for variable in all {
        while !taken.insert(variable.name.clone()) {
            variable.name.push('_');
        }
    }
}

/// The type of a question with one cell; a note has none.
fn of_question(question: &Question) -> Option<Type> {
    Some(match &question.kind {
        Kind::Single { options, not_applicable, refused, .. } => {
            let mut values = numbered(options);
            values.extend(refused.iter().map(|c| (REFUSED, label(&c.text))));
            values.extend(not_applicable.iter().map(|c| (NOT_APPLICABLE, label(&c.text))));
            Type::Single(values)
        }
        Kind::Multiple { options, .. } => Type::Multiple(numbered(options)),
        Kind::Number { min, max, decimals, .. } => {
            Type::Quantity { from: min.unwrap_or(-LARGEST), to: max.unwrap_or(LARGEST), decimals: *decimals }
        }
        Kind::Calculated { calculation } if calculation.numeric => Type::Quantity { from: -LARGEST, to: LARGEST, decimals: DECIMALS },
        Kind::Calculated { .. } => Type::Character(CALCULATED_TEXT),
        Kind::Text { max_length, .. } | Kind::Hidden { max_length } => Type::Character(max_length.saturating_add(1)),
        Kind::Consent => Type::Logical,
        Kind::Date { .. } => Type::Date,
        Kind::Note | Kind::Ranking { .. } => return None,
    })
}

fn numbered(options: &[Choice]) -> Vec<(u8, Label)> {
    (1u8..).zip(options).map(|(n, c)| (n, label(&c.text))).collect()
}

fn label(text: &Text) -> Label {
    text.0.iter().map(|(l, t)| (l.clone(), t.clone())).collect()
}
