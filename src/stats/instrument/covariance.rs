//! Alpha and correlations from the covariance matrix of the items.

use crate::stats::moments::Sum;

/// A variance below this share of the mean square of the scores is 0,
const NO_VARIANCE: f64 = 1e-24;
/// and so is one that cancels to below this share of what was added up.
const CANCELLED: f64 = 1e-12;

/// Covariance matrix and means of the scores.
pub(super) struct Covariance {
    pub(super) matrix: Vec<f64>,
    pub(super) means: Vec<f64>,
}

impl Covariance {
    fn sum(&self, rows: impl Fn(usize) -> bool, columns: impl Fn(usize) -> bool) -> f64 {
        let k = self.means.len();
        (0..k * k).filter(|at| rows(at / k) && columns(at % k)).map(|at| self.matrix[at]).collect::<Sum>().value()
    }

    /// The variance of a sum of items, if it is not just rounding.
    fn variance(&self, inside: impl Fn(usize) -> bool + Copy) -> Option<f64> {
        let k = self.means.len();
        let own: f64 = (0..k).filter(|item| inside(*item)).map(|item| self.matrix[item * k + item]).sum();
        let square: f64 = own + (0..k).filter(|item| inside(*item)).map(|item| self.means[item].powi(2)).sum::<f64>();
        let least = (NO_VARIANCE * square).max(CANCELLED * own);
        Some(self.sum(inside, inside)).filter(|variance| *variance > least && variance.is_normal())
    }

    /// Alpha, without one item if so asked.
    pub(super) fn alpha(&self, without: Option<usize>) -> Option<f64> {
        let k = self.means.len();
        let inside = |item: usize| Some(item) != without;
        let count = (0..k).filter(|item| inside(*item)).count() as f64;
        if count < 2.0 {
            return None;
        }
        let own = (0..k).filter(|item| inside(*item)).map(|item| self.matrix[item * k + item]).collect::<Sum>().value();
        Some(count / (count - 1.0) * (1.0 - own / self.variance(inside)?)).filter(|alpha| alpha.is_finite())
    }

    pub(super) fn item_rest(&self, item: usize) -> Option<f64> {
        let rest = |other: usize| other != item;
        let own = self.variance(|other| other == item)?;
        let correlation = self.sum(|other| other == item, rest) / (own.sqrt() * self.variance(rest)?.sqrt());
        correlation.is_finite().then(|| correlation.clamp(-1.0, 1.0))
    }
}
