//! Our own sheets: what `settings` has no place for, and the tree of the index.

use serde::Serialize;

use crate::questionnaires::format::{File, Texts};

use super::{Grid, text_columns};

/// The sheet `sipas`.
pub(super) fn own(file: &File) -> Grid {
    let mut grid = Grid::new([vec!["key".to_owned(), "value".to_owned()], text_columns(file, "text")].concat(), 2);
    let languages: Vec<&str> = file.languages.iter().map(|l| l.value.as_str()).collect();
    let mut pair = |key: &str, value: Option<String>| {
        if let Some(value) = value {
            grid.row();
            grid.set("key", key);
            grid.set("value", value);
        }
    };
    pair("format", Some(file.format.to_string()));
    pair("languages", Some(languages.join(" ")));
    pair("source", file.source.clone());
    pair("seconds", file.seconds.map(|s| s.to_string()));
    if let Some(index) = &file.index {
        pair("index_kind", Some(written(&index.kind)));
        pair("index_aggregation", Some(written(&index.aggregation.value)));
        pair("index_threshold", Some(index.threshold.to_string()));
    }
    grid.row();
    grid.set("key", "title");
    grid.texts("text", &file.title.value);
    grid
}

/// A word as our file format writes it.
fn written<T: Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// The sheet `sipas_index`.
pub(super) fn tree(file: &File) -> Grid {
    let columns = ["level", "code", "from"].map(str::to_owned).to_vec();
    let mut grid = Grid::new([columns, text_columns(file, "label")].concat(), 2);
    let Some(index) = &file.index else { return grid };
    let mut row = |level: &str, code: &str, from: Option<f64>, texts: Option<&Texts>| {
        grid.row();
        grid.set("level", level);
        grid.set("code", code);
        grid.set_if("from", from);
        if let Some(texts) = texts {
            grid.texts("label", &texts.value);
        }
    };
    row("overall", &index.overall.code.value, None, Some(&index.overall.text));
    for part in &index.parts {
        row("part", &part.code.value, None, Some(&part.text));
        for factor in &part.factors {
            row("factor", &factor.code.value, None, Some(&factor.text));
            for item in &factor.items {
                row("item", &item.value, None, None);
            }
        }
    }
    for band in &index.bands {
        row("band", "", Some(band.value.from), Some(&band.value.text));
    }
    for code in &index.satisfied {
        row("satisfied", &code.value, None, None);
    }
    for code in &index.valid {
        row("valid", &code.value, None, None);
    }
    for (code, points) in &index.points {
        row("points", code, Some(*points), None);
    }
    grid
}
