//! Answers to questions, groups of respondents, modes.

use super::super::teller::Teller;
use crate::charts::{Drawing, Headings, IntervalPlot, IntervalRow, Palette, Reference, Stacked, StackedRow};
use crate::error::Result;
use crate::estimation::answers::Answered;
use crate::estimation::compare::Comparison;
use crate::estimation::{Level, Row};
use crate::questionnaires::model::{Kind, Question};

/// The answers to one question as a stacked row.
#[must_use]
pub fn stacked_row(teller: &Teller<'_>, name: String, answered: &Answered, value: String) -> StackedRow {
    let shares: Option<Vec<(f64, String)>> =
        answered.options.iter().map(|o| o.estimate.map(|v| (v, format!("{}%", teller.language.number(v, 1))))).collect();
    let hidden = answered.options.first().map_or_else(|| teller.say("none-answered", &[]), |r| teller.reason(r));
    StackedRow {
        name,
        shares: shares.filter(|s| !s.is_empty()).ok_or(hidden),
        value,
        n: teller.language.count(answered.n_valid),
        link: None,
        tip: None,
    }
}

/// Whether a question's options have an order, so that colours may say it.
#[must_use]
pub fn is_scale(question: &Question) -> bool {
    matches!(&question.kind, Kind::Single { scale: Some(_), .. })
}

/// Answers to questions with the same options.
#[must_use]
pub fn stacked(teller: &Teller<'_>, title: String, asked: &[(&Question, &Answered)], narrow: bool) -> Option<Drawing> {
    let (first, _) = asked.first()?;
    let rows = asked.iter().map(|(q, a)| stacked_row(teller, q.text.get(teller.lang()).to_owned(), a, String::new())).collect();
    let last = first.options().last().map(|o| o.text.get(teller.lang()).to_owned()).unwrap_or_default();
    let subtitle =
        if asked.len() > 1 { teller.say("answers-subtitle-ranked", &[("option", last)]) } else { teller.say("answers-subtitle", &[]) };
    let chart = Stacked {
        head: teller.head(title, subtitle, teller.say("answers-description", &[])),
        options: first.options().iter().map(|o| o.text.get(teller.lang()).to_owned()).collect(),
        palette: if is_scale(first) { Palette::Scale } else { Palette::Nominal },
        rows,
        headings: Headings { name: teller.say("column-question", &[]), detail: teller.say("report-n-valid", &[]), ..Headings::default() },
        narrow,
    };
    Some(chart.draw())
}

/// Shares of a question's options with their intervals.
#[must_use]
pub fn shares(teller: &Teller<'_>, question: &Question, answered: &Answered, narrow: bool) -> Option<Drawing> {
    if answered.options.iter().all(|o| o.estimate.is_none()) {
        return None;
    }
    let text =
        |code: &str| question.options().iter().find(|o| o.code == code).map_or_else(String::new, |o| o.text.get(teller.lang()).to_owned());
    let mut options: Vec<&Row> = answered.options.iter().collect();
    // Several choices are ranked; the options of one choice keep the order in which they were read.
    if !matches!(question.kind, Kind::Single { .. }) {
        options.sort_by(|a, b| b.estimate.unwrap_or(-1.0).total_cmp(&a.estimate.unwrap_or(-1.0)));
    }
    let bars = options.into_iter().map(|o| {
        let name = text(o.category.as_deref().unwrap_or_default());
        crate::charts::Bar {
            level: 0,
            figure: teller.drawn(o, true),
            before: None,
            detail: String::new(),
            link: None,
            tip: Some(teller.tip(&name, o)),
            name,
        }
    });
    let number = |v: f64, decimals: usize| teller.language.number(v, decimals);
    let key = match question.kind {
        Kind::Multiple { .. } => "answers-multiple",
        Kind::Ranking { .. } => "answers-ranking",
        _ => "answers-single",
    };
    let chart = crate::charts::Bars {
        head: teller.head(
            question.text.get(teller.lang()).to_owned(),
            teller.say(key, &[("n", teller.language.count(answered.n_valid))]),
            teller.say("answers-description", &[]),
        ),
        rows: bars.collect(),
        before: String::new(),
        headings: Headings { name: teller.say("column-answer", &[]), value: teller.say("column-share", &[]), ..Headings::default() },
        number: &number,
        narrow,
    };
    Some(chart.draw())
}

/// Groups with their overall figures, beside the figure of all.
///
/// # Errors
/// Those of the figures.
pub fn groups(
    teller: &Teller<'_>,
    title: String,
    comparison: &Comparison,
    name: &dyn Fn(&str) -> String,
    narrow: bool,
) -> Result<Option<Drawing>> {
    let index = teller.report.index()?;
    let overall: Vec<&Row> = comparison.rows.iter().filter(|r| r.measure_level == Level::Overall && r.n > 0).collect();
    if overall.iter().all(|r| r.estimate.is_none()) {
        return Ok(None);
    }
    let rows = overall.iter().map(|r| {
        let name = name(r.category.as_deref().unwrap_or_default());
        let detail = teller.language.count(r.n_valid);
        IntervalRow {
            rank: String::new(),
            figure: teller.drawn(r, teller.percent()),
            detail,
            band: None,
            link: None,
            tip: Some(teller.tip(&name, r)),
            name,
        }
    });
    let reference = index
        .overall()
        .and_then(|r| r.estimate)
        .map(|value| Reference { value, label: teller.say("plot-reference", &[("value", teller.value(value))]) });
    let number = |v: f64, decimals: usize| teller.language.number(v, decimals);
    let key = if comparison.differs(teller.report.prepared.level()) { "groups-differ" } else { "groups-alike" };
    let chart = IntervalPlot {
        head: teller.head(title, teller.say(key, &[]), teller.say("groups-description", &[])),
        rows: rows.collect(),
        reference,
        possible: (0.0, index.overall().map_or(100.0, |r| teller.largest(&r.measure))),
        headings: Headings {
            rank: String::new(),
            name: teller.say("column-group", &[]),
            value: teller.say("column-index", &[]),
            detail: teller.say("report-n-valid", &[]),
        },
        number: &number,
        narrow,
    };
    Ok(Some(chart.draw()))
}

/// Means of answering with their figures; none where there is only one.
///
/// # Errors
/// Those of the figures.
pub fn modes(teller: &Teller<'_>, narrow: bool) -> Result<Option<Drawing>> {
    let comparison = teller.report.figures().modes(&teller.report.prepared)?;
    if comparison.rows.iter().filter(|r| r.measure_level == Level::Overall).count() < 2 {
        return Ok(None);
    }
    groups(teller, teller.say("modes-title", &[]), &comparison, &|mode| teller.say(&format!("mode-{mode}"), &[]), narrow)
}
