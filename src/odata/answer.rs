//! What is sent: OData JSON with minimal metadata.

use serde_json::{Map, Value, json};

use super::model::{Cell, SETS, Set};
use super::query::{Answer, Query};

/// The service document: the entity sets and their addresses. `root` is the address of the feed, ending in a slash.
#[must_use]
pub fn service(root: &str) -> Value {
    let sets: Vec<Value> = SETS.iter().map(|s| json!({ "name": s.name, "kind": "EntitySet", "url": s.name })).collect();
    json!({ "@odata.context": format!("{root}$metadata"), "value": sets })
}

/// One page of an entity set; `next` is the address of the next one.
#[must_use]
pub fn page(root: &str, set: &Set, query: &Query, answer: &Answer, next: Option<String>) -> Value {
    let mut sent = Map::new();
    sent.insert("@odata.context".to_owned(), json!(format!("{root}$metadata#{}{}", set.name, selected(set, query))));
    if query.count {
        sent.insert("@odata.count".to_owned(), json!(answer.fitting));
    }
    sent.insert("value".to_owned(), answer.rows.iter().map(|row| Value::Object(entity(set, query, row))).collect());
    sent.extend(next.map(|next| ("@odata.nextLink".to_owned(), Value::from(next))));
    Value::Object(sent)
}

/// One entity by itself.
#[must_use]
pub fn single(root: &str, set: &Set, query: &Query, row: &[Cell]) -> Value {
    let mut sent = Map::new();
    sent.insert("@odata.context".to_owned(), json!(format!("{root}$metadata#{}{}/$entity", set.name, selected(set, query))));
    sent.extend(entity(set, query, row));
    Value::Object(sent)
}

/// The selected properties, as the context names them.
fn selected(set: &Set, query: &Query) -> String {
    let Some(positions) = &query.select else { return String::new() };
    let names: Vec<&str> = positions.iter().filter_map(|p| set.properties.get(*p)).map(|p| p.name).collect();
    format!("({})", names.join(","))
}

fn entity(set: &Set, query: &Query, row: &[Cell]) -> Map<String, Value> {
    let wanted = |at: usize| query.select.as_ref().is_none_or(|s| s.contains(&at));
    let properties = set.properties.iter().zip(row).enumerate().filter(|(at, _)| wanted(*at));
    properties.map(|(_, (property, cell))| (property.name.to_owned(), cell.json())).collect()
}
