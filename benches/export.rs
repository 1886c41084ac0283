//! Time and memory of exporting a million responses as CSV and as Parquet: `cargo bench --bench export`.
//!
//! 1,000,000 synthetic responses × 50 closed questions in SQLite, written to files. Beside them stands SQLite reading the same columns without handing
//! them out. `ROWS` makes it smaller.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a benchmark stops at the first surprise")]
#![expect(clippy::print_stdout, reason = "prints its table")]
#![expect(clippy::cast_precision_loss, reason = "a million rows")]

mod common;

use std::fmt::Write as _;
use std::fs::File;
use std::hint::black_box;
use std::time::Duration;

use diesel::RunQueryDsl;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sipas::collection::{Origin, Response, export, store};
use sipas::db::connection::Location;
use sipas::db::{Conn, Db, migrate};
use sipas::questionnaires::codes::Stored;
use sipas::surveys::{Mode, Open, Stream, Surveys};
use sipas::{questionnaires, surveys, units};

use common::{median, peak, ratio, reset_peak};

const QUESTIONS: usize = 50;
/// Rows of one transaction.
const CHUNK: usize = 10_000;
/// Each measurement is the median of so many.
const ROUNDS: usize = 5;
/// Every row follows from this.
const SEED: u64 = 20_261_128;

const SURVEY: &str = "code: million\ntitle: {vi: 'Một triệu phiếu', en: 'A million forms'}\nquestionnaire: fifty\nversion: '1'\n\
                      opens_on: 2026-05-04\ncloses_on: 2026-05-29\nunits: {kinds: [ward, commune]}\nstreams: [sample]\n";

fn main() {
    let rows: u64 = std::env::var("ROWS").map_or(1_000_000, |rows| rows.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(Location::File(folder.path().join("sipas.db")), 2).unwrap();
    let open = filled(&db, rows);
    println!("{rows} responses × {QUESTIONS} closed questions, load of the machine before: {}\n", load());

    let scan = median(ROUNDS, || db.read_now(|conn| Ok(scanned(conn, open.survey.id))).unwrap());
    line("yardstick: SQLite reads the same columns", scan, "1");
    let dropped = |r| {
        drop(black_box(r));
        Ok(())
    };
    let reading = median(ROUNDS, || db.read_now(|conn| store::for_each(conn, open.survey.id, dropped)).unwrap());
    line("the program reads them row by row", reading, &format!("{:.1} × yardstick", ratio(reading, scan)));
    for (what, name) in [("CSV", "out.csv"), ("Parquet", "out.parquet")] {
        let path = folder.path().join(name);
        reset_peak();
        let time = median(ROUNDS, || {
            let file = File::create(&path).unwrap();
            let written = db.read_now(|conn| match what {
                "CSV" => export::write(conn, &open, file, |_| {}),
                _ => export::write_parquet(conn, &open, file, |_| {}),
            });
            assert_eq!(written.unwrap(), rows);
        });
        let size = std::fs::metadata(&path).unwrap().len() as f64 / 1e6;
        line(what, time, &format!("{:.1} × yardstick, {size:.0} MB, {}", ratio(time, scan), peak()));
    }
    println!("\nload of the machine after: {}", load());
}

/// A questionnaire of fifty questions on a scale of five, a survey of it, and its responses.
fn filled(db: &Db, rows: u64) -> Open {
    migrate::run(db).unwrap();
    let list = units::list::read(include_str!("../survey-defs/units/hanoi.csv")).unwrap();
    let source = questionnaire();
    let now = chrono::DateTime::UNIX_EPOCH.naive_utc();
    let open = db
        .write_now(|conn| {
            units::store::put(conn, &list)?;
            questionnaires::store::add(conn, &questionnaires::read(&source).unwrap(), &source, now)?;
            let id = surveys::create::create(conn, &surveys::file::read(SURVEY).unwrap(), true, now)?;
            Surveys::default().by_id(conn, id)
        })
        .unwrap();
    let codes: Vec<&str> = open.frame.units.keys().map(String::as_str).collect();
    let mut rng = ChaCha8Rng::seed_from_u64(SEED);
    let mut left = rows;
    while left > 0 {
        let now = left.min(CHUNK as u64);
        let list: Vec<Response> = (0..now).map(|_| response(&open, &codes, &mut rng)).collect();
        db.write_now(|conn| store::insert(conn, &list)).unwrap();
        left -= now;
    }
    open
}

fn questionnaire() -> String {
    let mut text = "format: 1\ncode: fifty\nversion: \"1\"\ntitle: {vi: Năm mươi, en: Fifty}\nlanguages: [vi, en]\nintroduction: {vi: Mẫu, en: Sample}\n\
                    scales:\n  five:\n    options:\n"
        .to_owned();
    for n in 1..=5 {
        writeln!(text, "      - {{code: \"{n}\", text: {{vi: \"{n}\", en: \"{n}\"}}}}").unwrap();
    }
    text.push_str("    not_applicable: {code: na, text: {vi: KAD, en: n/a}}\nsections:\n  - code: all\n    title: {vi: Mẫu, en: Sample}\n    questions:\n");
    for n in 1..=QUESTIONS {
        writeln!(text, "      - {{code: q{n:02}, type: scale, scale: five, text: {{vi: \"{n}\", en: \"{n}\"}}}}").unwrap();
    }
    text
}

/// One response: 3 % of answers do not apply, 2 % are missing.
fn response(open: &Open, units: &[&str], rng: &mut ChaCha8Rng) -> Response {
    let id = uuid::Builder::from_random_bytes(rng.random()).into_uuid();
    let codes = (0..open.questionnaire().code_bytes)
        .map(|_| match rng.random_range(0..100u8) {
            0..2 => 0,
            2..5 => 255,
            draw => 1 + draw % 5,
        })
        .collect();
    let unit = units[rng.random_range(0..units.len())];
    let from = Origin { survey_id: open.survey.id, unit, stream: Stream::Sample, mode: Mode::Interview, language: "vi" };
    let mut made = Response::new(id, from, open.survey.created_at, Stored { codes, extra: None });
    made.weight = Some(f64::from(rng.random_range(100..1_100u32)) / 100.0);
    made.psu = Some(format!("TDP {}", rng.random_range(0..30u32)));
    made
}

#[derive(diesel::QueryableByName)]
struct Scanned {
    #[diesel(sql_type = diesel::sql_types::Double)]
    all: f64,
}

/// Lets SQLite touch what is exported, and hands nothing out.
fn scanned(conn: &mut Conn, survey: i64) -> f64 {
    let Conn::Sqlite(conn) = conn else { return f64::NAN };
    let sql = format!(
        "SELECT sum(length(id) + length(unit) + length(stream) + length(mode) + length(language) + length(submitted_at) + coalesce(length(place), 0) \
         + coalesce(length(stratum), 0) + coalesce(length(psu), 0) + coalesce(weight, 0) + length(codes) + coalesce(length(extra), 0)) AS \"all\" \
         FROM responses WHERE survey_id = {survey}"
    );
    diesel::sql_query(sql).get_result::<Scanned>(conn).unwrap().all
}

fn line(what: &str, time: Duration, more: &str) {
    println!("{what:<44}{:>8.2} s  {more}", time.as_secs_f64());
}

/// Processes that ran or waited for a processor, mean of the last minute.
fn load() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().next().unwrap_or("unknown").to_owned()
}
