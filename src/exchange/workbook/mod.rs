//! Workbooks of strangers: `.xlsx` and `.xls`, read cell by cell within [`Limits`].
//!
//! Nothing in a file is believed: archives are unpacked while counting (`zipped`), the old binary format is walked record by
//! record (`biff`), and only cells that hold something take memory. Formulas are never computed: the value that the
//! spreadsheet stored beside a formula is what its author saw, so it is taken and marked. Links to other files are never followed.

mod biff;
mod zipped;

use std::fmt;

/// How large a workbook may be. Every limit is far above an honest form and far below what hurts a server.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of the file.
    pub bytes: usize,
    /// Entries of the archive.
    pub entries: usize,
    /// Bytes of the archive when unpacked, all entries together.
    pub unpacked: u64,
    /// Bytes of the unpacked table of texts.
    pub shared_texts: u64,
    /// Bytes of any unpacked entry that is neither a sheet nor the table of texts, as far as it is read.
    pub other_entry: u64,
    /// Sheets of a workbook.
    pub sheets: usize,
    /// Rows with something in them, of a sheet that is used.
    pub rows: u32,
    /// Columns with something in them, of a sheet that is used.
    pub columns: u32,
    /// Bytes of text in a sheet, counted as often as it is shown.
    pub text: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            bytes: 10_000_000,
            entries: 500,
            unpacked: 48_000_000,
            shared_texts: 8_000_000,
            other_entry: 1_000_000,
            sheets: 100,
            rows: 5_000,
            columns: 200,
            text: 8_000_000,
        }
    }
}

/// Why a workbook, or a sheet of it, cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// The sheet that is meant; none when it is the file.
    pub sheet: Option<String>,
    /// What was found.
    pub what: String,
    /// What to do.
    pub remedy: String,
}

impl Unreadable {
    fn file(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Unreadable { sheet: None, what: what.into(), remedy: remedy.into() }
    }

    fn damaged(detail: impl fmt::Display) -> Self {
        let detail: String = detail.to_string().chars().take(200).collect();
        Unreadable::file(
            format!("the file is damaged or is no workbook ({detail})"),
            "open it in a spreadsheet program and save it as .xlsx again",
        )
    }

    fn too_large(what: String, limit: impl fmt::Display) -> Self {
        Unreadable::file(what, format!("the limit is {limit}; leave out what does not belong to the form"))
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.sheet {
            Some(sheet) => write!(f, "sheet {sheet:?}: {}: {}", self.what, self.remedy),
            None => write!(f, "{}: {}", self.what, self.remedy),
        }
    }
}

impl std::error::Error for Unreadable {}

/// A cell that holds something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// Row as the spreadsheet shows it, from 1.
    pub row: u32,
    /// Column, from 0 (A).
    pub column: u32,
    /// What it shows: texts as they are, numbers in shortest form, TRUE and FALSE, days as 2026-01-31.
    pub text: String,
    /// Whether the text is the stored result of a formula.
    pub formula: bool,
}

/// A sheet: its cells in the order of rows, then columns.
#[derive(Debug, Clone, Default)]
pub struct Sheet {
    /// Its name, as written.
    pub name: String,
    /// Cells that hold something; a formula without a stored result has an empty text.
    pub cells: Vec<Cell>,
}

/// A workbook that was opened; sheets are read one by one.
pub struct Workbook<'a> {
    kind: Kind<'a>,
    limits: Limits,
}

enum Kind<'a> {
    Zipped(Box<zipped::Book<'a>>),
    Biff(biff::Book),
}

impl<'a> Workbook<'a> {
    /// Opens a workbook of either format.
    ///
    /// # Errors
    /// Too large, encrypted, damaged, or no workbook at all.
    pub fn open(bytes: &'a [u8], limits: Limits) -> Result<Self, Unreadable> {
        if bytes.len() > limits.bytes {
            return Err(Unreadable::too_large(format!("the file has {} bytes", bytes.len()), limits.bytes));
        }
        let kind = if bytes.starts_with(b"PK") {
            Kind::Zipped(Box::new(zipped::Book::open(bytes, &limits)?))
        } else if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
            Kind::Biff(biff::Book::open(bytes, &limits)?)
        } else if bytes.is_empty() {
            return Err(Unreadable::file("the file is empty", "choose the form again, saved as .xlsx"));
        } else {
            return Err(Unreadable::file("the file is neither .xlsx nor .xls", "save the form as .xlsx"));
        };
        let book = Workbook { kind, limits };
        if book.sheets().len() > limits.sheets {
            return Err(Unreadable::too_large(format!("the workbook has {} sheets", book.sheets().len()), limits.sheets));
        }
        Ok(book)
    }

    /// Names of the sheets, in order.
    #[must_use]
    pub fn sheets(&self) -> Vec<String> {
        match &self.kind {
            Kind::Zipped(book) => book.sheets(),
            Kind::Biff(book) => book.sheets(),
        }
    }

    /// Reads one sheet.
    ///
    /// # Errors
    /// No such sheet, more rows, columns or text than the limits, or damaged.
    pub fn sheet(&mut self, name: &str) -> Result<Sheet, Unreadable> {
        let mut gathering = Gathering { limits: self.limits, text: 0, cells: Vec::new() };
        let read = match &mut self.kind {
            Kind::Zipped(book) => book.read(name, &mut gathering),
            Kind::Biff(book) => book.read(name, &mut gathering),
        };
        read.map_err(|unreadable| Unreadable { sheet: Some(name.to_owned()), ..unreadable })?;
        let mut cells = gathering.cells;
        cells.sort_by_key(|c| (c.row, c.column));
        if let Some(twice) = cells.windows(2).find_map(|pair| match pair {
            [a, b] if (a.row, a.column) == (b.row, b.column) => Some(address(a.row, a.column)),
            _ => None,
        }) {
            return Err(Unreadable { sheet: Some(name.to_owned()), ..Unreadable::damaged(format!("cell {twice} is there twice")) });
        }
        Ok(Sheet { name: name.to_owned(), cells })
    }
}

/// The cells read so far, and how much they take.
struct Gathering {
    limits: Limits,
    text: usize,
    cells: Vec<Cell>,
}

impl Gathering {
    /// Takes a cell; `row` and `column` from 0. Blank ones take nothing.
    fn take(&mut self, row: u32, column: u32, text: &str, formula: bool) -> Result<(), Unreadable> {
        if text.trim().is_empty() && !formula {
            return Ok(());
        }
        let shown = address(row.saturating_add(1), column);
        if row >= self.limits.rows {
            return Err(Unreadable::too_large(format!("there is something in {shown}"), format!("{} rows a sheet", self.limits.rows)));
        }
        if column >= self.limits.columns {
            return Err(Unreadable::too_large(
                format!("there is something in {shown}"),
                format!("{} columns a sheet", self.limits.columns),
            ));
        }
        self.text = self.text.saturating_add(text.len());
        if self.text > self.limits.text {
            return Err(Unreadable::too_large(
                format!("the texts up to {shown} are too long"),
                format!("{} bytes a sheet", self.limits.text),
            ));
        }
        self.cells.push(Cell { row: row.saturating_add(1), column, text: text.to_owned(), formula });
        Ok(())
    }
}

/// The letters of a column, from 0: A, Z, AA.
#[must_use]
pub fn letters(column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = column;
    loop {
        letters.push(char::from(b'A' + u8::try_from(rest % 26).unwrap_or(0)));
        if rest < 26 {
            break;
        }
        rest = rest / 26 - 1;
    }
    letters.iter().rev().collect()
}

/// A cell as spreadsheets name it; `row` from 1, `column` from 0.
#[must_use]
pub fn address(row: u32, column: u32) -> String {
    format!("{}{row}", letters(column))
}

/// A number as a person would have typed it.
fn number(value: f64) -> String {
    if value == 0.0 { "0".to_owned() } else { format!("{value}") }
}

/// A day, or day and time, that a spreadsheet counts from 1900 (or 1904); the number itself when it is none.
fn day(value: f64, from_1904: bool) -> String {
    // Excel counts a 29 February 1900 that never was, so its days before 1 March 1900 are one lower.
    let offset = if from_1904 {
        1462.0
    } else if value < 60.0 {
        1.0
    } else {
        0.0
    };
    let days = (value + offset).floor();
    let known = (1.0..2_958_466.0).contains(&days);
    #[expect(clippy::cast_possible_truncation, reason = "between 1 and the days up to year 9999")]
    let whole = if known { days as i64 } else { 0 };
    let start = chrono::NaiveDate::from_ymd_opt(1899, 12, 30).and_then(|d| d.checked_add_signed(chrono::Duration::days(whole)));
    match start {
        Some(date) if known && value.fract() == 0.0 => date.to_string(),
        Some(date) if known => {
            #[expect(clippy::cast_possible_truncation, reason = "a day has 86,400 seconds")]
            let seconds = (value.fract() * 86_400.0).round() as i64;
            format!("{date}T{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
        }
        _ => number(value),
    }
}
