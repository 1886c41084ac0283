//! p values of several tests at once.
//!
//! Notation: k p values, p₍₁₎ ≤ … ≤ p₍ₖ₎. An adjusted p value is the smallest level at which its own hypothesis is rejected by the
//! procedure (S. P. Wright, Biometrics 48 (1992) 1005); all are cut at 1 and are those of R's `p.adjust`.
//!
//! | method | adjusted p₍ᵢ₎ | holds | source |
//! |---|---|---|---|
//! | Bonferroni | k p₍ᵢ₎ | chance of any false rejection | O. J. Dunn, JASA 56 (1961) 52 |
//! | Holm | max over j ≤ i of (k − j + 1) p₍ⱼ₎ | the same, always sharper | S. Holm, Scand. J. Stat. 6 (1979) 65 |
//! | Hochberg | min over j ≥ i of (k − j + 1) p₍ⱼ₎ | the same, for independent or positively dependent tests | Y. Hochberg, Biometrika 75 (1988) 800 |
//! | Hommel | see its source | the same conditions, sharper still | G. Hommel, Biometrika 75 (1988) 383 |
//! | Benjamini–Hochberg | min over j ≥ i of k p₍ⱼ₎ / j | expected share of false rejections | Y. Benjamini, Y. Hochberg, J. R. Stat. Soc. B 57 (1995) 289 |
//! | Benjamini–Yekutieli | the same times 1 + 1/2 + … + 1/k | the same under any dependence | Y. Benjamini, D. Yekutieli, Ann. Stat. 29 (2001) 1165 |

use super::HypothesisError;

/// How p values are adjusted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Adjustment {
    /// Not at all.
    None,
    /// Bonferroni's.
    Bonferroni,
    /// Holm's.
    #[default]
    Holm,
    /// Hochberg's.
    Hochberg,
    /// Hommel's.
    Hommel,
    /// Benjamini and Hochberg's.
    BenjaminiHochberg,
    /// Benjamini and Yekutieli's.
    BenjaminiYekutieli,
}

/// Adjusted p values in the order given.
///
/// # Errors
/// [`HypothesisError::PValue`] for a value outside 0–1.
pub fn adjust(p_values: &[f64], method: Adjustment) -> Result<Vec<f64>, HypothesisError> {
    if let Some(at) = p_values.iter().position(|p| !(0.0..=1.0).contains(p)) {
        return Err(HypothesisError::PValue { at, value: p_values[at] });
    }
    let k = p_values.len();
    let count = k as f64;
    let mut order: Vec<usize> = (0..k).collect();
    order.sort_by(|a, b| p_values[*a].total_cmp(&p_values[*b]));
    let mut sorted: Vec<f64> = order.iter().map(|at| p_values[*at]).collect();
    let harmonic: f64 = (1..=k).map(|j| 1.0 / j as f64).sum();
    match method {
        Adjustment::None => {}
        Adjustment::Bonferroni => scale(&mut sorted, |_| count),
        Adjustment::Holm => {
            scale(&mut sorted, |place| count - place);
            for i in 1..k {
                sorted[i] = sorted[i].max(sorted[i - 1]);
            }
        }
        Adjustment::Hochberg => step_up(&mut sorted, |place| count - place),
        Adjustment::BenjaminiHochberg => step_up(&mut sorted, |place| count / (place + 1.0)),
        Adjustment::BenjaminiYekutieli => step_up(&mut sorted, |place| harmonic * (count / (place + 1.0))),
        Adjustment::Hommel => hommel(&mut sorted),
    }
    let mut adjusted = vec![0.0; k];
    for (at, p) in order.into_iter().zip(sorted) {
        adjusted[at] = p.min(1.0);
    }
    Ok(adjusted)
}

/// Multiplies each by a factor of its place, counted from 0.
fn scale(sorted: &mut [f64], factor: impl Fn(f64) -> f64) {
    for (place, p) in sorted.iter_mut().enumerate() {
        *p *= factor(place as f64);
    }
}

/// The same, then the smallest from each place on.
fn step_up(sorted: &mut [f64], factor: impl Fn(f64) -> f64) {
    scale(sorted, factor);
    for i in (1..sorted.len()).rev() {
        sorted[i - 1] = sorted[i - 1].min(sorted[i]);
    }
}

/// Closed testing with Simes' test (Wright 1992, section 4): among any m of the hypotheses, one is held at least at the smallest
/// Simes p value of the others, which are taken to be the largest.
fn hommel(sorted: &mut [f64]) {
    let k = sorted.len();
    let own = sorted.to_vec();
    for m in 2..=k {
        let size = m as f64;
        let first = k - m;
        let others = own[first + 1..].iter().zip(2..).map(|(p, j)| size * p / f64::from(j)).fold(f64::INFINITY, f64::min);
        for (place, p) in sorted.iter_mut().enumerate() {
            *p = p.max(others.min(size * own[place]));
        }
    }
}
