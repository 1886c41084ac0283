//! Triple-S XML 2.0: the metadata (`.sss`) of a questionnaire version, and the data file that it describes.
//!
//! Our CSV export writes option codes as words and several of them in one cell; Triple-S wants numbers. So the data file is one of its
//! own: [`header`] and one [`Rows::row`] a response, in the `csv` format of Triple-S, read with `skip="1"`.
//!
//! | kind | variable | cell |
//! |---|---|---|
//! | one option | `single` | the number of the option as stored, 254 prefer not to say, 255 not applicable |
//! | several options | `multiple`, bitstring | one character an option in order, 1 chosen, 0 not |
//! | ranking | a `single` for each place, `<code>_<place>` | the number of the option |
//! | number, calculated number | `quantity` | with as many decimals as the range has |
//! | consent | `logical` | 1 |
//! | day | `date` | YYYYMMDD |
//! | text, hidden, calculated text | `character` | the text on one line, guarded against spreadsheets as in the CSV export |
//!
//! An empty cell is no answer. A multiple is a bitstring and not spread, because a bitstring is one cell in every reading of the standard.
//! Notes have no variable. Specification: Triple-S Group, The Triple-S XML Standard, version 2.0.

mod variables;

use super::xml::{Element, document, element};
use crate::error::Result;
use crate::questionnaires::Questionnaire;
use crate::questionnaires::model::{Answer, Answers};
use crate::web::cells::guarded;
use variables::{Source, Type, Variable, variables};

/// A response to be written: what stands before the answers in every data file, and the answers.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    /// The UUID.
    pub id: &'a str,
    /// Code of the unit.
    pub unit: &'a str,
    /// Code of the place, if known.
    pub place: Option<&'a str>,
    /// The stream's code.
    pub stream: &'a str,
    /// The stratum, if any.
    pub stratum: Option<&'a str>,
    /// The primary sampling unit, if any.
    pub psu: Option<&'a str>,
    /// Base weight, if any.
    pub weight: Option<f64>,
    /// The mode's code.
    pub mode: &'a str,
    /// Language of the form.
    pub language: &'a str,
    /// Day of sending.
    pub submitted_on: chrono::NaiveDate,
    /// Whether it is made up.
    pub demonstration: bool,
    /// The answers.
    pub answers: &'a Answers,
}

/// The metadata file. `data` is the name of the data file.
///
/// # Errors
/// `Internal` when the words of the interface cannot be loaded.
pub fn write(questionnaire: &Questionnaire, data: &str) -> Result<String> {
    let variables = variables(questionnaire)?;
    let described = (1usize..).zip(&variables).map(|(n, v)| described(questionnaire, n, v));
    let record = element("record").with("ident", "R").with("href", data).with("format", "csv").with("skip", "1").children(described);
    let survey = element("survey")
        .child(element("name").text(&questionnaire.code))
        .child(element("version").text(&questionnaire.version))
        .child(texts(questionnaire, "title", &pairs(&questionnaire.title.0)))
        .child(record);
    let languages = questionnaire.languages.join(" ");
    let origin = element("origin").text(concat!("sipas ", env!("CARGO_PKG_VERSION")));
    document(&element("sss").with("version", "2.0").with("languages", languages).child(origin).child(survey))
}

/// The first line of the data file: names, which readers skip.
///
/// # Errors
/// `Internal` when the words of the interface cannot be loaded.
pub fn header(questionnaire: &Questionnaire) -> Result<Vec<String>> {
    Ok(variables(questionnaire)?.into_iter().map(|v| v.name).collect())
}

/// Writes responses of one questionnaire version as lines of the data file.
pub struct Rows {
    variables: Vec<Variable>,
}

impl Rows {
    /// For this version.
    ///
    /// # Errors
    /// `Internal` when the words of the interface cannot be loaded.
    pub fn new(questionnaire: &Questionnaire) -> Result<Self> {
        Ok(Rows { variables: variables(questionnaire)? })
    }

    /// The cells of one response, as many as the header has.
    #[must_use]
    pub fn row(&self, record: &Record<'_>) -> Vec<String> {
        self.variables.iter().map(|v| v.cell(record)).collect()
    }
}

/// The same text in several languages, or as it is when there is only one.
fn texts(questionnaire: &Questionnaire, name: &'static str, all: &[(String, String)]) -> Element {
    let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    match all {
        [(_, only)] => element(name).text(one_line(only)),
        several => {
            let rank = |l: &str| questionnaire.languages.iter().position(|x| x == l);
            let mut several: Vec<_> = several.iter().collect();
            several.sort_by_key(|(language, _)| rank(language));
            element(name).children(several.into_iter().map(|(l, t)| element("text").with("xml:lang", l).text(one_line(t))))
        }
    }
}

fn pairs(all: &std::collections::BTreeMap<String, String>) -> Vec<(String, String)> {
    all.iter().map(|(l, t)| (l.clone(), t.clone())).collect()
}

fn described(questionnaire: &Questionnaire, number: usize, v: &Variable) -> Element {
    let range = |from: String, to: String| element("values").child(element("range").with("from", from).with("to", to));
    let kind = match &v.kind {
        Type::Single(_) => "single",
        Type::Multiple(_) => "multiple",
        Type::Quantity { .. } => "quantity",
        Type::Character(_) => "character",
        Type::Logical => "logical",
        Type::Date => "date",
    };
    let start = element("variable")
        .with("ident", number.to_string())
        .with("type", kind)
        .with_some("use", v.purpose)
        .child(element("name").text(&v.name))
        .child(texts(questionnaire, "label", &v.label))
        .child(element("position").with("start", number.to_string()));
    match &v.kind {
        Type::Single(options) | Type::Multiple(options) => {
            let value = |(code, label): &(u8, Vec<(String, String)>)| texts(questionnaire, "value", label).with("code", code.to_string());
            start.child(element("values").children(options.iter().map(value)))
        }
        Type::Quantity { from, to, decimals } => {
            let decimals = usize::from(*decimals);
            start.child(range(format!("{from:.decimals$}"), format!("{to:.decimals$}")))
        }
        Type::Character(size) => start.child(element("size").text(size.to_string())),
        Type::Logical | Type::Date => start,
    }
}

impl Variable {
    fn cell(&self, record: &Record<'_>) -> String {
        let column = |text: &str| guarded(text);
        let optional = |text: Option<&str>| text.map(guarded).unwrap_or_default();
        match self.source {
            Source::Column("id") => column(record.id),
            Source::Column("unit") => column(record.unit),
            Source::Column("place") => optional(record.place),
            Source::Column("stream") => column(record.stream),
            Source::Column("stratum") => optional(record.stratum),
            Source::Column("psu") => optional(record.psu),
            Source::Column("weight") => record.weight.map(|w| self.quantity(w)).unwrap_or_default(),
            Source::Column("mode") => column(record.mode),
            Source::Column("language") => column(record.language),
            Source::Column("submitted_on") => day(record.submitted_on),
            Source::Column("demonstration") => u8::from(record.demonstration).to_string(),
            Source::Column(_) => String::new(),
            Source::Question(q) => record.answers.get(q).map(|a| self.answer(a)).unwrap_or_default(),
            Source::Place(q, place) => match record.answers.get(q) {
                Some(Answer::Ranking(all)) => all.get(place).map(ToString::to_string).unwrap_or_default(),
                _ => String::new(),
            },
        }
    }

    fn answer(&self, answer: &Answer) -> String {
        use crate::questionnaires::codes::{NOT_APPLICABLE, REFUSED};
        match answer {
            Answer::Choice(n) => n.to_string(),
            Answer::NotApplicable => NOT_APPLICABLE.to_string(),
            Answer::Refused => REFUSED.to_string(),
            Answer::Choices(all) => match &self.kind {
                Type::Multiple(options) => options.iter().map(|(n, _)| if all.contains(n) { '1' } else { '0' }).collect(),
                _ => String::new(),
            },
            Answer::Number(n) => self.quantity(*n),
            Answer::Text(t) => guarded(&t.split_whitespace().collect::<Vec<_>>().join(" ")),
            Answer::Date(d) => day(*d),
            Answer::Ranking(_) => String::new(), // each place is a variable of its own
        }
    }

    fn quantity(&self, n: f64) -> String {
        let decimals = if let Type::Quantity { decimals, .. } = self.kind { usize::from(decimals) } else { 0 };
        format!("{n:.decimals$}")
    }
}

fn day(day: chrono::NaiveDate) -> String {
    day.format("%Y%m%d").to_string()
}
