//! A report as PDF: `report.typ` decides how it looks.

use super::model::Document;
use super::printed::Printed;
use super::typeset::{self, Sheet};
use crate::error::{Error, Result};

/// The report as PDF, A4, with the built-in typeface. The same document gives the same bytes.
///
/// # Errors
/// As [`Document::check`]; `Refused` also for a character that the typeface has not; `Internal` when typesetting fails.
pub fn pdf(document: &Document) -> Result<Vec<u8>> {
    document.check()?;
    document.printable()?;
    let json = serde_json::to_vec(&Printed::of(document)?).map_err(|e| Error::Internal(format!("the report could not be written: {e}")))?;
    typeset::pdf(Sheet { called: "the report", layout: include_str!("report.typ"), files: vec![("report.json", json)] })
}
