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
//! Computation: `sort` brings rows into the order (domain, stratum, PSU); `sums` makes S and W; `sweep` makes z again from
//! the codes in blocks and adds it up by PSU; `finish` joins the parts; `outside` is what post-stratification adds. Parts are cut at fixed places and merged in order, so the
//! number of threads changes no digit. Memory is a few words a row, never rows × items.

mod covariance;
mod finish;
mod measure;
mod outside;
mod sort;
mod sums;
mod sweep;

pub use measure::{Measure, Scoring, ScoringError};

use super::design::Design;
use super::poststratify::Poststratified;
use measure::Terms;
use outside::Outside;
use sort::Sorted;
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

/// Why an index was refused. Rows, items, measures and domains are counted from 0.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum IndexError {
    /// An item has another number of answers than the design has rows.
    #[error("item {item} has {found} answers for {rows} rows; give one code a row, also for missing answers")]
    ItemLength {
        /// The item.
        item: usize,
        /// Rows of the design.
        rows: usize,
        /// Answers found.
        found: usize,
    },
    /// The domain column has another length.
    #[error("the domain column has {found} entries for {rows} rows; give one a row")]
    DomainLength {
        /// Rows of the design.
        rows: usize,
        /// Entries found.
        found: usize,
    },
    /// A domain number that is not below their count.
    #[error("row {row} is in domain {domain}, but there are {count}; number them from 0, or use NO_DOMAIN")]
    Domain {
        /// First row concerned.
        row: usize,
        /// Its domain.
        domain: u32,
        /// Number of domains.
        count: u32,
    },
    /// A measure of nothing.
    #[error("measure {measure} has no items; name at least one")]
    EmptyMeasure {
        /// The measure.
        measure: usize,
    },
    /// A measure of an item that is not there.
    #[error("measure {measure} uses item {item}, but there are {items} items; items count from 0")]
    NoItem {
        /// The measure.
        measure: usize,
        /// The item.
        item: usize,
        /// Number of items.
        items: usize,
    },
    /// An item twice in a measure.
    #[error("measure {measure} uses item {item} twice; name it once, with the sum of its coefficients")]
    ItemTwice {
        /// The measure.
        measure: usize,
        /// The item.
        item: usize,
    },
    /// A coefficient that is not finite.
    #[error("measure {measure} gives item {item} the coefficient {value}; coefficients must be finite")]
    Coefficient {
        /// The measure.
        measure: usize,
        /// The item.
        item: usize,
        /// Its coefficient.
        value: f64,
    },
    /// The post-stratification belongs to other rows.
    #[error("the post-stratification has {found} rows, the design {rows}; both must describe the same rows")]
    CellLength {
        /// Rows of the design.
        rows: usize,
        /// Rows of the post-stratification.
        found: usize,
    },
    /// A covariance was asked for a measure that is not there.
    #[error("there is no measure {measure}, only {count}; measures count from 0")]
    NoMeasure {
        /// The measure.
        measure: usize,
        /// Number of measures.
        count: usize,
    },
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
        Ok(Self { design: spec.design, items: spec.items, terms, domains: spec.domains, poststratified: spec.poststratified })
    }

    /// Estimates every measure in every domain.
    #[must_use]
    pub fn estimate(&self) -> IndexTable {
        let sorted = Sorted::new(self);
        let sums = sums::item_sums(self, &sorted);
        let outside = Outside::new(self, &sorted, &sums);
        let parts = sweep::sweep(self, &sorted, &sums, outside.as_ref());
        IndexTable { rows: finish::estimates(self, &sorted, &sums, &parts, outside.as_ref()), measures: self.terms.measures() }
    }

    /// Covariances of one measure between all domains: a symmetric matrix, row after row, `count` × `count`. Its diagonal
    /// holds the squared standard errors of [`Index::estimate`]; rows of domains without a standard error are `None`.
    ///
    /// # Errors
    /// [`IndexError::NoMeasure`].
    pub fn covariance(&self, measure: usize) -> Result<Vec<Option<f64>>, IndexError> {
        if measure >= self.terms.measures() {
            return Err(IndexError::NoMeasure { measure, count: self.terms.measures() });
        }
        Ok(covariance::between_domains(self, measure))
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
