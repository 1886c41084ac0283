//! Every specification of `examples/` against the figures of R in `data/examples.csv`, `data/tests.csv` and `data/covariances.csv`.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;

use super::program::{Files, Rows, estimate, folder, near, results, row, shown, table};

const FIGURES: [&str; 6] = ["estimate", "se", "df", "ci_low", "ci_high", "deff"];
const TEST_FIGURES: [&str; 7] = ["estimate", "se", "statistic", "p_value", "ci_low", "ci_high", "p_adjusted"];

/// Results of each example named in the tables; `lonely.remove` is `lonely.yaml` with another policy.
fn runs(tables: &[&Rows]) -> BTreeMap<String, Value> {
    let names: BTreeSet<&String> = tables.iter().flat_map(|rows| rows.iter().map(|row| &row["example"])).collect();
    names.into_iter().map(|name| (name.clone(), run(name))).collect()
}

fn run(name: &str) -> Value {
    let examples = folder("estimate/examples");
    let Some((file, policy)) = name.split_once('.') else {
        return results(&estimate(&examples, &[&format!("{name}.yaml"), "--format", "json"]), name);
    };
    let text = std::fs::read_to_string(examples.join(format!("{file}.yaml"))).expect("an example");
    let stats = folder("stats/data");
    let text =
        text.replace("lonely_psu: adjust", &format!("lonely_psu: {policy}")).replace("../../stats/data", &stats.display().to_string());
    Files::new(&text, &[]).json()
}

fn number(row: &HashMap<String, String>, column: &str) -> Option<f64> {
    Some(row[column].as_str()).filter(|text| !text.is_empty()).map(|text| text.parse().expect("a number"))
}

#[test]
fn every_example_gives_the_figures_of_r() {
    let expected = table(&folder("estimate/data/examples.csv"));
    let runs = runs(&[&expected]);
    let mut compared = 0;
    for wanted in &expected {
        let found = row(&runs[&wanted["example"]], &wanted["request"], &wanted["domain"], &wanted["variable"], &wanted["level"]);
        let (tolerance, estimate) = (number(wanted, "tolerance").unwrap(), number(wanted, "estimate").unwrap());
        for figure in FIGURES {
            if let Some(value) = number(wanted, figure) {
                let what = format!("{} {} {} {} {figure}", wanted["example"], wanted["request"], wanted["domain"], wanted["variable"]);
                // A standard error of 0 up to rounding is 0.
                near(&found[figure], value, tolerance, 1e-9 * estimate.abs(), &what);
                compared += 1;
            }
        }
        assert_eq!(found["flags"], Value::Array(Vec::new()), "{found}");
    }
    assert_eq!(compared, 917);
}

#[test]
fn the_tests_of_every_example_give_the_figures_of_r() {
    let expected = table(&folder("estimate/data/tests.csv"));
    let runs = runs(&[&expected]);
    for wanted in &expected {
        let what = format!("{} {} {}", wanted["example"], wanted["request"], wanted["between"]);
        let fits =
            |test: &&Value| test["request"] == wanted["request"] && (wanted["between"].is_empty() || between(test) == wanted["between"]);
        let found: Vec<&Value> = runs[&wanted["example"]]["tests"].as_array().unwrap().iter().filter(fits).collect();
        assert_eq!(found.len(), 1, "{what}");
        let tolerance = number(wanted, "tolerance").unwrap();
        for figure in TEST_FIGURES {
            if let Some(value) = number(wanted, figure) {
                near(&found[0][figure], value, tolerance, 0.0, &format!("{what} {figure}"));
            }
        }
        let df = &found[0]["df"];
        for (place, column) in ["df1", "df2"].into_iter().enumerate() {
            if let Some(value) = number(wanted, column) {
                near(if df.is_array() { &df[place] } else { df }, value, tolerance, 0.0, &format!("{what} {column}"));
            }
        }
    }
}

fn between(test: &Value) -> String {
    test["between"].as_array().map(|pair| pair.iter().map(shown).collect::<Vec<_>>().join(" ")).unwrap_or_default()
}

#[test]
fn covariance_matrices_of_the_examples_are_those_of_r() {
    let expected = table(&folder("estimate/data/covariances.csv"));
    let runs = runs(&[&expected]);
    let mut compared = 0;
    for wanted in &expected {
        let all = runs[&wanted["example"]]["covariances"].as_array().unwrap();
        // Not every example asks for the matrix.
        let Some(found) = all.iter().find(|found| found["request"] == wanted["request"]) else { continue };
        let entry = |a: usize, b: usize| &found["matrix"][a][b];
        let (a, b): (usize, usize) = (wanted["row"].parse().unwrap(), wanted["column"].parse().unwrap());
        let size = (entry(a, a).as_f64().unwrap() * entry(b, b).as_f64().unwrap()).sqrt();
        let what = format!("{} {} {a} {b}", wanted["example"], wanted["request"]);
        near(entry(a, b), number(wanted, "value").unwrap(), number(wanted, "tolerance").unwrap(), 1e-9 * size, &what);
        compared += 1;
    }
    assert_eq!(compared, 92);
}

#[test]
fn a_lonely_cluster_is_refused_unless_a_policy_is_chosen() {
    let text = std::fs::read_to_string(folder("estimate/examples/lonely.yaml")).unwrap();
    let text = text.replace("  lonely_psu: adjust\n", "").replace("../../stats/data", &folder("stats/data").display().to_string());
    let told = Files::new(&text, &[]).refusal();
    assert!(told.contains("stratum = C") && told.contains("lonely.csv:"), "{told}");
}

#[test]
fn all_examples_are_checked() {
    let known = table(&folder("estimate/data/examples.csv"));
    for entry in std::fs::read_dir(folder("estimate/examples")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap().replace(".yaml", "");
        let checked = name == "satisfaction" || known.iter().any(|row| row["example"].split('.').next() == Some(&name));
        assert!(checked, "examples/{name}.yaml has no figures in data/examples.csv");
    }
}
