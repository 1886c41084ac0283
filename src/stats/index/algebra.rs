//! Sparse totals, the inverse of the normal equations and the quadratic form of [`super::known`].

use super::frame::Frame;
use super::known::Fit;
use crate::stats::linear::Ldl;
use rayon::prelude::*;

/// Below this share of its length a column is contained in the ones before it.
const ALIASED: f64 = 1e-10;

/// Totals X of each group, only the columns it has.
#[derive(Clone, Debug)]
pub(super) struct Sparse {
    pub(super) starts: Vec<usize>,
    pub(super) entries: Vec<(u32, f64)>,
}

impl Sparse {
    pub(super) fn row(&self, group: usize) -> &[(u32, f64)] {
        &self.entries[self.starts[group]..self.starts[group + 1]]
    }

    /// X′B of a group.
    pub(super) fn product(&self, group: usize, b: &[f64]) -> f64 {
        self.row(group).iter().map(|(column, value)| value * b[*column as usize]).sum()
    }
}

pub(super) fn transposed(x: &Sparse, groups: usize, width: usize) -> Sparse {
    let mut starts = vec![0usize; width + 1];
    for (column, _) in &x.entries {
        starts[*column as usize + 1] += 1;
    }
    for at in 1..starts.len() {
        starts[at] += starts[at - 1];
    }
    let mut next = starts.clone();
    let mut entries = vec![(0, 0.0); x.entries.len()];
    for group in 0..groups {
        for (column, value) in x.row(group) {
            entries[next[*column as usize]] = (group as u32, *value);
            next[*column as usize] += 1;
        }
    }
    Sparse { starts, entries }
}

/// N of one margin; N⁻ of several, column by column.
pub(super) fn inverse(columns: &[u32], margins: usize, p: usize, weights: &[f64]) -> Vec<f64> {
    if margins == 1 {
        let mut sums = vec![0.0; p];
        for (column, weight) in columns.iter().zip(weights) {
            sums[*column as usize] += weight;
        }
        return sums;
    }
    let mut matrix = vec![0.0; p * p];
    for (columns, weight) in columns.chunks_exact(margins).zip(weights) {
        for a in columns {
            for b in columns {
                matrix[*a as usize * p + *b as usize] += weight;
            }
        }
    }
    let normal = Ldl::new(matrix, p, ALIASED);
    let unit = |column: usize| (0..p).map(|c| f64::from(u8::from(c == column))).collect::<Vec<f64>>();
    (0..p).into_par_iter().flat_map_iter(|column| normal.solve(&unit(column))).collect()
}

/// Q, and what u is multiplied with in c.
#[derive(Clone, Debug)]
pub(super) struct Quadratic {
    pub(super) matrix: Vec<f64>,
    /// By group and column. PSUs: f (X − X̄). Strata of rows that are PSUs: f s X, or the mean X of all PSUs for an adjusted one.
    pub(super) cross: Vec<f64>,
}

pub(super) fn quadratic(fit: &Fit, frame: &Frame) -> Quadratic {
    let p = fit.width;
    let mut matrix = vec![0.0; p * p];
    let mut add = |factor: f64, a: &[f64], b: &[f64]| {
        for (row, a) in matrix.chunks_exact_mut(p).zip(a) {
            for (value, b) in row.iter_mut().zip(b) {
                *value += factor * a * b;
            }
        }
    };
    let groups = frame.groups();
    let mut cross = vec![0.0; groups * p];
    let dense = |group: usize| {
        let mut x = vec![0.0; p];
        for (column, value) in fit.x.row(group) {
            x[*column as usize] = *value;
        }
        x
    };
    if frame.rows_are_psus {
        for (cell, own) in fit.own_of_cell.iter().enumerate() {
            let mut x = vec![0.0; p];
            fit.columns(cell).iter().for_each(|column| x[*column as usize] = 1.0);
            add(*own, &x, &x);
        }
        for group in (0..groups).filter(|group| frame.psus_in_stratum[*group] > 0) {
            let (x, [f, s]) = (dense(group), frame.factor(group as u32));
            let cross = &mut cross[group * p..(group + 1) * p];
            if frame.is_adjusted(group as u32) {
                cross.copy_from_slice(&fit.mean);
                add(-1.0, &x, &fit.mean);
                add(-1.0, &fit.mean, &x);
                add(1.0, &fit.mean, &fit.mean);
            } else {
                cross.iter_mut().zip(&x).for_each(|(cross, x)| *cross = f * s * x);
                add(-f * s, &x, &x);
            }
        }
        return Quadratic { matrix, cross };
    }
    let all: Vec<u32> = (0..groups as u32).collect();
    for stratum in all.chunk_by(|a, b| frame.stratum(*a) == frame.stratum(*b)) {
        let own = frame.stratum(stratum[0]);
        let [f, s] = frame.factor(own);
        let totals: Vec<Vec<f64>> = stratum.iter().map(|group| dense(*group as usize)).collect();
        let mut centre = vec![0.0; p];
        if frame.is_adjusted(own) {
            centre.copy_from_slice(&fit.mean);
        } else {
            for x in &totals {
                centre.iter_mut().zip(x).for_each(|(centre, x)| *centre += s * x);
            }
        }
        for (group, x) in stratum.iter().zip(totals) {
            let x: Vec<f64> = x.iter().zip(&centre).map(|(x, centre)| x - centre).collect();
            add(f, &x, &x);
            let cross = &mut cross[*group as usize * p..(*group as usize + 1) * p];
            cross.iter_mut().zip(&x).for_each(|(cross, x)| *cross = f * x);
        }
    }
    Quadratic { matrix, cross }
}
