//! Weighted products of the answers to two items, for measures of several items when rows do not stay.

use super::kernel::Column;
use super::measure::Terms;
use crate::stats::moments::Sum;

/// A form smaller than this share of the sum of its parts is the rounding of 0.
const ROUNDING: f64 = 1e-13;

/// Σ w x x′ with x = (t₁, v₁, t₂, v₂ …), lower triangle; empty before the first row.
#[derive(Clone, Debug, Default)]
pub(super) struct Gram {
    sums: Vec<Sum>,
}

impl Gram {
    pub(super) fn merge(&mut self, other: &Self, factor: f64) {
        if self.sums.is_empty() {
            self.sums = vec![Sum::default(); other.sums.len()];
        }
        self.sums.iter_mut().zip(&other.sums).for_each(|(own, other)| own.add(other.value() * factor));
    }

    pub(super) fn scale(&mut self, factor: f64) {
        self.sums.iter_mut().for_each(|sum| *sum = std::iter::once(sum.value() * factor).collect());
    }

    /// Σ w z² with z = Σ a t − b v over these items.
    pub(super) fn form(&self, used: &[usize], linear: &[[f64; 2]]) -> f64 {
        if self.sums.is_empty() {
            return 0.0;
        }
        let coefficients = || used.iter().zip(linear).flat_map(|(slot, [a, b])| [(2 * slot, *a), (2 * slot + 1, -*b)]);
        let (mut form, mut parts) = (Sum::default(), 0.0);
        for (row, first) in coefficients() {
            for (column, second) in coefficients() {
                let (high, low) = (row.max(column), row.min(column));
                let part = first * second * self.sums[high * (high + 1) / 2 + low].value();
                form.add(part);
                parts += part.abs();
            }
        }
        if form.value() > ROUNDING * parts { form.value() } else { 0.0 }
    }
}

/// Products by cell; rows of cell `count` are left out.
pub(super) fn by_cell(cells: &[u32], count: usize, columns: &[Column<'_>], weight: impl Fn(usize) -> f64) -> Vec<Gram> {
    let width = 2 * columns.len();
    let size = width * (width + 1) / 2;
    let mut sums = vec![0.0; count * size];
    let mut x = vec![0.0; width];
    for (row, cell) in cells.iter().enumerate().filter(|(_, cell)| (**cell as usize) < count) {
        let weight = weight(row);
        for (pair, (codes, worth)) in x.chunks_exact_mut(2).zip(columns) {
            pair.copy_from_slice(&worth[usize::from(codes[row])]);
        }
        let mut own = &mut sums[*cell as usize * size..(*cell as usize + 1) * size];
        for (place, first) in x.iter().enumerate() {
            let (line, rest) = own.split_at_mut(place + 1);
            let first = weight * first;
            line.iter_mut().zip(&x).for_each(|(sum, second)| *sum += first * second);
            own = rest;
        }
    }
    let gram = |sums: &[f64]| Gram { sums: sums.iter().map(|sum| std::iter::once(*sum).collect()).collect() };
    sums.chunks_exact(size.max(1)).map(gram).collect()
}

/// Rows with a valid answer to a measure, and their weight, by domain and measure.
pub(super) fn answered(
    domains: &[u32],
    columns: &[Column<'_>],
    terms: &Terms,
    several: &[usize],
    weight: impl Fn(usize) -> f64,
    answered: &mut [(u64, Sum)],
) {
    let count = answered.len() / terms.measures().max(1);
    for (row, domain) in domains.iter().enumerate().filter(|(_, domain)| (**domain as usize) < count) {
        for measure in several {
            let valid = |slot: &usize| columns[*slot].1[usize::from(columns[*slot].0[row])][1] > 0.0;
            if terms.slots[terms.of(*measure)].iter().any(valid) {
                let own = &mut answered[*domain as usize * terms.measures() + measure];
                own.0 += 1;
                own.1.add(weight(row));
            }
        }
    }
}
