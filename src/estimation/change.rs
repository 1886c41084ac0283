//! Figures of two waves compared.
//!
//! The waves are independent samples, so Var(now − before) = SE² + SE², with Satterthwaite's degrees of freedom (F. E. Satterthwaite, Biometrics Bull. 2 (1946)
//! 110): ν = (v₁ + v₂)² / (v₁²/ν₁ + v₂²/ν₂), v = SE². If the same clusters are drawn again the covariance is positive and the test errs on the safe side. Many
//! units looked at together are adjusted by Holm.
//!
//! Waves are compared only when they were measured alike: the same index (kind, aggregation, what counts, tree), weighting and stream, units of the
//! same kinds.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::Serialize;

use super::rows::Row;
use crate::questionnaires::Questionnaire;
use crate::stats::estimate::{Estimate, Joint};
use crate::stats::hypothesis::{Adjustment, adjust, difference};
use crate::stats::index::Flag;
use crate::surveys::{Open, Stream};

/// A wave of a series.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Wave {
    /// Code of the survey.
    pub survey: String,
    /// Its Vietnamese title.
    pub title_vi: String,
    /// Its English title.
    pub title_en: String,
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub until: NaiveDate,
    /// Whether its answers are simulated.
    pub demonstration: bool,
}

impl Wave {
    /// The wave that a survey is.
    #[must_use]
    pub fn of(open: &Open) -> Self {
        let s = &open.survey;
        Wave {
            survey: s.code.clone(),
            title_vi: s.title_vi.clone(),
            title_en: s.title_en.clone(),
            from: s.opens_on,
            until: s.closes_on,
            demonstration: s.demonstration,
        }
    }

    /// Its title in this language.
    #[must_use]
    pub fn title(&self, language: &str) -> &str {
        if language == "en" { &self.title_en } else { &self.title_vi }
    }
}

/// A figure now and before.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Change {
    /// The unit; none for all together.
    pub unit: Option<String>,
    /// Code of the figure.
    pub measure: String,
    /// The value before.
    pub before: f64,
    /// The value now.
    pub now: f64,
    /// now − before.
    pub difference: f64,
    /// Standard error of the difference; none when one of the two has none.
    pub se: Option<f64>,
    /// Ends of the interval of the difference.
    pub interval: Option<(f64, f64)>,
    /// Two-sided p value of the difference by itself.
    pub p: Option<f64>,
    /// The same adjusted by Holm for all units of the table, one figure at a time.
    pub p_adjusted: Option<f64>,
}

impl Change {
    /// Whether the figure changed, looked at by itself: 1 rose, −1 fell, 0 not shown at the level.
    #[must_use]
    pub fn direction(&self, level: f64) -> i8 {
        self.signed(self.p, level)
    }

    /// Whether it changed when all units are looked at together.
    #[must_use]
    pub fn direction_among_all(&self, level: f64) -> i8 {
        self.signed(self.p_adjusted.or(self.p), level)
    }

    fn signed(&self, p: Option<f64>, level: f64) -> i8 {
        match p {
            Some(p) if p < 1.0 - level => {
                if self.difference > 0.0 {
                    1
                } else {
                    -1
                }
            }
            _ => 0,
        }
    }
}

/// Why figures of two surveys are not compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unlike {
    /// Another index: other questions, answers that count, aggregation or tree.
    Index,
    /// Other weights.
    Weighting,
    /// The stream is not among the other survey's.
    Stream,
    /// Other kinds of units: wards alone are not the city.
    Units,
}

/// Whether figures of this stream may be compared between two surveys.
///
/// # Errors
/// Why not.
pub fn alike(a: &Open, b: &Open, stream: Stream) -> Result<(), Unlike> {
    if !b.survey.streams().contains(&stream) {
        return Err(Unlike::Stream);
    }
    if a.survey.weighting != b.survey.weighting {
        return Err(Unlike::Weighting);
    }
    let kinds = |open: &Open| open.frame.units.values().map(|u| u.kind).collect::<BTreeSet<_>>();
    if kinds(a) != kinds(b) {
        return Err(Unlike::Units);
    }
    let same = match (described(a.questionnaire()), described(b.questionnaire())) {
        (Some(a), Some(b)) => a == b,
        _ => false,
    };
    if same { Ok(()) } else { Err(Unlike::Index) }
}

/// What an index measures and how: codes, not words, which may be corrected.
fn described(q: &Questionnaire) -> Option<serde_json::Value> {
    let index = q.index.as_ref()?;
    let item = |at: &usize| q.questions.get(*at).map(|question| question.code.as_str());
    let factor =
        |f: &crate::questionnaires::model::Factor| serde_json::json!([f.code, f.items.iter().filter_map(item).collect::<Vec<_>>()]);
    let tree: Vec<_> = index.parts.iter().map(|p| serde_json::json!([p.code, p.factors.iter().map(factor).collect::<Vec<_>>()])).collect();
    Some(serde_json::json!({ "of": q.code, "kind": index.kind, "aggregation": index.aggregation, "scores": index.scores, "tree": tree }))
}

/// Compares the rows of two waves; rows without a figure in both are left out.
///
/// # Errors
/// What does not fit, in words.
pub fn changes(now: &[Row], before: &[Row], level: f64) -> Result<Vec<Change>, String> {
    let earlier: std::collections::BTreeMap<(Option<&str>, &str), &Row> =
        before.iter().map(|r| ((r.unit.as_deref(), r.measure.as_str()), r)).collect();
    let mut all = Vec::new();
    for row in now {
        let Some(then) = earlier.get(&(row.unit.as_deref(), row.measure.as_str())) else { continue };
        all.extend(change(row, then, level)?);
    }
    adjusted(&mut all)?;
    Ok(all)
}

/// A figure of one group against the same figure of an independent one: the first minus the second.
///
/// # Errors
/// What does not fit, in words.
pub fn change(now: &Row, before: &Row, level: f64) -> Result<Option<Change>, String> {
    let (Some(value), Some(then)) = (now.estimate, before.estimate) else { return Ok(None) };
    let mut change = Change {
        unit: now.unit.clone(),
        measure: now.measure.clone(),
        before: then,
        now: value,
        difference: value - then,
        se: None,
        interval: None,
        p: None,
        p_adjusted: None,
    };
    let (Some(se), Some(se_then)) = (now.se, before.se) else { return Ok(Some(change)) };
    let (v, v_then) = (se * se, se_then * se_then);
    let df = (v + v_then).powi(2) / (v * v / f64::from(now.df) + v_then * v_then / f64::from(before.df));
    if !(df.is_finite() && df > 0.0) {
        return Ok(Some(change));
    }
    let joint = Joint { estimates: vec![estimate(now), estimate(before)], covariance: vec![Some(v), Some(0.0), Some(0.0), Some(v_then)] };
    let found = difference(&joint, 0, 1, df, level).map_err(|e| e.to_string())?;
    change.se = Some(found.se);
    change.interval = found.interval.map(|i| (i.low, i.high));
    change.p = found.p_value;
    Ok(Some(change))
}

/// A row as the tests take it.
pub(super) fn estimate(row: &Row) -> Estimate {
    Estimate {
        estimate: row.estimate,
        se: row.se,
        n: row.n_valid,
        df_design: 0,
        df_domain: row.df,
        deff_srswor: None,
        deff_srswr: None,
        flag: Flag::Ok,
    }
}

/// Holm's adjustment over the units, one figure at a time.
fn adjusted(all: &mut [Change]) -> Result<(), String> {
    let measures: std::collections::BTreeSet<String> = all.iter().map(|c| c.measure.clone()).collect();
    for measure in measures {
        let mut family: Vec<&mut Change> = all.iter_mut().filter(|c| c.measure == measure && c.unit.is_some() && c.p.is_some()).collect();
        let p: Vec<f64> = family.iter().filter_map(|c| c.p).collect();
        for (change, p) in family.iter_mut().zip(adjust(&p, Adjustment::Holm).map_err(|e| e.to_string())?) {
            change.p_adjusted = Some(p);
        }
    }
    Ok(())
}
