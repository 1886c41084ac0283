//! The first page: one sentence, who is where, what to mend first.

use serde::Serialize;

use super::comments::{self, CommentView};
use super::items::{self, ItemLine};
use super::pictures::{self, ChartView, Picture};
use super::teller::{ChangeView, Figure, Teller};
use crate::error::Result;
use crate::estimation::{Level, Row};

/// Items shown from each end, and to mend first.
const FEW: usize = 3;
const FIRST: usize = 5;
/// Comments shown.
const COMMENTS: usize = 3;

/// The page.
#[derive(Debug, Serialize)]
pub struct OverviewView {
    /// The sentence on top.
    pub headline: String,
    /// The overall figure.
    pub overall: Figure,
    /// Its name.
    pub overall_name: String,
    /// What changed since the wave before.
    pub change: Option<ChangeView>,
    /// Why there is no comparison although there was a wave before.
    pub not_compared: Option<String>,
    /// How many units, and how many of them have a figure.
    pub units: (String, String),
    /// How units differ, in a sentence.
    pub differences: Option<String>,
    /// The plot of units.
    pub plot: Option<ChartView>,
    /// Address of all units.
    pub all_units: String,
    /// Parts and factors.
    pub factors: Option<ChartView>,
    /// The same as a table.
    pub tree: Vec<TreeLine>,
    /// Items to mend first.
    pub first: Vec<ItemLine>,
    /// The best and the worst items.
    pub best: Vec<ItemLine>,
    /// The worst, the lowest first.
    pub worst: Vec<ItemLine>,
    /// Address of all items.
    pub all_items: String,
    /// The latest comments, for who may read them.
    pub comments: Vec<CommentView>,
    /// Address of all comments.
    pub all_comments: Option<String>,
}

/// A line of the table of parts and factors.
#[derive(Debug, Clone, Serialize)]
pub struct TreeLine {
    /// `overall`, `part` or `factor`.
    pub level: &'static str,
    /// Name.
    pub name: String,
    /// The figure.
    pub figure: Figure,
    /// The change since the wave before.
    pub change: Option<ChangeView>,
}

/// The figures of some rows down to the factors, in the order of the index.
///
/// # Errors
/// Those of the figures.
pub fn tree(teller: &Teller<'_>, rows: &[Row], unit: Option<&str>) -> Result<Vec<TreeLine>> {
    let changes = teller.report.changes()?;
    let index = teller.report.prepared.index()?;
    let mut codes = vec![(&index.overall.code, Level::Overall)];
    for part in &index.parts {
        codes.push((&part.code, Level::Part));
        codes.extend(part.factors.iter().map(|f| (&f.code, Level::Factor)));
    }
    let line = |(code, level): (&String, Level)| {
        let row = rows.iter().find(|r| r.measure == *code)?;
        let change = teller.change_of(&changes, unit, code);
        Some(TreeLine { level: level.as_str(), name: teller.measure_name(code), figure: teller.figure(row), change })
    };
    Ok(codes.into_iter().filter_map(line).collect())
}

/// Makes the page.
///
/// # Errors
/// Those of the figures.
pub fn view(teller: &Teller<'_>) -> Result<OverviewView> {
    let report = teller.report;
    let index = report.index()?;
    let overall = index.overall();
    let figure = overall.map_or_else(|| teller.missing(), |r| teller.figure(r));
    let changes = report.changes()?;
    let change = overall.and_then(|r| teller.change_of(&changes, None, &r.measure));
    let not_compared = report.before().and_then(|b| {
        let unlike = b.prepared.as_ref().err()?;
        let why = serde_json::to_value(unlike).ok()?.as_str()?.to_owned();
        Some(teller.say(&format!("unlike-{why}"), &[("wave", teller.wave_name(&b.wave))]))
    });
    let with: Vec<&Row> = index.units.iter().filter(|r| r.measure_level == Level::Overall).collect();
    let shown = with.iter().filter(|r| r.estimate.is_some()).count();
    let number = |n: usize| teller.language.count(u64::try_from(n).unwrap_or(0));
    let headline = match &change {
        Some(change) => format!("{}, {}", teller.headline(overall), change.sentence),
        None => teller.headline(overall),
    };
    let base = format!("/reports/{}", report.open().survey.code);
    let link = |path: &str| report.choice.link(&format!("{base}{path}?lang={}", teller.lang()));
    let all = items::lines(teller, None)?;
    let (best, worst) = items::ends(&all, FEW);
    let mut first: Vec<ItemLine> = all.into_iter().filter(|i| i.gain.is_some()).collect();
    first.sort_by(|a, b| b.gain_sort.unwrap_or(0.0).total_cmp(&a.gain_sort.unwrap_or(0.0)));
    first.truncate(FIRST);
    Ok(OverviewView {
        headline,
        overall_name: overall.map(|r| teller.measure_name(&r.measure)).unwrap_or_default(),
        overall: figure,
        change,
        not_compared,
        units: (number(with.len()), number(shown)),
        differences: differences(teller, &index),
        plot: ChartView::of("units", |narrow| pictures::units::plot(teller, narrow, Some(pictures::units::ENDS)))?.map(|v| ChartView {
            address: Some(format!("{base}/charts/{}", Picture::Units)),
            query: report.choice.link(&format!("?lang={}", teller.lang())),
            ..v
        }),
        all_units: link("/units"),
        factors: ChartView::named(teller, Picture::Factors)?,
        tree: tree(teller, &index.all, None)?,
        first,
        best,
        worst,
        all_items: link("/items"),
        comments: comments::latest(teller, None, COMMENTS)?,
        all_comments: (!report.comment_units().is_empty()).then(|| link("/comments")),
    })
}

/// Which units stand out, in a sentence; none when nobody is ranked.
fn differences(teller: &Teller<'_>, index: &crate::estimation::figures::IndexFigures) -> Option<String> {
    let ranking = index.ranking.as_ref().filter(|r| r.units.len() > 1)?;
    let all = ranking.units.len();
    // A unit stands out when it is for sure better, or for sure worse, than at least half of the others.
    let half = u32::try_from(all / 2).unwrap_or(u32::MAX);
    let high = ranking.units.iter().filter(|u| u.better_than >= half).count();
    let low = ranking.units.iter().filter(|u| u.worse_than >= half).count();
    let key = if high + low == 0 { "differences-none" } else { "differences" };
    let text = |n: usize| teller.language.count(u64::try_from(n).unwrap_or(0));
    Some(teller.say(key, &[("high", text(high)), ("low", text(low)), ("all", text(all))]))
}
