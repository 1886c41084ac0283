//! The index: its settings on the sheet `sipas`, its tree on the sheet `sipas_index`.

use std::str::FromStr;

use serde::de::DeserializeOwned;

use crate::questionnaires::format::{Aggregation, Band, Factor, Index, IndexKind, Named, Part, Texts, placed};

use super::importer::Importer;
use super::settings;
use super::table::{Line, Table};
use super::{At, shown};

impl Importer {
    /// The index, when the form has one.
    pub(super) fn index(&mut self, own: &Table, tree: &Table) -> Option<Index> {
        let kind: IndexKind = self.word(own, "index_kind")?;
        let aggregation: Aggregation = self.word(own, "index_aggregation")?;
        let threshold = settings::value(own, "index_threshold").and_then(|t| t.trim().parse().ok());
        if threshold.is_none() {
            self.report.refuse(
                At::sheet("sipas"),
                "index_threshold is missing or no whole number",
                "write the fewest forms a figure needs",
            );
        }
        let mut index = Index {
            kind,
            satisfied: Vec::new(),
            valid: Vec::new(),
            points: Default::default(),
            aggregation: placed(aggregation),
            threshold: threshold.unwrap_or(0),
            overall: Named { code: placed(String::new()), text: placed(Default::default()) },
            parts: Vec::new(),
            bands: Vec::new(),
        };
        for line in tree.lines() {
            self.row_of_index(line, &mut index);
        }
        Some(index)
    }

    fn row_of_index(&mut self, line: Line<'_>, index: &mut Index) {
        let code = placed(line.get("code").unwrap_or_default().to_owned());
        let level = line.get("level").unwrap_or_default();
        match level {
            "overall" => index.overall = Named { code, text: self.name(line) },
            "part" => index.parts.push(Part { code, text: self.name(line), factors: Vec::new() }),
            "factor" => match index.parts.last_mut() {
                Some(part) => {
                    let text = self.name(line);
                    part.factors.push(Factor { code, text, items: Vec::new() });
                }
                None => self.report.refuse(line.at("level"), "a factor stands before any part", "write its part above it"),
            },
            "item" => match index.parts.last_mut().and_then(|p| p.factors.last_mut()) {
                Some(factor) => factor.items.push(code),
                None => self.report.refuse(line.at("level"), "an item stands before any factor", "write its factor above it"),
            },
            "band" => {
                let text = self.name(line);
                if let Some(from) = self.number_in(line, "from") {
                    index.bands.push(placed(Band { from, text }));
                }
            }
            "satisfied" => index.satisfied.push(code),
            "valid" => index.valid.push(code),
            "points" => {
                if let Some(points) = self.number_in::<f64>(line, "from") {
                    index.points.insert(code.value, points);
                }
            }
            _ => self.report.refuse(
                line.at("level"),
                format!("{} is no level of the index", shown(level)),
                "use overall, part, factor, item, band, satisfied, valid or points",
            ),
        }
    }

    fn name(&mut self, line: Line<'_>) -> Texts {
        placed(self.texts(line, "label").unwrap_or_default())
    }

    /// A number in a cell; told when it is none.
    pub(super) fn number_in<T: FromStr>(&mut self, line: Line<'_>, key: &str) -> Option<T> {
        let cell = line.get(key)?;
        let number = cell.parse().ok();
        if number.is_none() {
            self.report.refuse(line.at(key), format!("{} is no number that can stand here", shown(cell)), "write a number in digits");
        }
        number
    }

    /// A word that our file format knows.
    fn word<T: DeserializeOwned>(&mut self, own: &Table, key: &str) -> Option<T> {
        let line = settings::row(own, key)?;
        let word = line.get("value").unwrap_or_default();
        let read = serde_json::from_value(serde_json::Value::String(word.to_owned())).ok();
        if read.is_none() {
            self.report.refuse(
                line.at("value"),
                format!("{} is not known as {key}", shown(word)),
                "docs/XLSFORM.md lists what can stand here",
            );
        }
        read
    }
}
