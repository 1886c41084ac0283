//! The view of the audit log.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::audit::{Row, State, name_in_words};
use crate::web::Language;
use crate::web::locale::Words;

/// What is asked for. An empty text asks for all.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// Part of the name of who acted.
    pub who: String,
    /// Beginning of the action.
    pub action: String,
    /// Part of the code of what was changed.
    pub object: String,
    /// First day, by Vietnam's clock.
    pub from: String,
    /// Last day.
    pub to: String,
    /// Only rows with smaller numbers.
    pub before: Option<i64>,
    /// Anything: reads the whole log and says whether it is whole.
    pub check: String,
}

/// The page.
#[derive(Debug, Serialize)]
pub struct AuditView {
    /// What is asked for.
    pub asked: Asked,
    /// Rows, newest first.
    pub rows: Vec<RowView>,
    /// The query of the next page, when there is one.
    pub older: Option<String>,
    /// The query of the same rows as CSV.
    pub csv: String,
    /// Whether the log is whole, when that was asked.
    pub state: Option<StateView>,
}

/// A row.
#[derive(Debug, Serialize)]
pub struct RowView {
    /// Number.
    pub id: i64,
    /// When.
    pub at: String,
    /// Who.
    pub who: String,
    /// What, as its code.
    pub action: String,
    /// What, in words, where there are some.
    pub words: Option<String>,
    /// On what.
    pub object: String,
    /// More, as `name: value` each.
    pub detail: Vec<(String, String)>,
}

impl RowView {
    /// A row as it is shown.
    #[must_use]
    pub fn of(row: Row, language: Language, words: &Words) -> Self {
        let detail: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&row.detail).unwrap_or_default();
        let value = |v: serde_json::Value| match v {
            serde_json::Value::String(text) => text,
            serde_json::Value::Null => "–".to_owned(),
            other => other.to_string(),
        };
        RowView {
            id: row.id,
            at: language.moment(row.at),
            who: name_in_words(&row.user_name, words),
            words: words.find(&format!("action-{}", row.action.replace(['.', '_'], "-")), &HashMap::new()),
            action: row.action,
            object: format!("{} {}", row.object_kind, row.object_code),
            detail: detail.into_iter().map(|(k, v)| (k, value(v))).collect(),
        }
    }
}

/// Whether the log is whole.
#[derive(Debug, Serialize)]
pub struct StateView {
    /// Rows that fit.
    pub rows: String,
    /// Hash of the last that fits.
    pub last: String,
    /// Number of the first that does not.
    pub broken: Option<i64>,
    /// Why not.
    pub why: &'static str,
}

impl StateView {
    /// The state as it is shown.
    #[must_use]
    pub fn of(state: State, language: Language) -> Self {
        StateView {
            rows: language.count(u64::try_from(state.rows).unwrap_or(0)),
            last: state.last,
            broken: state.broken.map(|(id, _)| id),
            why: state.broken.map_or("", |(_, why)| why),
        }
    }
}
