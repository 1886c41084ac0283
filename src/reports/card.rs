//! A unit's card: where we stand, what changed, what is strong and weak beside our kind, what people wrote, what to do.

use serde::Serialize;

use super::comments::{self, CommentView};
use super::items::{self, ItemLine};
use super::overview::{self, TreeLine};
use super::pictures::{self, ChartView};
use super::published::{self, PublishedView};
use super::teller::{ChangeView, Figure, Teller};
use crate::error::Result;
use crate::estimation::{Level, Row};
use crate::web::problem::url_encode;

/// Items shown from each end.
const FEW: usize = 3;
/// Comments shown.
const COMMENTS: usize = 5;
/// Fewest units of a kind whose median says something.
const KIND: usize = 3;
/// Other units offered for comparison.
const NEAR: usize = 5;

/// The card.
#[derive(Debug, Serialize)]
pub struct CardView {
    /// Code of the unit.
    pub unit: String,
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: String,
    /// The sentence on top.
    pub headline: String,
    /// The overall figure.
    pub overall: Figure,
    /// What changed since the wave before.
    pub change: Option<ChangeView>,
    /// What changed, in sentences: by itself, and among all units.
    pub change_said: Vec<String>,
    /// Ranks the unit may have, of how many.
    pub rank: Option<(String, String)>,
    /// How many units are for sure below, above, and not different.
    pub place: Option<String>,
    /// The figure of all units together; none for who may see this one alone.
    pub all: Option<Figure>,
    /// Waves.
    pub waves: Option<ChartView>,
    /// Months.
    pub months: Option<ChartView>,
    /// Parts and factors.
    pub factors: Option<ChartView>,
    /// The same as a table.
    pub tree: Vec<TreeLine>,
    /// Items with the highest figures of the unit, the highest first.
    pub best: Vec<ItemLine>,
    /// Items with the lowest, the lowest first.
    pub worst: Vec<ItemLine>,
    /// How many items have a figure, of how many; none when all have.
    pub few_items: Option<String>,
    /// Items furthest above the median of the kind.
    pub strong: Vec<BesideKind>,
    /// Items furthest below it.
    pub weak: Vec<BesideKind>,
    /// How many units the median is of.
    pub of_kind: String,
    /// Items to mend first.
    pub first: Vec<ItemLine>,
    /// What people wrote, for who may read it.
    pub comments: Vec<CommentView>,
    /// What others measured of the unit.
    pub published: Vec<PublishedView>,
    /// Address of all comments of the unit.
    pub all_comments: Option<String>,
    /// Address of the comparison with units near by in rank.
    pub compare: Option<String>,
    /// Address of the report; none for who may see this unit alone.
    pub report_address: Option<String>,
    /// The report on the unit alone, as PDF and for Word.
    pub files: [(&'static str, String); 2],
}

/// An item beside the median of the units of the same kind.
#[derive(Debug, Clone, Serialize)]
pub struct BesideKind {
    /// The question.
    pub name: String,
    /// The unit's figure.
    pub value: String,
    /// The median of the kind.
    pub median: String,
    /// The difference in points.
    pub points: String,
}

/// Makes the card.
///
/// # Errors
/// `NotFound` for a unit the survey does not have; those of the figures.
pub fn view(teller: &Teller<'_>, code: &str) -> Result<CardView> {
    let report = teller.report;
    let unit = report.unit(code)?;
    let index = report.index()?;
    let rows: Vec<Row> = index.of_unit(code).cloned().collect();
    let overall = rows.iter().find(|r| r.measure_level == Level::Overall);
    let figure = overall.map_or_else(|| teller.missing(), |r| teller.figure(r));
    let changes = report.changes()?;
    let change = overall.and_then(|r| teller.change_of(&changes, Some(code), &r.measure));
    let rank = index.ranking.as_ref().filter(|_| !report.of_one_unit()).and_then(|r| r.of(code).map(|own| (r, own)));
    let count = |n: usize| teller.language.count(u64::try_from(n).unwrap_or(0));
    let rank_text = rank.map(|(r, own)| (teller.ranks(own.low, own.high), count(r.units.len())));
    let place = rank.map(|(r, own)| {
        let all = u32::try_from(r.units.len()).unwrap_or(u32::MAX);
        let alike = all.saturating_sub(own.better_than + own.worse_than + 1);
        teller.say(
            "card-place",
            &[("better", own.better_than.to_string()), ("worse", own.worse_than.to_string()), ("alike", alike.to_string())],
        )
    });
    let name = unit.name(teller.lang()).to_owned();
    let mut headline = format!("{name}: {}", teller.headline(overall));
    if let Some((ranks, all)) = &rank_text {
        headline.push_str(&teller.say("card-rank", &[("ranks", ranks.clone()), ("all", all.clone())]));
    }
    let (strong, weak, of_kind) = beside_kind(teller, code, &rows)?;
    let items = || rows.iter().filter(|r| r.measure_level == Level::Item);
    let (shown, asked) = (items().filter(|r| r.estimate.is_some()).count(), items().count());
    let lines = items::lines(teller, Some(code))?;
    let (best, worst) = items::ends(&lines, FEW);
    let mut first: Vec<ItemLine> = lines.into_iter().filter(|i| i.gain.is_some()).collect();
    first.sort_by(|a, b| b.gain_sort.unwrap_or(0.0).total_cmp(&a.gain_sort.unwrap_or(0.0)));
    first.truncate(FEW);
    let base = format!("/reports/{}", report.open().survey.code);
    let link = |path: String| report.choice.link(&format!("{base}{path}lang={}", teller.lang()));
    let months = |narrow| pictures::times::months_of(teller, Some(code), narrow).map(|m| m.map(|m| m.drawing));
    Ok(CardView {
        unit: code.to_owned(),
        kind: teller.kind_name(unit.kind),
        headline,
        overall: figure,
        change_said: change.as_ref().map(|c| said(teller, c)).unwrap_or_default(),
        change,
        rank: rank_text,
        place,
        all: (!report.of_one_unit()).then(|| index.overall().map_or_else(|| teller.missing(), |r| teller.figure(r))),
        waves: ChartView::of("waves", |narrow| pictures::times::waves(teller, Some(code), narrow))?,
        months: ChartView::of("months", months)?,
        factors: ChartView::of("factors", |narrow| pictures::tree::factors(teller, Some(code), narrow))?,
        tree: overview::tree(teller, &rows, Some(code))?,
        best,
        worst,
        few_items: (shown < asked).then(|| teller.say("card-few-items", &[("shown", count(shown)), ("asked", count(asked))])),
        strong,
        weak,
        of_kind: count(of_kind),
        first,
        comments: comments::latest(teller, Some(code), COMMENTS)?,
        published: published::of(teller, &[code])?,
        all_comments: report.comment_units().contains(&code).then(|| link(format!("/comments?unit={}&", url_encode(code)))),
        compare: near(teller, code)?.map(|units| link(format!("/compare?units={}&", url_encode(&units.join(","))))),
        report_address: (!report.of_one_unit()).then(|| link("?".to_owned())),
        files: [("PDF", "report.pdf"), ("DOCX", "report.docx")]
            .map(|(name, file)| (name, link(format!("/units/{}/files/{file}?", url_encode(code))))),
        name,
    })
}

/// A change by itself and among all units.
fn said(teller: &Teller<'_>, change: &ChangeView) -> Vec<String> {
    let mut said = Vec::new();
    if let Some((low, high)) = &change.interval {
        said.push(teller.say("card-change-interval", &[("low", low.clone()), ("high", high.clone())]));
    }
    let key = match (change.direction, change.among_all) {
        ("level", _) => "card-change-level",
        (a, b) if a == b => "card-change-sure",
        _ => "card-change-alone",
    };
    said.push(teller.say(key, &[]));
    said
}

/// The items furthest above and below the median of the units of the same kind, and how many units that is.
fn beside_kind(teller: &Teller<'_>, code: &str, rows: &[Row]) -> Result<(Vec<BesideKind>, Vec<BesideKind>, usize)> {
    let report = teller.report;
    let index = report.index()?;
    let kind = report.unit(code)?.kind;
    let mut found: Vec<(f64, BesideKind)> = Vec::new();
    let mut most = 0;
    for row in rows.iter().filter(|r| r.measure_level == Level::Item) {
        let Some(value) = row.estimate else { continue };
        let same = index.units.iter().filter(|r| r.measure == row.measure && r.kind == Some(kind)).filter_map(|r| r.estimate);
        let mut same: Vec<f64> = same.collect();
        if same.len() < KIND {
            continue;
        }
        most = most.max(same.len());
        let median = median(&mut same);
        let name = teller.measure_name(&row.measure);
        let beside = BesideKind { name, value: teller.value(value), median: teller.value(median), points: teller.points(value - median) };
        found.push((value - median, beside));
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    let few = FEW.min(found.len() / 2);
    let strong = found.iter().take(few).filter(|(d, _)| *d > 0.0).map(|(_, b)| b.clone()).collect();
    let weak = found.iter().rev().take(few).filter(|(d, _)| *d < 0.0).map(|(_, b)| b.clone()).collect();
    Ok((strong, weak, most))
}

/// The middle value; of an even number the mean of the two in the middle. There is at least one.
fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    let at = |n: usize| values.get(n).copied().unwrap_or(f64::NAN);
    let n = values.len();
    0.5 * (at(n.saturating_sub(1) / 2) + at(n / 2))
}

/// This unit and those next to it in order; none when nobody else is ranked.
fn near(teller: &Teller<'_>, code: &str) -> Result<Option<Vec<String>>> {
    let index = teller.report.index()?;
    let Some(ranking) = &index.ranking else { return Ok(None) };
    let Some(at) = ranking.units.iter().position(|u| u.unit == code) else { return Ok(None) };
    let from = at.saturating_sub(NEAR / 2).min(ranking.units.len().saturating_sub(NEAR));
    let units: Vec<String> = ranking.units.iter().skip(from).take(NEAR).map(|u| u.unit.clone()).collect();
    Ok((units.len() > 1).then_some(units))
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    #[expect(clippy::float_cmp, reason = "exact halves")]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(&mut [3.0]), 3.0);
        assert_eq!(median(&mut [9.0, 1.0, 5.0]), 5.0);
        assert_eq!(median(&mut [4.0, 1.0, 3.0, 100.0]), 3.5);
    }
}
