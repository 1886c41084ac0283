//! Figures as tables of a document.

use super::super::items::ItemLine;
use super::super::overview::TreeLine;
use super::super::teller::{Figure, Teller};
use super::super::units::UnitLine;
use crate::documents::model::{Column, Table, TableRow};

fn words(head: String, share: f32) -> Column {
    Column { head, numeric: false, share }
}

fn numbers(head: String, share: f32) -> Column {
    Column { head, numeric: true, share }
}

/// The two ends of an interval in words; empty without one.
fn range(teller: &Teller<'_>, figure: &Figure) -> String {
    figure.interval.as_ref().map_or_else(String::new, |ends| teller.range(ends))
}

/// Parts and factors.
#[must_use]
pub fn tree(teller: &Teller<'_>, caption: String, lines: &[TreeLine]) -> Table {
    let changes = lines.iter().any(|l| l.change.is_some());
    let mut columns = vec![
        words(teller.say("column-factor", &[]), 4.4),
        numbers(teller.say("column-index", &[]), 1.4),
        numbers(teller.say("report-interval", &[]), 2.3),
        numbers(teller.say("report-n-valid", &[]), 1.2),
    ];
    if changes {
        columns.push(numbers(teller.say("column-change", &[]), 1.8));
    }
    let row = |l: &TreeLine| {
        let mut cells = vec![l.name.clone(), l.figure.value.clone(), range(teller, &l.figure), l.figure.n_valid.clone()];
        if changes {
            cells.push(l.change.as_ref().map_or_else(String::new, |c| marked(&c.points, c.direction)));
        }
        let (indent, strong) = match l.level {
            "overall" => (0, true),
            "part" => (1, true),
            _ => (2, false),
        };
        TableRow { cells, indent, strong }
    };
    Table { caption, columns, rows: lines.iter().map(row).collect(), note: changes.then(|| teller.say("print-changes-note", &[])) }
}

/// A change with a star where it is significant.
fn marked(points: &str, direction: &str) -> String {
    if direction == "level" { points.to_owned() } else { format!("{points}*") }
}

/// Items.
#[must_use]
pub fn items(teller: &Teller<'_>, caption: String, lines: &[ItemLine]) -> Table {
    let changes = lines.iter().any(|l| l.change.is_some());
    let mut columns = vec![
        words(teller.say("column-item", &[]), 5.2),
        numbers(teller.say("column-index", &[]), 1.4),
        numbers(teller.say("report-interval", &[]), 2.3),
        numbers(teller.say("report-n-valid", &[]), 1.2),
    ];
    if changes {
        columns.push(numbers(teller.say("column-change", &[]), 1.8));
    }
    let row = |l: &ItemLine| {
        let mut cells = vec![l.name.clone(), l.figure.value.clone(), range(teller, &l.figure), l.figure.n_valid.clone()];
        if changes {
            cells.push(l.change.as_ref().map_or_else(String::new, |c| marked(&c.points, c.direction)));
        }
        TableRow { cells, indent: 0, strong: false }
    };
    Table { caption, columns, rows: lines.iter().map(row).collect(), note: changes.then(|| teller.say("print-changes-note", &[])) }
}

/// Units with ranks and parts.
#[must_use]
pub fn units(teller: &Teller<'_>, caption: String, lines: &[UnitLine], parts: &[String]) -> Table {
    let changes = lines.iter().any(|l| l.change.is_some());
    let mut columns = vec![
        words(teller.say("column-unit", &[]), 3.4),
        numbers(teller.say("column-rank", &[]), 1.2),
        numbers(teller.say("column-index", &[]), 1.5),
        numbers(teller.say("report-interval", &[]), 2.3),
    ];
    if changes {
        columns.push(numbers(teller.say("column-change", &[]), 1.9));
    }
    columns.push(numbers(teller.say("report-n-valid", &[]), 1.2));
    columns.extend(parts.iter().map(|p| numbers(p.clone(), 1.9)));
    let row = |l: &UnitLine| {
        let mut cells = vec![l.name.clone(), l.rank.clone().unwrap_or_default(), l.overall.value.clone(), range(teller, &l.overall)];
        if changes {
            cells.push(l.change.as_ref().map_or_else(String::new, |c| marked(&c.points, c.among_all)));
        }
        cells.push(l.overall.n_valid.clone());
        cells.extend(l.parts.iter().map(|p| p.value.clone()));
        TableRow { cells, indent: 0, strong: false }
    };
    Table { caption, columns, rows: lines.iter().map(row).collect(), note: changes.then(|| teller.say("print-changes-among-note", &[])) }
}

/// Answers to a question: options with their shares and intervals.
#[must_use]
pub fn answers(teller: &Teller<'_>, caption: String, options: &[(String, Figure)]) -> Table {
    let columns = vec![
        words(teller.say("column-answer", &[]), 5.0),
        numbers(teller.say("column-share", &[]), 1.5),
        numbers(teller.say("report-interval", &[]), 2.4),
    ];
    let row = |(name, figure): &(String, Figure)| TableRow {
        cells: vec![name.clone(), figure.value.clone(), range(teller, figure)],
        indent: 0,
        strong: false,
    };
    Table { caption, columns, rows: options.iter().map(row).collect(), note: None }
}

/// Groups with their figures.
#[must_use]
pub fn groups(teller: &Teller<'_>, caption: String, rows: &[(String, Figure)]) -> Table {
    let columns = vec![
        words(teller.say("column-group", &[]), 4.6),
        numbers(teller.say("column-index", &[]), 1.5),
        numbers(teller.say("report-interval", &[]), 2.4),
        numbers(teller.say("report-n-valid", &[]), 1.3),
    ];
    let row = |(name, figure): &(String, Figure)| TableRow {
        cells: vec![name.clone(), figure.value.clone(), range(teller, figure), figure.n_valid.clone()],
        indent: 0,
        strong: false,
    };
    Table { caption, columns, rows: rows.iter().map(row).collect(), note: None }
}
