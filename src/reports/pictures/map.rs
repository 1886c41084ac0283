//! Units on the map.

use std::collections::BTreeSet;

use super::super::teller::Teller;
use super::units::ordered;
use crate::charts::{Area, Drawing, Geography, Head, Map};
use crate::error::Result;
use crate::estimation::Row;

/// Most units that a note names.
const MOST_NAMED: usize = 10;

/// The overall figures of the units that have a shape, and of those that have none.
fn placed(teller: &Teller<'_>, geography: &Geography) -> Result<(Vec<Row>, Vec<Row>)> {
    let codes: BTreeSet<&str> = geography.codes().collect();
    Ok(ordered(teller)?.into_iter().partition(|row| row.unit.as_deref().is_some_and(|unit| codes.contains(unit))))
}

/// Units in the colour of their figure's class, those without a figure hatched; none where no unit has a shape.
///
/// # Errors
/// Those of the figures and of the boundaries.
pub fn draw(teller: &Teller<'_>, narrow: bool) -> Result<Option<Drawing>> {
    let Some(boundaries) = teller.report.boundaries()? else { return Ok(None) };
    let geography = boundaries.geography(narrow);
    let (rows, _) = placed(teller, geography)?;
    if rows.is_empty() {
        return Ok(None);
    }
    let values: Vec<f64> = rows.iter().filter_map(|r| r.estimate).collect();
    let title = match (values.first(), values.last()) {
        (Some(high), Some(low)) if values.len() > 1 => {
            teller.say("map-title", &[("high", teller.value(*high)), ("low", teller.value(*low)), ("n", values.len().to_string())])
        }
        (Some(one), _) => teller.say("map-title-one", &[("value", teller.value(*one))]),
        (None, _) => teller.say("map-title-none", &[]),
    };
    let overall = teller.report.index()?.overall().cloned();
    let head = teller.head(
        title,
        teller.measured(overall.as_ref()),
        teller.say("map-description", &[("shown", values.len().to_string()), ("hatched", (rows.len() - values.len()).to_string())]),
    );
    // The licence of boundaries often asks to be named wherever they are shown, so their source is part of the picture.
    let source = match boundaries.about.source.as_str() {
        "" => head.source,
        from => format!("{} {}", head.source, teller.say("map-source", &[("source", from.to_owned())])),
    };
    let name = overall.as_ref().map(|r| teller.measure_name(&r.measure)).unwrap_or_default();
    let areas = rows.iter().map(|row| {
        let unit = row.unit.as_deref().unwrap_or_default();
        let name = teller.unit_name(unit);
        Area { code: unit.to_owned(), value: row.estimate, link: Some(teller.card(unit)), tip: Some(teller.tip(&name, row)), name }
    });
    let number = |v: f64, decimals: usize| teller.language.number(v, decimals);
    let map = Map {
        head: Head { source, ..head },
        geography,
        areas: areas.collect(),
        limits: Map::limits(values.iter().copied()),
        key: teller.say(if teller.percent() { "map-key-share" } else { "map-key-points" }, &[("name", name)]),
        missing: if values.len() < rows.len() { teller.say("map-missing", &[]) } else { String::new() },
        number: &number,
        narrow,
    };
    Ok(Some(map.draw()))
}

/// What a reader of the map should know: what colours do not say, what is blank, which units are not on it.
///
/// # Errors
/// As [`draw`].
pub fn notes(teller: &Teller<'_>) -> Result<Vec<String>> {
    let Some(boundaries) = teller.report.boundaries()? else { return Ok(Vec::new()) };
    let geography = boundaries.geography(false);
    let (on, off) = placed(teller, geography)?;
    let mut notes = vec![teller.say("map-note", &[])];
    if geography.codes().count() > on.len() {
        notes.push(teller.say("map-note-blank", &[]));
    }
    if !off.is_empty() {
        let names: Vec<String> = off.iter().take(MOST_NAMED).filter_map(|r| Some(teller.unit_name(r.unit.as_deref()?))).collect();
        let n = teller.language.count(u64::try_from(off.len()).unwrap_or(0));
        let values = [("n", n), ("names", names.join(", ")), ("more", off.len().saturating_sub(names.len()).to_string())];
        notes.push(teller.say(if off.len() > names.len() { "map-note-off-more" } else { "map-note-off" }, &values));
    }
    Ok(notes)
}
