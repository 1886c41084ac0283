//! Small cases computed by hand.

use super::support::close;
use sipas::stats::design::{Design, DesignSpec, LonelyPsu};
use sipas::stats::index::{Domains, Estimate, Flag, Index, IndexError, IndexSpec, Item, Measure, NO_DOMAIN, Scoring, ScoringError};
use sipas::stats::poststratify::Poststratified;

fn satisfied() -> Scoring {
    Scoring::satisfied(&[1, 2, 3, 4, 5], &[4, 5]).unwrap()
}

fn plain(rows: usize) -> Design<'static> {
    Design::new(DesignSpec { weights: vec![1.0; rows].into(), strata: None, psus: None, lonely: LonelyPsu::Fail }).unwrap()
}

fn run(design: &Design<'_>, columns: &[&[u8]], measure: Measure, domains: Domains<'_>) -> Vec<Estimate> {
    let scoring = satisfied();
    let items: Vec<Item<'_>> = columns.iter().map(|codes| Item { codes, scoring: &scoring }).collect();
    let measures = [measure];
    Index::new(IndexSpec { design, items: &items, measures: &measures, domains, poststratified: None }).unwrap().estimate().rows().to_vec()
}

#[test]
fn a_simple_random_sample_has_the_binomial_standard_error() {
    // 3 of 4 satisfied: p = 75, SE = 100 √(p(1−p)/(n−1)) = 100 √(0.1875/3) = 25; one answer missing.
    let found = run(&plain(4), &[&[4, 5, 4, 1]], Measure::item(0), Domains::whole());
    close(found[0].estimate.unwrap(), 75.0, 1e-15, "estimate");
    close(found[0].se.unwrap(), 25.0, 1e-14, "SE");
    close(found[0].deff.unwrap(), 1.0, 1e-14, "simple random sampling has no design effect");
    assert_eq!((found[0].n, found[0].n_valid, found[0].df_design), (4, 4, 3));
}

#[test]
fn a_missing_answer_leaves_numerator_and_denominator_but_the_row_stays() {
    // Valid: 4, 1 → 50. z = ±25 and two zeros; V = 4/3 (625 + 625) = 5000/3.
    let found = run(&plain(4), &[&[4, 0, 9, 1]], Measure::item(0), Domains::whole());
    close(found[0].estimate.unwrap(), 50.0, 1e-15, "estimate");
    close(found[0].se.unwrap(), (5000.0_f64 / 3.0).sqrt(), 1e-14, "SE");
    assert_eq!((found[0].n, found[0].n_valid), (4, 2));
}

#[test]
fn clusters_count_by_their_totals() {
    // PSUs of 2 rows: (4,4), (1,1), (4,1), weights 1. p = 50; e = 100·(±1, 0)/6; V = 3/2 · 2 (100/6)².
    let design = Design::new(DesignSpec {
        weights: vec![1.0; 6].into(),
        strata: None,
        psus: Some(vec![0, 0, 1, 1, 2, 2].into()),
        lonely: LonelyPsu::Fail,
    })
    .unwrap();
    let found = run(&design, &[&[4, 4, 1, 1, 4, 1]], Measure::item(0), Domains::whole());
    close(found[0].se.unwrap(), 100.0 / 6.0 * 3.0_f64.sqrt(), 1e-14, "SE");
    assert_eq!(found[0].df_design, 2);
}

#[test]
fn pooling_and_item_means_differ_when_answers_are_missing() {
    // Item 0: 2 of 2; item 1: 0 of 1. Pooled 2/3, item mean 1/2.
    let columns: [&[u8]; 2] = [&[4, 4], &[1, 0]];
    let pooled = run(&plain(2), &columns, Measure::pooled([0, 1]), Domains::whole());
    let mean = run(&plain(2), &columns, Measure::item_mean([0, 1]), Domains::whole());
    close(pooled[0].estimate.unwrap(), 200.0 / 3.0, 1e-15, "pooled");
    close(mean[0].estimate.unwrap(), 50.0, 1e-15, "item mean");
    // Item mean: item 0 does not vary, item 1 has one answer: SE 0. Pooled: z = (1·100 − 2·66.67, 33.33)/3 = ∓100/9; V = 2·2/81·100².
    assert_eq!(mean[0].se, Some(0.0));
    close(pooled[0].se.unwrap(), 200.0 / 9.0, 1e-14, "pooled SE");
}

#[test]
fn all_alike_gives_standard_error_zero_and_no_design_effect() {
    let weights: Vec<f64> = (0..1000).map(|row| 0.1 + f64::from(row % 7) / 3.0).collect();
    let design = Design::new(DesignSpec {
        weights: weights.into(),
        strata: Some((0..1000).map(|row| row % 10).collect::<Vec<u32>>().into()),
        psus: None,
        lonely: LonelyPsu::Fail,
    })
    .unwrap();
    let found = run(&design, &[&[5; 1000], &[4; 1000]], Measure::pooled([0, 1]), Domains::whole());
    assert_eq!(found[0].se, Some(0.0));
    assert_eq!((found[0].deff, found[0].effective_n), (None, None));
}

#[test]
fn strata_without_spread_give_standard_error_zero() {
    // Every stratum is of one mind and all PSUs weigh the same: nothing varies between PSUs of a stratum.
    let strata: Vec<u32> = (0..90).map(|row| row / 30).collect();
    let answers: Vec<u8> = strata.iter().map(|stratum| if *stratum == 1 { 1 } else { 4 }).collect();
    let design = Design::new(DesignSpec {
        weights: vec![1.1; 90].into(),
        strata: Some(strata.into()),
        psus: Some((0..90).map(|row| row / 3).collect::<Vec<u32>>().into()),
        lonely: LonelyPsu::Fail,
    })
    .unwrap();
    let found = run(&design, &[&answers], Measure::item(0), Domains::whole());
    close(found[0].estimate.unwrap(), 200.0 / 3.0, 1e-14, "estimate");
    assert_eq!(found[0].se, Some(0.0));
}

#[test]
fn empty_domains_and_unanswered_items_are_flagged() {
    let domains = Domains::new(vec![0, 0, 2, NO_DOMAIN], 4);
    let found = run(&plain(4), &[&[0, 9, 4, 4]], Measure::item(0), domains);
    let flags: Vec<Flag> = found.iter().map(|row| row.flag).collect();
    assert_eq!(flags, [Flag::ZeroDenominator, Flag::EmptyDomain, Flag::Ok, Flag::EmptyDomain]);
    assert_eq!(found[0].estimate, None);
    assert_eq!((found[0].n, found[0].n_valid), (2, 0));
    assert_eq!((found[2].estimate, found[2].se), (Some(100.0), Some(0.0)));
    assert!(run(&plain(4), &[&[4; 4]], Measure::item(0), Domains::new(vec![NO_DOMAIN; 4], 0)).is_empty());
}

#[test]
fn a_known_total_takes_the_variance_of_what_it_fixes() {
    // Cells coincide with the answer: the estimate is the known share, without variance.
    let design = plain(4);
    let weighted = Poststratified::new(design.weights(), vec![0, 0, 0, 1], &[30.0, 70.0]).unwrap();
    let design = design.with_weights(weighted.weights()).unwrap();
    let scoring = satisfied();
    let items = [Item { codes: &[4, 5, 4, 1], scoring: &scoring }];
    let measures = [Measure::item(0)];
    let found = Index::new(IndexSpec {
        design: &design,
        items: &items,
        measures: &measures,
        domains: Domains::whole(),
        poststratified: Some(&weighted),
    })
    .unwrap()
    .estimate();
    let found = found.get(0, 0).unwrap();
    close(found.estimate.unwrap(), 30.0, 1e-14, "estimate");
    assert_eq!(found.se, Some(0.0));
}

#[test]
fn an_index_that_does_not_fit_is_refused() {
    let design = plain(2);
    let scoring = satisfied();
    let items = [Item { codes: &[4, 5], scoring: &scoring }];
    let refuse = |measures: &[Measure], domains: Domains<'_>| {
        Index::new(IndexSpec { design: &design, items: &items, measures, domains, poststratified: None }).unwrap_err()
    };
    let whole = Domains::whole;
    assert_eq!(refuse(&[Measure::pooled([])], whole()), IndexError::EmptyMeasure { measure: 0 });
    assert_eq!(refuse(&[Measure::item(0), Measure::item(1)], whole()), IndexError::NoItem { measure: 1, item: 1, items: 1 });
    assert_eq!(refuse(&[Measure::pooled([0, 0])], whole()), IndexError::ItemTwice { measure: 0, item: 0 });
    assert!(matches!(refuse(&[Measure::Linear(vec![(0, f64::NAN)])], whole()), IndexError::Coefficient { .. }));
    assert_eq!(refuse(&[], Domains::new(vec![0], 1)), IndexError::DomainLength { rows: 2, found: 1 });
    assert_eq!(refuse(&[], Domains::new(vec![0, 1], 1)), IndexError::Domain { row: 1, domain: 1, count: 1 });
    assert_eq!(Scoring::satisfied(&[1, 2], &[3]), Err(ScoringError::SatisfiedNotValid(3)));
    assert_eq!(Scoring::satisfied(&[], &[]), Err(ScoringError::NoValidCode));
    assert!(matches!(Scoring::points(&[(1, f64::INFINITY)]), Err(ScoringError::Score { .. })));
}
