//! Groups of one survey compared with each other: modes of answering, the answers to a question about the respondent, streams.
//!
//! Groups of one stream share their sample, so the variance of a difference takes their covariance into account; streams are independent of each other. All pairs
//! are adjusted by Holm together. A difference between modes mixes what the mode does with who chooses it; nothing is held constant.

use serde::Serialize;

use super::analysis::{Prepared, refused};
use super::change;
use super::groups::Grouping;
use super::measures::Level;
use super::rows::Row;
use crate::error::Result;
use crate::stats::estimate::Joint;
use crate::stats::hypothesis::{Adjustment, HypothesisError, adjust, difference};

/// Two groups compared.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Pair {
    /// The first group.
    pub first: String,
    /// The second, which is subtracted.
    pub second: String,
    /// The difference.
    pub difference: f64,
    /// Its standard error.
    pub se: f64,
    /// Ends of its interval; none where nothing varies.
    pub interval: Option<(f64, f64)>,
    /// Two-sided p value, adjusted by Holm for all pairs; none where nothing varies.
    pub p_adjusted: Option<f64>,
}

/// Groups and their differences.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Comparison {
    /// The figures of the levels asked for, group by group.
    pub rows: Vec<Row>,
    /// All pairs of groups with an overall figure and a standard error.
    pub pairs: Vec<Pair>,
}

impl Comparison {
    /// Whether any two groups differ at this level.
    #[must_use]
    pub fn differs(&self, level: f64) -> bool {
        self.pairs.iter().any(|p| p.p_adjusted.is_some_and(|p| p < 1.0 - level))
    }
}

/// Compares the groups of a grouping by the overall figure.
///
/// # Errors
/// When weights or design do not fit, in words.
pub fn within(prepared: &Prepared, grouping: Grouping, levels: &[Level]) -> Result<Comparison> {
    let mut wanted = vec![Level::Overall];
    wanted.extend(levels.iter().copied().filter(|l| *l != Level::Overall));
    let found = prepared.grouped(grouping, &wanted, true)?;
    of(found.rows, found.covariance, prepared.level())
}

/// Compares groups by the overall figures among these rows, which have this covariance matrix, row by row.
///
/// # Errors
/// What does not fit, in words.
pub fn of(rows: Vec<Row>, covariance: Vec<Option<f64>>, level: f64) -> Result<Comparison> {
    let overall: Vec<&Row> = rows.iter().filter(|r| r.measure_level == Level::Overall).collect();
    let joint = Joint { estimates: overall.iter().map(|r| change::estimate(r)).collect(), covariance };
    let pairs = pairs(&overall, &joint, level)?;
    Ok(Comparison { rows, pairs })
}

/// Compares rows of independent samples, each with its own name in `category`.
///
/// # Errors
/// What does not fit, in words.
pub fn independent(rows: Vec<Row>, level: f64) -> Result<Comparison> {
    let overall: Vec<&Row> = rows.iter().filter(|r| r.measure_level == Level::Overall).collect();
    let k = overall.len();
    let mut covariance = vec![None; k * k];
    for (a, first) in overall.iter().enumerate() {
        for (b, second) in overall.iter().enumerate() {
            if let Some(place) = covariance.get_mut(a * k + b) {
                *place = first.se.zip(second.se).map(|(se, _)| if a == b { se * se } else { 0.0 });
            }
        }
    }
    of(rows, covariance, level)
}

fn pairs(rows: &[&Row], joint: &Joint, level: f64) -> Result<Vec<Pair>> {
    let mut all = Vec::new();
    let mut p_values = Vec::new();
    let name = |r: &Row| r.category.clone().or_else(|| r.unit.clone()).unwrap_or_default();
    for (a, first) in rows.iter().enumerate() {
        for (b, second) in rows.iter().enumerate().skip(a + 1) {
            let df = f64::from(first.df.min(second.df));
            if first.estimate.is_none() || second.estimate.is_none() || df <= 0.0 {
                continue;
            }
            let found = match difference(joint, a, b, df, level) {
                Ok(found) => found,
                Err(HypothesisError::NoStandardError { .. }) => continue,
                Err(e) => return Err(refused(e)),
            };
            p_values.extend(found.p_value);
            all.push((name(first), name(second), found));
        }
    }
    let mut adjusted = adjust(&p_values, Adjustment::Holm).map_err(refused)?.into_iter();
    Ok(all
        .into_iter()
        .map(|(first, second, found)| Pair {
            first,
            second,
            difference: found.estimate,
            se: found.se,
            interval: found.interval.map(|i| (i.low, i.high)),
            p_adjusted: found.p_value.and_then(|_| adjusted.next()),
        })
        .collect())
}
