//! The design with its weights, as what estimates: linearisation or replicate weights.

use super::design::{self, Drawn};
use super::job::Job;
use super::refusal::Result;
use super::weighting::{self, Named};
use crate::stats::estimate::{Domain, Estimate, EstimateError, Joint, QuantileError, QuantileEstimate, QuantileRequest, Request, Survey};
use crate::stats::interval::ProportionInterval;
use crate::stats::replicate::{ReplicateError, Replicates};
use crate::stats::sampling::Sampling;
use crate::stats::weighting::{Chain, Record, Step};

/// All that estimates rest on.
#[derive(Debug)]
pub struct Built {
    /// The structure of the sample, unless replicate weights were given instead.
    pub sampling: Option<Sampling>,
    /// The weighting, where there are steps.
    pub chain: Option<Chain>,
    /// Replicate weights, given or made, after the weighting.
    pub replicates: Option<Replicates>,
    /// What the steps call their cells and columns.
    pub steps: Vec<Named>,
}

/// Builds design, weighting and replicates.
///
/// # Errors
/// What does not fit, with its place.
pub fn build(job: &Job, warnings: &mut Vec<String>) -> Result<Built> {
    let drawn = design::build(job, warnings)?;
    let steps = weighting::build(job)?;
    let plain: Vec<Step> = steps.iter().map(|named| named.step.clone()).collect();
    let (sampling, replicates) = match drawn {
        Drawn::Replicates(replicates) => (None, Some(replicates)),
        Drawn::Sampling(sampling) => {
            let made = design::made(job, &sampling, warnings)?;
            (Some(sampling), made)
        }
    };
    let base = sampling.as_ref().map(Sampling::weights).or_else(|| replicates.as_ref().map(Replicates::weights)).unwrap_or_default();
    let chain = if plain.is_empty() { None } else { Some(Chain::new(base, &plain).map_err(|e| weighting::explain(job, &steps, &e))?) };
    let replicates = match replicates {
        Some(replicates) if !plain.is_empty() => Some(replicates.reweighted(&plain).map_err(|e| match &e {
            ReplicateError::Weighting { replicate: Some(replicate), problem } => {
                let mut refusal = weighting::explain(job, &steps, problem);
                refusal.message = format!("in replicate {}: {}", replicate + 1, refusal.message);
                refusal
            }
            ReplicateError::Weighting { replicate: None, problem } => weighting::explain(job, &steps, problem),
            other => match job.spec.weighting.first() {
                Some(step) => design::replicate_refusal(job, step, other),
                None => job.refuse_all(other.to_string(), "see docs/ESTIMATE.md, Replicate weights"),
            },
        })?),
        other => other,
    };
    Ok(Built { sampling, chain, replicates, steps })
}

impl Built {
    /// Final weights.
    #[must_use]
    pub fn weights(&self) -> &[f64] {
        let base = || self.sampling.as_ref().map(Sampling::weights).or_else(|| self.replicates.as_ref().map(Replicates::weights));
        self.chain.as_ref().map(Chain::weights).or_else(base).unwrap_or_default()
    }

    /// A record of each weighting step.
    #[must_use]
    pub fn records(&self) -> &[Record] {
        self.chain.as_ref().map(Chain::records).unwrap_or_default()
    }

    /// What estimates.
    #[must_use]
    pub fn engine(&self) -> Engine<'_> {
        match (&self.replicates, &self.sampling) {
            (Some(replicates), _) => Engine::Replicated(replicates),
            (None, Some(sampling)) => {
                let weighted = self.chain.as_ref().and_then(|chain| Survey::weighted(sampling, chain));
                Engine::Linearised(weighted.unwrap_or_else(|| Survey::new(sampling)))
            }
            (None, None) => Engine::Nothing,
        }
    }
}

/// Linearisation or replication.
#[derive(Debug)]
pub enum Engine<'a> {
    /// Taylor series.
    Linearised(Survey<'a>),
    /// Replicate weights.
    Replicated(&'a Replicates),
    /// Neither: cannot be, as a design is one of both.
    Nothing,
}

impl Engine<'_> {
    /// Estimates in the order asked for.
    ///
    /// # Errors
    /// A request that does not fit the rows.
    pub fn estimate(&self, requests: &[Request<'_>]) -> std::result::Result<Vec<Estimate>, EstimateError> {
        match self {
            Engine::Linearised(survey) => survey.estimate(requests),
            Engine::Replicated(replicates) => replicates.estimate(requests),
            Engine::Nothing => Ok(Vec::new()),
        }
    }

    /// The same with their covariance matrix.
    ///
    /// # Errors
    /// As for [`Engine::estimate`].
    pub fn jointly(&self, requests: &[Request<'_>]) -> std::result::Result<Joint, EstimateError> {
        match self {
            Engine::Linearised(survey) => survey.jointly(requests),
            Engine::Replicated(replicates) => replicates.jointly(requests),
            Engine::Nothing => Ok(Joint { estimates: Vec::new(), covariance: Vec::new() }),
        }
    }

    /// Quantiles of a column in a domain.
    ///
    /// # Errors
    /// A share, level or number of degrees of freedom that cannot be.
    pub fn quantiles(
        &self,
        y: &[f64],
        domain: Domain<'_>,
        shares: &[f64],
        level: f64,
        df: Option<f64>,
    ) -> std::result::Result<Vec<QuantileEstimate>, QuantileError> {
        let asked = QuantileRequest { y, domain, shares, level, df, interval: ProportionInterval::Mean };
        match self {
            Engine::Linearised(survey) => survey.quantiles_by(&asked),
            Engine::Replicated(replicates) => replicates.quantiles(&asked),
            Engine::Nothing => Ok(Vec::new()),
        }
    }

    /// PSUs − strata, or the rank of the replicate weights − 1.
    #[must_use]
    pub fn degrees_of_freedom(&self) -> u32 {
        match self {
            Engine::Linearised(survey) => survey.degrees_of_freedom(),
            Engine::Replicated(replicates) => replicates.degrees_of_freedom(),
            Engine::Nothing => 0,
        }
    }
}
