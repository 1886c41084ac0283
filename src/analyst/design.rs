//! From the `design` of a specification to a checked sample design.

use std::borrow::Cow;

use super::job::Job;
use super::read;
use super::refusal::{Refusal, Result};
use super::spec::{self, JointVariance, ListOrFile, Placed, ReplicateMethod};
use crate::stats::replicate::{Method, ReplicateError, ReplicateSpec, Replicates};
use crate::stats::sampling::{JointForm, Pps, Sampling, SamplingError, SamplingSpec, Stage, Weights};

/// What is said of a design without weights.
pub const NO_WEIGHTS: &str = "neither weights nor probabilities nor fpc are given: every row has weight 1";

/// Most replicate weights that are held at once: 8 GB.
pub const MOST_WEIGHTS: u64 = 1_000_000_000;

/// How the sample was drawn, or the replicate weights given instead.
#[derive(Debug)]
pub enum Drawn {
    /// Strata, clusters, populations.
    Sampling(Sampling),
    /// Given replicate weights.
    Replicates(Replicates),
}

/// Builds the design. `warnings` gets what the reader of the results must know.
///
/// # Errors
/// What does not fit, with the line of the data or the specification.
pub fn build(job: &Job, warnings: &mut Vec<String>) -> Result<Drawn> {
    let design = &job.spec.design;
    for column in design.weights.iter().chain(design.probabilities.iter().flatten()).chain(design.fpc.iter().flatten()) {
        complete(job, column)?;
    }
    for column in design.strata.iter().chain(&design.clusters).flatten() {
        complete(job, column)?;
    }
    match &design.replicates {
        Some(given) => replicates(job, given).map(Drawn::Replicates),
        None => sampling(job, warnings).map(Drawn::Sampling),
    }
}

/// Every row must have a value.
fn complete(job: &Job, column: &Placed) -> Result<()> {
    let found = job.column(column)?;
    match (0..job.table.rows()).find(|row| found.missing(*row)) {
        Some(row) => Err(job.refuse_row(
            row,
            format!("column {} is missing, but the design needs it in every row", column.value),
            "fill it in, or leave the row out of the file",
        )),
        None => Ok(()),
    }
}

fn sampling(job: &Job, warnings: &mut Vec<String>) -> Result<Sampling> {
    let design = &job.spec.design;
    let weights = weights(job, warnings)?;
    let stages = stages(job)?;
    let pps = pps(job)?;
    let spec = SamplingSpec {
        rows: job.table.rows(),
        weights,
        stages,
        nested: design.nested,
        pps,
        lonely: design.lonely_psu.into(),
        lonely_in_domains: design.lonely_psu_in_domains,
    };
    let sampling = Sampling::new(&spec).map_err(|e| explain(job, &e))?;
    if design.lonely_psu == spec::LonelyPsu::Fail
        && let Some(stratum) = sampling.lonely_strata().first()
        && let Some(row) = (0..sampling.rows()).find(|row| sampling.stratum(*row) == *stratum)
    {
        return Err(lonely(job, row));
    }
    Ok(sampling)
}

/// A stratum with one PSU under the policy `fail`.
pub fn lonely(job: &Job, row: usize) -> Refusal {
    job.refuse_row(
        row,
        format!("{} has a single PSU, so it has no variance", stratum_name(job, row)),
        "join it with a similar stratum, or set design.lonely_psu to remove, certainty, adjust or average",
    )
}

fn stratum_name(job: &Job, row: usize) -> String {
    match job.spec.design.strata.first().and_then(Option::as_ref) {
        None => "the sample, being one stratum,".to_owned(),
        Some(column) => format!("stratum {} = {}", column.value, cell(job, column, row)),
    }
}

/// What a cell of a column of texts holds.
fn cell(job: &Job, column: &Placed, row: usize) -> String {
    let name = || {
        let levels = job.levels(column).ok()?;
        levels.names.get(levels.of(row)? as usize).cloned()
    };
    name().unwrap_or_default()
}

fn weights<'a>(job: &'a Job, warnings: &mut Vec<String>) -> Result<Weights<'a>> {
    let design = &job.spec.design;
    match (&design.weights, &design.probabilities) {
        (Some(weights), Some(_)) => Err(job.refuse(
            weights,
            "both weights and probabilities are given",
            "give one of them: the weight is 1 over the product of the probabilities",
        )),
        (Some(weights), None) => Ok(Weights::Given(Cow::Borrowed(job.numbers(weights)?))),
        (None, Some(columns)) if columns.is_empty() => {
            Err(job.refuse_all("design.probabilities names no column", "name a column a stage, or leave it out"))
        }
        (None, Some(columns)) => {
            Ok(Weights::Probabilities(columns.iter().map(|column| Ok(Cow::Borrowed(job.numbers(column)?))).collect::<Result<_>>()?))
        }
        (None, None) if design.fpc.iter().any(Option::is_some) => Ok(Weights::FromPopulations),
        (None, None) => {
            warnings.push(NO_WEIGHTS.to_owned());
            Ok(Weights::Equal)
        }
    }
}

fn stages(job: &Job) -> Result<Vec<Stage<'_>>> {
    let design = &job.spec.design;
    let count = design.strata.len().max(design.clusters.len()).max(design.fpc.len());
    let mut stages = Vec::with_capacity(count);
    for stage in 0..count {
        let of = |columns: &'static str, list: &[Option<Placed>]| (columns, list.get(stage).and_then(Clone::clone));
        let (_, strata) = of("strata", &design.strata);
        let (_, clusters) = of("clusters", &design.clusters);
        let (_, fpc) = of("fpc", &design.fpc);
        let reached = stage == 0 || design.clusters.get(stage - 1).is_some_and(Option::is_some);
        if !reached {
            if strata.is_none() && clusters.is_none() && fpc.is_none() {
                continue;
            }
            let named = strata.or(clusters).or(fpc);
            let message = format!("stage {} cannot be: at stage {stage} the rows themselves were drawn", stage + 1);
            let remedy = "name the clusters of the stage before, or leave the later stage out";
            return Err(
                named.map_or_else(|| job.refuse_all(message.clone(), remedy), |column| job.refuse(&column, message.clone(), remedy))
            );
        }
        stages.push(Stage {
            // In sort order, as the half samples of balanced replicates follow the number of the stratum.
            strata: strata.map(|column| ranked(job, &column)).transpose()?.map(Cow::Owned),
            clusters: clusters.map(|column| ranked(job, &column)).transpose()?.map(Cow::Owned),
            populations: fpc.map(|column| Ok(Cow::Borrowed(job.numbers(&column)?))).transpose()?,
        });
    }
    Ok(stages)
}

/// The level of each row, numbered in sort order.
fn ranked(job: &Job, column: &Placed) -> Result<Vec<u32>> {
    let levels = job.levels(column)?;
    let mut rank = vec![0; levels.names.len()];
    for (place, level) in (0..).zip(levels.sorted()) {
        if let Some(rank) = rank.get_mut(level as usize) {
            *rank = place;
        }
    }
    Ok(levels.translated(&rank, u32::MAX))
}

fn pps(job: &Job) -> Result<Pps<'static>> {
    let Some(placed) = &job.spec.design.pps else {
        return Ok(Pps::None);
    };
    if job.spec.design.probabilities.is_none() {
        return Err(job.refuse(
            placed,
            "a design with unequal probabilities needs them",
            "name their columns under design.probabilities, the first stage first",
        ));
    }
    Ok(match &placed.value {
        spec::Pps::Brewer => Pps::Brewer,
        spec::Pps::Overton => Pps::Overton,
        spec::Pps::HartleyRao(Some(sum)) if !(sum.is_finite() && *sum > 0.0) => {
            return Err(job.refuse(
                placed,
                format!("hartley_rao_sum_p2 is {sum}"),
                "give the sum of p² / n over the frame, a number above 0",
            ));
        }
        spec::Pps::HartleyRao(sum_p2) => Pps::HartleyRao { sum_p2: *sum_p2 },
        spec::Pps::Joint { joint, variance } => {
            let path = job.path(joint);
            let (probabilities, width) = read::numbers(&path, None)?;
            let lines = probabilities.len() / width.max(1);
            if lines != width {
                let message = format!("has {lines} lines of {width} numbers");
                return Err(Refusal::new(
                    &path.display().to_string(),
                    message,
                    "give a square matrix: a line and a column for each PSU, in order of appearance",
                ));
            }
            let form = match variance {
                JointVariance::Ht => JointForm::HorvitzThompson,
                JointVariance::Yg => JointForm::YatesGrundy,
            };
            Pps::Joint { probabilities: Cow::Owned(probabilities), form }
        }
    })
}

fn replicates(job: &Job, given: &serde_saphyr::Spanned<spec::GivenReplicates>) -> Result<Replicates> {
    let design = &job.spec.design;
    let structure = design.strata.iter().chain(&design.clusters).chain(&design.fpc).any(Option::is_some);
    if structure || design.pps.is_some() || design.make_replicates.is_some() || design.probabilities.is_some() {
        let message = "replicate weights stand instead of probabilities, strata, clusters, fpc, pps and make_replicates";
        return Err(job.refuse(given, message, "leave those out, or leave out replicates"));
    }
    let Some(weights) = &design.weights else {
        return Err(job.refuse(given, "replicate weights need the full-sample weights", "name their column under design.weights"));
    };
    let rows = job.table.rows();
    let path = job.path(&given.value.file.value);
    let (values, width) = read::numbers(&path, Some(rows))?;
    let found = values.len() / width.max(1);
    if found != rows {
        let message = format!("has {found} rows of replicate weights, the data has {rows}");
        return Err(Refusal::new(&path.display().to_string(), message, "give a line for each row of the data, in the same order"));
    }
    let rscales = match given.value.rscales.as_ref().map(|of| &of.value) {
        None => Vec::new(),
        Some(ListOrFile::List(list)) => list.clone(),
        Some(ListOrFile::File(name)) => read::numbers(&job.path(name), Some(width))?.0,
    };
    let column = |replicate: usize| Cow::Owned(values.iter().skip(replicate).step_by(width).copied().collect::<Vec<f64>>());
    let spec = ReplicateSpec {
        weights: Cow::Borrowed(job.numbers(weights)?),
        columns: (0..width).map(column).collect(),
        combined: given.value.combined,
        scale: given.value.scale,
        rscales,
        mse: given.value.mse,
        df: given.value.df,
    };
    Replicates::new(spec).map_err(|e| replicate_refusal(job, given, &e))
}

/// Replicates made from a design.
///
/// # Errors
/// What does not fit.
pub fn made(job: &Job, sampling: &Sampling, warnings: &mut Vec<String>) -> Result<Option<Replicates>> {
    let Some(placed) = &job.spec.design.make_replicates else {
        return Ok(None);
    };
    let make = &placed.value;
    let bootstrap = matches!(make.method, ReplicateMethod::RaoWu | ReplicateMethod::RaoWuYue);
    if (make.replicates.is_some() || make.seed.is_some()) && !bootstrap {
        return Err(job.refuse(
            placed,
            "replicates and seed belong to the bootstraps",
            "leave them out: the design says how many there are",
        ));
    }
    if make.fay_rho.is_some() && make.method != ReplicateMethod::Fay {
        return Err(job.refuse(placed, "fay_rho belongs to type fay", "leave it out, or write type: fay"));
    }
    let (replicates, seed) = (make.replicates.unwrap_or(500), make.seed.unwrap_or(1));
    if bootstrap && u64::from(replicates) * sampling.rows() as u64 > MOST_WEIGHTS {
        let message = format!("{replicates} replicates of {} rows are more than {MOST_WEIGHTS} weights", sampling.rows());
        return Err(job.refuse(placed, message, "ask for fewer replicates; 500 to 2000 are usual"));
    }
    let fpc = &job.spec.design.fpc;
    let first_only = matches!(make.method, ReplicateMethod::Jk1 | ReplicateMethod::Jkn | ReplicateMethod::RaoWuYue);
    if fpc.iter().any(Option::is_some) && !first_only {
        warnings.push("these replicates pass over finite populations: standard errors are those of a design with replacement".to_owned());
    } else if fpc.iter().skip(1).any(Option::is_some) {
        warnings.push("replicates resample the first stage only: later stages add nothing of their own to standard errors".to_owned());
    }
    let method = match make.method {
        ReplicateMethod::Jk1 => Method::Jk1,
        ReplicateMethod::Jkn => Method::Jkn,
        ReplicateMethod::Brr => Method::Brr,
        ReplicateMethod::Fay => Method::Fay { rho: make.fay_rho.unwrap_or(0.5) },
        ReplicateMethod::RaoWu => Method::RaoWu { replicates, seed },
        ReplicateMethod::RaoWuYue => Method::RaoWuYue { replicates, seed },
    };
    Replicates::make(sampling, method, make.mse).map(Some).map_err(|e| replicate_refusal(job, placed, &e))
}

/// An error of replicate weights in the words of the files.
pub fn replicate_refusal<T>(job: &Job, at: &serde_saphyr::Spanned<T>, e: &ReplicateError) -> Refusal {
    match e {
        ReplicateError::Weight { row, value } => weight(job, *row, *value),
        ReplicateError::ReplicateWeight { replicate, row, value } => {
            job.refuse_row(*row, format!("has the weight {value} in replicate {}", replicate + 1), "replicate weights must be finite")
        }
        ReplicateError::NotPairs { stratum, .. } | ReplicateError::LonelyStratum { stratum } => {
            let named = job.spec.design.strata.first().and_then(Option::as_ref).and_then(|column| {
                let levels = job.levels(column).ok()?;
                let level = *levels.sorted().get(*stratum as usize)?;
                Some(format!("stratum {} = {}", column.value, levels.names.get(level as usize)?))
            });
            let text = e.to_string();
            let text = named.map_or(text.clone(), |named| text.replacen(&format!("stratum {stratum}"), &named, 1));
            job.refuse(at, text, "see docs/ESTIMATE.md, Replicate weights")
        }
        other => job.refuse(at, other.to_string(), "see docs/ESTIMATE.md, Replicate weights"),
    }
}

fn weight(job: &Job, row: usize, value: f64) -> Refusal {
    let column = job.spec.design.weights.as_ref().map_or("weight", |column| column.value.as_str());
    job.refuse_row(row, format!("{column} is {value}"), "weights must be finite and not negative; leave out rows that stand for nobody")
}

/// An error of the design in the words of the files.
fn explain(job: &Job, e: &SamplingError) -> Refusal {
    let design = &job.spec.design;
    let name = |list: &[Option<Placed>], stage: usize| {
        list.get(stage).and_then(Option::as_ref).map_or("", |column| column.value.as_str()).to_owned()
    };
    let probability =
        |stage: usize| design.probabilities.iter().flatten().nth(stage).map_or("probability", |column| column.value.as_str()).to_owned();
    match e {
        SamplingError::Weight { row, value } => weight(job, *row, *value),
        SamplingError::Probability { row, value, stage } => {
            job.refuse_row(*row, format!("{} is {value}", probability(*stage)), "an inclusion probability is above 0 and at most 1")
        }
        SamplingError::Population { row, value, stage } => job.refuse_row(
            *row,
            format!("{} is {value}", name(&design.fpc, *stage)),
            "give population counts (above 1) or sampling fractions (above 0, at most 1)",
        ),
        SamplingError::MixedPopulations { stage, size, size_value, fraction, fraction_value } => job.refuse_row(
            *fraction,
            format!(
                "{} is {fraction_value}, a sampling fraction, but {size_value}, a count, at line {}",
                name(&design.fpc, *stage),
                job.line(*size)
            ),
            "give one kind in the whole column",
        ),
        SamplingError::PopulationVaries { stage, first, first_value, row, value } => job.refuse_row(
            *row,
            format!(
                "{} is {value}, but {first_value} at line {} in the same stratum of stage {}",
                name(&design.fpc, *stage),
                job.line(*first),
                stage + 1
            ),
            "a stratum has one population size",
        ),
        SamplingError::PopulationTooSmall { row, stage, sampled, population } => job.refuse_row(
            *row,
            format!("{} says {population}, but {sampled} were sampled in this stratum of stage {}", name(&design.fpc, *stage), stage + 1),
            "a population is at least as large as its sample",
        ),
        SamplingError::ClusterInTwoStrata { first, row, .. } => job.refuse_row(
            *row,
            format!(
                "cluster {} is in {}, but at line {} in {}",
                design.clusters.first().and_then(Option::as_ref).map_or(String::new(), |column| format!(
                    "{} = {}",
                    column.value,
                    cell(job, column, *row)
                )),
                stratum_name(job, *row),
                job.line(*first),
                stratum_name(job, *first)
            ),
            "a cluster belongs to one stratum; if identifiers restart in every stratum, write design.nested: true",
        ),
        SamplingError::ProbabilityVaries { stage, first, first_value, row, value } => job.refuse_row(
            *row,
            format!(
                "{} is {value}, but {first_value} at line {} in the same cluster of stage {}",
                probability(*stage),
                job.line(*first),
                stage + 1
            ),
            "a cluster has one inclusion probability",
        ),
        SamplingError::NoWeight => {
            let message = "all weights are 0, so the rows stand for nobody";
            let remedy = "give at least one row a weight above 0";
            design.weights.as_ref().map_or_else(|| job.refuse_all(message, remedy), |column| job.refuse(column, message, remedy))
        }
        other => {
            let remedy = "see docs/ESTIMATE.md, Design";
            design.pps.as_ref().map_or_else(|| job.refuse_all(other.to_string(), remedy), |pps| job.refuse(pps, other.to_string(), remedy))
        }
    }
}
