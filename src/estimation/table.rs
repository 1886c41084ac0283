//! A survey's responses as columns: one byte an answer, dense numbers for units, strata and PSUs.

use std::collections::HashMap;

/// What a response brings to an estimate.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    /// Code of its unit.
    pub unit: &'a str,
    /// Sampling stratum; the unit when none.
    pub stratum: Option<&'a str>,
    /// PSU within the stratum; the respondent when none.
    pub psu: Option<&'a str>,
    /// Base weight; 1 when none.
    pub weight: Option<f64>,
    /// Closed answers.
    pub codes: &'a [u8],
}

/// The columns.
#[derive(Debug, Clone, Default)]
pub struct ResponseTable {
    /// Position of each item's byte in the stored codes.
    offsets: Vec<usize>,
    /// Codes of the units that have responses, by their number.
    pub units: Vec<String>,
    /// Unit of each row.
    pub unit: Vec<u32>,
    /// Stratum of each row.
    pub stratum: Vec<u32>,
    /// PSU of each row, unique over strata.
    pub psu: Vec<u32>,
    /// Whether any row belongs to a named PSU.
    pub clustered: bool,
    /// Base weight of each row.
    pub weight: Vec<f64>,
    /// Answers: item by item, one byte a row.
    pub items: Vec<Vec<u8>>,
    unit_numbers: HashMap<String, u32>,
    stratum_numbers: HashMap<String, u32>,
    psu_numbers: HashMap<(u32, String), u32>,
    psus: u32,
}

impl ResponseTable {
    /// An empty table for the items at these byte positions.
    #[must_use]
    pub fn new(offsets: Vec<usize>) -> Self {
        ResponseTable { items: vec![Vec::new(); offsets.len()], offsets, ..ResponseTable::default() }
    }

    /// Adds a response. A position that the codes do not have counts as unanswered.
    pub fn push(&mut self, line: Line<'_>) {
        let unit = match self.unit_numbers.get(line.unit) {
            Some(n) => *n,
            None => {
                self.units.push(line.unit.to_owned());
                number(&mut self.unit_numbers, line.unit)
            }
        };
        let stratum_name = line.stratum.unwrap_or(line.unit);
        let stratum = self.stratum_numbers.get(stratum_name).copied().unwrap_or_else(|| number(&mut self.stratum_numbers, stratum_name));
        let psu = match line.psu {
            Some(name) => {
                self.clustered = true;
                let next = &mut self.psus;
                *self.psu_numbers.entry((stratum, name.to_owned())).or_insert_with(|| post_increment(next))
            }
            None => post_increment(&mut self.psus),
        };
        self.unit.push(unit);
        self.stratum.push(stratum);
        self.psu.push(psu);
        self.weight.push(line.weight.unwrap_or(1.0));
        for (column, offset) in self.items.iter_mut().zip(&self.offsets) {
            column.push(line.codes.get(*offset).copied().unwrap_or(0));
        }
    }

    /// Number of responses.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.unit.len()
    }
}

fn post_increment(n: &mut u32) -> u32 {
    let now = *n;
    *n += 1;
    now
}

fn number(known: &mut HashMap<String, u32>, name: &str) -> u32 {
    let n = u32::try_from(known.len()).unwrap_or(u32::MAX);
    known.insert(name.to_owned(), n);
    n
}
