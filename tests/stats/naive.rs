//! The textbook computation, slow and plain: one dense linearised value per row, totals by PSU in a map. The library must
//! agree with it on any data.

use sipas::stats::design::{Design, LonelyPsu};
use sipas::stats::index::Measure;
use sipas::stats::poststratify::Poststratified;
use std::collections::{BTreeMap, BTreeSet};

/// Everything a case needs, in plain columns.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) weights: Vec<f64>,
    pub(crate) strata: Vec<u32>,
    /// `None` = rows are PSUs.
    pub(crate) psus: Option<Vec<u32>>,
    pub(crate) lonely: LonelyPsu,
    /// By item: code 0 = missing, otherwise its points.
    pub(crate) items: Vec<Vec<u8>>,
    pub(crate) domains: Vec<u32>,
    pub(crate) domain_count: u32,
    /// Cell of each row and total of each cell.
    pub(crate) cells: Option<(Vec<u32>, Vec<f64>)>,
}

impl Case {
    pub(crate) fn psu(&self, row: usize) -> u32 {
        self.psus.as_ref().map_or(row as u32, |psus| psus[row])
    }
}

/// Estimate and the weighted linearised value of each row, `None` where a denominator is 0. `weights` are final.
fn linearised(case: &Case, weights: &[f64], measure: &Measure, domain: u32) -> Option<(f64, Vec<f64>)> {
    let inside = |row: usize| case.domains[row] == domain;
    let sums = |item: usize| {
        (0..weights.len())
            .filter(|row| inside(*row) && case.items[item][*row] > 0)
            .fold((0.0, 0.0), |(s, w), row| (s + weights[row] * f64::from(case.items[item][row]), w + weights[row]))
    };
    let (estimate, terms): (f64, Vec<(usize, f64, f64)>) = match measure {
        Measure::Pooled(items) => {
            let (s, w) = items.iter().map(|item| sums(*item)).fold((0.0, 0.0), |a, b| (a.0 + b.0, a.1 + b.1));
            (s / w, items.iter().map(|item| (*item, 1.0 / w, s / w)).collect())
        }
        Measure::Linear(terms) => (
            terms
                .iter()
                .map(|(item, c)| {
                    let (s, w) = sums(*item);
                    c * s / w
                })
                .sum(),
            terms
                .iter()
                .map(|(item, c)| {
                    let (s, w) = sums(*item);
                    (*item, c / w, s / w)
                })
                .collect(),
        ),
    };
    if !estimate.is_finite() {
        return None;
    }
    let z = (0..weights.len())
        .map(|row| {
            let answered = terms.iter().filter(|(item, _, _)| inside(row) && case.items[*item][row] > 0);
            answered.map(|(item, a, p)| a * (f64::from(case.items[*item][row]) - p)).sum()
        })
        .collect();
    Some((estimate, z))
}

/// Estimate of a domain and covariances with all domains; `None` without a denominator.
pub(crate) fn estimate(case: &Case, measure: &Measure) -> Vec<Option<(f64, Vec<Option<f64>>)>> {
    let poststratified = case.cells.as_ref().map(|(cells, totals)| Poststratified::new(&case.weights, cells.clone(), totals).unwrap());
    let weights = poststratified.as_ref().map_or(&case.weights[..], |p| p.weights());
    let by_domain: Vec<Option<(f64, Vec<f64>)>> = (0..case.domain_count).map(|domain| linearised(case, weights, measure, domain)).collect();
    let residuals: Vec<Option<Vec<f64>>> = by_domain
        .iter()
        .map(|found| {
            found.as_ref().map(|(_, z)| {
                let z = poststratified.as_ref().map_or(z.clone(), |p| p.residuals(z).unwrap());
                z.iter().zip(weights).map(|(z, w)| z * w).collect()
            })
        })
        .collect();
    let pair = |a: usize, b: usize| {
        let (first, second) = (residuals[a].as_ref()?, residuals[b].as_ref()?);
        Some(covariance(case, first, second))
    };
    by_domain
        .iter()
        .enumerate()
        .map(|(domain, found)| {
            found.as_ref().map(|(estimate, _)| {
                let row = (0..by_domain.len()).map(|other| pair(domain, other)).collect();
                (*estimate, row)
            })
        })
        .collect()
}

/// Σ_h n_h / (n_h − 1) Σ_j (e_j − ē)(f_j − f̄), lonely PSUs centred at 0 or left out.
fn covariance(case: &Case, e: &[f64], f: &[f64]) -> f64 {
    let mut strata: BTreeMap<u32, BTreeMap<u32, (f64, f64)>> = BTreeMap::new();
    for row in 0..e.len() {
        let total = strata.entry(case.strata[row]).or_default().entry(case.psu(row)).or_default();
        total.0 += e[row];
        total.1 += f[row];
    }
    strata
        .values()
        .map(|psus| {
            let n = psus.len() as f64;
            if n == 1.0 {
                let adjust = f64::from(u8::from(case.lonely == LonelyPsu::Adjust));
                return adjust * psus.values().map(|(e, f)| e * f).sum::<f64>();
            }
            let mean_e = psus.values().map(|t| t.0).sum::<f64>() / n;
            let mean_f = psus.values().map(|t| t.1).sum::<f64>() / n;
            let products = psus.values().map(|(e, f)| (e - mean_e) * (f - mean_f));
            n / (n - 1.0) * products.sum::<f64>()
        })
        .sum()
}

/// PSUs − strata over the rows of a domain.
pub(crate) fn degrees_of_freedom(case: &Case, design: &Design<'_>, domain: u32) -> u32 {
    let rows = || (0..case.strata.len()).filter(|row| case.domains[*row] == domain);
    let psus: BTreeSet<u32> = rows().map(|row| case.psu(row)).collect();
    let strata: BTreeSet<u32> = rows().map(|row| case.strata[row]).collect();
    let expected = (psus.len() - strata.len()) as u32;
    assert_eq!(design.domain_degrees_of_freedom(|row| case.domains[row] == domain), expected);
    expected
}
