//! What a release says, held against what the data give now.
//!
//! With the program version that wrote the release every number must be equal to its last digit: responses are read in order of id, so sums are made in
//! the same order. Another version may add in another order; then numbers agree when they differ by less than 10⁻⁹ of their size.

use std::collections::BTreeSet;

use serde::Serialize;

use super::compare::{self, Pair};
use super::content::{Content, Figure, WeightingSaid};
use super::ranks::RankSaid;
use crate::db::types::text_enum;
use crate::estimation::By;

/// Largest relative difference between numbers of different program versions.
const TOLERANCE: f64 = 1e-9;

text_enum! {
    /// What a finding is about.
    Part {
        /// The stored or downloaded text is not what was frozen.
        Content = "content",
        /// Survey, questionnaire, index or method.
        Basis = "basis",
        /// Units and their totals.
        Units = "units",
        /// The responses that were used.
        Responses = "responses",
        /// Their weights.
        Weights = "weights",
        /// A figure.
        Figure = "figure",
        /// The rank of a unit.
        Rank = "rank",
    }
}

/// Something that does not agree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What it is about.
    pub part: Part,
    /// Where: a unit, a figure, a field.
    pub place: String,
    /// What the release says.
    pub published: String,
    /// What the data give.
    pub recomputed: String,
    /// The same in a sentence.
    pub message: String,
}

impl Finding {
    /// A finding whose sentence is made of its parts.
    #[must_use]
    pub fn new(part: Part, place: impl Into<String>, published: impl Into<String>, recomputed: impl Into<String>) -> Self {
        let (place, published, recomputed) = (place.into(), published.into(), recomputed.into());
        let message = format!("{place}: the release says {published}, the data give {recomputed}");
        Finding { part, place, published, recomputed, message }
    }

    fn saying(mut self, message: String) -> Self {
        self.message = message;
        self
    }
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// What does not agree; nothing when the release is proven.
    pub findings: Vec<Finding>,
    /// What is different and changes no figure.
    pub notes: Vec<String>,
}

/// Holds a content against one that was computed anew.
#[must_use]
pub fn compare(published: &Content, now: &Content) -> Report {
    let mut report = Report::default();
    let same_version = published.software == now.software;
    if !same_version {
        report.notes.push(format!(
            "the release was computed by {} {}, this is {} {}: numbers may differ by less than {TOLERANCE} of their size",
            published.software.name, published.software.version, now.software.name, now.software.version
        ));
    }
    basis(published, now, &mut report);
    units(published, now, &mut report);
    responses(published, now, &mut report);
    let exactly = Equal { exact: same_version };
    weights(&published.weighting, &now.weighting, exactly, published.data.sha256 == now.data.sha256, &mut report);
    for pair in compare::pairs(published, now) {
        figure(pair, exactly, &mut report);
    }
    ranks(published, now, &mut report);
    report
}

/// A release from before there were ranks says nothing about them, so nothing can be wrong.
fn ranks(published: &Content, now: &Content, report: &mut Report) {
    let Some(said) = &published.ranking else {
        if now.ranking.is_some() {
            report.notes.push("the release holds no ranks of units".to_owned());
        }
        return;
    };
    let Some(found) = &now.ranking else {
        return report.findings.push(Finding::new(Part::Rank, "ranks of units", format!("{} unit(s) ranked", said.units.len()), "none"));
    };
    let mut differs = |place: &str, a: String, b: String| {
        if a != b {
            report.findings.push(Finding::new(Part::Rank, place, a, b));
        }
    };
    differs(
        "ranks of units, level, draws and seed",
        json(&(said.level, said.draws, said.seed)),
        json(&(found.level, found.draws, found.seed)),
    );
    let word = |r: Option<&RankSaid>| r.map_or_else(|| "no rank".to_owned(), |r| format!("rank {} within {}", r.rank, r.set()));
    for pair in compare::ranks(published, now) {
        differs(&format!("unit {}, rank", pair.unit), word(pair.before), word(pair.after));
    }
    differs("groups of units that do not differ", json(&said.groups), json(&found.groups));
}

/// How numbers are compared.
#[derive(Debug, Clone, Copy)]
struct Equal {
    exact: bool,
}

impl Equal {
    fn numbers(self, a: f64, b: f64) -> bool {
        a == b || (!self.exact && (a - b).abs() <= TOLERANCE * a.abs().max(b.abs()))
    }

    fn optional(self, a: Option<f64>, b: Option<f64>) -> bool {
        match (a, b) {
            (Some(a), Some(b)) => self.numbers(a, b),
            (a, b) => a == b,
        }
    }
}

/// A field as it stands in the document.
fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_else(|e| e.to_string())
}

fn basis(published: &Content, now: &Content, report: &mut Report) {
    let mut differs = |place: &str, a: String, b: String| {
        if a != b {
            report.findings.push(Finding::new(Part::Basis, place, a, b));
        }
    };
    let (p, n) = (&published.survey, &now.survey);
    differs("survey", p.code.clone(), n.code.clone());
    differs("survey.period", json(&(p.opens_on, p.closes_on, p.tree_date)), json(&(n.opens_on, n.closes_on, n.tree_date)));
    differs("survey.streams", json(&p.streams), json(&n.streams));
    differs("questionnaire", json(&published.questionnaire), json(&now.questionnaire));
    differs("index", json(&published.index), json(&now.index));
    differs("method", json(&published.method), json(&now.method));
    differs("demonstration", json(&published.demonstration), json(&now.demonstration));
    if p.title != n.title {
        report.notes.push(format!("the survey's title is now {}", json(&n.title)));
    }
    if p.series != n.series {
        report.notes.push(format!("the survey's series is now {}", json(&n.series)));
    }
}

fn units(published: &Content, now: &Content, report: &mut Report) {
    let codes: BTreeSet<&str> = published.units.iter().chain(&now.units).map(|u| u.code.as_str()).collect();
    for code in codes {
        let place = format!("unit {code}");
        match (published.unit(code), now.unit(code)) {
            (Some(a), Some(b)) => {
                if a.total != b.total {
                    report.findings.push(Finding::new(Part::Units, format!("{place}, total"), json(&a.total), json(&b.total)));
                }
                if a.kind != b.kind {
                    report.findings.push(Finding::new(Part::Units, format!("{place}, kind"), json(&a.kind), json(&b.kind)));
                }
                if a.name != b.name || a.parent != b.parent {
                    report.notes.push(format!("unit {code} is now called {} below {}", json(&b.name), json(&b.parent)));
                }
            }
            (a, _) => {
                let word = |there: bool| if there { "a unit of the survey" } else { "no unit of the survey" };
                report.findings.push(Finding::new(Part::Units, place, word(a.is_some()), word(a.is_none())));
            }
        }
    }
}

fn responses(published: &Content, now: &Content, report: &mut Report) {
    let (a, b) = (&published.data, &now.data);
    if a.responses == b.responses && a.sha256 == b.sha256 && a.units == b.units {
        return;
    }
    let what = match (a.responses, b.responses) {
        (was, is) if is > was => format!("{} response(s) were added after the release was frozen", is - was),
        (was, is) if is < was => format!("{} response(s) are missing", was - is),
        _ => "responses were changed: there are as many as before, but they are not the same".to_owned(),
    };
    let all = |d: &super::content::DataCut| format!("{} responses, SHA-256 {}", d.responses, d.sha256);
    report.findings.push(Finding::new(Part::Responses, "all units", all(a), all(b)).saying(what));
    let units: BTreeSet<&String> = a.units.keys().chain(b.units.keys()).collect();
    for unit in units {
        let (was, is) = (a.units.get(unit), b.units.get(unit));
        if was != is {
            let digest = |d: Option<&String>| d.map_or_else(|| "no responses".to_owned(), |d| format!("SHA-256 {d}"));
            let message = format!("the responses of unit {unit} are not those of the release");
            report.findings.push(Finding::new(Part::Responses, format!("unit {unit}"), digest(was), digest(is)).saying(message));
        }
    }
}

fn weights(published: &WeightingSaid, now: &WeightingSaid, equal: Equal, same_responses: bool, report: &mut Report) {
    let mut differ = false;
    if published.steps.len() != now.steps.len() {
        differ = true;
        report.findings.push(Finding::new(Part::Weights, "steps of the weighting", json(&published.steps), json(&now.steps)));
    }
    for (a, b) in published.steps.iter().zip(&now.steps) {
        let same = a.step == b.step
            && a.n == b.n
            && equal.numbers(a.sum, b.sum)
            && equal.optional(a.smallest, b.smallest)
            && equal.optional(a.largest, b.largest)
            && equal.optional(a.kish, b.kish);
        if !same {
            differ = true;
            report.findings.push(Finding::new(Part::Weights, format!("weights after step {}", a.step), json(a), json(b)));
        }
    }
    if published.sha256 != now.sha256 && !differ {
        if equal.exact || !same_responses {
            report.findings.push(Finding::new(Part::Weights, "final weights, SHA-256", &*published.sha256, &*now.sha256));
        } else {
            report.notes.push(
                "the final weights are the same to nine digits, but not to the last one, as between versions of the program".to_owned(),
            );
        }
    }
}

/// Name of a figure: group and measure.
#[must_use]
pub fn named(figure: &Figure) -> String {
    let group = match figure.by {
        By::All => "all units".to_owned(),
        By::Kind => format!("kind {}", figure.kind.map_or("", |k| k.as_str())),
        By::Unit => format!("unit {}", figure.unit.as_deref().unwrap_or("")),
        By::Mode | By::Month => figure.by.to_string(),
    };
    format!("{group}, {}", figure.measure)
}

fn figure(pair: Pair<'_>, equal: Equal, report: &mut Report) {
    let (a, b) = match (pair.before, pair.after) {
        (Some(a), Some(b)) => (a, b),
        (Some(a), None) => return report.findings.push(Finding::new(Part::Figure, named(a), json(a), "no such figure")),
        (None, Some(b)) => return report.findings.push(Finding::new(Part::Figure, named(b), "no such figure", json(b))),
        (None, None) => return,
    };
    let mut field = |name: &str, same: bool, published: String, recomputed: String| {
        if !same {
            report.findings.push(Finding::new(Part::Figure, format!("{}, {name}", named(a)), published, recomputed));
        }
    };
    for (name, x, y) in [
        ("estimate", a.estimate, b.estimate),
        ("se", a.se, b.se),
        ("ci_low", a.ci_low, b.ci_low),
        ("ci_high", a.ci_high, b.ci_high),
        ("deff", a.deff, b.deff),
    ] {
        field(name, equal.optional(x, y), json(&x), json(&y));
    }
    field("n", a.n == b.n, a.n.to_string(), b.n.to_string());
    field("n_valid", a.n_valid == b.n_valid, a.n_valid.to_string(), b.n_valid.to_string());
    field("flags", a.flags == b.flags, json(&a.flags), json(&b.flags));
    field("band", a.band == b.band, json(&a.band), json(&b.band));
}
