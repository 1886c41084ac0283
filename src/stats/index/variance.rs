//! The variance of a measure in a domain from the sums of its cells.
//!
//! Clusters: V = Σ_h f_h (Σ_j t_j² − s_h (Σ_j t_j)²) with PSU totals t_j, f_h = n_h / (n_h − 1), s_h = 1 / n_h, centred before squaring. Rows
//! as PSUs: Σ f w² z² over rows takes the place of the first part. [`super::known`] says what known totals add.

use super::Index;
use super::algebra::Quadratic;
use super::known::Fit;
use super::state::State;
use std::ops::Range;

/// A variance that is this small a share of what it is the difference of has lost digits and is made again from totals.
const CANCELLED: f64 = 1e-6;

/// A domain, ready for its measures.
pub(super) struct Domain<'a> {
    state: &'a State,
    /// The rows, for sums that must be made again; `None` when they are gone.
    index: Option<&'a Index<'a>>,
    number: u32,
    cells: Range<usize>,
    /// Stratum and its cells.
    strata: Vec<(u32, Range<usize>)>,
    /// What multiplies the variance; `None` when lonely PSUs leave none.
    policy: Option<f64>,
    known: Option<Known<'a>>,
}

/// Known totals as a domain sees them.
struct Known<'a> {
    fit: &'a Fit,
    /// Columns with rows of the domain.
    columns: Vec<u32>,
    /// [Σ d t, Σ d v] and [Σ f w² t, Σ f w² v] by such a column and item.
    base: Vec<[f64; 2]>,
    own: Vec<[f64; 2]>,
    /// Groups reached.
    groups: Vec<u32>,
}

impl<'a> Domain<'a> {
    pub(super) fn new(state: &'a State, index: Option<&'a Index<'a>>, number: u32) -> Self {
        let (frame, cells) = (&state.frame, state.cells.of(number));
        let mut strata: Vec<(u32, Range<usize>)> = Vec::new();
        for cell in cells.clone() {
            let stratum = frame.stratum(state.cells.second[cell]);
            match strata.last_mut() {
                Some((last, cells)) if *last == stratum => cells.end = cell + 1,
                _ => strata.push((stratum, cell..cell + 1)),
            }
        }
        let known = state.fit.as_ref().map(|fit| Known::new(state, fit, number));
        let policy = match &known {
            _ if !frame.any_lonely() => Some(1.0),
            None => frame.policy(strata.iter().map(|(stratum, _)| *stratum)),
            Some(known) => {
                let mut reached: Vec<u32> = known.groups.iter().map(|group| frame.stratum(*group)).collect();
                reached.extend(strata.iter().map(|(stratum, _)| *stratum));
                reached.sort_unstable();
                reached.dedup();
                frame.policy(reached.iter().copied())
            }
        };
        Self { state, index, number, cells, strata, policy, known }
    }

    /// PSUs − strata with rows of the domain.
    pub(super) fn degrees_of_freedom(&self) -> u32 {
        let psus = if self.state.frame.rows_are_psus { self.state.rows[self.number as usize] } else { self.cells.len() as u64 };
        psus as u32 - self.strata.len() as u32
    }

    pub(super) fn policy(&self) -> Option<f64> {
        self.policy
    }

    /// u by cell of the domain.
    pub(super) fn totals(&self, measure: usize, linear: &[[f64; 2]]) -> Vec<f64> {
        let (terms, slots) = (&self.state.terms, self.state.slots());
        let used = &terms.slots[terms.of(measure)];
        self.cells
            .clone()
            .map(|cell| {
                let sums = &self.state.sums[cell * slots..(cell + 1) * slots];
                used.iter().zip(linear).map(|(slot, [a, b])| a * sums[*slot][0] - b * sums[*slot][1]).sum()
            })
            .collect()
    }

    /// B of the measure, 0 without known totals.
    pub(super) fn coefficients(&self, measure: usize, linear: &[[f64; 2]]) -> Vec<f64> {
        self.known.as_ref().map_or_else(Vec::new, |known| known.coefficients(self.state, measure, linear))
    }

    /// V / policy; `own` is Σ f w² z².
    pub(super) fn variance(&self, measure: usize, linear: &[[f64; 2]], own: f64) -> f64 {
        let u = self.totals(measure, linear);
        let first = self.first_cell();
        let frame = &self.state.frame;
        let own = if frame.rows_are_psus { own } else { 0.0 };
        let (mut plain, mut scale) = (own, own);
        for (stratum, cells) in &self.strata {
            let [f, s] = frame.factor(*stratum);
            let u = &u[cells.start - first..cells.end - first];
            let sum: f64 = u.iter().sum();
            if frame.rows_are_psus {
                plain -= f * s * sum * sum;
            } else {
                let absent = if s > 0.0 { frame.psus(*stratum) - u.len() as f64 } else { 0.0 };
                let centre = s * sum;
                plain += f * (u.iter().map(|u| (u - centre) * (u - centre)).sum::<f64>() + absent * centre * centre);
                scale += f * u.iter().map(|u| u * u).sum::<f64>();
            }
        }
        let Some(known) = &self.known else {
            let exact = || self.index.map_or(plain, |index| self.by_row(index, &u, measure, linear, &[]));
            return if frame.rows_are_psus && plain < CANCELLED * scale { exact() } else { plain };
        };
        let b = known.coefficients(self.state, measure, linear);
        let found = match (&known.fit.quadratic, frame.rows_are_psus) {
            (Some(quadratic), _) => self.by_form(known, quadratic, plain, &u, &b, (measure, linear)),
            (None, true) => self.by_sums(known, own, &u, &b, (measure, linear)),
            (None, false) => return self.by_total(known, &u, &b),
        };
        if found >= CANCELLED * scale {
            found
        } else if frame.rows_are_psus {
            self.index.map_or(found, |index| self.by_row(index, &u, measure, linear, &b))
        } else {
            self.by_total(known, &u, &b)
        }
    }

    pub(super) fn first_cell(&self) -> usize {
        self.cells.start
    }

    /// c of the quadratic form.
    pub(super) fn cross(&self, u: &[f64], measure: usize, linear: &[[f64; 2]]) -> Vec<f64> {
        let Some((known, quadratic)) = self.known.as_ref().and_then(|known| known.fit.quadratic.as_ref().map(|q| (known, q))) else {
            return Vec::new();
        };
        let p = known.fit.width;
        let mut cross = vec![0.0; p];
        let rows_are_psus = self.state.frame.rows_are_psus;
        if rows_are_psus {
            known.combined(&known.own, self.state, measure, linear).zip(&known.columns).for_each(|(z, column)| cross[*column as usize] = z);
        }
        for (cell, u) in self.cells.clone().zip(u) {
            let group = self.state.cells.second[cell] as usize;
            let sign = if rows_are_psus { -*u } else { *u };
            cross.iter_mut().zip(&quadratic.cross[group * p..]).for_each(|(cross, x)| *cross += sign * x);
        }
        cross
    }

    /// V(u) − 2 c′B + B′QB.
    fn by_form(
        &self,
        known: &Known<'_>,
        quadratic: &Quadratic,
        plain: f64,
        u: &[f64],
        b: &[f64],
        (measure, linear): (usize, &[[f64; 2]]),
    ) -> f64 {
        let cross = self.cross(u, measure, linear);
        let twice: f64 = cross.iter().zip(b).map(|(c, b)| c * b).sum();
        let rows = quadratic.matrix.chunks_exact(known.fit.width).zip(b);
        let square: f64 = rows.map(|(row, own)| own * row.iter().zip(b).map(|(q, b)| q * b).sum::<f64>()).sum();
        plain - 2.0 * twice + square
    }

    /// Clusters, one total after the other.
    fn by_total(&self, known: &Known<'_>, u: &[f64], b: &[f64]) -> f64 {
        let frame = &self.state.frame;
        let totals = self.residual_totals(u, b);
        let grand: f64 = -known.fit.mean.iter().zip(b).map(|(mean, b)| mean * b).sum::<f64>();
        let mut variance = 0.0;
        for stratum in totals.chunk_by(|a, b| frame.stratum(a.0) == frame.stratum(b.0)) {
            let own = frame.stratum(stratum[0].0);
            let [f, s] = frame.factor(own);
            let centre = if frame.is_adjusted(own) { grand } else { s * stratum.iter().map(|(_, t)| t).sum::<f64>() };
            let absent = if s > 0.0 { frame.psus(own) - stratum.len() as f64 } else { 0.0 };
            variance += f * (stratum.iter().map(|(_, t)| (t - centre) * (t - centre)).sum::<f64>() + absent * centre * centre);
        }
        variance
    }

    /// u − X′B of every group reached.
    pub(super) fn residual_totals(&self, u: &[f64], b: &[f64]) -> Vec<(u32, f64)> {
        let groups = &self.state.cells.second[self.cells.clone()];
        let Some(known) = &self.known else {
            return groups.iter().copied().zip(u.iter().copied()).collect();
        };
        let mut own = groups.iter().zip(u).peekable();
        let total = |group: &u32| {
            let u = own.next_if(|(own, _)| *own == group).map_or(0.0, |(_, u)| *u);
            (*group, u - known.fit.x.product(*group as usize, b))
        };
        known.groups.iter().map(total).collect()
    }

    /// Rows as PSUs with many columns: Σ f w² (z − x′B)² opened up by crossed cell.
    fn by_sums(&self, known: &Known<'_>, own: f64, u: &[f64], b: &[f64], (measure, linear): (usize, &[[f64; 2]])) -> f64 {
        let (fit, frame) = (known.fit, &self.state.frame);
        let mut variance = own;
        for (cell, z) in self.own_by_cell(measure, linear) {
            variance -= 2.0 * z * fit.product(cell as usize, b);
        }
        variance += known.square_of_product(b);
        let grand: f64 = -fit.mean.iter().zip(b).map(|(mean, b)| mean * b).sum::<f64>();
        for (stratum, total) in self.residual_totals(u, b) {
            let [f, s] = frame.factor(stratum);
            variance += if frame.is_adjusted(stratum) { grand * grand - 2.0 * grand * total } else { -f * s * total * total };
        }
        variance
    }

    /// Σ f w² z by crossed cell, where rows are PSUs.
    pub(super) fn own_by_cell(&self, measure: usize, linear: &[[f64; 2]]) -> Vec<(u32, f64)> {
        let (terms, slots) = (&self.state.terms, self.state.slots());
        let used = &terms.slots[terms.of(measure)];
        let Some(fit) = self.known.as_ref().map(|known| known.fit) else {
            return Vec::new();
        };
        let z = |pair: usize| {
            let sums = &fit.own[pair * slots..(pair + 1) * slots];
            used.iter().zip(linear).map(|(slot, [a, b])| a * sums[*slot][0] - b * sums[*slot][1]).sum()
        };
        fit.pairs.of(self.number).map(|pair| (fit.pairs.second[pair], z(pair))).collect()
    }

    /// Rows as PSUs, one row after the other.
    fn by_row(&self, index: &Index<'_>, u: &[f64], measure: usize, linear: &[[f64; 2]], b: &[f64]) -> f64 {
        let frame = &self.state.frame;
        let (scale, weights) = (index.design.weight_scale(), index.design.weights());
        let mut centre = vec![0.0; frame.groups()];
        let grand: f64 = self.known.as_ref().map_or(0.0, |known| -known.fit.mean.iter().zip(b).map(|(mean, b)| mean * b).sum::<f64>());
        for (stratum, total) in self.residual_totals(u, b) {
            centre[stratum as usize] = if frame.is_adjusted(stratum) { grand } else { frame.factor(stratum)[1] * total };
        }
        let terms = &self.state.terms;
        let value = |row: usize| {
            let inside = index.domains.of(row) == self.number;
            let z: f64 = if inside {
                let used = terms.slots[terms.of(measure)].iter().zip(linear);
                used.map(|(slot, [a, b])| {
                    let item = &index.items[terms.used()[*slot]];
                    let [t, v] = item.scoring.worth()[usize::from(item.codes[row])];
                    a * t - b * v
                })
                .sum()
            } else {
                0.0
            };
            let fitted = self.known.as_ref().map_or(0.0, |known| known.fit.product(known.fit.crossed[row] as usize, b));
            let stratum = index.design.stratum(row);
            let deviation = weights[row] * scale * (z - fitted) - centre[stratum as usize];
            frame.factor(stratum)[0] * deviation * deviation
        };
        super::kernel::tree(
            0..index.design.rows(),
            super::kernel::leaf_rows(0),
            &|rows: Range<usize>| rows.map(value).sum::<f64>(),
            &|first: &mut f64, second: f64| *first += second,
        )
    }
}

impl<'a> Known<'a> {
    fn new(state: &State, fit: &'a Fit, domain: u32) -> Self {
        let slots = state.slots();
        let pairs = fit.pairs.of(domain);
        let mut columns: Vec<u32> = pairs.clone().flat_map(|pair| fit.columns(fit.pairs.second[pair] as usize)).copied().collect();
        columns.sort_unstable();
        columns.dedup();
        let gather = |sums: &[[f64; 2]]| {
            if sums.is_empty() {
                return Vec::new();
            }
            let mut gathered = vec![[0.0; 2]; columns.len() * slots];
            for pair in pairs.clone() {
                for column in fit.columns(fit.pairs.second[pair] as usize) {
                    let Ok(place) = columns.binary_search(column) else { continue };
                    for (total, sum) in gathered[place * slots..(place + 1) * slots].iter_mut().zip(&sums[pair * slots..]) {
                        total[0] += sum[0];
                        total[1] += sum[1];
                    }
                }
            }
            gathered
        };
        let (base, own) = (gather(&fit.base), gather(&fit.own));
        Self { fit, base, own, groups: fit.reached(&columns, state.frame.groups()), columns }
    }

    /// Σ v z by column of the domain, from sums of v t and v v.
    fn combined<'b>(
        &'b self,
        sums: &'b [[f64; 2]],
        state: &'b State,
        measure: usize,
        linear: &'b [[f64; 2]],
    ) -> impl Iterator<Item = f64> + 'b {
        let (terms, slots) = (&state.terms, state.slots());
        let used = &terms.slots[terms.of(measure)];
        sums.chunks_exact(slots)
            .map(move |sums| used.iter().zip(linear).map(|(slot, [a, b])| a * sums[*slot][0] - b * sums[*slot][1]).sum())
    }

    fn coefficients(&self, state: &State, measure: usize, linear: &[[f64; 2]]) -> Vec<f64> {
        let right: Vec<f64> = self.combined(&self.base, state, measure, linear).collect();
        let mut b = vec![0.0; self.fit.width];
        self.fit.solve(&self.columns, &right, &mut b);
        b
    }

    /// Σ f w² (x′B)² over all rows.
    fn square_of_product(&self, b: &[f64]) -> f64 {
        if self.fit.margins == 1 {
            // Crossed cells of one margin stand in order of appearance.
            return self.fit.cells_of(&self.columns).map(|cell| self.fit.own_of_cell[cell] * self.fit.product(cell, b).powi(2)).sum();
        }
        self.fit.own_of_cell.iter().enumerate().map(|(cell, own)| own * self.fit.product(cell, b).powi(2)).sum()
    }
}
