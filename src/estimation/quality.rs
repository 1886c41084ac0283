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

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use serde::Serialize;

use super::analysis::{By, Prepared};
use super::groups::{Grouping, groups};
use super::table::ResponseTable;
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
    let mut said = vec![Said::default(); table.rows()];
    for item in &items {
        for (said, code) in said.iter_mut().zip(item.codes) {
            said.take(*code, item.scoring.score(*code).is_some());
        }
    }
    let width = prepared.open().questionnaire().code_bytes;
    let columns: Vec<&[u8]> = (0..width).filter_map(|at| table.codes(at)).collect();
    let forms = Forms::of(table, &columns);
    let mut earlier: HashMap<u128, usize> = HashMap::new();
    let one = |(row, (said, domain)): (usize, (&Said, &u32))| {
        if *domain == NO_DOMAIN {
            return Flags::default();
        }
        let repeated = forms.given(row) >= ENOUGH
            && match earlier.entry(forms.key(row)) {
                Entry::Occupied(before) => forms.same(row, *before.get()),
                Entry::Vacant(new) => {
                    new.insert(row);
                    false
                }
            };
        Flags { alike: said.alike(), sparse: usize::from(said.answered) * 2 < items.len(), repeated }
    };
    Ok(said.iter().zip(&within.of_row).enumerate().map(one).collect())
}

/// What a form says to the items seen so far. Column after column, because rows stand in columns.
#[derive(Debug, Clone, Copy, Default)]
struct Said {
    valid: u16,
    answered: u16,
    first: u8,
    other: bool,
}

impl Said {
    fn take(&mut self, code: u8, valid: bool) {
        self.answered += u16::from(code != UNANSWERED && code != REFUSED);
        if valid {
            if self.valid == 0 {
                self.first = code;
            }
            self.other |= code != self.first;
            self.valid += 1;
        }
    }

    fn alike(self) -> bool {
        !self.other && usize::from(self.valid) >= ENOUGH
    }
}

/// All closed answers of each form, as a number that other answers hardly share.
struct Forms<'a> {
    table: &'a ResponseTable,
    columns: &'a [&'a [u8]],
    keys: Vec<u128>,
    given: Vec<u16>,
}

impl<'a> Forms<'a> {
    fn of(table: &'a ResponseTable, columns: &'a [&'a [u8]]) -> Self {
        // Multiplication by an odd number loses nothing and brings every answer into the high digits (D. Knuth, TAOCP 3, section 6.4).
        const ODD: u128 = 0x2360_ed05_1fc6_5da4_4385_df64_9fcc_f645;
        let mut keys: Vec<u128> =
            table.unit.iter().zip(&table.day).map(|(u, d)| mixed(u128::from(*u) << 32 | u128::from(d.0.cast_unsigned()), ODD)).collect();
        let mut given = vec![0u16; table.rows()];
        for column in columns {
            for ((key, given), code) in keys.iter_mut().zip(&mut given).zip(*column) {
                *key = mixed(*key ^ u128::from(*code), ODD);
                *given += u16::from(*code != UNANSWERED);
            }
        }
        Forms { table, columns, keys, given }
    }

    /// How many answers are given.
    fn given(&self, row: usize) -> usize {
        self.given.get(row).copied().map_or(0, usize::from)
    }

    fn key(&self, row: usize) -> u128 {
        self.keys.get(row).copied().unwrap_or_default()
    }

    /// Whether two forms are of the same unit and day and have the same answers, whatever their keys say.
    fn same(&self, a: usize, b: usize) -> bool {
        self.table.unit.get(a) == self.table.unit.get(b)
            && self.table.day.get(a) == self.table.day.get(b)
            && self.columns.iter().all(|codes| codes.get(a) == codes.get(b))
    }
}

fn mixed(key: u128, odd: u128) -> u128 {
    let product = key.wrapping_mul(odd);
    product ^ (product >> 61)
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
