//! docs/QUESTIONNAIRES.md lists every function, each with an example that holds.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use sipas::questionnaires::logic::function_names;

use super::cases::{Vector, computed, form, parsed};

/// The rows `| name | meaning | example | result |` of the table.
fn rows() -> Vec<(String, String, Value)> {
    let docs = include_str!("../../docs/QUESTIONNAIRES.md");
    let table = docs.split("| function | meaning | example | gives |").nth(1).unwrap();
    table
        .lines()
        .skip(2)
        .take_while(|l| l.starts_with('|'))
        .map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(|c| c.trim().trim_matches('`')).collect();
            let [function, _, example, gives] = cells[..] else { panic!("{line}") };
            let name = function.split('(').next().unwrap();
            (name.to_owned(), example.to_owned(), serde_json::from_str(gives).unwrap_or_else(|_| json!(gives.trim_matches('\''))))
        })
        .collect()
}

#[test]
fn every_function_is_documented_once() {
    let known: BTreeSet<String> = function_names().map(str::to_owned).collect();
    let rows: Vec<String> = rows().into_iter().map(|(name, ..)| name).collect();
    assert_eq!(rows.iter().cloned().collect::<BTreeSet<_>>(), known);
    assert_eq!(rows.len(), known.len());
}

#[test]
fn every_documented_example_gives_what_is_written() {
    let form = form();
    let answers = json!({
        "trips": 3, "mark": "4", "field": "land", "seen": ["tv", "net"], "words": "đường", "best": ["near", "fast"], "day": "2026-01-31"
    });
    for (name, expr, want) in rows() {
        assert!(expr.contains(&format!("{name}(")), "{name}: {expr}");
        let vector = Vector {
            expr,
            answers: answers.as_object().unwrap().clone(),
            this: None,
            option: None,
            today: None,
            want: want.clone(),
            says: None,
        };
        let parsed = parsed(&form, &vector).unwrap_or_else(|m| panic!("{}: {m:?}", vector.expr));
        let found = computed(&form, &vector, &parsed);
        assert!(found == want || (found.is_number() && found.as_f64() == want.as_f64()), "{} is {found}, written {want}", vector.expr);
    }
}
