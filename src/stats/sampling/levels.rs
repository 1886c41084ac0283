//! Numbers strata and clusters of every stage within their parents, checks populations, and gives weights.
//!
//! A stratum of stage s + 1 lies within one cluster of stage s, and a cluster within one stratum; equal identifiers under two
//! parents are two things, except that a PSU in two first-stage strata is an error unless identifiers are nested.

use super::{Pps, SamplingError, SamplingSpec, Stage, Weights};
use std::collections::HashMap;

/// One stage, checked. Rows and strata index the vectors.
#[derive(Clone, Debug)]
pub(super) struct Level {
    /// Stratum of each row, dense in order of appearance.
    pub(super) strata: Vec<u32>,
    /// Cluster of each row, dense in order of appearance.
    pub(super) clusters: Vec<u32>,
    /// Given identifier of each stratum.
    pub(super) names: Vec<u32>,
    /// n_h: sampled clusters of each stratum.
    pub(super) units: Vec<u32>,
    /// N_h of each stratum; `None` without finite populations.
    pub(super) populations: Option<Vec<f64>>,
    /// π of each row's cluster, only for Brewer's form at the first stage.
    pub(super) probabilities: Option<Vec<f64>>,
}

pub(super) fn build(spec: &SamplingSpec<'_>) -> Result<Vec<Level>, SamplingError> {
    let direct = [Stage::default()];
    let stages = if spec.stages.is_empty() { &direct[..] } else { &spec.stages };
    let mut levels: Vec<Level> = Vec::with_capacity(stages.len());
    for (number, stage) in stages.iter().enumerate() {
        check_lengths(spec.rows, number, stage)?;
        let parents = levels.last().map(|level| level.clusters.as_slice());
        levels.push(level(spec, number, stage, parents)?);
    }
    Ok(levels)
}

fn check_lengths(rows: usize, number: usize, stage: &Stage<'_>) -> Result<(), SamplingError> {
    let lengths = [
        ("stratum", stage.strata.as_ref().map(|c| c.len())),
        ("cluster", stage.clusters.as_ref().map(|c| c.len())),
        ("population", stage.populations.as_ref().map(|c| c.len())),
    ];
    for (column, found) in lengths {
        if let Some(found) = found
            && found != rows
        {
            return Err(SamplingError::Length { column, stage: number, rows, found });
        }
    }
    Ok(())
}

fn level(spec: &SamplingSpec<'_>, number: usize, stage: &Stage<'_>, parents: Option<&[u32]>) -> Result<Level, SamplingError> {
    let rows = spec.rows;
    let parent = |row: usize| parents.map_or(0, |p| p[row]);
    let given_stratum = |row: usize| stage.strata.as_ref().map_or(0, |s| s[row]);
    let mut numbers = HashMap::new();
    let strata: Vec<u32> = (0..rows).map(|row| number_of(&mut numbers, (parent(row), given_stratum(row)))).collect();
    let mut names = vec![0; numbers.len()];
    (0..rows).for_each(|row| names[strata[row] as usize] = given_stratum(row));
    let mut units = vec![0u32; names.len()];
    let clusters: Vec<u32> = if let Some(given) = &stage.clusters {
        if number == 0 && !spec.nested {
            check_nesting(given, &strata)?;
        }
        let mut numbers = HashMap::new();
        let mut clusters = Vec::with_capacity(rows);
        for row in 0..rows {
            let before = numbers.len();
            clusters.push(number_of(&mut numbers, (strata[row], given[row])));
            units[strata[row] as usize] += u32::from(numbers.len() > before);
        }
        clusters
    } else {
        for stratum in &strata {
            units[*stratum as usize] += 1;
        }
        (0..rows as u32).collect()
    };
    let mut level = Level { strata, clusters, names, units, populations: None, probabilities: None };
    if let Some(given) = &stage.populations {
        level.populations = Some(populations(number, given, &level)?);
    }
    Ok(level)
}

fn number_of(numbers: &mut HashMap<(u32, u32), u32>, name: (u32, u32)) -> u32 {
    let next = numbers.len() as u32;
    *numbers.entry(name).or_insert(next)
}

fn check_nesting(clusters: &[u32], strata: &[u32]) -> Result<(), SamplingError> {
    let mut seen: HashMap<u32, usize> = HashMap::new();
    for (row, cluster) in clusters.iter().copied().enumerate() {
        let first = *seen.entry(cluster).or_insert(row);
        if strata[first] != strata[row] {
            return Err(SamplingError::ClusterInTwoStrata { first, row, cluster });
        }
    }
    Ok(())
}

/// N_h of every stratum from a column of sizes (some above 1) or fractions.
fn populations(stage: usize, given: &[f64], level: &Level) -> Result<Vec<f64>, SamplingError> {
    if let Some(row) = given.iter().position(|value| value.is_nan() || *value <= 0.0) {
        return Err(SamplingError::Population { row, stage, value: given[row] });
    }
    let sizes = given.iter().position(|value| *value > 1.0);
    if let Some((size, fraction)) = sizes.zip(given.iter().position(|value| *value < 1.0)) {
        return Err(SamplingError::MixedPopulations { stage, size, size_value: given[size], fraction, fraction_value: given[fraction] });
    }
    let mut of_stratum: Vec<Option<usize>> = vec![None; level.units.len()];
    for (row, stratum) in level.strata.iter().enumerate() {
        let first = *of_stratum[*stratum as usize].get_or_insert(row);
        if given[first] != given[row] {
            return Err(SamplingError::PopulationVaries { stage, first, first_value: given[first], row, value: given[row] });
        }
    }
    let mut populations = Vec::with_capacity(level.units.len());
    for (row, sampled) in of_stratum.iter().map(|row| row.unwrap_or(0)).zip(level.units.iter().copied()) {
        let value = given[row];
        let population = if sizes.is_some() { value } else { f64::from(sampled) / value };
        if population < f64::from(sampled) {
            return Err(SamplingError::PopulationTooSmall { row, stage, sampled, population });
        }
        populations.push(population);
    }
    Ok(populations)
}

pub(super) fn weights(spec: &SamplingSpec<'_>, levels: &[Level]) -> Result<Vec<f64>, SamplingError> {
    let rows = spec.rows;
    let weights = match &spec.weights {
        Weights::Given(weights) => {
            check_column("weight", 0, rows, weights)?;
            weights.to_vec()
        }
        Weights::Equal => vec![1.0; rows],
        Weights::Probabilities(columns) => {
            let mut product = vec![1.0; rows];
            for (stage, column) in columns.iter().enumerate() {
                check_column("probability", stage, rows, column)?;
                for (row, value) in column.iter().copied().enumerate() {
                    if !(value > 0.0 && value <= 1.0) {
                        return Err(SamplingError::Probability { row, stage, value });
                    }
                    product[row] *= value;
                }
            }
            product.iter().map(|product| product.recip()).collect()
        }
        Weights::FromPopulations => {
            let mut product = vec![1.0; rows];
            for (stage, level) in levels.iter().enumerate() {
                let Some(populations) = &level.populations else {
                    if stage == 0 {
                        return Err(SamplingError::NoPopulations { stage });
                    }
                    break;
                };
                for (product, stratum) in product.iter_mut().zip(&level.strata) {
                    *product *= f64::from(level.units[*stratum as usize]) / populations[*stratum as usize];
                }
            }
            product.iter().map(|product| product.recip()).collect()
        }
    };
    if let Some(row) = weights.iter().position(|weight| !(weight.is_finite() && *weight >= 0.0)) {
        return Err(SamplingError::Weight { row, value: weights[row] });
    }
    if weights.iter().all(|weight| *weight == 0.0) {
        return Err(SamplingError::NoWeight);
    }
    Ok(weights)
}

fn check_column(column: &'static str, stage: usize, rows: usize, values: &[f64]) -> Result<(), SamplingError> {
    if values.len() == rows { Ok(()) } else { Err(SamplingError::Length { column, stage, rows, found: values.len() }) }
}

/// The probabilities of a stage of a PPS design: one in each of its clusters; `None` without a column for that stage.
pub(super) fn stage_probabilities<'a>(spec: &'a SamplingSpec<'_>, stage: usize, level: &Level) -> Result<Option<&'a [f64]>, SamplingError> {
    let Weights::Probabilities(columns) = &spec.weights else {
        return Err(SamplingError::PpsProbabilities);
    };
    debug_assert!(!matches!(spec.pps, Pps::None));
    let Some(column) = columns.get(stage) else {
        return Ok(None);
    };
    let mut first_row: HashMap<u32, usize> = HashMap::new();
    for (row, cluster) in level.clusters.iter().enumerate() {
        let first = *first_row.entry(*cluster).or_insert(row);
        if column[first] != column[row] {
            return Err(SamplingError::ProbabilityVaries { stage, first, first_value: column[first], row, value: column[row] });
        }
    }
    Ok(Some(column))
}

/// Place of each row in the order of all levels, `None` when rows already stand so that strata and clusters are contiguous.
pub(super) fn places(rows: usize, levels: &[Level]) -> Option<Vec<u32>> {
    let key = |row: usize| levels.iter().flat_map(move |level| [level.strata[row], level.clusters[row]]);
    if (1..rows).all(|row| key(row - 1).le(key(row))) {
        return None;
    }
    let mut order: Vec<u32> = (0..rows as u32).collect();
    order.sort_by(|a, b| key(*a as usize).cmp(key(*b as usize)));
    let mut places = vec![0u32; rows];
    for (place, row) in (0u32..).zip(&order) {
        places[*row as usize] = place;
    }
    Some(places)
}
