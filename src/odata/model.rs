//! The entity sets: names, properties, types, keys.

use chrono::NaiveDate;
use serde_json::{Value, json};

/// What a property holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// `Edm.String`
    Text,
    /// `Edm.Double`
    Number,
    /// `Edm.Int64`
    Count,
    /// `Edm.Boolean`
    Flag,
    /// `Edm.Date`
    Day,
}

impl Type {
    /// Its name in the metadata.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Type::Text => "Edm.String",
            Type::Number => "Edm.Double",
            Type::Count => "Edm.Int64",
            Type::Flag => "Edm.Boolean",
            Type::Day => "Edm.Date",
        }
    }
}

/// A value of a property; none is null.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// A text.
    Text(String),
    /// A number.
    Number(f64),
    /// A whole number.
    Count(i64),
    /// Yes or no.
    Flag(bool),
    /// A day.
    Day(NaiveDate),
    /// Nothing.
    Null,
}

impl Cell {
    /// The value as it is sent.
    #[must_use]
    pub fn json(&self) -> Value {
        match self {
            Cell::Text(text) => json!(text),
            Cell::Number(n) => json!(n),
            Cell::Count(n) => json!(n),
            Cell::Flag(yes) => json!(yes),
            Cell::Day(day) => json!(day),
            Cell::Null => Value::Null,
        }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Cell::Text(text.to_owned())
    }
}

impl From<Option<f64>> for Cell {
    fn from(n: Option<f64>) -> Self {
        n.map_or(Cell::Null, Cell::Number)
    }
}

impl From<Option<i64>> for Cell {
    fn from(n: Option<i64>) -> Self {
        n.map_or(Cell::Null, Cell::Count)
    }
}

/// A property of an entity.
#[derive(Debug, Clone, Copy)]
pub struct Property {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub kind: Type,
    /// Whether it may be null.
    pub nullable: bool,
}

/// An entity set.
#[derive(Debug)]
pub struct Set {
    /// Its name, which is its address.
    pub name: &'static str,
    /// Name of the entity's type.
    pub entity: &'static str,
    /// The first so many properties are the key.
    pub keys: usize,
    /// The properties, in the order of an entity's cells.
    pub properties: &'static [Property],
}

impl Set {
    /// The position of a property.
    #[must_use]
    pub fn position(&self, name: &str) -> Option<usize> {
        self.properties.iter().position(|p| p.name == name)
    }

    /// The set with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Set> {
        SETS.iter().find(|s| s.name == name)
    }
}

const fn needed(name: &'static str, kind: Type) -> Property {
    Property { name, kind, nullable: false }
}

const fn optional(name: &'static str, kind: Type) -> Property {
    Property { name, kind, nullable: true }
}

/// All entity sets.
pub const SETS: &[Set] = &[
    Set {
        name: "Surveys",
        entity: "Survey",
        keys: 1,
        properties: &[
            needed("Survey", Type::Text),
            needed("TitleVi", Type::Text),
            needed("TitleEn", Type::Text),
            needed("Status", Type::Text),
            needed("Questionnaire", Type::Text),
            needed("Version", Type::Text),
            needed("OpensOn", Type::Day),
            needed("ClosesOn", Type::Day),
            needed("Streams", Type::Text),
            needed("Weighting", Type::Text),
            needed("Threshold", Type::Count),
            needed("Responses", Type::Count),
            needed("Demonstration", Type::Flag),
            optional("Series", Type::Text),
        ],
    },
    Set {
        name: "Units",
        entity: "Unit",
        keys: 2,
        properties: &[
            needed("Survey", Type::Text),
            needed("Unit", Type::Text),
            needed("NameVi", Type::Text),
            needed("NameEn", Type::Text),
            needed("Kind", Type::Text),
            optional("Parent", Type::Text),
            optional("Population", Type::Count),
            optional("Transactions", Type::Count),
        ],
    },
    Set {
        name: "Measures",
        entity: "Measure",
        keys: 2,
        properties: &[
            needed("Survey", Type::Text),
            needed("Measure", Type::Text),
            needed("NameVi", Type::Text),
            needed("NameEn", Type::Text),
            needed("Level", Type::Text),
            needed("Position", Type::Count),
            needed("Largest", Type::Number),
        ],
    },
    Set {
        name: "Estimates",
        entity: "Estimate",
        keys: 4,
        properties: &[
            needed("Survey", Type::Text),
            needed("Stream", Type::Text),
            needed("Unit", Type::Text),
            needed("Measure", Type::Text),
            optional("Kind", Type::Text),
            needed("Level", Type::Text),
            optional("Estimate", Type::Number),
            optional("StandardError", Type::Number),
            optional("CiLow", Type::Number),
            optional("CiHigh", Type::Number),
            needed("Confidence", Type::Number),
            needed("N", Type::Count),
            needed("NValid", Type::Count),
            optional("DesignEffect", Type::Number),
            optional("Flags", Type::Text),
            needed("ProbabilitySample", Type::Flag),
            needed("Demonstration", Type::Flag),
        ],
    },
];
