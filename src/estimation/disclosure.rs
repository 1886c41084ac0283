//! Which figures would give hidden ones away, by whatever road they are asked for.
//!
//! Who asks for one mode after the other has the table of modes, and who asks for the units of each mode has the table of units by modes. So every figure is looked
//! at as a cell of the table that all choices of the filter and the grouping make together, and of the tables with fewer of the choices, whose cells are its
//! totals. In order of the number of choices:
//!
//! 1. a cell is hidden when it has too few valid forms, or one of its totals is hidden (a mode with all forms of a unit is the unit);
//! 2. along every choice the cells of one total are completed by the rule of [`super::suppress`], until nothing changes. Units are also parts of their kind. Forms
//!    that have no group (nobody answered the question) are a part too, and so is what lies outside a period.
//!
//! Only forms with a valid answer to the figure's own questions count. Two lines that cross are completed one after the other; that no cell follows from many
//! lines at once is not proven, and periods are only held against all that is outside of them.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::analysis::Prepared;
use super::filter::{Filter, service_question};
use super::groups::{By, Group, Grouping, groups};
use super::rows::Row;
use super::suppress;
use crate::error::{Error, Result};
use crate::stats::index::{Measure, NO_DOMAIN};
use crate::units::UnitKind;

/// A choice of the filter or the grouping.
struct Choice {
    /// Number of the category of each row, from 1.
    of_row: Vec<u64>,
    /// The categories that are asked for by name, in order of their numbers.
    list: Vec<Group>,
    /// The one that the filter takes.
    taken: Option<u64>,
    /// Whether the categories are units.
    units: bool,
    /// What a number is multiplied with in a key; a key in which the choice is left open has 0 there.
    stride: u64,
    /// One more than the largest number.
    size: u64,
}

impl Choice {
    fn number(&self, key: u64) -> u64 {
        key / self.stride % self.size
    }

    fn without(&self, key: u64) -> u64 {
        key - self.number(key) * self.stride
    }

    fn kind(&self, key: u64) -> Option<UnitKind> {
        let at = usize::try_from(self.number(key)).ok()?.checked_sub(1)?;
        self.list.get(at)?.kind
    }
}

/// The table of some of the choices.
struct Table {
    /// Place here of each cell of the table of all choices.
    of_full: Vec<usize>,
    cells: usize,
    along: Vec<Along>,
}

/// The cells of a table as parts of totals, along one of its choices.
struct Along {
    /// The table without the choice.
    totals: usize,
    /// Place of each cell's total there.
    total: Vec<usize>,
    /// The cells of each total.
    lines: Vec<Vec<usize>>,
    /// Kind of each cell's unit, where the choice is one of units.
    kinds: Option<Vec<Option<UnitKind>>>,
}

impl Along {
    fn new(choice: &Choice, totals: (usize, &[u64]), keys: &[u64]) -> Self {
        let (number, smaller) = totals;
        let total: Vec<usize> = keys.iter().map(|key| smaller.binary_search(&choice.without(*key)).unwrap_or(0)).collect();
        let mut lines = vec![Vec::new(); smaller.len()];
        total.iter().enumerate().for_each(|(cell, total)| lines.get_mut(*total).into_iter().for_each(|line| line.push(cell)));
        let kinds = choice.units.then(|| keys.iter().map(|key| choice.kind(*key)).collect());
        Along { totals: number, total, lines, kinds }
    }

    /// Places of the parts of each shown total.
    fn families(&self, answers: &[u64], threshold: u64) -> Vec<Vec<usize>> {
        let Some(kinds) = &self.kinds else { return self.lines.clone() };
        let split = |line: &Vec<usize>| {
            let kinds: Vec<_> = line.iter().map(|at| kinds.get(*at).copied().flatten()).collect();
            let own: Vec<u64> = line.iter().map(|at| answers.get(*at).copied().unwrap_or(0)).collect();
            let places = |family: Vec<usize>| family.iter().filter_map(|at| line.get(*at).copied()).collect::<Vec<usize>>();
            suppress::families_of_units(&kinds, &own, threshold).into_iter().map(places).collect::<Vec<_>>()
        };
        self.lines.iter().flat_map(split).collect()
    }
}

/// The tables of all choices and of fewer of them.
pub(super) struct Cells {
    /// In order of their sets of choices as binary numbers: the first is of no choice, the last of all, and none comes before one with fewer of its choices.
    tables: Vec<Table>,
    /// Cell of each row in the last table; `None` for rows of units that the survey does not have.
    of_row: Vec<Option<usize>>,
    /// Cell of each group asked for; `None` where there are no rows to ask for.
    asked: Vec<Option<usize>>,
    threshold: u64,
}

impl Cells {
    /// The tables for these groups under the filter.
    ///
    /// # Errors
    /// What the filter names and the survey does not have.
    pub(super) fn new(prepared: &Prepared, grouping: Grouping, list: &[Group]) -> Result<Self> {
        let mut choices = choices(prepared, grouping)?;
        let mut stride = 1u64;
        for choice in &mut choices {
            choice.stride = stride;
            stride = stride.checked_mul(choice.size).ok_or_else(|| Error::BadRequest("the filter makes too many cells".to_owned()))?;
        }
        let key_of_row = full_keys(prepared, &choices)?;
        let (full, of_row) = numbered(&key_of_row, stride);
        let place = |key: Option<u64>| key.and_then(|key| full.binary_search(&key).ok());
        let number = |choice: &Choice, group: &Group| {
            let same =
                |own: &&Group| own.unit == group.unit && own.category == group.category && (own.unit.is_some() || own.kind == group.kind);
            choice.taken.or_else(|| (1..).zip(&choice.list).find(|(_, own)| same(own)).map(|(n, _)| n))
        };
        let key_of = |group: &Group| choices.iter().map(|c| Some(number(c, group)? * c.stride)).sum();
        Ok(Cells {
            asked: list.iter().map(|group| place(key_of(group))).collect(),
            of_row,
            tables: tables(&choices, &full),
            threshold: prepared.threshold(),
        })
    }

    /// Whether each group asked for must be hidden, for a figure that rests on the rows for which `valid` holds.
    pub(super) fn hidden(&self, valid: impl Fn(usize) -> bool) -> Vec<bool> {
        let mut counts = vec![0u64; self.tables.last().map_or(0, |full| full.cells)];
        for (row, cell) in self.of_row.iter().enumerate() {
            if let Some(count) = cell.and_then(|cell| counts.get_mut(cell)).filter(|_| valid(row)) {
                *count += 1;
            }
        }
        let hidden = complete(&self.tables, &counts, self.threshold);
        self.asked.iter().map(|cell| cell.and_then(|cell| hidden.get(cell)).copied().unwrap_or(false)).collect()
    }
}

fn tables(choices: &[Choice], full: &[u64]) -> Vec<Table> {
    let uses = |table: usize, at: usize| table >> at & 1 == 1;
    let project = |table: usize, key: u64| {
        choices.iter().enumerate().filter(|(at, _)| !uses(table, *at)).fold(key, |key, (_, choice)| choice.without(key))
    };
    let keys_of = |table: usize| full.iter().map(|key| project(table, *key)).collect::<BTreeSet<_>>().into_iter().collect::<Vec<u64>>();
    let keys: Vec<Vec<u64>> = (0..1usize << choices.len()).map(keys_of).collect();
    let one = |(table, own): (usize, &Vec<u64>)| {
        let of_full = full.iter().map(|key| own.binary_search(&project(table, *key)).unwrap_or(0)).collect();
        let along = choices.iter().enumerate().filter(|(at, _)| uses(table, *at)).filter_map(|(at, choice)| {
            let smaller = table & !(1 << at);
            Some(Along::new(choice, (smaller, keys.get(smaller)?), own))
        });
        Table { of_full, cells: own.len(), along: along.collect() }
    };
    keys.iter().enumerate().map(one).collect()
}

/// Which cells of the last table are hidden, given the forms in each.
fn complete(tables: &[Table], counts: &[u64], threshold: u64) -> Vec<bool> {
    let mut hidden: Vec<Vec<bool>> = Vec::with_capacity(tables.len());
    for table in tables {
        let mut answers = vec![0u64; table.cells];
        for (n, cell) in counts.iter().zip(&table.of_full) {
            answers.get_mut(*cell).into_iter().for_each(|all| *all += n);
        }
        let of_hidden_total = |cell: usize| {
            let total = |along: &Along| hidden.get(along.totals)?.get(*along.total.get(cell)?).copied();
            table.along.iter().any(|along| total(along).unwrap_or(false))
        };
        let mut own: Vec<bool> = (0..).zip(&answers).map(|(cell, n)| suppress::too_few(*n, threshold) || of_hidden_total(cell)).collect();
        let families: Vec<Vec<usize>> = table.along.iter().flat_map(|along| along.families(&answers, threshold)).collect();
        suppress::withhold(&answers, &mut own, &families, threshold);
        hidden.push(own);
    }
    hidden.pop().unwrap_or_default()
}

/// Whether each figure of these rows must be hidden; they hold each measure of each group, group by group.
///
/// # Errors
/// What the filter names and the survey does not have.
pub(super) fn hidden(prepared: &Prepared, grouping: Grouping, list: &[Group], measures: &[&Measure], rows: &[Row]) -> Result<Vec<bool>> {
    if prepared.table().rows() == 0 {
        return Ok(vec![false; rows.len()]);
    }
    // Without a filter the groups are all there is, and their valid forms are known already; who is in no group is not.
    let plain = prepared.filter().is_empty() && !matches!(grouping, Grouping::Answer(_));
    let by_measure =
        if plain { of_groups(prepared, grouping, list, measures.len(), rows) } else { of_cells(prepared, grouping, list, measures)? };
    Ok((0..list.len()).flat_map(|group| by_measure.iter().map(move |own| own.get(group).copied().unwrap_or(false))).collect())
}

/// By measure, whether each group is hidden among the groups.
fn of_groups(prepared: &Prepared, grouping: Grouping, list: &[Group], measures: usize, rows: &[Row]) -> Vec<Vec<bool>> {
    let threshold = prepared.threshold();
    let one = |measure: usize| {
        let answers: Vec<u64> = rows.iter().skip(measure).step_by(measures).map(|row| row.n_valid).collect();
        let families = match grouping {
            Grouping::By(By::All) => Vec::new(),
            Grouping::By(By::Unit) => suppress::families_of_units(&list.iter().map(|g| g.kind).collect::<Vec<_>>(), &answers, threshold),
            _ => vec![(0..answers.len()).collect()],
        };
        let mut hidden: Vec<bool> = answers.iter().map(|n| suppress::too_few(*n, threshold)).collect();
        suppress::withhold(&answers, &mut hidden, &families, threshold);
        hidden
    };
    (0..measures).map(one).collect()
}

/// By measure, whether each group is hidden among all cells.
fn of_cells(prepared: &Prepared, grouping: Grouping, list: &[Group], measures: &[&Measure]) -> Result<Vec<Vec<bool>>> {
    let cells = Cells::new(prepared, grouping, list)?;
    let items = prepared.items()?;
    let valid: Vec<[bool; 256]> = items.iter().map(|item| valid(|code| item.scoring.score(code).is_some())).collect();
    let of_measure = |measure: &&Measure| {
        let own: Vec<(&[u8], &[bool; 256])> =
            slots(measure).into_iter().filter_map(|k| Some((items.get(k)?.codes, valid.get(k)?))).collect();
        let answered = |row: usize| {
            own.iter().any(|(codes, valid)| codes.get(row).and_then(|code| valid.get(usize::from(*code))).copied().unwrap_or(false))
        };
        cells.hidden(answered)
    };
    Ok(measures.par_iter().map(of_measure).collect())
}

fn valid(test: impl Fn(u8) -> bool) -> [bool; 256] {
    let mut valid = [false; 256];
    (0u8..=255).zip(valid.iter_mut()).for_each(|(code, valid)| *valid = test(code));
    valid
}

/// The items of a measure.
fn slots(measure: &Measure) -> Vec<usize> {
    match measure {
        Measure::Pooled(items) => items.clone(),
        Measure::Linear(terms) => terms.iter().map(|(item, _)| *item).collect(),
    }
}

/// The choices that are made; a unit is of one kind, so next to units the kind is none.
fn choices(prepared: &Prepared, grouping: Grouping) -> Result<Vec<Choice>> {
    let filter = prepared.filter();
    let mut all = Vec::new();
    if filter.unit.is_some() || grouping == Grouping::By(By::Unit) {
        let taken = |group: &Group| group.unit.is_some() && group.unit == filter.unit;
        all.push(Choice { units: true, ..choice(prepared, Grouping::By(By::Unit), taken)? });
    } else if filter.kind.is_some() || grouping == Grouping::By(By::Kind) {
        all.push(choice(prepared, Grouping::By(By::Kind), |group| group.kind.is_some() && group.kind == filter.kind)?);
    }
    let mode = filter.mode.map(|mode| mode.to_string());
    if mode.is_some() || grouping == Grouping::By(By::Mode) {
        all.push(choice(prepared, Grouping::By(By::Mode), |group| mode.is_some() && group.category == mode)?);
    }
    let questionnaire = prepared.open().questionnaire();
    let service = filter.service.as_ref().and(service_question(questionnaire)).and_then(|q| questionnaire.position(&q.code));
    if let Some(position) = service {
        all.push(choice(prepared, Grouping::Answer(position), |group| group.category == filter.service)?);
    }
    if matches!(grouping, Grouping::Answer(position) if Some(position) != service) || grouping == Grouping::By(By::Month) {
        all.push(choice(prepared, grouping, |_| false)?);
    }
    let period = Filter { from: filter.from, until: filter.until, ..Filter::default() };
    if let Some(inside) = period.rows(prepared.table(), questionnaire).map_err(Error::BadRequest)? {
        let of_row = inside.into_iter().map(|inside| if inside { 1 } else { 2 }).collect();
        all.push(Choice { of_row, list: Vec::new(), taken: Some(1), units: false, stride: 1, size: 3 });
    }
    Ok(all)
}

/// The categories of a grouping of all responses; those in no group have the number after the last.
fn choice(prepared: &Prepared, grouping: Grouping, taken: impl Fn(&Group) -> bool) -> Result<Choice> {
    let found = groups(prepared.open(), prepared.table(), &Filter::default(), grouping).map_err(Error::BadRequest)?;
    let rest = u64::try_from(found.list.len()).map_err(|e| Error::Internal(e.to_string()))? + 1;
    let of_row = found.of_row.par_iter().map(|group| if *group == NO_DOMAIN { rest } else { u64::from(*group) + 1 }).collect();
    let taken = (1..).zip(&found.list).find(|(_, group)| taken(group)).map(|(n, _)| n);
    Ok(Choice { of_row, taken, list: found.list, units: false, stride: 1, size: rest + 1 })
}

/// Most keys for which each has a place in memory.
const DENSE: usize = 1 << 22;

/// The keys that occur, in order, and the place among them of each row's; all are below `space`.
fn numbered(keys: &[Option<u64>], space: u64) -> (Vec<u64>, Vec<Option<usize>>) {
    let Some(space) = usize::try_from(space).ok().filter(|space| *space <= DENSE) else {
        let full: Vec<u64> = keys.iter().flatten().copied().collect::<BTreeSet<_>>().into_iter().collect();
        let of_row = keys.par_iter().map(|key| key.and_then(|key| full.binary_search(&key).ok())).collect();
        return (full, of_row);
    };
    let at = |key: u64| usize::try_from(key).unwrap_or(usize::MAX);
    let mut place = vec![None; space];
    keys.iter().flatten().for_each(|key| place.get_mut(at(*key)).into_iter().for_each(|place| *place = Some(0)));
    let mut full = Vec::new();
    for (key, place) in (0u64..).zip(&mut place).filter(|(_, place)| place.is_some()) {
        *place = Some(full.len());
        full.push(key);
    }
    let of_row = keys.par_iter().map(|key| key.and_then(|key| place.get(at(key)).copied().flatten())).collect();
    (full, of_row)
}

/// Key of each row's cell.
fn full_keys(prepared: &Prepared, choices: &[Choice]) -> Result<Vec<Option<u64>>> {
    let all = groups(prepared.open(), prepared.table(), &Filter::default(), Grouping::By(By::All)).map_err(Error::BadRequest)?;
    let one = |(row, group): (usize, &u32)| {
        let key = || choices.iter().map(|choice| choice.of_row.get(row).map_or(0, |n| n * choice.stride)).sum();
        (*group != NO_DOMAIN).then(key)
    };
    Ok(all.of_row.par_iter().enumerate().map(one).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_numbered_alike_whether_few_or_many_are_possible() {
        let keys = [Some(7), None, Some(3), Some(7), Some(0)];
        let expected = (vec![0, 3, 7], vec![Some(2), None, Some(1), Some(2), Some(0)]);
        assert_eq!(numbered(&keys, 8), expected);
        assert_eq!(numbered(&keys, u64::MAX), expected);
    }
}
