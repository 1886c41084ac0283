//! One question of each kind, as its template needs it.

use serde::Serialize;

use super::{FIELD, Maker};
use crate::collection::validate::Problem;
use crate::questionnaires::model::{Appearance, Choice, Day, Kind, Question, Text};
use crate::questionnaires::piping;

/// From this many options on, rows are lower and stand in two columns on wide screens.
const MANY: usize = 10;

/// A question.
#[derive(Debug, Clone, Serialize)]
pub struct QuestionView {
    /// Its code.
    pub code: String,
    /// Field name.
    pub field: String,
    /// `options`, `list`, `number`, `text`, `long_text`, `date`, `ranking`, `consent`, `note`.
    pub kind: &'static str,
    /// How options are drawn: classes of the style sheet.
    pub style: String,
    /// Whether several options can be chosen.
    pub several: bool,
    /// Whether faces stand beside the options.
    pub faces: bool,
    /// Whether stars do.
    pub stars: bool,
    /// Whether numbers do.
    pub numbers: bool,
    /// The question.
    pub text: String,
    /// The question before earlier answers are filled in, when a script should fill it in again.
    pub pattern: Option<String>,
    /// A line of help.
    pub hint: Option<String>,
    /// What can be answered, in words: how many options, which range.
    pub limits: Option<String>,
    /// Whether an answer is needed.
    pub required: bool,
    /// Options in the order of this respondent.
    pub options: Vec<OptionView>,
    /// "Not applicable" and "prefer not to say".
    pub apart: Vec<OptionView>,
    /// What was typed; a date has day, month and year, everything else one text.
    pub values: Vec<String>,
    /// What needs attention.
    pub error: Option<String>,
    /// Ids of what describes it: hint, limits, error.
    pub told: String,
    /// Most characters of a text.
    pub max_length: Option<u32>,
    /// `inputmode` of a number.
    pub input_mode: &'static str,
    /// What is counted.
    pub unit: Option<String>,
    /// Places of a ranking.
    pub places: Vec<u8>,
    /// Whether it is not asked now and only waits for a script to show it.
    pub waiting: bool,
}

/// An option.
#[derive(Debug, Clone, Serialize)]
pub struct OptionView {
    /// Its code.
    pub code: String,
    /// Its number among the options, from 1.
    pub number: u8,
    /// What is read.
    pub text: String,
    /// What is read before earlier answers are filled in, when a script should fill it in again.
    pub pattern: Option<String>,
    /// Whether it is chosen.
    pub chosen: bool,
    /// The place it was given in a ranking; 0 for none.
    pub place: u8,
    /// Field that asks which, what was typed there, and its most characters.
    pub specify: Option<(String, String, Option<u32>)>,
    /// Whether it is not offered now and only waits for a script to show it.
    pub waiting: bool,
}

impl Maker<'_> {
    /// One question; `live` says whether the page's script adds what `shown` and the filters leave out now.
    pub(super) fn question(&self, position: usize, q: &Question, problems: &[Problem], live: bool, shown: bool) -> QuestionView {
        let typed: &[String] = self.typed.get(&q.code).map_or(&[], Vec::as_slice);
        let specify = self.questionnaire.questions.iter().find(|s| s.specifies == Some(position));
        let about = |p: &&Problem| p.question == q.code || specify.is_some_and(|s| s.code == p.question);
        let error = problems.iter().find(about).map(|p| self.sentence(&p.what));
        let hint = q.hint.as_ref().map(|h| self.text(h));
        let limits = self.limits(q);
        let told = [(hint.is_some(), "h"), (limits.is_some(), "l"), (error.is_some(), "e")];
        let told: Vec<String> = told.iter().filter(|(there, _)| *there).map(|(_, id)| format!("{id}-{}", q.code)).collect();
        let mut view = QuestionView {
            code: q.code.clone(),
            field: format!("{FIELD}{}", q.code),
            kind: "text",
            style: String::new(),
            several: false,
            faces: false,
            stars: false,
            numbers: false,
            text: self.text(&q.text),
            pattern: self.pattern(&q.text, live),
            hint,
            limits,
            required: q.required,
            options: self.options(position, q, typed, specify, live),
            apart: Vec::new(),
            values: vec![typed.first().cloned().unwrap_or_default()],
            error,
            told: told.join(" "),
            max_length: None,
            input_mode: "text",
            unit: None,
            places: Vec::new(),
            waiting: !shown,
        };
        match &q.kind {
            Kind::Single { scale, appearance, options, not_applicable, refused } => {
                draw(&mut view, *appearance, scale.is_some(), options.len());
                view.apart = not_applicable.iter().chain(refused).map(|c| self.option(0, c, typed, None, live)).collect();
            }
            Kind::Multiple { appearance, options, .. } => {
                draw(&mut view, *appearance, false, options.len());
                (view.kind, view.several) = ("options", true);
            }
            Kind::Number { decimals, unit, .. } => {
                view.kind = "number";
                view.input_mode = if *decimals == 0 { "numeric" } else { "decimal" };
                view.unit = unit.as_ref().map(|u| self.text(u));
            }
            Kind::Text { max_length, long } => {
                view.kind = if *long { "long_text" } else { "text" };
                view.max_length = Some(*max_length);
            }
            Kind::Consent => view.kind = "consent",
            Kind::Date { .. } => {
                view.kind = "date";
                view.values = parts_of_day(typed);
            }
            Kind::Ranking { places, .. } => {
                view.kind = "ranking";
                view.places = (1..=*places).collect();
            }
            Kind::Note => view.kind = "note",
            Kind::Hidden { .. } | Kind::Calculated { .. } => {}
        }
        view
    }

    /// The text as written, when it names answers and a script is there to fill them in.
    fn pattern(&self, text: &Text, live: bool) -> Option<String> {
        let written = text.get(self.language.code());
        (live && !piping::references(written).is_empty()).then(|| written.to_owned())
    }

    fn options(&self, position: usize, q: &Question, typed: &[String], specify: Option<&Question>, live: bool) -> Vec<OptionView> {
        let offered = self.questionnaire.offered(position, self.answers);
        let mut all: Vec<(u8, &Choice)> = if live { (1u8..).zip(q.options()).collect() } else { offered.clone() };
        self.questionnaire.options_in_order(position, self.id.as_bytes(), &mut all, |(_, c)| c.exclusive || c.specify);
        let view = |(n, choice): (u8, &Choice)| OptionView {
            waiting: !offered.iter().any(|(o, _)| *o == n),
            ..self.option(n, choice, typed, specify.filter(|_| choice.specify), live)
        };
        all.into_iter().map(view).collect()
    }

    fn option(&self, number: u8, choice: &Choice, typed: &[String], specify: Option<&Question>, live: bool) -> OptionView {
        let place = |t: &String| t.split_once(':').filter(|(_, code)| *code == choice.code).and_then(|(n, _)| n.parse().ok());
        OptionView {
            code: choice.code.clone(),
            number,
            text: self.text(&choice.text),
            pattern: self.pattern(&choice.text, live),
            chosen: typed.contains(&choice.code),
            place: typed.iter().find_map(place).unwrap_or(0),
            specify: specify.map(|s| {
                let value = self.typed.get(&s.code).and_then(|v| v.first()).cloned().unwrap_or_default();
                let most = if let Kind::Text { max_length, .. } = s.kind { Some(max_length) } else { None };
                (format!("{FIELD}{}", s.code), value, most)
            }),
            waiting: false,
        }
    }

    /// What can be answered, in words; none when everything can.
    fn limits(&self, q: &Question) -> Option<String> {
        let (key, least, most) = match &q.kind {
            Kind::Multiple { min_selected, max_selected, .. } => {
                ("choose", min_selected.filter(|n| *n > 0).map(|n| n.to_string()), max_selected.map(|n| n.to_string()))
            }
            Kind::Number { min, max, .. } => ("number", min.map(|n| self.number(n)), max.map(|n| self.number(n))),
            Kind::Date { earliest, latest } => {
                let day = |d: &Option<Day>| d.and_then(|d| d.date(self.answers.day)).map(|d| self.language.day(d));
                ("date", day(earliest), day(latest))
            }
            Kind::Ranking { options, places, least } => {
                let all = usize::from(*places) == options.len();
                let key = if all {
                    "limit-rank-all"
                } else if least == places {
                    "limit-rank-exactly"
                } else {
                    "limit-rank-most"
                };
                return Some(self.words.say(key, &[("n", places.to_string())]));
            }
            Kind::Text { max_length, long: true } => {
                return Some(self.words.say("text-limit", &[("n", self.number(f64::from(*max_length)))]));
            }
            _ => return None,
        };
        let (which, values) = match (least, most) {
            (None, None) => return None,
            (Some(a), Some(b)) if a == b => ("exactly", vec![("n", a)]),
            (Some(a), Some(b)) => ("between", vec![("least", a), ("most", b)]),
            (Some(a), None) => ("least", vec![("n", a)]),
            (None, Some(b)) => ("most", vec![("n", b)]),
        };
        Some(self.words.say(&format!("limit-{key}-{which}"), &values))
    }
}

/// How the options of a choice are drawn.
fn draw(view: &mut QuestionView, appearance: Appearance, scale: bool, options: usize) {
    view.kind = if appearance == Appearance::List { "list" } else { "options" };
    view.faces = appearance == Appearance::Rows && scale && options == 5;
    view.stars = appearance == Appearance::Stars;
    view.numbers = appearance == Appearance::Numbers;
    let as_columns = (scale || view.stars || view.numbers) && options <= 11;
    view.style = match (as_columns, options >= MANY) {
        (true, _) => format!("scale n{options}"),
        (false, true) => "many".to_owned(),
        (false, false) => String::new(),
    };
}

/// Day, month and year as they were typed; a date that came as one text is taken apart.
fn parts_of_day(typed: &[String]) -> Vec<String> {
    let given: Vec<&str> = typed.iter().map(|t| t.trim()).collect();
    match given.as_slice() {
        [d, m, y] if !(m.is_empty() && y.is_empty()) => vec![(*d).to_owned(), (*m).to_owned(), (*y).to_owned()],
        [one] | [one, _, _] => {
            let parts: Vec<&str> = one.split(['/', '-', '.']).collect();
            match parts.as_slice() {
                [y, m, d] if y.len() == 4 => vec![(*d).to_owned(), (*m).to_owned(), (*y).to_owned()],
                [d, m, y] => vec![(*d).to_owned(), (*m).to_owned(), (*y).to_owned()],
                _ => vec![(*one).to_owned(), String::new(), String::new()],
            }
        }
        _ => vec![String::new(); 3],
    }
}
