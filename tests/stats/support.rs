//! Reading reference tables and comparing with them.

use sipas::stats::design::{Design, DesignSpec, LonelyPsu, dense};
use sipas::stats::index::Scoring;
use std::collections::HashMap;
use std::path::Path;

/// A CSV file of `tests/stats/data` as one map a row. The files have no quoted commas.
pub(crate) fn table(name: &str) -> Vec<HashMap<String, String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stats/data").join(name);
    let text = std::fs::read_to_string(&path).expect("reference table");
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().expect("header").split(',').collect();
    lines.map(|line| header.iter().zip(line.split(',')).map(|(name, cell)| ((*name).to_owned(), cell.to_owned())).collect()).collect()
}

pub(crate) fn number(row: &HashMap<String, String>, column: &str) -> f64 {
    match row[column].as_str() {
        "Inf" => f64::INFINITY,
        text => text.parse().expect("a number"),
    }
}

pub(crate) fn texts(rows: &[HashMap<String, String>], column: &str) -> Vec<String> {
    rows.iter().map(|row| row[column].clone()).collect()
}

pub(crate) fn numbers(rows: &[HashMap<String, String>], column: &str) -> Vec<f64> {
    rows.iter().map(|row| number(row, column)).collect()
}

/// A design from names; PSU names may repeat across strata.
pub(crate) fn design(weights: Vec<f64>, strata: &[String], psus: Option<&[String]>, lonely: LonelyPsu) -> Design<'static> {
    let nested = psus.map(|psus| {
        let pairs: Vec<(String, String)> = strata.iter().cloned().zip(psus.iter().cloned()).collect();
        dense(&pairs).0.into()
    });
    Design::new(DesignSpec { weights: weights.into(), strata: Some(dense(strata).0.into()), psus: nested, lonely }).expect("a sound design")
}

/// Any numeric column as codes with its values as points; at most 256 different values.
pub(crate) fn coded(values: &[f64]) -> (Vec<u8>, Scoring) {
    let bits: Vec<u64> = values.iter().map(|value| value.to_bits()).collect();
    let (codes, labels) = dense(&bits);
    let points: Vec<(u8, f64)> =
        labels.iter().enumerate().map(|(code, value)| (u8::try_from(code).expect("few values"), f64::from_bits(*value))).collect();
    let codes = codes.iter().map(|code| u8::try_from(*code).expect("few values")).collect();
    (codes, Scoring::points(&points).expect("finite points"))
}

/// Relative error at most `tolerance`; a reference of 0 needs exactly 0.
#[track_caller]
pub(crate) fn close(found: f64, expected: f64, tolerance: f64, what: &str) {
    let error = (found - expected).abs();
    assert!(
        error <= tolerance * expected.abs(),
        "{what}: found {found:.17}, expected {expected:.17}, relative error {:.1e}",
        error / expected.abs()
    );
}
