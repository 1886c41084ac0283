//! Estimates for areas whose own sample is too small: the model of Fay and Herriot on the rows of an estimate.

use serde_json::{Map, Value, json};
use serde_saphyr::Spanned;

use super::estimates::Done;
use super::job::Job;
use super::output::json_number;
use super::read;
use super::refusal::{Refusal, Result};
use super::spec::{self, FayHerriotMethod, Test};
use super::table::parse_number;
use crate::stats::interval::t_interval;
use crate::stats::small_area::{self, Direct, Kind, Method, SmallAreaError};

/// An area: the texts of its domain, its own estimate if it has one, its covariates.
struct Area {
    labels: Vec<String>,
    direct: Option<Direct>,
    covariates: Vec<f64>,
}

/// A row for the model and one for each area, those of the estimate first, then those that only the file of covariates has.
///
/// # Errors
/// A file that does not fit, an area without covariates.
pub fn rows(job: &Job, placed: &Spanned<Test>, of: &spec::FayHerriot, done: &Done, level: f64) -> Result<Vec<Value>> {
    if done.by.is_empty() {
        return Err(job.refuse(
            &of.estimate,
            format!("estimate {} is not by areas", of.estimate.value),
            "give it a `by` of the column of areas",
        ));
    }
    let first = done.rows.first().map(|row| (row.variable.clone(), row.level.clone()));
    let wanted = placed.value.variable.as_ref().map(|variable| variable.value.clone());
    let (names, areas) = areas(job, of, done, &|variable, level| match &wanted {
        Some(wanted) => variable == wanted || level.is_some_and(|level| format!("{variable}={level}") == *wanted),
        None => first.as_ref().is_some_and(|(known, own)| known == variable && own.as_deref() == level),
    })?;
    let direct: Vec<Option<Direct>> = areas.iter().map(|area| area.direct).collect();
    let columns: Vec<Vec<f64>> =
        (0..names.len()).map(|column| areas.iter().map(|area| area.covariates.get(column).copied().unwrap_or(0.0)).collect()).collect();
    let columns: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
    let (method, word) = match of.method {
        FayHerriotMethod::Reml => (Method::Reml, "reml"),
        FayHerriotMethod::Ml => (Method::Ml, "ml"),
        FayHerriotMethod::Fh => (Method::Moments, "fh"),
    };
    let model = match small_area::fay_herriot(&direct, &columns, method) {
        Ok(model) => model,
        Err(SmallAreaError::NotConverged) => {
            return Ok(vec![json!({"model": "fay_herriot", "method": word, "model_variance": null, "flags": ["not_converged"]})]);
        }
        Err(e) => {
            return Err(job.refuse(
                placed,
                e.to_string(),
                "areas are numbered from 0 in the order of the estimate; see docs/ESTIMATE.md, Tests",
            ));
        }
    };
    let coefficients = ["(intercept)".to_owned()].into_iter().chain(names).zip(&model.coefficients);
    let coefficients: Map<String, Value> = coefficients
        .map(|(name, coefficient)| (name, json!({"value": json_number(Some(coefficient.value)), "se": json_number(Some(coefficient.se))})))
        .collect();
    let mut rows = vec![json!({
        "model": "fay_herriot",
        "method": word,
        "model_variance": json_number(Some(model.model_variance)),
        "log_likelihood": json_number(Some(model.log_likelihood)),
        "iterations": model.iterations,
        "areas": model.sampled,
        "coefficients": coefficients,
        "flags": if model.no_model_variance { json!(["no_model_variance"]) } else { json!([]) },
    })];
    for (area, found) in areas.iter().zip(&model.areas) {
        let domain: Map<String, Value> = done.by.iter().cloned().zip(area.labels.iter().map(|label| Value::from(label.clone()))).collect();
        let se = found.mse.map(f64::sqrt);
        let ends = se.and_then(|se| t_interval(found.estimate, se, f64::INFINITY, level).ok());
        rows.push(json!({
            "domain": domain,
            "estimate": json_number(Some(found.estimate)),
            "mse": json_number(found.mse),
            "se": json_number(se),
            "ci_low": json_number(ends.map(|ends| ends.low)),
            "ci_high": json_number(ends.map(|ends| ends.high)),
            "direct": json_number(area.direct.map(|direct| direct.estimate)),
            "direct_se": json_number(area.direct.map(|direct| direct.variance.sqrt())),
            "gamma": json_number(Some(found.gamma)),
            "flags": [if found.kind == Kind::Synthetic { "synthetic" } else { "model" }],
        }));
    }
    Ok(rows)
}

/// Names of the covariates, and all areas.
fn areas(job: &Job, of: &spec::FayHerriot, done: &Done, chosen: &dyn Fn(&str, Option<&str>) -> bool) -> Result<(Vec<String>, Vec<Area>)> {
    let path = job.path(&of.covariates.value);
    let shown = path.display().to_string();
    let (header, lines) = read::small(&path)?;
    let place = |column: &String| {
        header.iter().position(|name| name == column).ok_or_else(|| {
            Refusal::new(&shown, format!("has no column {column}"), format!("give the columns {} and the covariates", done.by.join(", ")))
                .at(1, 0)
        })
    };
    let keys = done.by.iter().map(place).collect::<Result<Vec<_>>>()?;
    let rest: Vec<usize> = (0..header.len()).filter(|column| !keys.contains(column)).collect();
    let names: Vec<String> = rest.iter().filter_map(|column| header.get(*column)).cloned().collect();
    let mut known: Vec<Area> = Vec::with_capacity(lines.len());
    for (row, line) in lines.iter().enumerate() {
        let cell = |place: &usize| line.get(*place).cloned().unwrap_or_default();
        let refuse = |message: String, remedy: &str| Refusal::new(&shown, message, remedy).at(row as u64 + 2, 0);
        let labels: Vec<String> = keys.iter().map(cell).collect();
        if known.iter().any(|area| area.labels == labels) {
            return Err(refuse(format!("repeats the area {}", labels.join(", ")), "give every area once"));
        }
        let number = |column: &usize| {
            parse_number(&cell(column)).ok_or_else(|| {
                refuse(
                    format!("{} is {:?}", header.get(*column).cloned().unwrap_or_default(), cell(column)),
                    "covariates are finite numbers, without gaps",
                )
            })
        };
        let covariates = rest.iter().map(number).collect::<Result<Vec<_>>>()?;
        known.push(Area { labels, direct: None, covariates });
    }
    let mut areas = Vec::with_capacity(known.len());
    for row in done.rows.iter().filter(|row| chosen(&row.variable, row.level.as_deref())) {
        let labels: Vec<String> = row.domain.iter().map(|(_, text)| text.clone()).collect();
        let Some(found) = known.iter().position(|area| area.labels == labels) else {
            return Err(Refusal::new(
                &shown,
                format!("has no line for the area {}", labels.join(", ")),
                "give the covariates of every area of the estimate",
            ));
        };
        let mut area = known.remove(found);
        area.direct = row.estimate.zip(row.se).map(|(estimate, se)| Direct { estimate, variance: se * se });
        areas.push(area);
    }
    areas.append(&mut known);
    Ok((names, areas))
}
