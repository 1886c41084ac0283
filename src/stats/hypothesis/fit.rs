//! Goodness of fit to given probabilities (R's `svygofchisq`).
//!
//! Notation: O_l the estimated population of level l, N their sum, E_l = N π_l, X² = Σ (O − E)² / E. Under the hypothesis X² behaves as
//! Σ λ χ²₁, λ the eigenvalues of the covariance of (O_l − E_l) / √E_l, whose linearised value in a row of level m is
//! 1(m = l) / √E_l − π_l (O_l + E_l) / (2 E_l^{3/2}). It is compared with a χ² · χ²_f, a = Σ λ² / Σ λ, f = (Σ λ)² / Σ λ²: F. E.
//! Satterthwaite, Biometrics Bull. 2 (1946) 110; J. N. K. Rao, A. J. Scott, JASA 76 (1981) 221.

use super::{Categories, Estimator, HypothesisError, rows_where, whole_covariance};
use crate::stats::estimate::{Domain, Request, Statistic};
use crate::stats::moments::Sum;
use crate::stats::quantile::chi_square_tail;

/// A test of fit.
#[derive(Clone, Debug, PartialEq)]
pub struct GoodnessOfFit {
    /// X², on the scale of the population.
    pub statistic: f64,
    /// a.
    pub scale: f64,
    /// f.
    pub df: f64,
    /// Chance of a value as large or larger if the probabilities are right.
    pub p_value: f64,
    /// Estimated share of each level.
    pub shares: Vec<f64>,
    /// Rows used.
    pub n: u64,
}

/// Tests whether the levels 0, 1, 2 … of a variable have `probabilities` (divided by their sum first) in a domain.
///
/// # Errors
/// [`HypothesisError`]: fewer than two levels, a probability that is not above 0, a level without one, no variance, no standard
/// error, or a column or domain that does not fit.
pub fn goodness_of_fit(
    design: &impl Estimator,
    categories: &Categories<'_>,
    probabilities: &[f64],
    domain: Domain<'_>,
) -> Result<GoodnessOfFit, HypothesisError> {
    let k = probabilities.len();
    if k < 2 {
        return Err(HypothesisError::Levels { column: "tested", found: k, needed: "2 or more" });
    }
    let whole = probabilities.iter().copied().collect::<Sum>().value();
    if let Some(at) = probabilities.iter().position(|p| !(*p > 0.0 && p.is_finite() && p / whole > 0.0)) {
        return Err(HypothesisError::Probability { at, value: probabilities[at] });
    }
    let used = rows_where(design, domain, &[("tested", categories)], |row| categories.at(row).is_some())?;
    let weights = design.weights();
    let mut sums = vec![Sum::default(); k];
    for row in used.iter().map(|row| *row as usize) {
        let level = categories.levels[row];
        let sum = sums.get_mut(level as usize).ok_or(HypothesisError::UnknownLevel { row, level, known: k })?;
        sum.add(weights[row]);
    }
    let observed: Vec<f64> = sums.iter().map(Sum::value).collect();
    let total = observed.iter().copied().collect::<Sum>().value();
    if !(total > 0.0 && total.is_finite()) {
        return Err(HypothesisError::Levels { column: "tested", found: 0, needed: "2 or more" });
    }
    let expected: Vec<f64> = probabilities.iter().map(|p| p / whole * total).collect();
    let column = |l: usize| {
        let (root, share) = (expected[l].sqrt(), expected[l] / total);
        let elsewhere = -share * (observed[l] + expected[l]) / (2.0 * expected[l] * root);
        let mut column = vec![f64::NAN; weights.len()];
        for row in used.iter().map(|row| *row as usize) {
            let own = if categories.levels[row] as usize == l { 1.0 / root } else { 0.0 };
            column[row] = own + elsewhere;
        }
        Statistic::Total(column.into())
    };
    let statistics: Vec<Statistic<'_>> = (0..k).map(column).collect();
    let requests: Vec<Request<'_>> = statistics.iter().map(|statistic| Request { statistic, domain }).collect();
    let covariance = whole_covariance(&design.jointly(&requests)?)?;
    // Σ λ and Σ λ² are traces.
    let trace = (0..k).map(|l| covariance[l * k + l]).collect::<Sum>().value();
    let squares = covariance.iter().map(|v| v * v).collect::<Sum>().value();
    if !(trace > 0.0 && squares > 0.0 && squares.is_finite()) {
        return Err(HypothesisError::NoVariance);
    }
    let statistic = observed.iter().zip(&expected).map(|(o, e)| (o - e).powi(2) / e).collect::<Sum>().value();
    let (scale, df) = (squares / trace, trace * trace / squares);
    let p_value = chi_square_tail(statistic / scale, df).filter(|p| p.is_finite()).ok_or(HypothesisError::NoVariance)?;
    let shares = observed.iter().map(|o| o / total).collect();
    Ok(GoodnessOfFit { statistic, scale, df, p_value, shares, n: used.len() as u64 })
}
