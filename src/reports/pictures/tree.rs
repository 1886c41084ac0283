//! Parts, factors and items.

use super::super::teller::Teller;
use crate::charts::{Bar, Bars, Drawing, Headings, Measure, Palette, Scatter, ScatterPoint, Stacked, StackedRow};
use crate::error::Result;
use crate::estimation::priorities::Field;
use crate::estimation::{Level, Row};

/// Parts and factors of all units together or of one, from 0, with the wave before.
///
/// # Errors
/// Those of the figures.
pub fn factors(teller: &Teller<'_>, unit: Option<&str>, narrow: bool) -> Result<Option<Drawing>> {
    let index = teller.report.index()?;
    let changes = teller.report.changes()?;
    let rows: Vec<&Row> = match unit {
        None => index.all.iter().collect(),
        Some(unit) => index.of_unit(unit).collect(),
    };
    let tree = teller.report.prepared.index()?;
    let codes = tree.parts.iter().flat_map(|p| std::iter::once((&p.code, 0)).chain(p.factors.iter().map(|f| (&f.code, 1))));
    let bars: Vec<Bar> = codes
        .filter_map(|(code, level)| {
            let row = rows.iter().find(|r| r.measure == *code)?;
            let name = teller.measure_name(code);
            let change = changes.iter().find(|c| c.unit.as_deref() == unit && c.measure == *code);
            Some(Bar {
                level,
                figure: teller.drawn(row, teller.percent()),
                before: change.map(|c| c.before),
                detail: change.map(|c| teller.points(c.difference)).unwrap_or_default(),
                link: None,
                tip: Some(teller.tip(&name, row)),
                name,
            })
        })
        .collect();
    if bars.is_empty() || rows.iter().all(|r| r.estimate.is_none()) {
        return Ok(None);
    }
    let before = teller.report.before().filter(|b| b.comparable().is_some()).map(|b| teller.wave_name(&b.wave));
    let number = |v: f64, decimals: usize| teller.language.number(v, decimals);
    let extreme = |better: fn(f64, f64) -> bool| {
        let factors = rows.iter().filter(|r| r.measure_level == Level::Factor).filter_map(|r| r.estimate.map(|v| (r, v)));
        factors.reduce(|a, b| if better(b.1, a.1) { b } else { a }).map(|(r, v)| (teller.measure_name(&r.measure), teller.value(v)))
    };
    let title = match (extreme(|a, b| a > b), extreme(|a, b| a < b)) {
        (Some(best), Some(worst)) if best.0 != worst.0 => {
            teller.say("factors-title", &[("best", best.0), ("high", best.1), ("worst", worst.0), ("low", worst.1)])
        }
        _ => teller.say("report-factors", &[]),
    };
    let overall = rows.iter().find(|r| r.measure_level == Level::Overall).copied();
    let chart = Bars {
        head: teller.head(title, teller.measured(overall), teller.say("factors-description", &[])),
        rows: bars,
        before: before.clone().unwrap_or_default(),
        headings: Headings {
            rank: String::new(),
            name: teller.say("column-factor", &[]),
            value: teller.say("column-index", &[]),
            detail: before.map(|_| teller.say("column-change", &[])).unwrap_or_default(),
        },
        number: &number,
        narrow,
    };
    Ok(Some(chart.draw()))
}

/// Importance and performance of the items.
///
/// # Errors
/// Those of the figures.
pub fn priorities(teller: &Teller<'_>, narrow: bool) -> Result<Option<Drawing>> {
    let found = teller.report.figures().priorities(&teller.report.prepared)?;
    let Some((importance, performance)) = found.cuts else { return Ok(None) };
    let mut points: Vec<(f64, ScatterPoint)> = Vec::new();
    for item in &found.items {
        let Some(y) = item.importance else { continue };
        let emphasis = item.field == Some(Field::ConcentrateHere);
        let name = teller.measure_name(&item.measure);
        let tip = teller.say(
            "priority-tip",
            &[("name", name.clone()), ("value", teller.value(item.estimate)), ("gain", teller.plain(item.gain)), ("r", teller.plain(y))],
        );
        points.push((item.gain, ScatterPoint { name, x: item.estimate, y, emphasis, link: None, tip: Some(tip) }));
    }
    // The points are numbered, and the number one should be the first to mend.
    points.sort_by(|a, b| b.1.emphasis.cmp(&a.1.emphasis).then_with(|| b.0.total_cmp(&a.0)));
    if points.len() < 4 {
        return Ok(None);
    }
    let urgent = points.iter().filter(|(_, p)| p.emphasis).count();
    let field = |name: &str| teller.say(&format!("field-{name}"), &[]);
    let number = |v: f64, decimals: usize| teller.language.number(v, decimals);
    let against = match &found.outcome {
        Some(_) => teller.say("importance-outcome", &[]),
        None => teller.say("importance-rest", &[]),
    };
    let title = teller.say(if urgent == 0 { "priorities-title-none" } else { "priorities-title" }, &[("n", urgent.to_string())]);
    let overall = teller.report.index()?.overall().cloned();
    let chart = Scatter {
        head: teller.head(title, teller.measured(overall.as_ref()), teller.say("priorities-description", &[])),
        points: points.into_iter().map(|(_, p)| p).collect(),
        x: Measure {
            label: teller.say("priorities-x", &[]),
            possible: (0.0, teller.largest(&teller.codes(Level::Item).concat())),
            cut: Some(performance),
        },
        y: Measure { label: against, possible: (-1.0, 1.0), cut: Some(importance) },
        quadrants: [field("concentrate-here"), field("keep-up"), field("low-priority"), field("possible-overkill")],
        number: &number,
        narrow,
    };
    Ok(Some(chart.draw()))
}

/// Answers to the items of the index, each row 100 %.
///
/// # Errors
/// Those of the figures.
pub fn answers(teller: &Teller<'_>, narrow: bool) -> Result<Option<Drawing>> {
    let answered = teller.report.figures().answers(&teller.report.prepared)?;
    let questionnaire = teller.report.open().questionnaire();
    let index = teller.report.index()?;
    let items = teller.codes(Level::Item);
    let first = items.first().and_then(|code| questionnaire.position(code)).and_then(|p| questionnaire.questions.get(p));
    let Some(first) = first else { return Ok(None) };
    let options: Vec<&str> = first.options().iter().map(|o| o.code.as_str()).collect();
    let row = |code: &String| {
        let found = answered.iter().find(|a| a.question == *code)?;
        let question = questionnaire.questions.get(found.position)?;
        // One drawing has one scale.
        if question.options().iter().map(|o| o.code.as_str()).ne(options.iter().copied()) {
            return None;
        }
        let figure = index.all.iter().find(|r| r.measure == *code).map(|r| teller.figure(r));
        Some(super::people::stacked_row(
            teller,
            question.text.get(teller.lang()).to_owned(),
            found,
            figure.map(|f| f.value).unwrap_or_default(),
        ))
    };
    let rows: Vec<StackedRow> = items.iter().filter_map(row).collect();
    if rows.is_empty() {
        return Ok(None);
    }
    let chart = Stacked {
        head: teller.head(teller.say("items-title", &[]), teller.measured(index.overall()), teller.say("items-description", &[])),
        options: first.options().iter().map(|o| o.text.get(teller.lang()).to_owned()).collect(),
        palette: Palette::Scale,
        rows,
        headings: Headings {
            rank: String::new(),
            name: teller.say("column-item", &[]),
            value: teller.say("column-index", &[]),
            detail: teller.say("report-n-valid", &[]),
        },
        narrow,
    };
    Ok(Some(chart.draw()))
}
