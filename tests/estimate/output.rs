//! The form of what is written: fields, order, CSV, weights, and the same digits for any number of threads.

use std::process::Command;

use serde_json::{Value, json};

use super::program::{Files, estimate, folder, near, results};

const SPEC: &str = "data: d.csv
design: {weights: w, strata: [s], clusters: [c]}
weighting:
  - rake: {margins: [{by: [g], totals: {a: 40, b: 60}}]}
estimates:
  - {name: m, mean: [y, z], by: [g, s], covariance: true}
  - {name: r, ratio: [y, z]}
  - {name: f, proportions: g}
  - {name: n, counts: [g, s]}
  - {name: p, proportion: {g: a}, df: inf, deff: srswr}
  - {name: i, satisfaction: {factors: {F: [z, q]}, valid: [1, 2, 3], satisfied: [3], aggregate: factor_mean}, each: true}
tests:
  - {name: c, chisq: [g, s]}
";

const DATA: &str = "w,s,c,g,y,z,q
1,A,1,a,2,1,3
1,A,1,b,3,2,3
2,A,2,a,5,3,1
2,A,2,b,4,1,2
1,B,3,a,1,2,3
3,B,3,b,7,3,3
1,B,4,b,6,1,1
1,B,4,a,2,3,
";

fn keys(value: &Value) -> Vec<&String> {
    value.as_object().unwrap().keys().collect()
}

fn texts(rows: &Value, key: &str) -> Vec<String> {
    rows.as_array().unwrap().iter().map(|row| row[key].as_str().unwrap_or("null").to_owned()).collect()
}

#[test]
fn json_has_the_fields_of_the_manual() {
    let found = Files::new(SPEC, &[("d.csv", DATA)]).json();
    assert_eq!(keys(&found), ["software", "design", "weighting", "results", "covariances", "tests"]);
    assert!(found["software"].as_str().unwrap().starts_with("sipas "));
    assert_eq!(found["design"], json!({"rows": 8, "strata": 2, "psus": 4, "df": 2}));
    let row = ["request", "domain", "variable", "level", "estimate", "se", "df", "ci_low", "ci_high", "n", "deff", "cv", "flags"];
    assert_eq!(keys(&found["results"][0]), row);
    let record = &found["weighting"][0];
    for key in ["iterations", "max_error", "sum_before", "sum_after", "kish_deff", "weight_min", "weight_max", "ratio_min", "ratio_max"] {
        assert!(record[key].is_number(), "{key}");
    }
    assert_eq!(record["step"], "rake");
    assert_eq!(record["sum_before"], json!(12.0));
    for key in ["statistic", "p_value"] {
        assert!(found["tests"][0][key].is_number(), "{key}");
    }
    assert_eq!(found["tests"][0]["df"].as_array().unwrap().len(), 2);
}

#[test]
fn rows_come_request_by_request_then_domain_then_variable() {
    let found = Files::new(SPEC, &[("d.csv", DATA)]).json();
    let rows = &found["results"];
    assert_eq!(texts(rows, "request").join(""), "mmmmmmmm".to_owned() + "r" + "ff" + "nnnn" + "p" + "iiii");
    let first = rows.as_array().unwrap().iter().take(8).map(|row| row["domain"].to_string() + row["variable"].as_str().unwrap());
    let expected = [r#"{"g":"a","s":"A"}"#, r#"{"g":"a","s":"B"}"#, r#"{"g":"b","s":"A"}"#, r#"{"g":"b","s":"B"}"#];
    let expected = expected.iter().flat_map(|domain| ["y", "z"].map(|variable| format!("{domain}{variable}")));
    assert_eq!(first.collect::<Vec<_>>(), expected.collect::<Vec<_>>());
    assert_eq!(rows[8]["variable"], "y/z");
    assert_eq!(rows[8]["domain"], json!({}));
    assert_eq!(texts(rows, "level")[9..16], ["a", "b", "a:A", "a:B", "b:A", "b:B", "a"]);
    assert_eq!(texts(rows, "variable")[16..], ["overall", "F", "z", "q"]);
    let matrix = found["covariances"][0]["matrix"].as_array().unwrap();
    assert_eq!((found["covariances"][0]["request"].as_str(), matrix.len()), (Some("m"), 8));
    for (place, line) in matrix.iter().enumerate() {
        let se = rows[place]["se"].as_f64().unwrap();
        assert!((line[place].as_f64().unwrap() - se * se).abs() <= 1e-12 * se * se, "row {place}");
    }
}

#[test]
fn csv_holds_the_same_figures_as_json() {
    let files = Files::new(SPEC, &[("d.csv", DATA)]);
    let found = files.json();
    let output = files.run(&["--format", "csv", "--out", "results.csv"]);
    assert!(output.status.success() && output.stdout.is_empty());
    let text = files.read("results.csv");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    for (record, row) in reader.records().zip(found["results"].as_array().unwrap()) {
        let record = record.unwrap();
        for (column, cell) in header.iter().zip(record.iter()) {
            match &row[column] {
                // The reader of JSON may be off by the last bit.
                Value::Number(_) => near(&row[column], cell.parse().unwrap(), 1e-15, 0.0, column),
                Value::String(value) => assert_eq!(cell, value),
                Value::Null => assert_eq!(cell, ""),
                _ => {}
            }
        }
    }
    // The tests follow, with columns of their own.
    let rows = ["results", "tests"].map(|list| found[list].as_array().unwrap().len());
    assert_eq!(text.lines().count(), 1 + rows[0] + rows[1]);
}

#[test]
fn final_weights_are_written_in_row_order() {
    let files = Files::new(SPEC, &[("d.csv", DATA)]);
    assert!(files.run(&["--format", "json", "--weights-out", "weights.csv"]).status.success());
    let text = files.read("weights.csv");
    let weights: Vec<f64> = text.lines().skip(1).map(|line| line.rsplit(',').next().unwrap().parse().unwrap()).collect();
    // Weights of a sum to 5, those of b to 7 before raking.
    let expected = [1.0 * 8.0, 60.0 / 7.0, 2.0 * 8.0, 120.0 / 7.0, 8.0, 180.0 / 7.0, 60.0 / 7.0, 8.0];
    assert_eq!(weights.len(), expected.len());
    assert!(weights.iter().zip(expected).all(|(found, wanted)| (found / wanted - 1.0).abs() < 1e-12), "{weights:?}");
}

#[test]
fn the_same_digits_come_with_any_number_of_threads() {
    let spec = folder("estimate/examples/replicates_made.yaml").display().to_string();
    let run = |threads: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sipas"));
        command.args(["estimate", &spec, "--format", "json"]).env("RAYON_NUM_THREADS", threads).output().unwrap().stdout
    };
    let one = run("1");
    assert!(!one.is_empty() && one == run("2") && one == run("7"));
}

#[test]
fn a_table_for_people_is_written_by_default() {
    let output = estimate(&folder("estimate/examples"), &["cluster.yaml"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with("183 rows, 1 strata, 15 PSUs, 14 degrees of freedom\n"), "{text}");
    assert!(text.contains("award_beta") && text.contains("p_value"), "{text}");
}

#[test]
fn made_replicates_are_counted_and_repeat_with_their_seed() {
    let spec = |seed: u32| {
        SPEC.replace("clusters: [c]}", &format!("clusters: [c], make_replicates: {{type: rao_wu, replicates: 30, seed: {seed}}}}}"))
    };
    let run = |seed: u32| {
        let text = spec(seed).replace("  - rake: {margins: [{by: [g], totals: {a: 40, b: 60}}]}\n", "").replace("weighting:\n", "");
        results(&Files::new(&text, &[("d.csv", DATA)]).run(&["--format", "json"]), "replicates")
    };
    let (first, again, other) = (run(5), run(5), run(6));
    assert_eq!(first["design"]["replicates"], 30);
    assert_eq!(first["results"], again["results"]);
    assert_ne!(first["results"], other["results"]);
}
