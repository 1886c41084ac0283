//! Estimates and linearised values of single statistics (formulas in the parent module).

use super::{Domain, EstimateError, Part, Request, Statistic};
use crate::stats::moments::Sum;

/// A statistic evaluated with given weights.
#[derive(Clone, Debug)]
pub(in crate::stats) struct Value {
    /// θ; `None` without rows or with a denominator of 0.
    pub(in crate::stats) estimate: Option<f64>,
    /// Rows used, ascending.
    pub(in crate::stats) rows: Vec<u32>,
    /// z of each row used; empty without an estimate.
    pub(in crate::stats) z: Vec<f64>,
    /// Size of what was added up: a standard error far below it is the rounding of 0.
    pub(in crate::stats) reach: f64,
}

/// Checks requests against the number of rows.
pub(in crate::stats) fn check_requests(requests: &[Request<'_>], rows: usize) -> Result<(), EstimateError> {
    requests.iter().enumerate().try_for_each(|(number, asked)| check(number, asked, rows))
}

/// Checks the columns of a request against the number of rows.
fn check(request: usize, asked: &Request<'_>, rows: usize) -> Result<(), EstimateError> {
    let columns: Vec<&[f64]> = match asked.statistic {
        Statistic::Total(y) | Statistic::Mean(y) | Statistic::Variance(y) => vec![y],
        Statistic::Ratio { numerator, denominator } => vec![numerator, denominator],
        Statistic::Combined(parts) => {
            if parts.is_empty() {
                return Err(EstimateError::NoParts { request });
            }
            if let Some(part) = parts.iter().find(|part| !part.coefficient.is_finite()) {
                return Err(EstimateError::Coefficient { request, value: part.coefficient });
            }
            parts.iter().flat_map(|part| [&part.numerator[..], &part.denominator[..]]).collect()
        }
    };
    for column in columns {
        if column.len() != rows {
            return Err(EstimateError::Length { request, rows, found: column.len() });
        }
        if let Some(row) = column.iter().position(|value| value.is_infinite()) {
            return Err(EstimateError::Value { request, row, value: column[row] });
        }
    }
    if let Domain::Rows(named) = asked.domain {
        for (at, row) in named.iter().copied().enumerate() {
            if row as usize >= rows || (at > 0 && named[at - 1] >= row) {
                return Err(EstimateError::DomainRows { request, row, rows });
            }
        }
    }
    Ok(())
}

/// θ with the weights of a replicate, where `rows` rows were used in the full sample: a total without rows is 0 there, and the n
/// of a variance stays that of the full sample, as in R.
pub(in crate::stats) fn evaluate_replicate(asked: &Request<'_>, weights: &[f64], rows: usize) -> Option<f64> {
    match asked.statistic {
        Statistic::Total(_) => Some(evaluate(asked, weights).estimate.unwrap_or(0.0)),
        Statistic::Variance(y) => variance(y, asked.domain, weights, Some(rows)).estimate,
        _ => evaluate(asked, weights).estimate,
    }
}

/// Evaluates a checked request.
pub(in crate::stats) fn evaluate(asked: &Request<'_>, weights: &[f64]) -> Value {
    match asked.statistic {
        Statistic::Total(y) => total(y, used(asked.domain, weights, |row| !y[row].is_nan()), weights),
        Statistic::Mean(y) => {
            let rows = used(asked.domain, weights, |row| !y[row].is_nan());
            ratio(|row| [y[row], 1.0], rows, weights)
        }
        Statistic::Ratio { numerator, denominator } => {
            let rows = used(asked.domain, weights, |row| !(numerator[row].is_nan() || denominator[row].is_nan()));
            ratio(|row| [numerator[row], denominator[row]], rows, weights)
        }
        Statistic::Variance(y) => variance(y, asked.domain, weights, None),
        Statistic::Combined(parts) => combined(parts, asked.domain, weights),
    }
}

fn used(domain: Domain<'_>, weights: &[f64], present: impl Fn(usize) -> bool) -> Vec<u32> {
    let keep = |row: &u32| weights[*row as usize] != 0.0 && present(*row as usize);
    match domain {
        Domain::All => (0..weights.len() as u32).filter(keep).collect(),
        Domain::Rows(rows) => rows.iter().copied().filter(keep).collect(),
    }
}

fn total(y: &[f64], rows: Vec<u32>, weights: &[f64]) -> Value {
    let (mut sum, mut reach) = (Sum::default(), 0.0);
    for row in rows.iter().map(|row| *row as usize) {
        sum.add(weights[row] * y[row]);
        reach += (weights[row] * y[row]).abs();
    }
    let z = rows.iter().map(|row| y[*row as usize]).collect();
    Value { estimate: (!rows.is_empty()).then(|| sum.value()), rows, z, reach }
}

/// S² with the factor n / (n − 1) of the rows used, or of `count` rows.
fn variance(y: &[f64], domain: Domain<'_>, weights: &[f64], count: Option<usize>) -> Value {
    let rows = used(domain, weights, |row| !y[row].is_nan());
    let n = count.unwrap_or(rows.len()) as f64;
    let mean = ratio(|row| [y[row], 1.0], rows.clone(), weights).estimate;
    match mean.filter(|_| n > 1.0) {
        Some(mean) => ratio(|row| [n / (n - 1.0) * (y[row] - mean).powi(2), 1.0], rows, weights),
        None => Value { estimate: None, rows, z: Vec::new(), reach: 0.0 },
    }
}

/// Σ w a / Σ w b with [a, b] of each row.
fn ratio(of: impl Fn(usize) -> [f64; 2], rows: Vec<u32>, weights: &[f64]) -> Value {
    let (mut upper, mut lower, mut reach) = (Sum::default(), Sum::default(), 0.0);
    for row in rows.iter().map(|row| *row as usize) {
        let [a, b] = of(row);
        upper.add(weights[row] * a);
        lower.add(weights[row] * b);
        reach += (weights[row] * a).abs();
    }
    let lower = lower.value();
    let ratio = upper.value() / lower;
    if lower == 0.0 || !ratio.is_finite() {
        return Value { estimate: None, rows, z: Vec::new(), reach: 0.0 };
    }
    let linear = |row: &u32| {
        let [a, b] = of(*row as usize);
        (a - ratio * b) / lower
    };
    let z = rows.iter().map(linear).collect();
    Value { estimate: Some(ratio), rows, z, reach: reach / lower.abs() }
}

fn combined(parts: &[Part<'_>], domain: Domain<'_>, weights: &[f64]) -> Value {
    let pair = |part: &Part<'_>, row: usize| {
        let (a, b) = (part.numerator[row], part.denominator[row]);
        if a.is_nan() || b.is_nan() { [0.0; 2] } else { [a, b] }
    };
    let rows = used(domain, weights, |row| parts.iter().any(|part| pair(part, row) != [0.0; 2]));
    let mut z = vec![0.0; rows.len()];
    let (mut estimate, mut reach) = (Some(0.0), 0.0);
    for part in parts {
        let value = ratio(|row| pair(part, row), rows.clone(), weights);
        estimate = estimate.zip(value.estimate).map(|(sum, ratio)| sum + part.coefficient * ratio);
        reach += part.coefficient.abs() * value.reach;
        for (sum, z) in z.iter_mut().zip(&value.z) {
            *sum += part.coefficient * z;
        }
    }
    if estimate.is_none() {
        z.clear();
    }
    Value { estimate, rows, z, reach }
}
