//! The addresses a survey is answered at: one for each unit and place, and a general one that lets the citizen choose the unit.

use rand::RngExt;

use crate::collection::store::{self, PlaceCode};
use crate::db::Conn;
use crate::error::Result;
use crate::surveys::{Open, cache};

/// Letters of a code: no two that look alike.
const LETTERS: &[u8] = b"23456789abcdefghjkmnpqrstuvwxyz";
/// Length of a code: about 49 bits, so that addresses cannot be guessed.
const LENGTH: usize = 10;

fn new_code() -> String {
    let mut rng = rand::rng();
    (0..LENGTH).filter_map(|_| LETTERS.get(rng.random_range(0..LETTERS.len()))).map(|b| char::from(*b)).collect()
}

/// Makes the addresses that are missing; those in use stay as they are, since they hang printed at counters.
pub fn complete(conn: &mut Conn, open: &Open) -> Result<()> {
    let there = store::place_codes(conn, open.survey.id)?;
    let exists = |unit: Option<&str>, place: Option<&str>| there.iter().any(|c| c.unit.as_deref() == unit && c.place.as_deref() == place);
    let make = |unit: Option<&str>, place: Option<&str>| PlaceCode {
        code: new_code(),
        survey_id: open.survey.id,
        unit: unit.map(str::to_owned),
        place: place.map(str::to_owned),
        revoked: false,
    };
    let mut missing = Vec::new();
    if !exists(None, None) {
        missing.push(make(None, None));
    }
    for unit in open.frame.units.keys().filter(|u| !exists(Some(u), None)) {
        missing.push(make(Some(unit), None));
    }
    for place in cache::places(conn, open)? {
        if !exists(Some(&place.unit), Some(&place.code)) {
            missing.push(make(Some(&place.unit), Some(&place.code)));
        }
    }
    store::add_place_codes(conn, &missing)
}
