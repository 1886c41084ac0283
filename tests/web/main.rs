//! Drives the real server, every test on SQLite and on PostgreSQL.
#![expect(unreachable_pub, reason = "helpers are public within this one binary")]
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test stops at the first surprise")]

mod support;

mod accounts;
mod admin;
mod answering;
mod api;
mod audit;
mod boundaries;
mod columns;
mod crash;
mod demo;
mod designer;
mod figures;
mod hostile;
mod import;
mod indices;
mod kinds;
mod mail;
mod notices;
mod odata;
mod opendata;
mod people;
mod preview;
mod release_files;
mod releases;
mod reports;
mod rights;
mod schema;
