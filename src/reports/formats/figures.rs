//! What every file of figures is made of: the survey, how the figures were made, their names, and the rows of the API.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveDateTime};

use crate::error::Result;
use crate::estimation::analysis::{Method, Prepared};
use crate::estimation::ranking::UnitRank;
use crate::estimation::{By, Level, Row};
use crate::questionnaires::Questionnaire;
use crate::questionnaires::model::{Index, IndexKind};
use crate::surveys::Open;
use crate::units::UnitKind;
use crate::web::Language;
use crate::web::locale::Words;

/// A survey's figures with everything a file says about them.
#[derive(Debug, Clone)]
pub struct Figures {
    /// Code of the survey.
    pub survey: String,
    /// Its title, in the language of the file.
    pub title: String,
    /// First and last day.
    pub period: (NaiveDate, NaiveDate),
    /// How the figures were made.
    pub method: Method,
    /// SHA-256 of the questionnaire's file.
    pub questionnaire_digest: String,
    /// When the responses were read, UTC.
    pub cut: NaiveDateTime,
    /// Fingerprint of a frozen set of figures; none while they still move.
    pub hash: Option<String>,
    /// Name and version of the program that computed them.
    pub program: String,
    /// The figures of the index: overall, parts, factors, items.
    pub measures: Vec<MeasureName>,
    /// The units by code.
    pub units: Vec<UnitName>,
    /// For all units together and then for each unit by code: every figure, in the order of `measures`.
    pub rows: Vec<Row>,
    /// Ranks of the units by the overall figure, the best first; none where ranks are not given.
    pub ranks: Vec<UnitRank>,
    /// Language of names and words.
    pub language: Language,
}

/// A figure of the index.
#[derive(Debug, Clone)]
pub struct MeasureName {
    /// Stable code.
    pub code: String,
    /// What it is called.
    pub name: String,
    /// How high it stands.
    pub level: Level,
    /// Code of what it is part of; none for the whole.
    pub within: Option<String>,
    /// The largest value it can have.
    pub largest: f64,
}

/// A unit of the survey.
#[derive(Debug, Clone)]
pub struct UnitName {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Kind.
    pub kind: UnitKind,
}

impl Figures {
    /// Estimates every figure of a survey: for all units together and for each unit.
    ///
    /// # Errors
    /// When weights or design do not fit, in words.
    pub fn of(open: &Open, prepared: &Prepared, questionnaire_digest: String, cut: NaiveDateTime, language: Language) -> Result<Self> {
        let lang = language.code();
        let mut rows = prepared.estimate(By::All, Level::ALL)?;
        rows.extend(prepared.estimate(By::Unit, Level::ALL)?);
        let above = open.questionnaire().index.as_ref().map(|i| above(open.questionnaire(), i)).unwrap_or_default();
        let measures = prepared.measures().iter().map(|m| MeasureName {
            code: m.code.clone(),
            name: m.text.get(lang).to_owned(),
            level: m.level,
            within: above.get(&(m.level, m.code.clone())).cloned(),
            largest: m.largest,
        });
        let units = open.frame.units.values().map(|u| UnitName { code: u.code.clone(), name: u.name(lang).to_owned(), kind: u.kind });
        Ok(Figures {
            survey: open.survey.code.clone(),
            title: open.survey.title(lang).to_owned(),
            period: (open.survey.opens_on, open.survey.closes_on),
            method: prepared.method(),
            questionnaire_digest,
            cut,
            hash: None,
            program: concat!("sipas ", env!("CARGO_PKG_VERSION")).to_owned(),
            measures: measures.collect(),
            units: units.collect(),
            rows,
            ranks: Vec::new(),
            language,
        })
    }

    /// The rows of one unit, or of all units together.
    pub fn of_unit<'a>(&'a self, unit: Option<&'a str>) -> impl Iterator<Item = &'a Row> {
        self.rows.iter().filter(move |r| r.unit.as_deref() == unit)
    }

    /// A figure's name; its code when it has none.
    #[must_use]
    pub fn measure_name(&self, code: &str) -> String {
        self.measures.iter().find(|m| m.code == code).map_or_else(|| code.to_owned(), |m| m.name.clone())
    }

    /// Whether the figures are percentages; points otherwise.
    #[must_use]
    pub fn percent(&self) -> bool {
        self.method.kind == IndexKind::SatisfiedShare
    }

    /// Name of a file with these figures: demonstrations say so in their name too.
    #[must_use]
    pub fn file_name(&self, extension: &str) -> String {
        let mark = if self.method.demonstration { "-demonstration" } else { "" };
        format!("{}{mark}.{extension}", self.survey)
    }

    /// How the figures were made, line by line: what, and the answer.
    #[must_use]
    pub fn method_lines(&self, words: &Words) -> Vec<(String, String)> {
        let (m, language) = (&self.method, self.language);
        let say = |key: &str| words.say(key, &[]);
        let aggregation =
            serde_json::to_value(m.aggregation).ok().and_then(|v| v.as_str().map(|a| a.replace('_', "-"))).unwrap_or_default();
        let measured = if self.percent() { "codebook-kind-share" } else { "codebook-kind-points" };
        let mut lines = vec![
            (say("file-survey"), format!("{} ({})", self.title, self.survey)),
            (say("file-period"), format!("{} – {}", language.day(self.period.0), language.day(self.period.1))),
            (
                say("file-questionnaire"),
                words.say("method-questionnaire", &[("code", m.questionnaire.clone()), ("version", m.version.clone())]),
            ),
            (say("file-questionnaire-digest"), self.questionnaire_digest.clone()),
            (say("file-measured"), say(measured)),
            (say("file-aggregation"), say(&format!("aggregation-{aggregation}"))),
            (say("file-weighting"), say(&format!("weighting-{}", m.weighting))),
            (say("file-stream"), format!("{} ({})", say(&format!("stream-{}", m.stream)), m.stream)),
            (say("file-selection"), say(&format!("method-stream-{}", m.stream))),
            (say("file-interval"), words.say("method-interval", &[("level", language.number(m.level * 100.0, 0))])),
            (say("file-variance"), say(if self.percent() { "file-variance-share" } else { "file-variance-points" })),
            (say("file-threshold"), words.say("method-threshold", &[("n", language.count(m.threshold))])),
            (say("file-responses"), language.count(m.n)),
            (say("file-units-missing"), m.units_without_responses.to_string()),
            (say("file-cut"), format!("{} {} UTC", language.day(self.cut.date()), self.cut.format("%H:%M"))),
        ];
        lines.extend(self.hash.iter().map(|h| (say("file-hash"), h.clone())));
        lines.push((say("file-demonstration"), say(if m.demonstration { "file-demonstration-yes" } else { "file-demonstration-no" })));
        lines.push((say("file-program"), self.program.clone()));
        lines
    }
}

/// Why a row has no value, in words.
#[must_use]
pub fn why_missing(row: &Row, words: &Words) -> String {
    words.say(&row.reason().replace('_', "-"), &[])
}

/// What each figure of the index is part of.
fn above(questionnaire: &Questionnaire, index: &Index) -> BTreeMap<(Level, String), String> {
    let mut above = BTreeMap::new();
    for part in &index.parts {
        above.insert((Level::Part, part.code.clone()), index.overall.code.clone());
        for factor in &part.factors {
            above.insert((Level::Factor, factor.code.clone()), part.code.clone());
            for item in factor.items.iter().filter_map(|i| questionnaire.questions.get(*i)) {
                above.insert((Level::Item, item.code.clone()), factor.code.clone());
            }
        }
    }
    above
}
