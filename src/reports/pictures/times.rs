//! Waves of a series, months of a survey.

use chrono::{Datelike, NaiveDate};

use super::super::teller::Teller;
use crate::charts::{Break, Control, Drawing, Limits, Line, Point, Span, TimeSeries};
use crate::db::types::Day;
use crate::error::Result;
use crate::estimation::{Filter, Level, Row};
use crate::stats::control::{self, Proportion, Signal};

/// A value at a date in words.
#[derive(Debug, Clone)]
pub struct Moment {
    /// Day that stands for it.
    pub day: NaiveDate,
    /// What it is called: a wave's title, a month.
    pub name: String,
    /// The figure.
    pub row: Row,
    /// Why it stands out, in words.
    pub signal: Option<String>,
    /// Code of the survey, for waves.
    pub survey: Option<String>,
}

/// The overall figures of the waves that can be compared with this one, this one among them, in order of time: of all units, or of one.
///
/// # Errors
/// Those of the figures.
pub fn moments(teller: &Teller<'_>, unit: Option<&str>) -> Result<Vec<Moment>> {
    let report = teller.report;
    let mut all = Vec::new();
    let now = std::iter::once((&report.prepared, crate::estimation::change::Wave::of(report.open())));
    let others = report.others.iter().filter_map(|o| o.comparable().map(|p| (p, o.wave.clone())));
    for (prepared, wave) in others.chain(now) {
        let index = report.figures().index(prepared)?;
        let row = match unit {
            None => index.overall().cloned(),
            Some(unit) => index.of_unit(unit).find(|r| r.measure_level == Level::Overall).cloned(),
        };
        let Some(row) = row else { continue };
        let name = wave.title(teller.lang()).to_owned();
        all.push(Moment { day: wave.until, name, row, signal: None, survey: Some(wave.survey) });
    }
    all.sort_by(|a, b| a.day.cmp(&b.day).then_with(|| a.survey.cmp(&b.survey)));
    Ok(all)
}

fn point(teller: &Teller<'_>, moment: &Moment) -> Option<Point> {
    let value = moment.row.estimate?;
    Some(Point {
        day: moment.day,
        value,
        interval: moment.row.ci_low.zip(moment.row.ci_high),
        label: teller.value(value),
        signal: moment.signal.clone(),
        link: moment.survey.as_ref().map(|s| format!("/reports/{s}?lang={}", teller.lang())),
        tip: Some(teller.tip(&moment.name, &moment.row)),
    })
}

/// A date on an axis.
fn dated(teller: &Teller<'_>, day: NaiveDate, span: Span) -> String {
    use chrono::Datelike;
    match span {
        Span::Year => day.year().to_string(),
        Span::Month => format!("{}/{}", day.month(), day.year()),
        _ => teller.language.day(day),
    }
}

/// The waves of the series; none when there is only this one. A wave measured otherwise is a break.
///
/// # Errors
/// Those of the figures.
pub fn waves(teller: &Teller<'_>, unit: Option<&str>, narrow: bool) -> Result<Option<Drawing>> {
    let moments = moments(teller, unit)?;
    let points: Vec<Point> = moments.iter().filter_map(|m| point(teller, m)).collect();
    let unlike: Vec<&crate::estimation::waves::Other> = teller.report.others.iter().filter(|o| o.comparable().is_none()).collect();
    if points.len() < 2 && unlike.is_empty() || points.is_empty() {
        return Ok(None);
    }
    // The break stands where the first comparable wave after the other method begins.
    let breaks = unlike.iter().filter_map(|o| {
        let next = moments.iter().find(|m| m.day > o.wave.until)?;
        Some(Break { day: next.day, label: teller.say("series-break", &[("wave", teller.wave_name(&o.wave))]) })
    });
    let name = unit.map_or_else(|| teller.say("column-index", &[]), |u| teller.unit_name(u));
    let row = moments.iter().find(|m| m.survey.as_deref() == Some(&teller.report.open().survey.code)).map(|m| &m.row);
    let largest = row.map_or(100.0, |r| teller.largest(&r.measure));
    let number = |v: f64, decimals: usize| teller.language.number(v, decimals);
    let date = |day: NaiveDate, span: Span| dated(teller, day, span);
    let title = teller.say("waves-title", &[("n", points.len().to_string())]);
    let chart = TimeSeries {
        head: teller.head(title, teller.measured(row), teller.say("series-description", &[])),
        lines: vec![Line { name, points }],
        possible: (0.0, largest),
        breaks: breaks.collect(),
        control: None,
        number: &number,
        date: &date,
        narrow,
    };
    Ok(Some(chart.draw()))
}

/// Months with their drawing.
pub struct Months {
    /// The months in order.
    pub moments: Vec<Moment>,
    /// The drawing.
    pub drawing: Drawing,
    /// Whether limits of a control chart could be made.
    pub limits: bool,
}

/// The months of the survey, with the limits of a p′-chart where there are enough of them; none for fewer than two months.
///
/// # Errors
/// Those of the figures.
pub fn months(teller: &Teller<'_>, narrow: bool) -> Result<Option<Months>> {
    months_of(teller, None, narrow)
}

/// The same for one unit.
///
/// # Errors
/// Those of the figures.
pub fn months_of(teller: &Teller<'_>, unit: Option<&str>, narrow: bool) -> Result<Option<Months>> {
    let report = teller.report;
    let month = |day: Day| day.date().map(|date| (date.year(), date.month()));
    if report.prepared.table().days().is_none_or(|(first, last)| month(first) == month(last)) {
        return Ok(None);
    }
    // The months of a survey are all of them, whatever period is looked at.
    let filter = Filter {
        from: None,
        until: None,
        unit: unit.map(str::to_owned).or_else(|| report.prepared.filter().unit.clone()),
        ..report.prepared.filter().clone()
    };
    let rows = report.figures().months(&report.prepared.filtered(filter))?;
    let mut moments: Vec<Moment> = rows
        .into_iter()
        .filter(|r| r.measure_level == Level::Overall)
        .filter_map(|row| {
            let month = row.category.clone()?;
            let day = format!("{month}-01").parse::<NaiveDate>().ok()?;
            Some(Moment { day, name: dated(teller, day, Span::Month), row, signal: None, survey: None })
        })
        .collect();
    if moments.iter().filter(|m| m.row.estimate.is_some()).count() < 2 {
        return Ok(None);
    }
    let steps = if teller.percent() { limits(teller, &mut moments) } else { None };
    let signals = moments.iter().filter(|m| m.signal.is_some()).count();
    let key = match (&steps, signals) {
        (None, _) => "months-title-plain",
        (Some(_), 0) => "months-title-calm",
        (Some(_), _) => "months-title-signals",
    };
    let points: Vec<Point> = moments.iter().filter_map(|m| point(teller, m)).collect();
    let name = unit.map_or_else(|| teller.say("column-index", &[]), |u| teller.unit_name(u));
    let largest = moments.first().map_or(100.0, |m| teller.largest(&m.row.measure));
    let number = |v: f64, decimals: usize| teller.language.number(v, decimals);
    let date = |day: NaiveDate, span: Span| dated(teller, day, span);
    let title = teller.say(key, &[("n", signals.to_string())]);
    let subtitle =
        teller.say(if steps.is_some() { "months-subtitle" } else { "months-subtitle-few" }, &[("n", control::FEWEST_PERIODS.to_string())]);
    let limits = steps.is_some();
    let chart = TimeSeries {
        head: teller.head(title, subtitle, teller.say("series-description", &[])),
        lines: vec![Line { name, points }],
        possible: (0.0, largest),
        breaks: Vec::new(),
        control: steps.map(|steps| Control {
            steps,
            centre: teller.say("control-centre", &[]),
            lower: teller.say("control-lower", &[]),
            upper: teller.say("control-upper", &[]),
        }),
        number: &number,
        date: &date,
        narrow,
    };
    let drawing = chart.draw();
    Ok(Some(Months { moments, drawing, limits }))
}

/// Limits of Laney's p′-chart, and the months that stand out. None where there are too few months or nothing varies.
fn limits(teller: &Teller<'_>, moments: &mut [Moment]) -> Option<Vec<Limits>> {
    let given: Vec<(usize, Proportion)> = moments
        .iter()
        .enumerate()
        .filter_map(|(at, m)| {
            let (value, deff) = (m.row.estimate?, m.row.deff.filter(|d| *d > 0.0).unwrap_or(1.0));
            Some((at, Proportion::estimated((value / 100.0).clamp(0.0, 1.0), m.row.n_valid, deff)))
        })
        .collect();
    let proportions: Vec<Proportion> = given.iter().map(|(_, p)| *p).collect();
    let chart = control::chart(&proportions, control::Spread::Laney, None).ok()?;
    let mut steps = Vec::new();
    for ((at, _), found) in given.iter().zip(&chart.points) {
        let Some(moment) = moments.get_mut(*at) else { continue };
        steps.push(Limits { from: moment.day, lower: found.low * 100.0, centre: chart.centre * 100.0, upper: found.high * 100.0 });
        moment.signal = found.signals.first().map(|signal| match signal {
            Signal::Beyond if found.z > 0.0 => teller.say("signal-above", &[]),
            Signal::Beyond => teller.say("signal-below", &[]),
            Signal::Run => teller.say("signal-run", &[]),
        });
    }
    Some(steps)
}
