//! How long a large draft takes: reading and checking 300 questions with conditions, and the server's time for opening them in the designer.
//!
//! `cargo bench --bench designer` prints the median and the slowest of the runs. The yardstick in the same run is reading the same file as plain YAML.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a bench stops at the first surprise")]
#![expect(clippy::print_stdout, reason = "prints its table")]

use std::fmt::Write as _;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use sipas::db::connection::Location;
use sipas::db::{Db, migrate};
use sipas::questionnaires::{check, format};
use sipas::{app, designer};

const QUESTIONS: usize = 300;

/// 300 questions on 30 pages, every one but the first of its page asked only after an answer to an earlier one.
fn large() -> String {
    let mut yaml =
        "format: 1\ncode: large\nversion: '1'\ntitle: {vi: Lớn, en: Large}\nlanguages: [vi, en]\nintroduction: {vi: Chào, en: Hello}\n\
        scales:\n  five:\n    options:\n"
            .to_owned();
    for n in 1..=5 {
        writeln!(yaml, "      - {{code: '{n}', text: {{vi: Mức {n}, en: Level {n}}}}}").unwrap();
    }
    yaml.push_str("sections:\n");
    for q in 0..QUESTIONS {
        if q % 10 == 0 {
            writeln!(yaml, "  - code: s{q}\n    title: {{vi: Trang {q}, en: Page {q}}}\n    questions:").unwrap();
        }
        let relevant = if q % 10 == 0 { String::new() } else { format!(", relevant: \"${{q{}}} >= 2 and ${{q{}}} != '5'\"", q - 1, q / 2) };
        writeln!(
            yaml,
            "      - {{code: q{q}, type: scale, scale: five, text: {{vi: Câu hỏi số {q} dài vừa phải?, en: Question {q}?}}{relevant}}}"
        )
        .unwrap();
    }
    yaml
}

fn told(what: &str, mut times: Vec<Duration>) {
    times.sort();
    println!("{what:<44} median {:>9.3?}   slowest {:>9.3?}", times[times.len() / 2], times[times.len() - 1]);
}

fn measured(runs: usize, mut once: impl FnMut()) -> Vec<Duration> {
    let mut one = || {
        let start = Instant::now();
        once();
        start.elapsed()
    };
    (0..runs).map(|_| one()).collect()
}

fn main() {
    let yaml = large();
    let file = format::parse(&yaml).unwrap();
    told("plain YAML, nothing understood", measured(30, || drop(serde_saphyr::from_str::<serde_json::Value>(&yaml).unwrap())));
    told("reading the file", measured(30, || drop(format::parse(&yaml).unwrap())));
    told("checking it", measured(30, || drop(check(&file).unwrap())));
    told("writing it", measured(30, || drop(format::write(&file).unwrap())));

    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(Location::File(folder.path().join("sipas.db")), 4).unwrap();
    migrate::run(&db).unwrap();
    let (one_time, draft) = db
        .write_now(|c| {
            let now = chrono::Utc::now().naive_utc();
            let one_time = sipas::accounts::people::add_administrator(c, "lan", now)?;
            let source = format::write(&file).unwrap();
            Ok((one_time, designer::store::insert(c, &file, &source, None, "token", "lan", now)?))
        })
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let (started, running) = std::sync::mpsc::channel();
    let thread = std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let app = app::start(db, listener, &app::Settings { workers: 1, ..app::Settings::default() }).unwrap();
            started.send(app.handle()).unwrap();
            app.until_stopped().await.unwrap();
        });
    });
    let stop = running.recv().unwrap();
    actix_web::rt::System::new().block_on(async {
        let client = reqwest::Client::builder().cookie_store(true).build().unwrap();
        let page = client
            .post(format!("{base}/signin"))
            .form(&[("name", "lan"), ("password", &one_time)])
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap();
        let csrf = page.split("name=\"csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let chosen = "một mật khẩu thật dài";
        let form = [("csrf", csrf.as_str()), ("current", &one_time), ("chosen", chosen), ("repeated", chosen)];
        client.post(format!("{base}/account/password")).form(&form).send().await.unwrap();
        for (what, path) in [
            ("opening the draft (whole request)", "?at=question-q150"),
            ("its preview on a phone", "/phone?at=question-q150"),
            ("its page of texts", "/texts?at=section-s150"),
        ] {
            let mut times = Vec::new();
            for _ in 0..30 {
                let start = Instant::now();
                let answer = client.get(format!("{base}/admin/drafts/{draft}{path}")).send().await.unwrap();
                assert!(answer.status().is_success());
                assert!(answer.text().await.unwrap().len() > 1_000);
                times.push(start.elapsed());
            }
            told(what, times);
        }
        stop.stop(true).await;
    });
    thread.join().unwrap();
}
