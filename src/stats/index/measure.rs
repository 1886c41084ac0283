//! What an answer is worth and which items make a measure.

use super::{IndexError, Item};

/// A sum of weights this far below the largest weight (which is scaled to about 1) leaves no digits to work with.
const LOST: f64 = 1e-200;

/// What each of the 256 answer codes of an item is worth. A code that is not valid counts nowhere.
#[derive(Clone, Debug, PartialEq)]
pub struct Scoring {
    /// For each code [t, 1] when valid and [0, 0] when not; the score is `low` + `span` · t.
    worth: Box<[[f64; 2]; 256]>,
    low: f64,
    span: f64,
    /// t is 0 or 1 for every valid code.
    binary: bool,
}

/// Why a scoring was refused.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum ScoringError {
    /// No code is valid.
    #[error("no code is valid; name the codes that count as an answer")]
    NoValidCode,
    /// A satisfied code that is not valid.
    #[error("code {0} counts as satisfied but is not valid; add it to the valid codes")]
    SatisfiedNotValid(u8),
    /// A score that is not finite.
    #[error("code {code} has the score {score}; scores must be finite")]
    Score {
        /// The code.
        code: u8,
        /// Its score.
        score: f64,
    },
}

impl Scoring {
    /// Any scoring: the score of each code, and whether it is valid.
    ///
    /// # Errors
    /// [`ScoringError::NoValidCode`], or [`ScoringError::Score`] for a valid code.
    pub fn new(score: &[f64; 256], valid: &[bool; 256]) -> Result<Self, ScoringError> {
        let mut worth = Box::new([[0.0; 2]; 256]);
        for (code, (score, valid)) in (0u8..=255).zip(score.iter().zip(valid)) {
            if *valid {
                if !score.is_finite() {
                    return Err(ScoringError::Score { code, score: *score });
                }
                worth[usize::from(code)] = [*score, 1.0];
            }
        }
        if !valid.contains(&true) {
            return Err(ScoringError::NoValidCode);
        }
        Ok(Self::scaled(worth))
    }

    /// Two scores become t = 0 and 1, so that sums of t are sums of weights: a domain of like answers then has z = 0 without
    /// rounding, and Σ w z² follows from the same sums.
    fn scaled(mut worth: Box<[[f64; 2]; 256]>) -> Self {
        let scores = || worth.iter().filter(|[_, valid]| *valid > 0.0).map(|[score, _]| *score);
        let low = scores().fold(f64::INFINITY, f64::min);
        let high = scores().fold(f64::NEG_INFINITY, f64::max);
        let span = high - low;
        if !span.is_finite() || scores().any(|score| score != low && score != high) {
            return Self { worth, low: 0.0, span: 1.0, binary: false };
        }
        for [score, valid] in worth.iter_mut() {
            *score = if *valid > 0.0 && *score == high && high > low { 1.0 } else { 0.0 };
        }
        Self { worth, low, span, binary: true }
    }

    /// The satisfied share in percent: 100 for `satisfied` codes, 0 for the other `valid` ones.
    ///
    /// # Errors
    /// [`ScoringError::NoValidCode`] or [`ScoringError::SatisfiedNotValid`].
    pub fn satisfied(valid: &[u8], satisfied: &[u8]) -> Result<Self, ScoringError> {
        let (mut score, mut is_valid) = ([0.0; 256], [false; 256]);
        for code in valid {
            is_valid[usize::from(*code)] = true;
        }
        for code in satisfied {
            if !is_valid[usize::from(*code)] {
                return Err(ScoringError::SatisfiedNotValid(*code));
            }
            score[usize::from(*code)] = 100.0;
        }
        Self::new(&score, &is_valid)
    }

    /// Points: each code that is named is valid and worth what is given.
    ///
    /// # Errors
    /// [`ScoringError::NoValidCode`] or [`ScoringError::Score`].
    pub fn points(points: &[(u8, f64)]) -> Result<Self, ScoringError> {
        let (mut score, mut is_valid) = ([0.0; 256], [false; 256]);
        for (code, value) in points {
            is_valid[usize::from(*code)] = true;
            score[usize::from(*code)] = *value;
        }
        Self::new(&score, &is_valid)
    }

    /// The score of a code; `None` when it is not valid.
    #[must_use]
    pub fn score(&self, code: u8) -> Option<f64> {
        let [t, valid] = self.worth[usize::from(code)];
        (valid > 0.0).then_some(self.low + self.span * t)
    }

    /// By code: [t, 1] of a valid one, [0, 0] of another.
    pub(super) fn worth(&self) -> &[[f64; 2]; 256] {
        &self.worth
    }

    /// The largest |score|.
    fn largest(&self) -> f64 {
        self.worth.iter().filter(|[_, valid]| *valid > 0.0).fold(0.0, |max, [t, _]| (self.low + self.span * t).abs().max(max))
    }
}

/// A figure made of items, which are named by their place in the list of items.
#[derive(Clone, Debug, PartialEq)]
pub enum Measure {
    /// All valid answers to the items in one pot: Σ_k S_k / Σ_k W_k.
    Pooled(Vec<usize>),
    /// Σ c_k · S_k / W_k; every item needs a valid answer in the domain.
    Linear(Vec<(usize, f64)>),
}

impl Measure {
    /// One item.
    #[must_use]
    pub fn item(item: usize) -> Self {
        Self::Linear(vec![(item, 1.0)])
    }

    /// All valid answers to the items in one pot.
    #[must_use]
    pub fn pooled(items: impl IntoIterator<Item = usize>) -> Self {
        Self::Pooled(items.into_iter().collect())
    }

    /// The plain mean of the items' figures.
    #[must_use]
    pub fn item_mean(items: impl IntoIterator<Item = usize>) -> Self {
        let items: Vec<usize> = items.into_iter().collect();
        let share = 1.0 / items.len().max(1) as f64;
        Self::Linear(items.into_iter().map(|item| (item, share)).collect())
    }

    /// The plain mean of the factors, each the plain mean of its items.
    #[must_use]
    pub fn factor_mean<F: AsRef<[usize]>>(factors: &[F]) -> Self {
        let mut terms: Vec<(usize, f64)> = Vec::new();
        for factor in factors {
            let items = factor.as_ref();
            let share = 1.0 / (factors.len() * items.len().max(1)) as f64;
            for item in items {
                match terms.iter_mut().find(|(known, _)| known == item) {
                    Some((_, coefficient)) => *coefficient += share,
                    None => terms.push((*item, share)),
                }
            }
        }
        Self::Linear(terms)
    }

    /// The sum of the items' figures, for points.
    #[must_use]
    pub fn sum(items: impl IntoIterator<Item = usize>) -> Self {
        Self::Linear(items.into_iter().map(|item| (item, 1.0)).collect())
    }
}

/// Checked measures laid flat: measure m owns the terms `starts[m]..starts[m + 1]`.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    starts: Vec<usize>,
    /// Items in use, ascending.
    used: Vec<usize>,
    /// Place of each term's item in `used`.
    pub(super) slots: Vec<usize>,
    coefficients: Vec<f64>,
    pooled: Vec<bool>,
    /// [low, span] of each used item.
    scales: Vec<[f64; 2]>,
    /// Whether a measure is one item with two scores.
    simple: Vec<bool>,
    /// Largest |score| that can enter each measure, with its coefficients.
    reach: Vec<f64>,
}

impl Terms {
    pub(super) fn new(measures: &[Measure], items: &[Item<'_>]) -> Result<Self, IndexError> {
        let mut seen = vec![usize::MAX; items.len()];
        let mut flat: Vec<(usize, f64)> = Vec::new();
        let (mut starts, mut pooled, mut reach) = (vec![0], Vec::new(), Vec::new());
        for (measure, definition) in measures.iter().enumerate() {
            let before = flat.len();
            match definition {
                Measure::Pooled(list) => flat.extend(list.iter().map(|item| (*item, 1.0))),
                Measure::Linear(list) => flat.extend(list),
            }
            if flat.len() == before {
                return Err(IndexError::EmptyMeasure { measure });
            }
            let mut largest = 0.0_f64;
            for (item, value) in flat[before..].iter().copied() {
                let Some(last) = seen.get_mut(item) else {
                    return Err(IndexError::NoItem { measure, item, items: items.len() });
                };
                if *last == measure {
                    return Err(IndexError::ItemTwice { measure, item });
                }
                *last = measure;
                if !value.is_finite() {
                    return Err(IndexError::Coefficient { measure, item, value });
                }
                largest = largest.max(value.abs() * items[item].scoring.largest());
            }
            starts.push(flat.len());
            pooled.push(matches!(definition, Measure::Pooled(_)));
            reach.push(largest);
        }
        let used: Vec<usize> = (0..items.len()).filter(|item| seen[*item] != usize::MAX).collect();
        let mut slot_of = vec![0; items.len()];
        for (slot, item) in used.iter().enumerate() {
            slot_of[*item] = slot;
        }
        let alone = |terms: &[usize]| terms[1] - terms[0] == 1 && items[flat[terms[0]].0].scoring.binary;
        Ok(Self {
            simple: starts.windows(2).map(alone).collect(),
            starts,
            slots: flat.iter().map(|(item, _)| slot_of[*item]).collect(),
            coefficients: flat.iter().map(|(_, value)| *value).collect(),
            scales: used.iter().map(|item| [items[*item].scoring.low, items[*item].scoring.span]).collect(),
            used,
            pooled,
            reach,
        })
    }

    pub(super) fn measures(&self) -> usize {
        self.pooled.len()
    }

    /// Items that any measure uses, by their place in the list of items.
    pub(super) fn used(&self) -> &[usize] {
        &self.used
    }

    /// The terms of a measure.
    pub(super) fn of(&self, measure: usize) -> std::ops::Range<usize> {
        self.starts[measure]..self.starts[measure + 1]
    }

    pub(super) fn reach(&self, measure: usize) -> f64 {
        self.reach[measure]
    }

    /// Whether Σ w z² of the measure follows from the sums of its item.
    pub(super) fn simple(&self, measure: usize) -> bool {
        self.simple[measure]
    }

    /// From [T, W] = [Σ w t, Σ w v] of each used item in a domain: the estimate of a measure, and for each of its terms [a, b] such
    /// that zᵢ = Σ (a t_ik − b v_ik). `None` when a denominator is 0 or lost; then `linear` is filled with zeros.
    pub(super) fn linearise(&self, measure: usize, sums: &[[f64; 2]], linear: &mut [[f64; 2]]) -> Option<f64> {
        let range = self.of(measure);
        let slots = &self.slots[range.clone()];
        let coefficients = &self.coefficients[range];
        linear.fill([0.0; 2]);
        if self.pooled[measure] {
            return self.linearise_pooled(slots, sums, linear);
        }
        if slots.iter().any(|slot| sums[*slot][1] < LOST) {
            return None;
        }
        let mut estimate = 0.0;
        for ((slot, coefficient), term) in slots.iter().zip(coefficients).zip(linear) {
            let ([t, weight], [low, span]) = (sums[*slot], self.scales[*slot]);
            let share = t / weight;
            estimate += coefficient * (low + span * share);
            let a = coefficient * span / weight;
            *term = [a, a * share];
        }
        Some(estimate)
    }

    fn linearise_pooled(&self, slots: &[usize], sums: &[[f64; 2]], linear: &mut [[f64; 2]]) -> Option<f64> {
        let weight: f64 = slots.iter().map(|slot| sums[*slot][1]).sum();
        if weight < LOST {
            return None;
        }
        let first = self.scales[slots[0]];
        let estimate = if slots.iter().all(|slot| self.scales[*slot] == first) {
            first[0] + first[1] * (slots.iter().map(|slot| sums[*slot][0]).sum::<f64>() / weight)
        } else {
            slots.iter().map(|slot| self.scales[*slot][0] * sums[*slot][1] + self.scales[*slot][1] * sums[*slot][0]).sum::<f64>() / weight
        };
        for (term, slot) in linear.iter_mut().zip(slots) {
            let [low, span] = self.scales[*slot];
            *term = [span / weight, (estimate - low) / weight];
        }
        Some(estimate)
    }
}
