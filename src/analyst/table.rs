//! The columns of a data file that a specification needs, in memory.
//!
//! A column of identifiers or categories is a number for each of its distinct texts, one byte a row as long as there are few; a column
//! of measurements is 8 bytes a row. Columns that nobody asks for take no memory.

use std::cmp::Ordering;
use std::collections::HashMap;

/// How a column is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// As numbers; a cell that is neither a number nor missing is a mistake.
    Numbers,
    /// As texts to be told apart.
    Levels,
    /// As numbers if all cells are, otherwise as texts.
    Either,
    /// Only whether it is missing.
    Presence,
}

/// The rows of a file.
#[derive(Debug, Clone, Default)]
pub struct Table {
    rows: usize,
    columns: HashMap<String, Column>,
}

/// One column, in the forms it was asked for.
#[derive(Debug, Clone, Default)]
pub struct Column {
    /// Values, NaN where missing.
    pub numbers: Option<Vec<f64>>,
    /// Distinct texts.
    pub levels: Option<Levels>,
}

/// Distinct texts of a column and the one of each row.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Levels {
    /// The texts, in order of first appearance.
    pub names: Vec<String>,
    ids: Ids,
}

/// Level of each row; the largest number means missing.
#[derive(Debug, Clone, PartialEq)]
enum Ids {
    Narrow(Vec<u8>),
    Wide(Vec<u32>),
}

impl Default for Ids {
    fn default() -> Self {
        Ids::Narrow(Vec::new())
    }
}

impl Table {
    /// A table of `rows` rows.
    #[must_use]
    pub fn new(rows: usize, columns: HashMap<String, Column>) -> Self {
        Self { rows, columns }
    }

    /// Number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// A column, if it was read.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.get(name)
    }
}

impl Column {
    /// Whether a row has no value.
    #[must_use]
    pub fn missing(&self, row: usize) -> bool {
        match (&self.levels, &self.numbers) {
            (Some(levels), _) => levels.of(row).is_none(),
            (None, Some(numbers)) => numbers.get(row).is_none_or(|value| value.is_nan()),
            (None, None) => true,
        }
    }
}

impl Levels {
    /// Level of a row; `None` where missing.
    #[must_use]
    pub fn of(&self, row: usize) -> Option<u32> {
        match &self.ids {
            Ids::Narrow(ids) => ids.get(row).filter(|id| **id != u8::MAX).map(|id| u32::from(*id)),
            Ids::Wide(ids) => ids.get(row).copied().filter(|id| *id != u32::MAX),
        }
    }

    /// Number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        match &self.ids {
            Ids::Narrow(ids) => ids.len(),
            Ids::Wide(ids) => ids.len(),
        }
    }

    /// Adds a row.
    pub fn push(&mut self, id: Option<u32>) {
        if let Ids::Narrow(ids) = &mut self.ids {
            match id {
                None => return ids.push(u8::MAX),
                Some(id) if id < u32::from(u8::MAX) => return ids.push(id.to_le_bytes()[0]),
                Some(_) => self.widen(),
            }
        }
        if let Ids::Wide(ids) = &mut self.ids {
            ids.push(id.unwrap_or(u32::MAX));
        }
    }

    /// Adds the rows of other levels, whose level `i` is `numbers[i]` here.
    pub fn append(&mut self, other: &Levels, numbers: &[u32]) {
        if numbers.iter().any(|id| *id >= u32::from(u8::MAX)) && matches!(self.ids, Ids::Narrow(_)) {
            self.widen();
        }
        if let (Ids::Narrow(ids), Ids::Narrow(more)) = (&mut self.ids, &other.ids) {
            let mut translated = [u8::MAX; 256];
            for (place, id) in translated.iter_mut().zip(numbers) {
                *place = id.to_le_bytes()[0];
            }
            ids.extend(more.iter().map(|id| translated.get(usize::from(*id)).copied().unwrap_or(u8::MAX)));
            return;
        }
        for row in 0..other.rows() {
            self.push(other.of(row).and_then(|id| numbers.get(id as usize)).copied());
        }
    }

    fn widen(&mut self) {
        if let Ids::Narrow(ids) = &self.ids {
            self.ids = Ids::Wide(ids.iter().map(|id| if *id == u8::MAX { u32::MAX } else { u32::from(*id) }).collect());
        }
    }

    /// A number for each row: `numbers[level]`, `missing` where missing.
    #[must_use]
    pub fn translated<T: Copy>(&self, numbers: &[T], missing: T) -> Vec<T> {
        let of = |id: usize| numbers.get(id).copied().unwrap_or(missing);
        match &self.ids {
            Ids::Narrow(ids) => {
                let table: Vec<T> = (0..256).map(of).collect();
                ids.iter().map(|id| table.get(usize::from(*id)).copied().unwrap_or(missing)).collect()
            }
            Ids::Wide(ids) => ids.iter().map(|id| of(*id as usize)).collect(),
        }
    }

    /// Levels in sort order: by value where all are numbers, otherwise by their bytes. Position → level.
    #[must_use]
    pub fn sorted(&self) -> Vec<u32> {
        let numbers: Option<Vec<f64>> = self.names.iter().map(|name| parse_number(name)).collect();
        let mut order: Vec<u32> = (0..u32::try_from(self.names.len()).unwrap_or(u32::MAX)).collect();
        let name = |level: &u32| self.names.get(*level as usize).map_or("", String::as_str);
        order.sort_by(|a, b| {
            let by_value = numbers.as_ref().and_then(|of| Some(of.get(*a as usize)?.total_cmp(of.get(*b as usize)?)));
            by_value.unwrap_or(Ordering::Equal).then_with(|| name(a).cmp(name(b)))
        });
        order
    }

    /// The level with this text; where none is written so, the one with the same value as a number.
    #[must_use]
    pub fn find(&self, text: &str) -> Option<u32> {
        let exact = self.names.iter().position(|name| name == text);
        let value = parse_number(text);
        let place = exact.or_else(|| value.and_then(|value| self.names.iter().position(|name| parse_number(name) == Some(value))));
        place.and_then(|place| u32::try_from(place).ok())
    }
}

/// A finite number, with spaces around it allowed.
#[must_use]
pub fn parse_number(text: &str) -> Option<f64> {
    text.trim_ascii().parse::<f64>().ok().filter(|value| value.is_finite())
}

/// Whether two texts stand for the same value: the same text, or the same number.
#[must_use]
pub fn same_value(a: &str, b: &str) -> bool {
    a == b || parse_number(a).zip(parse_number(b)).is_some_and(|(a, b)| a == b)
}
