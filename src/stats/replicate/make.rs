//! Replicate weights from the first stage of a design.
//!
//! Notation: stratum h has n_h sampled PSUs out of N_h, f_h = n_h / N_h (0 with replacement). Factors of the full-sample weights:
//!
//! | method | factor of PSU j of stratum h in a replicate | s, s_r |
//! |---|---|---|
//! | JK1 (one stratum) | PSU r: 0, others n / (n − 1) | (1 − f)(n − 1) / n, 1 |
//! | JKn | PSU r: 0, others of its stratum n_h / (n_h − 1) | 1, (1 − f_h)(n_h − 1) / n_h |
//! | BRR (pairs) | 2 or 0 by the sign of a Hadamard matrix | 1 / R, 1 |
//! | Fay | 2 − ρ or ρ | 1 / (R (1 − ρ)²), 1 |
//! | Rao–Wu | r_j n_h / (n_h − 1), r_j draws of j in n_h − 1 with replacement | 1 / (R − 1), 1 |
//! | Rao–Wu–Yue | 1 − λ_h + λ_h r_j n_h / (n_h − 1), λ_h² = 1 − f_h | 1 / (R − 1), 1 |
//!
//! Jackknife: K. M. Wolter, *Introduction to Variance Estimation*, 2nd ed. 2007, section 4.5; BRR: P. J. McCarthy, Rev. Int.
//! Stat. Inst. 37 (1969) 239; R. E. Fay, Proc. Survey Res. Methods ASA (1984) 495, with D. R. Judkins, J. Off. Stat. 6 (1990)
//! 223; J. N. K. Rao and C. F. J. Wu, JASA 83 (1988) 231; J. N. K. Rao, C. F. J. Wu and K. Yue, Survey Methodology 18 (1992) 209,
//! with m_h = n_h − 1. Later stages are passed over, and by BRR, Fay and Rao–Wu finite populations too; elsewhere complete strata
//! (f_h = 1) keep their weights.
//!
//! A stratum with n_h = 1 < N_h, as in R's `as.svrepdesign`: `remove` and `certainty` let it keep its weights; under `average` JKn
//! does so too, with s = PSUs / replicates; under `adjust` JKn gives it a replicate of its own, with factor 0 for it and H / (H − 1)
//! for all other PSUs, and s_r = (H − 1) / H for H strata. Everything else is refused.
//!
//! A stratum of 4, 6, … PSUs is split into pairs for BRR, in order of appearance. Pairs take the columns of the Hadamard matrix from
//! the second on: those of split strata first, then by ascending identifier of the stratum; the PSU that appears first has the
//! sign of the matrix. So both programs make the same half samples where both know one matrix (orders that are powers of 2).
//!
//! Draws come from ChaCha8 with the replicate's number as stream, so the order of work does not matter.

use super::hadamard::with_more_columns_than;
use super::{ReplicateError, ReplicateSpec, Replicates};
use crate::stats::design::LonelyPsu;
use crate::stats::sampling::Sampling;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use std::borrow::Cow;

/// How to make replicates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Method {
    /// The jackknife without strata.
    Jk1,
    /// The jackknife within strata.
    Jkn,
    /// Balanced half samples of strata with an even number of PSUs.
    Brr,
    /// Balanced half samples that keep a share of the other half.
    Fay {
        /// ρ, from 0 to below 1.
        rho: f64,
    },
    /// The bootstrap of Rao and Wu with n_h − 1 draws; finite populations are passed over.
    RaoWu {
        /// R.
        replicates: u32,
        /// Seed of the draws.
        seed: u64,
    },
    /// The rescaled bootstrap, with finite populations at the first stage.
    RaoWuYue {
        /// R.
        replicates: u32,
        /// Seed of the draws.
        seed: u64,
    },
}

/// PSUs of each stratum that is resampled.
struct Stratum {
    psus: Vec<u32>,
    /// 1 − f_h.
    left: f64,
    /// Its identifier.
    name: u32,
}

impl Stratum {
    fn size(&self) -> f64 {
        self.psus.len() as f64
    }
}

impl Replicates {
    /// Replicates of a design's base weights.
    ///
    /// # Errors
    /// [`ReplicateError`] where the design does not suit the method.
    pub fn make(sampling: &Sampling, method: Method, mse: bool) -> Result<Self, ReplicateError> {
        if sampling.keeps_all_rows() {
            return Err(ReplicateError::Unequal);
        }
        let without_populations = matches!(method, Method::Brr | Method::Fay { .. } | Method::RaoWu { .. });
        let Strata { strata, lonely } = strata(sampling, without_populations);
        let passed_over = match sampling.lonely() {
            LonelyPsu::Remove | LonelyPsu::Certainty => true,
            LonelyPsu::Average | LonelyPsu::Adjust => method == Method::Jkn,
            LonelyPsu::Fail => false,
        };
        if let Some((stratum, _)) = lonely.first().filter(|_| !passed_over) {
            return Err(ReplicateError::LonelyStratum { stratum: *stratum });
        }
        let psus = sampling.psus() as usize;
        let (factors, scale, rscales) = match method {
            Method::Jk1 => {
                if sampling.strata() > 1 {
                    return Err(ReplicateError::Jk1Strata(sampling.strata()));
                }
                let scale = strata.first().map_or(1.0, |h| h.left * (h.size() - 1.0) / h.size());
                (jackknife(&strata, psus), scale, Vec::new())
            }
            Method::Jkn => {
                let own = |h: &Stratum| std::iter::repeat_n(h.left * (h.size() - 1.0) / h.size(), h.psus.len());
                let made = (jackknife(&strata, psus), 1.0, strata.iter().flat_map(own).collect());
                jackknife_lonely(made, &lonely, sampling)
            }
            Method::Brr => balanced(&strata, psus, 0.0, sampling)?,
            Method::Fay { rho } if (0.0..1.0).contains(&rho) => balanced(&strata, psus, rho, sampling)?,
            Method::Fay { rho } => return Err(ReplicateError::Fay(rho)),
            Method::RaoWu { replicates, seed } => bootstrap(&strata, psus, replicates, seed, |_| 1.0),
            Method::RaoWuYue { replicates, seed } => bootstrap(&strata, psus, replicates, seed, |h| h.left.sqrt()),
        };
        let spread = |factors: &Vec<f64>| (0..sampling.rows()).map(|row| factors[sampling.psu(row) as usize]).collect::<Vec<f64>>();
        Self::new(ReplicateSpec {
            weights: Cow::Borrowed(sampling.weights()),
            columns: factors.iter().map(|factors| Cow::Owned(spread(factors))).collect(),
            combined: false,
            scale,
            rscales,
            mse,
            df: None,
        })
    }
}

/// Strata that are resampled, ascending by identifier, and number and PSU of those with a single PSU out of more.
struct Strata {
    strata: Vec<Stratum>,
    lonely: Vec<(u32, u32)>,
}

fn strata(sampling: &Sampling, without_populations: bool) -> Strata {
    let mut strata: Vec<Stratum> = (0..sampling.strata())
        .map(|h| {
            let population = sampling.population_of_stratum(h);
            let fraction = if population.is_finite() { f64::from(sampling.psus_in_stratum(h)) / population } else { 0.0 };
            Stratum { psus: Vec::new(), left: 1.0 - fraction, name: sampling.name_of_stratum(h) }
        })
        .collect();
    let mut seen = vec![false; sampling.psus() as usize];
    for row in 0..sampling.rows() {
        let psu = sampling.psu(row);
        if !std::mem::replace(&mut seen[psu as usize], true) {
            strata[sampling.stratum(row) as usize].psus.push(psu);
        }
    }
    let lonely = (0u32..).zip(&strata).filter(|(_, h)| h.psus.len() == 1 && h.left > 0.0).map(|(number, h)| (number, h.psus[0])).collect();
    if without_populations {
        strata.iter_mut().for_each(|h| h.left = 1.0);
    }
    strata.retain(|h| h.psus.len() > 1 && h.left > 0.0);
    strata.sort_by_key(|h| h.name);
    Strata { strata, lonely }
}

/// What `average` and `adjust` add to JKn.
fn jackknife_lonely((mut factors, mut scale, mut rscales): Made, lonely: &[(u32, u32)], sampling: &Sampling) -> Made {
    let (strata, psus) = (f64::from(sampling.strata()), sampling.psus());
    match sampling.lonely() {
        LonelyPsu::Average if !lonely.is_empty() => scale = f64::from(psus) / (factors.len() as f64).max(1.0),
        LonelyPsu::Adjust if strata > 1.0 => {
            for (_, own) in lonely {
                factors.push((0..psus).map(|psu| if psu == *own { 0.0 } else { strata / (strata - 1.0) }).collect());
                rscales.push((strata - 1.0) / strata);
            }
        }
        _ => {}
    }
    (factors, scale, rscales)
}

fn jackknife(strata: &[Stratum], psus: usize) -> Vec<Vec<f64>> {
    let without = |h: &Stratum, out: u32| {
        let mut factors = vec![1.0; psus];
        for psu in &h.psus {
            factors[*psu as usize] = if *psu == out { 0.0 } else { h.size() / (h.size() - 1.0) };
        }
        factors
    };
    strata.iter().flat_map(|h| h.psus.iter().map(move |out| without(h, *out))).collect()
}

type Made = (Vec<Vec<f64>>, f64, Vec<f64>);

fn balanced(strata: &[Stratum], psus: usize, rho: f64, sampling: &Sampling) -> Result<Made, ReplicateError> {
    if let Some(h) = strata.iter().find(|h| h.psus.len() % 2 == 1) {
        let row = (0..sampling.rows()).find(|row| sampling.psu(*row) == h.psus[0]).unwrap_or(0);
        return Err(ReplicateError::NotPairs { stratum: sampling.stratum(row), psus: h.psus.len() as u32 });
    }
    let (split, two): (Vec<&Stratum>, Vec<&Stratum>) = strata.iter().partition(|h| h.psus.len() > 2);
    let pairs: Vec<&[u32]> = split.iter().chain(&two).flat_map(|h| h.psus.chunks_exact(2)).collect();
    let (order, signs) = with_more_columns_than(pairs.len());
    let of_replicate = |r: usize| {
        let mut factors = vec![1.0; psus];
        for (column, pair) in pairs.iter().enumerate() {
            let first = signs[r * order + column + 1];
            for (place, psu) in pair.iter().enumerate() {
                factors[*psu as usize] = if (place == 0) == first { 2.0 - rho } else { rho };
            }
        }
        factors
    };
    Ok(((0..order).map(of_replicate).collect(), 1.0 / (order as f64 * (1.0 - rho).powi(2)), Vec::new()))
}

fn bootstrap(strata: &[Stratum], psus: usize, replicates: u32, seed: u64, rescale: impl Fn(&Stratum) -> f64) -> Made {
    let of_replicate = |r: u32| {
        let mut draws = ChaCha8Rng::seed_from_u64(seed);
        draws.set_stream(u64::from(r));
        let mut factors = vec![1.0; psus];
        for h in strata {
            let mut drawn = vec![0.0; h.psus.len()];
            for _ in 1..h.psus.len() {
                drawn[below(h.psus.len() as u64, &mut draws) as usize] += 1.0;
            }
            let share = rescale(h);
            for (psu, drawn) in h.psus.iter().zip(drawn) {
                factors[*psu as usize] = 1.0 - share + share * drawn * h.size() / (h.size() - 1.0);
            }
        }
        factors
    };
    ((0..replicates).map(of_replicate).collect(), 1.0 / (f64::from(replicates) - 1.0).max(1.0), Vec::new())
}

/// A number below `count`, each with the same chance (D. Lemire, ACM Trans. Model. Comput. Simul. 29 (2019) 3).
fn below(count: u64, draws: &mut ChaCha8Rng) -> u64 {
    let threshold = count.wrapping_neg() % count;
    loop {
        let product = u128::from(draws.next_u64()) * u128::from(count);
        if product as u64 >= threshold {
            return (product >> 64) as u64;
        }
    }
}
