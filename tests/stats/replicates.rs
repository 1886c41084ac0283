//! Replicate weights, made and given, against R `survey`.

use super::golden::{Rows, Tolerance, column, compare, ids, near};
use super::sampling::school;
use super::support::{close, number, table};
use super::weighting::{TYPES, calibration, margin, raking};
use sipas::stats::design::LonelyPsu;
use sipas::stats::estimate::{Domain, Request, Statistic, Survey};
use sipas::stats::interval::replicated_interval;
use sipas::stats::replicate::{Method, ReplicateError, ReplicateSpec, Replicates};
use sipas::stats::sampling::{Pps, Sampling, SamplingSpec, Stage, Weights};
use sipas::stats::weighting::{Distance, RakeVariance, Step};

const FREE: [f64; 2] = [f64::NEG_INFINITY, f64::INFINITY];
const MAX: f64 = 1e-9;

pub(crate) fn check(replicates: &Replicates, rows: &Rows, design: &str, tolerance: f64) -> usize {
    let tolerance = Tolerance { estimate: tolerance, se: tolerance, df_domain: true };
    let aw = Statistic::Mean(if rows[0].contains_key("aw") { column(rows, "aw") } else { vec![0.0; rows.len()] }.into());
    let asked = Request { statistic: &aw, domain: Domain::All };
    for row in table("golden_reps_logit.csv").iter().filter(|row| row["design"] == design) {
        let p = replicates.estimate(std::slice::from_ref(&asked)).unwrap()[0].estimate.unwrap();
        let se = replicates.log_odds_se(&asked).unwrap().unwrap();
        let ratio = row["method"] == "likelihood";
        let found = replicated_interval(ratio, p, se, number(row, "df"), number(row, "level")).unwrap();
        let (low, high) = (number(row, "low"), number(row, "high"));
        let allowed = if ratio { 0.003 } else { 3e-7 } * (high - low);
        near(found.low, low, 0.0, allowed, &format!("{design} {} low", row["method"]));
        near(found.high, high, 0.0, allowed, &format!("{design} {} high", row["method"]));
    }
    compare("reps", design, rows, |_| true, tolerance, |asked| replicates.jointly(asked).unwrap())
}

fn small(file: &str, stratum: &str, psu: &str, weight: Option<&str>, populations: Option<&str>) -> (Sampling, Rows) {
    let rows = table(file);
    let weights = weight.map_or(Weights::Equal, |name| Weights::Given(column(&rows, name).into()));
    let stage = Stage {
        strata: Some(ids(&rows, stratum).into()),
        clusters: Some(ids(&rows, psu).into()),
        populations: populations.map(|name| column(&rows, name).into()),
    };
    let parts = SamplingSpec {
        rows: rows.len(),
        weights,
        stages: vec![stage],
        nested: true,
        pps: Pps::None,
        lonely: LonelyPsu::Fail,
        lonely_in_domains: false,
    };
    (Sampling::new(&parts).unwrap(), rows)
}

#[test]
fn jackknife_replicates_agree_with_r() {
    let mut compared = 0;
    for (design, base, method, mse) in
        [("jk1", "clus1", Method::Jk1, false), ("jk1_mse", "clus1_nofpc", Method::Jk1, true), ("jkn_st", "strat", Method::Jkn, false)]
    {
        let (sampling, rows) = school(base);
        compared += check(&Replicates::make(&sampling, method, mse).unwrap(), &rows, design, MAX);
    }
    for (design, populations) in [("jkn", None), ("jkn_fpc", Some("Nh"))] {
        let (sampling, rows) = small("fpc.csv", "stratid", "psuid", Some("weight"), populations);
        compared += check(&Replicates::make(&sampling, Method::Jkn, false).unwrap(), &rows, design, MAX);
    }
    assert!(compared > 150, "{compared} figures compared");
}

#[test]
fn balanced_replicates_agree_with_r() {
    let (sampling, rows) = small("scd.csv", "ESA", "ambulance", None, None);
    for (design, method, mse) in
        [("scd_brr", Method::Brr, false), ("scd_brr_mse", Method::Brr, true), ("scd_fay", Method::Fay { rho: 0.3 }, false)]
    {
        assert!(check(&Replicates::make(&sampling, method, mse).unwrap(), &rows, design, MAX) >= 12);
    }
    for (name, combined, scale) in [("scd_brr", false, 0.25), ("scd_man", true, 0.25), ("scd_fay", false, 0.25 / 0.49)] {
        let given = given(&rows, &column_of_ones(rows.len()), &table(&format!("rep_{name}.csv")), combined, scale);
        assert!(check(&given, &rows, name, MAX) >= 12);
    }
}

fn column_of_ones(rows: usize) -> Vec<f64> {
    vec![1.0; rows]
}

/// Replicates from a table with a line for each row.
fn given(rows: &Rows, weights: &[f64], lines: &Rows, combined: bool, scale: f64) -> Replicates {
    assert_eq!(rows.len(), lines.len());
    let names = (1..).map(|r| format!("r{r}")).take_while(|name| lines[0].contains_key(name));
    Replicates::new(ReplicateSpec {
        weights: weights.into(),
        columns: names.map(|name| lines.iter().map(|line| number(line, &name)).collect::<Vec<f64>>().into()).collect(),
        combined,
        scale,
        rscales: Vec::new(),
        mse: false,
        df: None,
    })
    .unwrap()
}

#[test]
fn given_bootstrap_replicates_agree_with_r() {
    let (sampling, rows) = school("clus1_nofpc");
    for (name, scale) in [("boot1", 0.010822510822510822), ("sub1", 1.0 / 99.0)] {
        let psus = table(&format!("rep_{name}.csv"));
        let line = |row: &std::collections::HashMap<String, String>| psus.iter().find(|psu| psu["dnum"] == row["dnum"]).unwrap().clone();
        let lines: Rows = rows.iter().map(line).collect();
        let replicates = given(&rows, sampling.weights(), &lines, false, scale);
        assert!(check(&replicates, &rows, name, MAX) > 40);
    }
}

#[test]
fn weighting_is_repeated_in_every_replicate_as_in_r() {
    let (sampling, rows) = school("clus1");
    let base = Replicates::make(&sampling, Method::Jk1, false).unwrap();
    let margins = || vec![margin(&rows, "stype", &TYPES), margin(&rows, "sch.wide", &[1072.0, 5122.0])];
    let calibrate = |distance| Step::Calibrate(calibration(&rows, 3, distance, FREE));
    for (design, step) in [
        ("ps_jk1", Step::Poststratify(margin(&rows, "stype", &TYPES))),
        ("rk_jk1", raking(margins(), RakeVariance::Calibration)),
        ("cal_jk1", calibrate(Distance::Linear)),
        ("calr_jk1", calibrate(Distance::Raking)),
    ] {
        let replicates = base.reweighted(&[step]).unwrap();
        assert!(check(&replicates, &rows, design, 1e-7) > 40);
        for weights in replicates.replicate_weights() {
            close(weights.iter().sum(), 6194.0, 1e-9, "every replicate sums to the population");
        }
    }
}

#[test]
fn the_bootstrap_comes_near_the_taylor_variance_and_repeats_itself() {
    for (design, method) in
        [("strat_nofpc", Method::RaoWu { replicates: 800, seed: 42 }), ("strat", Method::RaoWuYue { replicates: 800, seed: 42 })]
    {
        let (sampling, rows) = school(design);
        let statistic = Statistic::Total(column(&rows, "enroll").into());
        let asked = [Request { statistic: &statistic, domain: Domain::All }];
        let taylor = Survey::new(&sampling).estimate(&asked).unwrap()[0].se.unwrap();
        let made = Replicates::make(&sampling, method, false).unwrap();
        let found = made.estimate(&asked).unwrap()[0].se.unwrap();
        close(found, taylor, 0.06, design);
        let again = Replicates::make(&sampling, method, false).unwrap();
        assert_eq!(made.replicate_weights(), again.replicate_weights());
    }
}

#[test]
fn bootstrap_draws_are_the_same_on_every_machine() {
    let (sampling, _) = small("fpc.csv", "stratid", "psuid", Some("weight"), None);
    let made = Replicates::make(&sampling, Method::RaoWu { replicates: 3, seed: 1 }, false).unwrap();
    let draws: Vec<Vec<f64>> = made
        .replicate_weights()
        .iter()
        .map(|weights| weights.iter().zip(sampling.weights()).map(|(w, d)| (w / d * 60.0).round()).collect())
        .collect();
    assert_eq!(draws, PINNED, "factors times 60");
}

#[test]
fn balanced_replicates_of_a_total_give_the_taylor_variance_exactly() {
    // 30 strata of two PSUs need a matrix of order 32.
    let values: Vec<f64> = (0..60).map(|row| f64::from((row * row) % 17)).collect();
    let stage = Stage { strata: Some((0..60).map(|row| row / 2).collect::<Vec<u32>>().into()), ..Stage::default() };
    let sampling = Sampling::new(&SamplingSpec {
        rows: 60,
        weights: Weights::Equal,
        stages: vec![stage],
        nested: false,
        pps: Pps::None,
        lonely: LonelyPsu::Fail,
        lonely_in_domains: false,
    })
    .unwrap();
    let statistic = Statistic::Total(values.into());
    let asked = [Request { statistic: &statistic, domain: Domain::All }];
    let taylor = Survey::new(&sampling).estimate(&asked).unwrap()[0];
    for method in [Method::Brr, Method::Fay { rho: 0.5 }] {
        let replicates = Replicates::make(&sampling, method, false).unwrap();
        assert_eq!(replicates.replicate_weights().len(), 32);
        close(replicates.estimate(&asked).unwrap()[0].se.unwrap(), taylor.se.unwrap(), 1e-12, "half samples");
        assert_eq!(replicates.degrees_of_freedom(), 30);
    }
}

#[test]
fn designs_that_do_not_suit_a_method_are_refused() {
    let (sampling, _) = school("strat");
    let refuse = |method| Replicates::make(&sampling, method, false).unwrap_err();
    assert_eq!(refuse(Method::Jk1), ReplicateError::Jk1Strata(3));
    let (odd, _) = small("fpc.csv", "stratid", "psuid", Some("weight"), None);
    let refused = Replicates::make(&odd, Method::Brr, false).unwrap_err();
    assert_eq!(refused, ReplicateError::NotPairs { stratum: 0, psus: 5 });
    assert_eq!(refuse(Method::Fay { rho: 1.0 }), ReplicateError::Fay(1.0));
    assert_eq!(refuse(Method::RaoWu { replicates: 1, seed: 0 }), ReplicateError::TooFew(1));
    let spec = |columns: Vec<Vec<f64>>, scale: f64, rscales: Vec<f64>| {
        Replicates::new(ReplicateSpec {
            weights: vec![1.0, 2.0].into(),
            columns: columns.into_iter().map(Into::into).collect(),
            combined: true,
            scale,
            rscales,
            mse: false,
            df: None,
        })
        .unwrap_err()
    };
    let good = || vec![vec![2.0, 0.0], vec![0.0, 4.0]];
    assert_eq!(spec(good(), 0.0, vec![]), ReplicateError::Scale(0.0));
    assert_eq!(spec(good(), 1.0, vec![1.0]), ReplicateError::Rscales { replicates: 2, found: 1 });
    assert_eq!(spec(vec![vec![1.0], vec![1.0]], 1.0, vec![]), ReplicateError::Length { replicate: 0, rows: 2, found: 1 });
}

const PINNED: [[f64; 8]; 3] = [
    [75.0, 75.0, 150.0, 0.0, 0.0, 90.0, 0.0, 90.0],
    [150.0, 0.0, 75.0, 0.0, 75.0, 0.0, 90.0, 90.0],
    [0.0, 75.0, 75.0, 75.0, 75.0, 0.0, 90.0, 90.0],
];

#[test]
fn half_samples_are_those_of_r() {
    let (sampling, rows) = small("rep_nh_brr.csv", "stratum", "psu", None, None);
    let made = Replicates::make(&sampling, Method::Brr, false).unwrap();
    assert_eq!((rows.len(), made.replicate_weights().len()), (28, 16));
    for (r, weights) in made.replicate_weights().iter().enumerate() {
        assert_eq!(*weights, column(&rows, &format!("r{}", r + 1)), "replicate {r}");
    }
}
