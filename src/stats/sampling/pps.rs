//! Variance with joint inclusion probabilities of the PSUs.
//!
//! Notation: PSU j has inclusion probability π_j, pairs π_jk, and weighted total t_j. With Δ_jk = 1 − π_j π_k / π_jk (Δ_jj = 1 − π_j)
//!
//! * Horvitz–Thompson: V = Σ_j Σ_k Δ_jk t_j t_k
//! * Yates–Grundy: V = −½ Σ_j Σ_k Δ_jk (t_j − t_k)²
//!
//! Without known π_jk, with n PSUs in the stratum: Overton (1985) Δ_jk = 1 − (n − (π_j + π_k)/2) / (n − 1); Hartley and Rao (1962,
//! eq. 5.15) Δ_jk = 1 − (n − π_j − π_k + q) / (n − 1) with q = Σ p² / n over the frame, estimated by Σ p / n over the
//! sample. PSUs of different strata are independent. As these Δ_jk are a sum of a part of j and a part of k, the double sums are
//! products of single ones.

use super::levels::{Level, stage_probabilities};
use super::{JointForm, Pps, Sampling, SamplingError, SamplingSpec};

/// Relative difference that a symmetric matrix may show.
const ROUNDING: f64 = 1e-9;

/// Δ of all pairs of PSUs.
#[derive(Clone, Debug)]
pub(super) enum Joint {
    /// Row after row, with the Horvitz–Thompson or Yates–Grundy form.
    Matrix(Vec<f64>, JointForm),
    /// Δ_jk = base + slope (π_j + π_k) within strata.
    Linear {
        /// π of each PSU.
        probabilities: Vec<f64>,
        /// Stratum of each PSU.
        strata: Vec<u32>,
        /// base and slope of each stratum.
        terms: Vec<[f64; 2]>,
    },
}

/// Checks the PPS part of a design; Brewer's form is left in the levels: in the first, and in each later one that has probabilities and
/// no population.
pub(super) fn joint(spec: &SamplingSpec<'_>, levels: &mut [Level]) -> Result<Option<Joint>, SamplingError> {
    if matches!(spec.pps, Pps::None) {
        return Ok(None);
    }
    let column = stage_probabilities(spec, 0, &levels[0])?.ok_or(SamplingError::PpsProbabilities)?;
    if matches!(spec.pps, Pps::Brewer) {
        for (stage, level) in levels.iter_mut().enumerate().filter(|(stage, level)| *stage == 0 || level.populations.is_none()) {
            level.probabilities = stage_probabilities(spec, stage, level)?.map(<[f64]>::to_vec);
        }
        return Ok(None);
    }
    if let Some(stage) = (1..levels.len()).find(|stage| levels[*stage].populations.is_some()) {
        return Err(SamplingError::JointStages { stage });
    }
    let level = &levels[0];
    let psus = level.units.iter().sum::<u32>() as usize;
    let (mut probabilities, mut strata) = (vec![0.0; psus], vec![0; psus]);
    for ((psu, stratum), p) in level.clusters.iter().zip(&level.strata).zip(column) {
        probabilities[*psu as usize] = *p;
        strata[*psu as usize] = *stratum;
    }
    match &spec.pps {
        Pps::Joint { probabilities: given, form } => Ok(Some(Joint::Matrix(deltas(given, &probabilities)?, *form))),
        Pps::HartleyRao { sum_p2 } => Ok(Some(linear(level, probabilities, strata, |n, sum| {
            let q = sum_p2.unwrap_or(sum / n);
            [-(1.0 + q) / (n - 1.0), 1.0 / (n - 1.0)]
        }))),
        _ => Ok(Some(linear(level, probabilities, strata, |n, _| [-1.0 / (n - 1.0), 0.5 / (n - 1.0)]))),
    }
}

/// `terms` gives base and slope from n and Σ π of a stratum; a stratum with one PSU has no pairs.
fn linear(level: &Level, probabilities: Vec<f64>, strata: Vec<u32>, terms: impl Fn(f64, f64) -> [f64; 2]) -> Joint {
    let mut sums = vec![0.0; level.units.len()];
    for (stratum, p) in strata.iter().zip(&probabilities) {
        sums[*stratum as usize] += p;
    }
    let terms = level.units.iter().zip(&sums).map(|(n, sum)| if *n > 1 { terms(f64::from(*n), *sum) } else { [0.0; 2] });
    Joint::Linear { terms: terms.collect(), probabilities, strata }
}

fn deltas(given: &[f64], own: &[f64]) -> Result<Vec<f64>, SamplingError> {
    let psus = own.len();
    if given.len() != psus * psus {
        return Err(SamplingError::JointLength { psus, found: given.len() });
    }
    let mut deltas = Vec::with_capacity(given.len());
    for first in 0..psus {
        for second in 0..psus {
            let value = given[first * psus + second];
            let limit = own[first].min(own[second]) * (1.0 + ROUNDING);
            let mirrored = given[second * psus + first];
            if !(value > 0.0 && value <= limit && (value - mirrored).abs() <= ROUNDING * value) {
                return Err(SamplingError::JointProbability { first, second, value });
            }
            let diagonal = first == second;
            deltas.push(if diagonal { 1.0 - own[first] } else { 1.0 - own[first] * own[second] / value });
        }
    }
    Ok(deltas)
}

impl Joint {
    pub(super) fn covariance(&self, sampling: &Sampling, rows: &[u32], x: &[f64], width: usize) -> Vec<f64> {
        let psus = sampling.psus() as usize;
        let mut totals = vec![0.0; psus * width];
        for (row, x) in rows.iter().zip(x.chunks_exact(width)) {
            let psu = sampling.psu(*row as usize) as usize;
            for (total, x) in totals[psu * width..(psu + 1) * width].iter_mut().zip(x) {
                *total += x;
            }
        }
        let column = |c: usize| totals.iter().copied().skip(c).step_by(width).collect::<Vec<f64>>();
        let mut covariance = vec![0.0; width * width];
        for a in 0..width {
            let first = column(a);
            for b in a..width {
                let value = self.of_pair(&first, &column(b));
                covariance[a * width + b] = value;
                covariance[b * width + a] = value;
            }
        }
        covariance
    }

    fn of_pair(&self, a: &[f64], b: &[f64]) -> f64 {
        match self {
            Self::Matrix(deltas, form) => {
                let mut sum = 0.0;
                for (j, deltas) in deltas.chunks_exact(a.len().max(1)).enumerate() {
                    for (k, delta) in deltas.iter().enumerate() {
                        sum += match form {
                            JointForm::HorvitzThompson => delta * a[j] * b[k],
                            JointForm::YatesGrundy => -0.5 * delta * (a[j] - a[k]) * (b[j] - b[k]),
                        };
                    }
                }
                sum
            }
            Self::Linear { probabilities, strata, terms } => {
                // Σ a, Σ b, Σ πa, Σ πb, Σ ab, Σ πab of each stratum.
                let mut sums = vec![[0.0; 6]; terms.len()];
                for (((a, b), p), stratum) in a.iter().zip(b).zip(probabilities).zip(strata) {
                    let parts = [*a, *b, p * a, p * b, a * b, p * a * b];
                    for (sum, part) in sums[*stratum as usize].iter_mut().zip(parts) {
                        *sum += part;
                    }
                }
                let of_stratum = |([base, slope], [a, b, pa, pb, ab, pab]): (&[f64; 2], &[f64; 6])| {
                    (ab - pab) + base * (a * b - ab) + slope * (pa * b + a * pb - 2.0 * pab)
                };
                terms.iter().zip(&sums).map(of_stratum).sum()
            }
        }
    }
}
