//! kill -9, a full disk, a lost database: nothing acknowledged is lost, nothing is doubled.

use std::collections::BTreeMap;
use std::os::unix::process::CommandExt;
use std::process::Command;

use reqwest::{Client, StatusCode};
use serde_json::Value;
use sipas::surveys::model::Step;

use crate::support::process::{self, Serving};
use crate::support::{Database, Server, answer, on_both, take};

const KILLS: usize = 20;
const ACKNOWLEDGED_BETWEEN: usize = 25;

async fn post(client: &Client, base: &str, body: &Value) -> Option<StatusCode> {
    client.post(format!("{base}/api/v1/surveys/trial/responses")).json(body).send().await.ok().map(|r| r.status())
}

/// Sends answers from four senders at once until enough are acknowledged, kills the server in the middle of the rest, starts it again; at the end every
/// acknowledged answer must be a replay.
fn killed_in_the_middle(database: Database) {
    drop(database.filled());
    let url = database.url();
    actix_web::rt::System::new().block_on(async {
        let mut sent: BTreeMap<String, (Value, bool)> = BTreeMap::new();
        for _ in 0..KILLS {
            let mut serving = Serving::start(&url);
            let (told, mut hear) = tokio::sync::mpsc::unbounded_channel();
            for _ in 0..4 {
                let (told, base) = (told.clone(), serving.base.clone());
                actix_web::rt::spawn(async move {
                    let client = Client::new();
                    loop {
                        let body = answer("4", "5");
                        let status = post(&client, &base, &body).await;
                        if told.send((body, status)).is_err() || status.is_none() {
                            return;
                        }
                    }
                });
            }
            drop(told);
            let mut acknowledged = 0;
            while let Some((body, status)) = hear.recv().await {
                let acked = status == Some(StatusCode::CREATED);
                assert!(acked || status.is_none(), "{status:?}");
                sent.insert(body["id"].as_str().unwrap().to_owned(), (body, acked));
                acknowledged += usize::from(acked);
                if acknowledged == ACKNOWLEDGED_BETWEEN {
                    serving.kill();
                }
            }
            assert!(acknowledged >= ACKNOWLEDGED_BETWEEN);
        }
        let serving = Serving::start(&url);
        let client = Client::new();
        let count = |v: &Value| v["responses"].as_u64().unwrap();
        let survey = format!("{}/api/v1/surveys/trial", serving.base);
        let stored = count(&client.get(&survey).send().await.unwrap().json::<Value>().await.unwrap());
        let acknowledged = sent.values().filter(|(_, acked)| *acked).count();
        assert!(stored >= u64::try_from(acknowledged).unwrap(), "{stored} stored, {acknowledged} acknowledged");
        for (body, acked) in sent.values() {
            let status = post(&client, &serving.base, body).await.unwrap();
            assert!(status == StatusCode::OK || (!acked && status == StatusCode::CREATED), "acknowledged {acked}, then {status}");
        }
        let all = count(&client.get(&survey).send().await.unwrap().json::<Value>().await.unwrap());
        assert_eq!(all, u64::try_from(sent.len()).unwrap(), "each answer once");
    });
}

#[test]
fn twenty_kills_lose_no_acknowledged_answer_on_sqlite() {
    killed_in_the_middle(Database::sqlite());
}

#[test]
fn twenty_kills_lose_no_acknowledged_answer_on_postgres() {
    killed_in_the_middle(Database::postgres());
}

/// A limit on the size of files stands for a full disk: writes fail in the same place, for one process and without a disk of its own.
#[test]
fn a_full_disk_refuses_answers_plainly_and_loses_none() {
    let database = Database::sqlite();
    drop(database.filled());
    let size = std::fs::metadata(database.file().unwrap()).unwrap().len();
    let mut command = Command::new("sh");
    let blocks = size / 512 + 400;
    command.args(["-c", &format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\""), env!("CARGO_BIN_EXE_sipas")]);
    command.args(["serve", "--listen", "127.0.0.1:0", "--database-url", &database.url()]);
    command.env_remove("DATABASE_URL").stdin(std::process::Stdio::null()).process_group(0);
    let mut limited = Serving::spawn(command);
    actix_web::rt::System::new().block_on(async {
        let client = Client::new();
        let mut acknowledged = Vec::new();
        let problem = loop {
            let mut body = answer("4", "4");
            body["answers"]["comment"] = "chữ ".repeat(45).into();
            let response = client.post(format!("{}/api/v1/surveys/trial/responses", limited.base)).json(&body).send().await.unwrap();
            if response.status() == StatusCode::CREATED {
                acknowledged.push(body);
                assert!(acknowledged.len() < 20_000, "the disk never got full");
            } else {
                assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
                assert!(response.headers().contains_key("retry-after"));
                break response.json::<Value>().await.unwrap();
            }
        };
        assert_eq!(problem["code"], "storage_unavailable", "{problem}");
        let still = client.get(format!("{}/readyz", limited.base)).send().await.unwrap();
        assert_eq!(still.status(), StatusCode::OK, "it still answers");
        limited.kill();

        let roomy = Serving::start(&database.url());
        assert!(!acknowledged.is_empty());
        for body in &acknowledged {
            assert_eq!(post(&client, &roomy.base, body).await, Some(StatusCode::OK), "an acknowledged answer is gone");
        }
        let survey: Value = client.get(format!("{}/api/v1/surveys/trial", roomy.base)).send().await.unwrap().json().await.unwrap();
        assert_eq!(survey["responses"].as_u64().unwrap(), u64::try_from(acknowledged.len()).unwrap());
    });
}

#[test]
fn a_lost_database_connection_is_a_plain_refusal_and_heals() {
    use diesel::RunQueryDsl;
    let server = Server::start(Database::postgres(), &sipas::app::Settings { workers: 1, ..Default::default() });
    actix_web::rt::System::new().block_on(async {
        let first = answer("4", "4");
        assert_eq!(server.submit("trial", &first).await.0, StatusCode::CREATED);
        let outside = std::env::var("SIPAS_TEST_POSTGRES").unwrap();
        let mut other = <diesel::PgConnection as diesel::Connection>::establish(&outside).unwrap();
        let name = server.database.url().rsplit("application_name=").next().unwrap().to_owned();
        // Ends every session of this server, in the middle of whatever it does.
        let ended = diesel::sql_query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1")
            .bind::<diesel::sql_types::Text, _>(&name)
            .execute(&mut other)
            .unwrap();
        assert!(ended >= 2, "the writer's and at least one reader's session: {ended}");
        let body = answer("5", "5");
        let mut stored = false;
        for _ in 0..20 {
            let (status, problem) = server.submit("trial", &body).await;
            stored = status == StatusCode::CREATED || status == StatusCode::OK;
            if stored {
                break;
            }
            assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{problem}");
        }
        assert!(stored, "it did not heal");
        assert_eq!(server.submit("trial", &first).await.0, StatusCode::OK);
        assert_eq!(server.responses("trial").await, 2);
    });
}

on_both! {
    async fn what_is_in_the_queue_is_committed_at_shutdown(s: Server) {
        let open = s.db.read_now(|c| sipas::surveys::Surveys::default().by_code(c, "trial")).unwrap();
        let (intake, writer) = sipas::collection::Intake::start(s.db.apart().unwrap(), 64).unwrap();
        let waiting: Vec<_> = (0..40)
            .map(|_| {
                let (_, response) = sipas::collection::submission::read(&open, None, &answer("4", "4"), chrono::Utc::now().naive_utc()).unwrap();
                let intake = intake.clone();
                actix_web::rt::spawn(async move { intake.submit(response).await })
            })
            .collect();
        // Lets each of them put its response into the queue; then no sender is left but those that wait, and the writer is told to end.
        tokio::task::yield_now().await;
        drop(intake);
        let draining = std::thread::spawn(move || writer.drain());
        for told in waiting {
            assert!(matches!(told.await.unwrap(), Ok(sipas::collection::Receipt::Stored)));
        }
        draining.join().unwrap();
        assert_eq!(s.responses("trial").await, 40);
    }
}

#[test]
fn a_full_queue_says_come_back_later() {
    let server = Server::start(Database::sqlite(), &sipas::app::Settings { workers: 2, queue: 1, ..Default::default() });
    actix_web::rt::System::new().block_on(async {
        // A writing transaction held here keeps the writer waiting, so the queue of one fills up.
        let (held, release) = (std::sync::mpsc::channel::<()>(), std::sync::mpsc::channel::<()>());
        let db = server.db.clone();
        let holding = std::thread::spawn(move || {
            db.write_now(|_| {
                held.0.send(()).unwrap();
                release.1.recv().unwrap();
                Ok(())
            })
            .unwrap();
        });
        held.1.recv().unwrap();
        let bodies: Vec<_> = (0..12).map(|_| answer("4", "4")).collect();
        let mut waiting: Vec<_> = bodies
            .iter()
            .map(|b| actix_web::rt::spawn(server.client.post(server.url("/api/v1/surveys/trial/responses")).json(b).send()))
            .collect();
        let mut busy = 0;
        // All but the one in the queue and the one (or few) the writer holds are refused at once, while the others still wait.
        while busy == 0 {
            let (first, _, rest) = futures_first(waiting).await;
            let response = first.unwrap().unwrap();
            if response.status() == StatusCode::SERVICE_UNAVAILABLE {
                assert_eq!(response.headers()["retry-after"], "2");
                assert_eq!(response.json::<Value>().await.unwrap()["code"], "busy");
                busy += 1;
            }
            waiting = rest;
        }
        release.0.send(()).unwrap();
        let mut stored = 0;
        for tried in waiting {
            let status = tried.await.unwrap().unwrap().status();
            assert!(status == StatusCode::CREATED || status == StatusCode::SERVICE_UNAVAILABLE, "{status}");
            stored += i64::from(status == StatusCode::CREATED);
        }
        holding.join().unwrap();
        assert!(stored >= 1);
        assert_eq!(server.responses("trial").await, stored, "acknowledged is stored, refused is not");
    });
}

/// The first of several that is ready, and the others.
async fn futures_first<F: Future + Unpin>(mut all: Vec<F>) -> (F::Output, usize, Vec<F>) {
    let (at, output) = std::future::poll_fn(|cx| {
        for (i, f) in all.iter_mut().enumerate() {
            if let std::task::Poll::Ready(out) = std::pin::Pin::new(f).poll(cx) {
                return std::task::Poll::Ready((i, out));
            }
        }
        std::task::Poll::Pending
    })
    .await;
    drop(all.remove(at));
    (output, at, all)
}

on_both! {
    async fn a_survey_closed_while_answers_wait_takes_none_of_them(s: Server) {
        // The handler sees the survey open; the writer looks again in its own transaction.
        let open = s.db.read_now(|c| sipas::surveys::Surveys::default().by_code(c, "trial")).unwrap();
        let (id, response) = sipas::collection::submission::read(&open, None, &answer("4", "4"), chrono::Utc::now().naive_utc()).unwrap();
        take(&s.db, "trial", Step::Close);
        let (intake, writer) = sipas::collection::Intake::start(s.db.clone(), 8).unwrap();
        let told = intake.submit(response).await;
        assert!(told.is_err_and(|e| e.status().1 == "survey_closed"), "{id}");
        drop(intake);
        writer.drain();
        assert_eq!(s.responses("trial").await, 0);
    }
}

#[test]
fn a_second_process_on_the_same_folder_is_refused_and_the_first_goes_on() {
    let database = Database::sqlite();
    drop(database.filled());
    let first = Serving::start(&database.url());
    let (code, _, said) = process::run(&["serve", "--listen", "127.0.0.1:0", "--database-url", &database.url()]);
    assert!(code == 1 && said.contains("another sipas process uses"), "{said}");
    let (code, _, said) = process::run(&["responses", "export", "--survey", "trial", "--database-url", &database.url()]);
    assert!(code == 0 && said.contains("0 responses"), "reading beside it is fine: {said}");
    actix_web::rt::System::new().block_on(async {
        assert_eq!(post(&Client::new(), &first.base, &answer("4", "4")).await, Some(StatusCode::CREATED));
    });
}
