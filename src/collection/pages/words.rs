//! Texts with earlier answers filled in, answers and problems in words.

use super::Maker;
use crate::collection::validate::What;
use crate::questionnaires::model::{Answer, Choice, Kind, Question, Text};
use crate::questionnaires::piping;
use crate::web::Language;

impl Maker<'_> {
    /// A text in the citizen's language, with earlier answers filled in.
    #[must_use]
    pub fn text(&self, text: &Text) -> String {
        piping::fill(self.questionnaire, text, self.answers, self.language.code(), &|answer| self.spelled(answer))
    }

    /// A number as the language writes it, with as many decimals as it has. Thousands are parted from 10.000 on, so that a year stays one.
    #[must_use]
    pub fn number(&self, n: f64) -> String {
        let decimals = n.to_string().split_once('.').map_or(0, |(_, fraction)| fraction.len());
        let said = self.language.number(n, decimals);
        if n.abs() < 10_000.0 { said.replacen(if self.language == Language::Vi { '.' } else { ',' }, "", 1) } else { said }
    }

    /// An open answer in words.
    fn spelled(&self, answer: &Answer) -> String {
        match answer {
            Answer::Number(n) => self.number(*n),
            Answer::Date(day) => self.language.day(*day),
            Answer::Text(t) => t.clone(),
            _ => String::new(),
        }
    }

    /// An answer in words.
    #[must_use]
    pub fn said(&self, position: usize, question: &Question) -> Option<String> {
        let answer = self.answers.get(position)?;
        let codes = question.answer_codes(answer);
        let named = |choices: &mut dyn Iterator<Item = &Choice>| -> Vec<String> {
            choices.filter(|c| codes.contains(&c.code.as_str())).map(|c| self.said_option(question, c)).collect()
        };
        Some(match &question.kind {
            Kind::Single { options, not_applicable, refused, .. } => {
                named(&mut options.iter().chain(not_applicable).chain(refused)).join(" · ")
            }
            Kind::Multiple { options, .. } => named(&mut options.iter()).join(" · "),
            Kind::Ranking { options, .. } => {
                let in_order = codes.iter().filter_map(|code| options.iter().find(|o| o.code == *code));
                (1..).zip(in_order).map(|(n, o)| format!("{n}. {}", self.text(&o.text))).collect::<Vec<_>>().join(" · ")
            }
            Kind::Consent => self.words.say("answer-yes", &[]),
            Kind::Number { unit: Some(unit), .. } => format!("{} {}", self.spelled(answer), self.text(unit)),
            Kind::Number { .. } | Kind::Text { .. } | Kind::Date { .. } | Kind::Note | Kind::Hidden { .. } | Kind::Calculated { .. } => {
                self.spelled(answer)
            }
        })
    }

    /// An option, with the text that says which.
    fn said_option(&self, question: &Question, choice: &Choice) -> String {
        let specified = self.typed.get(&format!("{}_other", question.code)).and_then(|v| v.first()).filter(|t| !t.trim().is_empty());
        match specified.filter(|_| choice.specify) {
            Some(text) => format!("{}: {text}", self.text(&choice.text)),
            None => self.text(&choice.text),
        }
    }

    /// A problem in the citizen's language.
    #[must_use]
    pub fn sentence(&self, what: &What) -> String {
        let bound = |b: &Option<String>| b.as_ref().map(|t| t.parse().map_or_else(|_| t.clone(), |n| self.number(n)));
        let (key, values): (&str, Vec<(&str, String)>) = match what {
            What::Constraint(text) => return self.text(text),
            What::WrongType("a number") => ("not-a-number", Vec::new()),
            What::WrongType(wanted) if wanted.starts_with("a day") => ("not-a-day", Vec::new()),
            What::OutOfRange { min, max } => match (bound(min), bound(max)) {
                (Some(min), Some(max)) => ("out-of-range", vec![("min", min), ("max", max)]),
                (Some(min), None) => ("too-small", vec![("min", min)]),
                (_, max) => ("too-large", vec![("max", max.unwrap_or_default())]),
            },
            What::TooManyDecimals(0) => ("not-whole", Vec::new()),
            What::TooManyDecimals(n) | What::TooFew(n) | What::TooMany(n) | What::SamePlace(n) | What::PlaceEmpty(n) => {
                (what.code(), vec![("n", n.to_string())])
            }
            What::TooLong(n) => (what.code(), vec![("n", self.number(f64::from(*n)))]),
            What::TooEarly(day) | What::TooLate(day) => (what.code(), vec![("day", self.language.day(*day))]),
            _ => (what.code(), Vec::new()),
        };
        self.words.say(&format!("problem-{}", key.replace('_', "-")), &values)
    }
}
