//! Reading the reference estimates of `data/golden_*.csv` and comparing any design with them.

use super::support::{number, table, texts};
use sipas::stats::design::dense;
use sipas::stats::estimate::{Domain, Estimate, Joint, Request, Statistic, indicator};
use std::collections::{BTreeMap, HashMap};

pub(crate) type Rows = Vec<HashMap<String, String>>;

/// A numeric column, NaN where the cell is empty or NA.
pub(crate) fn column(rows: &Rows, name: &str) -> Vec<f64> {
    rows.iter().map(|row| if matches!(row[name].as_str(), "" | "NA") { f64::NAN } else { number(row, name) }).collect()
}

/// Any column as numbers of its different texts, in sort order, with the texts.
pub(crate) fn levels(rows: &Rows, name: &str) -> (Vec<u32>, Vec<String>) {
    let cells = texts(rows, name);
    let (_, mut labels) = dense(&cells);
    labels.sort();
    let ids = cells.iter().map(|cell| labels.iter().position(|label| label == cell).unwrap() as u32).collect();
    (ids, labels)
}

pub(crate) fn ids(rows: &Rows, name: &str) -> Vec<u32> {
    levels(rows, name).0
}

/// Cases of a golden file by name, of the designs with this name (all lonely-PSU options mixed).
pub(crate) fn cases(file: &str, design: &str) -> BTreeMap<String, Rows> {
    let mut cases: BTreeMap<String, Rows> = BTreeMap::new();
    for row in table(&format!("golden_{file}.csv")) {
        if row["design"] == design {
            cases.entry(row["case"].clone()).or_default().push(row);
        }
    }
    assert!(!cases.is_empty(), "no reference for {design}");
    cases
}

/// The statistic a reference row asks for.
pub(crate) fn statistic(rows: &Rows, asked: &HashMap<String, String>) -> Statistic<'static> {
    let variable = &asked["variable"];
    if let Some((a, b)) = variable.split_once('/') {
        return Statistic::Ratio { numerator: column(rows, a).into(), denominator: column(rows, b).into() };
    }
    let y = if asked["level"].is_empty() {
        column(rows, variable)
    } else {
        let names: Vec<&str> = variable.split([',', '+']).collect();
        let cell = |row: &HashMap<String, String>| names.iter().map(|name| row[*name].as_str()).collect::<Vec<_>>().join(".");
        indicator(&rows.iter().map(|row| u32::from(cell(row) == asked["level"])).collect::<Vec<u32>>(), 1, None)
    };
    match asked["kind"].as_str() {
        "mean" => Statistic::Mean(y.into()),
        "total" => Statistic::Total(y.into()),
        "variance" => Statistic::Variance(y.into()),
        other => panic!("unknown kind {other}"),
    }
}

/// Rows that meet `a=b;c=d`, `a==b & c>600` or nothing.
pub(crate) fn domain(rows: &Rows, condition: &str) -> Option<Vec<u32>> {
    if condition.is_empty() {
        return None;
    }
    let parts: Vec<&str> = condition.split([';', '&']).map(str::trim).collect();
    let meets = |row: &HashMap<String, String>| {
        parts.iter().all(|part| match part.split_once('>') {
            Some((name, limit)) => number(row, name) > limit.parse::<f64>().unwrap(),
            None => {
                let (name, value) = part.split_once('=').unwrap();
                row[name] == value.trim_start_matches('=')
            }
        })
    };
    Some((0..rows.len() as u32).filter(|row| meets(&rows[*row as usize])).collect())
}

/// What is compared beyond estimate and standard error.
#[derive(Clone, Copy)]
pub(crate) struct Tolerance {
    pub(crate) estimate: f64,
    pub(crate) se: f64,
    pub(crate) df_domain: bool,
}

impl Tolerance {
    pub(crate) const EXACT: Self = Self { estimate: 1e-9, se: 1e-9, df_domain: true };
    pub(crate) const ITERATED: Self = Self { estimate: 1e-7, se: 1e-7, df_domain: true };
}

#[track_caller]
pub(crate) fn near(found: f64, expected: f64, relative: f64, floor: f64, what: &str) {
    let error = (found - expected).abs();
    assert!(error <= relative * expected.abs() + floor, "{what}: found {found:.17}, expected {expected:.17}, error {error:.1e}");
}

/// Compares all cases of a design; `jointly` estimates the requests of one case. Answers how many figures were compared.
pub(crate) fn compare(
    file: &str,
    design: &str,
    rows: &Rows,
    keep: impl Fn(&HashMap<String, String>) -> bool,
    tolerance: Tolerance,
    jointly: impl Fn(&[Request<'_>]) -> Joint,
) -> usize {
    let matrices: HashMap<String, String> =
        table(&format!("golden_{file}_vcov.csv")).into_iter().map(|row| (row["case"].clone(), row["vcov"].clone())).collect();
    let mut compared = 0;
    for (case, expected) in cases(file, design) {
        if !expected.iter().all(&keep) {
            continue;
        }
        let statistics: Vec<Statistic<'_>> = expected.iter().map(|asked| statistic(rows, asked)).collect();
        let domains: Vec<Option<Vec<u32>>> = expected.iter().map(|asked| domain(rows, &asked["domain"])).collect();
        let requests: Vec<Request<'_>> = statistics
            .iter()
            .zip(&domains)
            .map(|(statistic, domain)| Request { statistic, domain: domain.as_ref().map_or(Domain::All, |rows| Domain::Rows(rows)) })
            .collect();
        let found = jointly(&requests);
        for (found, expected) in found.estimates.iter().zip(&expected) {
            compared += one(found, expected, tolerance, &format!("{case} {} {}", expected["variable"], expected["domain"]));
        }
        if let Some(matrix) = matrices.get(&case) {
            let k = expected.len();
            let matrix: Vec<f64> = matrix.split(' ').map(|v| v.parse().unwrap()).collect();
            for (at, (found, reference)) in found.covariance.iter().zip(&matrix).enumerate() {
                // Relative to the two standard errors: a covariance may be a difference of large terms, and a standard error
                // below 1e-9 of its estimate stands for 0.
                let [first, second] = [at / k, at % k].map(|own| {
                    let se = matrix[own * (k + 1)].sqrt();
                    (se, tolerance.se * se + 1e-9 * number(&expected[own], "estimate").abs())
                });
                let allowed = first.0 * second.1 + second.0 * first.1 + 1e-30;
                near(found.unwrap(), *reference, 0.0, allowed, &format!("{case} covariance {at}"));
                compared += 1;
            }
        }
    }
    compared
}

fn one(found: &Estimate, expected: &HashMap<String, String>, tolerance: Tolerance, what: &str) -> usize {
    let mut compared = 3;
    let estimate = number(expected, "estimate");
    near(found.estimate.unwrap(), estimate, tolerance.estimate, 0.0, what);
    near(found.se.unwrap(), number(expected, "se"), tolerance.se, 1e-9 * estimate.abs(), &format!("{what} se"));
    assert_eq!(found.df_design.to_string(), expected["df"], "{what} df");
    if tolerance.df_domain && !expected["df_domain"].is_empty() {
        assert_eq!(found.df_domain.to_string(), expected["df_domain"], "{what} df of the domain");
        compared += 1;
    }
    if !expected["deff"].is_empty() {
        let deff = if expected["deff_kind"] == "srswr" { found.deff_srswr } else { found.deff_srswor };
        near(deff.unwrap(), number(expected, "deff"), tolerance.se.max(1e-8), 1e-15, &format!("{what} deff"));
        compared += 1;
    }
    compared
}
