//! Covariances of one measure between domains.
//!
//! C_{dd'} = Σ_h n_h / (n_h − 1) · [Σ_j e_jd e_jd' − Σ_j e_jd Σ_j e_jd' / n_h] with e_jd the total of the weighted linearised value (or
//! residual) of domain d in PSU j, as in [`crate::stats::design`]. Two domains covary when they share strata. Under
//! `Average` each side is scaled by the root of its own factor, so that the diagonal stays the variance of each domain.

use super::Index;
use super::finish::StratumFactors;
use super::outside::{Outside, pairs_by_cell};
use super::sort::Sorted;
use super::sums;
use crate::stats::design::LonelyPsu;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn between_domains(index: &Index<'_>, measure: usize) -> Vec<Option<f64>> {
    let sorted = Sorted::new(index);
    let sums = sums::item_sums(index, &sorted);
    let outside = Outside::new(index, &sorted, &sums);
    let count = index.domains.count() as usize;
    let table = index.estimate();
    let z = linearised(index, &sorted, &sums, measure);
    let reach = outside.as_ref().map(|outside| reach(index, &sorted, outside, measure));
    let mut matrix = vec![0.0; count * count];
    let mut strata_of_domain = vec![BTreeSet::new(); count];
    let mut stratum_totals: BTreeMap<u32, f64> = BTreeMap::new();
    let mut psu_totals: BTreeMap<u32, f64> = BTreeMap::new();
    let design = index.design;
    for position in 0..design.rows() {
        let row = design.row_at(position);
        let weight = design.weights()[row] * design.weight_scale();
        let domain = index.domains.of(row);
        if (domain as usize) < count {
            *psu_totals.entry(domain).or_default() += weight * z[row];
        }
        if let Some((reach, poststratified)) = reach.as_ref().zip(index.poststratified) {
            for (domain, mean) in &reach[poststratified.cells()[row] as usize] {
                *psu_totals.entry(*domain).or_default() -= weight * mean;
            }
        }
        let next = (position + 1 < design.rows()).then(|| design.row_at(position + 1));
        if next.is_some_and(|next| design.psu_rank(next) == design.psu_rank(row)) {
            continue;
        }
        let stratum = design.stratum(row);
        let psus = f64::from(design.psus_in_stratum(stratum));
        let factor = stratum_factor(design.lonely(), psus);
        for (domain, total) in &psu_totals {
            *stratum_totals.entry(*domain).or_default() += total;
            for (other, second) in psu_totals.range(*domain..) {
                matrix[*domain as usize * count + *other as usize] += factor * total * second;
            }
        }
        psu_totals.clear();
        if next.is_some_and(|next| design.stratum(next) == stratum) {
            continue;
        }
        for (domain, total) in &stratum_totals {
            strata_of_domain[*domain as usize].insert(stratum);
            if psus > 1.0 {
                for (other, second) in stratum_totals.range(*domain..) {
                    matrix[*domain as usize * count + *other as usize] -= factor * total * second / psus;
                }
            }
        }
        stratum_totals.clear();
    }
    let roots: Vec<Option<f64>> = (0u32..)
        .zip(&strata_of_domain)
        .map(|(domain, strata)| {
            table.get(domain, measure).and_then(|row| row.se)?;
            StratumFactors::new(design, strata.iter().copied()).map(|f| f.average.sqrt())
        })
        .collect();
    let mut symmetric = vec![None; count * count];
    for (domain, first) in roots.iter().enumerate() {
        for (other, second) in roots.iter().enumerate().skip(domain) {
            let value = first.zip(*second).map(|(first, second)| first * second * matrix[domain * count + other]);
            symmetric[domain * count + other] = value;
            symmetric[other * count + domain] = value;
        }
        let se = table.get(domain as u32, measure).and_then(|row| row.se);
        symmetric[domain * count + domain] = se.map(|se| se * se);
    }
    symmetric
}

fn stratum_factor(lonely: LonelyPsu, psus: f64) -> f64 {
    if psus > 1.0 {
        psus / (psus - 1.0)
    } else if lonely == LonelyPsu::Adjust {
        1.0
    } else {
        0.0
    }
}

/// z of each row in its own domain, 0 for rows in none.
fn linearised(index: &Index<'_>, sorted: &Sorted, sums: &sums::ItemSums, measure: usize) -> Vec<f64> {
    let terms = &index.terms;
    let mut z = vec![0.0; index.design.rows()];
    let mut linear = vec![[0.0; 2]; terms.of(measure).len()];
    for (domain, run) in sorted.runs(0..sorted.rows()) {
        terms.linearise(measure, &sums.domain(sorted, domain), &mut linear);
        for row in run.map(|position| sorted.row(position)) {
            z[row] = terms
                .of(measure)
                .zip(&linear)
                .map(|(term, [a, b])| {
                    let item = &index.items[terms.used()[terms.slots[term]]];
                    let [score, valid] = item.scoring.worth(item.codes[row]);
                    a * score - b * valid
                })
                .sum();
        }
    }
    z
}

/// For each cell the domains with rows in it, and z̄_c of the measure.
fn reach(index: &Index<'_>, sorted: &Sorted, outside: &Outside, measure: usize) -> Vec<Vec<(u32, f64)>> {
    let cells = index.poststratified.map_or(0, |p| p.cell_count());
    let mut reach = vec![Vec::new(); cells as usize];
    for domain in 0..index.domains.count() {
        for (cell, pair) in pairs_by_cell(sorted, domain) {
            reach[cell as usize].push((domain, outside.means(pair)[measure]));
        }
    }
    reach
}
