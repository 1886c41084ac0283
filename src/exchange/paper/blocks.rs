//! Sections and questions as they are printed: texts with their numbers, options with their boxes, conditions and jumps in words.

use serde::Serialize;

use super::form::{Lines, Section, Tongue};
use super::jumps::{Jump, jumps};
use super::numbers::{Block, Number, Numbers};
use crate::questionnaires::codes::{NOT_APPLICABLE, REFUSED};
use crate::questionnaires::logic::{Condition, Wording};
use crate::questionnaires::model::{Answer, Answers, Choice, Kind, Question, Text};
use crate::questionnaires::{Questionnaire, piping};

/// One thing on paper.
#[derive(Debug, Serialize)]
#[serde(tag = "shape", rename_all = "snake_case")]
pub enum Part {
    /// Text to be read.
    Note {
        /// The text.
        text: Lines,
        /// Its help.
        hint: Option<Lines>,
        /// Who reads it.
        only_if: Option<Lines>,
    },
    /// A question by itself.
    Question {
        /// “Câu 7”.
        label: Lines,
        /// The question.
        text: Lines,
        /// Its help, and how many options may be chosen.
        hints: Vec<Lines>,
        /// Who answers it, when not everybody does.
        only_if: Option<Lines>,
        /// Where the answer goes.
        field: Field,
    },
    /// Questions on one scale: a row each.
    Table {
        /// Number, heading and help; none for questions that have numbers of their own.
        heading: Option<Heading>,
        /// The scale, as columns.
        columns: Vec<Choose>,
        /// The questions.
        rows: Vec<Row>,
    },
}

/// What stands above a table.
#[derive(Debug, Serialize)]
pub struct Heading {
    label: Lines,
    text: Lines,
    hint: Option<Lines>,
}

/// A row of a table.
#[derive(Debug, Serialize)]
pub struct Row {
    label: String,
    text: Lines,
    hint: Option<Lines>,
    only_if: Option<Lines>,
}

/// Where an answer goes.
#[derive(Debug, Serialize)]
#[serde(tag = "field", rename_all = "snake_case")]
pub enum Field {
    /// Boxes to tick.
    Options {
        /// The options.
        options: Vec<Choose>,
        /// Whether one only may be ticked.
        single: bool,
    },
    /// Boxes for digits.
    Number {
        /// Digits before the point.
        whole: usize,
        /// Digits after it.
        decimals: usize,
        /// The decimal point.
        point: String,
        /// What is counted.
        unit: Option<Lines>,
    },
    /// Lines to write on.
    Lines {
        /// How many.
        count: usize,
    },
    /// Boxes for day, month and year.
    Date,
    /// A box for a rank before each option.
    Ranking {
        /// The options.
        options: Vec<Choose>,
    },
    /// One box before the text of the question.
    Consent {
        /// Where a tick leads, or its absence.
        jump: Option<Lines>,
    },
}

/// An option.
#[derive(Debug, Serialize)]
pub struct Choose {
    /// The number that is stored, for entering the form.
    code: u8,
    text: Lines,
    /// Whether it has a line to write which.
    line: bool,
    /// Where it leads.
    jump: Option<Lines>,
}

/// Digits for a whole number without a largest value, and most digits that are printed.
const DIGITS: usize = 8;
/// Characters that go on a handwritten line.
const CHARACTERS_A_LINE: u32 = 60;
/// Most lines printed for a text.
const MOST_LINES: u32 = 6;

/// Makes parts of questions.
pub(super) struct Printer<'a> {
    pub(super) q: &'a Questionnaire,
    pub(super) tongues: &'a [Tongue],
    pub(super) numbers: &'a Numbers,
}

/// A value in the words of a sentence, which differs from language to language.
type Said<'a> = &'a dyn Fn(&Tongue) -> String;

impl Printer<'_> {
    /// Words of the interface in the languages of the form.
    pub(super) fn say(&self, key: &str, values: &[(&str, Said<'_>)]) -> Lines {
        let mut all: Lines = Vec::new();
        for tongue in self.tongues {
            let values: Vec<_> = values.iter().map(|(name, value)| (*name, value(tongue))).collect();
            let said = tongue.words.say(key, &values);
            if !all.contains(&said) {
                all.push(said);
            }
        }
        all
    }

    /// A text in the languages of the form, with “answer to Câu 3” where an earlier answer belongs.
    pub(super) fn text(&self, text: &Text) -> Lines {
        let mut all: Lines = Vec::new();
        for tongue in self.tongues {
            let codes = piping::references(text.get(&tongue.code));
            let named = codes.iter().filter_map(|c| self.q.position(c));
            let stand_in = |p: usize| (p, Answer::Text(tongue.words.say("paper-answer-to", &[("question", self.name(p, tongue))])));
            let answers = Answers { given: named.map(stand_in).collect(), day: None };
            let spell = |a: &Answer| if let Answer::Text(t) = a { t.clone() } else { String::new() };
            let filled = piping::fill(self.q, text, &answers, &tongue.code, &spell);
            if !all.contains(&filled) {
                all.push(filled);
            }
        }
        all
    }

    /// “Câu 7”, “Câu 7.2”, or the text of a question that has no number on paper.
    fn name(&self, position: usize, tongue: &Tongue) -> String {
        let number = self.numbers.of.get(position).copied().flatten();
        let question = self.q.questions.get(position);
        match (number, question) {
            (Some(Number { question, item }), _) => {
                let number = item.map_or_else(|| question.to_string(), |i| format!("{question}.{i}"));
                tongue.words.say("paper-question", &[("number", number)])
            }
            (None, Some(q)) => match q.specifies {
                Some(of) => tongue.words.say("paper-written-at", &[("question", self.name(of, tongue))]),
                None => format!("“{}”", q.text.get(&tongue.code)),
            },
            (None, None) => String::new(),
        }
    }

    fn label(&self, position: usize) -> Lines {
        self.tongues.iter().map(|t| self.name(position, t)).collect()
    }

    fn condition(&self, condition: &Condition, position: usize) -> Lines {
        let in_words = |tongue: &Tongue| {
            let name = |p: usize| self.name(p, tongue);
            let wording =
                Wording { questionnaire: self.q, language: &tongue.code, interface: tongue.interface, words: &tongue.words, name: &name };
            condition.in_words(&wording, position)
        };
        self.tongues.iter().map(in_words).collect()
    }

    fn only_if(&self, condition: Option<&Condition>, position: usize) -> Option<Lines> {
        let said = self.condition(condition?, position);
        let with = |(tongue, condition): (&Tongue, &String)| tongue.words.say("paper-only-if", &[("condition", condition.clone())]);
        Some(self.tongues.iter().zip(&said).map(with).collect())
    }

    /// All sections that have something to print.
    pub(super) fn sections(&self) -> Vec<Section> {
        let printed = self.q.sections.iter().zip(&self.numbers.sections).filter(|(_, blocks)| !blocks.is_empty());
        let section = |(n, (section, blocks)): (usize, (&crate::questionnaires::model::Section, &Vec<Block>))| Section {
            number: roman(n),
            title: self.text(&section.title),
            note: section.note.as_ref().map(|n| self.text(n)),
            only_if: self.only_if(section.relevant.as_ref(), section.questions.start),
            parts: blocks.iter().filter_map(|b| self.part(b)).collect(),
        };
        (1..).zip(printed).map(section).collect()
    }

    fn part(&self, block: &Block) -> Option<Part> {
        match block {
            Block::One(position) => self.one(*position, self.q.questions.get(*position)?),
            Block::Table(all) => self.table(None, all),
            Block::Matrix(matrix, all) => {
                let matrix = self.q.matrices.get(*matrix)?;
                let number = self.numbers.of.get(*all.first()?).copied().flatten()?;
                let label = self.say("paper-question", &[("number", &|_| number.question.to_string())]);
                let hint = matrix.hint.as_ref().map(|h| self.text(h));
                self.table(Some(Heading { label, text: self.text(&matrix.text), hint }), all)
            }
        }
    }

    fn one(&self, position: usize, question: &Question) -> Option<Part> {
        let only_if = self.only_if(question.relevant.as_ref(), position);
        let hint = question.hint.as_ref().map(|h| self.text(h));
        if matches!(question.kind, Kind::Note) {
            return Some(Part::Note { text: self.text(&question.text), hint, only_if });
        }
        let mut hints: Vec<Lines> = hint.into_iter().collect();
        hints.extend(self.how_many(&question.kind));
        if let Some(filter) = &question.choice_filter {
            let said = self.condition(filter, position);
            let with = |(t, c): (&Tongue, &String)| t.words.say("paper-filter", &[("condition", c.clone())]);
            hints.push(self.tongues.iter().zip(&said).map(with).collect());
        }
        let field = self.field(position, question)?;
        Some(Part::Question { label: self.label(position), text: self.text(&question.text), hints, only_if, field })
    }

    /// How many options may be chosen, or how ranks are written.
    fn how_many(&self, kind: &Kind) -> Option<Lines> {
        match kind {
            Kind::Multiple { min_selected, max_selected, options, .. } => {
                let all = u8::try_from(options.len()).unwrap_or(u8::MAX);
                let most = max_selected.filter(|m| *m < all);
                Some(match (min_selected.filter(|m| *m > 1), most) {
                    (Some(least), Some(most)) => {
                        self.say("paper-choose-between", &[("least", &|_| least.to_string()), ("most", &|_| most.to_string())])
                    }
                    (Some(least), None) => self.say("paper-choose-least", &[("least", &|_| least.to_string())]),
                    (None, Some(most)) => self.say("paper-choose-most", &[("most", &|_| most.to_string())]),
                    (None, None) => self.say("paper-choose-several", &[]),
                })
            }
            Kind::Ranking { places, .. } => Some(self.say("paper-rank", &[("places", &|_| places.to_string())])),
            _ => None,
        }
    }

    fn field(&self, position: usize, question: &Question) -> Option<Field> {
        Some(match &question.kind {
            Kind::Single { .. } => Field::Options { options: self.choices(position, question), single: true },
            Kind::Multiple { .. } => Field::Options { options: self.choices(position, question), single: false },
            Kind::Ranking { .. } => Field::Ranking { options: self.choices(position, question) },
            Kind::Number { max, decimals, unit, .. } => {
                let digits = max.map_or(DIGITS, |m| format!("{:.0}", m.abs().floor()).len());
                let point = self.tongues.first().map_or(",", |t| if t.interface.code() == "vi" { "," } else { "." });
                Field::Number {
                    whole: digits.clamp(1, 2 * DIGITS),
                    decimals: usize::from(*decimals).min(DIGITS),
                    point: point.to_owned(),
                    unit: unit.as_ref().map(|u| self.text(u)),
                }
            }
            Kind::Text { max_length, long } => {
                let count = if *long { max_length.div_ceil(CHARACTERS_A_LINE).clamp(3, MOST_LINES) } else { 1 };
                Field::Lines { count: usize::try_from(count).unwrap_or(1) }
            }
            Kind::Date { .. } => Field::Date,
            Kind::Consent => {
                let skipping = jumps(self.q, self.numbers, position, &[None, Some(Answer::Choice(1))]);
                let said = |key: &str, jump: Option<&Option<Jump>>| jump.copied().flatten().map(|j| self.jump(key, j));
                let unticked = said("paper-jump-unticked", skipping.first());
                Field::Consent { jump: unticked.or_else(|| said("paper-jump-ticked", skipping.get(1))) }
            }
            Kind::Note | Kind::Hidden { .. } | Kind::Calculated { .. } => return None,
        })
    }

    fn choices(&self, position: usize, question: &Question) -> Vec<Choose> {
        let mut all: Vec<(u8, Answer, &Choice)> =
            (1u8..).zip(question.options()).map(|(n, c)| (n, question.choice(&c.code).unwrap_or(Answer::Choice(n)), c)).collect();
        if let Kind::Single { not_applicable, refused, .. } = &question.kind {
            all.extend(not_applicable.iter().map(|c| (NOT_APPLICABLE, Answer::NotApplicable, c)));
            all.extend(refused.iter().map(|c| (REFUSED, Answer::Refused, c)));
        }
        let answers: Vec<Option<Answer>> = all.iter().map(|(_, a, _)| Some(a.clone())).collect();
        let jumps = if matches!(question.kind, Kind::Single { .. }) {
            jumps(self.q, self.numbers, position, &answers)
        } else {
            vec![None; all.len()]
        };
        let choose = |((code, _, choice), jump): ((u8, Answer, &Choice), Option<Jump>)| Choose {
            code,
            text: self.text(&choice.text),
            line: choice.specify,
            jump: jump.map(|j| self.jump("paper-jump", j)),
        };
        all.into_iter().zip(jumps).map(choose).collect()
    }

    fn jump(&self, key: &str, jump: Jump) -> Lines {
        let to = |t: &Tongue| match jump {
            Jump::To(position) => self.name(position, t),
            Jump::End => t.words.say("paper-end", &[]),
        };
        self.say(key, &[("to", &to)])
    }

    fn table(&self, heading: Option<Heading>, positions: &[usize]) -> Option<Part> {
        let first = *positions.first()?;
        let mut columns = self.choices(first, self.q.questions.get(first)?);
        columns.iter_mut().for_each(|c| c.jump = None); // a cell has no room; the condition stands at the later question
        let row = |p: &usize| {
            let question = self.q.questions.get(*p)?;
            let Number { question: number, item } = self.numbers.of.get(*p).copied().flatten()?;
            Some(Row {
                label: item.map_or_else(|| number.to_string(), |i| format!("{number}.{i}")),
                text: self.text(&question.text),
                hint: question.hint.as_ref().map(|h| self.text(h)),
                only_if: self.only_if(question.relevant.as_ref(), *p),
            })
        };
        Some(Part::Table { heading, columns, rows: positions.iter().filter_map(row).collect() })
    }
}

/// The number in Roman digits, as sections of official papers are numbered.
fn roman(mut n: usize) -> String {
    const DIGITS: [(usize, &str); 9] = [(100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")];
    let mut out = String::new();
    for (value, digit) in DIGITS {
        while n >= value {
            out.push_str(digit);
            n -= value;
        }
    }
    out
}
