//! The small satisfaction survey raked and calibrated to four margins: items, factors and the total with their standard errors.

use super::golden::{ids, levels, near};
use super::support::{number, numbers, table, texts};
use super::weighting::raking;
use sipas::stats::design::LonelyPsu;
use sipas::stats::estimate::{Domain, Part, Request, Statistic, Survey, domain_rows};
use sipas::stats::sampling::{Pps, Sampling, SamplingSpec, Stage, Weights};
use sipas::stats::weighting::{Chain, Margin, RakeVariance, Step};
use std::collections::HashMap;

type Rows = Vec<HashMap<String, String>>;

pub(crate) fn sampling(rows: &Rows) -> Sampling {
    let stage = Stage { strata: Some(ids(rows, "unit").into()), clusters: Some(ids(rows, "commune").into()), populations: None };
    Sampling::new(&SamplingSpec {
        rows: rows.len(),
        weights: Weights::Given(numbers(rows, "w0").into()),
        stages: vec![stage],
        nested: true,
        pps: Pps::None,
        lonely: LonelyPsu::Fail,
        lonely_in_domains: false,
    })
    .unwrap()
}

pub(crate) fn margins(rows: &Rows) -> Vec<Margin> {
    let totals = table("sipas_demo_margins.csv");
    let margin = |name: &str| {
        let (cells, labels) = levels(rows, name);
        let total = |label: &String| number(totals.iter().find(|row| row["margin"] == name && row["level"] == *label).unwrap(), "N");
        Margin { cells, totals: labels.iter().map(total).collect() }
    };
    ["unit", "urban", "sex", "age"].map(margin).to_vec()
}

/// The mean of percentages of items, each an equal share of its factor and each factor an equal share.
fn measure(answers: &[String], items: &[usize]) -> Statistic<'static> {
    let part = |item: &usize| {
        let code = |answer: &String| answer.as_bytes()[*item] - b'0';
        let share = |chosen: fn(u8) -> f64| answers.iter().map(|answer| chosen(code(answer))).collect::<Vec<f64>>().into();
        Part {
            coefficient: 100.0 / items.len() as f64,
            numerator: share(|code| f64::from(u8::from(code == 4 || code == 5))),
            denominator: share(|code| f64::from(u8::from((1..=5).contains(&code)))),
        }
    };
    Statistic::Combined(items.iter().map(part).collect())
}

fn items(indicator: &str) -> Vec<usize> {
    match indicator.split_at(1) {
        ("q", number) => vec![number.parse::<usize>().unwrap() - 1],
        ("F", number) => (0..5).map(|item| (number.parse::<usize>().unwrap() - 1) * 5 + item).collect(),
        _ => (0..25).collect(),
    }
}

#[test]
fn raked_and_calibrated_tables_agree_with_r() {
    let rows = table("sipas_demo.csv");
    let expected = table("sipas_demo_weighted.csv");
    let sampling = sampling(&rows);
    let answers = texts(&rows, "answers");
    let mut compared = 0;
    for (design, variance) in [("raked", RakeVariance::RRake), ("cal", RakeVariance::Calibration)] {
        let steps: [Step; 1] = [raking(margins(&rows), variance)];
        let chain = Chain::new(sampling.weights(), &steps).unwrap();
        let survey = Survey::weighted(&sampling, &chain).unwrap();
        for row in expected.iter().filter(|row| row["design"] == design) {
            let statistic = measure(&answers, &items(&row["indicator"]));
            let scope = row["scope"].as_str();
            let domain = match scope {
                "all" => (0..rows.len() as u32).collect(),
                _ => {
                    let (ids, labels) = levels(&rows, scope);
                    let own = labels.iter().position(|label| *label == row["key"]).unwrap();
                    domain_rows(&ids, labels.len() as u32)[own].clone()
                }
            };
            let found = survey.estimate(&[Request { statistic: &statistic, domain: Domain::Rows(&domain) }]).unwrap()[0];
            let what = format!("{design} {} {}", row["key"], row["indicator"]);
            near(found.estimate.unwrap(), number(row, "estimate"), 1e-7, 0.0, &what);
            near(found.se.unwrap(), number(row, "se"), 1e-7, 0.0, &format!("{what} se"));
            assert_eq!((found.df_design.to_string(), found.df_domain.to_string()), (row["df_design"].clone(), row["df_domain"].clone()));
            compared += 4;
        }
    }
    assert_eq!(compared, 4 * 208);
}
