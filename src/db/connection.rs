//! Opening a database by URL, and running closures on its connections.

use std::path::PathBuf;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::r2d2::{self, ManageConnection, Pool};
use diesel::{Connection, PgConnection, SqliteConnection};

use super::portable;
use crate::error::{Error, Result};

pub use either::Conn;

mod either {
    #![expect(missing_docs, reason = "the derive writes items that cannot carry doc comments")]
    use diesel::{MultiConnection, PgConnection, SqliteConnection};

    /// One connection to either database. Queries written on it run on both.
    #[derive(MultiConnection)]
    pub enum Conn {
        Sqlite(SqliteConnection),
        Postgres(PgConnection),
    }
}

/// Which database a URL names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// SQLite, in a file.
    Sqlite,
    /// PostgreSQL, or a cluster that speaks its protocol.
    Postgres,
}

/// Where the data is: parsed from `DATABASE_URL`, or the file in the data folder.
#[derive(Debug, Clone)]
pub enum Location {
    /// A SQLite file.
    File(PathBuf),
    /// A PostgreSQL connection URL.
    Server(String),
}

impl Location {
    /// Parses a database URL. An unknown scheme is refused, so that a typing error does not make an empty file.
    pub fn parse(url: &str) -> Result<Self> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Ok(Location::Server(url.to_owned()))
        } else if let Some(path) = url.strip_prefix("sqlite://") {
            if path.is_empty() {
                return Err(Error::config("DATABASE_URL is sqlite:// without a path", "write sqlite:///full/path/sipas.db"));
            }
            Ok(Location::File(PathBuf::from(path)))
        } else {
            Err(Error::config(
                &format!("DATABASE_URL is {:?}, which names no database this program knows", redact(url)),
                "write postgres://user@host/database or sqlite:///full/path/sipas.db, or leave it out to use the data folder",
            ))
        }
    }

    /// Which database this is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Location::File(_) => Kind::Sqlite,
            Location::Server(_) => Kind::Postgres,
        }
    }

    /// The location without the password, for messages.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Location::File(path) => path.display().to_string(),
            Location::Server(url) => redact(url),
        }
    }
}

/// A URL without its password, for messages.
#[must_use]
pub fn redact(url: &str) -> String {
    match (url.find("://"), url.rfind('@')) {
        (Some(scheme), Some(at)) if at > scheme => {
            let (head, tail) = url.split_at(at);
            let user_end = head.get(scheme + 3..).and_then(|s| s.find(':')).map_or(at, |i| scheme + 3 + i);
            format!("{}{}{}", head.get(..user_end).unwrap_or(""), if user_end < at { ":***" } else { "" }, tail)
        }
        _ => url.to_owned(),
    }
}

/// Makes connections for the pool.
#[derive(Debug)]
struct Manager {
    location: Location,
}

/// How SQLite is set up on every connection. `busy_timeout` first: the others may already have to wait.
/// `synchronous=FULL` with WAL: a commit is on disk before it is acknowledged.
const SQLITE_PRAGMAS: &str = "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                              PRAGMA foreign_keys = ON; PRAGMA cache_size = -16000;";

impl ManageConnection for Manager {
    type Connection = Conn;
    type Error = r2d2::Error;

    fn connect(&self) -> std::result::Result<Conn, r2d2::Error> {
        match &self.location {
            Location::File(path) => {
                let mut conn = SqliteConnection::establish(&path.to_string_lossy()).map_err(r2d2::Error::ConnectionError)?;
                conn.batch_execute(SQLITE_PRAGMAS).map_err(r2d2::Error::QueryError)?;
                Ok(Conn::Sqlite(conn))
            }
            Location::Server(url) => {
                let mut conn = PgConnection::establish(url).map_err(r2d2::Error::ConnectionError)?;
                conn.batch_execute("SET TIME ZONE 'UTC'; SET client_min_messages = warning;").map_err(r2d2::Error::QueryError)?;
                Ok(Conn::Postgres(conn))
            }
        }
    }

    fn is_valid(&self, conn: &mut Conn) -> std::result::Result<(), r2d2::Error> {
        conn.batch_execute("SELECT 1").map_err(r2d2::Error::QueryError)
    }

    /// A connection that comes back while its thread panics may hold an open transaction.
    fn has_broken(&self, _: &mut Conn) -> bool {
        std::thread::panicking()
    }
}

/// The database as the program uses it: a pool, and closures run on one of its connections.
#[derive(Clone)]
pub struct Db {
    pool: Pool<Manager>,
    location: Location,
}

impl Db {
    /// Opens the database with at most `connections` connections. Does not migrate.
    ///
    /// # Errors
    /// When the first connection cannot be made: the message names the database and what to check.
    pub fn open(location: Location, connections: u32) -> Result<Self> {
        let manager = Manager { location: location.clone() };
        manager.connect().map_err(|e| {
            Error::config(
                &format!("cannot open the database {}: {e}", location.shown()),
                "check that the address is right, the server runs, and this user may read and write there",
            )
        })?;
        let pool = Pool::builder()
            .max_size(connections)
            .min_idle(Some(1))
            .connection_timeout(Duration::from_secs(10))
            .error_handler(Box::new(PoolErrors))
            .build(manager)
            .map_err(|e| Error::Storage(e.to_string()))?;
        Ok(Db { pool, location })
    }

    /// The same database with one connection of its own, for somebody who must never wait for the others.
    ///
    /// # Errors
    /// As [`Db::open`].
    pub fn apart(&self) -> Result<Db> {
        Db::open(self.location.clone(), 1)
    }

    /// Which database this is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.location.kind()
    }

    /// Where it is, for messages.
    #[must_use]
    pub fn location(&self) -> &Location {
        &self.location
    }

    /// Runs a closure that only reads, on this thread.
    pub fn read_now<T>(&self, f: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        let mut conn = self.pool.get().map_err(|e| Error::Unavailable(e.to_string()))?;
        f(&mut conn)
    }

    /// Runs a closure that only reads, on this thread; all its statements see one state of the data.
    pub fn read_one_state<T>(&self, f: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        let mut conn = self.pool.get().map_err(|e| Error::Unavailable(e.to_string()))?;
        portable::begin_reading(&mut conn)?;
        let read = f(&mut conn);
        portable::roll_back(&mut conn);
        read
    }

    /// Runs a closure in one durable transaction, on this thread. An error from the closure rolls everything back.
    pub fn write_now<T>(&self, f: impl FnOnce(&mut Conn) -> Result<T>) -> Result<T> {
        let mut conn = self.pool.get().map_err(|e| Error::Unavailable(e.to_string()))?;
        portable::begin(&mut conn)?;
        match f(&mut conn) {
            Ok(value) => {
                portable::commit(&mut conn).inspect_err(|_| portable::roll_back(&mut conn))?;
                Ok(value)
            }
            Err(e) => {
                portable::roll_back(&mut conn);
                Err(e)
            }
        }
    }

    /// Runs a closure on the pool of blocking threads that takes connections when it needs them, for handlers that also compute.
    pub async fn block<T: Send + 'static>(&self, f: impl FnOnce(&Db) -> Result<T> + Send + 'static) -> Result<T> {
        let db = self.clone();
        actix_web::web::block(move || f(&db)).await.map_err(|e| Error::Unavailable(e.to_string()))?
    }

    /// [`Db::read_now`] on the pool of blocking threads, for handlers.
    pub async fn read<T: Send + 'static>(&self, f: impl FnOnce(&mut Conn) -> Result<T> + Send + 'static) -> Result<T> {
        self.block(move |db| db.read_now(f)).await
    }

    /// [`Db::write_now`] on the pool of blocking threads, for handlers.
    pub async fn write<T: Send + 'static>(&self, f: impl FnOnce(&mut Conn) -> Result<T> + Send + 'static) -> Result<T> {
        self.block(move |db| db.write_now(f)).await
    }
}

#[derive(Debug)]
struct PoolErrors;

impl r2d2::HandleError<r2d2::Error> for PoolErrors {
    fn handle_error(&self, error: r2d2::Error) {
        tracing::error!(%error, "a database connection could not be made");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_scheme_is_refused_and_no_file_is_made() {
        for url in ["postgre://x/y", "mysql://x", "sipas.db", "", "sqlite://"] {
            assert!(Location::parse(url).is_err(), "{url:?} was taken");
        }
    }

    #[test]
    fn passwords_are_not_shown() {
        let shown = Location::parse("postgres://sipas:secret@db.example:5432/sipas").unwrap().shown();
        assert_eq!(shown, "postgres://sipas:***@db.example:5432/sipas");
        assert_eq!(Location::parse("postgres://sipas@db/sipas").unwrap().shown(), "postgres://sipas@db/sipas");
    }
}
