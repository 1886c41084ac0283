//! What disk and database allow: the same bytes, written without the program. And the program's queue without HTTP.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use chrono::Utc;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sipas::collection::intake::{Intake, QUEUE};
use sipas::collection::{Origin, Receipt, Response};
use sipas::db::{Conn, Db};
use sipas::questionnaires::codes::Stored;
use sipas::surveys::{self, Mode, Stream};
use uuid::Uuid;

use crate::load::TIME;
use crate::place::{Database, UNITS};

diesel::table! {
    yardstick (id) {
        id -> Binary,
        unit -> Text,
        codes -> Binary,
        extra -> Text,
    }
}

#[derive(Insertable)]
#[diesel(table_name = yardstick)]
struct Row {
    id: Vec<u8>,
    unit: &'static str,
    codes: Vec<u8>,
    extra: &'static str,
}

/// Keyed by a random UUID and about as long as a stored response of the visit questionnaire.
fn row(rng: &mut ChaCha8Rng) -> Row {
    let id: [u8; 16] = rng.random();
    Row { id: id.to_vec(), unit: UNITS[0], codes: vec![5; 11], extra: "web vi open 2026-11-22 01:02:00, and now and then a comment" }
}

/// Makes the table of the yardsticks.
pub fn prepare(database: &Database) {
    let binary = if matches!(database.connect(), Conn::Sqlite(_)) { "BLOB" } else { "BYTEA" };
    let table = format!("CREATE TABLE yardstick (id {binary} PRIMARY KEY NOT NULL, unit TEXT, codes {binary}, extra TEXT)");
    database.connect().batch_execute(&table).unwrap();
}

/// Durable rows a second, `rows` in a commit, on so many connections.
pub fn commits(database: &Database, connections: usize, rows: usize) -> f64 {
    let written = AtomicU64::new(0);
    let begin = Instant::now();
    std::thread::scope(|scope| {
        for connection in 0..connections {
            let written = &written;
            scope.spawn(move || {
                let mut conn = database.connect();
                let mut rng = ChaCha8Rng::seed_from_u64(((connection as u64) << 32) + rows as u64 + connections as u64 * 1_000);
                while begin.elapsed() < TIME / 2 {
                    let batch: Vec<Row> = (0..rows).map(|_| row(&mut rng)).collect();
                    insert(&mut conn, &batch).unwrap();
                    written.fetch_add(rows as u64, Ordering::Relaxed);
                }
            });
        }
    });
    #[expect(clippy::cast_precision_loss, reason = "at most a few million")]
    let written = written.into_inner() as f64;
    written / begin.elapsed().as_secs_f64()
}

/// In the fastest way of each database: prepared single inserts inside SQLite, one statement over the wire to PostgreSQL.
fn insert(conn: &mut Conn, batch: &[Row]) -> QueryResult<()> {
    match conn {
        Conn::Sqlite(c) => c.immediate_transaction(|c| {
            for row in batch {
                diesel::insert_into(yardstick::table).values(row).execute(c)?;
            }
            Ok(())
        }),
        Conn::Postgres(c) => diesel::insert_into(yardstick::table).values(batch).execute(c).map(drop),
    }
}

/// What the program's queue does without HTTP.
pub struct Direct {
    pub stored: u64,
    pub rate: f64,
    pub responses_per_commit: f64,
}

/// So many tasks hand over a checked response, wait until it is on disk, and hand over the next.
pub fn queue(db: &Db, survey: &str, tasks: u64) -> Direct {
    let survey_id = db.read_now(|conn| Ok(surveys::store::by_code(conn, survey)?.id)).unwrap();
    let (intake, writer) = Intake::start(db.clone(), QUEUE).unwrap();
    let begin = Instant::now();
    let sender = intake.clone();
    actix_web::rt::System::new().block_on(async move {
        let tasks: Vec<_> = (0..tasks)
            .map(|task| {
                let sender = sender.clone();
                actix_web::rt::spawn(async move {
                    let mut rng = ChaCha8Rng::seed_from_u64(77_000 + task);
                    while begin.elapsed() < TIME {
                        let id = uuid::Builder::from_random_bytes(rng.random()).into_uuid();
                        assert_eq!(sender.submit(checked(id, survey_id)).await.unwrap(), Receipt::Stored);
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
    let seconds = begin.elapsed().as_secs_f64();
    let (stored, commits) = (intake.counters().stored.load(Ordering::Relaxed), intake.counters().commits.load(Ordering::Relaxed));
    drop(intake);
    writer.drain();
    #[expect(clippy::cast_precision_loss, reason = "at most a few million")]
    let direct = Direct { stored, rate: stored as f64 / seconds, responses_per_commit: stored as f64 / commits as f64 };
    direct
}

fn checked(id: Uuid, survey_id: i64) -> Response {
    let from = Origin { survey_id, unit: UNITS[0], stream: Stream::Open, mode: Mode::Web, language: "vi" };
    Response::new(id, from, Utc::now().naive_utc(), Stored { codes: vec![4; 11], extra: None })
}
