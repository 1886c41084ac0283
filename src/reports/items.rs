//! All items: how satisfied people are with each, what changed, what would help most.

use serde::Serialize;

use super::pictures::{ChartView, Picture};
use super::teller::{ChangeView, Figure, Teller};
use crate::error::Result;
use crate::estimation::priorities::Field;

/// An item.
#[derive(Debug, Clone, Serialize)]
pub struct ItemLine {
    /// Code.
    pub code: String,
    /// The question.
    pub name: String,
    /// Name of its factor.
    pub factor: String,
    /// Its figure.
    pub figure: Figure,
    /// Change since the wave before.
    pub change: Option<ChangeView>,
    /// What the index would gain with everybody satisfied, in points.
    pub gain: Option<String>,
    /// The same to sort by.
    pub gain_sort: Option<f64>,
    /// Correlation with satisfaction as a whole.
    pub importance: Option<String>,
    /// The same to sort by.
    pub importance_sort: Option<f64>,
    /// What to do, in words.
    pub field: Option<String>,
    /// Whether it is important and weak.
    pub urgent: bool,
}

/// The page.
#[derive(Debug, Serialize)]
pub struct ItemsView {
    /// The items in the order of the index.
    pub items: Vec<ItemLine>,
    /// Importance and performance.
    pub priorities: Option<ChartView>,
    /// Answers to each item.
    pub answers: Option<ChartView>,
    /// What importance is measured against, in words.
    pub against: String,
    /// Whether changes are shown.
    pub changes: bool,
}

/// The items of all units together or of one, in the order of the index.
///
/// # Errors
/// Those of the figures.
pub fn lines(teller: &Teller<'_>, unit: Option<&str>) -> Result<Vec<ItemLine>> {
    let report = teller.report;
    let index = report.index()?;
    let changes = report.changes()?;
    // Importance is known for all units together; the gains of a unit are its own.
    let priorities = if unit.is_none() { Some(report.figures().priorities(&report.prepared)?) } else { None };
    let gains = unit.and_then(|u| index.gains.get(u));
    let rows: Vec<_> = match unit {
        None => index.all.iter().collect(),
        Some(unit) => index.of_unit(unit).collect(),
    };
    let tree = report.prepared.index()?;
    let questions = &report.open().questionnaire().questions;
    let factors = tree.parts.iter().flat_map(|p| &p.factors).flat_map(|f| f.items.iter().map(move |item| (item, f)));
    let line = |(item, factor): (&usize, &crate::questionnaires::model::Factor)| {
        let question = questions.get(*item)?;
        let row = rows.iter().find(|r| r.measure == question.code)?;
        let own = priorities.as_ref().and_then(|p| p.items.iter().find(|p| p.measure == question.code)).filter(|_| row.estimate.is_some());
        let gain = match gains {
            Some(gains) => gains.iter().find(|g| g.measure == question.code).map(|g| g.gain),
            None => own.map(|p| p.gain),
        };
        Some(ItemLine {
            code: question.code.clone(),
            name: question.text.get(teller.lang()).to_owned(),
            factor: factor.text.get(teller.lang()).to_owned(),
            figure: teller.figure(row),
            change: teller.change_of(&changes, unit, &question.code),
            gain: gain.map(|g| teller.plain(g)),
            gain_sort: gain,
            importance: own.and_then(|p| p.importance).map(|r| teller.plain(r)),
            importance_sort: own.and_then(|p| p.importance),
            field: own.and_then(|p| p.field).map(|f| teller.say(&format!("field-{}", word(f)), &[])),
            urgent: own.is_some_and(|p| p.field == Some(Field::ConcentrateHere)),
        })
    };
    Ok(factors.filter_map(line).collect())
}

fn word(field: Field) -> &'static str {
    match field {
        Field::ConcentrateHere => "concentrate-here",
        Field::KeepUp => "keep-up",
        Field::LowPriority => "low-priority",
        Field::PossibleOverkill => "possible-overkill",
    }
}

/// The items with the highest figures, the highest first, and those with the lowest, the lowest first: `most` of each, fewer when an item would be in both.
#[must_use]
pub fn ends(lines: &[ItemLine], most: usize) -> (Vec<ItemLine>, Vec<ItemLine>) {
    let mut by_value: Vec<&ItemLine> = lines.iter().filter(|i| i.figure.given).collect();
    by_value.sort_by(|a, b| b.figure.sort.unwrap_or(0.0).total_cmp(&a.figure.sort.unwrap_or(0.0)));
    let few = most.min(by_value.len() / 2);
    let best = by_value.iter().take(few).map(|i| (*i).clone()).collect();
    (best, by_value.iter().rev().take(few).map(|i| (*i).clone()).collect())
}

/// Makes the page.
///
/// # Errors
/// Those of the figures.
pub fn view(teller: &Teller<'_>) -> Result<ItemsView> {
    let items = lines(teller, None)?;
    let outcome = teller.report.figures().priorities(&teller.report.prepared)?.outcome.clone();
    let against = match outcome.as_deref().and_then(|code| question(teller, code)) {
        Some(text) => teller.say("items-against-outcome", &[("question", text)]),
        None => teller.say("items-against-rest", &[]),
    };
    Ok(ItemsView {
        changes: items.iter().any(|i| i.change.is_some()),
        items,
        priorities: ChartView::named(teller, Picture::Priorities)?,
        answers: ChartView::named(teller, Picture::Items)?,
        against,
    })
}

fn question(teller: &Teller<'_>, code: &str) -> Option<String> {
    let q = teller.report.open().questionnaire();
    q.position(code).and_then(|p| q.questions.get(p)).map(|q| q.text.get(teller.lang()).to_owned())
}
