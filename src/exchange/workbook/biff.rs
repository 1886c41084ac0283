//! `.xls`: the binary format of Excel 97 to 2003 (MS-XLS, "BIFF8") inside a compound file.
//!
//! A walk over records of type, length and data. Only what shows text is understood: texts shared ([`SST`]) and in place, numbers,
//! truth values, stored results of formulas, and number formats as far as they tell a day from a number. Every length is
//! looked up with a bound; a record that ends early ends the reading of that record only.

use std::collections::HashMap;
use std::io::{Cursor, Read};

use super::{Gathering, Limits, Unreadable, day, number};

const FORMULA: u16 = 0x0006;
const END: u16 = 0x000A;
const DATE_1904: u16 = 0x0022;
const ENCRYPTED: u16 = 0x002F;
const CONTINUE: u16 = 0x003C;
const SHEET: u16 = 0x0085;
const MANY_RK: u16 = 0x00BD;
const XF: u16 = 0x00E0;
const SST: u16 = 0x00FC;
const SHARED_TEXT: u16 = 0x00FD;
const NUMBER: u16 = 0x0203;
const TEXT: u16 = 0x0204;
const TRUTH: u16 = 0x0205;
const RESULT_TEXT: u16 = 0x0207;
const RK: u16 = 0x027E;
const FORMAT: u16 = 0x041E;
const BEGIN: u16 = 0x0809;

/// A workbook: its stream, and where its sheets begin.
pub(super) struct Book {
    stream: Vec<u8>,
    sheets: Vec<(String, usize)>,
    texts: Vec<String>,
    /// For each cell format, whether it shows a day.
    days: Vec<bool>,
    from_1904: bool,
}

struct Record<'a> {
    kind: u16,
    data: &'a [u8],
    /// Where the next record begins.
    next: usize,
}

impl Book {
    pub(super) fn open(bytes: &[u8], limits: &Limits) -> Result<Self, Unreadable> {
        let mut compound = cfb::CompoundFile::open(Cursor::new(bytes)).map_err(Unreadable::damaged)?;
        if compound.exists("/EncryptedPackage") {
            return Err(locked());
        }
        let mut stream = Vec::new();
        let name = if compound.exists("/Workbook") { "/Workbook" } else { "/Book" };
        if !compound.is_stream(name) {
            return Err(Unreadable::file("the file is an Office document, but no workbook", "save the form as .xlsx"));
        }
        let most = u64::try_from(limits.bytes).unwrap_or(u64::MAX);
        compound.open_stream(name).map_err(Unreadable::damaged)?.take(most).read_to_end(&mut stream).map_err(Unreadable::damaged)?;
        let mut book = Book { stream, sheets: Vec::new(), texts: Vec::new(), days: Vec::new(), from_1904: false };
        book.globals(limits)?;
        Ok(book)
    }

    pub(super) fn sheets(&self) -> Vec<String> {
        self.sheets.iter().map(|(name, _)| name.clone()).collect()
    }

    /// What stands before the sheets: their names, the shared texts, the formats.
    fn globals(&mut self, limits: &Limits) -> Result<(), Unreadable> {
        let stream = std::mem::take(&mut self.stream);
        let first = record(&stream, 0).ok_or_else(|| Unreadable::damaged("it has no records"))?;
        if first.kind != BEGIN || word(first.data, 0) != Some(0x0600) {
            return Err(Unreadable::file("the workbook is of an Excel before 1997", "save it as .xlsx"));
        }
        let mut day_formats: HashMap<u16, bool> = HashMap::new();
        let mut formats = Vec::new();
        let mut at = first.next;
        let mut texts = None;
        while let Some(r) = record(&stream, at) {
            match r.kind {
                END => break,
                ENCRYPTED => return Err(locked()),
                DATE_1904 => self.from_1904 = word(r.data, 0) == Some(1),
                SHEET => self.sheet_name(r.data, limits)?,
                FORMAT => {
                    let shown = r.data.get(2..).map(|d| Texts::new(vec![d]).text(2)).unwrap_or_default();
                    let shows_day = shown.is_some_and(|f| shows_day(&f));
                    word(r.data, 0).map(|id| day_formats.insert(id, shows_day));
                }
                XF => formats.extend(word(r.data, 2)),
                SST => texts = Some(at),
                _ => {}
            }
            at = r.next;
        }
        self.days =
            formats.iter().map(|id| day_formats.get(id).copied().unwrap_or((14..=22).contains(id) || (45..=47).contains(id))).collect();
        if let Some(at) = texts {
            self.texts = shared_texts(&stream, at, limits)?;
        }
        self.stream = stream;
        Ok(())
    }

    fn sheet_name(&mut self, data: &[u8], limits: &Limits) -> Result<(), Unreadable> {
        let place = data.get(..4).and_then(|b| b.try_into().ok()).map(u32::from_le_bytes);
        let (Some(place), Some(kind), Some(rest)) = (place, data.get(5), data.get(6..)) else {
            return Err(Unreadable::damaged("the name of a sheet is cut"));
        };
        let Some(name) = Texts::new(vec![rest]).text(1) else { return Err(Unreadable::damaged("the name of a sheet is cut")) };
        if self.sheets.len() >= limits.sheets {
            return Err(Unreadable::too_large("the workbook has too many sheets".into(), limits.sheets));
        }
        // Charts and macros are no tables.
        if *kind == 0 {
            self.sheets.push((name, usize::try_from(place).unwrap_or(usize::MAX)));
        }
        Ok(())
    }

    pub(super) fn read(&self, name: &str, into: &mut Gathering) -> Result<(), Unreadable> {
        let Some((_, start)) = self.sheets.iter().find(|(n, _)| n == name) else {
            return Err(Unreadable::damaged("there is no such sheet"));
        };
        let first =
            record(&self.stream, *start).filter(|r| r.kind == BEGIN).ok_or_else(|| Unreadable::damaged("the sheet has no beginning"))?;
        let mut at = first.next;
        // Charts drawn on the sheet are sheets within it.
        let mut inner = 0usize;
        let mut result_of = None;
        while let Some(r) = record(&self.stream, at) {
            at = r.next;
            match r.kind {
                BEGIN => inner += 1,
                END if inner == 0 => return Ok(()),
                END => inner -= 1,
                _ if inner > 0 => {}
                RESULT_TEXT => {
                    if let (Some((row, column)), Some(text)) = (result_of.take(), self.texts_at(&r).text(2)) {
                        into.take(row, column, &text, true)?;
                    }
                }
                FORMULA => {
                    result_of = None;
                    self.formula(r.data, into, &mut result_of)?;
                }
                _ => self.cell(&r, into)?,
            }
        }
        Err(Unreadable::damaged("the sheet has no end"))
    }

    fn cell(&self, r: &Record<'_>, into: &mut Gathering) -> Result<(), Unreadable> {
        let (Some(row), Some(column), Some(format)) = (word(r.data, 0), word(r.data, 2), word(r.data, 4)) else { return Ok(()) };
        let (row, column) = (u32::from(row), u32::from(column));
        match r.kind {
            SHARED_TEXT => {
                let index = r.data.get(6..10).and_then(|b| b.try_into().ok()).map(u32::from_le_bytes);
                let text = index.and_then(|i| self.texts.get(usize::try_from(i).unwrap_or(usize::MAX)));
                let text = text.ok_or_else(|| Unreadable::damaged("a cell names a text that is not there"))?;
                into.take(row, column, text, false)
            }
            TEXT => match Self::text_in(r.data.get(6..)) {
                Some(text) => into.take(row, column, &text, false),
                None => Err(Unreadable::damaged("a text is cut")),
            },
            NUMBER => match r.data.get(6..14).and_then(|b| b.try_into().ok()) {
                Some(bytes) => into.take(row, column, &self.shown(f64::from_le_bytes(bytes), format), false),
                None => Ok(()),
            },
            RK => match r.data.get(6..10).and_then(|b| b.try_into().ok()) {
                Some(bytes) => into.take(row, column, &self.shown(packed(u32::from_le_bytes(bytes)), format), false),
                None => Ok(()),
            },
            MANY_RK => {
                let cells = r.data.get(4..r.data.len().saturating_sub(2)).unwrap_or_default();
                for (n, cell) in (0u32..).zip(cells.chunks_exact(6)) {
                    let bytes = cell.get(2..6).and_then(|b| b.try_into().ok());
                    if let (Some(format), Some(bytes)) = (word(cell, 0), bytes) {
                        into.take(row, column.saturating_add(n), &self.shown(packed(u32::from_le_bytes(bytes)), format), false)?;
                    }
                }
                Ok(())
            }
            TRUTH => match (r.data.get(6), r.data.get(7)) {
                (Some(truth), Some(0)) => into.take(row, column, if *truth == 0 { "FALSE" } else { "TRUE" }, false),
                _ => Ok(()),
            },
            _ => Ok(()),
        }
    }

    /// The stored result of a formula: a number, or the kind of what follows.
    fn formula(&self, data: &[u8], into: &mut Gathering, text_of: &mut Option<(u32, u32)>) -> Result<(), Unreadable> {
        let (Some(row), Some(column), Some(format)) = (word(data, 0), word(data, 2), word(data, 4)) else { return Ok(()) };
        let (row, column) = (u32::from(row), u32::from(column));
        let Some(result) = data.get(6..14).and_then(|b| <[u8; 8]>::try_from(b).ok()) else { return Ok(()) };
        match result {
            [0, .., 0xFF, 0xFF] => {
                *text_of = Some((row, column));
                Ok(())
            }
            [1, _, truth, .., 0xFF, 0xFF] => into.take(row, column, if truth == 0 { "FALSE" } else { "TRUE" }, true),
            [.., 0xFF, 0xFF] => into.take(row, column, "", true),
            value => into.take(row, column, &self.shown(f64::from_le_bytes(value), format), true),
        }
    }

    fn shown(&self, value: f64, format: u16) -> String {
        if self.days.get(usize::from(format)) == Some(&true) { day(value, self.from_1904) } else { number(value) }
    }

    fn text_in(data: Option<&[u8]>) -> Option<String> {
        Texts::new(vec![data.unwrap_or_default()]).text(2)
    }

    /// The texts of a record and of those that continue it.
    fn texts_at<'a>(&'a self, r: &Record<'a>) -> Texts<'a> {
        Texts::new(continued(&self.stream, r))
    }
}

fn locked() -> Unreadable {
    Unreadable::file("the workbook is protected by a password", "save it without a password")
}

fn word(data: &[u8], at: usize) -> Option<u16> {
    data.get(at..at.checked_add(2)?)?.try_into().ok().map(u16::from_le_bytes)
}

fn record(stream: &[u8], at: usize) -> Option<Record<'_>> {
    let kind = word(stream, at)?;
    let length = usize::from(word(stream, at.checked_add(2)?)?);
    let start = at.checked_add(4)?;
    let next = start.checked_add(length)?;
    Some(Record { kind, data: stream.get(start..next)?, next })
}

/// The data of a record and of the CONTINUE records behind it.
fn continued<'a>(stream: &'a [u8], first: &Record<'a>) -> Vec<&'a [u8]> {
    let mut pieces = vec![first.data];
    let mut at = first.next;
    while let Some(r) = record(stream, at).filter(|r| r.kind == CONTINUE) {
        pieces.push(r.data);
        at = r.next;
    }
    pieces
}

fn shared_texts(stream: &[u8], at: usize, limits: &Limits) -> Result<Vec<String>, Unreadable> {
    let Some(first) = record(stream, at) else { return Ok(Vec::new()) };
    let mut reader = Texts::new(continued(stream, &first));
    reader.skip(8);
    let mut texts = Vec::new();
    let mut size = 0u64;
    while let Some(text) = reader.text(2) {
        size = size.saturating_add(u64::try_from(text.len()).unwrap_or(u64::MAX)).saturating_add(8);
        if size > limits.shared_texts {
            return Err(Unreadable::too_large("the texts of the workbook are too long".into(), format!("{} bytes", limits.shared_texts)));
        }
        texts.push(text);
    }
    Ok(texts)
}

/// A number in four bytes: 30 bits of an integer or of a double, perhaps times 100.
fn packed(rk: u32) -> f64 {
    let value = if rk & 2 == 0 { f64::from_bits(u64::from(rk & !3) << 32) } else { f64::from(rk.cast_signed() >> 2) };
    if rk & 1 == 0 { value } else { value / 100.0 }
}

/// Whether a number format written in letters shows a day.
fn shows_day(format: &str) -> bool {
    let mut quoted = false;
    let bare: String = format
        .chars()
        .filter(|c| {
            quoted ^= *c == '"';
            !quoted
        })
        .collect::<String>()
        .to_ascii_lowercase();
    !bare.contains("general") && (bare.contains('y') || bare.contains("d/") || bare.contains("d-") || bare.contains("h:"))
}

/// Texts one after the other, over records that continue each other. A text cut between two records tells its width anew.
struct Texts<'a> {
    pieces: Vec<&'a [u8]>,
    piece: usize,
    at: usize,
}

impl<'a> Texts<'a> {
    fn new(pieces: Vec<&'a [u8]>) -> Self {
        Texts { pieces, piece: 0, at: 0 }
    }

    /// The rest of the piece being read, which is not empty unless all is read.
    fn rest(&mut self) -> &'a [u8] {
        loop {
            let Some(piece) = self.pieces.get(self.piece) else { return &[] };
            match piece.get(self.at..) {
                Some(rest) if !rest.is_empty() => return rest,
                _ => {
                    self.piece += 1;
                    self.at = 0;
                }
            }
        }
    }

    fn byte(&mut self) -> Option<u8> {
        let byte = self.rest().first().copied()?;
        self.at += 1;
        Some(byte)
    }

    fn skip(&mut self, mut bytes: usize) {
        while bytes > 0 {
            let step = self.rest().len().min(bytes);
            if step == 0 {
                return;
            }
            self.at += step;
            bytes -= step;
        }
    }

    fn number(&mut self, bytes: u32) -> Option<usize> {
        let mut value = 0usize;
        for shift in 0..bytes {
            value |= usize::from(self.byte()?) << (8 * shift);
        }
        Some(value)
    }

    /// A text whose length stands in the `width` bytes before it; none when it is cut.
    fn text(&mut self, width: u32) -> Option<String> {
        let mut length = self.number(width)?;
        let flags = self.byte()?;
        let runs = if flags & 8 == 0 { 0 } else { self.number(2)? };
        let phonetic = if flags & 4 == 0 { 0 } else { self.number(4)? };
        let mut wide = flags & 1 == 1;
        let mut units: Vec<u16> = Vec::new();
        while length > 0 {
            let at_end = self.pieces.get(self.piece).is_none_or(|p| self.at >= p.len());
            if at_end {
                // A new piece begins with the width of what follows.
                wide = self.byte()? & 1 == 1;
            }
            let unit = if wide { self.number(2)? } else { self.number(1)? };
            units.push(u16::try_from(unit).unwrap_or(u16::MAX));
            length -= 1;
        }
        self.skip(runs.saturating_mul(4).saturating_add(phonetic));
        Some(String::from_utf16_lossy(&units))
    }
}
