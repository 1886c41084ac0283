//! The satisfaction index: the weighted share (or mean points) of items, by domain, with its Taylor standard error.
//!
//! Notation: row i answers item k with a code; v_ik = 1 for a valid code and 0 otherwise, s_ik its score (for a satisfied
//! share 100 for satisfied codes, 0 for other valid ones), wᵢ the weight. Over the rows of a domain
//! S_k = Σ wᵢ s_ik and W_k = Σ wᵢ v_ik, so a missing or not-applicable answer leaves numerator and denominator.
//!
//! | measure | estimate θ | linearised value zᵢ inside the domain, 0 outside |
//! |---|---|---|
//! | pooled over items K | Σ_K S_k / Σ_K W_k | Σ_K (s_ik − θ v_ik) / Σ_K W_k |
//! | linear with coefficients c_k | Σ c_k p_k, p_k = S_k / W_k | Σ c_k (s_ik − p_k v_ik) / W_k |
//!
//! An item, the mean of items and the mean of factor means are linear. Linearisation: R. S. Woodruff, J. Am. Stat. Assoc. 66
//! (1971) 411; ratio estimators C.-E. Särndal, B. Swensson and J. Wretman, *Model Assisted Survey Sampling* (1992), section 5.6. The variance of
//! θ is that of the total of z under the design (see [`super::design`]): the whole design is kept, PSUs without rows of the
//! domain have total 0. With post-stratified weights zᵢ − z̄_c takes the place of zᵢ (see [`super::poststratify`]).
//!
//! Design effect against simple random sampling with replacement: V / V₀ with V₀ = N̂ Σ w z² / (n − 1), where n and N̂ count rows,
//! and sum weights of rows, with a valid answer to at least one item of the measure (for one item this is S²/n as in R's
//! `deff = "replace"`: L. Kish, *Survey Sampling*, 1965, section 8.2). Effective n = n / deff.
//!
//! Computation: every item's Σ w t and Σ w v (score = low + span · t) are added up by cell, a cell being a PSU of a domain
//! or, where rows are PSUs, a stratum of a domain (`kernel`, `cells`, `state`). As z is linear in t and v, estimates, variances and
//! covariances of all measures follow from the cells (`variance`, `finish`, `covariance`); only design effects of measures of several items
//! need z row by row (`tally`). `known` is what known totals add, and `stream` makes the table from rows that come in portions.
//!
//! Rows are added up along a fixed tree, so the number of threads changes no digit.

mod algebra;
mod cells;
mod covariance;
mod error;
mod finish;
mod frame;
mod gram;
mod kernel;
mod known;
mod measure;
mod state;
mod stream;
mod tally;
mod variance;

pub use error::{IndexError, StreamError};
pub use known::Calibrated;
pub use measure::{Measure, Scoring, ScoringError};
pub use stream::{IndexStream, Portion};

use super::design::Design;
use super::poststratify::Poststratified;
use measure::Terms;
use state::State;
use std::borrow::Cow;

/// The domain number of a row that is in no domain.
pub const NO_DOMAIN: u32 = u32::MAX;

/// The answers to one item and how they count.
#[derive(Clone, Copy, Debug)]
pub struct Item<'a> {
    /// Answer code of each row.
    pub codes: &'a [u8],
    /// What each code is worth.
    pub scoring: &'a Scoring,
}

/// Which rows belong to which domain; domains do not overlap (estimate overlapping ones in turn).
#[derive(Clone, Debug)]
pub struct Domains<'a> {
    ids: Option<Cow<'a, [u32]>>,
    count: u32,
}

impl<'a> Domains<'a> {
    /// One domain with all rows.
    #[must_use]
    pub fn whole() -> Self {
        Self { ids: None, count: 1 }
    }

    /// Domain of each row, from 0 to `count` − 1 or [`NO_DOMAIN`]; a domain may be without rows.
    #[must_use]
    pub fn new(ids: impl Into<Cow<'a, [u32]>>, count: u32) -> Self {
        Self { ids: Some(ids.into()), count }
    }

    /// Number of domains.
    #[must_use]
    pub fn count(&self) -> u32 {
        self.count
    }

    /// Domain of a row.
    fn of(&self, row: usize) -> u32 {
        self.ids.as_ref().map_or(0, |ids| ids[row])
    }
}

/// Unchecked parts of an [`Index`].
#[derive(Clone, Debug)]
pub struct IndexSpec<'a> {
    /// Strata, PSUs and the final weights.
    pub design: &'a Design<'a>,
    /// The items.
    pub items: &'a [Item<'a>],
    /// What to estimate, each from items by their place in `items`.
    pub measures: &'a [Measure],
    /// For which groups of rows.
    pub domains: Domains<'a>,
    /// The post-stratification that made the design's weights, if any.
    pub poststratified: Option<&'a Poststratified<'a>>,
}

/// Whether an estimate can be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flag {
    /// Estimate and standard error stand.
    Ok,
    /// The domain has no rows: nothing can be given.
    EmptyDomain,
    /// Nobody in the domain answered the measure's items (for a linear measure: one of them), or only rows whose weights
    /// vanish beside the largest of the design.
    ZeroDenominator,
    /// The estimate stands, but strata with a single PSU leave no standard error under the design's policy.
    LonelyPsu,
}

/// One estimate of one measure in one domain.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The value, in points of the scoring (percent for satisfied shares).
    pub estimate: Option<f64>,
    /// Its standard error, on the same scale.
    pub se: Option<f64>,
    /// Rows in the domain.
    pub n: u64,
    /// Rows of the domain with a valid answer to at least one item of the measure.
    pub n_valid: u64,
    /// PSUs − strata of the whole design.
    pub df_design: u32,
    /// PSUs − strata among the rows of the domain.
    pub df_domain: u32,
    /// Design effect against simple random sampling with replacement; `None` where all answers are alike.
    pub deff: Option<f64>,
    /// n_valid / deff; `None` where deff is 0 or missing.
    pub effective_n: Option<f64>,
    /// What stands and why not.
    pub flag: Flag,
}

/// Estimates of all measures in all domains.
#[derive(Clone, Debug, PartialEq)]
pub struct IndexTable {
    rows: Vec<Estimate>,
    measures: usize,
}

impl IndexTable {
    /// The estimate of a measure in a domain, `None` when either number is too high.
    #[must_use]
    pub fn get(&self, domain: u32, measure: usize) -> Option<&Estimate> {
        (measure < self.measures).then(|| self.rows.get(domain as usize * self.measures + measure)).flatten()
    }

    /// All estimates, domain by domain and in each in the order of the measures.
    #[must_use]
    pub fn rows(&self) -> &[Estimate] {
        &self.rows
    }
}

/// A checked index, ready to compute.
#[derive(Clone, Debug)]
pub struct Index<'a> {
    design: &'a Design<'a>,
    items: &'a [Item<'a>],
    terms: Terms,
    domains: Domains<'a>,
    poststratified: Option<&'a Poststratified<'a>>,
    calibrated: Option<&'a Calibrated<'a>>,
}

impl<'a> Index<'a> {
    /// Checks that items, measures, domains and design fit.
    ///
    /// # Errors
    /// One [`IndexError`] variant for each thing that does not fit.
    pub fn new(spec: IndexSpec<'a>) -> Result<Self, IndexError> {
        let rows = spec.design.rows();
        for (item, column) in spec.items.iter().enumerate() {
            if column.codes.len() != rows {
                return Err(IndexError::ItemLength { item, rows, found: column.codes.len() });
            }
        }
        check_domains(&spec.domains, rows)?;
        let terms = Terms::new(spec.measures, spec.items)?;
        if let Some(found) = spec.poststratified.map(|p| p.cells().len())
            && found != rows
        {
            return Err(IndexError::CellLength { rows, found });
        }
        Ok(Self {
            design: spec.design,
            items: spec.items,
            terms,
            domains: spec.domains,
            poststratified: spec.poststratified,
            calibrated: None,
        })
    }

    /// The same for weights that were calibrated to margins; takes the place of a post-stratification.
    ///
    /// # Errors
    /// [`IndexError::MarginLength`] when it has other rows.
    pub fn calibrated(mut self, calibrated: &'a Calibrated<'a>) -> Result<Self, IndexError> {
        let (rows, found) = (self.design.rows(), calibrated.base.len());
        if found != rows {
            return Err(IndexError::MarginLength { margin: 0, rows, found });
        }
        self.calibrated = Some(calibrated);
        Ok(self)
    }

    /// Adds up what estimates and covariances follow from.
    #[must_use]
    pub fn sums(&self) -> IndexSums<'_> {
        let state = State::new(self);
        let rows = finish::estimates(&state, Some(self));
        IndexSums { table: IndexTable { rows, measures: self.terms.measures() }, state, index: Some(self) }
    }

    /// Estimates every measure in every domain.
    #[must_use]
    pub fn estimate(&self) -> IndexTable {
        self.sums().table
    }

    /// See [`IndexSums::covariance`], which saves adding up again for each measure.
    ///
    /// # Errors
    /// [`IndexError::NoMeasure`].
    pub fn covariance(&self, measure: usize) -> Result<Vec<Option<f64>>, IndexError> {
        self.sums().covariance(measure)
    }

    /// PSU of a row, or its stratum where rows are PSUs.
    fn group(&self, row: usize) -> u32 {
        if self.design.rows_are_psus() { self.design.stratum(row) } else { self.design.psu_rank(row) }
    }
}

/// Sums by PSU and item, and the estimates made from them.
#[derive(Clone, Debug)]
pub struct IndexSums<'a> {
    state: State,
    table: IndexTable,
    index: Option<&'a Index<'a>>,
}

impl IndexSums<'_> {
    /// Estimates of every measure in every domain.
    #[must_use]
    pub fn table(&self) -> &IndexTable {
        &self.table
    }

    /// Weights of the valid answers to each item that a measure uses, in the order of the items, in one domain; on a scale of their own, so that only
    /// their proportions say something. Empty when the number is too high.
    #[must_use]
    pub fn item_weights(&self, domain: u32) -> Vec<f64> {
        if domain < self.state.domains { self.state.domain(domain).iter().map(|[_, weight]| *weight).collect() } else { Vec::new() }
    }

    /// Covariances of one measure between all domains: a symmetric matrix, row after row, `count` × `count`. Its diagonal
    /// holds the squared standard errors of the table; rows of domains without a standard error are `None`.
    ///
    /// # Errors
    /// [`IndexError::NoMeasure`].
    pub fn covariance(&self, measure: usize) -> Result<Vec<Option<f64>>, IndexError> {
        if measure >= self.table.measures {
            return Err(IndexError::NoMeasure { measure, count: self.table.measures });
        }
        Ok(covariance::between_domains(&self.state, self.index, &self.table.rows, measure))
    }
}

fn check_domains(domains: &Domains<'_>, rows: usize) -> Result<(), IndexError> {
    let Some(ids) = &domains.ids else {
        return Ok(());
    };
    if ids.len() != rows {
        return Err(IndexError::DomainLength { rows, found: ids.len() });
    }
    let count = domains.count;
    match ids.iter().position(|id| *id >= count && *id != NO_DOMAIN) {
        None => Ok(()),
        Some(row) => Err(IndexError::Domain { row, domain: ids[row], count }),
    }
}
