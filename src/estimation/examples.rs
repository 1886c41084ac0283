//! A survey in memory for tests: twelve items in three factors, a service, a sex, reasons and a general satisfaction.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;

use super::analysis::{Prepared, Request};
use super::filter::Filter;
use super::table::{Line, ResponseTable};
use crate::accounts::Tree;
use crate::db::types::Day;
use crate::questionnaires::{self, Questionnaire};
use crate::surveys::cache::Frame;
use crate::surveys::{Mode, Open, Stream, Survey};
use crate::units::{Unit, UnitKind};

/// The codes of the items.
pub(super) const ITEMS: [&str; 12] = ["i1", "i2", "i3", "i4", "i5", "i6", "i7", "i8", "i9", "i10", "i11", "i12"];

/// A response: what differs from the others.
#[derive(Debug, Clone, Copy)]
pub(super) struct Form<'a> {
    pub unit: &'a str,
    pub mode: Mode,
    /// Day of May 2026.
    pub day: u32,
    pub weight: f64,
    /// Codes of answers by question, the same for all items not named.
    pub answers: &'a [(&'a str, u8)],
    pub items: u8,
}

impl Default for Form<'_> {
    fn default() -> Self {
        Form { unit: "a", mode: Mode::Web, day: 4, weight: 1.0, answers: &[], items: 5 }
    }
}

/// The questionnaire with this aggregation; where `role` is not that of the outcome, nobody asks for general satisfaction.
pub(super) fn questionnaire(aggregation: &str, role: &str) -> Questionnaire {
    let text = "{vi: 'Chữ', en: 'Words'}";
    let option = |code: &str| format!("{{code: {code}, text: {text}}}");
    let options = |codes: &[&str]| codes.iter().map(|c| option(c)).collect::<Vec<_>>().join(", ");
    let five = ["1", "2", "3", "4", "5"].map(|c| option(&format!("'{c}'"))).join(", ");
    let items: String = ITEMS.map(|code| format!("      - {{code: {code}, type: scale, scale: five, text: {text}}}\n")).concat();
    let source = format!(
        "format: 1\ncode: trial\nversion: '1'\ntitle: {text}\nlanguages: [vi, en]\nintroduction: {text}\nseconds: 60\nscales:\n  five:\n    options: [{five}]\n    not_applicable: {}\nsections:\n  - \
         code: all\n    title: {text}\n    questions:\n{items}      - {{code: service, type: single, role: service, text: {text}, options: [{}]}}\n      - {{code: sex, type: single, \
         role: respondent, text: {text}, options: [{}]}}\n      - {{code: why, type: multiple, text: {text}, options: [{}]}}\n      - {{code: general, type: scale, scale: five, \
         {role}text: {text}}}\nindex:\n  kind: satisfied_share\n  satisfied: ['4', '5']\n  valid: ['1', '2', '3', '4', '5']\n  aggregation: {aggregation}\n  threshold: 5\n  overall: \
         {}\n  parts:\n    - code: p1\n      text: {text}\n      factors:\n        - {{code: f1, text: {text}, items: [i1, i2, i3, i4, i5]}}\n        - {{code: f2, text: {text}, \
         items: [i6, i7, i8]}}\n    - code: p2\n      text: {text}\n      factors:\n        - {{code: f3, text: {text}, items: [i9, i10, i11, i12]}}\n",
        option("na"),
        options(&["land", "tax"]),
        options(&["female", "male"]),
        options(&["slow", "rude"]),
        option("index"),
    );
    questionnaires::read(&source).unwrap_or_else(|findings| panic!("{findings:?}\n{source}"))
}

/// A survey of these units with this questionnaire.
pub(super) fn open(questionnaire: Questionnaire, units: &[(&str, UnitKind)], threshold: i64) -> Open {
    let unit = |(code, kind): &(&str, UnitKind)| {
        let unit = Unit {
            code: (*code).to_owned(),
            valid_from: NaiveDate::MIN,
            valid_to: None,
            name_vi: (*code).to_owned(),
            name_en: (*code).to_owned(),
            kind: *kind,
            parent: None,
            population: None,
            transactions: None,
        };
        ((*code).to_owned(), unit)
    };
    let units: BTreeMap<String, Unit> = units.iter().map(unit).collect();
    let frame = Frame { questionnaire: Arc::new(questionnaire), units, tree: Tree::default() };
    Open { survey: Survey::example("wave", &[Stream::Sample], threshold), frame: Arc::new(frame) }
}

/// The forms of the sample, looked at through a filter.
pub(super) fn prepared(open: &Open, forms: &[Form<'_>], filter: Filter) -> Prepared {
    let questionnaire = open.questionnaire();
    let mut table = ResponseTable::new(questionnaire.code_bytes);
    for form in forms {
        let mut codes = vec![0u8; questionnaire.code_bytes];
        let items = ITEMS.iter().map(|item| (*item, form.items));
        for (code, answer) in items.chain(form.answers.iter().copied()) {
            let question = &questionnaire.questions[questionnaire.position(code).unwrap()];
            codes[question.slot.unwrap().offset] = answer;
        }
        let day = Day::of(NaiveDate::from_ymd_opt(2026, 5, form.day).unwrap());
        table.push(Line { unit: form.unit, mode: form.mode, day, stratum: None, psu: None, weight: Some(form.weight), codes: &codes });
    }
    let request = Request { stream: None, level: 0.95 };
    Prepared::over(Arc::new(table), 0, open, request, filter).unwrap()
}
