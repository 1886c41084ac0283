//! Simplifies borders once for both sides.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use super::{Geography, Position, Shape};

/// A position that can be a key; positions are finite.
type Key = (u64, u64);

/// A border: its positions from one meeting point to the next, both included; a ring that meets nothing closes at its smallest position.
type Arc = Vec<Position>;

/// An area's polygons, their rings, the borders of each: number of the border, and whether the ring runs backwards along it.
type Borders = Vec<Vec<Vec<(usize, bool)>>>;

fn key(p: Position) -> Key {
    // Minus zero is zero.
    ((p.0 + 0.0).to_bits(), (p.1 + 0.0).to_bits())
}

/// The areas with at most `wanted` positions, as far as rings of four allow.
pub(super) fn to(geography: &Geography, wanted: usize) -> Geography {
    let meeting = meeting_points(geography);
    let mut borders: BTreeMap<Vec<Key>, usize> = BTreeMap::new();
    let mut arcs: Vec<Arc> = Vec::new();
    let mut uses: Vec<usize> = Vec::new();
    let rings: Vec<Borders> = geography
        .shapes
        .iter()
        .map(|shape| {
            let mut border = |arc: Arc| {
                let forward: Vec<Key> = arc.iter().map(|p| key(*p)).collect();
                let backward: Vec<Key> = forward.iter().rev().copied().collect();
                let turned = backward < forward;
                let number = *borders.entry(if turned { backward } else { forward }).or_insert_with(|| {
                    arcs.push(if turned { arc.into_iter().rev().collect() } else { arc });
                    uses.push(0);
                    arcs.len() - 1
                });
                if let Some(n) = uses.get_mut(number) {
                    *n += 1;
                }
                (number, turned)
            };
            shape
                .polygons
                .iter()
                .map(|p| p.iter().map(|ring| cut(ring, &meeting).into_iter().map(&mut border).collect()).collect())
                .collect()
        })
        .collect();
    let arcs = thinned(&arcs, &uses, &least(&rings, arcs.len()), wanted);
    let joined = |ring: &Vec<(usize, bool)>| {
        let mut out: Vec<Position> = Vec::new();
        for (number, turned) in ring {
            let arc = arcs.get(*number).map_or(&[][..], Vec::as_slice);
            // The last position of a border is the first of the next.
            let kept = arc.len().saturating_sub(1);
            if *turned { out.extend(arc.iter().rev().take(kept)) } else { out.extend(arc.iter().take(kept)) }
        }
        out
    };
    let shapes = geography.shapes.iter().zip(&rings).map(|(shape, polygons)| Shape {
        code: shape.code.clone(),
        polygons: polygons.iter().map(|p| p.iter().map(joined).collect()).collect(),
    });
    Geography { shapes: shapes.collect() }
}

/// Positions where borders begin and end: those whose neighbours are not the same in all rings that pass.
fn meeting_points(geography: &Geography) -> BTreeSet<Key> {
    let mut passed: BTreeMap<Key, (Key, Key)> = BTreeMap::new();
    let mut meeting = BTreeSet::new();
    for ring in geography.shapes.iter().flat_map(|s| &s.polygons).flatten() {
        for (before, here, after) in around(ring) {
            let (a, b) = (key(before), key(after));
            let neighbours = if a <= b { (a, b) } else { (b, a) };
            if *passed.entry(key(here)).or_insert(neighbours) != neighbours {
                meeting.insert(key(here));
            }
        }
    }
    meeting
}

/// Each position of a ring with the one before and the one after.
fn around(ring: &[Position]) -> impl Iterator<Item = (Position, Position, Position)> {
    let before = ring.iter().cycle().skip(ring.len().saturating_sub(1));
    let after = ring.iter().cycle().skip(1);
    ring.iter().zip(before.zip(after)).map(|(here, (before, after))| (*before, *here, *after))
}

/// A ring in borders between meeting points.
fn cut(ring: &[Position], meeting: &BTreeSet<Key>) -> Vec<Arc> {
    let start = ring.iter().position(|p| meeting.contains(&key(*p)));
    // A ring that meets nothing begins at its smallest position, so that the same ring is always the same border.
    let start = start.or_else(|| (0..ring.len()).min_by_key(|i| ring.get(*i).map(|p| key(*p)))).unwrap_or(0);
    let mut arcs: Vec<Arc> = Vec::new();
    let mut arc: Arc = Vec::new();
    for p in ring.iter().cycle().skip(start).take(ring.len() + 1) {
        arc.push(*p);
        if arc.len() > 1 && meeting.contains(&key(*p)) {
            arcs.push(std::mem::replace(&mut arc, vec![*p]));
        }
    }
    if arc.len() > 1 {
        arcs.push(arc);
    }
    arcs
}

/// How many positions each border keeps at least, its ends included, so that no ring becomes a line: a border that is a ring by itself five, two that make
/// a ring four, others two.
fn least(rings: &[Borders], borders: usize) -> Vec<usize> {
    let mut out = vec![2; borders];
    for ring in rings.iter().flatten().flatten() {
        let floor = match ring.len() {
            1 => 5,
            2 => 4,
            _ => 2,
        };
        for (number, _) in ring {
            if let Some(least) = out.get_mut(*number) {
                *least = floor.max(*least);
            }
        }
    }
    out
}

/// Takes away positions, those of the smallest triangles first, until all rings together have `wanted`.
fn thinned(arcs: &[Arc], uses: &[usize], least: &[usize], wanted: usize) -> Vec<Arc> {
    let mut links: Vec<Vec<(usize, usize)>> = arcs.iter().map(|arc| (0..arc.len()).map(|i| (i.wrapping_sub(1), i + 1)).collect()).collect();
    let mut sizes: Vec<usize> = arcs.iter().map(Vec::len).collect();
    let mut have: usize = arcs.iter().zip(uses).map(|(arc, n)| arc.len().saturating_sub(1) * n).sum();
    // Smallest first; ties by place, so that the result is always the same.
    let mut heap: BinaryHeap<Reverse<(u64, usize, usize)>> = BinaryHeap::new();
    for (a, arc) in arcs.iter().enumerate() {
        for i in 1..arc.len().saturating_sub(1) {
            heap.extend(area(arc, i - 1, i, i + 1).map(|size| Reverse((size.to_bits(), a, i))));
        }
    }
    let mut gone: BTreeSet<(usize, usize)> = BTreeSet::new();
    while have > wanted {
        let Some(Reverse((size, a, i))) = heap.pop() else { break };
        let (Some(arc), Some(link), Some(left)) = (arcs.get(a), links.get_mut(a), sizes.get_mut(a)) else { break };
        let Some((before, after)) = link.get(i).copied() else { break };
        // Passed over: already gone, no longer this size, or the border would shrink to nothing.
        if gone.contains(&(a, i))
            || area(arc, before, i, after).map(f64::to_bits) != Some(size)
            || *left <= least.get(a).copied().unwrap_or(2)
        {
            continue;
        }
        gone.insert((a, i));
        *left -= 1;
        have -= uses.get(a).copied().unwrap_or(1);
        if let Some(l) = link.get_mut(before) {
            l.1 = after;
        }
        if let Some(l) = link.get_mut(after) {
            l.0 = before;
        }
        for middle in [before, after] {
            if let Some((b, c)) = link.get(middle).copied().filter(|_| middle > 0 && middle + 1 < arc.len()) {
                heap.extend(area(arc, b, middle, c).map(|size| Reverse((size.to_bits(), a, middle))));
            }
        }
    }
    let kept = |a: usize, arc: &Arc| arc.iter().enumerate().filter(|(i, _)| !gone.contains(&(a, *i))).map(|(_, p)| *p).collect();
    arcs.iter().enumerate().map(|(a, arc)| kept(a, arc)).collect()
}

/// Twice the area of the triangle of three positions of a border; never negative, so that bits order as numbers do.
fn area(arc: &[Position], a: usize, b: usize, c: usize) -> Option<f64> {
    let (a, b, c) = (arc.get(a)?, arc.get(b)?, arc.get(c)?);
    Some(((b.0 - a.0) * (c.1 - a.1) - (c.0 - a.0) * (b.1 - a.1)).abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two areas with a ragged border between them, and an island.
    fn neighbours() -> Geography {
        let border: Vec<Position> =
            (0..=40).map(|i| (105.0 + if i % 2 == 0 { 0.001 } else { 0.0 } * f64::from(i), 21.0 + f64::from(i) / 400.0)).collect();
        let mut west: Vec<Position> = vec![(104.9, 21.1), (104.9, 21.0)];
        west.extend(&border);
        let mut east: Vec<Position> = border.iter().rev().copied().collect();
        east.extend([(105.2, 21.0), (105.2, 21.1)]);
        let island =
            (0..60).map(|i| f64::from(i) / 60.0 * std::f64::consts::TAU).map(|t| (105.5 + 0.05 * t.cos(), 21.0 + 0.05 * t.sin())).collect();
        let shape = |code: &str, ring: Vec<Position>| Shape { code: code.into(), polygons: vec![vec![ring]] };
        Geography { shapes: vec![shape("w", west), shape("e", east), shape("i", island)] }
    }

    #[test]
    fn neighbours_keep_their_common_border() {
        let simple = to(&neighbours(), 60);
        assert!(simple.positions() <= 60, "{}", simple.positions());
        let points = |i: usize| simple.shapes[i].polygons[0][0].iter().map(|p| key(*p)).collect::<BTreeSet<_>>();
        let (west, east) = (points(0), points(1));
        let shared = west.intersection(&east).count();
        // Apart from two corners each, all that is left is common.
        assert_eq!((west.len() - shared, east.len() - shared), (2, 2));
        assert!((2..41).contains(&shared));
    }

    #[test]
    fn no_ring_becomes_a_line() {
        let simple = to(&neighbours(), 0);
        assert!(simple.shapes.iter().flat_map(|s| &s.polygons).flatten().all(|ring| ring.len() >= 4), "{simple:?}");
        assert_eq!(to(&neighbours(), 60), to(&neighbours(), 60));
    }
}
