//! Contrasts between domains and quantiles against R `survey`, and what requests refuse.

use super::golden::{column, levels, near};
use super::sampling::school;
use super::support::{number, table};
use sipas::stats::estimate::{Domain, EstimateError, Flag, QuantileError, Request, Statistic, Survey, domain_rows};

#[test]
fn contrasts_between_domains_agree_with_r() {
    for (design, variable, combinations) in [
        ("strat", "api00", vec![("contrast", vec![1.0, -1.0, 0.0])]),
        ("clus1", "sw", vec![("EH", vec![1.0, -1.0, 0.0]), ("EM", vec![1.0, 0.0, -1.0]), ("avg", vec![1.0 / 3.0; 3])]),
    ] {
        let (sampling, rows) = school(design);
        let (ids, labels) = levels(&rows, "stype");
        assert_eq!(labels, ["E", "H", "M"]);
        let domains = domain_rows(&ids, 3);
        let statistic = Statistic::Mean(column(&rows, variable).into());
        let asked: Vec<Request<'_>> = domains.iter().map(|rows| Request { statistic: &statistic, domain: Domain::Rows(rows) }).collect();
        let joint = Survey::new(&sampling).jointly(&asked).unwrap();
        let expected: Vec<_> =
            table("golden_contrasts.csv").into_iter().filter(|row| row["case"] == format!("{design}_contrast")).collect();
        for (name, coefficients) in &combinations {
            let row = expected.iter().find(|row| row["name"] == *name).unwrap();
            let (estimate, se) = joint.linear(coefficients).unwrap();
            near(estimate, number(row, "estimate"), 1e-9, 0.0, name);
            near(se, number(row, "se"), 1e-9, 0.0, name);
        }
        if !expected[0]["vcov"].is_empty() {
            let all: Vec<Vec<f64>> = combinations.into_iter().map(|(_, coefficients)| coefficients).collect();
            let found = joint.linear_covariance(&all).unwrap();
            for (found, expected) in found.iter().zip(expected[0]["vcov"].split(' ')) {
                near(*found, expected.parse().unwrap(), 1e-9, 1e-15, "covariance of contrasts");
            }
        }
        assert!(joint.linear(&[1.0]).is_none() && joint.linear_covariance(&[vec![1.0]]).is_none());
    }
}

#[test]
fn quantiles_and_woodruff_intervals_agree_with_r() {
    let expected = table("golden_quantiles.csv");
    for design in ["srs", "strat", "clus1"] {
        let (sampling, rows) = school(design);
        let own: Vec<_> = expected.iter().filter(|row| row["design"] == design).collect();
        let shares: Vec<f64> = own.iter().map(|row| number(row, "share")).collect();
        let found = Survey::new(&sampling).quantiles(&column(&rows, "api00"), Domain::All, &shares, 0.95, None).unwrap();
        assert_eq!((found.len(), own.len()), (5, 5));
        for (found, row) in found.iter().zip(own) {
            let figures = [found.estimate, found.low, found.high, found.se];
            for (found, name) in figures.into_iter().zip(["estimate", "low", "high", "se"]) {
                let what = format!("{design} quantile {} {name}", row["share"]);
                if row[name].is_empty() {
                    assert_eq!(found, None, "{what}");
                } else {
                    near(found.unwrap(), number(row, name), 1e-9, 0.0, &what);
                }
            }
        }
    }
}

#[test]
fn requests_that_do_not_fit_are_named() {
    let (sampling, _) = school("srs");
    let survey = Survey::new(&sampling);
    let ask = |statistic: &Statistic<'_>, domain| survey.estimate(&[Request { statistic, domain }]);
    let short = Statistic::Mean(vec![1.0].into());
    assert_eq!(ask(&short, Domain::All).unwrap_err(), EstimateError::Length { request: 0, rows: 200, found: 1 });
    let mut y = vec![1.0; 200];
    y[7] = f64::INFINITY;
    let error = ask(&Statistic::Total(y.into()), Domain::All).unwrap_err();
    assert_eq!(error, EstimateError::Value { request: 0, row: 7, value: f64::INFINITY });
    let good = Statistic::Mean(vec![1.0; 200].into());
    assert_eq!(ask(&good, Domain::Rows(&[3, 3])).unwrap_err(), EstimateError::DomainRows { request: 0, row: 3, rows: 200 });
    assert_eq!(ask(&good, Domain::Rows(&[200])).unwrap_err(), EstimateError::DomainRows { request: 0, row: 200, rows: 200 });
    assert_eq!(ask(&Statistic::Combined(vec![]), Domain::All).unwrap_err(), EstimateError::NoParts { request: 0 });
    let error = survey.quantiles(&[1.0; 200], Domain::All, &[1.5], 0.95, None).unwrap_err();
    assert_eq!(error, QuantileError::Share(1.5));
}

#[test]
fn what_cannot_be_estimated_is_flagged() {
    let (sampling, rows) = school("clus1");
    let survey = Survey::new(&sampling);
    let nobody = Statistic::Mean(vec![f64::NAN; rows.len()].into());
    let zero = Statistic::Ratio { numerator: column(&rows, "api00").into(), denominator: vec![0.0; rows.len()].into() };
    let same = Statistic::Mean(vec![5.0; rows.len()].into());
    let ask = |statistic, domain| survey.estimate(&[Request { statistic, domain }]).unwrap()[0];
    assert_eq!(ask(&same, Domain::Rows(&[])).flag, Flag::EmptyDomain);
    assert_eq!(ask(&nobody, Domain::All).flag, Flag::ZeroDenominator);
    assert_eq!(ask(&zero, Domain::All).flag, Flag::ZeroDenominator);
    let alike = ask(&same, Domain::All);
    assert_eq!((alike.estimate, alike.se, alike.deff_srswr, alike.cv()), (Some(5.0), Some(0.0), None, Some(0.0)));
    let none = survey.quantiles(&vec![f64::NAN; rows.len()], Domain::All, &[0.5], 0.95, None).unwrap();
    assert_eq!(none[0].estimate, None);
}

#[test]
fn a_quotient_of_two_means_is_a_ratio_as_in_r() {
    // svycontrast(svymean(~api00 + api99, strat), quote(api00 / api99)).
    let (sampling, rows) = school("strat");
    let statistic = Statistic::Ratio { numerator: column(&rows, "api00").into(), denominator: column(&rows, "api99").into() };
    let found = Survey::new(&sampling).estimate(&[Request { statistic: &statistic, domain: Domain::All }]).unwrap()[0];
    near(found.estimate.unwrap(), 1.052_260_546_218_248_6, 1e-9, 0.0, "quotient");
    near(found.se.unwrap(), 0.003_643_922_230_843_456, 1e-9, 0.0, "its standard error");
}
