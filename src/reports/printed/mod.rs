//! Reports on paper and on slides: the figures of a survey as an official document and as a talk.
//!
//! - [`report`]: the whole report; [`annexes`]: its tables; [`mod@unit`]: the report on one unit.
//! - [`prose`]: sentences made from figures, with the right words for more, less, the same, and what is not known.
//! - [`deck`]: the slides.
//! - [`official`]: head, signer, figures: what other official documents, such as a release's, need too.
//! - [`tables`]: figures as tables of [`crate::documents`].
//! - [`handlers`]: the files, for who reads the pages.
//!
//! Everything comes from the same [`Report`](super::report::Report) as the pages, through the same [`Teller`]. How it looks on paper is
//! decided by [`crate::documents`].

pub mod annexes;
pub mod deck;
pub mod handlers;
pub mod official;
pub mod prose;
pub mod report;
pub mod tables;
pub mod unit;

use self::official::{figure, head, heading, mark, paragraph, recipients, signer};
use super::teller::Teller;
use crate::config::Issuer;
use crate::documents;
use crate::error::Result;

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
