//! Hypothesis tests against R `survey`: independence, fit, means, contrasts, pairs and p values of many tests.

use super::golden::{Rows, column, ids, levels, near};
use super::sampling::school;
use super::support::{close, number, table};
use super::weighting::{TYPES, calibration, margin, raking};
use super::{sipas_weighted as demo, support::texts};
use sipas::stats::estimate::{Domain, EstimateError, Joint, Request, Statistic, Survey, domain_rows};
use sipas::stats::hypothesis::{
    Adjustment, Categories, ChiSquare, Comparison, Estimator, adjust, contrast, difference, goodness_of_fit, independence, one_sample,
    pairwise, two_sample,
};
use sipas::stats::replicate::{Method, Replicates};
use sipas::stats::sampling::Sampling;
use sipas::stats::weighting::{Chain, Distance, RakeVariance, Step};
use std::collections::HashMap;

const FREE: [f64; 2] = [f64::NEG_INFINITY, f64::INFINITY];
const WIDE: [f64; 2] = [1072.0, 5122.0];

/// A design of the reference with its data.
pub(crate) enum Made {
    Taylor(Sampling, Option<Chain>),
    Replicated(Replicates),
}

impl Estimator for Made {
    fn jointly(&self, requests: &[Request<'_>]) -> Result<Joint, EstimateError> {
        match self {
            Self::Taylor(sampling, None) => Survey::new(sampling).jointly(requests),
            Self::Taylor(sampling, Some(chain)) => Survey::weighted(sampling, chain).unwrap().jointly(requests),
            Self::Replicated(replicates) => replicates.jointly(requests),
        }
    }

    fn weights(&self) -> &[f64] {
        match self {
            Self::Taylor(sampling, None) => sampling.weights(),
            Self::Taylor(_, Some(chain)) => chain.weights(),
            Self::Replicated(replicates) => replicates.weights(),
        }
    }
}

/// The design with this name in the reference.
pub(crate) fn made(name: &str) -> (Made, Rows) {
    if matches!(name, "base" | "cal") {
        return satisfaction(name);
    }
    let (base, method) = match name {
        "jk1_mse" => ("clus1_nofpc", Some((Method::Jk1, true))),
        "jkn_st" => ("strat", Some((Method::Jkn, false))),
        _ if name.ends_with("jk1") => ("clus1", Some((Method::Jk1, false))),
        "rk1" | "cal_rak2" => ("clus1", None),
        _ => (name, None),
    };
    let (sampling, rows) = school(base);
    let margins = || vec![margin(&rows, "stype", &TYPES), margin(&rows, "sch.wide", &WIDE)];
    let calibrated = |terms, distance| Step::Calibrate(calibration(&rows, terms, distance, FREE));
    let step = match name {
        "rk1" | "rk_jk1" => Some(raking(margins(), RakeVariance::RRake)),
        "cal_rak2" => Some(calibrated(2, Distance::Raking)),
        "ps_jk1" => Some(Step::Poststratify(margin(&rows, "stype", &TYPES))),
        "cal_jk1" => Some(calibrated(3, Distance::Linear)),
        "calr_jk1" => Some(calibrated(3, Distance::Raking)),
        _ => None,
    };
    let steps = step.as_slice();
    let design = match method {
        None => {
            let chain = step.is_some().then(|| Chain::new(sampling.weights(), steps).unwrap());
            Made::Taylor(sampling, chain)
        }
        Some((method, mse)) => Made::Replicated(Replicates::make(&sampling, method, mse).unwrap().reweighted(steps).unwrap()),
    };
    (design, rows)
}

/// The simulated satisfaction survey, with a column `osat` of who is satisfied overall.
fn satisfaction(name: &str) -> (Made, Rows) {
    let mut rows = table("sipas_demo.csv");
    let overall = table("tests_overall.csv")[0]["overall"].clone();
    for (row, code) in rows.iter_mut().zip(overall.chars()) {
        row.insert("osat".to_owned(), if code >= '4' { "1" } else { "0" }.to_owned());
    }
    let sampling = demo::sampling(&rows);
    let chain =
        (name == "cal").then(|| Chain::new(sampling.weights(), &[raking(demo::margins(&rows), RakeVariance::Calibration)]).unwrap());
    (Made::Taylor(sampling, chain), rows)
}

fn categories(levels: &[u32]) -> Categories<'_> {
    Categories { levels, missing: None }
}

/// Relative error allowed in a statistic.
const EXACT: f64 = 1e-9;

#[track_caller]
fn compare_p(found: f64, row: &HashMap<String, String>, relative: f64, what: &str) {
    let expected = number(row, "p");
    // Below this R's own tails lose digits.
    if expected >= 1e-12 {
        near(found, expected, relative, 0.0, &format!("{what} p value"));
    } else {
        assert!(found > 0.0 && (found.ln() / expected.ln() - 1.0).abs() < 0.01, "{what}: {found:e} for {expected:e}");
    }
}

/// Names of columns in R and here.
fn column_name(name: &str) -> &str {
    if name == "awards" { "aw" } else { name }
}

#[test]
fn independence_of_two_variables_agrees_with_r() {
    let mut compared = 0;
    let cases = table("tests_chisq.csv");
    let mut current = (String::new(), made("clus1"));
    for row in &cases {
        if current.0 != row["design"] {
            current = (row["design"].clone(), made(&row["design"]));
        }
        let (design, rows) = &current.1;
        let (first, second) = (ids(rows, column_name(&row["first"])), ids(rows, column_name(&row["second"])));
        let statistic = match row["statistic"].as_str() {
            "F" => ChiSquare::F,
            "Chisq" => ChiSquare::ChiSquare,
            "Wald" => ChiSquare::Wald,
            "adjWald" => ChiSquare::AdjustedWald,
            // R had no package for the exact distribution at hand and gave the saddle point.
            _ => ChiSquare::Saddlepoint,
        };
        let found = independence(design, &categories(&first), &categories(&second), Domain::All, statistic, None).unwrap();
        let what = format!("{} {} {} {}", row["design"], row["first"], row["second"], row["statistic"]);
        near(found.statistic, number(row, "value"), EXACT, 0.0, &what);
        let df: Vec<f64> = ["df1", "df2"].iter().filter(|name| !row[**name].is_empty()).map(|name| number(row, name)).collect();
        assert_eq!(found.df.len(), df.len(), "{what}");
        for (found, expected) in found.df.iter().zip(&df) {
            near(*found, *expected, EXACT, 0.0, &what);
        }
        compare_p(found.p_value, row, if statistic == ChiSquare::Saddlepoint { 1e-6 } else { 1e-7 }, &what);
        compared += 1;
    }
    assert_eq!(compared, 42);
}

#[test]
fn independence_on_replicates_agrees_with_published_figures() {
    // `svychisq(~sch.wide + stype)` of R `survey` 4.5 on `as.svrepdesign(dclus1)`; the last with the denominator that R leaves out there.
    let (design, rows) = made("jk1");
    let (first, second) = (ids(&rows, "sch.wide"), ids(&rows, "stype"));
    for (statistic, expected) in [
        (ChiSquare::F, 0.035773399),
        (ChiSquare::ChiSquare, 0.011517296),
        (ChiSquare::Wald, 0.126896301),
        (ChiSquare::AdjustedWald, 0.147057887),
        (ChiSquare::Saddlepoint, 0.041509820),
    ] {
        let found = independence(&design, &categories(&first), &categories(&second), Domain::All, statistic, None).unwrap();
        near(found.p_value, expected, 0.0, 2e-9, &format!("{statistic:?}"));
    }
}

#[test]
fn the_table_of_a_test_is_the_weighted_one() {
    let (design, rows) = made("clus1");
    let (first, second) = (ids(&rows, "sch.wide"), ids(&rows, "stype"));
    let found = independence(&design, &categories(&first), &categories(&second), Domain::All, ChiSquare::F, None).unwrap();
    // `svytable(~sch.wide+stype, clus1)`: No and Yes by E, H, M.
    let expected = [406.16395568847656, 101.54098892211914, 270.7759704589844, 4467.803512573242, 372.3169593811035, 575.3989372253418];
    for (found, expected) in found.table.iter().zip(expected) {
        close(*found, expected, 1e-12, "a cell");
    }
    assert_eq!((found.levels, found.n), ([vec![0, 1], vec![0, 1, 2]], 183));
}

#[test]
fn fit_to_given_probabilities_agrees_with_r() {
    let (design, rows) = made("clus1");
    let types = ids(&rows, "stype");
    let found = goodness_of_fit(&design, &categories(&types), &TYPES, Domain::All).unwrap();
    let expected = &table("tests_fit.csv")[0];
    for (found, name) in [(found.statistic, "value"), (found.scale, "scale"), (found.df, "df"), (found.p_value, "p")] {
        close(found, number(expected, name), 1e-9, name);
    }
    close(found.shares[0], 144.0 / 183.0, 1e-14, "share of elementary schools");
}

fn variable(rows: &Rows, name: &str) -> Vec<f64> {
    match name {
        "growth" => column(rows, "api00").iter().zip(column(rows, "api99")).map(|(new, old)| new - old).collect(),
        _ => column(rows, name),
    }
}

#[track_caller]
fn compare(found: &Comparison, row: &HashMap<String, String>, estimate: &str, exact: f64, what: &str) {
    let (value, low, high) = (number(row, estimate), number(row, "low"), number(row, "high"));
    near(found.estimate, value, exact, 0.0, what);
    assert_eq!(found.df.to_string(), row["df"], "{what}");
    let interval = found.interval.unwrap();
    near(interval.low, low, 0.0, exact * (high - low), &format!("{what} low"));
    near(interval.high, high, 0.0, exact * (high - low), &format!("{what} high"));
}

#[test]
fn means_of_one_and_two_groups_agree_with_r() {
    let mut compared = 0;
    for row in table("tests_ttest.csv") {
        let (design, rows) = made(&row["design"]);
        let y = variable(&rows, &row["variable"]);
        let found = if row["by"] == "0" {
            one_sample(&design, &y, 0.0, Domain::All, None, 0.95).unwrap()
        } else {
            two_sample(&design, &y, &categories(&ids(&rows, &row["by"])), Domain::All, None, 0.95).unwrap()
        };
        let what = format!("{} {} {}", row["design"], row["variable"], row["by"]);
        compare(&found.comparison, &row, "estimate", EXACT, &what);
        near(found.comparison.t.unwrap(), number(&row, "t"), EXACT, 0.0, &format!("{what} t"));
        compare_p(found.comparison.p_value.unwrap(), &row, 1e-7, &what);
        compared += 1;
    }
    assert_eq!(compared, 11);
}

/// Means of a variable over all levels of another, with their covariance matrix.
fn by(design: &Made, rows: &Rows, name: &str, domains: &str) -> (Joint, Vec<String>) {
    let (ids, labels) = levels(rows, domains);
    let statistic = Statistic::Mean(column(rows, name).into());
    let members = domain_rows(&ids, labels.len() as u32);
    let requests: Vec<Request<'_>> = members.iter().map(|rows| Request { statistic: &statistic, domain: Domain::Rows(rows) }).collect();
    (design.jointly(&requests).unwrap(), labels)
}

#[test]
fn contrasts_agree_with_r() {
    let mut compared = 0;
    for row in table("tests_contrasts.csv") {
        let (design, rows) = made(&row["design"]);
        let (joint, labels) = by(&design, &rows, &row["variable"], "stype");
        assert_eq!(labels, ["E", "H", "M"]);
        let coefficient = |name: &&str| if row[*name] == "1/3" { 1.0 / 3.0 } else { number(&row, name) };
        let coefficients: Vec<f64> = ["E", "H", "M"].iter().map(coefficient).collect();
        let found = contrast(&joint, &coefficients, number(&row, "df"), 0.95).unwrap();
        let exact = if row["design"].contains("cal") || row["design"] == "rk_jk1" { 1e-7 } else { 1e-9 };
        compare(&found, &row, "estimate", exact, &row["design"]);
        near(found.se, number(&row, "se"), exact, 0.0, &row["design"]);
        compared += 1;
    }
    assert_eq!(compared, 11);
}

const METHODS: [(&str, Adjustment); 6] = [
    ("holm", Adjustment::Holm),
    ("BH", Adjustment::BenjaminiHochberg),
    ("bonferroni", Adjustment::Bonferroni),
    ("hochberg", Adjustment::Hochberg),
    ("hommel", Adjustment::Hommel),
    ("BY", Adjustment::BenjaminiYekutieli),
];

#[test]
fn adjusted_p_values_agree_with_r() {
    let rows = table("tests_adjust.csv");
    let p: Vec<f64> = rows.iter().map(|row| number(row, "p")).collect();
    for (name, method) in METHODS {
        for (found, row) in adjust(&p, method).unwrap().iter().zip(&rows) {
            close(*found, number(row, name), 1e-14, name);
        }
    }
    assert_eq!(adjust(&p, Adjustment::None).unwrap(), p);
}

#[test]
fn all_pairs_of_domains_agree_with_r() {
    let rows = table("tests_pairs.csv");
    let mut compared = 0;
    for group in rows.chunk_by(|a, b| [&a["design"], &a["by"]] == [&b["design"], &b["by"]]) {
        let name = group[0]["design"].as_str();
        let (design, data) = made(name);
        let (joint, labels) = by(&design, &data, &group[0]["variable"], &group[0]["by"]);
        for (method_name, method) in METHODS {
            let pairs = pairwise(&joint, number(&group[0], "df"), 0.95, method).unwrap();
            assert_eq!(pairs.len(), group.len());
            for (pair, row) in pairs.iter().zip(group) {
                let what = format!("{name} {} {}", row["a"], row["b"]);
                assert_eq!([&labels[pair.first], &labels[pair.second]], [&row["a"], &row["b"]]);
                let found = pair.comparison.unwrap();
                let se = number(row, "se");
                near(found.estimate, number(row, "difference"), 0.0, EXACT * se, &what);
                near(found.se, se, EXACT, 0.0, &what);
                near(found.t.unwrap(), number(row, "t"), EXACT, EXACT, &what);
                compare_p(found.p_value.unwrap(), row, 1e-7, &what);
                near(pair.p_adjusted.unwrap(), number(row, method_name), 1e-7, 1e-15, &format!("{what} {method_name}"));
                compared += 1;
            }
        }
        let first = difference(&joint, 0, 1, number(&group[0], "df"), 0.95).unwrap();
        assert_eq!(Some(first), pairwise(&joint, number(&group[0], "df"), 0.95, Adjustment::Holm).unwrap()[0].comparison);
    }
    assert_eq!(compared, 6 * 45);
}

#[test]
fn satisfied_people_are_those_who_answer_4_or_5() {
    let (design, rows) = made("base");
    let (joint, labels) = by(&design, &rows, "osat", "type");
    assert_eq!(labels, ["metro", "provincial", "rural"]);
    close(joint.estimates[0].estimate.unwrap(), 0.6780786645836973, 1e-12, "metropolitan units");
    assert_eq!(texts(&rows, "osat").len(), 3291);
}
