//! The codebook of a questionnaire version: every question, option, code and stored byte, who is asked, and what counts in the index.
//!
//! [`rows`] says what stands in it; [`xlsx`] and [`html`] say the same in two shapes. Headings and sentences are in the language of
//! the interface, questions and options in all languages of the questionnaire.

pub mod rows;
mod sheet;

use serde::Serialize;

use crate::error::Result;
use crate::questionnaires::Questionnaire;
use crate::web::locale::Language;
use crate::web::render::Renderer;
use rows::Book;

pub use sheet::xlsx;

/// What the page shows.
#[derive(Serialize)]
struct Page<'a> {
    lang: &'static str,
    book: Book,
    questionnaire: &'a Questionnaire,
    program: &'static str,
}

/// The codebook as one page that needs no other file: its style sheet is inside, so it is to be saved, not shown under our policy
/// for pages.
///
/// # Errors
/// When words or template fail.
pub fn html(questionnaire: &Questionnaire, language: Language, renderer: &Renderer) -> Result<String> {
    let book = Book::of(questionnaire, language)?;
    let page = Page { lang: language.code(), book, questionnaire, program: env!("CARGO_PKG_VERSION") };
    renderer.template(language, "exchange/codebook.html", &page)
}
