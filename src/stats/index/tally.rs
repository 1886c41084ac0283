//! Second pass, for measures of several items or scores: what follows from z row by row.

use super::kernel::{Column, leaf_rows, tree};
use super::measure::Terms;
use std::ops::Range;

/// Σ over rows of a domain for one measure.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    /// Rows with a valid answer.
    pub(super) valid: u64,
    /// Their weights.
    pub(super) weight: f64,
    /// Σ w z².
    pub(super) squares: f64,
    /// Σ f w² z², where rows are PSUs.
    pub(super) own: f64,
}

impl Tally {
    fn merge(&mut self, other: &Self) {
        self.valid += other.valid;
        self.weight += other.weight;
        self.squares += other.squares;
        self.own += other.own;
    }
}

/// What a pass needs to know of the rows.
pub(super) struct Rows<'a, D, W, F> {
    pub(super) count: usize,
    /// Domain of a row, the number of domains for none.
    pub(super) domain: D,
    pub(super) weight: W,
    /// f of the row's stratum.
    pub(super) factor: F,
    pub(super) columns: &'a [Column<'a>],
}

/// Tallies by domain and chosen measure. `linear` holds [a, b] of the terms of all measures, domain by domain.
pub(super) fn tallies<D, W, F>(rows: &Rows<'_, D, W, F>, domains: usize, terms: &Terms, chosen: &[usize], linear: &[[f64; 2]]) -> Vec<Tally>
where
    D: Fn(usize) -> usize + Sync,
    W: Fn(usize) -> f64 + Sync,
    F: Fn(usize) -> f64 + Sync,
{
    if chosen.is_empty() {
        return Vec::new();
    }
    let all = terms.slots.len();
    let make = |range: Range<usize>| {
        let mut tallies = vec![Tally::default(); domains * chosen.len()];
        let mut answers = vec![[0.0_f64; 2]; rows.columns.len()];
        for row in range {
            let domain = (rows.domain)(row);
            if domain >= domains {
                continue;
            }
            let (weight, factor) = ((rows.weight)(row), (rows.factor)(row));
            for (answer, (codes, worth)) in answers.iter_mut().zip(rows.columns) {
                *answer = worth[usize::from(codes[row])];
            }
            let linear = &linear[domain * all..(domain + 1) * all];
            let tallies = &mut tallies[domain * chosen.len()..(domain + 1) * chosen.len()];
            for (tally, measure) in tallies.iter_mut().zip(chosen) {
                let range = terms.of(*measure);
                let (mut z, mut answered) = ([0.0_f64; 2], 0.0);
                for (slot, [a, b]) in terms.slots[range.clone()].iter().zip(&linear[range]) {
                    let [t, v] = answers[*slot];
                    z[0] += a * t;
                    z[1] += b * v;
                    answered += v;
                }
                let (z, answered) = (z[0] - z[1], answered > 0.0);
                let x = weight * z;
                tally.valid += u64::from(answered);
                tally.weight += if answered { weight } else { 0.0 };
                tally.squares += x * z;
                tally.own += factor * x * x;
            }
        }
        tallies
    };
    let merge = |first: &mut Vec<Tally>, second: Vec<Tally>| first.iter_mut().zip(&second).for_each(|(first, second)| first.merge(second));
    tree(0..rows.count, leaf_rows(domains * chosen.len()), &make, &merge)
}
