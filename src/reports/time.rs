//! Waves of the series, months of the survey.

use serde::Serialize;

use super::pictures::times::{self, Moment};
use super::pictures::{ChartView, Picture};
use super::published::{self, PublishedView};
use super::teller::{ChangeView, Figure, Teller};
use crate::error::Result;
use crate::estimation::Level;

/// The page.
#[derive(Debug, Serialize)]
pub struct TimeView {
    /// Waves.
    pub waves: Option<ChartView>,
    /// The same as a table.
    pub wave_rows: Vec<MomentView>,
    /// Waves that are not compared, with the reason.
    pub unlike: Vec<String>,
    /// What changed since the wave before: name, figure, change, level of the index.
    pub changes: Vec<(String, Figure, ChangeView, Level)>,
    /// Title of the wave before.
    pub before: String,
    /// Months.
    pub months: Option<ChartView>,
    /// The same as a table.
    pub month_rows: Vec<MomentView>,
    /// Whether the months have limits.
    pub limits: bool,
    /// What others measured of the same city or province.
    pub published: Vec<PublishedView>,
}

/// A value at a date.
#[derive(Debug, Serialize)]
pub struct MomentView {
    /// What it is called.
    pub name: String,
    /// The figure.
    pub figure: Figure,
    /// Why it stands out.
    pub signal: Option<String>,
    /// Address of the wave's report.
    pub report: Option<String>,
}

fn moment(teller: &Teller<'_>, m: &Moment) -> MomentView {
    MomentView {
        name: m.name.clone(),
        figure: teller.figure(&m.row),
        signal: m.signal.clone(),
        report: m.survey.as_ref().map(|s| format!("/reports/{s}?lang={}", teller.lang())),
    }
}

/// Makes the page.
///
/// # Errors
/// Those of the figures.
pub fn view(teller: &Teller<'_>) -> Result<TimeView> {
    let report = teller.report;
    let moments = times::moments(teller, None)?;
    let months = times::months(teller, false)?;
    let index = report.index()?;
    let changes = report.changes()?;
    let unlike = report.others.iter().filter_map(|o| {
        let why = serde_json::to_value(o.prepared.as_ref().err()?).ok()?.as_str()?.to_owned();
        Some(teller.say(&format!("unlike-{why}"), &[("wave", teller.wave_name(&o.wave))]))
    });
    let changed = index.all.iter().filter_map(|row| {
        let change = teller.change_of(&changes, None, &row.measure)?;
        Some((teller.measure_name(&row.measure), teller.figure(row), change, row.measure_level))
    });
    Ok(TimeView {
        waves: ChartView::named(teller, Picture::Waves)?,
        wave_rows: if moments.len() > 1 { moments.iter().map(|m| moment(teller, m)).collect() } else { Vec::new() },
        unlike: unlike.collect(),
        changes: changed.collect(),
        before: teller.before_title(),
        months: ChartView::named(teller, Picture::Months)?,
        published: published::of(teller, &report.open().frame.tree.above_all(report.open().frame.units.keys().map(String::as_str)))?,
        limits: months.as_ref().is_some_and(|m| m.limits),
        month_rows: months.map(|m| m.moments.iter().map(|m| moment(teller, m)).collect()).unwrap_or_default(),
    })
}
