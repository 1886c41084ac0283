//! Calibration: weights close to the given ones that meet known totals.
//!
//! Notation: wᵢ = dᵢ F(xᵢ′λ / σᵢ²) with λ such that Σ w x = T. F is 1 + u (linear, the generalised regression estimator), exp u
//! (raking), or, with bounds L < 1 < U and A = (U − L) / ((1 − L)(U − 1)),
//!
//! F(u) = [L (U − 1) + U (1 − L) exp Au] / [U − 1 + (1 − L) exp Au] (logit)
//!
//! J.-C. Deville and C.-E. Särndal, "Calibration estimators in survey sampling", JASA 87 (1992) 376, eq. 2.4 and section 2
//! (methods 1, 2, 6 and 7: linear and raking with bounds cut F off at them). λ by Newton's method; a step that does not come
//! closer is halved.
//!
//! One ratio w / d in each cluster: x and σ² of a row are replaced by their means over its cluster, weighted by d (J.-C. Deville and
//! C.-E. Särndal, section 4, with clusters as elements); for equal d these are the plain means of R's `aggregate.stage`.

use super::auxiliary::{Auxiliary, Term};
use super::residual::Residual;
use super::{Outcome, Problem, error};
use crate::stats::moments::Sum;
use std::collections::HashMap;

/// Which function of the totals multiplies a weight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Distance {
    /// 1 + u: exact in one step without bounds; weights can become negative.
    #[default]
    Linear,
    /// exp u: weights stay above 0.
    Raking,
    /// Between the bounds, which it needs.
    Logit,
}

/// A calibration on any columns.
#[derive(Clone, Debug)]
pub struct Calibration {
    /// The columns X.
    pub terms: Vec<Term<'static>>,
    /// T, a total for each column.
    pub totals: Vec<f64>,
    /// F.
    pub distance: Distance,
    /// Smallest and largest w / d allowed; infinite for none.
    pub bounds: [f64; 2],
    /// σ² of each row; `None` is 1 everywhere.
    pub variances: Option<Vec<f64>>,
    /// Cluster of each row, any numbers, where w / d is to be one number in each; `None` leaves every row its own.
    pub clusters: Option<Vec<u32>>,
    /// Largest |achieved − target| / (1 + |target|) allowed.
    pub tolerance: f64,
    /// Most Newton steps.
    pub max_iterations: u32,
}

pub(super) fn calibrate(calibration: &Calibration, weights: &[f64], complete: bool) -> Result<Outcome, Problem> {
    let columns = check(calibration, weights)?;
    let by_cluster = calibration.clusters.as_ref().map(|clusters| aggregate(calibration, clusters, weights));
    let (calibration, columns) = match &by_cluster {
        Some(by_cluster) => (by_cluster, Auxiliary::new(&by_cluster.terms, weights)?),
        None => (calibration, columns),
    };
    let solved = Newton { calibration, weights, columns: &columns }.solve()?;
    let before = columns.totals(|row| weights[row], weights.len());
    let totals = before.iter().zip(&calibration.totals).zip(&solved.achieved).map(|((b, t), a)| [*b, *t, *a]).collect();
    let residual = complete.then(|| {
        let fit: Vec<f64> = (0..weights.len()).map(|row| weights[row] / calibration.variance(row)).collect();
        let normal = columns.normal(|row| fit[row], weights.len());
        Residual::Regression { normal, fit, after: solved.weights.clone(), columns }
    });
    Ok(Outcome { weights: solved.weights, iterations: solved.iterations, max_error: solved.error, totals, rows_cut: 0, residual })
}

/// The same calibration on means of clusters, for lengths that were checked.
fn aggregate(calibration: &Calibration, clusters: &[u32], weights: &[f64]) -> Calibration {
    let mut numbers = HashMap::new();
    let number = |cluster: &u32| {
        let next = numbers.len();
        *numbers.entry(*cluster).or_insert(next)
    };
    let of_row: Vec<usize> = clusters.iter().map(number).collect();
    let mean = |of: &dyn Fn(usize) -> f64| -> Vec<f64> {
        let mut sums = vec![(Sum::default(), Sum::default()); numbers.len()];
        for (row, weight) in weights.iter().enumerate().filter(|(_, weight)| **weight != 0.0) {
            let (weighted, total) = &mut sums[of_row[row]];
            weighted.add(weight * of(row));
            total.add(*weight);
        }
        let means: Vec<f64> = sums.iter().map(|(weighted, total)| weighted.value() / total.value()).collect();
        of_row.iter().map(|cluster| means[*cluster]).collect()
    };
    let columns = calibration.terms.iter().flat_map(|term| match term {
        Term::One => vec![Term::One],
        Term::Column(values) => vec![Term::Column(mean(&|row| values[row]).into())],
        Term::Levels { ids, count } => {
            (0..*count).map(|level| Term::Column(mean(&|row| f64::from(u8::from(ids[row] == level))).into())).collect()
        }
    });
    let variances = calibration.variances.as_ref().map(|variances| mean(&|row| variances[row]));
    Calibration { terms: columns.collect(), variances, ..calibration.clone() }
}

fn check(calibration: &Calibration, weights: &[f64]) -> Result<Auxiliary, Problem> {
    let [low, high] = calibration.bounds;
    let finite = low.is_finite() && high.is_finite();
    if low.is_nan() || high.is_nan() || low >= 1.0 || high <= 1.0 || (calibration.distance == Distance::Logit && !finite) {
        return Err(Problem::Bounds { low, high });
    }
    if calibration.tolerance.is_nan() || calibration.tolerance <= 0.0 {
        return Err(Problem::Tolerance(calibration.tolerance));
    }
    if let Some(variances) = &calibration.variances {
        if variances.len() != weights.len() {
            return Err(Problem::Length { rows: weights.len(), found: variances.len() });
        }
        let bad = variances.iter().zip(weights).position(|(v, weight)| *weight != 0.0 && !(v.is_finite() && *v > 0.0));
        if let Some(row) = bad {
            return Err(Problem::Variance { row, value: variances[row] });
        }
    }
    if let Some(found) = calibration.clusters.as_ref().map(Vec::len).filter(|found| *found != weights.len()) {
        return Err(Problem::Length { rows: weights.len(), found });
    }
    let columns = Auxiliary::new(&calibration.terms, weights)?;
    let found = calibration.totals.len();
    if found != columns.width() || calibration.totals.iter().any(|total| !total.is_finite()) {
        return Err(Problem::Totals { columns: columns.width(), found });
    }
    Ok(columns)
}

impl Calibration {
    fn variance(&self, row: usize) -> f64 {
        self.variances.as_ref().map_or(1.0, |variances| variances[row])
    }

    /// F(u) and F′(u).
    fn ratio(&self, u: f64) -> [f64; 2] {
        let [low, high] = self.bounds;
        let cut = |value: f64, slope: f64| {
            if value <= low {
                [low, 0.0]
            } else if value >= high {
                [high, 0.0]
            } else {
                [value, slope]
            }
        };
        match self.distance {
            Distance::Linear => cut(1.0 + u, 1.0),
            Distance::Raking => cut(u.exp(), u.exp()),
            Distance::Logit => {
                let a = (high - low) / ((1.0 - low) * (high - 1.0));
                // Share of the way from L to U, as a logistic function that neither over- nor underflows.
                let share = 1.0 / (1.0 + (high - 1.0) / (1.0 - low) * (-a * u).exp());
                [low + (high - low) * share, (high - low) * a * share * (1.0 - share)]
            }
        }
    }
}

struct Newton<'a> {
    calibration: &'a Calibration,
    weights: &'a [f64],
    columns: &'a Auxiliary,
}

/// A λ tried.
struct Point {
    lambda: Vec<f64>,
    weights: Vec<f64>,
    slopes: Vec<f64>,
    achieved: Vec<f64>,
    /// Largest error and Σ of squared errors.
    error: f64,
    size: f64,
    iterations: u32,
}

impl Newton<'_> {
    fn solve(&self) -> Result<Point, Problem> {
        let c = self.calibration;
        let mut point = self.at(vec![0.0; self.columns.width()]);
        for iteration in 0..=c.max_iterations {
            point.iterations = iteration;
            if point.error <= c.tolerance {
                return Ok(point);
            }
            if iteration == c.max_iterations {
                break;
            }
            let normal = self.columns.normal(|row| point.slopes[row], self.weights.len());
            let missing: Vec<f64> = c.totals.iter().zip(&point.achieved).map(|(target, achieved)| target - achieved).collect();
            let step = normal.solve(&missing);
            let mut length = 1.0;
            let next = loop {
                let lambda = point.lambda.iter().zip(&step).map(|(lambda, step)| lambda + length * step).collect();
                let next = self.at(lambda);
                if next.size < point.size || length < 1e-6 {
                    break next;
                }
                length *= 0.5;
            };
            if !next.size.is_finite() || (next.size >= point.size && length < 1e-6) {
                break;
            }
            point = next;
        }
        let errors = point.achieved.iter().zip(&c.totals).map(|(achieved, target)| error(*achieved, *target));
        let (column, _) = errors.enumerate().fold((0, -1.0), |best, next| if next.1 > best.1 { next } else { best });
        let (achieved, target) = (point.achieved[column], c.totals[column]);
        Err(Problem::CalibrationNotConverged { iterations: point.iterations, column, achieved, target })
    }

    fn at(&self, lambda: Vec<f64>) -> Point {
        let (mut weights, mut slopes) = (vec![0.0; self.weights.len()], vec![0.0; self.weights.len()]);
        for (row, d) in self.weights.iter().enumerate().filter(|(_, d)| **d != 0.0) {
            let variance = self.calibration.variance(row);
            let [ratio, slope] = self.calibration.ratio(self.columns.product(row, &lambda) / variance);
            weights[row] = d * ratio;
            slopes[row] = d * slope / variance;
        }
        let achieved = self.columns.totals(|row| weights[row], weights.len());
        let (mut largest, mut size) = (0.0_f64, 0.0);
        for (achieved, target) in achieved.iter().zip(&self.calibration.totals) {
            let error = error(*achieved, *target);
            largest = if error.is_nan() { f64::INFINITY } else { largest.max(error) };
            size += error * error;
        }
        Point { lambda, weights, slopes, achieved, error: largest, size, iterations: 0 }
    }
}
