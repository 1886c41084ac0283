//! Quality of a questionnaire: do its items measure together, do they tell people apart, are they answered?
//!
//! Notation: K items; row i with weight w_i > 0 has the score y_ik where item k has a valid answer. Over the rows with a valid answer to
//! every item, S is the weighted covariance matrix of the scores and T = Σ S_kl the variance of their sum.
//!
//! | figure | formula | source |
//! |---|---|---|
//! | alpha | K / (K − 1) · (1 − Σ S_kk / T) | L. J. Cronbach, Psychometrika 16 (1951) 297; weighted as `svycralpha` in the R package `survey` |
//! | alpha without item k | the same for the other K − 1 items, on the same rows | |
//! | item and rest | correlation of y_k with the sum of the other items | J. C. Nunnally and I. H. Bernstein, *Psychometric Theory*, 3rd ed. 1994, section 8 |
//! | ceiling, floor | share of the highest, lowest score of the scale among valid answers to k | |
//! | nonresponse | missing / (missing + valid): those who said "not applicable" were not to answer | |
//! | not applicable | not applicable / all rows | |
//!
//! Covariances divide by Σw; R's factor n / (n − 1) leaves alpha as it is. Rows with weight 0 count nowhere. A figure whose
//! denominator is 0 (one item, all answers equal, nobody asked) is `None`.

mod covariance;
mod scale;

pub use scale::Scale;

use super::moments::Sum;
use covariance::Covariance;
use rayon::prelude::*;
use scale::Answer;

/// Rows added up together; fixed, so that any number of threads gives the same digits.
const CHUNK: usize = 4096;

/// Why figures are not given. Rows and items are counted from 0.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum InstrumentError {
    /// No code is valid.
    #[error("the scale has no valid code; name the codes that count as an answer")]
    NoValidCode,
    /// A code or score that is not finite.
    #[error("code {code} with score {score} is not a number; give finite codes and scores")]
    Code {
        /// The code.
        code: f64,
        /// Its score.
        score: f64,
    },
    /// A code with two meanings.
    #[error("code {0} is named twice; a code is either valid, with one score, or not applicable")]
    Twice(f64),
    /// No item.
    #[error("there are no items; give at least one")]
    NoItems,
    /// A column of another length.
    #[error("item {item} has {found} answers for {rows} weights; give one a row")]
    Length {
        /// The item.
        item: usize,
        /// Rows of the weights.
        rows: usize,
        /// Answers found.
        found: usize,
    },
    /// A weight that is not a finite number from 0 on.
    #[error("row {row} has weight {value}; weights must be finite and not negative")]
    Weight {
        /// First row concerned.
        row: usize,
        /// Its weight.
        value: f64,
    },
}

/// Answers to an item, one a row.
#[derive(Clone, Copy, Debug)]
pub enum Answers<'a> {
    /// Codes in a byte each.
    Codes(&'a [u8]),
    /// Numbers, NaN where missing.
    Numbers(&'a [f64]),
}

/// An item and what its answers mean.
#[derive(Clone, Copy, Debug)]
pub struct Item<'a> {
    /// One a row.
    pub answers: Answers<'a>,
    /// What they mean.
    pub scale: &'a Scale,
}

/// A share of people and of rows, from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    /// Weighted.
    pub weighted: f64,
    /// Unweighted.
    pub unweighted: f64,
}

/// Quality of one item.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ItemQuality {
    /// Rows with a valid answer.
    pub valid: u64,
    /// Alpha of the other items; `None` with fewer than three items or without variance.
    pub alpha_without: Option<f64>,
    /// Correlation with the sum of the other items; `None` with one item or without variance.
    pub item_rest: Option<f64>,
    /// Share of the highest score; `None` without a valid answer or for a scale of any number.
    pub ceiling: Option<Share>,
    /// Share of the lowest score; `None` likewise.
    pub floor: Option<Share>,
    /// Share without an answer among those who were to answer; `None` without such.
    pub nonresponse: Option<Share>,
    /// Share that the item does not apply to; `None` without rows.
    pub not_applicable: Option<Share>,
}

/// Quality of a set of items.
#[derive(Clone, Debug, PartialEq)]
pub struct Instrument {
    /// Rows with a weight above 0.
    pub rows: u64,
    /// Those with a valid answer to every item, which alpha and the correlations rest on.
    pub complete: u64,
    /// Cronbach's alpha; `None` with one item, without complete rows or without variance.
    pub alpha: Option<f64>,
    /// One an item, in the order given.
    pub items: Vec<ItemQuality>,
}

/// Quality of items.
///
/// # Errors
/// [`InstrumentError::NoItems`], [`InstrumentError::Length`] or [`InstrumentError::Weight`].
pub fn instrument(items: &[Item<'_>], weights: &[f64]) -> Result<Instrument, InstrumentError> {
    if items.is_empty() {
        return Err(InstrumentError::NoItems);
    }
    let length = |item: &Item<'_>| match item.answers {
        Answers::Codes(codes) => codes.len(),
        Answers::Numbers(numbers) => numbers.len(),
    };
    if let Some((item, found)) = items.iter().map(length).enumerate().find(|(_, found)| *found != weights.len()) {
        return Err(InstrumentError::Length { item, rows: weights.len(), found });
    }
    if let Some(row) = weights.iter().position(|weight| !(weight.is_finite() && *weight >= 0.0)) {
        return Err(InstrumentError::Weight { row, value: weights[row] });
    }
    let readers: Vec<Reader<'_>> = items.iter().map(Reader::new).collect();
    // Weights are held against the largest so that no sum overflows.
    let data = Data { readers: &readers, weights, largest: weights.iter().fold(f64::MIN_POSITIVE, |max, weight| max.max(*weight)) };
    let counts: Vec<Counts> = (0..items.len()).into_par_iter().map(|item| data.count(item)).collect();
    let (complete, matrix) = data.covariance();
    let alpha = matrix.as_ref().and_then(|matrix| matrix.alpha(None));
    let quality = |(item, counts): (usize, &Counts)| {
        let ends = items[item].scale.ends().is_some();
        ItemQuality {
            valid: counts.valid.rows,
            alpha_without: matrix.as_ref().and_then(|matrix| matrix.alpha(Some(item))),
            item_rest: matrix.as_ref().and_then(|matrix| matrix.item_rest(item)),
            ceiling: counts.high.of(&counts.valid).filter(|_| ends),
            floor: counts.low.of(&counts.valid).filter(|_| ends),
            nonresponse: counts.missing.of(&counts.missing.and(&counts.valid)),
            not_applicable: counts.not_applicable.of(&counts.missing.and(&counts.valid).and(&counts.not_applicable)),
        }
    };
    let rows = weights.iter().filter(|weight| **weight > 0.0).count() as u64;
    Ok(Instrument { rows, complete, alpha, items: counts.iter().enumerate().map(quality).collect() })
}

/// An item whose answers can be read row by row.
struct Reader<'a> {
    item: Item<'a>,
    /// What each byte means; empty for numbers.
    bytes: Vec<Answer>,
}

impl<'a> Reader<'a> {
    fn new(item: &Item<'a>) -> Self {
        let bytes = match item.answers {
            Answers::Codes(_) => (0u8..=255).map(|code| item.scale.read(f64::from(code))).collect(),
            Answers::Numbers(_) => Vec::new(),
        };
        Self { item: *item, bytes }
    }

    fn read(&self, row: usize) -> Answer {
        match self.item.answers {
            Answers::Codes(codes) => self.bytes[usize::from(codes[row])],
            Answers::Numbers(numbers) => self.item.scale.read(numbers[row]),
        }
    }

    fn score(&self, row: usize) -> Option<f64> {
        match self.read(row) {
            Answer::Valid(score) => Some(score),
            Answer::NotApplicable | Answer::Missing => None,
        }
    }
}

/// How many rows, and their weight.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    rows: u64,
    weight: Sum,
}

impl Tally {
    fn add(&mut self, weight: f64) {
        self.rows += 1;
        self.weight.add(weight);
    }

    fn and(&self, other: &Self) -> Self {
        let mut both = *self;
        both.rows += other.rows;
        both.weight.add(other.weight.value());
        both
    }

    fn of(&self, all: &Self) -> Option<Share> {
        let weight = all.weight.value();
        (all.rows > 0 && weight > 0.0)
            .then(|| Share { weighted: (self.weight.value() / weight).clamp(0.0, 1.0), unweighted: self.rows as f64 / all.rows as f64 })
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    valid: Tally,
    high: Tally,
    low: Tally,
    missing: Tally,
    not_applicable: Tally,
}

struct Data<'a> {
    readers: &'a [Reader<'a>],
    weights: &'a [f64],
    largest: f64,
}

impl Data<'_> {
    fn count(&self, item: usize) -> Counts {
        let (reader, mut counts) = (&self.readers[item], Counts::default());
        let ends = reader.item.scale.ends();
        for (row, weight) in self.weights.iter().enumerate().filter(|(_, weight)| **weight > 0.0) {
            let weight = weight / self.largest;
            match reader.read(row) {
                Answer::Missing => counts.missing.add(weight),
                Answer::NotApplicable => counts.not_applicable.add(weight),
                Answer::Valid(score) => {
                    counts.valid.add(weight);
                    if ends.is_some_and(|[_, high]| score == high) {
                        counts.high.add(weight);
                    }
                    if ends.is_some_and(|[low, _]| score == low) {
                        counts.low.add(weight);
                    }
                }
            }
        }
        counts
    }

    /// Adds up, over the complete rows, what `add` does with weight and scores; chunks are merged in order.
    fn over_complete(&self, width: usize, add: impl Fn(&mut [Sum], f64, &[f64]) + Sync) -> (u64, Vec<f64>) {
        let chunk = |at: usize| {
            let (mut sums, mut scores, mut complete) = (vec![Sum::default(); width], Vec::with_capacity(self.readers.len()), 0);
            for row in at * CHUNK..((at + 1) * CHUNK).min(self.weights.len()) {
                scores.clear();
                scores.extend(self.readers.iter().map_while(|reader| reader.score(row)));
                if self.weights[row] > 0.0 && scores.len() == self.readers.len() {
                    complete += 1;
                    add(&mut sums, self.weights[row] / self.largest, &scores);
                }
            }
            (complete, sums)
        };
        let parts: Vec<(u64, Vec<Sum>)> = (0..self.weights.len().div_ceil(CHUNK)).into_par_iter().map(chunk).collect();
        let total = |c: usize| parts.iter().map(|(_, sums)| sums[c].value()).collect::<Sum>().value();
        (parts.iter().map(|(complete, _)| complete).sum(), (0..width).map(total).collect())
    }

    /// Complete rows and the covariance matrix over them; none where there are none.
    fn covariance(&self) -> (u64, Option<Covariance>) {
        let k = self.readers.len();
        let (complete, sums) = self.over_complete(k + 1, |sums, weight, scores| {
            scores.iter().zip(&mut *sums).for_each(|(score, sum)| sum.add(weight * score));
            sums[k].add(weight);
        });
        let total = sums[k];
        if complete == 0 || total <= 0.0 {
            return (complete, None);
        }
        let means: Vec<f64> = sums[..k].iter().map(|sum| sum / total).collect();
        let (_, lower) = self.over_complete(k * k, |sums, weight, scores| {
            for a in 0..k {
                for b in 0..=a {
                    sums[a * k + b].add(weight * (scores[a] - means[a]) * (scores[b] - means[b]));
                }
            }
        });
        let matrix: Vec<f64> = (0..k * k).map(|at| lower[(at / k).max(at % k) * k + (at / k).min(at % k)] / total).collect();
        let finite = matrix.iter().all(|value| value.is_finite());
        (complete, finite.then_some(Covariance { matrix, means }))
    }
}
