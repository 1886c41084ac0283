//! Covariances of one measure between domains.
//!
//! C_{dd'} = Σ_h f_h [Σ_j t_jd t_jd' − s_h Σ_j t_jd Σ_j t_jd'] with t_jd the total of the weighted linearised value (or residual) of domain d in
//! PSU j, as in [`super::variance`]. Where rows are PSUs a row has one domain, so that only known totals make products of rows.
//! Under `Average` each side is scaled by the root of its own factor, so that the diagonal stays the variance of each domain.

use super::known::Fit;
use super::state::State;
use super::variance::Domain;
use super::{Estimate, Index};
use crate::stats::design::LonelyPsu;
use rayon::prelude::*;

/// What a domain brings along.
struct Side {
    /// (group, total) ascending: residuals u − X′B, or u alone where the quadratic form brings the rest.
    totals: Vec<(u32, f64)>,
    b: Vec<f64>,
    /// c of the quadratic form.
    cross: Vec<f64>,
    /// QB.
    image: Vec<f64>,
    /// Mean total of all PSUs.
    grand: f64,
    /// Σ f w² z of the domain by crossed cell, and x′B where it is not 0; rows as PSUs with many columns only.
    own: Vec<(u32, f64)>,
    fitted: Vec<(u32, f64)>,
    root: Option<f64>,
    se: Option<f64>,
}

pub(super) fn between_domains(state: &State, index: Option<&Index<'_>>, table: &[Estimate], measure: usize) -> Vec<Option<f64>> {
    let count = state.domains as usize;
    let sides: Vec<Side> = (0..state.domains).into_par_iter().map(|domain| side(state, index, table, measure, domain)).collect();
    let mut matrix = products(state, &sides);
    let quadratic = state.fit.as_ref().is_some_and(|fit| fit.quadratic.is_some());
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    matrix.par_chunks_mut(count.max(1)).enumerate().for_each(|(first, row)| {
        for (second, value) in row.iter_mut().enumerate().skip(first) {
            let (a, b) = (&sides[first], &sides[second]);
            if quadratic {
                *value += dot(&a.image, &b.b) - dot(&a.cross, &b.b) - dot(&b.cross, &a.b);
            } else if let Some(fit) = state.fit.as_ref().filter(|_| state.frame.rows_are_psus) {
                *value += by_row(state, fit, a, b);
            }
        }
    });
    let mut symmetric = vec![None; count * count];
    for first in 0..count {
        for second in first..count {
            let (a, b) = (&sides[first], &sides[second]);
            let value = if first == second {
                a.se.map(|se| se * se)
            } else {
                a.root.zip(b.root).map(|(a, b)| a * b * matrix[first * count + second])
            };
            symmetric[first * count + second] = value;
            symmetric[second * count + first] = value;
        }
    }
    symmetric
}

fn side(state: &State, index: Option<&Index<'_>>, table: &[Estimate], measure: usize, number: u32) -> Side {
    let domain = Domain::new(state, index, number);
    let mut linear = vec![[0.0; 2]; state.terms.of(measure).len()];
    state.terms.linearise(measure, state.domain(number), &mut linear);
    let u = domain.totals(measure, &linear);
    let b = domain.coefficients(measure, &linear);
    let (mut cross, mut image, mut grand) = (Vec::new(), Vec::new(), 0.0);
    let (mut totals, mut own, mut fitted) = (Vec::new(), Vec::new(), Vec::new());
    match state.fit.as_ref().map(|fit| (fit, &fit.quadratic)) {
        Some((fit, Some(quadratic))) => {
            cross = domain.cross(&u, measure, &linear);
            image = quadratic.matrix.chunks_exact(fit.width).map(|row| row.iter().zip(&b).map(|(q, b)| q * b).sum()).collect();
            totals.extend(state.cells.second[state.cells.of(number)].iter().copied().zip(u));
        }
        Some((fit, None)) => {
            grand = -fit.mean.iter().zip(&b).map(|(mean, b)| mean * b).sum::<f64>();
            totals = domain.residual_totals(&u, &b);
            if state.frame.rows_are_psus {
                own = domain.own_by_cell(measure, &linear);
                fitted =
                    (0..fit.own_of_cell.len() as u32).map(|cell| (cell, fit.product(cell as usize, &b))).filter(|x| x.1 != 0.0).collect();
            }
        }
        None => totals = domain.residual_totals(&u, &b),
    }
    let se = table.get(number as usize * state.terms.measures() + measure).and_then(|row| row.se);
    Side { totals, b, cross, image, grand, own, fitted, root: se.and_then(|_| domain.policy()).map(f64::sqrt), se }
}

/// Products of group totals, upper triangle.
fn products(state: &State, sides: &[Side]) -> Vec<f64> {
    let (frame, count) = (&state.frame, sides.len());
    let mut matrix = vec![0.0; count * count];
    let mut by_group: Vec<Vec<(u32, f64)>> = vec![Vec::new(); frame.groups()];
    for (domain, side) in (0u32..).zip(sides) {
        for (group, total) in &side.totals {
            by_group[*group as usize].push((domain, *total));
        }
    }
    let mut add = |factor: f64, totals: &[(u32, f64)]| {
        for (place, (first, a)) in totals.iter().enumerate() {
            let row = &mut matrix[*first as usize * count..(*first as usize + 1) * count];
            for (second, b) in &totals[place..] {
                row[*second as usize] += factor * a * b;
            }
        }
    };
    let groups: Vec<u32> = (0..frame.groups() as u32).collect();
    let mut sums = vec![0.0; count];
    for stratum in groups.chunk_by(|a, b| frame.stratum(*a) == frame.stratum(*b)) {
        let own = frame.stratum(stratum[0]);
        if frame.psus_in_stratum[own as usize] == 0 {
            continue;
        }
        let [f, s] = frame.factor(own);
        let mut present: Vec<u32> = Vec::new();
        for group in stratum {
            let mut totals = std::mem::take(&mut by_group[*group as usize]);
            if frame.is_adjusted(own) && !frame.rows_are_psus {
                totals = centred(&totals, sides);
            }
            if !frame.rows_are_psus {
                add(f, &totals);
            }
            for (domain, total) in totals {
                present.push(domain);
                sums[domain as usize] += total;
            }
        }
        present.sort_unstable();
        present.dedup();
        let totals: Vec<(u32, f64)> = present.iter().map(|domain| (*domain, std::mem::take(&mut sums[*domain as usize]))).collect();
        add(-f * s, &totals);
    }
    matrix
}

/// A lonely PSU's totals of all domains about their grand means.
fn centred(totals: &[(u32, f64)], sides: &[Side]) -> Vec<(u32, f64)> {
    if sides.iter().all(|side| side.grand == 0.0) {
        return totals.to_vec();
    }
    let mut all: Vec<(u32, f64)> = (0u32..).zip(sides).map(|(domain, side)| (domain, -side.grand)).collect();
    for (domain, total) in totals {
        all[*domain as usize].1 += total;
    }
    all
}

/// Rows as PSUs with many columns: Σ f w² (z − x′B)(z′ − x′B′) with z z′ = 0, and adjusted strata about the grand means.
fn by_row(state: &State, fit: &Fit, a: &Side, b: &Side) -> f64 {
    let across = |a: &Side, b: &Side| a.own.iter().map(|(cell, z)| z * fit.product(*cell as usize, &b.b)).sum::<f64>();
    let square = |(cell, fitted): &(u32, f64)| fit.own_of_cell[*cell as usize] * fitted * fit.product(*cell as usize, &b.b);
    let mut sum = a.fitted.iter().map(square).sum::<f64>() - across(a, b) - across(b, a);
    if state.frame.lonely == LonelyPsu::Adjust {
        let lonely = |side: &Side| side.totals.iter().filter(|(stratum, _)| state.frame.is_lonely(*stratum)).map(|(_, t)| t).sum::<f64>();
        let count = state.frame.psus_in_stratum.iter().filter(|psus| **psus == 1).count() as f64;
        sum += count * a.grand * b.grand - a.grand * lonely(b) - b.grand * lonely(a);
    }
    sum
}
