//! The schema: the same on both databases, as `schema.rs` says, and every migration can be undone.

use std::collections::BTreeMap;

use diesel::prelude::*;
use diesel::sql_types::Text;
use sipas::db::{Conn, Db, migrate};

use crate::support::{Database, Server, on_both};

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    table_name: String,
    #[diesel(sql_type = Text)]
    column_name: String,
    #[diesel(sql_type = Text)]
    kind: String,
}

/// table → column → (type, nullable), with types named alike on both databases. PostgreSQL alone has `responses.stored_in`, which only raw SQL names.
fn columns(db: &Db) -> BTreeMap<String, BTreeMap<String, String>> {
    let rows: Vec<Column> = db
        .read_now(|conn| {
            Ok(match conn {
                Conn::Sqlite(c) => diesel::sql_query(
                    "SELECT m.name AS table_name, p.name AS column_name, lower(p.type) || CASE p.\"notnull\" WHEN 0 THEN ' null' ELSE '' END AS kind
                     FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table' AND m.name NOT LIKE '\\_\\_%' ESCAPE '\\' AND m.name NOT LIKE 'sqlite%'",
                )
                .load(c)?,
                Conn::Postgres(c) => diesel::sql_query(
                    "SELECT table_name::text, column_name::text, data_type || CASE is_nullable WHEN 'YES' THEN ' null' ELSE '' END AS kind
                     FROM information_schema.columns WHERE table_schema = current_schema() AND table_name NOT LIKE '\\_\\_%' AND table_name <> 'answers'
                     AND (table_name, column_name) <> ('responses', 'stored_in')",
                )
                .load(c)?,
            })
        })
        .unwrap();
    let mut tables: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for row in rows {
        let kind = row.kind.replace("blob", "bytea").replace("integer", "bigint").replace(" without time zone", "");
        tables.entry(row.table_name).or_default().insert(row.column_name, kind);
    }
    tables
}

/// What `src/db/schema.rs` says, in the same words.
fn declared() -> BTreeMap<String, BTreeMap<String, String>> {
    let source = include_str!("../../src/db/schema.rs");
    let mut tables: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    let mut table = String::new();
    for line in source.lines().map(str::trim) {
        if let Some((name, _)) = line.strip_suffix(") {").and_then(|l| l.split_once(" (")) {
            table = name.to_owned();
        } else if let Some((column, kind)) = line.strip_suffix(',').and_then(|l| l.split_once(" -> ")) {
            let (kind, null) = kind.strip_prefix("Nullable<").map_or((kind, ""), |k| (k.trim_end_matches('>'), " null"));
            let kind = match kind {
                "Text" => "text",
                "BigInt" => "bigint",
                "Bool" => "boolean",
                "Double" => "double precision",
                "Binary" => "bytea",
                "Timestamp" => "timestamp",
                "Date" => "date",
                other => panic!("{other} is not among the types both databases have"),
            };
            tables.entry(table.clone()).or_default().insert(column.to_owned(), format!("{kind}{null}"));
        }
    }
    tables
}

#[test]
fn both_databases_have_the_schema_the_program_declares() {
    for database in [Database::sqlite(), Database::postgres()] {
        let db = database.open();
        migrate::run(&db).unwrap();
        assert_eq!(columns(&db), declared(), "{:?}", db.kind());
    }
}

#[test]
fn migrations_can_be_undone_and_done_again() {
    for database in [Database::sqlite(), Database::postgres()] {
        let db = database.open();
        let first = migrate::run(&db).unwrap();
        let up = columns(&db);
        migrate::revert_all(&db).unwrap();
        assert!(columns(&db).is_empty(), "down.sql leaves tables on {:?}", db.kind());
        assert_eq!(migrate::run(&db).unwrap(), first);
        assert_eq!(columns(&db), up);
        assert!(migrate::run(&db).unwrap().is_empty(), "nothing is left to do");
    }
}

#[test]
fn both_databases_have_the_same_migrations() {
    let names = |folder: &str| {
        let mut all: Vec<_> = std::fs::read_dir(format!("{}/migrations/{folder}", env!("CARGO_MANIFEST_DIR")))
            .unwrap()
            .map(|e| e.unwrap().file_name())
            .collect();
        all.sort();
        all
    };
    assert_eq!(names("sqlite"), names("postgres"));
}

#[derive(QueryableByName)]
struct Answer {
    #[diesel(sql_type = Text)]
    question: String,
    #[diesel(sql_type = Text)]
    answer: String,
}

/// The readable view of a survey's answers: question and answer, in order.
pub fn answers_view(db: &Db, survey: &str) -> Vec<(String, String)> {
    let query = format!("SELECT question, answer FROM answers WHERE survey = '{survey}' ORDER BY question, answer");
    let rows: Vec<Answer> = db
        .read_now(|conn| {
            Ok(match conn {
                Conn::Sqlite(c) => diesel::sql_query(query).load(c)?,
                Conn::Postgres(c) => diesel::sql_query(query).load(c)?,
            })
        })
        .unwrap();
    rows.into_iter().map(|r| (r.question, r.answer)).collect()
}

on_both! {
    async fn a_version_changed_behind_the_programs_back_is_noticed(s: Server) {
        use diesel::connection::SimpleConnection;
        s.db.read_now(|c| Ok(c.batch_execute("UPDATE questionnaire_versions SET source = replace(source, 'Question one', 'Another question') WHERE questionnaire = 'trial'")?)).unwrap();
        let answer = s.get("/api/v1/questionnaires/trial/versions/1").await;
        assert_eq!(answer.status(), 500);
        let same = sipas::questionnaires::read(crate::support::TRIAL).unwrap();
        let added = s.db.write_now(|c| sipas::questionnaires::store::add(c, &same, crate::support::TRIAL, chrono::Utc::now().naive_utc()));
        assert!(matches!(added, Ok(false)), "the very same file is no change");
        let other = crate::support::TRIAL.replace("Question two", "Question 2");
        let refused = s.db.write_now(|c| sipas::questionnaires::store::add(c, &sipas::questionnaires::read(&other).unwrap(), &other, chrono::Utc::now().naive_utc()));
        assert!(refused.unwrap_err().to_string().contains("never changes"));
    }
}
