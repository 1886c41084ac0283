//! XLSForm: the spreadsheet in which ODK, KoboToolbox, Ona and others write questionnaires (docs/XLSFORM.md says what maps to what).
//!
//! [`read`] makes a questionnaire file of a workbook; nothing is dropped in silence: what is not taken is a warning, what cannot be
//! taken a problem, each with sheet, row and column. [`write()`] makes a workbook that those tools accept and that reads back to the same
//! file: what XLSForm has no place for stands in columns and sheets whose names begin with `sipas`, which other tools ignore.

use std::fmt;

use crate::questionnaires::format::File;

mod choices;
mod derived;
mod expressions;
mod groups;
mod importer;
mod index;
mod languages;
mod names;
mod question;
mod settings;
mod table;
mod types;
mod writing;

pub use writing::write;

/// What the reader cannot see in the workbook.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Name of the uploaded file, for a form that says no name of its own.
    pub file_name: Option<String>,
    /// Language code of texts that name no language; guessed when it is not given.
    pub language: Option<String>,
}

/// Where in a workbook, what, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Name of the sheet; empty when the workbook as a whole is meant.
    pub sheet: String,
    /// Row as the spreadsheet shows it; none when the sheet as a whole is meant.
    pub row: Option<u32>,
    /// Letters of the column and what is written at its head.
    pub column: Option<(String, String)>,
    /// What was found.
    pub what: String,
    /// What to do.
    pub remedy: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.column, self.row) {
            (Some((letters, header)), Some(row)) => write!(f, "{}!{letters}{row} ({header}): ", self.sheet)?,
            (Some((letters, header)), None) => write!(f, "{}!{letters} ({header}): ", self.sheet)?,
            (None, Some(row)) => write!(f, "{}!{row}: ", self.sheet)?,
            (None, None) if !self.sheet.is_empty() => write!(f, "{}: ", self.sheet)?,
            (None, None) => {}
        }
        write!(f, "{}; {}", self.what, self.remedy)
    }
}

/// A form that was read.
#[derive(Debug, Clone)]
pub struct Imported {
    /// The questionnaire; it passes [`crate::questionnaires::check()`].
    pub file: File,
    /// What was changed or left out, in the order of the workbook.
    pub warnings: Vec<Problem>,
}

/// Reads an XLSForm, `.xlsx` or `.xls`.
///
/// # Errors
/// All problems that keep the form from being taken faithfully.
pub fn read(bytes: &[u8], options: &Options) -> Result<Imported, Vec<Problem>> {
    importer::import(bytes, options)
}

/// Problems and warnings told of one file; a hostile one shall not fill the memory with them.
const MOST_TOLD: usize = 1_000;

/// What was found so far.
#[derive(Debug, Default)]
struct Report {
    warnings: Vec<Problem>,
    problems: Vec<Problem>,
    untold: usize,
}

impl Report {
    fn warn(&mut self, at: At, what: impl Into<String>, remedy: impl Into<String>) {
        if self.warnings.len() < MOST_TOLD {
            self.warnings.push(at.problem(what.into(), remedy.into()));
        } else {
            self.untold += 1;
        }
    }

    fn refuse(&mut self, at: At, what: impl Into<String>, remedy: impl Into<String>) {
        if self.problems.len() < MOST_TOLD {
            self.problems.push(at.problem(what.into(), remedy.into()));
        }
    }
}

/// A place in a workbook.
#[derive(Debug, Clone, Default)]
struct At {
    sheet: String,
    row: Option<u32>,
    column: Option<(String, String)>,
}

impl At {
    fn sheet(name: &str) -> Self {
        At { sheet: name.to_owned(), ..At::default() }
    }

    fn problem(self, what: String, remedy: String) -> Problem {
        Problem { sheet: self.sheet, row: self.row, column: self.column, what, remedy }
    }
}

/// A text from the workbook as messages show it: in quotes, not longer than a line.
fn shown(text: &str) -> String {
    const MOST: usize = 60;
    let short: String = text.chars().take(MOST).collect();
    if short.len() < text.len() { format!("{short:?}…") } else { format!("{short:?}") }
}
