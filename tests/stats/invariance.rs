//! What must not matter, and what must add up, for designs with weighting steps and for replicate weights.

use super::weighting::raking;
use proptest::prelude::*;
use sipas::stats::design::LonelyPsu;
use sipas::stats::estimate::{Domain, Joint, Part, Request, Statistic, Survey, domain_rows};
use sipas::stats::replicate::{Method, Replicates};
use sipas::stats::sampling::{Pps, Sampling, SamplingSpec, Stage, Weights};
use sipas::stats::weighting::{Chain, Limit, Margin, RakeVariance, Step, Trimming};

/// Weight, stratum, PSU within it, cells of two margins, two values (the second above 0).
type Row = (f64, u32, u32, u32, u32, f64, f64);

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let row = (0.5..20.0_f64, 0_u32..2, 0_u32..4, 0_u32..2, 0_u32..3, -5.0..5.0_f64, 0.5..4.0_f64);
    prop::collection::vec(row, 20..70).prop_map(|mut rows| {
        // Every cell and every stratum has somebody in two PSUs, so that nothing is refused.
        let filled = (0..12).map(|at| (2.0, at % 2, at / 2 % 4, at % 2, at % 3, f64::from(at), 1.0));
        rows.extend(filled);
        rows
    })
}

fn sampling(rows: &[Row]) -> Sampling {
    let stage = Stage {
        strata: Some(rows.iter().map(|row| row.1).collect::<Vec<u32>>().into()),
        clusters: Some(rows.iter().map(|row| row.2).collect::<Vec<u32>>().into()),
        populations: Some(rows.iter().map(|row| f64::from(5 + row.1)).collect::<Vec<f64>>().into()),
    };
    Sampling::new(&SamplingSpec {
        rows: rows.len(),
        weights: Weights::Given(rows.iter().map(|row| row.0).collect::<Vec<f64>>().into()),
        stages: vec![stage],
        nested: true,
        pps: Pps::None,
        lonely: LonelyPsu::Fail,
        lonely_in_domains: false,
    })
    .unwrap()
}

fn margins(rows: &[Row]) -> Vec<Margin> {
    let first = rows.iter().map(|row| row.3).collect();
    let second = rows.iter().map(|row| row.4).collect();
    vec![Margin { cells: first, totals: vec![400.0, 600.0] }, Margin { cells: second, totals: vec![200.0, 300.0, 500.0] }]
}

fn steps(rows: &[Row]) -> Vec<Step> {
    vec![
        raking(margins(rows), RakeVariance::Calibration),
        Step::Trim(Trimming { lower: 0.0, upper: Limit::Quantile(0.95), redistribute: true, strict: false }),
        Step::Poststratify(margins(rows).swap_remove(1)),
    ]
}

/// A total, a mean, a ratio, a variance and a combination, over all rows and in the domain of the first cell.
fn estimates(rows: &[Row], jointly: impl Fn(&[Request<'_>]) -> Joint) -> Joint {
    let y: Vec<f64> = rows.iter().map(|row| row.5).collect();
    let x: Vec<f64> = rows.iter().map(|row| row.6).collect();
    let part = |coefficient| Part { coefficient, numerator: y.clone().into(), denominator: x.clone().into() };
    let statistics = [
        Statistic::Total(y.clone().into()),
        Statistic::Mean(y.clone().into()),
        Statistic::Ratio { numerator: y.clone().into(), denominator: x.clone().into() },
        Statistic::Variance(y.clone().into()),
        Statistic::Combined(vec![part(0.5), part(-2.0)]),
    ];
    let inside = domain_rows(&rows.iter().map(|row| row.3).collect::<Vec<u32>>(), 1).swap_remove(0);
    let ask = |statistic| [Domain::All, Domain::Rows(&inside)].map(|domain| Request { statistic, domain });
    jointly(&statistics.iter().flat_map(ask).collect::<Vec<_>>())
}

fn alike(a: &Joint, b: &Joint) -> Result<(), TestCaseError> {
    for (a, b) in a.estimates.iter().zip(&b.estimates) {
        prop_assert_eq!((a.n, a.df_design, a.df_domain, a.flag), (b.n, b.df_design, b.df_domain, b.flag));
        let (x, y) = (a.estimate.unwrap(), b.estimate.unwrap());
        prop_assert!((x - y).abs() <= 1e-12 * (1.0 + x.abs() + 1e3), "{} {}", x, y);
        let (x, y) = (a.se.unwrap(), b.se.unwrap());
        prop_assert!((x - y).abs() <= 1e-9 * (1e-3 + x.abs()), "se {} {}", x, y);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_order_of_rows_changes_no_weighted_figure(rows in rows(), keys in prop::collection::vec(any::<u32>(), 90)) {
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by_key(|row| keys[*row]);
        let shuffled: Vec<Row> = order.iter().map(|row| rows[*row]).collect();
        let linear = |rows: &[Row]| {
            let sampling = sampling(rows);
            let chain = Chain::new(sampling.weights(), &steps(rows)).unwrap();
            estimates(rows, |asked| Survey::weighted(&sampling, &chain).unwrap().jointly(asked).unwrap())
        };
        alike(&linear(&rows), &linear(&shuffled))?;
        let replicated = |rows: &[Row]| {
            let made = Replicates::make(&sampling(rows), Method::Jkn, false).unwrap().reweighted(&steps(rows)[..1]).unwrap();
            estimates(rows, |asked| made.jointly(asked).unwrap())
        };
        alike(&replicated(&rows), &replicated(&shuffled))?;
    }

    #[test]
    fn raked_weights_sum_to_every_total_and_known_totals_have_no_variance(rows in rows()) {
        let sampling = sampling(&rows);
        let chain = Chain::new(sampling.weights(), &[raking(margins(&rows), RakeVariance::Calibration)]).unwrap();
        let survey = Survey::weighted(&sampling, &chain).unwrap();
        let one = Statistic::Total(vec![1.0; rows.len()].into());
        for margin in margins(&rows) {
            let cells = domain_rows(&margin.cells, margin.totals.len() as u32);
            let asked: Vec<Request<'_>> = cells.iter().map(|rows| Request { statistic: &one, domain: Domain::Rows(rows) }).collect();
            for (found, total) in survey.estimate(&asked).unwrap().iter().zip(&margin.totals) {
                prop_assert!((found.estimate.unwrap() - total).abs() < 1e-9 * total);
                prop_assert!(found.se.unwrap() < 1e-9 * total, "a known total has no variance: {}", found.se.unwrap());
            }
        }
    }

    #[test]
    fn totals_of_domains_add_up_with_their_covariances(rows in rows()) {
        let sampling = sampling(&rows);
        let y = Statistic::Total(rows.iter().map(|row| row.5).collect::<Vec<f64>>().into());
        let domains = domain_rows(&rows.iter().map(|row| row.4).collect::<Vec<u32>>(), 3);
        let parts: Vec<Request<'_>> = domains.iter().map(|rows| Request { statistic: &y, domain: Domain::Rows(rows) }).collect();
        let whole = [Request { statistic: &y, domain: Domain::All }];
        let survey = Survey::new(&sampling);
        let made = Replicates::make(&sampling, Method::Jkn, false).unwrap();
        let both: [(Joint, f64, f64); 2] = [
            (survey.jointly(&parts).unwrap(), survey.estimate(&whole).unwrap()[0].estimate.unwrap(), survey.estimate(&whole).unwrap()[0].se.unwrap()),
            (made.jointly(&parts).unwrap(), made.estimate(&whole).unwrap()[0].estimate.unwrap(), made.estimate(&whole).unwrap()[0].se.unwrap()),
        ];
        for (joint, total, se) in &both {
            let (sum, of_sum) = joint.linear(&[1.0; 3]).unwrap();
            prop_assert!((sum - total).abs() < 1e-10 * (1.0 + total.abs()), "{} {}", sum, total);
            prop_assert!((of_sum - se).abs() < 1e-9 * (1e-3 + se), "{} {}", of_sum, se);
        }
        // The jackknife of a total is its linearisation variance.
        prop_assert!((both[0].2 - both[1].2).abs() < 1e-9 * (1e-3 + both[0].2));
    }
}
