//! The example of a satisfaction survey: `examples/satisfaction.yaml` on the simulated survey of `tests/stats/data`.

use std::fmt::Write as _;

use super::program::{Files, Rows, folder, near, row, table};

/// The specification with its files: the answers a column a question, a file a margin.
fn files(change: impl Fn(String) -> String) -> Files {
    let stats = folder("stats/data");
    let people = table(&stats.join("sipas_demo.csv"));
    let columns = ["unit", "type", "commune", "urban", "sex", "age", "w0"];
    let mut text = columns.join(",");
    (1..=25).for_each(|item| write!(text, ",q{item:02}").unwrap());
    for person in &people {
        text.push('\n');
        text += &columns.map(|column| person[column].as_str()).join(",");
        for answer in person["answers"].chars() {
            text.push(',');
            // 0 stands for an empty cell, 9 for a question that does not apply.
            text.extend(Some(answer).filter(|answer| *answer != '0'));
        }
    }
    text.push('\n');
    let spec = std::fs::read_to_string(folder("estimate/examples/satisfaction.yaml")).unwrap();
    let files = Files::new(&change(spec), &[("survey.csv", &text)]);
    let margins = table(&stats.join("sipas_demo_margins.csv"));
    for margin in ["unit", "urban", "sex", "age"] {
        let own = margins.iter().filter(|row| row["margin"] == margin);
        let lines: String = own.map(|row| format!("{},{}\n", row["level"], row["N"])).collect();
        files.write(&format!("{margin}.csv"), format!("{margin},N\n{lines}").as_bytes());
    }
    files
}

fn number(row: &std::collections::HashMap<String, String>, column: &str) -> f64 {
    row[column].parse().expect("a number")
}

fn request(scope: &str) -> &'static str {
    match scope {
        "all" => "country",
        "type" => "types",
        _ => "units",
    }
}

fn compare(found: &serde_json::Value, expected: &Rows, tolerance: f64, ends: bool) -> usize {
    let mut compared = 0;
    for wanted in expected {
        let domain = if wanted["scope"] == "all" { String::new() } else { format!("{}={}", wanted["scope"], wanted["key"]) };
        let variable = if wanted["indicator"] == "TOTAL" { "overall" } else { &wanted["indicator"] };
        let own = row(found, request(&wanted["scope"]), &domain, variable, "");
        let what = format!("{domain} {variable}");
        near(&own["estimate"], number(wanted, "estimate"), tolerance, 0.0, &what);
        near(&own["se"], number(wanted, "se"), tolerance, 0.0, &format!("{what} se"));
        near(&own["df"], number(wanted, "df_domain"), 0.0, 0.0, &format!("{what} df"));
        if ends {
            near(&own["ci_low"], number(wanted, "lo_logit_domain"), tolerance, 0.0, &format!("{what} low"));
            near(&own["ci_high"], number(wanted, "hi_logit_domain"), tolerance, 0.0, &format!("{what} high"));
        }
        if variable.starts_with('q') && ends {
            near(&own["n"], number(wanted, "n_valid"), 0.0, 0.0, &format!("{what} n"));
        }
        compared += 1;
    }
    compared
}

/// Without the weighting and the tests.
fn unweighted(spec: String) -> String {
    let (before, rest) = spec.split_once("weighting:").unwrap();
    let (_, after) = rest.split_once("estimates:").unwrap();
    let (estimates, _) = after.split_once("tests:").unwrap();
    format!("{before}estimates:{estimates}")
}

#[test]
fn items_factors_and_total_of_the_plain_survey_agree_with_r() {
    let expected = table(&folder("stats/data/sipas_demo_base.csv"));
    assert_eq!(compare(&files(unweighted).json(), &expected, 1e-9, true), 13 * 31);
}

#[test]
fn the_raked_survey_agrees_with_calibration_in_r_and_with_rake_when_asked() {
    let expected = table(&folder("stats/data/sipas_demo_weighted.csv"));
    for (design, variance) in [("cal", "calibration"), ("raked", "r_rake")] {
        let own: Rows = expected.iter().filter(|row| row["design"] == design).cloned().collect();
        let files = files(|spec| spec.replace("variance: calibration", &format!("variance: {variance}")));
        assert_eq!(compare(&files.json(), &own, 1e-7, false), 196, "{design}");
    }
}

/// R package csranks, stable over its seeds: five units between places 5 and 9, four between 1 and 4.
#[test]
fn ranks_of_the_units_agree_with_csranks() {
    let found = files(|spec| spec).json();
    let ranks: Vec<[u64; 3]> = found["tests"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| ["rank", "rank_low", "rank_high"].map(|key| row[key].as_u64().unwrap()))
        .collect();
    let expected = [[8, 5, 9], [9, 5, 9], [4, 1, 4], [6, 5, 9], [1, 1, 4], [3, 1, 4], [7, 5, 9], [2, 1, 4], [5, 5, 9]];
    assert_eq!(ranks, expected);
}

#[test]
fn the_covariance_over_units_agrees_with_r() {
    let with = |spec: String| unweighted(spec).replace("each: true, df: domain}", "each: false, df: domain, covariance: true}");
    let found = files(with).json();
    let matrix = &found["covariances"].as_array().unwrap().iter().find(|matrix| matrix["request"] == "units").unwrap()["matrix"];
    let expected = table(&folder("stats/data/sipas_demo_vcov.csv"));
    for (a, wanted) in expected.iter().enumerate() {
        for b in 0..expected.len() {
            let size = (matrix[a][a].as_f64().unwrap() * matrix[b][b].as_f64().unwrap()).sqrt();
            near(&matrix[a][b], number(wanted, &format!("U{:02}", b + 1)), 1e-9, 1e-9 * size, &format!("{a} {b}"));
        }
    }
}
