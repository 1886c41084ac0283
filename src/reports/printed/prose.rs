//! Sentences made from figures. The words for more, less, the same and not known follow the tests of the engine, never the figures alone.

use super::super::items::ItemLine;
use super::super::overview::{OverviewView, TreeLine};
use super::super::teller::Teller;
use super::super::units::UnitLine;

/// Who was asked, when, how many answered.
#[must_use]
pub fn survey(teller: &Teller<'_>) -> Vec<String> {
    let open = teller.report.open();
    let method = teller.report.prepared.method();
    let values = [
        ("title", open.survey.title(teller.lang()).to_owned()),
        ("from", teller.language.day(open.survey.opens_on)),
        ("to", teller.language.day(open.survey.closes_on)),
        ("units", teller.language.count(u64::try_from(open.frame.units.len()).unwrap_or(0))),
        ("n", teller.language.count(method.n)),
        ("questionnaire", open.questionnaire().title.get(teller.lang()).to_owned()),
        ("version", method.version.clone()),
    ];
    let mut said = vec![teller.say("print-survey", &values)];
    said.push(teller.say(&format!("print-stream-{}", method.stream), &[]));
    if method.units_without_responses > 0 {
        said.push(teller.say("method-units-missing", &[("n", method.units_without_responses.to_string())]));
    }
    said
}

/// The overall figure: value, interval, change.
#[must_use]
pub fn overall(teller: &Teller<'_>, view: &OverviewView) -> Vec<String> {
    let figure = &view.overall;
    if !figure.given {
        return vec![teller.say("headline-nothing", &[])];
    }
    let mut said = Vec::new();
    match &figure.interval {
        Some((low, high)) => said.push(teller.say(
            "print-overall",
            &[
                ("name", view.overall_name.clone()),
                ("value", figure.value.clone()),
                ("low", low.clone()),
                ("high", high.clone()),
                ("n", figure.n_valid.clone()),
            ],
        )),
        None => said.push(teller.say(
            "headline-no-interval",
            &[("name", view.overall_name.clone()), ("value", figure.value.clone()), ("n", figure.n_valid.clone())],
        )),
    }
    if let Some(band) = &figure.band {
        said.push(teller.say("print-band", &[("band", band.clone())]));
    }
    match (&view.change, &view.not_compared) {
        (Some(change), _) => {
            said.push(teller.say("print-change", &[("sentence", change.sentence.clone()), ("before", change.before.clone())]));
            if let Some((low, high)) = &change.interval {
                said.push(teller.say("card-change-interval", &[("low", low.clone()), ("high", high.clone())]));
            }
        }
        (None, Some(why)) => said.push(why.clone()),
        (None, None) => {}
    }
    said
}

/// Parts, the highest and lowest factor, what changed among them.
#[must_use]
pub fn tree(teller: &Teller<'_>, lines: &[TreeLine]) -> Vec<String> {
    let mut said = Vec::new();
    let with = |level: &str| lines.iter().filter(|l| l.level == level && l.figure.given).collect::<Vec<_>>();
    let parts: Vec<String> = with("part").iter().map(|l| named(teller, &l.name, &l.figure.value)).collect();
    if !parts.is_empty() {
        said.push(teller.say("print-parts", &[("list", list(teller, &parts))]));
    }
    let mut factors = with("factor");
    factors.sort_by(|a, b| b.figure.sort.unwrap_or(0.0).total_cmp(&a.figure.sort.unwrap_or(0.0)));
    if let (Some(best), Some(worst)) = (factors.first(), factors.last())
        && factors.len() > 1
    {
        let values = [
            ("best", best.name.clone()),
            ("high", best.figure.value.clone()),
            ("worst", worst.name.clone()),
            ("low", worst.figure.value.clone()),
        ];
        said.push(teller.say("print-factors", &values));
    }
    let changed = |direction: &str| -> Vec<String> {
        let lines = factors
            .iter()
            .filter_map(|l| l.change.as_ref().filter(|c| c.direction == direction).map(|c| named(teller, &l.name, &c.points)));
        lines.collect()
    };
    for (direction, key) in [("up", "print-factors-up"), ("down", "print-factors-down")] {
        let names = changed(direction);
        if !names.is_empty() {
            said.push(teller.say(key, &[("list", list(teller, &names))]));
        }
    }
    if factors.iter().any(|l| l.change.is_some()) && changed("up").is_empty() && changed("down").is_empty() {
        said.push(teller.say("print-factors-level", &[]));
    }
    said
}

/// How units differ: the highest, the lowest, who rose and fell.
#[must_use]
pub fn units(teller: &Teller<'_>, view: &OverviewView, lines: &[UnitLine]) -> Vec<String> {
    let mut said = vec![teller.say("print-units-shown", &[("shown", view.units.1.clone()), ("all", view.units.0.clone())])];
    let mut given: Vec<&UnitLine> = lines.iter().filter(|l| l.overall.given).collect();
    given.sort_by(|a, b| b.overall.sort.unwrap_or(0.0).total_cmp(&a.overall.sort.unwrap_or(0.0)));
    let few = 3.min(given.len() / 2);
    if few > 0 {
        let ends = |lines: &mut dyn Iterator<Item = &&UnitLine>| {
            let names: Vec<String> = lines.take(few).map(|l| named(teller, &l.name, &l.overall.value)).collect();
            list(teller, &names)
        };
        said.push(teller.say("print-units-high", &[("list", ends(&mut given.iter()))]));
        said.push(teller.say("print-units-low", &[("list", ends(&mut given.iter().rev()))]));
    }
    said.extend(view.differences.clone());
    for (direction, key) in [("up", "print-units-up"), ("down", "print-units-down")] {
        let names: Vec<String> = lines
            .iter()
            .filter_map(|l| l.change.as_ref().filter(|c| c.among_all == direction).map(|c| named(teller, &l.name, &c.points)))
            .collect();
        if !names.is_empty() {
            said.push(teller.say(key, &[("n", names.len().to_string()), ("list", list(teller, &names))]));
        }
    }
    if lines.iter().any(|l| l.change.is_some()) && lines.iter().all(|l| l.change.as_ref().is_none_or(|c| c.among_all == "level")) {
        said.push(teller.say("print-units-level", &[]));
    }
    said
}

/// What to mend first, a sentence an item.
#[must_use]
pub fn first(teller: &Teller<'_>, items: &[ItemLine]) -> Vec<String> {
    let one = |i: &ItemLine| {
        let values = [
            ("name", i.name.clone()),
            ("factor", i.factor.clone()),
            ("value", i.figure.value.clone()),
            ("gain", i.gain.clone().unwrap_or_default()),
        ];
        teller.say("print-first", &values)
    };
    items.iter().map(one).collect()
}

/// A name with its value in brackets.
#[must_use]
pub fn named(teller: &Teller<'_>, name: &str, value: &str) -> String {
    teller.say("print-named", &[("name", name.to_owned()), ("value", value.to_owned())])
}

/// Several things in a row: commas, and the word for “and” before the last.
#[must_use]
pub fn list(teller: &Teller<'_>, things: &[String]) -> String {
    match things {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => teller.say("print-list", &[("first", first.join("; ")), ("last", last.clone())]),
    }
}
