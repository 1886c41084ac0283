//! Hypothesis tests where there is little or nothing to test, and trends computed by hand.

use super::golden::{column, ids};
use super::hypothesis::made;
use super::support::close;
use sipas::stats::design::LonelyPsu;
use sipas::stats::estimate::{Domain, Estimate, EstimateError, Flag, Joint, Request, Survey};
use sipas::stats::hypothesis::{
    Adjustment, Categories, ChiSquare, Estimator, HypothesisError, Independence, adjust, contrast, difference, goodness_of_fit,
    independence, least_squares_trend, linear_trend, one_sample, pairwise, two_sample,
};
use sipas::stats::interval::IntervalError;
use sipas::stats::replicate::{ReplicateSpec, Replicates};
use sipas::stats::sampling::{Pps, Sampling, SamplingSpec, Stage, Weights};

pub(crate) const ALL: [ChiSquare; 6] =
    [ChiSquare::F, ChiSquare::ChiSquare, ChiSquare::Wald, ChiSquare::AdjustedWald, ChiSquare::Saddlepoint, ChiSquare::Exact];

pub(crate) fn sampling(weights: &[f64], strata: Option<&[u32]>, clusters: Option<&[u32]>, populations: Option<f64>) -> Sampling {
    let stage = Stage {
        strata: strata.map(Into::into),
        clusters: clusters.map(Into::into),
        populations: populations.map(|size| vec![size; weights.len()].into()),
    };
    Sampling::new(&SamplingSpec {
        rows: weights.len(),
        weights: Weights::Given(weights.into()),
        stages: vec![stage],
        nested: false,
        pps: Pps::None,
        lonely: LonelyPsu::Fail,
        lonely_in_domains: false,
    })
    .unwrap()
}

fn categories(levels: &[u32]) -> Categories<'_> {
    Categories { levels, missing: None }
}

fn test(design: &impl Estimator, a: &[u32], b: &[u32], statistic: ChiSquare) -> Result<Independence, HypothesisError> {
    independence(design, &categories(a), &categories(b), Domain::All, statistic, None)
}

/// Estimates with a given covariance matrix.
pub(crate) fn joint(estimates: &[f64], covariance: &[f64]) -> Joint {
    let k = estimates.len();
    let one = |(at, estimate): (usize, &f64)| Estimate {
        estimate: Some(*estimate),
        se: Some(covariance[at * (k + 1)].sqrt()),
        n: 10,
        df_design: 9,
        df_domain: 9,
        deff_srswor: None,
        deff_srswr: None,
        flag: Flag::Ok,
    };
    Joint { estimates: estimates.iter().enumerate().map(one).collect(), covariance: covariance.iter().copied().map(Some).collect() }
}

#[test]
fn a_variable_with_one_level_is_refused() {
    let design = sampling(&[1.0; 4], None, None, None);
    let survey = Survey::new(&design);
    for statistic in ALL {
        let found = test(&survey, &[0, 1, 0, 1], &[7; 4], statistic);
        assert_eq!(found.unwrap_err(), HypothesisError::Levels { column: "second", found: 1, needed: "2 or more" });
    }
    let missing = Categories { levels: &[0, 1, 1, 1], missing: Some(1) };
    let found = independence(&survey, &missing, &categories(&[0, 1, 0, 1]), Domain::All, ChiSquare::F, None);
    assert_eq!(found.unwrap_err(), HypothesisError::Levels { column: "first", found: 1, needed: "2 or more" });
    for groups in [[0, 0, 0, 0], [0, 1, 2, 1]] {
        let found = two_sample(&survey, &[1.0, 2.0, 3.0, 5.0], &categories(&groups), Domain::All, None, 0.95).unwrap_err();
        let number = if groups[3] == 0 { 1 } else { 3 };
        assert_eq!(found, HypothesisError::Levels { column: "group", found: number, needed: "exactly 2" });
    }
    let found = one_sample(&survey, &[f64::NAN; 4], 0.0, Domain::All, None, 0.95).unwrap_err();
    assert_eq!(found, HypothesisError::NoStandardError { at: 0 });
}

#[test]
fn a_level_that_nobody_has_is_left_out_and_an_empty_cell_is_not_the_end() {
    let weights = [1.0, 2.0, 1.0, 3.0, 2.0, 1.0, 1.0, 2.0, 1.0, 0.0];
    let design = sampling(&weights, None, None, None);
    let survey = Survey::new(&design);
    let (a, b) = ([0, 0, 0, 0, 5, 5, 5, 5, 5, 9], [0, 0, 1, 1, 0, 1, 1, 1, 1, 4]);
    for statistic in ALL {
        let found = test(&survey, &a, &b, statistic).unwrap();
        assert_eq!((&found.levels, found.n), (&[vec![0, 5], vec![0, 1]], 9), "levels of weight 0 are out");
    }
    // Nobody is both 5 and 0.
    let (a, b) = ([0, 0, 0, 0, 5, 5, 5, 5, 5, 9], [0, 0, 1, 1, 1, 1, 1, 1, 1, 4]);
    let found = test(&survey, &a, &b, ChiSquare::F).unwrap();
    assert_eq!(found.table[2], 0.0);
    assert!(found.p_value > 0.0 && found.p_value < 1.0);
}

#[test]
fn few_clusters_refuse_what_they_cannot_hold() {
    // Three clusters, two degrees of freedom, for 4 residuals of a table of 3 by 3.
    let clusters = [0, 0, 0, 1, 1, 1, 2, 2, 2, 2];
    let design = sampling(&[1.0; 10], None, Some(&clusters), None);
    let survey = Survey::new(&design);
    let (a, b) = ([0, 1, 2, 0, 1, 2, 0, 1, 2, 2], [0, 1, 2, 1, 2, 0, 0, 0, 1, 2]);
    assert!(matches!(test(&survey, &a, &b, ChiSquare::Wald), Err(HypothesisError::Singular { count: 4 })));
    assert!(test(&survey, &a, &b, ChiSquare::F).is_ok(), "the F statistic needs no inverse of the design covariance");
    // Two by two from two clusters: one degree of freedom for one residual, none for a difference of means.
    let clusters = [0, 0, 0, 0, 0, 1, 1, 1, 1, 1];
    let design = sampling(&[1.0; 10], None, Some(&clusters), None);
    let survey = Survey::new(&design);
    let (a, b) = ([0, 1, 0, 0, 1, 0, 1, 0, 1, 1], [0, 0, 1, 1, 0, 0, 1, 0, 1, 1]);
    assert_eq!(test(&survey, &a, &b, ChiSquare::AdjustedWald).unwrap().df, [1.0, 1.0]);
    let y: Vec<f64> = (0..10).map(f64::from).collect();
    let found = two_sample(&survey, &y, &categories(&a), Domain::All, None, 0.95).unwrap_err();
    assert_eq!(found, HypothesisError::DegreesOfFreedom(0.0));
    assert_eq!(two_sample(&survey, &y, &categories(&a), Domain::All, Some(1.0), 0.95).unwrap().comparison.df, 1.0);
    // One cluster leaves no variance at all.
    let design = sampling(&[1.0; 10], None, Some(&[0; 10]), None);
    let survey = Survey::new(&design);
    for statistic in ALL {
        assert!(matches!(test(&survey, &a, &b, statistic), Err(HypothesisError::NoStandardError { at: 0 })));
    }
    assert_eq!(goodness_of_fit(&survey, &categories(&a), &[0.5; 2], Domain::All).unwrap_err(), HypothesisError::NoStandardError { at: 0 });
}

#[test]
fn adjusted_wald_needs_more_degrees_of_freedom_than_interactions() {
    let (design, rows) = made("clus1");
    let (a, b) = (ids(&rows, "sch.wide"), ids(&rows, "stype"));
    let with = |df| independence(&design, &categories(&a), &categories(&b), Domain::All, ChiSquare::AdjustedWald, Some(df));
    assert_eq!(with(1.0).unwrap_err(), HypothesisError::DegreesOfFreedom(0.0));
    assert_eq!(with(0.0).unwrap_err(), HypothesisError::DegreesOfFreedom(0.0));
    let second_order = |df| independence(&design, &categories(&a), &categories(&b), Domain::All, ChiSquare::F, Some(df));
    assert_eq!(second_order(0.0).unwrap_err(), HypothesisError::DegreesOfFreedom(0.0));
    assert_eq!(with(f64::NAN).unwrap_err().to_string(), HypothesisError::DegreesOfFreedom(f64::NAN).to_string());
    let endless = |statistic| independence(&design, &categories(&a), &categories(&b), Domain::All, statistic, Some(f64::INFINITY)).unwrap();
    let (wald, adjusted) = (endless(ChiSquare::Wald), endless(ChiSquare::AdjustedWald));
    assert_eq!((wald.statistic, wald.p_value), (adjusted.statistic, adjusted.p_value), "no correction without end");
    // exp(−W/2) with W = 2 · 2.4010586006026786.
    close(wald.p_value, (-2.4010586006026786_f64).exp(), 1e-9, "a chi-square with two degrees of freedom");
}

#[test]
fn a_census_has_nothing_to_test() {
    let design = sampling(&[1.0; 8], None, None, Some(8.0));
    let survey = Survey::new(&design);
    let (a, b) = ([0, 0, 0, 0, 1, 1, 1, 1], [0, 0, 1, 0, 1, 1, 0, 1]);
    for statistic in ALL {
        assert_eq!(test(&survey, &a, &b, statistic).unwrap_err(), HypothesisError::NoVariance, "{statistic:?}");
    }
    assert_eq!(goodness_of_fit(&survey, &categories(&a), &[0.5, 0.5], Domain::All).unwrap_err(), HypothesisError::NoVariance);
    let y: Vec<f64> = (0..8).map(f64::from).collect();
    let found = two_sample(&survey, &y, &categories(&a), Domain::All, None, 0.95).unwrap().comparison;
    assert_eq!((found.estimate, found.se, found.t, found.p_value, found.interval), (4.0, 0.0, None, None, None));
}

#[test]
fn what_does_not_fit_is_named() {
    let design = sampling(&[1.0; 4], None, None, None);
    let survey = Survey::new(&design);
    let pair = [0, 1, 0, 1];
    let short = test(&survey, &pair, &[0, 1], ChiSquare::F).unwrap_err();
    assert_eq!(short, HypothesisError::Length { column: "second", rows: 4, found: 2 });
    let rows = [3, 1];
    let found = independence(&survey, &categories(&pair), &categories(&pair), Domain::Rows(&rows), ChiSquare::F, None).unwrap_err();
    assert_eq!(found, HypothesisError::Estimate(EstimateError::DomainRows { request: 0, row: 1, rows: 4 }));
    let found = two_sample(&survey, &[1.0; 4], &categories(&pair), Domain::Rows(&[9]), None, 0.95).unwrap_err();
    assert_eq!(found, HypothesisError::Estimate(EstimateError::DomainRows { request: 0, row: 9, rows: 4 }));
    let found = two_sample(&survey, &[1.0; 3], &categories(&pair), Domain::All, None, 0.95).unwrap_err();
    assert_eq!(found, HypothesisError::Length { column: "variable", rows: 4, found: 3 });
    let found = one_sample(&survey, &[1.0, f64::INFINITY, 2.0, 3.0], 0.0, Domain::All, None, 0.95).unwrap_err();
    assert_eq!(found, HypothesisError::Estimate(EstimateError::Value { request: 0, row: 1, value: f64::INFINITY }));
    assert!(matches!(one_sample(&survey, &[1.0; 4], f64::NAN, Domain::All, None, 0.95), Err(HypothesisError::NotFinite { .. })));
    let found = one_sample(&survey, &[1.0, 2.0, 4.0, 3.0], 0.0, Domain::All, None, 1.5).unwrap_err();
    assert_eq!(found, HypothesisError::Interval(IntervalError::Level(1.5)));
    let fit = |levels: &[u32], p: &[f64]| goodness_of_fit(&survey, &categories(levels), p, Domain::All).unwrap_err();
    assert_eq!(fit(&pair, &[1.0]), HypothesisError::Levels { column: "tested", found: 1, needed: "2 or more" });
    assert_eq!(fit(&pair, &[1.0, 0.0]), HypothesisError::Probability { at: 1, value: 0.0 });
    assert_eq!(fit(&[0, 1, 2, 1], &[0.5, 0.5]), HypothesisError::UnknownLevel { row: 2, level: 2, known: 2 });
    assert_eq!(adjust(&[0.1, 1.5], Adjustment::Holm).unwrap_err(), HypothesisError::PValue { at: 1, value: 1.5 });
    assert!(adjust(&[f64::NAN], Adjustment::None).is_err());
    assert_eq!(adjust(&[], Adjustment::Hommel).unwrap(), Vec::<f64>::new());
    let two = joint(&[1.0, 2.0], &[1.0, 0.0, 0.0, 1.0]);
    assert_eq!(contrast(&two, &[1.0], 5.0, 0.95).unwrap_err(), HypothesisError::Count { what: "coefficients", estimates: 2, found: 1 });
    assert!(matches!(contrast(&two, &[1.0, f64::NAN], 5.0, 0.95), Err(HypothesisError::NotFinite { what: "coefficient", at: 1, .. })));
    assert_eq!(difference(&two, 0, 2, 5.0, 0.95).unwrap_err(), HypothesisError::NoEstimate { at: 2, last: 1 });
    assert_eq!(pairwise(&two, 0.0, 0.95, Adjustment::Holm).unwrap_err(), HypothesisError::DegreesOfFreedom(0.0));
    assert_eq!(linear_trend(&two, &[3.0, 3.0], 5.0, 0.95).unwrap_err(), HypothesisError::Times);
    assert!(matches!(least_squares_trend(&two, &[3.0], 5.0, 0.95), Err(HypothesisError::Count { what: "times", .. })));
}

#[test]
fn negative_cells_are_refused() {
    // Calibrated weights may be negative, and no design is made of such; replicates are.
    let weights = vec![3.0, 1.0, 2.0, 2.0];
    let columns = vec![vec![3.0, 1.0, 2.0, 2.0].into(), vec![1.0, 1.0, 1.0, 3.0].into()];
    let spec = ReplicateSpec { weights: weights.into(), columns, combined: true, scale: 1.0, rscales: Vec::new(), mse: false, df: Some(5) };
    let replicates = Replicates::new(spec).unwrap();
    struct Negative<'a>(&'a Replicates, Vec<f64>);
    impl Estimator for Negative<'_> {
        fn jointly(&self, requests: &[Request<'_>]) -> Result<Joint, EstimateError> {
            self.0.jointly(requests)
        }
        fn weights(&self) -> &[f64] {
            &self.1
        }
    }
    let design = Negative(&replicates, vec![3.0, -1.0, 2.0, 2.0]);
    let found = test(&design, &[0, 0, 1, 1], &[0, 1, 0, 1], ChiSquare::F).unwrap_err();
    assert_eq!(found, HypothesisError::Cell { row: 0, column: 1, value: -1.0 });
}

#[test]
fn a_missing_value_takes_its_row_out_but_not_out_of_the_design() {
    let (design, rows) = made("clus1");
    let (a, b) = (ids(&rows, "sch.wide"), ids(&rows, "stype"));
    // Every fifth row has no first variable.
    let holes: Vec<u32> = a.iter().enumerate().map(|(row, level)| if row % 5 == 0 { 9 } else { *level }).collect();
    let present: Vec<u32> = (0..a.len() as u32).filter(|row| row % 5 != 0).collect();
    for statistic in ALL {
        let missing = Categories { levels: &holes, missing: Some(9) };
        let with = independence(&design, &missing, &categories(&b), Domain::All, statistic, Some(14.0)).unwrap();
        let domain = independence(&design, &categories(&a), &categories(&b), Domain::Rows(&present), statistic, Some(14.0)).unwrap();
        close(with.p_value, domain.p_value, 1e-12, &format!("{statistic:?}"));
        // R counts the rows with missing values in Pearson's statistic.
        let raw = matches!(statistic, ChiSquare::ChiSquare | ChiSquare::Saddlepoint | ChiSquare::Exact);
        let ratio = if raw { a.len() as f64 / present.len() as f64 } else { 1.0 };
        close(with.statistic, ratio * domain.statistic, 1e-12, &format!("{statistic:?} statistic"));
        assert_eq!(with.n, present.len() as u64);
    }
    let y = column(&rows, "api00");
    let gaps: Vec<f64> = y.iter().enumerate().map(|(row, y)| if row % 5 == 0 { f64::NAN } else { *y }).collect();
    let with = two_sample(&design, &gaps, &categories(&a), Domain::All, None, 0.95).unwrap();
    assert_eq!(with, two_sample(&design, &y, &categories(&a), Domain::Rows(&present), None, 0.95).unwrap());
}

#[test]
fn a_pair_without_a_standard_error_is_left_out_of_the_family() {
    let mut three = joint(&[1.0, 4.0, 9.0], &[1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]);
    for at in [1, 3, 4, 5, 7] {
        three.covariance[at] = None;
    }
    three.estimates[1].se = None;
    let pairs = pairwise(&three, 9.0, 0.95, Adjustment::Bonferroni).unwrap();
    assert_eq!(pairs.iter().map(|pair| pair.comparison.is_some()).collect::<Vec<_>>(), [false, true, false]);
    assert_eq!(pairs[1].p_adjusted, pairs[1].comparison.unwrap().p_value, "a family of one");
    assert_eq!(pairs[0].p_adjusted, None);
    assert_eq!(contrast(&three, &[1.0, 1.0, 0.0], 9.0, 0.95).unwrap_err(), HypothesisError::NoStandardError { at: 1 });
    assert!(contrast(&three, &[1.0, 0.0, 1.0], 9.0, 0.95).is_ok(), "an estimate with coefficient 0 does not matter");
    // Estimates that move together: the variance of their difference is the rounding of 0.
    let equal = joint(&[1.0, 2.0], &[0.3, 0.3, 0.3, 0.3 + 1e-16]);
    let found = difference(&equal, 0, 1, 9.0, 0.95).unwrap();
    assert_eq!((found.se, found.p_value, found.interval), (0.0, None, None));
}

#[test]
fn a_mean_compared_with_a_value_is_the_distance_from_it_compared_with_0() {
    let (design, rows) = made("strat");
    let y = column(&rows, "api00");
    let below: Vec<f64> = y.iter().map(|y| y - 650.0).collect();
    let of = |y: &[f64], value| one_sample(&design, y, value, Domain::All, None, 0.9).unwrap().comparison;
    let (found, expected) = (of(&y, 650.0), of(&below, 0.0));
    close(found.t.unwrap(), expected.t.unwrap(), 1e-9, "t");
    close(found.p_value.unwrap(), expected.p_value.unwrap(), 1e-9, "p value");
    close(found.interval.unwrap().low - 650.0, expected.interval.unwrap().low, 1e-9, "the interval is that of the mean");
}

#[test]
fn trends_are_those_computed_by_hand() {
    // Independent waves with variances 1, 4, 4 at times 0, 1, 2.
    let waves = joint(&[1.0, 2.0, 6.0], &[1.0, 0.0, 0.0, 0.0, 4.0, 0.0, 0.0, 0.0, 4.0]);
    let times = [2024.0, 2025.0, 2026.0];
    // (6 − 1)/2 with variance (1 + 4)/4.
    let found = linear_trend(&waves, &times, 9.0, 0.95).unwrap();
    close(found.estimate, 2.5, 1e-14, "slope");
    close(found.se, 1.25_f64.sqrt(), 1e-14, "standard error");
    // Weights 1, ¼, ¼ have their centre at time ½: Sxx = ¼ + 1/16 + 9/16 = 7/8, Sxy = −½ + ¼ + 9/4 = 2.
    let found = least_squares_trend(&waves, &times, 9.0, 0.95).unwrap();
    close(found.estimate, 16.0 / 7.0, 1e-13, "least squares slope");
    close(found.se, (8.0_f64 / 7.0).sqrt(), 1e-13, "its standard error");
    // Two correlated waves: both are the difference over the time between.
    let two = joint(&[50.0, 53.0], &[4.0, 3.0, 3.0, 5.0]);
    for found in [linear_trend(&two, &[1.0, 3.0], 9.0, 0.9).unwrap(), least_squares_trend(&two, &[1.0, 3.0], 9.0, 0.9).unwrap()] {
        close(found.estimate, 1.5, 1e-13, "slope");
        close(found.se, 3.0_f64.sqrt() / 2.0, 1e-13, "standard error");
        close(found.t.unwrap(), 3.0_f64.sqrt(), 1e-13, "t");
    }
    // A wave measured twice: no inverse, but still a contrast.
    let same = joint(&[1.0, 1.0, 2.0], &[1.0, 1.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 1.0]);
    assert_eq!(least_squares_trend(&same, &times, 9.0, 0.95).unwrap_err(), HypothesisError::Singular { count: 3 });
    assert!(linear_trend(&same, &times, 9.0, 0.95).is_ok());
}
