//! The index tree of a questionnaire as measures of the statistics module.

use crate::db::types::text_enum;
use crate::questionnaires::Questionnaire;
use crate::questionnaires::codes;
use crate::questionnaires::model::{Aggregation, Index, IndexKind, Text};
use crate::stats::index::{Measure, Scoring};

text_enum! {
    /// How high in the index tree a figure stands.
    Level {
        /// The whole index.
        Overall = "overall",
        /// A part.
        Part = "part",
        /// A factor.
        Factor = "factor",
        /// A question.
        Item = "item",
    }
}

/// A figure of the index with its name.
#[derive(Debug, Clone)]
pub struct NamedMeasure {
    /// Stable code.
    pub code: String,
    /// What it is called.
    pub text: Text,
    /// How high it stands.
    pub level: Level,
    /// The largest value it can have.
    pub largest: f64,
    /// How it is made of items.
    pub measure: Measure,
}

/// Everything about an index that estimating needs.
#[derive(Debug, Clone)]
pub struct Measures {
    /// What is measured.
    pub kind: IndexKind,
    /// How figures are put together.
    pub aggregation: Aggregation,
    /// Byte position of each item in the stored codes.
    pub offsets: Vec<usize>,
    /// What each item's codes count.
    pub scorings: Vec<Scoring>,
    /// Overall, then parts, factors and items in the order of the tree.
    pub all: Vec<NamedMeasure>,
}

/// Translates the index of a questionnaire.
///
/// # Errors
/// When a scoring counts no code (the questionnaire's own check prevents it).
pub fn of(questionnaire: &Questionnaire, index: &Index) -> Result<Measures, String> {
    let mut offsets = Vec::new();
    let mut scorings = Vec::new();
    let mut items = Vec::new();
    for position in index.items() {
        let question = questionnaire.questions.get(position).ok_or("the index names a question that does not exist")?;
        let slot = question.slot.ok_or_else(|| format!("{} has no place in the codes", question.code))?;
        let mut score = [0.0; 256];
        let mut valid = [false; 256];
        for (n, option) in (1usize..).zip(question.options()).take(usize::from(codes::REFUSED) - 1) {
            if let (Some(worth), Some(s), Some(v)) = (index.scores.get(&option.code), score.get_mut(n), valid.get_mut(n)) {
                *s = *worth;
                *v = true;
            }
        }
        scorings.push(Scoring::new(&score, &valid).map_err(|e| format!("{}: {e}", question.code))?);
        items.push((offsets.len(), question));
        offsets.push(slot.offset);
    }
    // The items of the tree are numbered in its own order, so each factor takes the next ones.
    let mut next = 0usize;
    let parts: Vec<Vec<Vec<usize>>> = index
        .parts
        .iter()
        .map(|p| {
            let mut take = |n: usize| {
                let from = next;
                next += n;
                (from..next).collect()
            };
            p.factors.iter().map(|f| take(f.items.len())).collect()
        })
        .collect();
    let largest_item = index.largest_item();
    let node = |code: &str, text: &Text, level, factors: &[Vec<usize>]| {
        let below: Vec<usize> = factors.iter().flatten().copied().collect();
        #[expect(clippy::cast_precision_loss, reason = "a few dozen items")]
        let largest = if index.aggregation == Aggregation::Sum { largest_item * below.len() as f64 } else { largest_item };
        let measure = match index.aggregation {
            Aggregation::Pooled => Measure::pooled(below),
            Aggregation::ItemMean => Measure::item_mean(below),
            Aggregation::FactorMean => Measure::factor_mean(factors),
            Aggregation::Sum => Measure::sum(below),
        };
        NamedMeasure { code: code.to_owned(), text: text.clone(), level, largest, measure }
    };
    let everything: Vec<Vec<usize>> = parts.iter().flatten().cloned().collect();
    let mut all = vec![node(&index.overall.code, &index.overall.text, Level::Overall, &everything)];
    all.extend(index.parts.iter().zip(&parts).map(|(p, factors)| node(&p.code, &p.text, Level::Part, factors)));
    for (part, factors) in index.parts.iter().zip(&parts) {
        all.extend(part.factors.iter().zip(factors).map(|(f, items)| node(&f.code, &f.text, Level::Factor, std::slice::from_ref(items))));
    }
    all.extend(items.into_iter().map(|(n, q)| NamedMeasure {
        code: q.code.clone(),
        text: q.text.clone(),
        level: Level::Item,
        largest: largest_item,
        measure: Measure::item(n),
    }));
    Ok(Measures { kind: index.kind, aggregation: index.aggregation, offsets, scorings, all })
}
