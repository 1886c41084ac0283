//! An index, a value of it.

use diesel::{Insertable, Queryable, Selectable};
use serde::Serialize;

use crate::db::schema::{index_values, indices};
use crate::db::types::text_enum;

text_enum! {
    /// What an index counts.
    MeasuredIn {
        /// Percent; changes are percentage points.
        Percent = "percent",
        /// Points.
        Points = "points",
    }
}

text_enum! {
    /// What kind of unit a value is about.
    Level {
        /// The whole country.
        National = "national",
        /// A province or centrally run city.
        Province = "province",
        /// A department or agency at province level (sở).
        Department = "department",
        /// A district, as there were until 30 June 2025.
        District = "district",
        /// A commune or ward.
        Commune = "commune",
        /// Another agency or service unit.
        Unit = "unit",
    }
}

/// An index, such as PAR INDEX.
#[derive(Debug, Clone, PartialEq, Serialize, Queryable, Selectable, Insertable, utoipa::ToSchema)]
#[diesel(table_name = indices, treat_none_as_default_value = false)]
pub struct Index {
    /// Short name in files and addresses: a-z, 0-9 and -.
    pub code: String,
    /// Vietnamese name.
    pub name_vi: String,
    /// English name.
    pub name_en: String,
    /// What it counts.
    pub measured_in: MeasuredIn,
    /// Largest value that is possible.
    pub largest: f64,
}

impl Index {
    /// Its name in this language.
    #[must_use]
    pub fn name(&self, language: &str) -> &str {
        if language == "en" { &self.name_en } else { &self.name_vi }
    }
}

/// What was published about one unit in one year.
#[derive(Debug, Clone, PartialEq, Serialize, Queryable, Selectable, utoipa::ToSchema)]
#[diesel(table_name = index_values)]
pub struct IndexValue {
    /// Key.
    pub id: i64,
    /// Code of the index.
    pub index_code: String,
    /// Part, factor or question in words; empty for the whole index.
    pub measure: String,
    /// The same in English.
    pub measure_en: Option<String>,
    /// What kind of unit.
    pub level: Level,
    /// Name of the unit.
    pub unit: String,
    /// The same in English, where it differs.
    pub unit_en: Option<String>,
    /// Code of the unit, where it has one here.
    pub unit_code: Option<String>,
    /// Year that was measured.
    pub year: i64,
    /// The value; absent when only the rank is known.
    pub value: Option<f64>,
    /// Rank, from 1.
    #[serde(rename = "rank")]
    pub place: Option<i64>,
    /// Of how many.
    #[serde(rename = "of")]
    pub places: Option<i64>,
    /// How it was measured, for example the number of the decision; absent when it is not known.
    pub method: Option<String>,
    /// Whether a source says so; otherwise the method is usual knowledge.
    pub method_seen: bool,
    /// Whether the value was computed from other published figures.
    pub derived: bool,
    /// Address or document.
    pub source: String,
    /// What else a reader should know.
    pub note: Option<String>,
    /// The same in English.
    pub note_en: Option<String>,
}

/// A value that has no key yet; index, measure, level, unit and year say which row it is.
#[derive(Debug, Clone, PartialEq, Insertable)]
#[diesel(table_name = index_values, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the fields are those of IndexValue")]
pub struct NewValue {
    pub index_code: String,
    pub measure: String,
    pub measure_en: Option<String>,
    pub level: Level,
    pub unit: String,
    pub unit_en: Option<String>,
    pub unit_code: Option<String>,
    pub year: i64,
    pub value: Option<f64>,
    pub place: Option<i64>,
    pub places: Option<i64>,
    pub method: Option<String>,
    pub method_seen: bool,
    pub derived: bool,
    pub source: String,
    pub note: Option<String>,
    pub note_en: Option<String>,
}

impl IndexValue {
    /// The text in this language, the Vietnamese one where there is none.
    fn in_language<'a>(language: &str, vi: &'a str, en: Option<&'a String>) -> &'a str {
        en.filter(|_| language == "en").map_or(vi, String::as_str)
    }

    /// Part, factor or question in words; empty for the whole index.
    #[must_use]
    pub fn measure(&self, language: &str) -> &str {
        Self::in_language(language, &self.measure, self.measure_en.as_ref())
    }

    /// Name of the unit.
    #[must_use]
    pub fn unit(&self, language: &str) -> &str {
        Self::in_language(language, &self.unit, self.unit_en.as_ref())
    }

    /// The note; empty without one.
    #[must_use]
    pub fn note(&self, language: &str) -> &str {
        Self::in_language(language, self.note.as_deref().unwrap_or_default(), self.note_en.as_ref())
    }

    /// Whether a difference to another value means something: the same known method.
    #[must_use]
    pub fn comparable(&self, other: &Self) -> bool {
        self.method.is_some() && self.method == other.method
    }

    /// Whether this is the row that would be written.
    #[must_use]
    pub fn is(&self, new: &NewValue) -> bool {
        self.without_key() == *new
    }

    /// The row without its key.
    #[must_use]
    pub fn without_key(&self) -> NewValue {
        let v = self.clone();
        NewValue {
            index_code: v.index_code,
            measure: v.measure,
            measure_en: v.measure_en,
            level: v.level,
            unit: v.unit,
            unit_en: v.unit_en,
            unit_code: v.unit_code,
            year: v.year,
            value: v.value,
            place: v.place,
            places: v.places,
            method: v.method,
            method_seen: v.method_seen,
            derived: v.derived,
            source: v.source,
            note: v.note,
            note_en: v.note_en,
        }
    }
}
