//! A fresh database and a running server for each test; helpers are named as what people do.

use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::mpsc;
use std::thread::JoinHandle;

use chrono::{Days, Utc};
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};
use sipas::accounts::{self, Grant};
use sipas::audit::CommandLine;
use sipas::db::connection::Location;
use sipas::db::{Db, migrate};
use sipas::surveys::{Surveys, model::Step};
use sipas::{admin, app, questionnaires, surveys, units};
use uuid::Uuid;

pub mod process;

/// Runs a test body on both databases, as two tests.
macro_rules! on_both {
    ($(#[$meta:meta])* async fn $name:ident($server:ident: $kind:ty) $body:block) => {
        $(#[$meta])*
        mod $name {
            use super::*;
            async fn body($server: $kind) $body
            #[test]
            fn sqlite() {
                $crate::support::run(body, $crate::support::Database::sqlite());
            }
            #[test]
            fn postgres() {
                $crate::support::run(body, $crate::support::Database::postgres());
            }
        }
    };
}
pub(crate) use on_both;

/// Starts a server on this database and runs the body on it.
pub fn run<F: Future<Output = ()>>(body: impl FnOnce(Server) -> F, database: Database) {
    let server = Server::start(database, &app::Settings { workers: 1, ..app::Settings::default() });
    actix_web::rt::System::new().block_on(body(server));
}

/// A database of its own, gone when dropped.
pub struct Database {
    pub location: Location,
    folder: Option<tempfile::TempDir>,
    schema: Option<(String, String)>,
}

impl Database {
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Database { location: Location::File(folder.path().join("sipas.db")), folder: Some(folder), schema: None }
    }

    /// A schema of its own on the server that `make test` started.
    pub fn postgres() -> Self {
        let server = std::env::var("SIPAS_TEST_POSTGRES").expect("SIPAS_TEST_POSTGRES is not set: run the tests with `make test`");
        let schema = format!("t{}", Uuid::new_v4().simple());
        PgConnection::establish(&server).unwrap().batch_execute(&format!("CREATE SCHEMA {schema}")).unwrap();
        let join = if server.contains('?') { '&' } else { '?' };
        let url = format!("{server}{join}options=-csearch_path%3D{schema}&application_name={schema}");
        Database { location: Location::Server(url), folder: None, schema: Some((server, schema)) }
    }

    /// The address for `DATABASE_URL`.
    pub fn url(&self) -> String {
        match &self.location {
            Location::File(path) => format!("sqlite://{}", path.display()),
            Location::Server(url) => url.clone(),
        }
    }

    pub fn file(&self) -> Option<PathBuf> {
        self.folder.as_ref().map(|f| f.path().join("sipas.db"))
    }

    pub fn open(&self) -> Db {
        Db::open(self.location.clone(), 4).unwrap()
    }

    /// Migrated, with the units and the open survey `trial`.
    pub fn filled(&self) -> Db {
        let db = self.open();
        migrate::run(&db).unwrap();
        db.write_now(|conn| {
            units::store::put(conn, &units::list::read(include_str!("../data/units.csv")).unwrap())?;
            let place = |code: &str, unit: &str| units::Place {
                code: code.into(),
                unit: unit.into(),
                name_vi: format!("Quầy {code}"),
                name_en: format!("Counter {code}"),
            };
            units::store::put_places(conn, &[place("K1", "W1"), place("K2", "W2")])?;
            for source in [TRIAL, RATING] {
                questionnaires::store::add(conn, &questionnaires::read(source).unwrap(), source, Utc::now().naive_utc())?;
            }
            Ok(())
        })
        .unwrap();
        new_survey(&db, "trial", "trial", "1", "[open, sample]", "base");
        take(&db, "trial", Step::Open);
        db
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some((server, schema)) = &self.schema {
            let dropped = PgConnection::establish(server).map(|mut c| c.batch_execute(&format!("DROP SCHEMA {schema} CASCADE")));
            if !matches!(dropped, Ok(Ok(()))) {
                eprintln!("the schema {schema} was left behind");
            }
        }
    }
}

/// The password of people whom tests add.
pub const PASSWORD: &str = "một mật khẩu thật dài";

pub const TRIAL: &str = include_str!("../data/trial.yaml");
const RATING: &str = include_str!("../../../survey-defs/questionnaires/rating-2018.yaml");

/// Adds a draft survey over the wards and communes of the test units.
pub fn new_survey(db: &Db, code: &str, questionnaire: &str, version: &str, streams: &str, weighting: &str) {
    let today = Utc::now().date_naive();
    let (opens, closes) = (today - Days::new(1), today + Days::new(30));
    let file = format!(
        "code: {code}\ntitle: {{vi: 'Đợt {code}', en: 'Survey {code}'}}\nquestionnaire: {questionnaire}\nversion: '{version}'\nopens_on: {opens}\ncloses_on: {closes}\n\
         units: {{kinds: [ward, commune]}}\nstreams: {streams}\nweighting: {weighting}\n"
    );
    let file = surveys::file::read(&file).unwrap();
    db.write_now(|conn| surveys::create::create(conn, &file, false, Utc::now().naive_utc())).unwrap();
}

/// Takes a step in a survey's life.
pub fn take(db: &Db, survey: &str, step: Step) {
    db.write_now(|conn| admin::handlers::advance(conn, &Surveys::default(), &CommandLine, survey, step)).unwrap();
}

/// A running server.
pub struct Server {
    pub base: String,
    pub db: Db,
    pub client: Client,
    stop: actix_web::dev::ServerHandle,
    thread: Option<JoinHandle<()>>,
    pub database: Database,
}

impl Server {
    /// A filled database and a server on a free port.
    pub fn start(database: Database, settings: &app::Settings) -> Self {
        let db = database.filled();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let (started, running) = mpsc::channel();
        let (on, settings) = (db.clone(), settings.clone());
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let app = app::start(on, listener, &settings).unwrap();
                started.send(app.handle()).unwrap();
                app.until_stopped().await.unwrap();
            });
        });
        let stop = running.recv().unwrap();
        Server { base, db, client: person(), stop, thread: Some(thread), database }
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    pub async fn get(&self, path: &str) -> Response {
        self.client.get(self.url(path)).send().await.unwrap()
    }

    pub async fn page(&self, path: &str) -> String {
        let response = self.get(path).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        response.text().await.unwrap()
    }

    pub async fn json(&self, path: &str) -> Value {
        let response = self.get(path).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        response.json().await.unwrap()
    }

    pub async fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        self.client.post(self.url(path)).form(&fields).send().await.unwrap()
    }

    /// Submits one response through the API.
    pub async fn submit(&self, survey: &str, body: &Value) -> (StatusCode, Value) {
        let response = self.client.post(self.url(&format!("/api/v1/surveys/{survey}/responses"))).json(body).send().await.unwrap();
        (response.status(), response.json().await.unwrap())
    }

    /// How many responses a survey has, by its API.
    pub async fn responses(&self, survey: &str) -> i64 {
        self.json(&format!("/api/v1/surveys/{survey}")).await["responses"].as_i64().unwrap()
    }

    /// The address of the survey for a unit (or for choosing one).
    pub fn address(&self, survey: &str, unit: Option<&str>) -> String {
        self.db
            .read_now(|conn| {
                let survey = surveys::store::by_code(conn, survey)?;
                let codes = sipas::collection::store::place_codes(conn, survey.id)?;
                Ok(codes.into_iter().find(|c| c.unit.as_deref() == unit && c.place.is_none()).map(|c| format!("/s/{}", c.code)).unwrap())
            })
            .unwrap()
    }

    /// Somebody with these roles, a mail address and a password, signed in with a browser of their own.
    pub async fn person_with(&self, name: &str, grants: &[Grant]) -> Client {
        self.add_person(name, grants);
        let client = person();
        assert_eq!(self.signs_in(&client, name, PASSWORD).await, StatusCode::SEE_OTHER, "{name}");
        client
    }

    /// Adds somebody with these roles, a mail address and [`PASSWORD`].
    pub fn add_person(&self, name: &str, grants: &[Grant]) -> i64 {
        let hash = accounts::password::hash(PASSWORD).unwrap();
        let mail = format!("{name}@example.vn");
        let add = |conn: &mut sipas::db::Conn| {
            let new = accounts::store::NewPerson { name, mail: Some(&mail), language: "vi", password_hash: &hash };
            let id = accounts::store::insert(conn, &new, Utc::now().naive_utc())?;
            accounts::store::set_password_hash(conn, id, &hash, false)?;
            grants.iter().try_for_each(|g| accounts::store::add_grant(conn, id, g))?;
            Ok(id)
        };
        self.db.write_now(add).unwrap()
    }

    /// Tries to sign in.
    pub async fn signs_in(&self, client: &Client, name: &str, password: &str) -> StatusCode {
        client.post(self.url("/signin")).form(&[("name", name), ("password", password)]).send().await.unwrap().status()
    }

    /// The token against forged forms of whoever is signed in with this browser.
    pub async fn csrf(&self, client: &Client) -> String {
        let page = client.get(self.url("/account")).send().await.unwrap().text().await.unwrap();
        field(&page, "csrf").expect("nobody is signed in")
    }

    /// Sends a form with the session's token.
    pub async fn send(&self, client: &Client, path: &str, fields: &[(&str, &str)]) -> Response {
        let csrf = self.csrf(client).await;
        let fields: Vec<(&str, &str)> = [("csrf", csrf.as_str())].into_iter().chain(fields.iter().copied()).collect();
        client.post(self.url(path)).form(&fields).send().await.unwrap()
    }

    /// Signs in as an administrator who has chosen a password.
    pub async fn sign_in(&self) {
        let one_time = self.db.write_now(|c| sipas::accounts::people::add_administrator(c, "lan", Utc::now().naive_utc())).unwrap();
        let answer = self.post_form("/signin", &[("name", "lan"), ("password", &one_time), ("next", "/admin")]).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        let page = self.page("/account/password").await;
        let csrf = field(&page, "csrf").unwrap();
        let chosen = "một mật khẩu thật dài";
        let fields = [("csrf", csrf.as_str()), ("current", &one_time), ("chosen", chosen), ("repeated", chosen)];
        assert_eq!(self.post_form("/account/password", &fields).await.status(), StatusCode::SEE_OTHER);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let stopping = self.stop.stop(true);
        let thread = self.thread.take();
        // The server's own thread does the stopping; this one only asks and waits.
        std::thread::spawn(move || actix_web::rt::System::new().block_on(stopping)).join().unwrap();
        if let Some(thread) = thread {
            thread.join().unwrap();
        }
    }
}

/// A browser: keeps cookies, follows no redirect by itself.
pub fn person() -> Client {
    Client::builder().cookie_store(true).redirect(Policy::none()).build().unwrap()
}

/// The value of a form field in a page.
pub fn field(page: &str, name: &str) -> Option<String> {
    let at = page.find(&format!("name=\"{name}\""))?;
    let tag_start = page[..at].rfind('<')?;
    let tag = &page[tag_start..page[at..].find('>')? + at];
    let value = tag.split("value=\"").nth(1)?;
    Some(value.split('"').next()?.to_owned())
}

/// A valid response of the trial questionnaire.
pub fn answer(q1: &str, q2: &str) -> Value {
    json!({ "id": Uuid::new_v4(), "unit": "W1", "mode": "web", "answers": { "q1": q1, "q2": q2 } })
}
