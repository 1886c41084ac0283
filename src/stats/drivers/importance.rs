//! The measures of importance from a correlation matrix.

use super::Measure;
use crate::stats::linear::eigen;

/// A regression on standardised columns; matrices row by row.
pub(super) struct Regression {
    /// R.
    pub(super) correlation: Vec<f64>,
    /// r.
    pub(super) with_outcome: Vec<f64>,
    /// b.
    pub(super) betas: Vec<f64>,
    /// R⁻¹.
    pub(super) inverse: Vec<f64>,
}

impl Regression {
    /// R² with all predictors.
    pub(super) fn r_squared(&self) -> f64 {
        self.pratt().iter().sum::<f64>().clamp(0.0, 1.0)
    }

    /// A measure, one figure a predictor.
    pub(super) fn measure(&self, measure: Measure) -> Vec<f64> {
        let p = self.betas.len();
        match measure {
            Measure::Lmg => self.shapley(),
            Measure::Johnson => {
                let (root, z) = self.root();
                (0..p).map(|j| (0..p).map(|k| (root[j * p + k] * z[k]).powi(2)).sum()).collect()
            }
            Measure::First => self.with_outcome.iter().map(|r| r * r).collect(),
            Measure::Last => (0..p).map(|j| self.betas[j].powi(2) / self.inverse[j * p + j]).collect(),
            Measure::BetaSquared => self.betas.iter().map(|b| b * b).collect(),
            Measure::Pratt => self.pratt(),
            Measure::Car => self.root().1.iter().map(|z| z * z).collect(),
        }
    }

    fn pratt(&self) -> Vec<f64> {
        self.betas.iter().zip(&self.with_outcome).map(|(b, r)| b * r).collect()
    }

    /// Λ and z = Λ⁻¹ r.
    fn root(&self) -> (Vec<f64>, Vec<f64>) {
        let p = self.betas.len();
        let (values, vectors) = eigen(self.correlation.clone(), p);
        let power = |a: usize, b: usize, f: &dyn Fn(f64) -> f64| -> f64 {
            (0..p).map(|k| vectors[a * p + k] * f(values[k].max(f64::MIN_POSITIVE)) * vectors[b * p + k]).sum()
        };
        let root = (0..p * p).map(|at| power(at / p, at % p, &f64::sqrt)).collect();
        let z = (0..p).map(|a| (0..p).map(|b| power(a, b, &|value| value.sqrt().recip()) * self.with_outcome[b]).sum()).collect();
        (root, z)
    }

    /// The Shapley value of R², from R² of every subset.
    fn shapley(&self) -> Vec<f64> {
        let p = self.betas.len();
        let mut explained = vec![0.0; 1 << p];
        let start = Left { matrix: self.correlation.clone(), with_outcome: self.with_outcome.clone() };
        subsets(&start, 0, 0, 0.0, &mut explained);
        // share[s] = s! (p − 1 − s)! / p!
        let mut share = vec![1.0 / p as f64; p];
        for s in 1..p {
            share[s] = share[s - 1] * s as f64 / (p - s) as f64;
        }
        let value = |j: usize| {
            let own = 1 << j;
            let gain = |set: usize| share[set.count_ones() as usize] * (explained[set | own] - explained[set]);
            (0..explained.len()).filter(|set| set & own == 0).map(gain).sum()
        };
        (0..p).map(value).collect()
    }
}

/// What the chosen predictors leave: covariances among the predictors not yet decided on and with the outcome.
struct Left {
    matrix: Vec<f64>,
    with_outcome: Vec<f64>,
}

/// Fills in R² of every subset of the predictors from `next` on, joined with `chosen`, which explains `r_squared`.
fn subsets(left: &Left, next: usize, chosen: usize, r_squared: f64, explained: &mut [f64]) {
    let q = left.with_outcome.len();
    if q == 0 {
        explained[chosen] = r_squared;
        return;
    }
    let rest = |i: usize, j: usize| left.matrix[i * q + j];
    let without = Left {
        matrix: (1..q).flat_map(|i| left.matrix[i * q + 1..(i + 1) * q].iter().copied()).collect(),
        with_outcome: left.with_outcome[1..].to_vec(),
    };
    let (pivot, own) = (rest(0, 0), left.with_outcome[0]);
    let with = Left {
        matrix: (1..q).flat_map(|i| (1..q).map(move |j| (i, j))).map(|(i, j)| rest(i, j) - rest(i, 0) * rest(0, j) / pivot).collect(),
        with_outcome: (1..q).map(|i| left.with_outcome[i] - rest(i, 0) * own / pivot).collect(),
    };
    subsets(&without, next + 1, chosen, r_squared, explained);
    subsets(&with, next + 1, chosen | 1 << next, r_squared + own * own / pivot, explained);
}
