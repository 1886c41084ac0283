//! Families of hypotheses "i is not better than j", tested together, step by step.

use super::draws::{Draws, LANES};
use crate::stats::weighting::type_7;
use rayon::prelude::*;

/// Families whose first step is made together, so that the draws pass by once for all of them.
const TOGETHER: usize = 16;

/// A pair of units.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hypothesis {
    pub(super) i: u32,
    pub(super) j: u32,
    /// x_i − x_j.
    pub(super) difference: f64,
    /// 1 / s_ij; `None` for a difference without variance.
    pub(super) scale: Option<f64>,
}

/// A pair with its scale; the order is its direction.
#[derive(Clone, Copy, Debug)]
struct Pair {
    i: u32,
    j: u32,
    /// (x_i − x_j) / s_ij.
    standardised: f64,
    scale: f64,
}

/// Hypotheses that are tested together.
#[derive(Clone, Debug, Default)]
pub(super) struct Family {
    /// Both (i, j) and (j, i).
    both: Vec<Pair>,
    /// Only (i, j).
    one: Vec<Pair>,
    /// (i, j) rejected without doubt.
    pub(super) certain: Vec<(u32, u32)>,
}

/// What became of a family.
#[derive(Clone, Debug, Default)]
pub(super) struct Outcome {
    /// (i, j) with i better than j.
    pub(super) rejected: Vec<(u32, u32)>,
    /// Critical value of the last step; `None` for a family without hypotheses to draw for.
    pub(super) critical: Option<f64>,
}

impl Family {
    /// Adds (i, j) if `forth`, (j, i) if `back`; nothing for a difference without variance.
    pub(super) fn add(&mut self, hypothesis: Hypothesis, forth: bool, back: bool) {
        let Some(scale) = hypothesis.scale else { return };
        let pair = Pair { i: hypothesis.i, j: hypothesis.j, standardised: hypothesis.difference * scale, scale };
        match (forth, back) {
            (true, true) => self.both.push(pair),
            (true, false) => self.one.push(pair),
            (false, true) => self.one.push(pair.turned()),
            (false, false) => {}
        }
    }

    fn is_empty(&self) -> bool {
        self.both.is_empty() && self.one.is_empty()
    }

    /// max over the family of (Z_i − Z_j) / s_ij, for each lane.
    fn maxima(&self, z: &[[f64; LANES]]) -> [f64; LANES] {
        let mut max = [f64::NEG_INFINITY; LANES];
        for pair in &self.both {
            let (a, b) = (&z[pair.i as usize], &z[pair.j as usize]);
            for lane in 0..LANES {
                let value = ((a[lane] - b[lane]) * pair.scale).abs();
                max[lane] = if value > max[lane] { value } else { max[lane] };
            }
        }
        for pair in &self.one {
            let (a, b) = (&z[pair.i as usize], &z[pair.j as usize]);
            for lane in 0..LANES {
                let value = (a[lane] - b[lane]) * pair.scale;
                max[lane] = if value > max[lane] { value } else { max[lane] };
            }
        }
        max
    }

    /// Takes out what exceeds the critical value; whether there was any.
    fn reject(&mut self, critical: f64, rejected: &mut Vec<(u32, u32)>) -> bool {
        let before = rejected.len();
        let mut left = Vec::new();
        self.both.retain(|pair| {
            let keep = pair.standardised.abs() <= critical;
            if !keep {
                let winner = if pair.standardised > 0.0 { *pair } else { pair.turned() };
                rejected.push((winner.i, winner.j));
                left.push(winner.turned());
            }
            keep
        });
        self.one.retain(|pair| {
            let keep = pair.standardised <= critical;
            if !keep {
                rejected.push((pair.i, pair.j));
            }
            keep
        });
        self.one.append(&mut left);
        rejected.len() > before
    }
}

impl Pair {
    fn turned(self) -> Self {
        Self { i: self.j, j: self.i, standardised: -self.standardised, scale: self.scale }
    }
}

/// Tests each family by itself.
pub(super) fn test(families: Vec<Family>, draws: &Draws, level: f64, stepdown: bool) -> Vec<Outcome> {
    let all: Vec<u32> = (0..draws.count() as u32).collect();
    let mut outcomes = Vec::with_capacity(families.len());
    let mut left = families.into_iter();
    loop {
        let together: Vec<Family> = left.by_ref().take(TOGETHER).collect();
        if together.is_empty() {
            return outcomes;
        }
        let maxima = maxima(&together, draws, &all);
        let steps = |(family, maxima)| steps(family, maxima, draws, level, stepdown);
        outcomes.par_extend(together.into_par_iter().zip(maxima).map(steps));
    }
}

/// Tests one family, of which the maxima over all draws are known.
fn steps(mut family: Family, mut maxima: Vec<f64>, draws: &Draws, level: f64, stepdown: bool) -> Outcome {
    let mut outcome = Outcome { rejected: std::mem::take(&mut family.certain), critical: None };
    while !family.is_empty() {
        let critical = quantile(maxima.clone(), level);
        outcome.critical = Some(critical);
        if !(family.reject(critical, &mut outcome.rejected) && stepdown) {
            break;
        }
        lower(&family, &mut maxima, draws, level);
    }
    outcome
}

/// How many of the largest of `count` values the quantile at the level depends on.
fn tail(count: usize, level: f64) -> usize {
    #[expect(clippy::cast_sign_loss, reason = "a share of a count")]
    let below = ((count - 1) as f64 * level) as usize;
    count - below
}

/// The quantile of at least one value, of which only the tail is sorted.
fn quantile(mut values: Vec<f64>, level: f64) -> f64 {
    let start = values.len() - tail(values.len(), level);
    let (_, _, above) = values.select_nth_unstable_by(start, f64::total_cmp);
    above.sort_unstable_by(f64::total_cmp);
    type_7(&values, level)
}

/// Brings maxima of a larger family down to those of this one, from the largest on, as far as the quantile at the level can see:
/// below it, the maximum of the larger family stays as an upper bound.
fn lower(family: &Family, maxima: &mut [f64], draws: &Draws, level: f64) {
    let needed = tail(maxima.len(), level);
    let mut waiting: Vec<u32> = (0..maxima.len() as u32).collect();
    let mut found = Vec::new();
    while !waiting.is_empty() {
        let most = (needed.max(LANES) - 1).min(waiting.len() - 1);
        waiting.select_nth_unstable_by(most, |a, b| maxima[*b as usize].total_cmp(&maxima[*a as usize]).then(a.cmp(b)));
        let rest = waiting.split_off(most + 1);
        for (draw, own) in waiting.iter().zip(self::maxima(std::slice::from_ref(family), draws, &waiting).concat()) {
            maxima[*draw as usize] = own;
            found.push(own);
        }
        let (_, least, _) = found.select_nth_unstable_by(needed - 1, |a, b| b.total_cmp(a));
        if rest.iter().all(|draw| maxima[*draw as usize] <= *least) {
            break;
        }
        waiting = rest;
    }
}

/// For each family its maximum in each of the draws named.
fn maxima(families: &[Family], draws: &Draws, which: &[u32]) -> Vec<Vec<f64>> {
    let part = |which: &[u32]| {
        let z = draws.lanes(which);
        families.iter().map(|family| family.maxima(&z)).collect::<Vec<_>>()
    };
    let parts: Vec<Vec<[f64; LANES]>> = which.par_chunks(LANES).map(part).collect();
    let of = |at: usize| parts.iter().flat_map(|part| part[at]).take(which.len()).collect();
    (0..families.len()).map(of).collect()
}
