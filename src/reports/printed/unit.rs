//! The report on one unit: its card on paper.

use super::super::teller::Teller;
use super::super::{card, items, pictures};
use super::{figure, foot, head, heading, mark, paragraph, prose, recipients, signer, tables};
use crate::config::Issuer;
use crate::documents::model::{Annex, Block, Document};
use crate::error::{Error, Result};

/// Makes the report on a unit.
///
/// # Errors
/// `NotFound` for a unit the survey does not have; those of the figures and of drawing.
pub fn document(teller: &Teller<'_>, code: &str, issuer: &Issuer) -> Result<Document> {
    let card = card::view(teller, code)?;
    let say = |key: &str| teller.say(key, &[]);
    let mut body = vec![heading(1, say("print-1"))];
    body.extend(prose::survey(teller).into_iter().map(paragraph));
    body.extend(told(teller, code, &card)?);
    let lines = items::lines(teller, Some(code))?;
    let annex = |key: &str, blocks: Vec<Block>| Annex { title: say(key), about: say("print-annex-about"), landscape: false, blocks };
    Ok(Document {
        annexes: vec![
            annex("print-annex-items", vec![Block::Table(tables::items(teller, say("print-table-items"), &lines))]),
            annex("print-annex-method", vec![Block::List(teller.method())]),
        ],
        ..framed(teller, issuer, &card.name, body)
    })
}

/// Makes one report on some units, each from its own responses alone: what each attained, and an annex for each. `of` is never empty.
///
/// # Errors
/// As [`document`].
pub fn together(of: &[(&str, Teller<'_>)], issuer: &Issuer) -> Result<Document> {
    let (_, teller) = of.first().ok_or_else(|| Error::Internal("a report on no unit".to_owned()))?;
    let say = |key: &str| teller.say(key, &[]);
    let (mut headlines, mut annexes) = (Vec::new(), Vec::new());
    for (code, teller) in of {
        let card = card::view(teller, code)?;
        annexes.push(Annex {
            title: card.name.clone(),
            about: say("print-annex-about"),
            landscape: false,
            blocks: told(teller, code, &card)?,
        });
        headlines.push(format!("{}.", card.headline));
    }
    annexes.push(Annex {
        title: say("print-annex-method"),
        about: say("print-annex-about"),
        landscape: false,
        blocks: vec![Block::List(teller.method())],
    });
    let body = vec![heading(1, say("print-unit-2")), Block::List(headlines)];
    Ok(Document {
        annexes,
        ..framed(
            teller,
            issuer,
            &teller.say("print-units-own", &[("n", teller.language.count(u64::try_from(of.len()).unwrap_or(0)))]),
            body,
        )
    })
}

/// A document about a unit, without annexes.
fn framed(teller: &Teller<'_>, issuer: &Issuer, name: &str, body: Vec<Block>) -> Document {
    let title = teller.report.open().survey.title(teller.lang()).to_owned();
    Document {
        language: teller.lang().to_owned(),
        head: head(teller.words, issuer, teller.say("print-unit-about", &[("unit", name.to_owned()), ("title", title)])),
        mark: mark(teller.words, teller.report.open().survey.demonstration),
        body,
        signer: signer(teller.words, issuer),
        recipients: recipients(teller.words, issuer),
        annexes: Vec::new(),
        foot: foot(teller),
    }
}

/// What is said of a unit.
fn told(teller: &Teller<'_>, code: &str, card: &card::CardView) -> Result<Vec<Block>> {
    let say = |key: &str| teller.say(key, &[]);
    let mut body = vec![heading(1, say("print-unit-2"))];
    body.push(paragraph(format!("{}.", card.headline)));
    body.extend(card.place.iter().cloned().map(paragraph));
    if let Some(change) = &card.change {
        body.push(paragraph(teller.say("card-change-said", &[("sentence", change.sentence.clone())])));
        body.extend(card.change_said.iter().cloned().map(paragraph));
    }
    if !card.overall.given {
        body.push(paragraph(say("card-hidden")));
    }
    for drawing in
        [pictures::times::waves(teller, Some(code), false)?, pictures::times::months_of(teller, Some(code), false)?.map(|m| m.drawing)]
    {
        body.extend(drawing.map(|d| figure(&d)).transpose()?.map(Block::Figure));
    }
    body.push(heading(1, say("print-unit-3")));
    body.extend(prose::tree(teller, &card.tree).into_iter().map(paragraph));
    body.push(Block::Table(tables::tree(teller, say("print-table-tree"), &card.tree)));
    let beside = |list: &[card::BesideKind]| -> Vec<String> {
        list.iter()
            .map(|b| {
                let values =
                    [("name", b.name.clone()), ("value", b.value.clone()), ("median", b.median.clone()), ("points", b.points.clone())];
                teller.say("print-unit-beside", &values)
            })
            .collect()
    };
    for (key, list) in [("print-unit-strong", &card.strong), ("print-unit-weak", &card.weak)] {
        if !list.is_empty() {
            body.push(paragraph(teller.say(key, &[("n", card.of_kind.clone())])));
            body.push(Block::List(beside(list)));
        }
    }
    body.push(heading(1, say("print-unit-4")));
    if card.first.is_empty() {
        body.push(paragraph(say("print-first-none")));
    } else {
        body.push(paragraph(say("print-first-lead")));
        body.push(Block::List(prose::first(teller, &card.first)));
    }
    Ok(body)
}
