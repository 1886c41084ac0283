//! Why a specification or a data file is refused: where, what was found, what to do.

use std::fmt;

use serde_saphyr::{Location, Spanned};

/// The result of a step of the command.
pub type Result<T> = std::result::Result<T, Refusal>;

/// One reason, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The file, as it was named.
    pub file: String,
    /// Line from 1, 0 when the whole file is meant.
    pub line: u64,
    /// Column from 1, 0 when the whole line is meant.
    pub column: u64,
    /// What was found.
    pub message: String,
    /// What to do.
    pub remedy: String,
}

impl Refusal {
    /// About a whole file.
    pub fn new(file: &str, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line: 0, column: 0, message: message.into(), remedy: remedy.into() }
    }

    /// At a line and column.
    #[must_use]
    pub fn at(mut self, line: u64, column: u64) -> Self {
        (self.line, self.column) = (line, column);
        self
    }

    /// At the place of something read.
    #[must_use]
    pub fn by<T>(self, placed: &Spanned<T>) -> Self {
        let at: Location = placed.referenced;
        self.at(at.line(), at.column())
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        if self.column > 0 {
            write!(f, ":{}", self.column)?;
        }
        write!(f, ": {}\n    {}", self.message, self.remedy)
    }
}
