//! How good the answers are: forms that look filled in without reading, and questions that people leave out.
//!
//! | flag | a form has it when |
//! |---|---|
//! | alike | the items of the index have at least [`ENOUGH`] valid answers, all the same |
//! | sparse | fewer than half of the items of the index have any answer ("not applicable" is one) |
//! | repeated | all closed answers are those of an earlier form of the same unit and day, and at least [`ENOUGH`] of them are given |
//!
//! A flag is a reason to look, not a proof: a satisfied citizen may well answer "satisfied" throughout. Flagged forms count in all figures. Straight-lining
//! after C. Kim et al., Soc. Sci. Comput. Rev. 37 (2019) 214 (simple nondifferentiation).

use std::collections::HashSet;

use serde::Serialize;

use super::analysis::{By, Prepared};
use super::groups::{Grouping, groups};
use crate::error::{Error, Result};
use crate::questionnaires::codes::{NOT_APPLICABLE, REFUSED, UNANSWERED};
use crate::stats::index::NO_DOMAIN;

/// Fewest answers that say something about how a form was filled in.
pub const ENOUGH: usize = 10;

/// Flags of a form.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Flags {
    /// All items alike.
    pub alike: bool,
    /// Fewer than half of the items answered.
    pub sparse: bool,
    /// The same as an earlier form.
    pub repeated: bool,
}

impl Flags {
    /// Whether there is any.
    #[must_use]
    pub fn any(self) -> bool {
        self.alike || self.sparse || self.repeated
    }
}

/// How often forms of a group are flagged.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Flagged {
    /// The unit; none for all together.
    pub unit: Option<String>,
    /// Forms.
    pub n: u64,
    /// Forms with all items alike.
    pub alike: u64,
    /// Forms with fewer than half of the items answered.
    pub sparse: u64,
    /// Forms like an earlier one.
    pub repeated: u64,
    /// Forms with any flag.
    pub any: u64,
}

/// How a question of the index was answered; counts of forms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Response {
    /// Code of the item.
    pub measure: String,
    /// With a valid answer.
    pub valid: u64,
    /// "Not applicable".
    pub not_applicable: u64,
    /// "Prefer not to say".
    pub refused: u64,
    /// Left out, or not asked.
    pub missing: u64,
}

/// Quality of the answers.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Quality {
    /// All forms.
    pub all: Flagged,
    /// By unit, in order of their codes; those with forms.
    pub units: Vec<Flagged>,
    /// By item, in the order of the index.
    pub items: Vec<Response>,
}

/// Flags of each row of the table, in its order; all false for rows that the filter does not take.
///
/// # Errors
/// What the filter names and the survey does not have.
pub fn flags(prepared: &Prepared) -> Result<Vec<Flags>> {
    let table = prepared.table();
    let within = groups(prepared.open(), table, prepared.filter(), Grouping::By(By::All)).map_err(Error::BadRequest)?;
    let items = prepared.items()?;
    let width = prepared.open().questionnaire().code_bytes;
    let columns: Vec<&[u8]> = (0..width).filter_map(|at| table.codes(at)).collect();
    let mut seen: HashSet<(u32, i32, Vec<u8>)> = HashSet::new();
    let one = |row: usize| {
        if within.of_row.get(row).is_none_or(|d| *d == NO_DOMAIN) {
            return Flags::default();
        }
        let answer = |codes: &[u8]| codes.get(row).copied().unwrap_or(UNANSWERED);
        let (mut valid, mut answered, mut first, mut alike) = (0usize, 0usize, None, true);
        for item in &items {
            let code = answer(item.codes);
            answered += usize::from(![UNANSWERED, REFUSED].contains(&code));
            if item.scoring.score(code).is_some() {
                valid += 1;
                alike &= *first.get_or_insert(code) == code;
            }
        }
        let form: Vec<u8> = columns.iter().map(|codes| answer(codes)).collect();
        let given = form.iter().filter(|c| **c != UNANSWERED).count() >= ENOUGH;
        let (unit, day) = (table.unit.get(row).copied().unwrap_or_default(), table.day.get(row).map_or(0, |d| d.0));
        Flags { alike: alike && valid >= ENOUGH, sparse: answered * 2 < items.len(), repeated: given && !seen.insert((unit, day, form)) }
    };
    Ok((0..table.rows()).map(one).collect())
}

/// Flags counted, and how the items were answered.
///
/// # Errors
/// What the filter names and the survey does not have.
pub fn quality(prepared: &Prepared) -> Result<Quality> {
    let table = prepared.table();
    let by_unit = groups(prepared.open(), table, prepared.filter(), Grouping::By(By::Unit)).map_err(Error::BadRequest)?;
    let flags = flags(prepared)?;
    let mut units: Vec<Flagged> = by_unit.list.iter().map(|g| Flagged { unit: g.unit.clone(), ..Flagged::default() }).collect();
    let mut all = Flagged::default();
    for (group, flags) in by_unit.of_row.iter().zip(&flags) {
        let Some(unit) = usize::try_from(*group).ok().and_then(|g| units.get_mut(g)) else { continue };
        for counted in [unit, &mut all] {
            counted.n += 1;
            counted.alike += u64::from(flags.alike);
            counted.sparse += u64::from(flags.sparse);
            counted.repeated += u64::from(flags.repeated);
            counted.any += u64::from(flags.any());
        }
    }
    units.retain(|u| u.n > 0);
    let order = prepared.measures().iter().filter(|m| m.level == super::Level::Item);
    let items = order.zip(prepared.items()?).map(|(measure, item)| {
        let mut r = Response { measure: measure.code.clone(), valid: 0, not_applicable: 0, refused: 0, missing: 0 };
        for (code, _) in item.codes.iter().zip(&by_unit.of_row).filter(|(_, d)| **d != NO_DOMAIN) {
            match *code {
                c if item.scoring.score(c).is_some() => r.valid += 1,
                NOT_APPLICABLE => r.not_applicable += 1,
                REFUSED => r.refused += 1,
                _ => r.missing += 1,
            }
        }
        r
    });
    Ok(Quality { all, units, items: items.collect() })
}
