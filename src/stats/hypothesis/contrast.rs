//! Differences and other linear combinations of estimates.
//!
//! Notation: estimates θ with joint covariance matrix V, coefficients c: the combination c′θ has variance c′Vc, so
//! t = c′θ / √(c′Vc) is compared with Student t of the given degrees of freedom.

use super::HypothesisError;
use super::adjust::{Adjustment, adjust};
use crate::stats::estimate::Joint;
use crate::stats::interval::{Interval, t_interval};
use crate::stats::moments::Sum;
use crate::stats::quantile::t_two_sided_tail;

/// A variance below this share of what was added up is the rounding of 0.
const ROUNDING: f64 = 1e-14;

/// A combination of estimates compared with a value, 0 unless said otherwise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Comparison {
    /// The combination.
    pub estimate: f64,
    /// Its standard error.
    pub se: f64,
    /// Degrees of freedom.
    pub df: f64,
    /// (estimate − value) / SE; `None` with a standard error of 0.
    pub t: Option<f64>,
    /// Two-sided; `None` with a standard error of 0.
    pub p_value: Option<f64>,
    /// t interval of the combination; `None` with a standard error of 0.
    pub interval: Option<Interval>,
}

impl Comparison {
    /// Compares an estimate with `value`.
    pub(super) fn new(estimate: f64, se: f64, value: f64, df: f64, level: f64) -> Result<Self, HypothesisError> {
        if df.is_nan() || df <= 0.0 {
            return Err(HypothesisError::DegreesOfFreedom(df));
        }
        let interval = t_interval(estimate, se, df, level)?;
        let t = Some((estimate - value) / se).filter(|t| se > 0.0 && t.is_finite());
        let p_value = t.and_then(|t| t_two_sided_tail(t.abs(), df));
        Ok(Self { estimate, se, df, t, p_value, interval: t.map(|_| interval) })
    }
}

/// c′θ against 0, with a t interval at confidence `level` and `df` degrees of freedom (infinite = normal).
///
/// # Errors
/// [`HypothesisError`]: coefficients that do not fit, an estimate with a coefficient but without a standard error, a wrong `df` or
/// `level`.
pub fn contrast(joint: &Joint, coefficients: &[f64], df: f64, level: f64) -> Result<Comparison, HypothesisError> {
    let k = joint.estimates.len();
    if coefficients.len() != k {
        return Err(HypothesisError::Count { what: "coefficients", estimates: k, found: coefficients.len() });
    }
    if let Some(at) = coefficients.iter().position(|c| !c.is_finite()) {
        return Err(HypothesisError::NotFinite { what: "coefficient", at, value: coefficients[at] });
    }
    let parts: Vec<(usize, f64)> = coefficients.iter().copied().enumerate().filter(|(_, c)| *c != 0.0).collect();
    combination(joint, &parts, df, level)
}

/// θ_a − θ_b, as [`contrast`].
///
/// # Errors
/// As [`contrast`]; [`HypothesisError::NoEstimate`] for a number that is too high.
pub fn difference(joint: &Joint, a: usize, b: usize, df: f64, level: f64) -> Result<Comparison, HypothesisError> {
    let k = joint.estimates.len();
    if let Some(at) = [a, b].into_iter().find(|at| *at >= k) {
        return Err(HypothesisError::NoEstimate { at, last: k.saturating_sub(1) });
    }
    combination(joint, &[(a, 1.0), (b, -1.0)], df, level)
}

fn combination(joint: &Joint, parts: &[(usize, f64)], df: f64, level: f64) -> Result<Comparison, HypothesisError> {
    let k = joint.estimates.len();
    let (mut estimate, mut variance, mut reach) = (Sum::default(), Sum::default(), 0.0);
    if let Some((at, _)) = parts.iter().find(|(at, _)| joint.estimates[*at].se.is_none()) {
        return Err(HypothesisError::NoStandardError { at: *at });
    }
    for (a, first) in parts {
        let missing = HypothesisError::NoStandardError { at: *a };
        estimate.add(first * joint.estimates[*a].estimate.ok_or(missing.clone())?);
        for (b, second) in parts {
            let part = first * second * joint.covariance[a * k + b].ok_or(missing.clone())?;
            variance.add(part);
            reach += part.abs();
        }
    }
    let variance = variance.value();
    let se = if variance <= ROUNDING * reach { 0.0 } else { variance.sqrt() };
    Comparison::new(estimate.value(), se, 0.0, df, level)
}

/// Two estimates compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// Number of the first estimate.
    pub first: usize,
    /// Number of the second, which is subtracted.
    pub second: usize,
    /// Their difference; `None` when one of them has no standard error.
    pub comparison: Option<Comparison>,
    /// p value adjusted for the number of pairs that have one.
    pub p_adjusted: Option<f64>,
}

/// All pairs a < b of estimates, θ_a − θ_b, in order of a and then b, with p values adjusted over the pairs that have one.
///
/// # Errors
/// [`HypothesisError`] for a wrong `df` or `level`.
pub fn pairwise(joint: &Joint, df: f64, level: f64, adjustment: Adjustment) -> Result<Vec<Pair>, HypothesisError> {
    let k = joint.estimates.len();
    let mut pairs = Vec::with_capacity(k * k.saturating_sub(1) / 2);
    for first in 0..k {
        for second in first + 1..k {
            let comparison = match difference(joint, first, second, df, level) {
                Ok(found) => Some(found),
                Err(HypothesisError::NoStandardError { .. }) => None,
                Err(error) => return Err(error),
            };
            pairs.push(Pair { first, second, comparison, p_adjusted: None });
        }
    }
    let given = |pair: &Pair| pair.comparison.and_then(|found| found.p_value);
    let p_values: Vec<f64> = pairs.iter().filter_map(given).collect();
    let adjusted = adjust(&p_values, adjustment)?;
    for (pair, p) in pairs.iter_mut().filter(|pair| given(pair).is_some()).zip(adjusted) {
        pair.p_adjusted = Some(p);
    }
    Ok(pairs)
}
