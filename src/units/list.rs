//! Reading a unit list: CSV with the columns of `survey-defs/units/README.md`.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::Deserialize;

use super::model::Unit;

/// One line of the file, as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    code: String,
    name_vi: String,
    name_en: String,
    kind: String,
    parent: String,
    valid_from: NaiveDate,
    valid_to: Option<NaiveDate>,
    population: Option<i64>,
    transactions: Option<i64>,
}

/// Totals by unit code, as in `survey-defs/demo/totals.csv`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Totals {
    code: String,
    population: Option<i64>,
    transactions: Option<i64>,
}

/// Reads a unit list.
///
/// # Errors
/// Every line that is wrong, with its number: a missing name, an unknown kind, a code twice in one period, a parent that is not in the list.
pub fn read(csv: &str) -> Result<Vec<Unit>, Vec<String>> {
    let mut units: Vec<Unit> = Vec::new();
    let mut wrong = Vec::new();
    for (n, line) in csv::Reader::from_reader(csv.as_bytes()).deserialize::<Line>().enumerate() {
        let at = n + 2;
        match line.map_err(|e| e.to_string()).and_then(unit) {
            Ok(unit) => units.push(unit),
            Err(e) => wrong.push(format!("line {at}: {e}")),
        }
    }
    let codes: BTreeSet<&str> = units.iter().map(|u| u.code.as_str()).collect();
    for unit in &units {
        if let Some(parent) = unit.parent.as_deref().filter(|p| !codes.contains(p)) {
            wrong.push(format!("unit {}: its parent {parent:?} is not in the list; add it, or leave the parent empty", unit.code));
        }
    }
    wrong.extend(overlaps(&units));
    if wrong.is_empty() { Ok(units) } else { Err(wrong) }
}

/// Units that are there twice for the same days: a code means one unit on any day.
#[must_use]
pub fn overlaps(units: &[Unit]) -> Vec<String> {
    let mut sorted: Vec<&Unit> = units.iter().collect();
    sorted.sort_by_key(|u| (&u.code, u.valid_from));
    let twice = sorted.windows(2).filter_map(|pair| match pair {
        [a, b] if a.code == b.code && a.valid_to.is_none_or(|end| end > b.valid_from) => Some((a, b)),
        _ => None,
    });
    twice
        .map(|(a, b)| {
            format!(
                "unit {}: the code is there twice for the same days (from {} and from {}); end the earlier one with valid_to",
                a.code, a.valid_from, b.valid_from
            )
        })
        .collect()
}

fn unit(line: Line) -> Result<Unit, String> {
    let filled = |text: String, what: &str| if text.trim().is_empty() { Err(format!("{what} is empty")) } else { Ok(text) };
    if line.population.into_iter().chain(line.transactions).any(|n| n < 0) {
        return Err("population and transactions are counts from 0 up".to_owned());
    }
    if line.valid_to.is_some_and(|end| end <= line.valid_from) {
        return Err("valid_to is not after valid_from".to_owned());
    }
    Ok(Unit {
        code: filled(line.code, "code")?,
        valid_from: line.valid_from,
        valid_to: line.valid_to,
        name_vi: filled(line.name_vi, "name_vi")?,
        name_en: filled(line.name_en, "name_en")?,
        kind: line.kind.parse()?,
        parent: Some(line.parent).filter(|p| !p.is_empty()),
        population: line.population,
        transactions: line.transactions,
    })
}

/// Sets population and transactions from a second file (`code,population,transactions`).
///
/// # Errors
/// Lines that cannot be read or name no unit of the list.
pub fn with_totals(units: &mut [Unit], csv: &str) -> Result<(), Vec<String>> {
    let mut by_code: BTreeMap<String, Vec<&mut Unit>> = BTreeMap::new();
    for unit in units {
        by_code.entry(unit.code.clone()).or_default().push(unit);
    }
    let mut wrong = Vec::new();
    for (n, line) in csv::Reader::from_reader(csv.as_bytes()).deserialize::<Totals>().enumerate() {
        match line {
            Err(e) => wrong.push(format!("line {}: {e}", n + 2)),
            Ok(t) => match by_code.get_mut(&t.code) {
                None => wrong.push(format!(
                    "line {}: there is no unit {:?}; if a leading zero is missing, the file went through a spreadsheet",
                    n + 2,
                    t.code
                )),
                Some(found) => {
                    for unit in found {
                        unit.population = t.population.or(unit.population);
                        unit.transactions = t.transactions.or(unit.transactions);
                    }
                }
            },
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "code,name_vi,name_en,kind,parent,valid_from,valid_to,population,transactions\n";

    #[test]
    fn the_shipped_list_is_read() {
        let units = read(include_str!("../../survey-defs/units/hanoi.csv")).unwrap();
        let of = |kind| units.iter().filter(|u| u.kind == kind).count();
        use super::super::UnitKind::{Commune, ServiceBranch, Ward};
        assert_eq!((of(Ward), of(Commune), of(ServiceBranch)), (51, 75, 12));
    }

    #[test]
    fn wrong_lines_are_named() {
        let cases = [
            ("1,A,A,village,,2025-07-01,,,\n", "line 2: \"village\" is not one of"),
            ("1,,A,ward,,2025-07-01,,,\n", "line 2: name_vi is empty"),
            ("1,A,A,ward,9,2025-07-01,,,\n", "parent \"9\" is not in the list"),
            ("1,A,A,ward,,2025-07-01,,,\n1,B,B,ward,,2026-01-01,,,\n", "twice for the same days"),
            ("1,A,A,ward,,2025-07-01,,-4,\n", "counts from 0"),
            ("1,A,A,ward,,01/07/2025,,,\n", "line 2"),
        ];
        for (lines, message) in cases {
            let wrong = read(&format!("{HEAD}{lines}")).unwrap_err().join("\n");
            assert!(wrong.contains(message), "{lines}: {wrong}");
        }
        assert!(read(&format!("{HEAD}1,A,A,ward,,2020-01-01,2025-07-01,,\n1,B,B,ward,,2025-07-01,,,\n")).is_ok());
    }
}
