//! Tests of what goes out of a questionnaire version: other programs must be able to read it, and it must say what is stored.
//!
//! | file | what it proves |
//! |---|---|
//! | `words` | conditions in words mean what the expressions mean |
//! | `ddi` | DDI-Codebook: well-formed, the variables of the CSV export, all languages, hostile texts inert |
//! | `triple_s` | Triple-S: a reader that follows the description gets back every answer |
//! | `codebook` | XLSX and HTML: every question, option and byte; no cell is a formula |
//! | `paper` | PDF: every question on paper, numbers, conditions and jumps, hostile texts inert |
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests stop at the first surprise")]

mod codebook;
mod ddi;
mod paper;
mod triple_s;
mod words;

use sipas::questionnaires::{Questionnaire, read};

/// The questionnaire that has every type of question.
fn every_type() -> Questionnaire {
    parse(include_str!("every_type.yaml"))
}

fn parse(source: &str) -> Questionnaire {
    read(source).unwrap_or_else(|findings| panic!("{}", findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))
}

/// The shipped questionnaires and the one with every type, by file name.
fn all() -> Vec<(String, Questionnaire)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/survey-defs/questionnaires");
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    let mut all: Vec<_> = paths
        .iter()
        .filter(|p| p.extension().is_some_and(|e| e == "yaml"))
        .map(|p| (p.file_stem().unwrap().to_string_lossy().into_owned(), parse(&std::fs::read_to_string(p).unwrap())))
        .collect();
    assert!(all.len() >= 4, "shipped questionnaires were not found");
    all.push(("every_type".to_owned(), every_type()));
    all
}

/// Writes a file for looking at into the folder that `SIPAS_TEST_EXPORTS` names, if it does.
fn keep(name: &str, bytes: &[u8]) {
    if let Some(folder) = std::env::var_os("SIPAS_TEST_EXPORTS") {
        std::fs::write(std::path::Path::new(&folder).join(name), bytes).unwrap();
    }
}
