//! All units: the table, the map, the plot in rank order, the heat map of factors, the funnel.

use serde::Serialize;

use super::pictures::{ChartView, Picture, map, units::ordered};
use super::teller::{ChangeView, Figure, Teller};
use crate::error::Result;
use crate::estimation::Level;

/// A line of the table.
#[derive(Debug, Clone, Serialize)]
pub struct UnitLine {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Address of its card.
    pub card: String,
    /// Kind, in words.
    pub kind: String,
    /// Ranks it may have.
    pub rank: Option<String>,
    /// Best and middle of them, to sort by.
    pub rank_sort: Option<u32>,
    /// The overall figure.
    pub overall: Figure,
    /// The change since the wave before.
    pub change: Option<ChangeView>,
    /// The figures of the parts.
    pub parts: Vec<Figure>,
    /// Valid forms to sort by.
    pub n_sort: u64,
}

/// The page.
#[derive(Debug, Serialize)]
pub struct UnitsView {
    /// Name of the overall figure.
    pub overall_name: String,
    /// Names of the parts.
    pub part_names: Vec<String>,
    /// The units.
    pub units: Vec<UnitLine>,
    /// Orders to choose from.
    pub sorts: Vec<super::frame::FilterOption>,
    /// Whether changes are shown.
    pub changes: bool,
    /// How many units are ranked.
    pub ranked: String,
    /// All units in rank order.
    pub plot: Option<ChartView>,
    /// Units × factors.
    pub heat: Option<ChartView>,
    /// The funnel.
    pub funnel: Option<ChartView>,
    /// The units on the map, where their shapes are known.
    pub map: Option<ChartView>,
    /// What a reader of the map should know, a sentence each.
    pub map_notes: Vec<String>,
}

/// The lines of the table, in the order asked for.
///
/// # Errors
/// Those of the figures.
pub fn lines(teller: &Teller<'_>) -> Result<Vec<UnitLine>> {
    let report = teller.report;
    let index = report.index()?;
    let changes = report.changes()?;
    let parts = teller.codes(Level::Part);
    let mut lines: Vec<UnitLine> = ordered(teller)?
        .iter()
        .filter_map(|row| {
            let code = row.unit.as_deref()?;
            let unit = report.open().unit(code)?;
            let rank = index.ranking.as_ref().and_then(|r| r.of(code));
            let part = |measure: &String| {
                index.of_unit(code).find(|r| r.measure == *measure).map_or_else(|| teller.missing(), |r| teller.figure(r))
            };
            Some(UnitLine {
                code: code.to_owned(),
                name: unit.name(teller.lang()).to_owned(),
                card: teller.card(code),
                kind: teller.kind_name(unit.kind),
                rank: rank.map(|r| teller.ranks(r.low, r.high)),
                rank_sort: rank.map(|r| r.low + r.high),
                overall: teller.figure(row),
                change: teller.change_of(&changes, Some(code), &row.measure),
                parts: parts.iter().map(part).collect(),
                n_sort: row.n_valid,
            })
        })
        .collect();
    match report.choice.sort.as_str() {
        "name" => lines.sort_by(|a, b| a.name.cmp(&b.name)),
        "n" => lines.sort_by(|a, b| b.n_sort.cmp(&a.n_sort).then_with(|| a.code.cmp(&b.code))),
        "change" => {
            let by = |l: &UnitLine| l.change.as_ref().map(|c| c.sort);
            lines.sort_by(|a, b| {
                by(b).unwrap_or(f64::NEG_INFINITY).total_cmp(&by(a).unwrap_or(f64::NEG_INFINITY)).then_with(|| a.code.cmp(&b.code))
            });
        }
        _ => {}
    }
    Ok(lines)
}

/// Makes the page.
///
/// # Errors
/// Those of the figures.
pub fn view(teller: &Teller<'_>) -> Result<UnitsView> {
    let units = lines(teller)?;
    let index = teller.report.index()?;
    let changes = units.iter().any(|u| u.change.is_some());
    let chosen = Some(teller.report.choice.sort.as_str()).filter(|s| !s.is_empty()).unwrap_or("estimate");
    let sorts = ["estimate", "name", "n", "change"].into_iter().filter(|s| *s != "change" || changes);
    Ok(UnitsView {
        overall_name: index.overall().map(|r| teller.measure_name(&r.measure)).unwrap_or_default(),
        part_names: teller.codes(Level::Part).iter().map(|p| teller.measure_name(p)).collect(),
        sorts: sorts
            .map(|s| super::frame::FilterOption { value: s.to_owned(), text: teller.say(&format!("sort-{s}"), &[]), chosen: s == chosen })
            .collect(),
        changes,
        ranked: teller.language.count(u64::try_from(index.ranking.as_ref().map_or(0, |r| r.units.len())).unwrap_or(0)),
        plot: ChartView::named(teller, Picture::Units)?,
        heat: ChartView::named(teller, Picture::Heat)?,
        funnel: ChartView::named(teller, Picture::Funnel)?,
        map: ChartView::named(teller, Picture::Map)?,
        map_notes: map::notes(teller)?,
        units,
    })
}
