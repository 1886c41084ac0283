//! Nonresponse: respondents stand for the nonrespondents like them.
//!
//! Notation: in cell c, respondents r ⊂ c get wᵢ = dᵢ Σ_c d / Σ_r d, nonrespondents weight 0. Cells are given, or classes of the
//! response propensity ρᵢ estimated by logistic regression, logit ρᵢ = xᵢ′β, and cut at its quantiles: R. J. A. Little, "Survey
//! nonresponse adjustments for estimates of means", Int. Stat. Rev. 54 (1986) 139; P. R. Rosenbaum and D. B. Rubin, Biometrika 70
//! (1983) 41 (five classes). β by iteratively reweighted least squares (P. McCullagh and J. A. Nelder, *Generalized Linear
//! Models*, 1989, section 2.5). The factors are taken as fixed in variances.

use super::auxiliary::{Auxiliary, Term};
use super::trim::type_7;
use super::{Outcome, Problem};
use crate::stats::moments::Sum;

/// Newton steps until a response model is given up.
const STEPS: u32 = 50;

/// Adjustment in given cells. Rows of weight 0 are ignored.
#[derive(Clone, Debug)]
pub struct Nonresponse {
    /// Whether each row answered.
    pub respondent: Vec<bool>,
    /// Cell of each row, from 0 on and below the number of rows.
    pub cells: Vec<u32>,
}

/// Adjustment in classes of the estimated response propensity.
#[derive(Clone, Debug)]
pub struct Propensity {
    /// Whether each row answered.
    pub respondent: Vec<bool>,
    /// What the propensity depends on, known for all rows; include [`Term::One`].
    pub terms: Vec<Term<'static>>,
    /// Number of classes with about equal numbers of rows, at least 2.
    pub classes: u32,
    /// Whether rows enter the model with their weights; otherwise all alike.
    pub weighted: bool,
}

pub(super) fn cells(spec: &Nonresponse, weights: &[f64]) -> Result<Outcome, Problem> {
    for found in [spec.respondent.len(), spec.cells.len()] {
        if found != weights.len() {
            return Err(Problem::Length { rows: weights.len(), found });
        }
    }
    // A number a row is room enough, and a wild one must not take memory.
    let wild = |(cell, weight): (&u32, &f64)| *weight != 0.0 && *cell as usize >= weights.len();
    if let Some(row) = spec.cells.iter().zip(weights).position(wild) {
        return Err(Problem::CellNumber { row, cell: spec.cells[row] });
    }
    take_over(&spec.respondent, &spec.cells, weights, 1)
}

pub(super) fn propensity(spec: &Propensity, weights: &[f64]) -> Result<Outcome, Problem> {
    if spec.respondent.len() != weights.len() {
        return Err(Problem::Length { rows: weights.len(), found: spec.respondent.len() });
    }
    if spec.classes < 2 {
        return Err(Problem::Classes(spec.classes));
    }
    let (propensities, iterations) = fit(spec, weights)?;
    let mut sorted: Vec<f64> = propensities.iter().zip(weights).filter(|(_, weight)| **weight != 0.0).map(|(p, _)| *p).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let cuts: Vec<f64> = (1..spec.classes).map(|k| type_7(&sorted, f64::from(k) / f64::from(spec.classes))).collect();
    // Class k holds propensities above cut k − 1 and up to cut k.
    let classes: Vec<u32> = propensities.iter().map(|p| cuts.partition_point(|cut| cut < p) as u32).collect();
    take_over(&spec.respondent, &classes, weights, iterations)
}

fn take_over(respondent: &[bool], cells: &[u32], weights: &[f64], iterations: u32) -> Result<Outcome, Problem> {
    let weighted = |row: &usize| weights[*row] != 0.0;
    let count = (0..weights.len()).filter(weighted).map(|row| cells[row] as usize + 1).max().unwrap_or(0);
    let mut sums = vec![(Sum::default(), Sum::default(), 0usize); count];
    for row in (0..weights.len()).filter(weighted) {
        let (all, answered, silent) = &mut sums[cells[row] as usize];
        all.add(weights[row]);
        if respondent[row] {
            answered.add(weights[row]);
        } else {
            *silent += 1;
        }
    }
    for (cell, (all, answered, silent)) in sums.iter().enumerate() {
        if all.value() > 0.0 && answered.value() <= 0.0 {
            return Err(Problem::NoRespondents { cell, nonrespondents: *silent });
        }
    }
    let factors: Vec<f64> =
        sums.iter().map(|(all, answered, _)| if answered.value() > 0.0 { all.value() / answered.value() } else { 0.0 }).collect();
    let new = |((cell, weight), respondent): ((&u32, &f64), &bool)| {
        if *weight != 0.0 && *respondent { weight * factors[*cell as usize] } else { 0.0 }
    };
    let rows_cut = sums.iter().map(|(_, _, silent)| silent).sum();
    let weights = cells.iter().zip(weights).zip(respondent).map(new).collect();
    Ok(Outcome { weights, iterations, max_error: 0.0, totals: Vec::new(), rows_cut, residual: None })
}

/// ρ of each row, and the Newton steps made.
fn fit(spec: &Propensity, weights: &[f64]) -> Result<(Vec<f64>, u32), Problem> {
    let rows = weights.len();
    let columns = Auxiliary::new(&spec.terms, weights)?;
    let scale = weights.iter().copied().fold(0.0, f64::max);
    let weight = |row: usize| match (weights[row] == 0.0, spec.weighted) {
        (true, _) => 0.0,
        (false, true) => weights[row] / scale,
        (false, false) => 1.0,
    };
    let mut b = vec![0.0; columns.width()];
    for iteration in 1..=STEPS {
        let rho: Vec<f64> =
            (0..rows).map(|row| if weights[row] == 0.0 { 0.0 } else { 1.0 / (1.0 + (-columns.product(row, &b)).exp()) }).collect();
        let normal = columns.normal(|row| weight(row) * rho[row] * (1.0 - rho[row]), rows);
        let score = columns.totals(|row| weight(row) * (f64::from(u8::from(spec.respondent[row])) - rho[row]), rows);
        let step = normal.solve(&score);
        for (b, step) in b.iter_mut().zip(&step) {
            *b += step;
        }
        let linear = |row: usize, b: &[f64]| if weights[row] == 0.0 { 0.0 } else { columns.product(row, b) };
        let moved = (0..rows).map(|row| linear(row, &step).abs()).fold(0.0, f64::max);
        if moved < 1e-10 {
            return Ok((rho, iteration));
        }
        // A perfect prediction drives the linear predictor to infinity.
        if !moved.is_finite() || (0..rows).any(|row| linear(row, &b).abs() > 30.0) {
            return Err(Problem::PropensityNotConverged { iterations: iteration });
        }
    }
    Err(Problem::PropensityNotConverged { iterations: STEPS })
}
