//! A row of the audit log, who acts, what they act on.

use chrono::NaiveDateTime;
use diesel::{Insertable, Queryable, Selectable};
use serde::Serialize;

use crate::db::schema::audit_log;
use crate::web::locale::Words;

/// Who acts.
pub trait Actor {
    /// Key of the user, when it is one.
    fn key(&self) -> Option<i64>;
    /// Name as it is shown.
    fn shown_name(&self) -> &str;
}

/// What is stored for whoever works on the server's command line; no sign-in name can be like it.
const COMMAND_LINE: &str = "(command line)";

/// A stored name as readers of this language see it.
#[must_use]
pub fn name_in_words(name: &str, words: &Words) -> String {
    if name == COMMAND_LINE { words.say("actor-command-line", &[]) } else { name.to_owned() }
}

/// Whoever works on the server's command line.
#[derive(Debug, Clone, Copy)]
pub struct CommandLine;

impl Actor for CommandLine {
    fn key(&self) -> Option<i64> {
        None
    }

    fn shown_name(&self) -> &'static str {
        COMMAND_LINE
    }
}

/// What is acted on: its kind and its code.
#[derive(Debug, Clone, Copy)]
pub struct Object<'a> {
    /// A word such as `survey`, `questionnaire`, `user`.
    pub kind: &'static str,
    /// Its code or name.
    pub code: &'a str,
}

impl<'a> Object<'a> {
    /// Puts the two together.
    #[must_use]
    pub fn new(kind: &'static str, code: &'a str) -> Self {
        Object { kind, code }
    }
}

/// A row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_log, treat_none_as_default_value = false)]
pub struct Row {
    /// Number, from 1 without gaps.
    pub id: i64,
    /// When, UTC.
    pub at: NaiveDateTime,
    /// Key of the user who acted, when it was one.
    pub user_id: Option<i64>,
    /// Name of who acted, at that time.
    pub user_name: String,
    /// What was done, for example `survey.open`.
    pub action: String,
    /// Kind of what was changed.
    pub object_kind: String,
    /// Its code.
    pub object_code: String,
    /// More about it, as JSON.
    pub detail: String,
    /// Hash of the row before; empty in the first.
    pub previous: String,
    /// Hash of this row.
    pub hash: String,
}
