//! Funnel limits: which units lie further from a common value than units of their size do by chance?
//!
//! Notation: units i = 1…I with share y_i of effective size n_i; target θ, the pooled share unless given; q the normal quantile of the level
//! (1.96 for 95 %, 3.09 for 99.8 %), α = (1 − level) / 2.
//!
//! | figure | formula | source |
//! |---|---|---|
//! | z_i | (y_i − θ) / s_i, s_i = √(θ(1 − θ)/n_i); with [`Limits::Arcsine`] (asin √y_i − asin √θ) / s_i, s_i = 1/(2√n_i) | Spiegelhalter (2005) sections 2 and A.1; D. J. Spiegelhalter et al., J. R. Stat. Soc. A 175 (2012) 1, section 4 |
//! | φ̂ | Σ z_i² / I, z winsorised: values beyond the 10 % and 90 % quantile (Hyndman and Fan's type 7) are set to them | Spiegelhalter (2005) section A.3 |
//! | multiplicative | s_i √φ̂, where φ̂ > 1 | the same |
//! | additive | √(s_i² + τ̂²), τ̂² = max(0, (I φ̂ − (I − 1)) / (Σ w_i − Σ w_i² / Σ w_i)), w_i = 1/s_i² | the same; R. DerSimonian, N. Laird, Control. Clin. Trials 7 (1986) 177 |
//! | normal limits | θ ± q s | Spiegelhalter (2005) section A.1.1 |
//! | exact limits | below (r − a)/n, r the smallest whole number with F(r) > α, a = (F(r) − α)/(F(r) − F(r − 1)), F the binomial distribution of n, θ; above 1 − the lower limit of the other answer | the same, but see below |
//! | arcsine limits | sin²(asin √θ ± q s) | Spiegelhalter et al. (2012); R package `FunnelPlotR` |
//!
//! All limits are cut at 0 and 1. Overdispersion never narrows them. Exact limits with overdispersion are those of the size at which sampling alone would
//! have the wider variance, n θ(1 − θ)/(n s²); for sizes that are not whole F is continued by the incomplete beta function, F(r) = I_{1−θ}(n − r, r + 1),
//! so an effective size needs no rounding.
//!
//! The paper takes the upper limit from the same formula with 1 − α, which lies 1/n lower. Then more samples than promised lie above it (30 of 30 satisfied with
//! θ = 0.9 comes up in 4.2 % of samples and would be "above the 97.5 % limit"), and a unit that is "above" in satisfied answers need not be
//! "below" in others. Here both limits let out at most what they say.
//!
//! Without overdispersion one unit in 20 lies beyond 95 % by chance and one in 500 beyond 99.8 %, however many units there are. Multiplicative limits keep
//! large units close to the target; additive ones accept that units differ by τ whatever their size, which fits where "no difference at all" is not
//! to be expected.

use super::{ControlError, Proportion, check, pooled};
use crate::stats::interval::Interval;
use crate::stats::moments::Sum;
use crate::stats::quantile::normal_two_sided;
use crate::stats::special::incomplete_beta;

/// Fewest units from which overdispersion is estimated.
pub const FEWEST_UNITS: usize = 5;
/// Share of the z-scores at each end that is winsorised, unless said otherwise.
pub const WINSORISED: f64 = 0.1;

/// How limits are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limits {
    /// From the binomial distribution, interpolated.
    Exact,
    /// From the normal distribution.
    Normal,
    /// From the normal distribution on the arcsine square root scale.
    Arcsine,
}

/// What is made of units that differ more than chance explains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dispersion {
    /// Nothing: limits are those of chance.
    Chance,
    /// All variances are that many times larger.
    Multiplicative,
    /// Units truly differ, with a common variance.
    Additive,
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FunnelSpec {
    /// The common value, between 0 and 1; none takes the pooled share.
    pub target: Option<f64>,
    /// How limits are made.
    pub limits: Limits,
    /// What is made of overdispersion.
    pub dispersion: Dispersion,
    /// Share of the z-scores winsorised at each end, 0 to below 0.5; [`WINSORISED`] by default.
    pub winsorised: f64,
}

impl Default for FunnelSpec {
    fn default() -> Self {
        Self { target: None, limits: Limits::Exact, dispersion: Dispersion::Chance, winsorised: WINSORISED }
    }
}

/// Where a unit lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flag {
    /// Below the 99.8 % limit.
    FarBelow,
    /// Below the 95 % limit.
    Below,
    /// Within the 95 % limits, or on one.
    Within,
    /// Above the 95 % limit.
    Above,
    /// Above the 99.8 % limit.
    FarAbove,
}

/// A unit in the funnel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placed {
    /// What was given.
    pub given: Proportion,
    /// Distance from the target in units of the (perhaps widened) standard error.
    pub z: f64,
    /// 95 % limits at its size.
    pub inner: Interval,
    /// 99.8 % limits at its size.
    pub outer: Interval,
    /// Where it lies.
    pub flag: Flag,
}

/// A funnel.
#[derive(Clone, Debug, PartialEq)]
pub struct Funnel {
    /// The common value.
    pub target: f64,
    /// φ̂ of the winsorised z-scores: about 1 when units differ by chance only.
    pub phi: f64,
    /// τ̂² on the scale of the limits, also where it does not widen them.
    pub tau2: f64,
    /// The units in the order given.
    pub units: Vec<Placed>,
    scale: Scale,
}

/// The funnel of these units.
///
/// # Errors
/// [`ControlError`]: a share or size that is none; no unit, or fewer than [`FEWEST_UNITS`] for overdispersion; a target (given or pooled) that is not
/// between 0 and 1.
pub fn funnel(units: &[Proportion], spec: &FunnelSpec) -> Result<Funnel, ControlError> {
    check(units)?;
    let needed = if spec.dispersion == Dispersion::Chance { 1 } else { FEWEST_UNITS };
    if units.len() < needed {
        return Err(ControlError::TooFew { what: "units", found: units.len(), needed });
    }
    if !(0.0..0.5).contains(&spec.winsorised) {
        return Err(ControlError::Winsorised(spec.winsorised));
    }
    let target = spec.target.unwrap_or_else(|| pooled(units));
    if target <= 0.0 || target >= 1.0 || target.is_nan() {
        return Err(if spec.target.is_some() { ControlError::Target(target) } else { ControlError::NoVariation });
    }
    let mut scale = Scale { target, limits: spec.limits, factor: 1.0, added: 0.0 };
    let z = winsorised(units.iter().map(|unit| scale.z(unit)).collect(), spec.winsorised);
    let phi = z.iter().map(|z| z * z).collect::<Sum>().value() / z.len() as f64;
    let tau2 = between(units, &scale, phi);
    match spec.dispersion {
        Dispersion::Chance => {}
        Dispersion::Multiplicative => scale.factor = phi.max(1.0),
        Dispersion::Additive => scale.added = tau2,
    }
    let units = units.iter().map(|unit| scale.place(unit)).collect();
    Ok(Funnel { target, phi, tau2, units, scale })
}

impl Funnel {
    /// The limits for units of effective size `n`, to draw the funnel; the whole range for a size or level that is none.
    #[must_use]
    pub fn limits_at(&self, n: f64, level: f64) -> Interval {
        self.scale.limits_at(n, level)
    }
}

/// Where things are measured, and how wide chance and differences are there.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Scale {
    target: f64,
    limits: Limits,
    factor: f64,
    added: f64,
}

impl Scale {
    fn on(&self, share: f64) -> f64 {
        match self.limits {
            Limits::Exact | Limits::Normal => share,
            Limits::Arcsine => share.sqrt().asin(),
        }
    }

    /// Variance of an observation of size 1 by chance.
    fn unit_variance(&self) -> f64 {
        match self.limits {
            Limits::Exact | Limits::Normal => self.target * (1.0 - self.target),
            Limits::Arcsine => 0.25,
        }
    }

    fn variance(&self, n: f64) -> f64 {
        self.factor * self.unit_variance() / n + self.added
    }

    fn z(&self, unit: &Proportion) -> f64 {
        (self.on(unit.estimate) - self.on(self.target)) / self.variance(unit.n).sqrt()
    }

    fn limits_at(&self, n: f64, level: f64) -> Interval {
        let whole = Interval { low: 0.0, high: 1.0 };
        let Some(q) = normal_two_sided(1.0 - level).filter(|_| n > 0.0 && n.is_finite()) else { return whole };
        let half = q * self.variance(n).sqrt();
        match self.limits {
            Limits::Normal => Interval { low: (self.target - half).max(0.0), high: (self.target + half).min(1.0) },
            Limits::Arcsine => {
                let back = |x: f64| x.clamp(0.0, std::f64::consts::FRAC_PI_2).sin().powi(2);
                let centre = self.on(self.target);
                Interval { low: back(centre - half), high: back(centre + half) }
            }
            Limits::Exact => {
                let n = self.unit_variance() / self.variance(n);
                let alpha = 0.5 * (1.0 - level);
                Interval { low: exact(n, self.target, alpha), high: 1.0 - exact(n, 1.0 - self.target, alpha) }
            }
        }
    }

    fn place(&self, unit: &Proportion) -> Placed {
        let (inner, outer) = (self.limits_at(unit.n, 0.95), self.limits_at(unit.n, 0.998));
        let y = unit.estimate;
        let flag = if y < outer.low {
            Flag::FarBelow
        } else if y > outer.high {
            Flag::FarAbove
        } else if y < inner.low {
            Flag::Below
        } else if y > inner.high {
            Flag::Above
        } else {
            Flag::Within
        };
        Placed { given: *unit, z: self.z(unit), inner, outer, flag }
    }
}

/// τ̂², 0 where units differ less than by chance.
fn between(units: &[Proportion], scale: &Scale, phi: f64) -> f64 {
    let weights: Vec<f64> = units.iter().map(|unit| unit.n / scale.unit_variance()).collect();
    let sum = weights.iter().copied().collect::<Sum>().value();
    let squares = weights.iter().map(|w| w * w).collect::<Sum>().value();
    let room = sum - squares / sum;
    let i = units.len() as f64;
    if room > 0.0 { ((i * phi - (i - 1.0)) / room).max(0.0) } else { 0.0 }
}

/// Values beyond the quantiles of the share at each end are set to them.
fn winsorised(values: Vec<f64>, share: f64) -> Vec<f64> {
    let mut sorted = values.clone();
    sorted.sort_by(f64::total_cmp);
    let (low, high) = (quantile(&sorted, share), quantile(&sorted, 1.0 - share));
    values.into_iter().map(|z| z.clamp(low, high.max(low))).collect()
}

/// Type 7 of R. J. Hyndman and Y. Fan, Am. Stat. 50 (1996) 361: linear between the order statistics.
fn quantile(sorted: &[f64], p: f64) -> f64 {
    let last = sorted.len() - 1;
    let place = p * last as f64;
    let below = (0..last).rfind(|at| *at as f64 <= place).unwrap_or(0);
    let above = (below + 1).min(last);
    sorted[below] + (place - below as f64) * (sorted[above] - sorted[below])
}

/// The interpolated lower binomial quantile as a share.
fn exact(n: f64, theta: f64, p: f64) -> f64 {
    let distribution = |r: f64| {
        if r < 0.0 {
            0.0
        } else if r >= n {
            1.0
        } else {
            incomplete_beta(n - r, r + 1.0, 1.0 - theta, theta).0
        }
    };
    // Between −1, where F is 0, and n rounded up, where it is 1.
    let (mut below, mut above) = (-1.0, n.ceil());
    while above - below > 1.0 {
        let middle = (0.5 * (below + above)).floor();
        if distribution(middle) > p { above = middle } else { below = middle }
    }
    let (at, before) = (distribution(above), distribution(above - 1.0));
    ((above - (at - p) / (at - before)) / n).clamp(0.0, 1.0)
}
