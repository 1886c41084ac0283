//! The area model against R `sae`, and by what must hold.

use super::support::{close, number, numbers, table};
use proptest::prelude::*;
use sipas::stats::small_area::{Direct, FayHerriot, Kind, Method, SmallAreaError, fay_herriot};

fn figures(cell: &str) -> Vec<f64> {
    cell.split_whitespace().map(|cell| cell.parse().unwrap()).collect()
}

fn simulated() -> (Vec<Option<Direct>>, Vec<Vec<f64>>) {
    let rows = table("x_fh_sim.csv");
    let direct = rows.iter().map(|row| Some(Direct { estimate: number(row, "y"), variance: number(row, "psi") })).collect();
    (direct, vec![numbers(&rows, "z1"), numbers(&rows, "z2")])
}

fn fit(direct: &[Option<Direct>], covariates: &[Vec<f64>], method: Method) -> Result<FayHerriot, SmallAreaError> {
    fay_herriot(direct, &covariates.iter().map(Vec::as_slice).collect::<Vec<_>>(), method)
}

const METHODS: [Method; 3] = [Method::Ml, Method::Reml, Method::Moments];

#[test]
fn estimates_and_errors_agree_with_r() {
    let (direct, covariates) = simulated();
    for (line, (name, method)) in table("x_fh.csv").iter().zip(["ML", "REML", "FH"].into_iter().zip(METHODS)) {
        assert_eq!(line["method"], name);
        let found = fit(&direct, &covariates, method).unwrap();
        close(found.model_variance, number(line, "refvar"), 1e-9, &format!("{name} A"));
        close(found.log_likelihood, number(line, "loglike"), 1e-9, &format!("{name} log-likelihood"));
        let (eblup, mse) = (figures(&line["eblup"]), figures(&line["mse"]));
        assert_eq!(eblup.len(), 30);
        for (area, row) in found.areas.iter().enumerate() {
            close(row.estimate, eblup[area], 1e-9, &format!("{name} area {area}"));
            close(row.mse.unwrap(), mse[area], 1e-9, &format!("{name} MSE of area {area}"));
            assert_eq!(row.kind, Kind::Composite);
        }
        let (beta, se) = (figures(&line["beta"]), figures(&line["beta_se"]));
        assert_eq!(beta.len(), 3);
        for (c, coefficient) in found.coefficients.iter().enumerate() {
            close(coefficient.value, beta[c], 1e-9, &format!("{name} coefficient {c}"));
            close(coefficient.se, se[c], 1e-9, &format!("{name} SE of coefficient {c}"));
        }
        assert!(!found.no_model_variance && found.sampled == 30 && found.iterations < 50);
    }
}

#[test]
fn an_area_without_answers_gets_what_an_area_with_endless_variance_would_get() {
    let (mut direct, covariates) = simulated();
    // The moment equation counts an area however vague it is, as one of m − p; likelihoods do not.
    for method in [Method::Ml, Method::Reml] {
        direct[7] = None;
        let without = fit(&direct, &covariates, method).unwrap();
        direct[7] = Some(Direct { estimate: 50.0, variance: 1e12 });
        let vague = fit(&direct, &covariates, method).unwrap();
        close(without.model_variance, vague.model_variance, 1e-9, "A");
        close(without.areas[7].estimate, vague.areas[7].estimate, 1e-9, "estimate");
        close(without.areas[7].mse.unwrap(), vague.areas[7].mse.unwrap(), 1e-9, "MSE");
        assert_eq!((without.areas[7].kind, without.areas[7].gamma, without.sampled), (Kind::Synthetic, 0.0, 29));
        assert_eq!(without.areas[7].estimate, without.areas[7].regression);
        let beta: Vec<f64> = without.coefficients.iter().map(|c| c.value).collect();
        close(without.areas[7].regression, beta[0] + beta[1] * covariates[0][7] + beta[2] * covariates[1][7], 1e-12, "x′β");
    }
}

#[test]
fn equal_variances_give_the_textbook_shrinkage() {
    // With ψ the same everywhere and only an intercept: REML and moments have A = S² − ψ with S² the variance of the y.
    let y = [3.0, 5.0, 10.0, 14.0];
    let direct: Vec<_> = y.iter().map(|y| Some(Direct { estimate: *y, variance: 2.0 })).collect();
    let variance = y.iter().map(|y| (y - 8.0_f64).powi(2)).sum::<f64>() / 3.0;
    for (method, a) in [(Method::Reml, variance - 2.0), (Method::Moments, variance - 2.0), (Method::Ml, variance * 0.75 - 2.0)] {
        let found = fit(&direct, &[], method).unwrap();
        close(found.model_variance, a, 1e-10, "A");
        let gamma = a / (a + 2.0);
        for (row, y) in found.areas.iter().zip(y) {
            close(row.gamma, gamma, 1e-10, "γ");
            close(row.estimate, 8.0 + gamma * (y - 8.0), 1e-10, "estimate");
        }
        close(found.coefficients[0].se, ((a + 2.0) / 4.0).sqrt(), 1e-10, "SE of the mean");
        if method == Method::Reml {
            // g₁ + g₂ + 2 g₃ with Q = V / 4 and Var(A) = 2 V² / 4.
            let b = 1.0 - gamma;
            close(found.areas[0].mse.unwrap(), 2.0 * gamma + b * b * (a + 2.0) * 1.25, 1e-10, "MSE");
        }
    }
}

#[test]
fn a_spread_smaller_than_the_sampling_error_leaves_no_model_variance() {
    let direct: Vec<_> = [5.0, 5.1, 4.9, 5.0, 5.05].iter().map(|y| Some(Direct { estimate: *y, variance: 4.0 })).collect();
    for method in METHODS {
        let found = fit(&direct, &[], method).unwrap();
        assert!(found.no_model_variance && found.model_variance == 0.0);
        assert!(found.areas.iter().all(|row| row.gamma == 0.0 && row.estimate == row.regression && row.mse.is_some()));
        close(found.areas[0].estimate, 5.01, 1e-12, "mean");
    }
    // All the same: nothing left at all.
    let same: Vec<_> = (0..5).map(|_| Some(Direct { estimate: 70.0, variance: 1.0 })).collect();
    assert!(fit(&same, &[], Method::Reml).unwrap().no_model_variance);
}

#[test]
fn what_does_not_fit_is_refused() {
    let (direct, covariates) = simulated();
    let refuse = |direct: &[Option<Direct>], covariates: &[Vec<f64>]| fit(direct, covariates, Method::Reml).unwrap_err();
    let with = |area: usize, own: Direct| {
        let mut changed = direct.clone();
        changed[area] = Some(own);
        refuse(&changed, &covariates)
    };
    assert_eq!(with(3, Direct { estimate: 1.0, variance: 0.0 }), SmallAreaError::Variance { area: 3, value: 0.0 });
    assert_eq!(with(4, Direct { estimate: f64::INFINITY, variance: 1.0 }), SmallAreaError::Estimate { area: 4, value: f64::INFINITY });
    assert_eq!(refuse(&direct[..1], &[]), SmallAreaError::TooFewAreas { found: 1, coefficients: 1 });
    assert_eq!(refuse(&[], &[]), SmallAreaError::TooFewAreas { found: 0, coefficients: 1 });
    let [one, two] = [covariates[0].clone(), covariates[1].clone()];
    let twice: Vec<f64> = one.iter().map(|z| 2.0 * z + 1.0).collect();
    assert_eq!(refuse(&direct, &[one.clone(), two, twice]), SmallAreaError::Dependent(2));
    assert_eq!(refuse(&direct, &[vec![1.0; 30]]), SmallAreaError::Dependent(0));
    assert_eq!(refuse(&direct, &[one[..29].to_vec()]), SmallAreaError::Length { covariate: 0, areas: 30, found: 29 });
    let mut gap = one;
    gap[12] = f64::NEG_INFINITY;
    assert_eq!(refuse(&direct, &[gap]), SmallAreaError::Covariate { covariate: 0, area: 12, value: f64::NEG_INFINITY });
    // A slope of about 3 times a covariate at the end of the range.
    let (mut far, mut unseen) = (covariates[0].clone(), direct.clone());
    (far[0], unseen[0]) = (1e308, None);
    assert_eq!(refuse(&unseen, &[far]), SmallAreaError::OutOfRange);
    let huge: Vec<_> = [1.0, 2.0, 4.0, 9.0].iter().map(|y| Some(Direct { estimate: y * 1e200, variance: 1e-300 })).collect();
    assert_eq!(refuse(&huge, &[]), SmallAreaError::NotConverged);
}

proptest! {
    /// Whatever the areas are, there is an error or figures, each between direct estimate and regression.
    #[test]
    fn estimates_lie_between_direct_and_regression(
        areas in prop::collection::vec((-100.0..100.0_f64, 1e-3..1e3_f64, -5.0..5.0_f64, prop::bool::weighted(0.8)), 0..25),
        method in 0..3_usize,
    ) {
        let direct: Vec<_> = areas.iter().map(|(y, psi, _, there)| there.then_some(Direct { estimate: *y, variance: *psi })).collect();
        let covariate: Vec<f64> = areas.iter().map(|area| area.2).collect();
        match fit(&direct, &[covariate], METHODS[method]) {
            Err(problem) => {
                let expected = matches!(problem, SmallAreaError::TooFewAreas { .. } | SmallAreaError::Dependent(_));
                prop_assert!(expected, "{problem}");
            },
            Ok(found) => for (row, direct) in found.areas.iter().zip(&direct) {
                prop_assert!(row.mse.is_none_or(f64::is_finite));
                prop_assert!((0.0..1.0).contains(&row.gamma));
                let y = direct.map_or(row.regression, |direct| direct.estimate);
                let slack = 1e-9 * (1.0 + y.abs() + row.regression.abs());
                prop_assert!(row.estimate >= y.min(row.regression) - slack && row.estimate <= y.max(row.regression) + slack);
            },
        }
    }

    /// Another unit of measurement changes the unit of the results and nothing else.
    #[test]
    fn the_unit_of_measurement_does_not_matter(factor in 1e-3..1e3_f64, method in 0..3_usize) {
        let (direct, covariates) = simulated();
        let plain = fit(&direct, &covariates, METHODS[method]).unwrap();
        let scaled: Vec<_> = direct.iter().flatten()
            .map(|d| Some(Direct { estimate: d.estimate * factor, variance: d.variance * factor * factor })).collect();
        let found = fit(&scaled, &covariates, METHODS[method]).unwrap();
        for (a, b) in found.areas.iter().zip(&plain.areas) {
            close(a.estimate, b.estimate * factor, 1e-9, "estimate");
            close(a.mse.unwrap(), b.mse.unwrap() * factor * factor, 1e-9, "MSE");
        }
    }
}
