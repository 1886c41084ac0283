//! Expressions of questionnaires: one file of vectors that this engine and the one in the browser (`tests/browser/logic.rs`) both satisfy, what is
//! refused, which conditions are found impossible, and a corpus of hostile inputs.
#![expect(unreachable_pub, reason = "helpers are public within this one binary")]
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test stops at the first surprise")]

#[allow(dead_code, reason = "the browser tests use the rest")]
mod cases;
mod corpus;
mod documented;
mod impossible;
mod refused;
mod tree;

use cases::{Random, computed, form, parsed, vectors};

#[test]
fn every_vector_gives_what_it_should() {
    let form = form();
    let wrong: Vec<String> = vectors()
        .iter()
        .filter_map(|(group, vector)| match parsed(&form, vector) {
            Err(mistake) => Some(format!("{group}: {}: {mistake:?}", vector.expr)),
            Ok(parsed) => {
                let found = computed(&form, vector, &parsed);
                let same = found == vector.want || (found.is_number() && found.as_f64() == vector.want.as_f64());
                (!same).then(|| format!("{group}: {} with {:?} is {found}, wanted {}", vector.expr, vector.answers, vector.want))
            }
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(vectors().len() > 300);
}

#[test]
fn every_function_and_operator_has_vectors() {
    let form = form();
    let trees: Vec<String> = vectors().iter().filter_map(|(_, v)| Some(parsed(&form, v).ok()?.json()["tree"].to_string())).collect();
    let operators = ["=", "!=", "<", "<=", ">", ">=", "+", "-", "*", "div", "mod", "and", "or", "$", ".", "@"];
    for name in sipas::questionnaires::logic::function_names().chain(operators) {
        let times = match name {
            "true" | "false" => trees.iter().filter(|t| t.contains(name)).count(),
            _ => trees.iter().filter(|t| t.contains(&format!("[\"{name}\""))).count(),
        };
        assert!(times >= 2, "{name} has {times} vectors");
    }
}

#[test]
fn most_random_expressions_can_be_read() {
    let form = form();
    let mut random = Random::new(1);
    let read = (0..1000).filter(|_| parsed(&form, &random.vector()).is_ok()).count();
    assert!(read > 800, "{read} of 1000");
}
