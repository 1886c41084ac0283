//! Groups of units that do not differ.
//!
//! Two units differ where a simultaneous set says that one is better. A group is a set of units of which no two differ and to which
//! no other unit could be added (a maximal clique of the graph of pairs that do not differ). Groups overlap: each pair that does
//! not differ has a group in common, and each pair that differs has none, as in a compact letter display (H.-P. Piepho,
//! J. Comput. Graph. Stat. 13 (2004) 456), where each group is a letter.
//!
//! All maximal cliques may be too many to list, so they are found one by one: the pair of best units that has no group in common
//! yet (or the best unit without a group) begins one, and every unit, from the best on, joins if it differs from none inside, until all pairs are served.

use super::{Coverage, Ranks};

impl Ranks {
    /// Units that differ from none of the others in their group, each group from the best unit to the worst, groups in the order of
    /// their best and then worst unit. `None` for marginal sets, which say nothing of pairs.
    #[must_use]
    pub fn groups(&self) -> Option<Vec<Vec<u32>>> {
        let k = self.units.len();
        let alike = self.alike()?;
        let mut served = vec![false; k * k];
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for a in 0..k {
            for b in a..k {
                if served[a * k + b] || !alike[a * k + b] {
                    continue;
                }
                let mut group = vec![a];
                if a != b {
                    group.push(b);
                }
                for unit in 0..k {
                    if unit != a && unit != b && group.iter().all(|inside| alike[inside * k + unit]) {
                        group.push(unit);
                    }
                }
                group.sort_unstable();
                for first in &group {
                    group.iter().for_each(|second| served[first * k + second] = true);
                }
                groups.push(group);
            }
        }
        groups.sort_by_key(|group| (group.first().copied(), group.last().copied()));
        Some(groups.into_iter().map(|group| group.into_iter().map(|place| self.order[place]).collect()).collect())
    }

    /// Other units that do not differ from this one, from the best to the worst; `None` for marginal sets, and for a unit that is
    /// not there.
    #[must_use]
    pub fn not_different(&self, unit: u32) -> Option<Vec<u32>> {
        let k = self.units.len();
        if self.coverage == Coverage::Marginal || unit as usize >= k {
            return None;
        }
        let differ = |other: u32| self.better[unit as usize * k + other as usize] || self.better[other as usize * k + unit as usize];
        Some(self.order.iter().copied().filter(|other| *other != unit && !differ(*other)).collect())
    }

    /// Whether places of the order do not differ, place by place.
    fn alike(&self) -> Option<Vec<bool>> {
        let k = self.units.len();
        if self.coverage == Coverage::Marginal {
            return None;
        }
        let better = |a: u32, b: u32| self.better[a as usize * k + b as usize];
        Some(self.order.iter().flat_map(|a| self.order.iter().map(move |b| !better(*a, *b) && !better(*b, *a))).collect())
    }
}
