//! From base weights to final weights, step by step, with a record of each step and its effect on variances.
//!
//! Notation: a step turns weights dᵢ into wᵢ = gᵢdᵢ. Rows of weight 0 are outside and stay so.
//!
//! | step | file | source |
//! |---|---|---|
//! | nonresponse cells, response propensity | `nonresponse` | R. J. A. Little, Int. Stat. Rev. 54 (1986) 139 |
//! | post-stratification, raking | `rake` | W. E. Deming, F. F. Stephan, Ann. Math. Stat. 11 (1940) 427 |
//! | calibration: linear, raking, logit, with bounds | `calibrate` | J.-C. Deville, C.-E. Särndal, JASA 87 (1992) 376 |
//! | trimming | `trim` | F. Potter, Proc. Survey Res. Methods ASA (1990) 225 |
//!
//! Known totals change the variance: `residual` says how. Nonresponse and trimming factors are taken as fixed, but what later
//! steps and earlier ones do to the variance stays in force. Kish's design effect of weights is n Σ w² / (Σ w)² over the n rows
//! with a weight (L. Kish, *Survey Sampling*, 1965, section 11.7).

mod auxiliary;
mod calibrate;
mod nonresponse;
mod rake;
mod residual;
mod trim;

pub use auxiliary::Term;
pub use calibrate::{Calibration, Distance};
pub use nonresponse::{Nonresponse, Propensity};
pub use rake::{Margin, RakeVariance, Raking};
pub(super) use trim::type_7;
pub use trim::{Limit, Trimming};

use super::moments::Sum;
use residual::Residual;

/// One step. Columns have one entry a row.
#[derive(Clone, Debug)]
pub enum Step {
    /// Respondents take over the weights of the nonrespondents of their cell.
    Nonresponse(Nonresponse),
    /// The same in classes of estimated response propensity.
    Propensity(Propensity),
    /// Weights that sum to known totals in cells: raking on one margin.
    Poststratify(Margin),
    /// Weights that sum to known totals of several margins.
    Rake(Raking),
    /// Weights that meet known totals of any columns.
    Calibrate(Calibration),
    /// Weights within limits.
    Trim(Trimming),
}

/// What went wrong, and at which step. Steps, rows, margins, cells and columns are counted from 0.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("weighting step {step}: {problem}")]
pub struct WeightingError {
    /// The step.
    pub step: usize,
    /// The problem.
    pub problem: Problem,
}

/// Why a step could not be made.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Problem {
    /// A base weight that is not a finite number from 0 on.
    #[error("row {row} has weight {value}; base weights must be finite and not negative")]
    Weight {
        /// First row concerned.
        row: usize,
        /// Its weight.
        value: f64,
    },
    /// A column of another length.
    #[error("a column has {found} entries for {rows} rows; give one entry a row")]
    Length {
        /// Rows of the weights.
        rows: usize,
        /// Entries found.
        found: usize,
    },
    /// A number of totals that does not fit.
    #[error("{found} totals for {columns} columns; give one total a column")]
    Totals {
        /// Columns.
        columns: usize,
        /// Totals found.
        found: usize,
    },
    /// A cell without a total.
    #[error("row {row} is in cell {cell} of margin {margin}, which has no total; add it, or set the weight of the row to 0")]
    NoTotal {
        /// First row concerned.
        row: usize,
        /// The margin.
        margin: usize,
        /// Its cell.
        cell: u32,
    },
    /// A total that is not a positive, finite number.
    #[error("cell {cell} of margin {margin} has total {value}; totals of cells must be finite and above 0, leave out cells without people")]
    Total {
        /// The margin.
        margin: usize,
        /// The cell.
        cell: usize,
        /// Its total.
        value: f64,
    },
    /// A cell with people but without weight.
    #[error("cell {cell} of margin {margin} stands for {total} people but has no rows with a weight; merge it with a similar cell")]
    EmptyCell {
        /// The margin.
        margin: usize,
        /// The cell.
        cell: usize,
        /// Its total.
        total: f64,
    },
    /// No margin at all.
    #[error("there is no margin or column to meet; give at least one")]
    NoMargins,
    /// Margins of different populations.
    #[error("margin 0 sums to {first} and margin {margin} to {sum}; margins of one population have one sum, so no weights can meet both")]
    SumsDiffer {
        /// Sum of the first margin.
        first: f64,
        /// The other margin.
        margin: usize,
        /// Its sum.
        sum: f64,
    },
    /// Raking did not meet its margins.
    #[error(
        "raking did not converge in {iterations} rounds: margin {margin} is worst, its cell {cell} stands at {achieved} for a total of {target}; merge small cells of this margin or drop it"
    )]
    RakingNotConverged {
        /// Rounds made.
        iterations: u32,
        /// The margin to blame.
        margin: usize,
        /// Its worst cell.
        cell: usize,
        /// What the cell sums to.
        achieved: f64,
        /// What it should sum to.
        target: f64,
    },
    /// Calibration did not meet its totals.
    #[error(
        "calibration did not converge in {iterations} iterations: column {column} is worst, it stands at {achieved} for a total of {target}; widen the bounds or drop the column"
    )]
    CalibrationNotConverged {
        /// Iterations made.
        iterations: u32,
        /// The column to blame.
        column: usize,
        /// What it sums to.
        achieved: f64,
        /// What it should sum to.
        target: f64,
    },
    /// An auxiliary value that is not finite on a row with a weight.
    #[error(
        "row {row} has the value {value} in column {column}; calibration needs finite values, set the weight of the row to 0 or leave the column out"
    )]
    Value {
        /// First row concerned.
        row: usize,
        /// The column.
        column: usize,
        /// The value.
        value: f64,
    },
    /// A residual variance that is not above 0.
    #[error("row {row} has the variance {value}; variances of calibration must be finite and above 0")]
    Variance {
        /// First row concerned.
        row: usize,
        /// The value.
        value: f64,
    },
    /// Bounds that do not enclose 1.
    #[error("bounds {low} to {high}; bounds of the weight ratio must enclose 1, and the logit distance needs both finite")]
    Bounds {
        /// Lower bound.
        low: f64,
        /// Upper bound.
        high: f64,
    },
    /// A tolerance that cannot be reached.
    #[error("tolerance {0}; give a number above 0, such as 1e-10")]
    Tolerance(f64),
    /// A cell number that is not below the number of rows.
    #[error("row {row} is in nonresponse cell {cell}; number cells from 0 without gaps")]
    CellNumber {
        /// First row concerned.
        row: usize,
        /// Its cell.
        cell: u32,
    },
    /// A cell of nonrespondents only.
    #[error(
        "cell {cell} has no respondent with a weight, so nobody can stand for its {nonrespondents} nonrespondents; merge it with a similar cell"
    )]
    NoRespondents {
        /// The cell (or class).
        cell: usize,
        /// Rows in it.
        nonrespondents: usize,
    },
    /// A number of classes that makes none.
    #[error("{0} propensity classes; give 2 or more")]
    Classes(u32),
    /// The propensity model has no answer.
    #[error(
        "the response model did not converge in {iterations} iterations: some answers predict response without fail; leave a variable out or merge its levels"
    )]
    PropensityNotConverged {
        /// Iterations made.
        iterations: u32,
    },
    /// Limits that make no range.
    #[error("trimming between {lower} and {upper}; the lower limit must be below the upper one, and a quantile between 0 and 1")]
    Limits {
        /// Lower limit.
        lower: f64,
        /// Upper limit or quantile.
        upper: f64,
    },
    /// Nobody left to take over what was cut.
    #[error("all {rows} rows were trimmed, so nobody can take over the weight; widen the limits or do not redistribute")]
    AllTrimmed {
        /// Rows with a weight.
        rows: usize,
    },
}

/// What a step did.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// `nonresponse`, `propensity`, `poststratify`, `rake`, `calibrate` or `trim`.
    pub kind: &'static str,
    /// Rounds or iterations made; 1 for a step in closed form.
    pub iterations: u32,
    /// max |achieved − target| / (1 + |target|) over the totals, 0 without any.
    pub max_error: f64,
    /// [before, target, after] of each total, margin by margin or column by column.
    pub totals: Vec<[f64; 3]>,
    /// Rows whose weight was changed to a limit (trimming), or of nonrespondents set to 0.
    pub rows_cut: usize,
    /// Weights before and after.
    pub before: Diagnostics,
    /// The same after the step.
    pub after: Diagnostics,
    /// Smallest wᵢ / dᵢ over rows with a weight before and after.
    pub ratio_min: f64,
    /// Largest wᵢ / dᵢ.
    pub ratio_max: f64,
}

/// The spread of weights, over rows whose weight is not 0.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostics {
    /// Rows with a weight.
    pub rows: usize,
    /// Σ w.
    pub sum: f64,
    /// Smallest weight; linear calibration without bounds can make it negative.
    pub min: f64,
    /// Largest weight.
    pub max: f64,
    /// Quantiles 5, 25, 50, 75 and 95 % (linear between order statistics, R's type 7).
    pub quantiles: [f64; 5],
    /// n Σ w² / (Σ w)².
    pub kish_deff: f64,
    /// (Σ w)² / Σ w².
    pub kish_n: f64,
}

impl Diagnostics {
    /// Of any weights; all figures are 0 when no weight differs from 0.
    #[must_use]
    pub fn new(weights: &[f64]) -> Self {
        let mut sorted: Vec<f64> = weights.iter().copied().filter(|weight| *weight != 0.0).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        let (Some(min), Some(max)) = (sorted.first().copied(), sorted.last().copied()) else {
            return Self { rows: 0, sum: 0.0, min: 0.0, max: 0.0, quantiles: [0.0; 5], kish_deff: 0.0, kish_n: 0.0 };
        };
        let sum = sorted.iter().copied().collect::<Sum>().value();
        // Divided by the largest before squaring, so that no weight is too large.
        let scale = max.abs().max(min.abs());
        let squares = sorted.iter().map(|weight| (weight / scale).powi(2)).collect::<Sum>().value();
        let kish_n = (sum / scale).powi(2) / squares;
        Self {
            rows: sorted.len(),
            sum,
            min,
            max,
            quantiles: [0.05, 0.25, 0.5, 0.75, 0.95].map(|share| trim::type_7(&sorted, share)),
            kish_deff: sorted.len() as f64 / kish_n,
            kish_n,
        }
    }
}

/// What a step gives back.
struct Outcome {
    weights: Vec<f64>,
    iterations: u32,
    max_error: f64,
    totals: Vec<[f64; 3]>,
    rows_cut: usize,
    residual: Option<Residual>,
}

/// Weights after all steps.
#[derive(Clone, Debug)]
pub struct Chain {
    weights: Vec<f64>,
    records: Vec<Record>,
    residuals: Vec<Residual>,
}

impl Chain {
    /// Applies the steps in order to base weights.
    ///
    /// # Errors
    /// [`WeightingError`], naming the step and what does not fit.
    pub fn new(base: &[f64], steps: &[Step]) -> Result<Self, WeightingError> {
        check_base(base)?;
        let mut chain = Self { weights: base.to_vec(), records: Vec::with_capacity(steps.len()), residuals: Vec::new() };
        for (number, step) in steps.iter().enumerate() {
            let outcome = apply(step, &chain.weights, true).map_err(|problem| WeightingError { step: number, problem })?;
            chain.records.push(record(step, &chain.weights, &outcome));
            chain.weights = outcome.weights;
            chain.residuals.extend(outcome.residual);
        }
        Ok(chain)
    }

    /// Final weights.
    #[must_use]
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// A record of each step.
    #[must_use]
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    pub(in crate::stats) fn has_residuals(&self) -> bool {
        !self.residuals.is_empty()
    }

    /// Replaces a column of weighted linearised values by what the known totals leave of it, step after step.
    pub(in crate::stats) fn residuals(&self, x: &mut [f64]) {
        for residual in &self.residuals {
            residual.apply(x);
        }
    }
}

/// The weights alone, for a replicate: cells that a replicate leaves without weight are passed over.
pub(in crate::stats) fn reweight(base: &[f64], steps: &[Step]) -> Result<Vec<f64>, WeightingError> {
    check_base(base)?;
    let mut weights = base.to_vec();
    for (number, step) in steps.iter().enumerate() {
        weights = apply(step, &weights, false).map_err(|problem| WeightingError { step: number, problem })?.weights;
    }
    Ok(weights)
}

fn check_base(base: &[f64]) -> Result<(), WeightingError> {
    match base.iter().position(|weight| !(weight.is_finite() && *weight >= 0.0)) {
        Some(row) => Err(WeightingError { step: 0, problem: Problem::Weight { row, value: base[row] } }),
        None => Ok(()),
    }
}

/// `complete` refuses cells without weight and keeps what the variance needs.
fn apply(step: &Step, weights: &[f64], complete: bool) -> Result<Outcome, Problem> {
    match step {
        Step::Nonresponse(cells) => nonresponse::cells(cells, weights),
        Step::Propensity(model) => nonresponse::propensity(model, weights),
        Step::Poststratify(margin) => rake::poststratify(margin, weights, complete),
        Step::Rake(raking) => rake::rake(raking, weights, complete),
        Step::Calibrate(calibration) => calibrate::calibrate(calibration, weights, complete),
        Step::Trim(trimming) => trim::trim(trimming, weights),
    }
}

fn record(step: &Step, before: &[f64], outcome: &Outcome) -> Record {
    let kind = match step {
        Step::Nonresponse(_) => "nonresponse",
        Step::Propensity(_) => "propensity",
        Step::Poststratify(_) => "poststratify",
        Step::Rake(_) => "rake",
        Step::Calibrate(_) => "calibrate",
        Step::Trim(_) => "trim",
    };
    let ratios = || before.iter().zip(&outcome.weights).filter(|(d, w)| **d != 0.0 && **w != 0.0).map(|(d, w)| w / d);
    Record {
        kind,
        iterations: outcome.iterations,
        max_error: outcome.max_error,
        totals: outcome.totals.clone(),
        rows_cut: outcome.rows_cut,
        before: Diagnostics::new(before),
        after: Diagnostics::new(&outcome.weights),
        ratio_min: ratios().fold(f64::INFINITY, f64::min),
        ratio_max: ratios().fold(f64::NEG_INFINITY, f64::max),
    }
}

/// |achieved − target| / (1 + |target|).
fn error(achieved: f64, target: f64) -> f64 {
    (achieved - target).abs() / (1.0 + target.abs())
}
