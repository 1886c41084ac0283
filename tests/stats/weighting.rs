//! Post-stratification, raking, calibration and trimming against R `survey`: weights and the standard errors that follow.

use super::golden::{Rows, Tolerance, column, compare, ids, levels, near};
use super::sampling::school;
use super::support::{number, table};
use sipas::stats::estimate::{Domain, Survey};
use sipas::stats::weighting::{Calibration, Chain, Distance, Limit, Margin, Problem, RakeVariance, Raking, Step, Term, Trimming};

pub(crate) fn margin(rows: &Rows, name: &str, totals: &[f64]) -> Margin {
    Margin { cells: levels(rows, name).0, totals: totals.to_vec() }
}

/// E, H, M; the schools of California.
pub(crate) const TYPES: [f64; 3] = [4421.0, 755.0, 1018.0];
const WIDE: [f64; 2] = [1072.0, 5122.0];
const IMPROVED: [f64; 2] = [1712.0, 4482.0];

/// Indicators of all levels but the first.
pub(crate) fn levels_but_first(rows: &Rows, name: &str) -> Term<'static> {
    let (ids, labels) = levels(rows, name);
    Term::Levels { ids: ids.iter().map(|id| id.wrapping_sub(1)).collect::<Vec<u32>>().into(), count: labels.len() as u32 - 1 }
}

pub(crate) fn raking(margins: Vec<Margin>, variance: RakeVariance) -> Step {
    Step::Rake(Raking { margins, tolerance: 1e-12, max_iterations: 2000, variance })
}

/// `~ stype`, `~ stype + api99` or `~ stype + sch.wide` with their totals.
pub(crate) fn calibration(rows: &Rows, terms: u32, distance: Distance, bounds: [f64; 2]) -> Calibration {
    let mut columns = vec![Term::One, levels_but_first(rows, "stype")];
    let mut totals = vec![6194.0, 755.0, 1018.0];
    match terms {
        1 => {}
        2 => {
            columns.push(levels_but_first(rows, "sch.wide"));
            totals.push(5122.0);
        }
        _ => {
            columns.push(Term::Column(column(rows, "api99").into()));
            totals.push(3_914_069.0);
        }
    }
    Calibration { terms: columns, totals, distance, bounds, variances: None, clusters: None, tolerance: 1e-12, max_iterations: 200 }
}

const FREE: [f64; 2] = [f64::NEG_INFINITY, f64::INFINITY];

fn trimming(lower: f64, upper: f64, strict: bool) -> Step {
    Step::Trim(Trimming { lower, upper: Limit::Weight(upper), redistribute: true, strict })
}

fn steps(design: &str, rows: &Rows) -> Vec<Step> {
    let calibrate = |terms, distance, bounds| Step::Calibrate(calibration(rows, terms, distance, bounds));
    let rk1 = || raking(vec![margin(rows, "stype", &TYPES), margin(rows, "sch.wide", &WIDE)], RakeVariance::RRake);
    match design {
        "ps1" | "ps1_nofpc" => vec![Step::Poststratify(margin(rows, "stype", &TYPES))],
        "rk1" => vec![rk1()],
        "rkst" => {
            vec![raking(vec![margin(rows, "sch.wide", &WIDE), margin(rows, "comp.imp", &IMPROVED)], RakeVariance::RRake)]
        }
        "cal_lin1" => vec![calibrate(1, Distance::Linear, FREE)],
        "cal_lin3" | "cal_st_lin" => vec![calibrate(3, Distance::Linear, FREE)],
        "cal_lin_b" => vec![calibrate(3, Distance::Linear, [0.55, 1.78])],
        "cal_rak2" => vec![calibrate(2, Distance::Raking, FREE)],
        "cal_rak3" | "cal_st_rak" | "cal_cl2" => vec![calibrate(3, Distance::Raking, FREE)],
        "cal_log3" => vec![calibrate(3, Distance::Logit, [0.6, 1.8])],
        "cal_log2" => vec![calibrate(2, Distance::Logit, [0.5, 2.5])],
        "cal_var" => {
            let variances = column(rows, "api99").iter().map(|api99| api99 / 100.0).collect();
            vec![Step::Calibrate(Calibration { variances: Some(variances), ..calibration(rows, 3, Distance::Linear, FREE) })]
        }
        "cal_agg" => {
            vec![Step::Calibrate(Calibration { clusters: Some(ids(rows, "dnum")), ..calibration(rows, 3, Distance::Linear, FREE) })]
        }
        "trim1" | "trim1s" => vec![calibrate(3, Distance::Linear, FREE), trimming(25.0, 45.0, design == "trim1s")],
        "trim2s" => vec![trimming(0.0, 40.0, true)],
        "trim_rk" => vec![rk1(), trimming(0.0, 40.0, true)],
        other => panic!("no steps for {other}"),
    }
}

#[test]
fn weights_and_standard_errors_agree_with_r() {
    let mut compared = 0;
    for row in table("golden_weights.csv") {
        let design = row["design"].as_str();
        let base = match design {
            "ps1_nofpc" => "clus1_nofpc",
            "rkst" | "cal_st_lin" | "cal_st_rak" | "trim2s" => "strat",
            "cal_cl2" => "clus2",
            _ => "clus1",
        };
        let (sampling, rows) = school(base);
        let chain = Chain::new(sampling.weights(), &steps(design, &rows)).unwrap();
        for (at, (found, expected)) in chain.weights().iter().zip(row["weights"].split(' ')).enumerate() {
            near(*found, expected.parse().unwrap(), 1e-7, 0.0, &format!("{design} weight {at}"));
            compared += 1;
        }
        let survey = Survey::weighted(&sampling, &chain).unwrap();
        compared += compare("calib", design, &rows, |_| true, Tolerance::ITERATED, |asked| survey.jointly(asked).unwrap());
    }
    assert!(compared > 4000, "{compared} figures compared");
}

#[test]
fn quantiles_of_a_raked_sample_agree_with_r() {
    let (sampling, rows) = school("clus1");
    let chain = Chain::new(sampling.weights(), &steps("rk1", &rows)).unwrap();
    let survey = Survey::weighted(&sampling, &chain).unwrap();
    let expected: Vec<_> = table("golden_quantiles.csv").into_iter().filter(|row| row["design"] == "rk1").collect();
    let shares: Vec<f64> = expected.iter().map(|row| number(row, "share")).collect();
    let found = survey.quantiles(&column(&rows, "api00"), Domain::All, &shares, 0.95, None).unwrap();
    for (found, row) in found.iter().zip(&expected) {
        for (found, name) in [(found.estimate, "estimate"), (found.low, "low"), (found.high, "high"), (found.se, "se")] {
            near(found.unwrap(), number(row, name), 1e-9, 0.0, name);
        }
    }
}

#[test]
fn raking_with_calibration_residuals_is_calibration_with_raking_distance() {
    let (sampling, rows) = school("clus1");
    let margins = vec![margin(&rows, "stype", &TYPES), margin(&rows, "sch.wide", &WIDE)];
    let chain = Chain::new(sampling.weights(), &[raking(margins, RakeVariance::Calibration)]).unwrap();
    let survey = Survey::weighted(&sampling, &chain).unwrap();
    let compared = compare("calib", "cal_rak2", &rows, |_| true, Tolerance::ITERATED, |asked| survey.jointly(asked).unwrap());
    assert!(compared > 40);
}

#[test]
fn what_cannot_be_met_names_the_margin_to_blame() {
    let (sampling, rows) = school("clus1");
    let problem = |step: Step| Chain::new(sampling.weights(), &[step]).unwrap_err().problem;
    let differing = vec![margin(&rows, "stype", &TYPES), margin(&rows, "sch.wide", &[1000.0, 5000.0])];
    assert_eq!(problem(raking(differing, RakeVariance::Calibration)), Problem::SumsDiffer { first: 6194.0, margin: 1, sum: 6000.0 });
    // Two copies of one margin with other totals: neither can stand while the other is met.
    let same = vec![margin(&rows, "stype", &TYPES), margin(&rows, "stype", &[4000.0, 1000.0, 1194.0])];
    let found = problem(raking(same, RakeVariance::Calibration));
    assert!(matches!(found, Problem::RakingNotConverged { iterations: 2000, margin: 0, .. }), "{found}");
    let narrow = calibration(&rows, 3, Distance::Logit, [0.99, 1.01]);
    assert!(matches!(problem(Step::Calibrate(narrow)), Problem::CalibrationNotConverged { .. }));
    let empty = margin(&rows, "stype", &[4000.0, 700.0, 1000.0, 494.0]);
    assert_eq!(problem(Step::Poststratify(empty)), Problem::EmptyCell { margin: 0, cell: 3, total: 494.0 });
    let short = margin(&rows, "stype", &[4000.0, 700.0]);
    assert!(matches!(problem(Step::Poststratify(short)), Problem::NoTotal { margin: 0, cell: 2, .. }));
    assert_eq!(problem(trimming(50.0, 40.0, true)), Problem::Limits { lower: 50.0, upper: 40.0 });
    assert!(matches!(problem(trimming(0.0, 1.0, true)), Problem::AllTrimmed { rows: 183 }));
}

#[test]
fn ratios_of_weights_agree_with_another_program_as_far_as_that_converges() {
    let rows = table("calib60.csv");
    let [d, x1, x2, x3, y] = ["d", "x1", "x2", "x3", "y"].map(|name| column(&rows, name));
    let term = |x: &Vec<f64>| Term::Column(x.clone().into());
    for row in table("golden_ratios.csv") {
        let (distance, bounds) = match row["method"].as_str() {
            "linear" => (Distance::Linear, FREE),
            "raking" => (Distance::Raking, FREE),
            "truncated" => (Distance::Linear, [0.7, 1.45]),
            _ => (Distance::Logit, [0.7, 1.45]),
        };
        let step = Calibration {
            terms: vec![term(&x1), term(&x2), term(&x3)],
            totals: vec![780.2, 3676.2, 243.8],
            distance,
            bounds,
            variances: None,
            clusters: None,
            tolerance: 1e-12,
            max_iterations: 100,
        };
        let chain = Chain::new(&d, &[Step::Calibrate(step)]).unwrap();
        for ((weight, d), expected) in chain.weights().iter().zip(&d).zip(row["ratios"].split(' ')) {
            near(weight / d, expected.parse().unwrap(), 1e-5, 0.0, &row["method"]);
        }
        let total: f64 = chain.weights().iter().zip(&y).map(|(w, y)| w * y).sum();
        near(total, number(&row, "total"), 1e-6, 0.0, &format!("{} total", row["method"]));
    }
}

#[test]
fn one_ratio_a_cluster_meets_the_totals_whatever_the_weights() {
    // Weights that differ within clusters: means weighted by them keep Σ w x at its target.
    let (sampling, rows) = school("clus1");
    let base: Vec<f64> = sampling.weights().iter().enumerate().map(|(row, w)| w * (1.0 + (row % 5) as f64 / 10.0)).collect();
    let clusters = ids(&rows, "dnum");
    let step = Calibration { clusters: Some(clusters.clone()), ..calibration(&rows, 2, Distance::Raking, FREE) };
    let chain = Chain::new(&base, &[Step::Calibrate(step.clone())]).unwrap();
    let wide: f64 = chain.weights().iter().zip(&rows).filter(|(_, row)| row["sch.wide"] == "Yes").map(|(w, _)| w).sum();
    near(wide, 5122.0, 1e-10, 0.0, "school-wide");
    let ratios: Vec<f64> = chain.weights().iter().zip(&base).map(|(w, d)| w / d).collect();
    for (ratio, cluster) in ratios.iter().zip(&clusters) {
        let first = clusters.iter().position(|other| other == cluster).unwrap();
        near(*ratio, ratios[first], 1e-14, 0.0, "one ratio a cluster");
    }
    assert!(ratios.iter().any(|ratio| (ratio - ratios[0]).abs() > 0.01), "clusters differ");
    let short = Calibration { clusters: Some(vec![0; 5]), ..step };
    let refused = Chain::new(&base, &[Step::Calibrate(short)]).unwrap_err();
    assert_eq!(refused.problem, Problem::Length { rows: 183, found: 5 });
}
