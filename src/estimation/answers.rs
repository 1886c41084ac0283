//! How answers to closed questions are distributed, with intervals.
//!
//! The share of an option is the weighted share of those who gave it among those who gave any valid answer ("not applicable" and "prefer not to say" are
//! none). A multiple choice has a share for each option among those who chose any; a ranking the share of those who put the option first.

use rayon::prelude::*;
use serde::Serialize;

use super::analysis::{Prepared, refused};
use super::disclosure;
use super::groups::{By, Grouping, groups};
use super::rows::Row;
use super::suppress;
use super::table::ResponseTable;
use crate::error::{Error, Result};
use crate::questionnaires::model::{Kind, Question};
use crate::stats::index::{Domains, Index, IndexSpec, Item, Measure, Scoring};

/// The answers to a question.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Answered {
    /// Position of the question in the questionnaire.
    pub position: usize,
    /// Its code.
    pub question: String,
    /// Responses with a valid answer.
    pub n_valid: u64,
    /// Share of each option in percent; `category` is its code, in the order of the questionnaire.
    pub options: Vec<Row>,
}

impl Answered {
    /// The mean step of an ordered choice: 0 when everybody took the first option, 1 for the second, and so on; `None` while its shares are not shown.
    #[must_use]
    pub fn mean_step(&self) -> Option<f64> {
        let share = |(step, option): (u32, &Row)| option.estimate.map(|percent| f64::from(step) * percent / 100.0);
        if self.options.is_empty() { None } else { (0..).zip(&self.options).map(share).sum() }
    }
}

/// What an option's column says: nothing given, another option, this option.
const OTHER: u8 = 1;
const THIS: u8 = 2;

/// The distributions of all closed questions, in the order of the questionnaire.
///
/// # Errors
/// When weights or design do not fit, in words.
pub fn distributions(prepared: &Prepared) -> Result<Vec<Answered>> {
    let open = prepared.open();
    let questions = open.questionnaire().questions.iter().enumerate();
    let asked: Vec<(usize, &Question)> = questions.filter(|(_, q)| q.slot.is_some() && !q.options().is_empty()).collect();
    let scoring = Scoring::satisfied(&[OTHER, THIS], &[THIS]).map_err(refused)?;
    let table = prepared.table();
    let all = groups(open, table, prepared.filter(), Grouping::By(By::All)).map_err(Error::BadRequest)?;
    let poststratified = prepared.poststratified()?;
    let design =
        if table.rows() == 0 { None } else { Some(prepared.design(poststratified.as_ref(), prepared.lonely(Grouping::By(By::All)))?) };
    let cells = disclosure::Cells::new(prepared, Grouping::By(By::All), &all.list)?;
    let one = |(position, question): (usize, &Question)| {
        let columns = columns(table, question);
        let mut one = Answered { position, question: question.code.clone(), n_valid: 0, options: Vec::new() };
        if let Some(design) = &design {
            let items: Vec<Item<'_>> = columns.iter().map(|codes| Item { codes, scoring: &scoring }).collect();
            let measures: Vec<Measure> = (0..items.len()).map(Measure::item).collect();
            let domains = Domains::new(all.of_row.as_slice(), 1);
            let spec = IndexSpec { design, items: &items, measures: &measures, domains, poststratified: poststratified.as_ref() };
            let found = Index::new(spec).map_err(refused)?.estimate();
            one.options = question
                .options()
                .iter()
                .enumerate()
                .filter_map(|(n, option)| found.get(0, n).map(|e| prepared.share_row(&question.code, &option.code, e)))
                .collect();
            one.n_valid = one.options.first().map_or(0, |o| o.n_valid);
        }
        // A multiple choice is answered when any option is chosen, so each option's column says who answered.
        let answered_by = |row: usize| columns.first().and_then(|codes| codes.get(row)).is_some_and(|code| *code != 0);
        let hide = cells.hidden(answered_by).contains(&true);
        if hide || one.n_valid < prepared.threshold() {
            let open: Vec<&mut Row> = one.options.iter_mut().filter(|o| o.estimate.is_some()).collect();
            let why = if one.n_valid < prepared.threshold() { suppress::TOO_FEW } else { suppress::WITHHELD };
            open.into_iter().for_each(|o| suppress::hide(o, why));
        }
        Ok(one)
    };
    asked.into_par_iter().map(one).collect()
}

/// A column for each option of a question.
fn columns(table: &ResponseTable, question: &Question) -> Vec<Vec<u8>> {
    let Some(slot) = question.slot else { return Vec::new() };
    let bytes: Vec<&[u8]> = (slot.offset..slot.offset + slot.width).filter_map(|at| table.codes(at)).collect();
    let first = bytes.first().copied().unwrap_or_default();
    let count = question.options().len();
    let column = |option: usize| -> Vec<u8> {
        let number = u8::try_from(option + 1).unwrap_or(u8::MAX);
        if let Kind::Multiple { .. } = question.kind {
            let own = bytes.get(option / 8).copied().unwrap_or_default();
            let any = |row: usize| bytes.iter().any(|b| b.get(row).is_some_and(|b| *b != 0));
            let one = |row: usize| match own.get(row) {
                Some(byte) if byte >> (option % 8) & 1 == 1 => THIS,
                _ if any(row) => OTHER,
                _ => 0,
            };
            (0..table.rows()).map(one).collect()
        } else {
            let one = |code: &u8| match *code {
                c if c == number => THIS,
                c if c >= 1 && usize::from(c) <= count => OTHER,
                _ => 0,
            };
            first.iter().map(one).collect()
        }
    };
    (0..count).map(column).collect()
}
