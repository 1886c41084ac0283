//! Importance and performance, side by side.
//!
//! | | below the cut in performance | at or above it |
//! |---|---|---|
//! | importance at or above its cut | concentrate here | keep up the good work |
//! | below | low priority | possible overkill |
//!
//! J. A. Martilla and J. C. James, "Importance-Performance Analysis", J. Marketing 41 (1977) 77. The cuts are the means or the medians
//! over the items, so an item is judged against the others, not against a standard.

use crate::stats::moments::Sum;

/// Where the cuts are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Split {
    /// At the means.
    #[default]
    Mean,
    /// At the medians (for an even number the mean of the two in the middle).
    Median,
}

/// What to do about an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quadrant {
    /// Important and weak.
    ConcentrateHere,
    /// Important and strong.
    KeepUp,
    /// Neither.
    LowPriority,
    /// Strong but not important.
    PossibleOverkill,
}

/// Items by quadrant.
#[derive(Clone, Debug, PartialEq)]
pub struct Quadrants {
    /// Importance from which an item counts as important.
    pub importance_cut: f64,
    /// Performance from which an item counts as strong.
    pub performance_cut: f64,
    /// One an item; `None` for all where every item has the same importance or every item the same performance.
    pub items: Vec<Option<Quadrant>>,
}

/// Why there is no table. Items are counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum QuadrantError {
    /// Nothing to compare.
    #[error("there are no items; give at least one")]
    NoItems,
    /// Lists of different lengths.
    #[error("{importance} figures of importance for {performance} of performance; give one of each an item")]
    Length {
        /// Figures of importance.
        importance: usize,
        /// Figures of performance.
        performance: usize,
    },
    /// A figure that is not a number.
    #[error("item {item} has importance {importance} and performance {performance}; both must be finite, leave out items without")]
    Value {
        /// First item concerned.
        item: usize,
        /// Its importance.
        importance: f64,
        /// Its performance.
        performance: f64,
    },
}

/// Sorts items into the four quadrants; `performance` is any figure of which more is better, such as the weighted mean or the
/// satisfied percentage.
///
/// # Errors
/// One [`QuadrantError`] variant for each thing that does not fit.
pub fn quadrants(importance: &[f64], performance: &[f64], split: Split) -> Result<Quadrants, QuadrantError> {
    if importance.is_empty() {
        return Err(QuadrantError::NoItems);
    }
    if importance.len() != performance.len() {
        return Err(QuadrantError::Length { importance: importance.len(), performance: performance.len() });
    }
    let pairs = || importance.iter().copied().zip(performance.iter().copied());
    if let Some((item, (importance, performance))) = pairs().enumerate().find(|(_, (i, p))| !(i.is_finite() && p.is_finite())) {
        return Err(QuadrantError::Value { item, importance, performance });
    }
    let (importance_cut, performance_cut) = (cut(importance, split), cut(performance, split));
    let vary = |values: &[f64]| values.iter().any(|value| *value != values[0]);
    let contrast = vary(importance) && vary(performance);
    let quadrant = |(importance, performance): (f64, f64)| match (importance >= importance_cut, performance >= performance_cut) {
        (true, false) => Quadrant::ConcentrateHere,
        (true, true) => Quadrant::KeepUp,
        (false, false) => Quadrant::LowPriority,
        (false, true) => Quadrant::PossibleOverkill,
    };
    Ok(Quadrants { importance_cut, performance_cut, items: pairs().map(|pair| contrast.then(|| quadrant(pair))).collect() })
}

fn cut(values: &[f64], split: Split) -> f64 {
    let n = values.len();
    match split {
        Split::Mean => {
            let mean = values.iter().copied().collect::<Sum>().value() / n as f64;
            // The sum of very large figures overflows, the mean does not.
            if mean.is_finite() { mean } else { values.iter().map(|value| value / n as f64).sum() }
        }
        Split::Median => {
            let mut sorted = values.to_vec();
            sorted.sort_by(f64::total_cmp);
            0.5 * sorted[(n - 1) / 2] + 0.5 * sorted[n / 2]
        }
    }
}
