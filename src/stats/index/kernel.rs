//! Sums over rows by cell, on all threads.
//!
//! Rows are cut into leaves whose size depends on the numbers of rows and cells alone, and leaves are added up pairwise along a fixed
//! tree, so the number of threads changes no digit, and the error of n terms grows with the size of a leaf, not with n.

use std::ops::Range;

/// Fewest rows of a leaf.
const LEAF: usize = 8192;
/// Most items summed together.
const BLOCK: usize = 8;
/// Bytes of sums of the items summed together that stay near at hand.
const NEAR: usize = 1 << 20;

/// The answers to an item: code of each row, and [t, v] by code.
pub(super) type Column<'a> = (&'a [u8], &'a [[f64; 2]; 256]);

/// Adds up leaves along a fixed tree.
pub(super) fn tree<T: Send>(
    rows: Range<usize>,
    leaf: usize,
    make: &(impl Fn(Range<usize>) -> T + Sync),
    merge: &(impl Fn(&mut T, T) + Sync),
) -> T {
    let leaves = rows.len().div_ceil(leaf);
    if leaves <= 1 {
        return make(rows);
    }
    let middle = rows.start + leaves.div_ceil(2) * leaf;
    let (mut first, second) = rayon::join(|| tree(rows.start..middle, leaf, make, merge), || tree(middle..rows.end, leaf, make, merge));
    merge(&mut first, second);
    first
}

/// Rows of a leaf for so many numbers kept: clearing and merging them stays a small share of the work.
pub(super) fn leaf_rows(kept: usize) -> usize {
    kept.saturating_mul(16).max(LEAF).next_power_of_two()
}

/// Σ of a value by cell.
pub(super) fn totals(cells: &[u32], count: usize, value: impl Fn(usize) -> f64 + Sync) -> Vec<f64> {
    let make = |rows: Range<usize>| {
        let mut sums = vec![0.0; count + 1];
        for row in rows {
            sums[cells[row] as usize] += value(row);
        }
        sums
    };
    let merge = |first: &mut Vec<f64>, second: Vec<f64>| first.iter_mut().zip(second).for_each(|(first, second)| *first += second);
    let mut sums = tree(0..cells.len(), leaf_rows(count) / 4, &make, &merge);
    sums.truncate(count);
    sums
}

/// Sums of several items.
pub(super) struct Sums {
    /// [Σ w t, Σ w v], cell by cell and in each item by item.
    pub(super) sums: Vec<[f64; 2]>,
    /// Rows with v = 1, likewise.
    pub(super) valid: Vec<u32>,
}

/// [Σ w t, Σ w v] and the number of valid answers of every item in every cell; rows of cell `count` are left out.
pub(super) fn sums(cells: &[u32], count: usize, columns: &[Column<'_>], weight: impl Fn(usize) -> f64 + Sync) -> Sums {
    all::<true>(cells, count, columns, &weight)
}

/// [Σ w t, Σ w v] alone.
pub(super) fn weighted(cells: &[u32], count: usize, columns: &[Column<'_>], weight: impl Fn(usize) -> f64 + Sync) -> Vec<[f64; 2]> {
    all::<false>(cells, count, columns, &weight).sums
}

fn all<const COUNT: bool>(cells: &[u32], count: usize, columns: &[Column<'_>], weight: &(impl Fn(usize) -> f64 + Sync)) -> Sums {
    let slots = columns.len();
    let mut all = Sums { sums: vec![[0.0; 2]; count * slots], valid: vec![0; if COUNT { count * slots } else { 0 }] };
    let most = (NEAR / (16 * (count + 1))).clamp(2, BLOCK);
    let blocks = slots.div_ceil(most).max(1);
    let bounds: Vec<usize> = (0..=blocks).map(|block| block * slots / blocks).collect();
    // Blocks are independent; two at a time keep threads busy while the last leaves of one are merged.
    for pair in bounds.windows(2).collect::<Vec<_>>().chunks(2) {
        let (first, second) = rayon::join(
            || block::<COUNT>(cells, count, &columns[pair[0][0]..pair[0][1]], weight),
            || pair.get(1).map(|bound| block::<COUNT>(cells, count, &columns[bound[0]..bound[1]], weight)),
        );
        for (bound, part) in pair.iter().zip([Some(first), second].into_iter().flatten()) {
            let width = bound[1] - bound[0];
            for cell in 0..count {
                let place = cell * slots + bound[0];
                all.sums[place..place + width].copy_from_slice(&part.sums[cell * width..(cell + 1) * width]);
                if COUNT {
                    all.valid[place..place + width].copy_from_slice(&part.valid[cell * width..(cell + 1) * width]);
                }
            }
        }
    }
    all
}

fn block<const COUNT: bool>(cells: &[u32], count: usize, columns: &[Column<'_>], weight: &(impl Fn(usize) -> f64 + Sync)) -> Sums {
    match *columns {
        [a] => fixed::<COUNT, 1>(cells, count, [a], weight),
        [a, b] => fixed::<COUNT, 2>(cells, count, [a, b], weight),
        [a, b, c] => fixed::<COUNT, 3>(cells, count, [a, b, c], weight),
        [a, b, c, d] => fixed::<COUNT, 4>(cells, count, [a, b, c, d], weight),
        [a, b, c, d, e] => fixed::<COUNT, 5>(cells, count, [a, b, c, d, e], weight),
        [a, b, c, d, e, f] => fixed::<COUNT, 6>(cells, count, [a, b, c, d, e, f], weight),
        [a, b, c, d, e, f, g] => fixed::<COUNT, 7>(cells, count, [a, b, c, d, e, f, g], weight),
        [a, b, c, d, e, f, g, h] => fixed::<COUNT, 8>(cells, count, [a, b, c, d, e, f, g, h], weight),
        _ => Sums { sums: Vec::new(), valid: Vec::new() },
    }
}

fn fixed<const COUNT: bool, const K: usize>(
    cells: &[u32],
    count: usize,
    columns: [Column<'_>; K],
    weight: &(impl Fn(usize) -> f64 + Sync),
) -> Sums {
    let make = |rows: Range<usize>| leaf::<COUNT, K>(rows, cells, count, columns, weight);
    let merge = |first: &mut (Vec<[[f64; 2]; K]>, Vec<[u32; K]>), second: (Vec<[[f64; 2]; K]>, Vec<[u32; K]>)| {
        for (first, second) in first.0.as_flattened_mut().as_flattened_mut().iter_mut().zip(second.0.as_flattened().as_flattened()) {
            *first += second;
        }
        for (first, second) in first.1.as_flattened_mut().iter_mut().zip(second.1.as_flattened()) {
            *first += second;
        }
    };
    let (sums, valid) = tree(0..cells.len(), leaf_rows(count), &make, &merge);
    let kept = if COUNT { count * K } else { 0 };
    Sums { sums: sums.as_flattened()[..count * K].to_vec(), valid: valid.as_flattened()[..kept].to_vec() }
}

/// Both sums and the count of `K` items over some rows, by cell.
fn leaf<const COUNT: bool, const K: usize>(
    rows: Range<usize>,
    cells: &[u32],
    count: usize,
    columns: [Column<'_>; K],
    weight: &(impl Fn(usize) -> f64 + Sync),
) -> (Vec<[[f64; 2]; K]>, Vec<[u32; K]>) {
    let mut sums = vec![[[0.0_f64; 2]; K]; count + 1];
    let mut valid = vec![[0u32; K]; if COUNT { count + 1 } else { 0 }];
    let start = rows.start;
    let columns = columns.map(|(codes, worth)| (&codes[rows.clone()], worth));
    for (place, cell) in cells[rows].iter().enumerate() {
        // What is left out costs nothing: a unit's rows are often one of hundreds.
        if *cell as usize == count {
            continue;
        }
        let weight = weight(start + place);
        for (sum, (codes, worth)) in sums[*cell as usize].iter_mut().zip(&columns) {
            let [t, v] = worth[usize::from(codes[place])];
            sum[0] += weight * t;
            sum[1] += weight * v;
        }
        if COUNT {
            for (valid, (codes, worth)) in valid[*cell as usize].iter_mut().zip(&columns) {
                // The bits of 1.0 without those of 0.0.
                *valid += (worth[usize::from(codes[place])][1].to_bits() >> 61) as u32;
            }
        }
    }
    (sums, valid)
}

/// Rows by cell.
pub(super) fn counts(cells: &[u32], count: usize) -> Vec<u64> {
    let make = |rows: Range<usize>| {
        let mut counts = vec![0u64; count + 1];
        cells[rows].iter().for_each(|cell| counts[*cell as usize] += 1);
        counts
    };
    let merge = |first: &mut Vec<u64>, second: Vec<u64>| first.iter_mut().zip(second).for_each(|(first, second)| *first += second);
    let mut counts = tree(0..cells.len(), leaf_rows(count) / 4, &make, &merge);
    counts.truncate(count);
    counts
}
