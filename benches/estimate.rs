//! Time and memory of the whole table of figures of a million responses, and of keeping them in memory: `cargo bench --bench estimate`.
//!
//! 1,000,000 synthetic responses × 39 items × 126 units, the questionnaire of 2023, 51 figures. Every figure comes with its linearised standard
//! error and its interval. Beside it stands a plain loop that only counts satisfied and valid answers by unit and item over the same bytes.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a benchmark stops at the first surprise")]
#![expect(clippy::print_stdout, reason = "prints its table")]
#![expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "a million rows, a few hundred units")]

mod common;

use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

use diesel::RunQueryDsl;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use sipas::collection::{Origin, Response, arrivals, store};
use sipas::db::connection::Location;
use sipas::db::types::Day;
use sipas::db::{Conn, Db, migrate};
use sipas::estimation::analysis::{Request, prepare};
use sipas::estimation::measures::{self, Measures};
use sipas::estimation::table::{Line, ResponseTable};
use sipas::estimation::weighting::{self, Totals};
use sipas::estimation::{By, Level, Tables};
use sipas::questionnaires::codes::Stored;
use sipas::stats::design::LonelyPsu;
use sipas::stats::index::{Domains, Index, IndexSpec, Item, Measure, Scoring};
use sipas::stats::interval::ProportionInterval;
use sipas::surveys::{Mode, Open, Stream, Surveys};
use sipas::{questionnaires, surveys, units};

use common::{median, peak, ratio, reset_peak};

const ROWS: usize = 1_000_000;
/// Rows of one transaction.
const CHUNK: usize = 10_000;
/// Each measurement is the median of so many.
const ROUNDS: usize = 5;
/// Every row follows from this.
const SEED: u64 = 20_261_122;
/// PSUs of a unit, where there are any.
const PSUS: u32 = 30;

const SURVEY: &str = "code: million\ntitle: {vi: 'Một triệu phiếu', en: 'A million forms'}\nquestionnaire: sipas\nversion: '2023'\n\
                      opens_on: 2026-05-04\ncloses_on: 2026-05-29\nunits: {kinds: [ward, commune]}\nstreams: [sample]\nweighting: population\n";

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(Location::File(folder.path().join("sipas.db")), 2).unwrap();
    let open = filled(&db);
    let measures = measures::of(open.questionnaire(), open.questionnaire().index.as_ref().unwrap()).unwrap();
    println!("{ROWS} responses, {} items, {} units, {} figures\n", measures.offsets.len(), open.frame.units.len(), measures.all.len());

    from_database(&db, &open, &measures);
    in_memory(&open, &measures);
}

/// Units, questionnaire and the survey.
fn filled(db: &Db) -> Open {
    migrate::run(db).unwrap();
    let mut list = units::list::read(include_str!("../survey-defs/units/hanoi.csv")).unwrap();
    units::list::with_totals(&mut list, include_str!("../survey-defs/demo/totals.csv")).unwrap();
    let source = include_str!("../survey-defs/questionnaires/sipas-2023.yaml");
    let now = chrono::DateTime::UNIX_EPOCH.naive_utc();
    db.write_now(|conn| {
        units::store::put(conn, &list)?;
        questionnaires::store::add(conn, &questionnaires::read(source).unwrap(), source, now)?;
        let id = surveys::create::create(conn, &surveys::file::read(SURVEY).unwrap(), true, now)?;
        Surveys::default().by_id(conn, id)
    })
    .unwrap()
}

/// One synthetic response.
struct Row {
    id: uuid::Uuid,
    unit: usize,
    psu: u32,
    weight: f64,
    codes: Vec<u8>,
}

/// The rows, the same each time: units in random order, units and people differ, 5 % of answers are missing or do not apply.
fn rows(open: &Open, offsets: &[usize]) -> impl Iterator<Item = Row> {
    let mut rng = ChaCha8Rng::seed_from_u64(SEED);
    let (units, bytes) = (open.frame.units.len(), open.questionnaire().code_bytes);
    let offsets = offsets.to_vec();
    std::iter::repeat_with(move || {
        let id = uuid::Builder::from_random_bytes(rng.random()).into_uuid();
        let unit = rng.random_range(0..units);
        let satisfied = 60 + (unit as u32 * 7) % 30 + rng.random_range(0..10u32);
        let mut codes = vec![0u8; bytes];
        for offset in &offsets {
            let (draw, level) = (rng.random_range(0..100u32), rng.random_range(0..100u32));
            codes[*offset] = match draw {
                0..2 => 0,
                2..5 => 255,
                _ if level < satisfied => 4 + u8::from(draw.is_multiple_of(4)),
                _ => 1 + (draw % 3) as u8,
            };
        }
        Row { id, unit, psu: rng.random_range(0..PSUS), weight: f64::from(rng.random_range(100..1_100u32)) / 100.0, codes }
    })
}

fn unit_codes(open: &Open) -> Vec<&str> {
    open.frame.units.keys().map(String::as_str).collect()
}

/// Stores the rows, loads them into columns, and makes the table as the program does.
fn from_database(db: &Db, open: &Open, measures: &Measures) {
    let units = unit_codes(open);
    reset_peak();
    let begin = Instant::now();
    let mut list = Vec::with_capacity(CHUNK);
    let mut inserting = Duration::ZERO;
    let mut all = rows(open, &measures.offsets);
    for row in all.by_ref().take(ROWS) {
        list.push(response(open, &units, row));
        if list.len() == CHUNK {
            let now = Instant::now();
            db.write_now(|conn| store::insert(conn, &list)).unwrap();
            inserting += now.elapsed();
            list.clear();
        }
    }
    let making = begin.elapsed() - inserting;
    line(
        "store in SQLite, 10,000 a transaction",
        inserting,
        &format!("{:.0} rows/s (making them: {:.1} s)", per_second(inserting), making.as_secs_f64()),
    );

    drop(list);
    let scan = median(ROUNDS, || db.read_now(|conn| Ok(scanned(conn, open.survey.id))).unwrap());
    line("yardstick: SQLite reads the same columns", scan, &format!("{:.0} rows/s", per_second(scan)));
    reset_peak();
    let (survey, bytes) = (open.survey.id, open.questionnaire().code_bytes);
    let before = processor();
    let load = median(ROUNDS, || Tables::default().look(db, survey, bytes).unwrap());
    line(
        "column table of 1,000,000 built from SQLite",
        load,
        &format!(
            "{:.0} rows/s, {:.1} × yardstick, processor {:.0} ms, {}",
            per_second(load),
            ratio(load, scan),
            (processor() - before) / ROUNDS as f64,
            peak()
        ),
    );

    let tables = Tables::default();
    let table = tables.look(db, survey, bytes).unwrap();
    println!("{:<52}{:>9.1} bytes a response", "memory of the column table", table.bytes() as f64 / ROWS as f64);
    let nothing = median(ROUNDS, || tables.look(db, survey, bytes).unwrap());
    line("look when nothing is new", nothing, "");
    drop(table);
    for held in [false, true] {
        let mut spent = 0.0;
        let mut times: Vec<Duration> = (0..ROUNDS)
            .map(|_| {
                // Somebody still computes on what the last look saw: then the columns are copied before they grow.
                let reader = held.then(|| tables.look(db, survey, bytes).unwrap());
                let list: Vec<Response> = all.by_ref().take(CHUNK).map(|row| response(open, &units, row)).collect();
                db.write_now(|conn| store::insert(conn, &list)).unwrap();
                let (begin, before) = (Instant::now(), processor());
                black_box(tables.look(db, survey, bytes).unwrap());
                let time = begin.elapsed();
                spent += processor() - before;
                drop(reader);
                time
            })
            .collect();
        times.sort_unstable();
        let more = if held { "while a report is computed on the last look" } else { "" };
        line(&format!("10,000 new among them {more}"), times[ROUNDS / 2], &format!("processor {:.0} ms", spent / ROUNDS as f64));
    }
    let lines = |conn: &mut Conn| arrivals::store::since(conn, survey, None, |l| drop(black_box(l)));
    line("of the building: reading alone", median(ROUNDS, || db.read_one_state(lines).unwrap()), "");

    reset_peak();
    let prepared = prepare(db, &tables, open, ASKED).unwrap();
    let mut given = 0;
    for (what, by) in [("units", By::Unit), ("all", By::All)] {
        let time = median(ROUNDS, || given = prepared.estimate(by, Level::ALL).unwrap().iter().filter(|r| r.ci_low.is_some()).count());
        line(&format!("rows of the report, post-stratified, by {what}"), time, &format!("{given} figures with interval, {}", peak()));
    }
}

fn response(open: &Open, units: &[&str], row: Row) -> Response {
    let from = Origin { survey_id: open.survey.id, unit: units[row.unit], stream: Stream::Sample, mode: Mode::Interview, language: "vi" };
    let mut response = Response::new(row.id, from, open.survey.created_at, Stored { codes: row.codes, extra: None });
    response.weight = Some(row.weight);
    response
}

const ASKED: Request = Request { stream: None, level: 0.95 };

#[derive(diesel::QueryableByName)]
struct Scanned {
    #[diesel(sql_type = diesel::sql_types::Double)]
    all: f64,
}

/// Lets SQLite touch what estimating needs, and hands nothing out.
fn scanned(conn: &mut Conn, survey: i64) -> f64 {
    let Conn::Sqlite(conn) = conn else { return f64::NAN };
    let sql = format!(
        "SELECT sum(length(unit) + coalesce(length(stratum), 0) + coalesce(length(psu), 0) + coalesce(weight, 0) + length(codes)) AS \"all\" \
         FROM responses WHERE survey_id = {survey} AND stream = 'sample'"
    );
    diesel::sql_query(sql).get_result::<Scanned>(conn).unwrap().all
}

/// The engine by itself, for four designs, beside a plain loop.
fn in_memory(open: &Open, measures: &Measures) {
    let units = unit_codes(open);
    let population = |code: &&str| ((*code).to_owned(), open.frame.units[*code].population.unwrap() as f64);
    let totals: BTreeMap<String, f64> = units.iter().map(population).collect();
    println!();
    let mut counting = None;
    for clustered in [false, true] {
        let (mut table, mut filling) = (ResponseTable::new(open.questionnaire().code_bytes), Duration::ZERO);
        reset_peak();
        let mut rows = rows(open, &measures.offsets).take(ROWS).map(|r| (clustered.then(|| format!("TDP {}", r.psu)), r)).peekable();
        while rows.peek().is_some() {
            let chunk: Vec<_> = rows.by_ref().take(CHUNK).collect();
            let begin = Instant::now();
            for (psu, row) in &chunk {
                let unit = units[row.unit];
                let line = Line {
                    unit,
                    mode: Mode::Interview,
                    day: Day(0),
                    stratum: None,
                    psu: psu.as_deref(),
                    weight: Some(row.weight),
                    codes: &row.codes,
                };
                table.push(line);
            }
            filling += begin.elapsed();
        }
        let design = if clustered { "30 PSUs a unit" } else { "plain" };
        line(&format!("fill columns, {design}"), filling, &format!("{:.0} rows/s, {}", per_second(filling), peak()));
        let items = items(&table, measures);
        let counting = *counting.get_or_insert_with(|| {
            let one = median(ROUNDS, || items.iter().map(|item| count(item.codes, &table.unit, units.len())).collect::<Vec<_>>());
            line("yardstick: satisfied and valid, 1 thread", one, "counts only, no weights, no variance");
            let both = median(ROUNDS, || items.par_iter().map(|item| count(item.codes, &table.unit, units.len())).collect::<Vec<_>>());
            line("yardstick: the same, all threads", both, "");
            both
        });
        for totals in [None, Some(totals.clone())] {
            let weighting = if totals.is_some() { ", post-stratified" } else { "" };
            for by_unit in [true, false] {
                reset_peak();
                let mut given = 0;
                let time = median(ROUNDS, || given = whole(&table, &totals, measures, by_unit));
                let what = if by_unit { "by unit" } else { "all" };
                let compared = format!("{given} figures with interval, {:.1} × yardstick, {}", ratio(time, counting), peak());
                line(&format!("51 figures, {design}{weighting}, {what}"), time, &compared);
            }
        }
    }
}

/// Satisfied and valid answers of one item by unit.
fn count(codes: &[u8], unit: &[u32], units: usize) -> Vec<(u32, u32)> {
    let mut counts = vec![(0, 0); units];
    for (code, unit) in codes.iter().zip(unit) {
        let (satisfied, valid) = &mut counts[*unit as usize];
        *satisfied += u32::from(matches!(code, 4 | 5));
        *valid += u32::from(matches!(code, 1..=5));
    }
    counts
}

/// The columns of the index's items.
fn items<'a>(table: &'a ResponseTable, measures: &'a Measures) -> Vec<Item<'a>> {
    let item = |(offset, scoring): (&usize, &'a Scoring)| Item { codes: table.codes(*offset).unwrap(), scoring };
    measures.offsets.iter().zip(&measures.scorings).map(item).collect()
}

/// Weights, design, estimates, standard errors and intervals; says how many intervals there are.
fn whole(table: &ResponseTable, totals: &Totals, measures: &Measures, by_unit: bool) -> usize {
    let poststratified = weighting::poststratified(table, totals).unwrap();
    let weights = poststratified.as_ref().map_or(table.weight.as_slice(), |p| p.weights());
    let lonely = if by_unit { LonelyPsu::Fail } else { LonelyPsu::Adjust };
    let design = weighting::design(table, weights, lonely).unwrap();
    let items = items(table, measures);
    let list: Vec<Measure> = measures.all.iter().map(|m| m.measure.clone()).collect();
    let domains = if by_unit { Domains::new(table.unit.as_slice(), table.units.len() as u32) } else { Domains::whole() };
    let spec = IndexSpec { design: &design, items: &items, measures: &list, domains, poststratified: poststratified.as_ref() };
    let estimates = Index::new(spec).unwrap().estimate();
    let interval = |e: &sipas::stats::index::Estimate| {
        let (value, se) = e.estimate.zip(e.se)?;
        let (share, se) = ((value / 100.0).clamp(0.0, 1.0), se / 100.0);
        ProportionInterval::Wilson.interval(share, se, f64::from(e.df_domain), e.n_valid, ASKED.level).ok()
    };
    black_box(estimates.rows().iter().filter_map(interval).collect::<Vec<_>>()).len()
}

fn line(what: &str, time: Duration, more: &str) {
    println!("{what:<52}{:>9.1} ms  {more}", time.as_secs_f64() * 1e3);
}

fn per_second(time: Duration) -> f64 {
    ROWS as f64 / time.as_secs_f64()
}

/// Processor time of the process so far, user and system, in ms.
fn processor() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // After the name in brackets: fields 14 and 15 of the whole line, in ticks of 10 ms.
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().skip(11).take(2);
    fields.filter_map(|f| f.parse::<f64>().ok()).sum::<f64>() * 10.0
}
