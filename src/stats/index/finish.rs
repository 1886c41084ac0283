//! Joins the parts of the sweep: variances by the design's formula, degrees of freedom, design effects, flags.

use super::outside::{Outside, pairs_by_cell};
use super::sort::Sorted;
use super::sums::ItemSums;
use super::sweep::{Part, Tally};
use super::{Estimate, Flag, Index};
use crate::stats::design::{Design, LonelyPsu};
use crate::stats::moments::Moments;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// A standard error below this share of the largest score is the rounding of an exact 0.
const ROUNDING: f64 = 1e-12;

/// Where the segments and tallies of one domain lie: (part, place in the part).
#[derive(Clone, Default)]
struct Found {
    segments: Vec<(u32, u32)>,
    tallies: Vec<(u32, u32)>,
}

pub(super) fn estimates(index: &Index<'_>, sorted: &Sorted, sums: &ItemSums, parts: &[Part], outside: Option<&Outside>) -> Vec<Estimate> {
    let mut found = vec![Found::default(); index.domains.count() as usize];
    for (number, part) in (0u32..).zip(parts) {
        for (place, segment) in (0u32..).zip(&part.segments) {
            found[segment.domain as usize].segments.push((number, place));
        }
        for (place, domain) in (0u32..).zip(&part.domains) {
            found[*domain as usize].tallies.push((number, place));
        }
    }
    let by_domain: Vec<Vec<Estimate>> = (0..index.domains.count())
        .into_par_iter()
        .zip(&found)
        .map(|(domain, found)| {
            let join = Join { index, sorted, sums, parts, outside };
            join.domain(domain, found)
        })
        .collect();
    by_domain.concat()
}

struct Join<'a> {
    index: &'a Index<'a>,
    sorted: &'a Sorted,
    sums: &'a ItemSums,
    parts: &'a [Part],
    outside: Option<&'a Outside>,
}

impl Join<'_> {
    fn domain(&self, domain: u32, found: &Found) -> Vec<Estimate> {
        let terms = &self.index.terms;
        let n = self.sorted.domain(domain).len() as u64;
        let mut strata = self.strata(found);
        let psus: u32 = found.segments.iter().map(|(part, place)| self.parts[*part as usize].segments[*place as usize].psus).sum();
        let df_domain = psus - strata.len() as u32;
        self.add_outside(domain, &mut strata);
        let factors = StratumFactors::new(self.index.design, strata.keys().copied());
        let tallies = self.tallies(found);
        let sums = self.sums.domain(self.sorted, domain);
        let mut linear = Vec::new();
        (0..terms.measures())
            .map(|measure| {
                linear.resize(terms.of(measure).len(), [0.0; 2]);
                let estimate = terms.linearise(measure, &sums, &mut linear);
                let variance = factors.as_ref().map(|factors| {
                    let by_stratum = strata.values().map(|moments| moments[measure]);
                    factors.variance(by_stratum)
                });
                let mut row = Estimate {
                    estimate,
                    se: None,
                    n,
                    n_valid: tallies[measure].valid,
                    df_design: self.index.design.degrees_of_freedom(),
                    df_domain,
                    deff: None,
                    effective_n: None,
                    flag: Flag::Ok,
                };
                match (estimate, variance) {
                    _ if n == 0 => row.flag = Flag::EmptyDomain,
                    (None, _) => row.flag = Flag::ZeroDenominator,
                    (_, None) => row.flag = Flag::LonelyPsu,
                    (Some(_), Some(variance)) => {
                        spread(&mut row, variance, &tallies[measure], terms.reach(measure));
                    }
                }
                row
            })
            .collect()
    }

    /// Moments of the PSU totals by stratum and measure, over the PSUs with rows in the domain.
    fn strata(&self, found: &Found) -> BTreeMap<u32, Vec<Moments>> {
        let measures = self.index.terms.measures();
        let mut strata: BTreeMap<u32, Vec<Moments>> = BTreeMap::new();
        for (part, place) in found.segments.iter().copied() {
            let part = &self.parts[part as usize];
            let segment = &part.segments[place as usize];
            let states = &part.states[place as usize * measures..(place as usize + 1) * measures];
            let joined = strata.entry(segment.stratum).or_insert_with(|| vec![Moments::default(); measures]);
            for (joined, [shift, sum, squares]) in joined.iter_mut().zip(states) {
                let count = f64::from(segment.psus);
                joined.merge(&Moments::from_shifted(count, *shift, *sum, *squares));
            }
        }
        strata
    }

    /// Adds the PSUs without rows in the domain that its post-stratification cells reach.
    fn add_outside(&self, domain: u32, strata: &mut BTreeMap<u32, Vec<Moments>>) {
        let Some(outside) = self.outside else {
            return;
        };
        let design = self.index.design;
        let measures = self.index.terms.measures();
        let pairs = pairs_by_cell(self.sorted, domain);
        for group in 0..outside.groups() {
            let entries = outside.group(group);
            let reached = |cell: u32| pairs.contains_key(&cell);
            if design.rows_are_psus() {
                for entry in entries.iter().filter(|entry| entry.domain != domain) {
                    let Some(pair) = pairs.get(&entry.cell) else {
                        continue;
                    };
                    let joined = strata.entry(group as u32).or_insert_with(|| vec![Moments::default(); measures]);
                    for (joined, mean) in joined.iter_mut().zip(outside.means(*pair)) {
                        joined.merge(&entry.weights.scaled(-mean));
                    }
                }
            } else if entries.iter().all(|entry| entry.domain != domain) && entries.iter().any(|entry| reached(entry.cell)) {
                let mut totals = vec![0.0; measures];
                outside.add_outside(group, domain, &pairs, &mut totals);
                let joined = strata.entry(design.stratum_of_rank(group as u32)).or_insert_with(|| vec![Moments::default(); measures]);
                for (joined, total) in joined.iter_mut().zip(totals) {
                    joined.push(total);
                }
            }
        }
    }

    fn tallies(&self, found: &Found) -> Vec<Tally> {
        let measures = self.index.terms.measures();
        let mut total = vec![Tally::default(); measures];
        for (part, place) in found.tallies.iter().copied() {
            let place = place as usize * measures;
            let part = &self.parts[part as usize].tallies[place..place + measures];
            for (total, part) in total.iter_mut().zip(part) {
                total.valid += part.valid;
                total.weight += part.weight;
                total.squares += part.squares;
            }
        }
        total
    }
}

/// Fills standard error, design effect and effective n.
fn spread(row: &mut Estimate, variance: f64, tally: &Tally, reach: f64) {
    let se = variance.sqrt();
    let se = if se <= ROUNDING * reach { 0.0 } else { se };
    row.se = Some(se);
    let valid = tally.valid as f64;
    let simple = tally.weight * tally.squares / (valid - 1.0);
    if tally.valid > 1 && simple.sqrt() > ROUNDING * reach {
        let deff = se * se / simple;
        row.deff = Some(deff);
        row.effective_n = (deff > 0.0).then_some(valid / deff);
    }
}

/// How the strata of a domain enter a variance under the design's policy for lonely PSUs.
pub(super) struct StratumFactors {
    /// PSUs n_h of each stratum in the sample.
    psus: Vec<f64>,
    lonely: LonelyPsu,
    /// Multiplies the sum over strata.
    pub(super) average: f64,
}

impl StratumFactors {
    /// `None` when lonely PSUs leave no variance.
    pub(super) fn new(design: &Design<'_>, strata: impl Iterator<Item = u32>) -> Option<Self> {
        let psus: Vec<f64> = strata.map(|stratum| f64::from(design.psus_in_stratum(stratum))).collect();
        let regular = psus.iter().filter(|psus| **psus > 1.0).count();
        let lonely = psus.len() - regular;
        let lost = match design.lonely() {
            LonelyPsu::Fail => lonely > 0,
            LonelyPsu::Remove | LonelyPsu::Average => regular == 0,
            LonelyPsu::Certainty | LonelyPsu::Adjust => false,
        };
        let average = if design.lonely() == LonelyPsu::Average { psus.len() as f64 / regular.max(1) as f64 } else { 1.0 };
        (!lost).then_some(Self { psus, lonely: design.lonely(), average })
    }

    /// V = Σ_h n_h / (n_h − 1) M₂ₕ, where PSUs without a total count as 0. A lonely PSU under `Adjust` is centred at the mean of
    /// all PSU totals, which is 0: linearised values of a ratio sum to 0 over the domain.
    fn variance(&self, strata: impl Iterator<Item = Moments>) -> f64 {
        let total: f64 = strata
            .zip(&self.psus)
            .map(|(mut moments, psus)| {
                if *psus > 1.0 {
                    moments.merge(&Moments::constant(psus - moments.count, 0.0));
                    psus / (psus - 1.0) * moments.m2
                } else if self.lonely == LonelyPsu::Adjust {
                    moments.mean * moments.mean
                } else {
                    0.0
                }
            })
            .sum();
        self.average * total
    }
}
