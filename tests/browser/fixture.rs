//! A server over the questionnaire that has every kind of question, for one unit, in a folder of its own.

use std::net::TcpListener;
use std::sync::mpsc;
use std::thread::JoinHandle;

use chrono::{Days, Utc};
use sipas::db::connection::Location;
use sipas::db::{Db, migrate};
use sipas::surveys::{Surveys, model::Step};
use sipas::{admin, app, collection, questionnaires, surveys, units};

const EVERY_KIND: &str = include_str!("../fixtures/every_kind.yaml");

pub struct Fixture {
    /// `http://127.0.0.1:…/s/…`
    pub address: String,
    pub db: Db,
    stop: actix_web::dev::ServerHandle,
    thread: Option<JoinHandle<()>>,
    _data: tempfile::TempDir,
}

impl Fixture {
    pub fn start() -> Self {
        let data = tempfile::tempdir().unwrap();
        let db = Db::open(Location::File(data.path().join("sipas.db")), 4).unwrap();
        migrate::run(&db).unwrap();
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
            admin::handlers::advance(conn, &Surveys::default(), &sipas::audit::CommandLine, "every", Step::Open)?;
            let survey = surveys::store::by_code(conn, "every")?;
            let codes = collection::store::place_codes(conn, survey.id)?;
            Ok(codes.into_iter().find(|c| c.unit.as_deref() == Some("W1")).unwrap().code)
        });
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/s/{}", listener.local_addr().unwrap(), code.unwrap());
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
        Fixture { address, db, stop, thread: Some(thread), _data: data }
    }

    /// How many forms are stored.
    pub fn stored(&self) -> i64 {
        self.db
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

impl Drop for Fixture {
    fn drop(&mut self) {
        let stopping = self.stop.stop(true);
        let thread = self.thread.take();
        std::thread::spawn(move || actix_web::rt::System::new().block_on(stopping)).join().unwrap();
        if let Some(thread) = thread {
            thread.join().unwrap();
        }
    }
}
