//! What post-stratification adds: cell means of the linearised value, and the rows outside a domain that they reach.
//!
//! With z̄_c the weighted mean of z in cell c (z is 0 outside domain d), a row of c carries wᵢ (zᵢ − z̄_c): inside the domain
//! the sweep uses it directly; a row outside carries −wᵢ z̄_c, and such rows are kept here as moments of their weights by
//! (PSU, cell, domain), or by (stratum, cell, domain) where rows are PSUs.

use super::Index;
use super::sort::Sorted;
use super::sums::ItemSums;
use crate::stats::moments::{Moments, Sum};
use rayon::prelude::*;
use std::collections::HashMap;

/// Weights of the rows of one cell and one domain within a group.
pub(super) struct Entry {
    pub(super) cell: u32,
    pub(super) domain: u32,
    /// Moments of the scaled weights.
    pub(super) weights: Moments,
}

/// Cell means by pair and measure, and the weights of all rows by group.
pub(super) struct Outside {
    means: Vec<f64>,
    measures: usize,
    starts: Vec<usize>,
    entries: Vec<Entry>,
}

impl Outside {
    /// `None` without post-stratification.
    pub(super) fn new(index: &Index<'_>, sorted: &Sorted, sums: &ItemSums) -> Option<Self> {
        let poststratified = index.poststratified?;
        let mut totals = vec![Sum::default(); poststratified.cell_count() as usize];
        let scale = index.design.weight_scale();
        for (cell, weight) in poststratified.cells().iter().zip(index.design.weights()) {
            totals[*cell as usize].add(weight * scale);
        }
        let (starts, entries) = entries(index, poststratified.cells());
        Some(Self { means: means(index, sorted, sums, &totals), measures: index.terms.measures(), starts, entries })
    }

    /// z̄_c of every measure for a pair (domain, cell).
    pub(super) fn means(&self, pair: usize) -> &[f64] {
        &self.means[pair * self.measures..(pair + 1) * self.measures]
    }

    /// Rows of a group: a PSU by its rank, or a stratum where rows are PSUs.
    pub(super) fn group(&self, group: usize) -> &[Entry] {
        &self.entries[self.starts[group]..self.starts[group + 1]]
    }

    /// Number of groups.
    pub(super) fn groups(&self) -> usize {
        self.starts.len() - 1
    }

    /// Adds to `totals`, by measure, what the rows of a PSU outside a domain carry.
    pub(super) fn add_outside(&self, group: usize, domain: u32, pairs: &HashMap<u32, usize>, totals: &mut [f64]) {
        for entry in self.group(group) {
            if entry.domain == domain {
                continue;
            }
            if let Some(pair) = pairs.get(&entry.cell) {
                let weight = entry.weights.sum();
                for (total, mean) in totals.iter_mut().zip(self.means(*pair)) {
                    *total -= weight * mean;
                }
            }
        }
    }
}

/// The pair of each cell that a domain has rows in.
pub(super) fn pairs_by_cell(sorted: &Sorted, domain: u32) -> HashMap<u32, usize> {
    if sorted.cells.is_empty() {
        return HashMap::new();
    }
    sorted.pairs_of(domain).map(|pair| (sorted.cells[pair], pair)).collect()
}

/// z̄_c by pair and measure: Σ_{i∈c∩d} wᵢ zᵢ / Σ_{i∈c} wᵢ, the numerator from the sums of the pair.
fn means(index: &Index<'_>, sorted: &Sorted, sums: &ItemSums, totals: &[Sum]) -> Vec<f64> {
    let terms = &index.terms;
    let by_domain: Vec<Vec<f64>> = (0..index.domains.count())
        .into_par_iter()
        .map(|domain| {
            let of_domain = sums.domain(sorted, domain);
            let pairs = sorted.pairs_of(domain);
            let mut means = vec![0.0; pairs.len() * terms.measures()];
            let mut linear = Vec::new();
            for measure in 0..terms.measures() {
                linear.resize(terms.of(measure).len(), [0.0; 2]);
                if terms.linearise(measure, &of_domain, &mut linear).is_none() {
                    continue;
                }
                for (place, pair) in pairs.clone().enumerate() {
                    let own = sums.pair(pair);
                    let total: f64 = terms
                        .of(measure)
                        .zip(&linear)
                        .map(|(term, [a, b])| {
                            let [score, weight] = own[terms.slots[term]];
                            a * score - b * weight
                        })
                        .sum();
                    let cell = sorted.cells[pair] as usize;
                    means[place * terms.measures() + measure] = total / totals[cell].value();
                }
            }
            means
        })
        .collect();
    by_domain.concat()
}

/// Weights of all rows by group, cell and domain.
fn entries(index: &Index<'_>, cells: &[u32]) -> (Vec<usize>, Vec<Entry>) {
    let design = index.design;
    let by_stratum = design.rows_are_psus();
    let groups = if by_stratum { design.stratum_slots() } else { design.psus() };
    let (scale, weights) = (design.weight_scale(), design.weights());
    let (mut starts, mut entries) = (vec![0], Vec::<Entry>::new());
    let mut rows: Vec<(u32, u32, f64)> = Vec::new();
    let mut position = 0;
    for group in 0..groups {
        rows.clear();
        while position < design.rows() {
            let row = design.row_at(position);
            let own = if by_stratum { design.stratum(row) } else { design.psu_rank(row) };
            if own != group {
                break;
            }
            rows.push((cells[row], index.domains.of(row), weights[row] * scale));
            position += 1;
        }
        rows.sort_by_key(|(cell, domain, _)| (*cell, *domain));
        for alike in rows.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            let mut moments = Moments::default();
            for (_, _, weight) in alike {
                moments.push(*weight);
            }
            entries.push(Entry { cell: alike[0].0, domain: alike[0].1, weights: moments });
        }
        starts.push(entries.len());
    }
    (starts, entries)
}
