//! The paper form of a questionnaire version: a PDF on A4 in the layout of an official Vietnamese survey form.
//!
//! [`form`] decides what is printed: numbers of questions, tables, conditions and jumps in words. `paper/layout.typ` decides how it
//! looks, and [`typeset`] runs it. Texts of the questionnaire reach the layout as data and are never read as its language.
//!
//! Layout after Nghị định 30/2020/NĐ-CP: A4, margins 20 mm, 30 mm on the left, a typeface as wide as Times New Roman, country and motto on top.

mod blocks;
pub mod form;
mod jumps;
mod numbers;

use crate::documents::typeset::{self, Sheet};
use crate::error::{Error, Result};
use crate::questionnaires::Questionnaire;

/// What is printed besides the questionnaire.
#[derive(Debug, Clone, Default)]
pub struct Options<'a> {
    /// Language of the form; a second one is printed below the first, smaller.
    pub languages: Vec<&'a str>,
    /// The form's number, if each copy has one; else a line to write it on.
    pub number: Option<&'a str>,
    /// What the QR code says, for example the survey's address with the number of the form; no code without.
    pub qr: Option<&'a str>,
}

/// The form as PDF.
///
/// # Errors
/// `Refused` when a language is not one of the questionnaire, when the QR text is too long, or when the typeface has no sign for a
/// character; `Internal` when typesetting fails.
pub fn pdf(questionnaire: &Questionnaire, options: &Options<'_>) -> Result<Vec<u8>> {
    let form = form::Form::of(questionnaire, options)?;
    typeset::printable("paper forms", form.texts()?.iter().map(String::as_str))?;
    let json = serde_json::to_vec(&form).map_err(|e| Error::Internal(format!("the form could not be written: {e}")))?;
    let mut files = vec![("form.json", json)];
    if let Some(content) = options.qr {
        files.push(("qr.svg", qr_svg(content)?.into_bytes()));
    }
    typeset::pdf(Sheet { called: "the paper form", layout: include_str!("paper/layout.typ"), files })
}

/// A QR code as SVG, with the white margin that scanners need.
fn qr_svg(content: &str) -> Result<String> {
    let code = qrcode::QrCode::with_error_correction_level(content, qrcode::EcLevel::M)
        .map_err(|e| Error::Refused(format!("the text of the QR code cannot be printed: {e}; shorten it")))?;
    let width = code.width();
    let dark = code.to_colors().into_iter().enumerate().filter(|(_, c)| *c == qrcode::Color::Dark);
    let squares: String = dark.map(|(at, _)| format!("M{} {}h1v1h-1z", at % width + 4, at / width + 4)).collect();
    let side = width + 8;
    Ok(format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}"><path fill="#fff" d="M0 0h{side}v{side}H0z"/><path d="{squares}"/></svg>"##
    ))
}
