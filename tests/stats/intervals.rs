//! Intervals of proportions against R `svyciprop`, and at the ends of the scale.

use super::support::{close, number, table};
use sipas::stats::interval::{Interval, IntervalError, ProportionInterval, t_interval};
use sipas::stats::quantile;

const ALL: [ProportionInterval; 6] = [
    ProportionInterval::Logit,
    ProportionInterval::Asin,
    ProportionInterval::Beta,
    ProportionInterval::Likelihood,
    ProportionInterval::Wilson,
    ProportionInterval::Mean,
];

fn method(name: &str) -> ProportionInterval {
    match name {
        "logit" | "xlogit" => ProportionInterval::Logit,
        "asin" => ProportionInterval::Asin,
        "beta" => ProportionInterval::Beta,
        "wilson" => ProportionInterval::Wilson,
        "mean" => ProportionInterval::Mean,
        other => panic!("unknown method {other}"),
    }
}

#[test]
fn every_method_agrees_with_r() {
    let rows = table("intervals.csv");
    assert!(rows.len() > 100);
    for row in &rows {
        let name = row["method"].as_str();
        // R's beta method takes the design's degrees of freedom (14 here) even when it is told another number.
        let df = match name {
            "beta" if row["id"].ends_with("df5") || row["id"].ends_with("dfInf") => 14.0,
            _ => number(row, "df"),
        };
        let found =
            method(name).interval(number(row, "estimate"), number(row, "se"), df, row["n"].parse().unwrap(), number(row, "level")).unwrap();
        let tolerance = if name == "logit" { 1e-8 } else { 1e-9 };
        // Where the lower end of asin or Wald falls off the scale, R folds it back or reports it below 0; here it is 0.
        let half = number(row, "high").sqrt().asin() - number(row, "estimate").sqrt().asin();
        let off = match name {
            "asin" => half > number(row, "estimate").sqrt().asin(),
            _ => number(row, "low") < 0.0,
        };
        let low = if off { 0.0 } else { number(row, "low") };
        close(found.low, low, tolerance, &row["id"]);
        close(found.high, number(row, "high").min(1.0), tolerance, &row["id"]);
    }
}

#[test]
fn all_answers_alike_give_the_exact_interval_on_the_plain_n() {
    // Clopper–Pearson for 20 of 20: lower end (α/2)^(1/20).
    let exact = 0.025_f64.powf(1.0 / 20.0);
    for method in ALL {
        assert!(method.interval(1.0 + 1e-15, 0.0, 19.0, 20, 0.95).is_ok(), "a ratio may miss 1 by rounding");
        let top = method.interval(1.0, 0.0, 19.0, 20, 0.95).unwrap();
        let bottom = method.interval(0.0, 0.0, 19.0, 20, 0.95).unwrap();
        assert_eq!(top.high, 1.0);
        assert_eq!(bottom.low, 0.0);
        close(1.0 - bottom.high, top.low, 1e-12, "the ends mirror each other");
        if method == ProportionInterval::Wilson {
            let t = quantile::t_two_sided(0.05, 19.0).unwrap();
            close(top.low, 20.0 / (20.0 + t * t), 1e-12, "Wilson at 1: n / (n + t²)");
        } else {
            close(top.low, exact, 1e-12, "Clopper–Pearson at 1");
        }
    }
}

#[test]
fn no_method_leaves_the_scale_or_the_estimate() {
    for method in ALL {
        for p in [0.0, 1e-12, 0.001, 0.3, 0.5, 0.999, 1.0 - 1e-12, 1.0] {
            for se in [0.0, 1e-14, 1e-6, 0.01, 0.2, 5.0] {
                for df in [0.5, 1.0, 30.0, 1e6, f64::INFINITY] {
                    for n in [1, 2, 30, 1_000_000] {
                        let Interval { low, high } = method.interval(p, se, df, n, 0.95).unwrap();
                        assert!(
                            0.0 <= low && low <= p && p <= high && high <= 1.0,
                            "{method:?} p {p} se {se} df {df} n {n}: {low} to {high}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn bad_arguments_are_named() {
    let logit = ProportionInterval::Logit;
    assert_eq!(logit.interval(86.5, 0.1, 10.0, 10, 0.95), Err(IntervalError::Proportion(86.5)));
    assert_eq!(logit.interval(0.5, -0.1, 10.0, 10, 0.95), Err(IntervalError::StandardError(-0.1)));
    assert_eq!(logit.interval(0.5, 0.1, 0.0, 10, 0.95), Err(IntervalError::DegreesOfFreedom(0.0)));
    assert_eq!(logit.interval(0.5, 0.1, 10.0, 0, 0.95), Err(IntervalError::Rows(0)));
    assert_eq!(t_interval(1.0, 0.1, 10.0, 95.0), Err(IntervalError::Level(95.0)));
    assert!(matches!(t_interval(f64::NAN, 0.1, 10.0, 0.95), Err(IntervalError::Estimate(_))));
}

#[test]
fn quantiles_agree_with_tables() {
    // R: qnorm(0.975), qt(0.975, c(1, 2, 14, 1e6)), qt(0.9995, 3), qbeta(0.025, 16, 5), qnorm(1 - 1e-12 / 2).
    close(quantile::normal_two_sided(0.05).unwrap(), 1.959_963_984_540_054, 1e-14, "normal");
    for (df, expected) in [(1.0, 12.706_204_736_174_71), (2.0, 4.302_652_729_749_464), (14.0, 2.144_786_687_917_804)] {
        close(quantile::t_two_sided(0.05, df).unwrap(), expected, 1e-12, "t");
    }
    close(quantile::t_two_sided(0.05, 1e6).unwrap(), 1.959_966_356_714_35, 1e-10, "t 1e6");
    // Where the expansion takes over (at 10,000) it agrees with the distribution function.
    for alpha in [0.5, 0.05, 1e-6, 1e-12] {
        let x = quantile::t_two_sided(alpha, 10_001.0).unwrap();
        let tail = quantile::t_two_sided_tail(x, 10_001.0).unwrap();
        close(tail, alpha, 1e-11, "t tail");
    }
    // t with 1 and 2 degrees of freedom has closed forms.
    let alpha = 1e-6_f64;
    let cauchy = 1.0 / (0.5 * std::f64::consts::PI * alpha).tan();
    close(quantile::t_two_sided(alpha, 1.0).unwrap(), cauchy, 1e-11, "Cauchy tail");
    // Beta(a, 1) has the quantile p^(1/a).
    close(quantile::beta(0.3, 7.0, 1.0).unwrap(), 0.3_f64.powf(1.0 / 7.0), 1e-13, "beta");
    assert_eq!(quantile::beta(0.0, 1.0, 1.0), None);
    // Where the expansion takes over (at 10 million) the quantile goes on without a step.
    for ratio in [1.0, 3.0, 40.0] {
        let standard = |a: f64| (quantile::beta(0.025, a, ratio * a).unwrap() * (1.0 + ratio) - 1.0) * a.sqrt();
        close(standard(1.000_000_1e7), standard(0.999_999_9e7), 1e-7, "expansion");
    }
    assert_eq!(quantile::t_two_sided(0.05, 0.0), None);
}

#[test]
fn the_likelihood_method_agrees_with_r_as_far_as_r_interpolates() {
    let rows = table("golden_likelihood.csv");
    assert!(rows.len() >= 16);
    for row in &rows {
        let (low, high) = (number(row, "low"), number(row, "high"));
        let found = ProportionInterval::Likelihood
            .interval(number(row, "estimate"), number(row, "se"), number(row, "df"), row["n"].parse().unwrap(), number(row, "level"))
            .unwrap();
        for (found, expected) in [(found.low, low), (found.high, high)] {
            assert!((found - expected).abs() < 0.0035 * (high - low), "{}: {found} for {expected}", row["id"]);
        }
    }
}

#[test]
fn the_ends_of_the_likelihood_interval_solve_its_equation() {
    let (p, se, n, df) = (0.8, 0.05, 100_u64, 30.0);
    let found = ProportionInterval::Likelihood.interval(p, se, df, n, 0.95).unwrap();
    let t = quantile::t_two_sided(0.05, df).unwrap();
    let size = n as f64;
    let bound = t * t * se * se * size * size / (p * (1.0 - p) * (size - 1.0));
    for q in [found.low, found.high] {
        let deviance = 2.0 * (p * (p / q).ln() + (1.0 - p) * ((1.0 - p) / (1.0 - q)).ln());
        close(size * deviance, bound, 1e-10, "n times the deviance");
    }
}
