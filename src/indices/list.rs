//! The CSV files of indices: read strictly, written so that reading gives the same rows.
//!
//! Two kinds, told apart by their first line: the indices ([`INDEX_COLUMNS`]) and their values ([`VALUE_COLUMNS`]). Columns may stand in any order. Every
//! mistake is told with line, column and what to write; nothing is guessed.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{Index, IndexValue, Level, MeasuredIn, NewValue};
use crate::web::cells::{guarded, unguarded};

/// Columns of a list of indices.
pub const INDEX_COLUMNS: [&str; 5] = ["code", "name_vi", "name_en", "measured_in", "largest"];

/// Columns of a list of values.
pub const VALUE_COLUMNS: [&str; 17] = [
    "index",
    "measure",
    "measure_en",
    "level",
    "unit",
    "unit_en",
    "unit_code",
    "year",
    "value",
    "rank",
    "of",
    "method",
    "method_seen",
    "derived",
    "source",
    "note",
    "note_en",
];
/// Those that a list of values must have.
const NEEDED: [&str; 5] = ["index", "level", "unit", "year", "source"];

/// Most bytes and rows of a file, and most mistakes that are told at once.
pub const MOST_BYTES: usize = 4_000_000;
const MOST_ROWS: usize = 20_000;
const MOST_TOLD: usize = 30;
/// Most characters of a cell: names and methods, and texts.
const NAME: usize = 200;
const TEXT: usize = 2_000;
/// Years that can have been measured.
const YEARS: std::ops::RangeInclusive<i64> = 1990..=2100;

/// One thing that is wrong. The words for each kind are `index-wrong-<kind>`, with these values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// Line of the file; none in a form.
    pub line: Option<u64>,
    /// Column; none when the line or file as a whole is meant.
    pub column: Option<&'static str>,
    /// What it is.
    pub kind: &'static str,
    /// Values for its words.
    pub values: Vec<(&'static str, String)>,
}

impl Wrong {
    fn at(line: u64, kind: &'static str, values: &[(&'static str, String)]) -> Self {
        Wrong { line: Some(line), column: None, kind, values: values.to_vec() }
    }

    fn in_column(column: &'static str, kind: &'static str, values: &[(&'static str, String)]) -> Self {
        Wrong { line: None, column: Some(column), kind, values: values.to_vec() }
    }
}

/// What a file holds, each with the line it begins on.
#[derive(Debug, Clone, PartialEq)]
pub enum Listed {
    /// Indices.
    Indices(Vec<(u64, Index)>),
    /// Values.
    Values(Vec<(u64, NewValue)>),
}

/// Cells of one row by column, and what is wrong with them.
pub struct Cells<'a> {
    by_column: BTreeMap<&'a str, String>,
    /// What is wrong.
    pub wrong: Vec<Wrong>,
}

impl<'a> Cells<'a> {
    /// The cells of a row, blanks around and between words made single.
    #[must_use]
    pub fn new(cells: impl Iterator<Item = (&'a str, &'a str)>) -> Self {
        let tidy = |cell: &str| unguarded(cell.trim()).split_whitespace().collect::<Vec<_>>().join(" ");
        Cells { by_column: cells.map(|(column, cell)| (column, tidy(cell))).collect(), wrong: Vec::new() }
    }

    fn get(&self, column: &str) -> Option<String> {
        self.by_column.get(column).filter(|c| !c.is_empty()).cloned()
    }

    fn find(&mut self, column: &'static str, kind: &'static str, values: &[(&'static str, String)]) {
        self.wrong.push(Wrong::in_column(column, kind, values));
    }

    fn is_wrong(&self, columns: &[&str]) -> bool {
        self.wrong.iter().any(|w| w.column.is_some_and(|c| columns.contains(&c)))
    }

    fn text(&mut self, column: &'static str, most: usize) -> Option<String> {
        let text = self.get(column)?;
        if text.chars().count() > most || text.chars().any(char::is_control) {
            self.find(column, "text", &[("most", most.to_string())]);
        } else if text.chars().any(|c| ('\u{300}'..='\u{36f}').contains(&c)) {
            // A letter and its accent as two characters look right and are another name.
            self.find(column, "accents", &[]);
        }
        Some(text)
    }

    fn needed(&mut self, column: &'static str, most: usize) -> String {
        let text = self.text(column, most);
        if text.is_none() {
            self.find(column, "empty", &[]);
        }
        text.unwrap_or_default()
    }

    fn word<T: std::str::FromStr>(&mut self, column: &'static str, words: &[&str], otherwise: T) -> T {
        let word = self.needed(column, NAME);
        word.parse().unwrap_or_else(|_| {
            if !word.is_empty() {
                self.find(column, "word", &[("given", word), ("words", words.join(", "))]);
            }
            otherwise
        })
    }

    fn number(&mut self, column: &'static str) -> Option<f64> {
        let cell = self.get(column)?;
        let plain = cell.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        let number = cell.parse::<f64>().ok().filter(|n| plain && n.is_finite());
        if number.is_none() {
            self.find(column, "number", &[("given", cell)]);
        }
        number
    }

    fn whole(&mut self, column: &'static str) -> Option<i64> {
        let cell = self.get(column)?;
        let plain = cell.bytes().all(|b| b.is_ascii_digit());
        let number = cell.parse::<i64>().ok().filter(|n| plain && *n >= 1);
        if number.is_none() {
            self.find(column, "whole", &[("given", cell)]);
        }
        number
    }

    fn yes(&mut self, column: &'static str, otherwise: bool) -> bool {
        match self.get(column).as_deref() {
            None => otherwise,
            Some("yes") => true,
            Some("no") => false,
            Some(other) => {
                let given = other.to_owned();
                self.find(column, "yes", &[("given", given)]);
                otherwise
            }
        }
    }

    fn code(&mut self, column: &'static str) -> String {
        let code = self.needed(column, NAME);
        let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !code.is_empty() && (code.len() > 60 || !code.chars().all(good)) {
            self.find(column, "code", &[("given", code.clone())]);
        }
        code
    }

    fn index(&mut self) -> Index {
        let largest = self.number("largest").unwrap_or(0.0);
        if largest <= 0.0 && !self.is_wrong(&["largest"]) {
            self.find("largest", "largest", &[]);
        }
        let kinds: Vec<&str> = MeasuredIn::ALL.iter().map(|m| m.as_str()).collect();
        Index {
            code: self.code("code"),
            name_vi: self.needed("name_vi", NAME),
            name_en: self.needed("name_en", NAME),
            measured_in: self.word("measured_in", &kinds, MeasuredIn::Percent),
            largest,
        }
    }

    fn year(&mut self) -> i64 {
        let year = self.whole("year").unwrap_or_default();
        if !YEARS.contains(&year) && !self.is_wrong(&["year"]) {
            self.find("year", "year", &[("from", YEARS.start().to_string()), ("to", YEARS.end().to_string())]);
        }
        year
    }

    /// Reads a value. What is wrong stands in `wrong` afterwards.
    pub fn value(&mut self) -> NewValue {
        let (value, place, places) = (self.number("value"), self.whole("rank"), self.whole("of"));
        if !self.is_wrong(&["value", "rank", "of"]) {
            match (value, place, places) {
                (None, None, _) => self.find("value", "nothing", &[]),
                (_, None, Some(_)) => self.find("of", "no-rank", &[]),
                (_, Some(place), Some(places)) if place > places => self.find("rank", "behind", &[]),
                _ => {}
            }
        }
        let levels: Vec<&str> = Level::ALL.iter().map(|l| l.as_str()).collect();
        NewValue {
            index_code: self.code("index"),
            measure: self.text("measure", NAME).unwrap_or_default(),
            measure_en: self.text("measure_en", NAME),
            level: self.word("level", &levels, Level::Unit),
            unit: self.needed("unit", NAME),
            unit_en: self.text("unit_en", NAME),
            unit_code: self.text("unit_code", NAME),
            year: self.year(),
            value,
            place,
            places,
            method: self.text("method", NAME),
            method_seen: self.yes("method_seen", true),
            derived: self.yes("derived", false),
            source: self.needed("source", TEXT),
            note: self.text("note", TEXT),
            note_en: self.text("note_en", TEXT),
        }
    }
}

/// Whether it is a list of indices, by its first line.
fn is_list_of_indices(header: &[String]) -> Result<bool, Vec<Wrong>> {
    let mut wrong = Vec::new();
    let is_indices = header.iter().any(|c| c == "measured_in" || c == "largest");
    let (known, needed): (&[&str], &[&str]) = if is_indices { (&INDEX_COLUMNS, &INDEX_COLUMNS) } else { (&VALUE_COLUMNS, &NEEDED) };
    let mut seen = BTreeSet::new();
    for column in header {
        let given = || ("given", column.chars().take(60).collect::<String>());
        if !known.contains(&column.as_str()) {
            wrong.push(Wrong::at(1, "column", &[given(), ("columns", known.join(", "))]));
        } else if !seen.insert(column.as_str()) {
            wrong.push(Wrong::at(1, "column-twice", &[given()]));
        }
    }
    let missing: Vec<&str> = needed.iter().copied().filter(|c| !header.iter().any(|h| h == c)).collect();
    if !missing.is_empty() {
        wrong.push(Wrong::at(1, "columns-missing", &[("columns", missing.join(", "))]));
    }
    wrong.truncate(MOST_TOLD);
    if wrong.is_empty() { Ok(is_indices) } else { Err(wrong) }
}

/// The text of a file.
fn text_of(bytes: &[u8]) -> Result<&str, Vec<Wrong>> {
    if bytes.len() > MOST_BYTES {
        return Err(vec![Wrong::at(1, "large", &[("most", MOST_BYTES.to_string())])]);
    }
    let text = std::str::from_utf8(bytes).map_err(|e| {
        let line = bytes.iter().take(e.valid_up_to()).filter(|b| **b == b'\n').count();
        vec![Wrong::at(u64::try_from(line).unwrap_or(0) + 1, "utf8", &[])]
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// Reads a file.
///
/// # Errors
/// Every mistake with line, column and remedy, the first 30 of them.
pub fn read(bytes: &[u8]) -> Result<Listed, Vec<Wrong>> {
    let text = text_of(bytes)?;
    let unreadable = |e: &csv::Error| vec![Wrong::at(e.position().map_or(1, csv::Position::line), "unreadable", &[])];
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let header: Vec<String> = reader.headers().map_err(|e| unreadable(&e))?.iter().map(|h| h.trim().to_owned()).collect();
    let is_indices = is_list_of_indices(&header)?;
    let (mut indices, mut values, mut wrong) = (Vec::new(), Vec::new(), Vec::new());
    for record in reader.records() {
        let record = record.map_err(|e| unreadable(&e))?;
        let line = record.position().map_or(0, csv::Position::line);
        let rows = indices.len() + values.len();
        if record.get(0).is_some_and(|first| first.trim() == "# rows") {
            // The last line of an export says how many rows there are.
            if record.get(1).and_then(|n| n.trim().parse::<usize>().ok()) != Some(rows) {
                wrong.push(Wrong::at(line, "cut-short", &[("rows", rows.to_string())]));
            }
        } else if record.len() != header.len() {
            wrong.push(Wrong::at(line, "cells", &[("cells", record.len().to_string()), ("columns", header.len().to_string())]));
        } else if rows >= MOST_ROWS {
            wrong.push(Wrong::at(line, "rows", &[("most", MOST_ROWS.to_string())]));
            break;
        } else {
            let mut cells = Cells::new(header.iter().map(String::as_str).zip(record.iter()));
            if is_indices {
                indices.push((line, cells.index()))
            } else {
                values.push((line, cells.value()))
            }
            wrong.extend(cells.wrong.into_iter().map(|w| Wrong { line: Some(line), ..w }));
        }
        if wrong.len() >= MOST_TOLD {
            break;
        }
    }
    wrong.extend(twice(indices.iter().map(|(line, i)| (*line, &i.code))));
    wrong.extend(twice(values.iter().map(|(line, v)| (*line, (&v.index_code, &v.measure, v.level, &v.unit, v.year)))));
    wrong.truncate(MOST_TOLD);
    match (wrong.is_empty(), is_indices) {
        (false, _) => Err(wrong),
        (true, _) if indices.is_empty() && values.is_empty() => Err(vec![Wrong::at(2, "no-rows", &[])]),
        (true, true) => Ok(Listed::Indices(indices)),
        (true, false) => Ok(Listed::Values(values)),
    }
}

/// Rows about the same thing: which would count depended on their order.
fn twice<K: Ord>(rows: impl Iterator<Item = (u64, K)>) -> Vec<Wrong> {
    let mut seen: BTreeMap<K, u64> = BTreeMap::new();
    let mut wrong = Vec::new();
    for (line, key) in rows {
        if let Some(before) = seen.insert(key, line) {
            wrong.push(Wrong::at(line, "twice", &[("before", before.to_string())]));
        }
    }
    wrong
}

/// What is wrong with a value, given the indices there are.
#[must_use]
pub fn unfit(value: &NewValue, indices: &[Index]) -> Option<Wrong> {
    let Some(index) = indices.iter().find(|i| i.code == value.index_code) else {
        let codes: Vec<&str> = indices.iter().map(|i| i.code.as_str()).collect();
        return Some(Wrong::in_column("index", "index", &[("given", value.index_code.clone()), ("codes", codes.join(", "))]));
    };
    let above = value.value.filter(|v| *v > index.largest)?;
    let values = [("given", above.to_string()), ("largest", index.largest.to_string()), ("index", index.code.clone())];
    Some(Wrong::in_column("value", "above", &values))
}

/// The indices of a file that are too small for a value that is stored, given the largest stored value of each.
#[must_use]
pub fn too_small(indices: &[(u64, Index)], stored: &BTreeMap<String, f64>) -> Vec<Wrong> {
    let wrong = indices.iter().filter_map(|(line, index)| {
        let above = stored.get(&index.code).filter(|v| **v > index.largest)?;
        let values = [("given", index.largest.to_string()), ("stored", above.to_string()), ("index", index.code.clone())];
        Some(Wrong { line: Some(*line), ..Wrong::in_column("largest", "too-small", &values) })
    });
    wrong.take(MOST_TOLD).collect()
}

/// What is wrong with rows of a file, given the indices there are.
#[must_use]
pub fn unfitting(values: &[(u64, NewValue)], indices: &[Index]) -> Vec<Wrong> {
    let wrong = values.iter().filter_map(|(line, v)| unfit(v, indices).map(|w| Wrong { line: Some(*line), ..w }));
    wrong.take(MOST_TOLD).collect()
}

/// Writes values, in the order given. The last line says how many rows there are, so that a file that was cut short is noticed.
///
/// # Errors
/// Those of the CSV writer.
pub fn write(values: &[IndexValue]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    writer.write_record(VALUE_COLUMNS)?;
    let text = |t: &Option<String>| t.as_deref().map(guarded).unwrap_or_default();
    let whole = |n: Option<i64>| n.map(|n| n.to_string()).unwrap_or_default();
    let yes = |b: bool| if b { "yes" } else { "no" }.to_owned();
    for v in values {
        writer.write_record([
            v.index_code.clone(),
            guarded(&v.measure),
            text(&v.measure_en),
            v.level.as_str().to_owned(),
            guarded(&v.unit),
            text(&v.unit_en),
            text(&v.unit_code),
            v.year.to_string(),
            v.value.map(|n| n.to_string()).unwrap_or_default(),
            whole(v.place),
            whole(v.places),
            text(&v.method),
            yes(v.method_seen),
            yes(v.derived),
            guarded(&v.source),
            text(&v.note),
            text(&v.note_en),
        ])?;
    }
    writer.write_record(["# rows", &values.len().to_string()])?;
    writer.into_inner().map_err(|e| e.into_error().into())
}
