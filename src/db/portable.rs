//! What diesel can only say per database, said once for both.

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};

use super::Conn;
use crate::error::{Error, Result};

/// Runs the same diesel expression on the connection inside, for statements the enum cannot carry
/// (several rows in one insert, `ON CONFLICT`, `RETURNING` of rows).
macro_rules! on_either {
    ($conn:expr, $inner:ident => $body:expr) => {
        match $conn {
            $crate::db::Conn::Sqlite($inner) => $body,
            $crate::db::Conn::Postgres($inner) => $body,
        }
    };
}
pub(crate) use on_either;

/// Starts a writing transaction. On SQLite it takes the write lock at once: a transaction that reads first and writes later
/// can otherwise fail in the middle because another one wrote between.
pub fn begin(conn: &mut Conn) -> Result<()> {
    match conn {
        Conn::Sqlite(c) => AnsiTransactionManager::begin_transaction_sql(c, "BEGIN IMMEDIATE")?,
        Conn::Postgres(c) => AnsiTransactionManager::begin_transaction_sql(c, "BEGIN")?,
    }
    Ok(())
}

/// Starts a transaction that only reads: all its statements see one state of the data.
pub fn begin_reading(conn: &mut Conn) -> Result<()> {
    match conn {
        Conn::Sqlite(c) => AnsiTransactionManager::begin_transaction_sql(c, "BEGIN DEFERRED")?,
        Conn::Postgres(c) => AnsiTransactionManager::begin_transaction_sql(c, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?,
    }
    Ok(())
}

/// Ends a transaction durably: when this returns, it is on disk.
pub fn commit(conn: &mut Conn) -> Result<()> {
    on_either!(conn, c => AnsiTransactionManager::commit_transaction(c))?;
    Ok(())
}

/// Undoes a transaction. A rollback that fails leaves nothing behind either: the connection is lost, and so is its transaction.
pub fn roll_back(conn: &mut Conn) {
    if let Err(e) = on_either!(conn, c => AnsiTransactionManager::rollback_transaction(c)) {
        tracing::warn!(error = %e, "the transaction was ended by the database");
    }
}

/// Asks the database for a sign of life.
///
/// # Errors
/// `Unavailable`.
pub fn ping(conn: &mut Conn) -> Result<()> {
    conn.batch_execute("SELECT 1").map_err(|e| Error::Unavailable(e.to_string()))
}

/// How many values one `IN (…)` list or one insert may carry: SQLite allows 32,766 bound values a statement.
pub const MAX_BOUND_VALUES: usize = 30_000;
