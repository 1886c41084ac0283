//! What all pages of a report show: title, way through the pages, filters, method.

use serde::Serialize;

use super::choice::Choice;
use super::teller::Teller;
use crate::error::Result;
use crate::estimation::filter::service_question;
use crate::surveys::Mode;
use crate::units::UnitKind;

/// A page of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    /// The answer first.
    Overview,
    /// All units.
    Units,
    /// All items.
    Items,
    /// Answers to the other questions, groups of respondents.
    Answers,
    /// Waves and months.
    Time,
    /// Quality of the answers, modes, streams.
    Quality,
    /// What people wrote.
    Comments,
    /// A page below the others, such as a unit's card.
    Other,
}

const TABS: [(Tab, &str, &str); 7] = [
    (Tab::Overview, "", "tab-overview"),
    (Tab::Units, "/units", "tab-units"),
    (Tab::Items, "/items", "tab-items"),
    (Tab::Answers, "/answers", "tab-answers"),
    (Tab::Time, "/time", "tab-time"),
    (Tab::Quality, "/quality", "tab-quality"),
    (Tab::Comments, "/comments", "tab-comments"),
];

/// A way to another page of the report.
#[derive(Debug, Clone, Serialize)]
pub struct Way {
    /// Address, with what is chosen.
    pub to: String,
    /// In words.
    pub text: String,
    /// Whether this is the page.
    pub here: bool,
}

/// A choice of a filter.
#[derive(Debug, Clone, Serialize)]
pub struct FilterOption {
    /// Value in the address; empty for all.
    pub value: String,
    /// In words.
    pub text: String,
    /// Whether it is in force.
    pub chosen: bool,
}

/// A filter with its options.
#[derive(Debug, Clone, Serialize)]
pub struct FilterField {
    /// Name in the address.
    pub name: &'static str,
    /// In words.
    pub text: String,
    /// The options, the one for all first where there is one.
    pub options: Vec<FilterOption>,
}

/// A file to take away.
#[derive(Debug, Clone, Serialize)]
pub struct Download {
    /// Address.
    pub to: String,
    /// Name of the format.
    pub name: String,
    /// What it is good for.
    pub text: String,
}

/// What all pages of a report show.
#[derive(Debug, Serialize)]
pub struct Frame {
    /// Code of the survey.
    pub survey: String,
    /// Its title.
    pub title: String,
    /// Its status, in words.
    pub status: String,
    /// First and last day.
    pub period: (String, String),
    /// The pages.
    pub tabs: Vec<Way>,
    /// What can be chosen.
    pub fields: Vec<FilterField>,
    /// What is chosen.
    pub choice: Choice,
    /// Whether anything is left out by the choice.
    pub narrowed: bool,
    /// What is chosen, in a sentence.
    pub chosen: String,
    /// The address without any choice.
    pub all: String,
    /// Whether the answers are self-selected.
    pub not_probability: bool,
    /// How the figures were made, sentence by sentence.
    pub method: Vec<String>,
    /// Files.
    pub downloads: Vec<Download>,
    /// Whether the filters are shown on this page.
    pub filters: bool,
}

impl Frame {
    /// The frame of a page.
    ///
    /// # Errors
    /// None at present.
    pub fn new(teller: &Teller<'_>, tab: Tab) -> Result<Self> {
        let survey = &teller.report.open().survey;
        let choice = &teller.report.choice;
        let base = format!("/reports/{}", survey.code);
        let alone = teller.report.of_one_unit();
        let shown = |of: &Tab| if *of == Tab::Comments { !alone && !teller.report.comment_units().is_empty() } else { !alone };
        let tabs = TABS.iter().filter(|(of, ..)| shown(of)).map(|(of, path, key)| Way {
            to: choice.link(&format!("{base}{path}?lang={}", teller.lang())),
            text: teller.say(key, &[]),
            here: *of == tab,
        });
        let here = TABS.iter().find(|(of, ..)| *of == tab).map_or("", |(_, path, _)| path);
        Ok(Frame {
            survey: survey.code.clone(),
            title: survey.title(teller.lang()).to_owned(),
            status: teller.say(&format!("status-{}", survey.status), &[]),
            period: (teller.language.day(survey.opens_on), teller.language.day(survey.closes_on)),
            tabs: tabs.collect(),
            fields: fields(teller),
            narrowed: choice.narrows(),
            chosen: chosen(teller),
            all: format!("{base}{here}?lang={}", teller.lang()),
            not_probability: !teller.report.prepared.method().probability_sample,
            method: teller.method(),
            downloads: if alone { Vec::new() } else { downloads(teller, &base) },
            choice: choice.clone(),
            filters: !matches!(tab, Tab::Other) && !alone,
        })
    }
}

fn option(value: &str, text: String, chosen: &str) -> FilterOption {
    FilterOption { value: value.to_owned(), text, chosen: value == chosen }
}

fn fields(teller: &Teller<'_>) -> Vec<FilterField> {
    let report = teller.report;
    let choice = &report.choice;
    let field =
        |name: &'static str, options: Vec<FilterOption>| FilterField { name, text: teller.say(&format!("filter-{name}"), &[]), options };
    let mut all = Vec::new();
    let streams = report.open().survey.streams();
    if streams.len() > 1 {
        let now = report.prepared.stream().as_str();
        all.push(field("stream", streams.iter().map(|s| option(s.as_str(), teller.say(&format!("stream-{s}"), &[]), now)).collect()));
    }
    let kinds: Vec<UnitKind> = UnitKind::ALL.iter().copied().filter(|k| report.open().frame.units.values().any(|u| u.kind == *k)).collect();
    if kinds.len() > 1 {
        let mut options = vec![option("", teller.say("kind-all", &[]), &choice.kind)];
        options.extend(kinds.iter().map(|k| option(k.as_str(), teller.kind_name(*k), &choice.kind)));
        all.push(field("kind", options));
    }
    let modes: Vec<Mode> = Mode::ALL.iter().copied().filter(|m| report.prepared.table().mode.contains(m)).collect();
    if modes.len() > 1 {
        let mut options = vec![option("", teller.say("mode-all", &[]), &choice.mode)];
        options.extend(modes.iter().map(|m| option(m.as_str(), teller.say(&format!("mode-{m}"), &[]), &choice.mode)));
        all.push(field("mode", options));
    }
    if let Some(question) = service_question(report.open().questionnaire()) {
        let mut options = vec![option("", teller.say("service-all", &[]), &choice.service)];
        options.extend(question.options().iter().map(|o| option(&o.code, o.text.get(teller.lang()).to_owned(), &choice.service)));
        all.push(field("service", options));
    }
    all
}

/// What is chosen, for the line below the filters.
fn chosen(teller: &Teller<'_>) -> String {
    let filter = teller.report.prepared.filter();
    let mut said = Vec::new();
    match (filter.from, filter.until) {
        (None, None) => {}
        (from, until) => {
            let survey = &teller.report.open().survey;
            let (from, until) = (from.unwrap_or(survey.opens_on), until.unwrap_or(survey.closes_on));
            said.push(teller.say("period", &[("from", teller.language.day(from)), ("to", teller.language.day(until))]));
        }
    }
    said.extend(fields(teller).into_iter().filter(|f| f.name != "stream").filter_map(|f| {
        let chosen = f.options.iter().find(|o| o.chosen && !o.value.is_empty())?;
        Some(format!("{}: {}", f.text, chosen.text))
    }));
    said.join(" · ")
}

fn downloads(teller: &Teller<'_>, base: &str) -> Vec<Download> {
    let download = |path: &str, name: &str, key: &str| Download {
        to: teller.report.choice.link(&format!("{base}/{path}?lang={}", teller.lang())),
        name: name.to_owned(),
        text: teller.say(key, &[]),
    };
    vec![
        download("files/report.pdf", "PDF", "download-pdf"),
        download("files/report.docx", "DOCX", "download-docx"),
        download("files/slides.pdf", "PDF 16:9", "download-slides"),
        download("table.xlsx", "XLSX", "download-xlsx"),
        download("table.csv", "CSV", "download-csv"),
        download("table.parquet", "Parquet", "download-parquet"),
        download("table.json", "JSON-stat", "download-json"),
        download("codebook.xml", "DDI", "download-ddi"),
    ]
}
