//! The view of `/admin/boundaries`.

use chrono::NaiveDate;
use serde::Serialize;

use super::cache::InForce;
use super::check;
use crate::charts::GeoError;
use crate::units::Unit;
use crate::web::Language;
use crate::web::locale::Words;

/// The page.
#[derive(Debug, Serialize)]
pub struct BoundariesView {
    /// What is in force.
    pub now: Option<NowView>,
    /// What was just done, in a sentence.
    pub done: Option<String>,
    /// Why the file was refused, in a sentence.
    pub wrong: Option<String>,
    /// Whether removing was asked for without confirming it.
    pub unsure: bool,
    /// The property that was typed.
    pub code: String,
    /// The source that was typed.
    pub source: String,
    /// Most megabytes of a file.
    pub most: String,
}

/// The boundaries in force.
#[derive(Debug, Serialize)]
pub struct NowView {
    /// Name of the file.
    pub file: String,
    /// The property that held the codes.
    pub property: String,
    /// Where they come from.
    pub source: String,
    /// Who stored them.
    pub by: String,
    /// When.
    pub at: String,
    /// How many areas there are.
    pub areas: String,
    /// How many of them are units.
    pub matched: String,
    /// Codes of areas that are no units.
    pub unknown: Vec<String>,
    /// Units without an area: name and code.
    pub missing: Vec<(String, String)>,
}

impl NowView {
    /// What is in force, compared with the units as they are now.
    #[must_use]
    pub fn of(held: &InForce, units: &[Unit], day: NaiveDate, language: Language) -> Self {
        let about = &held.about;
        let found = check::compare(held.geography(false).codes(), units, day);
        NowView {
            file: about.file_name.clone(),
            property: about.property.clone(),
            source: about.source.clone(),
            by: about.stored_by.clone(),
            at: language.moment(about.stored_at),
            areas: language.count(u64::try_from(about.areas).unwrap_or(0)),
            matched: language.count(u64::try_from(found.matched).unwrap_or(0)),
            unknown: found.areas_without_unit,
            missing: found.units_without_area.iter().map(|u| (u.name(language.code()).to_owned(), u.code.clone())).collect(),
        }
    }
}

/// Why a file is no geography, in the reader's language.
#[must_use]
pub fn told(wrong: &GeoError, property: &str, words: &Words) -> String {
    let values =
        [("at", wrong.at.clone()), ("found", wrong.found.clone()), ("property", property.to_owned()), ("what", wrong.what.clone())];
    words.say(&format!("map-wrong-{}", wrong.kind), &values)
}
