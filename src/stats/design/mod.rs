//! A sample design seen from its first stage ("ultimate clusters").
//!
//! Notation: stratum h = 1…H holds n_h sampled clusters (PSUs) j, and PSU (h, j) holds rows i with weight wᵢ > 0. With
//! e_hj the weighted total of a linearised value in PSU (h, j),
//!
//! V = Σ_h n_h / (n_h − 1) · Σ_j (e_hj − ē_h)²
//!
//! which treats the first stage as drawn with replacement: M. H. Hansen, W. N. Hurwitz and W. G. Madow, *Sample Survey
//! Methods and Theory* I (Wiley 1953), chapter 6 ("ultimate cluster"); with linearised values D. A. Binder, Int. Stat.
//! Rev. 51 (1983) 279. A row may be its own PSU.
//!
//! A stratum with one PSU has no variance of its own; [`LonelyPsu`] says what is done then, with the definitions of the
//! R package `survey` 4.5. Degrees of freedom are PSUs − strata, for a domain those with rows in it.

mod number;

pub use number::dense;
pub(super) use number::{Crossed, cross};

use rayon::prelude::*;
use std::borrow::Cow;
use std::sync::Arc;

/// Rows checked at once by one thread.
const CHUNK: usize = 65_536;

/// What a stratum with a single sampled PSU contributes to a variance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LonelyPsu {
    /// No variance can be given: the estimate is flagged.
    #[default]
    Fail,
    /// The stratum is left out of the variance; with nothing else in the domain the estimate is flagged.
    Remove,
    /// The PSU was certain to be in the sample: it contributes nothing.
    Certainty,
    /// The PSU total is centred at the mean of all PSU totals (conservative).
    Adjust,
    /// The stratum counts as an average of the other strata of the domain.
    Average,
}

/// Unchecked parts of a [`Design`]; all columns have one entry a row.
#[derive(Clone, Debug)]
pub struct DesignSpec<'a> {
    /// Weight of each row: how many people it stands for, finite and above zero.
    pub weights: Cow<'a, [f64]>,
    /// Stratum of each row as a number below the number of rows; `None` is one stratum.
    pub strata: Option<Cow<'a, [u32]>>,
    /// PSU of each row as a number below the number of rows, unique over all strata; `None` makes each row its own PSU.
    pub psus: Option<Cow<'a, [u32]>>,
    /// What to do with a stratum that holds a single PSU.
    pub lonely: LonelyPsu,
}

/// Why a design was refused. Rows are counted from 0.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum DesignError {
    /// There is no row.
    #[error("the design has no rows; give at least one")]
    NoRows,
    /// More rows than 32 bits can count.
    #[error("the design has {rows} rows, more than the {} it can hold; estimate in parts", u32::MAX - 1)]
    TooManyRows {
        /// Rows given.
        rows: usize,
    },
    /// A column is shorter or longer than the weights.
    #[error("the {column} column has {found} entries for {rows} weights; give one entry a row")]
    Length {
        /// Which column.
        column: &'static str,
        /// Rows of the weights.
        rows: usize,
        /// Entries found.
        found: usize,
    },
    /// A weight that is not a positive, finite number.
    #[error("row {row} has weight {value}; weights must be finite and above zero, leave out rows that stand for nobody")]
    Weight {
        /// First row concerned.
        row: usize,
        /// Its weight.
        value: f64,
    },
    /// An identifier that is not below the number of rows.
    #[error("row {row} has {column} {value}; number them from 0 without gaps (see `dense`)")]
    NotDense {
        /// Which column.
        column: &'static str,
        /// First row concerned.
        row: usize,
        /// Its identifier.
        value: u32,
    },
    /// One PSU lies in two strata.
    #[error(
        "PSU {psu} is in stratum {first} and, at row {row}, in stratum {second}; a PSU belongs to one stratum, number PSUs anew within each stratum if their names repeat"
    )]
    PsuInTwoStrata {
        /// The PSU.
        psu: u32,
        /// Stratum seen first.
        first: u32,
        /// Stratum seen at `row`.
        second: u32,
        /// Row of the second stratum.
        row: usize,
    },
}

/// A checked design. Cloning is cheap, and [`Design::with_weights`] keeps the structure.
#[derive(Clone, Debug)]
pub struct Design<'a> {
    weights: Cow<'a, [f64]>,
    scale: f64,
    structure: Arc<Structure<'a>>,
}

#[derive(Debug)]
struct Structure<'a> {
    strata: Option<Cow<'a, [u32]>>,
    /// Rank of each row's PSU in the order (stratum, PSU); `None` where rows are PSUs.
    ranks: Option<Vec<u32>>,
    /// PSUs by stratum, 0 for numbers not used.
    psus_in_stratum: Vec<u32>,
    /// Stratum of each PSU rank; empty where rows are PSUs.
    stratum_of_rank: Vec<u32>,
    strata_present: u32,
    psus_present: u32,
    lonely: LonelyPsu,
}

impl<'a> Design<'a> {
    /// Checks the parts of a design.
    ///
    /// # Errors
    /// One [`DesignError`] variant for each inconsistency, naming the first row concerned.
    pub fn new(spec: DesignSpec<'a>) -> Result<Self, DesignError> {
        let rows = spec.weights.len();
        if rows == 0 {
            return Err(DesignError::NoRows);
        }
        if rows >= u32::MAX as usize {
            return Err(DesignError::TooManyRows { rows });
        }
        let scale = check_weights(&spec.weights)?;
        check_identifiers("stratum", spec.strata.as_deref(), rows)?;
        check_identifiers("PSU", spec.psus.as_deref(), rows)?;
        let structure = Structure::new(rows, spec.strata, spec.psus.as_deref(), spec.lonely)?;
        Ok(Self { weights: spec.weights, scale, structure: Arc::new(structure) })
    }

    /// The same strata and PSUs with other weights, for example post-stratified ones.
    ///
    /// # Errors
    /// [`DesignError::Length`] or [`DesignError::Weight`].
    pub fn with_weights(&self, weights: impl Into<Cow<'a, [f64]>>) -> Result<Self, DesignError> {
        let weights = weights.into();
        if weights.len() != self.rows() {
            return Err(DesignError::Length { column: "weight", rows: self.rows(), found: weights.len() });
        }
        let scale = check_weights(&weights)?;
        Ok(Self { weights, scale, structure: Arc::clone(&self.structure) })
    }

    /// Number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.weights.len()
    }

    /// Weight of each row.
    #[must_use]
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// The policy for strata with one PSU.
    #[must_use]
    pub fn lonely(&self) -> LonelyPsu {
        self.structure.lonely
    }

    /// Strata that hold rows.
    #[must_use]
    pub fn strata(&self) -> u32 {
        self.structure.strata_present
    }

    /// PSUs that hold rows.
    #[must_use]
    pub fn psus(&self) -> u32 {
        self.structure.psus_present
    }

    /// Degrees of freedom of the whole: PSUs − strata.
    #[must_use]
    pub fn degrees_of_freedom(&self) -> u32 {
        self.psus() - self.strata()
    }

    /// Degrees of freedom of a domain: PSUs − strata counted over the rows for which `inside` answers true.
    #[must_use]
    pub fn domain_degrees_of_freedom(&self, inside: impl Fn(usize) -> bool) -> u32 {
        let (mut psus, mut strata) = (0, 0);
        let mut seen_strata = vec![false; self.stratum_slots() as usize];
        let mut seen_psus = vec![false; self.structure.stratum_of_rank.len()];
        let first = |seen: &mut bool| u32::from(!std::mem::replace(seen, true));
        for row in (0..self.rows()).filter(|row| inside(*row)) {
            strata += first(&mut seen_strata[self.stratum(row) as usize]);
            psus += if self.rows_are_psus() { 1 } else { first(&mut seen_psus[self.psu_rank(row) as usize]) };
        }
        psus - strata
    }

    /// Strata with a single PSU, in ascending order.
    #[must_use]
    pub fn lonely_strata(&self) -> Vec<u32> {
        (0u32..).zip(&self.structure.psus_in_stratum).filter_map(|(stratum, psus)| (*psus == 1).then_some(stratum)).collect()
    }

    /// Stratum of a row.
    #[must_use]
    pub fn stratum(&self, row: usize) -> u32 {
        self.structure.strata.as_ref().map_or(0, |s| s[row])
    }

    /// Number of PSUs in a stratum, 0 for a number that no row has.
    #[must_use]
    pub fn psus_in_stratum(&self, stratum: u32) -> u32 {
        self.structure.psus_in_stratum.get(stratum as usize).copied().unwrap_or(0)
    }

    /// Numbers of strata run below this; some may hold no row.
    pub(super) fn stratum_slots(&self) -> u32 {
        self.structure.psus_in_stratum.len() as u32
    }

    /// Whether every row is its own PSU.
    pub(super) fn rows_are_psus(&self) -> bool {
        self.structure.ranks.is_none()
    }

    /// PSU of a row, numbered in the order (stratum, PSU); the row itself where rows are PSUs.
    pub(super) fn psu_rank(&self, row: usize) -> u32 {
        self.structure.ranks.as_ref().map_or(row as u32, |ranks| ranks[row])
    }

    /// Stratum of a PSU rank; only where rows are not PSUs.
    pub(super) fn stratum_of_rank(&self, rank: u32) -> u32 {
        self.structure.stratum_of_rank[rank as usize]
    }

    /// A power of two that brings the largest weight near 1, so that products of weights stay in range.
    pub(super) fn weight_scale(&self) -> f64 {
        self.scale
    }
}

impl<'a> Structure<'a> {
    fn new(rows: usize, strata: Option<Cow<'a, [u32]>>, psus: Option<&[u32]>, lonely: LonelyPsu) -> Result<Self, DesignError> {
        let stratum = |row: usize| strata.as_ref().map_or(0, |s| s[row]);
        let slots = (0..rows).map(stratum).max().unwrap_or(0) as usize + 1;
        let mut psus_in_stratum = vec![0u32; slots];
        let (ranks, stratum_of_rank);
        if let Some(psus) = psus {
            let stratum_of_psu = strata_of_psus(psus, stratum)?;
            for stratum in stratum_of_psu.iter().flatten() {
                psus_in_stratum[*stratum as usize] += 1;
            }
            let by_stratum = rank_psus(&stratum_of_psu, &psus_in_stratum);
            let of_rows: Vec<u32> = psus.par_iter().map(|psu| by_stratum[*psu as usize]).collect();
            let count: u32 = psus_in_stratum.iter().sum();
            let mut back = vec![0u32; count as usize];
            for (rank, stratum) in by_stratum.iter().zip(&stratum_of_psu) {
                if let Some(stratum) = stratum {
                    back[*rank as usize] = *stratum;
                }
            }
            (ranks, stratum_of_rank) = (Some(of_rows), back);
        } else {
            for row in 0..rows {
                psus_in_stratum[stratum(row) as usize] += 1;
            }
            (ranks, stratum_of_rank) = (None, Vec::new());
        }
        let strata_present = psus_in_stratum.iter().filter(|psus| **psus > 0).count() as u32;
        let psus_present = psus_in_stratum.iter().sum();
        Ok(Self { strata, ranks, psus_in_stratum, stratum_of_rank, strata_present, psus_present, lonely })
    }
}

/// Checks weights and gives the power of two 2⁻ᵏ with 2ᵏ ≤ max w < 2ᵏ⁺¹, within the range of normal numbers.
fn check_weights(weights: &[f64]) -> Result<f64, DesignError> {
    let good = |weight: &f64| weight.is_finite() && *weight > 0.0;
    // Bits of positive numbers are ordered as they are; NaN and negative ones stand above infinity.
    let highest = weights.par_chunks(CHUNK).map(|part| part.iter().map(|weight| weight.to_bits()).fold(0, u64::max)).max().unwrap_or(0);
    let lowest = weights.par_chunks(CHUNK).map(|part| part.iter().map(|weight| weight.to_bits()).fold(u64::MAX, u64::min)).min();
    if (highest >= f64::INFINITY.to_bits() || lowest == Some(0))
        && let Some(row) = weights.iter().position(|weight| !good(weight))
    {
        return Err(DesignError::Weight { row, value: weights[row] });
    }
    let largest = f64::from_bits(highest);
    let exponent = largest.log2().floor().clamp(-1022.0, 1022.0);
    Ok((-exponent).exp2())
}

fn check_identifiers(column: &'static str, identifiers: Option<&[u32]>, rows: usize) -> Result<(), DesignError> {
    let Some(identifiers) = identifiers else {
        return Ok(());
    };
    if identifiers.len() != rows {
        return Err(DesignError::Length { column, rows, found: identifiers.len() });
    }
    let highest = identifiers.par_chunks(CHUNK).map(|part| part.iter().copied().fold(0, u32::max)).max();
    if highest.is_none_or(|highest| (highest as usize) < rows) {
        return Ok(());
    }
    match identifiers.iter().position(|id| *id as usize >= rows) {
        None => Ok(()),
        Some(row) => Err(DesignError::NotDense { column, row, value: identifiers[row] }),
    }
}

/// Stratum of every PSU number, `None` for a number that no row has.
fn strata_of_psus(psus: &[u32], stratum: impl Fn(usize) -> u32) -> Result<Vec<Option<u32>>, DesignError> {
    let slots = psus.iter().copied().max().map_or(0, |psu| psu as usize + 1);
    let mut strata: Vec<Option<u32>> = vec![None; slots];
    for (row, psu) in psus.iter().copied().enumerate() {
        let second = stratum(row);
        match strata[psu as usize] {
            None => strata[psu as usize] = Some(second),
            Some(first) if first == second => {}
            Some(first) => {
                return Err(DesignError::PsuInTwoStrata { psu, first, second, row });
            }
        }
    }
    Ok(strata)
}

/// Numbers PSUs in the order (stratum, PSU).
fn rank_psus(stratum_of_psu: &[Option<u32>], psus_in_stratum: &[u32]) -> Vec<u32> {
    let mut next: Vec<u32> = psus_in_stratum
        .iter()
        .scan(0, |start, psus| {
            let own = *start;
            *start += psus;
            Some(own)
        })
        .collect();
    stratum_of_psu
        .iter()
        .map(|stratum| {
            stratum.map_or(0, |stratum| {
                let rank = next[stratum as usize];
                next[stratum as usize] += 1;
                rank
            })
        })
        .collect()
}
