//! Rows grouped by pairs of numbers, such as (domain, PSU).

use super::NO_DOMAIN;
use rayon::prelude::*;
use std::collections::HashMap;
use std::ops::Range;

/// A table of this many pairs is looked up faster than a map.
const TABLE: usize = 1 << 20;

/// Parts that rows are numbered in at once.
const PARTS: usize = 8;
/// Fewest rows of a part.
const SMALLEST: usize = 65_536;

/// The pairs (first, second) that rows have, sorted.
#[derive(Clone, Debug, Default)]
pub(super) struct Cells {
    /// Cell of each row; the number of cells where the row has no first number.
    pub(super) of_row: Vec<u32>,
    /// Second number of each cell.
    pub(super) second: Vec<u32>,
    /// Cells of each first number: `starts[f]..starts[f + 1]`.
    pub(super) starts: Vec<usize>,
}

impl Cells {
    /// `first` gives [`NO_DOMAIN`] for rows in none; otherwise numbers below `firsts` and `seconds`.
    pub(super) fn new(
        rows: usize,
        [firsts, seconds]: [usize; 2],
        first: impl Fn(usize) -> u32 + Sync,
        second: impl Fn(usize) -> u32 + Sync,
    ) -> Self {
        let size = rows.div_ceil(PARTS).max(SMALLEST);
        let mut of_row = vec![0u32; rows];
        let found: Vec<Vec<(u32, u32)>> = of_row
            .par_chunks_mut(size)
            .enumerate()
            .map(|(part, of_row)| {
                let mut finder = Finder::new(firsts, seconds);
                for (row, cell) in (part * size..).zip(of_row) {
                    let first = first(row);
                    *cell = if first == NO_DOMAIN { u32::MAX } else { finder.number(first, second(row)) };
                }
                finder.pairs
            })
            .collect();
        let mut pairs = found.concat();
        pairs.sort_unstable();
        pairs.dedup();
        let outside = pairs.len() as u32;
        of_row.par_chunks_mut(size).zip(&found).for_each(|(of_row, found)| {
            let place: Vec<u32> = found.iter().map(|pair| pairs.partition_point(|other| other < pair) as u32).collect();
            of_row.iter_mut().for_each(|cell| *cell = place.get(*cell as usize).copied().unwrap_or(outside));
        });
        Self::sorted(of_row, pairs.into_iter(), firsts)
    }

    /// From pairs in ascending order.
    pub(super) fn sorted(of_row: Vec<u32>, pairs: impl Iterator<Item = (u32, u32)>, firsts: usize) -> Self {
        let mut starts = vec![0usize; firsts + 1];
        let mut second = Vec::new();
        for (first, other) in pairs {
            starts[first as usize + 1] += 1;
            second.push(other);
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        Self { of_row, second, starts }
    }

    pub(super) fn len(&self) -> usize {
        self.second.len()
    }

    /// Cells of a first number.
    pub(super) fn of(&self, first: u32) -> Range<usize> {
        self.starts[first as usize]..self.starts[first as usize + 1]
    }
}

/// Numbers pairs in order of appearance.
struct Finder {
    table: Vec<u32>,
    seconds: usize,
    /// By second number: the first number met with it and their cell.
    met: Vec<(u32, u32)>,
    others: HashMap<(u32, u32), u32>,
    pairs: Vec<(u32, u32)>,
}

impl Finder {
    fn new(firsts: usize, seconds: usize) -> Self {
        let small = firsts.saturating_mul(seconds) <= TABLE;
        Self {
            table: if small { vec![u32::MAX; firsts * seconds] } else { Vec::new() },
            seconds,
            met: if small { Vec::new() } else { vec![(NO_DOMAIN, 0); seconds] },
            others: HashMap::new(),
            pairs: Vec::new(),
        }
    }

    fn number(&mut self, first: u32, second: u32) -> u32 {
        let next = self.pairs.len() as u32;
        let found = if let Some(number) = self.table.get_mut(first as usize * self.seconds + second as usize) {
            number
        } else {
            let met = &mut self.met[second as usize];
            if met.0 == first {
                return met.1;
            }
            if met.0 == NO_DOMAIN {
                *met = (first, u32::MAX);
                &mut met.1
            } else {
                self.others.entry((first, second)).or_insert(u32::MAX)
            }
        };
        if *found == u32::MAX {
            *found = next;
            self.pairs.push((first, second));
        }
        *found
    }
}
