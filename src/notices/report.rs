//! The report that goes with a digest: the reader's units in one month, as PDF.

use std::sync::Arc;

use super::scheduler::{ReportAsked, ReportPdf};
use crate::config::Issuer;
use crate::documents;
use crate::error::{Error, Result};
use crate::reports::choice::Choice;
use crate::reports::printed;
use crate::reports::report::{Report, Sources};
use crate::reports::teller::Teller;
use crate::web::{Language, Renderer};

/// Makes such reports from these sources. Who may read some units alone gets figures from their responses alone.
#[must_use]
pub fn maker(sources: Sources, issuer: Issuer, renderer: Renderer) -> ReportPdf {
    Arc::new(move |_, asked| documents::pdf(&document(&sources, &issuer, &renderer, asked)?))
}

fn document(sources: &Sources, issuer: &Issuer, renderer: &Renderer, asked: &ReportAsked) -> Result<documents::Document> {
    let language = Language::from_code(&asked.language).ok_or_else(|| Error::Internal(format!("no language {}", asked.language)))?;
    let words = renderer.words(language);
    let open = sources.db.read_now(|conn| sources.surveys.by_code_afresh(conn, &asked.survey))?;
    let choice = Choice { from: asked.from.to_string(), until: asked.to.to_string(), ..Choice::default() };
    // Whoever asks here has found the reader's rights to these units, today.
    let look = |only: Option<&str>| Report::of(sources.clone(), &open, choice.clone(), only, asked.now, |_| true);
    let Some(units) = &asked.units else {
        return printed::report::document(&Teller { report: &look(None)?, language, words }, issuer);
    };
    let reports: Vec<(&str, Report)> = units.iter().map(|u| Ok((u.as_str(), look(Some(u))?))).collect::<Result<_>>()?;
    let of: Vec<(&str, Teller<'_>)> = reports.iter().map(|(unit, report)| (*unit, Teller { report, language, words })).collect();
    match of.as_slice() {
        [(unit, teller)] => printed::unit::document(teller, unit, issuer),
        several => printed::unit::together(several, issuer),
    }
}
