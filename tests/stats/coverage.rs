//! How often intervals hold the truth. `cargo test --test stats coverage -- --nocapture` prints the tables.
//!
//! For simple random samples the figures are exact: the binomial probabilities of all samples whose interval holds p. For samples of
//! clusters they are simulated from a stated seed, so they are the same on every machine. Nominal is 0.95 throughout. What is
//! asserted are bounds known from theory or from the literature (L. D. Brown, T. T. Cai and A. DasGupta, Stat. Sci. 16 (2001) 101; C. Franco
//! et al., J. Surv. Stat. Methodol. 7 (2019) 334), also that the bare interval p ± t·SE, nothing but a point when all answers are alike,
//! fails where it is known to.

#![expect(clippy::print_stdout, reason = "the tables are what one may ask for")]

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use sipas::stats::design::LonelyPsu;
use sipas::stats::estimate::{Domain, Estimate, QuantileRequest, Request, Statistic, Survey};
use sipas::stats::interval::{Interval, ProportionInterval, t_interval};
use sipas::stats::sampling::{Pps, Sampling, SamplingSpec, Stage, Weights};

/// Names of the columns; the last is p ± t·SE as it is.
const METHODS: [(&str, Option<ProportionInterval>); 7] = [
    ("logit", Some(ProportionInterval::Logit)),
    ("beta", Some(ProportionInterval::Beta)),
    ("wilson", Some(ProportionInterval::Wilson)),
    ("asin", Some(ProportionInterval::Asin)),
    ("likelihood", Some(ProportionInterval::Likelihood)),
    ("mean", Some(ProportionInterval::Mean)),
    ("bare", None),
];
// Places in METHODS.
const LOGIT: usize = 0;
const BETA: usize = 1;
const WILSON: usize = 2;
const ASIN: usize = 3;
const LIKELIHOOD: usize = 4;
const MEAN: usize = 5;
const BARE: usize = 6;
const SHARES: [f64; 6] = [0.5, 0.7, 0.8, 0.9, 0.95, 0.99];

fn interval(method: Option<ProportionInterval>, p: f64, se: f64, df: f64, n: u64) -> Interval {
    match method {
        Some(method) => method.interval(p, se, df, n, 0.95).unwrap(),
        None => t_interval(p, se, df, 0.95).unwrap(),
    }
}

/// ln of the binomial probabilities of 0…n.
fn binomial(n: usize, p: f64) -> Vec<f64> {
    let mut log = n as f64 * (-p).ln_1p();
    let mut all = vec![log];
    for x in 1..=n {
        log += ((n - x + 1) as f64 / x as f64).ln() + p.ln() - (-p).ln_1p();
        all.push(log);
    }
    all.iter().map(|log| log.exp()).collect()
}

fn line(first: &str, figures: &[f64; 7]) {
    let cells: Vec<String> = figures.iter().map(|figure| format!("{figure:.4}")).collect();
    println!("| {first} | {} |", cells.join(" | "));
}

fn header(first: &str) {
    println!("\n| {first} | {} |", METHODS.map(|method| method.0).join(" | "));
}

#[test]
fn simple_random_samples_are_covered_as_the_theory_says() {
    header("n, p");
    for n in [20_usize, 50, 100, 400, 2000] {
        let size = n as f64;
        let of_sample = |x: usize, method: Option<ProportionInterval>| {
            let p = x as f64 / size;
            interval(method, p, (p * (1.0 - p) / (size - 1.0)).sqrt(), size - 1.0, n as u64)
        };
        let all = METHODS.map(|(_, method)| (0..=n).map(|x| of_sample(x, method)).collect::<Vec<_>>());
        for p in SHARES {
            let chances = binomial(n, p);
            let covered = all.each_ref().map(|intervals| {
                let holds = intervals.iter().zip(&chances).filter(|(ends, _)| ends.low <= p && p <= ends.high);
                holds.map(|(_, chance)| chance).sum::<f64>()
            });
            line(&format!("{n}, {p}"), &covered);
            let expected_no = size * (1.0 - p);
            assert!(covered[BETA] >= 0.95, "the exact interval is never short: {n} {p}");
            assert!(covered[WILSON] >= if expected_no >= 2.0 { 0.93 } else { 0.83 }, "Wilson {n} {p}");
            assert!(covered[LOGIT] >= 0.93, "logit {n} {p}");
            for method in [ASIN, LIKELIHOOD] {
                assert!(covered[method] >= if expected_no >= 5.0 { 0.925 } else { 0.80 }, "{} {n} {p}", METHODS[method].0);
            }
            // Fewer than 6 expected on one side: the bare interval is short. With many on both sides all agree.
            if expected_no <= 5.5 {
                assert!(covered[BARE] < 0.925, "the bare interval fails: {n} {p} {}", covered[BARE]);
            }
            assert!(covered[MEAN] >= covered[BARE]);
            if expected_no >= 100.0 {
                assert!(covered.iter().all(|figure| (0.94..0.965).contains(figure)), "all agree: {n} {p}");
            }
        }
    }
}

struct Draws(ChaCha8Rng);

impl Draws {
    fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    fn uniform(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// By Box and Muller.
    fn normal(&mut self) -> f64 {
        (-2.0 * (1.0 - self.uniform()).ln()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos()
    }

    /// How many of `size` rows say yes: beta-binomial with mean p, two answers correlated with `rho` (Pólya's urn).
    fn cluster(&mut self, size: u32, p: f64, rho: f64) -> f64 {
        let mut yes = 0.0;
        for asked in 0..size {
            let chance = (p * (1.0 - rho) + rho * yes) / (1.0 - rho + rho * f64::from(asked));
            yes += f64::from(u8::from(self.uniform() < chance));
        }
        yes
    }
}

/// A line a cluster, with its rows as weight: PSU totals, and so standard errors, are those of single rows.
fn clusters(sizes: Vec<f64>, strata: Option<Vec<u32>>) -> Sampling {
    Sampling::new(&SamplingSpec {
        rows: sizes.len(),
        weights: Weights::Given(sizes.into()),
        stages: vec![Stage { strata: strata.map(Into::into), ..Stage::default() }],
        nested: false,
        pps: Pps::None,
        lonely: LonelyPsu::Fail,
        lonely_in_domains: false,
    })
    .unwrap()
}

fn mean(sampling: &Sampling, y: Vec<f64>, domain: Domain<'_>) -> Estimate {
    let statistic = Statistic::Mean(y.into());
    Survey::new(sampling).estimate(&[Request { statistic: &statistic, domain }]).unwrap()[0]
}

#[test]
fn samples_of_clusters_are_covered_with_few_degrees_of_freedom() {
    const ROUNDS: u32 = 1000;
    header("clusters, rows each, p");
    for (m, size) in [(10_usize, 2_u32), (10, 20), (25, 8), (40, 50), (100, 4)] {
        for p in [0.5, 0.8, 0.95, 0.99] {
            let mut draws = Draws::new(20_250_101 + m as u64);
            let mut held = [0_u32; 7];
            for _ in 0..ROUNDS {
                let sizes: Vec<u32> = (0..m).map(|at| size - size / 2 + (at as u32 % (size + 1))).collect();
                let shares = sizes.iter().map(|size| draws.cluster(*size, p, 0.05) / f64::from(*size)).collect();
                let found = mean(&clusters(sizes.iter().map(|size| f64::from(*size)).collect(), None), shares, Domain::All);
                let n = sizes.iter().sum::<u32>().into();
                for ((_, method), held) in METHODS.iter().zip(&mut held) {
                    let ends = interval(*method, found.estimate.unwrap(), found.se.unwrap(), (m - 1) as f64, n);
                    *held += u32::from(ends.low <= p && p <= ends.high);
                }
            }
            let covered = held.map(|held| f64::from(held) / f64::from(ROUNDS));
            line(&format!("{m}, {size}, {p}"), &covered);
            // Clusters alike in rare answers make a skewed distribution, which no method covers in full.
            let rare = p > 0.95;
            assert!(covered[BETA] >= if rare { 0.905 } else { 0.935 }, "beta {m} {size} {p} {}", covered[BETA]);
            for method in [LOGIT, WILSON] {
                assert!(covered[method] >= if rare { 0.89 } else { 0.925 }, "{m} {size} {p} {covered:?}");
            }
            assert!(covered[MEAN] >= covered[BARE]);
            if (m as f64) * f64::from(size) * (1.0 - p) <= 5.0 {
                assert!(covered[BARE] < 0.92, "the bare interval fails: {m} {size} {p} {}", covered[BARE]);
            }
        }
    }
}

#[test]
fn a_domain_of_few_clusters_needs_its_own_degrees_of_freedom() {
    // 20 strata of 3 clusters; the domain is one stratum. Values are normal within and between clusters.
    let strata: Vec<u32> = (0..60).map(|row| row / 3).collect();
    let sampling = clusters(vec![1.0; 60], Some(strata));
    let mut draws = Draws::new(7);
    let (mut whole, mut own, mut borrowed) = (0_u32, 0_u32, 0_u32);
    for _ in 0..1500 {
        let y: Vec<f64> = (0..60).map(|_| draws.normal()).collect();
        let holds = |found: &Estimate, df: u32| {
            let ends = found.t_interval(f64::from(df), 0.95).unwrap().unwrap();
            u32::from(ends.low <= 0.0 && 0.0 <= ends.high)
        };
        let all = mean(&sampling, y.clone(), Domain::All);
        let one = mean(&sampling, y, Domain::Rows(&[3, 4, 5]));
        assert_eq!((all.df_design, one.df_domain), (40, 2));
        whole += holds(&all, all.df_design);
        own += holds(&one, one.df_domain);
        borrowed += holds(&one, one.df_design);
    }
    let [whole, own, borrowed] = [whole, own, borrowed].map(|held| f64::from(held) / 1500.0);
    println!("\n| whole, 40 df | domain of 3 PSUs, 2 df | the same with 40 df |\n| {whole:.4} | {own:.4} | {borrowed:.4} |");
    assert!((0.935..0.965).contains(&whole) && (0.935..0.965).contains(&own), "{whole} {own}");
    assert!(borrowed < 0.87, "df of the whole design are too many for a domain of 3 PSUs: {borrowed}");
}

#[test]
fn quantiles_are_covered() {
    // Exponential values: the p quantile is −ln(1 − p).
    let shares = [0.25, 0.5, 0.9];
    println!("\n| n | 25 % | 50 % | 90 % |");
    for n in [50_usize, 200] {
        let sampling = clusters(vec![1.0; n], None);
        let survey = Survey::new(&sampling);
        let mut draws = Draws::new(11);
        let mut held = [0_u32; 3];
        for _ in 0..400 {
            let y: Vec<f64> = (0..n).map(|_| -(1.0 - draws.uniform()).ln()).collect();
            let asked =
                QuantileRequest { y: &y, domain: Domain::All, shares: &shares, level: 0.95, df: None, interval: ProportionInterval::Mean };
            for ((found, share), held) in survey.quantiles_by(&asked).unwrap().iter().zip(shares).zip(&mut held) {
                let truth = -(1.0 - share).ln();
                // An end beyond the values is open.
                *held += u32::from(found.low.is_none_or(|low| low <= truth) && found.high.is_none_or(|high| truth <= high));
            }
        }
        let covered = held.map(|held| f64::from(held) / 400.0);
        println!("| {n} | {:.4} | {:.4} | {:.4} |", covered[0], covered[1], covered[2]);
        assert!(covered.iter().all(|figure| *figure >= 0.90), "{n} {covered:?}");
    }
}
