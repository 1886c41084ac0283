//! The report page's view. All numbers become text here, in the reader's language.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::chart::{self, Dot, DotPlot, Strip};
use crate::estimation::analysis::Method;
use crate::estimation::{Level, NamedMeasure, Row};
use crate::questionnaires::model::IndexKind;
use crate::surveys::Open;
use crate::units::UnitKind;
use crate::web::Language;
use crate::web::locale::Words;

/// Decimals of an index, as the ministry prints it.
pub const DECIMALS: usize = 2;

/// What the address asks for.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
pub struct Choice {
    /// Only units of this kind.
    #[serde(default)]
    pub kind: Option<String>,
    /// `estimate` (default), `name`, `n`.
    #[serde(default)]
    pub sort: Option<String>,
    /// Which stream; the survey's first when left out.
    #[serde(default)]
    pub stream: Option<String>,
}

/// A figure in words.
#[derive(Debug, Clone, Serialize)]
pub struct Figure {
    /// The value with its unit, or why there is none.
    pub value: String,
    /// Whether it is a value.
    pub given: bool,
    /// The interval: two ends.
    pub interval: Option<(String, String)>,
    /// Standard error.
    pub se: Option<String>,
    /// Name of the band.
    pub band: Option<String>,
    /// Valid forms.
    pub n_valid: String,
    /// Responses.
    pub n: String,
}

/// A line of the table of units.
#[derive(Debug, Clone, Serialize)]
pub struct UnitLine {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Kind, in words.
    pub kind: String,
    /// The overall figure.
    pub overall: Figure,
    /// The figures of the parts.
    pub parts: Vec<Figure>,
    /// Where the overall figure lies on the drawing's axis.
    pub strip: Option<Strip>,
}

/// A bar.
#[derive(Debug, Clone, Serialize)]
pub struct Bar {
    /// Code of the figure.
    pub code: String,
    /// Name.
    pub name: String,
    /// The figure.
    pub figure: Figure,
    /// Length in hundredths of the full scale.
    pub width: f64,
    /// Ends of the interval in hundredths of the full scale.
    pub whisker: Option<(f64, f64)>,
}

/// A part with its factors.
#[derive(Debug, Clone, Serialize)]
pub struct PartView {
    /// The part.
    pub part: Bar,
    /// Its factors.
    pub factors: Vec<Bar>,
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

/// The whole page.
#[derive(Debug, Serialize)]
pub struct ReportView {
    /// Code of the survey.
    pub survey: String,
    /// Its title.
    pub title: String,
    /// Its status, in words.
    pub status: String,
    /// First and last day.
    pub period: (String, String),
    /// The sentence on top.
    pub headline: String,
    /// The overall figure.
    pub overall: Figure,
    /// Name of the overall figure.
    pub overall_name: String,
    /// Whether the figures are percentages.
    pub percent: bool,
    /// Parts and factors.
    pub parts: Vec<PartView>,
    /// Units shown.
    pub units: Vec<UnitLine>,
    /// Names of the parts, heading the table.
    pub part_names: Vec<String>,
    /// The drawing.
    pub plot: DotPlot,
    /// What the drawing says, for those who do not see it.
    pub plot_description: String,
    /// Kinds to filter by.
    pub kinds: Vec<FilterOption>,
    /// Orders to sort by.
    pub sorts: Vec<FilterOption>,
    /// Streams to look at.
    pub streams: Vec<FilterOption>,
    /// How the figures were made, sentence by sentence.
    pub method: Vec<String>,
    /// Whether the answers are self-selected.
    pub not_probability: bool,
    /// Address of the table as CSV.
    pub csv: String,
}

/// Everything estimated for the page.
pub struct Figures<'a> {
    /// All units together: overall, parts, factors.
    pub all: &'a [Row],
    /// Each unit: overall, parts.
    pub units: &'a [Row],
    /// How.
    pub method: &'a Method,
    /// Names of the figures.
    pub measures: &'a [NamedMeasure],
    /// When the responses were read, UTC.
    pub cut: chrono::NaiveDateTime,
}

/// Makes the page's view.
pub struct Maker<'a> {
    /// The survey.
    pub open: &'a Open,
    /// The figures.
    pub figures: Figures<'a>,
    /// Language.
    pub language: Language,
    /// Words of the interface.
    pub words: &'a Words,
    /// What the address asks for.
    pub choice: &'a Choice,
}

impl Maker<'_> {
    fn say(&self, key: &str, values: &[(&str, String)]) -> String {
        self.words.say(key, values)
    }

    fn percent(&self) -> bool {
        self.figures.method.kind == IndexKind::SatisfiedShare
    }

    fn largest(&self) -> f64 {
        self.figures.measures.first().map_or(100.0, |m| m.largest)
    }

    fn number(&self, value: f64) -> String {
        let text = self.language.number(value, DECIMALS);
        if self.percent() { format!("{text}%") } else { text }
    }

    /// A row's figure in words.
    #[must_use]
    pub fn figure(&self, row: &Row) -> Figure {
        let why = match row.flags.first().copied() {
            _ if row.n == 0 => "none-answered",
            Some("too_few") => "too-few",
            _ => "not-computable",
        };
        Figure {
            value: row.estimate.map_or_else(|| self.say(why, &[]), |v| self.number(v)),
            given: row.estimate.is_some(),
            interval: row.ci_low.zip(row.ci_high).map(|(a, b)| (self.language.number(a, DECIMALS), self.language.number(b, DECIMALS))),
            se: row.se.map(|v| self.language.number(v, DECIMALS)),
            band: row.band.as_ref().map(|b| b.get(self.language.code()).to_owned()),
            n_valid: self.language.count(row.n_valid),
            n: self.language.count(row.n),
        }
    }

    /// Names a figure of the index.
    fn measure_name(&self, code: &str) -> String {
        self.figures
            .measures
            .iter()
            .find(|m| m.code == code)
            .map_or_else(|| code.to_owned(), |m| m.text.get(self.language.code()).to_owned())
    }

    fn bar(&self, row: &Row) -> Bar {
        let full = self.figures.measures.iter().find(|m| m.code == row.measure).map_or(100.0, |m| m.largest);
        let hundredths = |v: f64| (v / full * 1000.0).round() / 10.0;
        Bar {
            code: row.measure.clone(),
            name: self.measure_name(&row.measure),
            figure: self.figure(row),
            width: row.estimate.map_or(0.0, hundredths),
            whisker: row.ci_low.zip(row.ci_high).map(|(a, b)| (hundredths(a), hundredths(b))),
        }
    }

    /// The page.
    #[must_use]
    pub fn view(&self) -> ReportView {
        let lang = self.language.code();
        let survey = &self.open.survey;
        let overall_row = self.figures.all.iter().find(|r| r.measure_level == Level::Overall);
        let overall = overall_row.map_or_else(|| self.missing(), |r| self.figure(r));
        let mut lines = self.unit_lines();
        let (plot, strips) = self.plot(&lines, overall_row.and_then(|r| r.estimate));
        for ((_, line), strip) in lines.iter_mut().zip(strips) {
            line.strip = strip;
        }
        let shown = lines.iter().filter(|(row, _)| row.estimate.is_some()).count();
        ReportView {
            survey: survey.code.clone(),
            title: survey.title(lang).to_owned(),
            status: self.say(&format!("status-{}", survey.status), &[]),
            period: (self.language.day(survey.opens_on), self.language.day(survey.closes_on)),
            headline: self.headline(&overall),
            overall_name: overall_row.map(|r| self.measure_name(&r.measure)).unwrap_or_default(),
            overall,
            percent: self.percent(),
            parts: self.parts(),
            part_names: self.figures.all.iter().filter(|r| r.measure_level == Level::Part).map(|r| self.measure_name(&r.measure)).collect(),
            plot_description: self.say("plot-description", &[("shown", shown.to_string()), ("all", lines.len().to_string())]),
            units: lines.into_iter().map(|(_, line)| line).collect(),
            plot,
            kinds: self.kinds(),
            sorts: ["estimate", "name", "n"]
                .map(|s| self.option(s, &format!("sort-{s}"), self.choice.sort.as_deref().unwrap_or("estimate")))
                .into(),
            streams: self.streams(),
            method: self.method(),
            not_probability: !self.figures.method.probability_sample,
            csv: format!("/reports/{}/table.csv?stream={}&lang={lang}", survey.code, self.figures.method.stream),
        }
    }

    fn missing(&self) -> Figure {
        Figure {
            value: self.say("none-answered", &[]),
            given: false,
            interval: None,
            se: None,
            band: None,
            n_valid: "0".into(),
            n: "0".into(),
        }
    }

    fn option(&self, value: &str, key: &str, chosen: &str) -> FilterOption {
        FilterOption { value: value.to_owned(), text: self.say(key, &[]), chosen: value == chosen }
    }

    fn kinds(&self) -> Vec<FilterOption> {
        let chosen = self.choice.kind.as_deref().unwrap_or("");
        let present = |k: &UnitKind| self.open.frame.units.values().any(|u| u.kind == *k);
        let mut all = vec![self.option("", "kind-all", chosen)];
        all.extend(UnitKind::ALL.iter().filter(|k| present(k)).map(|k| self.option(k.as_str(), &kind_key(*k), chosen)));
        all
    }

    fn streams(&self) -> Vec<FilterOption> {
        let now = self.figures.method.stream;
        self.open.survey.streams().into_iter().map(|s| self.option(s.as_str(), &format!("stream-{s}"), now.as_str())).collect()
    }

    fn headline(&self, overall: &Figure) -> String {
        let name = self.figures.measures.first().map(|m| m.text.get(self.language.code()).to_owned()).unwrap_or_default();
        let values = |low: &str, high: &str| {
            vec![
                ("value", overall.value.clone()),
                ("low", low.to_owned()),
                ("high", high.to_owned()),
                ("name", name.clone()),
                ("n", overall.n_valid.clone()),
            ]
        };
        match (&overall.interval, overall.given) {
            (Some((low, high)), true) if self.percent() => self.say("headline-share", &values(low, high)),
            (Some((low, high)), true) => match &overall.band {
                Some(band) => self.say("headline-points", &[values(low, high), vec![("band", band.clone())]].concat()),
                None => self.say("headline-points-plain", &values(low, high)),
            },
            (None, true) => self.say("headline-no-interval", &values("", "")),
            _ => self.say("headline-nothing", &values("", "")),
        }
    }

    fn parts(&self) -> Vec<PartView> {
        let index = self.open.questionnaire().index.as_ref();
        let by_code: BTreeMap<&str, &Row> = self.figures.all.iter().map(|r| (r.measure.as_str(), r)).collect();
        let bar = |code: &str| by_code.get(code).map(|r| self.bar(r));
        index
            .into_iter()
            .flat_map(|i| &i.parts)
            .filter_map(|p| Some(PartView { part: bar(&p.code)?, factors: p.factors.iter().filter_map(|f| bar(&f.code)).collect() }))
            .collect()
    }

    fn unit_lines(&self) -> Vec<(Row, UnitLine)> {
        let lang = self.language.code();
        let mut by_unit: BTreeMap<&str, (Option<&Row>, Vec<&Row>)> = BTreeMap::new();
        for row in self.figures.units {
            let Some(unit) = row.unit.as_deref() else { continue };
            let entry = by_unit.entry(unit).or_default();
            match row.measure_level {
                Level::Overall => entry.0 = Some(row),
                _ => entry.1.push(row),
            }
        }
        let mut lines: Vec<(Row, UnitLine)> = by_unit
            .into_iter()
            .filter_map(|(code, (overall, parts))| {
                let unit = self.open.unit(code)?;
                let overall = overall?;
                if self.choice.kind.as_deref().is_some_and(|k| !k.is_empty() && k != unit.kind.as_str()) {
                    return None;
                }
                let line = UnitLine {
                    code: code.to_owned(),
                    name: unit.name(lang).to_owned(),
                    kind: self.say(&kind_key(unit.kind), &[]),
                    overall: self.figure(overall),
                    parts: parts.into_iter().map(|r| self.figure(r)).collect(),
                    strip: None,
                };
                Some((overall.clone(), line))
            })
            .collect();
        match self.choice.sort.as_deref() {
            Some("name") => lines.sort_by(|a, b| a.1.name.cmp(&b.1.name)),
            Some("n") => lines.sort_by(|a, b| b.0.n_valid.cmp(&a.0.n_valid).then_with(|| a.1.code.cmp(&b.1.code))),
            _ => lines.sort_by(|a, b| descending(a.0.estimate, b.0.estimate).then_with(|| a.1.code.cmp(&b.1.code))),
        }
        lines
    }

    fn plot(&self, lines: &[(Row, UnitLine)], overall: Option<f64>) -> (DotPlot, Vec<Option<Strip>>) {
        let dots = lines
            .iter()
            .map(|(row, line)| Dot {
                name: line.name.clone(),
                label: line.overall.value.clone(),
                value: row.estimate.map(|v| (v, row.ci_low.unwrap_or(v), row.ci_high.unwrap_or(v))),
            })
            .collect();
        chart::dot_plot(dots, overall, self.largest(), |v| self.language.number(v, 0))
    }

    fn method(&self) -> Vec<String> {
        let m = self.figures.method;
        let aggregation = serde_json::to_value(m.aggregation).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default();
        let mut lines = vec![
            self.say("method-questionnaire", &[("code", m.questionnaire.clone()), ("version", m.version.clone())]),
            self.say(&format!("aggregation-{}", aggregation.replace('_', "-")), &[]),
            self.say(&format!("weighting-{}", m.weighting), &[]),
            self.say(&format!("method-stream-{}", m.stream), &[]),
            self.say("method-interval", &[("level", self.language.number(m.level * 100.0, 0))]),
            self.say("method-threshold", &[("n", self.language.count(m.threshold))]),
            self.say("method-n", &[("n", self.language.count(m.n)), ("cut", self.cut())]),
        ];
        if m.units_without_responses > 0 {
            lines.push(self.say("method-units-missing", &[("n", m.units_without_responses.to_string())]));
        }
        lines
    }

    /// The data cut: day and minute, UTC.
    fn cut(&self) -> String {
        format!("{} {} UTC", self.language.day(self.figures.cut.date()), self.figures.cut.format("%H:%M"))
    }
}

/// Higher first, missing last.
fn descending(a: Option<f64>, b: Option<f64>) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => b.total_cmp(&a),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
}

fn kind_key(kind: UnitKind) -> String {
    format!("kind-{}", kind.as_str().replace('_', "-"))
}
