//! Totals, means, ratios, variances and combinations of ratios, by domain, under any design.
//!
//! Notation: over the rows i of a domain with the needed values present, weights wᵢ, N̂ = Σ w, n the number of rows with wᵢ ≠ 0.
//!
//! | statistic | estimate θ | linearised value zᵢ inside the domain, 0 outside |
//! |---|---|---|
//! | total | Σ w y | y |
//! | mean | ȳ = Σ w y / N̂ | (y − ȳ) / N̂ |
//! | ratio | R = Σ w a / Σ w b | (a − R b) / Σ w b |
//! | variance | S² = n/(n−1) Σ w (y − ȳ)² / N̂ | (d − S²) / N̂, d = n/(n−1) (y − ȳ)² |
//! | combined | Σ_k c_k R_k | Σ_k c_k (a_k − R_k b_k) / Σ w b_k |
//!
//! A proportion is the mean of an indicator ([`indicator`]), a count its total, the satisfaction index a ratio (pooled) or a
//! combination (mean of items, mean of factor means). The variance of θ is that of the total of z under the design
//! ([`super::sampling`]), after the residuals of the weighting ([`super::weighting`]): R. S. Woodruff, JASA 66 (1971) 411; D. A.
//! Binder, Int. Stat. Rev. 51 (1983) 279.
//!
//! Design effects: V / V₀ with V₀ = N̂² S_z² / n (with replacement) and V₀ · (1 − n/N̂) (without), S_z² the variance of z as above
//! (L. Kish, *Survey Sampling*, 1965, section 8.2; for a mean S_z² N̂² = S²). Effective n = n / deff with replacement.
//!
//! Missing values are NaN; each statistic uses the rows where its own values are present.

mod quantile;
mod survey;
mod value;

pub use crate::stats::index::Flag;
pub(in crate::stats) use quantile::quantiles;
pub use quantile::{QuantileError, QuantileEstimate, QuantileRequest};
pub use survey::Survey;
pub(in crate::stats) use survey::design_effects;
pub(in crate::stats) use value::{Value, check_requests, evaluate, evaluate_replicate};

use super::interval::{Interval, IntervalError, t_interval};
use std::borrow::Cow;

/// What to estimate. Columns have one entry a row, NaN where missing.
#[derive(Clone, Debug)]
pub enum Statistic<'a> {
    /// Σ w y.
    Total(Cow<'a, [f64]>),
    /// Σ w y / Σ w.
    Mean(Cow<'a, [f64]>),
    /// Σ w a / Σ w b.
    Ratio {
        /// a.
        numerator: Cow<'a, [f64]>,
        /// b.
        denominator: Cow<'a, [f64]>,
    },
    /// The population variance of y.
    Variance(Cow<'a, [f64]>),
    /// Σ_k c_k Σ w a_k / Σ w b_k; here a row with a missing value leaves only that part.
    Combined(Vec<Part<'a>>),
}

/// One ratio of a combination.
#[derive(Clone, Debug)]
pub struct Part<'a> {
    /// c_k.
    pub coefficient: f64,
    /// a_k.
    pub numerator: Cow<'a, [f64]>,
    /// b_k.
    pub denominator: Cow<'a, [f64]>,
}

/// The rows an estimate is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Domain<'a> {
    /// All rows.
    All,
    /// These rows, ascending and each once.
    Rows(&'a [u32]),
}

/// One statistic in one domain.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// What to estimate.
    pub statistic: &'a Statistic<'a>,
    /// For which rows.
    pub domain: Domain<'a>,
}

/// Why a request was refused. Requests and rows are counted from 0.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EstimateError {
    /// A column of another length.
    #[error("request {request} has a column of {found} entries for {rows} rows; give one entry a row, NaN where missing")]
    Length {
        /// The request.
        request: usize,
        /// Rows of the design.
        rows: usize,
        /// Entries found.
        found: usize,
    },
    /// A value that is neither a finite number nor missing.
    #[error("request {request} has the value {value} at row {row}; values must be finite, or NaN where missing")]
    Value {
        /// The request.
        request: usize,
        /// First row concerned.
        row: usize,
        /// The value.
        value: f64,
    },
    /// A coefficient that is not finite.
    #[error("request {request} has the coefficient {value}; coefficients must be finite")]
    Coefficient {
        /// The request.
        request: usize,
        /// The coefficient.
        value: f64,
    },
    /// A combination of nothing.
    #[error("request {request} combines no ratios; give at least one")]
    NoParts {
        /// The request.
        request: usize,
    },
    /// Domain rows out of range, out of order or twice.
    #[error("request {request} has a domain whose row {row} is out of order or not below {rows}; name rows in ascending order, each once")]
    DomainRows {
        /// The request.
        request: usize,
        /// The row named.
        row: u32,
        /// Rows of the design.
        rows: usize,
    },
}

/// One estimate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// θ.
    pub estimate: Option<f64>,
    /// Its standard error.
    pub se: Option<f64>,
    /// Rows used: in the domain, nothing missing, weight not 0.
    pub n: u64,
    /// PSUs − strata of the whole design.
    pub df_design: u32,
    /// PSUs − strata among the rows of the domain with a weight.
    pub df_domain: u32,
    /// Design effect against simple random sampling without replacement; `None` where not defined.
    pub deff_srswor: Option<f64>,
    /// Design effect against simple random sampling with replacement; `None` where not defined.
    pub deff_srswr: Option<f64>,
    /// What stands and why not.
    pub flag: Flag,
}

impl Estimate {
    /// Coefficient of variation SE / |θ|; `None` at θ = 0.
    #[must_use]
    pub fn cv(&self) -> Option<f64> {
        let (estimate, se) = self.estimate.zip(self.se)?;
        (estimate != 0.0).then(|| se / estimate.abs())
    }

    /// n / deff with replacement.
    #[must_use]
    pub fn effective_n(&self) -> Option<f64> {
        self.deff_srswr.filter(|deff| *deff > 0.0).map(|deff| self.n as f64 / deff)
    }

    /// θ ± t·SE with `df` degrees of freedom; `None` without a standard error.
    ///
    /// # Errors
    /// [`IntervalError`] for a wrong `df` or `level`.
    pub fn t_interval(&self, df: f64, level: f64) -> Result<Option<Interval>, IntervalError> {
        self.estimate.zip(self.se).map(|(estimate, se)| t_interval(estimate, se, df, level)).transpose()
    }
}

/// Several estimates and their covariance matrix.
#[derive(Clone, Debug, PartialEq)]
pub struct Joint {
    /// In the order asked for.
    pub estimates: Vec<Estimate>,
    /// Row after row; `None` in rows and columns of estimates without a standard error.
    pub covariance: Vec<Option<f64>>,
}

impl Joint {
    /// Estimate and standard error of Σ c θ; `None` when an estimate with c ≠ 0 has no standard error, or the number of
    /// coefficients is another.
    #[must_use]
    pub fn linear(&self, coefficients: &[f64]) -> Option<(f64, f64)> {
        let k = self.estimates.len();
        if coefficients.len() != k {
            return None;
        }
        let (mut estimate, mut variance) = (0.0, 0.0);
        for (a, first) in coefficients.iter().enumerate().filter(|(_, c)| **c != 0.0) {
            estimate += first * self.estimates[a].estimate?;
            for (b, second) in coefficients.iter().enumerate().filter(|(_, c)| **c != 0.0) {
                variance += first * second * self.covariance[a * k + b]?;
            }
        }
        Some((estimate, variance.max(0.0).sqrt()))
    }

    /// Covariance matrix of several linear combinations, row after row; `None` as for [`Joint::linear`].
    #[must_use]
    pub fn linear_covariance(&self, combinations: &[Vec<f64>]) -> Option<Vec<f64>> {
        let k = self.estimates.len();
        let mut matrix = Vec::with_capacity(combinations.len() * combinations.len());
        for first in combinations {
            for second in combinations {
                if first.len() != k || second.len() != k {
                    return None;
                }
                let mut sum = 0.0;
                for (a, x) in first.iter().enumerate().filter(|(_, c)| **c != 0.0) {
                    for (b, y) in second.iter().enumerate().filter(|(_, c)| **c != 0.0) {
                        sum += x * y * self.covariance[a * k + b]?;
                    }
                }
                matrix.push(sum);
            }
        }
        Some(matrix)
    }
}

/// The rows of each of `count` domains from a domain number a row; numbers from `count` on are in no domain.
#[must_use]
pub fn domain_rows(ids: &[u32], count: u32) -> Vec<Vec<u32>> {
    let mut rows = vec![Vec::new(); count as usize];
    for (row, id) in (0u32..).zip(ids) {
        if let Some(rows) = rows.get_mut(*id as usize) {
            rows.push(row);
        }
    }
    rows
}

/// 1 where `levels` is `level`, 0 elsewhere, NaN where it is `missing`.
#[must_use]
pub fn indicator(levels: &[u32], level: u32, missing: Option<u32>) -> Vec<f64> {
    levels.iter().map(|found| if Some(*found) == missing { f64::NAN } else { f64::from(u8::from(*found == level)) }).collect()
}
