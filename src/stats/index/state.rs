//! The sums that all figures follow from.

use super::Index;
use super::cells::Cells;
use super::frame::Frame;
use super::kernel::{self, Column, Sums};
use super::known::Fit;
use super::measure::Terms;
use super::tally::{self, Rows, Tally};
use crate::stats::moments::Sum;

/// Sums over rows, by cell = (domain, group); see [`Frame`] for groups.
#[derive(Clone, Debug)]
pub(super) struct State {
    pub(super) frame: Frame,
    pub(super) terms: Terms,
    pub(super) domains: u32,
    pub(super) cells: Cells,
    /// [Σ w t, Σ w v] by cell and used item.
    pub(super) sums: Vec<[f64; 2]>,
    /// The same by domain.
    pub(super) of_domain: Vec<[f64; 2]>,
    /// Valid answers by domain and used item.
    pub(super) valid: Vec<u64>,
    /// Rows by domain.
    pub(super) rows: Vec<u64>,
    /// By domain and used item with f w² for w, where rows are PSUs.
    pub(super) own: Vec<[f64; 2]>,
    /// By domain and measure.
    pub(super) tallies: Vec<Tally>,
    pub(super) fit: Option<Fit>,
}

impl State {
    pub(super) fn new(index: &Index<'_>) -> Self {
        let (design, terms, count) = (index.design, &index.terms, index.domains.count());
        let frame = Frame::new(design);
        let columns: Vec<Column<'_>> =
            terms.used().iter().map(|item| (index.items[*item].codes, index.items[*item].scoring.worth())).collect();
        let (scale, weights) = (design.weight_scale(), design.weights());
        let weight = |row: usize| weights[row] * scale;
        let factor = |row: usize| frame.factor(design.stratum(row))[0];
        let (fit, (cells, Sums { sums, valid })) = rayon::join(
            || Fit::new(index, &frame, &columns),
            || {
                let cells =
                    Cells::new(design.rows(), [count as usize, frame.groups()], |row| index.domains.of(row), |row| index.group(row));
                let sums = kernel::sums(&cells.of_row, cells.len(), &columns, weight);
                (cells, sums)
            },
        );
        let own = if let Some(fit) = fit.as_ref().filter(|_| frame.rows_are_psus) {
            by_domain(&fit.pairs, &fit.own, columns.len())
        } else if frame.rows_are_psus {
            let square = |row: usize| factor(row) * weight(row) * weight(row);
            by_domain(&cells, &kernel::weighted(&cells.of_row, cells.len(), &columns, square), columns.len())
        } else {
            Vec::new()
        };
        let in_cell = kernel::counts(&cells.of_row, cells.len());
        let rows = (0..count).map(|domain| in_cell[cells.of(domain)].iter().sum()).collect();
        let of_domain = by_domain(&cells, &sums, columns.len());
        let mut counts = vec![0u64; count as usize * columns.len()];
        for domain in 0..count {
            for cell in cells.of(domain) {
                let own = &mut counts[domain as usize * columns.len()..][..columns.len()];
                own.iter_mut().zip(&valid[cell * columns.len()..]).for_each(|(own, valid)| *own += u64::from(*valid));
            }
        }
        let mut state = Self {
            frame,
            terms: terms.clone(),
            domains: count,
            cells,
            sums,
            of_domain,
            valid: counts,
            rows,
            own,
            tallies: Vec::new(),
            fit,
        };
        let chosen: Vec<usize> = (0..terms.measures()).filter(|measure| !terms.simple(*measure)).collect();
        let domain = |row: usize| index.domains.of(row) as usize;
        let linear = state.linear();
        let rows =
            Rows { count: design.rows(), domain, weight, factor: |row| state.frame.factor(design.stratum(row))[0], columns: &columns };
        let found = tally::tallies(&rows, count as usize, terms, &chosen, &linear);
        state.complete(&chosen, &found, &linear);
        state
    }

    pub(super) fn slots(&self) -> usize {
        self.terms.used().len()
    }

    /// Sums of a domain.
    pub(super) fn domain(&self, domain: u32) -> &[[f64; 2]] {
        &self.of_domain[domain as usize * self.slots()..][..self.slots()]
    }

    /// [a, b] of all terms, domain by domain.
    pub(super) fn linear(&self) -> Vec<[f64; 2]> {
        let all = self.terms.slots.len();
        let mut linear = vec![[0.0; 2]; all * self.domains as usize];
        for domain in 0..self.domains {
            let own = &mut linear[domain as usize * all..][..all];
            for measure in 0..self.terms.measures() {
                self.terms.linearise(measure, self.domain(domain), &mut own[self.terms.of(measure)]);
            }
        }
        linear
    }

    /// Fills the tallies: those `found` for the `chosen` measures, the others from the sums of their only item.
    pub(super) fn complete(&mut self, chosen: &[usize], found: &[Tally], linear: &[[f64; 2]]) {
        let (all, slots) = (self.terms.slots.len(), self.slots());
        let mut tallies = Vec::with_capacity(self.domains as usize * self.terms.measures());
        for domain in 0..self.domains as usize {
            let mut found = found[domain * chosen.len()..].iter();
            for measure in 0..self.terms.measures() {
                if !self.terms.simple(measure) {
                    tallies.extend(found.next());
                    continue;
                }
                let term = self.terms.of(measure).start;
                let [a, b] = linear[domain * all + term];
                let place = domain * slots + self.terms.slots[term];
                // t is 1 or 0: z is a − b or −b.
                let squares = |[t, weight]: [f64; 2]| t * (a - b) * (a - b) + (weight - t) * b * b;
                tallies.push(Tally {
                    valid: self.valid[place],
                    weight: self.of_domain[place][1],
                    squares: squares(self.of_domain[place]),
                    own: self.own.get(place).map_or(0.0, |own| squares(*own)),
                });
            }
        }
        self.tallies = tallies;
    }
}

/// Adds up the sums of the cells of each domain.
pub(super) fn by_domain(cells: &Cells, sums: &[[f64; 2]], slots: usize) -> Vec<[f64; 2]> {
    let mut totals = Vec::with_capacity((cells.starts.len() - 1) * slots);
    let mut own = vec![[Sum::default(); 2]; slots];
    for domain in 0..cells.starts.len() as u32 - 1 {
        own.fill([Sum::default(); 2]);
        for cell in cells.of(domain) {
            for (own, [t, v]) in own.iter_mut().zip(&sums[cell * slots..]) {
                own[0].add(*t);
                own[1].add(*v);
            }
        }
        totals.extend(own.iter().map(|[t, v]| [t.value(), v.value()]));
    }
    totals
}
