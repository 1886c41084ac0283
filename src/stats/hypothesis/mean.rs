//! Means of one or two groups (R's `svyttest`).
//!
//! Notation: ȳ_g the weighted mean of group g. The difference ȳ₁ − ȳ₀ is the slope of the weighted regression of y on the
//! indicator of group 1, and its linearised value is that of the difference of two ratios, so the same variance serves. t has ν − 1
//! degrees of freedom, ν = PSUs − strata of the rows used (T. Lumley, *Complex Surveys*, Wiley 2010, section 2.4); R takes ν − 1
//! for one mean too.

use super::contrast::Comparison;
use super::{Categories, Estimator, HypothesisError, rows_where};
use crate::stats::estimate::{Domain, Part, Request, Statistic};

/// A test of one mean or of two.
#[derive(Clone, Debug, PartialEq)]
pub struct MeanTest {
    /// The mean, or the mean of the second group less that of the first.
    pub comparison: Comparison,
    /// Levels of the two groups in ascending order; empty for one mean.
    pub groups: Vec<u32>,
    /// Rows used.
    pub n: u64,
}

/// Tests whether `y` (NaN where missing) has the same mean in the two groups of a domain. The difference is that of the higher
/// group number less the lower. `df` replaces ν − 1.
///
/// # Errors
/// [`HypothesisError`]: not exactly two groups, no standard error, no degrees of freedom, a wrong `level`, or a column or domain
/// that does not fit.
pub fn two_sample(
    design: &impl Estimator,
    y: &[f64],
    groups: &Categories<'_>,
    domain: Domain<'_>,
    df: Option<f64>,
    level: f64,
) -> Result<MeanTest, HypothesisError> {
    let used = used(design, y, domain, &[("group", groups)], |row| groups.at(row).is_some())?;
    let mut levels: Vec<u32> = used.iter().map(|row| groups.levels[*row as usize]).collect();
    levels.sort_unstable();
    levels.dedup();
    if levels.len() != 2 {
        return Err(HypothesisError::Levels { column: "group", found: levels.len(), needed: "exactly 2" });
    }
    let part = |(level, coefficient): (&u32, f64)| {
        let inside = |row: usize| if groups.levels[row] == *level { 1.0 } else { 0.0 };
        let (mut numerator, mut denominator) = (vec![0.0; y.len()], vec![0.0; y.len()]);
        for row in used.iter().map(|row| *row as usize) {
            numerator[row] = inside(row) * y[row];
            denominator[row] = inside(row);
        }
        Part { coefficient, numerator: numerator.into(), denominator: denominator.into() }
    };
    let statistic = Statistic::Combined(levels.iter().zip([-1.0, 1.0]).map(part).collect());
    Ok(MeanTest { comparison: compare(design, &statistic, &used, 0.0, df, level)?, groups: levels, n: used.len() as u64 })
}

/// Tests whether `y` (NaN where missing) has the mean `value` in a domain. `df` replaces ν − 1.
///
/// # Errors
/// As [`two_sample`].
pub fn one_sample(
    design: &impl Estimator,
    y: &[f64],
    value: f64,
    domain: Domain<'_>,
    df: Option<f64>,
    level: f64,
) -> Result<MeanTest, HypothesisError> {
    if !value.is_finite() {
        return Err(HypothesisError::NotFinite { what: "value", at: 0, value });
    }
    let used = used(design, y, domain, &[], |_| true)?;
    let statistic = Statistic::Mean(y.into());
    Ok(MeanTest { comparison: compare(design, &statistic, &used, value, df, level)?, groups: Vec::new(), n: used.len() as u64 })
}

/// Rows with y and whatever else is needed.
fn used(
    design: &impl Estimator,
    y: &[f64],
    domain: Domain<'_>,
    categories: &[(&'static str, &Categories<'_>)],
    keep: impl Fn(usize) -> bool,
) -> Result<Vec<u32>, HypothesisError> {
    let rows = design.weights().len();
    if y.len() != rows {
        return Err(HypothesisError::Length { column: "variable", rows, found: y.len() });
    }
    rows_where(design, domain, categories, |row| !y[row].is_nan() && keep(row))
}

fn compare(
    design: &impl Estimator,
    statistic: &Statistic<'_>,
    used: &[u32],
    value: f64,
    df: Option<f64>,
    level: f64,
) -> Result<Comparison, HypothesisError> {
    let joint = design.jointly(&[Request { statistic, domain: Domain::Rows(used) }])?;
    let found = joint.estimates.first().and_then(|found| Some((found.estimate?, found.se?, found.df_domain)));
    let (estimate, se, nu) = found.ok_or(HypothesisError::NoStandardError { at: 0 })?;
    Comparison::new(estimate, se, value, df.unwrap_or(f64::from(nu) - 1.0), level)
}
