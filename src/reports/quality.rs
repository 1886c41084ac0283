//! Quality of the answers, means of answering, streams.

use serde::Serialize;

use super::pictures::{ChartView, Picture};
use super::teller::{Figure, Teller};
use crate::error::Result;
use crate::estimation::analysis::{Request, prepare_filtered};
use crate::estimation::compare::{self, Comparison};
use crate::estimation::quality::Flagged;
use crate::estimation::{By, Level};

/// Units listed with most flags.
const MOST: usize = 10;

/// The page.
#[derive(Debug, Serialize)]
pub struct QualityView {
    /// All forms: what, how many, which share.
    pub flags: Vec<(String, String, String)>,
    /// Forms.
    pub n: String,
    /// Units with the largest shares of flagged forms: name, forms, flagged, share.
    pub units: Vec<(String, String, String, String)>,
    /// Items with the most missing answers.
    pub items: Vec<ItemResponse>,
    /// Means of answering.
    pub modes: Option<ChartView>,
    /// The same as a table.
    pub mode_rows: Vec<(String, Figure)>,
    /// Pairs of modes that differ, in sentences.
    pub mode_pairs: Vec<String>,
    /// Streams, side by side but never together.
    pub streams: Vec<(String, Figure)>,
    /// Pairs of streams that differ, in sentences.
    pub stream_pairs: Vec<String>,
}

/// How an item was answered.
#[derive(Debug, Serialize)]
pub struct ItemResponse {
    /// The question.
    pub name: String,
    /// Valid answers.
    pub valid: String,
    /// Shares of forms: not applicable, prefer not to say, left out.
    pub shares: [String; 3],
    /// Whether more than a tenth is missing or refused.
    pub much: bool,
}

/// Makes the page.
///
/// # Errors
/// Those of the figures.
pub fn view(teller: &Teller<'_>) -> Result<QualityView> {
    let report = teller.report;
    let quality = report.figures().quality(&report.prepared)?;
    let all = &quality.all;
    let flag = |key: &str, n: u64| (teller.say(key, &[]), teller.language.count(n), share(teller, n, all.n));
    let mut units: Vec<&Flagged> = quality.units.iter().filter(|u| u.any > 0 && u.n >= report.prepared.threshold()).collect();
    let rate = |u: &Flagged| ratio(u.any, u.n);
    units.sort_by(|a, b| rate(b).total_cmp(&rate(a)).then_with(|| a.unit.cmp(&b.unit)));
    let unit = |u: &&Flagged| {
        let name = teller.unit_name(u.unit.as_deref().unwrap_or_default());
        (name, teller.language.count(u.n), teller.language.count(u.any), share(teller, u.any, u.n))
    };
    let items = quality.items.iter().map(|i| {
        let asked = i.valid + i.not_applicable + i.refused + i.missing;
        ItemResponse {
            name: teller.measure_name(&i.measure),
            valid: teller.language.count(i.valid),
            shares: [i.not_applicable, i.refused, i.missing].map(|n| share(teller, n, asked)),
            much: ratio(i.refused + i.missing, asked) > 0.1,
        }
    });
    let modes = report.figures().modes(&report.prepared)?;
    let mode_name = |m: &str| teller.say(&format!("mode-{m}"), &[]);
    let streams = streams(teller)?;
    let stream_name = |s: &str| teller.say(&format!("stream-{s}"), &[]);
    Ok(QualityView {
        flags: vec![
            flag("flag-alike", all.alike),
            flag("flag-sparse", all.sparse),
            flag("flag-repeated", all.repeated),
            flag("flag-any", all.any),
        ],
        n: teller.language.count(all.n),
        units: units.iter().take(MOST).map(unit).collect(),
        items: items.collect(),
        modes: ChartView::named(teller, Picture::Modes)?,
        mode_rows: rows(teller, &modes, &mode_name),
        mode_pairs: pairs(teller, &modes, &mode_name),
        streams: streams.as_ref().map(|c| rows(teller, c, &stream_name)).unwrap_or_default(),
        stream_pairs: streams.as_ref().map(|c| pairs(teller, c, &stream_name)).unwrap_or_default(),
    })
}

#[expect(clippy::cast_precision_loss, reason = "counts of forms are far below 2^53")]
fn ratio(part: u64, all: u64) -> f64 {
    if all == 0 { 0.0 } else { part as f64 / all as f64 }
}

fn share(teller: &Teller<'_>, part: u64, all: u64) -> String {
    format!("{}%", teller.language.number(ratio(part, all) * 100.0, 1))
}

fn rows(teller: &Teller<'_>, comparison: &Comparison, name: &dyn Fn(&str) -> String) -> Vec<(String, Figure)> {
    let overall = comparison.rows.iter().filter(|r| r.measure_level == Level::Overall);
    overall.map(|r| (name(r.category.as_deref().unwrap_or_default()), teller.figure(r))).collect()
}

/// The pairs that differ, in sentences; one sentence when none does, nothing when there is no pair.
#[must_use]
pub fn pairs(teller: &Teller<'_>, comparison: &Comparison, name: &dyn Fn(&str) -> String) -> Vec<String> {
    if comparison.pairs.is_empty() {
        return Vec::new();
    }
    let level = teller.report.prepared.level();
    let differing = comparison.pairs.iter().filter(|p| p.p_adjusted.is_some_and(|p| p < 1.0 - level));
    let said: Vec<String> = differing
        .map(|p| {
            // The higher one first.
            let (a, b) = if p.difference >= 0.0 { (&p.first, &p.second) } else { (&p.second, &p.first) };
            let amount = teller.points(p.difference.abs()).trim_start_matches('+').to_owned();
            teller.say("pair-differs", &[("first", name(a)), ("second", name(b)), ("amount", amount)])
        })
        .collect();
    if said.is_empty() { vec![teller.say("pair-none", &[])] } else { said }
}

/// The overall figure of each stream; none when there is only one with answers.
fn streams(teller: &Teller<'_>) -> Result<Option<Comparison>> {
    let report = teller.report;
    let survey = &report.open().survey;
    if survey.streams().len() < 2 {
        return Ok(None);
    }
    let mut rows = Vec::new();
    for stream in survey.streams() {
        let request = Request { stream: Some(stream), level: report.prepared.level() };
        let own = prepare_filtered(report.db(), report.tables(), report.open(), request, report.prepared.filter().clone())?;
        let mut overall = own.estimate(By::All, &[Level::Overall])?;
        overall.iter_mut().for_each(|r| r.category = Some(stream.to_string()));
        rows.extend(overall.into_iter().filter(|r| r.n > 0));
    }
    if rows.len() < 2 {
        return Ok(None);
    }
    compare::independent(rows, report.prepared.level()).map(Some)
}
