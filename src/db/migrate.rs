//! Bringing a database to this program's schema.

use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{Conn, Db};
use crate::error::{Error, Result};

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// Applies what is missing and returns the names of the migrations that ran.
///
/// # Errors
/// When a migration fails; the database is then as the last successful one left it.
pub fn run(db: &Db) -> Result<Vec<String>> {
    db.read_now(|conn| {
        let done = match conn {
            Conn::Sqlite(c) => c.run_pending_migrations(SQLITE).map(names),
            Conn::Postgres(c) => c.run_pending_migrations(POSTGRES).map(names),
        };
        done.map_err(|e| Error::config(&format!("a migration failed: {e}"), "restore the backup, and report the message above"))
    })
}

/// Reverts every migration, newest first: used to prove that `down.sql` is right.
///
/// # Errors
/// When a migration cannot be reverted.
pub fn revert_all(db: &Db) -> Result<()> {
    db.read_now(|conn| {
        let done = match conn {
            Conn::Sqlite(c) => c.revert_all_migrations(SQLITE).map(names),
            Conn::Postgres(c) => c.revert_all_migrations(POSTGRES).map(names),
        };
        done.map(|_| ()).map_err(|e| Error::config(&format!("a migration could not be reverted: {e}"), "look at its down.sql"))
    })
}

fn names<V: std::fmt::Display>(versions: Vec<V>) -> Vec<String> {
    versions.iter().map(ToString::to_string).collect()
}
