//! The variance A of the model, by scoring.

use super::{Direct, Method, STEPS, SmallAreaError, dot};
use crate::stats::linear::Ldl;
use crate::stats::moments::Sum;

/// A is found where a step changes it by less than this share of A plus the smallest sampling variance.
const ENOUGH: f64 = 1e-12;

/// Sampled areas: x_i and the direct estimate.
pub(super) struct Model<'a> {
    pub(super) sampled: &'a [(Vec<f64>, Direct)],
    pub(super) p: usize,
    pub(super) method: Method,
}

/// The regression for one A.
pub(super) struct Fit {
    a: f64,
    /// Q⁻¹.
    pub(super) decomposed: Ldl,
    pub(super) beta: Vec<f64>,
    pub(super) residuals: Vec<f64>,
}

impl Model<'_> {
    /// Σ f(ψ_i) x_i x_i′, lower triangle.
    pub(super) fn moment(&self, f: impl Fn(f64) -> f64) -> Vec<f64> {
        let p = self.p;
        let mut sums = vec![Sum::default(); p * p];
        for (x, direct) in self.sampled {
            let f = f(direct.variance);
            for a in 0..p {
                for b in 0..=a {
                    sums[a * p + b].add(f * x[a] * x[b]);
                }
            }
        }
        sums.iter().map(Sum::value).collect()
    }

    /// Q Σ f(ψ_i) x_i x_i′, column by column.
    fn through(&self, fit: &Fit, f: impl Fn(f64) -> f64) -> Vec<f64> {
        let (p, lower) = (self.p, self.moment(f));
        (0..p).flat_map(|c| fit.decomposed.solve(&(0..p).map(|r| lower[r.max(c) * p + r.min(c)]).collect::<Vec<f64>>())).collect()
    }

    pub(super) fn at(&self, a: f64) -> Fit {
        let decomposed = Ldl::new(self.moment(|psi| (a + psi).recip()), self.p, 0.0);
        let total = |c: usize| self.sampled.iter().map(|(x, y)| x[c] * y.estimate / (a + y.variance)).collect::<Sum>().value();
        let beta = decomposed.solve(&(0..self.p).map(total).collect::<Vec<f64>>());
        let residuals = self.sampled.iter().map(|(x, y)| y.estimate - dot(x, &beta)).collect();
        Fit { a, decomposed, beta, residuals }
    }

    /// Σ 1/V_iⁿ.
    fn sum(&self, a: f64, n: i32) -> f64 {
        self.sampled.iter().map(|(_, y)| (a + y.variance).powi(-n)).collect::<Sum>().value()
    }

    /// The left side minus the right side of the equation for A, and the next step of scoring from here.
    fn score(&self, fit: &Fit) -> (f64, f64) {
        let (a, p) = (fit.a, self.p);
        let squares = |n: i32| {
            let one = |((_, y), r): (&(Vec<f64>, Direct), &f64)| r * r / (a + y.variance).powi(n);
            self.sampled.iter().zip(&fit.residuals).map(one).collect::<Sum>().value()
        };
        let trace = |matrix: &[f64]| (0..p).map(|c| matrix[c * p + c]).sum::<f64>();
        match self.method {
            Method::Moments => {
                let score = squares(1) - (self.sampled.len() - p) as f64;
                (score, score / squares(2).max(f64::MIN_POSITIVE))
            }
            Method::Ml => {
                let score = squares(2) - self.sum(a, 1);
                (score, score / self.sum(a, 2))
            }
            Method::Reml => {
                let second = self.through(fit, |psi| (a + psi).powi(-2));
                let third = self.through(fit, |psi| (a + psi).powi(-3));
                let square = (0..p * p).map(|at| second[at] * second[(at % p) * p + at / p]).sum::<f64>();
                let score = squares(2) - (self.sum(a, 1) - trace(&second));
                (score, score / (self.sum(a, 2) - 2.0 * trace(&third) + square))
            }
        }
    }

    /// A, the steps taken, and whether its equation has no root from 0 on. Scoring from the median ψ, kept between values at which
    /// the score has opposite signs.
    pub(super) fn variance(&self) -> Result<(f64, u32, bool), SmallAreaError> {
        let mut variances: Vec<f64> = self.sampled.iter().map(|(_, y)| y.variance).collect();
        variances.sort_by(f64::total_cmp);
        let smallest = variances[0];
        let (mut a, mut low, mut high): (f64, Option<f64>, Option<f64>) = (variances[variances.len() / 2], None, None);
        for step in 1..=STEPS {
            let (score, move_by) = self.score(&self.at(a));
            if a == 0.0 && score <= 0.0 {
                return Ok((0.0, step, true));
            }
            let width = low.zip(high).map_or(f64::INFINITY, |(low, high)| high - low);
            if move_by.abs().min(width) <= ENOUGH * (a + smallest) {
                return Ok((a, step, false));
            }
            if score > 0.0 {
                low = Some(a);
            } else {
                high = Some(a);
            }
            let next = (a + move_by).max(0.0);
            let inside = next.is_finite() && low.is_none_or(|low| next > low) && high.is_none_or(|high| next < high);
            a = match (inside, low, high) {
                (true, _, _) => next,
                (_, low, Some(high)) => 0.5 * (low.unwrap_or(0.0) + high),
                (_, low, None) => 2.0 * low.unwrap_or(a),
            };
        }
        Err(SmallAreaError::NotConverged)
    }

    /// Var(A) and the bias b of A.
    pub(super) fn error_of_variance(&self, fit: &Fit) -> (f64, f64) {
        let (m, first, second) = (self.sampled.len() as f64, self.sum(fit.a, 1), self.sum(fit.a, 2));
        match self.method {
            Method::Reml => (2.0 / second, 0.0),
            Method::Ml => {
                let through = self.through(fit, |psi| (fit.a + psi).powi(-2));
                (2.0 / second, -(0..self.p).map(|c| through[c * self.p + c]).sum::<f64>() / second)
            }
            Method::Moments => (2.0 * m / (first * first), 2.0 * (m * second - first * first) / first.powi(3)),
        }
    }
}
