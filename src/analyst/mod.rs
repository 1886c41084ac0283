//! The analyst's command: estimates from any CSV file by a specification, `sipas estimate SPEC.yaml`.
//!
//! | file | what it holds |
//! |---|---|
//! | `spec`, `values` | the specification as it is written |
//! | `job` | a specification with its data; places in both for messages |
//! | `read`, `table` | CSV in blocks, columns in memory |
//! | `condition` | conditions on rows |
//! | `domains` | rows by the values of columns |
//! | `design`, `weighting`, `engine` | from the specification to what estimates |
//! | `estimates`, `satisfaction`, `instrument` | estimates |
//! | `stream` | satisfaction indices of files larger than memory |
//! | `comparisons`, `areas` | tests, models of areas |
//! | `output` | JSON, CSV, tables |
//!
//! `docs/ESTIMATE.md` is the manual.

pub mod areas;
pub mod comparisons;
pub mod condition;
pub mod design;
pub mod domains;
pub mod engine;
pub mod estimates;
pub mod instrument;
pub mod job;
pub mod output;
pub mod read;
pub mod refusal;
pub mod satisfaction;
pub mod spec;
pub mod stream;
pub mod table;
#[cfg(test)]
mod tests;
pub mod values;
pub mod weighting;

use std::path::Path;

pub use output::{Output, csv, json, table, weights};
pub use refusal::{Refusal, Result};
pub use spec::json_schema;

use crate::stats::sampling::Sampling;
use engine::Built;
use output::{Covariance, Shape, StepRecord, Total};

/// What a run tells while it works.
pub trait Progress {
    /// Bytes of the data read so far.
    fn read(&self, bytes: u64);
    /// What is done now.
    fn stage(&self, what: &str);
}

/// Results and final weights.
#[derive(Debug)]
pub struct Run {
    /// The results.
    pub output: Output,
    /// Final weight of each row.
    pub weights: Vec<f64>,
}

/// Files larger than this are estimated in one pass where that is possible, so that memory does not grow with them.
const STREAMED: u64 = 256 << 20;

/// Runs a specification. `keep_weights` asks for the final weights, which takes memory for every row.
///
/// # Errors
/// The first thing wrong: file, line, what was found, what to do.
pub fn run(path: &Path, keep_weights: bool, progress: &dyn Progress) -> Result<Run> {
    run_beyond(STREAMED, path, keep_weights, progress)
}

/// [`run`] with another size from which files are estimated in one pass.
///
/// # Errors
/// As for [`run`].
pub fn run_beyond(size: u64, path: &Path, keep_weights: bool, progress: &dyn Progress) -> Result<Run> {
    let mut job = job::open(path)?;
    unique_names(&job)?;
    if job.spec.estimates.is_empty() && job.spec.tests.is_empty() && !keep_weights {
        return Err(job.refuse_all(
            "asks for neither estimates nor tests",
            "write estimates: and what to estimate, or ask for the weights with --weights-out",
        ));
    }
    let large = std::fs::metadata(job.data_path()).is_ok_and(|file| file.len() > size);
    if large
        && !keep_weights
        && stream::fits(&job)
        && let Some(streamed) = stream::run(&job, &|bytes| progress.read(bytes))?
    {
        let warnings = if job.spec.design.weights.is_none() { vec![design::NO_WEIGHTS.to_owned()] } else { Vec::new() };
        return Ok(Run { output: output(streamed.shape, warnings, Vec::new(), streamed.done, Vec::new()), weights: Vec::new() });
    }
    job.load(&|bytes| progress.read(bytes))?;
    progress.stage("design and weights");
    let mut warnings = Vec::new();
    let built = engine::build(&job, &mut warnings)?;
    let needed = comparisons::estimates_needed(&job);
    let mut done = Vec::with_capacity(job.spec.estimates.len());
    for placed in &job.spec.estimates {
        let name = placed.value.name.as_ref().map(|name| name.value.clone()).unwrap_or_default();
        progress.stage(&format!("estimate {name}"));
        done.push(estimates::one(&job, &built, placed, needed.contains(&name))?);
    }
    let mut tests = Vec::new();
    for placed in &job.spec.tests {
        progress.stage(&format!("test {}", placed.value.name.as_ref().map_or("", |name| name.value.as_str())));
        tests.extend(comparisons::one(&job, &built, placed, &done, &mut warnings)?);
    }
    let output = output(shape(&job, &built), warnings, records(&built), done, tests);
    Ok(Run { output, weights: built.weights().to_vec() })
}

fn output(
    design: Shape,
    warnings: Vec<String>,
    weighting: Vec<StepRecord>,
    done: Vec<estimates::Done>,
    tests: Vec<serde_json::Value>,
) -> Output {
    let covariances = done.iter().filter(|done| done.shown).filter_map(covariance).collect();
    let results = done.into_iter().flat_map(|done| done.rows).collect();
    let software = format!("sipas {}", env!("CARGO_PKG_VERSION"));
    Output { software, design, warnings, weighting, results, covariances, tests }
}

/// Requests are told apart by their names.
fn unique_names(job: &job::Job) -> Result<()> {
    let mut seen = std::collections::HashMap::new();
    let estimates = job.spec.estimates.iter().filter_map(|estimate| estimate.value.name.as_ref());
    let tests = job.spec.tests.iter().filter_map(|test| test.value.name.as_ref());
    for name in estimates.chain(tests) {
        if let Some(first) = seen.insert(name.value.clone(), name.referenced.line()) {
            return Err(job.refuse(
                name,
                format!("the name {} is used in line {first} already", name.value),
                "give every request a name of its own",
            ));
        }
    }
    Ok(())
}

fn covariance(done: &estimates::Done) -> Option<Covariance> {
    let matrix = done.covariance.as_ref()?;
    let k = done.rows.len().max(1);
    Some(Covariance { request: done.name.clone(), matrix: matrix.chunks(k).map(<[_]>::to_vec).collect() })
}

fn shape(job: &job::Job, built: &Built) -> Shape {
    Shape {
        rows: job.table.rows(),
        strata: built.sampling.as_ref().map(Sampling::strata),
        psus: built.sampling.as_ref().map(Sampling::psus),
        replicates: built.replicates.as_ref().map(|replicates| replicates.replicate_weights().len()),
        df: built.engine().degrees_of_freedom(),
    }
}

fn records(built: &Built) -> Vec<StepRecord> {
    let record = |(record, named): (&crate::stats::weighting::Record, &weighting::Named)| {
        let names = named.names.iter().flatten();
        let totals = record.totals.iter().zip(names);
        StepRecord {
            step: if record.kind == "propensity" { "nonresponse" } else { record.kind },
            iterations: record.iterations,
            max_error: record.max_error,
            sum_before: record.before.sum,
            sum_after: record.after.sum,
            rows_cut: record.rows_cut,
            kish_deff: record.after.kish_deff,
            weight_min: record.after.min,
            weight_quantiles: record.after.quantiles,
            weight_max: record.after.max,
            ratio_min: Some(record.ratio_min).filter(|ratio| ratio.is_finite()),
            ratio_max: Some(record.ratio_max).filter(|ratio| ratio.is_finite()),
            totals: totals
                .map(|([before, target, after], cell)| Total { cell: cell.clone(), before: *before, target: *target, after: *after })
                .collect(),
        }
    };
    built.records().iter().zip(&built.steps).map(record).collect()
}
