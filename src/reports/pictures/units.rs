//! Units: dots with intervals in rank order, heat map of factors, funnel.

use super::super::teller::Teller;
use crate::charts::{
    Cell, Drawing, Figure as Drawn, Funnel, FunnelPoint, Headings, HeatMap, HeatRow, IntervalPlot, IntervalRow, LimitPair, Reference,
    Spread,
};
use crate::error::Result;
use crate::estimation::{Level, Row};
use crate::stats::control::{self, Dispersion, Flag, FunnelSpec, Limits, Proportion};
use crate::stats::interval::Interval;

/// Units shown from each end where not all are.
pub const ENDS: usize = 10;

/// The overall figures of the units in order, the best first; those without a figure last, by name.
///
/// # Errors
/// Those of the figures.
pub fn ordered(teller: &Teller<'_>) -> Result<Vec<Row>> {
    let index = teller.report.index()?;
    let mut rows: Vec<Row> = index.units.iter().filter(|r| r.measure_level == Level::Overall).cloned().collect();
    let name = |r: &Row| r.unit.as_deref().map(|u| teller.unit_name(u)).unwrap_or_default();
    rows.sort_by(|a, b| {
        match (a.estimate, b.estimate) {
            (Some(a), Some(b)) => b.total_cmp(&a),
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (None, None) => std::cmp::Ordering::Equal,
        }
        .then_with(|| name(a).cmp(&name(b)))
    });
    Ok(rows)
}

/// Units with intervals in rank order; with `ends`, only so many from each end and a line for those between. Units without a figure are left to the table.
///
/// # Errors
/// Those of the figures.
pub fn plot(teller: &Teller<'_>, narrow: bool, ends: Option<usize>) -> Result<Option<Drawing>> {
    let index = teller.report.index()?;
    let rows: Vec<Row> = ordered(teller)?.into_iter().filter(|r| r.estimate.is_some()).collect();
    if rows.is_empty() {
        return Ok(None);
    }
    let bands = index.ranking.as_ref().map(|r| (r, r.bands()));
    let one = |row: &Row| {
        let unit = row.unit.as_deref().unwrap_or_default();
        let name = teller.unit_name(unit);
        let place = bands.as_ref().and_then(|(ranking, bands)| {
            let at = ranking.units.iter().position(|u| u.unit == unit)?;
            Some((ranking.units.get(at)?, *bands.get(at)?))
        });
        IntervalRow {
            rank: place.map(|(r, _)| teller.ranks(r.low, r.high)).unwrap_or_default(),
            figure: teller.drawn(row, teller.percent()),
            detail: String::new(),
            band: place.and_then(|(_, band)| u32::try_from(band).ok()),
            link: Some(teller.card(unit)),
            tip: Some(teller.tip(&name, row)),
            name,
        }
    };
    let all = rows.len();
    let shown: Vec<IntervalRow> = match ends {
        Some(ends) if all > 2 * ends + 2 => {
            let between = IntervalRow {
                rank: String::new(),
                name: teller.say("plot-between", &[("n", (all - 2 * ends).to_string())]),
                figure: Drawn::missing(""),
                detail: String::new(),
                band: None,
                link: None,
                tip: None,
            };
            let (first, last) = (rows.iter().take(ends).map(one), rows.iter().skip(all - ends).map(one));
            first.chain([between]).chain(last).collect()
        }
        _ => rows.iter().map(one).collect(),
    };
    let overall = index.overall();
    let reference = overall
        .and_then(|r| r.estimate.map(|value| Reference { value, label: teller.say("plot-reference", &[("value", teller.value(value))]) }));
    let differ = index.ranking.as_ref().map_or(0, |r| r.groups.len());
    let value = |r: &Row| r.estimate.map(|v| teller.value(v)).unwrap_or_default();
    let title = match (rows.first(), rows.last()) {
        (Some(best), Some(worst)) if all > 1 => {
            let key = if differ <= 1 { "plot-title-alike" } else { "plot-title" };
            teller.say(key, &[("high", value(best)), ("low", value(worst)), ("n", teller.language.count(u64::try_from(all).unwrap_or(0)))])
        }
        (Some(only), _) => {
            let name = teller.unit_name(only.unit.as_deref().unwrap_or_default());
            teller.say("plot-title-one", &[("name", name), ("value", value(only))])
        }
        _ => teller.say("report-units-plot", &[]),
    };
    let level = teller.language.number(teller.report.prepared.level() * 100.0, 0);
    let description = teller.say("plot-description", &[("shown", all.to_string()), ("all", ordered(teller)?.len().to_string())]);
    let largest = overall.map_or(100.0, |r| teller.largest(&r.measure));
    let number = |v: f64, decimals: usize| teller.language.number(v, decimals);
    let plot = IntervalPlot {
        head: teller.head(title, format!("{} {}", teller.measured(overall), teller.say("plot-subtitle", &[("level", level)])), description),
        rows: shown,
        reference,
        possible: (0.0, largest),
        headings: Headings {
            rank: teller.say("column-rank", &[]),
            name: teller.say("column-unit", &[]),
            value: overall.map(|_| teller.say("column-index", &[])).unwrap_or_default(),
            detail: String::new(),
        },
        number: &number,
        narrow,
    };
    Ok(Some(plot.draw()))
}

/// Units × factors, coloured by the distance from the median of each factor.
///
/// # Errors
/// Those of the figures.
pub fn heat(teller: &Teller<'_>, narrow: bool) -> Result<Option<Drawing>> {
    let index = teller.report.index()?;
    let factors = teller.codes(Level::Factor);
    let rows: Vec<HeatRow> = ordered(teller)?
        .iter()
        .filter(|r| r.n_valid > 0)
        .map(|row| {
            let unit = row.unit.as_deref().unwrap_or_default();
            let cells = factors.iter().map(|factor| match index.of_unit(unit).find(|r| r.measure == *factor) {
                Some(cell) => match cell.estimate {
                    Some(value) => {
                        Cell::Known { value, label: teller.language.number(value, 1), tip: Some(teller.tip(&teller.unit_name(unit), cell)) }
                    }
                    None => Cell::Missing { reason: teller.say("heat-missing", &[]) },
                },
                None => Cell::Missing { reason: String::new() },
            });
            HeatRow { name: teller.unit_name(unit), link: Some(teller.card(unit)), cells: cells.collect() }
        })
        .collect();
    if rows.is_empty() || factors.len() < 2 {
        return Ok(None);
    }
    let number = |v: f64, decimals: usize| teller.language.number(v, decimals);
    let title = teller.say("heat-title", &[]);
    let heat = HeatMap {
        head: teller.head(title, teller.measured(index.overall()), teller.say("heat-description", &[])),
        columns: factors.iter().map(|f| teller.measure_name(f)).collect(),
        rows,
        key: teller.say("heat-key", &[]),
        number: &number,
        narrow,
    };
    Ok(Some(heat.draw()))
}

/// Units by effective number of forms within the limits of chance, widened where units differ more than chance explains.
///
/// # Errors
/// Those of the figures.
pub fn funnel(teller: &Teller<'_>, narrow: bool) -> Result<Option<Drawing>> {
    if !teller.percent() {
        return Ok(None);
    }
    let index = teller.report.index()?;
    let given: Vec<(Row, Proportion)> = ordered(teller)?.into_iter().filter_map(|r| proportion(&r).map(|p| (r, p))).collect();
    let proportions: Vec<Proportion> = given.iter().map(|(_, p)| *p).collect();
    let target = index.overall().and_then(|r| r.estimate).map(|v| v / 100.0);
    let spec = FunnelSpec { target, limits: Limits::Exact, dispersion: Dispersion::Additive, ..FunnelSpec::default() };
    // Too few units, or none that vary: nothing to draw, the table says the rest.
    let Ok(found) = control::funnel(&proportions, &spec) else { return Ok(None) };
    let out = |flag: Flag| matches!(flag, Flag::FarBelow | Flag::FarAbove);
    let points: Vec<FunnelPoint> = given
        .iter()
        .zip(&found.units)
        .map(|((row, p), placed)| {
            let unit = row.unit.as_deref().unwrap_or_default();
            let name = teller.unit_name(unit);
            let tip = Some(teller.tip(&name, row));
            FunnelPoint { n: p.n, value: p.estimate * 100.0, outlier: out(placed.flag), link: Some(teller.card(unit)), tip, name }
        })
        .collect();
    let outliers = points.iter().filter(|p| p.outlier).count();
    let percent = |i: Interval| (i.low * 100.0, i.high * 100.0);
    let inner = |n: f64| percent(found.limits_at(n, 0.95));
    let outer = |n: f64| percent(found.limits_at(n, 0.998));
    let number = |v: f64, decimals: usize| teller.language.number(v, decimals);
    let key = if outliers == 0 { "funnel-title-none" } else { "funnel-title" };
    let title = teller.say(key, &[("n", outliers.to_string()), ("all", points.len().to_string())]);
    let tau = teller.language.number(found.tau2.sqrt() * 100.0, 1);
    let funnel = Funnel {
        head: teller.head(title, teller.say("funnel-subtitle", &[("tau", tau)]), teller.say("funnel-description", &[])),
        points,
        centre: Reference { value: found.target * 100.0, label: teller.value(found.target * 100.0) },
        limits: [
            LimitPair { label: teller.say("funnel-limit", &[("level", teller.language.number(95.0, 0))]), at: &inner },
            LimitPair { label: teller.say("funnel-limit", &[("level", teller.language.number(99.8, 1))]), at: &outer },
        ],
        spread: Spread::Root,
        x_label: teller.say("funnel-x", &[]),
        y_label: teller.say("column-index", &[]),
        possible: (0.0, 100.0),
        number: &number,
        narrow,
    };
    Ok(Some(funnel.draw()))
}

/// A share with its effective number of forms; none for figures without a standard error above 0.
fn proportion(row: &Row) -> Option<Proportion> {
    let (estimate, deff) = (row.estimate?, row.deff?);
    let share = (estimate / 100.0).clamp(0.0, 1.0);
    (deff > 0.0).then(|| Proportion::estimated(share, row.n_valid, deff))
}
