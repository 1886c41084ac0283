//! The whole report on a survey.

use super::super::pictures::{self, Picture};
use super::super::teller::Teller;
use super::super::{answers, items, overview, quality, units};
use super::{annexes, figure, foot, head, heading, mark, paragraph, prose, recipients, signer, tables};
use crate::config::Issuer;
use crate::documents::model::{Block, Document};
use crate::error::{Error, Result};

/// Makes the report.
///
/// # Errors
/// Those of the figures and of drawing.
pub fn document(teller: &Teller<'_>, issuer: &Issuer) -> Result<Document> {
    let view = overview::view(teller)?;
    let lines = units::lines(teller)?;
    let all_items = items::lines(teller, None)?;
    let say = |key: &str| teller.say(key, &[]);
    let mut body = vec![heading(1, say("print-1"))];
    body.extend(prose::survey(teller).into_iter().map(paragraph));
    body.push(heading(1, say("print-2")));
    body.push(heading(2, say("print-2-1")));
    body.extend(prose::overall(teller, &view).into_iter().map(paragraph));
    drawn(teller, Picture::Waves, &mut body)?;
    body.push(heading(2, say("print-2-2")));
    body.extend(prose::tree(teller, &view.tree).into_iter().map(paragraph));
    body.push(Block::Table(tables::tree(teller, say("print-table-tree"), &view.tree)));
    drawn(teller, Picture::Factors, &mut body)?;
    body.push(heading(2, say("print-2-3")));
    body.extend(prose::units(teller, &view, &lines).into_iter().map(paragraph));
    if let Some(plot) = pictures::units::plot(teller, false, Some(pictures::units::ENDS))? {
        body.push(Block::Figure(figure(&plot)?));
        body.push(Block::Note(say("report-rank-note")));
    }
    body.push(heading(2, say("print-2-4")));
    if !view.best.is_empty() {
        let names = |list: &[items::ItemLine]| {
            let all: Vec<String> = list.iter().map(|i| prose::named(teller, &i.name, &i.figure.value)).collect();
            prose::list(teller, &all)
        };
        body.push(paragraph(teller.say("print-items-best", &[("list", names(&view.best))])));
        body.push(paragraph(teller.say("print-items-worst", &[("list", names(&view.worst))])));
    }
    people(teller, &mut body)?;
    body.push(heading(1, say("print-4")));
    reliability(teller, &mut body)?;
    body.push(heading(1, say("print-5")));
    if view.first.is_empty() {
        body.push(paragraph(say("print-first-none")));
    } else {
        body.push(paragraph(say("print-first-lead")));
        body.push(Block::List(prose::first(teller, &view.first)));
        body.push(paragraph(say("items-caution")));
    }
    Ok(Document {
        language: teller.lang().to_owned(),
        head: head(
            teller.words,
            issuer,
            teller.say("print-about", &[("title", teller.report.open().survey.title(teller.lang()).to_owned())]),
        ),
        mark: mark(teller.words, teller.report.open().survey.demonstration),
        body,
        signer: signer(teller.words, issuer),
        recipients: recipients(teller.words, issuer),
        annexes: annexes::annexes(teller, &view.tree, &all_items, &lines)?,
        foot: foot(teller),
    })
}

/// A chart by its name, when there is anything to draw.
fn drawn(teller: &Teller<'_>, picture: Picture, body: &mut Vec<Block>) -> Result<()> {
    match picture.draw(teller, false) {
        Ok(drawing) => body.push(Block::Figure(figure(&drawing)?)),
        Err(Error::NotFound(_)) => {}
        Err(e) => return Err(e),
    }
    Ok(())
}

/// Who answers, and what they think besides the index: one sentence a question, its table in the annex.
fn people(teller: &Teller<'_>, body: &mut Vec<Block>) -> Result<()> {
    let view = answers::view(teller)?;
    body.push(heading(1, teller.say("print-3", &[])));
    let mut any = false;
    for section in &view.sections {
        let tables = section.charts.iter().flat_map(|c| &c.table);
        let said: Vec<String> = tables.filter_map(|t| most(teller, t)).collect();
        if !said.is_empty() {
            any = true;
            body.push(heading(2, section.title.clone()));
            body.push(Block::List(said));
        }
    }
    if !view.groups.is_empty() {
        any = true;
        body.push(heading(2, teller.say("answers-groups", &[])));
        for group in &view.groups {
            body.push(paragraph(format!("{}: {}", group.question, group.pairs.join(" "))));
        }
    }
    if !any {
        body.push(paragraph(teller.say("print-people-none", &[])));
    }
    Ok(())
}

/// The answers to a question in a sentence: all of them when there are few, else the most frequent.
fn most(teller: &Teller<'_>, table: &answers::AnswerTable) -> Option<String> {
    let mut given: Vec<(&str, f64, &str)> =
        table.options.iter().filter_map(|(name, f)| f.sort.map(|v| (name.as_str(), v, f.value.as_str()))).collect();
    if given.is_empty() {
        return None;
    }
    if given.len() > 4 {
        given.sort_by(|a, b| b.1.total_cmp(&a.1));
        given.truncate(3);
    }
    let named: Vec<String> = given.iter().map(|(name, _, value)| prose::named(teller, name, value)).collect();
    let asked = table.question.trim_end();
    let asked = if asked.ends_with(['?', ':', '.', '…']) { asked.to_owned() } else { format!("{asked}:") };
    Some(teller.say("print-answers", &[("question", asked), ("list", prose::list(teller, &named))]))
}

/// How far the figures can be trusted.
fn reliability(teller: &Teller<'_>, body: &mut Vec<Block>) -> Result<()> {
    let view = quality::view(teller)?;
    let flags: Vec<String> = view.flags.iter().map(|(name, n, share)| prose::named(teller, name, &format!("{n}; {share}"))).collect();
    body.push(paragraph(teller.say("print-quality", &[("n", view.n.clone()), ("list", prose::list(teller, &flags))])));
    body.push(paragraph(teller.say("quality-flags-lead", &[])));
    let much: Vec<String> = view.items.iter().filter(|i| i.much).map(|i| i.name.clone()).collect();
    if !much.is_empty() {
        body.push(paragraph(teller.say("print-missing", &[("list", prose::list(teller, &much))])));
    }
    if !view.mode_rows.is_empty() && view.modes.is_some() {
        body.push(paragraph(format!("{} {}", teller.say("print-modes", &[]), view.mode_pairs.join(" "))));
    }
    if teller.report.prepared.method().probability_sample {
        body.push(paragraph(teller.say("print-sampling", &[])));
    } else {
        body.push(paragraph(teller.say("report-not-probability-meaning", &[])));
    }
    Ok(())
}
