//! Quantiles of the normal, Student t and beta distributions, and tails of these, of chi-square and of F, to about 13 digits.
//!
//! Notation: Φ the normal distribution function, I_x(a, b) the regularised incomplete beta function, Q(a, x) the regularised
//! upper incomplete gamma function. M. Abramowitz and I. A. Stegun, *Handbook of Mathematical Functions* (1964):
//!
//! * P(|Z| ≤ x) = erf(x / √2) (eq. 7.1.22)
//! * P(|T_ν| ≤ x) = I_u(½, ν/2) with u = x² / (ν + x²) (eq. 26.7.1 with 26.5.27)
//! * P(B ≤ x) = I_x(a, b) (eq. 26.5.1)
//! * P(χ²_ν > x) = Q(ν/2, x/2) (eq. 26.4.19)
//! * P(F > x) = I_u(ν₂/2, ν₁/2) with u = ν₂ / (ν₂ + ν₁ x) (eq. 26.6.2)
//!
//! A tail is computed as such, never as 1 − the rest, so its digits hold down to the smallest numbers there are; below them it is 0.
//! Each quantile is solved by Newton steps on the function itself. For |Z| and |T| it is concave in x > 0 and the steps start left of
//! the root, so they climb to it without overshooting; for the beta a bracket is kept. The tail that is the smaller is the one
//! compared, so no digits are lost near level 1.

use super::special::{beta_density, incomplete_beta, incomplete_gamma, normal_two_sided as normal_tails};

/// Above this many degrees of freedom t and normal agree to all digits.
const NORMAL_FROM: f64 = 1e15;

/// Above this many degrees of freedom, and for quantiles below 8, five terms of the expansion around the normal give all
/// digits.
const EXPAND_T_FROM: f64 = 1e4;

/// A Newton step of this size relative to x leaves an error far below rounding: each step squares the error.
const LAST_STEP: f64 = 1e-12;

/// With both parameters above this, two terms of the expansion around the normal give 10 digits at once.
const EXPAND_FROM: f64 = 1e7;

/// x with P(|Z| > x) = `alpha` for a standard normal Z; `None` unless 0 < alpha < 1.
#[must_use]
pub fn normal_two_sided(alpha: f64) -> Option<f64> {
    if !(alpha > 0.0 && alpha < 1.0) {
        return None;
    }
    let peak = (2.0 / std::f64::consts::PI).sqrt();
    climb(0.0, alpha, normal_tails, |x| peak * (-0.5 * x * x).exp())
}

/// P(|T| > x) for Student t with `df` > 0 degrees of freedom (infinite = normal); `None` unless x ≥ 0.
#[must_use]
pub fn t_two_sided_tail(x: f64, df: f64) -> Option<f64> {
    (df > 0.0 && x >= 0.0).then(|| t_tails(x, df).1)
}

/// P(Z > x) for a standard normal Z; `None` for x that is not a number.
#[must_use]
pub fn normal_tail(x: f64) -> Option<f64> {
    let (inside, outside) = normal_tails(x.abs());
    (!x.is_nan()).then_some(if x >= 0.0 { 0.5 * outside } else { 0.5 + 0.5 * inside })
}

/// P(χ² > x) with `df` > 0 degrees of freedom, any finite number; `None` unless x ≥ 0.
#[must_use]
pub fn chi_square_tail(x: f64, df: f64) -> Option<f64> {
    (df > 0.0 && df.is_finite() && x >= 0.0).then(|| incomplete_gamma(0.5 * df, 0.5 * x).1)
}

/// P(F > x) with `df1` (finite) and `df2` (infinite = chi-square over `df1`) degrees of freedom, any numbers above 0; `None` unless
/// x ≥ 0. Above 10⁶ for `df2` as many digits are lost as it has more.
#[must_use]
pub fn f_tail(x: f64, df1: f64, df2: f64) -> Option<f64> {
    if !(df1 > 0.0 && df1.is_finite() && df2 > 0.0 && x >= 0.0) {
        return None;
    }
    if df2 > NORMAL_FROM {
        return chi_square_tail(x * df1, df1);
    }
    let ratio = x * (df1 / df2);
    if ratio.is_infinite() {
        return Some(0.0);
    }
    Some(incomplete_beta(0.5 * df1, 0.5 * df2, ratio / (1.0 + ratio), 1.0 / (1.0 + ratio)).1)
}

/// x with P(|T| > x) = `alpha` for Student t with `df` > 0 degrees of freedom (infinite = normal); `None` unless 0 < alpha < 1.
#[must_use]
pub fn t_two_sided(alpha: f64, df: f64) -> Option<f64> {
    if df.is_nan() || df <= 0.0 {
        return None;
    }
    let start = normal_two_sided(alpha)?;
    if df > NORMAL_FROM {
        return Some(start);
    }
    if df > EXPAND_T_FROM && start < 8.0 {
        return Some(expand_t(start, df));
    }
    // d/dx I_u(½, ν/2) = √u (1−u)^(ν/2) / B · 2 / x.
    let density = |x: f64| {
        let (u, v) = split(x, df);
        beta_density(0.5, 0.5 * df, u, v) * 2.0 / x
    };
    climb(start, alpha, |x| t_tails(x, df), density)
}

/// x with I_x(a, b) = `p` for a, b > 0; `None` unless 0 < p < 1.
#[must_use]
pub fn beta(p: f64, a: f64, b: f64) -> Option<f64> {
    if !(p > 0.0 && p < 1.0 && a > 0.0 && b > 0.0 && (a + b).is_finite()) {
        return None;
    }
    if a.min(b) > EXPAND_FROM {
        return expand_beta(p, a, b);
    }
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    let mut x = a / (a + b);
    for _ in 0..1200 {
        let y = 1.0 - x;
        let (lower, upper) = incomplete_beta(a, b, x, y);
        let excess = if p < 0.5 { lower - p } else { (1.0 - p) - upper };
        if excess > 0.0 {
            high = x;
        } else {
            low = x;
        }
        let newton = x - excess * x * y / beta_density(a, b, x, y);
        let next = if newton > low && newton < high { newton } else { 0.5 * (low + high) };
        let moved = (next - x).abs();
        x = next;
        if moved <= LAST_STEP * x || x == 0.0 || x == 1.0 {
            break;
        }
    }
    Some(x)
}

/// t by powers of 1/ν around the normal quantile z (eq. 26.7.5).
fn expand_t(z: f64, df: f64) -> f64 {
    let square = z * z;
    let powers = |coefficients: &[f64]| coefficients.iter().fold(0.0, |sum, c| sum * square + c);
    let terms = [
        1.0,
        powers(&[1.0, 1.0]) / 4.0,
        powers(&[5.0, 16.0, 3.0]) / 96.0,
        powers(&[3.0, 19.0, 17.0, -15.0]) / 384.0,
        powers(&[79.0, 776.0, 1482.0, -1920.0, -945.0]) / 92_160.0,
    ];
    z * terms.iter().rev().fold(0.0, |sum, term| sum / df + term)
}

/// μ + σ (z + γ (z² − 1) / 6) with mean, standard deviation and skewness of the beta distribution (Cornish–Fisher, eq. 26.2.49).
fn expand_beta(p: f64, a: f64, b: f64) -> Option<f64> {
    let z = if p < 0.5 { -normal_two_sided(2.0 * p)? } else { normal_two_sided(2.0 * (1.0 - p)).unwrap_or(0.0) };
    let n = a + b;
    let deviation = (a / n * (b / n) / (n + 1.0)).sqrt();
    let skewness = 2.0 * (b / n - a / n) / ((1.0 + 2.0 / n) * (a / n * b).sqrt()) * (1.0 + 1.0 / n).sqrt();
    Some((a / n + deviation * (z + skewness * (z * z - 1.0) / 6.0)).clamp(0.0, 1.0))
}

/// (P(|T| ≤ x), P(|T| > x)).
fn t_tails(x: f64, df: f64) -> (f64, f64) {
    if df > NORMAL_FROM {
        return normal_tails(x);
    }
    let (u, v) = split(x, df);
    incomplete_beta(0.5, 0.5 * df, u, v)
}

/// u = x² / (ν + x²) and 1 − u.
fn split(x: f64, df: f64) -> (f64, f64) {
    let square = x * x;
    if square.is_infinite() {
        return (1.0, 0.0);
    }
    (square / (df + square), df / (df + square))
}

/// Newton steps for P(|X| > x) = alpha from a start left of the root, where the distribution function is concave.
fn climb(start: f64, alpha: f64, tails: impl Fn(f64) -> (f64, f64), density: impl Fn(f64) -> f64) -> Option<f64> {
    let mut x = start;
    for _ in 0..2000 {
        let (inside, outside) = tails(x);
        let excess = if alpha > 0.5 { (1.0 - alpha) - inside } else { outside - alpha };
        let step = excess / density(x);
        if !step.is_finite() {
            return None;
        }
        x += step;
        if step.abs() <= LAST_STEP * x.abs() {
            break;
        }
    }
    (x.is_finite() && x > 0.0).then_some(x)
}
