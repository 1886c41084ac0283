//! Confidence sets for ranks, and groups of units that do not differ.
//!
//! Notation: k units with estimates x and covariance matrix Σ; s_ij² = Σ_ii + Σ_jj − 2 Σ_ij; Z a normal vector with mean 0 and
//! covariance Σ. Rank 1 is the best; units with the same estimate share the better rank, 1 + the number of better units.
//!
//! The hypothesis (i, j) says that i is not better than j. In a family H of hypotheses (i, j) is rejected where
//! x_i − x_j > s_ij c(H), with c(H) the quantile of max over H of (Z_i − Z_j) / s_ij at the level. With `stepdown`
//! the rejected ones leave H and the rest is tried again, until nothing more is rejected. Then rank i lies from
//! 1 + #{j: (j, i) rejected} to k − #{j: (i, j) rejected}.
//!
//! | set | families | meaning of the level |
//! |---|---|---|
//! | simultaneous | one for all units | all ranks are inside together |
//! | marginal | one for each unit i, of pairs with i | each rank by itself is inside |
//! | two-sided, lower, upper | pairs (i, j) and (j, i); only (j, i); only (i, j) | the range has two ends; only a best rank; only a worst rank |
//!
//! Source: M. Mogstad, J. P. Romano, A. M. Shaikh and D. Wilhelm, "Inference for Ranks with Applications to Mobility across
//! Neighbourhoods and Academic Achievement across Countries", Rev. Econ. Stud. 91 (2024) 476, sections 3.1, 3.2 and algorithm 3.2;
//! as `csranks` in the R package of that name. Here every step uses the same draws (R draws anew in every step), so a
//! critical value never grows from one step to the next. The quantile is the type-7 one.
//!
//! Two units whose difference has no variance (s_ij² below 1e-10 of Σ_ii + Σ_jj) are compared as they are, without error.

mod draws;
mod family;
mod groups;

use super::linear::Ldl;
use draws::Draws;
use family::{Family, Hypothesis};

/// A pivot of Σ below this share of its diagonal is 0.
const SINGULAR: f64 = 1e-13;
/// Σ may miss symmetry and semi-definiteness by this share.
const NOISE: f64 = 1e-8;
/// A variance of a difference below this share of the sum of both variances is 0.
const NO_VARIANCE: f64 = 1e-10;
/// A difference below this share of the larger estimate is 0, where it has no variance.
const EQUAL: f64 = 1e-12;
/// Units times draws that are held at once: a gigabyte.
const MOST: usize = 1 << 27;

/// Which value is rank 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Best {
    /// The largest.
    #[default]
    Largest,
    /// The smallest.
    Smallest,
}

/// What the level holds for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Coverage {
    /// Each unit by itself.
    Marginal,
    /// All units together.
    #[default]
    Simultaneous,
}

/// Ends of the sets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Side {
    /// Both.
    #[default]
    TwoSided,
    /// Only the best possible rank; the worst is k.
    Lower,
    /// Only the worst possible rank; the best is 1.
    Upper,
}

/// What to rank and how.
#[derive(Clone, Debug)]
pub struct RankSpec<'a> {
    /// Estimate of each unit.
    pub estimates: &'a [f64],
    /// Covariance matrix of the estimates, row by row.
    pub covariance: &'a [f64],
    /// Which value is rank 1.
    pub best: Best,
    /// What the level holds for.
    pub coverage: Coverage,
    /// Ends of the sets.
    pub side: Side,
    /// Whether rejected hypotheses leave the family.
    pub stepdown: bool,
    /// Confidence level, between 0 and 1.
    pub level: f64,
    /// Draws of Z, at least 1 / (1 − level).
    pub draws: u32,
    /// Seed of the draws.
    pub seed: u64,
}

/// Why units were not ranked. Units are counted from 0.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RankError {
    /// Nothing to rank.
    #[error("there are no units to rank; give at least one estimate")]
    NoUnits,
    /// A covariance matrix of another order.
    #[error("the covariance matrix has {found} entries for {units} units; give {}", units * units)]
    Length {
        /// Units.
        units: usize,
        /// Entries found.
        found: usize,
    },
    /// An estimate that is not a number.
    #[error(
        "unit {unit} has the estimate {value}; leave out units without an estimate, with their row and column of the covariance matrix"
    )]
    Estimate {
        /// First unit concerned.
        unit: usize,
        /// Its estimate.
        value: f64,
    },
    /// A variance that is negative or not a number.
    #[error("unit {unit} has the variance {value}; it must be finite and not negative, leave out units without a variance")]
    Variance {
        /// First unit concerned.
        unit: usize,
        /// Its variance.
        value: f64,
    },
    /// A matrix that is no covariance matrix.
    #[error(
        "the covariance of units {0} and {1} is not finite, not symmetric, or larger than their variances allow; give the covariance matrix of the estimates"
    )]
    Covariance(usize, usize),
    /// A matrix that is no covariance matrix as a whole.
    #[error("the covariance matrix gives some combination of the units a negative variance; give the covariance matrix of the estimates")]
    Indefinite,
    /// A level outside (0, 1).
    #[error("confidence level {0}; give a value between 0 and 1, such as 0.95")]
    Level(f64),
    /// Too few draws to see the tail.
    #[error("{found} draws for this level; give at least {least}, better {}", least * 100)]
    Draws {
        /// Draws asked for.
        found: u32,
        /// What is needed.
        least: u64,
    },
    /// Too many draws to hold.
    #[error("{units} units with {draws} draws do not fit in memory; their product can be {MOST} at most, so ask for fewer draws")]
    TooLarge {
        /// Units.
        units: usize,
        /// Draws.
        draws: u32,
    },
}

/// Rank of a unit with its confidence set; 1 is the best.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rank {
    /// 1 + the number of better units.
    pub rank: u32,
    /// Other units with the same estimate, which share the rank.
    pub tied: u32,
    /// Best rank in the set.
    pub low: u32,
    /// Worst rank in the set.
    pub high: u32,
    /// Critical value of the last step; `None` without a pair whose difference has a variance.
    pub critical: Option<f64>,
}

/// Ranks of all units, in the order given.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranks {
    /// One a unit.
    pub units: Vec<Rank>,
    coverage: Coverage,
    order: Vec<u32>,
    better: Vec<bool>,
}

impl Ranks {
    /// Ranks of units with their confidence sets.
    ///
    /// # Errors
    /// One [`RankError`] variant for each thing that does not fit.
    pub fn new(spec: &RankSpec<'_>) -> Result<Self, RankError> {
        let k = spec.estimates.len();
        let factor = check(spec)?;
        let sign = if spec.best == Best::Largest { 1.0 } else { -1.0 };
        let x: Vec<f64> = spec.estimates.iter().map(|x| sign * x).collect();
        let pairs = Pairs { x: &x, covariance: spec.covariance };
        let outcomes = if k == 1 {
            vec![family::Outcome::default()]
        } else {
            // The mirrored Z has the same distribution, so `sign` is left out.
            let draws = Draws::new(&factor, k, spec.draws as usize, spec.seed);
            let families: Vec<Family> = match spec.coverage {
                Coverage::Simultaneous => vec![pairs.family(None, spec.side)],
                Coverage::Marginal => (0..k).map(|unit| pairs.family(Some(unit), spec.side)).collect(),
            };
            family::test(families, &draws, spec.level, spec.stepdown)
        };
        let mut better = vec![false; k * k];
        let (mut wins, mut losses) = (vec![0; k], vec![0; k]);
        for (at, outcome) in outcomes.iter().enumerate() {
            for (i, j) in outcome.rejected.iter().map(|(i, j)| (*i as usize, *j as usize)) {
                better[i * k + j] = true;
                if spec.coverage == Coverage::Simultaneous || i == at {
                    wins[i] += u32::from(spec.side != Side::Lower);
                }
                if spec.coverage == Coverage::Simultaneous || j == at {
                    losses[j] += u32::from(spec.side != Side::Upper);
                }
            }
        }
        let critical = |unit: usize| outcomes[if spec.coverage == Coverage::Simultaneous { 0 } else { unit }].critical;
        let units = (0..k).map(|unit| Rank {
            rank: 1 + count(&x, |other| other > x[unit]),
            tied: count(&x, |other| other == x[unit]) - 1,
            low: 1 + losses[unit],
            high: k as u32 - wins[unit],
            critical: critical(unit),
        });
        let mut order: Vec<u32> = (0..k as u32).collect();
        order.sort_by(|a, b| x[*b as usize].total_cmp(&x[*a as usize]).then(a.cmp(b)));
        Ok(Self { units: units.collect(), coverage: spec.coverage, order, better })
    }

    /// Units from the best estimate to the worst; equal ones in the order given.
    #[must_use]
    pub fn order(&self) -> &[u32] {
        &self.order
    }

    /// Units that may be among the `tau` best: those whose set reaches rank `tau`. With simultaneous sets all of the `tau` best are
    /// in this list together with the level.
    #[must_use]
    pub fn among_best(&self, tau: u32) -> Vec<bool> {
        self.units.iter().map(|unit| unit.low <= tau).collect()
    }

    /// Units that may be among the `tau` worst, in the same sense.
    #[must_use]
    pub fn among_worst(&self, tau: u32) -> Vec<bool> {
        let k = self.units.len() as u32;
        self.units.iter().map(|unit| unit.high > k.saturating_sub(tau)).collect()
    }
}

fn count(x: &[f64], which: impl Fn(f64) -> bool) -> u32 {
    x.iter().filter(|x| which(**x)).count() as u32
}

/// Checks the parts and gives F with F F′ = Σ.
fn check(spec: &RankSpec<'_>) -> Result<Vec<f64>, RankError> {
    let (k, covariance) = (spec.estimates.len(), spec.covariance);
    if k == 0 {
        return Err(RankError::NoUnits);
    }
    if k.checked_mul(k) != Some(covariance.len()) {
        return Err(RankError::Length { units: k, found: covariance.len() });
    }
    if let Some(unit) = spec.estimates.iter().position(|x| !x.is_finite()) {
        return Err(RankError::Estimate { unit, value: spec.estimates[unit] });
    }
    let variance = |unit: usize| covariance[unit * k + unit];
    if let Some(unit) = (0..k).find(|unit| !(variance(*unit).is_finite() && variance(*unit) >= 0.0)) {
        return Err(RankError::Variance { unit, value: variance(unit) });
    }
    for i in 0..k {
        for j in 0..i {
            let (one, two) = (covariance[i * k + j], covariance[j * k + i]);
            let most = variance(i).sqrt() * variance(j).sqrt();
            let fits = one.is_finite() && (one - two).abs() <= NOISE * most && one.abs() <= most * (1.0 + NOISE);
            if !fits {
                return Err(RankError::Covariance(j, i));
            }
        }
    }
    let decomposed = Ldl::new(covariance.to_vec(), k, SINGULAR);
    if decomposed.least() < -NOISE {
        return Err(RankError::Indefinite);
    }
    if !(spec.level > 0.0 && spec.level < 1.0) {
        return Err(RankError::Level(spec.level));
    }
    // The rounding of 1 / (1 − 0.95) is not a draw.
    let least = ((1.0 / (1.0 - spec.level)).min(1e9) - 1e-6).ceil();
    if f64::from(spec.draws) < least {
        #[expect(clippy::cast_sign_loss, reason = "at least 1")]
        return Err(RankError::Draws { found: spec.draws, least: least as u64 });
    }
    if k.checked_mul(spec.draws as usize).is_none_or(|all| all > MOST) {
        return Err(RankError::TooLarge { units: k, draws: spec.draws });
    }
    Ok(decomposed.factor())
}

/// Estimates, larger ones better, with their covariance.
struct Pairs<'a> {
    x: &'a [f64],
    covariance: &'a [f64],
}

impl Pairs<'_> {
    /// Hypotheses about all units, or those about one.
    fn family(&self, unit: Option<usize>, side: Side) -> Family {
        let k = self.x.len();
        let mut family = Family::default();
        let mut pair = |i: usize, j: usize, forth: bool, back: bool| {
            let hypothesis = self.hypothesis(i, j);
            match hypothesis.scale {
                Some(_) => family.add(hypothesis, forth, back),
                None if hypothesis.difference > 0.0 && forth => family.certain.push((i as u32, j as u32)),
                None if hypothesis.difference < 0.0 && back => family.certain.push((j as u32, i as u32)),
                None => {}
            }
        };
        match unit {
            None => (0..k).for_each(|i| (i + 1..k).for_each(|j| pair(i, j, true, true))),
            Some(i) => (0..k).filter(|j| *j != i).for_each(|j| pair(i, j, side != Side::Lower, side != Side::Upper)),
        }
        family
    }

    fn hypothesis(&self, i: usize, j: usize) -> Hypothesis {
        let k = self.x.len();
        let (first, second) = (self.covariance[i * k + i], self.covariance[j * k + j]);
        let variance = first + second - self.covariance[i * k + j] - self.covariance[j * k + i];
        let difference = self.x[i] - self.x[j];
        let scale = (variance > NO_VARIANCE * (first + second)).then(|| variance.sqrt().recip());
        let equal = scale.is_none() && difference.abs() <= EQUAL * self.x[i].abs().max(self.x[j].abs());
        Hypothesis { i: i as u32, j: j as u32, difference: if equal { 0.0 } else { difference }, scale }
    }
}
