//! How responses are put into groups, each response into one at most.

use chrono::Datelike;
use rayon::prelude::*;

use super::filter::Filter;
use super::table::ResponseTable;
use crate::db::types::text_enum;
use crate::questionnaires::Questionnaire;
use crate::stats::index::NO_DOMAIN;
use crate::surveys::{Mode, Open};
use crate::units::UnitKind;

text_enum! {
    /// How responses are grouped.
    By {
        /// All together.
        All = "all",
        /// By kind of unit.
        Kind = "kind",
        /// Each unit.
        Unit = "unit",
        /// By the means of answering.
        Mode = "mode",
        /// By month of sending, by Vietnam's clock.
        Month = "month",
    }
}

/// A grouping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grouping {
    /// By something every response has.
    By(By),
    /// By the answer to the question at this position, one option each; who gave no such answer is in no group.
    Answer(usize),
}

/// A group.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Group {
    /// The unit, when grouped by unit.
    pub unit: Option<String>,
    /// The kind, when grouped by kind or unit.
    pub kind: Option<UnitKind>,
    /// Mode, month or option otherwise.
    pub category: Option<String>,
}

/// Groups, and the group of each row ([`NO_DOMAIN`] for rows in none).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Groups {
    /// The groups; some may be without rows.
    pub list: Vec<Group>,
    /// Number of the group of each row.
    pub of_row: Vec<u32>,
}

/// Groups the rows that a filter takes.
///
/// # Errors
/// What the filter names and the survey does not have.
pub fn groups(open: &Open, table: &ResponseTable, filter: &Filter, grouping: Grouping) -> Result<Groups, String> {
    filter.check(open)?;
    let mask = filter.rows(table, open.questionnaire())?;
    let units: Vec<_> = open.frame.units.values().filter(|u| filter.takes(u)).collect();
    let kinds: Vec<UnitKind> = UnitKind::ALL.iter().copied().filter(|k| units.iter().any(|u| u.kind == *k)).collect();
    // Number of the group by number of the unit in the table, for what is decided by the unit; 0 otherwise.
    let group_of = |code: &str| -> u32 {
        let place = match grouping {
            Grouping::By(By::Unit) => units.iter().position(|u| u.code == code),
            Grouping::By(By::Kind) => units.iter().find(|u| u.code == code).and_then(|u| kinds.iter().position(|k| *k == u.kind)),
            _ => units.iter().any(|u| u.code == code).then_some(0),
        };
        place.and_then(|p| u32::try_from(p).ok()).unwrap_or(NO_DOMAIN)
    };
    let of_unit: Vec<u32> = table.units.iter().map(|code| group_of(code)).collect();
    let kept = |row: usize| mask.as_ref().is_none_or(|m| m.get(row) == Some(&true));
    let of_unit = |row: usize| {
        let unit = table.unit.get(row).and_then(|u| usize::try_from(*u).ok());
        unit.and_then(|u| of_unit.get(u)).copied().filter(|_| kept(row)).unwrap_or(NO_DOMAIN)
    };
    let by_unit = || (0..table.rows()).into_par_iter().map(of_unit).collect();
    Ok(match grouping {
        Grouping::By(By::All) => Groups { list: vec![Group::default()], of_row: by_unit() },
        Grouping::By(By::Unit) => {
            let one = |u: &&crate::units::Unit| Group { unit: Some(u.code.clone()), kind: Some(u.kind), category: None };
            Groups { list: units.iter().map(one).collect(), of_row: by_unit() }
        }
        Grouping::By(By::Kind) => {
            Groups { list: kinds.iter().map(|k| Group { kind: Some(*k), ..Group::default() }).collect(), of_row: by_unit() }
        }
        Grouping::By(By::Mode) => {
            let number = |m: &Mode| Mode::ALL.iter().position(|x| x == m);
            named(table.rows(), of_unit, |row| table.mode.get(row).and_then(number), |n| Mode::ALL.get(n).map(ToString::to_string))
        }
        Grouping::By(By::Month) => {
            let month = |row: usize| {
                let date = table.day.get(row)?.date()?;
                usize::try_from(date.year() * 12 + i32::try_from(date.month0()).ok()?).ok()
            };
            named(table.rows(), of_unit, month, |n| Some(format!("{:04}-{:02}", n / 12, n % 12 + 1)))
        }
        Grouping::Answer(position) => {
            let (codes, options) = answers(table, open.questionnaire(), position)?;
            let list = options.into_iter().map(|o| Group { category: Some(o), ..Group::default() }).collect::<Vec<_>>();
            let number = |row: usize| {
                let code = codes.get(row).copied().filter(|c| *c >= 1 && usize::from(*c) <= list.len());
                code.filter(|_| of_unit(row) != NO_DOMAIN).map_or(NO_DOMAIN, |c| u32::from(c) - 1)
            };
            Groups { of_row: (0..table.rows()).into_par_iter().map(number).collect(), list }
        }
    })
}

/// Groups that occur, in the order of their numbers.
fn named(
    rows: usize,
    within: impl Fn(usize) -> u32 + Sync,
    number: impl Fn(usize) -> Option<usize> + Sync,
    name: impl Fn(usize) -> Option<String>,
) -> Groups {
    let inside = |row: &usize| within(*row) != NO_DOMAIN;
    let found: Vec<Option<usize>> = (0..rows).into_par_iter().map(|row| Some(row).filter(inside).and_then(&number)).collect();
    // Numbers are small, so a place for each is cheaper than a search for each row.
    let mut place = vec![NO_DOMAIN; found.par_iter().flatten().max().map_or(0, |most| most + 1)];
    found.iter().flatten().for_each(|n| place.get_mut(*n).into_iter().for_each(|p| *p = 0));
    let present = place.iter_mut().enumerate().filter(|(_, p)| **p == 0).zip(0u32..);
    let list = present.map(|((n, place), group)| {
        *place = group;
        Group { category: name(n), ..Group::default() }
    });
    Groups { list: list.collect(), of_row: found.par_iter().map(|n| n.and_then(|n| place.get(n)).copied().unwrap_or(NO_DOMAIN)).collect() }
}

/// Codes of a single choice in the table, and the codes of its options.
fn answers<'a>(table: &'a ResponseTable, questionnaire: &Questionnaire, position: usize) -> Result<(&'a [u8], Vec<String>), String> {
    let question = questionnaire.questions.get(position).ok_or("there is no such question")?;
    let single = matches!(question.kind, crate::questionnaires::model::Kind::Single { .. });
    let slot = question.slot.filter(|_| single).ok_or_else(|| format!("{} is not a question with one answer of several", question.code))?;
    let codes = table.codes(slot.offset).ok_or_else(|| format!("{} has no place in the stored codes", question.code))?;
    Ok((codes, question.options().iter().map(|o| o.code.clone()).collect()))
}
