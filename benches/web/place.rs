//! A database of its own with the demonstration and two open surveys, and a server on it.

use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc;
use std::thread::JoinHandle;

use chrono::{Days, Utc};
use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};
use sipas::db::connection::Location;
use sipas::db::{Conn, Db, migrate};
use sipas::surveys::{Surveys, model::Step};
use sipas::{admin, app, collection, demo, surveys};
use uuid::Uuid;

/// The survey that clients answer.
pub const VISITS: &str = "visits-under-load";
/// The survey that is filled without HTTP.
pub const DIRECT: &str = "straight-to-the-queue";
/// A finished household survey of the demonstration with about 4,000 responses.
pub const REPORT: &str = "ho-gia-dinh-2026";
/// Units of both open surveys.
pub const UNITS: [&str; 6] = ["00004", "00008", "00025", "00070", "00082", "00091"];

/// A database that is gone when dropped.
pub struct Database {
    pub name: &'static str,
    pub location: Location,
    _folder: Option<tempfile::TempDir>,
    schema: Option<(String, String)>,
}

impl Database {
    /// A file in a temporary folder.
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Database { name: "SQLite", location: Location::File(folder.path().join("sipas.db")), _folder: Some(folder), schema: None }
    }

    /// A schema of its own on the server named by `SIPAS_TEST_POSTGRES`, if it is.
    pub fn postgres() -> Option<Self> {
        let server = std::env::var("SIPAS_TEST_POSTGRES").ok()?;
        let schema = format!("b{}", Uuid::new_v4().simple());
        PgConnection::establish(&server).unwrap().batch_execute(&format!("CREATE SCHEMA {schema}")).unwrap();
        let join = if server.contains('?') { '&' } else { '?' };
        let location = Location::Server(format!("{server}{join}options=-csearch_path%3D{schema}"));
        Some(Database { name: "PostgreSQL", location, _folder: None, schema: Some((server, schema)) })
    }

    /// With as many connections as `sipas serve` uses.
    pub fn open(&self) -> Db {
        Db::open(self.location.clone(), if self.schema.is_some() { 16 } else { 8 }).unwrap()
    }

    /// A connection outside the program's pool, as durable as the program's own.
    pub fn connect(&self) -> Conn {
        match &self.location {
            Location::File(path) => {
                let mut conn = SqliteConnection::establish(&path.to_string_lossy()).unwrap();
                conn.batch_execute("PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;").unwrap();
                Conn::Sqlite(conn)
            }
            Location::Server(url) => Conn::Postgres(PgConnection::establish(url).unwrap()),
        }
    }

    /// Migrated, with the demonstration and the two open surveys.
    pub fn filled(&self) -> Db {
        let db = self.open();
        migrate::run(&db).unwrap();
        let now = Utc::now().naive_utc();
        demo::build(&db, now).unwrap();
        for code in [VISITS, DIRECT] {
            let file = format!(
                "code: {code}\ntitle: {{vi: 'Đo tải', en: 'Load'}}\nquestionnaire: visit\nversion: '1'\nopens_on: {}\ncloses_on: {}\n\
                 units: {{codes: {UNITS:?}}}\nstreams: [open]\n",
                now.date() - Days::new(1),
                now.date() + Days::new(30),
            );
            let file = surveys::file::read(&file).unwrap();
            db.write_now(|conn| {
                surveys::create::create(conn, &file, true, now)?;
                admin::handlers::advance(conn, &Surveys::default(), &sipas::audit::CommandLine, code, Step::Open)
            })
            .unwrap();
        }
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

/// How many responses a survey has.
pub fn stored(db: &Db, survey: &str) -> u64 {
    let count = db.read_now(|conn| {
        let id = surveys::store::by_code(conn, survey)?.id;
        Ok(collection::store::counts(conn, &[id])?.get(&id).copied().unwrap_or(0))
    });
    u64::try_from(count.unwrap()).unwrap()
}

/// The address of a survey where the citizen chooses the unit.
pub fn address(db: &Db, survey: &str) -> String {
    let code = db.read_now(|conn| {
        let survey = surveys::store::by_code(conn, survey)?;
        Ok(collection::store::place_codes(conn, survey.id)?.into_iter().find(|c| c.unit.is_none()).unwrap().code)
    });
    format!("/s/{}", code.unwrap())
}

/// A server on a thread of its own, stopped when dropped.
pub struct Server {
    pub at: SocketAddr,
    stop: actix_web::dev::ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// sipas as it is shipped, on a free port.
    pub fn sipas(db: &Db) -> Self {
        let db = db.clone();
        Self::start(move |listener| {
            let running = app::start(db, listener, &app::Settings::default()).unwrap();
            (running.handle(), async move { running.until_stopped().await.unwrap() })
        })
    }

    /// actix-web with one route that says hello, and as many workers.
    pub fn bare() -> Self {
        Self::start(|listener| {
            let app = || actix_web::App::new().route("/", actix_web::web::get().to(|| async { "hello\n" }));
            let workers = app::Settings::default().workers;
            let server = actix_web::HttpServer::new(app).workers(workers).listen(listener).unwrap().run();
            (server.handle(), async move { server.await.unwrap() })
        })
    }

    fn start<F: Future<Output = ()> + 'static>(
        make: impl FnOnce(TcpListener) -> (actix_web::dev::ServerHandle, F) + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let at = listener.local_addr().unwrap();
        let (started, running) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let (handle, until_stopped) = make(listener);
                started.send(handle).unwrap();
                until_stopped.await;
            });
        });
        Server { at, stop: running.recv().unwrap(), thread: Some(thread) }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let stopping = self.stop.stop(true);
        // The server's own thread does the stopping; this one only asks and waits.
        std::thread::spawn(move || actix_web::rt::System::new().block_on(stopping)).join().unwrap();
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}
