//! A survey's responses as columns: closed answers byte by byte, and what they are grouped and weighted by.
//!
//! Streams are apart from each other, because their figures are never mixed. Names (of units, strata, PSUs) are numbered in the order they first occur.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use rayon::prelude::*;

use crate::db::types::Day;
use crate::surveys::{Mode, Stream};

/// What a response brings to an estimate.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    /// Code of its unit.
    pub unit: &'a str,
    /// By which means it was answered.
    pub mode: Mode,
    /// Day of sending.
    pub day: Day,
    /// Sampling stratum; the unit when none.
    pub stratum: Option<&'a str>,
    /// PSU within the stratum; the respondent when none.
    pub psu: Option<&'a str>,
    /// Base weight; 1 when none.
    pub weight: Option<f64>,
    /// Closed answers.
    pub codes: &'a [u8],
}

/// All responses of a survey. A copy shares its columns with the original until one of them grows.
#[derive(Debug, Clone)]
pub struct SurveyTable {
    generation: u64,
    streams: BTreeMap<Stream, Arc<ResponseTable>>,
    empty: Arc<ResponseTable>,
}

impl SurveyTable {
    /// An empty table for answers of so many bytes.
    #[must_use]
    pub fn new(code_bytes: usize) -> Self {
        SurveyTable { generation: 0, streams: BTreeMap::new(), empty: Arc::new(ResponseTable::new(code_bytes)) }
    }

    /// Adds a response. Copies of the table made before do not see it.
    pub fn push(&mut self, stream: Stream, line: Line<'_>) {
        let table = self.streams.entry(stream).or_insert_with(|| Arc::clone(&self.empty));
        Arc::make_mut(table).push(line);
    }

    /// Another number for each state of the survey's responses, as long as the program runs.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Gives the state another number.
    pub fn renew(&mut self, generation: u64) {
        self.generation = generation;
    }

    /// The responses of one stream.
    #[must_use]
    pub fn stream(&self, stream: Stream) -> &Arc<ResponseTable> {
        self.streams.get(&stream).unwrap_or(&self.empty)
    }

    /// Memory it takes, in bytes; names are estimated.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.streams.values().map(|t| t.bytes()).sum()
    }
}

/// The columns of one stream; all have one entry a response, in the order of arrival.
#[derive(Debug, Clone, Default)]
pub struct ResponseTable {
    /// Codes of the units that have responses, by their number.
    pub units: Vec<String>,
    /// Unit of each row.
    pub unit: Vec<u32>,
    /// Stratum of each row.
    pub stratum: Vec<u32>,
    /// PSU of each row, unique over strata; empty while no row belongs to a named PSU, for then each row is its own.
    pub psu: Vec<u32>,
    /// Base weight of each row.
    pub weight: Vec<f64>,
    /// By which means each row was answered.
    pub mode: Vec<Mode>,
    /// Day of sending of each row.
    pub day: Vec<Day>,
    /// Closed answers: one column for each byte of the stored codes.
    codes: Vec<Vec<u8>>,
    unit_numbers: HashMap<String, u32>,
    /// Stratum that has the unit's name, by unit number, once it occurred.
    stratum_of_unit: Vec<Option<u32>>,
    stratum_numbers: HashMap<String, u32>,
    psu_names: HashMap<String, u32>,
    psu_numbers: HashMap<(u32, u32), u32>,
    psus: u32,
}

impl ResponseTable {
    /// An empty table for answers of so many bytes.
    #[must_use]
    pub fn new(code_bytes: usize) -> Self {
        ResponseTable { codes: vec![Vec::new(); code_bytes], ..ResponseTable::default() }
    }

    /// The first and the last day of sending; `None` without rows.
    #[must_use]
    pub fn days(&self) -> Option<(Day, Day)> {
        self.day.par_iter().min().copied().zip(self.day.par_iter().max().copied())
    }

    /// Adds a response. Bytes that its codes do not have count as unanswered.
    pub fn push(&mut self, line: Line<'_>) {
        if self.unit.len() == self.unit.capacity() {
            self.grow();
        }
        let unit = self.unit_number(line.unit);
        let stratum = self.stratum_number(unit, line);
        self.push_psu(stratum, line.psu);
        self.unit.push(unit);
        self.stratum.push(stratum);
        self.weight.push(line.weight.unwrap_or(1.0));
        self.mode.push(line.mode);
        self.day.push(line.day);
        let mut codes = line.codes.iter();
        for column in &mut self.codes {
            column.push(codes.next().copied().unwrap_or(0));
        }
    }

    /// Number of responses.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.unit.len()
    }

    /// Whether any row belongs to a named PSU.
    #[must_use]
    pub fn clustered(&self) -> bool {
        !self.psu.is_empty()
    }

    /// Byte `offset` of every row's codes; `None` beyond their end.
    #[must_use]
    pub fn codes(&self, offset: usize) -> Option<&[u8]> {
        self.codes.get(offset).map(Vec::as_slice)
    }

    /// Memory it takes, in bytes; names are estimated.
    #[must_use]
    pub fn bytes(&self) -> usize {
        /// A name with its places in map and list.
        const NAME: usize = 100;
        let names = self.units.len() + self.stratum_numbers.len() + self.psu_names.len() + self.psu_numbers.len();
        let numbers = (self.unit.capacity() + self.stratum.capacity() + self.psu.capacity()) * size_of::<u32>();
        let others =
            self.weight.capacity() * size_of::<f64>() + self.day.capacity() * size_of::<Day>() + self.mode.capacity() * size_of::<Mode>();
        numbers + others + self.codes.iter().map(Vec::capacity).sum::<usize>() + names * NAME
    }

    /// Makes room for an eighth more rows in every column: doubling would hold twice what is needed.
    fn grow(&mut self) {
        let more = self.rows() / 8 + 64;
        self.unit.reserve_exact(more);
        self.stratum.reserve_exact(more);
        self.weight.reserve_exact(more);
        self.mode.reserve_exact(more);
        self.day.reserve_exact(more);
        for column in &mut self.codes {
            column.reserve_exact(more);
        }
        if self.clustered() {
            self.psu.reserve_exact(more);
        }
    }

    fn unit_number(&mut self, code: &str) -> u32 {
        match self.unit_numbers.get(code) {
            Some(n) => *n,
            None => {
                self.units.push(code.to_owned());
                self.stratum_of_unit.push(None);
                number(&mut self.unit_numbers, code)
            }
        }
    }

    fn stratum_number(&mut self, unit: u32, line: Line<'_>) -> u32 {
        match line.stratum {
            Some(name) => number(&mut self.stratum_numbers, name),
            None => match usize::try_from(unit).ok().and_then(|u| self.stratum_of_unit.get_mut(u)) {
                Some(Some(stratum)) => *stratum,
                Some(unknown) => *unknown.insert(number(&mut self.stratum_numbers, line.unit)),
                None => number(&mut self.stratum_numbers, line.unit),
            },
        }
    }

    fn push_psu(&mut self, stratum: u32, name: Option<&str>) {
        if name.is_some() && !self.clustered() {
            // Until now each row was its own PSU.
            self.psus = u32::try_from(self.rows()).unwrap_or(u32::MAX);
            self.psu.reserve_exact(self.unit.capacity());
            self.psu.extend(0..self.psus);
        } else if name.is_none() && !self.clustered() {
            return;
        }
        let next = &mut self.psus;
        let psu = match name {
            Some(name) => *self.psu_numbers.entry((stratum, number(&mut self.psu_names, name))).or_insert_with(|| post_increment(next)),
            None => post_increment(next),
        };
        self.psu.push(psu);
    }
}

fn post_increment(n: &mut u32) -> u32 {
    let now = *n;
    *n += 1;
    now
}

/// The number of a name; the next one for a new name.
fn number(known: &mut HashMap<String, u32>, name: &str) -> u32 {
    if let Some(n) = known.get(name) {
        return *n;
    }
    let n = u32::try_from(known.len()).unwrap_or(u32::MAX);
    known.insert(name.to_owned(), n);
    n
}
