//! Changes between two waves: Satterthwaite's degrees of freedom and Holm's adjustment, against printed figures, other programs and by what must hold.

use super::support::{close, number, table};
use proptest::prelude::*;
use sipas::estimation::change::{Change, change, changes};
use sipas::estimation::{Level, Row};

fn row(unit: Option<&str>, estimate: Option<f64>, se: Option<f64>, df: u32) -> Row {
    Row {
        unit: unit.map(str::to_owned),
        kind: None,
        category: None,
        measure: "index".to_owned(),
        measure_level: Level::Overall,
        estimate,
        se,
        ci_low: None,
        ci_high: None,
        n: 100,
        n_valid: 100,
        deff: None,
        df,
        flags: Vec::new(),
        band: None,
    }
}

/// Student's sleep data (Biometrika 6 (1908) 20) as two groups, as R prints them for `t.test(extra ~ group, data = sleep)`.
#[test]
fn the_two_sleeping_drugs_of_student() {
    let drugs = [[0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0], [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]];
    let [first, second] = drugs.map(|hours| {
        let mean = hours.iter().sum::<f64>() / 10.0;
        let squares: f64 = hours.iter().map(|x| (x - mean).powi(2)).sum();
        row(None, Some(mean), Some((squares / 9.0 / 10.0).sqrt()), 9)
    });
    let found = change(&first, &second, 0.95).unwrap().unwrap();
    let rounded = |x: f64, digits: f64| (x * digits).round() / digits;
    assert_eq!(rounded(found.difference / found.se.unwrap(), 1e4), -1.8608);
    assert_eq!(rounded(found.p.unwrap(), 1e5), 0.07939, "with 17.776 degrees of freedom");
    let (low, high) = found.interval.unwrap();
    assert_eq!([rounded(low, 1e7), rounded(high, 1e7)], [-3.365_483_2, 0.205_483_2]);
}

#[test]
fn differences_agree_with_an_integration_of_the_density() {
    let rows = table("changes.csv");
    assert_eq!(rows.len(), 24);
    for line in &rows {
        let df = |column: &str| line[column].parse().unwrap();
        let now = row(None, Some(number(line, "now")), Some(number(line, "se")), df("df"));
        let before = row(None, Some(number(line, "before")), Some(number(line, "se_before")), df("df_before"));
        let found = change(&now, &before, number(line, "level")).unwrap().unwrap();
        close(found.difference, number(line, "difference"), 1e-12, "difference");
        close(found.se.unwrap(), number(line, "se_difference"), 1e-12, "standard error");
        close(found.p.unwrap(), number(line, "p"), 1e-7, "p");
        let (low, high) = found.interval.unwrap();
        close(low, number(line, "low"), 1e-9, "low");
        close(high, number(line, "high"), 1e-9, "high");
    }
}

#[test]
fn holm_agrees_with_closed_testing_of_all_sets() {
    use sipas::stats::hypothesis::{Adjustment, adjust};
    let rows = table("changes_holm.csv");
    for family in 0..8 {
        let own: Vec<_> = rows.iter().filter(|row| row["family"] == family.to_string()).collect();
        let p: Vec<f64> = own.iter().map(|row| number(row, "p")).collect();
        for (found, row) in adjust(&p, Adjustment::Holm).unwrap().into_iter().zip(&own) {
            close(found, number(row, "adjusted"), 1e-12, &format!("family {family}, p {}", row["p"]));
        }
    }
}

#[test]
fn figures_that_one_wave_does_not_have_are_left_out_and_those_without_an_error_are_not_tested() {
    let now = [
        row(Some("a"), Some(80.0), Some(1.0), 9),
        row(Some("b"), None, None, 9),
        row(Some("c"), Some(70.0), None, 0),
        row(Some("e"), Some(1.0), None, 0),
    ];
    let before =
        [row(Some("a"), Some(75.0), Some(0.0), 0), row(Some("b"), Some(60.0), Some(1.0), 9), row(Some("c"), Some(60.0), Some(1.0), 9)];
    let found = changes(&now, &before, 0.95).unwrap();
    let units: Vec<&str> = found.iter().filter_map(|c| c.unit.as_deref()).collect();
    assert_eq!(units, ["a", "c"], "b is hidden now, e is new");
    assert_eq!((found[1].difference, found[1].se, found[1].p, found[1].direction(0.95)), (10.0, None, None, 0));
    // A wave without degrees of freedom makes no test either.
    assert_eq!((found[0].difference, found[0].p), (5.0, None));
    let known = [row(Some("a"), Some(75.0), Some(0.0), 5)];
    let found = changes(&now[..1], &known, 0.95).unwrap();
    assert!(found[0].p.is_some(), "a figure without error has the degrees of freedom of the other");
    assert_eq!((found[0].direction(0.95), found[0].direction(0.9999)), (1, 0));
}

fn any_figures() -> impl Strategy<Value = Vec<(f64, f64, u32)>> {
    prop::collection::vec((40.0..100.0_f64, 0.1..4.0_f64, 1u32..60), 12)
}

proptest! {
    /// Looked at together nothing becomes surer, the order stays, all together is a family of its own; turning the waves round turns the differences.
    #[test]
    fn adjusted_p_values_are_in_order_and_waves_can_be_turned(now in any_figures(), before in any_figures()) {
        let rows = |figures: &[(f64, f64, u32)]| -> Vec<Row> {
            let unit = |at: usize| (at > 0).then(|| format!("u{at}"));
            figures.iter().enumerate().map(|(at, (value, se, df))| row(unit(at).as_deref(), Some(*value), Some(*se), *df)).collect()
        };
        let (now, before) = (rows(&now), rows(&before));
        let (found, turned) = (changes(&now, &before, 0.95).unwrap(), changes(&before, &now, 0.95).unwrap());
        prop_assert_eq!(found.len(), 12);
        for (change, back) in found.iter().zip(&turned) {
            prop_assert!((change.difference + back.difference).abs() < 1e-12);
            prop_assert!((change.p.unwrap() - back.p.unwrap()).abs() < 1e-9);
            prop_assert_eq!(change.direction(0.95), -back.direction(0.95));
            let (low, high) = change.interval.unwrap();
            prop_assert_eq!(change.direction(0.95) != 0, low > 0.0 || high < 0.0, "test and interval say the same");
        }
        let mut units: Vec<&Change> = found.iter().filter(|c| c.unit.is_some()).collect();
        prop_assert!(found.iter().all(|c| c.p_adjusted.is_some() == c.unit.is_some()));
        units.sort_by(|a, b| a.p.unwrap().total_cmp(&b.p.unwrap()));
        for pair in units.windows(2) {
            prop_assert!(pair[0].p_adjusted <= pair[1].p_adjusted);
        }
        for change in units {
            prop_assert!(change.p <= change.p_adjusted && change.p_adjusted <= Some(1.0));
            prop_assert!(change.direction_among_all(0.95).abs() <= change.direction(0.95).abs());
        }
    }
}
