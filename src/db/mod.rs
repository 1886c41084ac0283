//! The databases: SQLite inside the program by default, PostgreSQL when `DATABASE_URL` says so.
//!
//! This is the only place that names either of them. The rest of the program sees one connection type
//! ([`Conn`]), one façade ([`Db`]) with `read` and `write`, and one schema.
//!
//! - [`connection`]: opening by URL, the pool, the two closures every store is called in.
//! - [`portable`]: the few statements that diesel can only say per database.
//! - [`migrate`]: bringing a database to this program's schema.
//! - [`schema`]: tables as diesel sees them; a test compares them with both databases.
//! - [`types`]: text enums.

pub mod connection;
pub mod migrate;
pub mod portable;
pub mod schema;
pub mod types;

pub use connection::{Conn, Db, Kind};
