//! What must hold for any data.

use super::naive::{self, Case};
use proptest::prelude::*;
use sipas::stats::design::{Design, DesignSpec, LonelyPsu};
use sipas::stats::index::{Domains, Flag, Index, IndexSpec, IndexTable, Item, Measure, NO_DOMAIN, Scoring};
use sipas::stats::interval::ProportionInterval;
use sipas::stats::moments::{Moments, Sum};
use sipas::stats::poststratify::Poststratified;

fn measures(items: usize) -> Vec<Measure> {
    let halves = [(0..items / 2).collect::<Vec<_>>(), (items / 2..items).collect()];
    (0..items)
        .map(Measure::item)
        .chain([
            Measure::pooled(0..items),
            Measure::item_mean(0..items),
            Measure::factor_mean(&halves),
            Measure::Linear(vec![(0, 1.0), (items - 1, -1.0)]),
        ])
        .collect()
}

/// Estimates and covariances of a case by the library.
fn compute(case: &Case) -> (IndexTable, Vec<Vec<Option<f64>>>, Vec<u32>) {
    let design = Design::new(DesignSpec {
        weights: (&case.weights[..]).into(),
        strata: Some((&case.strata[..]).into()),
        psus: case.psus.as_deref().map(Into::into),
        lonely: case.lonely,
    })
    .unwrap();
    let poststratified = case.cells.as_ref().map(|(cells, totals)| Poststratified::new(&case.weights, &cells[..], totals).unwrap());
    let design = match &poststratified {
        Some(weighted) => design.with_weights(weighted.weights()).unwrap(),
        None => design,
    };
    let points: Vec<(u8, f64)> = (1..=5).map(|code| (code, f64::from(code))).collect();
    let scoring = Scoring::points(&points).unwrap();
    let items: Vec<Item<'_>> = case.items.iter().map(|codes| Item { codes, scoring: &scoring }).collect();
    let measures = measures(items.len());
    let index = Index::new(IndexSpec {
        design: &design,
        items: &items,
        measures: &measures,
        domains: Domains::new(&case.domains[..], case.domain_count),
        poststratified: poststratified.as_ref(),
    })
    .unwrap();
    let covariances = (0..measures.len()).map(|m| index.covariance(m).unwrap()).collect();
    let df = (0..case.domain_count).map(|domain| naive::degrees_of_freedom(case, &design, domain)).collect();
    (index.estimate(), covariances, df)
}

prop_compose! {
    /// A random survey: PSUs nested in strata, domains and cells across both, some answers missing.
    fn any_case()(
        strata in 1u32..5,
        psus_per_stratum in 1u32..5,
        cells in 1u32..4,
        domain_count in 1u32..4,
        items in 2usize..5,
    )(
        rows in prop::collection::vec(
            (0..strata, 0..psus_per_stratum, 0..cells, 0..=domain_count, 0.1f64..20.0, prop::collection::vec(0u8..6, items)),
            30..200,
        ),
        clustered in any::<bool>(),
        weighted in any::<bool>(),
        adjust in any::<bool>(),
        totals in prop::collection::vec(1.0f64..1e5, cells as usize),
        domain_count in Just(domain_count),
        psus_per_stratum in Just(psus_per_stratum),
    ) -> Case {
        let seen: Vec<u32> = {
            let mut seen: Vec<u32> = rows.iter().map(|row| row.2).collect();
            seen.sort_unstable();
            seen.dedup();
            seen
        };
        let cell = |cell: u32| seen.iter().position(|c| *c == cell).unwrap() as u32;
        Case {
            weights: rows.iter().map(|row| row.4).collect(),
            strata: rows.iter().map(|row| row.0).collect(),
            psus: clustered.then(|| rows.iter().map(|row| row.0 * psus_per_stratum + row.1).collect()),
            lonely: if adjust { LonelyPsu::Adjust } else { LonelyPsu::Certainty },
            items: (0..rows[0].5.len()).map(|item| rows.iter().map(|row| row.5[item]).collect()).collect(),
            domains: rows.iter().map(|row| if row.3 == domain_count { NO_DOMAIN } else { row.3 }).collect(),
            domain_count,
            cells: weighted.then(|| (rows.iter().map(|row| cell(row.2)).collect(), totals[..seen.len()].to_vec())),
        }
    }
}

fn near(a: f64, b: f64, scale: f64) -> bool {
    (a - b).abs() <= 1e-10 * scale.max(a.abs()).max(b.abs())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn the_library_agrees_with_the_textbook(case in any_case()) {
        let (table, covariances, df) = compute(&case);
        for (m, measure) in measures(case.items.len()).iter().enumerate() {
            let expected = naive::estimate(&case, measure);
            for domain in 0..case.domain_count {
                let found = table.get(domain, m).unwrap();
                prop_assert_eq!(found.df_domain, df[domain as usize]);
                let Some((estimate, row)) = &expected[domain as usize] else {
                    prop_assert!(matches!(found.flag, Flag::EmptyDomain | Flag::ZeroDenominator));
                    prop_assert_eq!(found.se, None);
                    continue;
                };
                prop_assert!(near(found.estimate.unwrap(), *estimate, 0.0));
                let se = found.se.unwrap();
                prop_assert!(near(se, row[domain as usize].unwrap().max(0.0).sqrt(), 1e-2), "se {} {:?}", se, row);
                for (other, expected) in row.iter().enumerate() {
                    let found = covariances[m][domain as usize * case.domain_count as usize + other];
                    match (found, expected) {
                        (Some(found), Some(expected)) => prop_assert!(near(found, *expected, 1e-4), "{} {}", found, expected),
                        (found, expected) => prop_assert_eq!(found.is_some(), expected.is_some()),
                    }
                }
            }
        }
    }

    #[test]
    fn the_order_of_rows_changes_nothing(case in any_case(), keys in prop::collection::vec(any::<u32>(), 200)) {
        let mut order: Vec<usize> = (0..case.weights.len()).collect();
        order.sort_by_key(|row| keys[*row]);
        fn pick<T: Copy>(order: &[usize], column: &[T]) -> Vec<T> {
            order.iter().map(|row| column[*row]).collect()
        }
        let shuffled = Case {
            weights: pick(&order, &case.weights),
            strata: pick(&order, &case.strata),
            psus: case.psus.as_ref().map(|psus| pick(&order, psus)),
            lonely: case.lonely,
            items: case.items.iter().map(|item| pick(&order, item)).collect(),
            domains: pick(&order, &case.domains),
            domain_count: case.domain_count,
            cells: case.cells.as_ref().map(|(cells, totals)| (pick(&order, cells), totals.clone())),
        };
        let (first, _, _) = compute(&case);
        let (second, _, _) = compute(&shuffled);
        for (a, b) in first.rows().iter().zip(second.rows()) {
            prop_assert_eq!((a.n, a.n_valid, a.df_domain, a.flag), (b.n, b.n_valid, b.df_domain, b.flag));
            prop_assert!(near(a.estimate.unwrap_or(0.0), b.estimate.unwrap_or(0.0), 1.0));
            prop_assert!(near(a.se.unwrap_or(0.0), b.se.unwrap_or(0.0), 1e-2));
        }
    }

    #[test]
    fn an_index_lies_within_the_range_of_its_items(case in any_case()) {
        let (table, _, _) = compute(&case);
        let items = case.items.len();
        for domain in 0..case.domain_count {
            let parts: Option<Vec<f64>> =
                (0..items).map(|m| table.get(domain, m).unwrap().estimate).collect();
            let Some(parts) = parts else { continue };
            let low = parts.iter().copied().fold(f64::INFINITY, f64::min);
            let high = parts.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            for m in items..items + 3 {
                let value = table.get(domain, m).unwrap().estimate.unwrap();
                prop_assert!(low - 1e-12 <= value && value <= high + 1e-12, "{} {} {}", low, value, high);
            }
        }
    }

    #[test]
    fn threads_change_no_digit(case in any_case()) {
        let one = rayon_pool(1).install(|| compute(&case).0);
        let three = rayon_pool(3).install(|| compute(&case).0);
        prop_assert_eq!(one, three);
    }

    #[test]
    fn poststratified_weights_sum_to_the_totals(
        rows in prop::collection::vec((1e-3f64..1e6, 0u32..4), 1..300),
        totals in prop::collection::vec(1e-2f64..1e9, 4),
    ) {
        let mut rows = rows;
        rows.extend((0..4).map(|cell| (1.0, cell)));
        let weights: Vec<f64> = rows.iter().map(|row| row.0).collect();
        let cells: Vec<u32> = rows.iter().map(|row| row.1).collect();
        let weighted = Poststratified::new(&weights, &cells[..], &totals).unwrap();
        for (cell, total) in (0u32..).zip(&totals) {
            let sum: Sum = cells.iter().zip(weighted.weights()).filter(|(c, _)| **c == cell).map(|(_, w)| *w).collect();
            prop_assert!((sum.value() - total).abs() <= 1e-13 * total);
        }
        // A known total has no variance: residuals of the indicator of a cell vanish.
        let indicator: Vec<f64> = cells.iter().map(|cell| f64::from(u8::from(*cell == 2))).collect();
        for residual in weighted.residuals(&indicator).unwrap() {
            prop_assert!(residual.abs() < 1e-12);
        }
    }

    #[test]
    fn merged_parts_equal_one_pass(values in prop::collection::vec(-1e6f64..1e6, 0..200), cut in 0usize..200) {
        let cut = cut.min(values.len());
        let moments = |values: &[f64]| {
            let mut moments = Moments::default();
            values.iter().for_each(|value| moments.push(*value));
            moments
        };
        let mut joined = moments(&values[..cut]);
        joined.merge(&moments(&values[cut..]));
        let whole = moments(&values);
        prop_assert_eq!(joined.count, whole.count);
        prop_assert!(near(joined.mean, whole.mean, 1.0));
        prop_assert!(near(joined.m2, whole.m2, 1.0));
    }

    #[test]
    fn wider_confidence_gives_wider_intervals(p in 0.0f64..=1.0, se in 0.0f64..0.3, df in 1.0f64..300.0, n in 1u64..5000) {
        for method in [
            ProportionInterval::Logit, ProportionInterval::Asin, ProportionInterval::Beta,
            ProportionInterval::Wilson, ProportionInterval::Mean,
        ] {
            // Korn and Graubard's t(n − 1) / t(df) grows with the level where n − 1 < df, and may outrun it at n = 2.
            let n = if method == ProportionInterval::Beta { n + 301 } else { n };
            let narrow = method.interval(p, se, df, n, 0.8).unwrap();
            let wide = method.interval(p, se, df, n, 0.99).unwrap();
            prop_assert!(wide.low <= narrow.low + 1e-12 && narrow.high <= wide.high + 1e-12, "{:?}", method);
        }
    }
}

fn rayon_pool(threads: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap()
}
