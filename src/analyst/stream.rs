//! Satisfaction indices of files of any size, in memory for cells instead of rows.
//!
//! A specification streams when its design is seen from its first stage (weights, strata, PSUs), no weighting follows and all it asks for are
//! satisfaction indices: then a row is added to the sums of its PSU and domain and forgotten. Whatever is unusual in the data
//! (a weight of 0, a missing identifier, a PSU in two strata, a lonely PSU under `fail`) is left to the way over all rows,
//! which also names the line.

use std::collections::HashMap;

use rayon::prelude::*;

use super::condition::Condition;
use super::estimates::{self, Done, Manner};
use super::job::Job;
use super::output::Shape;
use super::read;
use super::refusal::Result;
use super::satisfaction::{self, Plan};
use super::spec::{self, Deff};
use super::table::{Levels, Table};
use crate::stats::design::LonelyPsu;
use crate::stats::index::{IndexStream, NO_DOMAIN, Portion};

/// What one pass over a file gives.
#[derive(Debug)]
pub struct Streamed {
    /// What the design came to.
    pub shape: Shape,
    /// The estimates.
    pub done: Vec<Done>,
}

/// Whether a specification can be estimated in one pass.
#[must_use]
pub fn fits(job: &Job) -> bool {
    let design = &job.spec.design;
    let first_stage = design.strata.len() <= 1 && design.clusters.len() <= 1 && design.fpc.iter().all(Option::is_none);
    let plain = design.probabilities.is_none() && design.pps.is_none() && design.replicates.is_none() && design.make_replicates.is_none();
    let index = |estimate: &spec::Estimate| {
        let each = estimate.satisfaction.as_ref().is_some_and(|index| estimate.each.unwrap_or(index.value.each));
        estimate.satisfaction.is_some() && estimate.deff != Some(Deff::Srswor) && !(estimate.covariance && each)
    };
    first_stage
        && plain
        && !design.lonely_psu_in_domains
        && job.spec.weighting.is_empty()
        && job.spec.tests.is_empty()
        && !job.spec.estimates.is_empty()
        && job.spec.estimates.iter().all(|estimate| index(&estimate.value))
}

/// Estimates in one pass; `None` where the data need the way over all rows.
///
/// # Errors
/// What does not fit, with its place.
pub fn run(job: &Job, progress: &dyn Fn(u64)) -> Result<Option<Streamed>> {
    let wanted = job.wanted()?;
    let mut indices = job.spec.estimates.iter().map(|placed| Index::new(job, &placed.value, placed)).collect::<Result<Vec<_>>>()?;
    let mut frame = Frame::default();
    let mut whole = true;
    read::portions(job.data_path(), &wanted, &job.spec.missing, progress, &mut |batch| {
        // Identifiers are numbered in the order of the file; the sums are then made side by side and merged in that order.
        let mut parts = Vec::with_capacity(batch.len());
        for portion in batch {
            let table = portion.table(&wanted);
            let Some(rows) = frame.rows(job, &table) else {
                whole = false;
                return Ok(());
            };
            let domains = indices.iter_mut().map(|index| index.domains(&table)).collect::<Vec<_>>();
            parts.push((table, rows, domains));
        }
        let sums = |(table, rows, domains): &(Table, Rows, Vec<Vec<u32>>)| {
            indices.iter().zip(domains).map(|(index, domains)| index.sums(table, rows, domains)).collect::<Option<Vec<IndexStream>>>()
        };
        let sums: Vec<Option<Vec<IndexStream>>> = parts.par_iter().map(sums).collect();
        for portion in sums {
            let Some(portion) = portion else {
                whole = false;
                return Ok(());
            };
            for (index, sums) in indices.iter_mut().zip(portion) {
                whole &= index.merge(sums);
            }
        }
        Ok(())
    })?;
    if !whole || (job.spec.design.lonely_psu == spec::LonelyPsu::Fail && frame.lonely()) {
        return Ok(None);
    }
    let lonely: LonelyPsu = job.spec.design.lonely_psu.into();
    let mut done = Vec::with_capacity(indices.len());
    for index in indices {
        match index.finish(lonely) {
            Some(found) => done.push(found),
            None => return Ok(None),
        }
    }
    Ok(Some(Streamed { shape: frame.shape(job), done }))
}

/// Numbers of strata and PSUs over the whole file.
#[derive(Debug, Default)]
struct Frame {
    rows: usize,
    strata: HashMap<String, u32>,
    /// By stratum where identifiers restart there.
    psus: HashMap<(u32, String), u32>,
    /// PSUs of each stratum; rows where rows are PSUs.
    in_stratum: Vec<u64>,
}

/// Design of the rows of a portion.
struct Rows {
    weights: Vec<f64>,
    strata: Option<Vec<u32>>,
    psus: Option<Vec<u32>>,
}

impl Frame {
    /// `None` where the portion holds something unusual.
    fn rows(&mut self, job: &Job, table: &Table) -> Option<Rows> {
        let design = &job.spec.design;
        self.rows += table.rows();
        let weights = match &design.weights {
            Some(column) => table.column(&column.value)?.numbers.clone()?,
            None => vec![1.0; table.rows()],
        };
        if weights.iter().any(|weight| !(weight.is_finite() && *weight > 0.0)) {
            return None;
        }
        let levels = |list: &[Option<spec::Placed>]| {
            let column = list.first().and_then(Option::as_ref)?;
            table.column(&column.value).and_then(|column| column.levels.clone())
        };
        let (strata_levels, psu_levels) = (levels(&design.strata), levels(&design.clusters));
        let named = |list: &[Option<spec::Placed>]| list.first().is_some_and(Option::is_some);
        if named(&design.strata) != strata_levels.is_some() || named(&design.clusters) != psu_levels.is_some() {
            return None;
        }
        let strata = match &strata_levels {
            None => vec![0; table.rows()],
            Some(levels) => {
                let next = |name: &String| {
                    let next = u32::try_from(self.strata.len()).unwrap_or(u32::MAX);
                    *self.strata.entry(name.clone()).or_insert(next)
                };
                let numbers: Vec<u32> = levels.names.iter().map(next).collect();
                levels.translated(&numbers, u32::MAX)
            }
        };
        if strata.contains(&u32::MAX) {
            return None;
        }
        let most = strata.iter().max().copied().unwrap_or(0) as usize;
        if self.in_stratum.len() <= most {
            self.in_stratum.resize(most + 1, 0);
        }
        let psus = match &psu_levels {
            None => {
                strata.iter().for_each(|stratum| self.count(*stratum));
                None
            }
            Some(levels) => Some(self.psus_of(levels, &strata, design.nested)?),
        };
        Some(Rows { weights, strata: strata_levels.map(|_| strata), psus })
    }

    fn count(&mut self, stratum: u32) {
        if let Some(count) = self.in_stratum.get_mut(stratum as usize) {
            *count += 1;
        }
    }

    fn psus_of(&mut self, levels: &Levels, strata: &[u32], nested: bool) -> Option<Vec<u32>> {
        let mut own: HashMap<(u32, u32), u32> = HashMap::new();
        let mut numbers = Vec::with_capacity(strata.len());
        let mut last = None;
        for (row, stratum) in strata.iter().enumerate() {
            let level = levels.of(row)?;
            if let Some((known, number)) = last
                && known == (*stratum, level)
            {
                numbers.push(number);
                continue;
            }
            let number = match own.get(&(*stratum, level)) {
                Some(number) => *number,
                None => {
                    let name = levels.names.get(level as usize)?.clone();
                    let next = u32::try_from(self.psus.len()).unwrap_or(u32::MAX);
                    let number = *self.psus.entry((if nested { *stratum } else { u32::MAX }, name)).or_insert(next);
                    if number == next {
                        self.count(*stratum);
                    }
                    own.insert((*stratum, level), number);
                    number
                }
            };
            last = Some(((*stratum, level), number));
            numbers.push(number);
        }
        Some(numbers)
    }

    /// Whether a stratum has a single PSU.
    fn lonely(&self) -> bool {
        self.in_stratum.contains(&1)
    }

    fn shape(&self, job: &Job) -> Shape {
        let clustered = job.spec.design.clusters.first().is_some_and(Option::is_some);
        let psus = u32::try_from(if clustered { self.psus.len() } else { self.rows }).unwrap_or(u32::MAX);
        let strata = u32::try_from(self.strata.len().max(1)).unwrap_or(u32::MAX);
        Shape { rows: self.rows, strata: Some(strata), psus: Some(psus), replicates: None, df: psus.saturating_sub(strata) }
    }
}

/// One satisfaction index on its way through the file.
struct Index {
    name: String,
    by: Vec<String>,
    plan: Plan,
    manner: Manner,
    condition: Option<Condition>,
    shown: bool,
    /// Number of each combination of values, and its texts.
    known: HashMap<Vec<String>, u32>,
    labels: Vec<Vec<String>>,
    empty: IndexStream,
    sums: IndexStream,
}

impl Index {
    fn new(job: &Job, asked: &spec::Estimate, placed: &serde_saphyr::Spanned<spec::Estimate>) -> Result<Self> {
        let manner = estimates::manner(job, placed)?;
        let name = estimates::name(job, asked.name.as_ref(), placed)?;
        let Some(index) = &asked.satisfaction else {
            return Err(job.refuse(placed, "this is no satisfaction index", "this is a fault of the program"));
        };
        let plan = satisfaction::plan(job, index, asked.each.unwrap_or(index.value.each))?;
        estimates::once(job, &asked.by)?;
        let condition = asked.condition.as_ref().map(|text| job.condition(text)).transpose()?;
        let by: Vec<String> = asked.by.iter().map(|column| column.value.clone()).collect();
        let (scorings, measures) = plan.measures().map_err(|e| job.refuse(index, e.to_string(), "check the satisfaction request"))?;
        let empty =
            IndexStream::new(scorings, &measures, 0).map_err(|e| job.refuse(index, e.to_string(), "check the satisfaction request"))?;
        let mut made = Self {
            name,
            by,
            plan,
            manner,
            condition,
            shown: asked.covariance,
            known: HashMap::new(),
            labels: Vec::new(),
            sums: empty.clone(),
            empty,
        };
        if made.by.is_empty() {
            made.number(Vec::new());
        }
        Ok(made)
    }

    fn number(&mut self, labels: Vec<String>) -> u32 {
        let next = u32::try_from(self.labels.len()).unwrap_or(NO_DOMAIN - 1);
        let number = *self.known.entry(labels.clone()).or_insert(next);
        if number == next {
            self.labels.push(labels);
        }
        number
    }

    /// Domain of each row.
    fn domains(&mut self, table: &Table) -> Vec<u32> {
        let within = self.condition.as_ref().map(|condition| condition.holds(table));
        let levels: Vec<Option<Levels>> =
            self.by.iter().map(|column| table.column(column).and_then(|column| column.levels.clone())).collect();
        let mut own: HashMap<Vec<u32>, u32> = HashMap::new();
        let mut key = Vec::with_capacity(levels.len());
        let mut domains = Vec::with_capacity(table.rows());
        for row in 0..table.rows() {
            key.clear();
            key.extend(levels.iter().map_while(|levels| levels.as_ref().and_then(|levels| levels.of(row))));
            if key.len() < levels.len() {
                domains.push(NO_DOMAIN);
                continue;
            }
            let number = match own.get(&key) {
                Some(number) => *number,
                None => {
                    let text = |(levels, level): (&Option<Levels>, &u32)| {
                        levels.as_ref().and_then(|levels| levels.names.get(*level as usize).cloned()).unwrap_or_default()
                    };
                    let labels = levels.iter().zip(&key).map(text).collect();
                    let number = self.number(labels);
                    own.insert(key.clone(), number);
                    number
                }
            };
            let inside = within.as_ref().is_none_or(|within| within.get(row).copied().unwrap_or(false));
            domains.push(if inside { number } else { NO_DOMAIN });
        }
        domains
    }

    /// Sums of a portion.
    fn sums(&self, table: &Table, rows: &Rows, domains: &[u32]) -> Option<IndexStream> {
        let codes: Vec<Vec<u8>> =
            self.plan.items().map(|item| Some(self.plan.codes(table.column(item)?.levels.as_ref()?))).collect::<Option<_>>()?;
        let codes: Vec<&[u8]> = codes.iter().map(Vec::as_slice).collect();
        let mut sums = self.empty.clone();
        sums.grow(u32::try_from(self.labels.len()).unwrap_or(NO_DOMAIN));
        let portion = Portion {
            weights: &rows.weights,
            domains: Some(domains),
            strata: rows.strata.as_deref(),
            psus: rows.psus.as_deref(),
            codes: &codes,
        };
        sums.add(&portion).ok()?;
        Some(sums)
    }

    fn merge(&mut self, sums: IndexStream) -> bool {
        let count = u32::try_from(self.labels.len()).unwrap_or(NO_DOMAIN);
        self.sums.grow(count);
        let mut sums = sums;
        sums.grow(count);
        self.sums.merge(sums).is_ok()
    }

    fn finish(self, lonely: LonelyPsu) -> Option<Done> {
        let sums = self.sums.finish(lonely).ok()?;
        let order = estimates::sorted(&self.labels);
        let named = |domain: usize| {
            let labels = self.labels.get(domain).cloned().unwrap_or_default();
            self.by.iter().cloned().zip(labels).collect::<Vec<_>>()
        };
        let (rows, df) = self.plan.rows(sums.table().rows(), &order, &named, self.manner);
        if lonely == LonelyPsu::Fail && rows.iter().any(|row| row.flags.contains(&"lonely_psu")) {
            return None;
        }
        let covariance = if self.shown {
            let matrix = sums.covariance(0).ok()?;
            let k = self.labels.len();
            Some(
                order
                    .iter()
                    .flat_map(|a| order.iter().map(move |b| (*a, *b)))
                    .map(|(a, b)| matrix.get(a * k + b).copied().flatten())
                    .collect(),
            )
        } else {
            None
        };
        let rows = rows.into_iter().map(|row| super::output::Row { request: self.name.clone(), ..row }).collect();
        Some(Done { name: self.name, by: self.by, rows, df, covariance, shown: self.shown })
    }
}
