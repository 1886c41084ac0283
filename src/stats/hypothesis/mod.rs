//! Hypothesis tests under a design: independence, fit, means, differences, trends, and many tests at once.
//!
//! Notation: ν the degrees of freedom of the design, V the design covariance of what is tested ([`super::estimate`],
//! [`super::replicate`]). Every test takes a [`Survey`] (Taylor variance, with or without weighting steps) or [`Replicates`].
//!
//! | function | tests | source |
//! |---|---|---|
//! | [`independence()`] | two categorical variables are independent | J. N. K. Rao, A. J. Scott, Ann. Stat. 12 (1984) 46 |
//! | [`goodness_of_fit`] | one has given probabilities | the same, JASA 76 (1981) 221 |
//! | [`two_sample`], [`one_sample`] | two means are alike, one is a given value | T. Lumley, *Complex Surveys* (Wiley 2010), section 2.4 |
//! | [`contrast()`], [`difference`], [`pairwise`] | linear combinations of estimates are 0 | L. Kish, *Survey Sampling* (1965), section 12.11 |
//! | [`linear_trend`], [`least_squares_trend`] | estimates do not rise or fall with time | G. G. Koch, D. H. Freeman, J. L. Freeman, Int. Stat. Rev. 43 (1975) 59 |
//! | [`adjust()`] | several of these at once | there |
//! | [`exact_tail`], [`saddlepoint_tail`] | (distribution of [`independence()`]) | there |
//!
//! Figures are those of the R package `survey` 4.5 unless said otherwise. A p value is computed as a tail, so its digits hold
//! however small it is (0 below 10⁻³⁰⁸). Where there is no answer (one level only, no degrees of freedom, no variance) an error says so.

mod adjust;
mod contrast;
mod fit;
mod independence;
mod matrix;
mod mean;
mod mixture;
mod table;
mod trend;

pub use adjust::{Adjustment, adjust};
pub use contrast::{Comparison, Pair, contrast, difference, pairwise};
pub use fit::{GoodnessOfFit, goodness_of_fit};
pub use independence::{ChiSquare, Independence, independence};
pub use mean::{MeanTest, one_sample, two_sample};
pub use mixture::{exact_tail, saddlepoint_tail};
pub use trend::{least_squares_trend, linear_trend};

use super::estimate::{Domain, EstimateError, Joint, Request, Statistic, Survey, check_requests};
use super::interval::IntervalError;
use super::replicate::Replicates;

/// What tests need of a design with its weights.
pub trait Estimator {
    /// Estimates with their covariance matrix.
    ///
    /// # Errors
    /// [`EstimateError`], naming the request.
    fn jointly(&self, requests: &[Request<'_>]) -> Result<Joint, EstimateError>;

    /// Final weight of each row.
    fn weights(&self) -> &[f64];
}

impl Estimator for Survey<'_> {
    fn jointly(&self, requests: &[Request<'_>]) -> Result<Joint, EstimateError> {
        Survey::jointly(self, requests)
    }

    fn weights(&self) -> &[f64] {
        Survey::weights(self)
    }
}

impl Estimator for Replicates {
    fn jointly(&self, requests: &[Request<'_>]) -> Result<Joint, EstimateError> {
        Replicates::jointly(self, requests)
    }

    fn weights(&self) -> &[f64] {
        Replicates::weights(self)
    }
}

/// A categorical variable: a level a row, any numbers, in the order of their levels.
#[derive(Clone, Copy, Debug)]
pub struct Categories<'a> {
    /// The level of each row.
    pub levels: &'a [u32],
    /// The number that stands for a missing value.
    pub missing: Option<u32>,
}

impl Categories<'_> {
    fn at(&self, row: usize) -> Option<u32> {
        Some(self.levels[row]).filter(|level| Some(*level) != self.missing)
    }
}

/// Why there is no test. Rows, levels, estimates and p values are counted from 0.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum HypothesisError {
    /// A column of another length.
    #[error("the {column} column has {found} entries for {rows} rows; give one entry a row")]
    Length {
        /// Which column.
        column: &'static str,
        /// Rows of the design.
        rows: usize,
        /// Entries found.
        found: usize,
    },
    /// Too few levels, or too many.
    #[error("the {column} variable has {found} levels with a weight among the rows used; this test needs {needed}")]
    Levels {
        /// Which variable.
        column: &'static str,
        /// Levels found.
        found: usize,
        /// What it needs.
        needed: &'static str,
    },
    /// A table cell or margin that stands for nobody or fewer.
    #[error(
        "weights sum to {value} at row level {row} and column level {column}; negative weights leave no table to test, bound the calibration"
    )]
    Cell {
        /// Level of the first variable.
        row: u32,
        /// Level of the second.
        column: u32,
        /// The sum.
        value: f64,
    },
    /// The covariance matrix cannot be inverted.
    #[error(
        "the covariance matrix of the {count} figures tested is singular; there are too few clusters or too many empty cells for them, merge levels or use another statistic"
    )]
    Singular {
        /// Figures tested.
        count: usize,
    },
    /// Nothing varies.
    #[error("what is tested has no variance under the design, so there is no test")]
    NoVariance,
    /// No standard error, because of a lonely PSU or an empty domain.
    #[error(
        "estimate {at} has no standard error (an empty domain, a lonely PSU or a denominator of 0); leave it out or choose a policy for lonely PSUs"
    )]
    NoStandardError {
        /// The estimate.
        at: usize,
    },
    /// No degrees of freedom.
    #[error("{0} degrees of freedom; the test needs more than 0, so more clusters or fewer levels")]
    DegreesOfFreedom(f64),
    /// A probability that is not above 0.
    #[error("level {at} has probability {value}; probabilities must be finite and above 0, leave out levels that cannot occur")]
    Probability {
        /// The level.
        at: usize,
        /// Its probability.
        value: f64,
    },
    /// A level without a probability.
    #[error("row {row} has level {level}, but probabilities are given for {known} levels; give one for every level")]
    UnknownLevel {
        /// First row concerned.
        row: usize,
        /// Its level.
        level: u32,
        /// Levels with a probability.
        known: usize,
    },
    /// A p value outside 0–1.
    #[error("p value {at} is {value}; p values lie between 0 and 1")]
    PValue {
        /// Which.
        at: usize,
        /// The value.
        value: f64,
    },
    /// Numbers that do not fit the estimates.
    #[error("{found} {what} for {estimates} estimates; give one each")]
    Count {
        /// What was given.
        what: &'static str,
        /// Estimates.
        estimates: usize,
        /// Numbers found.
        found: usize,
    },
    /// A number that is not finite.
    #[error("{what} {at} is {value}; give a finite number")]
    NotFinite {
        /// What was given.
        what: &'static str,
        /// Which.
        at: usize,
        /// The value.
        value: f64,
    },
    /// An estimate that does not exist.
    #[error("there is no estimate {at}; they are numbered from 0 to {last}")]
    NoEstimate {
        /// The number named.
        at: usize,
        /// The last there is.
        last: usize,
    },
    /// No slope without time.
    #[error("a trend needs estimates at two different times or more")]
    Times,
    /// The confidence level is not between 0 and 1.
    #[error(transparent)]
    Interval(#[from] IntervalError),
    /// Column or domain do not fit.
    #[error(transparent)]
    Estimate(#[from] EstimateError),
}

/// The rows of a domain that meet a condition, after a check that domain and columns fit the design.
fn rows_where(
    design: &impl Estimator,
    domain: Domain<'_>,
    categories: &[(&'static str, &Categories<'_>)],
    keep: impl Fn(usize) -> bool,
) -> Result<Vec<u32>, HypothesisError> {
    let weights = design.weights();
    for (column, given) in categories {
        if given.levels.len() != weights.len() {
            return Err(HypothesisError::Length { column, rows: weights.len(), found: given.levels.len() });
        }
    }
    check_requests(&[Request { statistic: &Statistic::Total(weights.into()), domain }], weights.len())?;
    let keep = |row: &u32| weights[*row as usize] != 0.0 && keep(*row as usize);
    Ok(match domain {
        Domain::All => (0..weights.len() as u32).filter(keep).collect(),
        Domain::Rows(rows) => rows.iter().copied().filter(keep).collect(),
    })
}

/// The covariance matrix, when every estimate has a standard error.
fn whole_covariance(joint: &Joint) -> Result<Vec<f64>, HypothesisError> {
    if let Some(at) = joint.estimates.iter().position(|estimate| estimate.se.is_none()) {
        return Err(HypothesisError::NoStandardError { at });
    }
    let k = joint.estimates.len().max(1);
    joint.covariance.iter().enumerate().map(|(place, v)| v.ok_or(HypothesisError::NoStandardError { at: place / k })).collect()
}
