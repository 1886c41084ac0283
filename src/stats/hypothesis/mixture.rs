//! The tail of a weighted sum of chi-squares over an independent chi-square.
//!
//! Notation: λ_j > 0 weights, X_j and Y independent chi-squares with 1 and m degrees of freedom,
//!
//! p = P(Σ λ_j X_j > x Y / ν), K(s) = −½ Σ ln(1 − 2sλ_j) − m/2 · ln(1 + 2sx/ν),
//!
//! K the cumulant function of Q = Σ λ_j X_j − x Y / ν; m = ν save where said, and with ν infinite the last term is −s x. Everything
//! is divided by the largest λ first, so that s lies below ½.
//!
//! * Saddle point: ζ with K′(ζ) = 0, w = ±√(−2K(ζ)), v = ζ√K″(ζ), p ≈ 1 − Φ(w + ln(v/w)/w): D. Kuonen, Biometrika 86 (1999)
//!   929, eq. 3, after R. Lugannani and S. Rice, Adv. Appl. Prob. 12 (1980) 475. At |ζ| < 10⁻⁴ the formula is 0/0 and there is no answer.
//! * Exact: p = 1/(2πi) ∫ e^(K(s)) / s ds along a path that cuts the real axis between 0 and ½ (S. O. Rice, SIAM J. Sci. Stat. Comput.
//!   1 (1980) 438). It cuts where the integrand is smallest on the axis, hence largest on the path, so that the relative error does not
//!   grow in the tail, and bends to the right as a hyperbola with asymptotes at an angle α from the vertical (J. A. C. Weideman, L. N.
//!   Trefethen, Math. Comp. 76 (2007) 1341), on which the trapezoidal rule gains digits in proportion to the number of its points.
//!   α is at most 45° and, for k weights, √(2/k): passing the poles to the right at this slant, the integrand grows by e^½ at most.

use crate::stats::moments::Sum;
use crate::stats::quantile::normal_tail;

/// Below this |ζ| the saddle point formula loses its digits.
const CENTRE: f64 = 1e-4;

/// Degrees of freedom this near to a whole number are that number.
const ROUNDING: f64 = 1e-12;

/// ln of what no longer matters beside the largest value of the integrand.
const NEGLIGIBLE: f64 = -42.0;

/// Two trapezoidal sums this near to each other are the integral.
const ENOUGH: f64 = 1e-12;

/// Q, scaled.
struct Mixture {
    /// λ_j, the largest 1.
    lambda: Vec<f64>,
    x: f64,
    /// m and ν; `None` for infinite.
    denominator: Option<[f64; 2]>,
}

/// P(Σ λ_j X_j > x Y / ν) with ν = `df` by the saddle point; `None` near the centre of the distribution and without a positive λ
/// (others are left out). As in R's `pFsum`, Y has m = ⌊ν⌋ degrees of freedom (m = ν below 1) but is divided by ν. With several λ that are alike, ν is whole but for
/// rounding, and R's figure is that of the whole number below; so it is here.
#[must_use]
pub fn saddlepoint_tail(lambda: &[f64], x: f64, df: f64) -> Option<f64> {
    let below = if lambda.len() > 1 { df * (1.0 - ROUNDING) } else { df };
    let whole = if below < 1.0 { df } else { below.floor() };
    let mixture = Mixture::new(lambda, x, df.is_finite().then_some([whole, df]))?;
    if let Some(certain) = mixture.certain() {
        return Some(certain);
    }
    let room = match mixture.denominator {
        Some([_, df]) => 1.0 + df / mixture.x,
        None => 1.0 + mixture.lambda.len() as f64 / mixture.x,
    };
    let u = root(room, |u| mixture.slope(u))?;
    let zeta = 0.5 * (1.0 - u);
    if zeta.abs() < CENTRE {
        return None;
    }
    let w = zeta.signum() * (-2.0 * mixture.cumulant(u)).max(0.0).sqrt();
    let v = zeta * mixture.curvature(u).sqrt();
    normal_tail(w + (v / w).ln() / w).filter(|p| p.is_finite())
}

/// P(Σ λ_j X_j > x Y / ν) with ν = `df` to about 10 digits also in the far tail; `None` without a positive λ (others are left out).
#[must_use]
pub fn exact_tail(lambda: &[f64], x: f64, df: f64) -> Option<f64> {
    let mixture = Mixture::new(lambda, x, df.is_finite().then_some([df, df]))?;
    if let Some(certain) = mixture.certain() {
        return Some(certain);
    }
    // K − ln s is convex between 0 and ½, with poles at both ends.
    let u = root(1.0, |u| mixture.slope(u) - 2.0 / (1.0 - u))?;
    let c = 0.5 * (1.0 - u);
    let reach = c.min(u);
    let (forward, up) = (2.0 / mixture.lambda.len() as f64).sqrt().min(std::f64::consts::FRAC_PI_4).sin_cos();
    let top = mixture.cumulant(u) + (reach * up / c).ln();
    let path = Path { mixture: &mixture, u, c, reach: [reach * forward, reach * up], top };
    let mut step = 0.25;
    let mut sum = 0.5 * path.value(0.0) + path.sum(step, step);
    let mut found = sum * step;
    for _ in 0..14 {
        sum += path.sum(0.5 * step, step);
        step *= 0.5;
        let before = std::mem::replace(&mut found, sum * step);
        if (found - before).abs() <= ENOUGH * found.abs() {
            break;
        }
    }
    Some((found / std::f64::consts::PI * path.top.exp()).clamp(0.0, 1.0)).filter(|p| p.is_finite())
}

/// Where the increasing function `slope` of s = (1 − u)/2 is 0 for u between 0 and `room`: bisection, geometric where it spans
/// orders of magnitude.
fn root(room: f64, slope: impl Fn(f64) -> f64) -> Option<f64> {
    let (mut low, mut high) = (0.0_f64, room);
    for _ in 0..2200 {
        let middle = if high > 4.0 * low && low > 0.0 { (low * high).sqrt() } else { 0.5 * (low + high) };
        if middle <= low || middle >= high {
            break;
        }
        let found = slope(middle);
        if found.is_nan() {
            return None;
        }
        if found > 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    (high > 0.0).then_some(0.5 * (low + high))
}

impl Mixture {
    fn new(lambda: &[f64], x: f64, denominator: Option<[f64; 2]>) -> Option<Self> {
        let largest = lambda.iter().copied().fold(0.0, f64::max);
        let sound = largest > 0.0 && largest.is_finite() && !x.is_nan() && denominator.is_none_or(|[_, df]| df > 0.0);
        let lambda = lambda.iter().filter(|value| **value > 0.0).map(|value| value / largest).collect();
        sound.then(|| Self { lambda, x: x / largest, denominator })
    }

    /// The answer at the ends of the distribution.
    fn certain(&self) -> Option<f64> {
        if self.x <= 0.0 {
            return Some(1.0);
        }
        self.x.is_infinite().then_some(0.0)
    }

    /// K at s = (1 − u)/2; u is the distance from the pole of the largest λ, so no digits are lost next to it.
    fn cumulant(&self, u: f64) -> f64 {
        let upper: Sum = self.lambda.iter().map(|l| ((1.0 - l) + u * l).ln()).collect();
        let lower = match self.denominator {
            Some([m, df]) => 0.5 * m * ((1.0 - u) * self.x / df).ln_1p(),
            None => 0.5 * (1.0 - u) * self.x,
        };
        -0.5 * upper.value() - lower
    }

    /// K′.
    fn slope(&self, u: f64) -> f64 {
        let upper: Sum = self.lambda.iter().map(|l| l / ((1.0 - l) + u * l)).collect();
        let lower = match self.denominator {
            Some([m, df]) => m * (self.x / df) / (1.0 + (1.0 - u) * self.x / df),
            None => self.x,
        };
        upper.value() - lower
    }

    /// K″.
    fn curvature(&self, u: f64) -> f64 {
        let upper: Sum = self.lambda.iter().map(|l| (l / ((1.0 - l) + u * l)).powi(2)).collect();
        let lower = match self.denominator {
            Some([m, df]) => m * (self.x / df / (1.0 + (1.0 - u) * self.x / df)).powi(2),
            None => 0.0,
        };
        2.0 * (upper.value() + lower)
    }
}

/// s(t) = c + r sin α (cosh t − 1) + i r cos α sinh t, c = (1 − u)/2.
struct Path<'a> {
    mixture: &'a Mixture,
    u: f64,
    c: f64,
    /// r sin α and r cos α.
    reach: [f64; 2],
    /// ln of the integrand at t = 0.
    top: f64,
}

impl Path<'_> {
    /// Im e^(K(s)) s′ / s at t, over the integrand at t = 0; `None` once it no longer matters.
    fn at(&self, t: f64) -> Option<f64> {
        let [right, above] = self.reach;
        let (forward, up) = (2.0 * right * (0.5 * t).sinh().powi(2), above * t.sinh());
        let (mut size, mut turn) = (Sum::default(), Sum::default());
        let mut times = |power: f64, re: f64, im: f64| {
            size.add(power * re.hypot(im).ln());
            turn.add(power * im.atan2(re));
        };
        for l in &self.mixture.lambda {
            times(-0.5, (1.0 - l) + self.u * l - 2.0 * l * forward, -2.0 * l * up);
        }
        if let Some([m, df]) = self.mixture.denominator {
            let ratio = self.mixture.x / df;
            times(-0.5 * m, 1.0 + 2.0 * (self.c + forward) * ratio, 2.0 * up * ratio);
        }
        times(-1.0, self.c + forward, up);
        times(1.0, right * t.sinh(), above * t.cosh());
        if self.mixture.denominator.is_none() {
            size.add(-self.mixture.x * (self.c + forward));
            turn.add(-self.mixture.x * up);
        }
        let size = size.value() - self.top;
        (size > NEGLIGIBLE).then(|| size.exp() * turn.value().sin())
    }

    fn value(&self, t: f64) -> f64 {
        self.at(t).unwrap_or(0.0)
    }

    /// Values at start, start + step, … as far as they matter.
    fn sum(&self, start: f64, step: f64) -> f64 {
        let points = (0..).map(|k| start + f64::from(k) * step).take_while(|t| *t < 300.0);
        points.map_while(|t| self.at(t)).collect::<Sum>().value()
    }
}
