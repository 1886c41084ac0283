//! Quality of items against R `svycralpha`, by hand, and by what must hold.

use super::support::{close, number, numbers, table};
use proptest::prelude::*;
use sipas::stats::instrument::{Answers, Instrument, InstrumentError, Item, Scale, Share, instrument};

fn of(columns: &[Vec<f64>], scale: &Scale, weights: &[f64]) -> Result<Instrument, InstrumentError> {
    instrument(&columns.iter().map(|column| Item { answers: Answers::Numbers(column), scale }).collect::<Vec<_>>(), weights)
}

fn points() -> Scale {
    Scale::new(&[1.0, 2.0, 3.0, 4.0, 5.0].map(|code| (code, code)), &[9.0]).unwrap()
}

#[test]
fn alpha_agrees_with_r() {
    let rows = table("x_alpha_data.csv");
    let lines = table("x_alpha.csv");
    assert_eq!(lines.len(), 6);
    for line in &lines {
        // Jackknife replicates have the full-sample weights of the design they were made from.
        let design = if line["design"] == "jk1" { "clus1" } else { &line["design"] };
        let rows: Vec<_> = rows.iter().filter(|row| row["design"] == design).cloned().collect();
        let columns: Vec<Vec<f64>> = line["items"].split('+').map(|item| numbers(&rows, item)).collect();
        let found = of(&columns, &Scale::any_number(), &numbers(&rows, "weight")).unwrap();
        close(found.alpha.unwrap(), number(line, "alpha"), 1e-9, &format!("{} {}", line["design"], line["items"]));
        // Alpha without an item is alpha of the others; no answer is missing here.
        for (item, own) in found.items.iter().enumerate() {
            let mut others = columns.clone();
            others.remove(item);
            let expected = of(&others, &Scale::any_number(), &numbers(&rows, "weight")).unwrap().alpha.unwrap();
            close(own.alpha_without.unwrap(), expected, 1e-12, "without an item");
            assert_eq!((own.ceiling, own.floor), (None, None));
        }
    }
}

#[test]
fn four_answers_by_hand() {
    // Item a: 1 5 5 –; b: 2 4 – 9 (not applicable); weights 1 1 2 4. Complete rows: the first two.
    let a = vec![1.0, 5.0, 5.0, f64::NAN];
    let b = vec![2.0, 4.0, 0.0, 9.0];
    let found = of(&[a, b], &points(), &[1.0, 1.0, 2.0, 4.0]).unwrap();
    assert_eq!((found.rows, found.complete), (4, 2));
    // Variances 4 and 1, of the sum 9: 2 (1 − 5 / 9).
    close(found.alpha.unwrap(), 8.0 / 9.0, 1e-12, "alpha");
    let [first, second] = [found.items[0], found.items[1]];
    assert_eq!((first.valid, second.valid, first.alpha_without), (3, 2, None));
    close(first.item_rest.unwrap(), 1.0, 1e-12, "two points lie on a line");
    assert_eq!(first.ceiling, Some(Share { weighted: 0.75, unweighted: 2.0 / 3.0 }));
    assert_eq!(first.floor, Some(Share { weighted: 0.25, unweighted: 1.0 / 3.0 }));
    assert_eq!(second.ceiling, Some(Share { weighted: 0.0, unweighted: 0.0 }));
    assert_eq!(first.nonresponse, Some(Share { weighted: 0.5, unweighted: 0.25 }));
    assert_eq!(first.not_applicable, Some(Share { weighted: 0.0, unweighted: 0.0 }));
    // Row 2 is missing, row 3 was not to answer.
    assert_eq!(second.nonresponse, Some(Share { weighted: 0.5, unweighted: 1.0 / 3.0 }));
    assert_eq!(second.not_applicable, Some(Share { weighted: 0.5, unweighted: 0.25 }));
}

#[test]
fn three_items_by_hand() {
    // Covariance matrix [[5, 4, 1], [4, 5, 2], [1, 2, 5]] / 4 of the columns: total 29 / 4.
    let columns = [[1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 4.0, 3.0], [2.0, 1.0, 4.0, 3.0]].map(|column| column.to_vec());
    let found = of(&columns, &points(), &[2.5; 4]).unwrap();
    let covariance = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| (x - 2.5) * (y - 2.5)).sum::<f64>() / 4.0;
    let s: Vec<Vec<f64>> = columns.iter().map(|x| columns.iter().map(|y| covariance(x, y)).collect()).collect();
    let total: f64 = s.iter().flatten().sum();
    close(found.alpha.unwrap(), 1.5 * (1.0 - 3.75 / total), 1e-12, "alpha");
    let rest = s[1][1] + s[2][2] + 2.0 * s[1][2];
    close(found.items[0].item_rest.unwrap(), (s[0][1] + s[0][2]) / (1.25 * rest).sqrt(), 1e-12, "item and rest");
    close(found.items[0].alpha_without.unwrap(), 2.0 * (1.0 - 2.5 / rest), 1e-12, "without the first");
}

#[test]
fn reversed_items_have_reversed_scores_and_bytes_read_as_numbers_do() {
    let plain = points();
    let reversed = Scale::new(&[1.0, 2.0, 3.0, 4.0, 5.0].map(|code| (code, 6.0 - code)), &[9.0]).unwrap();
    let straight: Vec<u8> = vec![1, 2, 5, 4, 9, 0, 3, 5];
    let turned: Vec<u8> = vec![5, 4, 1, 2, 9, 0, 3, 200];
    let weights = [1.0, 2.0, 0.5, 3.0, 1.0, 1.0, 0.0, 2.0];
    let items = [Item { answers: Answers::Codes(&straight), scale: &plain }, Item { answers: Answers::Codes(&turned), scale: &reversed }];
    let bytes = instrument(&items, &weights).unwrap();
    close(bytes.alpha.unwrap(), 1.0, 1e-12, "the same scores");
    assert_eq!((bytes.rows, bytes.complete), (7, 4));
    assert_eq!(bytes.items[1].ceiling, Some(Share { weighted: 0.5 / 6.5, unweighted: 0.25 }));
    let [straight, turned] = [straight, turned].map(|codes| codes.into_iter().map(f64::from).collect::<Vec<f64>>());
    let items =
        [Item { answers: Answers::Numbers(&straight), scale: &plain }, Item { answers: Answers::Numbers(&turned), scale: &reversed }];
    assert_eq!(instrument(&items, &weights).unwrap(), bytes);
}

#[test]
fn figures_without_a_denominator_are_left_out() {
    let same = of(&[vec![3.0; 5], vec![4.0; 5], vec![0.1; 5]], &Scale::any_number(), &[0.3; 5]).unwrap();
    assert_eq!((same.alpha, same.items[0].alpha_without, same.items[0].item_rest), (None, None, None));
    let one = of(&[vec![1.0, 5.0, 3.0]], &points(), &[1.0; 3]).unwrap();
    assert_eq!((one.alpha, one.items[0].alpha_without, one.items[0].item_rest), (None, None, None));
    assert!(one.items[0].ceiling.is_some());
    let single = of(&[vec![1.0], vec![2.0]], &points(), &[7.0]).unwrap();
    assert_eq!((single.complete, single.alpha), (1, None));
    // Answers that cancel: the sum never varies.
    let cancel = of(&[vec![1.0, 2.0, 3.0], vec![3.0, 2.0, 1.0]], &points(), &[1.0; 3]).unwrap();
    assert_eq!(cancel.alpha, None);
    close(cancel.items[0].item_rest.unwrap(), -1.0, 1e-12, "opposites");
    for nobody in [of(&[vec![], vec![]], &points(), &[]), of(&[vec![1.0], vec![1.0]], &points(), &[0.0])] {
        let nobody = nobody.unwrap();
        assert_eq!((nobody.rows, nobody.complete, nobody.alpha), (0, 0, None));
        assert_eq!((nobody.items[0].ceiling, nobody.items[0].nonresponse, nobody.items[0].not_applicable), (None, None, None));
    }
    let outside = of(&[vec![9.0, 9.0]], &points(), &[1.0; 2]).unwrap().items[0];
    assert_eq!((outside.valid, outside.ceiling, outside.nonresponse), (0, None, None));
    assert_eq!(outside.not_applicable, Some(Share { weighted: 1.0, unweighted: 1.0 }));
}

#[test]
fn what_does_not_fit_is_refused() {
    assert_eq!(Scale::new(&[], &[9.0]), Err(InstrumentError::NoValidCode));
    assert_eq!(Scale::new(&[(1.0, f64::INFINITY)], &[]), Err(InstrumentError::Code { code: 1.0, score: f64::INFINITY }));
    assert_eq!(Scale::new(&[(1.0, 1.0)], &[2.0, 1.0]), Err(InstrumentError::Twice(1.0)));
    assert_eq!(of(&[], &points(), &[]), Err(InstrumentError::NoItems));
    assert_eq!(of(&[vec![1.0], vec![]], &points(), &[1.0]), Err(InstrumentError::Length { item: 1, rows: 1, found: 0 }));
    assert_eq!(of(&[vec![1.0, 1.0]], &points(), &[1.0, -2.0]), Err(InstrumentError::Weight { row: 1, value: -2.0 }));
    assert!(matches!(of(&[vec![1.0]], &points(), &[f64::NAN]), Err(InstrumentError::Weight { row: 0, .. })));
}

#[test]
fn digits_do_not_depend_on_the_number_of_threads() {
    let rows = 20_000;
    let column = |shift: usize| (0..rows).map(|row| ((row * 7919 + shift * 31) % 5 + 1 + shift % 2) as f64 % 6.0).collect::<Vec<f64>>();
    let columns: Vec<Vec<f64>> = (0..4).map(column).collect();
    let weights: Vec<f64> = (0..rows).map(|row| 0.1 + (row % 17) as f64 / 3.0).collect();
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| of(&columns, &points(), &weights).unwrap())
    };
    assert_eq!(with(1), with(4));
    // Several chunks give what one pass over everything gives.
    let complete: Vec<usize> = (0..rows).filter(|row| columns.iter().all(|column| (1.0..=5.0).contains(&column[*row]))).collect();
    assert_eq!(with(2).complete, complete.len() as u64);
    let total: f64 = complete.iter().map(|row| weights[*row]).sum();
    let mean = |column: &[f64]| complete.iter().map(|row| weights[*row] * column[*row]).sum::<f64>() / total;
    let variance = |column: &[f64]| {
        let mean = mean(column);
        complete.iter().map(|row| weights[*row] * (column[*row] - mean).powi(2)).sum::<f64>() / total
    };
    let sum: Vec<f64> = (0..rows).map(|row| columns.iter().map(|column| column[row]).sum()).collect();
    let own: f64 = columns.iter().map(|column| variance(column)).sum();
    close(with(2).alpha.unwrap(), 4.0 / 3.0 * (1.0 - own / variance(&sum)), 1e-10, "alpha");
}

proptest! {
    /// Any answers give shares from 0 to 1, no figure that is not a number, and the same for weights in another unit.
    #[test]
    fn figures_stay_in_their_range(
        rows in prop::collection::vec((prop::array::uniform3(0..11_u8), 0.0..4.0_f64), 0..30),
        factor in 1e-200..1e200_f64,
    ) {
        let scale = points();
        let columns: Vec<Vec<u8>> = (0..3).map(|item| rows.iter().map(|row| row.0[item]).collect()).collect();
        let items: Vec<Item<'_>> = columns.iter().map(|column| Item { answers: Answers::Codes(column), scale: &scale }).collect();
        let weights: Vec<f64> = rows.iter().map(|row| if row.1 < 0.5 { 0.0 } else { row.1 }).collect();
        let found = instrument(&items, &weights).unwrap();
        prop_assert!(found.alpha.is_none_or(|alpha| alpha <= 1.0 + 1e-9));
        for item in &found.items {
            prop_assert!(item.item_rest.is_none_or(|r| (-1.0..=1.0).contains(&r)));
            prop_assert!(item.alpha_without.is_none_or(f64::is_finite));
            for share in [item.ceiling, item.floor, item.nonresponse, item.not_applicable].into_iter().flatten() {
                prop_assert!((0.0..=1.0).contains(&share.weighted) && (0.0..=1.0).contains(&share.unweighted));
            }
        }
        let other: Vec<f64> = weights.iter().map(|weight| weight * factor).collect();
        let again = instrument(&items, &other).unwrap();
        prop_assert_eq!(again.complete, found.complete);
        prop_assert_eq!(again.alpha.is_some(), found.alpha.is_some());
        if let (Some(one), Some(two)) = (found.alpha, again.alpha) {
            prop_assert!((one - two).abs() < 1e-9 * (1.0 + one.abs()));
        }
    }
}
