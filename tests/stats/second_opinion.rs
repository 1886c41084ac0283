//! Quantiles beside those of the `statrs` crate, an implementation of its own. It is less exact in the tails (its error function is good to about 1e-11,
//! its inverses search by bisection), so this is a check for blunders; the digits are proven by the reference values of R.

use sipas::stats::quantile;
use statrs::distribution::{Beta, ContinuousCDF, Normal, StudentsT};

fn close(ours: f64, theirs: f64, what: &str) {
    assert!((ours - theirs).abs() <= 1e-6 * theirs.abs().max(1.0), "{what}: {ours} for {theirs}");
}

#[test]
fn quantiles_agree_with_another_implementation() {
    for alpha in [0.2, 0.1, 0.05, 0.01, 0.001] {
        let normal = Normal::new(0.0, 1.0).unwrap();
        close(quantile::normal_two_sided(alpha).unwrap(), normal.inverse_cdf(1.0 - alpha / 2.0), &format!("normal {alpha}"));
        for df in [1.0, 2.0, 3.5, 18.0, 116.0, 5_000.0] {
            let t = StudentsT::new(0.0, 1.0, df).unwrap();
            close(quantile::t_two_sided(alpha, df).unwrap(), t.inverse_cdf(1.0 - alpha / 2.0), &format!("t {alpha} {df}"));
        }
    }
    for (a, b) in [(1.0, 5.0), (3.0, 3.0), (0.5, 20.0), (40.0, 2.5)] {
        let beta = Beta::new(a, b).unwrap();
        for p in [0.025, 0.5, 0.975] {
            close(quantile::beta(p, a, b).unwrap(), beta.inverse_cdf(p), &format!("beta {p} {a} {b}"));
        }
    }
}
