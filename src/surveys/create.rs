//! The use case that turns a survey file into a survey.

use std::collections::BTreeSet;

use chrono::NaiveDateTime;

use super::file::SurveyFile;
use super::store;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::surveys::model::Weighting;
use crate::{questionnaires, units};

/// Creates a draft survey; runs inside the caller's transaction and returns the survey's key.
///
/// # Errors
/// When the questionnaire version or a unit does not exist, no unit is chosen, or totals for the weighting are missing.
pub fn create(conn: &mut Conn, file: &SurveyFile, demonstration: bool, now: NaiveDateTime) -> Result<i64> {
    let questionnaire = questionnaires::store::load(conn, &file.questionnaire, &file.version)?;
    if questionnaires::store::is_retired(conn, &file.questionnaire, &file.version)? {
        return Err(Error::Refused(format!(
            "questionnaire {} version {} is retired; use a newer version, or reinstate it",
            file.questionnaire, file.version
        )));
    }
    let tree = units::store::on_day(conn, file.opens_on)?;
    let mut chosen: BTreeSet<&str> = tree.iter().filter(|u| file.units.kinds.contains(&u.kind)).map(|u| u.code.as_str()).collect();
    for code in &file.units.codes {
        let unit = tree.iter().find(|u| &u.code == code);
        let unit = unit
            .ok_or_else(|| Error::Refused(format!("units: there is no unit {code:?} on {}; import the unit list first", file.opens_on)))?;
        chosen.insert(&unit.code);
    }
    if chosen.is_empty() {
        return Err(Error::Refused(format!(
            "units: no unit is chosen on {}; name kinds or codes, and import the unit list first",
            file.opens_on
        )));
    }
    let total = |u: &units::Unit| match file.weighting {
        Weighting::Base => Some(1),
        Weighting::Population => u.population,
        Weighting::Transactions => u.transactions,
    };
    let missing: Vec<&str> =
        tree.iter().filter(|u| chosen.contains(u.code.as_str()) && total(u).unwrap_or(0) == 0).map(|u| u.code.as_str()).collect();
    if !missing.is_empty() {
        return Err(Error::Refused(format!(
            "weighting: {} needs a {} above 0 for every unit; missing for {}: {}",
            file.weighting,
            file.weighting,
            missing.len(),
            missing.iter().take(10).copied().collect::<Vec<_>>().join(", ")
        )));
    }
    let threshold = file.threshold.or(questionnaire.index.as_ref().map(|i| i.threshold)).unwrap_or(30);
    let codes: Vec<String> = chosen.into_iter().map(str::to_owned).collect();
    store::insert(conn, file, threshold, &codes, demonstration, now)
}
