//! What known totals leave of a linearised value.
//!
//! Notation: x = w z is the weighted value of a row before the variance of its total is taken; a step made weights w from d.
//!
//! * Cells (post-stratification): x − w Σ_c (d/w) x / Σ_c d, which is w (z − z̄_c) with z̄_c weighted by d.
//! * Regression (calibration, raking): w e with e the residual of z on the columns X by least squares with weights d / σ²:
//!   J.-C. Deville and C.-E. Särndal, JASA 87 (1992) 376, eq. 3.4. Distance and bounds do not matter to first order.
//! * Centring: ten rounds of taking off the plain mean of z in each margin in turn, what R's `rake()` does.
//!
//! Later steps may have changed the weights again; x / w then is z times that change, as in the R package `survey`.

use super::auxiliary::{Auxiliary, Normal};

/// Rounds of centring that R makes.
const ROUNDS: u32 = 10;

/// How a step changes a linearised value.
#[derive(Clone, Debug)]
pub(super) enum Residual {
    /// Means of cells.
    Cells {
        /// Cell of each row.
        cells: Vec<u32>,
        /// Number of cells.
        count: usize,
        /// d.
        before: Vec<f64>,
        /// w.
        after: Vec<f64>,
    },
    /// Least squares.
    Regression {
        /// X.
        columns: Auxiliary,
        /// X′(d/σ²)X.
        normal: Normal,
        /// d / σ².
        fit: Vec<f64>,
        /// w.
        after: Vec<f64>,
    },
    /// R's `rake()`.
    Centring {
        /// Cell of each row and number of cells, by margin.
        margins: Vec<(Vec<u32>, usize)>,
        /// w.
        after: Vec<f64>,
    },
}

impl Residual {
    pub(super) fn apply(&self, x: &mut [f64]) {
        match self {
            Self::Cells { cells, count, before, after } => {
                let mut sums = vec![[0.0; 2]; *count];
                for (row, x) in x.iter().enumerate().filter(|(row, _)| after[*row] != 0.0) {
                    let sum = &mut sums[cells[row] as usize];
                    sum[0] += x / after[row] * before[row];
                    sum[1] += before[row];
                }
                for (row, x) in x.iter_mut().enumerate().filter(|(row, _)| after[*row] != 0.0) {
                    let [sum, weight] = sums[cells[row] as usize];
                    *x -= after[row] * (sum / weight);
                }
            }
            Self::Regression { columns, normal, fit, after } => {
                to_values(x, after);
                // The second round takes off what rounding left in the first.
                for _ in 0..2 {
                    let right = columns.totals(|row| fit[row] * x[row], x.len());
                    let b = normal.solve(&right);
                    for (row, x) in x.iter_mut().enumerate().filter(|(row, _)| after[*row] != 0.0) {
                        *x -= columns.product(row, &b);
                    }
                }
                to_weighted(x, after);
            }
            Self::Centring { margins, after } => {
                to_values(x, after);
                for _ in 0..ROUNDS {
                    for (cells, count) in margins {
                        centre(x, cells, *count, after);
                    }
                }
                to_weighted(x, after);
            }
        }
    }
}

fn to_values(x: &mut [f64], after: &[f64]) {
    for (x, after) in x.iter_mut().zip(after) {
        *x = if *after == 0.0 { 0.0 } else { *x / after };
    }
}

fn to_weighted(x: &mut [f64], after: &[f64]) {
    for (x, after) in x.iter_mut().zip(after) {
        *x *= after;
    }
}

fn centre(x: &mut [f64], cells: &[u32], count: usize, after: &[f64]) {
    let mut sums = vec![[0.0; 2]; count];
    for (row, x) in x.iter().enumerate().filter(|(row, _)| after[*row] != 0.0) {
        let sum = &mut sums[cells[row] as usize];
        sum[0] += x;
        sum[1] += 1.0;
    }
    for (row, x) in x.iter_mut().enumerate().filter(|(row, _)| after[*row] != 0.0) {
        let [sum, rows] = sums[cells[row] as usize];
        *x -= sum / rows;
    }
}
