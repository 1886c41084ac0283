//! Confidence intervals for an estimated proportion, and for any estimate with a standard error.
//!
//! Notation: p the estimate, V = SE² its variance, n the rows it rests on, ν the degrees of freedom, t the two-sided
//! quantile of Student t for the level 1 − α, n* = p(1−p)/V the effective sample size.
//!
//! | method | formula | source |
//! |---|---|---|
//! | logit | expit(logit p ± t·SE / (p(1−p))) | R. G. Newcombe, Am. Stat. 55 (2001) 200; R `survey::svyciprop`, `xlogit` |
//! | asin | sin²(asin √p ± t·SE / (2√(p(1−p)))) | R `survey::svyciprop`, `asin` |
//! | beta | Clopper–Pearson with n* (t_{n−1}/t_ν)² | E. L. Korn, B. I. Graubard, Survey Methodology 24 (1998) 193, eq. 2.1–2.3 |
//! | wilson | (p + t²/2n* ± t √(p(1−p)/n* + t²/4n*²)) / (1 + t²/n*) | E. B. Wilson, JASA 22 (1927) 209; with n*: Franco et al., J. Surv. Stat. Methodol. 7 (2019) 334 |
//! | likelihood | the q with n D(q) = t² V n² / (p(1−p)(n−1)), D(q) = 2 [p ln(p/q) + (1−p) ln((1−p)/(1−q))] | J. N. K. Rao, A. J. Scott, Ann. Stat. 12 (1984) 46; R `survey::svyciprop`, `likelihood` |
//! | mean | p ± t·SE | Wald |
//!
//! No interval leaves 0–1: `asin` stops at the ends of its scale (R folds back there) and `mean` is cut (R goes on). With SE = 0,
//! where all answers are alike, no formula in n* is defined; then `wilson` and, for all other methods, Clopper–Pearson are given
//! on the plain n, never the empty interval [p, p].

use super::quantile;
use std::cell::Cell;

/// A ratio of sums may miss 0 or 1 by this much.
const ROUNDING: f64 = 1e-12;

/// How the interval of a proportion is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProportionInterval {
    /// On the log-odds scale; R's `logit` and `xlogit` are this same figure.
    #[default]
    Logit,
    /// On the arcsine square root scale.
    Asin,
    /// Korn and Graubard: exact binomial with the effective sample size and a correction for few degrees of freedom. Give it
    /// the degrees of freedom of the design or domain even where another number was asked for, as R does.
    Beta,
    /// Profile of the binomial deviance, scaled by the design effect (Rao and Scott).
    Likelihood,
    /// Wilson's score interval with the effective sample size.
    Wilson,
    /// p ± t·SE, cut at 0 and 1.
    Mean,
}

/// Two ends, the lower first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Why there is no interval.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum IntervalError {
    /// The estimate is not a proportion.
    #[error("{0} is not a proportion; give a value from 0 to 1 (a percentage divided by 100)")]
    Proportion(f64),
    /// The estimate is not a finite number.
    #[error("the estimate {0} is not a number; an interval needs a finite estimate")]
    Estimate(f64),
    /// A negative or undefined standard error.
    #[error("standard error {0}; it must be finite and not negative")]
    StandardError(f64),
    /// The level is not between 0 and 1.
    #[error("confidence level {0}; give a value between 0 and 1, such as 0.95")]
    Level(f64),
    /// Nothing left to estimate a variance from.
    #[error("{0} degrees of freedom; an interval needs more than 0, so at least one stratum with two clusters")]
    DegreesOfFreedom(f64),
    /// Too few rows.
    #[error("the proportion rests on {0} rows; an interval needs at least one")]
    Rows(u64),
}

/// p ± t·SE with `df` degrees of freedom (`f64::INFINITY` = normal), on the scale of the estimate.
///
/// # Errors
/// [`IntervalError`], one variant for each argument.
pub fn t_interval(estimate: f64, se: f64, df: f64, level: f64) -> Result<Interval, IntervalError> {
    if !estimate.is_finite() {
        return Err(IntervalError::Estimate(estimate));
    }
    let half = quantile_for(se, df, level)? * se;
    Ok(Interval { low: estimate - half, high: estimate + half })
}

impl ProportionInterval {
    /// The interval of a proportion `p` (0 to 1) with standard error `se`, `df` degrees of freedom (`f64::INFINITY` = normal)
    /// and `n` rows, at confidence `level` (0.95 for 95 %).
    ///
    /// # Errors
    /// [`IntervalError`], one variant for each argument.
    pub fn interval(self, p: f64, se: f64, df: f64, n: u64, level: f64) -> Result<Interval, IntervalError> {
        if !(-ROUNDING..=1.0 + ROUNDING).contains(&p) {
            return Err(IntervalError::Proportion(p));
        }
        let p = p.clamp(0.0, 1.0);
        if n == 0 {
            return Err(IntervalError::Rows(n));
        }
        let t = quantile_for(se, df, level)?;
        let n = n as f64;
        let spread = p * (1.0 - p);
        let interval = if se == 0.0 || spread == 0.0 {
            match self {
                Self::Wilson => wilson(p, n, t),
                _ => clopper_pearson(p, n, 1.0 - level),
            }
        } else {
            match self {
                Self::Logit => logit(p, t * se / spread),
                Self::Asin => asin(p, 0.5 * t * se / spread.sqrt()),
                Self::Beta => {
                    let effective = spread / (se * se);
                    let ratio = quantile::t_two_sided(1.0 - level, n - 1.0).map_or(1.0, |of_n| of_n / t);
                    clopper_pearson(p, effective * ratio * ratio, 1.0 - level)
                }
                Self::Likelihood => likelihood(p, t * t * se * se / spread * n / (n - 1.0)),
                Self::Wilson => wilson(p, spread / (se * se), t),
                Self::Mean => Interval { low: p - t * se, high: p + t * se },
            }
        };
        Ok(Interval { low: interval.low.clamp(0.0, p), high: interval.high.clamp(p, 1.0) })
    }
}

/// The interval of a proportion `p` from replicate weights, for [`ProportionInterval::Logit`] and
/// [`ProportionInterval::Likelihood`] with `log_odds_se`, the standard error of logit p over the replicates, in place of SE /
/// (p(1−p)): expit(logit p ± t·SE), and the q with D(q) = t² SE² p(1−p). This is R's `svyciprop` on replicate weights; the other
/// methods are the same there.
///
/// # Errors
/// [`IntervalError`], one variant for each argument.
pub fn replicated_interval(likelihood_ratio: bool, p: f64, log_odds_se: f64, df: f64, level: f64) -> Result<Interval, IntervalError> {
    if !(p > 0.0 && p < 1.0) {
        return Err(IntervalError::Proportion(p));
    }
    let t = quantile_for(log_odds_se, df, level)?;
    let interval = if likelihood_ratio { likelihood(p, (t * log_odds_se).powi(2) * p * (1.0 - p)) } else { logit(p, t * log_odds_se) };
    Ok(Interval { low: interval.low.clamp(0.0, p), high: interval.high.clamp(p, 1.0) })
}

/// Checks what all intervals share and gives the t quantile.
fn quantile_for(se: f64, df: f64, level: f64) -> Result<f64, IntervalError> {
    if !(se.is_finite() && se >= 0.0) {
        return Err(IntervalError::StandardError(se));
    }
    if !(level > 0.0 && level < 1.0) {
        return Err(IntervalError::Level(level));
    }
    // Tables ask for the same quantile time and again: the last one is kept.
    thread_local! {
        static LAST: Cell<[f64; 3]> = const { Cell::new([f64::NAN; 3]) };
    }
    let [of_level, of_df, t] = LAST.get();
    if of_level == level && of_df == df {
        return Ok(t);
    }
    let t = quantile::t_two_sided(1.0 - level, df).ok_or(IntervalError::DegreesOfFreedom(df))?;
    LAST.set([level, df, t]);
    Ok(t)
}

fn logit(p: f64, half: f64) -> Interval {
    let centre = (p / (1.0 - p)).ln();
    let expit = |x: f64| 1.0 / (1.0 + (-x).exp());
    Interval { low: expit(centre - half), high: expit(centre + half) }
}

fn asin(p: f64, half: f64) -> Interval {
    let centre = p.sqrt().asin();
    let back = |x: f64| x.clamp(0.0, std::f64::consts::FRAC_PI_2).sin().powi(2);
    Interval { low: back(centre - half), high: back(centre + half) }
}

/// Both q with D(q) = `bound`; infinite for n = 1.
fn likelihood(p: f64, bound: f64) -> Interval {
    Interval { low: deviance_root(p, bound), high: 1.0 - deviance_root(1.0 - p, bound) }
}

/// The q < p with D(q) = `bound`, by bisection of its log-odds: D falls there from infinity to 0.
fn deviance_root(p: f64, bound: f64) -> f64 {
    if !bound.is_finite() {
        return 0.0;
    }
    let deviance = |odds: f64| 2.0 * (p * (p.ln() + (-odds).exp().ln_1p()) + (1.0 - p) * ((-p).ln_1p() + odds.exp().ln_1p()));
    let mut high = (p / (1.0 - p)).ln();
    let mut low = high - 1.0;
    while deviance(low) < bound {
        if low < -700.0 {
            return 0.0;
        }
        low -= high - low;
    }
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        if deviance(middle) < bound {
            high = middle;
        } else {
            low = middle;
        }
    }
    1.0 / (1.0 + (-0.5 * (low + high)).exp())
}

fn wilson(p: f64, n: f64, t: f64) -> Interval {
    let square = t * t / n;
    let centre = p + 0.5 * square;
    let half = t * (p * (1.0 - p) / n + 0.25 * square / n).sqrt();
    Interval { low: (centre - half) / (1.0 + square), high: (centre + half) / (1.0 + square) }
}

/// C. J. Clopper and E. S. Pearson, Biometrika 26 (1934) 404, for a sample size that need not be whole.
fn clopper_pearson(p: f64, n: f64, alpha: f64) -> Interval {
    let (yes, no) = (n * p, n * (1.0 - p));
    Interval {
        low: quantile::beta(0.5 * alpha, yes, no + 1.0).unwrap_or(0.0),
        // The upper end is 1 − the lower end of the other answer: the tail keeps its digits.
        high: quantile::beta(0.5 * alpha, no, yes + 1.0).map_or(1.0, |low| 1.0 - low),
    }
}
