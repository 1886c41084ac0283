//! The tables at the end of the report: factors, items, units, answers, method.

use super::super::items::ItemLine;
use super::super::overview::TreeLine;
use super::super::pictures::units::ordered;
use super::super::teller::Teller;
use super::super::units::UnitLine;
use super::super::{answers, quality};
use super::{heading, tables};
use crate::documents::model::{Annex, Block, Column, Table, TableRow};
use crate::error::Result;
use crate::estimation::Level;

/// All annexes.
///
/// # Errors
/// Those of the figures.
pub fn annexes(teller: &Teller<'_>, tree: &[TreeLine], items: &[ItemLine], units: &[UnitLine]) -> Result<Vec<Annex>> {
    let say = |key: &str| teller.say(key, &[]);
    let annex =
        |key: &str, landscape: bool, blocks: Vec<Block>| Annex { title: say(key), about: say("print-annex-about"), landscape, blocks };
    let parts: Vec<String> = teller.codes(Level::Part).iter().map(|p| teller.measure_name(p)).collect();
    let mut all = vec![
        annex("print-annex-tree", false, vec![Block::Table(tables::tree(teller, say("print-table-tree"), tree))]),
        annex("print-annex-items", false, by_factor(teller, items)),
    ];
    // Hundreds of lines that nobody has answered yet say no more than the text does.
    if teller.report.prepared.method().n > 0 {
        let table = Block::Table(tables::units(teller, say("print-table-units"), units, &parts));
        all.push(annex("print-annex-units", true, vec![table, Block::Note(say("report-rank-note"))]));
    }
    if let Some(table) = factors_of_units(teller)? {
        all.push(annex("print-annex-factors", true, vec![Block::Table(table)]));
    }
    let answered = answers::view(teller)?;
    let mut blocks = Vec::new();
    for section in &answered.sections {
        blocks.push(heading(2, section.title.clone()));
        for table in section.charts.iter().flat_map(|c| &c.table) {
            let caption = teller.say("print-table-answers", &[("question", table.question.clone()), ("n", table.n.clone())]);
            blocks.push(Block::Table(tables::answers(teller, caption, &table.options)));
        }
    }
    if !blocks.is_empty() {
        all.push(annex("print-annex-answers", false, blocks));
    }
    if !answered.groups.is_empty() {
        let blocks = answered.groups.iter().map(|g| {
            Block::Table(Table {
                note: Some(g.pairs.join(" ")).filter(|n| !n.is_empty()),
                ..tables::groups(teller, g.question.clone(), &g.rows)
            })
        });
        all.push(annex("print-annex-groups", false, blocks.collect()));
    }
    all.push(annex("print-annex-method", false, method(teller)?));
    Ok(all)
}

/// The items, a table a factor.
fn by_factor(teller: &Teller<'_>, items: &[ItemLine]) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut rest = items;
    while let Some(first) = rest.first() {
        let count = rest.iter().take_while(|i| i.factor == first.factor).count();
        let (own, others) = rest.split_at(count);
        blocks.push(Block::Table(tables::items(teller, first.factor.clone(), own)));
        rest = others;
    }
    blocks
}

/// Units × factors.
fn factors_of_units(teller: &Teller<'_>) -> Result<Option<Table>> {
    let factors = teller.codes(Level::Factor);
    if factors.len() < 2 {
        return Ok(None);
    }
    let index = teller.report.index()?;
    let mut columns = vec![Column { head: teller.say("column-unit", &[]), numeric: false, share: 2.6 }];
    columns.extend(factors.iter().map(|f| Column { head: teller.measure_name(f), numeric: true, share: 1.3 }));
    let row = |unit: &str| {
        let mut cells = vec![teller.unit_name(unit)];
        cells.extend(factors.iter().map(|f| match index.of_unit(unit).find(|r| r.measure == *f) {
            Some(r) if r.estimate.is_some() => teller.figure(r).value,
            _ => teller.say("print-hidden", &[]),
        }));
        TableRow { cells, indent: 0, strong: false }
    };
    let rows = ordered(teller)?.iter().filter(|r| r.n > 0).filter_map(|r| r.unit.as_deref().map(row)).collect();
    Ok(Some(Table { caption: teller.say("print-table-factors", &[]), columns, rows, note: Some(teller.say("print-hidden-note", &[])) }))
}

/// How it was computed, and how the questions were answered.
fn method(teller: &Teller<'_>) -> Result<Vec<Block>> {
    let quality = quality::view(teller)?;
    let columns = ["column-item", "column-valid", "column-not-applicable", "column-refused", "column-missing"];
    let column = |(n, key): (usize, &&str)| Column { head: teller.say(key, &[]), numeric: n > 0, share: if n == 0 { 4.4 } else { 1.3 } };
    let row = |i: &quality::ItemResponse| {
        let mut cells = vec![i.name.clone(), i.valid.clone()];
        cells.extend(i.shares.iter().cloned());
        TableRow { cells, indent: 0, strong: false }
    };
    Ok(vec![
        Block::List(teller.method()),
        Block::Table(Table {
            caption: teller.say("quality-missing", &[]),
            columns: columns.iter().enumerate().map(column).collect(),
            rows: quality.items.iter().map(row).collect(),
            note: Some(teller.say("quality-missing-lead", &[])),
        }),
    ])
}
