//! The responses in memory: every committed one once, none twice, whoever commits when.
#![expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "responses are numbered from 0 to a few thousand")]

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Barrier, Mutex, mpsc};

use chrono::{Days, NaiveDate};
use diesel::connection::SimpleConnection;
use reqwest::StatusCode;
use serde_json::json;
use sipas::collection::{Origin, Response, store};
use sipas::db::{Db, Kind};
use sipas::error::Error;
use sipas::estimation::Tables;
use sipas::estimation::table::{ResponseTable, SurveyTable};
use sipas::questionnaires::codes::Stored;
use sipas::surveys::{Mode, Open, Stream, Surveys};
use uuid::Uuid;

use crate::support::{Database, Server, answer, new_survey, on_both};

/// Runs a test body on both databases, as two tests.
macro_rules! on_both_databases {
    (fn $name:ident($database:ident) $body:block) => {
        mod $name {
            use super::*;
            fn body($database: &Database) $body
            #[test]
            fn sqlite() {
                body(&Database::sqlite());
            }
            #[test]
            fn postgres() {
                body(&Database::postgres());
            }
        }
    };
}

fn survey(db: &Db, code: &str) -> Open {
    db.read_now(|conn| Surveys::default().by_code(conn, code)).unwrap()
}

/// Response number `n`: its weight says which it is, and everything else follows from it.
fn numbered(open: &Open, n: u32) -> Response {
    let unit = ["W1", "W2", "X1"][n as usize % 3];
    let mode = Mode::ALL[n as usize % Mode::ALL.len()];
    let origin = Origin { survey_id: open.survey.id, unit, stream: Stream::Open, mode, language: "vi" };
    let day = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap() + Days::new(u64::from(n % 40));
    let codes = (0..open.questionnaire().code_bytes).map(|i| ((n as usize * 7 + i) % 256) as u8).collect();
    let mut made = Response::new(Uuid::new_v4(), origin, day.and_hms_opt(23, 59, 59).unwrap(), Stored { codes, extra: None });
    made.weight = Some(f64::from(n + 1));
    made.stratum = (n % 5 > 2).then(|| format!("stratum {}", n % 5));
    made.psu = (n % 4 == 3).then(|| format!("cluster {}", n % 8));
    made
}

fn insert(db: &Db, open: &Open, numbers: impl Iterator<Item = u32>) {
    let list: Vec<Response> = numbers.map(|n| numbered(open, n)).collect();
    db.write_now(|conn| store::insert(conn, &list)).unwrap();
}

fn look(tables: &Tables, db: &Db, open: &Open) -> Arc<SurveyTable> {
    tables.look(db, open.survey.id, open.questionnaire().code_bytes).unwrap()
}

/// The numbers of the responses in the table; fails when one is there twice.
fn numbers(table: &SurveyTable) -> BTreeSet<u32> {
    let all: Vec<u32> = table.stream(Stream::Open).weight.iter().map(|w| *w as u32 - 1).collect();
    let different: BTreeSet<u32> = all.iter().copied().collect();
    assert_eq!(different.len(), all.len(), "a response is in the table twice");
    different
}

/// Fails unless both tables hold the same responses, whatever their order and the numbers of their strata and PSUs.
fn assert_alike(one: &SurveyTable, other: &SurveyTable) {
    assert_eq!(numbers(one), numbers(other));
    let (one, other) = (one.stream(Stream::Open), other.stream(Stream::Open));
    assert_eq!(one.clustered(), other.clustered());
    let (mut there, mut back) = (HashMap::new(), HashMap::new());
    for (a, b) in in_order(one).into_iter().zip(in_order(other)) {
        let row = |t: &ResponseTable, r: usize| {
            let codes: Vec<u8> = (0..).map_while(|i| t.codes(i)).map(|c| c[r]).collect();
            (t.units[t.unit[r] as usize].clone(), t.mode[r], t.day[r], codes)
        };
        assert_eq!(row(one, a), row(other, b));
        for (what, left, right) in [("stratum", one.stratum[a], other.stratum[b]), ("psu", one.psu[a], other.psu[b])] {
            assert_eq!(*there.entry((what, left)).or_insert(right), right, "{what}");
            assert_eq!(*back.entry((what, right)).or_insert(left), left, "{what}");
        }
    }
}

/// Rows in the order of their responses' numbers.
fn in_order(table: &ResponseTable) -> Vec<usize> {
    let mut rows: Vec<usize> = (0..table.rows()).collect();
    rows.sort_by(|a, b| table.weight[*a].total_cmp(&table.weight[*b]));
    rows
}

/// What somebody sees who begins from nothing.
fn fresh(db: &Db, open: &Open) -> Arc<SurveyTable> {
    look(&Tables::default(), db, open)
}

on_both_databases! {
    fn the_table_holds_what_was_stored(database) {
        let db = database.filled();
        let open = survey(&db, "trial");
        insert(&db, &open, 0..50);
        let table = fresh(&db, &open);
        let columns = table.stream(Stream::Open);
        for (n, row) in (0..50).zip(in_order(columns)) {
            let stored = numbered(&open, n);
            assert_eq!(columns.units[columns.unit[row] as usize], stored.unit);
            assert_eq!((columns.mode[row], columns.weight[row]), (stored.mode, f64::from(n + 1)));
            let first = NaiveDate::from_ymd_opt(2000, 1, 1).unwrap();
            assert_eq!(i64::from(columns.day[row].0), ((stored.submitted_at + chrono::TimeDelta::hours(7)).date() - first).num_days());
            let codes: Vec<u8> = (0..).map_while(|i| columns.codes(i)).map(|c| c[row]).collect();
            assert_eq!(codes, stored.codes);
        }
        assert_eq!(table.stream(Stream::Sample).rows(), 0, "streams are apart");
        let strata: BTreeSet<u32> = columns.stratum.iter().copied().collect();
        let psus: BTreeSet<u32> = columns.psu.iter().copied().collect();
        // Units without a stratum are three, named strata two; of fifty people twelve are in named clusters, some alike within a stratum.
        let named: BTreeSet<_> = (0..50).map(|n| numbered(&open, n)).filter(|r| r.psu.is_some()).map(|r| (r.stratum.unwrap_or(r.unit), r.psu)).collect();
        assert_eq!((strata.len(), psus.len()), (5, 38 + named.len()));
    }
}

/// Waits until the other end is dropped, also by a failing test.
fn until_dropped(waiting: &mpsc::Receiver<()>) {
    assert!(waiting.recv().is_err(), "nothing is ever sent");
}

/// Says that a test has ended, also by failing.
struct Ended<'a>(&'a AtomicBool);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// A transaction that began first and inserted first is committed last; one is rolled back.
#[test]
fn a_late_commit_is_not_missed_on_postgresql() {
    let database = Database::postgres();
    let db = database.filled();
    let open = survey(&db, "trial");
    let (late, failing) = (db.apart().unwrap(), db.apart().unwrap());
    let inserted = Barrier::new(3);
    let ((go_one, wait_one), (go_two, wait_two)) = (mpsc::channel(), mpsc::channel());
    let tables = Tables::default();
    let seen = || numbers(&look(&tables, &db, &open));
    let writing = |db: &Db, range: std::ops::Range<u32>, wait: mpsc::Receiver<()>, fails: bool| {
        let list: Vec<Response> = range.map(|n| numbered(&open, n)).collect();
        let done = db.write_now(|conn| {
            store::insert(conn, &list)?;
            inserted.wait();
            until_dropped(&wait);
            if fails { Err(Error::Busy) } else { Ok(()) }
        });
        assert_eq!(done.is_err(), fails);
    };
    std::thread::scope(|scope| {
        let go = (go_one, go_two);
        let one = scope.spawn(|| writing(&late, 0..3, wait_one, false));
        let two = scope.spawn(|| writing(&failing, 100..103, wait_two, true));
        inserted.wait();
        assert_eq!(seen(), BTreeSet::new(), "nothing is committed yet");
        insert(&db, &open, 3..6);
        assert_eq!(seen(), (3..6).collect());
        insert(&db, &open, 6..8);
        assert_eq!(seen(), (3..8).collect());
        drop(go);
        one.join().unwrap();
        two.join().unwrap();
        assert_eq!(seen(), (0..8).collect(), "the late ones are there, once, and nothing of what was rolled back");
        insert(&db, &open, 8..9);
        assert_eq!(seen(), (0..9).collect());
        assert_alike(&look(&tables, &db, &open), &fresh(&db, &open));
    });
}

#[test]
fn an_open_transaction_shows_nothing_and_then_everything_on_sqlite() {
    let database = Database::sqlite();
    let db = database.filled();
    let open = survey(&db, "trial");
    let tables = Tables::default();
    insert(&db, &open, 0..2);
    let list: Vec<Response> = (2..5).map(|n| numbered(&open, n)).collect();
    db.write_now(|conn| {
        store::insert(conn, &list)?;
        assert_eq!(numbers(&look(&tables, &db, &open)), (0..2).collect());
        Ok(())
    })
    .unwrap();
    assert_eq!(numbers(&look(&tables, &db, &open)), (0..5).collect());
}

on_both_databases! {
    fn looks_during_writing_miss_nothing_and_double_nothing(database) {
        const WRITERS: u32 = 4;
        const COMMITS: u32 = 25;
        let db = database.filled();
        let open = survey(&db, "trial");
        let tables = Tables::default();
        let acknowledged = Mutex::new(BTreeSet::new());
        let done = AtomicBool::new(false);
        // SQLite has one writer at a time: there nobody can commit while another transaction has written.
        let overlapping = db.kind() == Kind::Postgres;
        let began = Barrier::new(2);
        let (others_at_work, others) = mpsc::channel();
        std::thread::scope(|scope| {
            let (at_work, ended) = (others_at_work, Ended(&done));
            let others: mpsc::Receiver<()> = others;
            let (db, open, acknowledged, done, began, tables) = (&db, &open, &acknowledged, &done, &began, &tables);
            let first = scope.spawn(move || {
                let list: Vec<Response> = (0..10).map(|n| numbered(open, n)).collect();
                db.apart().unwrap().write_now(|conn| {
                    store::insert(conn, &list)?;
                    if overlapping {
                        began.wait();
                        until_dropped(&others);
                    }
                    Ok(())
                }).unwrap();
                acknowledged.lock().unwrap().extend(0..10);
            });
            if overlapping {
                began.wait();
            }
            let readers: Vec<_> = (0..2).map(|_| scope.spawn(|| {
                let mut before = BTreeSet::new();
                let mut looks = 0;
                while !done.load(Ordering::SeqCst) {
                    let promised = acknowledged.lock().unwrap().clone();
                    let now = numbers(&look(tables, db, open));
                    assert!(now.is_superset(&promised), "an acknowledged response is missing: {:?}", promised.difference(&now));
                    assert!(now.is_superset(&before), "a response went away");
                    before = now;
                    looks += 1;
                }
                looks
            })).collect();
            let writers: Vec<_> = (0..WRITERS).map(|w| {
                let db = db.apart().unwrap();
                scope.spawn(move || {
                    for commit in 0..COMMITS {
                        let from = 1_000 + (w * COMMITS + commit) * 100;
                        let to = from + 1 + (w + commit) % 40;
                        insert(&db, open, from..to);
                        acknowledged.lock().unwrap().extend(from..to);
                    }
                })
            }).collect();
            for writer in writers {
                writer.join().unwrap();
            }
            drop(at_work);
            first.join().unwrap();
            drop(ended);
            for reader in readers {
                assert!(reader.join().unwrap() > 0, "nobody looked");
            }
        });
        let table = look(&tables, &db, &open);
        assert_eq!(numbers(&table), acknowledged.into_inner().unwrap());
        assert_alike(&table, &fresh(&db, &open));
    }
}

on_both_databases! {
    fn a_look_sees_one_state_while_others_commit(database) {
        let db = database.filled();
        let open = survey(&db, "trial");
        insert(&db, &open, 0..2);
        let count = |conn: &mut sipas::db::Conn| store::counts(conn, &[open.survey.id]).map(|all| all[&open.survey.id]);
        db.read_one_state(|conn| {
            let first = count(conn)?;
            insert(&db, &open, 2..5);
            assert_eq!((first, count(conn)?), (2, 2));
            Ok(())
        })
        .unwrap();
        assert_eq!(db.read_now(count).unwrap(), 5);
    }
}

on_both_databases! {
    fn a_changed_or_deleted_response_is_read_anew(database) {
        let db = database.filled();
        let open = survey(&db, "trial");
        new_survey(&db, "other", "trial", "1", "[open]", "base");
        let other = survey(&db, "other");
        insert(&db, &open, 0..9);
        insert(&db, &other, 0..3);
        let tables = Tables::default();
        let untouched = Arc::downgrade(&look(&tables, &db, &other));
        let by_hand = |statement: &str| db.write_now(|conn| Ok(conn.batch_execute(statement)?)).unwrap();
        assert_eq!(numbers(&look(&tables, &db, &open)).len(), 9);
        by_hand("DELETE FROM responses WHERE weight BETWEEN 2 AND 3 AND survey_id = (SELECT id FROM surveys WHERE code = 'trial')");
        assert_eq!(numbers(&look(&tables, &db, &open)), BTreeSet::from([0, 3, 4, 5, 6, 7, 8]));
        by_hand("UPDATE responses SET weight = 100 WHERE weight = 9");
        assert_eq!(numbers(&look(&tables, &db, &open)), BTreeSet::from([0, 3, 4, 5, 6, 7, 99]));
        by_hand("UPDATE responses SET survey_id = (SELECT id FROM surveys WHERE code = 'other') WHERE weight = 100");
        assert_eq!(numbers(&look(&tables, &db, &open)), BTreeSet::from([0, 3, 4, 5, 6, 7]));
        assert!(untouched.upgrade().is_some(), "another survey's table stays as long as nothing of it changed");
        assert_eq!(numbers(&look(&tables, &db, &other)), BTreeSet::from([0, 1, 2, 99]));
        insert(&db, &open, 20..22);
        assert_eq!(numbers(&look(&tables, &db, &open)), BTreeSet::from([0, 3, 4, 5, 6, 7, 20, 21]));
        // The last row goes, and the next one gets its number.
        by_hand("DELETE FROM responses WHERE weight = 22");
        insert(&db, &open, 30..31);
        assert_eq!(numbers(&look(&tables, &db, &open)), BTreeSet::from([0, 3, 4, 5, 6, 7, 20, 30]));
        by_hand(if db.kind() == Kind::Postgres { "TRUNCATE responses" } else { "DELETE FROM responses" });
        assert_eq!(numbers(&look(&tables, &db, &open)), BTreeSet::new());
        assert_eq!(numbers(&look(&tables, &db, &other)), BTreeSet::new());
    }
}

#[test]
fn rows_that_sqlite_numbers_anew_are_found() {
    let database = Database::sqlite();
    let db = database.filled();
    let open = survey(&db, "trial");
    let tables = Tables::default();
    insert(&db, &open, 0..20);
    db.write_now(|conn| Ok(conn.batch_execute("DELETE FROM responses WHERE weight <= 10")?)).unwrap();
    assert_eq!(numbers(&look(&tables, &db, &open)), (10..20).collect());
    // What VACUUM may do: other numbers in the same order. It fires no triggers.
    let renumber = "DROP TRIGGER responses_updated; UPDATE responses SET rowid = rowid - 10";
    db.write_now(|conn| Ok(conn.batch_execute(renumber)?)).unwrap();
    insert(&db, &open, 20..23);
    assert_eq!(numbers(&look(&tables, &db, &open)), (10..23).collect());
}

/// A dump carries numbers of transactions of the server it came from; here the server reaches them later.
#[test]
fn rows_of_another_postgresql_server_are_counted_once() {
    let database = Database::postgres();
    let db = database.filled();
    let open = survey(&db, "trial");
    insert(&db, &open, 0..300);
    let restored = "UPDATE responses SET stored_in = pg_current_xact_id()::text::bigint + weight::bigint";
    db.write_now(|conn| Ok(conn.batch_execute(restored)?)).unwrap();
    let tables = Tables::default();
    assert_eq!(numbers(&look(&tables, &db, &open)), (0..300).collect());
    for n in 300..340 {
        insert(&db, &open, n..n + 1);
        assert_eq!(numbers(&look(&tables, &db, &open)), (0..=n).collect());
    }
    assert_alike(&look(&tables, &db, &open), &fresh(&db, &open));
}

on_both_databases! {
    fn those_who_look_at_once_share_one_table(database) {
        let db = database.filled();
        let open = survey(&db, "trial");
        insert(&db, &open, 0..2_000);
        let (tables, start) = (Tables::default(), Barrier::new(4));
        let all: Vec<Arc<SurveyTable>> = std::thread::scope(|scope| {
            let looking: Vec<_> = (0..4).map(|_| scope.spawn(|| {
                start.wait();
                look(&tables, &db, &open)
            })).collect();
            looking.into_iter().map(|l| l.join().unwrap()).collect()
        });
        assert!(all.iter().all(|t| Arc::ptr_eq(t, &all[0])), "somebody read everything once more");
        // Who still holds a look sees what it saw.
        insert(&db, &open, 2_000..2_001);
        let later = look(&tables, &db, &open);
        assert_eq!((numbers(&all[0]).len(), numbers(&later).len()), (2_000, 2_001));
    }
}

on_both_databases! {
    fn what_is_kept_is_bounded(database) {
        let db = database.filled();
        let codes = ["one", "two", "three"];
        for code in codes {
            new_survey(&db, code, "trial", "1", "[open]", "base");
            insert(&db, &survey(&db, code), 0..13_000);
        }
        let [one, two, three] = codes.map(|code| survey(&db, code));
        let bytes = fresh(&db, &one).bytes();
        assert!(bytes > 13_000 * 28 && bytes < 1 << 20, "{bytes}");

        let two_fit = Tables::new(1);
        assert!(2 * bytes <= 1 << 20 && 3 * bytes > 1 << 20, "two of three fit into a MiB: {bytes}");
        let kept: Vec<_> = [&one, &two, &one, &three].map(|open| Arc::downgrade(&look(&two_fit, &db, open))).into();
        assert!(kept[0].upgrade().is_some() && kept[3].upgrade().is_some(), "looked at last");
        assert!(kept[1].upgrade().is_none(), "looked at longest ago");
        assert_eq!(numbers(&look(&two_fit, &db, &two)).len(), 13_000, "what had to go is read again");

        let none_fits = Tables::new(0);
        let first = look(&none_fits, &db, &one);
        insert(&db, &one, 13_000..13_001);
        assert_eq!(numbers(&look(&none_fits, &db, &one)).len(), 13_001, "it goes on from what somebody still uses");
        let again = look(&none_fits, &db, &one);
        let watched = Arc::downgrade(&again);
        drop((first, again));
        assert!(watched.upgrade().is_none(), "nothing is kept");
        assert_eq!(numbers(&look(&none_fits, &db, &one)).len(), 13_001);
    }
}

on_both! {
    async fn a_figure_counts_an_answer_as_soon_as_it_is_acknowledged(s: Server) {
        s.sign_in().await;
        for n in 1..6 {
            assert_eq!(s.submit("trial", &answer("5", "4")).await.0, StatusCode::CREATED);
            let figures = s.json("/api/v1/surveys/trial/estimates").await;
            assert_eq!(figures["method"]["n"], json!(n));
        }
    }
}

on_both! {
    async fn corrected_units_show_without_a_restart(s: Server) {
        new_survey(&s.db, "weighted", "trial", "1", "[open]", "population");
        crate::support::take(&s.db, "weighted", sipas::surveys::model::Step::Open);
        for (unit, q1, count) in [("W1", "5", 6), ("W2", "1", 6)] {
            for _ in 0..count {
                let mut body = answer(q1, q1);
                body["unit"] = json!(unit);
                if q1 == "1" {
                    body["answers"]["wrong"] = json!(["slow"]);
                }
                let (status, told) = s.submit("weighted", &body).await;
                assert_eq!(status, StatusCode::CREATED, "{told}");
            }
        }
        s.sign_in().await;
        let overall = async || s.json("/api/v1/surveys/weighted/estimates").await["items"][0]["estimate"].as_f64().unwrap();
        // A third of the people live in the satisfied ward; then nine tenths.
        assert!((overall().await - 100.0 / 3.0).abs() < 1e-9);
        assert!(s.page("/reports/weighted?lang=en").await.contains("Ward One"));
        let corrected = include_str!("data/units.csv").replace("Ward One", "First Ward").replace("30000", "540000");
        s.db.write_now(|conn| sipas::units::store::put(conn, &sipas::units::list::read(&corrected).unwrap())).unwrap();
        assert!((overall().await - 90.0).abs() < 1e-9);
        let page = s.page("/reports/weighted?lang=en").await;
        assert!(page.contains("First Ward") && !page.contains("Ward One"));
    }
}
