//! Rows in the order (domain, stratum, PSU), so that every PSU of a domain is one run of rows.

use super::{Index, NO_DOMAIN};
use rayon::prelude::*;
use std::ops::Range;

/// The sorted rows of all domains; rows in no domain are left out. Positions count sorted rows.
pub(super) struct Sorted {
    /// Row at each position; `None` when position and row agree.
    order: Option<Vec<u32>>,
    /// Positions of each domain: `domains[d]..domains[d + 1]`.
    domains: Vec<usize>,
    /// Weight at each position, scaled by a power of two so that the largest of the design is near 1.
    pub(super) weights: Vec<f64>,
    /// Codes of each used item in sorted order, one byte a row; `None` when position and row agree.
    codes: Option<Vec<Vec<u8>>>,
    /// Pair (domain, cell) at each position; the domain itself without post-stratification.
    pub(super) pairs: Vec<u32>,
    /// Pairs of each domain: `pair_starts[d]..pair_starts[d + 1]`.
    pair_starts: Vec<usize>,
    /// Cell of each pair, with post-stratification.
    pub(super) cells: Vec<u32>,
}

impl Sorted {
    pub(super) fn new(index: &Index<'_>) -> Self {
        let (order, domains) = order(index);
        let rows = domains.last().copied().unwrap_or(0);
        let row = |position: usize| order.as_ref().map_or(position, |o| o[position] as usize);
        // An item's column fits the second cache, a block of rows of all items does not: bring them into order item by item.
        let codes = order.as_ref().map(|order| {
            let gather = |item: &usize| {
                let codes = index.items[*item].codes;
                order.iter().map(|row| codes[*row as usize]).collect()
            };
            index.terms.used().par_iter().map(gather).collect()
        });
        let scale = index.design.weight_scale();
        let weights = index.design.weights();
        let weights = (0..rows).map(|p| weights[row(p)] * scale).collect();
        let (mut pairs, mut pair_starts, mut cells) = (Vec::with_capacity(rows), vec![0], Vec::new());
        let mut pair_of_cell = vec![u32::MAX; index.poststratified.map_or(0, |p| p.cell_count() as usize)];
        for (domain, range) in (0u32..).zip(domains.windows(2)) {
            let Some(poststratified) = index.poststratified else {
                pairs.resize(range[1], domain);
                pair_starts.push(domain as usize + 1);
                continue;
            };
            let first = cells.len();
            for position in range[0]..range[1] {
                let cell = poststratified.cells()[row(position)];
                let pair = &mut pair_of_cell[cell as usize];
                if *pair == u32::MAX || (*pair as usize) < first {
                    *pair = cells.len() as u32;
                    cells.push(cell);
                }
                pairs.push(*pair);
            }
            pair_starts.push(cells.len());
        }
        Self { order, domains, weights, codes, pairs, pair_starts, cells }
    }

    /// Number of sorted rows.
    pub(super) fn rows(&self) -> usize {
        self.weights.len()
    }

    /// Row at a position.
    pub(super) fn row(&self, position: usize) -> usize {
        self.order.as_ref().map_or(position, |order| order[position] as usize)
    }

    /// Codes of the used item in a slot at a stretch of positions.
    pub(super) fn codes<'a>(&'a self, index: &Index<'a>, slot: usize, stretch: Range<usize>) -> &'a [u8] {
        match &self.codes {
            Some(codes) => &codes[slot][stretch],
            None => &index.items[index.terms.used()[slot]].codes[stretch],
        }
    }

    /// Positions of a domain.
    pub(super) fn domain(&self, domain: u32) -> Range<usize> {
        self.domains[domain as usize]..self.domains[domain as usize + 1]
    }

    /// Pairs (domain, cell) of a domain.
    pub(super) fn pairs_of(&self, domain: u32) -> Range<usize> {
        self.pair_starts[domain as usize]..self.pair_starts[domain as usize + 1]
    }

    /// Number of pairs (domain, cell).
    pub(super) fn pair_count(&self) -> usize {
        self.pair_starts[self.pair_starts.len() - 1]
    }

    /// Domain at a position.
    pub(super) fn domain_at(&self, position: usize) -> u32 {
        (self.domains.partition_point(|start| *start <= position) - 1) as u32
    }

    /// The runs of one domain each that make up a stretch of positions.
    pub(super) fn runs(&self, stretch: Range<usize>) -> impl Iterator<Item = (u32, Range<usize>)> {
        let mut position = stretch.start;
        std::iter::from_fn(move || {
            if position >= stretch.end {
                return None;
            }
            let domain = self.domain_at(position);
            let end = self.domains[domain as usize + 1].min(stretch.end);
            let run = position..end;
            position = end;
            Some((domain, run))
        })
    }
}

/// The sorted rows and where each domain starts: a stable counting sort by domain of the design's own order.
fn order(index: &Index<'_>) -> (Option<Vec<u32>>, Vec<usize>) {
    let rows = index.design.rows();
    let domain = |row: usize| index.domains.of(row);
    let mut starts = vec![0usize; index.domains.count() as usize + 1];
    let mut in_order = true;
    let mut last = 0;
    for position in 0..rows {
        let row = index.design.row_at(position);
        let id = domain(row);
        in_order &= row == position && id != NO_DOMAIN && id >= last;
        last = id;
        if id != NO_DOMAIN {
            starts[id as usize + 1] += 1;
        }
    }
    for slot in 1..starts.len() {
        starts[slot] += starts[slot - 1];
    }
    if in_order {
        return (None, starts);
    }
    let mut next = starts.clone();
    let mut order = vec![0u32; starts[starts.len() - 1]];
    for position in 0..rows {
        let row = index.design.row_at(position);
        let id = domain(row);
        if id != NO_DOMAIN {
            order[next[id as usize]] = row as u32;
            next[id as usize] += 1;
        }
    }
    (Some(order), starts)
}
