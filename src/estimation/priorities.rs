//! What to mend first: what each item could still add to the index, and how closely it goes with satisfaction as a whole.
//!
//! *Gain* of an item: by how many points the index would rise if everybody were satisfied with the item and nothing else changed. For `pooled` it is
//! (100 − p_k) · W_k / Σ W, with W_k the weights of valid answers to item k; for the means (largest − p_k) · c_k with c_k the item's coefficient; for sums of points
//! largest − p_k. The gains of all items add up to what is missing to the full index, so a factor's gain is the sum of its items'.
//!
//! *Importance* of an item: its correlation with the question on general satisfaction (role `outcome`), or, where the questionnaire has none, with the mean of
//! the other items ([`crate::stats::drivers::associations`]). Importance and performance together make the four fields of Martilla and James 1977, cut at
//! the means. It says what goes together, not what causes what.

use serde::Serialize;

use super::analysis::{By, Prepared, refused};
use super::groups::{Grouping, groups};
use super::measures::Level;
use super::rows::Row;
use crate::error::{Error, Result};
use crate::questionnaires::model::{Aggregation, Question, QuestionRole};
use crate::stats::drivers::{Against, Quadrant, Split, associations, quadrants};
use crate::stats::index::{Item, Scoring};

/// An item of the index.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Priority {
    /// Code of the item.
    pub measure: String,
    /// Its figure.
    pub estimate: f64,
    /// Points the index would rise with everybody satisfied.
    pub gain: f64,
    /// Correlation with general satisfaction or with the rest; none where it cannot be computed.
    pub importance: Option<f64>,
    /// Field of importance and performance.
    pub field: Option<Field>,
}

/// What an item could still add to the index.
#[derive(Debug, Clone, PartialEq)]
pub struct Gain {
    /// Code of the item.
    pub measure: String,
    /// Its figure.
    pub estimate: f64,
    /// Points the index would rise with everybody satisfied.
    pub gain: f64,
}

/// Field of importance and performance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// Important and weak.
    ConcentrateHere,
    /// Important and strong.
    KeepUp,
    /// Less important and weak.
    LowPriority,
    /// Less important and strong.
    PossibleOverkill,
}

/// What to mend first.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Priorities {
    /// The items with a figure, the largest gain first.
    pub items: Vec<Priority>,
    /// Code of the question on general satisfaction that importance is measured against; none where it is the other items.
    pub outcome: Option<String>,
    /// Cuts of importance and performance, where there are fields.
    pub cuts: Option<(f64, f64)>,
}

/// Computes gains and importance from the responses that the filter takes; `items` holds the figures of all items.
///
/// # Errors
/// When weights do not fit, in words.
pub fn priorities(prepared: &Prepared, items: &[Row]) -> Result<Priorities> {
    let poststratified = prepared.poststratified()?;
    let weights = poststratified.as_ref().map_or(prepared.table().weight.as_slice(), |p| p.weights());
    let within = groups(prepared.open(), prepared.table(), prepared.filter(), Grouping::By(By::All)).map_err(Error::BadRequest)?;
    let columns = prepared.items()?;
    let outcome = outcome(prepared.open().questionnaire());
    let scale = outcome.map(steps).transpose()?;
    let held = outcome.zip(scale.as_ref()).and_then(|(q, scoring)| {
        let codes = q.slot.and_then(|s| prepared.table().codes(s.offset))?;
        Some((q, Item { codes, scoring }))
    });
    let against = held.as_ref().map_or(Against::Rest, |(_, item)| Against::Outcome(*item));
    let found = associations(&columns, weights, Some(&within.of_row), against).map_err(refused)?;
    let weights: Vec<f64> = found.iter().map(|a| a.weight).collect();
    let gains = gains(prepared, &items.iter().collect::<Vec<_>>(), &weights)?;
    let order: Vec<&str> = prepared.measures().iter().filter(|m| m.level == Level::Item).map(|m| m.code.as_str()).collect();
    let importance = |code: &str| order.iter().position(|c| *c == code).and_then(|at| found.get(at)).and_then(|a| a.correlation);
    let mut all: Vec<Priority> = gains
        .into_iter()
        .map(|g| Priority { importance: importance(&g.measure), measure: g.measure, estimate: g.estimate, gain: g.gain, field: None })
        .collect();
    let cuts = fields(&mut all);
    all.sort_by(|a, b| b.gain.total_cmp(&a.gain).then_with(|| a.measure.cmp(&b.measure)));
    Ok(Priorities { items: all, outcome: held.map(|(q, _)| q.code.clone()), cuts })
}

/// The question on general satisfaction.
fn outcome(q: &crate::questionnaires::Questionnaire) -> Option<&Question> {
    q.questions.iter().find(|q| q.role == Some(QuestionRole::Outcome))
}

/// The steps of a scale, 1, 2, 3 …
fn steps(question: &Question) -> Result<Scoring> {
    let points: Vec<(u8, f64)> = (1u8..).zip(question.options()).map(|(n, _)| (n, f64::from(n))).collect();
    Scoring::points(&points).map_err(refused)
}

/// What each item could still add; `rows` holds the figures of one group, `weights` the weights of its valid answers to each item in the order of the index.
/// Items without a figure are left out.
///
/// # Errors
/// `no_index`.
pub fn gains(prepared: &Prepared, rows: &[&Row], weights: &[f64]) -> Result<Vec<Gain>> {
    let index = prepared.index()?;
    let largest = index.largest_item();
    let total: f64 = weights.iter().sum();
    #[expect(clippy::cast_precision_loss, reason = "a few dozen items")]
    let count = |n: usize| n as f64;
    let factors: Vec<usize> = index.parts.iter().flat_map(|p| &p.factors).map(|f| f.items.len()).collect();
    let in_factors = factors.iter().flat_map(|n| std::iter::repeat_n(1.0 / (count(factors.len()) * count(*n)), *n));
    let shares: Vec<f64> = match index.aggregation {
        Aggregation::Pooled => weights.iter().map(|w| if total > 0.0 { w / total } else { 0.0 }).collect(),
        Aggregation::ItemMean => weights.iter().map(|_| 1.0 / count(weights.len())).collect(),
        Aggregation::FactorMean => in_factors.collect(),
        Aggregation::Sum => weights.iter().map(|_| 1.0).collect(),
    };
    let items = prepared.measures().iter().filter(|m| m.level == Level::Item);
    let one = |(measure, share): (&super::NamedMeasure, &f64)| {
        let estimate = rows.iter().find(|r| r.measure == measure.code)?.estimate?;
        Some(Gain { measure: measure.code.clone(), estimate, gain: (largest - estimate) * share })
    };
    Ok(items.zip(&shares).filter_map(one).collect())
}

/// Puts the items into their fields, as far as all have an importance; gives the cuts.
fn fields(all: &mut [Priority]) -> Option<(f64, f64)> {
    let importance: Vec<f64> = all.iter().filter_map(|p| p.importance).collect();
    let performance: Vec<f64> = all.iter().filter(|p| p.importance.is_some()).map(|p| p.estimate).collect();
    let found = quadrants(&importance, &performance, Split::Mean).ok()?;
    let with = all.iter_mut().filter(|p| p.importance.is_some());
    for (priority, quadrant) in with.zip(&found.items) {
        priority.field = quadrant.map(|q| match q {
            Quadrant::ConcentrateHere => Field::ConcentrateHere,
            Quadrant::KeepUp => Field::KeepUp,
            Quadrant::LowPriority => Field::LowPriority,
            Quadrant::PossibleOverkill => Field::PossibleOverkill,
        });
    }
    Some((found.importance_cut, found.performance_cut))
}
