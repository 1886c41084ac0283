//! The satisfaction index of a specification: overall, by factor, by item.
//!
//! Designs seen from their first stage take the fast path of [`crate::stats::index`], all others the general one of
//! [`crate::stats::estimate`]; both give the same figures.

use serde_saphyr::Spanned;

use super::engine::Built;
use super::estimates::{self, Domains, Estimated, Figure, Manner};
use super::job::Job;
use super::output::Row;
use super::refusal::Result;
use super::spec::{Aggregate, Deff, Placed, Satisfaction};
use super::table::{Levels, parse_number};
use crate::stats::estimate::{Estimate, Part, Statistic};
use crate::stats::index::{self, Index, IndexSpec, Item, Measure, Scoring};
use crate::stats::sampling::Sampling;

/// Codes of the fast path: 0 leaves numerator and denominator.
const VALID: u8 = 1;
const SATISFIED: u8 = 2;

/// One figure and the items it is made of, by their place.
struct Wanted {
    name: String,
    made: Made,
}

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
    let (items, wanted) = plan(job, placed, each)?;
    let codes = items.iter().map(|item| codes(job, placed, item)).collect::<Result<Vec<_>>>()?;
    let figures: Vec<Figure> =
        wanted.iter().map(|wanted| Figure { variable: wanted.name.clone(), level: None, proportion: true, scale: 100.0 }).collect();
    let fast = built.replicates.is_none() && built.chain.is_none() && manner.deff != Some(Deff::Srswor) && (!joint || wanted.len() == 1);
    if let (true, Some(sampling)) = (fast, &built.sampling)
        && let Some(done) = quickly(job, sampling, &codes, &wanted, &figures, domains, manner, joint)?
    {
        return Ok(done);
    }
    let statistics: Vec<Statistic<'_>> = wanted.iter().map(|wanted| combined(&wanted.made, &codes)).collect();
    estimates::estimated(job, built, &figures, &statistics, domains, manner, joint)
}

/// The items, and the figures made of them.
fn plan(job: &Job, placed: &Spanned<Satisfaction>, each: bool) -> Result<(Vec<Placed>, Vec<Wanted>)> {
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
    Ok((items, wanted))
}

/// One code a row.
fn codes(job: &Job, placed: &Spanned<Satisfaction>, item: &Placed) -> Result<Vec<u8>> {
    let index = &placed.value;
    if let Some(answer) = index.satisfied.iter().find(|answer| !index.valid.iter().any(|valid| same(&valid.value, &answer.value))) {
        return Err(job.refuse(answer, format!("the satisfied answer {} is not among the valid ones", answer.value), "add it to valid"));
    }
    if index.satisfied.is_empty() {
        return Err(job.refuse(placed, "no answer is satisfied", "name the satisfied answers, such as satisfied: [4, 5]"));
    }
    let levels: &Levels = job.levels(item)?;
    let among = |list: &[Placed], name: &str| list.iter().any(|answer| same(&answer.value, name));
    let code = |name: &String| match (among(&index.valid, name), among(&index.satisfied, name)) {
        (true, true) => SATISFIED,
        (true, false) => VALID,
        _ => 0,
    };
    let table: Vec<u8> = levels.names.iter().map(code).collect();
    Ok(levels.translated(&table, 0))
}

/// The same text, or the same number.
fn same(a: &str, b: &str) -> bool {
    a == b || parse_number(a).zip(parse_number(b)).is_some_and(|(a, b)| a == b)
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

/// All figures in one pass; `None` where the design has more than its first stage.
#[expect(clippy::too_many_arguments, reason = "the parts of one estimate")]
fn quickly(
    job: &Job,
    sampling: &Sampling,
    codes: &[Vec<u8>],
    wanted: &[Wanted],
    figures: &[Figure],
    domains: &Domains,
    manner: Manner,
    joint: bool,
) -> Result<Option<Estimated>> {
    let Some(design) = sampling.ultimate_clusters() else {
        return Ok(None);
    };
    let fault = |e: &dyn std::fmt::Display| job.refuse_all(e.to_string(), "check the satisfaction request");
    let scoring = Scoring::satisfied(&[VALID, SATISFIED], &[SATISFIED]).map_err(|e| fault(&e))?;
    let items: Vec<Item<'_>> = codes.iter().map(|codes| Item { codes, scoring: &scoring }).collect();
    let measure = |wanted: &Wanted| match &wanted.made {
        Made::Pooled(items) => Measure::pooled(items.iter().copied()),
        Made::Mean(items) => Measure::Linear(items.clone()),
    };
    let measures: Vec<Measure> = wanted.iter().map(measure).collect();
    let count = u32::try_from(domains.labels.len()).unwrap_or(u32::MAX);
    let spec = IndexSpec {
        design: &design,
        items: &items,
        measures: &measures,
        domains: index::Domains::new(domains.ids.as_slice(), count),
        poststratified: None,
    };
    let index = Index::new(spec).map_err(|e| fault(&e))?;
    let table = index.estimate();
    let (mut rows, mut dfs): (Vec<Row>, Vec<f64>) = (Vec::with_capacity(table.rows().len()), Vec::with_capacity(table.rows().len()));
    for (place, found) in table.rows().iter().enumerate() {
        let (domain, which) = (place / figures.len().max(1), place % figures.len().max(1));
        let Some(figure) = figures.get(which) else { continue };
        let estimate = share(found);
        let df = estimates::degrees(manner.df, &estimate);
        let interval = estimate
            .estimate
            .zip(estimate.se)
            .filter(|_| df > 0.0)
            .and_then(|(value, se)| estimates::of_proportion(manner, value, se, df, &estimate));
        rows.push(estimates::row(domains.named(domain), figure, &estimate, interval, df, manner));
        dfs.push(df);
    }
    let covariance = if joint { Some(index.covariance(0).map_err(|e| fault(&e))?) } else { None };
    Ok(Some((rows, dfs, covariance)))
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
