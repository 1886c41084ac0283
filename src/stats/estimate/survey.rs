//! A design with its final weights: estimates with Taylor standard errors (formulas in the parent module).

use super::value::{Value, check_requests, evaluate};
use super::{Domain, Estimate, EstimateError, Flag, Joint, Request};
use crate::stats::moments::Sum;
use crate::stats::sampling::Sampling;
use crate::stats::weighting::Chain;
use rayon::prelude::*;

/// A standard error below this share of what was added up is the rounding of 0.
const ROUNDING: f64 = 1e-12;

/// A design and the weighting built on it.
#[derive(Clone, Debug)]
pub struct Survey<'a> {
    sampling: &'a Sampling,
    chain: Option<&'a Chain>,
    df_design: u32,
}

impl<'a> Survey<'a> {
    /// The design with its base weights.
    #[must_use]
    pub fn new(sampling: &'a Sampling) -> Self {
        let df_design = sampling.degrees_of_freedom(0..sampling.rows(), sampling.weights());
        Self { sampling, chain: None, df_design }
    }

    /// The design with the weights a chain of steps made from its base weights; `None` when the chain has other rows.
    #[must_use]
    pub fn weighted(sampling: &'a Sampling, chain: &'a Chain) -> Option<Self> {
        if chain.weights().len() != sampling.rows() {
            return None;
        }
        let df_design = sampling.degrees_of_freedom(0..sampling.rows(), chain.weights());
        Some(Self { sampling, chain: Some(chain), df_design })
    }

    /// The design.
    #[must_use]
    pub fn sampling(&self) -> &Sampling {
        self.sampling
    }

    /// Final weights.
    #[must_use]
    pub fn weights(&self) -> &[f64] {
        self.chain.map_or(self.sampling.weights(), Chain::weights)
    }

    /// PSUs − strata over all rows with a weight.
    #[must_use]
    pub fn degrees_of_freedom(&self) -> u32 {
        self.df_design
    }

    /// Estimates in the order asked for.
    ///
    /// # Errors
    /// [`EstimateError`], naming the request.
    pub fn estimate(&self, requests: &[Request<'_>]) -> Result<Vec<Estimate>, EstimateError> {
        self.check(requests)?;
        Ok(requests.par_iter().map(|asked| self.finish(asked, &evaluate(asked, self.weights()))).collect())
    }

    /// Estimates with their covariance matrix. Under lonely-PSU policies that look at the strata of each domain, covariances are
    /// scaled so that the diagonal stays the squared standard error of each.
    ///
    /// # Errors
    /// [`EstimateError`], naming the request.
    pub fn jointly(&self, requests: &[Request<'_>]) -> Result<Joint, EstimateError> {
        self.check(requests)?;
        let values: Vec<Value> = requests.par_iter().map(|asked| evaluate(asked, self.weights())).collect();
        let estimates: Vec<Estimate> = requests.par_iter().zip(&values).map(|(asked, value)| self.finish(asked, value)).collect();
        let good: Vec<usize> = (0..values.len()).filter(|at| estimates[*at].se.is_some()).collect();
        let chosen: Vec<&Value> = good.iter().map(|at| &values[*at]).collect();
        let k = values.len();
        let mut covariance = vec![None; k * k];
        let Some(scaled) = self.covariance(&chosen) else {
            return Ok(Joint { estimates, covariance });
        };
        // SE over the root of the diagonal of the scaled matrix: takes the scale off and keeps the diagonal at SE².
        let root = |(place, at): (usize, &usize)| {
            let found = scaled.matrix[place * good.len() + place].sqrt();
            if found > 0.0 { estimates[*at].se.unwrap_or(0.0) / found } else { 0.0 }
        };
        let roots: Vec<f64> = good.iter().enumerate().map(root).collect();
        for (a, first) in good.iter().enumerate() {
            for (b, second) in good.iter().enumerate() {
                covariance[first * k + second] = Some(scaled.matrix[a * good.len() + b] * roots[a] * roots[b]);
            }
        }
        Ok(Joint { estimates, covariance })
    }

    fn check(&self, requests: &[Request<'_>]) -> Result<(), EstimateError> {
        check_requests(requests, self.sampling.rows())
    }

    /// Covariance matrix of evaluated statistics; `None` where lonely PSUs leave none.
    fn covariance(&self, values: &[&Value]) -> Option<Scaled> {
        let (weights, width) = (self.weights(), values.len());
        let adjusted = self.chain.is_some_and(Chain::has_residuals);
        let rows: Vec<u32> = if adjusted || self.sampling.keeps_all_rows() {
            (0..weights.len() as u32).collect()
        } else if let [value] = values {
            value.rows.clone()
        } else {
            let mut used = vec![false; weights.len()];
            for row in values.iter().flat_map(|value| &value.rows) {
                used[*row as usize] = true;
            }
            (0..weights.len() as u32).filter(|row| used[*row as usize]).collect()
        };
        let mut x = vec![0.0; rows.len() * width];
        let mut column = vec![0.0; weights.len()];
        let mut scales = Vec::with_capacity(width);
        for (c, value) in values.iter().enumerate() {
            for (row, z) in value.rows.iter().zip(&value.z) {
                column[*row as usize] = weights[*row as usize] * z;
            }
            if let Some(chain) = self.chain.filter(|_| adjusted) {
                chain.residuals(&mut column);
            }
            let scale = power_of_two(column.iter().fold(0.0, |largest, x| x.abs().max(largest)));
            for (at, row) in rows.iter().enumerate() {
                x[at * width + c] = column[*row as usize] * scale;
            }
            scales.push(scale);
            column.fill(0.0);
        }
        self.sampling.covariance_of_totals(&rows, &x, width).ok().map(|matrix| Scaled { matrix, scales })
    }

    fn finish(&self, asked: &Request<'_>, value: &Value) -> Estimate {
        let weights = self.weights();
        let n = value.rows.len();
        let mut row = Estimate {
            estimate: value.estimate,
            se: None,
            n: n as u64,
            df_design: self.df_design,
            df_domain: match asked.domain {
                Domain::All => self.df_design,
                Domain::Rows(rows) => self.sampling.degrees_of_freedom(rows.iter().map(|row| *row as usize), weights),
            },
            deff_srswor: None,
            deff_srswr: None,
            flag: Flag::Ok,
        };
        if value.estimate.is_none() {
            let empty = match asked.domain {
                Domain::All => false,
                Domain::Rows(rows) => rows.iter().all(|row| weights[*row as usize] == 0.0),
            };
            row.flag = if empty { Flag::EmptyDomain } else { Flag::ZeroDenominator };
            return row;
        }
        let Some(Scaled { matrix, scales }) = self.covariance(&[value]) else {
            row.flag = Flag::LonelyPsu;
            return row;
        };
        // Joint probabilities can make a variance negative: then there is no standard error.
        let (variance, reach) = (matrix[0], value.reach * scales[0]);
        if !variance.is_finite() || variance < -(ROUNDING * reach).powi(2) {
            row.flag = Flag::LonelyPsu;
            return row;
        }
        let se = variance.max(0.0).sqrt() / scales[0];
        row.se = Some(if se <= ROUNDING * value.reach { 0.0 } else { se });
        design_effects(&mut row, value, weights);
        row
    }
}

/// A covariance matrix of columns multiplied by `scales`.
struct Scaled {
    matrix: Vec<f64>,
    scales: Vec<f64>,
}

/// A power of two that brings `largest` near 1, so that squares stay in range.
fn power_of_two(largest: f64) -> f64 {
    if largest > 0.0 { (-largest.log2().floor().clamp(-1022.0, 1022.0)).exp2() } else { 1.0 }
}

/// Fills both design effects from the standard error.
pub(in crate::stats) fn design_effects(row: &mut Estimate, value: &Value, weights: &[f64]) {
    let Some((se, (simple, population))) = row.se.zip(simple_se(value, weights)) else {
        return;
    };
    if simple > ROUNDING * value.reach {
        let deff = (se / simple).powi(2);
        let left = 1.0 - value.rows.len() as f64 / population;
        row.deff_srswr = Some(deff);
        row.deff_srswor = (left > ROUNDING).then(|| deff / left);
    }
}

/// √V₀ with replacement, and N̂.
fn simple_se(value: &Value, weights: &[f64]) -> Option<(f64, f64)> {
    let n = value.rows.len() as f64;
    if n < 2.0 {
        return None;
    }
    let weight = |row: &u32| weights[*row as usize];
    let scale_w = power_of_two(value.rows.iter().fold(0.0, |largest, row| weight(row).abs().max(largest)));
    let scale_z = power_of_two(value.z.iter().fold(0.0, |largest, z| z.abs().max(largest)));
    let (mut population, mut sum) = (Sum::default(), Sum::default());
    for (row, z) in value.rows.iter().zip(&value.z) {
        population.add(weight(row) * scale_w);
        sum.add(weight(row) * scale_w * (z * scale_z));
    }
    let population = population.value();
    let mean = sum.value() / population;
    let squares: Sum = value.rows.iter().zip(&value.z).map(|(row, z)| weight(row) * scale_w * (z * scale_z - mean).powi(2)).collect();
    let simple = (squares.value() * population / (n - 1.0)).sqrt() / scale_w / scale_z;
    (simple.is_finite() && simple > 0.0).then_some((simple, population / scale_w))
}
