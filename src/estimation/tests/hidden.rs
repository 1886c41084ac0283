//! What is hidden must not follow from what is shown, whoever asks for it by whatever road.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use proptest::prelude::*;

use crate::estimation::examples::{Form, open, prepared, questionnaire};
use crate::estimation::{By, Filter, Grouping, Level, Row, answers};
use crate::surveys::{Mode, Open};
use crate::units::UnitKind::{SpecialZone, Ward};

fn survey(threshold: i64) -> Open {
    open(questionnaire("pooled", ""), &[("a", Ward), ("b", Ward), ("c", Ward)], threshold)
}

fn forms<'a>(n: usize, form: Form<'a>) -> impl Iterator<Item = Form<'a>> {
    std::iter::repeat_n(form, n)
}

fn unit(code: &str) -> Filter {
    Filter::default().of_unit(code)
}

fn mode(mode: Mode) -> Filter {
    Filter { mode: Some(mode), ..Filter::default() }
}

/// Codes of the groups whose overall figure is shown.
fn shown(open: &Open, forms: &[Form<'_>], filter: Filter, by: By) -> Vec<String> {
    shown_of(open, forms, filter, by, "index")
}

fn shown_of(open: &Open, forms: &[Form<'_>], filter: Filter, by: By, measure: &str) -> Vec<String> {
    let rows = prepared(open, forms, filter).estimate(by, Level::ALL).unwrap();
    let name = |r: &Row| r.category.clone().or(r.unit.clone()).or(r.kind.map(|k| k.to_string())).unwrap_or_else(|| "all".to_owned());
    rows.iter().filter(|r| r.measure == measure && r.estimate.is_some()).map(name).collect()
}

/// Unit b is withheld beside a. All its forms are of one mode and of late days, so neither may show it.
#[test]
fn a_unit_that_is_withheld_stays_so_under_filters_that_leave_it_whole() {
    let survey = open(questionnaire("pooled", ""), &["a", "b", "c", "d", "e"].map(|code| (code, Ward)), 30);
    let early = |unit| Form { unit, mode: Mode::Kiosk, ..Form::default() };
    let late = |unit| Form { unit, day: 9, ..Form::default() };
    let all: Vec<_> = forms(12, early("a"))
        .chain(forms(100, early("e")))
        .chain(forms(40, late("b")).chain(forms(200, late("c"))).chain(forms(300, late("d"))))
        .collect();
    assert_eq!(shown(&survey, &all, Filter::default(), By::Unit), ["c", "d", "e"]);
    assert!(shown(&survey, &all, unit("b"), By::All).is_empty());
    let from = Filter { from: NaiveDate::from_ymd_opt(2026, 5, 9), ..Filter::default() };
    for wider in [mode(Mode::Web), from] {
        // No unit has too few late answers, but those of b are all it has, and c is the smallest beside it.
        assert_eq!(shown(&survey, &all, wider.clone(), By::Unit), ["d"]);
        assert_eq!(shown(&survey, &all, wider.of_unit("d"), By::All), ["all"]);
        assert!(shown(&survey, &all, wider.of_unit("b"), By::All).is_empty());
    }
}

/// Unit a has 100 forms of the web and 12 of the kiosk: the web's figure of a and a's own would give the kiosk's, so it is hidden by both roads.
#[test]
fn a_unit_of_a_mode_is_hidden_by_whichever_road_it_is_asked_for() {
    let survey = survey(30);
    let of = |unit, mode| Form { unit, mode, ..Form::default() };
    let all: Vec<_> = forms(100, of("a", Mode::Web))
        .chain(forms(12, of("a", Mode::Kiosk)))
        .chain(forms(60, of("b", Mode::Web)).chain(forms(60, of("b", Mode::Kiosk))))
        .chain(forms(80, of("c", Mode::Web)).chain(forms(80, of("c", Mode::Kiosk))))
        .collect();
    assert!(shown(&survey, &all, unit("a"), By::Mode).is_empty());
    // Among units the web's figure of b, the smallest, is withheld beside that of a: what is left of the web's total is the figure of both.
    assert_eq!(shown(&survey, &all, mode(Mode::Web), By::Unit), ["c"]);
    assert!(shown(&survey, &all, mode(Mode::Web).of_unit("b"), By::All).is_empty());
    assert_eq!(shown(&survey, &all, mode(Mode::Web).of_unit("c"), By::All), ["all"]);
}

/// Everybody of the web and only 12 of 60 at the kiosk answered the last item; the filter must hide what the table of modes hides, item by item.
#[test]
fn a_filter_hides_an_item_that_few_others_answered() {
    let survey = survey(30);
    let kiosk = |answers| Form { mode: Mode::Kiosk, answers, ..Form::default() };
    let all: Vec<_> = forms(100, Form::default()).chain(forms(48, kiosk(&[("i12", 0)]))).chain(forms(12, kiosk(&[]))).collect();
    assert!(shown_of(&survey, &all, Filter::default(), By::Mode, "i12").is_empty());
    assert!(shown_of(&survey, &all, mode(Mode::Web), By::All, "i12").is_empty());
    assert_eq!(shown_of(&survey, &all, mode(Mode::Web), By::All, "i11"), ["all"]);
    assert_eq!(shown(&survey, &all, mode(Mode::Web), By::All), ["all"]);
}

#[test]
fn a_filter_hides_the_distribution_of_a_question_that_few_others_answered() {
    let survey = survey(30);
    let web = Form { answers: &[("sex", 1), ("why", 1)], ..Form::default() };
    let kiosk = |answers| Form { mode: Mode::Kiosk, answers, ..Form::default() };
    let all: Vec<_> = forms(100, web).chain(forms(48, kiosk(&[("why", 2)]))).chain(forms(12, kiosk(&[("sex", 2), ("why", 2)]))).collect();
    let shown = |filter| {
        let found = answers::distributions(&prepared(&survey, &all, filter)).unwrap();
        let shown = |code: &str| found.iter().find(|a| a.question == code).unwrap().options.iter().any(|o| o.estimate.is_some());
        [shown("sex"), shown("why")]
    };
    assert_eq!(shown(Filter::default()), [true, true]);
    assert_eq!(shown(mode(Mode::Web)), [false, true], "112 told their sex, 100 of them on the web");
}

/// Ten people did not say their sex: who knows the index of all, of women and of men knows theirs.
#[test]
fn those_who_gave_no_answer_are_a_part_of_the_total() {
    let survey = survey(30);
    let of = |answers| Form { answers, ..Form::default() };
    let sex = Grouping::Answer(survey.questionnaire().position("sex").unwrap());
    let shown = |silent: usize| {
        let all: Vec<_> = forms(60, of(&[("sex", 1)])).chain(forms(50, of(&[("sex", 2)]))).chain(forms(silent, of(&[]))).collect();
        let rows = prepared(&survey, &all, Filter::default()).grouped(sex, &[Level::Overall], false).unwrap().rows;
        rows.iter().map(|r| r.estimate.is_some()).collect::<Vec<_>>()
    };
    assert_eq!(shown(0), [true, true]);
    assert_eq!(shown(10), [true, false]);
    assert_eq!(shown(30), [true, true]);
}

#[test]
fn a_kind_that_is_withheld_is_not_given_away_by_its_only_unit() {
    let survey =
        open(questionnaire("pooled", ""), &[("a", Ward), ("b", Ward), ("d", crate::units::UnitKind::Department), ("z", SpecialZone)], 30);
    let of = |unit| Form { unit, ..Form::default() };
    let all: Vec<_> = forms(50, of("a")).chain(forms(35, of("b"))).chain(forms(40, of("d"))).chain(forms(12, of("z"))).collect();
    assert_eq!(shown(&survey, &all, Filter::default(), By::Kind), ["ward"]);
    assert_eq!(shown(&survey, &all, Filter::default(), By::Unit), ["a", "b"]);
    let kind = Filter { kind: Some(crate::units::UnitKind::Department), ..Filter::default() };
    assert!(shown(&survey, &all, kind.clone(), By::All).is_empty() && shown(&survey, &all, kind, By::Unit).is_empty());
}

#[test]
fn what_lies_outside_a_period_is_hidden_when_it_is_too_little() {
    let survey = survey(30);
    let on = |day| Form { day, ..Form::default() };
    let all: Vec<_> = forms(100, on(4)).chain(forms(12, on(20))).collect();
    let until = |day| Filter { until: NaiveDate::from_ymd_opt(2026, 5, day), ..Filter::default() };
    assert!(shown(&survey, &all, until(19), By::All).is_empty());
    assert_eq!(shown(&survey, &all, until(20), By::All), ["all"], "nothing lies outside");
}

const UNITS: [&str; 3] = ["a", "b", "c"];
const MODES: [Mode; 3] = [Mode::Web, Mode::Kiosk, Mode::Paper];

/// Everything that can be asked for about units and modes, for one figure: (unit, mode) → shown, with 3 for "all". Panics where two roads disagree.
fn everything(survey: &Open, forms: &[Form<'_>], measure: &str) -> BTreeMap<(usize, usize), bool> {
    let all = prepared(survey, forms, Filter::default());
    let mut known: BTreeMap<(usize, usize), bool> = BTreeMap::new();
    let mut look = |filter: Filter, by: By| {
        let rows = all.filtered(filter.clone()).estimate(by, &[Level::Overall, Level::Item]).unwrap();
        for row in rows.iter().filter(|r| r.measure == measure) {
            let u = row.unit.as_deref().or(filter.unit.as_deref()).map_or(3, |u| UNITS.iter().position(|x| *x == u).unwrap());
            let own = row.category.as_ref().and_then(|c| c.parse::<Mode>().ok()).or(filter.mode);
            let m = own.map_or(3, |m| MODES.iter().position(|x| *x == m).unwrap());
            let before = known.insert((u, m), row.estimate.is_some());
            assert!(before.is_none_or(|b| b == row.estimate.is_some()), "{u} {m} is hidden by one road and shown by another");
        }
    };
    for by in [By::All, By::Unit, By::Mode] {
        look(Filter::default(), by);
        UNITS.iter().for_each(|u| look(unit(u), by));
        MODES.iter().for_each(|m| look(mode(*m), by));
    }
    for u in UNITS {
        MODES.iter().for_each(|m| look(mode(*m).of_unit(u), By::All));
    }
    known
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whoever asks for all units, modes and units of modes, and subtracts what is shown from the total of any line, is left with two parts that reach the threshold,
    /// and sees the same by all roads.
    #[test]
    fn no_figure_of_too_few_is_left_of_a_total(
        counts in proptest::array::uniform3(proptest::array::uniform3((0usize..26, 0usize..26))),
    ) {
        let threshold = 10;
        let survey = survey(threshold);
        let last = |mode, unit, answers| Form { mode, unit, answers, ..Form::default() };
        let mut all = Vec::new();
        for (u, row) in UNITS.iter().zip(&counts) {
            for (m, (n, of_them)) in MODES.iter().zip(row) {
                let answered = (*of_them).min(*n);
                all.extend(forms(answered, last(*m, u, &[])));
                all.extend(forms(n - answered, last(*m, u, &[("i12", 0)])));
            }
        }
        for (measure, forms) in [("index", (|n, _| n) as fn(usize, usize) -> usize), ("i12", |n, m| m.min(n))] {
            let known = everything(&survey, &all, measure);
            let cell = |u: usize, m: usize| -> usize {
                let units = if u == 3 { 0..3 } else { u..u + 1 };
                units.flat_map(|u| (if m == 3 { 0..3 } else { m..m + 1 }).map(move |m| (u, m))).map(|(u, m)| forms(counts[u][m].0, counts[u][m].1)).sum()
            };
            let lines = (0..4).flat_map(|at| [[(at, 0), (at, 1), (at, 2), (at, 3)], [(0, at), (1, at), (2, at), (3, at)]]);
            for line in lines.filter(|line| known[&line[3]]) {
                let hidden: Vec<usize> = line[..3].iter().filter(|key| !known[key]).map(|key| cell(key.0, key.1)).filter(|n| *n > 0).collect();
                let left: usize = hidden.iter().sum();
                prop_assert!(left == 0 || left >= 10, "{measure}: {left} forms are left in {line:?} of {counts:?}, shown {known:?}");
                let alone = hidden.len() == 1 && line[..3].iter().any(|key| known[key] && cell(key.0, key.1) > 0);
                prop_assert!(!alone, "{measure}: one part of {line:?} is left in {counts:?}, shown {known:?}");
            }
            for (key, shown) in &known {
                prop_assert!(!shown || cell(key.0, key.1) >= 10, "{measure}: {key:?} has too few in {counts:?}");
            }
        }
    }
}
