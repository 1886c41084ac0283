//! What the codes of an item mean.

use super::InstrumentError;

/// What answers mean: valid codes with their score, codes for "not applicable"; every other code, and NaN, is missing.
#[derive(Clone, Debug, PartialEq)]
pub struct Scale {
    /// `None`: every finite number is valid and its own score.
    points: Option<Vec<(f64, f64)>>,
    not_applicable: Vec<f64>,
    /// Lowest and highest score; `None` for a scale of any number.
    ends: Option<[f64; 2]>,
}

impl Scale {
    /// Valid codes with their scores (a reversed item has reversed scores), and the codes for "not applicable".
    ///
    /// # Errors
    /// [`InstrumentError::NoValidCode`], [`InstrumentError::Code`] or [`InstrumentError::Twice`].
    pub fn new(points: &[(f64, f64)], not_applicable: &[f64]) -> Result<Self, InstrumentError> {
        let all: Vec<(f64, f64)> = points.iter().copied().chain(not_applicable.iter().map(|code| (*code, 0.0))).collect();
        if let Some((code, score)) = all.iter().find(|(code, score)| !(code.is_finite() && score.is_finite())) {
            return Err(InstrumentError::Code { code: *code, score: *score });
        }
        if let Some((at, _)) = all.iter().enumerate().find(|(at, (code, _))| all[..*at].iter().any(|(before, _)| before == code)) {
            return Err(InstrumentError::Twice(all[at].0));
        }
        if points.is_empty() {
            return Err(InstrumentError::NoValidCode);
        }
        let scores = || points.iter().map(|(_, score)| *score);
        let (low, high) = (scores().fold(f64::INFINITY, f64::min), scores().fold(f64::NEG_INFINITY, f64::max));
        Ok(Self { points: Some(points.to_vec()), not_applicable: not_applicable.to_vec(), ends: Some([low, high]) })
    }

    /// Every finite number is valid and its own score, as for a measured column; it has no ceiling and no floor.
    #[must_use]
    pub fn any_number() -> Self {
        Self { points: None, not_applicable: Vec::new(), ends: None }
    }

    pub(super) fn ends(&self) -> Option<[f64; 2]> {
        self.ends
    }

    pub(super) fn read(&self, code: f64) -> Answer {
        if self.not_applicable.contains(&code) {
            return Answer::NotApplicable;
        }
        match &self.points {
            None if code.is_finite() => Answer::Valid(code),
            None => Answer::Missing,
            Some(points) => points.iter().find(|(valid, _)| *valid == code).map_or(Answer::Missing, |(_, score)| Answer::Valid(*score)),
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Answer {
    Valid(f64),
    NotApplicable,
    Missing,
}
