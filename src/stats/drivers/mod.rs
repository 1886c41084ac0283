//! What drives an outcome: how much of its variance each predictor explains in a linear regression.
//!
//! Notation: outcome y and predictors x₁…x_p with weights w; R the weighted correlation matrix of the predictors, r their
//! correlations with y, b = R⁻¹ r the standardised coefficients, R²(S) the explained share of the variance with predictors S.
//!
//! | measure | formula | adds up to R² |
//! |---|---|---|
//! | LMG (Shapley value) | Σ over S without j of \|S\|! (p − 1 − \|S\|)! / p! · (R²(S ∪ j) − R²(S)) | yes |
//! | Johnson | Σ_k Λ_jk² z_k², Λ = R^½, z = Λ⁻¹ r; Genizi's measure is the same | yes |
//! | first | r_j² | no |
//! | last | R²(all) − R²(all but j) = b_j² / (R⁻¹)_jj | no |
//! | squared beta | b_j² | no |
//! | Pratt | b_j r_j, may be negative | yes |
//! | CAR | z_j² | yes |
//!
//! Sources: R. H. Lindeman, P. F. Merenda and R. Z. Gold, *Introduction to Bivariate and Multivariate Analysis* (1980); U. Grömping,
//! J. Stat. Softw. 17 (2006) 1 (R package `relaimpo`); J. W. Johnson, Multivar. Behav. Res. 35 (2000) 1; A. Genizi, Statistica Sinica 3
//! (1993) 407; J. W. Pratt, Proc. 2nd Tampere Conf. Statistics (1987) 245; V. Zuber and K. Strimmer, Stat. Appl. Genet. Mol. Biol. 10 (2011) 34.
//!
//! Rows with a missing value anywhere (NaN) or with weight 0 are left out, in all measures alike. Relative importance describes
//! association, not cause.

mod association;
mod importance;
mod quadrants;

pub use association::{Against, Association, AssociationError, associations};
pub use quadrants::{Quadrant, QuadrantError, Quadrants, Split, quadrants};

use super::linear::Ldl;
use super::moments::Sum;
use super::replicate::Replicates;
use super::weighting::type_7;
use rayon::prelude::*;

/// Most predictors for LMG, which looks at every subset: 2¹⁵ regressions.
pub const MOST_FOR_LMG: usize = 15;
/// A predictor of which less than this share is left after the ones before it follows from them.
const ALIASED: f64 = 1e-10;
/// A variance below this share of the mean square is 0.
const NO_VARIANCE: f64 = 1e-24;

/// A measure of importance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Mean gain in R² over all orders of the predictors.
    Lmg,
    /// Johnson's relative weights.
    Johnson,
    /// R² of the predictor alone.
    First,
    /// Gain in R² where the predictor comes last.
    Last,
    /// Squared standardised coefficient.
    BetaSquared,
    /// Coefficient times correlation.
    Pratt,
    /// Squared correlation-adjusted correlation.
    Car,
}

/// Outcome and predictors; columns have one entry a row, NaN where missing.
#[derive(Clone, Debug)]
pub struct DriverData<'a> {
    /// y.
    pub outcome: &'a [f64],
    /// x₁…x_p.
    pub predictors: Vec<&'a [f64]>,
}

/// Why there is no result. Rows and predictors are counted from 0.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum DriverError {
    /// Nothing to explain with.
    #[error("there is no predictor; give at least one")]
    NoPredictors,
    /// A column of another length.
    #[error("{} has {found} entries for {rows} weights; give one entry a row", column_name(*predictor))]
    Length {
        /// The predictor, `None` for the outcome.
        predictor: Option<usize>,
        /// Rows of the weights.
        rows: usize,
        /// Entries found.
        found: usize,
    },
    /// A weight that is not a finite number from 0 on.
    #[error("row {row} has weight {value}; weights must be finite and not negative")]
    Weight {
        /// First row concerned.
        row: usize,
        /// Its weight.
        value: f64,
    },
    /// An infinite value.
    #[error("row {row} of {} is infinite; give a number, or NaN where it is missing", column_name(*predictor))]
    Infinite {
        /// The predictor, `None` for the outcome.
        predictor: Option<usize>,
        /// First row concerned.
        row: usize,
    },
    /// Too few rows.
    #[error("{rows} complete rows for {predictors} predictors; give at least {}, or fewer predictors", predictors + 2)]
    TooFewRows {
        /// Rows without a missing value and with a weight above 0.
        rows: usize,
        /// Predictors.
        predictors: usize,
    },
    /// A column that does not vary.
    #[error("{} is the same in all {rows} complete rows; there is nothing to explain or to explain with", column_name(*predictor))]
    Constant {
        /// The predictor, `None` for the outcome.
        predictor: Option<usize>,
        /// Complete rows.
        rows: usize,
    },
    /// A predictor that the ones before it already contain.
    #[error("predictor {0} follows from the predictors before it; leave one of them out")]
    Dependent(usize),
    /// Too many subsets.
    #[error("{0} predictors are too many for LMG, which takes at most {MOST_FOR_LMG}; use Johnson's relative weights or fewer predictors")]
    TooMany(usize),
    /// Replicates of other rows.
    #[error("the replicates have {found} rows, the outcome has {rows}; make them from the same data")]
    Replicates {
        /// Rows of the outcome.
        rows: usize,
        /// Rows of the replicates.
        found: usize,
    },
    /// A level outside (0, 1).
    #[error("confidence level {0}; give a value between 0 and 1, such as 0.95")]
    Level(f64),
}

fn column_name(predictor: Option<usize>) -> String {
    predictor.map_or_else(|| "the outcome".to_owned(), |predictor| format!("predictor {predictor}"))
}

/// Importance of one predictor by one measure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Importance {
    /// The measure, a share of the outcome's variance.
    pub raw: f64,
    /// Share of the sum over predictors (Johnson's rescaled weights, 0 to 1); `None` where the sum is not above 0.
    pub share: Option<f64>,
    /// Percentile interval of `raw` over bootstrap replicates; `None` without replicates, or with fewer than 1 / (1 − level) usable ones.
    pub interval: Option<[f64; 2]>,
}

/// Importance of all predictors by one measure, in the order given.
#[derive(Clone, Debug, PartialEq)]
pub struct Importances {
    /// The measure.
    pub measure: Measure,
    /// One a predictor.
    pub predictors: Vec<Importance>,
}

/// A regression and what its predictors contribute.
#[derive(Clone, Debug, PartialEq)]
pub struct Drivers {
    /// Rows used: without a missing value and with a weight above 0.
    pub rows: u64,
    /// Rows with a weight above 0 that were left out because a value is missing.
    pub incomplete: u64,
    /// Explained share of the outcome's weighted variance.
    pub r_squared: f64,
    /// Intercept, then a coefficient a predictor, in their units.
    pub coefficients: Vec<f64>,
    /// Weighted mean of each predictor over the rows used.
    pub means: Vec<f64>,
    /// One a measure asked for.
    pub importances: Vec<Importances>,
    /// Replicates in which all measures exist; 0 without replicates.
    pub replicates: u64,
}

/// Importance of predictors, by each measure asked for.
///
/// # Errors
/// One [`DriverError`] variant for each thing that does not fit.
pub fn drivers(data: &DriverData<'_>, weights: &[f64], measures: &[Measure]) -> Result<Drivers, DriverError> {
    check(data, weights)?;
    let complete = complete(data);
    Ok(one(data, &complete, weights, measures)?.0)
}

/// Importance of predictors with percentile intervals over bootstrap replicates (such as those of Rao and Wu), the type-7 quantiles
/// (1 ∓ level) / 2 of the replicated measure. A replicate in which the regression fails is left out. Jackknife and balanced
/// replicates have no meaningful percentiles.
///
/// # Errors
/// One [`DriverError`] variant for each thing that does not fit.
pub fn replicated_drivers(
    data: &DriverData<'_>,
    replicates: &Replicates,
    measures: &[Measure],
    level: f64,
) -> Result<Drivers, DriverError> {
    if !(level > 0.0 && level < 1.0) {
        return Err(DriverError::Level(level));
    }
    if replicates.weights().len() != data.outcome.len() {
        return Err(DriverError::Replicates { rows: data.outcome.len(), found: replicates.weights().len() });
    }
    check(data, replicates.weights())?;
    let complete = complete(data);
    let (mut full, _) = one(data, &complete, replicates.weights(), measures)?;
    let raw = |weights: &Vec<f64>| Some(one(data, &complete, weights, measures).ok()?.1);
    let usable: Vec<Vec<Vec<f64>>> = replicates.replicate_weights().par_iter().filter_map(raw).collect();
    full.replicates = usable.len() as u64;
    if (usable.len() as f64) * (1.0 - level) < 1.0 - 1e-9 {
        return Ok(full);
    }
    for (m, importances) in full.importances.iter_mut().enumerate() {
        for (j, importance) in importances.predictors.iter_mut().enumerate() {
            let mut values: Vec<f64> = usable.iter().map(|replicate| replicate[m][j]).collect();
            values.sort_by(f64::total_cmp);
            importance.interval = Some([0.5 * (1.0 - level), 0.5 * (1.0 + level)].map(|share| type_7(&values, share)));
        }
    }
    Ok(full)
}

fn check(data: &DriverData<'_>, weights: &[f64]) -> Result<(), DriverError> {
    if data.predictors.is_empty() {
        return Err(DriverError::NoPredictors);
    }
    if let Some(row) = weights.iter().position(|weight| !(weight.is_finite() && *weight >= 0.0)) {
        return Err(DriverError::Weight { row, value: weights[row] });
    }
    let columns = std::iter::once((None, data.outcome)).chain(data.predictors.iter().enumerate().map(|(j, column)| (Some(j), *column)));
    for (predictor, column) in columns {
        if column.len() != weights.len() {
            return Err(DriverError::Length { predictor, rows: weights.len(), found: column.len() });
        }
        if let Some(row) = column.iter().position(|value| value.is_infinite()) {
            return Err(DriverError::Infinite { predictor, row });
        }
    }
    Ok(())
}

/// Rows without a missing value.
fn complete(data: &DriverData<'_>) -> Vec<bool> {
    let present = |row: usize| !data.outcome[row].is_nan() && data.predictors.iter().all(|column| !column[row].is_nan());
    (0..data.outcome.len()).map(present).collect()
}

/// The result for one set of weights, and the raw measures by measure and predictor.
fn one(data: &DriverData<'_>, complete: &[bool], weights: &[f64], measures: &[Measure]) -> Result<(Drivers, Vec<Vec<f64>>), DriverError> {
    let p = data.predictors.len();
    let used: Vec<usize> = (0..weights.len()).filter(|row| complete[*row] && weights[*row] > 0.0).collect();
    let rows = used.len();
    if rows < p + 2 {
        return Err(DriverError::TooFewRows { rows, predictors: p });
    }
    if measures.contains(&Measure::Lmg) && p > MOST_FOR_LMG {
        return Err(DriverError::TooMany(p));
    }
    // Predictors first, the outcome last. Weights are held against the largest so that no sum overflows.
    let column = |c: usize| if c < p { data.predictors[c] } else { data.outcome };
    let largest = used.iter().fold(0.0_f64, |max, row| max.max(weights[*row]));
    let share = |row: usize| weights[row] / largest;
    let total = used.iter().map(|row| share(*row)).collect::<Sum>().value();
    let mean = |c: usize| used.iter().map(|row| share(*row) / total * column(c)[*row]).collect::<Sum>().value();
    let means: Vec<f64> = (0..=p).map(mean).collect();
    let second = |a: usize, b: usize| {
        let term = |row: &usize| share(*row) / total * (column(a)[*row] - means[a]) * (column(b)[*row] - means[b]);
        used.iter().map(term).collect::<Sum>().value()
    };
    let variances: Vec<f64> = (0..=p).map(|c| second(c, c)).collect();
    let name = |c: usize| (c < p).then_some(c);
    let varies = |c: &usize| variances[*c].is_normal() && variances[*c] > NO_VARIANCE * means[*c] * means[*c];
    if let Some(c) = (0..=p).rev().find(|c| !varies(c)) {
        return Err(DriverError::Constant { predictor: name(c), rows });
    }
    let deviations: Vec<f64> = variances.iter().map(|variance| variance.sqrt()).collect();
    let mut correlation = vec![0.0; p * p];
    for a in 0..p {
        correlation[a * p + a] = 1.0;
        for b in 0..a {
            let value = second(a, b) / (deviations[a] * deviations[b]);
            (correlation[a * p + b], correlation[b * p + a]) = (value, value);
        }
    }
    let with_outcome: Vec<f64> = (0..p).map(|c| second(c, p) / (deviations[c] * deviations[p])).collect();
    let decomposed = Ldl::new(correlation.clone(), p, ALIASED);
    if let Some(predictor) = decomposed.dependent() {
        return Err(DriverError::Dependent(predictor));
    }
    let betas = decomposed.solve(&with_outcome);
    let regression = importance::Regression { correlation, with_outcome, betas, inverse: decomposed.inverse() };
    let raw: Vec<Vec<f64>> = measures.iter().map(|measure| regression.measure(*measure)).collect();
    let slopes: Vec<f64> = regression.betas.iter().zip(&deviations).map(|(beta, own)| beta * deviations[p] / own).collect();
    let intercept = means[p] - slopes.iter().zip(&means).map(|(slope, mean)| slope * mean).sum::<f64>();
    let drivers = Drivers {
        rows: rows as u64,
        incomplete: complete.iter().zip(weights).filter(|(complete, weight)| !**complete && **weight > 0.0).count() as u64,
        r_squared: regression.r_squared(),
        coefficients: std::iter::once(intercept).chain(slopes).collect(),
        means: means[..p].to_vec(),
        importances: measures.iter().zip(&raw).map(|(measure, raw)| importances(*measure, raw)).collect(),
        replicates: 0,
    };
    Ok((drivers, raw))
}

fn importances(measure: Measure, raw: &[f64]) -> Importances {
    let sum = raw.iter().copied().collect::<Sum>().value();
    let share = |raw: f64| (sum > 0.0).then(|| raw / sum).filter(|share| share.is_finite());
    Importances { measure, predictors: raw.iter().map(|raw| Importance { raw: *raw, share: share(*raw), interval: None }).collect() }
}
