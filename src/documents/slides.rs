//! Slides as PDF: `slides.typ` decides how they look.

use serde::Serialize;

use super::model::Deck;
use super::typeset::{self, Sheet};
use crate::error::{Error, Result};

/// What the layout reads.
#[derive(Serialize)]
struct Shown<'a> {
    deck: &'a Deck,
    /// For each slide, the column of its table that shows how deep a row is.
    trees: Vec<Option<usize>>,
}

/// The slides as PDF, 16:9, a first page and one page for each slide. The same deck gives the same bytes.
///
/// # Errors
/// As [`Deck::check`]; `Refused` also for a character that the typeface has not and for a slide that holds more than a page can show in
/// type that a room can read.
pub fn slides(deck: &Deck) -> Result<Vec<u8>> {
    deck.check()?;
    let trees = deck.slides.iter().map(|slide| slide.table.as_ref().and_then(|table| table.tree_column())).collect();
    let json = serde_json::to_vec(&Shown { deck, trees }).map_err(|e| Error::Internal(format!("the slides could not be written: {e}")))?;
    typeset::pdf(Sheet { called: "the slides", layout: include_str!("slides.typ"), files: vec![("deck.json", json)] })
}
