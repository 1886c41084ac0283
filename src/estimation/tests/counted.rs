//! Groups, gains and flags: what must add up.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::estimation::examples::{Form, ITEMS, open, prepared, questionnaire};
use crate::estimation::groups::groups;
use crate::estimation::{By, Filter, Grouping, Level, Row, answers, priorities, quality};
use crate::stats::index::NO_DOMAIN;
use crate::surveys::Mode;
use crate::units::UnitKind::{Commune, Department, Ward};

const UNITS: [(&str, crate::units::UnitKind); 3] = [("a", Ward), ("b", Ward), ("c", Commune)];

/// Unit, mode, day, sex, answers to the items, weight.
type Given = (usize, usize, u32, u8, [u8; 12], f64);

fn any_forms() -> impl Strategy<Value = Vec<Given>> {
    // Unit 3 is none of the survey; codes 0 and 255 are no valid answers.
    let answer = || prop_oneof![8 => 1u8..=5, 1 => Just(0u8), 1 => Just(255u8)];
    let answers = proptest::collection::vec(answer(), 12).prop_map(|v| <[u8; 12]>::try_from(v).unwrap());
    proptest::collection::vec((0usize..4, 0usize..3, 1u32..29, 0u8..3, answers, 0.2..5.0_f64), 4..60)
}

fn with_forms<T>(given: &[Given], run: impl FnOnce(&[Form<'_>]) -> T) -> T {
    let answers: Vec<Vec<(&str, u8)>> = given
        .iter()
        .map(|(.., sex, codes, _)| {
            ITEMS.iter().copied().zip(codes.iter().copied()).chain([("sex", *sex), ("general", 1 + codes[0] % 5)]).collect()
        })
        .collect();
    let forms: Vec<Form<'_>> = given
        .iter()
        .zip(&answers)
        .map(|((unit, mode, day, _, _, weight), answers)| Form {
            unit: ["a", "b", "c", "x"][*unit],
            mode: Mode::ALL[*mode],
            day: *day,
            weight: *weight,
            answers,
            items: 0,
        })
        .collect();
    run(&forms)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Each form of the survey's units is in one group, except with questions that it does not answer; so the groups' weights are those of all.
    #[test]
    fn sums_of_groups_are_the_whole(given in any_forms()) {
        let survey = open(questionnaire("pooled", ""), &UNITS, 0);
        with_forms(&given, |forms| {
            let all = prepared(&survey, forms, Filter::default());
            let inside = given.iter().filter(|g| g.0 < 3).count();
            let sex = Grouping::Answer(survey.questionnaire().position("sex").unwrap());
            for grouping in [By::All, By::Kind, By::Unit, By::Mode, By::Month].map(Grouping::By).into_iter().chain([sex]) {
                let found = groups(&survey, all.table(), all.filter(), grouping).unwrap();
                let grouped = found.of_row.iter().filter(|g| **g != NO_DOMAIN).count();
                let silent = if grouping == sex { given.iter().filter(|g| g.0 < 3 && g.3 == 0).count() } else { 0 };
                prop_assert_eq!(grouped + silent, inside);
                prop_assert!(found.of_row.iter().all(|g| *g == NO_DOMAIN || usize::try_from(*g).unwrap() < found.list.len()));
                let estimated = all.grouped(grouping, &[Level::Overall], false).unwrap();
                prop_assert_eq!(estimated.rows.iter().map(|r| r.n).sum::<u64>(), u64::try_from(grouped).unwrap());
            }
            // The pooled index of all is the mean of the units', by the weights of their valid answers.
            let weight = |unit: Option<usize>| -> f64 {
                let own = given.iter().filter(|g| unit.map_or(g.0 < 3, |u| g.0 == u));
                own.map(|g| g.5 * f64::from(u32::try_from(g.4.iter().filter(|c| (1..=5).contains(*c)).count()).unwrap())).sum()
            };
            let of = |by: By| all.estimate(by, &[Level::Overall]).unwrap();
            let (whole, units): (Vec<Row>, Vec<Row>) = (of(By::All), of(By::Unit));
            if let Some(whole) = whole[0].estimate {
                let sum: f64 = units.iter().enumerate().filter_map(|(u, r)| Some(r.estimate? * weight(Some(u)))).sum();
                prop_assert!((sum / weight(None) - whole).abs() < 1e-9);
            }
            Ok(())
        })?;
    }

    /// The gains of all items are what is missing to the full index, whichever way it is put together, for all units and for each.
    #[test]
    fn gains_add_up_to_what_is_missing(given in any_forms(), way in 0usize..3) {
        let aggregation = ["pooled", "item_mean", "factor_mean"][way];
        let survey = open(questionnaire(aggregation, ""), &UNITS, 0);
        with_forms(&given, |forms| {
            let all = prepared(&survey, forms, Filter::default());
            let rows = all.estimate(By::All, Level::ALL).unwrap();
            let items: Vec<Row> = rows.iter().filter(|r| r.measure_level == Level::Item).cloned().collect();
            if items.iter().any(|r| r.estimate.is_none()) {
                return Ok(());
            }
            let found = priorities::priorities(&all, &items).unwrap();
            let sum: f64 = found.items.iter().map(|p| p.gain).sum();
            let whole = rows.iter().find(|r| r.measure_level == Level::Overall).unwrap().estimate.unwrap();
            prop_assert!((sum - (100.0 - whole)).abs() < 1e-9, "{} {} {}", aggregation, sum, whole);
            prop_assert!(found.items.windows(2).all(|p| p[0].gain >= p[1].gain), "the largest first");
            let units = all.grouped(Grouping::By(By::Unit), Level::ALL, false).unwrap();
            for (unit, weights) in ["a", "b", "c"].iter().zip(&units.item_weights) {
                let own: Vec<&Row> = units.rows.iter().filter(|r| r.unit.as_deref() == Some(unit)).collect();
                let gains = priorities::gains(&all, &own, weights).unwrap();
                let whole = own.iter().find(|r| r.measure_level == Level::Overall).unwrap().estimate;
                if let Some(whole) = whole.filter(|_| gains.len() == 12) {
                    prop_assert!((gains.iter().map(|g| g.gain).sum::<f64>() - (100.0 - whole)).abs() < 1e-9, "{} of {}", aggregation, unit);
                }
            }
            Ok(())
        })?;
    }
}

#[test]
fn importance_is_held_against_general_satisfaction_where_it_is_asked_and_the_rest_otherwise() {
    let rows: Vec<(u8, u8, u8)> = vec![(5, 1, 5), (5, 2, 5), (1, 4, 1), (4, 5, 4), (2, 1, 2), (1, 5, 1)];
    let answers: Vec<Vec<(&str, u8)>> =
        rows.iter().map(|(one, two, general)| vec![("i1", *one), ("i2", *two), ("general", *general)]).collect();
    let forms: Vec<Form<'_>> = answers.iter().map(|answers| Form { answers, items: 4, ..Form::default() }).collect();
    let of = |role: &str| {
        let survey = open(questionnaire("pooled", role), &UNITS, 0);
        let all = prepared(&survey, &forms, Filter::default());
        let items = all.estimate(By::All, &[Level::Item]).unwrap();
        let found = priorities::priorities(&all, &items).unwrap();
        let importance = |code: &str| found.items.iter().find(|p| p.measure == code).unwrap().importance;
        (found.outcome.clone(), importance("i1"), importance("i2"), importance("i3"))
    };
    let (outcome, one, two, three) = of("role: outcome, ");
    assert_eq!(outcome.as_deref(), Some("general"));
    assert!(one.unwrap() > 0.9 && two.unwrap() < 0.0, "{one:?} {two:?}");
    assert_eq!(three, None, "everybody answered it alike");
    // Held against the others, in which only the other one varies: satisfied 1 1 0 1 0 0 and 0 0 1 1 0 1.
    let (outcome, one, two, _) = of("");
    assert_eq!(outcome, None);
    assert!((one.unwrap() + 1.0 / 3.0).abs() < 1e-12 && (two.unwrap() + 1.0 / 3.0).abs() < 1e-12, "{one:?} {two:?}");
}

#[test]
fn forms_are_flagged_for_what_they_are() {
    let survey = open(questionnaire("pooled", ""), &[("a", Ward), ("b", Department)], 0);
    let flags = |forms: &[Form<'_>], filter: Filter| {
        let found = quality::flags(&prepared(&survey, forms, filter)).unwrap();
        found
            .iter()
            .map(|f| [f.alike, f.sparse, f.repeated].map(|b| if b { 'x' } else { '-' }).iter().collect::<String>())
            .collect::<Vec<_>>()
    };
    let of = |items, answers| Form { items, answers, ..Form::default() };
    let few: &[(&str, u8)] = &[("i1", 3), ("i2", 4), ("i3", 4), ("i4", 3), ("i5", 255)];
    let six: &[(&str, u8)] = &[("i1", 3), ("i2", 4), ("i3", 4), ("i4", 3), ("i5", 255), ("i6", 255)];
    let refused: &[(&str, u8)] = &[("i1", 3), ("i2", 4), ("i3", 4), ("i4", 3), ("i5", 254), ("i6", 254)];
    let nine: &[(&str, u8)] = &[("i1", 0), ("i2", 255), ("i3", 254)];
    let ten: &[(&str, u8)] = &[("i1", 0), ("i2", 255)];
    let mixed: &[(&str, u8)] = &[("i1", 2), ("general", 1)];
    let forms = [
        of(5, &[]),                          // all alike
        of(5, &[("i1", 4)]),                 // one differs
        of(4, nine),                         // nine alike are too few to tell
        of(4, ten),                          // ten are enough
        of(0, few),                          // five of twelve answered
        of(0, six),                          // half of them: "not applicable" is an answer
        of(0, refused),                      // "prefer not to say" is none
        of(3, mixed),                        //
        of(3, mixed),                        // as the one before
        Form { day: 5, ..of(3, mixed) },     // another day
        Form { unit: "b", ..of(3, mixed) },  // another unit
        of(3, &[("i1", 2), ("general", 2)]), // another answer beside the index
        of(0, few),                          // as an earlier one, but five answers say nothing
        Form { unit: "x", ..of(5, &[]) },    // a unit that the survey does not have
    ];
    let expected = ["x--", "---", "---", "x--", "-x-", "---", "-x-", "---", "--x", "---", "---", "---", "-x-", "---"];
    assert_eq!(flags(&forms, Filter::default()), expected);
    let other = flags(&forms, Filter { from: chrono::NaiveDate::from_ymd_opt(2026, 5, 5), ..Filter::default() });
    assert!(other.iter().all(|f| f == "---"), "only the one of the fifth is looked at: {other:?}");

    let found = quality::quality(&prepared(&survey, &forms, Filter::default())).unwrap();
    let all = &found.all;
    assert_eq!((all.n, all.alike, all.sparse, all.repeated, all.any), (13, 2, 3, 1, 6));
    let by_unit: BTreeMap<_, _> = found.units.iter().map(|u| (u.unit.as_deref().unwrap(), u.n)).collect();
    assert_eq!(by_unit, BTreeMap::from([("a", 12), ("b", 1)]));
    for item in &found.items {
        assert_eq!(item.valid + item.not_applicable + item.refused + item.missing, 13, "{}", item.measure);
    }
    let fifth = found.items.iter().find(|i| i.measure == "i5").unwrap();
    assert_eq!((fifth.valid, fifth.not_applicable, fifth.refused, fifth.missing), (9, 3, 1, 0));
}

#[test]
fn the_mean_step_counts_from_the_first_option_and_is_hidden_with_the_shares() {
    let sex = |answers| Form { answers, ..Form::default() };
    let all: Vec<Form<'_>> =
        std::iter::repeat_n(sex(&[("sex", 1)]), 6).chain(std::iter::repeat_n(sex(&[("sex", 2)]), 2)).chain([sex(&[])]).collect();
    let step = |threshold| {
        let survey = open(questionnaire("pooled", ""), &UNITS, threshold);
        let found = answers::distributions(&prepared(&survey, &all, Filter::default())).unwrap();
        found.iter().find(|a| a.question == "sex").unwrap().mean_step()
    };
    assert!((step(5).unwrap() - 0.25).abs() < 1e-12, "six took the first, two the second");
    assert_eq!(step(9), None);
}
