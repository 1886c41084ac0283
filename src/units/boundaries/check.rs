//! Which areas and units go together.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use crate::units::Unit;

/// Areas and units side by side.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Match {
    /// How many areas are units.
    pub matched: usize,
    /// Codes of areas that no unit has, in the order of the file.
    pub areas_without_unit: Vec<String>,
    /// Units that have no area, by code: those that exist on the day, of kinds of which some have an area. A department has no shape, and nobody misses it.
    pub units_without_area: Vec<Unit>,
}

/// Compares the codes of areas with all units at all times: an area of a unit that has ended still serves the surveys of its time.
pub fn compare<'c>(codes: impl Iterator<Item = &'c str>, units: &[Unit], day: NaiveDate) -> Match {
    let areas: Vec<&str> = codes.collect();
    let known: BTreeSet<&str> = units.iter().map(|u| u.code.as_str()).collect();
    let shaped: BTreeSet<&str> = areas.iter().copied().collect();
    let kinds: BTreeSet<&str> = units.iter().filter(|u| shaped.contains(u.code.as_str())).map(|u| u.kind.as_str()).collect();
    let exists = |u: &&Unit| u.valid_from <= day && u.valid_to.is_none_or(|end| end > day);
    Match {
        matched: areas.iter().filter(|code| known.contains(*code)).count(),
        areas_without_unit: areas.iter().filter(|code| !known.contains(*code)).map(|code| (*code).to_owned()).collect(),
        units_without_area: units
            .iter()
            .filter(exists)
            .filter(|u| kinds.contains(u.kind.as_str()) && !shaped.contains(u.code.as_str()))
            .cloned()
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::list;

    #[test]
    fn areas_and_units_that_miss_each_other_are_named() {
        let units = list::read(
            "code,name_vi,name_en,kind,parent,valid_from,valid_to,population,transactions\n\
             D,Sở,Department,department,,2020-01-01,,,\nW1,A,A,ward,,2020-01-01,,,\nW2,B,B,ward,,2020-01-01,,,\nW3,C,C,ward,,2020-01-01,2025-07-01,,\n\
             W4,E,E,ward,,2027-01-01,,,\nX1,F,F,commune,,2020-01-01,,,\n",
        )
        .unwrap();
        let found = compare(["W1", "W3", "Z9"].into_iter(), &units, "2026-11-28".parse().unwrap());
        assert_eq!(found.matched, 2, "a unit that has ended is known");
        assert_eq!(found.areas_without_unit, ["Z9"]);
        let missing: Vec<&str> = found.units_without_area.iter().map(|u| u.code.as_str()).collect();
        assert_eq!(missing, ["W2"], "no commune has an area, so communes are not missed, nor are departments and wards of another time");
    }
}
