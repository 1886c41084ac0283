//! The demonstration: Hà Nội's units, the official questionnaires, two finished waves with their releases and one open survey, all with simulated answers,
//! beside the real published indices; an administrator, and a leader of one ward.
//!
//! Everything is made from files under `survey-defs/` and one seed. Surveys made here are marked as demonstration, and that mark stands on every page and in
//! every export.
//!
//! - [`build`]: makes it in an empty database, once.
//! - [`simulate`]: seeded answers.
//! - [`comments`]: what simulated people write, marked in every sentence.

pub mod comments;
pub mod simulate;

use chrono::{Duration, NaiveDateTime};

use crate::accounts::{self, Grant};
use crate::admin;
use crate::audit::CommandLine;
use crate::collection;
use crate::db::{Conn, Db};
use crate::error::{Error, Result};
use crate::indices;
use crate::questionnaires;
use crate::releases::freeze::{self, Wanted};
use crate::releases::life::Status;
use crate::surveys::model::Step;
use crate::surveys::{self, Surveys};
use crate::units::{self, Place, UnitKind};

const QUESTIONNAIRES: [&str; 4] = [
    include_str!("../../survey-defs/questionnaires/sipas-2023.yaml"),
    include_str!("../../survey-defs/questionnaires/sipas-2022.yaml"),
    include_str!("../../survey-defs/questionnaires/visit.yaml"),
    include_str!("../../survey-defs/questionnaires/rating-2018.yaml"),
];
const UNITS: &str = include_str!("../../survey-defs/units/hanoi.csv");
const TOTALS: &str = include_str!("../../survey-defs/demo/totals.csv");
const WAVES: [&str; 2] =
    [include_str!("../../survey-defs/demo/household-2025.yaml"), include_str!("../../survey-defs/demo/household-2026.yaml")];
const VISITS: &str = include_str!("../../survey-defs/demo/visits.yaml");

/// Sign-in name of the demonstration's administrator.
pub const ADMINISTRATOR: &str = "admin";
/// Sign-in name of who leads [`WARD`].
pub const LEADER: &str = "lanh-dao";
/// Code of a ward whose index fell significantly between the two waves.
pub const WARD: &str = "00367";
/// Every simulated answer follows from this.
const SEED: u64 = 20_261_121;
/// How long the open survey has run, and still runs, when the demonstration is made: half a year, so that months can be compared.
const RUN: Duration = Duration::days(182);
const RUNS_ON: Duration = Duration::days(365);

/// Makes the demonstration if the database is empty; says whether it did.
///
/// # Errors
/// When the database holds real surveys, or a shipped file cannot be read.
pub fn build(db: &Db, now: NaiveDateTime) -> Result<bool> {
    let made = db.write_now(|conn| {
        let there = surveys::store::page(conn, None, 1_000, true)?;
        if let Some(real) = there.iter().find(|s| !s.demonstration) {
            return Err(Error::config(
                &format!("this database holds the real survey {}", real.code),
                "use `sipas serve` for it, and another folder (--data) for the demonstration",
            ));
        }
        if !there.is_empty() {
            return Ok(false);
        }
        make(conn, now)?;
        Ok(true)
    })?;
    if made {
        WAVES.into_iter().try_for_each(|source| publish(db, source, now))?;
    }
    Ok(made)
}

/// Takes the figures of a wave through all steps of a release; nobody signs in for it, so no person's name stands under invented figures.
fn publish(db: &Db, source: &str, now: NaiveDateTime) -> Result<()> {
    let survey = surveys::file::read(source).map_err(|e| shipped("survey", &e))?.code;
    let wanted = Wanted { survey, stream: None, until: None, corrects: None, note: String::new() };
    let release = freeze::freeze(db, &CommandLine, &wanted, now)?;
    db.write_now(|conn| {
        let steps = [Status::Reviewed, Status::Signed, Status::Published];
        steps.into_iter().try_for_each(|step| freeze::take_step(conn, &CommandLine, &release, step, "", now).map(|_| ()))
    })
}

fn shipped(what: &str, e: &impl std::fmt::Debug) -> Error {
    Error::Internal(format!("shipped {what}: {e:?}"))
}

fn make(conn: &mut Conn, now: NaiveDateTime) -> Result<()> {
    let mut list = units::list::read(UNITS).map_err(|e| shipped("units", &e))?;
    units::list::with_totals(&mut list, TOTALS).map_err(|e| shipped("totals", &e))?;
    units::store::put(conn, &list)?;
    let places: Vec<Place> = list
        .iter()
        .filter(|u| u.kind == UnitKind::ServiceBranch)
        .map(|u| Place {
            code: format!("{}-Q1", u.code),
            unit: u.code.clone(),
            name_vi: "Quầy số 1".to_owned(),
            name_en: "Counter 1".to_owned(),
        })
        .collect();
    units::store::put_places(conn, &places)?;
    for source in QUESTIONNAIRES {
        let questionnaire = questionnaires::read(source).map_err(|e| shipped("questionnaire", &e))?;
        questionnaires::store::add(conn, &questionnaire, source, now)?;
    }
    indices::take_shipped(conn, &CommandLine)?;
    let cache = Surveys::default();
    for (source, wave) in WAVES.into_iter().zip(0u8..) {
        let file = surveys::file::read(source).map_err(|e| shipped("survey", &e))?;
        let id = surveys::create::create(conn, &file, true, now)?;
        let open = cache.by_id(conn, id)?;
        let answers = simulate::household_wave(&open, SEED + u64::from(wave), wave > 0);
        collection::store::insert(conn, &answers)?;
        for step in [Step::Open, Step::Close, Step::Publish] {
            admin::handlers::advance(conn, &cache, &CommandLine, &file.code, step)?;
        }
    }
    let mut file = surveys::file::read(VISITS).map_err(|e| shipped("survey", &e))?;
    file.opens_on = (now - RUN).date();
    file.closes_on = (now + RUNS_ON).date();
    let id = surveys::create::create(conn, &file, true, now)?;
    let open = cache.by_id(conn, id)?;
    let answers = simulate::visits(&open, &places, SEED + 100, now - RUN, now);
    collection::store::insert(conn, &answers)?;
    admin::handlers::advance(conn, &cache, &CommandLine, &file.code, Step::Open)?;
    Ok(())
}

/// A one-time password for this person of the demonstration, as long as nobody has used one yet; none afterwards. Whoever is not there is added with the right.
///
/// # Errors
/// Those of the database.
pub fn one_time_password(db: &Db, name: &str, grant: &Grant, now: NaiveDateTime) -> Result<Option<String>> {
    db.write_now(|conn| match accounts::store::person_named(conn, name) {
        Err(Error::NotFound(_)) => accounts::people::add_with_one_time(conn, name, grant, now).map(Some),
        Ok(person) if person.must_change_password => accounts::people::reset(conn, name).map(Some),
        Ok(_) => Ok(None),
        Err(e) => Err(e),
    })
}
