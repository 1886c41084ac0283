//! Association of items with an outcome or the rest, against an exact computation by pairs, printed figures, and by what must hold.

use super::support::{close, number, table};
use proptest::prelude::*;
use sipas::stats::drivers::{Against, Association, AssociationError, associations};
use sipas::stats::index::{Item, NO_DOMAIN, Scoring};

/// The same scales as in `data/make_association.py`: what the codes 1, 2, 3 … are worth.
const SCALES: [(&str, &[f64]); 6] = [
    ("a", &[0.0, 0.0, 0.0, 100.0, 100.0]),
    ("b", &[0.0, 0.0, 0.0, 100.0, 100.0]),
    ("c", &[1.0, 2.0, 3.0, 4.0, 5.0]),
    ("d", &[0.0, 1.0]),
    ("e", &[-3.0, -1.0, 0.0, 1.0, 7.0]),
    ("f", &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]),
];

fn scale(worth: &[f64]) -> Scoring {
    Scoring::points(&(1u8..).zip(worth.iter().copied()).collect::<Vec<_>>()).unwrap()
}

fn codes(rows: &[std::collections::HashMap<String, String>], column: &str) -> Vec<u8> {
    rows.iter().map(|row| if row[column].is_empty() { 0 } else { row[column].parse().unwrap() }).collect()
}

/// Items on different scales, answers left out, weights and a group: 36 figures computed in exact fractions.
#[test]
fn associations_agree_with_an_exact_computation_by_pairs() {
    let people = table("association_data.csv");
    let weights: Vec<f64> = people.iter().map(|row| number(row, "weight")).collect();
    let columns: Vec<(Vec<u8>, Scoring)> = SCALES.iter().map(|(name, worth)| (codes(&people, name), scale(worth))).collect();
    let items: Vec<Item<'_>> = columns.iter().map(|(codes, scoring)| Item { codes, scoring }).collect();
    let (outcome, five) = (codes(&people, "outcome"), scale(&[1.0, 2.0, 3.0, 4.0, 5.0]));
    let rows = table("association.csv");
    assert_eq!(rows.len(), 36);
    for row in &rows {
        let group: Option<Vec<u32>> = (!row["group"].is_empty())
            .then(|| people.iter().map(|person| if person["group"] == row["group"] { 0 } else { NO_DOMAIN }).collect());
        let against = if row["against"] == "rest" { Against::Rest } else { Against::Outcome(Item { codes: &outcome, scoring: &five }) };
        let found = associations(&items, &weights, group.as_deref(), against).unwrap();
        let own = found[SCALES.iter().position(|(name, _)| *name == row["item"]).unwrap()];
        let what = format!("{} {} {}", row["group"], row["against"], row["item"]);
        assert_eq!(own.rows, row["rows"].parse::<u64>().unwrap(), "{what}");
        close(own.weight, number(row, "weight"), 1e-12, &what);
        close(own.correlation.unwrap(), number(row, "correlation"), 1e-9, &what);
    }
}

/// S. Chatterjee and B. Price, *Regression Analysis by Example* (1977), section 3.7: overall rating of supervisors and six questions. The correlations
/// with the rating are those that R prints for `cor(attitude)`.
#[test]
fn the_textbook_s_ratings_of_supervisors() {
    let departments = table("attitude.csv");
    let names = ["complaints", "privileges", "learning", "raises", "critical", "advance"];
    let percent = scale(&(1..=100).map(f64::from).collect::<Vec<_>>());
    let columns = names.map(|name| codes(&departments, name));
    let rating = codes(&departments, "rating");
    let items = columns.each_ref().map(|codes| Item { codes, scoring: &percent });
    let against = Against::Outcome(Item { codes: &rating, scoring: &percent });
    let found = associations(&items, &[1.0; 30], None, against).unwrap();
    let rounded: Vec<f64> = found.iter().map(|one| (one.correlation.unwrap() * 1e7).round() / 1e7).collect();
    assert_eq!(rounded, [0.825_417_6, 0.426_116_9, 0.623_678_2, 0.590_139, 0.156_439_2, 0.155_086_3]);
}

#[test]
fn what_does_not_vary_or_is_too_little_has_no_association() {
    let five = scale(&[1.0, 2.0, 3.0, 4.0, 5.0]);
    let of = |x: &[u8], y: &[u8], w: &[f64]| {
        let items = [Item { codes: x, scoring: &five }];
        associations(&items, w, None, Against::Outcome(Item { codes: y, scoring: &five })).unwrap()[0]
    };
    let one = of(&[1, 2, 3], &[2, 4, 5], &[1.0; 3]).correlation.unwrap();
    close(one, 3.0 / (2.0_f64 * 14.0 / 3.0).sqrt(), 1e-12, "by hand");
    assert_eq!(of(&[1, 2], &[2, 4], &[1.0; 2]), Association { weight: 2.0, rows: 2, correlation: None });
    assert_eq!(of(&[3, 3, 3], &[2, 4, 5], &[1.0; 3]).correlation, None);
    assert_eq!(of(&[1, 2, 3], &[4, 4, 4], &[0.1, 0.3, 0.7]).correlation, None);
    // A weight of 0 leaves a row out; an answer that is none does too, but the item was answered.
    assert_eq!(of(&[1, 2, 3, 5], &[2, 4, 5, 1], &[1.0, 1.0, 1.0, 0.0]).correlation, Some(one));
    assert_eq!(of(&[1, 2, 3, 5], &[2, 4, 5, 0], &[1.0; 4]), Association { weight: 4.0, rows: 3, correlation: Some(one) });
    // One item alone has no rest.
    let alone = associations(&[Item { codes: &[1, 2, 3, 4], scoring: &five }], &[1.0; 4], None, Against::Rest).unwrap()[0];
    assert_eq!(alone, Association { weight: 4.0, rows: 0, correlation: None });
}

#[test]
fn columns_of_another_length_are_refused_by_name() {
    let five = scale(&[1.0, 2.0, 3.0]);
    let item = |codes: &'static [u8]| Item { codes, scoring: &five };
    let length = |item, found| AssociationError::Length { item, rows: 3, found };
    assert_eq!(associations(&[item(&[1, 2, 3]), item(&[1])], &[1.0; 3], None, Against::Rest), Err(length(Some(1), 1)));
    assert_eq!(associations(&[item(&[1, 2, 3])], &[1.0; 3], Some(&[0]), Against::Rest), Err(length(None, 1)));
    assert_eq!(associations(&[item(&[1, 2, 3])], &[1.0; 3], None, Against::Outcome(item(&[1, 2]))), Err(length(None, 2)));
}

proptest! {
    /// A correlation knows neither the unit of the weights, nor the scale of the outcome, nor the order of rows; turning the outcome round turns the sign.
    #[test]
    fn units_and_order_do_not_matter(
        rows in prop::collection::vec((prop::array::uniform4(0u8..=5), 0u8..=5, 0.1..9.0_f64), 3..60),
        factor in 0.1..10.0_f64,
    ) {
        let (five, other) = (scale(&[1.0, 2.0, 3.0, 4.0, 5.0]), scale(&[90.0, 70.0, 50.0, 30.0, 10.0]));
        let figures = |rows: &[([u8; 4], u8, f64)], factor: f64, outcome: Option<&Scoring>| {
            let columns: Vec<Vec<u8>> = (0..4).map(|k| rows.iter().map(|row| row.0[k]).collect()).collect();
            let y: Vec<u8> = rows.iter().map(|row| row.1).collect();
            let w: Vec<f64> = rows.iter().map(|row| row.2 * factor).collect();
            let items: Vec<Item<'_>> = columns.iter().map(|codes| Item { codes, scoring: &five }).collect();
            let against = outcome.map_or(Against::Rest, |scoring| Against::Outcome(Item { codes: &y, scoring }));
            associations(&items, &w, None, against).unwrap()
        };
        let mut turned = rows.clone();
        turned.reverse();
        for outcome in [None, Some(&five)] {
            let found = figures(&rows, 1.0, outcome);
            for (a, b) in found.iter().zip(figures(&turned, factor, outcome)) {
                prop_assert_eq!(a.rows, b.rows);
                prop_assert!((a.weight * factor - b.weight).abs() < 1e-9 * b.weight.max(1.0));
                prop_assert_eq!(a.correlation.is_some(), b.correlation.is_some());
                prop_assert!((a.correlation.unwrap_or(0.0) - b.correlation.unwrap_or(0.0)).abs() < 1e-9);
                prop_assert!(a.correlation.is_none_or(|r| (-1.0..=1.0).contains(&r)));
            }
        }
        for (a, b) in figures(&rows, 1.0, Some(&five)).iter().zip(figures(&rows, 1.0, Some(&other))) {
            prop_assert!((a.correlation.unwrap_or(0.0) + b.correlation.unwrap_or(0.0)).abs() < 1e-9);
        }
    }
}
