//! Numbers for identifiers and for combinations of them.

use rayon::prelude::*;
use std::collections::HashMap;

/// A table of this many numbers is looked up faster than a map.
const TABLE: usize = 1 << 20;
/// A row that is skipped.
const SKIPPED: usize = usize::MAX;

/// Numbers any identifiers 0, 1, 2… in order of first appearance; gives the numbers and the identifier of each number.
#[must_use]
pub fn dense<T: Eq + std::hash::Hash + Clone>(identifiers: &[T]) -> (Vec<u32>, Vec<T>) {
    let mut numbers = HashMap::new();
    let mut labels = Vec::new();
    let dense = identifiers
        .iter()
        .map(|identifier| {
            *numbers.entry(identifier.clone()).or_insert_with(|| {
                labels.push(identifier.clone());
                labels.len() as u32 - 1
            })
        })
        .collect();
    (dense, labels)
}

/// Several columns of codes crossed.
pub(in crate::stats) struct Crossed {
    /// Crossed cell of each row, numbered in order of appearance; 0 for a row that was skipped.
    pub(in crate::stats) of_row: Vec<u32>,
    /// First row of each crossed cell.
    pub(in crate::stats) firsts: Vec<usize>,
}

/// Crosses columns of codes below their widths; codes of skipped rows are not looked at.
pub(in crate::stats) fn cross(columns: &[(&[u32], usize)], rows: usize, keep: impl Fn(usize) -> bool + Sync) -> Crossed {
    let mut crossed = Crossed { of_row: vec![0; rows], firsts: vec![0] };
    let mut place = 0;
    while place < columns.len() {
        // As many columns at once as a table can hold, at least one.
        let mut size = crossed.firsts.len();
        let mut end = place;
        while end < columns.len() && (end == place || size.saturating_mul(columns[end].1) <= TABLE) {
            size = size.saturating_mul(columns[end].1);
            end += 1;
        }
        crossed = refine(&crossed, &columns[place..end], size, &keep);
        place = end;
    }
    crossed
}

fn refine(crossed: &Crossed, columns: &[(&[u32], usize)], size: usize, keep: &(impl Fn(usize) -> bool + Sync)) -> Crossed {
    let key = |row: usize| {
        if !keep(row) {
            return SKIPPED;
        }
        columns.iter().fold(crossed.of_row[row] as usize, |key, (codes, width)| key * width + codes[row] as usize)
    };
    let rows = crossed.of_row.len();
    let mut firsts = Vec::new();
    if size > TABLE.max(rows) {
        let mut numbers = HashMap::new();
        let mut of_row = vec![0; rows];
        for (row, number) in of_row.iter_mut().enumerate() {
            let key = key(row);
            if key != SKIPPED {
                *number = *numbers.entry(key).or_insert_with(|| {
                    firsts.push(row);
                    firsts.len() as u32 - 1
                });
            }
        }
        return Crossed { of_row, firsts };
    }
    let mut numbers = vec![u32::MAX; size];
    for row in 0..rows {
        let key = key(row);
        if key != SKIPPED && numbers[key] == u32::MAX {
            numbers[key] = firsts.len() as u32;
            firsts.push(row);
        }
    }
    let of_row = (0..rows).into_par_iter().map(|row| numbers.get(key(row)).copied().unwrap_or(0)).collect();
    Crossed { of_row, firsts }
}
