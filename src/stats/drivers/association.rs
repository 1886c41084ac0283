//! How closely each item goes with the rest of the index, or with one outcome, where people leave items out.
//!
//! Notation: row i with weight w_i > 0 has the score x_ik where item k has a valid answer. The other side is y_ik, the mean of the valid scores of the other items
//! (the *rest*), or the score y_i of the outcome. Over the rows where both exist,
//!
//! r_k = Σ w (x − x̄)(y − ȳ) / √(Σ w (x − x̄)² · Σ w (y − ȳ)²),   x̄ = Σ w x / Σ w, ȳ likewise
//!
//! With the rest this is the corrected item–total correlation (J. C. Nunnally and I. H. Bernstein, *Psychometric Theory*, 3rd ed. 1994, section 8) on all available
//! rows; [`crate::stats::instrument`] has it on complete rows. It says what goes together, not what causes what.

use rayon::prelude::*;

use crate::stats::index::{Item, NO_DOMAIN};

/// Rows added up together; fixed, so that any number of threads gives the same digits.
const CHUNK: usize = 8192;
/// A variance below this share of the square of the scale is 0.
const NO_VARIANCE: f64 = 1e-12;

/// What items are held against.
#[derive(Clone, Copy, Debug)]
pub enum Against<'a> {
    /// The mean of the other items.
    Rest,
    /// One outcome.
    Outcome(Item<'a>),
}

/// An item and the other side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Association {
    /// Weights of the rows with a valid answer to the item.
    pub weight: f64,
    /// Rows with both sides.
    pub rows: u64,
    /// r_k; `None` with fewer than three rows, or where one side does not vary.
    pub correlation: Option<f64>,
}

/// Why there is no result. Rows and items are counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AssociationError {
    /// A column of another length.
    #[error("{} has {found} entries for {rows} weights; give one a row", item.map_or("a column".to_owned(), |item| format!("item {item}")))]
    Length {
        /// The item; `None` for the outcome or the groups.
        item: Option<usize>,
        /// Rows of the weights.
        rows: usize,
        /// Entries found.
        found: usize,
    },
}

/// Σ w, Σ w x, Σ w y, Σ w x², Σ w y², Σ w x y of the rows with both sides, their number, and Σ w of the rows with the item.
#[derive(Clone, Copy, Debug, Default)]
struct Moments {
    w: f64,
    x: f64,
    y: f64,
    xx: f64,
    yy: f64,
    xy: f64,
    rows: u64,
    weight: f64,
}

impl Moments {
    fn add(&mut self, w: f64, x: f64, y: f64) {
        self.w += w;
        self.x += w * x;
        self.y += w * y;
        self.xx += w * x * x;
        self.yy += w * y * y;
        self.xy += w * x * y;
        self.rows += 1;
    }

    fn merge(&mut self, other: &Self) {
        self.w += other.w;
        self.x += other.x;
        self.y += other.y;
        self.xx += other.xx;
        self.yy += other.yy;
        self.xy += other.xy;
        self.rows += other.rows;
        self.weight += other.weight;
    }

    fn correlation(&self) -> Option<f64> {
        let (x, y) = (self.x / self.w, self.y / self.w);
        let (xx, yy) = (self.xx / self.w - x * x, self.yy / self.w - y * y);
        let r = (self.xy / self.w - x * y) / (xx * yy).sqrt();
        // Scores are brought to −1…1 first, so a variance is held against 1.
        (self.rows >= 3 && xx > NO_VARIANCE && yy > NO_VARIANCE && r.is_finite()).then(|| r.clamp(-1.0, 1.0))
    }
}

/// One figure an item, over the rows that `of_row` puts into a group (all when there is none).
///
/// # Errors
/// A column of another length.
pub fn associations(
    items: &[Item<'_>],
    weights: &[f64],
    of_row: Option<&[u32]>,
    against: Against<'_>,
) -> Result<Vec<Association>, AssociationError> {
    let rows = weights.len();
    let fits = |item: Option<usize>, found: usize| if found == rows { Ok(()) } else { Err(AssociationError::Length { item, rows, found }) };
    items.iter().enumerate().try_for_each(|(k, item)| fits(Some(k), item.codes.len()))?;
    of_row.map_or(Ok(()), |ids| fits(None, ids.len()))?;
    let scores = scaled(items);
    let outcome = match against {
        Against::Rest => None,
        Against::Outcome(item) => {
            fits(None, item.codes.len())?;
            Some((item.codes, scaled(&[item]).swap_remove(0)))
        }
    };
    let chunk = |chunk: usize| {
        let mut moments = vec![Moments::default(); items.len()];
        let mut answers = vec![f64::NAN; items.len()];
        for row in chunk * CHUNK..((chunk + 1) * CHUNK).min(rows) {
            let weight = weights[row];
            if of_row.is_some_and(|ids| ids[row] == NO_DOMAIN) || !(weight.is_finite() && weight > 0.0) {
                continue;
            }
            let (mut sum, mut valid) = (0.0, 0.0);
            for ((answer, item), scores) in answers.iter_mut().zip(items).zip(&scores) {
                *answer = scores[usize::from(item.codes[row])];
                if !answer.is_nan() {
                    sum += *answer;
                    valid += 1.0;
                }
            }
            let outcome = outcome.as_ref().map(|(codes, scores)| scores[usize::from(codes[row])]);
            for (moments, x) in moments.iter_mut().zip(&answers).filter(|(_, x)| !x.is_nan()) {
                moments.weight += weight;
                let y = outcome.unwrap_or_else(|| if valid > 1.0 { (sum - x) / (valid - 1.0) } else { f64::NAN });
                if !y.is_nan() {
                    moments.add(weight, *x, y);
                }
            }
        }
        moments
    };
    let parts: Vec<Vec<Moments>> = (0..rows.div_ceil(CHUNK)).into_par_iter().map(chunk).collect();
    let mut all = vec![Moments::default(); items.len()];
    for part in &parts {
        all.iter_mut().zip(part).for_each(|(all, part)| all.merge(part));
    }
    Ok(all.iter().map(|m| Association { weight: m.weight, rows: m.rows, correlation: m.correlation() }).collect())
}

/// The score of each code of each item; NaN where the code is not valid. All are brought to −1…1 together, which changes no correlation: brought there one by one,
/// items on other scales would weigh otherwise in the mean of the rest.
fn scaled(items: &[Item<'_>]) -> Vec<[f64; 256]> {
    let score = |item: &Item<'_>| {
        let mut scores = [f64::NAN; 256];
        (0u8..=255).zip(scores.iter_mut()).for_each(|(code, score)| *score = item.scoring.score(code).unwrap_or(f64::NAN));
        scores
    };
    let all: Vec<[f64; 256]> = items.iter().map(score).collect();
    let valid = || all.iter().flatten().copied().filter(|s| !s.is_nan());
    let (low, high) = (valid().fold(f64::INFINITY, f64::min), valid().fold(f64::NEG_INFINITY, f64::max));
    let half = 0.5 * (high - low);
    let middle = 0.5 * (high + low);
    all.iter().map(|scores| scores.map(|s| if half > 0.0 { (s - middle) / half } else { s - middle })).collect()
}
