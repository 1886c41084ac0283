//! Odd designs: by hand, and against a second, plain implementation of the variance of a total on random designs of one and two stages.

use super::golden::column;
use super::sampling::school;
use super::support::close;
use proptest::prelude::*;
use sipas::stats::design::LonelyPsu;
use sipas::stats::estimate::{Domain, Estimate, Flag, Request, Statistic, Survey};
use sipas::stats::sampling::{Pps, Sampling, SamplingError, SamplingSpec, Stage, Weights};
use std::collections::BTreeMap;

fn spec(rows: usize, weights: Weights<'static>, stages: Vec<Stage<'static>>) -> SamplingSpec<'static> {
    SamplingSpec { rows, weights, stages, nested: true, pps: Pps::None, lonely: LonelyPsu::Fail, lonely_in_domains: false }
}

fn stage(strata: Option<&[u32]>, clusters: Option<&[u32]>, populations: Option<&[f64]>) -> Stage<'static> {
    Stage {
        strata: strata.map(|ids| ids.to_vec().into()),
        clusters: clusters.map(|ids| ids.to_vec().into()),
        populations: populations.map(|sizes| sizes.to_vec().into()),
    }
}

fn total(spec: &SamplingSpec<'_>, y: &[f64], domain: Domain<'_>) -> Estimate {
    let sampling = Sampling::new(spec).unwrap();
    let statistic = Statistic::Total(y.to_vec().into());
    Survey::new(&sampling).estimate(&[Request { statistic: &statistic, domain }]).unwrap()[0]
}

const Y: [f64; 6] = [1.0, 3.0, 2.0, 6.0, 5.0, 4.0];

#[test]
fn brewer_s_form_goes_on_through_the_stages() {
    // Three PSUs of two rows with π = 0.5, 0.4, 0.8 and, within them, fractions 0.5, 0.25 and 1.
    let (first, second) = (vec![0.5, 0.5, 0.4, 0.4, 0.8, 0.8], vec![0.5, 0.5, 0.25, 0.25, 1.0, 1.0]);
    let psus = [0, 0, 1, 1, 2, 2];
    let weights = || Weights::Probabilities(vec![first.clone().into(), second.clone().into()]);
    let two_stages = |populations: Option<&[f64]>| {
        let stages = vec![stage(None, Some(&psus), None), stage(None, None, populations)];
        total(&SamplingSpec { pps: Pps::Brewer, ..spec(6, weights(), stages) }, &Y, Domain::All)
    };
    // Weighted PSU totals 16, 80 and 11.25 around 35.75; then π (1 − f) · 2 Σ (wy − mean)² = 0.5 · 0.5 · 2 · 32 + 0.4 · 0.75 · 2 · 800.
    let between = 1.5 * (0.5 * 19.75_f64.powi(2) + 0.6 * 44.25_f64.powi(2) + 0.2 * 24.5_f64.powi(2));
    let within = 0.5 * 0.5 * 2.0 * 32.0 + 0.4 * 0.75 * 2.0 * 800.0;
    let found = two_stages(None);
    close(found.estimate.unwrap(), 107.25, 1e-14, "total");
    close(found.se.unwrap(), (between + within).sqrt(), 1e-13, "both stages");
    let sizes = two_stages(Some(&[4.0, 4.0, 8.0, 8.0, 2.0, 2.0]));
    close(sizes.se.unwrap(), found.se.unwrap(), 1e-13, "population sizes say the same as probabilities");
    let one = SamplingSpec { pps: Pps::Brewer, ..spec(6, weights(), vec![stage(None, Some(&psus), None)]) };
    close(total(&one, &Y, Domain::All).se.unwrap(), between.sqrt(), 1e-13, "the first stage alone");
    // Every cluster has one probability, at every stage.
    let pairs = stage(None, Some(&[0, 0, 0, 1, 0, 1]), None);
    let mut varying = second.clone();
    varying[1] = 0.6;
    let columns = Weights::Probabilities(vec![first.clone().into(), varying.into()]);
    let parts = SamplingSpec { pps: Pps::Brewer, ..spec(6, columns, vec![stage(None, Some(&psus), None), pairs]) };
    let refused = Sampling::new(&parts).unwrap_err();
    assert_eq!(refused, SamplingError::ProbabilityVaries { stage: 1, first: 0, first_value: 0.5, row: 1, value: 0.6 });
}

#[test]
fn strata_at_the_second_stage_have_a_variance_of_their_own() {
    // Two PSUs of four; within PSU 0 two strata of two rows out of 4, within PSU 1 two rows out of 8. Weights 2·2 and 2·4.
    let psus = [0, 0, 0, 0, 1, 1];
    let parts = |sizes: &[f64], strata: Option<&[u32]>| {
        let weights = Weights::Given(vec![4.0, 4.0, 4.0, 4.0, 8.0, 8.0].into());
        spec(6, weights, vec![stage(None, Some(&psus), Some(&[4.0; 6])), stage(strata, None, Some(sizes))])
    };
    // Totals 48 and 72: (1 − ½) · 2 · (12² + 12²) = 288. Within, ½ · (1 − f) · 2 Σ (wy − mean)²: strata 4, 12 and 8, 24; 40, 32.
    let within = 0.5 * (0.5 * 2.0 * 32.0 + 0.5 * 2.0 * 128.0 + 0.75 * 2.0 * 32.0);
    let found = total(&parts(&[4.0, 4.0, 4.0, 4.0, 8.0, 8.0], Some(&[7, 7, 9, 9, 7, 7])), &Y, Domain::All);
    close(found.se.unwrap(), (288.0_f64 + within).sqrt(), 1e-13, "sizes");
    let found = total(&parts(&[0.5, 0.5, 0.5, 0.5, 0.25, 0.25], Some(&[7, 7, 9, 9, 7, 7])), &Y, Domain::All);
    close(found.se.unwrap(), (288.0_f64 + within).sqrt(), 1e-13, "sizes at the first stage, fractions at the second");
    // Without strata PSU 0 has four rows 4, 12, 8, 24 of 8 around 12: ½ · ½ · 4/3 · 224.
    let within = 0.5 * (0.5 * 4.0 / 3.0 * 224.0 + 0.75 * 2.0 * 32.0);
    let found = total(&parts(&[8.0; 6], None), &Y, Domain::All);
    close(found.se.unwrap(), (288.0_f64 + within).sqrt(), 1e-13, "no strata");
    assert_eq!((found.df_design, found.n), (1, 6));
}

#[test]
fn a_complete_stratum_has_no_variance_and_a_population_at_the_second_stage_alone_has_no_effect() {
    let strata = [0, 0, 1, 1, 1, 1];
    let complete = spec(6, Weights::FromPopulations, vec![stage(Some(&strata), None, Some(&[2.0, 2.0, 8.0, 8.0, 8.0, 8.0]))]);
    // 8 (8 − 4) / 4 · S² with values 2, 6, 5, 4.
    let found = total(&complete, &Y, Domain::All);
    assert_eq!(found.estimate, Some(4.0 + 34.0));
    close(found.se.unwrap(), (8.0 * 4.0 / 4.0 * 8.75_f64 / 3.0).sqrt(), 1e-13, "the second stratum alone");
    let inside = total(&complete, &Y, Domain::Rows(&[0, 1]));
    assert_eq!((inside.estimate, inside.se, inside.df_domain, inside.flag), (Some(4.0), Some(0.0), 1, Flag::Ok));
    let psus = [0, 0, 1, 1, 2, 2];
    let only_first = total(&spec(6, Weights::Equal, vec![stage(None, Some(&psus), None)]), &Y, Domain::All);
    let second = spec(6, Weights::Equal, vec![stage(None, Some(&psus), None), stage(None, None, Some(&[9.0; 6]))]);
    assert_eq!(total(&second, &Y, Domain::All).se, only_first.se, "with replacement at the first stage");
    let direct = total(&spec(6, Weights::Equal, vec![stage(None, None, None)]), &Y, Domain::All);
    assert_eq!(direct, total(&spec(6, Weights::Equal, vec![]), &Y, Domain::All), "rows drawn directly");
}

#[test]
fn a_domain_may_miss_strata_altogether() {
    let strata = [0, 0, 1, 1, 2, 2];
    // The other strata in full: 2 (1 + 1) for the totals 1 and 3, and 2 (1 + 1) for 2 and 0 where no policy applies.
    for (policy, in_domains) in [(LonelyPsu::Fail, false), (LonelyPsu::Average, true), (LonelyPsu::Adjust, true)] {
        let parts = SamplingSpec {
            lonely: policy,
            lonely_in_domains: in_domains,
            ..spec(6, Weights::Equal, vec![stage(Some(&strata), None, None)])
        };
        // Rows 0, 1 and 2: stratum 2 is absent, stratum 1 has one of its two rows.
        let found = total(&parts, &Y, Domain::Rows(&[0, 1, 2]));
        let expected: f64 = match policy {
            LonelyPsu::Average => 2.0 * 4.0,
            // The lone total 2, and its absent partner at 0, around the mean of the totals 1, 3, 2, 0: 2 (½² + 1.5²).
            LonelyPsu::Adjust => 4.0 + 2.0 * (0.25 + 2.25),
            _ => 4.0 + 4.0,
        };
        assert_eq!((found.estimate, found.df_domain, found.df_design), (Some(6.0), 1, 3));
        close(found.se.unwrap().powi(2), expected, 1e-13, &format!("{policy:?}"));
    }
}

#[test]
fn fractions_at_the_second_stage_mean_the_same_as_sizes() {
    let (by_size, rows) = school("clus2");
    let [dnum, snum] = ["dnum", "snum"].map(|name| super::golden::ids(&rows, name));
    let sizes = column(&rows, "fpc2");
    let schools = |row: usize| dnum.iter().filter(|other| **other == dnum[row]).count() as f64;
    let fractions: Vec<f64> = (0..rows.len()).map(|row| schools(row) / sizes[row]).collect();
    let stages = vec![stage(None, Some(&dnum), Some(&column(&rows, "fpc1"))), stage(None, Some(&snum), Some(&fractions))];
    let by_fraction = Sampling::new(&spec(rows.len(), Weights::FromPopulations, stages)).unwrap();
    let statistic = Statistic::Mean(column(&rows, "api00").into());
    let asked = [Request { statistic: &statistic, domain: Domain::All }];
    let [a, b] = [&by_size, &by_fraction].map(|sampling| Survey::new(sampling).estimate(&asked).unwrap()[0]);
    close(a.se.unwrap(), b.se.unwrap(), 1e-12, "standard error");
    close(a.estimate.unwrap(), b.estimate.unwrap(), 1e-13, "mean");
}

/// Stratum, PSU, stratum within it, cluster within it, value, and whether the row is in the domain.
type Row = (u32, u32, u32, u32, f64, bool);

/// Identifiers of a row at a stage: what its stratum and its cluster are called, from the root on.
fn path(row: &Row, stage: usize) -> (Vec<u32>, Vec<u32>) {
    match stage {
        0 => (vec![row.0], vec![row.0, row.1]),
        _ => (vec![row.0, row.1, row.2], vec![row.0, row.1, row.2, row.3]),
    }
}

fn clusters(rows: &[&Row], stratum: &[u32], stage: usize) -> BTreeMap<Vec<u32>, f64> {
    let mut totals = BTreeMap::new();
    for row in rows.iter().filter(|row| path(row, stage).0 == stratum) {
        *totals.entry(path(row, stage).1).or_insert(0.0) += if row.5 { row.4 } else { 0.0 };
    }
    totals
}

/// Population of a stratum: every third is complete.
fn size(stratum: &[u32], n: f64) -> f64 {
    n + f64::from(stratum.iter().sum::<u32>() % 3) * 2.0
}

/// The variance of the total of the domain over the rows at hand; `None` where a policy gives none.
fn plain(all: &[Row], rows: &[&Row], stage: usize, last: usize, policy: LonelyPsu, in_domains: bool) -> Option<f64> {
    let everyone: Vec<&Row> = all.iter().collect();
    let inside: Vec<&Row> = rows.iter().filter(|row| row.5).copied().collect();
    let mut names: Vec<Vec<u32>> = inside.iter().map(|row| path(row, stage).0).collect();
    names.sort();
    names.dedup();
    let sampled = |name: &Vec<u32>| clusters(&everyone, name, stage).len() as f64;
    let grand = inside.iter().map(|row| row.4).sum::<f64>() / names.iter().map(sampled).sum::<f64>();
    let (mut sum, mut good, mut later) = (0.0, 0.0, 0.0);
    for name in &names {
        let (n, present) = (sampled(name), clusters(&inside, name, stage));
        let population = size(name, n);
        let left = 1.0 - n / population;
        let mut totals: Vec<f64> = present.values().copied().collect();
        totals.extend(std::iter::repeat_n(0.0, clusters(&everyone, name, stage).len() - present.len()));
        let alone = present.len() == 1 && n > 1.0 && in_domains;
        let plain_centre = totals.iter().sum::<f64>() / n;
        let centre = match policy {
            _ if left == 0.0 => Some(plain_centre),
            LonelyPsu::Fail if n == 1.0 => return None,
            LonelyPsu::Remove | LonelyPsu::Certainty if n == 1.0 => Some(plain_centre),
            LonelyPsu::Average if n == 1.0 || alone => None,
            LonelyPsu::Adjust if n == 1.0 || alone => Some(grand),
            _ => Some(plain_centre),
        };
        if let Some(centre) = centre {
            // A policy may still remove everything: the engine then says so instead of 0.
            good += f64::from(u8::from(!(stage == 0 && policy == LonelyPsu::Remove && n == 1.0 && left > 0.0)));
            let scale = if n > 1.0 { n / (n - 1.0) } else { 1.0 };
            sum += left * scale * totals.iter().map(|total| (total - centre).powi(2)).sum::<f64>();
        }
        if stage < last {
            for cluster in present.keys() {
                let own: Vec<&Row> = rows.iter().filter(|row| path(row, stage).1 == *cluster).copied().collect();
                later += n / population * plain(all, &own, stage + 1, last, policy, in_domains)?;
            }
        }
    }
    let nothing_left = good == 0.0 && matches!(policy, LonelyPsu::Average | LonelyPsu::Remove);
    if nothing_left && (policy == LonelyPsu::Average || stage == 0) {
        return None;
    }
    let factor = if policy == LonelyPsu::Average { names.len() as f64 / good } else { 1.0 };
    Some(factor * sum + later)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn stages_with_strata_agree_with_a_plain_recursion(
        rows in prop::collection::vec((0_u32..4, 0_u32..3, 0_u32..2, 0_u32..3, -3.0..9.0_f64, prop::bool::weighted(0.7)), 1..30),
        policy in prop::sample::select(vec![LonelyPsu::Fail, LonelyPsu::Remove, LonelyPsu::Certainty, LonelyPsu::Adjust, LonelyPsu::Average]),
        in_domains in any::<bool>(),
        last in 0_usize..2,
    ) {
        let everyone: Vec<&Row> = rows.iter().collect();
        let sizes = |stage: usize| -> Vec<f64> {
            let of = |row: &Row| {
                let (stratum, _) = path(row, stage);
                size(&stratum, clusters(&everyone, &stratum, stage).len() as f64)
            };
            rows.iter().map(of).collect()
        };
        // A column of ones would be read as fractions; so would sizes of one cluster each, which mean the same.
        let ids = |of: fn(&Row) -> u32| rows.iter().map(of).collect::<Vec<u32>>();
        let mut stages = vec![
            stage(Some(&ids(|row| row.0)), Some(&ids(|row| row.1)), Some(&sizes(0))),
            stage(Some(&ids(|row| row.2)), Some(&ids(|row| row.3)), Some(&sizes(1))),
        ];
        stages.truncate(last + 1);
        let parts = SamplingSpec { lonely: policy, lonely_in_domains: in_domains, ..spec(rows.len(), Weights::Equal, stages) };
        let inside: Vec<u32> = (0..rows.len() as u32).filter(|row| rows[*row as usize].5).collect();
        let y: Vec<f64> = rows.iter().map(|row| row.4).collect();
        let found = total(&parts, &y, Domain::Rows(&inside));
        if inside.is_empty() {
            prop_assert_eq!(found.flag, Flag::EmptyDomain);
            return Ok(());
        }
        match plain(&rows, &everyone, 0, last, policy, in_domains) {
            None => prop_assert_eq!((found.se, found.flag), (None, Flag::LonelyPsu)),
            Some(variance) => {
                let se = found.se.unwrap();
                prop_assert!((se * se - variance).abs() <= 1e-10 * (1.0 + variance), "{} for {}", se * se, variance);
            }
        }
    }
}
