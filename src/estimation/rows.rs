//! Figures of groups, and how they were made.

use serde::Serialize;

use super::measures::Level;
use super::suppress;
use crate::questionnaires::model::IndexKind;
use crate::surveys::{Stream, Weighting};
use crate::units::UnitKind;

/// One figure of one group.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Row {
    /// The unit, when grouped by unit.
    pub unit: Option<String>,
    /// The kind of unit, when grouped by kind or unit.
    pub kind: Option<UnitKind>,
    /// The group, when grouped otherwise: a mode, a month as 2026-05, the code of an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Code of the figure.
    pub measure: String,
    /// How high it stands in the index tree.
    pub measure_level: Level,
    /// The value: percent, or points; null when it may not or cannot be given.
    pub estimate: Option<f64>,
    /// Its standard error.
    pub se: Option<f64>,
    /// Lower end of the interval.
    pub ci_low: Option<f64>,
    /// Upper end of the interval.
    pub ci_high: Option<f64>,
    /// Responses of the group.
    pub n: u64,
    /// Responses with a valid answer to the figure's questions.
    pub n_valid: u64,
    /// Design effect against simple random sampling with replacement.
    pub deff: Option<f64>,
    /// Degrees of freedom of the standard error.
    pub df: u32,
    /// Why something is missing: `too_few`, `withheld` (it would give away a figure that is hidden), `empty_domain`, `zero_denominator`, `lonely_psu`.
    pub flags: Vec<&'static str>,
    /// Name of the band the overall value falls in, by language, where the questionnaire has bands.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub band: Option<crate::questionnaires::model::Text>,
}

impl Row {
    /// Why the row has no value: one of [`suppress::REASONS`].
    #[must_use]
    pub fn reason(&self) -> &'static str {
        suppress::reason(self.n, self.flags.first().copied())
    }
}

/// How the figures were made; stands beside every table.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Method {
    /// Questionnaire code.
    pub questionnaire: String,
    /// Its version.
    pub version: String,
    /// How items become the index.
    #[schema(value_type = String)]
    pub aggregation: crate::questionnaires::model::Aggregation,
    /// What the weights are made of.
    pub weighting: Weighting,
    /// The stream; never mixed with another.
    pub stream: Stream,
    /// Whether the stream is a probability sample (or everybody).
    pub probability_sample: bool,
    /// Confidence level of the intervals.
    pub level: f64,
    /// Fewest valid forms with which a figure is shown.
    pub threshold: u64,
    /// Responses used.
    pub n: u64,
    /// Units of the survey that have no response.
    pub units_without_responses: usize,
    /// Whether the answers are simulated.
    pub demonstration: bool,
    /// What is measured, as the index says it.
    #[schema(value_type = String)]
    pub kind: IndexKind,
}
