//! Reading CSV files: the data in blocks that are parsed side by side, and the small files beside it.
//!
//! A block ends at the last line end that is outside quotes, so a quoted text may run over lines. Memory holds some blocks and the
//! columns asked for, never the whole file.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use csv::{ByteRecord, ReaderBuilder};
use rayon::prelude::*;

use super::refusal::{Refusal, Result};
use super::table::{Column, Levels, Table, Use, parse_number};

/// What is said of a quote that runs to the end of the file.
const UNCLOSED: &str = "a quote is opened and never closed, so the last rows would run into one cell";

/// Bytes of a block.
const BLOCK: usize = 8 << 20;

/// A column to read.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Its name in the header.
    pub name: String,
    /// How it is used.
    pub uses: Vec<Use>,
    /// Where the specification names it, for messages.
    pub because: String,
}

/// Reads the wanted columns of a file. `progress` is told the bytes read so far.
///
/// # Errors
/// File, line, what was found and what to do.
pub fn table(path: &Path, wanted: &[Wanted], missing: &[String], progress: &dyn Fn(u64)) -> Result<Table> {
    let mut columns: Vec<Growing> = wanted.iter().map(|_| Growing::default()).collect();
    let mut rows = 0;
    portions(path, wanted, missing, progress, &mut |batch| {
        for portion in batch {
            rows += portion.rows;
            columns.iter_mut().zip(portion.columns).for_each(|(column, part)| column.append(part));
        }
        Ok(())
    })?;
    let finish = |(column, wanted): (Growing, &Wanted)| (wanted.name.clone(), column.finish(&wanted.uses));
    Ok(Table::new(rows, columns.into_iter().zip(wanted).map(finish).collect()))
}

/// Reads the wanted columns block by block: `each` is given the portions of some blocks that were parsed side by side, in the order of
/// the file. Levels are numbered within each portion.
///
/// # Errors
/// As for [`table`], and those of `each`.
pub fn portions(
    path: &Path,
    wanted: &[Wanted],
    missing: &[String],
    progress: &dyn Fn(u64),
    each: &mut dyn FnMut(Vec<Portion>) -> Result<()>,
) -> Result<()> {
    let shown = path.display().to_string();
    let fault = |e: &io::Error| match e.kind() {
        io::ErrorKind::InvalidData => {
            Refusal::new(&shown, UNCLOSED, "close the quote; a quote inside a quoted text is written twice").at(last_quoted(path), 0)
        }
        _ => Refusal::new(&shown, format!("cannot be read: {e}"), "give the path of a CSV file under `data` of the specification"),
    };
    let mut file = File::open(path).map_err(|e| fault(&e))?;
    let mut blocks = Blocks { source: &mut file, rest: Vec::new(), done: false };
    let first = blocks.next().map_err(|e| fault(&e))?;
    let (header, start) = header(&shown, &first)?;
    let places = places(&shown, &header, wanted)?;
    let plan = Plan { file: &shown, width: header.len(), wanted, places: &places, missing };
    let (mut rows, mut bytes) = (0, 0);
    let mut batch = vec![(first, start.bytes)];
    let mut line = start.line;
    while !batch.is_empty() {
        // The line each block begins at must be known before its mistakes can be told.
        let mut begins = Vec::with_capacity(batch.len());
        for (block, from) in &batch {
            begins.push(line);
            line += block.iter().skip(*from).filter(|byte| **byte == b'\n').count() as u64;
            bytes += block.len() as u64;
        }
        let parse = |((block, from), line): (&(Vec<u8>, usize), &u64)| plan.parse(block.get(*from..).unwrap_or_default(), *line);
        let parsed: Vec<Result<Portion>> = batch.par_iter().zip(&begins).map(parse).collect();
        let parsed = parsed.into_iter().collect::<Result<Vec<_>>>()?;
        rows += parsed.iter().map(|portion| portion.rows).sum::<usize>();
        if rows >= u32::MAX as usize {
            return Err(Refusal::new(&shown, "has more than 4 billion rows", "estimate in parts"));
        }
        each(parsed)?;
        progress(bytes);
        batch.clear();
        for _ in 0..rayon::current_num_threads() {
            let block = blocks.next().map_err(|e| fault(&e))?;
            if !block.is_empty() {
                batch.push((block, 0));
            }
        }
    }
    if rows == 0 {
        return Err(Refusal::new(&shown, "has a header and no rows", "give a file with at least one row"));
    }
    Ok(())
}

/// The line of a data row, for a message: found by reading again, so that nobody pays for it beforehand.
#[must_use]
pub fn line_of(path: &Path, row: usize) -> u64 {
    let find = || {
        let mut reader = ReaderBuilder::new().flexible(true).from_path(path).ok()?;
        let mut record = ByteRecord::new();
        for _ in 0..=row {
            reader.read_byte_record(&mut record).ok()?;
        }
        record.position().map(csv::Position::line)
    };
    find().unwrap_or(row as u64 + 2)
}

/// Line of the record that runs to the end of the file, for a message; 0 if it cannot be told.
fn last_quoted(path: &Path) -> u64 {
    let find = || {
        let mut reader = ReaderBuilder::new().flexible(true).from_path(path).ok()?;
        let (mut record, mut line) = (ByteRecord::new(), 0);
        while reader.read_byte_record(&mut record).ok()? {
            line = record.position().map_or(line, csv::Position::line);
        }
        Some(line)
    };
    find().unwrap_or(0)
}

/// A small file as header and rows of text.
///
/// # Errors
/// As for [`table`].
pub fn small(path: &Path) -> Result<(Vec<String>, Vec<Vec<String>>)> {
    let shown = path.display().to_string();
    let fault = |e: &csv::Error| {
        let line = e.position().map_or(0, csv::Position::line);
        Refusal::new(&shown, format!("cannot be read: {e}"), "give the path of a CSV file with as many cells in every line").at(line, 0)
    };
    let mut reader = ReaderBuilder::new().has_headers(false).from_path(path).map_err(|e| fault(&e))?;
    let mut lines = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|e| fault(&e))?;
        lines.push(record.iter().map(|cell| cell.trim_start_matches('\u{feff}').to_owned()).collect());
    }
    if lines.is_empty() {
        return Err(Refusal::new(&shown, "is empty", "give a CSV file with a header"));
    }
    let header = lines.remove(0);
    Ok((header, lines))
}

/// A file of numbers only, row after row, and the number of columns. A first line that holds something else is a header.
///
/// # Errors
/// As for [`table`].
pub fn numbers(path: &Path, rows: Option<usize>) -> Result<(Vec<f64>, usize)> {
    let shown = path.display().to_string();
    let (first, mut lines) = small(path)?;
    let width = first.len();
    let all_numbers = first.iter().all(|cell| parse_number(cell).is_some());
    let headed = !all_numbers || rows == Some(lines.len());
    if !headed {
        lines.insert(0, first);
    }
    let mut values = Vec::with_capacity(lines.len() * width);
    for (place, line) in lines.iter().enumerate() {
        for (column, cell) in line.iter().enumerate() {
            let number = parse_number(cell).ok_or_else(|| {
                Refusal::new(&shown, format!("column {} holds {cell:?}", column + 1), "give finite numbers only")
                    .at(place as u64 + 1 + u64::from(headed), 0)
            })?;
            values.push(number);
        }
    }
    Ok((values, width))
}

/// A source cut into blocks of whole records.
struct Blocks<'a, R> {
    source: &'a mut R,
    /// The begun record at the end of the block before.
    rest: Vec<u8>,
    done: bool,
}

impl<R: Read> Blocks<'_, R> {
    /// The next block; empty at the end.
    fn next(&mut self) -> io::Result<Vec<u8>> {
        let mut block = std::mem::take(&mut self.rest);
        let mut want = BLOCK;
        while !self.done {
            let before = block.len();
            let read = self.source.by_ref().take(want as u64).read_to_end(&mut block)?;
            self.done = block.len() - before < want || read == 0;
            if self.done {
                // The reader would take all that follows an unclosed quote for one cell.
                if block.iter().filter(|byte| **byte == b'"').count() % 2 == 1 {
                    return Err(io::Error::new(io::ErrorKind::InvalidData, UNCLOSED));
                }
                break;
            }
            if let Some(end) = last_end(&block) {
                self.rest = block.split_off(end);
                break;
            }
            want *= 2;
        }
        Ok(block)
    }
}

/// Position after the last line end outside quotes.
fn last_end(block: &[u8]) -> Option<usize> {
    let quotes = block.iter().filter(|byte| **byte == b'"').count();
    let mut after = 0;
    for (place, byte) in block.iter().enumerate().rev() {
        match byte {
            b'"' => after += 1,
            b'\n' if (quotes - after) % 2 == 0 => return Some(place + 1),
            _ => {}
        }
    }
    None
}

struct Start {
    bytes: usize,
    line: u64,
}

fn header(file: &str, block: &[u8]) -> Result<(Vec<String>, Start)> {
    let mark = if block.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let mut reader = ReaderBuilder::new().has_headers(false).from_reader(block.get(mark..).unwrap_or_default());
    let mut record = ByteRecord::new();
    let read = reader.read_byte_record(&mut record);
    if !read.map_err(|e| Refusal::new(file, format!("cannot be read: {e}"), "give a CSV file"))? {
        return Err(Refusal::new(file, "is empty", "give a CSV file with a header and a line for each respondent"));
    }
    let mut names = Vec::with_capacity(record.len());
    for cell in &record {
        let name =
            std::str::from_utf8(cell).map_err(|_| Refusal::new(file, "the header is not UTF-8", "save the file as UTF-8").at(1, 0))?;
        names.push(name.to_owned());
    }
    let position = reader.position();
    let bytes = usize::try_from(position.byte()).unwrap_or(usize::MAX).saturating_add(mark);
    Ok((names, Start { bytes, line: position.line() }))
}

/// Place of each wanted column.
fn places(file: &str, header: &[String], wanted: &[Wanted]) -> Result<Vec<usize>> {
    let find = |wanted: &Wanted| {
        let mut found = header.iter().enumerate().filter(|(_, name)| **name == wanted.name).map(|(place, _)| place);
        match (found.next(), found.next()) {
            (Some(place), None) => Ok(place),
            (Some(_), Some(_)) => {
                let message = format!("has two columns named {}, which {} uses", wanted.name, wanted.because);
                Err(Refusal::new(file, message, "rename one of them").at(1, 0))
            }
            (None, _) => {
                let message = format!("has no column {}, which {} uses", wanted.name, wanted.because);
                Err(Refusal::new(file, message, format!("the columns are {}", shortened(header))).at(1, 0))
            }
        }
    };
    wanted.iter().map(find).collect()
}

fn shortened(names: &[String]) -> String {
    let shown: Vec<&str> = names.iter().take(60).map(String::as_str).collect();
    let more = names.len().saturating_sub(shown.len());
    shown.join(", ") + &if more > 0 { format!(" and {more} more") } else { String::new() }
}

struct Plan<'a> {
    file: &'a str,
    width: usize,
    wanted: &'a [Wanted],
    places: &'a [usize],
    missing: &'a [String],
}

/// What one block holds.
#[derive(Debug)]
pub struct Portion {
    rows: usize,
    columns: Vec<Part>,
}

impl Portion {
    /// The portion as a table of its own.
    #[must_use]
    pub fn table(self, wanted: &[Wanted]) -> Table {
        let column = |(part, wanted): (Part, &Wanted)| {
            let levels = part.levels.map(|reader| reader.levels);
            (wanted.name.clone(), Column { numbers: part.numbers, levels })
        };
        Table::new(self.rows, self.columns.into_iter().zip(wanted).map(column).collect())
    }
}

/// One column of a block.
#[derive(Debug)]
struct Part {
    numbers: Option<Vec<f64>>,
    levels: Option<Reader>,
    /// Line and text of the first cell that is no number.
    text: Option<(u64, String)>,
}

/// Distinct texts of a block.
#[derive(Debug, Default)]
struct Reader {
    levels: Levels,
    known: HashMap<Vec<u8>, Option<u32>>,
    /// Level of cells of one byte: unknown, missing, or which.
    short: Vec<Option<Option<u32>>>,
    last: (Vec<u8>, Option<u32>),
}

impl Plan<'_> {
    fn parse(&self, block: &[u8], begins: u64) -> Result<Portion> {
        let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).buffer_capacity(1 << 16).from_reader(block);
        let mut record = ByteRecord::with_capacity(4096, self.width);
        let part = |wanted: &Wanted| Part {
            numbers: wanted.uses.iter().any(|used| matches!(used, Use::Numbers | Use::Either)).then(Vec::new),
            levels: wants_levels(&wanted.uses).then(Reader::default),
            text: None,
        };
        let mut parsed = Portion { rows: 0, columns: self.wanted.iter().map(part).collect() };
        let line = |record: &ByteRecord| record.position().map_or(0, |position| begins + position.line() - 1);
        loop {
            let more = reader.read_byte_record(&mut record);
            if !more.map_err(|e| Refusal::new(self.file, format!("cannot be read: {e}"), "give a CSV file"))? {
                return Ok(parsed);
            }
            if record.len() != self.width {
                let message = format!("has {} cells, the header has {}", record.len(), self.width);
                return Err(Refusal::new(self.file, message, "put texts with commas in quotes, and give every line as many cells")
                    .at(line(&record), 0));
            }
            for ((column, place), wanted) in parsed.columns.iter_mut().zip(self.places).zip(self.wanted) {
                let cell = record.get(*place).unwrap_or_default();
                self.cell(column, cell, wanted, || line(&record))?;
            }
            parsed.rows += 1;
        }
    }

    fn cell(&self, column: &mut Part, cell: &[u8], wanted: &Wanted, line: impl Fn() -> u64) -> Result<()> {
        let not_text = |_| {
            let message = format!("column {} is not UTF-8", wanted.name);
            Refusal::new(self.file, message, "save the file as UTF-8").at(line(), 0)
        };
        if let Some(levels) = &mut column.levels {
            levels.push(cell, self.missing).map_err(not_text)?;
        }
        if let Some(numbers) = &mut column.numbers {
            let missing = self.missing.iter().any(|missing| missing.as_bytes() == cell);
            let value = if missing { Some(f64::NAN) } else { std::str::from_utf8(cell).ok().and_then(parse_number) };
            if value.is_none() && column.text.is_none() {
                let text = String::from_utf8_lossy(cell).into_owned();
                if wanted.uses.contains(&Use::Numbers) {
                    let message = format!("column {} holds {text:?}, but {} needs finite numbers", wanted.name, wanted.because);
                    let remedy = "correct the cell, or name the text under `missing` in the specification";
                    return Err(Refusal::new(self.file, message, remedy).at(line(), 0));
                }
                column.text = Some((line(), text));
            }
            numbers.push(value.unwrap_or(f64::NAN));
        }
        Ok(())
    }
}

fn wants_levels(uses: &[Use]) -> bool {
    let numbers = uses.contains(&Use::Numbers);
    uses.iter().any(|used| matches!(used, Use::Levels | Use::Either) || (*used == Use::Presence && !numbers))
}

impl Reader {
    fn push(&mut self, cell: &[u8], missing: &[String]) -> std::result::Result<(), std::str::Utf8Error> {
        let level = if let [byte] = cell {
            if self.short.is_empty() {
                self.short = vec![None; 256];
            }
            match self.short.get(usize::from(*byte)).copied().flatten() {
                Some(level) => level,
                None => {
                    let level = self.number(cell, missing)?;
                    if let Some(place) = self.short.get_mut(usize::from(*byte)) {
                        *place = Some(level);
                    }
                    level
                }
            }
        } else if self.levels.rows() > 0 && self.last.0 == cell {
            self.last.1
        } else {
            let level = match self.known.get(cell) {
                Some(level) => *level,
                None => {
                    let level = self.number(cell, missing)?;
                    self.known.insert(cell.to_vec(), level);
                    level
                }
            };
            self.last.0.clear();
            self.last.0.extend_from_slice(cell);
            self.last.1 = level;
            level
        };
        self.levels.push(level);
        Ok(())
    }

    /// A new number for a text not met before; none when it means missing.
    fn number(&mut self, cell: &[u8], missing: &[String]) -> std::result::Result<Option<u32>, std::str::Utf8Error> {
        if missing.iter().any(|missing| missing.as_bytes() == cell) {
            return Ok(None);
        }
        let name = std::str::from_utf8(cell)?;
        let number = u32::try_from(self.levels.names.len()).unwrap_or(u32::MAX - 1);
        self.levels.names.push(name.to_owned());
        Ok(Some(number))
    }
}

/// A column that blocks are added to.
#[derive(Default)]
struct Growing {
    column: Column,
    known: HashMap<String, u32>,
    text: bool,
}

impl Growing {
    fn append(&mut self, part: Part) {
        self.text |= part.text.is_some();
        if let Some(more) = part.numbers {
            match &mut self.column.numbers {
                Some(numbers) => numbers.extend_from_slice(&more),
                None => self.column.numbers = Some(more),
            }
        }
        if let Some(more) = part.levels {
            let levels = self.column.levels.get_or_insert_with(Levels::default);
            let mut numbers = Vec::with_capacity(more.levels.names.len());
            for name in &more.levels.names {
                let next = u32::try_from(levels.names.len()).unwrap_or(u32::MAX - 1);
                let number = *self.known.entry(name.clone()).or_insert(next);
                if number == next {
                    levels.names.push(name.clone());
                }
                numbers.push(number);
            }
            levels.append(&more.levels, &numbers);
        }
    }

    fn finish(self, uses: &[Use]) -> Column {
        let mut column = self.column;
        if self.text && !uses.contains(&Use::Numbers) {
            column.numbers = None;
        }
        column
    }
}
