//! The satisfaction index of a specification: overall, by factor, by item.
//!
//! Designs seen from their first stage take the fast path of [`crate::stats::index`], all others the general one of
//! [`crate::stats::estimate`]; both give the same figures.

use std::borrow::Cow;

use serde_saphyr::Spanned;

use super::engine::Built;
use super::estimates::{self, Domains, Estimated, Figure, Manner};
use super::job::Job;
use super::output::Row;
use super::refusal::Result;
use super::spec::{Aggregate, Deff, Placed, Satisfaction};
use super::table::{Levels, same_value};
use crate::stats::design::Design;
use crate::stats::estimate::{Estimate, Part, Statistic};
use crate::stats::index::{self, Calibrated, Index, IndexSpec, Item, Measure, Scoring};
use crate::stats::sampling::Sampling;
use crate::stats::weighting::{Margin, RakeVariance, Step};

/// Codes of the fast path: 0 leaves numerator and denominator.
const VALID: u8 = 1;
const SATISFIED: u8 = 2;

/// The items, the figures made of them, and which answers count.
#[derive(Debug)]
pub struct Plan {
    items: Vec<Placed>,
    wanted: Vec<Wanted>,
    valid: Vec<String>,
    satisfied: Vec<String>,
}

/// One figure and the items it is made of, by their place.
#[derive(Debug)]
struct Wanted {
    name: String,
    made: Made,
}

#[derive(Debug)]
enum Made {
    Pooled(Vec<usize>),
    /// Items with coefficients that sum to 1.
    Mean(Vec<(usize, f64)>),
}

/// Rows of the index in every domain.
///
/// # Errors
/// What does not fit, with its place.
pub fn rows(
    job: &Job,
    built: &Built,
    placed: &Spanned<Satisfaction>,
    each: bool,
    domains: &Domains,
    manner: Manner,
    joint: bool,
) -> Result<Estimated> {
    let plan = plan(job, placed, each)?;
    let codes = plan.items.iter().map(|item| Ok(plan.codes(job.levels(item)?))).collect::<Result<Vec<_>>>()?;
    let fast = built.replicates.is_none() && manner.deff != Some(Deff::Srswor) && (!joint || plan.wanted.len() == 1);
    if fast && let Some(done) = plan.quickly(job, built, &codes, domains, manner, joint)? {
        return Ok(done);
    }
    let statistics: Vec<Statistic<'_>> = plan.wanted.iter().map(|wanted| combined(&wanted.made, &codes)).collect();
    estimates::estimated(job, built, &plan.figures(), &statistics, domains, manner, joint)
}

impl Plan {
    /// Columns of the items.
    pub fn items(&self) -> impl Iterator<Item = &str> {
        self.items.iter().map(|item| item.value.as_str())
    }

    fn figures(&self) -> Vec<Figure> {
        self.wanted.iter().map(|wanted| Figure { variable: wanted.name.clone(), level: None, proportion: true, scale: 100.0 }).collect()
    }

    /// One code a row.
    #[must_use]
    pub fn codes(&self, levels: &Levels) -> Vec<u8> {
        let among = |list: &[String], name: &str| list.iter().any(|answer| same_value(answer, name));
        let code = |name: &String| match (among(&self.valid, name), among(&self.satisfied, name)) {
            (true, true) => SATISFIED,
            (true, false) => VALID,
            _ => 0,
        };
        let table: Vec<u8> = levels.names.iter().map(code).collect();
        levels.translated(&table, 0)
    }

    /// Scoring of each item and the figures as the fast path takes them.
    ///
    /// # Errors
    /// None for the codes used here.
    pub fn measures(&self) -> std::result::Result<(Vec<Scoring>, Vec<Measure>), index::ScoringError> {
        let scoring = Scoring::satisfied(&[VALID, SATISFIED], &[SATISFIED])?;
        let measure = |wanted: &Wanted| match &wanted.made {
            Made::Pooled(items) => Measure::pooled(items.iter().copied()),
            Made::Mean(items) => Measure::Linear(items.clone()),
        };
        Ok((vec![scoring; self.items.len()], self.wanted.iter().map(measure).collect()))
    }

    /// Rows of the output from those of the fast path, domains in the given order.
    #[must_use]
    pub fn rows(
        &self,
        found: &[index::Estimate],
        order: &[usize],
        named: &dyn Fn(usize) -> Vec<(String, String)>,
        manner: Manner,
    ) -> (Vec<Row>, Vec<f64>) {
        let figures = self.figures();
        let (mut rows, mut dfs) = (Vec::with_capacity(found.len()), Vec::with_capacity(found.len()));
        for domain in order {
            for (which, figure) in figures.iter().enumerate() {
                let Some(found) = found.get(domain * figures.len() + which) else { continue };
                let estimate = share(found);
                let df = estimates::degrees(manner.df, &estimate);
                let interval = estimate
                    .estimate
                    .zip(estimate.se)
                    .filter(|_| df > 0.0)
                    .and_then(|(value, se)| estimates::of_proportion(manner, value, se, df, &estimate));
                rows.push(estimates::row(named(*domain), figure, &estimate, interval, df, manner));
                dfs.push(df);
            }
        }
        (rows, dfs)
    }

    /// All figures in one pass; `None` where the design has more than its first stage, or weights whose variance needs all rows.
    fn quickly(
        &self,
        job: &Job,
        built: &Built,
        codes: &[Vec<u8>],
        domains: &Domains,
        manner: Manner,
        joint: bool,
    ) -> Result<Option<Estimated>> {
        let Some(base) = built.sampling.as_ref().and_then(Sampling::ultimate_clusters) else {
            return Ok(None);
        };
        let fault = |e: &dyn std::fmt::Display| job.refuse_all(e.to_string(), "check the satisfaction request");
        let known = match &built.chain {
            None => None,
            Some(_) => match margins(built, &base) {
                Some(margins) => Some(margins),
                None => return Ok(None),
            },
        };
        let weighted = if built.chain.is_some() { base.with_weights(built.weights()).ok() } else { Some(base.clone()) };
        let Some(design) = weighted else {
            return Ok(None);
        };
        let (scorings, measures) = self.measures().map_err(|e| fault(&e))?;
        let items: Vec<Item<'_>> = codes.iter().zip(&scorings).map(|(codes, scoring)| Item { codes, scoring }).collect();
        let count = u32::try_from(domains.labels.len()).unwrap_or(u32::MAX);
        let spec = IndexSpec {
            design: &design,
            items: &items,
            measures: &measures,
            domains: index::Domains::new(domains.ids.as_slice(), count),
            poststratified: None,
        };
        let mut index = Index::new(spec).map_err(|e| fault(&e))?;
        if let Some(known) = &known {
            index = index.calibrated(known).map_err(|e| fault(&e))?;
        }
        let sums = index.sums();
        let order: Vec<usize> = (0..domains.labels.len()).collect();
        let (rows, dfs) = self.rows(sums.table().rows(), &order, &|domain| domains.named(domain), manner);
        let covariance = if joint { Some(sums.covariance(0).map_err(|e| fault(&e))?) } else { None };
        Ok(Some((rows, dfs, covariance)))
    }
}

/// The margins that the weights meet, where the weighting is one step of post-stratification or raking with the variance of calibration.
fn margins<'a>(built: &'a Built, base: &'a Design<'_>) -> Option<Calibrated<'a>> {
    let margins: &[Margin] = match built.steps.as_slice() {
        [named] => match &named.step {
            Step::Poststratify(margin) => std::slice::from_ref(margin),
            Step::Rake(raking) if raking.variance == RakeVariance::Calibration => &raking.margins,
            _ => return None,
        },
        _ => return None,
    };
    let cells = |margin: &'a Margin| (Cow::Borrowed(margin.cells.as_slice()), u32::try_from(margin.totals.len()).unwrap_or(u32::MAX));
    Calibrated::new(base.weights(), margins.iter().map(cells).collect()).ok()
}

/// Checks an index and lays out what it gives.
///
/// # Errors
/// What does not fit, with its place.
pub fn plan(job: &Job, placed: &Spanned<Satisfaction>, each: bool) -> Result<Plan> {
    let index = &placed.value;
    let factors: &[(Placed, Vec<Placed>)] = index.factors.as_ref().map(|factors| factors.0.as_slice()).unwrap_or_default();
    let mut items: Vec<Placed> = Vec::new();
    let mut place = |item: &Placed| {
        items.iter().position(|known| known.value == item.value).unwrap_or_else(|| {
            items.push(item.clone());
            items.len() - 1
        })
    };
    let listed: Vec<usize> = index.items.iter().map(&mut place).collect();
    let grouped: Vec<(String, Vec<usize>)> =
        factors.iter().map(|(name, items)| (name.value.clone(), items.iter().map(&mut place).collect())).collect();
    let twice = |list: &[usize]| list.iter().enumerate().any(|(at, item)| list.get(..at).is_some_and(|before| before.contains(item)));
    if twice(&listed) || grouped.iter().any(|(_, list)| twice(list)) {
        return Err(job.refuse(placed, "an item is named twice", "name every item once in items and once in a factor"));
    }
    if let Some((name, _)) = factors.iter().find(|(_, items)| items.is_empty()) {
        return Err(job.refuse(name, format!("factor {} has no items", name.value), "name its items"));
    }
    let all: Vec<usize> = if listed.is_empty() { (0..items.len()).collect() } else { listed };
    if all.is_empty() {
        return Err(job.refuse(placed, "the index has no items", "name them under items or factors"));
    }
    let share = |list: &[usize], of: f64| list.iter().map(|item| (*item, 1.0 / list.len() as f64 / of)).collect::<Vec<_>>();
    let made = |list: &[usize]| match index.aggregate {
        Aggregate::Pooled => Made::Pooled(list.to_vec()),
        Aggregate::ItemMean | Aggregate::FactorMean => Made::Mean(share(list, 1.0)),
    };
    let overall = match index.aggregate {
        Aggregate::FactorMean if grouped.is_empty() => {
            return Err(job.refuse(placed, "factor_mean needs factors", "write factors: {F1: [q01, q02], F2: [q03]}"));
        }
        // An item of two factors counts in both.
        Aggregate::FactorMean => {
            let mut sum: Vec<(usize, f64)> = Vec::new();
            for (item, part) in grouped.iter().flat_map(|(_, list)| share(list, grouped.len() as f64)) {
                match sum.iter_mut().find(|(known, _)| *known == item) {
                    Some((_, coefficient)) => *coefficient += part,
                    None => sum.push((item, part)),
                }
            }
            Made::Mean(sum)
        }
        _ => made(&all),
    };
    let clash = |name: &&(Placed, Vec<Placed>)| name.0.value == "overall" || items.iter().any(|item| item.value == name.0.value);
    if let Some((name, _)) = factors.iter().find(clash).filter(|_| each) {
        return Err(job.refuse(
            name,
            format!("the factor {} has the name of an item or of the index itself", name.value),
            "give it a name of its own",
        ));
    }
    let mut wanted = vec![Wanted { name: "overall".to_owned(), made: overall }];
    if each {
        wanted.extend(grouped.iter().map(|(name, list)| Wanted { name: name.clone(), made: made(list) }));
        let single = |(place, item): (usize, &Placed)| Wanted { name: item.value.clone(), made: Made::Pooled(vec![place]) };
        wanted.extend(items.iter().enumerate().map(single));
    }
    if let Some(answer) = index.satisfied.iter().find(|answer| !index.valid.iter().any(|valid| same_value(&valid.value, &answer.value))) {
        return Err(job.refuse(answer, format!("the satisfied answer {} is not among the valid ones", answer.value), "add it to valid"));
    }
    if index.satisfied.is_empty() {
        return Err(job.refuse(placed, "no answer is satisfied", "name the satisfied answers, such as satisfied: [4, 5]"));
    }
    let texts = |list: &[Placed]| list.iter().map(|answer| answer.value.clone()).collect();
    Ok(Plan { items, wanted, valid: texts(&index.valid), satisfied: texts(&index.satisfied) })
}

fn combined(made: &Made, codes: &[Vec<u8>]) -> Statistic<'static> {
    let column = |item: &usize| codes.get(*item).map(Vec::as_slice).unwrap_or_default();
    let part = |coefficient: f64, items: &[usize]| {
        let rows = items.first().map_or(0, |item| column(item).len());
        let (mut satisfied, mut valid) = (vec![0.0; rows], vec![0.0; rows]);
        for item in items {
            for ((satisfied, valid), code) in satisfied.iter_mut().zip(&mut valid).zip(column(item)) {
                *satisfied += f64::from(u8::from(*code == SATISFIED));
                *valid += f64::from(u8::from(*code > 0));
            }
        }
        Part { coefficient, numerator: satisfied.into(), denominator: valid.into() }
    };
    Statistic::Combined(match made {
        Made::Pooled(items) => vec![part(1.0, items)],
        Made::Mean(items) => items.iter().map(|(item, coefficient)| part(*coefficient, &[*item])).collect(),
    })
}

/// A percentage as a share.
fn share(found: &index::Estimate) -> Estimate {
    Estimate {
        estimate: found.estimate.map(|value| (value / 100.0).clamp(0.0, 1.0)),
        se: found.se.map(|se| se / 100.0),
        n: found.n_valid,
        df_design: found.df_design,
        df_domain: found.df_domain,
        deff_srswor: None,
        deff_srswr: found.deff,
        flag: found.flag,
    }
}
