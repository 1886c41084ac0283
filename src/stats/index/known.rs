//! What known totals do to a variance: residuals on the margins, from sums by PSU alone.
//!
//! Notation: row i has the indicators xᵢ of its cell in every margin, base weight dᵢ and final weight wᵢ; N = Σ d x x′. A linearised value z
//! (0 outside its domain) is replaced by e = z − x′B with B = N⁻ Σ d x z: J.-C. Deville and C.-E. Särndal, JASA 87 (1992) 376, eq. 3.4;
//! with one margin z̄_c, the mean of its cell (post-stratification).
//!
//! With u_j and X_j the totals of w z and w x in PSU j, the total of w e is u_j − X_j′B, also where the PSU has no row of the domain.
//! So V = V(u) − 2 c′B + B′QB with c = Σ f_h (u_j − ū_h)(X_j − X̄_h) and Q = Σ f_h (X_j − X̄_h)(X_j − X̄_h)′, and a domain costs
//! its own PSUs and p² products. Where p is large, or V is lost in rounding, totals are added up one by one.

use super::algebra::{self, Quadratic, Sparse};
use super::cells::Cells;
use super::frame::Frame;
use super::kernel::{self, Column};
use super::{Index, IndexError};
use crate::stats::design::cross;
use rayon::prelude::*;
use std::borrow::Cow;

/// Most columns for which Q is kept.
pub(super) const QUADRATIC: usize = 64;

/// Weights that meet the known totals of margins (raking, or calibration on indicators): what the variance needs to know.
#[derive(Clone, Debug)]
pub struct Calibrated<'a> {
    pub(super) base: Cow<'a, [f64]>,
    pub(super) margins: Vec<(Cow<'a, [u32]>, u32)>,
}

impl<'a> Calibrated<'a> {
    /// `base` holds the weight of each row before the calibration, finite and above 0. A margin is the cell of each row, numbered below
    /// the count that stands beside it; all rows lie in a cell of every margin.
    ///
    /// # Errors
    /// [`IndexError::NoMargins`], [`IndexError::MarginLength`], [`IndexError::MarginCell`] or [`IndexError::BaseWeight`].
    pub fn new(base: impl Into<Cow<'a, [f64]>>, margins: Vec<(Cow<'a, [u32]>, u32)>) -> Result<Self, IndexError> {
        let base = base.into();
        if margins.is_empty() {
            return Err(IndexError::NoMargins);
        }
        if let Some(row) = base.iter().position(|weight| !(weight.is_finite() && *weight > 0.0)) {
            return Err(IndexError::BaseWeight { row, value: base[row] });
        }
        for (margin, (cells, count)) in margins.iter().enumerate() {
            if cells.len() != base.len() {
                return Err(IndexError::MarginLength { margin, rows: base.len(), found: cells.len() });
            }
            if let Some(row) = cells.iter().position(|cell| cell >= count) {
                return Err(IndexError::MarginCell { margin, row, cell: cells[row], count: *count });
            }
        }
        Ok(Self { base, margins })
    }
}

/// Everything about known totals that does not depend on measures.
#[derive(Clone, Debug)]
pub(super) struct Fit {
    pub(super) width: usize,
    pub(super) margins: usize,
    /// Columns of each crossed cell of the margins.
    columns: Vec<u32>,
    /// Crossed cell of each column, for one margin.
    cell_of_column: Vec<u32>,
    /// N of one margin, or N⁻ of several.
    inverse: Vec<f64>,
    pub(super) x: Sparse,
    /// Mean X of all PSUs.
    pub(super) mean: Vec<f64>,
    /// Groups of each column, for one margin.
    groups: Sparse,
    pub(super) quadratic: Option<Quadratic>,
    /// (domain, crossed cell) of rows.
    pub(super) pairs: Cells,
    /// [Σ d t, Σ d v] by pair and item.
    pub(super) base: Vec<[f64; 2]>,
    /// The same with f w², where rows are PSUs.
    pub(super) own: Vec<[f64; 2]>,
    /// Σ f w² by crossed cell, where rows are PSUs.
    pub(super) own_of_cell: Vec<f64>,
    /// Crossed cell of each row.
    pub(super) crossed: Vec<u32>,
}

impl Fit {
    pub(super) fn new(index: &Index<'_>, frame: &Frame, columns: &[Column<'_>]) -> Option<Self> {
        let rows = index.design.rows();
        let final_weights = index.design.weights();
        let (base, margins): (&[f64], Vec<(&[u32], usize)>) = match (index.calibrated, index.poststratified) {
            (Some(known), _) => (&known.base, known.margins.iter().map(|(cells, count)| (&cells[..], *count as usize)).collect()),
            (None, Some(known)) => (final_weights, vec![(known.cells(), known.cell_count() as usize)]),
            (None, None) => return None,
        };
        let width = margins.iter().map(|(_, count)| count).sum();
        let crossed = cross(&margins, rows, |_| true);
        let cells = crossed.firsts.len();
        let column_of = |row: usize| {
            margins.iter().scan(0, move |offset, (codes, count)| {
                let column = *offset + codes[row];
                *offset += *count as u32;
                Some(column)
            })
        };
        let of_cell: Vec<u32> = crossed.firsts.iter().flat_map(|row| column_of(*row)).collect();
        let crossed = crossed.of_row;
        let (scale, base_scale) = (index.design.weight_scale(), 1.0 / base.iter().copied().fold(f64::MIN_POSITIVE, f64::max));
        let weight = |row: usize| final_weights[row] * scale;
        let base_weight = |row: usize| base[row] * base_scale;
        let group = |row: usize| index.group(row);
        let (inverse, (x, pairs)) = rayon::join(
            || algebra::inverse(&of_cell, margins.len(), width, &kernel::totals(&crossed, cells, base_weight)),
            || {
                rayon::join(
                    || group_totals(rows, [frame.groups(), cells], &of_cell, margins.len(), group, |row| crossed[row], weight),
                    || Cells::new(rows, [index.domains.count() as usize, cells], |row| index.domains.of(row), |row| crossed[row]),
                )
            },
        );
        let mut mean = vec![0.0; width];
        for (column, value) in &x.entries {
            mean[*column as usize] += value / frame.all_psus();
        }
        let (mut own, mut own_of_cell) = (Vec::new(), Vec::new());
        if frame.rows_are_psus {
            let square = |row: usize| frame.factor(index.design.stratum(row))[0] * weight(row) * weight(row);
            own = kernel::weighted(&pairs.of_row, pairs.len(), columns, square);
            own_of_cell = kernel::totals(&crossed, cells, square);
        }
        let base = kernel::weighted(&pairs.of_row, pairs.len(), columns, base_weight);
        let groups = if margins.len() == 1 {
            algebra::transposed(&x, frame.groups(), width)
        } else {
            Sparse { starts: Vec::new(), entries: Vec::new() }
        };
        let mut cell_of_column = vec![0u32; if margins.len() == 1 { width } else { 0 }];
        (0u32..).zip(&of_cell).take(cell_of_column.len()).for_each(|(cell, column)| cell_of_column[*column as usize] = cell);
        let mut fit = Self {
            cell_of_column,
            width,
            margins: margins.len(),
            columns: of_cell,
            inverse,
            x,
            mean,
            groups,
            quadratic: None,
            pairs,
            base,
            own,
            own_of_cell,
            crossed,
        };
        fit.quadratic = (width <= QUADRATIC).then(|| algebra::quadratic(&fit, frame));
        Some(fit)
    }

    /// Columns of a crossed cell.
    pub(super) fn columns(&self, cell: usize) -> &[u32] {
        &self.columns[cell * self.margins..(cell + 1) * self.margins]
    }

    /// x′B of a crossed cell.
    pub(super) fn product(&self, cell: usize, b: &[f64]) -> f64 {
        self.columns(cell).iter().map(|column| b[*column as usize]).sum()
    }

    /// Crossed cells of some columns of the only margin.
    pub(super) fn cells_of<'b>(&'b self, columns: &'b [u32]) -> impl Iterator<Item = usize> + 'b {
        columns.iter().filter_map(|column| self.cell_of_column.get(*column as usize)).map(|cell| *cell as usize)
    }

    /// Groups that some of these columns reach, ascending; all groups when the columns of several margins hang together.
    pub(super) fn reached(&self, columns: &[u32], groups: usize) -> Vec<u32> {
        if self.margins > 1 {
            return (0..groups as u32).filter(|group| !self.x.row(*group as usize).is_empty()).collect();
        }
        let mut reached: Vec<u32> = columns.iter().flat_map(|column| self.groups.row(*column as usize)).map(|(group, _)| *group).collect();
        reached.sort_unstable();
        reached.dedup();
        reached
    }

    /// B from Σ d x z on these columns; `b` is 0 elsewhere before.
    pub(super) fn solve(&self, columns: &[u32], right: &[f64], b: &mut [f64]) {
        if self.margins == 1 {
            for (column, right) in columns.iter().zip(right) {
                b[*column as usize] = right / self.inverse[*column as usize];
            }
            return;
        }
        b.fill(0.0);
        for (column, right) in columns.iter().zip(right) {
            let inverse = &self.inverse[*column as usize * self.width..][..self.width];
            for (b, inverse) in b.iter_mut().zip(inverse) {
                *b += inverse * right;
            }
        }
    }
}

/// A table of this many numbers is added up faster than pairs are told apart.
const TABLE: usize = 1 << 20;

/// Totals X by group, from totals of weights by (group, crossed cell).
fn group_totals(
    rows: usize,
    [groups, cells]: [usize; 2],
    columns: &[u32],
    margins: usize,
    group: impl Fn(usize) -> u32 + Sync,
    crossed: impl Fn(usize) -> u32 + Sync,
    weight: impl Fn(usize) -> f64 + Sync,
) -> Sparse {
    // (crossed cell, Σ w) of each group, cells ascending. Weights are above 0, so a sum of 0 is a pair without rows.
    let (starts, pairs): (Vec<usize>, Vec<(u32, f64)>) = if groups.saturating_mul(cells) <= TABLE {
        let place: Vec<u32> = (0..rows).into_par_iter().map(|row| group(row) * cells as u32 + crossed(row)).collect();
        let weights = kernel::totals(&place, groups * cells, weight);
        let starts = (0..=groups).map(|group| group * cells).collect();
        (starts, weights.into_iter().enumerate().map(|(place, weight)| ((place % cells) as u32, weight)).collect())
    } else {
        let pairs = Cells::new(rows, [groups, cells], group, crossed);
        let weights = kernel::totals(&pairs.of_row, pairs.len(), weight);
        (pairs.starts, pairs.second.into_iter().zip(weights).collect())
    };
    let mut sparse = Sparse { starts: vec![0], entries: Vec::new() };
    let mut own: Vec<(u32, f64)> = Vec::new();
    for bounds in starts.windows(2) {
        own.clear();
        for (cell, weight) in pairs[bounds[0]..bounds[1]].iter().filter(|(_, weight)| *weight != 0.0) {
            let cell = *cell as usize;
            own.extend(columns[cell * margins..(cell + 1) * margins].iter().map(|column| (*column, *weight)));
        }
        own.sort_by_key(|(column, _)| *column);
        for alike in own.chunk_by(|a, b| a.0 == b.0) {
            sparse.entries.push((alike[0].0, alike.iter().map(|(_, weight)| weight).sum()));
        }
        sparse.starts.push(sparse.entries.len());
    }
    sparse
}
