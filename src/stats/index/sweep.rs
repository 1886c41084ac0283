//! Second pass: the linearised values of all measures, row by row in blocks, added up by PSU and stratum.
//!
//! Positions are cut into parts of about `PART` rows at PSU borders, so no PSU of a domain is split. Within a part each
//! stratum of each domain becomes one segment with, for every measure, the number of PSUs, a shift, Σ (e − shift) and
//! Σ (e − shift)² over its PSU totals e. The shift is the first of them, so alike totals give exactly 0.

use super::Index;
use super::outside::{Outside, pairs_by_cell};
use super::sort::Sorted;
use super::sums::ItemSums;
use rayon::prelude::*;
use std::collections::HashMap;
use std::ops::Range;

/// Positions a part covers, before it is moved to a PSU border.
const PART: usize = 8192;
/// Rows worked on at once: their scores stay in the first cache.
const BLOCK: usize = 64;

/// PSUs of one stratum in one domain.
pub(super) struct Segment {
    pub(super) domain: u32,
    pub(super) stratum: u32,
    pub(super) psus: u32,
}

/// Σ over rows of a domain for one measure.
#[derive(Clone, Copy, Default)]
pub(super) struct Tally {
    /// Rows with a valid answer.
    pub(super) valid: u64,
    /// Their weights.
    pub(super) weight: f64,
    /// Σ w z².
    pub(super) squares: f64,
}

/// The outcome of one stretch of positions.
pub(super) struct Part {
    pub(super) segments: Vec<Segment>,
    /// [shift, Σ d, Σ d²] by segment and measure.
    pub(super) states: Vec<[f64; 3]>,
    /// Domains met, in order.
    pub(super) domains: Vec<u32>,
    /// By domain met and measure.
    pub(super) tallies: Vec<Tally>,
}

pub(super) fn sweep(index: &Index<'_>, sorted: &Sorted, sums: &ItemSums, outside: Option<&Outside>) -> Vec<Part> {
    let psu = |position: usize| index.design.psu_rank(sorted.row(position));
    let mut cuts = vec![0];
    for nominal in (PART..sorted.rows()).step_by(PART) {
        let mut cut = nominal.max(cuts[cuts.len() - 1]);
        while cut < sorted.rows() && psu(cut) == psu(cut - 1) && sorted.domain_at(cut) == sorted.domain_at(cut - 1) {
            cut += 1;
        }
        cuts.push(cut);
    }
    cuts.push(sorted.rows());
    cuts.dedup();
    let stretches: Vec<Range<usize>> = cuts.windows(2).map(|cut| cut[0]..cut[1]).collect();
    stretches.into_par_iter().map(|stretch| Sweeper::new(index, sorted, sums, outside).part(stretch)).collect()
}

/// Rows of one PSU, or of one stratum where rows are PSUs, within a block.
struct Run {
    rows: Range<usize>,
    segment: usize,
    /// No PSU was added to the segment before.
    first: bool,
    /// PSU that ends with this run; `None` when it goes on or rows are PSUs.
    closes: Option<u32>,
}

struct Sweeper<'a> {
    index: &'a Index<'a>,
    sorted: &'a Sorted,
    sums: &'a ItemSums,
    outside: Option<&'a Outside>,
    /// Weights of the block, 0 beyond its rows.
    weights: [f64; BLOCK],
    /// Score, validity (1 or 0) of each used item and row of the block, and validity as a byte.
    scores: Vec<[f64; BLOCK]>,
    valid: Vec<[f64; BLOCK]>,
    is_valid: Vec<[u8; BLOCK]>,
    /// [a, b] of every term in the current domain.
    linear: Vec<[f64; 2]>,
    pairs: HashMap<u32, usize>,
    /// Totals by measure of the PSU in progress.
    open: Vec<f64>,
    /// By run of the block and measure: what rows outside the domain add to a PSU.
    extra: Vec<f64>,
    part: Part,
}

impl<'a> Sweeper<'a> {
    fn new(index: &'a Index<'a>, sorted: &'a Sorted, sums: &'a ItemSums, outside: Option<&'a Outside>) -> Self {
        let slots = index.terms.used().len();
        Self {
            index,
            sorted,
            sums,
            outside,
            weights: [0.0; BLOCK],
            scores: vec![[0.0; BLOCK]; slots],
            valid: vec![[0.0; BLOCK]; slots],
            is_valid: vec![[0; BLOCK]; slots],
            linear: vec![[0.0; 2]; index.terms.slots.len()],
            pairs: HashMap::new(),
            open: vec![0.0; index.terms.measures()],
            extra: Vec::new(),
            part: Part { segments: Vec::new(), states: Vec::new(), domains: Vec::new(), tallies: Vec::new() },
        }
    }

    fn part(mut self, stretch: Range<usize>) -> Part {
        let measures = self.index.terms.measures();
        for (domain, run) in self.sorted.runs(stretch) {
            self.enter(domain);
            let mut last_stratum = None;
            for start in run.clone().step_by(BLOCK) {
                let block = start..(start + BLOCK).min(run.end);
                self.load(block.clone());
                let runs = self.plan(domain, block.clone(), run.end, &mut last_stratum);
                self.reach_outside(domain, &runs);
                for measure in 0..measures {
                    self.measure(measure, block.clone(), &runs);
                }
            }
        }
        self.part
    }

    /// Linearises every measure in a domain.
    fn enter(&mut self, domain: u32) {
        let terms = &self.index.terms;
        let sums = self.sums.domain(self.sorted, domain);
        for measure in 0..terms.measures() {
            terms.linearise(measure, &sums, &mut self.linear[terms.of(measure)]);
        }
        if self.outside.is_some() {
            self.pairs = pairs_by_cell(self.sorted, domain);
        }
        self.part.domains.push(domain);
        let tallies = self.part.tallies.len() + terms.measures();
        self.part.tallies.resize(tallies, Tally::default());
    }

    /// Reads the answers of a block.
    fn load(&mut self, block: Range<usize>) {
        let (index, sorted) = (self.index, self.sorted);
        let rows = block.len();
        self.weights[..rows].copy_from_slice(&sorted.weights[block.clone()]);
        self.weights[rows..].fill(0.0);
        for (slot, item) in index.terms.used().iter().enumerate() {
            let scoring = index.items[*item].scoring;
            let answers = sorted.codes(index, slot, block.clone());
            let is_valid = &mut self.is_valid[slot];
            is_valid[rows..].fill(0);
            let places = self.scores[slot].iter_mut().zip(&mut self.valid[slot]);
            for (((score, valid), is_valid), code) in places.zip(is_valid).zip(answers) {
                [*score, *valid] = scoring.worth(*code);
                *is_valid = u8::from(*valid > 0.0);
            }
        }
    }

    /// Cuts a block into runs and opens segments for new strata. `end` is where the rows of the domain end in this part.
    fn plan(&mut self, domain: u32, block: Range<usize>, end: usize, last_stratum: &mut Option<u32>) -> Vec<Run> {
        let (design, sorted) = (self.index.design, self.sorted);
        let rows_are_psus = design.rows_are_psus();
        let key = |position: usize| {
            let row = sorted.row(position);
            if rows_are_psus { design.stratum(row) } else { design.psu_rank(row) }
        };
        let mut runs = Vec::new();
        let mut position = block.start;
        let mut own = key(position);
        while position < block.end {
            let start = position;
            let mut next = None;
            position += 1;
            while position < end {
                let key = key(position);
                if key != own {
                    next = Some(key);
                    break;
                }
                if position >= block.end {
                    break;
                }
                position += 1;
            }
            let ends = next.is_some() || position >= end;
            let stratum = if rows_are_psus { own } else { design.stratum_of_rank(own) };
            if *last_stratum != Some(stratum) {
                *last_stratum = Some(stratum);
                self.part.segments.push(Segment { domain, stratum, psus: 0 });
                let states = self.part.states.len() + self.index.terms.measures();
                self.part.states.resize(states, [0.0; 3]);
            }
            let index = self.part.segments.len() - 1;
            let segment = &mut self.part.segments[index];
            runs.push(Run {
                rows: start - block.start..position - block.start,
                segment: index,
                first: segment.psus == 0,
                closes: (ends && !rows_are_psus).then_some(own),
            });
            if rows_are_psus {
                segment.psus += (position - start) as u32;
            } else {
                segment.psus += u32::from(ends);
            }
            own = next.unwrap_or(own);
        }
        runs
    }

    /// What the rows outside the domain add to each PSU that ends in this block.
    fn reach_outside(&mut self, domain: u32, runs: &[Run]) {
        let measures = self.index.terms.measures();
        self.extra.clear();
        self.extra.resize(runs.len() * measures, 0.0);
        let Some(outside) = self.outside else {
            return;
        };
        for (run, extra) in runs.iter().zip(self.extra.chunks_exact_mut(measures)) {
            if let Some(psu) = run.closes {
                outside.add_outside(psu as usize, domain, &self.pairs, extra);
            }
        }
    }

    /// One measure over a block: z of each row, then its part of the tallies and of the PSU totals.
    fn measure(&mut self, measure: usize, block: Range<usize>, runs: &[Run]) {
        let terms = &self.index.terms;
        let measures = terms.measures();
        let mut z = [0.0_f64; BLOCK];
        let mut any = [0u8; BLOCK];
        for term in terms.of(measure) {
            let (slot, [a, b]) = (terms.slots[term], self.linear[term]);
            let (scores, valid) = (&self.scores[slot], &self.valid[slot]);
            for ((z, score), valid) in z.iter_mut().zip(scores).zip(valid) {
                *z += a * score - b * valid;
            }
            for (any, valid) in any.iter_mut().zip(&self.is_valid[slot]) {
                *any |= valid;
            }
        }
        let weights = &self.weights;
        let tally = self.part.tallies.len() - measures + measure;
        let tally = &mut self.part.tallies[tally];
        tally.valid += any.iter().map(|any| u64::from(*any)).sum::<u64>();
        tally.weight += lanes(|place| f64::from(any[place]) * weights[place]);
        tally.squares += lanes(|place| z[place] * z[place] * weights[place]);
        if let Some(outside) = self.outside {
            for (z, pair) in z.iter_mut().zip(&self.sorted.pairs[block]) {
                *z -= outside.means(*pair as usize)[measure];
            }
        }
        for (z, weight) in z.iter_mut().zip(weights) {
            *z *= weight;
        }
        for (number, run) in runs.iter().enumerate() {
            let state = &mut self.part.states[run.segment * measures + measure];
            if self.index.design.rows_are_psus() {
                push_rows(state, &z[run.rows.clone()], run.first);
            } else {
                self.open[measure] += sum(&z[run.rows.clone()]);
                if run.closes.is_some() {
                    let inside = std::mem::take(&mut self.open[measure]);
                    push(state, inside + self.extra[number * measures + measure], run.first);
                }
            }
        }
    }
}

/// Adds the total of one PSU.
fn push(state: &mut [f64; 3], total: f64, first: bool) {
    if first {
        state[0] = total;
    }
    let deviation = total - state[0];
    state[1] += deviation;
    state[2] += deviation * deviation;
}

/// Adds rows that are each their own PSU.
fn push_rows(state: &mut [f64; 3], totals: &[f64], first: bool) {
    if first {
        state[0] = totals[0];
    }
    let mut parts = [[0.0_f64; 2]; 4];
    for four in totals.chunks(4) {
        for (part, total) in parts.iter_mut().zip(four) {
            let deviation = total - state[0];
            part[0] += deviation;
            part[1] += deviation * deviation;
        }
    }
    let [a, b, c, d] = parts;
    state[1] += (a[0] + b[0]) + (c[0] + d[0]);
    state[2] += (a[1] + b[1]) + (c[1] + d[1]);
}

/// Σ of a value over the places of a block, in eight lanes.
fn lanes(value: impl Fn(usize) -> f64) -> f64 {
    let mut lanes = [0.0_f64; 8];
    for start in (0..BLOCK).step_by(8) {
        for (place, lane) in lanes.iter_mut().enumerate() {
            *lane += value(start + place);
        }
    }
    sum(&lanes)
}

/// Σ in four lanes.
fn sum(values: &[f64]) -> f64 {
    let mut lanes = [0.0_f64; 4];
    for four in values.chunks(4) {
        for (lane, value) in lanes.iter_mut().zip(four) {
            *lane += value;
        }
    }
    (lanes[0] + lanes[1]) + (lanes[2] + lanes[3])
}
