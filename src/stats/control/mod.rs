//! Which figure stands out: a proportion followed over time, and units compared with each other.
//!
//! | part | what it holds | source |
//! |---|---|---|
//! | [`chart()`] | p-chart and Laney's p′-chart with their limits and two run rules | D. B. Laney, Quality Engineering 14 (2002) 531 |
//! | [`funnel()`] | limits for units of different size around a common value, with overdispersion | D. J. Spiegelhalter, Stat. Med. 24 (2005) 1185 |
//!
//! Both take proportions with an effective sample size, so estimates from weighted and clustered samples come in as n / deff.

mod chart;
mod funnel;

pub use chart::{Chart, FEWEST_PERIODS, Point, Signal, Spread, chart};
pub use funnel::{Dispersion, FEWEST_UNITS, Flag, Funnel, FunnelSpec, Limits, Placed, WINSORISED, funnel};

use super::moments::Sum;

/// A proportion and how much it rests on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Proportion {
    /// The share, 0 to 1.
    pub estimate: f64,
    /// Effective sample size, above 0; it need not be whole.
    pub n: f64,
}

impl Proportion {
    /// `count` of `n` from a simple random sample, or a full count.
    #[must_use]
    pub fn counted(count: u64, n: u64) -> Self {
        Self { estimate: count as f64 / n as f64, n: n as f64 }
    }

    /// An estimate from `n` rows with design effect `deff` (Kish): its effective sample size is n / deff.
    #[must_use]
    pub fn estimated(estimate: f64, n: u64, deff: f64) -> Self {
        Self { estimate, n: n as f64 / deff }
    }
}

/// Why there are no limits. Periods and units are counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum ControlError {
    /// Limits from less would say little.
    #[error("limits need at least {needed} {what}, and there are {found}; wait for more, or join shorter ones")]
    TooFew {
        /// `periods` or `units`.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many are needed.
        needed: usize,
    },
    /// A value that is no share.
    #[error("number {at} has the share {value}; give a value from 0 to 1 (a percentage divided by 100)")]
    Estimate {
        /// First one concerned.
        at: usize,
        /// Its share.
        value: f64,
    },
    /// A sample size of nothing.
    #[error("number {at} has the effective size {value}; it must be finite and above 0: leave out what nobody answered")]
    Size {
        /// First one concerned.
        at: usize,
        /// Its size.
        value: f64,
    },
    /// More periods for the limits than there are.
    #[error("the limits are to come from the first {given} periods, and there are {found}")]
    Baseline {
        /// How many were named.
        given: usize,
        /// How many there are.
        found: usize,
    },
    /// All alike: 0 %, 100 %, or without any movement, so that nothing says how wide limits are.
    #[error("the shares do not vary, so nothing says how far apart they may lie by chance")]
    NoVariation,
    /// A target outside of 0–1, or at its ends.
    #[error("the target {0} is not between 0 and 1")]
    Target(f64),
    /// A share of extreme values that is not below one half.
    #[error("winsorising {0} of each end; give a share from 0 to below 0.5, such as 0.1")]
    Winsorised(f64),
}

/// Checks what both kinds of limits take.
fn check(given: &[Proportion]) -> Result<(), ControlError> {
    for (at, one) in given.iter().enumerate() {
        if !(0.0..=1.0).contains(&one.estimate) {
            return Err(ControlError::Estimate { at, value: one.estimate });
        }
        if !(one.n > 0.0 && one.n.is_finite()) {
            return Err(ControlError::Size { at, value: one.n });
        }
    }
    Ok(())
}

/// Σ n p / Σ n.
fn pooled(given: &[Proportion]) -> f64 {
    let yes = given.iter().map(|one| one.n * one.estimate).collect::<Sum>().value();
    let all = given.iter().map(|one| one.n).collect::<Sum>().value();
    (yes / all).clamp(0.0, 1.0)
}
