//! Trend of estimates over time.
//!
//! Notation: estimates θ_j of k waves at times x_j, with joint covariance matrix V (waves that share clusters or people are
//! correlated).
//!
//! | function | slope b | variance |
//! |---|---|---|
//! | [`linear_trend`] | Σ (x_j − x̄) θ_j / Σ (x_j − x̄)², the ordinary slope as a contrast | c′Vc |
//! | [`least_squares_trend`] | generalised least squares, (X′V⁻¹X)⁻¹ X′V⁻¹ θ with X = (1, x) | (X′V⁻¹X)⁻¹ |
//!
//! t = b / SE is compared with Student t. Generalised least squares gives exact waves more say (A. C. Aitken, Proc. R. Soc. Edinb. 55
//! (1935) 42; for estimates of complex surveys: G. G. Koch, D. H. Freeman, J. L. Freeman, Int. Stat. Rev. 43 (1975) 59). The contrast
//! treats waves alike and needs no inverse, which is safer with many waves and few clusters.

use super::contrast::{Comparison, contrast};
use super::matrix::Cholesky;
use super::{HypothesisError, whole_covariance};
use crate::stats::estimate::Joint;
use crate::stats::moments::Sum;

/// Times less their mean.
fn centred(joint: &Joint, times: &[f64]) -> Result<Vec<f64>, HypothesisError> {
    let k = joint.estimates.len();
    if times.len() != k {
        return Err(HypothesisError::Count { what: "times", estimates: k, found: times.len() });
    }
    if let Some(at) = times.iter().position(|x| !x.is_finite()) {
        return Err(HypothesisError::NotFinite { what: "time", at, value: times[at] });
    }
    if times.iter().all(|x| Some(x) == times.first()) {
        return Err(HypothesisError::Times);
    }
    let mean = times.iter().map(|x| x / k as f64).collect::<Sum>().value();
    Ok(times.iter().map(|x| x - mean).collect())
}

/// The ordinary least squares slope per unit of time, against 0, with the variance of the design.
///
/// # Errors
/// [`HypothesisError`]: times that do not fit or are all the same, an estimate without a standard error, a wrong `df` or `level`.
pub fn linear_trend(joint: &Joint, times: &[f64], df: f64, level: f64) -> Result<Comparison, HypothesisError> {
    let x = centred(joint, times)?;
    let squares = x.iter().map(|x| x * x).collect::<Sum>().value();
    contrast(joint, &x.iter().map(|x| x / squares).collect::<Vec<f64>>(), df, level)
}

/// The generalised least squares slope per unit of time, against 0.
///
/// # Errors
/// As [`linear_trend`], and [`HypothesisError::Singular`] when V has no inverse.
pub fn least_squares_trend(joint: &Joint, times: &[f64], df: f64, level: f64) -> Result<Comparison, HypothesisError> {
    let x = centred(joint, times)?;
    let k = x.len();
    let covariance = whole_covariance(joint)?;
    let root = Cholesky::new(&covariance, k).ok_or(HypothesisError::Singular { count: k })?;
    let estimates: Vec<f64> = joint.estimates.iter().map(|found| found.estimate.unwrap_or(0.0)).collect();
    let [one, x, y] = [vec![1.0; k], x, estimates].map(|column| root.whiten(&column));
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).collect::<Sum>().value();
    // What is left of x and θ after their weighted means.
    let rest = |column: &[f64]| {
        let along = dot(&one, column) / dot(&one, &one);
        column.iter().zip(&one).map(|(value, one)| value - along * one).collect::<Vec<f64>>()
    };
    let (x, y) = (rest(&x), rest(&y));
    let information = dot(&x, &x);
    Comparison::new(dot(&x, &y) / information, information.sqrt().recip(), 0.0, df, level)
}
