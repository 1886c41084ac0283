//! Replicate weights: made from a design or given, and estimates with them.
//!
//! Notation: replicate r = 1…R has weights w_r and gives the estimate θ_r; with the factors s (scale) and s_r (rscales)
//!
//! V = s Σ_r s_r (θ_r − c)(θ_r − c)′
//!
//! with c the mean of the θ_r with s_r > 0, or the full-sample estimate (`mse`): K. M. Wolter, *Introduction to Variance
//! Estimation*, 2nd ed. (Springer 2007), chapters 3–5; as `svrepdesign` in the R package `survey`. A replicate without an
//! estimate is left out. Degrees of freedom are a rank − 1 (`rank`).
//!
//! `make` builds jackknife, balanced and bootstrap replicates. Calibration is repeated in every replicate by
//! [`Replicates::reweighted`].

mod hadamard;
mod make;
mod rank;

pub use make::Method;

use super::estimate::{
    Domain, Estimate, EstimateError, Flag, Joint, QuantileError, QuantileEstimate, QuantileRequest, Request, Value, check_requests,
    design_effects, evaluate, evaluate_replicate, quantiles,
};
use super::weighting::{Step, WeightingError, reweight};
use rayon::prelude::*;
use std::borrow::Cow;

/// A standard error below this share of what was added up is the rounding of 0.
const ROUNDING: f64 = 1e-12;

/// Unchecked replicate weights. Columns have one entry a row.
#[derive(Clone, Debug)]
pub struct ReplicateSpec<'a> {
    /// Full-sample weights.
    pub weights: Cow<'a, [f64]>,
    /// A column for each replicate.
    pub columns: Vec<Cow<'a, [f64]>>,
    /// Whether the columns are weights; otherwise they are factors of the full-sample weights.
    pub combined: bool,
    /// s.
    pub scale: f64,
    /// s_r of each replicate; empty for 1 everywhere.
    pub rscales: Vec<f64>,
    /// Whether deviations are from the full-sample estimate.
    pub mse: bool,
    /// Degrees of freedom, if not the rank − 1.
    pub df: Option<u32>,
}

/// Why replicates were refused. Rows, replicates and strata are counted from 0.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ReplicateError {
    /// There is no row.
    #[error("there are no rows; give at least one")]
    NoRows,
    /// Fewer than two replicates.
    #[error("{0} replicates; a variance needs at least 2")]
    TooFew(usize),
    /// A column of another length.
    #[error("replicate {replicate} has {found} weights for {rows} rows; give one a row")]
    Length {
        /// The replicate.
        replicate: usize,
        /// Rows of the full sample.
        rows: usize,
        /// Weights found.
        found: usize,
    },
    /// A full-sample weight that is not a finite number from 0 on.
    #[error("row {row} has weight {value}; weights must be finite and not negative")]
    Weight {
        /// First row concerned.
        row: usize,
        /// Its weight.
        value: f64,
    },
    /// A replicate weight that is not finite.
    #[error("row {row} has weight {value} in replicate {replicate}; replicate weights must be finite")]
    ReplicateWeight {
        /// The replicate.
        replicate: usize,
        /// First row concerned.
        row: usize,
        /// Its weight.
        value: f64,
    },
    /// A scale that is not above 0.
    #[error("scale {0}; it must be finite and above 0")]
    Scale(f64),
    /// Factors that do not fit.
    #[error("{found} rscales for {replicates} replicates; give one each, finite and not negative, or none")]
    Rscales {
        /// Replicates.
        replicates: usize,
        /// Factors found.
        found: usize,
    },
    /// The unstratified jackknife on strata.
    #[error("JK1 is for a design without strata, this one has {0}; use JKn")]
    Jk1Strata(u32),
    /// Balanced replicates need pairs.
    #[error("stratum {stratum} has {psus} PSUs; BRR and Fay need pairs, so an even number in every stratum; use JKn")]
    NotPairs {
        /// The stratum, numbered in order of appearance.
        stratum: u32,
        /// Its PSUs.
        psus: u32,
    },
    /// A single PSU cannot be resampled.
    #[error(
        "stratum {stratum} has a single PSU; join strata, or choose `remove` or `certainty` for lonely PSUs (JKn: also `adjust`, `average`)"
    )]
    LonelyStratum {
        /// The stratum, numbered in order of appearance.
        stratum: u32,
    },
    /// Fay's factor is not a share.
    #[error("Fay factor {0}; give a number from 0 to below 1")]
    Fay(f64),
    /// The design was drawn with unequal probabilities in a form without replicates.
    #[error("replicate weights need a design drawn with replacement or with equal probabilities")]
    Unequal,
    /// A weighting step failed on the full sample (`None`) or in a replicate.
    #[error("{}: {problem}", replicate.map_or("full sample".to_owned(), |r| format!("replicate {r}")))]
    Weighting {
        /// The replicate.
        replicate: Option<usize>,
        /// What went wrong.
        problem: WeightingError,
    },
}

/// Checked replicate weights.
#[derive(Clone, Debug)]
pub struct Replicates {
    full: Vec<f64>,
    weights: Vec<Vec<f64>>,
    scale: f64,
    rscales: Vec<f64>,
    mse: bool,
    df: u32,
}

impl Replicates {
    /// Checks given replicate weights.
    ///
    /// # Errors
    /// One [`ReplicateError`] variant for each thing that does not fit.
    pub fn new(spec: ReplicateSpec<'_>) -> Result<Self, ReplicateError> {
        let (rows, replicates) = (spec.weights.len(), spec.columns.len());
        if rows == 0 {
            return Err(ReplicateError::NoRows);
        }
        if replicates < 2 {
            return Err(ReplicateError::TooFew(replicates));
        }
        if !(spec.scale.is_finite() && spec.scale > 0.0) {
            return Err(ReplicateError::Scale(spec.scale));
        }
        let fit = spec.rscales.is_empty() || spec.rscales.len() == replicates;
        if !fit || spec.rscales.iter().any(|s| !(s.is_finite() && *s >= 0.0)) {
            return Err(ReplicateError::Rscales { replicates, found: spec.rscales.len() });
        }
        if let Some(row) = spec.weights.iter().position(|weight| !(weight.is_finite() && *weight >= 0.0)) {
            return Err(ReplicateError::Weight { row, value: spec.weights[row] });
        }
        let mut weights = Vec::with_capacity(replicates);
        for (replicate, column) in spec.columns.iter().enumerate() {
            if column.len() != rows {
                return Err(ReplicateError::Length { replicate, rows, found: column.len() });
            }
            let own: Vec<f64> =
                if spec.combined { column.to_vec() } else { column.iter().zip(spec.weights.iter()).map(|(f, w)| f * w).collect() };
            if let Some(row) = own.iter().position(|weight| !weight.is_finite()) {
                return Err(ReplicateError::ReplicateWeight { replicate, row, value: own[row] });
            }
            weights.push(own);
        }
        let rscales = if spec.rscales.is_empty() { vec![1.0; replicates] } else { spec.rscales };
        let mut made = Self { full: spec.weights.into_owned(), weights, scale: spec.scale, rscales, mse: spec.mse, df: 0 };
        made.df = spec.df.unwrap_or_else(|| made.rank_less_one(None));
        Ok(made)
    }

    /// The same replicates after weighting steps, each repeated on the full sample and in every replicate. A cell that a replicate
    /// leaves without weight is passed over there.
    ///
    /// # Errors
    /// [`ReplicateError::Weighting`], naming the replicate.
    pub fn reweighted(&self, steps: &[Step]) -> Result<Self, ReplicateError> {
        let full = reweight(&self.full, steps).map_err(|problem| ReplicateError::Weighting { replicate: None, problem })?;
        let one = |(replicate, weights): (usize, &Vec<f64>)| {
            reweight(weights, steps).map_err(|problem| ReplicateError::Weighting { replicate: Some(replicate), problem })
        };
        let weights = self.weights.par_iter().enumerate().map(one).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { full, weights, ..self.clone() })
    }

    /// Full-sample weights.
    #[must_use]
    pub fn weights(&self) -> &[f64] {
        &self.full
    }

    /// Weights of each replicate.
    #[must_use]
    pub fn replicate_weights(&self) -> &[Vec<f64>] {
        &self.weights
    }

    /// s.
    #[must_use]
    pub fn scale(&self) -> f64 {
        self.scale
    }

    /// s_r.
    #[must_use]
    pub fn rscales(&self) -> &[f64] {
        &self.rscales
    }

    /// Degrees of freedom.
    #[must_use]
    pub fn degrees_of_freedom(&self) -> u32 {
        self.df
    }

    /// Estimates in the order asked for.
    ///
    /// # Errors
    /// [`EstimateError`], naming the request.
    pub fn estimate(&self, requests: &[Request<'_>]) -> Result<Vec<Estimate>, EstimateError> {
        Ok(self.jointly(requests)?.estimates)
    }

    /// Estimates with their covariance matrix, over the replicates in which every estimate concerned exists.
    ///
    /// # Errors
    /// [`EstimateError`], naming the request.
    pub fn jointly(&self, requests: &[Request<'_>]) -> Result<Joint, EstimateError> {
        check_requests(requests, self.full.len())?;
        let values: Vec<Value> = requests.par_iter().map(|asked| evaluate(asked, &self.full)).collect();
        let one = |weights: &[f64], (asked, value): (&Request<'_>, &Value)| evaluate_replicate(asked, weights, value.rows.len());
        let of = |weights: &Vec<f64>| requests.iter().zip(&values).map(|pair| one(weights, pair)).collect();
        let replicated: Vec<Vec<Option<f64>>> = self.weights.par_iter().map(of).collect();
        let full: Vec<Option<f64>> = values.iter().map(|value| value.estimate).collect();
        let k = requests.len();
        let covariance: Vec<Option<f64>> = (0..k * k).map(|at| self.covariance(&full, &replicated, at / k.max(1), at % k.max(1))).collect();
        let ranks = self.ranks(requests);
        let finish = |(at, asked): (usize, &Request<'_>)| self.finish(asked, &values[at], covariance[at * k + at], &ranks);
        let estimates = requests.par_iter().enumerate().map(finish).collect();
        Ok(Joint { estimates, covariance })
    }

    /// Quantiles; the share of values up to each has its standard error from the replicates.
    ///
    /// # Errors
    /// [`QuantileError`], one variant for each argument.
    pub fn quantiles(&self, asked: &QuantileRequest<'_>) -> Result<Vec<QuantileEstimate>, QuantileError> {
        quantiles(asked, &self.full, f64::from(self.df), |requests| self.estimate(requests))
    }

    /// Standard error of logit θ over the replicates, for an estimate that is a proportion; `None` where it is 0 or 1 in the full
    /// sample or in all but one replicate. For [`super::interval::replicated_interval`].
    ///
    /// # Errors
    /// [`EstimateError`].
    pub fn log_odds_se(&self, request: &Request<'_>) -> Result<Option<f64>, EstimateError> {
        check_requests(std::slice::from_ref(request), self.full.len())?;
        let log_odds = |weights: &[f64]| {
            let p = evaluate(request, weights).estimate.filter(|p| *p > 0.0 && *p < 1.0)?;
            Some((p / (1.0 - p)).ln())
        };
        let replicated: Vec<Vec<Option<f64>>> = self.weights.par_iter().map(|weights| vec![log_odds(weights)]).collect();
        Ok(self.covariance(&[log_odds(&self.full)], &replicated, 0, 0).map(f64::sqrt))
    }

    fn covariance(&self, full: &[Option<f64>], replicated: &[Vec<Option<f64>>], a: usize, b: usize) -> Option<f64> {
        let centre = full[a].zip(full[b])?;
        let pairs: Vec<(f64, (f64, f64))> =
            replicated.iter().zip(&self.rscales).filter_map(|(row, s)| Some((*s, row[a].zip(row[b])?))).collect();
        let weighted = pairs.iter().filter(|(s, _)| *s > 0.0);
        let count = weighted.clone().count();
        if count < 2 {
            return None;
        }
        let sum = weighted.fold((0.0, 0.0), |sum, (_, pair)| (sum.0 + pair.0, sum.1 + pair.1));
        let (x, y) = if self.mse { centre } else { (sum.0 / count as f64, sum.1 / count as f64) };
        Some(self.scale * pairs.iter().map(|(s, pair)| s * (pair.0 - x) * (pair.1 - y)).sum::<f64>())
    }

    fn finish(&self, asked: &Request<'_>, value: &Value, variance: Option<f64>, ranks: &[(&[u32], u32)]) -> Estimate {
        let rows = match asked.domain {
            Domain::All => None,
            Domain::Rows(rows) => Some(rows),
        };
        let mut row = Estimate {
            estimate: value.estimate,
            se: None,
            n: value.rows.len() as u64,
            df_design: self.df,
            df_domain: rows.and_then(|rows| ranks.iter().find(|(known, _)| std::ptr::eq(*known, rows))).map_or(self.df, |(_, df)| *df),
            deff_srswor: None,
            deff_srswr: None,
            flag: Flag::Ok,
        };
        if value.estimate.is_none() {
            let empty = rows.is_some_and(|rows| rows.iter().all(|row| self.full[*row as usize] == 0.0));
            row.flag = if empty { Flag::EmptyDomain } else { Flag::ZeroDenominator };
            return row;
        }
        let Some(variance) = variance else {
            row.flag = Flag::LonelyPsu;
            return row;
        };
        let se = variance.sqrt();
        row.se = Some(if se <= ROUNDING * value.reach { 0.0 } else { se });
        design_effects(&mut row, value, &self.full);
        row
    }
}
