//! Groups compared, and which waves may be.

use crate::estimation::change::{Unlike, alike, change};
use crate::estimation::examples::{Form, open, prepared, questionnaire};
use crate::estimation::{By, Filter, Grouping, Level, Row, compare};
use crate::questionnaires::Questionnaire;
use crate::surveys::{Mode, Open, Stream, Survey, Weighting};
use crate::units::UnitKind::{Commune, Ward};

fn wave(questionnaire: Questionnaire) -> Open {
    open(questionnaire, &[("a", Ward)], 0)
}

#[test]
fn waves_are_compared_only_when_they_were_measured_alike() {
    let pooled = || questionnaire("pooled", "");
    let now = wave(pooled());
    assert_eq!(alike(&now, &wave(pooled()), Stream::Sample), Ok(()));
    // Words, roles and questions outside the index may differ.
    let mut other = questionnaire("pooled", "role: outcome, ");
    other.version = "2".to_owned();
    other.title.clone_from(&other.questions[0].text);
    assert_eq!(alike(&now, &wave(other), Stream::Sample), Ok(()));
    assert_eq!(alike(&now, &wave(questionnaire("item_mean", "")), Stream::Sample), Err(Unlike::Index));
    let changed = |change: &dyn Fn(&mut Questionnaire)| {
        let mut other = pooled();
        change(&mut other);
        alike(&now, &wave(other), Stream::Sample)
    };
    assert_eq!(changed(&|q| q.code = "another".to_owned()), Err(Unlike::Index));
    assert_eq!(changed(&|q| q.index = None), Err(Unlike::Index));
    assert_eq!(changed(&|q| q.questions[3].code = "new".to_owned()), Err(Unlike::Index), "another question");
    assert_eq!(changed(&|q| *q.index.as_mut().unwrap().scores.get_mut("3").unwrap() = 100.0), Err(Unlike::Index), "another answer counts");
    assert_eq!(changed(&|q| q.index.as_mut().unwrap().scores.retain(|code, _| code != "3")), Err(Unlike::Index), "an answer is not valid");
    assert_eq!(changed(&|q| q.index.as_mut().unwrap().parts[0].factors.truncate(1)), Err(Unlike::Index), "a smaller tree");
    let moved = changed(&|q| {
        let factors = &mut q.index.as_mut().unwrap().parts[0].factors;
        let item = factors[0].items.pop().unwrap();
        factors[1].items.insert(0, item);
    });
    assert_eq!(moved, Err(Unlike::Index), "an item in another factor");
    let mut weighted = wave(pooled());
    weighted.survey.weighting = Weighting::Population;
    assert_eq!(alike(&now, &weighted, Stream::Sample), Err(Unlike::Weighting));
    let mut others = wave(pooled());
    others.survey = Survey::example("census", &[Stream::Census, Stream::Open], 0);
    assert_eq!(alike(&now, &others, Stream::Sample), Err(Unlike::Stream));
    let of = |units| alike(&now, &open(pooled(), units, 0), Stream::Sample);
    assert_eq!(of(&[("b", Ward), ("c", Ward)]), Ok(()), "other wards");
    assert_eq!(of(&[("a", Ward), ("x", Commune)]), Err(Unlike::Units), "the city is not its wards");
}

fn row(category: &str, estimate: f64, se: f64, df: u32) -> Row {
    let survey = wave(questionnaire("pooled", ""));
    let forms = [Form::default(), Form { items: 1, ..Form::default() }];
    let mut row = prepared(&survey, &forms, Filter::default()).estimate(By::All, &[Level::Overall]).unwrap().remove(0);
    (row.category, row.estimate, row.se, row.df) = (Some(category.to_owned()), Some(estimate), Some(se), df);
    row
}

/// Three groups by hand: SE² = v₁ + v₂ − 2 cov, and the surest of three pairs counts threefold.
#[test]
fn groups_that_share_a_sample_are_compared_with_their_covariance() {
    let rows = vec![row("x", 80.0, 2.0, 60), row("y", 70.0, 3.0, 80), row("z", 71.0, 1.0, 99)];
    let covariance = [4.0, 1.5, -0.5, 1.5, 9.0, 0.25, -0.5, 0.25, 1.0].map(Some).to_vec();
    let found = compare::of(rows.clone(), covariance, 0.95).unwrap();
    let names: Vec<(&str, &str)> = found.pairs.iter().map(|p| (p.first.as_str(), p.second.as_str())).collect();
    assert_eq!(names, [("x", "y"), ("x", "z"), ("y", "z")]);
    for (pair, (difference, variance)) in found.pairs.iter().zip([(10.0, 10.0), (9.0, 6.0), (-1.0, 9.5)]) {
        assert!((pair.difference - difference).abs() < 1e-12 && (pair.se * pair.se - variance).abs() < 1e-12, "{pair:?}");
    }
    let p: Vec<f64> = found.pairs.iter().map(|p| p.p_adjusted.unwrap()).collect();
    assert!(p[1] < p[0] && p[0] < p[2], "{p:?}");
    assert!(found.differs(0.95) && !found.differs(0.9999));
    // x and z alone are not adjusted: the p value of one pair is that of the difference, a third of that among three.
    let alone = compare::of(vec![rows[0].clone(), rows[2].clone()], [4.0, -0.5, -0.5, 1.0].map(Some).to_vec(), 0.95).unwrap();
    assert!((3.0 * alone.pairs[0].p_adjusted.unwrap() - p[1]).abs() < 1e-12);
}

/// With the same degrees of freedom for both, streams are compared as waves are, but on the smaller ones of the two.
#[test]
fn independent_groups_have_no_covariance_and_hidden_ones_no_pairs() {
    let rows = vec![row("sample", 80.0, 2.0, 60), row("open", 75.0, 1.5, 40)];
    let found = compare::independent(rows.clone(), 0.95).unwrap();
    assert_eq!((found.pairs[0].difference, found.pairs[0].se), (5.0, 2.5));
    let as_waves = change(&rows[0], &rows[1], 0.95).unwrap().unwrap();
    assert_eq!(as_waves.se, Some(2.5));
    // 2.021075 is the 97.5 % quantile of Student's t with 40 degrees of freedom.
    let (low, high) = found.pairs[0].interval.unwrap();
    assert!(((high - low) / 5.0 - 2.021_075).abs() < 1e-6, "{low} {high}");
    let mut hidden = rows;
    (hidden[1].estimate, hidden[1].se) = (None, None);
    assert!(compare::independent(hidden, 0.95).unwrap().pairs.is_empty());
}

/// The covariances of a real grouping belong to the groups: adding what modes have in common changes nothing, because rows of other modes are other people.
#[test]
fn modes_of_one_sample_are_compared_pair_by_pair() {
    let survey = wave(questionnaire("pooled", ""));
    let form = |mode, items| Form { mode, items, ..Form::default() };
    let forms: Vec<Form<'_>> = (0..40).map(|i| form([Mode::Web, Mode::Kiosk][i % 2], if i % 4 < 2 || i < 10 { 5 } else { 1 })).collect();
    let all = prepared(&survey, &forms, Filter::default());
    let found = compare::within(&all, Grouping::By(By::Mode), &[Level::Part]).unwrap();
    assert_eq!(found.pairs.len(), 1);
    let overall: Vec<&Row> = found.rows.iter().filter(|r| r.measure_level == Level::Overall).collect();
    assert_eq!((overall.len(), found.rows.len()), (2, 6));
    let pair = &found.pairs[0];
    assert!((pair.difference - (overall[0].estimate.unwrap() - overall[1].estimate.unwrap())).abs() < 1e-12);
    let squares = overall.iter().map(|r| r.se.unwrap().powi(2)).sum::<f64>();
    assert!(
        (pair.se.powi(2) - squares).abs() < 0.1 * squares,
        "one stratum holds both, so the covariance is small: {} {squares}",
        pair.se.powi(2)
    );
}
