//! Quantiles of the normal, Student t and beta distributions, to about 14 digits.
//!
//! Notation: Φ the normal distribution function, I_x(a, b) the regularised incomplete beta function. M. Abramowitz and
//! I. A. Stegun, *Handbook of Mathematical Functions* (1964):
//!
//! * P(|Z| ≤ x) = erf(x / √2) (eq. 7.1.22)
//! * P(|T_ν| ≤ x) = I_u(½, ν/2) with u = x² / (ν + x²) (eq. 26.7.1 with 26.5.27)
//! * P(B ≤ x) = I_x(a, b) (eq. 26.5.1)
//!
//! Each is solved by Newton steps on the function itself; for t and normal the function is concave in x > 0 and the
//! steps start left of the root, so they climb to it without overshooting. Both tails are given by their own function,
//! never as 1 − cdf.

use statrs::function::beta::{checked_beta_reg, ln_beta};
use statrs::function::erf::{erf, erfc, erfc_inv};

/// Above this many degrees of freedom t differs from normal by less than 1e-12 of itself.
const NORMAL_FROM: f64 = 1e13;

/// x with P(|Z| > x) = `alpha` for a standard normal Z; `None` unless 0 < alpha < 1.
#[must_use]
pub fn normal_two_sided(alpha: f64) -> Option<f64> {
    if !(alpha > 0.0 && alpha < 1.0) {
        return None;
    }
    let mut x = std::f64::consts::SQRT_2 * erfc_inv(alpha);
    for _ in 0..4 {
        let half = x * std::f64::consts::FRAC_1_SQRT_2;
        let excess = if alpha > 0.5 {
            (1.0 - alpha) - erf(half)
        } else {
            erfc(half) - alpha
        };
        let density = (2.0 / std::f64::consts::PI).sqrt() * (-0.5 * x * x).exp();
        let step = excess / density;
        if !step.is_finite() {
            break;
        }
        x += step;
    }
    (x.is_finite()).then_some(x)
}

/// P(|T| > x) for Student t with `df` > 0 degrees of freedom (infinite = normal) and x ≥ 0.
#[must_use]
pub fn t_two_sided_tail(x: f64, df: f64) -> Option<f64> {
    if !(df > 0.0 && x >= 0.0) {
        return None;
    }
    if df > NORMAL_FROM {
        return Some(erfc(x * std::f64::consts::FRAC_1_SQRT_2));
    }
    let square = x * x;
    if square.is_infinite() {
        return Some(0.0);
    }
    checked_beta_reg(0.5 * df, 0.5, df / (df + square)).ok()
}

/// x with P(|T| > x) = `alpha` for Student t with `df` > 0 degrees of freedom (infinite = normal); `None` unless 0 < alpha < 1.
#[must_use]
pub fn t_two_sided(alpha: f64, df: f64) -> Option<f64> {
    if !(df > 0.0) {
        return None;
    }
    let mut x = normal_two_sided(alpha)?;
    if df > NORMAL_FROM {
        return Some(x);
    }
    let ln_constant = -0.5 * df.ln() - ln_beta(0.5, 0.5 * df);
    for _ in 0..400 {
        let square = x * x;
        // The smaller of the two probabilities carries the more digits.
        let excess = if alpha > 0.5 {
            (1.0 - alpha) - checked_beta_reg(0.5, 0.5 * df, square / (df + square)).ok()?
        } else {
            checked_beta_reg(0.5 * df, 0.5, df / (df + square)).ok()? - alpha
        };
        let density = 2.0 * (ln_constant - 0.5 * (df + 1.0) * (square / df).ln_1p()).exp();
        let step = excess / density;
        if !step.is_finite() {
            return None;
        }
        x += step;
        if step.abs() <= 1e-15 * x.abs() {
            break;
        }
    }
    (x > 0.0).then_some(x)
}

/// x with I_x(a, b) = `p` for a, b > 0; `None` unless 0 < p < 1.
#[must_use]
pub fn beta(p: f64, a: f64, b: f64) -> Option<f64> {
    if !(p > 0.0 && p < 1.0 && a > 0.0 && b > 0.0 && a.is_finite() && b.is_finite()) {
        return None;
    }
    let ln_constant = -ln_beta(a, b);
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    let mut x = a / (a + b);
    for _ in 0..2000 {
        let excess = checked_beta_reg(a, b, x).ok()? - p;
        if excess > 0.0 {
            high = x;
        } else {
            low = x;
        }
        let ln_density = ln_constant + (a - 1.0) * x.ln() + (b - 1.0) * (-x).ln_1p();
        let newton = x - excess / ln_density.exp();
        let next = if newton > low && newton < high {
            newton
        } else {
            0.5 * (low + high)
        };
        let moved = (next - x).abs();
        x = next;
        if moved <= 2e-16 * x || high - low <= f64::MIN_POSITIVE {
            break;
        }
    }
    Some(x)
}
