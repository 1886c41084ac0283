//! First pass: S_k and W_k of every used item, by domain or, with post-stratification, by (domain, cell).

use super::sort::Sorted;
use super::{Index, Scoring};
use crate::stats::moments::Sum;
use rayon::prelude::*;
use std::ops::Range;

/// Positions a part covers. Fixed, so that parts do not depend on threads.
const PART: usize = 32_768;

/// [S, W] by pair and used item.
pub(super) struct ItemSums {
    by_pair: Vec<[f64; 2]>,
    slots: usize,
}

impl ItemSums {
    /// [S, W] of each used item in one pair.
    pub(super) fn pair(&self, pair: usize) -> &[[f64; 2]] {
        &self.by_pair[pair * self.slots..(pair + 1) * self.slots]
    }

    /// [S, W] of each used item in a whole domain.
    pub(super) fn domain(&self, sorted: &Sorted, domain: u32) -> Vec<[f64; 2]> {
        let mut total = vec![[Sum::default(); 2]; self.slots];
        for pair in sorted.pairs_of(domain) {
            for (total, part) in total.iter_mut().zip(self.pair(pair)) {
                total[0].add(part[0]);
                total[1].add(part[1]);
            }
        }
        total.iter().map(|sum| sum.map(|part| part.value())).collect()
    }
}

pub(super) fn item_sums(index: &Index<'_>, sorted: &Sorted) -> ItemSums {
    let slots = index.terms.used().len();
    let parts: Vec<(usize, Vec<[f64; 2]>)> = (0..sorted.rows().div_ceil(PART))
        .into_par_iter()
        .map(|part| part_sums(index, sorted, part * PART..((part + 1) * PART).min(sorted.rows())))
        .collect();
    let mut total = vec![[Sum::default(); 2]; sorted.pair_count() * slots];
    for (first, part) in &parts {
        for (total, part) in total[first * slots..].iter_mut().zip(part) {
            total[0].add(part[0]);
            total[1].add(part[1]);
        }
    }
    ItemSums { by_pair: total.iter().map(|sum| sum.map(|part| part.value())).collect(), slots }
}

/// Sums over a stretch of positions: the first pair concerned, then [S, W] by pair and item.
fn part_sums(index: &Index<'_>, sorted: &Sorted, stretch: Range<usize>) -> (usize, Vec<[f64; 2]>) {
    let slots = index.terms.used().len();
    let first = sorted.pairs_of(sorted.domain_at(stretch.start)).start;
    let end = sorted.pairs_of(sorted.domain_at(stretch.end - 1)).end;
    let mut sums = vec![[0.0; 2]; (end - first) * slots];
    let runs: Vec<(u32, Range<usize>)> = sorted.runs(stretch.clone()).collect();
    for (slot, item) in index.terms.used().iter().enumerate() {
        let scoring = index.items[*item].scoring;
        if index.poststratified.is_some() {
            let codes = sorted.codes(index, slot, stretch.clone());
            for (position, code) in stretch.clone().zip(codes) {
                let [score, valid] = scoring.worth(*code);
                let weight = sorted.weights[position];
                let sum = &mut sums[(sorted.pairs[position] as usize - first) * slots + slot];
                sum[0] += weight * score;
                sum[1] += weight * valid;
            }
        } else {
            for (domain, run) in &runs {
                let codes = sorted.codes(index, slot, run.clone());
                let sum = &mut sums[(*domain as usize - first) * slots + slot];
                *sum = run_sums(scoring, codes, &sorted.weights[run.clone()]);
            }
        }
    }
    (first, sums)
}

/// [S, W] of one item over rows of one domain, in four lanes.
fn run_sums(scoring: &Scoring, codes: &[u8], weights: &[f64]) -> [f64; 2] {
    let mut lanes = [[0.0_f64; 2]; 4];
    let (mut codes, mut weights) = (codes.chunks_exact(4), weights.chunks_exact(4));
    let mut add = |codes: &[u8], weights: &[f64]| {
        for ((lane, code), weight) in lanes.iter_mut().zip(codes).zip(weights) {
            let [score, valid] = scoring.worth(*code);
            lane[0] += weight * score;
            lane[1] += weight * valid;
        }
    };
    for (codes, weights) in codes.by_ref().zip(weights.by_ref()) {
        add(codes, weights);
    }
    add(codes.remainder(), weights.remainder());
    let [a, b, c, d] = lanes;
    [(a[0] + b[0]) + (c[0] + d[0]), (a[1] + b[1]) + (c[1] + d[1])]
}
