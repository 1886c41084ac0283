//! Error function, incomplete beta and incomplete gamma function, both tails to about 13 digits.
//!
//! The library functions at hand lose digits just where intervals need them (a tail taken as 1 − cdf, a difference of large
//! log-gammas, a fixed number of steps), so all are made here:
//!
//! * erf x = 2/√π · e^(−x²) Σ_n 2ⁿ x²ⁿ⁺¹ / (2n+1)!! for x < 1 (M. Abramowitz and I. A. Stegun, *Handbook of Mathematical
//!   Functions*, 1964, eq. 7.1.6), and erfc x by its continued fraction from there on (eq. 7.1.14).
//! * I_x(a, b) = D / a · K with the continued fraction K of eq. 26.5.8, evaluated as by W. J. Lentz (Appl. Opt. 15 (1976)
//!   668), on the side of the mean where it converges fast; the other tail follows from I_x(a, b) = 1 − I_{1−x}(b, a).
//! * D = xᵃ (1−x)ᵇ / B(a, b) by the saddle point of C. Loader, "Fast and Accurate Computation of Binomial Probabilities"
//!   (2000), eq. 3–5, so that no large numbers cancel.
//! * P(a, x) = E Σ_n xⁿ / ((a+1)…(a+n)) for x < a + 1 (eq. 6.5.29) and Q(a, x) = E a · K with the continued fraction K of
//!   eq. 6.5.31 (its even part) from there on; E = xᵃ e^(−x) / Γ(a + 1) by the same saddle point.

const TINY: f64 = 1e-300;
const ENOUGH: f64 = 1e-16;

/// Distribution and survival function of |Z|: (erf(x/√2), erfc(x/√2)) for x ≥ 0.
pub(super) fn normal_two_sided(x: f64) -> (f64, f64) {
    let x = x * std::f64::consts::FRAC_1_SQRT_2;
    let scale = std::f64::consts::FRAC_2_SQRT_PI * (-x * x).exp();
    if scale == 0.0 {
        return (1.0, 0.0);
    }
    if x < 1.0 {
        let (mut term, mut sum, mut n) = (x, x, 0.0);
        while term > ENOUGH * sum {
            n += 1.0;
            term *= 2.0 * x * x / (2.0 * n + 1.0);
            sum += term;
        }
        let erf = scale * sum;
        return (erf, 1.0 - erf);
    }
    // erfc x = e^(−x²)/√π · 1/(x + ½/(x + 1/(x + 3/2/(x + …)))).
    let (mut fraction, mut c, mut d) = (x, x, 0.0);
    for step in 1..2000 {
        let a = 0.5 * f64::from(step);
        d = 1.0 / (x + a * d);
        c = x + a / c;
        let delta = c * d;
        fraction *= delta;
        if (delta - 1.0).abs() < ENOUGH {
            break;
        }
    }
    let erfc = 0.5 * scale / fraction;
    (1.0 - erfc, erfc)
}

/// (I_x(a, b), 1 − I_x(a, b)) for a, b > 0 and x + y = 1; y is given so that neither end loses digits.
pub(super) fn incomplete_beta(a: f64, b: f64, x: f64, y: f64) -> (f64, f64) {
    if x <= 0.0 {
        return (0.0, 1.0);
    }
    if y <= 0.0 {
        return (1.0, 0.0);
    }
    let density = beta_density(a, b, x, y);
    if x * (a + b + 2.0) < a + 1.0 {
        let lower = density * fraction(a, b, x) / a;
        (lower, 1.0 - lower)
    } else {
        let upper = density * fraction(b, a, y) / b;
        (1.0 - upper, upper)
    }
}

/// (P(a, x), Q(a, x)) for a > 0: the regularised lower and upper incomplete gamma function.
pub(super) fn incomplete_gamma(a: f64, x: f64) -> (f64, f64) {
    if x <= 0.0 {
        return (0.0, 1.0);
    }
    if x.is_infinite() {
        return (1.0, 0.0);
    }
    let density = (-stirling(a) - deviance(a, x)).exp() / (2.0 * std::f64::consts::PI * a).sqrt();
    if x < a + 1.0 {
        let (mut term, mut sum, mut n) = (1.0, 1.0, a);
        while term > ENOUGH * sum {
            n += 1.0;
            term *= x / n;
            sum += term;
        }
        let lower = density * sum;
        return (lower, 1.0 - lower);
    }
    let mut b = x + 1.0 - a;
    let (mut c, mut d) = (TINY.recip(), b.recip());
    let mut fraction = d;
    for step in 1..10_000_000 {
        let n = f64::from(step);
        let numerator = n * (a - n);
        b += 2.0;
        d = 1.0 / guard(b + numerator * d);
        c = guard(b + numerator / c);
        let delta = d * c;
        fraction *= delta;
        if (delta - 1.0).abs() <= 2.0 * ENOUGH {
            break;
        }
    }
    let upper = density * a * fraction;
    (1.0 - upper, upper)
}

/// Keeps the parts of a continued fraction off 0.
fn guard(value: f64) -> f64 {
    if value.abs() < TINY { TINY } else { value }
}

/// xᵃ yᵇ / B(a, b) for a, b > 0, x, y > 0 and x + y = 1.
pub(super) fn beta_density(a: f64, b: f64, x: f64, y: f64) -> f64 {
    let n = a + b;
    let correction = stirling(n) - stirling(a) - stirling(b);
    let deviance = deviance(a, n * x) + deviance(b, n * y);
    (a / n * b / (2.0 * std::f64::consts::PI)).sqrt() * (correction - deviance).exp()
}

/// δ(z) = ln Γ(z + 1) − (z + ½) ln z + z − ½ ln 2π: Stirling's series (eq. 6.1.41) from 16 on, and below it
/// δ(z) = δ(z + 1) + (z + ½) ln(1 + 1/z) − 1.
fn stirling(z: f64) -> f64 {
    let (mut z, mut sum) = (z, 0.0);
    while z < 16.0 {
        sum += (z + 0.5) * z.recip().ln_1p() - 1.0;
        z += 1.0;
    }
    let square = z * z;
    let series = [1.0 / 12.0, -1.0 / 360.0, 1.0 / 1260.0, -1.0 / 1680.0, 1.0 / 1188.0, -691.0 / 360_360.0];
    sum + series.iter().rev().fold(0.0, |sum, term| term + sum / square) / z
}

/// x ln(x / m) + m − x, without cancellation for x near m.
fn deviance(x: f64, m: f64) -> f64 {
    if (x - m).abs() >= 0.1 * (x + m) {
        return x * (x / m).ln() + m - x;
    }
    let v = (x - m) / (x + m);
    let mut sum = (x - m) * v;
    let mut power = 2.0 * x * v;
    for step in 1..1000 {
        power *= v * v;
        let next = sum + power / f64::from(2 * step + 1);
        if next == sum {
            break;
        }
        sum = next;
    }
    sum
}

/// The continued fraction of I_x(a, b), for x below about the mean a / (a + b). It takes about √(a + b) steps.
fn fraction(a: f64, b: f64, x: f64) -> f64 {
    let mut c = 1.0;
    let mut d = 1.0 / guard(1.0 - (a + b) * x / (a + 1.0));
    let mut fraction = d;
    for step in 1..10_000_000 {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / guard(1.0 + even * d);
        c = guard(1.0 + even / c);
        fraction *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / guard(1.0 + odd * d);
        c = guard(1.0 + odd / c);
        let delta = d * c;
        fraction *= delta;
        if (delta - 1.0).abs() <= 2.0 * ENOUGH {
            break;
        }
    }
    fraction
}
