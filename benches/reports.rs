//! How long the pages of a report take over a million responses: `cargo bench --bench reports`.
//!
//! 1,000,000 synthetic responses of the questionnaire of 2023 × 126 units, sent over a year, in a SQLite file, the real server on a free port, one client that takes
//! gzip. *Cold* is the first request after the program started: it reads all responses and makes all figures. *Warm* is the median of the next ones.
//! Yardsticks of the same run: SQLite reading the same columns, and the smallest page of the server.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a benchmark stops at the first surprise")]
#![expect(clippy::print_stdout, reason = "prints its table")]
#![expect(clippy::cast_possible_truncation, reason = "a few hundred units")]

mod common;

use std::net::TcpListener;
use std::time::{Duration, Instant};

use diesel::RunQueryDsl;
use diesel::sql_types::BigInt;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sipas::audit::CommandLine;
use sipas::collection::{Origin, Response, store};
use sipas::db::connection::Location;
use sipas::db::{Db, migrate};
use sipas::questionnaires::codes::Stored;
use sipas::questionnaires::model::Kind;
use sipas::surveys::model::Step;
use sipas::surveys::{Mode, Open, Stream, Surveys};
use sipas::{admin, app, questionnaires, surveys, units};

use common::median;

const ROWS: usize = 1_000_000;
/// Rows of one transaction.
const CHUNK: usize = 10_000;
/// Each warm time is the median of so many.
const ROUNDS: usize = 15;
/// Every response follows from this.
const SEED: u64 = 20_261_128;

/// Units whose cards nobody looked at before.
const CARDS: [&str; 11] = ["00004", "00008", "00025", "00082", "00091", "00097", "00103", "00118", "00127", "00136", "00145"];

const SURVEY: &str = "code: million\ntitle: {vi: 'Một triệu phiếu', en: 'A million forms'}\nquestionnaire: sipas\nversion: '2023'\nopens_on: 2025-07-07\n\
                      closes_on: 2026-07-10\nunits: {kinds: [ward, commune]}\nstreams: [sample]\nweighting: population\nresults: live\n";

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let location = Location::File(folder.path().join("sipas.db"));
    let begin = Instant::now();
    fill(&Db::open(location.clone(), 2).unwrap());
    println!("{ROWS} responses stored in {:.1} s\n", begin.elapsed().as_secs_f64());
    let scan = {
        let db = Db::open(location.clone(), 1).unwrap();
        median(3, || scanned(&db))
    };
    line("yardstick: SQLite reads the columns of a report", scan);
    actix_web::rt::System::new().block_on(measured(location));
}

async fn measured(location: Location) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let db = Db::open(location, 4).unwrap();
    let settings = app::Settings { workers: 1, ..app::Settings::default() };
    let running = app::start(db, listener, &settings).unwrap();
    let handle = running.handle();
    let serving = actix_web::rt::spawn(running.until_stopped());
    let client = reqwest::Client::builder().gzip(true).build().unwrap();
    let get = async |path: &str| {
        let begin = Instant::now();
        let response = client.get(format!("{base}{path}")).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        let bytes = response.bytes().await.unwrap().len();
        (begin.elapsed(), bytes)
    };
    let hello = {
        let mut all = Vec::new();
        for _ in 0..ROUNDS {
            all.push(get("/healthz").await.0);
        }
        all.sort_unstable();
        all[ROUNDS / 2]
    };
    line("yardstick: /healthz", hello);
    println!("\n| page | first | warm | bytes |\n|---|---|---|---|");
    for (name, path) in [
        ("overview (cold: reads everything)", "/reports/million?lang=vi"),
        ("unit card", "/reports/million/units/00070?lang=vi"),
        ("all units: table, plot, heat map, funnel", "/reports/million/units?lang=vi"),
        ("all items", "/reports/million/items?lang=vi"),
        ("answers to other questions, by who answered", "/reports/million/answers?lang=vi"),
        ("waves and months", "/reports/million/time?lang=vi"),
        ("quality, modes", "/reports/million/quality?lang=vi"),
        ("overview of wards only", "/reports/million?lang=vi&kind=ward"),
    ] {
        let (first, bytes) = get(path).await;
        let mut warm = Vec::new();
        for _ in 0..ROUNDS {
            warm.push(get(path).await.0);
        }
        warm.sort_unstable();
        println!("| {name} | {} | {} | {bytes} |", shown(first), shown(warm[ROUNDS / 2]));
    }
    let mut cards = Vec::new();
    for unit in CARDS {
        cards.push(get(&format!("/reports/million/units/{unit}?lang=vi")).await.0);
    }
    cards.sort_unstable();
    println!("| other unit cards, median of {} | {} | | |", CARDS.len(), shown(cards[CARDS.len() / 2]));
    handle.stop(true).await;
    serving.await.unwrap().unwrap();
}

/// Units, questionnaire, the survey, its responses.
fn fill(db: &Db) {
    migrate::run(db).unwrap();
    let mut list = units::list::read(include_str!("../survey-defs/units/hanoi.csv")).unwrap();
    units::list::with_totals(&mut list, include_str!("../survey-defs/demo/totals.csv")).unwrap();
    let source = include_str!("../survey-defs/questionnaires/sipas-2023.yaml");
    let now = chrono::DateTime::UNIX_EPOCH.naive_utc();
    let open = db
        .write_now(|conn| {
            units::store::put(conn, &list)?;
            questionnaires::store::add(conn, &questionnaires::read(source).unwrap(), source, now)?;
            let id = surveys::create::create(conn, &surveys::file::read(SURVEY).unwrap(), true, now)?;
            admin::handlers::advance(conn, &Surveys::default(), &CommandLine, "million", Step::Open)?;
            Surveys::default().by_id(conn, id)
        })
        .unwrap();
    let units: Vec<&str> = open.frame.units.keys().map(String::as_str).collect();
    let mut rng = ChaCha8Rng::seed_from_u64(SEED);
    let mut left = ROWS;
    while left > 0 {
        let chunk: Vec<Response> = (0..CHUNK.min(left)).map(|_| response(&open, &units, &mut rng)).collect();
        db.write_now(|conn| store::insert(conn, &chunk)).unwrap();
        left -= chunk.len();
    }
}

/// A response: every closed question has an answer nineteen times of twenty, units differ.
fn response(open: &Open, units: &[&str], rng: &mut ChaCha8Rng) -> Response {
    let questionnaire = open.questionnaire();
    let unit = rng.random_range(0..units.len());
    let satisfied = 60 + (unit as u32 * 7) % 30 + rng.random_range(0..10u32);
    let mut codes = vec![0u8; questionnaire.code_bytes];
    for question in &questionnaire.questions {
        let Some(slot) = question.slot else { continue };
        if rng.random_range(0..20u32) == 0 {
            continue;
        }
        let options = question.options().len().max(1) as u32;
        codes[slot.offset] = match &question.kind {
            Kind::Single { scale: Some(_), .. } if options == 5 && rng.random_range(0..100u32) < satisfied => 4 + rng.random_range(0..2u8),
            Kind::Multiple { .. } => rng.random_range(1..128u32) as u8,
            _ => rng.random_range(1..=options) as u8,
        };
    }
    let origin = Origin { survey_id: open.survey.id, unit: units[unit], stream: Stream::Sample, mode: Mode::Interview, language: "vi" };
    let day = open.survey.opens_on + chrono::Days::new(rng.random_range(0..360));
    let id = uuid::Builder::from_random_bytes(rng.random()).into_uuid();
    let mut response = Response::new(id, origin, day.and_hms_opt(3, 0, 0).unwrap(), Stored { codes, extra: None });
    response.stratum = Some(units[unit].to_owned());
    response.psu = Some(format!("TDP {}", rng.random_range(0..30u32)));
    response.weight = Some(f64::from(rng.random_range(100..1_100u32)) / 100.0);
    response
}

#[derive(diesel::QueryableByName)]
struct Sum {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

/// SQLite itself goes through the columns that a report needs.
fn scanned(db: &Db) -> i64 {
    const QUERY: &str = "SELECT sum(length(codes) + length(unit) + length(stream) + length(mode) + length(submitted_at) + length(coalesce(stratum, '')) \
                         + length(coalesce(psu, '')) + (weight > 0)) AS n FROM responses";
    db.read_now(|conn| Ok(diesel::sql_query(QUERY).get_result::<Sum>(conn)?.n)).unwrap()
}

fn shown(time: Duration) -> String {
    if time >= Duration::from_secs(1) { format!("{:.2} s", time.as_secs_f64()) } else { format!("{:.1} ms", time.as_secs_f64() * 1e3) }
}

fn line(what: &str, time: Duration) {
    println!("{what:<55} {:>10}", shown(time));
}
