//! Requests a second of the real server, beside what the machine allows: `cargo bench --bench web`.
//!
//! Runs on SQLite in a temporary folder, and on PostgreSQL when `SIPAS_TEST_POSTGRES` names one (`tests/setup/with-postgres.sh make bench`).
//! Server, database and load generator share the machine. After the load, every acknowledged response must be in the database.
#![expect(unreachable_pub, reason = "helpers are public within this one binary")]
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a benchmark stops at the first surprise")]
#![expect(clippy::print_stdout, reason = "prints its table")]

mod load;
mod place;
mod yardsticks;

use std::net::SocketAddr;

use load::{Measured, get, post, run};
use place::{DIRECT, Database, REPORT, Server, UNITS, VISITS, address, stored};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::json;
use sipas::db::Db;

/// Every sent answer follows from this.
const SEED: u64 = 20_261_122;
const CLIENTS: [usize; 2] = [16, 64];

/// What every measurement is compared with.
struct Limits {
    /// Requests a second of the bare route, by number of clients.
    bare: Vec<(usize, f64)>,
    /// Single-row commits a second on one connection.
    single: f64,
    /// Rows a second in commits of 100.
    batches: f64,
}

impl Limits {
    fn bare(&self, clients: usize) -> f64 {
        self.bare.iter().find(|(n, _)| *n == clients).map_or(f64::NAN, |(_, rate)| *rate)
    }
}

fn main() {
    let bare: Vec<(usize, f64)> = {
        let server = Server::bare();
        let mut all = Vec::new();
        for clients in [1, 16, 64] {
            let measured = run(server.at, clients, 200, |_, _| get("/", false));
            line("bare route, \"hello\"", &measured, "");
            all.push((clients, measured.rate));
        }
        all
    };
    for database in [Some(Database::sqlite()), Database::postgres()].into_iter().flatten() {
        measure(&database, &bare);
    }
}

fn measure(database: &Database, bare: &[(usize, f64)]) {
    let name = database.name;
    println!("\n== {name} ==");
    let db = database.filled();
    yardsticks::prepare(database);
    let single = yardsticks::commits(database, 1, 1);
    println!("{:<44}{single:>10.0}/s", "yardstick: commits of one row, 1 connection");
    if name != "SQLite" {
        println!("{:<44}{:>10.0}/s", "yardstick: commits of one row, 16 connections", yardsticks::commits(database, 16, 1));
    }
    let batches = yardsticks::commits(database, 1, 100);
    println!("{:<44}{batches:>10.0}/s", "yardstick: rows in commits of 100");
    let limits = Limits { bare: bare.to_vec(), single, batches };

    let direct = yardsticks::queue(&db, DIRECT, 64);
    println!(
        "{:<44}{:>10.0}/s  {:.1} responses a commit, {:.2} of rows in commits of 100",
        "queue without HTTP, 64 tasks",
        direct.rate,
        direct.responses_per_commit,
        direct.rate / limits.batches
    );
    let server = Server::sipas(&db);
    let mut acknowledged = 0;
    for clients in CLIENTS {
        acknowledged += submissions(server.at, clients, &limits);
    }
    pages(&db, server.at, &limits);
    drop(server);
    for (survey, expected) in [(VISITS, acknowledged), (DIRECT, direct.stored)] {
        let found = stored(&db, survey);
        assert_eq!(found, expected, "{name}, {survey}: responses in the database and acknowledged ones differ");
        println!("{found} responses acknowledged for {survey}, {found} in the database");
    }
}

/// A line of the table, with what it is compared with.
fn line(what: &str, m: &Measured, compared: &str) {
    let (p50, p99) = (m.within(0.5), m.within(0.99));
    println!(
        "{:<44}{:>10.0}/s  p50 {p50:>7.2} ms  p99 {p99:>7.2} ms  {:>7} B  {compared}",
        format!("{what}, {}", m.clients),
        m.rate,
        m.bytes
    );
}

/// Durable submissions through the API; returns how many were acknowledged as stored.
fn submissions(at: SocketAddr, clients: usize, limits: &Limits) -> u64 {
    let path = format!("/api/v1/surveys/{VISITS}/responses");
    let measured = run(at, clients, 201, move |client, turn| {
        let mut rng = ChaCha8Rng::seed_from_u64(SEED ^ (clients as u64) << 48 ^ client << 32 ^ turn);
        post(&path, "application/json", false, &submission(&mut rng).to_string())
    });
    let compared = format!(
        "{:.2} of bare, {:.2} of single commits, {:.2} of commits of 100",
        measured.rate / limits.bare(clients),
        measured.rate / limits.single,
        measured.rate / limits.batches
    );
    line("durable submissions, API", &measured, &compared);
    measured.answers
}

/// A whole visit form; one in five with a comment.
fn submission(rng: &mut ChaCha8Rng) -> serde_json::Value {
    let mut five = || rng.random_range(1..=5u8).to_string();
    let mut answers = json!({
        "overall": "4", "access": five(), "procedures": five(), "staff": five(), "result": five(), "feedback": "na",
        "service_field": "land", "contents": ["greeted", "informed"],
    });
    if rng.random_range(0..5u8) == 0 {
        answers["comment"] = json!("Cán bộ hướng dẫn tận tình, nhưng phải chờ hơi lâu vào buổi sáng.");
    }
    let id = uuid::Builder::from_random_bytes(rng.random()).into_uuid();
    json!({ "id": id, "unit": UNITS[rng.random_range(0..UNITS.len())], "mode": "web", "answers": answers })
}

fn pages(db: &Db, at: SocketAddr, limits: &Limits) {
    let form = address(db, VISITS);
    let report = format!("/reports/{REPORT}");
    // What the page of the aspects sends after the first question was answered.
    let filled = format!(
        "id=6f1c9a52-5b0e-4c39-9d0e-0d6f6e2a7b11&page=1&seen=access+procedures+staff+result+feedback&unit={}&a-overall=4\
         &a-access=4&a-procedures=5&a-staff=4&a-result=3&a-feedback=na&go=next",
        UNITS[0]
    );
    let section = post(&form, "application/x-www-form-urlencoded", true, &filled);
    check(at, &post(&form, "application/x-www-form-urlencoded", false, &filled), "a-service_field");
    check(at, &get(&form, false), "name=\"unit\"");
    check(at, &get(&report, false), "<table");
    let requests = [
        ("first page", get(&form, false), vec![16, 64]),
        ("first page, gzip", get(&form, true), vec![16, 64]),
        ("section sent, next page, gzip", section, vec![16, 64]),
        ("report page, gzip", get(&report, true), vec![1, 16]),
    ];
    println!("report page: {} responses", stored(db, REPORT));
    for (what, request, clients) in requests {
        for clients in clients {
            let request = request.clone();
            let measured = run(at, clients, 200, move |_, _| request.clone());
            line(what, &measured, &format!("{:.4} of bare", measured.rate / limits.bare(clients)));
        }
    }
}

/// Asks once and looks for a word that only the right page has.
fn check(at: SocketAddr, request: &[u8], word: &str) {
    let request = request.to_vec();
    let answer = actix_web::rt::System::new().block_on(async move { load::Client::connect(at).await.ask(&request).await });
    let body = String::from_utf8(answer.body).unwrap();
    assert!(answer.status == 200 && body.contains(word), "{word} was expected, status {}:\n{body}", answer.status);
}
