//! Servers of this process over databases of their own: the questionnaire that has every kind of question; the demonstration with people and a release;
//! surveys of 0, 1 and 600 units.

use std::net::TcpListener;
use std::sync::mpsc;
use std::thread::JoinHandle;

use chrono::{Days, Utc};
use sipas::accounts::{self, Grant, Role};
use sipas::audit::CommandLine;
use sipas::db::{Conn, Db};
use sipas::demo::{self, simulate};
use sipas::surveys::{Surveys, model::Step};
use sipas::{admin, app, collection, questionnaires, surveys, units};
use tempfile::TempDir;

#[path = "../fixtures/surveys.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
pub mod sized;

use crate::support::PUBLISHED;

const EVERY_KIND: &str = include_str!("../fixtures/every_kind.yaml");

/// A running server, stopped when dropped.
pub struct Server {
    /// `http://127.0.0.1:…`
    pub base: String,
    pub db: Db,
    stop: actix_web::dev::ServerHandle,
    thread: Option<JoinHandle<()>>,
    _data: TempDir,
}

impl Server {
    pub fn start((data, db): (TempDir, Db)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let (started, running) = mpsc::channel();
        let on = db.clone();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let app = app::start(on, listener, &app::Settings { workers: 1, ..app::Settings::default() }).unwrap();
                started.send(app.handle()).unwrap();
                app.until_stopped().await.unwrap();
            });
        });
        let stop = running.recv().unwrap();
        Server { base, db, stop, thread: Some(thread), _data: data }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let stopping = self.stop.stop(true);
        let thread = self.thread.take();
        std::thread::spawn(move || actix_web::rt::System::new().block_on(stopping)).join().unwrap();
        if let Some(thread) = thread {
            thread.join().unwrap();
        }
    }
}

/// The open survey `every`, for one unit.
pub struct Fixture {
    /// `http://127.0.0.1:…/s/…`
    pub address: String,
    server: Server,
}

impl Fixture {
    pub fn start() -> Self {
        let (data, db) = sized::database();
        let code = db.write_now(|conn| {
            units::store::put(conn, &units::list::read(include_str!("../web/data/units.csv")).unwrap())?;
            let now = Utc::now().naive_utc();
            questionnaires::store::add(conn, &questionnaires::read(EVERY_KIND).unwrap(), EVERY_KIND, now)?;
            let (opens, closes) = (now.date() - Days::new(1), now.date() + Days::new(30));
            let file = format!(
                "code: every\ntitle: {{vi: 'Mọi loại câu hỏi', en: 'Every kind'}}\nquestionnaire: every-kind\nversion: '1'\nopens_on: {opens}\n\
                 closes_on: {closes}\nunits: {{kinds: [ward, commune]}}\nstreams: [open]\nweighting: base\n"
            );
            surveys::create::create(conn, &surveys::file::read(&file).unwrap(), false, now)?;
            admin::handlers::advance(conn, &Surveys::default(), &CommandLine, "every", Step::Open)?;
            let survey = surveys::store::by_code(conn, "every")?;
            let codes = collection::store::place_codes(conn, survey.id)?;
            Ok(codes.into_iter().find(|c| c.unit.as_deref() == Some("W1")).unwrap().code)
        });
        let server = Server::start((data, db));
        Fixture { address: format!("{}/s/{}", server.base, code.unwrap()), server }
    }

    /// How many forms are stored.
    pub fn stored(&self) -> i64 {
        self.server
            .db
            .read_now(|conn| {
                let survey = surveys::store::by_code(conn, "every")?;
                let mut rows = 0;
                collection::store::for_each(conn, survey.id, |_| {
                    rows += 1;
                    Ok(())
                })?;
                Ok(rows)
            })
            .unwrap()
    }
}

/// The password of everybody below.
pub const PASSWORD: &str = "một mật khẩu thật dài";
/// Leads the commune [`COMMUNE`] and nothing else.
pub const CHIEF: &str = "chu-tich";
/// May do everything.
pub const MISTRESS: &str = "quan-tri";
/// A commune of the demonstration with enough answers in every wave.
pub const COMMUNE: &str = "00004";
/// The wave after [`PUBLISHED`]: closed, its results not public.
pub const SECRET: &str = "ho-gia-dinh-thu";
/// The release of [`PUBLISHED`].
pub const RELEASE: &str = "ho-gia-dinh-2026-r1";

fn add_person(conn: &mut Conn, name: &str, hash: &str, grant: &Grant) -> sipas::error::Result<()> {
    let mail = format!("{name}@example.vn");
    let new = accounts::store::NewPerson { name, mail: Some(&mail), language: "vi", password_hash: hash };
    let id = accounts::store::insert(conn, &new, Utc::now().naive_utc())?;
    accounts::store::set_password_hash(conn, id, hash, false)?;
    accounts::store::add_grant(conn, id, grant)
}

/// A further wave of the demonstration's household survey, closed and not published.
fn secret_wave(conn: &mut Conn, now: chrono::NaiveDateTime) -> sipas::error::Result<()> {
    let source = include_str!("../../survey-defs/demo/household-2026.yaml")
        .replace(PUBLISHED, SECRET)
        .replace("tháng 5/2026", "tháng 10/2026")
        .replace("May 2026", "October 2026");
    let mut file = surveys::file::read(&source).unwrap();
    (file.opens_on, file.closes_on) = ("2026-10-05".parse().unwrap(), "2026-10-30".parse().unwrap());
    let cache = Surveys::default();
    let id = surveys::create::create(conn, &file, true, now)?;
    let answers = simulate::household_wave(&cache.by_id(conn, id)?, 20_261_005, false);
    collection::store::insert(conn, &answers)?;
    [Step::Open, Step::Close].into_iter().try_for_each(|s| admin::handlers::advance(conn, &cache, &CommandLine, SECRET, s).map(|_| ()))
}

/// The demonstration with a wave that is not public, a published release, somebody who may do everything and a leader of one commune.
pub fn demonstration() -> Server {
    let (data, db) = sized::database();
    let now = Utc::now().naive_utc();
    demo::build(&db, now).unwrap();
    let hash = accounts::password::hash(PASSWORD).unwrap();
    db.write_now(|conn| {
        secret_wave(conn, now)?;
        add_person(conn, CHIEF, &hash, &Grant::within(Role::Leader, COMMUNE).unwrap())?;
        add_person(conn, MISTRESS, &hash, &Grant::everywhere(Role::Administrator))
    })
    .unwrap();
    Server::start((data, db))
}

/// Surveys of 600 units, of one, and without any answer.
pub fn sizes() -> Server {
    let (data, db) = sized::database();
    sized::fill(&db, sized::MANY);
    Server::start((data, db))
}
