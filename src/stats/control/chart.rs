//! The p-chart and Laney's p′-chart: has a share moved more than chance lets it?
//!
//! Notation: periods i = 1…k in order of time with share p_i of effective size n_i; the limits come from the first b of them, the
//! baseline (all, unless said otherwise).
//!
//! | figure | formula | source |
//! |---|---|---|
//! | centre p̄ | Σ n_i p_i / Σ n_i over the baseline | W. A. Shewhart (1931); D. C. Montgomery, *Introduction to Statistical Quality Control*, section 7.2 |
//! | σ_pi | √(p̄ (1 − p̄) / n_i) | the same |
//! | z_i | (p_i − p̄) / σ_pi | Laney (2002) |
//! | σ_z | mean of \|z_i − z_{i−1}\| over the baseline, / 1.128 | Laney (2002) |
//! | limits | p̄ ± 3 σ_pi σ_z, cut at 0 and 1; σ_z = 1 in the p-chart | Laney (2002) |
//!
//! σ_z is the variation between neighbouring periods in units of what sampling alone gives. With large n every share moves more than
//! sampling explains (σ_z > 1), and a p-chart would cry wolf each month. **Below 1 it is used as it is** and narrows the limits, as in
//! the paper: less movement than chance gives means that answers within a period are alike, and then limits for independent
//! answers are too wide.
//!
//! Signals are rules 1 and 4 of the Western Electric Company, *Statistical Quality Control Handbook* (1956); rule 4 is also Nelson's test
//! 2 with eight points. What they mean when nothing has changed, for independent normal shares with known limits:
//!
//! | signal | rule | false alarms |
//! |---|---|---|
//! | [`Signal::Beyond`] | a point beyond 3 σ | a point in 370 |
//! | [`Signal::Run`] | the eighth point in a row, or a later one, on one side of the centre | together with the first: a first alarm every 153 points on average (C. W. Champ, W. H. Woodall, Technometrics 29 (1987) 393, table 1) |
//!
//! So a chart of months gives a false alarm about every 13 years. Rules 2 and 3 (points beyond 2 σ and 1 σ) would make it every 8 years and are
//! left out. A point on the centre ends a run; a point on a limit is within. With limits from a short baseline false alarms are more frequent.

use super::{ControlError, Proportion, check, pooled};
use crate::stats::moments::Sum;

/// Fewest periods from which limits are made: seven moving ranges, whose mean has a relative error of about 30 %.
pub const FEWEST_PERIODS: usize = 8;

/// d₂ for two observations: the expected range of two standard normal values, 2/√π, as the tables round it.
const D2: f64 = 1.128;
/// Points on one side that are a signal.
const RUN: usize = 8;

/// What limits allow for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spread {
    /// Sampling alone: the p-chart.
    Binomial,
    /// Sampling and what moves from period to period anyway: Laney's p′-chart.
    Laney,
}

/// Why a point stands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// It lies beyond the limits.
    Beyond,
    /// It is at least the eighth in a row on one side of the centre.
    Run,
}

/// A period in the chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// What was given.
    pub given: Proportion,
    /// Distance from the centre in units of the sampling error.
    pub z: f64,
    /// Lower limit.
    pub low: f64,
    /// Upper limit.
    pub high: f64,
    /// Why it stands out; nothing when it does not.
    pub signals: Vec<Signal>,
}

/// A chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Chart {
    /// Centre line, 0 to 1.
    pub centre: f64,
    /// Variation between periods in units of the sampling error; 1 in a p-chart.
    pub sigma_z: f64,
    /// The periods in the order given.
    pub points: Vec<Point>,
}

/// The chart of these periods, in order of time, with limits from the first `baseline` of them, or from all.
///
/// # Errors
/// [`ControlError`]: a share or size that is none, fewer than [`FEWEST_PERIODS`] for the limits, shares that do not vary.
pub fn chart(periods: &[Proportion], spread: Spread, baseline: Option<usize>) -> Result<Chart, ControlError> {
    check(periods)?;
    let found = periods.len();
    let given = baseline.unwrap_or(found);
    let base = periods.get(..given).ok_or(ControlError::Baseline { given, found })?;
    if given < FEWEST_PERIODS {
        return Err(ControlError::TooFew { what: "periods", found: given, needed: FEWEST_PERIODS });
    }
    let centre = pooled(base);
    if centre <= 0.0 || centre >= 1.0 {
        return Err(ControlError::NoVariation);
    }
    let error = |one: &Proportion| (centre * (1.0 - centre) / one.n).sqrt();
    let z: Vec<f64> = periods.iter().map(|one| (one.estimate - centre) / error(one)).collect();
    let sigma_z = match spread {
        Spread::Binomial => 1.0,
        Spread::Laney => moving_range(&z[..given]) / D2,
    };
    if sigma_z <= 0.0 {
        return Err(ControlError::NoVariation);
    }
    let mut run = Run::default();
    let points = periods.iter().zip(&z).map(|(given, z)| {
        let half = 3.0 * error(given) * sigma_z;
        let (low, high) = ((centre - half).max(0.0), (centre + half).min(1.0));
        let beyond = (given.estimate < low || given.estimate > high).then_some(Signal::Beyond);
        let run = run.goes_on(*z).then_some(Signal::Run);
        Point { given: *given, z: *z, low, high, signals: beyond.into_iter().chain(run).collect() }
    });
    Ok(Chart { centre, sigma_z, points: points.collect() })
}

/// Mean distance of neighbours.
fn moving_range(z: &[f64]) -> f64 {
    z.windows(2).map(|pair| (pair[1] - pair[0]).abs()).collect::<Sum>().value() / (z.len() - 1) as f64
}

/// How many points in a row lie on which side.
#[derive(Default)]
struct Run {
    above: bool,
    length: usize,
}

impl Run {
    /// Takes the next point; whether the run is long enough to be a signal.
    fn goes_on(&mut self, z: f64) -> bool {
        let above = z > 0.0;
        self.length = if z == 0.0 {
            0
        } else if above == self.above {
            self.length + 1
        } else {
            1
        };
        self.above = above;
        self.length >= RUN
    }
}
