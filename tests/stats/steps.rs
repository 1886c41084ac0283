//! Nonresponse, propensity classes, trimming and records by hand; and properties of designs and weights that must hold for any data.

use super::golden::{column, near};
use super::sampling::school;
use super::sipas_weighted::{margins, sampling};
use super::support::{close, table};
use super::weighting::raking;
use proptest::prelude::*;
use sipas::stats::design::LonelyPsu;
use sipas::stats::estimate::{Domain, Request, Statistic, Survey};
use sipas::stats::index::{Domains, Index, IndexSpec, Item, Measure};
use sipas::stats::sampling::{Pps, Sampling, SamplingSpec, Stage, Weights};
use sipas::stats::weighting::{
    Calibration, Chain, Diagnostics, Distance, Limit, Nonresponse, Problem, Propensity, RakeVariance, Step, Term, Trimming,
};

fn only(base: &[f64], step: Step) -> Result<Chain, Problem> {
    Chain::new(base, &[step]).map_err(|error| error.problem)
}

#[test]
fn respondents_stand_for_the_nonrespondents_of_their_cell() {
    let step = |respondent: Vec<bool>| Step::Nonresponse(Nonresponse { respondent, cells: vec![0, 0, 0, 1, 1, 7] });
    let base = [1.0, 2.0, 3.0, 4.0, 6.0, 0.0];
    let chain = only(&base, step(vec![true, false, true, false, true, false])).unwrap();
    let expected = [1.5, 0.0, 4.5, 0.0, 10.0, 0.0];
    for (found, expected) in chain.weights().iter().zip(expected) {
        near(*found, expected, 1e-15, 0.0, "weight");
    }
    let record = &chain.records()[0];
    assert_eq!((record.kind, record.rows_cut, record.before.rows, record.after.rows), ("nonresponse", 2, 5, 3));
    assert_eq!((record.ratio_min, record.before.sum, record.after.sum), (1.5, 16.0, 16.0));
    let silent = only(&base, step(vec![true, true, true, false, false, true])).unwrap_err();
    assert_eq!(silent, Problem::NoRespondents { cell: 1, nonrespondents: 2 });
    let wild = Step::Nonresponse(Nonresponse { respondent: vec![true; 2], cells: vec![0, u32::MAX] });
    assert_eq!(only(&[1.0; 2], wild).unwrap_err(), Problem::CellNumber { row: 1, cell: u32::MAX });
}

#[test]
fn a_propensity_model_on_one_factor_finds_its_response_rates() {
    // 60 % of 50 answer in group 0, 20 % of 50 in group 1: the model has these rates, and the two classes are the groups.
    let group: Vec<u32> = (0..100).map(|row| row / 50).collect();
    let respondent: Vec<bool> = (0..100).map(|row| row % 50 < if row < 50 { 30 } else { 10 }).collect();
    let step = |terms, classes, weighted| Step::Propensity(Propensity { respondent: respondent.clone(), terms, classes, weighted });
    let factor = || vec![Term::One, Term::Levels { ids: group.clone().into(), count: 1 }];
    for weighted in [false, true] {
        let chain = only(&[2.0; 100], step(factor(), 2, weighted)).unwrap();
        close(chain.weights()[0], 2.0 / 0.6, 1e-12, "group 0");
        close(chain.weights()[50], 2.0 / 0.2, 1e-12, "group 1");
        close(chain.weights().iter().sum(), 200.0, 1e-12, "the sum stays");
    }
    assert_eq!(only(&[1.0; 100], step(factor(), 1, false)).unwrap_err(), Problem::Classes(1));
    let tells_all: Vec<f64> = respondent.iter().map(|answers| f64::from(u8::from(*answers))).collect();
    let separated = step(vec![Term::One, Term::Column(tells_all.into())], 5, false);
    assert!(matches!(only(&[1.0; 100], separated).unwrap_err(), Problem::PropensityNotConverged { .. }));
}

#[test]
fn trimming_at_a_quantile_without_redistribution_only_cuts() {
    let base: Vec<f64> = (1..=11).map(f64::from).collect();
    let step = Trimming { lower: 0.0, upper: Limit::Quantile(0.9), redistribute: false, strict: true };
    let chain = only(&base, Step::Trim(step)).unwrap();
    assert_eq!(chain.weights()[8..], [9.0, 10.0, 10.0]);
    assert_eq!((chain.records()[0].rows_cut, chain.records()[0].iterations), (1, 1));
}

#[test]
fn the_spread_of_weights_is_kish_s() {
    let found = Diagnostics::new(&[1.0, 3.0, 0.0]);
    assert_eq!((found.rows, found.sum, found.min, found.max), (2, 4.0, 1.0, 3.0));
    close(found.kish_deff, 1.25, 1e-15, "2 · 10 / 16");
    close(found.kish_n, 1.6, 1e-15, "16 / 10");
    assert_eq!(found.quantiles[2], 2.0);
    assert_eq!(Diagnostics::new(&[1e300, 3e300]).kish_deff, found.kish_deff);
    assert_eq!(Diagnostics::new(&[]).rows, 0);
}

#[test]
fn the_general_design_and_the_fast_path_give_one_figure() {
    let (general, rows) = school("clus1_nofpc");
    let fast = general.ultimate_clusters().unwrap();
    let codes: Vec<u8> = column(&rows, "aw").iter().map(|aw| u8::from(*aw == 1.0)).collect();
    let scoring = sipas::stats::index::Scoring::points(&[(0, 0.0), (1, 1.0)]).unwrap();
    let items = [Item { codes: &codes, scoring: &scoring }];
    let measures = [Measure::item(0)];
    let index =
        Index::new(IndexSpec { design: &fast, items: &items, measures: &measures, domains: Domains::whole(), poststratified: None });
    let quick = *index.unwrap().estimate().get(0, 0).unwrap();
    let statistic = Statistic::Mean(column(&rows, "aw").into());
    let slow = Survey::new(&general).estimate(&[Request { statistic: &statistic, domain: Domain::All }]).unwrap()[0];
    close(quick.estimate.unwrap(), slow.estimate.unwrap(), 1e-13, "estimate");
    close(quick.se.unwrap(), slow.se.unwrap(), 1e-12, "standard error");
    close(quick.deff.unwrap(), slow.deff_srswr.unwrap(), 1e-12, "design effect");
    assert!(school("clus1").0.ultimate_clusters().is_none(), "finite populations are beyond the fast path");
}

#[test]
fn weights_may_be_tiny_or_huge() {
    let figures = |unit: f64| {
        let weights: Vec<f64> = (1..=8).map(|row| f64::from(row) * unit).collect();
        let spec = SamplingSpec {
            rows: 8,
            weights: Weights::Given(weights.into()),
            stages: vec![],
            nested: false,
            pps: Pps::None,
            lonely: LonelyPsu::Fail,
            lonely_in_domains: false,
        };
        let sampling = Sampling::new(&spec).unwrap();
        let y: Vec<f64> = (1..=8).map(|row| f64::from(row % 3)).collect();
        let (mean, total) = (Statistic::Mean(y.clone().into()), Statistic::Total(y.into()));
        let asked = [&mean, &total].map(|statistic| Request { statistic, domain: Domain::All });
        let found = Survey::new(&sampling).jointly(&asked).unwrap();
        let [mean, total] = [found.estimates[0], found.estimates[1]];
        let deffs = [mean.deff_srswr.unwrap(), total.deff_srswr.unwrap()];
        [mean.estimate.unwrap(), mean.se.unwrap(), total.estimate.unwrap() / unit, total.se.unwrap() / unit, deffs[0], deffs[1]]
    };
    for unit in [1e-300, 1e300] {
        for (found, expected) in figures(unit).into_iter().zip(figures(1.0)) {
            close(found, expected, 1e-13, "the same beside weights of any size");
        }
    }
}

#[test]
fn the_number_of_threads_changes_no_digit() {
    let rows = table("sipas_demo.csv");
    let sampling = sampling(&rows);
    let chain = Chain::new(sampling.weights(), &[raking(margins(&rows), RakeVariance::Calibration)]).unwrap();
    let survey = Survey::weighted(&sampling, &chain).unwrap();
    let statistics: Vec<Statistic<'_>> = (0..25)
        .map(|item| Statistic::Mean(rows.iter().map(|row| f64::from(row["answers"].as_bytes()[item] - b'0')).collect::<Vec<f64>>().into()))
        .collect();
    let asked: Vec<Request<'_>> = statistics.iter().map(|statistic| Request { statistic, domain: Domain::All }).collect();
    let with = |threads: usize| {
        let pool = rayon_pool(threads);
        pool.install(|| survey.jointly(&asked).unwrap())
    };
    assert_eq!(with(1), with(3));
}

fn rayon_pool(threads: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn calibrated_weights_meet_their_totals_within_their_bounds(
        values in prop::collection::vec((0.5..20.0_f64, 0_u32..3, -5.0..5.0_f64), 30..80),
        shift in 0.9..1.1_f64,
    ) {
        let base: Vec<f64> = values.iter().map(|row| row.0).collect();
        let ids: Vec<u32> = values.iter().map(|row| row.1).collect();
        let x: Vec<f64> = values.iter().map(|row| row.2).collect();
        let population = base.iter().sum::<f64>() * shift;
        let total = base.iter().zip(&x).map(|(d, x)| d * x).sum::<f64>() * shift;
        for (distance, bounds) in [(Distance::Linear, [f64::NEG_INFINITY, f64::INFINITY]), (Distance::Raking, [0.3, 3.0]), (Distance::Logit, [0.3, 3.0])] {
            let first: Vec<u32> = ids.iter().map(|id| if *id == 0 { 0 } else { u32::MAX }).collect();
            let own = base.iter().zip(&ids).filter(|(_, id)| **id == 0).map(|(d, _)| d).sum::<f64>() * shift;
            let calibration = Calibration {
                terms: vec![Term::One, Term::Levels { ids: first.into(), count: 1 }, Term::Column(x.clone().into())],
                totals: vec![population, own, total],
                distance,
                bounds,
                variances: None,
                clusters: None,
                tolerance: 1e-10,
                max_iterations: 100,
            };
            let chain = only(&base, Step::Calibrate(calibration)).unwrap();
            let sum: f64 = chain.weights().iter().sum();
            prop_assert!((sum - population).abs() <= 1e-8 * population);
            let met: f64 = chain.weights().iter().zip(&x).map(|(w, x)| w * x).sum();
            prop_assert!((met - total).abs() <= 1e-8 * (1.0 + total.abs()));
            let record = &chain.records()[0];
            prop_assert!(record.ratio_min >= bounds[0] - 1e-12 && record.ratio_max <= bounds[1] + 1e-12);
        }
    }

    #[test]
    fn the_order_of_rows_changes_nothing(
        values in prop::collection::vec((0.5..20.0_f64, 0_u32..3, 0_u32..4, -5.0..5.0_f64), 12..60),
        turn in 1_usize..12,
    ) {
        let estimate = |values: &[(f64, u32, u32, f64)]| {
            let stages = vec![
                Stage {
                    strata: Some(values.iter().map(|row| row.1).collect::<Vec<u32>>().into()),
                    clusters: Some(values.iter().map(|row| row.2).collect::<Vec<u32>>().into()),
                    populations: Some(vec![40.0; values.len()].into()),
                },
                Stage { populations: Some(vec![100.0; values.len()].into()), ..Stage::default() },
            ];
            let sampling = Sampling::new(&SamplingSpec {
                rows: values.len(),
                weights: Weights::Given(values.iter().map(|row| row.0).collect::<Vec<f64>>().into()),
                stages,
                nested: true,
                pps: Pps::None,
                lonely: LonelyPsu::Adjust,
                lonely_in_domains: false,
            })
            .unwrap();
            let statistic = Statistic::Mean(values.iter().map(|row| row.3).collect::<Vec<f64>>().into());
            Survey::new(&sampling).estimate(&[Request { statistic: &statistic, domain: Domain::All }]).unwrap()[0]
        };
        let mut turned = values.clone();
        turned.rotate_left(turn);
        let (a, b) = (estimate(&values), estimate(&turned));
        prop_assert!((a.estimate.unwrap() - b.estimate.unwrap()).abs() < 1e-12);
        prop_assert!((a.se.unwrap() - b.se.unwrap()).abs() < 1e-10 * (1e-6 + a.se.unwrap()));
        prop_assert_eq!((a.n, a.df_design), (b.n, b.df_design));
    }
}
