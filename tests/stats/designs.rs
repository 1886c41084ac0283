//! What designs and post-stratifications refuse, and what they count.

use sipas::stats::design::{Design, DesignError, DesignSpec, LonelyPsu, dense};
use sipas::stats::poststratify::{Poststratified, PoststratifyError};

fn refuse(weights: &[f64], strata: Option<&[u32]>, psus: Option<&[u32]>) -> DesignError {
    Design::new(DesignSpec { weights: weights.into(), strata: strata.map(Into::into), psus: psus.map(Into::into), lonely: LonelyPsu::Fail })
        .unwrap_err()
}

#[test]
fn every_inconsistency_has_its_own_error() {
    assert_eq!(refuse(&[], None, None), DesignError::NoRows);
    for value in [0.0, -1.0, f64::INFINITY] {
        assert_eq!(refuse(&[1.0, value], None, None), DesignError::Weight { row: 1, value });
    }
    assert!(matches!(refuse(&[f64::NAN], None, None), DesignError::Weight { row: 0, .. }));
    assert_eq!(refuse(&[1.0, 1.0], Some(&[0]), None), DesignError::Length { column: "stratum", rows: 2, found: 1 });
    assert_eq!(refuse(&[1.0, 1.0], None, Some(&[0, 2])), DesignError::NotDense { column: "PSU", row: 1, value: 2 });
    let error = refuse(&[1.0; 3], Some(&[0, 0, 1]), Some(&[0, 1, 0]));
    assert_eq!(error, DesignError::PsuInTwoStrata { psu: 0, first: 0, second: 1, row: 2 });
    assert!(error.to_string().contains("PSU 0 is in stratum 0 and, at row 2, in stratum 1"));
}

#[test]
fn degrees_of_freedom_count_psus_and_strata_with_rows() {
    let design = Design::new(DesignSpec {
        weights: vec![1.0; 6].into(),
        strata: Some(vec![2, 0, 0, 2, 2, 5].into()),
        psus: Some(vec![3, 0, 1, 3, 4, 2].into()),
        lonely: LonelyPsu::Fail,
    })
    .unwrap();
    assert_eq!((design.strata(), design.psus(), design.degrees_of_freedom()), (3, 5, 2));
    assert_eq!(design.lonely_strata(), [5]);
    assert_eq!(design.psus_in_stratum(2), 2);
    assert_eq!(design.psus_in_stratum(99), 0);
    assert_eq!(design.domain_degrees_of_freedom(|row| [0, 3, 4].contains(&row)), 1);
    assert_eq!(design.domain_degrees_of_freedom(|row| row < 3), 1);
    assert_eq!(design.domain_degrees_of_freedom(|_| false), 0);
}

#[test]
fn names_become_dense_numbers() {
    assert_eq!(dense(&["b", "a", "b"]), (vec![0, 1, 0], vec!["b", "a"]));
}

#[test]
fn cells_and_totals_that_do_not_fit_are_named() {
    let refuse = |weights: &[f64], cells: &[u32], totals: &[f64]| Poststratified::new(weights, cells, totals).unwrap_err();
    assert_eq!(refuse(&[], &[], &[]), PoststratifyError::NoRows);
    assert_eq!(refuse(&[1.0], &[], &[1.0]), PoststratifyError::Length { weights: 1, cells: 0 });
    assert_eq!(refuse(&[1.0, 0.0], &[0, 0], &[1.0]), PoststratifyError::Weight { row: 1, value: 0.0 });
    assert_eq!(refuse(&[1.0, 1.0], &[0, 2], &[1.0, 1.0]), PoststratifyError::NoTotal { row: 1, cell: 2, totals: 2 });
    assert_eq!(refuse(&[1.0], &[0], &[0.0]), PoststratifyError::Total { cell: 0, value: 0.0 });
    let empty = refuse(&[1.0], &[0], &[10.0, 20.0]);
    assert_eq!(empty, PoststratifyError::EmptyCell { cell: 1, total: 20.0 });
    assert!(empty.to_string().contains("merge it with a similar cell"));
    assert!(matches!(refuse(&[1e-300], &[0], &[1e300]), PoststratifyError::OutOfRange { cell: 0, .. }));
}

#[test]
fn poststratification_keeps_its_record() {
    let weighted = Poststratified::new(&[1.0, 3.0, 2.0], vec![0, 0, 1], &[8.0, 3.0]).unwrap();
    assert_eq!(weighted.weights(), [2.0, 6.0, 3.0]);
    assert_eq!(weighted.factors(), [2.0, 1.5]);
    assert_eq!(weighted.sums_before(), [4.0, 2.0]);
    assert_eq!(weighted.residuals(&[0.0, 4.0, 5.0]).unwrap(), [-3.0, 1.0, 0.0]);
    assert!(weighted.residuals(&[1.0]).is_err());
}
