//! The whole table of a small satisfaction survey: items, factors and the total, for the country, types and units.

use super::support::{close, design, number, numbers, table, texts};
use sipas::stats::design::{LonelyPsu, dense};
use sipas::stats::index::{Domains, Flag, Index, IndexSpec, IndexTable, Item, Measure, Scoring};
use sipas::stats::interval::{ProportionInterval, t_interval};

const NAMES: [&str; 31] = [
    "q01", "q02", "q03", "q04", "q05", "q06", "q07", "q08", "q09", "q10", "q11", "q12", "q13", "q14", "q15", "q16", "q17", "q18", "q19",
    "q20", "q21", "q22", "q23", "q24", "q25", "F1", "F2", "F3", "F4", "F5", "TOTAL",
];

fn measures() -> Vec<Measure> {
    let factors: Vec<Vec<usize>> = (0..5).map(|f| (f * 5..f * 5 + 5).collect()).collect();
    let items = (0..25).map(Measure::item);
    let means = factors.iter().map(|factor| Measure::item_mean(factor.iter().copied()));
    items.chain(means).chain([Measure::factor_mean(&factors)]).collect()
}

fn with_index<T>(scope: &str, use_index: impl Fn(&Index<'_>, &[String]) -> T) -> T {
    let rows = table("sipas_demo.csv");
    let design = design(numbers(&rows, "w0"), &texts(&rows, "unit"), Some(&texts(&rows, "commune")), LonelyPsu::Fail);
    let answers = texts(&rows, "answers");
    let columns: Vec<Vec<u8>> = (0..25).map(|item| answers.iter().map(|answer| answer.as_bytes()[item] - b'0').collect()).collect();
    let scoring = Scoring::satisfied(&[1, 2, 3, 4, 5], &[4, 5]).unwrap();
    let items: Vec<Item<'_>> = columns.iter().map(|codes| Item { codes, scoring: &scoring }).collect();
    let (ids, keys) = match scope {
        "all" => (vec![0; rows.len()], vec!["ALL".to_owned()]),
        scope => dense(&texts(&rows, scope)),
    };
    let measures = measures();
    let index = Index::new(IndexSpec {
        design: &design,
        items: &items,
        measures: &measures,
        domains: Domains::new(ids, keys.len() as u32),
        poststratified: None,
    })
    .unwrap();
    use_index(&index, &keys)
}

#[test]
fn every_base_figure_agrees_with_r() {
    let expected = table("sipas_demo_base.csv");
    let mut compared = 0;
    for scope in ["all", "type", "unit"] {
        let (found, keys): (IndexTable, Vec<String>) = with_index(scope, |index, keys| (index.estimate(), keys.to_vec()));
        for row in expected.iter().filter(|row| row["scope"] == scope) {
            let domain = keys.iter().position(|key| *key == row["key"]).unwrap();
            let measure = NAMES.iter().position(|name| *name == row["indicator"]).unwrap();
            let found = found.get(domain as u32, measure).unwrap();
            let what = format!("{scope} {} {}", row["key"], row["indicator"]);
            let (estimate, se) = (found.estimate.unwrap(), found.se.unwrap());
            assert_eq!(found.flag, Flag::Ok, "{what}");
            close(estimate, number(row, "estimate"), 1e-9, &what);
            close(se, number(row, "se"), 1e-9, &what);
            if measure < 25 {
                assert_eq!(found.n_valid.to_string(), row["n_valid"], "{what}");
            }
            assert_eq!(found.df_design.to_string(), row["df_design"], "{what}");
            assert_eq!(found.df_domain.to_string(), row["df_domain"], "{what}");
            let df = f64::from(found.df_domain);
            let t = t_interval(estimate, se, df, 0.95).unwrap();
            close(t.low, number(row, "lo_t_domain"), 1e-9, &what);
            close(t.high, number(row, "hi_t_domain"), 1e-9, &what);
            let logit = ProportionInterval::Logit.interval(estimate / 100.0, se / 100.0, df, found.n_valid, 0.95).unwrap();
            close(100.0 * logit.low, number(row, "lo_logit_domain"), 1e-9, &what);
            close(100.0 * logit.high, number(row, "hi_logit_domain"), 1e-9, &what);
            compared += 1;
        }
    }
    assert_eq!(compared, 31 * 13);
}

#[test]
fn covariance_of_the_total_over_units_agrees_with_r() {
    let rows = table("sipas_demo_vcov.csv");
    let (found, keys) = with_index("unit", |index, keys| (index.covariance(30).unwrap(), keys.to_vec()));
    for (first, row) in rows.iter().enumerate() {
        for (second, key) in keys.iter().enumerate() {
            let value = found[first * keys.len() + second].unwrap();
            close(value, number(row, key), 1e-9, &format!("{first} {key}"));
        }
    }
}
