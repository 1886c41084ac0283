//! Files that go in and out: which formats there are, and who reads and writes them.

use crate::error::{Error, Result};
use crate::questionnaires::format::{self, File};

/// A format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Format {
    /// Its name in addresses and on the command line.
    pub name: &'static str,
}

/// Every format that a questionnaire can be written in.
pub const FORMATS: &[Format] = &[Format { name: "yaml" }];

/// The format of this name.
///
/// # Errors
/// `NotFound`, with the names there are.
pub fn format(name: &str) -> Result<Format> {
    let names: Vec<&str> = FORMATS.iter().map(|f| f.name).collect();
    FORMATS
        .iter()
        .find(|f| f.name == name)
        .copied()
        .ok_or_else(|| Error::NotFound(format!("the format {name:?} (there are {})", names.join(", "))))
}

/// A file that was made.
pub struct Made {
    /// What is in it.
    pub bytes: Vec<u8>,
    /// Its media type.
    pub content_type: &'static str,
    /// How its name ends.
    pub extension: &'static str,
    /// Whether a browser shows it rather than saving it.
    pub inline: bool,
}

/// Writes a questionnaire in a format. `address` is where this server is reached.
///
/// # Errors
/// `Invalid`, when the questionnaire is a draft with findings and the format needs one without.
pub fn make(format: Format, source: &str, _language: &str, _address: &str) -> Result<Made> {
    match format.name {
        "yaml" => Ok(Made {
            bytes: source.as_bytes().to_vec(),
            content_type: "application/yaml; charset=utf-8",
            extension: "yaml",
            inline: false,
        }),
        other => Err(Error::NotFound(format!("the format {other}"))),
    }
}

/// A questionnaire that was read from a file.
pub struct Read {
    /// The questionnaire, not yet checked.
    pub file: File,
    /// What was not taken as it stood, in sentences.
    pub warnings: Vec<String>,
    /// Whether it came from a workbook rather than from a file of ours.
    pub from_workbook: bool,
}

/// Reads a questionnaire from a file, by what is in it.
///
/// # Errors
/// What is wrong, where and what to do, in sentences.
pub fn read(_name: &str, bytes: &[u8], _language: Option<&str>) -> std::result::Result<Read, Vec<String>> {
    let text = std::str::from_utf8(bytes).map_err(|e| vec![format!("the file is not UTF-8 text: {e}")])?;
    let file = format::parse(text).map_err(|e| vec![e.to_string()])?;
    Ok(Read { file, warnings: Vec::new(), from_workbook: false })
}
