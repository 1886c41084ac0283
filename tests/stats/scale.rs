//! Sizes that break careless code: weights far out of range, one respondent, many rows on many threads.

use super::support::close;
use sipas::stats::design::{Design, DesignSpec, LonelyPsu};
use sipas::stats::index::{Domains, Flag, Index, IndexSpec, IndexTable, Item, Measure, Scoring};

fn run(weights: Vec<f64>, columns: &[Vec<u8>], psus: Option<Vec<u32>>, domains: Domains<'_>) -> IndexTable {
    let design =
        Design::new(DesignSpec { weights: weights.into(), strata: None, psus: psus.map(Into::into), lonely: LonelyPsu::Fail }).unwrap();
    let scoring = Scoring::satisfied(&[1, 2, 3, 4, 5], &[4, 5]).unwrap();
    let items: Vec<Item<'_>> = columns.iter().map(|codes| Item { codes, scoring: &scoring }).collect();
    let measures = [Measure::item(0), Measure::pooled(0..columns.len())];
    Index::new(IndexSpec { design: &design, items: &items, measures: &measures, domains, poststratified: None }).unwrap().estimate()
}

/// A fixed stream of numbers (xorshift), the same on every machine.
fn stream(length: usize) -> Vec<u32> {
    let mut state = 0x9e37_79b9_u32;
    let step = |_| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state
    };
    (0..length).map(step).collect()
}

#[test]
fn the_unit_of_weights_does_not_matter() {
    let columns: Vec<Vec<u8>> = vec![vec![4, 1, 5, 2, 4], vec![1, 0, 4, 4, 3]];
    let base = run(vec![1.0, 2.0, 1.5, 1.0, 3.0], &columns, None, Domains::whole());
    for unit in [1e-300, 1e-12, 1e300] {
        let scaled = vec![unit, 2.0 * unit, 1.5 * unit, unit, 3.0 * unit];
        let found = run(scaled, &columns, None, Domains::whole());
        for (found, base) in found.rows().iter().zip(base.rows()) {
            close(found.estimate.unwrap(), base.estimate.unwrap(), 1e-13, "estimate");
            close(found.se.unwrap(), base.se.unwrap(), 1e-13, "SE");
            close(found.deff.unwrap(), base.deff.unwrap(), 1e-12, "deff");
        }
    }
}

#[test]
fn weights_of_every_size_at_once_give_numbers_or_flags() {
    let weights = vec![f64::MIN_POSITIVE, 1e-300, 1.0, 1e300, f64::MAX];
    let columns: Vec<Vec<u8>> = vec![vec![4, 1, 5, 2, 4], vec![1, 0, 4, 4, 3]];
    for domains in [Domains::whole(), Domains::new(vec![0, 0, 1, 2, 2], 3)] {
        for row in run(weights.clone(), &columns, None, domains).rows() {
            let figures = [row.estimate, row.se, row.deff, row.effective_n];
            assert!(figures.iter().flatten().all(|figure| figure.is_finite()), "{row:?}");
            assert_eq!(row.flag == Flag::Ok, row.se.is_some());
        }
    }
}

#[test]
fn one_respondent_has_no_standard_error() {
    let found = run(vec![3.0], &[vec![4]], None, Domains::whole());
    let row = found.get(0, 0).unwrap();
    assert_eq!((row.estimate, row.se, row.flag), (Some(100.0), None, Flag::LonelyPsu));
    assert_eq!((row.n, row.df_design), (1, 0));
    assert_eq!(found.get(1, 0), None);
    assert_eq!(found.get(0, 2), None);
}

#[test]
fn many_parts_agree_with_plain_sums_whatever_the_threads() {
    let rows = 100_000;
    let noise = stream(rows * 3);
    let weights: Vec<f64> = noise[..rows].iter().map(|x| 1.0 + f64::from(x % 100)).collect();
    let columns: Vec<Vec<u8>> =
        vec![noise[rows..2 * rows].iter().map(|x| (x % 6) as u8).collect(), noise[2 * rows..].iter().map(|x| (x % 7) as u8).collect()];
    // PSUs of very different size: one holds a third of the rows and does not fit into a part.
    let psus: Vec<u32> = (0..rows as u32).map(|row| if row % 3 == 0 { 0 } else { 1 + row % 97 }).collect();
    let domains: Vec<u32> = (0..rows as u32).map(|row| row % 2).collect();
    let found: Vec<IndexTable> = [1, 2, 5]
        .map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| run(weights.clone(), &columns, Some(psus.clone()), Domains::new(&domains[..], 2)))
        })
        .into();
    assert_eq!(found[0], found[1]);
    assert_eq!(found[0], found[2]);
    for domain in 0..2u32 {
        let inside = (0..rows).filter(|row| domains[*row] == domain);
        let mut sums = [0.0_f64; 2];
        let mut totals = vec![[0.0_f64; 2]; 98];
        for row in inside {
            for codes in &columns {
                let code = codes[row];
                if (1..=5).contains(&code) {
                    let score = if code >= 4 { 100.0 } else { 0.0 };
                    sums[0] += weights[row] * score;
                    sums[1] += weights[row];
                    totals[psus[row] as usize][0] += weights[row] * score;
                    totals[psus[row] as usize][1] += weights[row];
                }
            }
        }
        let p = sums[0] / sums[1];
        // PSU 1 + 96 exists only through rows not divisible by 3: count what is there.
        let present = totals.iter().filter(|total| total[1] > 0.0).count() as f64;
        let squares: f64 = totals.iter().map(|[s, w]| ((s - p * w) / sums[1]).powi(2)).sum();
        let row = found[0].get(domain, 1).unwrap();
        close(row.estimate.unwrap(), p, 1e-12, "estimate");
        close(row.se.unwrap(), (present / (present - 1.0) * squares).sqrt(), 1e-10, "SE");
        assert_eq!(f64::from(row.df_domain), present - 1.0);
    }
}
