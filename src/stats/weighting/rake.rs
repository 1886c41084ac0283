//! Post-stratification and raking.
//!
//! Notation: margin m has cells c with population totals N_mc. One adjustment multiplies the weights of cell c by
//! N_mc / Σ_{k∈c} w_k; raking goes through the margins in turn until all totals are met (W. E. Deming and F. F. Stephan, Ann. Math.
//! Stat. 11 (1940) 427; convergence: S. E. Fienberg, Ann. Math. Stat. 41 (1970) 907). The limit is the calibration with
//! multiplicative distance on the same totals, so its variance is that of the calibration residuals.

use super::auxiliary::{Auxiliary, Term};
use super::residual::Residual;
use super::{Outcome, Problem, error};
use crate::stats::design::{Crossed, cross};
use crate::stats::moments::Sum;
use rayon::prelude::*;

/// Cells of a margin and their population totals.
#[derive(Clone, Debug)]
pub struct Margin {
    /// Cell of each row, from 0 on; ignored where the weight is 0.
    pub cells: Vec<u32>,
    /// Population total of each cell, finite and above 0.
    pub totals: Vec<f64>,
}

/// How raking enters variances.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RakeVariance {
    /// Residuals of the regression on all margins with the weights before raking.
    #[default]
    Calibration,
    /// Ten rounds of unweighted centring within margins, as R's `rake()` does.
    RRake,
}

/// Raking on several margins.
#[derive(Clone, Debug)]
pub struct Raking {
    /// The margins.
    pub margins: Vec<Margin>,
    /// Largest |achieved − target| / (1 + |target|) allowed.
    pub tolerance: f64,
    /// Most rounds through all margins.
    pub max_iterations: u32,
    /// How it enters variances.
    pub variance: RakeVariance,
}

pub(super) fn poststratify(margin: &Margin, weights: &[f64], complete: bool) -> Result<Outcome, Problem> {
    check(0, margin, weights)?;
    let before = sums(margin, weights);
    if complete {
        check_cells(0, margin, &before)?;
    }
    let mut new = weights.to_vec();
    adjust(margin, &before, &mut new);
    let after = sums(margin, &new);
    let residual = complete.then(|| Residual::Cells {
        cells: margin.cells.clone(),
        count: margin.totals.len(),
        before: weights.to_vec(),
        after: new.clone(),
    });
    let max_error = worst(margin, &after).0;
    Ok(Outcome { totals: totals(margin, &before, &after), weights: new, iterations: 1, max_error, rows_cut: 0, residual })
}

pub(super) fn rake(raking: &Raking, weights: &[f64], complete: bool) -> Result<Outcome, Problem> {
    let margins = &raking.margins;
    if raking.tolerance.is_nan() || raking.tolerance <= 0.0 {
        return Err(Problem::Tolerance(raking.tolerance));
    }
    if margins.is_empty() {
        return Err(Problem::NoMargins);
    }
    for (number, margin) in margins.iter().enumerate() {
        check(number, margin, weights)?;
    }
    let Joined { of_row, margins: crossed, weights: base } = join(margins, weights);
    let before: Vec<Vec<f64>> = crossed.iter().map(|margin| sums(margin, &base)).collect();
    if complete {
        for (number, (margin, sums)) in margins.iter().zip(&before).enumerate() {
            check_cells(number, margin, sums)?;
        }
    }
    check_sums(margins, raking.tolerance)?;
    let mut new = base.clone();
    let mut iterations = 0;
    let after = loop {
        // Sums of the margins at the end of a round; within it each margin needs its own anew.
        let after: Vec<Vec<f64>> = crossed.iter().map(|margin| sums(margin, &new)).collect();
        let found = margins.iter().zip(&after).map(|(margin, sums)| worst(margin, sums));
        let (margin, (largest, cell)) =
            found.enumerate().fold((0, (-1.0, 0)), |best, next| if (next.1).0 > (best.1).0 { next } else { best });
        if largest <= raking.tolerance {
            break after;
        }
        if iterations >= raking.max_iterations || largest.is_nan() {
            let (achieved, target) = (after[margin][cell], margins[margin].totals[cell]);
            return Err(Problem::RakingNotConverged { iterations, margin, cell, achieved, target });
        }
        for margin in &crossed {
            let own = sums(margin, &new);
            adjust(margin, &own, &mut new);
        }
        iterations += 1;
    };
    let factors: Vec<f64> = new.iter().zip(&base).map(|(new, base)| if *base == 0.0 { 1.0 } else { new / base }).collect();
    let spread = |(weight, cell): (&f64, &u32)| if *weight == 0.0 { 0.0 } else { weight * factors[*cell as usize] };
    let new: Vec<f64> = weights.par_iter().zip(&of_row).map(spread).collect();
    let max_error = margins.iter().zip(&after).map(|(margin, sums)| worst(margin, sums).0).fold(0.0, f64::max);
    let records = margins.iter().zip(before.iter().zip(&after)).flat_map(|(margin, (before, after))| totals(margin, before, after));
    let totals = records.collect();
    let residual = if complete { Some(residual(raking, weights, &new, (&crossed, &base))?) } else { None };
    Ok(Outcome { weights: new, iterations, max_error, totals, rows_cut: 0, residual })
}

/// All margins crossed: rows in the same cell of every margin keep their ratio, so raking needs only their sum.
struct Joined {
    /// Crossed cell of each row with a weight, 0 for the others.
    of_row: Vec<u32>,
    /// The margins with a crossed cell for a row.
    margins: Vec<Margin>,
    /// Σ d of each crossed cell.
    weights: Vec<f64>,
}

fn join(margins: &[Margin], weights: &[f64]) -> Joined {
    let columns: Vec<(&[u32], usize)> = margins.iter().map(|margin| (margin.cells.as_slice(), margin.totals.len())).collect();
    let Crossed { of_row, firsts } = cross(&columns, weights.len(), |row| weights[row] != 0.0);
    let mut sums = vec![Sum::default(); firsts.len()];
    for (crossed, weight) in of_row.iter().zip(weights).filter(|(_, weight)| **weight != 0.0) {
        sums[*crossed as usize].add(*weight);
    }
    let of_cells = |margin: &Margin| Margin { cells: firsts.iter().map(|row| margin.cells[*row]).collect(), totals: margin.totals.clone() };
    Joined { margins: margins.iter().map(of_cells).collect(), weights: sums.iter().map(Sum::value).collect(), of_row }
}

/// What the variance needs; X′dX is made of the `crossed` margins and the sums of weights of their cells.
fn residual(raking: &Raking, before: &[f64], after: &[f64], (crossed, base): (&[Margin], &[f64])) -> Result<Residual, Problem> {
    if raking.variance == RakeVariance::RRake {
        let margins = raking.margins.iter().map(|margin| (margin.cells.clone(), margin.totals.len())).collect();
        return Ok(Residual::Centring { margins, after: after.to_vec() });
    }
    let level = |margin: &Margin| Term::Levels { ids: margin.cells.clone().into(), count: margin.totals.len() as u32 };
    let columns = |margins: &[Margin], weights: &[f64]| Auxiliary::new(&margins.iter().map(level).collect::<Vec<_>>(), weights);
    let normal = columns(crossed, base)?.normal(|cell| base[cell], base.len());
    Ok(Residual::Regression { columns: columns(&raking.margins, before)?, normal, fit: before.to_vec(), after: after.to_vec() })
}

/// Checks the length, the totals and the cells of a margin.
fn check(number: usize, margin: &Margin, weights: &[f64]) -> Result<(), Problem> {
    if margin.cells.len() != weights.len() {
        return Err(Problem::Length { rows: weights.len(), found: margin.cells.len() });
    }
    if let Some(cell) = margin.totals.iter().position(|total| !(total.is_finite() && *total > 0.0)) {
        return Err(Problem::Total { margin: number, cell, value: margin.totals[cell] });
    }
    let outside = |(cell, weight): (&u32, &f64)| *weight != 0.0 && *cell as usize >= margin.totals.len();
    match margin.cells.iter().zip(weights).position(outside) {
        Some(row) => Err(Problem::NoTotal { row, margin: number, cell: margin.cells[row] }),
        None => Ok(()),
    }
}

/// Refuses cells without weight.
fn check_cells(number: usize, margin: &Margin, sums: &[f64]) -> Result<(), Problem> {
    match sums.iter().position(|sum| *sum <= 0.0) {
        Some(cell) => Err(Problem::EmptyCell { margin: number, cell, total: margin.totals[cell] }),
        None => Ok(()),
    }
}

fn check_sums(margins: &[Margin], tolerance: f64) -> Result<(), Problem> {
    let sum_of = |margin: &Margin| margin.totals.iter().copied().collect::<Sum>().value();
    let sums: Vec<f64> = margins.iter().map(sum_of).collect();
    let first = sums[0];
    // Each cell may miss its total by the tolerance.
    match sums.iter().enumerate().find(|(m, sum)| {
        let cells = (margins[0].totals.len() + margins[*m].totals.len()) as f64;
        error(**sum, first) > cells * tolerance + f64::EPSILON * cells
    }) {
        Some((margin, sum)) => Err(Problem::SumsDiffer { first, margin, sum: *sum }),
        None => Ok(()),
    }
}

fn sums(margin: &Margin, weights: &[f64]) -> Vec<f64> {
    let mut sums = vec![Sum::default(); margin.totals.len()];
    for (cell, weight) in margin.cells.iter().zip(weights).filter(|(_, weight)| **weight != 0.0) {
        sums[*cell as usize].add(*weight);
    }
    sums.iter().map(Sum::value).collect()
}

fn adjust(margin: &Margin, sums: &[f64], weights: &mut [f64]) {
    let factors: Vec<f64> = margin.totals.iter().zip(sums).map(|(total, sum)| if *sum > 0.0 { total / sum } else { 1.0 }).collect();
    for (cell, weight) in margin.cells.iter().zip(weights).filter(|(_, weight)| **weight != 0.0) {
        *weight *= factors[*cell as usize];
    }
}

/// Largest error of a margin and its cell; cells that a replicate left without weight cannot be met.
fn worst(margin: &Margin, sums: &[f64]) -> (f64, usize) {
    let errors = margin.totals.iter().zip(sums).map(|(total, sum)| if *sum > 0.0 { error(*sum, *total) } else { 0.0 });
    errors.enumerate().fold((0.0, 0), |best, (cell, error)| if error > best.0 || error.is_nan() { (error, cell) } else { best })
}

fn totals(margin: &Margin, before: &[f64], after: &[f64]) -> Vec<[f64; 3]> {
    margin.totals.iter().zip(before.iter().zip(after)).map(|(target, (before, after))| [*before, *target, *after]).collect()
}
