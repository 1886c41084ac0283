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
    let mut statistics: HashMap<&str, Statistic<'_>> = HashMap::new();
    let mut domains: HashMap<(&str, &str), Vec<u32>> = HashMap::new();
    domains.insert(("all", "ALL"), (0..rows.len() as u32).collect());
    for row in &expected {
        let (scope, key) = (row["scope"].as_str(), row["key"].as_str());
        statistics.entry(&row["indicator"]).or_insert_with(|| measure(&answers, &items(&row["indicator"])));
        domains.entry((scope, key)).or_insert_with(|| (0..rows.len() as u32).filter(|at| rows[*at as usize][scope] == key).collect());
    }
    let mut compared = 0;
    for (design, variance) in [("raked", RakeVariance::RRake), ("cal", RakeVariance::Calibration)] {
        let steps: [Step; 1] = [raking(margins(&rows), variance)];
        let chain = Chain::new(sampling.weights(), &steps).unwrap();
        let survey = Survey::weighted(&sampling, &chain).unwrap();
        let own: Vec<_> = expected.iter().filter(|row| row["design"] == design).collect();
        let mut asked: Vec<Request<'_>> = Vec::new();
        for row in &own {
            let domain = &domains[&(row["scope"].as_str(), row["key"].as_str())];
            asked.push(Request { statistic: &statistics[row["indicator"].as_str()], domain: Domain::Rows(domain) });
        }
        for (found, row) in survey.estimate(&asked).unwrap().iter().zip(&own) {
            let what = format!("{design} {} {}", row["key"], row["indicator"]);
            near(found.estimate.unwrap(), number(row, "estimate"), 1e-7, 0.0, &what);
            near(found.se.unwrap(), number(row, "se"), 1e-7, 0.0, &format!("{what} se"));
            assert_eq!((found.df_design.to_string(), found.df_domain.to_string()), (row["df_design"].clone(), row["df_domain"].clone()));
            compared += 4;
        }
    }
    assert_eq!(compared, 4 * 392);
}

#[test]
fn covariances_of_the_weighted_total_over_units_agree_with_r() {
    let rows = table("sipas_demo.csv");
    let sampling = sampling(&rows);
    let total = measure(&texts(&rows, "answers"), &items("TOTAL"));
    let (ids, labels) = levels(&rows, "unit");
    let units = domain_rows(&ids, labels.len() as u32);
    let asked: Vec<Request<'_>> = units.iter().map(|rows| Request { statistic: &total, domain: Domain::Rows(rows) }).collect();
    for (design, variance) in [("raked", RakeVariance::RRake), ("cal", RakeVariance::Calibration)] {
        let chain = Chain::new(sampling.weights(), &[raking(margins(&rows), variance)]).unwrap();
        let found = Survey::weighted(&sampling, &chain).unwrap().jointly(&asked).unwrap();
        let expected = table(&format!("sipas_demo_vcov_{design}.csv"));
        for (first, row) in expected.iter().enumerate() {
            for (second, label) in labels.iter().enumerate() {
                let [a, b] = [first, second].map(|unit| found.estimates[unit].se.unwrap());
                let value = found.covariance[first * labels.len() + second].unwrap();
                near(value, number(row, label), 0.0, 2e-7 * a * b, &format!("{design} {first} {label}"));
            }
        }
    }
}

#[test]
fn final_weights_agree_with_r_also_where_margins_are_crossed_with_units() {
    let rows = table("sipas_demo.csv");
    let sampling = sampling(&rows);
    let within = table("sipas_demo_within.csv");
    let (units, names) = levels(&rows, "unit");
    let crossed = |name: &str| {
        let (cells, labels) = levels(&rows, name);
        let width = labels.len() as u32;
        let total = |unit: &String, label: &String| {
            let own = within.iter().find(|row| row["unit"] == *unit && row["margin"] == name && row["level"] == *label);
            number(own.unwrap(), "N")
        };
        Margin {
            cells: units.iter().zip(&cells).map(|(unit, cell)| unit * width + cell).collect(),
            totals: names.iter().flat_map(|unit| labels.iter().map(move |label| total(unit, label))).collect(),
        }
    };
    let both = vec![crossed("sex"), crossed("age")];
    let expected = table("sipas_demo_final.csv");
    assert!(expected.len() > 150);
    for (column, margins) in [("w_raked", margins(&rows)), ("w_cal", margins(&rows)), ("w_cal_within", both)] {
        let chain = Chain::new(sampling.weights(), &[raking(margins, RakeVariance::Calibration)]).unwrap();
        for row in &expected {
            let at: usize = row["row"].parse().unwrap();
            near(chain.weights()[at], number(row, column), 1e-7, 0.0, &format!("{column} of row {at}"));
        }
    }
}
