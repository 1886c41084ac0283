//! The index from rows that come in portions, against the index of all rows at once.

use super::calibrated_index::{Case, DOMAINS, ITEMS, near};
use sipas::stats::design::{Design, DesignSpec, LonelyPsu};
use sipas::stats::index::{
    Domains, Estimate, Flag, Index, IndexSpec, IndexStream, IndexSums, IndexTable, Item, Measure, Portion, Scoring, StreamError,
};
use std::ops::Range;

const POLICIES: [LonelyPsu; 5] = [LonelyPsu::Fail, LonelyPsu::Remove, LonelyPsu::Certainty, LonelyPsu::Adjust, LonelyPsu::Average];

fn add(stream: &mut IndexStream, case: &Case, rows: Range<usize>) -> Result<(), StreamError> {
    let codes: Vec<&[u8]> = case.codes.iter().map(|codes| &codes[rows.clone()]).collect();
    stream.add(&Portion {
        weights: &case.weights[rows.clone()],
        domains: Some(&case.domains[rows.clone()]),
        strata: Some(&case.strata[rows.clone()]),
        psus: case.psus.as_ref().map(|psus| &psus[rows]),
        codes: &codes,
    })
}

fn streamed(case: &Case, cuts: &[usize]) -> IndexSums<'static> {
    let empty = IndexStream::new(Case::scorings(), &Case::measures(), DOMAINS).unwrap();
    let mut whole = empty.empty();
    for bounds in cuts.windows(2) {
        let mut part = empty.empty();
        let middle = bounds[0].midpoint(bounds[1]);
        add(&mut part, case, bounds[0]..middle).unwrap();
        add(&mut part, case, middle..bounds[1]).unwrap();
        whole.merge(part).unwrap();
    }
    whole.finish(case.lonely).unwrap()
}

fn at_once(case: &Case) -> (IndexTable, Vec<Vec<Option<f64>>>) {
    let design = Design::new(DesignSpec {
        weights: case.weights.as_slice().into(),
        strata: Some(case.strata.as_slice().into()),
        psus: case.psus.as_deref().map(Into::into),
        lonely: case.lonely,
    })
    .unwrap();
    let (scorings, measures) = (Case::scorings(), Case::measures());
    let items: Vec<Item<'_>> = case.codes.iter().zip(&scorings).map(|(codes, scoring)| Item { codes, scoring }).collect();
    let domains = Domains::new(case.domains.as_slice(), DOMAINS);
    let index = Index::new(IndexSpec { design: &design, items: &items, measures: &measures, domains, poststratified: None }).unwrap();
    let sums = index.sums();
    let covariances = (0..measures.len()).map(|m| sums.covariance(m).unwrap()).collect();
    (sums.table().clone(), covariances)
}

fn same(found: &Estimate, expected: &Estimate, what: &str) {
    let counts = |e: &Estimate| (e.flag, e.n, e.n_valid, e.df_design, e.df_domain);
    assert_eq!(counts(found), counts(expected), "{what}");
    let figures = |e: &Estimate| [e.estimate, e.se, e.deff, e.effective_n];
    for (found, expected) in figures(found).into_iter().zip(figures(expected)) {
        assert_eq!(found.is_some(), expected.is_some(), "{what}");
        near(found.unwrap_or(0.0), expected.unwrap_or(0.0), 0.0, what);
    }
}

#[test]
fn portions_and_merged_parts_make_the_table_of_all_rows() {
    for lonely in POLICIES {
        for clustered in [true, false] {
            for (seed, cuts) in [(0, vec![0, 200]), (1, vec![0, 1, 90, 200]), (2, vec![0, 66, 66, 133, 200])] {
                let mut case = Case::new(seed, 200, &[2], lonely, clustered);
                // Weights of another size in later parts bring another scale.
                case.weights[120..].iter_mut().for_each(|weight| *weight *= 1000.0);
                let (table, covariances) = at_once(&case);
                let found = streamed(&case, &cuts);
                for (place, (found, expected)) in found.table().rows().iter().zip(table.rows()).enumerate() {
                    same(found, expected, &format!("{lonely:?}, clustered {clustered}, seed {seed}, figure {place}"));
                }
                for (m, expected) in covariances.iter().enumerate() {
                    let found = found.covariance(m).unwrap();
                    let scale = expected.iter().flatten().fold(0.0, |largest: f64, value| value.abs().max(largest));
                    for (found, expected) in found.iter().zip(expected) {
                        assert_eq!(found.is_some(), expected.is_some());
                        near(found.unwrap_or(0.0), expected.unwrap_or(0.0), scale, "covariance");
                    }
                }
            }
        }
    }
}

#[test]
fn weights_far_apart_and_answers_all_alike_leave_numbers() {
    let scorings = || vec![Scoring::satisfied(&[1, 2, 3, 4, 5], &[4, 5]).unwrap(); 2];
    let measures = [Measure::item(0), Measure::item_mean(0..2)];
    let alike: [&[u8]; 2] = [&[4, 5, 4, 4], &[5, 5, 4, 5]];
    let mixed: [&[u8]; 2] = [&[4, 1, 4, 2], &[5, 2, 3, 5]];
    for psus in [None, Some(&[0, 0, 1, 2][..])] {
        for (first, second) in [([1e-300; 4], [1e300; 4]), ([1e300; 4], [1e-300; 4]), ([1.0; 4], [3.0; 4])] {
            let mut stream = IndexStream::new(scorings(), &measures, 1).unwrap();
            let portion = |weights, codes| Portion { weights, domains: None, strata: None, psus, codes };
            stream.add(&portion(&first, &alike)).unwrap();
            for row in stream.clone().finish(LonelyPsu::Fail).unwrap().table().rows() {
                assert_eq!((row.estimate, row.se, row.deff, row.flag), (Some(100.0), Some(0.0), None, Flag::Ok));
            }
            stream.add(&portion(&second, &mixed)).unwrap();
            for row in stream.finish(LonelyPsu::Fail).unwrap().table().rows() {
                let figures = [row.estimate, row.se, row.deff, row.effective_n];
                assert!(figures.iter().flatten().all(|figure| figure.is_finite()), "{row:?}");
            }
        }
    }
}

#[test]
fn portions_that_do_not_fit_are_refused_and_leave_no_trace() {
    let clustered = Case::new(3, 60, &[2], LonelyPsu::Fail, true);
    let plain = Case::new(3, 60, &[2], LonelyPsu::Fail, false);
    let mut stream = IndexStream::new(Case::scorings(), &Case::measures(), DOMAINS).unwrap();
    assert_eq!(stream.clone().finish(LonelyPsu::Fail).unwrap_err(), StreamError::NoRows);
    add(&mut stream, &clustered, 0..60).unwrap();
    let before = stream.clone().finish(LonelyPsu::Fail).unwrap().table().clone();

    assert_eq!(add(&mut stream, &plain, 0..60), Err(StreamError::Mixed));
    let other = IndexStream::new(Case::scorings(), &[Measure::item(0)], DOMAINS).unwrap();
    let mut part = other.empty();
    add(&mut part, &clustered, 0..60).unwrap();
    assert_eq!(stream.merge(part), Err(StreamError::Mixed));

    let codes: [&[u8]; ITEMS] = [&[1], &[2], &[3]];
    let row = Portion { weights: &[1.0], domains: None, strata: None, psus: Some(&[0]), codes: &codes };
    let refused = |portion: Portion<'_>| stream.clone().add(&portion).unwrap_err();
    assert_eq!(refused(Portion { weights: &[f64::NAN], ..row }).to_string().split(';').next(), Some("row 0 has weight NaN"));
    assert_eq!(refused(Portion { weights: &[0.0], ..row }), StreamError::Weight { row: 0, value: 0.0 });
    assert_eq!(refused(Portion { domains: Some(&[DOMAINS]), ..row }), StreamError::Domain { row: 0, domain: DOMAINS, count: DOMAINS });
    assert_eq!(refused(Portion { strata: Some(&[]), ..row }), StreamError::Length { column: "stratum", expected: 1, found: 0 });
    assert_eq!(refused(Portion { codes: &codes[1..], ..row }), StreamError::Length { column: "item", expected: ITEMS, found: ITEMS - 1 });
    let elsewhere = clustered.strata[clustered.psus.as_ref().unwrap().iter().position(|psu| *psu == 0).unwrap()];
    let expected = StreamError::PsuInTwoStrata { psu: 0, first: elsewhere, second: 77 };
    assert_eq!(refused(Portion { strata: Some(&[77]), ..row }), expected);

    assert_eq!(stream.finish(LonelyPsu::Fail).unwrap().table(), &before);
}
