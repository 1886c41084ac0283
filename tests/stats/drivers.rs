//! Relative importance against R `relaimpo`, by hand, and by what must hold.

use super::support::{close, number, numbers, table};
use proptest::prelude::*;
use sipas::stats::design::LonelyPsu;
use sipas::stats::drivers::{
    DriverData, DriverError, Drivers, MOST_FOR_LMG, Measure, Quadrant, QuadrantError, Split, drivers, quadrants, replicated_drivers,
};
use sipas::stats::replicate::{Method, ReplicateSpec, Replicates};
use sipas::stats::sampling::{Pps, Sampling, SamplingSpec, Stage, Weights};

const ALL: [Measure; 7] =
    [Measure::Lmg, Measure::Last, Measure::First, Measure::BetaSquared, Measure::Pratt, Measure::Johnson, Measure::Car];

fn figures(cell: &str) -> Vec<f64> {
    cell.split_whitespace().map(|cell| cell.parse().unwrap()).collect()
}

fn columns(file: &str, p: usize) -> (Vec<f64>, Vec<Vec<f64>>, Vec<f64>) {
    let rows = table(file);
    (numbers(&rows, "y"), (1..=p).map(|j| numbers(&rows, &format!("x{j}"))).collect(), numbers(&rows, "w"))
}

fn data<'a>(outcome: &'a [f64], predictors: &'a [Vec<f64>]) -> DriverData<'a> {
    DriverData { outcome, predictors: predictors.iter().map(Vec::as_slice).collect() }
}

fn raw(found: &Drivers, measure: Measure) -> Vec<f64> {
    found.importances.iter().find(|own| own.measure == measure).unwrap().predictors.iter().map(|own| own.raw).collect()
}

#[test]
fn every_measure_agrees_with_r() {
    let lines = table("x_drivers.csv");
    assert_eq!(lines.len(), 4);
    for line in &lines {
        let p = figures(&line["lmg"]).len();
        let (y, x, w) = columns(&line["data"], p);
        let weights = if line["weights"].is_empty() { vec![1.0; y.len()] } else { w };
        let found = drivers(&data(&y, &x), &weights, &ALL).unwrap();
        close(found.r_squared, number(line, "r2"), 1e-9, "R²");
        for (measure, name) in ALL.into_iter().zip(["lmg", "last", "first", "betasq", "pratt", "johnson_raw", "car"]) {
            for (j, (found, expected)) in raw(&found, measure).iter().zip(figures(&line[name])).enumerate() {
                close(*found, expected, 1e-9, &format!("{} {name} of predictor {j}", line["data"]));
            }
        }
        let johnson = &found.importances[5].predictors;
        for (own, [genizi, percent]) in
            johnson.iter().zip(figures(&line["genizi"]).into_iter().zip(figures(&line["johnson_pct"])).map(|(a, b)| [a, b]))
        {
            close(own.raw, genizi, 1e-9, "Genizi");
            close(own.share.unwrap(), percent / 100.0, 1e-9, "rescaled");
        }
        for (c, expected) in figures(&line["lm_coef"]).into_iter().enumerate() {
            close(found.coefficients[c], expected, 1e-9, &format!("coefficient {c}"));
        }
        assert_eq!((found.rows, found.incomplete, found.replicates), (y.len() as u64, 0, 0));
    }
}

#[test]
fn two_predictors_by_hand() {
    // Orthogonal: all measures are the squared correlations. y = 2 a + b.
    let (a, b) = (vec![1.0, 1.0, -1.0, -1.0], vec![1.0, -1.0, 1.0, -1.0]);
    let y = [3.0, 1.0, -1.0, -3.0];
    let found = drivers(&data(&y, &[a.clone(), b]), &[2.0; 4], &ALL).unwrap();
    for measure in ALL {
        for (found, expected) in raw(&found, measure).iter().zip([0.8, 0.2]) {
            close(*found, expected, 1e-12, &format!("{measure:?}"));
        }
    }
    close(found.importances[0].predictors[0].share.unwrap(), 0.8, 1e-12, "share");
    // A weight of 0 and a missing value leave rows out.
    let (a, b) = (vec![1.0, 1.0, -1.0, -1.0, 9.0, 5.0, f64::NAN], vec![1.0, -1.0, 1.0, -1.0, f64::NAN, 1.0, 1.0]);
    let y = [3.0, 1.0, -1.0, -3.0, 0.0, 70.0, 1.0];
    let again = drivers(&data(&y, &[a, b]), &[2.0, 2.0, 2.0, 2.0, 2.0, 0.0, 0.0], &ALL).unwrap();
    assert_eq!((again.rows, again.incomplete), (4, 1));
    assert_eq!(again.importances, found.importances);
    assert_eq!(again.means, [0.0, 0.0]);
}

#[test]
fn an_outcome_that_nothing_explains_has_no_shares() {
    let (a, y) = (vec![1.0, -1.0, 1.0, -1.0], [1.0, 1.0, -1.0, -1.0]);
    let found = drivers(&data(&y, &[a]), &[1.0; 4], &ALL).unwrap();
    assert_eq!(found.r_squared, 0.0);
    for measure in &found.importances {
        assert_eq!((measure.predictors[0].raw, measure.predictors[0].share), (0.0, None));
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    let (y, x, _) = columns("x_drivers5.csv", 5);
    let ones = vec![1.0; y.len()];
    let refuse = |y: &[f64], x: &[Vec<f64>], w: &[f64]| drivers(&data(y, x), w, &[Measure::Lmg]).unwrap_err();
    assert_eq!(refuse(&y, &[], &ones), DriverError::NoPredictors);
    assert_eq!(refuse(&y[1..], &x, &ones), DriverError::Length { predictor: None, rows: 400, found: 399 });
    assert_eq!(refuse(&y, &[x[0].clone(), vec![1.0]], &ones), DriverError::Length { predictor: Some(1), rows: 400, found: 1 });
    let constant = vec![0.1; 400];
    assert_eq!(refuse(&y, &[x[0].clone(), constant.clone()], &ones), DriverError::Constant { predictor: Some(1), rows: 400 });
    // With these weights the mean of 0.1 is 0.10000000000000002, and the variance is above 0.
    let few = [vec![1.0, 2.0, 4.0]];
    assert_eq!(refuse(&[0.1; 3], &few, &[0.1, 0.3, 0.7]), DriverError::Constant { predictor: None, rows: 3 });
    let sum: Vec<f64> = x[0].iter().zip(&x[1]).map(|(a, b)| 3.0 - a + 2.0 * b).collect();
    assert_eq!(refuse(&y, &[x[0].clone(), x[1].clone(), sum], &ones), DriverError::Dependent(2));
    let mut bad = ones.clone();
    bad[5] = -1.0;
    assert_eq!(refuse(&y, &x, &bad), DriverError::Weight { row: 5, value: -1.0 });
    let mut infinite = x.clone();
    infinite[3][9] = f64::INFINITY;
    assert_eq!(refuse(&y, &infinite, &ones), DriverError::Infinite { predictor: Some(3), row: 9 });
    assert_eq!(
        refuse(&y[..6], &x.iter().map(|x| x[..6].to_vec()).collect::<Vec<_>>(), &ones[..6]),
        DriverError::TooFewRows { rows: 6, predictors: 5 }
    );
    assert_eq!(refuse(&y, &x, &vec![0.0; 400]), DriverError::TooFewRows { rows: 0, predictors: 5 });
    let many: Vec<Vec<f64>> = (0..=MOST_FOR_LMG).map(|j| y.iter().map(|y| (y * (j as f64 + 1.3)).sin()).collect()).collect();
    assert_eq!(refuse(&y, &many, &ones), DriverError::TooMany(16));
    assert!(refuse(&y, &many, &ones).to_string().contains("at most 15"));
    assert!(drivers(&data(&y, &many[..15]), &ones, &[Measure::Lmg]).is_ok());
    assert!(drivers(&data(&y, &many), &ones, &[Measure::Johnson]).is_ok());
}

fn bootstrap(weights: &[f64], replicates: u32) -> Replicates {
    let clusters: Vec<u32> = (0..weights.len() as u32).map(|row| row / 10).collect();
    let sampling = Sampling::new(&SamplingSpec {
        rows: weights.len(),
        weights: Weights::Given(weights.to_vec().into()),
        stages: vec![Stage { clusters: Some(clusters.into()), ..Stage::default() }],
        nested: false,
        pps: Pps::None,
        lonely: LonelyPsu::Fail,
        lonely_in_domains: false,
    });
    Replicates::make(&sampling.unwrap(), Method::RaoWu { replicates, seed: 3 }, false).unwrap()
}

#[test]
fn intervals_are_percentiles_over_the_replicates() {
    let (y, x, w) = columns("x_drivers5.csv", 5);
    let replicates = bootstrap(&w, 201);
    let found = replicated_drivers(&data(&y, &x), &replicates, &ALL, 0.9).unwrap();
    assert_eq!(found.replicates, 201);
    let plain = drivers(&data(&y, &x), &w, &ALL).unwrap();
    let each: Vec<Drivers> = replicates.replicate_weights().iter().map(|weights| drivers(&data(&y, &x), weights, &ALL).unwrap()).collect();
    for measure in ALL {
        assert_eq!(raw(&found, measure), raw(&plain, measure));
        let own = &found.importances.iter().find(|own| own.measure == measure).unwrap().predictors;
        for (j, own) in own.iter().enumerate() {
            let mut values: Vec<f64> = each.iter().map(|one| raw(one, measure)[j]).collect();
            values.sort_by(f64::total_cmp);
            // (201 − 1) · 0.05 and · 0.95 are whole.
            for (found, expected) in own.interval.unwrap().into_iter().zip([values[10], values[190]]) {
                close(found, expected, 1e-12, &format!("{measure:?} of predictor {j}"));
            }
        }
    }
    // Weak predictors are known to be weaker than strong ones.
    let lmg = &found.importances[0].predictors;
    assert!(lmg[0].interval.unwrap()[1] < lmg[3].interval.unwrap()[0]);
}

#[test]
fn replicates_without_a_regression_are_left_out_and_counted() {
    let y = [3.0, 1.0, -1.0, -3.0, 2.0, 0.5];
    let x = vec![vec![1.0, 1.0, -1.0, -1.0, 0.5, 2.0]];
    let full = vec![1.0; 6];
    let usable: Vec<f64> = vec![2.0, 1.0, 0.0, 1.0, 1.0, 1.0];
    // Only rows 0 and 1, in which the predictor does not vary, and too few of them.
    let useless: Vec<f64> = vec![3.0, 3.0, 0.0, 0.0, 0.0, 0.0];
    let make = |columns: Vec<Vec<f64>>| {
        Replicates::new(ReplicateSpec {
            weights: full.clone().into(),
            columns: columns.into_iter().map(Into::into).collect(),
            combined: true,
            scale: 1.0,
            rscales: Vec::new(),
            mse: false,
            df: None,
        })
        .unwrap()
    };
    let of = |columns: Vec<Vec<f64>>, level: f64| replicated_drivers(&data(&y, &x), &make(columns), &[Measure::First], level).unwrap();
    let found = of(vec![usable.clone(), useless.clone(), full.clone()], 0.5);
    assert_eq!(found.replicates, 2);
    let [low, high] = found.importances[0].predictors[0].interval.unwrap();
    let [one, two] = [&usable, &full].map(|weights| raw(&drivers(&data(&y, &x), weights, &[Measure::First]).unwrap(), Measure::First)[0]);
    // A quarter and three quarters of the way from one to the other.
    close(low, 0.75 * one.min(two) + 0.25 * one.max(two), 1e-12, "low");
    close(high, 0.25 * one.min(two) + 0.75 * one.max(two), 1e-12, "high");
    // Two replicates say nothing about 95 %.
    assert_eq!(of(vec![usable, useless.clone(), full.clone()], 0.95).importances[0].predictors[0].interval, None);
    assert_eq!(of(vec![useless.clone(), useless], 0.5).replicates, 0);
    let other = make(vec![full.clone(), full.clone()]);
    let longer = vec![vec![1.0; 7]];
    assert_eq!(replicated_drivers(&data(&[0.0; 7], &longer), &other, &ALL, 0.95), Err(DriverError::Replicates { rows: 7, found: 6 }));
    assert!(matches!(replicated_drivers(&data(&y, &x), &other, &ALL, 1.0), Err(DriverError::Level(_))));
}

#[test]
fn items_fall_into_four_quadrants() {
    let importance = [0.4, 0.3, 0.1, 0.0, 0.2];
    let performance = [90.0, 40.0, 80.0, 20.0, 70.0];
    let table = quadrants(&importance, &performance, Split::Mean).unwrap();
    close(table.importance_cut, 0.2, 1e-12, "importance");
    close(table.performance_cut, 60.0, 1e-12, "performance");
    use Quadrant::{ConcentrateHere, KeepUp, LowPriority, PossibleOverkill};
    assert_eq!(table.items, [KeepUp, ConcentrateHere, PossibleOverkill, LowPriority, KeepUp].map(Some));
    let table = quadrants(&importance[..4], &performance[..4], Split::Median).unwrap();
    assert_eq!((table.importance_cut, table.performance_cut), (0.2, 60.0));
    let table = quadrants(&importance, &performance, Split::Median).unwrap();
    assert_eq!((table.importance_cut, table.performance_cut), (0.2, 70.0));
    assert_eq!(quadrants(&importance, &[50.0; 5], Split::Mean).unwrap().items, [None; 5]);
    assert_eq!(quadrants(&[0.5], &[50.0], Split::Median).unwrap().items, [None]);
    assert_eq!(quadrants(&[], &[], Split::Mean), Err(QuadrantError::NoItems));
    assert_eq!(quadrants(&[1.0], &[], Split::Mean), Err(QuadrantError::Length { importance: 1, performance: 0 }));
    assert!(matches!(quadrants(&[1.0, f64::NAN], &[1.0, 2.0], Split::Mean), Err(QuadrantError::Value { item: 1, .. })));
}

proptest! {
    /// Four measures share out R²; neither units nor a factor on the weights nor the order of predictors matter.
    #[test]
    fn shares_add_up_and_units_do_not_matter(
        rows in prop::collection::vec((prop::array::uniform4(-5.0..5.0_f64), -2.0..2.0_f64, 0.1..9.0_f64), 3..40),
        factor in 0.1..10.0_f64,
        shift in -10.0..10.0_f64,
    ) {
        let x: Vec<Vec<f64>> = (0..4).map(|j| rows.iter().map(|row| row.0[j]).collect()).collect();
        let y: Vec<f64> = rows.iter().map(|row| row.0[0] - 0.5 * row.0[1] + row.1).collect();
        let w: Vec<f64> = rows.iter().map(|row| row.2).collect();
        let found = match drivers(&data(&y, &x), &w, &ALL) {
            Ok(found) => found,
            Err(problem) => {
                prop_assert_eq!(problem, DriverError::TooFewRows { rows: rows.len(), predictors: 4 });
                return Ok(());
            }
        };
        for measure in [Measure::Lmg, Measure::Johnson, Measure::Pratt, Measure::Car] {
            prop_assert!((raw(&found, measure).iter().sum::<f64>() - found.r_squared).abs() < 1e-7);
        }
        for (lmg, (first, last)) in raw(&found, Measure::Lmg).iter().zip(raw(&found, Measure::First).iter().zip(raw(&found, Measure::Last))) {
            prop_assert!(*lmg >= -1e-9 && *first >= 0.0 && last >= 0.0);
        }
        let scaled: Vec<Vec<f64>> = x.iter().rev().map(|x| x.iter().map(|x| x * factor + shift).collect()).collect();
        let heavier: Vec<f64> = w.iter().map(|w| w * factor).collect();
        let again = drivers(&data(&y, &scaled), &heavier, &ALL).unwrap();
        for measure in ALL {
            for (one, two) in raw(&found, measure).iter().zip(raw(&again, measure).iter().rev()) {
                prop_assert!((one - two).abs() < 1e-5 * (1.0 + one.abs()), "{measure:?} {one} {two}");
            }
        }
    }
}
