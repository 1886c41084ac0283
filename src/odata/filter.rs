//! `$filter`: from text to a condition whose types are checked before it meets a row.
//!
//! Grammar (OData 4.0 part 2, section 5.1.1, as far as it is supported), `and` before `or`, `not` before both:
//!
//! ```text
//! condition  = conjunct *( "or" conjunct )
//! conjunct   = term *( "and" term )
//! term       = "not" term / "(" condition ")" / function / operand [ operator operand ]
//! function   = ( "contains" / "startswith" ) "(" operand "," operand ")"
//! operator   = "eq" / "ne" / "gt" / "ge" / "lt" / "le"
//! operand    = property / 'text' / number / 2026-11-28 / "true" / "false" / "null"
//! ```
//!
//! Null as in the standard: `eq` and `ne` compare it, the other operators with null are false, a function of null is null, and what is null at the end is
//! not true.

mod parser;

use std::cmp::Ordering;

use super::model::{Cell, Set, Type};

pub use parser::{of_key, parse};

/// Why a filter cannot be used, with the place in the text where it was noticed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("$filter, character {at}: {why}")]
pub struct Mistake {
    /// Characters before it, and one.
    pub at: usize,
    /// What is wrong and what can be written instead.
    pub why: String,
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// Equal.
    Eq,
    /// Not equal.
    Ne,
    /// Greater.
    Gt,
    /// Greater or equal.
    Ge,
    /// Less.
    Lt,
    /// Less or equal.
    Le,
}

/// Something with a value.
#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    /// The property at this position.
    Property(usize),
    /// This value.
    Value(Cell),
}

/// A condition on a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// Both hold.
    And(Box<Condition>, Box<Condition>),
    /// One holds.
    Or(Box<Condition>, Box<Condition>),
    /// It does not hold.
    Not(Box<Condition>),
    /// Two values compare so.
    Compare(Operator, Operand, Operand),
    /// The first text contains the second.
    Contains(Operand, Operand),
    /// The first text starts with the second.
    StartsWith(Operand, Operand),
    /// A value that is yes or no by itself.
    Is(Operand),
}

impl Condition {
    /// Whether it holds for a row.
    #[must_use]
    pub fn holds(&self, row: &[Cell]) -> bool {
        self.value(row) == Some(true)
    }

    /// Yes, no or unknown.
    fn value(&self, row: &[Cell]) -> Option<bool> {
        match self {
            Condition::And(a, b) => match (a.value(row), b.value(row)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            },
            Condition::Or(a, b) => match (a.value(row), b.value(row)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            },
            Condition::Not(a) => a.value(row).map(|v| !v),
            Condition::Compare(operator, a, b) => Some(compare(*operator, a.cell(row), b.cell(row))),
            Condition::Contains(a, b) => texts(a, b, row, |a, b| a.contains(b)),
            Condition::StartsWith(a, b) => texts(a, b, row, |a, b| a.starts_with(b)),
            Condition::Is(a) => match a.cell(row) {
                Cell::Flag(yes) => Some(*yes),
                _ => None,
            },
        }
    }

    /// The text that a property must equal for the condition to hold, when it says so outright: rows with another need not be made.
    #[must_use]
    pub fn requires(&self, property: usize) -> Option<&str> {
        match self {
            Condition::And(a, b) => a.requires(property).or_else(|| b.requires(property)),
            Condition::Compare(Operator::Eq, Operand::Property(p), Operand::Value(Cell::Text(text)))
            | Condition::Compare(Operator::Eq, Operand::Value(Cell::Text(text)), Operand::Property(p))
                if *p == property =>
            {
                Some(text)
            }
            _ => None,
        }
    }
}

impl Operand {
    fn cell<'a>(&'a self, row: &'a [Cell]) -> &'a Cell {
        match self {
            Operand::Property(position) => row.get(*position).unwrap_or(&Cell::Null),
            Operand::Value(cell) => cell,
        }
    }

    /// What it holds; null fits everywhere.
    fn kind(&self, set: &Set) -> Option<Type> {
        match self {
            Operand::Property(position) => set.properties.get(*position).map(|p| p.kind),
            Operand::Value(Cell::Text(_)) => Some(Type::Text),
            Operand::Value(Cell::Number(_)) => Some(Type::Number),
            Operand::Value(Cell::Count(_)) => Some(Type::Count),
            Operand::Value(Cell::Flag(_)) => Some(Type::Flag),
            Operand::Value(Cell::Day(_)) => Some(Type::Day),
            Operand::Value(Cell::Null) => None,
        }
    }
}

fn texts(a: &Operand, b: &Operand, row: &[Cell], holds: fn(&str, &str) -> bool) -> Option<bool> {
    match (a.cell(row), b.cell(row)) {
        (Cell::Text(a), Cell::Text(b)) => Some(holds(a, b)),
        _ => None,
    }
}

fn compare(operator: Operator, a: &Cell, b: &Cell) -> bool {
    match (order(a, b), operator) {
        (Some(order), Operator::Eq) => order == Ordering::Equal,
        (Some(order), Operator::Ne) => order != Ordering::Equal,
        (Some(order), Operator::Gt) => order == Ordering::Greater,
        (Some(order), Operator::Ge) => order != Ordering::Less,
        (Some(order), Operator::Lt) => order == Ordering::Less,
        (Some(order), Operator::Le) => order != Ordering::Greater,
        (None, Operator::Eq) => *a == Cell::Null && *b == Cell::Null,
        (None, Operator::Ne) => (*a == Cell::Null) != (*b == Cell::Null),
        (None, _) => false,
    }
}

/// The order of two values; none when one is null.
fn order(a: &Cell, b: &Cell) -> Option<Ordering> {
    match (a, b) {
        (Cell::Text(a), Cell::Text(b)) => Some(a.cmp(b)),
        (Cell::Count(a), Cell::Count(b)) => Some(a.cmp(b)),
        (Cell::Flag(a), Cell::Flag(b)) => Some(a.cmp(b)),
        (Cell::Day(a), Cell::Day(b)) => Some(a.cmp(b)),
        _ => number(a)?.partial_cmp(&number(b)?),
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of forms and people are far below 2^53")]
fn number(cell: &Cell) -> Option<f64> {
    match cell {
        Cell::Number(n) => Some(*n),
        Cell::Count(n) => Some(*n as f64),
        _ => None,
    }
}

/// The order of two values for `$orderby`: null before everything.
#[must_use]
pub fn ascending(a: &Cell, b: &Cell) -> Ordering {
    match (*a == Cell::Null, *b == Cell::Null) {
        (true, true) => Ordering::Equal,
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
        (false, false) => order(a, b).unwrap_or(Ordering::Equal),
    }
}

#[cfg(test)]
mod tests;
