//! Trimming: weights within limits.
//!
//! Notation: limits l < u. A weight beyond a limit is set to it; what was cut off (or added) in all is spread in equal parts over the
//! rows not trimmed, so that Σ w stays. Spreading may push others beyond a limit; `strict` then repeats, and a row once
//! trimmed stays at its limit. As `trimWeights` in the R package `survey`; F. Potter, Proc. Survey Res. Methods ASA (1990) 225.

use super::{Outcome, Problem};
use crate::stats::moments::Sum;

/// The upper limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Limit {
    /// A weight; infinite for no limit.
    Weight(f64),
    /// A quantile of the weights that are not 0 (plain, linear between order statistics).
    Quantile(f64),
}

/// A trimming.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Trimming {
    /// Lower limit; 0 or less for none.
    pub lower: f64,
    /// Upper limit.
    pub upper: Limit,
    /// Whether the rows not trimmed take over what was cut.
    pub redistribute: bool,
    /// Whether to repeat until no weight is beyond a limit.
    pub strict: bool,
}

/// A quantile of ascending values: h = (n − 1) p, linear between the two nearest (R. J. Hyndman and Y. Fan, Am. Stat. 50 (1996) 361,
/// definition 7).
pub(in crate::stats) fn type_7(sorted: &[f64], share: f64) -> f64 {
    let place = (sorted.len().saturating_sub(1)) as f64 * share.clamp(0.0, 1.0);
    let below = place.floor();
    let [low, high] = [below, place.ceil()].map(|place| sorted.get(index(place)).copied().unwrap_or(0.0));
    low + (place - below) * (high - low)
}

#[expect(clippy::cast_sign_loss, reason = "places are not negative")]
fn index(place: f64) -> usize {
    place as usize
}

pub(super) fn trim(trimming: &Trimming, weights: &[f64]) -> Result<Outcome, Problem> {
    let lower = trimming.lower;
    let upper = match trimming.upper {
        Limit::Weight(upper) => upper,
        Limit::Quantile(share) if (0.0..=1.0).contains(&share) => {
            let mut sorted: Vec<f64> = weights.iter().copied().filter(|weight| *weight != 0.0).collect();
            sorted.sort_unstable_by(f64::total_cmp);
            type_7(&sorted, share)
        }
        Limit::Quantile(share) => return Err(Problem::Limits { lower, upper: share }),
    };
    if lower.is_nan() || upper.is_nan() || lower >= upper {
        return Err(Problem::Limits { lower, upper });
    }
    let mut new = weights.to_vec();
    let mut trimmed = vec![false; weights.len()];
    let mut iterations = 0;
    loop {
        let outside = |weight: f64| weight != 0.0 && (weight < lower || weight > upper);
        if !new.iter().any(|weight| outside(*weight)) || (iterations > 0 && !(trimming.strict && trimming.redistribute)) {
            break;
        }
        iterations += 1;
        let mut cut = Sum::default();
        for (weight, trimmed) in new.iter_mut().zip(&mut trimmed).filter(|(weight, _)| outside(**weight)) {
            let limited = weight.clamp(lower, upper);
            cut.add(*weight - limited);
            *weight = limited;
            *trimmed = true;
        }
        if trimming.redistribute {
            spread(cut.value(), &mut new, &trimmed)?;
        }
    }
    let rows_cut = trimmed.iter().filter(|trimmed| **trimmed).count();
    Ok(Outcome { weights: new, iterations, max_error: 0.0, totals: Vec::new(), rows_cut, residual: None })
}

fn spread(cut: f64, weights: &mut [f64], trimmed: &[bool]) -> Result<(), Problem> {
    let takers = weights.iter().zip(trimmed).filter(|(weight, trimmed)| **weight != 0.0 && !**trimmed).count();
    if takers == 0 {
        let rows = weights.iter().filter(|weight| **weight != 0.0).count();
        return if cut == 0.0 { Ok(()) } else { Err(Problem::AllTrimmed { rows }) };
    }
    let share = cut / takers as f64;
    for (weight, trimmed) in weights.iter_mut().zip(trimmed) {
        if *weight != 0.0 && !*trimmed {
            *weight += share;
        }
    }
    Ok(())
}
