//! Given bootstrap replicates that differ from row to row, contrasts and quantiles on replicates, and lonely PSUs in them.

use super::golden::{Rows, column, domain, levels, near};
use super::replicates::check;
use super::sampling::school;
use super::support::{close, number, table};
use sipas::stats::design::LonelyPsu;
use sipas::stats::estimate::{Domain, QuantileRequest, Request, Statistic, Survey, domain_rows};
use sipas::stats::interval::ProportionInterval;
use sipas::stats::replicate::{Method, ReplicateError, ReplicateSpec, Replicates};
use sipas::stats::sampling::{Pps, Sampling, SamplingSpec, Stage, Weights};

fn given(weights: &[f64], columns: Vec<Vec<f64>>, scale: f64, rscales: Vec<f64>, mse: bool) -> Replicates {
    let columns = columns.into_iter().map(Into::into).collect();
    Replicates::new(ReplicateSpec { weights: weights.into(), columns, combined: false, scale, rscales, mse, df: None }).unwrap()
}

/// Rao and Wu with n − 1 draws in each stratum, from numbers of draws a row.
fn drawn(sampling: &Sampling) -> Replicates {
    let lines = table("rep_sub_st.csv");
    let factor = |row: usize, r: usize| {
        let n = f64::from(sampling.psus_in_stratum(sampling.stratum(row)));
        f64::from(lines[row]["draws"].as_bytes()[r] - b'0') * n / (n - 1.0)
    };
    let columns = (0..100).map(|r| (0..lines.len()).map(|row| factor(row, r)).collect()).collect();
    given(sampling.weights(), columns, 1.0 / 99.0, Vec::new(), false)
}

/// Preston's rescaled bootstrap of two stages.
fn preston(sampling: &Sampling) -> Replicates {
    let lines = table("rep_mrb.csv");
    let factor = |row: usize, r: usize| {
        let place = usize::from(lines[row]["places"].as_bytes()[r] - b'0');
        lines[row]["factors"].split(' ').nth(place).unwrap().parse::<f64>().unwrap()
    };
    let columns = (0..100).map(|r| (0..lines.len()).map(|row| factor(row, r)).collect()).collect();
    given(sampling.weights(), columns, 1.0, vec![1.0 / 99.0; 100], false)
}

#[test]
fn bootstraps_of_rows_and_of_two_stages_agree_with_r() {
    let (sampling, rows) = school("strat_nofpc");
    assert!(check(&drawn(&sampling), &rows, "sub_st", 1e-9) > 40);
    let (sampling, rows) = school("clus2");
    assert!(check(&preston(&sampling), &rows, "mrb", 1e-9) > 40);
}

#[test]
fn contrasts_on_replicates_agree_with_r() {
    let made = |design, method, mse| {
        let (sampling, rows) = school(design);
        (Replicates::make(&sampling, method, mse).unwrap(), rows)
    };
    let (strat, schools) = school("strat_nofpc");
    let (two_stage, others) = school("clus2");
    let all = [
        ("jk1", made("clus1", Method::Jk1, false)),
        ("jk1_mse", made("clus1_nofpc", Method::Jk1, true)),
        ("jkn_st", made("strat", Method::Jkn, false)),
        ("sub_st", (drawn(&strat), schools)),
        ("mrb", (preston(&two_stage), others)),
    ];
    let expected = table("golden_contrasts.csv");
    for (design, (replicates, rows)) in &all {
        let row = expected.iter().find(|row| row["case"] == format!("{design}_contrast")).unwrap();
        let (ids, _) = levels(rows, "stype");
        let domains = domain_rows(&ids, 3);
        let statistic = Statistic::Mean(column(rows, "api00").into());
        let asked: Vec<Request<'_>> = domains.iter().map(|rows| Request { statistic: &statistic, domain: Domain::Rows(rows) }).collect();
        let (estimate, se) = replicates.jointly(&asked).unwrap().linear(&[1.0, 0.0, -1.0]).unwrap();
        near(estimate, number(row, "estimate"), 1e-9, 0.0, design);
        near(se, number(row, "se"), 1e-9, 0.0, design);
    }
}

#[test]
fn a_quantile_on_replicates_has_the_interval_of_its_share() {
    let (sampling, rows) = school("clus1");
    let replicates = Replicates::make(&sampling, Method::Jk1, false).unwrap();
    let y = column(&rows, "api00");
    let inside = domain(&rows, "stype=E").unwrap();
    for domain in [Domain::All, Domain::Rows(&inside)] {
        let asked =
            QuantileRequest { y: &y, domain, shares: &[0.25, 0.5], level: 0.95, df: Some(14.0), interval: ProportionInterval::Mean };
        let taylor = Survey::new(&sampling).quantiles_by(&asked).unwrap();
        let found = replicates.quantiles(&asked).unwrap();
        for (found, taylor) in found.iter().zip(taylor) {
            assert_eq!((found.estimate, found.n), (taylor.estimate, taylor.n), "the quantile itself is the same");
            // The share of values up to the quantile, its interval, and the values there by plain counting (equal weights).
            let q = found.estimate.unwrap();
            let up_to = Statistic::Mean(y.iter().map(|y| f64::from(u8::from(*y <= q))).collect::<Vec<f64>>().into());
            let share = replicates.estimate(&[Request { statistic: &up_to, domain }]).unwrap()[0];
            let ends = share.t_interval(14.0, 0.95).unwrap().unwrap();
            let mut sorted: Vec<f64> = match domain {
                Domain::All => y.clone(),
                Domain::Rows(rows) => rows.iter().map(|row| y[*row as usize]).collect(),
            };
            sorted.sort_by(f64::total_cmp);
            let at = |p: f64| sorted.iter().enumerate().find(|(k, _)| (*k + 1) as f64 / sorted.len() as f64 >= p).map(|(_, y)| *y);
            assert_eq!((found.low, found.high), (at(ends.low), at(ends.high)));
            close(found.se.unwrap(), (found.high.unwrap() - found.low.unwrap()) / (2.0 * 2.144_786_687_917_804), 1e-12, "se");
        }
    }
}

#[test]
fn intervals_of_the_share_give_those_of_the_quantile_as_in_r() {
    let (sampling, rows) = school("clus1");
    let y = column(&rows, "api00");
    let expected = table("golden_quantile_intervals.csv");
    for (name, interval) in [("beta", ProportionInterval::Beta), ("xlogit", ProportionInterval::Logit), ("asin", ProportionInterval::Asin)]
    {
        let own: Rows = expected.iter().filter(|row| row["method"] == name).cloned().collect();
        let shares = column(&own, "share");
        let asked = QuantileRequest { y: &y, domain: Domain::All, shares: &shares, level: 0.95, df: None, interval };
        let found = Survey::new(&sampling).quantiles_by(&asked).unwrap();
        assert_eq!(found.len(), 3);
        for (found, row) in found.iter().zip(&own) {
            for (found, name) in [(found.estimate, "estimate"), (found.low, "low"), (found.high, "high"), (found.se, "se")] {
                near(found.unwrap(), number(row, name), 1e-9, 0.0, name);
            }
        }
    }
}

#[test]
fn a_variance_on_replicates_keeps_the_n_of_the_full_sample() {
    // Four rows, one dropped at a time: R multiplies by 4 / 3 in every replicate, not by 3 / 2.
    let y = [1.0, 2.0, 4.0, 9.0];
    let columns: Vec<Vec<f64>> = (0..4).map(|out| (0..4).map(|row| if row == out { 0.0 } else { 4.0 / 3.0 }).collect()).collect();
    let replicates = given(&[5.0; 4], columns, 0.75, Vec::new(), false);
    let statistic = Statistic::Variance(y.to_vec().into());
    let found = replicates.estimate(&[Request { statistic: &statistic, domain: Domain::All }]).unwrap()[0];
    close(found.estimate.unwrap(), 38.0 / 3.0, 1e-14, "S²");
    let without = |out: usize| {
        let left: Vec<f64> = y.iter().enumerate().filter(|(row, _)| *row != out).map(|(_, y)| *y).collect();
        let mean = left.iter().sum::<f64>() / 3.0;
        4.0 / 3.0 * left.iter().map(|y| (y - mean).powi(2)).sum::<f64>() / 3.0
    };
    let values: Vec<f64> = (0..4).map(without).collect();
    let mean = values.iter().sum::<f64>() / 4.0;
    let variance = 0.75 * values.iter().map(|v| (v - mean).powi(2)).sum::<f64>();
    close(found.se.unwrap(), variance.sqrt(), 1e-13, "se");
}

#[test]
fn a_total_is_0_in_a_replicate_without_the_domain() {
    // The domain lies in PSU 0 alone: replicate totals are 0, and 3/2 · 12 in the others. A mean is left out where it does not exist.
    let columns = vec![vec![0.0, 1.5, 1.5], vec![1.5, 0.0, 1.5], vec![1.5, 1.5, 0.0]];
    let replicates = given(&[3.0; 3], columns, 2.0 / 3.0, Vec::new(), false);
    let y = vec![4.0, 1.0, 1.0];
    let (total, mean) = (Statistic::Total(y.clone().into()), Statistic::Mean(y.into()));
    let ask = |statistic| replicates.estimate(&[Request { statistic, domain: Domain::Rows(&[0]) }]).unwrap()[0];
    // 0, 18, 18 around 12: 2/3 · (144 + 36 + 36) = 144.
    assert_eq!(ask(&total).estimate, Some(12.0));
    close(ask(&total).se.unwrap(), 12.0, 1e-14, "as for a sample of PSU totals 12, 0, 0");
    assert_eq!((ask(&mean).estimate, ask(&mean).se), (Some(4.0), Some(0.0)));
}

/// Strata of 2, 1 and `last` PSUs, a row each.
fn lonely(last: u32, policy: LonelyPsu) -> Sampling {
    let strata: Vec<u32> = [0, 0, 1].into_iter().chain((0..last).map(|_| 2)).collect();
    Sampling::new(&SamplingSpec {
        rows: strata.len(),
        weights: Weights::Equal,
        stages: vec![Stage { strata: Some(strata.into()), ..Stage::default() }],
        nested: false,
        pps: Pps::None,
        lonely: policy,
        lonely_in_domains: false,
    })
    .unwrap()
}

#[test]
fn the_jackknife_treats_a_lonely_psu_as_its_policy_says() {
    let make = |policy| Replicates::make(&lonely(3, policy), Method::Jkn, false);
    assert_eq!(make(LonelyPsu::Fail).unwrap_err(), ReplicateError::LonelyStratum { stratum: 1 });
    for policy in [LonelyPsu::Remove, LonelyPsu::Certainty] {
        let made = make(policy).unwrap();
        assert_eq!((made.replicate_weights().len(), made.scale()), (5, 1.0));
        assert!(made.replicate_weights().iter().all(|weights| weights[2] == 1.0), "it keeps its weight");
    }
    let average = make(LonelyPsu::Average).unwrap();
    assert_eq!((average.replicate_weights().len(), average.scale()), (5, 6.0 / 5.0));
    let adjust = make(LonelyPsu::Adjust).unwrap();
    assert_eq!((adjust.replicate_weights().len(), adjust.scale()), (6, 1.0));
    assert_eq!(adjust.replicate_weights()[5], [1.5, 1.5, 0.0, 1.5, 1.5, 1.5]);
    close(adjust.rscales()[5], 2.0 / 3.0, 1e-15, "(H − 1) / H");
    for policy in [LonelyPsu::Fail, LonelyPsu::Adjust, LonelyPsu::Average] {
        for method in [Method::RaoWu { replicates: 5, seed: 1 }, Method::Brr] {
            let refused = Replicates::make(&lonely(2, policy), method, false).unwrap_err();
            assert_eq!(refused, ReplicateError::LonelyStratum { stratum: 1 });
        }
    }
    assert_eq!(Replicates::make(&lonely(2, LonelyPsu::Certainty), Method::Brr, false).unwrap().replicate_weights().len(), 4);
}

#[test]
fn half_samples_split_even_strata_into_pairs() {
    let four = lonely(4, LonelyPsu::Remove);
    let made = Replicates::make(&four, Method::Brr, false).unwrap();
    let weights = made.replicate_weights();
    // Pairs (3, 4), (5, 6), then (0, 1): three columns of a matrix of order 4.
    assert_eq!(weights.len(), 4);
    for pair in [[3, 4], [5, 6], [0, 1]] {
        assert!(weights.iter().all(|w| w[pair[0]] + w[pair[1]] == 2.0), "one of {pair:?} in each half sample");
    }
    let balance: f64 = weights.iter().map(|w| (w[3] - 1.0) * (w[5] - 1.0)).sum();
    assert_eq!(balance, 0.0, "pairs are balanced against each other");
    assert_eq!(
        Replicates::make(&lonely(3, LonelyPsu::Remove), Method::Brr, false).unwrap_err(),
        ReplicateError::NotPairs { stratum: 2, psus: 3 }
    );
}

#[test]
fn half_samples_and_rao_wu_pass_over_finite_populations() {
    let with = |populations: Option<Vec<f64>>| {
        let stage = Stage { strata: Some(vec![0, 0, 1, 1].into()), populations: populations.map(Into::into), ..Stage::default() };
        Sampling::new(&SamplingSpec {
            rows: 4,
            weights: Weights::Given(vec![1.0, 1.0, 2.0, 2.0].into()),
            stages: vec![stage],
            nested: false,
            pps: Pps::None,
            lonely: LonelyPsu::Fail,
            lonely_in_domains: false,
        })
        .unwrap()
    };
    // The first stratum is complete, the second a half.
    let (finite, infinite) = (with(Some(vec![2.0, 2.0, 4.0, 4.0])), with(None));
    for method in [Method::Brr, Method::Fay { rho: 0.3 }, Method::RaoWu { replicates: 7, seed: 3 }] {
        let [a, b] = [&finite, &infinite].map(|sampling| Replicates::make(sampling, method, false).unwrap());
        assert_eq!(a.replicate_weights(), b.replicate_weights(), "{method:?}");
    }
    let rescaled = Replicates::make(&finite, Method::RaoWuYue { replicates: 7, seed: 3 }, false).unwrap();
    assert!(rescaled.replicate_weights().iter().all(|w| w[0] == 1.0 && w[1] == 1.0), "a complete stratum keeps its weights");
}
