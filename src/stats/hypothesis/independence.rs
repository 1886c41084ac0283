//! Independence of two categorical variables (Rao and Scott).
//!
//! Notation: p the shares of the r·c cells, D = diag(p), V their design covariance, C a basis of the d = (r−1)(c−1) interactions,
//! n the rows of the domain, X² Pearson's statistic n Σ (p_ij − p_i p_j)² / (p_i p_j). Under independence X² behaves as Σ λ_k χ²₁,
//! λ the eigenvalues of the generalised design effects Δ = (C′D⁻¹C / n)⁻¹ C′D⁻¹VD⁻¹C:
//!
//! | statistic | value | distribution | source |
//! |---|---|---|---|
//! | `F` | X² / tr Δ | F with d₀ and d₀ν degrees of freedom, d₀ = (tr Δ)² / tr Δ² | J. N. K. Rao, A. J. Scott, Ann. Stat. 12 (1984) 46; D. R. Thomas, J. N. K. Rao (1990) |
//! | `ChiSquare` | X² | χ²_d of X² d / tr Δ | Rao and Scott, first order |
//! | `Saddlepoint`, `Exact` | X² | Σ λ χ²₁ over χ² / d₀ν | [`super::exact_tail`], [`super::saddlepoint_tail`] |
//! | `Wald` | W / d | F with d and ν | G. G. Koch, D. H. Freeman, J. L. Freeman, Int. Stat. Rev. 43 (1975) 59 |
//! | `AdjustedWald` | W (ν − d + 1) / (dν) | F with d and ν − d + 1 | R. E. Fay (1979); D. R. Thomas, J. N. K. Rao, JASA 82 (1987) 630 |
//!
//! with W = Y′ V_Y⁻¹ Y over the d residuals Y_ij = N_ij − N_i N_j / N of all but one row and column. Neither Δ nor W depends on the
//! basis and on the row and column left out. ν = PSUs − strata of the domain's rows, those with missing values among them, as R's
//! `svychisq` after `subset`. With replicate weights R 4.5 leaves d₀ν out of `Saddlepoint` and `Exact`; here it is in for all designs.

use super::matrix::{Cholesky, eigenvalues};
use super::mixture::{exact_tail, saddlepoint_tail};
use super::table::Table;
use super::{Categories, Estimator, HypothesisError};
use crate::stats::estimate::{Domain, Statistic};
use crate::stats::moments::Sum;
use crate::stats::quantile::{chi_square_tail, f_tail};

/// Which statistic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ChiSquare {
    /// Second-order correction with an F distribution (R's `F`).
    #[default]
    F,
    /// First-order correction (R's `Chisq`).
    ChiSquare,
    /// Wald's test on the residuals.
    Wald,
    /// The same with fewer denominator degrees of freedom, steadier when there are few clusters (R's `adjWald`).
    AdjustedWald,
    /// The distribution of the sum of chi-squares by the saddle point.
    Saddlepoint,
    /// The same exactly (R's `lincom`, which takes the whole part of d₀ν).
    Exact,
}

/// A test of independence.
#[derive(Clone, Debug, PartialEq)]
pub struct Independence {
    /// The value the table of the module names.
    pub statistic: f64,
    /// Degrees of freedom: numerator and denominator, one for `ChiSquare`, none for `Saddlepoint` and `Exact`.
    pub df: Vec<f64>,
    /// Chance of a value as large or larger under independence.
    pub p_value: f64,
    /// Levels of the first and the second variable, ascending.
    pub levels: [Vec<u32>; 2],
    /// Estimated population of each cell, row after row.
    pub table: Vec<f64>,
    /// Rows used.
    pub n: u64,
}

/// Tests whether two categorical variables are independent in a domain. Rows with a missing value are left out, the design stays
/// whole; levels without a row are left out. `df` is ν, `None` for that of the domain (infinite is allowed).
///
/// # Errors
/// [`HypothesisError`]: a variable with one level, a singular covariance matrix, no variance, no degrees of freedom, no standard
/// error, or a column or domain that does not fit.
pub fn independence(
    design: &impl Estimator,
    first: &Categories<'_>,
    second: &Categories<'_>,
    domain: Domain<'_>,
    statistic: ChiSquare,
    df: Option<f64>,
) -> Result<Independence, HypothesisError> {
    let table = Table::new(design, [first, second], domain)?;
    let (value, df, p_value) = match statistic {
        ChiSquare::Wald | ChiSquare::AdjustedWald => wald(design, &table, domain, statistic, df)?,
        _ => rao_scott(design, &table, domain, statistic, df)?,
    };
    let n = table.used.len() as u64;
    let p_value = p_value.filter(|p| p.is_finite() && value.is_finite()).ok_or(HypothesisError::NoVariance)?;
    Ok(Independence { statistic: value, df, p_value, levels: table.levels, table: table.cells, n })
}

type Found = (f64, Vec<f64>, Option<f64>);

/// ν, checked.
fn degrees(asked: Option<f64>, of_domain: u32) -> Result<f64, HypothesisError> {
    let df = asked.unwrap_or(f64::from(of_domain));
    if df > 0.0 { Ok(df) } else { Err(HypothesisError::DegreesOfFreedom(df)) }
}

fn rao_scott(
    design: &impl Estimator,
    table: &Table,
    domain: Domain<'_>,
    statistic: ChiSquare,
    df: Option<f64>,
) -> Result<Found, HypothesisError> {
    let (d, n) = (table.interactions(), table.domain_size as f64);
    let (base, pairs) = table.contrasts();
    let c = table.margins[1].len();
    let inverse: Vec<f64> = table.cells.iter().map(|cell| if *cell > 0.0 { table.total / cell } else { 0.0 }).collect();
    // One interaction: +1 in its own cell and in that of both bases, −1 in the two between.
    let corners = |pair: &[usize; 2]| {
        [(pair[0] * c + pair[1], 1.0), (pair[0] * c + base[1], -1.0), (base[0] * c + pair[1], -1.0), (base[0] * c + base[1], 1.0)]
    };
    let mut columns = Vec::with_capacity(d);
    let mut simple = Vec::with_capacity(d * d);
    for first in &pairs {
        let mut column = vec![0.0; table.cells.len()];
        for (cell, sign) in corners(first) {
            column[cell] = sign * inverse[cell];
        }
        for second in &pairs {
            simple.push(corners(second).iter().map(|(cell, sign)| sign * column[*cell]).sum::<f64>() / n);
        }
        columns.push(column);
    }
    let (covariance, of_domain) = table.covariance(design, domain, &columns, |y| Statistic::Mean(y.into()))?;
    let nu = degrees(df, of_domain)?;
    let delta = Cholesky::new(&simple, d).ok_or(HypothesisError::Singular { count: d })?.whiten_both(&covariance);
    let trace = (0..d).map(|k| delta[k * d + k]).collect::<Sum>().value();
    let squares = delta.iter().map(|value| value * value).collect::<Sum>().value();
    if !(trace > 0.0 && squares > 0.0 && squares.is_finite()) {
        return Err(HypothesisError::NoVariance);
    }
    let x2 = n * table.departure();
    let numerator = trace * trace / squares;
    let denominator = numerator * nu;
    let found = x2 / trace;
    let second_order = || f_tail(found, numerator, denominator);
    Ok(match statistic {
        ChiSquare::ChiSquare => (x2, vec![d as f64], chi_square_tail(found * d as f64, d as f64)),
        // In the middle of the distribution R answers with the second-order correction too.
        ChiSquare::Saddlepoint => (x2, Vec::new(), saddlepoint_tail(&eigenvalues(&delta, d), x2, denominator).or_else(second_order)),
        ChiSquare::Exact => (x2, Vec::new(), exact_tail(&eigenvalues(&delta, d), x2, denominator)),
        _ => (found, vec![numerator, denominator], second_order()),
    })
}

fn wald(
    design: &impl Estimator,
    table: &Table,
    domain: Domain<'_>,
    statistic: ChiSquare,
    df: Option<f64>,
) -> Result<Found, HypothesisError> {
    let d = table.interactions();
    let (_, pairs) = table.contrasts();
    let [rows, columns] = &table.margins;
    let share = |cell: usize| [rows[cell / columns.len()] / table.total, columns[cell % columns.len()] / table.total];
    // Linearised value of Y_ij in a row of cell (a, b): 1(a = i, b = j) − 1(a = i) p_j − 1(b = j) p_i + p_i p_j.
    let residual = |[i, j]: &[usize; 2]| {
        let [p_i, p_j] = share(i * columns.len() + j);
        let value = |cell: usize| {
            let [a, b] = [cell / columns.len() == *i, cell % columns.len() == *j].map(|same| f64::from(u8::from(same)));
            (a - p_i) * (b - p_j)
        };
        (0..table.cells.len()).map(value).collect::<Vec<f64>>()
    };
    let of_cells: Vec<Vec<f64>> = pairs.iter().map(residual).collect();
    let y: Vec<f64> = pairs
        .iter()
        .map(|[i, j]| {
            let [p_i, p_j] = share(i * columns.len() + j);
            table.cells[i * columns.len() + j] - table.total * p_i * p_j
        })
        .collect();
    let (covariance, of_domain) = table.covariance(design, domain, &of_cells, |y| Statistic::Total(y.into()))?;
    let nu = degrees(df, of_domain)?;
    if covariance.iter().all(|v| *v == 0.0) {
        return Err(HypothesisError::NoVariance);
    }
    let inverse = Cholesky::new(&covariance, d).ok_or(HypothesisError::Singular { count: d })?;
    let whole = inverse.whiten(&y).iter().map(|y| y * y).collect::<Sum>().value();
    let count = d as f64;
    let left = if statistic == ChiSquare::Wald { nu } else { nu - count + 1.0 };
    if left <= 0.0 {
        return Err(HypothesisError::DegreesOfFreedom(left));
    }
    let factor = if left.is_infinite() { 1.0 } else { left / nu };
    let found = whole / count * factor;
    Ok((found, vec![count, left], f_tail(found, count, left)))
}
