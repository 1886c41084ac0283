//! Reports on paper and on slides: the figures of a survey as an official document and as a talk.
//!
//! - [`report`]: the whole report; [`annexes`]: its tables; [`unit`]: the report on one unit.
//! - [`prose`]: sentences made from figures, with the right words for more, less, the same, and what is not known.
//! - [`deck`] makes slides.
//! - [`tables`]: figures as tables of [`crate::documents`].
//! - [`handlers`]: the files, for who reads the pages.
//!
//! Everything comes from the same [`Report`](super::report::Report) as the pages, through the same [`Teller`]. How it looks on paper is
//! decided by [`crate::documents`].

pub mod annexes;
pub mod deck;
pub mod handlers;
pub mod prose;
pub mod report;
pub mod tables;
pub mod unit;

use super::teller::Teller;
use crate::charts::Drawing;
use crate::config::Issuer;
use crate::documents;
use crate::documents::model::{Block, Figure, OfficialHead, Run, Signer};
use crate::error::{Error, Result};

/// Pixels of a picture in a Word file, across.
const PIXELS: u32 = 1_600;

/// A chart as a figure of a document.
///
/// # Errors
/// When it cannot be drawn as a picture.
pub(super) fn figure(drawing: &Drawing) -> Result<Figure> {
    let (head, bare) = (drawing.head(), drawing.bare());
    let size = |v: f64| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a drawing is some hundreds to thousands wide and high"
        )]
        let whole = v.max(1.0).round() as u32;
        whole
    };
    Ok(Figure {
        caption: head.title.clone(),
        alt: head.description.clone(),
        svg: bare.standalone(),
        png: bare.png(PIXELS).map_err(|e| Error::Internal(e.to_string()))?,
        width_px: size(drawing.width()),
        height_px: size(drawing.height()),
        source: None,
    })
}

/// A paragraph.
pub(super) fn paragraph(text: String) -> Block {
    Block::Paragraph(vec![Run { text, bold: false, italic: false }])
}

/// A heading.
pub(super) fn heading(level: u8, text: String) -> Block {
    Block::Heading { level, text }
}

/// What stands above the text: who issues it, as the settings say, and what it is about.
pub(super) fn head(teller: &Teller<'_>, issuer: &Issuer, about: String) -> OfficialHead {
    let unless = |given: &str, key: &str| if given.is_empty() { teller.say(key, &[]) } else { given.to_owned() };
    OfficialHead {
        superior: Some(issuer.superior.clone()).filter(|s| !s.is_empty()),
        agency: unless(&issuer.agency, "print-agency"),
        number: unless(&issuer.number, "print-number"),
        place_and_date: teller.say("print-place-and-date", &[("place", unless(&issuer.place, "print-place"))]),
        kind: teller.say("print-kind", &[]),
        about,
    }
}

/// Who signs, as the settings say.
pub(super) fn signer(teller: &Teller<'_>, issuer: &Issuer) -> Signer {
    let lines: Vec<String> = issuer.signer_office.split('|').map(str::trim).filter(|l| !l.is_empty()).map(str::to_owned).collect();
    Signer { lines: if lines.is_empty() { vec![teller.say("print-signer", &[])] } else { lines }, name: issuer.signer.clone() }
}

/// Who gets it.
pub(super) fn recipients(teller: &Teller<'_>, issuer: &Issuer) -> Vec<String> {
    let given: Vec<String> = issuer.recipients.split('|').map(str::trim).filter(|l| !l.is_empty()).map(str::to_owned).collect();
    if given.is_empty() { vec![teller.say("print-recipient-above", &[]), teller.say("print-recipient-file", &[])] } else { given }
}

/// The words that mark simulated answers.
pub(super) fn mark(teller: &Teller<'_>) -> Option<String> {
    teller.report.open().survey.demonstration.then(|| teller.say("print-mark", &[]))
}

/// The small line below every page: questionnaire, method, data cut, program.
pub(super) fn foot(teller: &Teller<'_>) -> String {
    let m = teller.report.prepared.method();
    let values = [
        ("questionnaire", format!("{} {}", m.questionnaire, m.version)),
        ("n", teller.language.count(m.n)),
        ("cut", teller.language.moment(teller.report.cut)),
        ("program", env!("CARGO_PKG_VERSION").to_owned()),
    ];
    teller.say("print-foot", &values)
}

/// A kind of file for leaders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paper {
    /// The report as PDF.
    Pdf,
    /// The report as a Word document.
    Docx,
    /// Slides as PDF.
    Slides,
}

impl Paper {
    /// Its media type.
    #[must_use]
    pub fn content_type(self) -> &'static str {
        match self {
            Paper::Pdf | Paper::Slides => "application/pdf",
            Paper::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        }
    }
}

/// Makes a file about the whole survey, or about one unit.
///
/// # Errors
/// `NotFound` for a unit the survey does not have; those of the figures and of setting the text.
pub fn make(teller: &Teller<'_>, paper: Paper, unit: Option<&str>, issuer: &Issuer) -> Result<Vec<u8>> {
    let document = || match unit {
        None => report::document(teller, issuer),
        Some(code) => unit::document(teller, code, issuer),
    };
    match paper {
        Paper::Pdf => documents::pdf(&document()?),
        Paper::Docx => documents::docx(&document()?),
        Paper::Slides => documents::slides(&deck::deck(teller)?),
    }
}
