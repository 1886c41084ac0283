//! Holds the layers of the source: who may import whom, where SQL may stand, what a rule may not touch.
//!
//! The test reads `src/**/*.rs` and looks at `use` lines, at paths such as `crate::units::Unit` and at string
//! literals; comments do not count. What is allowed stands in the constants below: a new capability, table or
//! kind of file is a line there, in the same commit. At the end are samples that break every rule once, so that
//! a checker that has gone blind is noticed.

use std::collections::BTreeSet;
use std::error::Error;
use std::fmt;
use std::fs;
use std::path::Path;

/// A capability folder of `src/`, what it may import beside [`COMMON`], and the tables that only it writes.
struct Capability {
    folder: &'static str,
    imports: &'static [&'static str],
    tables: &'static [&'static str],
}

const CAPABILITIES: &[Capability] = &[
    Capability { folder: "audit", imports: &[], tables: &["audit_log"] },
    Capability { folder: "mail", imports: &[], tables: &["mails", "mail_attachments"] },
    Capability {
        folder: "accounts",
        imports: &[],
        tables: &["users", "grants", "sessions", "password_links", "api_keys", "mails", "audit_log"],
    },
    Capability { folder: "units", imports: &["charts"], tables: &["units", "places", "boundaries"] },
    Capability {
        folder: "questionnaires",
        imports: &[],
        tables: &["questionnaire_versions", "slots", "slot_options", "questionnaire_steps"],
    },
    Capability {
        folder: "designer",
        imports: &["collection", "exchange", "questionnaires"],
        tables: &["questionnaire_drafts", "draft_revisions"],
    },
    Capability { folder: "exchange", imports: &["documents", "questionnaires"], tables: &[] },
    Capability { folder: "surveys", imports: &["questionnaires", "units"], tables: &["surveys", "survey_units"] },
    Capability {
        folder: "collection",
        imports: &["surveys", "questionnaires", "units", "exchange"],
        tables: &["responses", "response_changes", "place_codes"],
    },
    Capability { folder: "estimation", imports: &["collection", "surveys", "questionnaires", "units", "stats"], tables: &[] },
    Capability { folder: "analyst", imports: &["stats"], tables: &[] },
    Capability {
        folder: "reports",
        imports: &["charts", "collection", "documents", "estimation", "exchange", "indices", "surveys", "questionnaires", "units", "stats"],
        tables: &[],
    },
    Capability { folder: "odata", imports: &["estimation", "surveys", "questionnaires", "units"], tables: &[] },
    Capability {
        folder: "releases",
        imports: &["estimation", "surveys", "questionnaires", "units", "collection", "stats", "charts", "documents", "reports"],
        tables: &["releases", "release_steps"],
    },
    Capability {
        folder: "notices",
        imports: &["estimation", "surveys", "questionnaires", "units", "collection", "stats", "reports", "releases", "documents", "charts"],
        tables: &["subscriptions", "notices"],
    },
    Capability { folder: "indices", imports: &["units"], tables: &["indices", "index_values"] },
    Capability { folder: "admin", imports: &["collection", "surveys", "questionnaires", "units"], tables: &[] },
    Capability {
        folder: "demo",
        imports: &["admin", "collection", "indices", "releases", "surveys", "questionnaires", "units"],
        tables: &[],
    },
];

/// What every capability may import.
const COMMON: &[&str] = &["accounts", "audit", "mail", "web", "db", "error", "config"];

/// What stands below the capabilities and therefore knows none of them: folders and single files of `src/`.
const FOUNDATION: &[&str] = &["web", "db", "stats", "charts", "documents", "error", "config"];

/// Of these, folders that only capabilities import, and what they may import themselves: next to nothing of ours.
const PURE: &[(&str, &[&str])] = &[("stats", &[]), ("charts", &["documents"])];

/// Files of a capability that may touch the outside world. Every other file of a capability is a rule file.
const NOT_RULES: &[&str] = &[
    "handlers.rs",
    "store.rs",
    "pages.rs",
    "mod.rs",
    "cli.rs",
    "intake.rs",
    "simulate.rs",
    "import.rs",
    "export.rs",
    "cache.rs",
    "asked.rs",
    "rights.rs",
    "forms.rs",
    "preview.rs",
    "show.rs",
    "gate.rs",
    "worker.rs",
];

/// Files whose structs are rows: they may derive how diesel reads and writes them, and name their table for that. Nothing else of diesel.
const ROWS: &[&str] = &["model.rs", "response.rs", "draft.rs"];
const ROW_DERIVES: &[&str] = &["Insertable", "Queryable", "Selectable"];

/// What code outside `store.rs` and `src/db` may take from diesel: errors, and the transaction it owns.
const DIESEL_WITHOUT_SQL: &[&str] = &["result", "QueryResult", "connection", "Connection", "r2d2"];

/// Diesel's functions that write; their first argument names the table.
const WRITES: &[&str] = &["insert_into", "insert_or_ignore_into", "replace_into", "copy_from", "update", "delete"];

/// Documents may name only files that exist, so that a renamed file is noticed where it is explained.
#[test]
fn documents_name_only_files_that_exist() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut named = 0;
    for document in [
        "README.md",
        "CONTRIBUTING.md",
        "docs/ARCHITECTURE.md",
        "docs/METHOD.md",
        "docs/QUESTIONNAIRES.md",
        "docs/LIBRARY.md",
        "docs/XLSFORM.md",
        "docs/ESTIMATE.md",
        "docs/EXPORTS.md",
        "docs/OPENDATA.md",
        "docs/STATISTICS.md",
        "docs/DESIGNER.md",
        "docs/DOCUMENTS.md",
        "docs/ACCOUNTS.md",
        "docs/TRYING.md",
        "docs/RELEASES.md",
        "docs/NOTICES.md",
        "docs/INDICES.md",
        "docs/MAP.md",
    ] {
        let text = fs::read_to_string(root.join(document))?;
        for quoted in text.split(['`', '(', ')', ' ', '\n']) {
            let path = quoted.trim_end_matches(['.', ',', ':', ';']);
            let ours = ["src/", "tests/", "docs/", "templates/", "survey-defs/", "migrations/"].iter().any(|top| path.starts_with(top));
            if ours && !path.contains(['<', '*', '{', '…']) {
                assert!(root.join(path).exists(), "{document} names {path}, which does not exist: mend the document");
                named += 1;
            }
        }
    }
    assert!(named > 10, "the test found only {named} paths; it no longer reads the documents");
    Ok(())
}

#[test]
fn source_keeps_the_layers() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    read_sources(root, &root.join("src"), &mut files)?;
    let found = check_tree(&files);

    // A checker that sees nothing finds nothing.
    let seen = &found.seen;
    assert!(
        files.len() > CAPABILITIES.len()
            && seen.imports > 0
            && seen.rule_files > 0
            && seen.writes > 0
            && seen.stats_files > 0
            && seen.schema_tables > 0,
        "the checker did not see the source it should check: {} files, {seen:?}",
        files.len()
    );
    assert!(found.violations.is_empty(), "the layers are broken in {} places:\n{}", found.violations.len(), found.report());
    Ok(())
}

/// Adds every Rust file under `folder`, with its path relative to the repository.
fn read_sources(root: &Path, folder: &Path, files: &mut Vec<File>) -> Result<(), Box<dyn Error>> {
    let mut entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(fs::DirEntry::path);
    for entry in entries {
        let path = entry.path();
        if path.is_dir() {
            read_sources(root, &path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let parts: Vec<_> = path.strip_prefix(root)?.iter().collect();
            let name = parts.join("/".as_ref()).to_string_lossy().into_owned();
            files.push(File::new(&name, &fs::read_to_string(&path)?));
        }
    }
    Ok(())
}

// ---------------------------------------------------------------- what was found

/// A broken rule: where, the rule in words, what to do.
struct Violation {
    file: String,
    line: usize,
    rule: String,
    remedy: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}. {}.", self.file, self.line, self.rule, self.remedy)
    }
}

/// How much the checker looked at.
#[derive(Debug, Default)]
struct Seen {
    imports: usize,
    rule_files: usize,
    stats_files: usize,
    writes: usize,
    schema_tables: usize,
}

#[derive(Default)]
struct Found {
    violations: Vec<Violation>,
    seen: Seen,
}

impl Found {
    fn add(&mut self, file: &File, line: usize, rule: impl Into<String>, remedy: &str) {
        self.violations.push(Violation { file: file.path.clone(), line, rule: rule.into(), remedy: remedy.into() });
    }

    fn report(&self) -> String {
        let lines: Vec<_> = self.violations.iter().map(Violation::to_string).collect();
        lines.join("\n")
    }
}

// ---------------------------------------------------------------- the rules

/// All rules on all files.
fn check_tree(files: &[File]) -> Found {
    let mut found = Found::default();
    let tops: BTreeSet<&str> = files.iter().map(File::top).collect();
    for file in files {
        check_imports(file, &tops, &mut found);
        check_rule_file(file, &mut found);
        check_sql_place(file, &mut found);
        check_writes(file, &mut found);
    }
    check_folders(files, &mut found);
    check_table_owners(files, &mut found);
    found.violations.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
    found
}

/// Rules 1 and 4: `stats` and `charts` import nothing of ours, the foundation no capability, a capability only those below it.
fn check_imports(file: &File, tops: &BTreeSet<&str>, found: &mut Found) {
    let from = file.top();
    let own = capability(from);
    if own.is_none() && !FOUNDATION.contains(&from) {
        return; // main.rs, lib.rs, routes.rs and their like tie everything together
    }
    if from == "stats" {
        found.seen.stats_files += 1;
    }
    for path in file.paths.iter().filter(|path| path.ours) {
        let to = path.segments.first().map_or("*", String::as_str);
        found.seen.imports += 1;
        if to == from {
            continue;
        }
        if let Some((_, allowed)) = PURE.iter().find(|(folder, _)| *folder == from) {
            if allowed.contains(&to) {
                continue;
            }
            found.add(
                file,
                path.line,
                format!(
                    "`{from}` is pure and imports {} of ours, but names `crate::{to}`",
                    if allowed.is_empty() { "nothing".into() } else { format!("only {}", quoted(allowed.iter().copied())) }
                ),
                "Pass the numbers and texts in as arguments, or move this code to the capability that calls it",
            );
        } else if to == "*" {
            found.add(
                file,
                path.line,
                format!("`{from}` imports the crate root as a whole, which hides what it depends on"),
                "Name the modules one by one",
            );
        } else if let Some(own) = own {
            let is_module = tops.contains(to) || capability(to).is_some() || FOUNDATION.contains(&to);
            if is_module && !own.imports.contains(&to) && !COMMON.contains(&to) {
                found.add(
                    file,
                    path.line,
                    format!("`{from}` may import {}, but names `crate::{to}`", quoted(own.imports.iter().chain(COMMON).copied())),
                    "Turn the dependency round: let the importing side call this one and pass in what is needed",
                );
            }
        } else if capability(to).is_some() || PURE.iter().any(|(folder, _)| *folder == to) {
            found.add(
                file,
                path.line,
                format!("`{from}` stands below the capabilities, `stats` and `charts`, but names `crate::{to}`"),
                "Move this code up into the capability, or pass in what is needed",
            );
        }
    }
}

/// Rule 2: a rule file computes from its arguments alone: no database, no HTTP, no templates, no clock.
fn check_rule_file(file: &File, found: &mut Found) {
    if !file.is_rule() {
        return;
    }
    found.seen.rule_files += 1;
    let mut reported = BTreeSet::new();
    for token in file.tokens.iter().filter(|token| token.kind == Kind::Word) {
        let word = token.text.as_str();
        let outside = word == "tera"
            || (word == "diesel" && !file.derives_rows(token.line))
            || word.starts_with("diesel_")
            || word.starts_with("actix");
        if outside && reported.insert((token.line, word)) {
            found.add(
                file,
                token.line,
                format!("a rule file never mentions diesel, actix or tera, but names `{word}`"),
                "Move this to store.rs, handlers.rs or pages.rs; a use case that does IO is listed in NOT_RULES",
            );
        }
    }
    for path in &file.paths {
        let last = path.segments.last().map_or("", String::as_str);
        if path.segments.len() > 1 && ["now", "now_utc", "now_local"].contains(&last) {
            found.add(
                file,
                path.line,
                format!("a rule file never reads the clock, but calls `{}`", path.segments.join("::")),
                "Take the time as an argument; the handler or the use case reads the clock",
            );
        }
    }
}

/// Rule 3, first half: SQL and diesel's query language stand only in `store.rs` files and in `src/db`.
fn check_sql_place(file: &File, found: &mut Found) {
    let remedy = "Put the query into the store.rs of the capability that owns the table and call it";
    if file.top() == "db" || file.is_store() {
        return;
    }
    for token in file.tokens.iter().filter(|token| token.kind == Kind::Text) {
        if is_sql(&token.text) {
            let rule = "SQL stands only in store.rs files and in src/db, but this text is SQL";
            found.add(file, token.line, rule, remedy);
        }
    }
    for path in &file.paths {
        let names: Vec<&str> = path.segments.iter().map(String::as_str).collect();
        if path.ours && names.starts_with(&["db", "schema"]) && !ROWS.contains(&file.name()) {
            let rule = "tables are named only in store.rs files and in src/db, but this names the schema";
            found.add(file, path.line, rule, remedy);
        }
    }
    if file.name() == "handlers.rs" {
        for token in file.tokens.iter().filter(|token| token.is_word("diesel")) {
            let rule = "handlers.rs never mentions diesel";
            found.add(file, token.line, rule, remedy);
        }
        return;
    }
    if file.is_rule() {
        return; // rule 2 has said it
    }
    for path in file.paths.iter().filter(|path| !path.ours) {
        let mut names = path.segments.iter().map(String::as_str);
        let sql = match names.next() {
            Some("diesel") => !names.next().is_some_and(|name| DIESEL_WITHOUT_SQL.contains(&name)),
            Some("diesel_migrations") => true,
            _ => false,
        };
        if sql {
            found.add(
                file,
                path.line,
                format!(
                    "outside store.rs files and src/db only {} of diesel are used, but this names `{}`",
                    quoted(DIESEL_WITHOUT_SQL.iter().copied()),
                    path.segments.join("::")
                ),
                remedy,
            );
        }
    }
}

/// Rule 3, second half: a store writes only the tables of its own capability.
fn check_writes(file: &File, found: &mut Found) {
    if !file.is_store() {
        return;
    }
    let own = capability(file.top()).map_or(&[][..], |own| own.tables);
    for write in writes(&file.tokens) {
        found.seen.writes += 1;
        match write.table {
            Some(table) if own.contains(&table.as_str()) => {}
            Some(table) => {
                let owner = match owner(&table) {
                    Some(owner) => format!("belongs to `{owner}`"),
                    None => "is in no capability's list of tables".to_owned(),
                };
                found.add(
                    file,
                    write.line,
                    format!("a store writes only its own tables, but this writes `{table}`, which {owner}"),
                    "Call the owner's store, or name the table's owner in CAPABILITIES of tests/layers.rs",
                );
            }
            None => found.add(
                file,
                write.line,
                "a store writes only its own tables, but which table this writes cannot be seen",
                "Name the table in the call itself, as in `diesel::update(surveys::table.find(id))`",
            ),
        }
    }
}

/// Rule 5, and the list of capabilities is complete: every folder is known and says in its mod.rs what it is for.
fn check_folders(files: &[File], found: &mut Found) {
    let folders: BTreeSet<&str> = files.iter().filter(|file| file.in_folder()).map(File::top).collect();
    for file in files.iter().filter(|file| file.is_folder_front()) {
        let documented = file.text.lines().map_while(|line| line.strip_prefix("//!")).filter(|line| !line.trim().is_empty()).count();
        if documented < 3 {
            found.add(
                file,
                1,
                format!("the mod.rs of a folder starts with a `//!` comment of three lines or more, this has {documented}"),
                "Say what the folder is for and where its parts are",
            );
        }
    }
    for folder in &folders {
        let Some(first) = files.iter().find(|file| file.in_folder() && file.top() == *folder) else {
            continue;
        };
        if !files.iter().any(|file| file.top() == *folder && file.is_folder_front()) {
            found.add(
                first,
                1,
                format!("the folder src/{folder} has no mod.rs"),
                "Begin the folder with a mod.rs that says what it is for and where its parts are",
            );
        }
        if capability(folder).is_none() && !FOUNDATION.contains(folder) {
            found.add(
                first,
                1,
                format!("the folder src/{folder} has no place among the layers"),
                "Add it to CAPABILITIES of tests/layers.rs with what it may import and the tables it owns",
            );
        }
    }
    for own in CAPABILITIES.iter().filter(|own| !folders.contains(own.folder)) {
        found.violations.push(Violation {
            file: "tests/layers.rs".into(),
            line: 1,
            rule: format!("CAPABILITIES lists `{}`, but src/{0} does not exist", own.folder),
            remedy: "Remove it from the list".into(),
        });
    }
}

/// Every table of the schema has one owner, and every owner's table exists.
fn check_table_owners(files: &[File], found: &mut Found) {
    let Some(schema) = files.iter().find(|file| file.path == "src/db/schema.rs") else {
        return;
    };
    let tables = declared_tables(&schema.tokens);
    found.seen.schema_tables = tables.len();
    for (table, line) in &tables {
        if owner(table).is_none() {
            found.add(
                schema,
                *line,
                format!("every table has one capability that writes it, but `{table}` has none"),
                "Add it to the tables of its capability in tests/layers.rs",
            );
        }
    }
    for own in CAPABILITIES {
        for table in own.tables.iter().filter(|table| !tables.iter().any(|(name, _)| name == *table)) {
            found.add(
                schema,
                1,
                format!("tests/layers.rs says that `{}` owns `{table}`, but the schema has no such table", own.folder),
                "Remove it from the list, or declare it here",
            );
        }
    }
}

fn capability(folder: &str) -> Option<&'static Capability> {
    CAPABILITIES.iter().find(|capability| capability.folder == folder)
}

fn owner(table: &str) -> Option<&'static str> {
    let owner = CAPABILITIES.iter().find(|capability| capability.tables.contains(&table));
    owner.map(|capability| capability.folder)
}

fn quoted<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

// ---------------------------------------------------------------- what SQL and writes look like

/// Whether a string literal is an SQL statement. Keywords are written in capitals, so prose is not taken for one.
fn is_sql(text: &str) -> bool {
    let mut words = text.split_whitespace();
    let (first, second, third) = (words.next(), words.next(), words.next());
    match first {
        Some("SELECT" | "PRAGMA" | "TRUNCATE" | "VACUUM") => second.is_some(),
        Some("INSERT" | "REPLACE") => matches!(second, Some("INTO" | "OR")),
        Some("DELETE") => second == Some("FROM"),
        Some("UPDATE") => third == Some("SET"),
        Some("WITH") => text.contains(" AS ("),
        Some("CREATE" | "ALTER" | "DROP") => {
            matches!(second, Some("TABLE" | "INDEX" | "UNIQUE" | "VIEW" | "OR" | "TEMP" | "TEMPORARY" | "SCHEMA" | "DATABASE"))
        }
        _ => false,
    }
}

/// A place that writes to the database, and the table when it can be seen.
struct Write {
    line: usize,
    table: Option<String>,
}

/// Every write in a store, with the real name of a table that was imported under another one.
fn writes(tokens: &[Token]) -> Vec<Write> {
    let real_name = |name: String| {
        let alias = tokens.windows(3).find_map(|window| match window {
            [real, by, alias] if by.is_word("as") && alias.is_word(&name) => Some(real),
            _ => None,
        });
        alias.map_or(name, |real| real.text.clone())
    };
    let mut writes = writes_as_named(tokens);
    for write in &mut writes {
        write.table = write.table.take().map(real_name);
    }
    writes
}

/// Every write in a store: diesel's functions, helpers and macros named after them, and SQL text.
fn writes_as_named(tokens: &[Token]) -> Vec<Write> {
    let at = |index: usize| tokens.get(index);
    let is_mark = |index: usize, mark: &str| at(index).is_some_and(|token| token.is_mark(mark));
    let defined: BTreeSet<&str> = tokens
        .windows(2)
        .filter_map(|pair| match pair {
            [first, second] if first.is_word("fn") => Some(second.text.as_str()),
            _ => None,
        })
        .collect();
    let mut found = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let before = |back: usize| index.checked_sub(back).and_then(at);
        if token.kind == Kind::Text {
            let in_query = before(1).is_some_and(|token| token.is_mark("(")) && before(2).is_some_and(|token| token.is_word("sql_query"));
            if in_query || is_sql(&token.text) {
                let tables = written_in_sql(&token.text).into_iter();
                found.extend(tables.map(|table| Write { line: token.line, table: Some(table) }));
            }
            continue;
        }
        let name = token.text.as_str();
        let is_helper = ["insert", "upsert", "update", "delete"].iter().any(|stem| name.contains(stem));
        if token.kind != Kind::Word || !is_helper || before(1).is_some_and(|token| token.is_word("fn")) {
            continue;
        }
        if WRITES.contains(&name) && is_mark(index + 1, "(") {
            let qualifier = before(1).filter(|token| token.is_mark("::")).and_then(|_| before(2));
            let of_diesel = match qualifier {
                Some(qualifier) => ["diesel", "dsl", "functions"].contains(&qualifier.text.as_str()),
                None => !before(1).is_some_and(|token| token.is_mark(".")) && !defined.contains(name),
            };
            if of_diesel {
                let table = named_table(tokens.get(index + 2..).unwrap_or_default());
                found.push(Write { line: token.line, table });
            }
        } else {
            let open = if is_mark(index + 1, "!") { index + 2 } else { index + 1 };
            let group = group(tokens.get(open..).unwrap_or_default());
            let table = group.windows(3).find_map(|window| match window {
                [table, colons, last] if colons.is_mark("::") && last.is_word("table") => Some(table),
                _ => None,
            });
            if let Some(table) = table {
                found.push(Write { line: token.line, table: Some(table.text.clone()) });
            }
        }
    }
    found
}

/// The table at the start of an argument: `a` of `a::table.find(…)`, of `schema::a::table` and of `dsl::a.filter(…)`.
/// A name that is not written as a table, such as a variable, is returned as it stands and then has no owner.
fn named_table(argument: &[Token]) -> Option<String> {
    let mut names = Vec::new();
    for token in argument {
        match token.kind {
            Kind::Word => names.push(token.text.as_str()),
            _ if token.is_mark("::") => {}
            _ => break,
        }
    }
    let table = match names.iter().position(|name| *name == "table") {
        Some(position) => names.get(position.checked_sub(1)?),
        None => names.last(),
    };
    table.map(|name| (*name).to_owned())
}

/// The tokens between an opening bracket, which comes first, and the bracket that closes it.
fn group(tokens: &[Token]) -> &[Token] {
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate() {
        match token.text.as_str() {
            "(" | "[" | "{" if token.kind == Kind::Mark => depth += 1,
            ")" | "]" | "}" if token.kind == Kind::Mark => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return tokens.get(..index).unwrap_or_default();
        }
    }
    tokens
}

/// The tables that an SQL text writes.
fn written_in_sql(text: &str) -> Vec<String> {
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()).collect();
    let is = |index: usize, word: &str| words.get(index).is_some_and(|at| at.eq_ignore_ascii_case(word));
    let mut tables = Vec::new();
    for index in 0..words.len() {
        let inserts = is(index, "into");
        let deletes = is(index, "delete") && is(index + 1, "from");
        let updates = is(index, "update") && is(index + 2, "set");
        let truncates = is(index, "truncate");
        let skip = usize::from(deletes || (truncates && is(index + 1, "table")));
        if inserts || deletes || updates || truncates {
            tables.extend(words.get(index + 1 + skip).map(|word| word.to_lowercase()));
        }
    }
    tables
}

/// Names and lines of the tables that `table!` declares.
fn declared_tables(tokens: &[Token]) -> Vec<(String, usize)> {
    let mut tables = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let rest = tokens.get(index + 1..).unwrap_or_default();
        if !token.is_word("table") || !rest.first().is_some_and(|token| token.is_mark("!")) {
            continue;
        }
        // Before the name may stand `use diesel::sql_types::*;` lines and attributes; after it stands `(`.
        let name = group(rest.get(1..).unwrap_or_default()).windows(2).find_map(|pair| match pair {
            [name, open] if name.kind == Kind::Word && open.is_mark("(") => Some(name),
            _ => None,
        });
        tables.extend(name.map(|name| (name.text.clone(), name.line)));
    }
    tables
}

// ---------------------------------------------------------------- reading Rust

/// A source file, read once.
struct File {
    /// Relative to the repository, as in `src/units/store.rs`.
    path: String,
    text: String,
    tokens: Vec<Token>,
    paths: Vec<Named>,
}

impl File {
    fn new(path: &str, text: &str) -> Self {
        let tokens = tokens(text);
        Self { path: path.to_owned(), text: text.to_owned(), paths: PathReader::read(&tokens, module_of(path)), tokens }
    }

    fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// The folder or file directly in `src/`: `units` of `src/units/store.rs`, `routes` of `src/routes.rs`.
    fn top(&self) -> &str {
        let first = self.path.split('/').nth(1).unwrap_or_default();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    fn in_folder(&self) -> bool {
        self.path.split('/').count() > 2
    }

    fn is_folder_front(&self) -> bool {
        self.path.split('/').count() == 3 && self.name() == "mod.rs"
    }

    fn is_store(&self) -> bool {
        self.in_folder() && self.name() == "store.rs"
    }

    /// Whether what this line says of diesel is only how a row is derived: an import of derives, or the attribute that names the table.
    fn derives_rows(&self, line: usize) -> bool {
        let named: Vec<&Vec<String>> = self.paths.iter().filter(|p| p.line == line && !p.ours).map(|p| &p.segments).collect();
        let mut of_diesel = named.iter().filter(|p| p.first().is_some_and(|s| s == "diesel") && p.len() > 1);
        ROWS.contains(&self.name()) && of_diesel.all(|p| p.last().is_some_and(|s| ROW_DERIVES.contains(&s.as_str())))
    }

    fn is_rule(&self) -> bool {
        let of_rules = capability(self.top()).is_some() || self.top() == "charts";
        self.in_folder() && of_rules && !NOT_RULES.contains(&self.name())
    }
}

/// The module that a file is: `[units, store]` for `src/units/store.rs`.
fn module_of(path: &str) -> Vec<String> {
    let path = path.trim_start_matches("src/").trim_end_matches(".rs");
    let mut module: Vec<String> = path.split('/').map(str::to_owned).collect();
    if module.last().is_some_and(|last| ["mod", "lib", "main"].contains(&last.as_str())) {
        module.pop();
    }
    module
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A name, a keyword or a number.
    Word,
    /// The inside of a string literal.
    Text,
    /// `::` or a single character.
    Mark,
}

struct Token {
    kind: Kind,
    text: String,
    line: usize,
}

impl Token {
    fn is_word(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text == word
    }

    fn is_mark(&self, mark: &str) -> bool {
        self.kind == Kind::Mark && self.text == mark
    }
}

/// Cuts Rust source into tokens and leaves out comments, characters and lifetimes.
fn tokens(text: &str) -> Vec<Token> {
    let mut reader = Reader { rest: text, line: 1 };
    let mut tokens = Vec::new();
    while let Some(next) = reader.rest.chars().next() {
        let line = reader.line;
        let mut add = |kind, text: &str| {
            tokens.push(Token { kind, text: text.to_owned(), line });
        };
        if next.is_whitespace() {
            reader.take(next.len_utf8());
        } else if reader.rest.starts_with("//") {
            reader.take_while(|c| c != '\n');
        } else if reader.rest.starts_with("/*") {
            reader.take_block_comment();
        } else if next == '"' {
            add(Kind::Text, reader.take_string());
        } else if next == '\'' {
            reader.take_character_or_lifetime();
        } else if let Some(hashes) = reader.raw_string_hashes() {
            add(Kind::Text, reader.take_raw_string(hashes));
        } else if next.is_alphanumeric() || next == '_' {
            if reader.rest.starts_with("r#") {
                reader.take(2);
            }
            let word = reader.take_while(|c| c.is_alphanumeric() || c == '_');
            // The prefix of b"…", c"…" and b'…' is not a word.
            let is_prefix = ["b", "c"].contains(&word) && reader.rest.starts_with(['"', '\'']);
            if !is_prefix {
                add(Kind::Word, word);
            }
        } else if reader.rest.starts_with("::") {
            add(Kind::Mark, reader.take(2));
        } else {
            add(Kind::Mark, reader.take(next.len_utf8()));
        }
    }
    tokens
}

struct Reader<'a> {
    rest: &'a str,
    line: usize,
}

impl<'a> Reader<'a> {
    /// Takes so many bytes, or all that is left.
    fn take(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at_checked(bytes).unwrap_or((self.rest, ""));
        self.line += taken.matches('\n').count();
        self.rest = rest;
        taken
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        self.take(self.rest.find(|c| !wanted(c)).unwrap_or(self.rest.len()))
    }

    fn take_block_comment(&mut self) {
        let mut depth = 0_usize;
        while !self.rest.is_empty() {
            if self.rest.starts_with("/*") {
                depth += 1;
                self.take(2);
            } else if self.rest.starts_with("*/") {
                depth = depth.saturating_sub(1);
                self.take(2);
                if depth == 0 {
                    return;
                }
            } else {
                self.take(self.rest.chars().next().map_or(1, char::len_utf8));
            }
        }
    }

    fn take_string(&mut self) -> &'a str {
        self.take(1);
        let mut escaped = false;
        let end = self.rest.find(|c| {
            let ends = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            ends
        });
        let inside = self.take(end.unwrap_or(self.rest.len()));
        self.take(1);
        inside
    }

    /// The number of `#` when a raw string begins here.
    fn raw_string_hashes(&self) -> Option<usize> {
        let after = ["r", "br", "cr"].iter().find_map(|prefix| {
            let after = self.rest.strip_prefix(prefix)?;
            after.starts_with(['#', '"']).then_some(after)
        })?;
        let name = after.trim_start_matches('#');
        name.starts_with('"').then_some(after.len() - name.len())
    }

    fn take_raw_string(&mut self, hashes: usize) -> &'a str {
        self.take_while(|c| c != '"');
        self.take(1);
        let end = format!("\"{}", "#".repeat(hashes));
        let inside = self.take(self.rest.find(&end).unwrap_or(self.rest.len()));
        self.take(end.len());
        inside
    }

    fn take_character_or_lifetime(&mut self) {
        self.take(1);
        let mut ahead = self.rest.chars();
        match (ahead.next(), ahead.next()) {
            (Some('\\'), Some(escaped)) => {
                self.take(1 + escaped.len_utf8());
                self.take_while(|c| c != '\'');
                self.take(1);
            }
            (Some(character), Some('\'')) => {
                self.take(character.len_utf8() + 1);
            }
            _ => {
                self.take_while(|c| c.is_alphanumeric() || c == '_');
            }
        }
    }
}

/// A path that the source names, from the crate root when it is ours.
struct Named {
    line: usize,
    ours: bool,
    segments: Vec<String>,
}

/// Collects the paths of a file: every branch of a `use` and every `a::b` elsewhere.
struct PathReader<'a> {
    tokens: &'a [Token],
    next: usize,
    /// The module of the file, and for every open brace the inline module that it opened, if any.
    file: Vec<String>,
    braces: Vec<Option<String>>,
    found: Vec<Named>,
}

impl<'a> PathReader<'a> {
    fn read(tokens: &'a [Token], file: Vec<String>) -> Vec<Named> {
        let mut reader = Self { tokens, next: 0, file, braces: Vec::new(), found: Vec::new() };
        while let Some(token) = reader.at(0) {
            reader.step(token);
        }
        reader.found
    }

    fn at(&self, ahead: usize) -> Option<&'a Token> {
        self.tokens.get(self.next + ahead)
    }

    fn mark_at(&self, ahead: usize, mark: &str) -> bool {
        self.at(ahead).is_some_and(|token| token.is_mark(mark))
    }

    fn step(&mut self, token: &Token) {
        self.next += 1;
        if token.is_mark("{") {
            self.braces.push(None);
        } else if token.is_mark("}") {
            self.braces.pop();
        } else if token.is_word("mod") && self.mark_at(1, "{") {
            self.braces.push(self.at(0).map(|name| name.text.clone()));
            self.next += 2;
        } else if token.is_word("use") && !self.mark_at(0, "<") {
            self.use_tree(&[]);
        } else if token.kind == Kind::Word && self.mark_at(0, "::") {
            let mut segments = vec![token.text.clone()];
            while self.mark_at(0, "::") {
                let Some(name) = self.at(1).filter(|name| name.kind == Kind::Word) else {
                    break;
                };
                segments.push(name.text.clone());
                self.next += 2;
            }
            self.add(token.line, segments);
        }
    }

    /// One branch of a `use`, up to the `,`, `}` or `;` behind it.
    fn use_tree(&mut self, prefix: &[String]) {
        let mut segments = prefix.to_vec();
        let mut line = 0;
        while let Some(token) = self.at(0) {
            if [",", "}", ";"].iter().any(|end| token.is_mark(end)) {
                break;
            }
            self.next += 1;
            line = token.line;
            if token.is_word("as") {
                self.next += 1;
            } else if token.is_mark("{") {
                while self.at(0).is_some() && !self.mark_at(0, "}") {
                    self.use_tree(&segments);
                    if self.mark_at(0, ",") {
                        self.next += 1;
                    } else if self.mark_at(0, ";") {
                        return;
                    }
                }
                self.next += 1;
                return;
            } else if !token.is_mark("::") {
                segments.push(token.text.clone());
            }
        }
        if segments.len() > prefix.len() {
            self.add(line, segments);
        }
    }

    /// Resolves `crate`, `self` and `super`, then keeps the path.
    fn add(&mut self, line: usize, mut segments: Vec<String>) {
        if segments.len() > 1 && segments.last().is_some_and(|last| last == "self") {
            segments.pop();
        }
        let mut here = self.file.clone();
        here.extend(self.braces.iter().flatten().cloned());
        let mut rest = segments.iter().peekable();
        let ours = match rest.peek().map(|first| first.as_str()) {
            Some("crate" | "sipas") => {
                rest.next();
                here.clear();
                true
            }
            Some("self" | "super") => true,
            _ => {
                here.clear();
                false
            }
        };
        while ours && rest.peek().is_some_and(|name| *name == "self" || *name == "super") {
            if rest.next().is_some_and(|name| name == "super") {
                here.pop();
            }
        }
        here.extend(rest.cloned());
        self.found.push(Named { line, ours, segments: here });
    }
}

// ---------------------------------------------------------------- the checker is not blind

/// Checks samples, one a line: `path | source | verdict`, where `¶` in the source is the end of a line. The verdict is
/// `ok`, or a line number and words of the one violation that must be reported there.
#[track_caller]
fn samples(table: &str) {
    for row in table.lines().filter(|row| !row.trim().is_empty()) {
        let columns: Vec<&str> = row.split('|').map(str::trim).collect();
        assert_eq!(columns.len(), 3, "not three columns: {row}");
        let [path, source, verdict] = columns.as_slice() else {
            continue;
        };
        let report = report_on_one(path, &source.replace('¶', "\n"));
        let right = if *verdict == "ok" {
            report.is_empty()
        } else {
            let (line, words) = verdict.split_once(' ').unwrap_or((verdict, ""));
            let place = format!("{path}:{line}: ");
            report.lines().count() == 1 && report.starts_with(&place) && report.contains(words)
        };
        assert!(right, "{row}\nwas reported as: {report}");
    }
}

/// The report on one file; the rules about the tree as a whole are left out.
fn report_on_one(path: &str, text: &str) -> String {
    let file = File::new(path, text);
    let tops = BTreeSet::from(["routes", "app"]);
    let mut found = Found::default();
    check_imports(&file, &tops, &mut found);
    check_rule_file(&file, &mut found);
    check_sql_place(&file, &mut found);
    check_writes(&file, &mut found);
    found.report()
}

#[test]
fn pure_folders_that_know_the_rest_are_noticed() {
    samples(
        r"
src/stats/interval.rs | use crate::stats::normal; use super::weights::Weight; use statrs::x; | ok
src/stats/interval.rs | //! x ¶ use crate::units::Unit;     | 2 `stats` is pure
src/stats/interval.rs | fn f() { ¶ crate::config::load(); } | 2 crate::config
src/stats/mod.rs      | use super::error::Error;            | 1 crate::error
src/stats/mod.rs      | use crate::*;                       | 1 `stats` is pure
src/charts/bars.rs    | use super::axis::Axis; use crate::documents::fonts; use resvg::usvg; | ok
src/charts/bars.rs    | use crate::web::Language;           | 1 `charts` is pure
src/charts/bars.rs    | use crate::stats::mean;             | 1 crate::stats
src/charts/time.rs    | fn f() { chrono::Utc::now(); }      | 1 never reads the clock
src/web/render.rs     | use crate::charts::Bars;            | 1 below the capabilities
",
    );
}

#[test]
fn imports_against_the_direction_are_noticed() {
    samples(
        r#"
src/surveys/model.rs | use crate::{units::Unit, questionnaires::model::Version}; use crate::VERSION; | ok
src/surveys/model.rs | use crate::{accounts::User, error::Result}; mod tests { use super::*; }       | ok
src/units/model.rs   | // use crate::surveys::Survey; ¶ const A: &str = "use crate::surveys::Survey;"; | ok
src/reports/table.rs | use crate::{estimation::Estimate, stats::interval::Interval};                | ok
src/routes.rs        | use crate::{units, surveys, stats};                                          | ok

src/units/model.rs   | ¶ use crate::surveys::Survey;                            | 2 may import `charts`, `accounts`, `audit`, `mail`, `web`
src/units/model.rs   | use crate::{ ¶ error::Result, ¶ surveys::{self}, };      | 3 crate::surveys
src/units/mod.rs     | use super::surveys as s;                                 | 1 crate::surveys
src/units/model.rs   | mod tests { ¶ use super::super::super::surveys; }        | 2 crate::surveys
src/units/model.rs   | fn f() -> crate::collection::Response {}                 | 1 crate::collection
src/units/model.rs   | macro_rules! m { () => { $crate::surveys::f() } }        | 1 crate::surveys
src/units/model.rs   | use crate::*;                                            | 1 crate root
src/units/model.rs   | use crate as root;                                       | 1 crate root
src/units/model.rs   | use crate::routes::table;                                | 1 crate::routes
src/units/store.rs   | use crate::stats::mean;                                  | 1 crate::stats
src/surveys/model.rs | use crate::collection::Response;                         | 1 `questionnaires`, `units`
src/collection/quality.rs | use crate::stats::mean;                             | 1 crate::stats
src/collection/quality.rs | use crate::estimation::Estimate;                    | 1 crate::estimation
src/estimation/index.rs   | use crate::reports::table;                          | 1 crate::reports
src/reports/table.rs      | use crate::designer::Draft;                         | 1 crate::designer
src/accounts/rights.rs    | use crate::units::Unit;                             | 1 crate::units
src/web/extract.rs        | use crate::accounts::User;                          | 1 below the capabilities
src/db/types.rs           | use crate::stats::mean;                             | 1 below the capabilities
src/error.rs              | use sipas::units::Unit;                             | 1 below the capabilities
"#,
    );
}

#[test]
fn rules_that_touch_the_world_are_noticed() {
    samples(
        r"
src/surveys/handlers.rs  | use actix_web::web; fn f() { chrono::Utc::now(); }           | ok
src/collection/intake.rs | fn f() { let began = std::time::Instant::now(); }            | ok
src/surveys/model.rs     | /// Saved by diesel, `Utc::now()`. ¶ use chrono::{DateTime, Utc}; | ok

src/surveys/model.rs     | use diesel::prelude::*;                       | 1 never mentions diesel
src/surveys/model.rs     | ¶ use diesel::QueryDsl; ¶ struct A;            | 2 never mentions diesel
src/surveys/model.rs     | ¶ use diesel::{Queryable, Selectable}; #[diesel(table_name = a)] ¶ struct A; | ok
src/surveys/model.rs     | use actix_web::HttpRequest;                   | 1 `actix_web`
src/surveys/model.rs     | fn f(page: tera::Context) {}                  | 1 `tera`
src/questionnaires/formats/yaml.rs | use tera::Context;                  | 1 `tera`
src/surveys/lifecycle.rs | fn f() { ¶ let now = Utc::now(); }            | 2 never reads the clock
src/surveys/lifecycle.rs | fn f() { ¶ let now = chrono::Local::now(); }  | 2 never reads the clock
src/surveys/lifecycle.rs | fn f() { ¶ let now = SystemTime::now(); }     | 2 never reads the clock
src/surveys/lifecycle.rs | fn f() { ¶ std::time::Instant::now(); }       | 2 never reads the clock
",
    );
}

#[test]
fn sql_outside_the_stores_is_noticed() {
    samples(
        r#"
src/db/portable.rs       | use diesel::prelude::*; const A: &str = "PRAGMA foreign_keys = ON";   | ok
src/units/store.rs       | use diesel::prelude::*; use crate::db::schema::units;                 | ok
src/error.rs             | use diesel::result::{DatabaseErrorKind, Error};                       | ok
src/collection/export.rs | use diesel::Connection; const A: &str = "Select a unit";              | ok
src/collection/export.rs | const A: &[&str] = &["DELETE", "UPDATE your phone", "WITH care"];     | ok

src/units/handlers.rs    | use diesel::result::Error;                          | 1 handlers.rs never mentions diesel
src/units/handlers.rs    | use crate::db::schema::units;                       | 1 names the schema
src/units/pages.rs       | use diesel::{result::Error, prelude::*};            | 1 diesel::prelude::*
src/collection/export.rs | fn f() { ¶ diesel::insert_into(a); }                | 2 diesel::insert_into
src/collection/export.rs | use diesel_migrations::embed_migrations;            | 1 diesel_migrations
src/app.rs               | use diesel::prelude::*;                             | 1 diesel::prelude
src/web/session.rs       | const A: &str = "SELECT 1";                         | 1 this text is SQL
src/units/model.rs       | ¶ const A: &str = " ¶ DELETE FROM units";           | 2 this text is SQL
"#,
    );
}

#[test]
fn writes_to_the_tables_of_others_are_noticed() {
    samples(
        r#"
src/units/store.rs | fn f() { diesel::insert_into(units::table).values(a); }                     | ok
src/units/store.rs | fn f() { update(schema::places::table.find(1)); surveys::table.load(c); }   | ok
src/units/store.rs | fn f() { hasher.update(bytes); map.insert(1, 2); store::delete(id); }       | ok
src/units/store.rs | pub fn update(id: i64) {} fn g() { update(id); }                            | ok
src/units/store.rs | const A: &str = "UPDATE units SET a = (SELECT b FROM surveys)";             | ok
src/units/store.rs | use crate::db::schema::units as u; fn f() { insert_into(u::table); }         | ok

src/units/store.rs | use crate::db::schema::surveys as s; ¶ fn f() { delete(s::table); } | 2 belongs to `surveys`
src/units/store.rs | fn f() { ¶ diesel::insert_into(surveys::table) }            | 2 belongs to `surveys`
src/units/store.rs | fn f() { insert_into(responses::table); }                   | 1 belongs to `collection`
src/units/store.rs | fn f() { diesel::update(schema::users::table.find(1)); }    | 1 belongs to `accounts`
src/units/store.rs | fn f() { diesel::delete(dsl::slots.filter(a)); }            | 1 belongs to `questionnaires`
src/units/store.rs | fn f() { diesel::delete(nowhere::table); }                  | 1 in no capability's list
src/units/store.rs | fn f() { diesel::update(row); }                             | 1 `row`
src/units/store.rs | fn f() { diesel::update(&row); }                            | 1 cannot be seen
src/units/store.rs | fn f() { upsert!(connection, surveys::table, rows); }       | 1 belongs to `surveys`
src/units/store.rs | fn f() { db::insert_many(c, survey_units::table, rows); }   | 1 belongs to `surveys`
src/units/store.rs | const A: &str = "INSERT INTO responses VALUES (1)";         | 1 `responses`
src/units/store.rs | fn f() { diesel::sql_query("delete from sessions"); }       | 1 `sessions`
src/units/store.rs | const A: &str = "WITH a AS (SELECT 1) UPDATE surveys SET b = 1"; | 1 `surveys`
"#,
    );
}

#[test]
fn folders_and_tables_without_a_place_are_noticed() {
    let documented = "//! One.\n//! Two.\n//!\n//! Three.\n";
    let schema =
        "diesel::table! {\n    use diesel::sql_types::*;\n    #[sql_name = \"x\"]\n    visits (id) {\n        id -> BigInt,\n    }\n}";
    let files = [
        File::new("src/units/mod.rs", documented),
        File::new("src/surveys/mod.rs", "//! One.\n//!\n//! Two.\nuse std::fmt;\n//! Three."),
        File::new("src/accounts/rights.rs", ""),
        File::new("src/feedback/mod.rs", documented),
        File::new("src/db/schema.rs", schema),
    ];
    let report = check_tree(&files).report();
    for expected in [
        "src/surveys/mod.rs:1: the mod.rs of a folder starts with a `//!` comment of three lines or more, this has 2",
        "src/accounts/rights.rs:1: the folder src/accounts has no mod.rs",
        "src/feedback/mod.rs:1: the folder src/feedback has no place among the layers",
        "src/db/schema.rs:4: every table has one capability that writes it, but `visits` has none",
        "`units` owns `places`, but the schema has no such table",
        "CAPABILITIES lists `reports`, but src/reports does not exist",
    ] {
        assert!(report.contains(expected), "missing `{expected}` in:\n{report}");
    }
    assert!(!report.contains("src/units/mod.rs"), "{report}");
}

#[test]
fn source_text_is_read_as_rust_reads_it() {
    let text = "/* a /* b */ c */ let x: &'a str = \"q\\\"r\"; 'y' '\\'' b\"z\" r#\"p\"q\"# r#type a::b // end\n//! d\nlast";
    let read: Vec<_> = tokens(text).into_iter().map(|token| token.text).collect();
    let expected = ["let", "x", ":", "&", "str", "=", "q\\\"r", ";", "z", "p\"q", "type", "a", "::", "b", "last"];
    assert_eq!(read, expected);
    assert_eq!(tokens(text).last().map(|token| token.line), Some(3));
}
