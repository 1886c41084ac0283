//! Two large health surveys against R `survey`: linearisation, half samples, Fay and the jackknife on 15 strata.

use super::golden::{Rows, column, domain, ids, near};
use super::support::{number, table};
use sipas::stats::design::LonelyPsu;
use sipas::stats::estimate::{Domain, Estimate, Request, Statistic, Survey};
use sipas::stats::replicate::{Method, Replicates};
use sipas::stats::sampling::{Pps, Sampling, SamplingSpec, Stage, Weights};

/// A line for each person: those alike share the sum of their weights.
fn people(file: &str, keep: impl Fn(&str) -> bool) -> (Sampling, Rows) {
    let mut rows = Rows::new();
    for line in table(file).into_iter().filter(|line| keep(&line["stratum"])) {
        let count: usize = line["people"].parse().unwrap();
        let mut person = line.clone();
        person.insert("weight".into(), (number(&line, "weight") / count as f64).to_string());
        rows.extend(std::iter::repeat_n(person, count));
    }
    let stage = Stage { strata: Some(ids(&rows, "stratum").into()), clusters: Some(ids(&rows, "psu").into()), populations: None };
    let sampling = Sampling::new(&SamplingSpec {
        rows: rows.len(),
        weights: Weights::Given(column(&rows, "weight").into()),
        stages: vec![stage],
        nested: true,
        pps: Pps::None,
        lonely: LonelyPsu::Fail,
        lonely_in_domains: false,
    });
    (sampling.unwrap(), rows)
}

/// Compares every reference of a design; answers how many there were.
fn check(design: &str, rows: &Rows, y: Vec<f64>, estimate: impl Fn(&Request<'_>) -> Estimate) -> usize {
    let statistic = Statistic::Mean(y.into());
    let expected: Rows = table("golden_large.csv").into_iter().filter(|row| row["design"] == design).collect();
    for row in &expected {
        let inside = domain(rows, &row["domain"]);
        let domain = inside.as_ref().map_or(Domain::All, |rows| Domain::Rows(rows));
        let found = estimate(&Request { statistic: &statistic, domain });
        let what = format!("{} {}", row["case"], row["domain"]);
        near(found.estimate.unwrap(), number(row, "estimate"), 1e-9, 0.0, &what);
        near(found.se.unwrap(), number(row, "se"), 1e-9, 0.0, &format!("{what} se"));
        assert_eq!(found.df_design.to_string(), row["df"], "{what}");
        if !row["df_domain"].is_empty() {
            assert_eq!(found.df_domain.to_string(), row["df_domain"], "{what}");
        }
        if !row["deff"].is_empty() {
            near(found.deff_srswor.unwrap(), number(row, "deff"), 1e-9, 0.0, &format!("{what} deff"));
        }
    }
    expected.len()
}

#[test]
fn a_large_stratified_sample_agrees_with_r() {
    let (sampling, rows) = people("nhanes.csv", |_| true);
    assert_eq!((rows.len(), sampling.strata(), sampling.psus()), (8591, 15, 31));
    let survey = Survey::new(&sampling);
    let estimate = |asked: &Request<'_>| survey.estimate(std::slice::from_ref(asked)).unwrap()[0];
    assert!(check("nhanesd", &rows, column(&rows, "chol"), estimate) > 10);
    let (sampling, rows) = people("yrbs.csv", |_| true);
    let survey = Survey::new(&sampling);
    let estimate = |asked: &Request<'_>| survey.estimate(std::slice::from_ref(asked)).unwrap()[0];
    let drove: Vec<f64> = column(&rows, "qn8").iter().map(|answer| answer - 1.0).collect();
    assert_eq!(check("yrbsd", &rows, drove, estimate), 1);
}

#[test]
fn replicates_of_a_large_stratified_sample_agree_with_r() {
    for (design, method) in [("nh_jkn", Method::Jkn), ("nh_brr", Method::Brr), ("nh_fay", Method::Fay { rho: 0.5 })] {
        // One stratum of three PSUs has no half samples.
        let (sampling, rows) = people("nhanes.csv", |stratum| method == Method::Jkn || stratum != "86");
        let replicates = Replicates::make(&sampling, method, false).unwrap();
        let estimate = |asked: &Request<'_>| replicates.estimate(std::slice::from_ref(asked)).unwrap()[0];
        assert!(check(design, &rows, column(&rows, "chol"), estimate) >= 5, "{design}");
    }
}
