//! Designs of several stages, with finite populations, unequal probabilities and lonely PSUs against R `survey`.

use super::golden::{Rows, Tolerance, column, compare, domain, ids};
use super::support::table;
use sipas::stats::design::LonelyPsu;
use sipas::stats::estimate::{Domain, Request, Statistic, Survey};
use sipas::stats::sampling::{JointForm, Pps, Sampling, SamplingError, SamplingSpec, Stage, Weights};

/// Σ p² / n over the frame of 4,600 counties, from the reference.
const SUM_P2: f64 = 0.10321027266234986;

fn spec(rows: usize, weights: Weights<'static>, stages: Vec<Stage<'static>>) -> SamplingSpec<'static> {
    SamplingSpec { rows, weights, stages, nested: false, pps: Pps::None, lonely: LonelyPsu::Fail, lonely_in_domains: false }
}

fn stage(rows: &Rows, strata: Option<&str>, clusters: Option<&str>, populations: Option<&str>) -> Stage<'static> {
    Stage {
        strata: strata.map(|name| ids(rows, name).into()),
        clusters: clusters.map(|name| ids(rows, name).into()),
        populations: populations.map(|name| column(rows, name).into()),
    }
}

fn given(rows: &Rows, name: &str) -> Weights<'static> {
    Weights::Given(column(rows, name).into())
}

/// The designs of the California schools by the name they have in the reference.
pub(crate) fn school(name: &str) -> (Sampling, Rows) {
    let file = match name.split('_').next().unwrap() {
        "srs" => "apisrs.csv",
        "strat" => "apistrat.csv",
        "clus1" => "apiclus1.csv",
        "clus2" => "apiclus2.csv",
        other => panic!("no data for {other}"),
    };
    let rows = table(file);
    let (weights, stages) = match name {
        "srs" => (Weights::FromPopulations, vec![stage(&rows, None, None, Some("fpc"))]),
        "srs_nofpc" => (given(&rows, "pw"), vec![]),
        "strat" => (given(&rows, "pw"), vec![stage(&rows, Some("stype"), None, Some("fpc"))]),
        "strat_nofpc" => (given(&rows, "pw"), vec![stage(&rows, Some("stype"), None, None)]),
        "clus1" => (given(&rows, "pw"), vec![stage(&rows, None, Some("dnum"), Some("fpc"))]),
        "clus1_nofpc" => (given(&rows, "pw"), vec![stage(&rows, None, Some("dnum"), None)]),
        "clus2" => {
            (Weights::FromPopulations, vec![stage(&rows, None, Some("dnum"), Some("fpc1")), stage(&rows, None, Some("snum"), Some("fpc2"))])
        }
        "clus2_wr" => (given(&rows, "pw"), vec![stage(&rows, None, Some("dnum"), None), stage(&rows, None, Some("snum"), None)]),
        other => panic!("no design {other}"),
    };
    (Sampling::new(&spec(rows.len(), weights, stages)).unwrap(), rows)
}

#[test]
fn samples_of_schools_agree_with_r() {
    let mut compared = 0;
    for name in ["srs", "srs_nofpc", "strat", "strat_nofpc", "clus1", "clus1_nofpc", "clus2", "clus2_wr"] {
        let (sampling, rows) = school(name);
        let survey = Survey::new(&sampling);
        let file = name.split('_').next().unwrap();
        let own = |row: &std::collections::HashMap<String, String>| row["case"] != "clus2_ultimate";
        compared += compare(file, name, &rows, own, Tolerance::EXACT, |asked| survey.jointly(asked).unwrap());
    }
    // R's option `survey.ultimate.cluster` is the same design without its second stage.
    let (both, rows) = school("clus2");
    let stages = vec![stage(&rows, None, Some("dnum"), Some("fpc1"))];
    let first = Sampling::new(&spec(rows.len(), Weights::Given(both.weights().to_vec().into()), stages)).unwrap();
    let own = |row: &std::collections::HashMap<String, String>| row["case"] == "clus2_ultimate";
    compared += compare("clus2", "clus2", &rows, own, Tolerance::EXACT, |asked| Survey::new(&first).jointly(asked).unwrap());
    assert!(compared > 1500, "{compared} figures compared");
}

#[test]
fn small_samples_agree_with_r() {
    let rows = table("mu284.csv");
    let stages = vec![stage(&rows, None, Some("id1"), Some("n1")), stage(&rows, None, Some("id2"), Some("n2"))];
    let two_stage = Sampling::new(&spec(rows.len(), Weights::FromPopulations, stages)).unwrap();
    let check = |sampling: &Sampling, rows: &Rows, file: &str, design: &str| {
        let survey = Survey::new(sampling);
        assert!(compare(file, design, rows, |_| true, Tolerance::EXACT, |asked| survey.jointly(asked).unwrap()) >= 3);
    };
    check(&two_stage, &rows, "clus2", "mu284d");
    let rows = table("fpc.csv");
    for (design, populations) in [("fpcd", Some("Nh")), ("fpcd_wr", None)] {
        let stages = vec![stage(&rows, Some("stratid"), Some("psuid"), populations)];
        let parts = SamplingSpec { nested: true, ..spec(rows.len(), given(&rows, "weight"), stages) };
        check(&Sampling::new(&parts).unwrap(), &rows, "strat", design);
        let reused = SamplingSpec { nested: false, ..parts };
        assert_eq!(Sampling::new(&reused).unwrap_err(), SamplingError::ClusterInTwoStrata { first: 0, row: 5, cluster: 0 });
    }
    let rows = table("hospital.csv");
    let stages = vec![stage(&rows, Some("oblevel"), None, Some("tothosp"))];
    check(&Sampling::new(&spec(rows.len(), given(&rows, "weighta"), stages)).unwrap(), &rows, "strat", "hosp");
}

#[test]
fn sampling_fractions_mean_the_same_as_population_sizes() {
    let (by_size, rows) = school("strat");
    let fractions: Vec<f64> = rows
        .iter()
        .map(|row| {
            let sampled = rows.iter().filter(|other| other["stype"] == row["stype"]).count() as f64;
            sampled / row["fpc"].parse::<f64>().unwrap()
        })
        .collect();
    let stages = vec![Stage { populations: Some(fractions.into()), ..stage(&rows, Some("stype"), None, None) }];
    let by_fraction = Sampling::new(&spec(rows.len(), Weights::FromPopulations, stages)).unwrap();
    let statistic = Statistic::Total(column(&rows, "enroll").into());
    let asked = [Request { statistic: &statistic, domain: Domain::All }];
    let (a, b) = (Survey::new(&by_size).estimate(&asked).unwrap()[0], Survey::new(&by_fraction).estimate(&asked).unwrap()[0]);
    super::support::close(a.se.unwrap(), b.se.unwrap(), 1e-7, "the weights of the file are rounded");
}

#[test]
fn lonely_psus_agree_with_r_under_every_policy() {
    let rows = table("lonely.csv");
    let policies = [
        ("remove", LonelyPsu::Remove),
        ("certainty", LonelyPsu::Certainty),
        ("adjust", LonelyPsu::Adjust),
        ("average", LonelyPsu::Average),
    ];
    let mut compared = 0;
    for design in ["lone", "lone_fpc", "lone_2st"] {
        let stages = match design {
            "lone" => vec![stage(&rows, Some("stratum"), Some("psu"), None)],
            "lone_fpc" => vec![stage(&rows, Some("stratum"), Some("psu"), Some("npsu"))],
            _ => vec![stage(&rows, Some("stratum"), Some("psu"), Some("npsu")), stage(&rows, None, Some("id"), Some("mpsu"))],
        };
        for (name, lonely) in policies {
            for lonely_in_domains in [false, true] {
                let parts = SamplingSpec { lonely, lonely_in_domains, ..spec(rows.len(), given(&rows, "w"), stages.clone()) };
                let sampling = Sampling::new(&parts).unwrap();
                let survey = Survey::new(&sampling);
                let own = |row: &std::collections::HashMap<String, String>| {
                    row["lonely"] == name && row["in_domains"] == u8::from(lonely_in_domains).to_string()
                };
                compared += compare("lonely", design, &rows, own, Tolerance::EXACT, |asked| survey.jointly(asked).unwrap());
            }
        }
        for lonely_in_domains in [false, true] {
            // Everything that R refuses: an estimate without a standard error, and a flag that says why.
            let parts = SamplingSpec { lonely_in_domains, ..spec(rows.len(), given(&rows, "w"), stages.clone()) };
            let sampling = Sampling::new(&parts).unwrap();
            let [y, b, x] = ["y", "b", "x"].map(|name| column(&rows, name));
            let ratio = Statistic::Ratio { numerator: y.clone().into(), denominator: x.into() };
            let dom = domain(&rows, "dom=d1").unwrap();
            for statistic in [Statistic::Mean(y.clone().into()), Statistic::Total(b.into()), ratio] {
                for domain in [Domain::All, Domain::Rows(&dom)] {
                    let found = Survey::new(&sampling).estimate(&[Request { statistic: &statistic, domain }]).unwrap()[0];
                    assert!(found.estimate.is_some());
                    assert_eq!((found.se, found.flag), (None, sipas::stats::estimate::Flag::LonelyPsu));
                }
            }
        }
    }
    assert!(compared > 400, "{compared} figures compared");
}

fn matrix(name: &str) -> Vec<f64> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stats/data").join(name);
    std::fs::read_to_string(path).unwrap().split([',', '\n']).filter(|cell| !cell.is_empty()).map(|cell| cell.parse().unwrap()).collect()
}

#[test]
fn unequal_probabilities_agree_with_r() {
    let rows = table("election_pps.csv");
    let joint = |name: &str, form| Pps::Joint { probabilities: matrix(name).into(), form };
    let mut compared = 0;
    for (design, pps) in [
        ("pps_br", Pps::Brewer),
        ("pps_ov", Pps::Overton),
        ("pps_hr", Pps::HartleyRao { sum_p2: Some(SUM_P2) }),
        ("pps_hr1", Pps::HartleyRao { sum_p2: None }),
        ("pps_jp_ht", joint("election_jointprob.csv", JointForm::HorvitzThompson)),
        ("pps_jp_yg", joint("election_jointprob.csv", JointForm::YatesGrundy)),
        ("pps_jhr_yg", joint("election_jointHR.csv", JointForm::YatesGrundy)),
    ] {
        let parts = SamplingSpec { pps, ..spec(rows.len(), Weights::Probabilities(vec![column(&rows, "p").into()]), vec![]) };
        let sampling = Sampling::new(&parts).unwrap();
        let survey = Survey::new(&sampling);
        compared += compare("pps", design, &rows, |_| true, Tolerance::EXACT, |asked| survey.jointly(asked).unwrap());
    }
    let sampling = Sampling::new(&spec(rows.len(), given(&rows, "wt"), vec![])).unwrap();
    let survey = Survey::new(&sampling);
    compared += compare("pps", "pps_wr", &rows, |_| true, Tolerance::EXACT, |asked| survey.jointly(asked).unwrap());
    assert!(compared > 250, "{compared} figures compared");
}

#[test]
fn every_inconsistency_has_its_own_error_and_names_the_row() {
    let refuse = |parts: SamplingSpec<'_>| Sampling::new(&parts).unwrap_err();
    let base = |stages| spec(4, Weights::Equal, stages);
    let one = |strata: Option<Vec<u32>>, clusters: Option<Vec<u32>>, populations: Option<Vec<f64>>| {
        vec![Stage { strata: strata.map(Into::into), clusters: clusters.map(Into::into), populations: populations.map(Into::into) }]
    };
    assert_eq!(refuse(spec(0, Weights::Equal, vec![])), SamplingError::NoRows);
    let short = one(Some(vec![0]), None, None);
    assert_eq!(refuse(base(short)), SamplingError::Length { column: "stratum", stage: 0, rows: 4, found: 1 });
    for value in [-1.0, f64::INFINITY] {
        let weights = Weights::Given(vec![1.0, value, 1.0, 1.0].into());
        assert_eq!(refuse(spec(4, weights, vec![])), SamplingError::Weight { row: 1, value });
    }
    assert_eq!(refuse(spec(1, Weights::Given(vec![0.0].into()), vec![])), SamplingError::NoWeight);
    let weights = Weights::Probabilities(vec![vec![0.5; 4].into(), vec![0.5, 0.0, 1.0, 1.5].into()]);
    assert_eq!(refuse(spec(4, weights, vec![])), SamplingError::Probability { row: 1, stage: 1, value: 0.0 });
    let reused = one(Some(vec![0, 0, 1, 1]), Some(vec![5, 6, 5, 7]), None);
    assert_eq!(refuse(base(reused)), SamplingError::ClusterInTwoStrata { first: 0, row: 2, cluster: 5 });
    let negative = one(None, None, Some(vec![9.0, -9.0, 9.0, 9.0]));
    assert_eq!(refuse(base(negative)), SamplingError::Population { row: 1, stage: 0, value: -9.0 });
    let mixed = one(None, None, Some(vec![9.0, 0.5, 9.0, 9.0]));
    assert!(matches!(refuse(base(mixed)), SamplingError::MixedPopulations { size: 0, fraction: 1, .. }));
    let varying = one(None, None, Some(vec![9.0, 9.0, 8.0, 9.0]));
    assert_eq!(refuse(base(varying)), SamplingError::PopulationVaries { stage: 0, first: 0, first_value: 9.0, row: 2, value: 8.0 });
    let few = one(None, None, Some(vec![3.0; 4]));
    assert_eq!(refuse(base(few)), SamplingError::PopulationTooSmall { row: 0, stage: 0, sampled: 4, population: 3.0 });
    assert_eq!(refuse(spec(4, Weights::FromPopulations, vec![])), SamplingError::NoPopulations { stage: 0 });
    let brewer = |weights, stages| SamplingSpec { pps: Pps::Brewer, ..spec(4, weights, stages) };
    assert_eq!(refuse(brewer(Weights::Equal, vec![])), SamplingError::PpsProbabilities);
    let two = Weights::Probabilities(vec![vec![0.5, 0.4, 0.5, 0.5].into()]);
    let pairs = one(None, Some(vec![0, 0, 1, 1]), None);
    assert!(matches!(refuse(brewer(two, pairs)), SamplingError::ProbabilityVaries { first: 0, row: 1, .. }));
    let joint = |matrix: Vec<f64>| SamplingSpec {
        pps: Pps::Joint { probabilities: matrix.into(), form: JointForm::YatesGrundy },
        ..spec(2, Weights::Probabilities(vec![vec![0.5; 2].into()]), vec![])
    };
    assert_eq!(refuse(joint(vec![0.5; 3])), SamplingError::JointLength { psus: 2, found: 3 });
    let unlike = refuse(joint(vec![0.5, 0.2, 0.3, 0.5]));
    assert_eq!(unlike, SamplingError::JointProbability { first: 0, second: 1, value: 0.2 });
}

#[test]
fn rows_of_weight_0_are_outside_but_their_psus_count() {
    let y = [3.0, 5.0, 4.0, 100.0];
    let found = |rows: usize, weights: Vec<f64>| {
        let sampling = Sampling::new(&spec(rows, Weights::Given(weights.into()), vec![])).unwrap();
        let statistic = Statistic::Total(y[..rows].to_vec().into());
        let asked = [Request { statistic: &statistic, domain: Domain::All }];
        Survey::new(&sampling).estimate(&asked).unwrap()[0]
    };
    let with = found(4, vec![2.0, 2.0, 2.0, 0.0]);
    assert_eq!((with.estimate, with.n, with.df_design), (Some(24.0), 3, 2));
    // Four PSUs with totals 6, 10, 8 and 0: 4/3 · Σ (t − 6)² = 4/3 · 56.
    super::support::close(with.se.unwrap(), (4.0_f64 / 3.0 * 56.0).sqrt(), 1e-14, "the empty PSU is a 0");
    assert_eq!(found(3, vec![2.0; 3]).se, Some(12.0_f64.sqrt()));
}
