//! What others measured and published of the same units, beside the survey's own figures.

use serde::Serialize;

use super::teller::Teller;
use crate::error::Result;
use crate::indices;
use crate::indices::pages::{FigureView, Maker};

/// The newest figure of an index.
#[derive(Debug, Serialize)]
pub struct PublishedView {
    /// Name of the index.
    pub name: String,
    /// Its figure, with rank and change.
    pub figure: FigureView,
}

/// The newest figures of all indices about some units, the nearest unit first.
///
/// # Errors
/// Those of the database.
pub fn of(teller: &Teller<'_>, units: &[&str]) -> Result<Vec<PublishedView>> {
    let mut found = Vec::new();
    teller.report.db().read_now(|conn| {
        let all = indices::store::indices(conn)?;
        let maker = Maker { language: teller.language, words: teller.words, indices: &all };
        for unit in units {
            let cards = maker.cards(&indices::store::of_unit(conn, unit)?);
            found.extend(cards.into_iter().filter_map(|card| Some(PublishedView { name: card.name, figure: card.figure? })));
        }
        Ok(())
    })?;
    Ok(found)
}
