//! The figures as a JSON-stat 2.0 dataset: a cube of unit × figure × statistic.
//!
//! Format: JSON-stat 2.0, <https://json-stat.org/full/>. `value` has one number for each cell, the last dimension varying first; a cell without a number is
//! null and `status` says why. How the figures were made stands in `note` for people and in `extension` for programs.

use serde_json::{Map, Value, json};

use super::Figures;
use crate::error::{Error, Result};
use crate::estimation::{Row, suppress};
use crate::web::locale::Words;

/// All units together, as the category of a total is called in SDMX.
pub const TOTAL: &str = "_T";

/// The statistics of each figure, in order.
const STATISTICS: [&str; 7] = ["estimate", "se", "ci_low", "ci_high", "n", "n_valid", "deff"];

/// The dataset.
///
/// # Errors
/// `unit_called_total` when a unit is called as all units together; `Internal` when rows are missing.
pub fn bytes(figures: &Figures, words: &Words) -> Result<Vec<u8>> {
    if figures.units.iter().any(|u| u.code == TOTAL) {
        return Err(Error::Conflict(
            "unit_called_total",
            format!("a unit has the code {TOTAL}, which stands for all units in JSON-stat; read another format"),
        ));
    }
    let units = 1 + figures.units.len();
    if figures.rows.len() != units * figures.measures.len() {
        return Err(Error::Internal(format!("{} rows for {units} units and {} figures", figures.rows.len(), figures.measures.len())));
    }
    let say = |key: &str| words.say(key, &[]);
    let (values, status) = cells(figures);
    let method = &figures.method;
    let mut label = format!("{} ({} – {})", figures.title, figures.period.0, figures.period.1);
    if method.demonstration {
        label = format!("{}: {label}", say("file-demonstration-yes"));
    }
    let notes: Vec<String> = figures.method_lines(words).into_iter().map(|(what, said)| format!("{what}: {said}")).collect();
    let dataset = json!({
        "version": "2.0",
        "class": "dataset",
        "label": label,
        "source": format!("{} {}, sipas {}", method.questionnaire, method.version, env!("CARGO_PKG_VERSION")),
        "updated": format!("{}Z", figures.cut.format("%Y-%m-%dT%H:%M:%S")),
        "note": notes,
        "id": ["unit", "measure", "statistic"],
        "size": [units, figures.measures.len(), STATISTICS.len()],
        "role": { "geo": ["unit"], "metric": ["statistic"] },
        "dimension": {
            "unit": dimension(&say("file-unit"), unit_categories(figures, words)),
            "measure": measures(figures, &say("file-measure")),
            "statistic": statistics(figures, words),
        },
        "value": values,
        "status": status,
        "extension": {
            "survey": figures.survey,
            "demonstration": method.demonstration,
            "method": method,
            "questionnaire_digest": figures.questionnaire_digest,
            "hash": figures.hash,
            "status": { "label": suppress::REASONS.map(|why| (why.to_owned(), Value::from(say(&why.replace('_', "-"))))).into_iter().collect::<Map<_, _>>() },
        },
    });
    serde_json::to_vec(&dataset).map_err(|e| Error::Internal(e.to_string()))
}

/// Values, and why some are missing, by position.
fn cells(figures: &Figures) -> (Vec<Value>, Map<String, Value>) {
    let mut values = Vec::with_capacity(figures.rows.len() * STATISTICS.len());
    let mut status = Map::new();
    for row in &figures.rows {
        for value in of_row(row) {
            if value.is_null() {
                status.insert(values.len().to_string(), Value::from(row.reason()));
            }
            values.push(value);
        }
    }
    (values, status)
}

fn of_row(row: &Row) -> [Value; STATISTICS.len()] {
    [json!(row.estimate), json!(row.se), json!(row.ci_low), json!(row.ci_high), json!(row.n), json!(row.n_valid), json!(row.deff)]
}

/// A dimension of categories with codes and names.
fn dimension(label: &str, categories: Vec<(String, String)>) -> Value {
    let index: Vec<&String> = categories.iter().map(|(code, _)| code).collect();
    let labels: Map<String, Value> = categories.iter().map(|(code, name)| (code.clone(), Value::from(name.as_str()))).collect();
    json!({ "label": label, "category": { "index": index, "label": labels } })
}

/// The code of all units together, then the units.
fn unit_categories(figures: &Figures, words: &Words) -> Vec<(String, String)> {
    let all = (TOTAL.to_owned(), words.say("file-all-units", &[]));
    std::iter::once(all).chain(figures.units.iter().map(|u| (u.code.clone(), u.name.clone()))).collect()
}

/// The figures, with the tree they form.
fn measures(figures: &Figures, label: &str) -> Value {
    let mut made = dimension(label, figures.measures.iter().map(|m| (m.code.clone(), m.name.clone())).collect());
    let mut children: Map<String, Value> = Map::new();
    for measure in &figures.measures {
        if let Some(above) = &measure.within
            && let Some(list) = children.entry(above.clone()).or_insert_with(|| json!([])).as_array_mut()
        {
            list.push(Value::from(measure.code.as_str()));
        }
    }
    if let Some(category) = made.pointer_mut("/category").and_then(Value::as_object_mut) {
        category.insert("child".to_owned(), Value::Object(children));
    }
    made
}

/// The statistics, with unit and decimals to show.
fn statistics(figures: &Figures, words: &Words) -> Value {
    let say = |key: &str| words.say(key, &[]);
    let categories = STATISTICS.iter().map(|s| ((*s).to_owned(), say(&format!("file-column-{s}")))).collect();
    let mut made = dimension(&say("file-statistic"), categories);
    let measured = say(if figures.percent() { "file-percent" } else { "file-points" });
    let unit = |statistic: &&str| match *statistic {
        "n" | "n_valid" => json!({ "label": say("file-forms"), "decimals": 0 }),
        "deff" => json!({ "label": "", "decimals": 2 }),
        _ => json!({ "label": measured, "decimals": 2 }),
    };
    let units: Map<String, Value> = STATISTICS.iter().map(|s| ((*s).to_owned(), unit(s))).collect();
    if let Some(category) = made.pointer_mut("/category").and_then(Value::as_object_mut) {
        category.insert("unit".to_owned(), Value::Object(units));
    }
    made
}
