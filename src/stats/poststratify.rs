//! Post-stratification: weights that sum to known totals in every cell.
//!
//! Notation: row i lies in cell c with weight dᵢ, and the population total of the cell is N_c.
//!
//! wᵢ = dᵢ · N_c / Σ_{k∈c} d_k
//!
//! C.-E. Särndal, B. Swensson and J. Wretman, *Model Assisted Survey Sampling* (Springer 1992), section 7.6. The variance of an
//! estimator with linearised value z takes the known totals into account by using wᵢ (zᵢ − z̄_c) for wᵢ zᵢ, with
//!
//! z̄_c = Σ_{k∈c} d_k z_k / Σ_{k∈c} d_k
//!
//! (ibid.; the same as `postStratify` in the R package `survey`). z is 0 outside a domain, but its
//! residual is not, so rows outside the domain take part. As wᵢ / dᵢ is one number in a cell, w may stand for d in z̄_c.

use std::borrow::Cow;

use super::moments::Sum;

/// Why totals and cells do not fit. Rows and cells are counted from 0.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PoststratifyError {
    /// There is no row.
    #[error("there are no rows to weight; give at least one")]
    NoRows,
    /// Cells and weights differ in length.
    #[error("{cells} cell entries for {weights} weights; give one cell a row")]
    Length {
        /// Weights given.
        weights: usize,
        /// Cell entries given.
        cells: usize,
    },
    /// A weight that is not a positive, finite number.
    #[error("row {row} has weight {value}; weights must be finite and above zero")]
    Weight {
        /// First row concerned.
        row: usize,
        /// Its weight.
        value: f64,
    },
    /// A row lies in a cell without a total.
    #[error("row {row} is in cell {cell}, but there are only {totals} totals, for cells from 0 on; add its total")]
    NoTotal {
        /// First row concerned.
        row: usize,
        /// Its cell.
        cell: u32,
        /// Number of totals.
        totals: usize,
    },
    /// A total that is not a positive, finite number.
    #[error("cell {cell} has population total {value}; totals must be finite and above zero, leave out cells without people")]
    Total {
        /// The cell.
        cell: u32,
        /// Its total.
        value: f64,
    },
    /// A cell with people but without answers.
    #[error("cell {cell} stands for {total} people but has no rows; merge it with a similar cell")]
    EmptyCell {
        /// The cell.
        cell: u32,
        /// Its population total.
        total: f64,
    },
    /// Weights and totals so far apart that a new weight cannot be written.
    #[error(
        "cell {cell} has weights that sum to {sum} for a total of {total}: the new weights are out of range, bring both to a similar scale"
    )]
    OutOfRange {
        /// The cell.
        cell: u32,
        /// Σ d in the cell.
        sum: f64,
        /// Its population total.
        total: f64,
    },
}

/// New weights, the cells they came from and how far each cell was moved.
#[derive(Clone, Debug)]
pub struct Poststratified<'a> {
    cells: Cow<'a, [u32]>,
    weights: Vec<f64>,
    factors: Vec<f64>,
    sums: Vec<f64>,
}

impl<'a> Poststratified<'a> {
    /// Computes the weights. `weights` and `cells` have one entry a row, `totals` one entry a cell; every cell needs rows.
    ///
    /// # Errors
    /// One [`PoststratifyError`] variant for each thing that does not fit, naming row or cell.
    pub fn new(weights: &[f64], cells: impl Into<Cow<'a, [u32]>>, totals: &[f64]) -> Result<Self, PoststratifyError> {
        let cells = cells.into();
        let sums = check(weights, &cells, totals)?;
        let mut factors = Vec::with_capacity(totals.len());
        for (cell, (total, sum)) in (0u32..).zip(totals.iter().zip(&sums)) {
            let factor = total / sum;
            if !(factor.is_normal() && sum.is_finite()) {
                return Err(PoststratifyError::OutOfRange { cell, sum: *sum, total: *total });
            }
            factors.push(factor);
        }
        let mut new = Vec::with_capacity(weights.len());
        for (weight, cell) in weights.iter().zip(cells.iter()) {
            let value = weight * factors[*cell as usize];
            if !(value.is_finite() && value > 0.0) {
                return Err(PoststratifyError::OutOfRange { cell: *cell, sum: sums[*cell as usize], total: totals[*cell as usize] });
            }
            new.push(value);
        }
        Ok(Self { cells, weights: new, factors, sums })
    }

    /// The new weight of each row.
    #[must_use]
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// The cell of each row.
    #[must_use]
    pub fn cells(&self) -> &[u32] {
        &self.cells
    }

    /// Number of cells.
    #[must_use]
    pub fn cell_count(&self) -> u32 {
        self.factors.len() as u32
    }

    /// N_c / Σ d of each cell: what its weights were multiplied by.
    #[must_use]
    pub fn factors(&self) -> &[f64] {
        &self.factors
    }

    /// Σ d of each cell: what its weights summed to before.
    #[must_use]
    pub fn sums_before(&self) -> &[f64] {
        &self.sums
    }

    /// zᵢ − z̄_c for a linearised value with one entry a row (0 outside the domain).
    ///
    /// # Errors
    /// [`PoststratifyError::Length`] when `z` has another length than the weights.
    pub fn residuals(&self, z: &[f64]) -> Result<Vec<f64>, PoststratifyError> {
        if z.len() != self.weights.len() {
            return Err(PoststratifyError::Length { weights: self.weights.len(), cells: z.len() });
        }
        let mut totals = vec![(Sum::default(), Sum::default()); self.factors.len()];
        for ((cell, weight), z) in self.cells.iter().zip(&self.weights).zip(z) {
            let (weighted, weights) = &mut totals[*cell as usize];
            weighted.add(weight * z);
            weights.add(*weight);
        }
        let means: Vec<f64> = totals.iter().map(|(weighted, weights)| weighted.value() / weights.value()).collect();
        Ok(z.iter().zip(self.cells.iter()).map(|(z, cell)| z - means[*cell as usize]).collect())
    }
}

/// Checks everything and gives Σ d of each cell.
fn check(weights: &[f64], cells: &[u32], totals: &[f64]) -> Result<Vec<f64>, PoststratifyError> {
    if weights.is_empty() {
        return Err(PoststratifyError::NoRows);
    }
    if weights.len() != cells.len() {
        return Err(PoststratifyError::Length { weights: weights.len(), cells: cells.len() });
    }
    for (cell, value) in (0u32..).zip(totals.iter().copied()) {
        if !(value.is_finite() && value > 0.0) {
            return Err(PoststratifyError::Total { cell, value });
        }
    }
    let mut sums = vec![Sum::default(); totals.len()];
    for (row, (value, cell)) in weights.iter().zip(cells).enumerate() {
        if !(value.is_finite() && *value > 0.0) {
            return Err(PoststratifyError::Weight { row, value: *value });
        }
        match sums.get_mut(*cell as usize) {
            Some(sum) => sum.add(*value),
            None => {
                return Err(PoststratifyError::NoTotal { row, cell: *cell, totals: totals.len() });
            }
        }
    }
    let sums: Vec<f64> = sums.iter().map(Sum::value).collect();
    for (cell, (sum, total)) in (0u32..).zip(sums.iter().zip(totals)) {
        if *sum == 0.0 {
            return Err(PoststratifyError::EmptyCell { cell, total: *total });
        }
    }
    Ok(sums)
}
