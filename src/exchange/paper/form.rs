//! What a paper form says, from head to foot: everything the layout needs, in the order of printing.

use serde::Serialize;

use super::Options;
use super::blocks::{Part, Printer};
use super::numbers::Numbers;
use crate::error::{Error, Result};
use crate::questionnaires::Questionnaire;
use crate::questionnaires::model::Text;
use crate::web::locale::{Language, Words};

/// A text in the first language and, on a bilingual form, in the second.
pub type Lines = Vec<String>;

/// A form.
#[derive(Debug, Serialize)]
pub struct Form {
    /// Language of hyphenation and of the document.
    pub language: String,
    /// What the form is called.
    pub title: Lines,
    /// Who asks, why, how long.
    pub introduction: Lines,
    /// Code and version, for the foot.
    pub version: String,
    /// The form's number, empty when it is to be written.
    pub number: String,
    /// Whether there is a picture of a QR code.
    pub qr: bool,
    /// The words around the questions.
    pub words: Frame,
    /// The sections.
    pub sections: Vec<Section>,
}

/// Words of the head, the office box and the foot.
#[derive(Debug, Serialize)]
pub struct Frame {
    country: Lines,
    motto: Lines,
    agency: Lines,
    form: Lines,
    number: Lines,
    office: Lines,
    unit: Lines,
    day: Lines,
    interviewer: Lines,
    how: Lines,
    thanks: Lines,
    page: String,
    /// Day, month, year below the boxes of a date.
    date: Vec<String>,
    item: Lines,
    /// Above the numbers of a table's rows.
    column: Lines,
    qr: Lines,
}

/// A section.
#[derive(Debug, Serialize)]
pub struct Section {
    /// I, II, III …
    pub number: String,
    /// Its heading.
    pub title: Lines,
    /// The text below.
    pub note: Option<Lines>,
    /// Who answers it, when not everybody does.
    pub only_if: Option<Lines>,
    /// What is asked.
    pub parts: Vec<Part>,
}

impl Form {
    /// The form of a questionnaire.
    ///
    /// # Errors
    /// `Refused` when there is no language or one that the questionnaire has not; `Internal` when words cannot be loaded.
    pub fn of(questionnaire: &Questionnaire, options: &Options<'_>) -> Result<Form> {
        if options.languages.is_empty() || options.languages.len() > 2 {
            return Err(Error::Refused("a paper form has one language or two; name one or two of the questionnaire's".into()));
        }
        let mut tongues = Vec::new();
        for language in &options.languages {
            if !questionnaire.languages.iter().any(|l| l == language) {
                let known = questionnaire.languages.join(", ");
                return Err(Error::Refused(format!("the questionnaire has no language {language:?}; it has {known}")));
            }
            let interface = Language::from_code(language).unwrap_or(Language::Vi);
            tongues.push(Tongue { code: (*language).to_owned(), interface, words: Words::load(interface)? });
        }
        let numbers = Numbers::of(questionnaire);
        let printer = Printer { q: questionnaire, tongues: &tongues, numbers: &numbers };
        let say = |key: &str| printer.say(key, &[]);
        let plain = |text: &Text| printer.text(text);
        Ok(Form {
            language: options.languages.first().map_or_else(String::new, |l| (*l).to_owned()),
            title: plain(&questionnaire.title),
            introduction: plain(&questionnaire.introduction),
            version: format!("{} · {}", questionnaire.code, questionnaire.version),
            number: options.number.unwrap_or_default().to_owned(),
            qr: options.qr.is_some(),
            words: Frame {
                country: say("paper-country"),
                motto: say("paper-motto"),
                agency: say("paper-agency"),
                form: say("paper-form"),
                number: say("paper-number"),
                office: say("paper-office"),
                unit: say("paper-unit"),
                day: say("paper-day-of-answering"),
                interviewer: say("paper-interviewer"),
                how: say("paper-how"),
                thanks: say("paper-thanks"),
                page: say("paper-page").into_iter().next().unwrap_or_default(),
                date: ["paper-day", "paper-month", "paper-year"].iter().filter_map(|k| say(k).into_iter().next()).collect(),
                item: say("paper-item"),
                column: say("paper-column"),
                qr: say("paper-qr"),
            },
            sections: printer.sections(),
        })
    }

    /// Every text that is printed, to be looked through for signs that the typeface has not.
    pub(super) fn texts(&self) -> Result<Vec<String>> {
        fn collect(value: &serde_json::Value, all: &mut Vec<String>) {
            match value {
                serde_json::Value::String(s) => all.push(s.clone()),
                serde_json::Value::Array(a) => a.iter().for_each(|v| collect(v, all)),
                serde_json::Value::Object(o) => o.values().for_each(|v| collect(v, all)),
                _ => {}
            }
        }
        let value = serde_json::to_value(self).map_err(|e| Error::Internal(format!("the form could not be written: {e}")))?;
        let mut all = Vec::new();
        collect(&value, &mut all);
        Ok(all)
    }
}

/// A language of the form.
pub(super) struct Tongue {
    pub(super) code: String,
    pub(super) interface: Language,
    pub(super) words: Words,
}
