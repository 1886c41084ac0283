//! A sample design of any number of stages, with finite populations and unequal probabilities.
//!
//! Notation: at each stage strata h hold n_h sampled clusters out of N_h; the first-stage clusters are the PSUs, and a row may be
//! its own cluster. Row i has weight wᵢ ≥ 0; a row of weight 0 lies outside every estimate, but its cluster still counts in n_h.
//!
//! `levels` numbers strata and clusters within their parents and checks them, `variance` holds the variance of totals for
//! stages drawn with equal probabilities and Brewer's approximation, `pps` the forms with joint inclusion probabilities.
//! The meaning of every option is that of the R package `survey` 4.5 (T. Lumley, J. Stat. Software 9 (2004) 8; *Complex
//! Surveys*, Wiley 2010, chapter 2). The faster [`super::design`] serves designs seen from their first stage only; see
//! [`Sampling::ultimate_clusters`].

mod error;
mod levels;
mod pps;
mod variance;

use super::design::{Design, DesignSpec, LonelyPsu};
use levels::Level;
use pps::Joint;
use std::borrow::Cow;
use std::collections::HashSet;

pub use error::SamplingError;
pub use variance::LonelyStratum;

/// Where weights come from. Columns have one entry a row.
#[derive(Clone, Debug)]
pub enum Weights<'a> {
    /// A weight a row, finite and not negative, at least one above zero.
    Given(Cow<'a, [f64]>),
    /// Inclusion probabilities, a column a stage, each above 0 and at most 1: the weight is 1 over their product.
    Probabilities(Vec<Cow<'a, [f64]>>),
    /// The product of N_h / n_h over the stages with finite populations.
    FromPopulations,
    /// Every row stands for itself.
    Equal,
}

/// One stage. Columns have one entry a row; identifiers are any numbers.
#[derive(Clone, Debug, Default)]
pub struct Stage<'a> {
    /// Stratum of each row; `None` is one stratum (within each cluster of the stage before).
    pub strata: Option<Cow<'a, [u32]>>,
    /// Cluster of each row; `None` makes each row a cluster.
    pub clusters: Option<Cow<'a, [u32]>>,
    /// Size of the population of the row's stratum in clusters (above 1 somewhere), or the sampling fraction n_h / N_h (all at
    /// most 1). `None` at the first stage means drawn with replacement; at a later stage, complete.
    pub populations: Option<Cow<'a, [f64]>>,
}

/// How the first stage was drawn with unequal probabilities and without replacement.
#[derive(Clone, Debug, Default)]
pub enum Pps<'a> {
    /// It was not.
    #[default]
    None,
    /// K. R. W. Brewer, *Combined Survey Sampling Inference* (Arnold 2002), chapter 9: c_j = (1 − π_j) n / (n − 1). The one form for
    /// several stages: a later stage takes part with its population or, without one, its own column of probabilities.
    Brewer,
    /// W. S. Overton, "A sampling plan for streams in the National Stream Survey" (1985): π_ij from π_i and π_j.
    Overton,
    /// H. O. Hartley and J. N. K. Rao, Ann. Math. Stat. 33 (1962) 350.
    HartleyRao {
        /// Σ p² / n over the whole frame; `None` takes its estimate Σ p / n from the sample.
        sum_p2: Option<f64>,
    },
    /// Joint inclusion probabilities of all pairs of PSUs.
    Joint {
        /// Row after row, PSUs in order of first appearance, π_i on the diagonal.
        probabilities: Cow<'a, [f64]>,
        /// Which of the two unbiased forms.
        form: JointForm,
    },
}

/// Forms of the variance with joint inclusion probabilities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JointForm {
    /// D. G. Horvitz and D. J. Thompson, JASA 47 (1952) 663.
    HorvitzThompson,
    /// F. Yates and P. M. Grundy, J. R. Stat. Soc. B 15 (1953) 253.
    YatesGrundy,
}

/// Unchecked parts of a [`Sampling`].
#[derive(Clone, Debug)]
pub struct SamplingSpec<'a> {
    /// Number of rows.
    pub rows: usize,
    /// Where weights come from.
    pub weights: Weights<'a>,
    /// Stages from the first on; none means that rows were drawn directly.
    pub stages: Vec<Stage<'a>>,
    /// Whether first-stage cluster identifiers restart in every stratum; otherwise a repeated one is an error. Later stages are
    /// always numbered within their cluster.
    pub nested: bool,
    /// Unequal probabilities without replacement at the first stage; then weights are [`Weights::Probabilities`].
    pub pps: Pps<'a>,
    /// What to do with a stratum that holds a single cluster.
    pub lonely: LonelyPsu,
    /// Whether `Adjust` and `Average` also treat a stratum that has several PSUs, but only one with rows in the domain.
    pub lonely_in_domains: bool,
}

/// A checked design.
#[derive(Clone, Debug)]
pub struct Sampling {
    weights: Vec<f64>,
    levels: Vec<Level>,
    /// Place of each row in the order (stratum, PSU, stratum within the PSU, …); `None` when rows stand in that order.
    places: Option<Vec<u32>>,
    /// Instead of the variance stage by stage.
    joint: Option<Joint>,
    unequal: bool,
    lonely: LonelyPsu,
    lonely_in_domains: bool,
}

impl Sampling {
    /// Checks the parts of a design.
    ///
    /// # Errors
    /// One [`SamplingError`] variant for each inconsistency, naming the first row concerned.
    pub fn new(spec: &SamplingSpec<'_>) -> Result<Self, SamplingError> {
        if spec.rows == 0 {
            return Err(SamplingError::NoRows);
        }
        if spec.rows >= u32::MAX as usize {
            return Err(SamplingError::TooManyRows { rows: spec.rows });
        }
        let mut levels = levels::build(spec)?;
        let weights = levels::weights(spec, &levels)?;
        let joint = pps::joint(spec, &mut levels)?;
        let places = levels::places(spec.rows, &levels);
        Ok(Self {
            weights,
            levels,
            places,
            joint,
            unequal: !matches!(spec.pps, Pps::None),
            lonely: spec.lonely,
            lonely_in_domains: spec.lonely_in_domains,
        })
    }

    /// Number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.weights.len()
    }

    /// Base weight of each row.
    #[must_use]
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// The policy for strata with one cluster.
    #[must_use]
    pub fn lonely(&self) -> LonelyPsu {
        self.lonely
    }

    /// First-stage stratum of a row, numbered in order of appearance.
    #[must_use]
    pub fn stratum(&self, row: usize) -> u32 {
        self.levels[0].strata[row]
    }

    /// PSU of a row, numbered in order of appearance.
    #[must_use]
    pub fn psu(&self, row: usize) -> u32 {
        self.levels[0].clusters[row]
    }

    /// Number of first-stage strata.
    #[must_use]
    pub fn strata(&self) -> u32 {
        self.levels[0].units.len() as u32
    }

    /// Number of PSUs.
    #[must_use]
    pub fn psus(&self) -> u32 {
        self.levels[0].units.iter().sum()
    }

    /// Sampled PSUs of a first-stage stratum, 0 for a number that is too high.
    #[must_use]
    pub fn psus_in_stratum(&self, stratum: u32) -> u32 {
        self.levels[0].units.get(stratum as usize).copied().unwrap_or(0)
    }

    /// Identifier that a first-stage stratum was given.
    pub(super) fn name_of_stratum(&self, stratum: u32) -> u32 {
        self.levels[0].names.get(stratum as usize).copied().unwrap_or(0)
    }

    /// PSUs in the population of a first-stage stratum, infinite when drawn with replacement or with unequal probabilities.
    #[must_use]
    pub fn population_of_stratum(&self, stratum: u32) -> f64 {
        self.levels[0].populations.as_ref().and_then(|of| of.get(stratum as usize).copied()).unwrap_or(f64::INFINITY)
    }

    /// First-stage strata with a single PSU and more in the population, in ascending order: what [`LonelyPsu`] is about.
    #[must_use]
    pub fn lonely_strata(&self) -> Vec<u32> {
        (0..self.strata()).filter(|h| self.psus_in_stratum(*h) == 1 && self.population_of_stratum(*h) > 1.0).collect()
    }

    /// PSUs − strata counted over the given rows, as far as their `weights` are not 0.
    #[must_use]
    pub fn degrees_of_freedom(&self, rows: impl Iterator<Item = usize>, weights: &[f64]) -> u32 {
        let (mut psus, mut strata) = (HashSet::new(), HashSet::new());
        for row in rows.filter(|row| weights[*row] != 0.0) {
            psus.insert(self.psu(row));
            strata.insert(self.stratum(row));
        }
        (psus.len() - strata.len()) as u32
    }

    /// Whether rows outside a domain must stay in a variance (as zeros): their probabilities enter it.
    #[must_use]
    pub(super) fn keeps_all_rows(&self) -> bool {
        self.unequal
    }

    /// The same design for the fast path of [`super::index`], when that gives the same variance: no finite populations, equal
    /// probabilities, no weight of 0 and no lonely-PSU rule for domains.
    #[must_use]
    pub fn ultimate_clusters(&self) -> Option<Design<'_>> {
        let level = &self.levels[0];
        if self.unequal || self.lonely_in_domains || level.populations.is_some() {
            return None;
        }
        let spec = DesignSpec {
            weights: Cow::Borrowed(&self.weights),
            strata: Some(Cow::Borrowed(&level.strata)),
            psus: Some(Cow::Borrowed(&level.clusters)),
            lonely: self.lonely,
        };
        Design::new(spec).ok()
    }
}
