//! Files that go in and out: which formats there are, and who reads and writes them.

use crate::error::{Error, FieldError, Result};
use crate::exchange::{codebook, ddi, paper, triple_s, xlsform};
use crate::questionnaires::format::{self, File};
use crate::questionnaires::{Questionnaire, read as checked};
use crate::web::{Language, Renderer};

/// A format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Format {
    /// Its name in addresses and on the command line.
    pub name: &'static str,
    content_type: &'static str,
    extension: &'static str,
    inline: bool,
}

const fn written(name: &'static str, content_type: &'static str, extension: &'static str, inline: bool) -> Format {
    Format { name, content_type, extension, inline }
}

const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Every format that a questionnaire can be written in.
pub const FORMATS: &[Format] = &[
    written("yaml", "application/yaml; charset=utf-8", "yaml", false),
    written("xlsform", WORKBOOK, "xlsx", false),
    written("paper", "application/pdf", "pdf", true),
    // Carries its own style, so that it can be kept and printed; our pages allow none, so it is saved rather than shown.
    written("codebook", "text/html; charset=utf-8", "html", false),
    written("codebook-xlsx", WORKBOOK, "xlsx", false),
    written("ddi", "application/xml; charset=utf-8", "xml", false),
    written("triple-s", "application/xml; charset=utf-8", "sss", false),
];

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

/// Writes a questionnaire in a format. `address` is what the QR code of a paper form says; none when empty.
///
/// # Errors
/// `Invalid`, when the questionnaire is a draft with findings and the format needs one without; those of the format.
pub fn make(format: Format, source: &str, language: &str, address: &str) -> Result<Made> {
    let bytes = match format.name {
        "yaml" => source.as_bytes().to_vec(),
        "xlsform" => {
            let file = format::parse(source).map_err(|e| Error::Refused(e.to_string()))?;
            xlsform::write(&file).map_err(|problems| {
                Error::Invalid(problems.iter().map(|p| FieldError::new("", "cannot_export", p.to_string())).collect())
            })?
        }
        other => published(other, &whole(source)?, language, address)?,
    };
    Ok(Made { bytes, content_type: format.content_type, extension: format.extension, inline: format.inline })
}

fn whole(source: &str) -> Result<Questionnaire> {
    checked(source).map_err(|findings| {
        let one = |f: &crate::questionnaires::Finding| {
            FieldError::new(super::super::place::written(&f.place), "finding", format!("{}; {}", f.message, f.hint))
        };
        Error::Invalid(findings.iter().map(one).collect())
    })
}

/// What is made of a questionnaire without findings.
fn published(format: &str, questionnaire: &Questionnaire, language: &str, address: &str) -> Result<Vec<u8>> {
    let interface = Language::from_code(language).unwrap_or(Language::Vi);
    let language = questionnaire.languages.iter().find(|l| *l == language).or(questionnaire.languages.first()).map_or("vi", String::as_str);
    match format {
        "paper" => {
            let qr = Some(address).filter(|a| !a.is_empty());
            paper::pdf(questionnaire, &paper::Options { languages: vec![language], number: None, qr })
        }
        "codebook" => codebook::html(questionnaire, interface, &Renderer::load()?).map(String::into_bytes),
        "codebook-xlsx" => codebook::xlsx(questionnaire, interface),
        "ddi" => ddi::write(questionnaire).map(String::into_bytes),
        "triple-s" => {
            triple_s::write(questionnaire, &format!("{}-{}.csv", questionnaire.code, questionnaire.version)).map(String::into_bytes)
        }
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

/// Reads a questionnaire from a file, by what is in it: a workbook begins with the marks of a zip archive or an old Office file.
///
/// # Errors
/// What is wrong, where and what to do, in sentences.
pub fn read(name: &str, bytes: &[u8], language: Option<&str>) -> std::result::Result<Read, Vec<String>> {
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        let options =
            xlsform::Options { file_name: Some(name.to_owned()).filter(|n| !n.is_empty()), language: language.map(str::to_owned) };
        let told = |all: &[xlsform::Problem]| all.iter().map(ToString::to_string).collect();
        let read = xlsform::read(bytes, &options).map_err(|problems| told(&problems))?;
        return Ok(Read { file: read.file, warnings: told(&read.warnings), from_workbook: true });
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|e| vec![format!("the file is neither a workbook nor UTF-8 text ({e}); choose a .yaml, .xlsx or .xls file")])?;
    let file = format::parse(text).map_err(|e| vec![e.to_string()])?;
    Ok(Read { file, warnings: Vec::new(), from_workbook: false })
}
