//! Published national and city figures: two parts of 23 and 16 items pool to the published overall index.

use sipas::stats::design::{Design, DesignSpec, LonelyPsu};
use sipas::stats::index::{Domains, Index, IndexSpec, Item, Measure, Scoring};

/// Answers of 10,000 people of whom the given share (percent with two decimals) is satisfied with every item of a part.
fn answers(percent: f64) -> Vec<u8> {
    (0..10_000).map(|row| if f64::from(row) < (percent * 100.0).round() { 4 } else { 3 }).collect()
}

fn overall(parts: [f64; 2], measure: &Measure) -> f64 {
    let design = Design::new(DesignSpec { weights: vec![1.0; 10_000].into(), strata: None, psus: None, lonely: LonelyPsu::Fail }).unwrap();
    let scoring = Scoring::satisfied(&[1, 2, 3, 4, 5], &[4, 5]).unwrap();
    let columns = parts.map(answers);
    let items: Vec<Item<'_>> = (0..39).map(|item| Item { codes: &columns[usize::from(item >= 23)], scoring: &scoring }).collect();
    let index = Index::new(IndexSpec {
        design: &design,
        items: &items,
        measures: std::slice::from_ref(measure),
        domains: Domains::whole(),
        poststratified: None,
    })
    .unwrap();
    index.estimate().rows()[0].estimate.unwrap()
}

#[test]
fn pooling_reproduces_the_published_index() {
    // Nation 2024, Hà Nội 2023, Hà Nội 2024.
    for (parts, published) in [([83.84, 84.09], "83.94"), ([83.46, 83.72], "83.57"), ([86.51, 86.49], "86.50")] {
        let found = overall(parts, &Measure::pooled(0..39));
        assert_eq!(format!("{found:.2}"), published);
    }
}

#[test]
fn the_plain_mean_of_parts_does_not() {
    let parts = [(0..23).collect::<Vec<_>>(), (23..39).collect()];
    let found = overall([83.84, 84.09], &Measure::factor_mean(&parts));
    assert_eq!(format!("{found:.3}"), "83.965");
}
