//! Figures in words: every number of a page or document becomes text here, in the reader's language.

use chrono::Datelike;
use serde::Serialize;

use super::report::Report;
use crate::estimation::change::{Change, Wave};
use crate::estimation::{Level, Row};
use crate::questionnaires::model::IndexKind;
use crate::units::UnitKind;
use crate::web::Language;
use crate::web::locale::Words;

/// Decimals of an index, as the ministry prints it.
pub const DECIMALS: usize = 2;

/// A figure in words.
#[derive(Debug, Clone, PartialEq, Serialize)]
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
    /// The value to sort by; none when there is none.
    pub sort: Option<f64>,
}

/// A change in words.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChangeView {
    /// `up`, `down` or `level`: what is shown at the level, looked at by itself.
    pub direction: &'static str,
    /// The same when all units are looked at together.
    pub among_all: &'static str,
    /// With sign and unit: `+2,93 điểm`.
    pub points: String,
    /// The interval of the difference.
    pub interval: Option<(String, String)>,
    /// The value before.
    pub before: String,
    /// The whole in a sentence.
    pub sentence: String,
    /// The difference to sort by.
    pub sort: f64,
}

/// Puts a report into words.
#[derive(Clone, Copy)]
pub struct Teller<'a> {
    /// The report.
    pub report: &'a Report,
    /// Language.
    pub language: Language,
    /// Words of the interface.
    pub words: &'a Words,
}

impl Teller<'_> {
    /// Words under a key.
    #[must_use]
    pub fn say(&self, key: &str, values: &[(&str, String)]) -> String {
        self.words.say(key, values)
    }

    /// Code of the language.
    #[must_use]
    pub fn lang(&self) -> &'static str {
        self.language.code()
    }

    /// Whether figures are percentages.
    #[must_use]
    pub fn percent(&self) -> bool {
        self.report.prepared.index().is_ok_and(|i| i.kind == IndexKind::SatisfiedShare)
    }

    /// The largest value of a figure.
    #[must_use]
    pub fn largest(&self, measure: &str) -> f64 {
        self.report.measure(measure).map_or(100.0, |m| m.largest)
    }

    /// A value of a figure with its unit.
    #[must_use]
    pub fn value(&self, value: f64) -> String {
        let text = self.plain(value);
        if self.percent() { format!("{text}%") } else { text }
    }

    /// A value without its unit.
    #[must_use]
    pub fn plain(&self, value: f64) -> String {
        self.language.number(value, DECIMALS)
    }

    /// A difference of figures with sign and unit.
    #[must_use]
    pub fn points(&self, difference: f64) -> String {
        // What is rounded to nothing has no sign.
        let text = self.language.number(difference, DECIMALS);
        let signed = if difference > 0.0 && text.bytes().any(|b| (b'1'..=b'9').contains(&b)) { format!("+{text}") } else { text };
        self.say("points", &[("n", signed)])
    }

    /// A row's figure in words.
    #[must_use]
    pub fn figure(&self, row: &Row) -> Figure {
        self.figure_as(row, self.percent())
    }

    /// A share of people in words, whatever the index measures.
    #[must_use]
    pub fn share(&self, row: &Row) -> Figure {
        self.figure_as(row, true)
    }

    fn figure_as(&self, row: &Row, percent: bool) -> Figure {
        let value = |v: f64| if percent { format!("{}%", self.plain(v)) } else { self.plain(v) };
        Figure {
            value: row.estimate.map_or_else(|| self.reason(row), value),
            given: row.estimate.is_some(),
            interval: row.ci_low.zip(row.ci_high).map(|(a, b)| (self.plain(a), self.plain(b))),
            se: row.se.map(|v| self.plain(v)),
            band: row.band.as_ref().map(|b| b.get(self.lang()).to_owned()),
            n_valid: self.language.count(row.n_valid),
            n: self.language.count(row.n),
            sort: row.estimate,
        }
    }

    /// Why a row has no figure.
    #[must_use]
    pub fn reason(&self, row: &Row) -> String {
        self.say(&row.reason().replace('_', "-"), &[])
    }

    /// A figure that nobody answered.
    #[must_use]
    pub fn missing(&self) -> Figure {
        let zero = self.language.count(0);
        Figure {
            value: self.say("none-answered", &[]),
            given: false,
            interval: None,
            se: None,
            band: None,
            n_valid: zero.clone(),
            n: zero,
            sort: None,
        }
    }

    /// An interval in words: `85,20 đến 87,70`.
    #[must_use]
    pub fn range(&self, ends: &(String, String)) -> String {
        self.say("report-interval-ends", &[("low", ends.0.clone()), ("high", ends.1.clone())])
    }

    /// Name of a figure of the index.
    #[must_use]
    pub fn measure_name(&self, code: &str) -> String {
        self.report.measure(code).map_or_else(|| code.to_owned(), |m| m.text.get(self.lang()).to_owned())
    }

    /// Name of a unit.
    #[must_use]
    pub fn unit_name(&self, code: &str) -> String {
        self.report.open().unit(code).map_or_else(|| code.to_owned(), |u| u.name(self.lang()).to_owned())
    }

    /// Name of a kind of unit.
    #[must_use]
    pub fn kind_name(&self, kind: UnitKind) -> String {
        self.say(&format!("kind-{}", kind.as_str().replace('_', "-")), &[])
    }

    /// Ranks in words: `3` or `3–9`.
    #[must_use]
    pub fn ranks(&self, low: u32, high: u32) -> String {
        if low == high { low.to_string() } else { format!("{low}–{high}") }
    }

    /// The wave before, for sentences.
    #[must_use]
    pub fn before_title(&self) -> String {
        self.report.before().map_or_else(String::new, |b| self.wave_name(&b.wave))
    }

    /// A wave by the month it ended in, as short as a sentence needs it.
    #[must_use]
    pub fn wave_name(&self, wave: &Wave) -> String {
        self.say("wave-name", &[("month", format!("{}/{}", wave.until.month(), wave.until.year()))])
    }

    /// A change in words.
    #[must_use]
    pub fn change(&self, change: &Change) -> ChangeView {
        let level = self.report.prepared.level();
        let word = |direction: i8| match direction {
            1 => "up",
            -1 => "down",
            _ => "level",
        };
        let direction = word(change.direction(level));
        let points = self.points(change.difference);
        let amount = self.points(change.difference.abs()).trim_start_matches('+').to_owned();
        let values = [("points", points.clone()), ("amount", amount), ("before", self.value(change.before)), ("wave", self.before_title())];
        let key = match direction {
            "level" if change.p.is_none() => "change-untested",
            "level" => "change-level",
            "up" => "change-up",
            _ => "change-down",
        };
        ChangeView {
            direction,
            among_all: word(change.direction_among_all(level)),
            points,
            interval: change.interval.map(|(a, b)| (self.plain(a), self.plain(b))),
            before: self.value(change.before),
            sentence: self.say(key, &values),
            sort: change.difference,
        }
    }

    /// The change of one figure of one unit (none: all together), when there is one.
    #[must_use]
    pub fn change_of(&self, changes: &[Change], unit: Option<&str>, measure: &str) -> Option<ChangeView> {
        changes.iter().find(|c| c.unit.as_deref() == unit && c.measure == measure).map(|c| self.change(c))
    }

    /// The sentence on top about the overall figure.
    #[must_use]
    pub fn headline(&self, row: Option<&Row>) -> String {
        let Some(row) = row else { return self.say("headline-nothing", &[]) };
        let overall = self.figure(row);
        let (low, high) = overall.interval.clone().unwrap_or_default();
        let band = overall.band.clone().unwrap_or_default();
        let name = self.measure_name(&row.measure);
        let values = [("value", overall.value), ("low", low), ("high", high), ("name", name), ("n", overall.n_valid), ("band", band)];
        let key = match (overall.given, overall.interval.is_some(), self.percent(), overall.band.is_some()) {
            (false, ..) => "headline-nothing",
            (true, false, ..) => "headline-no-interval",
            (true, true, true, _) => "headline-share",
            (true, true, false, true) => "headline-points",
            (true, true, false, false) => "headline-points-plain",
        };
        self.say(key, &values)
    }

    /// How the figures were made, sentence by sentence.
    #[must_use]
    pub fn method(&self) -> Vec<String> {
        let m = self.report.prepared.method();
        let aggregation = serde_json::to_value(m.aggregation).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default();
        let mut lines = vec![
            self.say("method-questionnaire", &[("code", m.questionnaire.clone()), ("version", m.version.clone())]),
            self.say(&format!("aggregation-{}", aggregation.replace('_', "-")), &[]),
            self.say(&format!("weighting-{}", m.weighting), &[]),
            self.say(&format!("method-stream-{}", m.stream), &[]),
            self.say("method-interval", &[("level", self.language.number(m.level * 100.0, 0))]),
            self.say("method-threshold", &[("n", self.language.count(m.threshold))]),
            self.say("method-withheld", &[]),
            self.say("method-n", &[("n", self.language.count(m.n)), ("cut", self.language.moment(self.report.cut))]),
        ];
        if m.units_without_responses > 0 {
            lines.push(self.say("method-units-missing", &[("n", m.units_without_responses.to_string())]));
        }
        lines
    }

    /// The line below a chart: where its figures come from.
    #[must_use]
    pub fn source(&self) -> String {
        let survey = &self.report.open().survey;
        let key = if survey.demonstration { "chart-source-demonstration" } else { "chart-source" };
        self.say(key, &[("survey", survey.title(self.lang()).to_owned()), ("cut", self.language.moment(self.report.cut))])
    }

    /// The line above a chart: what is measured, on how many forms.
    #[must_use]
    pub fn measured(&self, overall: Option<&Row>) -> String {
        let n = self.language.count(overall.map_or(0, |r| r.n_valid));
        let name = overall.map(|r| self.measure_name(&r.measure)).unwrap_or_default();
        let stream = self.say(&format!("stream-{}", self.report.prepared.stream()), &[]);
        self.say("chart-measured", &[("name", name), ("n", n), ("stream", stream)])
    }

    /// Codes of the figures of one level, in the order of the index.
    #[must_use]
    pub fn codes(&self, level: Level) -> Vec<String> {
        self.report.measures(level).map(|m| m.code.clone()).collect()
    }
}
