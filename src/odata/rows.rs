//! Surveys, their units, the figures of their index and the estimates as entities, in the order of their keys.

use super::model::Cell;
use crate::error::Result;
use crate::estimation::analysis::{Prepared, Row};
use crate::estimation::{By, Level};
use crate::surveys::Open;

/// A survey; `responses` is how many it has.
#[must_use]
pub fn survey(open: &Open, responses: i64) -> Vec<Cell> {
    let survey = &open.survey;
    let streams: Vec<&str> = survey.streams().iter().map(|s| s.as_str()).collect();
    vec![
        Cell::from(survey.code.as_str()),
        Cell::from(survey.title("vi")),
        Cell::from(survey.title("en")),
        Cell::from(survey.status.as_str()),
        Cell::from(survey.questionnaire.as_str()),
        Cell::from(survey.version.as_str()),
        Cell::Day(survey.opens_on),
        Cell::Day(survey.closes_on),
        Cell::Text(streams.join(",")),
        Cell::from(survey.weighting.as_str()),
        Cell::Count(survey.threshold),
        Cell::Count(responses),
        Cell::Flag(survey.demonstration),
        survey.series.as_deref().map_or(Cell::Null, Cell::from),
    ]
}

/// The units of a survey.
#[must_use]
pub fn units(open: &Open) -> Vec<Vec<Cell>> {
    let unit = |u: &crate::units::Unit| {
        vec![
            Cell::from(open.survey.code.as_str()),
            Cell::from(u.code.as_str()),
            Cell::from(u.name("vi")),
            Cell::from(u.name("en")),
            Cell::from(u.kind.as_str()),
            u.parent.as_deref().map_or(Cell::Null, Cell::from),
            Cell::from(u.population),
            Cell::from(u.transactions),
        ]
    };
    open.frame.units.values().map(unit).collect()
}

/// The figures of a survey's index, in the order of the tree; none without an index.
///
/// # Errors
/// When the index cannot be read.
pub fn measures(open: &Open) -> Result<Vec<Vec<Cell>>> {
    let Some(index) = &open.questionnaire().index else { return Ok(Vec::new()) };
    let named = crate::estimation::measures::of(open.questionnaire(), index).map_err(crate::error::Error::Internal)?;
    let row = |(at, m): (i64, &crate::estimation::NamedMeasure)| {
        vec![
            Cell::from(open.survey.code.as_str()),
            Cell::from(m.code.as_str()),
            Cell::from(m.text.get("vi")),
            Cell::from(m.text.get("en")),
            Cell::from(m.level.as_str()),
            Cell::Count(at),
            Cell::Number(m.largest),
        ]
    };
    Ok((1i64..).zip(&named.all).map(row).collect())
}

/// Every figure of one stream: for all units together, then for each unit.
///
/// # Errors
/// When weights or design do not fit, in words.
pub fn estimates(open: &Open, prepared: &Prepared) -> Result<Vec<Vec<Cell>>> {
    let method = prepared.method();
    let mut rows = prepared.estimate(By::All, Level::ALL)?;
    rows.extend(prepared.estimate(By::Unit, Level::ALL)?);
    let count = |n: u64| Cell::Count(i64::try_from(n).unwrap_or(i64::MAX));
    let entity = |row: &Row| {
        vec![
            Cell::from(open.survey.code.as_str()),
            Cell::from(method.stream.as_str()),
            Cell::from(row.unit.as_deref().unwrap_or("")),
            Cell::from(row.measure.as_str()),
            row.kind.map_or(Cell::Null, |k| Cell::from(k.as_str())),
            Cell::from(row.measure_level.as_str()),
            Cell::from(row.estimate),
            Cell::from(row.se),
            Cell::from(row.ci_low),
            Cell::from(row.ci_high),
            Cell::Number(method.level),
            count(row.n),
            count(row.n_valid),
            Cell::from(row.deff),
            if row.flags.is_empty() { Cell::Null } else { Cell::Text(row.flags.join(" ")) },
            Cell::Flag(method.probability_sample),
            Cell::Flag(method.demonstration),
        ]
    };
    Ok(rows.iter().map(entity).collect())
}
