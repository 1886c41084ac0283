//! What stands in the sheets.

use std::cmp::Ordering;

use super::super::Figures;
use super::super::figures::why_missing;
use super::sheet::{Cell, Table};
use crate::estimation::{Level, Row};
use crate::web::locale::Words;

const CODE: f64 = 16.0;
const NAME: f64 = 44.0;
const NUMBER: f64 = 14.0;

/// The columns of a figure, wherever it stands.
const OF_A_FIGURE: [&str; 8] = ["estimate", "ci_low", "ci_high", "se", "n_valid", "n", "deff", "note"];
/// Behind them: the two lengths of the interval, for the charts.
const LENGTHS: [&str; 2] = ["below", "above"];

/// At the end of a unit's line, where ranks are given.
const RANKS: [&str; 3] = ["rank", "rank_low", "rank_high"];

/// Where the figure's columns begin on the overview and on the sheet of units.
pub(super) const OVERVIEW_FIGURE: u16 = 3;
pub(super) const UNITS_FIGURE: u16 = 3;
/// Where the lengths stand, counted from the estimate.
pub(super) const BELOW: u16 = 8;
pub(super) const ABOVE: u16 = 9;

fn heading(words: &Words, name: &str, width: f64) -> (String, f64) {
    (words.say(&format!("file-column-{name}"), &[]), width)
}

fn figure_headings(figures: &Figures, words: &Words) -> Vec<(String, f64)> {
    let measured = words.say(if figures.percent() { "file-percent" } else { "file-points" }, &[]);
    let widths = OF_A_FIGURE.iter().chain(&LENGTHS).map(|name| {
        let (text, width) = heading(words, name, if *name == "note" { 20.0 } else { NUMBER });
        (if *name == "estimate" { format!("{text} ({measured})") } else { text }, width)
    });
    widths.collect()
}

/// The cells of a figure, and of the two lengths.
fn figure(row: &Row, words: &Words) -> Vec<Cell> {
    let why = if row.estimate.is_none() { why_missing(row, words) } else { words.say("not-computable", &[]) };
    let number = |v: Option<f64>| v.map_or_else(|| Cell::Missing(why.clone()), Cell::Number);
    let length = |from: Option<f64>, to: Option<f64>| number(from.zip(to).map(|(from, to)| to - from));
    vec![
        number(row.estimate),
        number(row.ci_low),
        number(row.ci_high),
        number(row.se),
        Cell::Count(row.n_valid),
        Cell::Count(row.n),
        number(row.deff),
        Cell::Text(note(row, words)),
        length(row.ci_low, row.estimate),
        length(row.estimate, row.ci_high),
    ]
}

fn note(row: &Row, words: &Words) -> String {
    match row.estimate {
        None => why_missing(row, words),
        Some(_) if row.flags.contains(&"lonely_psu") => words.say("file-flag-lonely_psu", &[]),
        Some(_) => row.flags.join(" "),
    }
}

fn level(level: Level, words: &Words) -> Cell {
    Cell::Text(words.say(&format!("file-level-{level}"), &[]))
}

/// Overall, parts and factors of all units together.
pub(super) fn overview(figures: &Figures, words: &Words) -> Table {
    let mut columns = vec![heading(words, "measure_name", NAME), heading(words, "measure", CODE), heading(words, "measure_level", CODE)];
    columns.extend(figure_headings(figures, words));
    let rows = figures.of_unit(None).filter(|r| r.measure_level != Level::Item).map(|r| {
        let mut cells = vec![Cell::Text(figures.measure_name(&r.measure)), Cell::Text(r.measure.clone()), level(r.measure_level, words)];
        cells.extend(figure(r, words));
        cells
    });
    Table { columns, rows: rows.collect() }
}

/// The overall figure of each unit and its parts, the highest first, what has none last; and how many have one.
pub(super) fn units(figures: &Figures, words: &Words) -> (Table, usize) {
    let parts: Vec<_> = figures.measures.iter().filter(|m| m.level == Level::Part).collect();
    let mut columns = vec![heading(words, "unit_name", NAME), heading(words, "unit", CODE), heading(words, "kind", CODE)];
    columns.extend(figure_headings(figures, words));
    columns.extend(parts.iter().map(|p| (p.name.clone(), NUMBER + 3.0)));
    if !figures.ranks.is_empty() {
        columns.extend(RANKS.map(|name| heading(words, name, NUMBER)));
    }
    let mut lines: Vec<(&Row, Vec<Cell>)> = Vec::new();
    for unit in &figures.units {
        let of_unit: Vec<&Row> = figures.of_unit(Some(&unit.code)).collect();
        let Some(overall) = of_unit.iter().find(|r| r.measure_level == Level::Overall) else { continue };
        let kind = words.say(&format!("file-kind-{}", unit.kind), &[]);
        let mut cells = vec![Cell::Text(unit.name.clone()), Cell::Text(unit.code.clone()), Cell::Text(kind)];
        cells.extend(figure(overall, words));
        for row in of_unit.iter().filter(|r| r.measure_level == Level::Part) {
            cells.push(row.estimate.map_or_else(|| Cell::Missing(why_missing(row, words)), Cell::Number));
        }
        if !figures.ranks.is_empty() {
            cells.extend(ranks(figures, overall, words));
        }
        lines.push((overall, cells));
    }
    lines.sort_by(|(a, _), (b, _)| descending(a.estimate, b.estimate).then_with(|| a.unit.cmp(&b.unit)));
    let shown = lines.iter().filter(|(row, _)| row.estimate.is_some()).count();
    (Table { columns, rows: lines.into_iter().map(|(_, cells)| cells).collect() }, shown)
}

/// The rank of a unit with both ends of its set.
fn ranks(figures: &Figures, overall: &Row, words: &Words) -> [Cell; 3] {
    let why = if overall.estimate.is_none() { why_missing(overall, words) } else { words.say("not-computable", &[]) };
    let rank = figures.ranks.iter().find(|r| Some(&r.unit) == overall.unit.as_ref());
    let cell = |n: Option<u32>| n.map_or_else(|| Cell::Missing(why.clone()), |n| Cell::Count(u64::from(n)));
    [cell(rank.map(|r| r.rank)), cell(rank.map(|r| r.low)), cell(rank.map(|r| r.high))]
}

/// Higher first, missing last.
fn descending(a: Option<f64>, b: Option<f64>) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => b.total_cmp(&a),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
}

/// Each question of the index, all units together, in the order of the tree.
pub(super) fn items(figures: &Figures, words: &Words) -> Table {
    let mut columns = vec![heading(words, "measure_name", NAME + 10.0), heading(words, "measure", CODE)];
    columns.push((words.say("file-codebook-within", &[]), NAME - 14.0));
    columns.extend(figure_headings(figures, words));
    let within = |row: &Row| figures.measures.iter().find(|m| m.code == row.measure).and_then(|m| m.within.as_deref());
    let rows = figures.of_unit(None).filter(|r| r.measure_level == Level::Item).map(|r| {
        let above = within(r).map_or_else(String::new, |code| figures.measure_name(code));
        let mut cells = vec![Cell::Text(figures.measure_name(&r.measure)), Cell::Text(r.measure.clone()), Cell::Text(above)];
        cells.extend(figure(r, words));
        cells
    });
    Table { columns, rows: rows.collect() }
}

/// Every row of the API.
pub(super) fn all(figures: &Figures, words: &Words) -> Table {
    let mut columns = vec![heading(words, "unit", CODE), heading(words, "measure", CODE), heading(words, "unit_name", NAME - 10.0)];
    columns.extend([heading(words, "measure_name", NAME), heading(words, "measure_level", CODE)]);
    columns.extend(figure_headings(figures, words).into_iter().take(OF_A_FIGURE.len()));
    let everybody = words.say("file-all-units", &[]);
    let rows = figures.rows.iter().map(|r| {
        let unit = r.unit.as_deref().unwrap_or("");
        let name = figures.units.iter().find(|u| u.code == unit).map_or_else(|| everybody.clone(), |u| u.name.clone());
        let mut cells = vec![Cell::Text(unit.to_owned()), Cell::Text(r.measure.clone()), Cell::Text(name)];
        cells.extend([Cell::Text(figures.measure_name(&r.measure)), level(r.measure_level, words)]);
        cells.extend(figure(r, words).into_iter().take(OF_A_FIGURE.len()));
        cells
    });
    Table { columns, rows: rows.collect() }
}

/// What the columns mean, then the figures of the index.
pub(super) fn codebook(figures: &Figures, words: &Words) -> Table {
    let say = |key: &str| words.say(key, &[]);
    let columns = vec![
        (say("file-codebook-column"), CODE + 12.0),
        (say("file-codebook-meaning"), NAME * 2.0),
        (say("file-column-measure_level"), CODE),
        (say("file-codebook-within"), CODE),
        (say("file-codebook-largest"), CODE),
    ];
    let meaning = |columns: &[&str], key: &str| {
        let names: Vec<String> = columns.iter().map(|c| say(&format!("file-column-{c}"))).collect();
        let text = words.say(&format!("file-meaning-{key}"), &[("too_few", say("too-few"))]);
        vec![Cell::Text(names.join("; ")), Cell::Text(text)]
    };
    let mut rows = vec![
        meaning(&["unit"], "unit"),
        meaning(&["measure"], "measure"),
        meaning(&["estimate"], "estimate"),
        meaning(&["ci_low", "ci_high"], "ci"),
        meaning(&["se"], "se"),
        meaning(&["n_valid"], "n_valid"),
        meaning(&["n"], "n"),
        meaning(&["deff"], "deff"),
        meaning(&LENGTHS, "below"),
    ];
    if !figures.ranks.is_empty() {
        rows.push(meaning(&RANKS, "rank"));
    }
    rows.extend(figures.measures.iter().map(|m| {
        let within = m.within.clone().unwrap_or_default();
        vec![Cell::Text(m.code.clone()), Cell::Text(m.name.clone()), level(m.level, words), Cell::Text(within), Cell::Number(m.largest)]
    }));
    Table { columns, rows }
}

/// How the figures were made, line by line.
pub(super) fn method(figures: &Figures, words: &Words) -> Table {
    let columns = vec![(words.say("file-method-what", &[]), NAME), (words.say("file-method-said", &[]), NAME * 2.5)];
    let rows = figures.method_lines(words).into_iter().map(|(what, said)| vec![Cell::Text(what), Cell::Text(said)]);
    Table { columns, rows: rows.collect() }
}
