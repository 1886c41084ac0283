//! A unit, a place.

use chrono::NaiveDate;
use diesel::{Insertable, Queryable, Selectable};

use crate::db::schema::{places, units};
use crate::db::types::text_enum;

text_enum! {
    /// What kind of unit.
    UnitKind {
        /// A ministry.
        Ministry = "ministry",
        /// A province or centrally run city.
        Province = "province",
        /// A department or agency at province level (sở).
        Department = "department",
        /// A rural commune (xã).
        Commune = "commune",
        /// An urban ward (phường).
        Ward = "ward",
        /// A special zone (đặc khu).
        SpecialZone = "special_zone",
        /// A public administrative service centre.
        ServiceCentre = "service_centre",
        /// A branch of such a centre.
        ServiceBranch = "service_branch",
        /// Anything else.
        Other = "other",
    }
}

/// A unit as it is during one period. The same code can come back later with another meaning, so a unit is a code and a day.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = units, treat_none_as_default_value = false)]
pub struct Unit {
    /// Official code.
    pub code: String,
    /// First day.
    pub valid_from: NaiveDate,
    /// First day on which it is no longer so; none while it lasts.
    pub valid_to: Option<NaiveDate>,
    /// Vietnamese name.
    pub name_vi: String,
    /// English name.
    pub name_en: String,
    /// Kind.
    pub kind: UnitKind,
    /// Code of the unit above.
    pub parent: Option<String>,
    /// Inhabitants, where known.
    pub population: Option<i64>,
    /// Files received in a year, where known.
    pub transactions: Option<i64>,
}

impl Unit {
    /// Its name in this language.
    #[must_use]
    pub fn name(&self, language: &str) -> &str {
        if language == "en" { &self.name_en } else { &self.name_vi }
    }
}

/// A service point or counter (điểm phục vụ, quầy).
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = places, treat_none_as_default_value = false)]
pub struct Place {
    /// Code.
    pub code: String,
    /// Code of the unit it belongs to.
    pub unit: String,
    /// Vietnamese name.
    pub name_vi: String,
    /// English name.
    pub name_en: String,
}

impl Place {
    /// Its name in this language.
    #[must_use]
    pub fn name(&self, language: &str) -> &str {
        if language == "en" { &self.name_en } else { &self.name_vi }
    }
}
