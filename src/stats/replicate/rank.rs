//! Degrees of freedom of replicate weights.
//!
//! Notation: the matrix W of replicate weights has a row for each row of the sample (or domain) and a column for each replicate. The
//! degrees of freedom are rank W − 1, as `degf` in the R package `survey`: the columns are made orthogonal one by one (modified
//! Gram–Schmidt; G. H. Golub and C. F. Van Loan, *Matrix Computations*, 4th ed. 2013, section 5.2.8), and one that is shorter than
//! 1e-5 of its length after the ones before it counts as dependent.

use super::{Domain, Replicates, Request};
use rayon::prelude::*;
use std::collections::HashMap;

/// A column shorter than this share of its length, after the columns before it, depends on them (R's `qr`).
const DEPENDENT: f64 = 1e-5;

impl Replicates {
    /// Degrees of freedom of every domain asked about, each slice of rows once.
    pub(super) fn ranks<'a>(&self, requests: &[Request<'a>]) -> Vec<(&'a [u32], u32)> {
        let mut domains: Vec<&'a [u32]> = Vec::new();
        for asked in requests {
            if let Domain::Rows(rows) = asked.domain
                && !domains.iter().any(|known| std::ptr::eq(*known, rows))
            {
                domains.push(rows);
            }
        }
        domains.into_par_iter().map(|rows| (rows, self.rank_less_one(Some(rows)))).collect()
    }

    /// Rank of the replicate weights of some rows − 1. Rows with the same factors are one row, as long as all of them together.
    pub(super) fn rank_less_one(&self, rows: Option<&[u32]>) -> u32 {
        let mut patterns: HashMap<Vec<u64>, f64> = HashMap::new();
        let mut add = |row: usize| {
            let own = self.full[row];
            if own != 0.0 {
                let factors = self.weights.iter().map(|weights| (weights[row] / own).to_bits()).collect();
                *patterns.entry(factors).or_default() += own * own;
            }
        };
        match rows {
            None => (0..self.full.len()).for_each(&mut add),
            Some(rows) => rows.iter().for_each(|row| add(*row as usize)),
        }
        let mut patterns: Vec<(Vec<u64>, f64)> = patterns.into_iter().collect();
        patterns.sort_by(|a, b| a.0.cmp(&b.0));
        let column = |r: usize| patterns.iter().map(|(factors, squares)| f64::from_bits(factors[r]) * squares.sqrt()).collect::<Vec<f64>>();
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let mut basis: Vec<Vec<f64>> = Vec::new();
        for r in 0..self.weights.len() {
            if basis.len() == patterns.len() {
                break;
            }
            let mut own = column(r);
            let length = dot(&own, &own).sqrt();
            for direction in &basis {
                let along = dot(&own, direction);
                own.iter_mut().zip(direction).for_each(|(own, direction)| *own -= along * direction);
            }
            let left = dot(&own, &own).sqrt();
            if left > DEPENDENT * length && left > 0.0 {
                own.iter_mut().for_each(|own| *own /= left);
                basis.push(own);
            }
        }
        (basis.len() as u32).saturating_sub(1)
    }
}
