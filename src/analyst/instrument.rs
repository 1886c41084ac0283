//! Figures about the questionnaire itself: Cronbach's alpha.

use serde_saphyr::Spanned;

use super::engine::Built;
use super::estimates::Domains;
use super::job::Job;
use super::output::Row;
use super::refusal::Result;
use super::spec::{Estimate, Placed};
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
    let asked: Vec<Item<'_>> = columns.iter().map(|column| Item { answers: Answers::Numbers(column), scale: &scale }).collect();
    let mut rows = Vec::with_capacity(domains.labels.len());
    for (place, domain) in (0u32..).zip(0..domains.labels.len()) {
        let inside = built.weights().iter().zip(&domains.ids);
        let weights: Vec<f64> = inside.map(|(weight, id)| if *id == place { *weight } else { 0.0 }).collect();
        let found =
            instrument(&asked, &weights).map_err(|e| job.refuse(placed, e.to_string(), "alpha needs weights that are not negative"))?;
        let flag = match (found.alpha, found.rows) {
            (Some(_), _) => None,
            (None, 0) => Some("empty_domain"),
            (None, _) => Some("zero_denominator"),
        };
        rows.push(Row {
            request: String::new(),
            domain: domains.named(domain),
            variable: "alpha".to_owned(),
            level: None,
            estimate: found.alpha,
            se: None,
            df: None,
            ci_low: None,
            ci_high: None,
            n: found.complete,
            deff: None,
            cv: None,
            flags: flag.into_iter().collect(),
        });
    }
    let df = vec![f64::NAN; rows.len()];
    Ok((rows, df))
}
