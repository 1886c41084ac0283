//! Views of the administrator's pages of indices.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::indices::list::Wrong;
use crate::indices::model::NewValue;
use crate::indices::pages::{Choosable, Maker, RowView};

/// The list, with the forms below it.
#[derive(Debug, Serialize)]
pub struct ListView {
    /// All values.
    pub rows: Vec<RowView>,
    /// How many there are.
    pub count: String,
    /// The form of a new value.
    pub form: FormView,
    /// What was just done, in a sentence.
    pub done: Option<String>,
    /// What is wrong with the file that was sent: each mistake in a sentence.
    pub file_wrong: Vec<String>,
    /// Whether there are indices to choose from.
    pub ready: bool,
}

/// One value, to change or delete.
#[derive(Debug, Serialize)]
pub struct ValueView {
    /// Key.
    pub id: i64,
    /// What it is about, in words.
    pub heading: String,
    /// The form.
    pub form: FormView,
    /// Whether deleting was asked for without confirming it.
    pub unsure: bool,
}

/// The form of a value.
#[derive(Debug, Default, Serialize)]
pub struct FormView {
    /// What stands in the fields.
    pub fields: BTreeMap<&'static str, String>,
    /// Whether the method stands in a source.
    pub method_seen: bool,
    /// Whether the value was computed.
    pub derived: bool,
    /// Indices to choose from.
    pub indices: Vec<Choosable>,
    /// Kinds of units to choose from.
    pub levels: Vec<Choosable>,
    /// What is wrong: field and sentence.
    pub wrong: Vec<(String, String)>,
}

/// Fields of one line.
pub const FIELDS: [&str; 14] =
    ["index", "measure", "measure_en", "level", "unit", "unit_en", "unit_code", "year", "value", "rank", "of", "method", "source", "note"];
/// The last one, apart because of the length of the list.
pub const NOTE_EN: &str = "note_en";

/// The form with what was typed.
#[must_use]
pub fn typed(maker: &Maker<'_>, sent: &[(String, String)], wrong: &[Wrong]) -> FormView {
    let get = |name: &str| sent.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()).unwrap_or_default();
    FormView {
        fields: FIELDS.into_iter().chain([NOTE_EN]).map(|name| (name, get(name))).collect(),
        method_seen: !get("method_seen").is_empty(),
        derived: !get("derived").is_empty(),
        indices: maker.choose_index(&get("index")),
        levels: maker.choose_level(&get("level")),
        wrong: wrong.iter().map(|w| (w.column.unwrap_or("index").to_owned(), maker.told(w))).collect(),
    }
}

/// What a form would send that nobody changed.
#[must_use]
pub fn as_sent(value: &NewValue) -> Vec<(String, String)> {
    let text = |t: &Option<String>| t.clone().unwrap_or_default();
    let whole = |n: Option<i64>| n.map(|n| n.to_string()).unwrap_or_default();
    let tick = |b: bool| if b { "yes".to_owned() } else { String::new() };
    [
        ("index", value.index_code.clone()),
        ("measure", value.measure.clone()),
        ("measure_en", text(&value.measure_en)),
        ("level", value.level.as_str().to_owned()),
        ("unit", value.unit.clone()),
        ("unit_en", text(&value.unit_en)),
        ("unit_code", text(&value.unit_code)),
        ("year", value.year.to_string()),
        ("value", value.value.map(|n| n.to_string()).unwrap_or_default()),
        ("rank", whole(value.place)),
        ("of", whole(value.places)),
        ("method", text(&value.method)),
        ("method_seen", tick(value.method_seen)),
        ("derived", tick(value.derived)),
        ("source", value.source.clone()),
        ("note", text(&value.note)),
        ("note_en", text(&value.note_en)),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}
