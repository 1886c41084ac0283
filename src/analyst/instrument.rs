//! Figures about the questionnaire itself: Cronbach's alpha, and how its items work.

use serde_saphyr::Spanned;

use super::engine::Built;
use super::estimates::Domains;
use super::job::Job;
use super::output::Row;
use super::refusal::Result;
use super::spec::{Estimate, ItemQuality, Placed};
use crate::stats::instrument::{Answers, Item, Scale, instrument};

/// Cronbach's alpha of some items in every domain, over the rows that answered all of them.
///
/// # Errors
/// Fewer than two items, or a column that is not there.
pub fn alpha(job: &Job, built: &Built, placed: &Spanned<Estimate>, items: &[Placed], domains: &Domains) -> Result<(Vec<Row>, Vec<f64>)> {
    if items.len() < 2 {
        return Err(job.refuse(placed, "alpha needs at least two items", "name more"));
    }
    let columns = items.iter().map(|item| job.numbers(item)).collect::<Result<Vec<_>>>()?;
    let scale = Scale::any_number();
    let asked = items_of(&columns, &scale);
    let mut rows = Vec::with_capacity(domains.labels.len());
    for domain in 0..domains.labels.len() {
        let found = instrument(&asked, &weights(built, domains, domain))
            .map_err(|e| job.refuse(placed, e.to_string(), "alpha needs weights that are not negative"))?;
        rows.push(figure(domains, domain, "alpha", None, found.alpha, found.complete));
    }
    Ok(without_df(rows))
}

/// Alpha of the items, and of each item what it adds and how it is answered, in every domain.
///
/// # Errors
/// No items, answers that are no numbers or named twice.
pub fn quality(job: &Job, built: &Built, placed: &Spanned<ItemQuality>, domains: &Domains) -> Result<(Vec<Row>, Vec<f64>)> {
    let asked = &placed.value;
    let refuse = |e: &dyn std::fmt::Display| job.refuse(placed, e.to_string(), "see docs/ESTIMATE.md, Estimates");
    let columns = asked.items.iter().map(|item| job.numbers(item)).collect::<Result<Vec<_>>>()?;
    let points: Vec<(f64, f64)> = asked.valid.iter().map(|code| (*code, *code)).collect();
    let scale = Scale::new(&points, &asked.not_applicable).map_err(|e| refuse(&e))?;
    let items = items_of(&columns, &scale);
    let mut rows = Vec::new();
    for domain in 0..domains.labels.len() {
        let found = instrument(&items, &weights(built, domains, domain)).map_err(|e| refuse(&e))?;
        rows.push(figure(domains, domain, "alpha", None, found.alpha, found.complete));
        for (item, of) in asked.items.iter().zip(&found.items) {
            let figures = [
                ("alpha_without", of.alpha_without, found.complete),
                ("item_rest", of.item_rest, found.complete),
                ("ceiling", of.ceiling.map(|share| share.weighted), of.valid),
                ("floor", of.floor.map(|share| share.weighted), of.valid),
                ("nonresponse", of.nonresponse.map(|share| share.weighted), found.rows),
                ("not_applicable", of.not_applicable.map(|share| share.weighted), found.rows),
            ];
            rows.extend(figures.map(|(name, value, n)| figure(domains, domain, &item.value, Some(name), value, n)));
        }
    }
    Ok(without_df(rows))
}

fn items_of<'a>(columns: &[&'a [f64]], scale: &'a Scale) -> Vec<Item<'a>> {
    columns.iter().map(|column| Item { answers: Answers::Numbers(column), scale }).collect()
}

/// Final weights inside a domain, 0 outside.
fn weights(built: &Built, domains: &Domains, domain: usize) -> Vec<f64> {
    let inside = |id: &u32| usize::try_from(*id).is_ok_and(|id| id == domain);
    built.weights().iter().zip(&domains.ids).map(|(weight, id)| if inside(id) { *weight } else { 0.0 }).collect()
}

fn figure(domains: &Domains, domain: usize, variable: &str, level: Option<&str>, estimate: Option<f64>, n: u64) -> Row {
    let flag = match (estimate, n) {
        (Some(_), _) => None,
        (None, 0) => Some("empty_domain"),
        (None, _) => Some("zero_denominator"),
    };
    Row {
        request: String::new(),
        domain: domains.named(domain),
        variable: variable.to_owned(),
        level: level.map(str::to_owned),
        estimate,
        se: None,
        df: None,
        ci_low: None,
        ci_high: None,
        n,
        deff: None,
        cv: None,
        flags: flag.into_iter().collect(),
    }
}

/// These figures have no standard error, so no degrees of freedom.
fn without_df(rows: Vec<Row>) -> (Vec<Row>, Vec<f64>) {
    let df = vec![f64::NAN; rows.len()];
    (rows, df)
}
