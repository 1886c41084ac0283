//! The index after raking or post-stratification against the general estimator, which makes every residual row by row.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sipas::stats::design::{Design, DesignSpec, LonelyPsu, dense};
use sipas::stats::estimate::{Domain, Part, Request, Statistic, Survey, domain_rows};
use sipas::stats::index::{Calibrated, Domains, Index, IndexError, IndexSpec, IndexTable, Item, Measure, NO_DOMAIN, Scoring};
use sipas::stats::poststratify::Poststratified;
use sipas::stats::sampling::{Pps, Sampling, SamplingSpec, Stage, Weights};
use sipas::stats::weighting::{Chain, Margin, RakeVariance, Raking, Step};

pub(crate) const DOMAINS: u32 = 3;
pub(crate) const ITEMS: usize = 3;

/// A survey with margins whose totals differ from the sums of the weights.
pub(crate) struct Case {
    pub(crate) weights: Vec<f64>,
    pub(crate) strata: Vec<u32>,
    pub(crate) psus: Option<Vec<u32>>,
    pub(crate) lonely: LonelyPsu,
    pub(crate) domains: Vec<u32>,
    pub(crate) codes: Vec<Vec<u8>>,
    pub(crate) margins: Vec<Margin>,
}

impl Case {
    pub(crate) fn new(seed: u64, rows: usize, sizes: &[u32], lonely: LonelyPsu, clustered: bool) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        // Stratum 5 has a single PSU: the first row, or the cluster of the first two.
        let alone = if lonely == LonelyPsu::Fail { 0 } else { 1 + usize::from(clustered) };
        let strata: Vec<u32> = (0..rows).map(|row| if row < alone { 5 } else { rng.random_range(0..5) }).collect();
        let psus = clustered.then(|| {
            let names: Vec<(u32, u32)> = strata.iter().map(|h| (*h, if *h == 5 { 0 } else { rng.random_range(0..4) })).collect();
            dense(&names).0
        });
        let weights: Vec<f64> = (0..rows).map(|_| rng.random_range(0.5..9.0)).collect();
        let margins = sizes.iter().map(|size| {
            let cells: Vec<u32> = (0..rows as u32).map(|row| if row < *size { row } else { rng.random_range(0..*size) }).collect();
            let mut totals = vec![0.0; *size as usize];
            cells.iter().zip(&weights).for_each(|(cell, weight)| totals[*cell as usize] += weight);
            totals.iter_mut().for_each(|total| *total *= rng.random_range(0.7..1.4));
            let sum: f64 = totals.iter().sum();
            totals.iter_mut().for_each(|total| *total *= 4000.0 / sum);
            Margin { cells, totals }
        });
        let margins: Vec<Margin> = margins.collect();
        Self {
            domains: (0..rows).map(|_| rng.random_range(0..=DOMAINS)).map(|d| if d == DOMAINS { NO_DOMAIN } else { d }).collect(),
            codes: (0..ITEMS).map(|_| (0..rows).map(|_| rng.random_range(0..6)).collect()).collect(),
            weights,
            strata,
            psus,
            lonely,
            margins,
        }
    }

    fn steps(&self) -> [Step; 1] {
        match &self.margins[..] {
            [margin] => [Step::Poststratify(margin.clone())],
            margins => {
                let margins = margins.to_vec();
                [Step::Rake(Raking { margins, tolerance: 1e-13, max_iterations: 10_000, variance: RakeVariance::Calibration })]
            }
        }
    }

    /// Points and satisfied shares, alone and together.
    pub(crate) fn measures() -> Vec<Measure> {
        vec![
            Measure::item(0),
            Measure::item(1),
            Measure::item_mean(0..ITEMS),
            Measure::pooled(0..ITEMS),
            Measure::Linear(vec![(0, 1.0), (2, -0.5)]),
        ]
    }

    pub(crate) fn scorings() -> Vec<Scoring> {
        let points: Vec<(u8, f64)> = (1..=5).map(|code| (code, f64::from(code))).collect();
        let shares = Scoring::satisfied(&[1, 2, 3, 4, 5], &[4, 5]).unwrap();
        vec![shares.clone(), Scoring::points(&points).unwrap(), shares]
    }

    fn statistic(&self, measure: &Measure) -> Statistic<'static> {
        let score = |item: usize, code: u8| match item {
            _ if code == 0 => 0.0,
            1 => f64::from(code),
            _ => 100.0 * f64::from(u8::from(code >= 4)),
        };
        let scores = |item: usize| self.codes[item].iter().map(|code| score(item, *code)).collect::<Vec<f64>>();
        let valid = |item: usize| self.codes[item].iter().map(|code| f64::from(u8::from(*code > 0))).collect::<Vec<f64>>();
        match measure {
            Measure::Linear(terms) => Statistic::Combined(
                terms
                    .iter()
                    .map(|(item, c)| Part { coefficient: *c, numerator: scores(*item).into(), denominator: valid(*item).into() })
                    .collect(),
            ),
            Measure::Pooled(items) => {
                let add =
                    |columns: Vec<Vec<f64>>| (0..self.weights.len()).map(|row| columns.iter().map(|c| c[row]).sum()).collect::<Vec<f64>>();
                Statistic::Ratio {
                    numerator: add(items.iter().map(|item| scores(*item)).collect()).into(),
                    denominator: add(items.iter().map(|item| valid(*item)).collect()).into(),
                }
            }
        }
    }

    fn sampling(&self) -> Sampling {
        let stage = Stage { strata: Some(self.strata.clone().into()), clusters: self.psus.clone().map(Into::into), populations: None };
        Sampling::new(&SamplingSpec {
            rows: self.weights.len(),
            weights: Weights::Given(self.weights.clone().into()),
            stages: vec![stage],
            nested: false,
            pps: Pps::None,
            lonely: self.lonely,
            lonely_in_domains: false,
        })
        .unwrap()
    }

    /// Table and covariances by the index; `known` says how it learns of the margins.
    fn index(&self, weights: &[f64], poststratified: bool) -> (IndexTable, Vec<Vec<Option<f64>>>) {
        let margin = &self.margins[0];
        let known = poststratified.then(|| Poststratified::new(&self.weights, &margin.cells[..], &margin.totals).unwrap());
        let margins = self.margins.iter().map(|m| (m.cells.as_slice().into(), m.totals.len() as u32)).collect();
        let calibrated = Calibrated::new(self.weights.as_slice(), margins).unwrap();
        let design = Design::new(DesignSpec {
            weights: weights.into(),
            strata: Some(self.strata.as_slice().into()),
            psus: self.psus.as_deref().map(Into::into),
            lonely: self.lonely,
        })
        .unwrap();
        let (scorings, measures) = (Self::scorings(), Self::measures());
        let items: Vec<Item<'_>> = self.codes.iter().zip(&scorings).map(|(codes, scoring)| Item { codes, scoring }).collect();
        let domains = Domains::new(self.domains.as_slice(), DOMAINS);
        let spec = IndexSpec { design: &design, items: &items, measures: &measures, domains, poststratified: known.as_ref() };
        let mut index = Index::new(spec).unwrap();
        if !poststratified {
            index = index.calibrated(&calibrated).unwrap();
        }
        let sums = index.sums();
        assert_eq!(sums.table(), &index.estimate());
        let covariances = (0..measures.len()).map(|m| sums.covariance(m).unwrap()).collect();
        (sums.table().clone(), covariances)
    }

    fn agrees(&self, what: &str) {
        let sampling = self.sampling();
        let chain = Chain::new(&self.weights, &self.steps()).unwrap();
        let survey = Survey::weighted(&sampling, &chain).unwrap();
        let rows = domain_rows(&self.domains, DOMAINS);
        for poststratified in [false, true].into_iter().take(if self.margins.len() == 1 { 2 } else { 1 }) {
            let (table, covariances) = self.index(chain.weights(), poststratified);
            for (m, measure) in Self::measures().iter().enumerate() {
                let statistic = self.statistic(measure);
                let requests: Vec<Request<'_>> =
                    rows.iter().map(|rows| Request { statistic: &statistic, domain: Domain::Rows(rows) }).collect();
                let joint = survey.jointly(&requests).unwrap();
                for (d, expected) in (0u32..).zip(&joint.estimates) {
                    let found = table.get(d, m).unwrap();
                    let what = format!("{what}, post-stratified {poststratified}, measure {m}, domain {d}");
                    assert_eq!(found.flag, expected.flag, "{what}");
                    near(found.estimate.unwrap(), expected.estimate.unwrap(), 1.0, &what);
                    assert_eq!(found.se.is_some(), expected.se.is_some(), "{what}");
                    near(found.se.unwrap_or(0.0), expected.se.unwrap_or(0.0), 0.0, &what);
                    assert_eq!((found.df_design, found.df_domain), (expected.df_design, expected.df_domain), "{what}");
                }
                for (place, (found, expected)) in covariances[m].iter().zip(&joint.covariance).enumerate() {
                    let of = |domain: usize| joint.estimates[domain].se.unwrap_or(0.0);
                    let scale = of(place / DOMAINS as usize) * of(place % DOMAINS as usize);
                    assert_eq!(found.is_some(), expected.is_some(), "{what}");
                    near(found.unwrap_or(0.0), expected.unwrap_or(0.0), scale, &format!("{what}, measure {m}, covariance {place}"));
                }
            }
        }
    }
}

pub(crate) fn near(found: f64, expected: f64, scale: f64, what: &str) {
    let off = (found - expected).abs() / expected.abs().max(scale).max(f64::MIN_POSITIVE);
    assert!(off <= 1e-10, "{what}: {found} instead of {expected}, {off:e} off");
}

#[test]
fn raking_on_several_margins_agrees_with_the_general_estimator() {
    for lonely in [LonelyPsu::Fail, LonelyPsu::Remove, LonelyPsu::Certainty, LonelyPsu::Adjust, LonelyPsu::Average] {
        for clustered in [true, false] {
            for seed in 0..4 {
                let what = format!("{lonely:?}, clustered {clustered}, seed {seed}");
                Case::new(seed, 120, &[2, 3, 4], lonely, clustered).agrees(&what);
                Case::new(seed, 300, &[2, 70], lonely, clustered).agrees(&format!("wide, {what}"));
            }
        }
    }
}

#[test]
fn one_margin_is_poststratification() {
    for lonely in [LonelyPsu::Fail, LonelyPsu::Certainty, LonelyPsu::Adjust] {
        for clustered in [true, false] {
            for seed in 0..4 {
                let what = format!("{lonely:?}, clustered {clustered}, seed {seed}");
                Case::new(seed, 100, &[3], lonely, clustered).agrees(&what);
                Case::new(seed, 400, &[80], lonely, clustered).agrees(&format!("wide, {what}"));
            }
        }
    }
}

#[test]
fn a_calibration_that_does_not_fit_is_refused() {
    let margin = |cells: Vec<u32>, count| vec![(cells.into(), count)];
    assert_eq!(Calibrated::new(vec![1.0], Vec::new()).unwrap_err(), IndexError::NoMargins);
    assert_eq!(Calibrated::new(vec![1.0, 2.0], margin(vec![0], 1)).unwrap_err(), IndexError::MarginLength { margin: 0, rows: 2, found: 1 });
    assert_eq!(
        Calibrated::new(vec![1.0, 2.0], margin(vec![0, 3], 3)).unwrap_err(),
        IndexError::MarginCell { margin: 0, row: 1, cell: 3, count: 3 }
    );
    assert_eq!(Calibrated::new(vec![1.0, 0.0], margin(vec![0, 1], 2)).unwrap_err(), IndexError::BaseWeight { row: 1, value: 0.0 });

    let case = Case::new(1, 20, &[2], LonelyPsu::Fail, false);
    let design =
        Design::new(DesignSpec { weights: case.weights.as_slice().into(), strata: None, psus: None, lonely: LonelyPsu::Fail }).unwrap();
    let spec = IndexSpec { design: &design, items: &[], measures: &[], domains: Domains::whole(), poststratified: None };
    let other = Calibrated::new(vec![1.0], margin(vec![0], 1)).unwrap();
    assert_eq!(Index::new(spec).unwrap().calibrated(&other).unwrap_err(), IndexError::MarginLength { margin: 0, rows: 20, found: 1 });
}

/// Standard error of the satisfied share when strata are all of one mind; `known` calibrates to the strata and another margin.
fn of_one_mind(weights: &[f64], psus: Option<Vec<u32>>, known: bool) -> f64 {
    let strata: Vec<u32> = (0..weights.len() as u32).map(|row| row % 3).collect();
    let codes: Vec<u8> = strata.iter().map(|stratum| if *stratum == 0 { 5 } else { 1 }).collect();
    let scoring = Scoring::satisfied(&[1, 5], &[5]).unwrap();
    let design =
        DesignSpec { weights: weights.into(), strata: Some(strata.as_slice().into()), psus: psus.map(Into::into), lonely: LonelyPsu::Fail };
    let design = Design::new(design).unwrap();
    let halves: Vec<u32> = (0..weights.len() as u32).map(|row| row / 3 % 2).collect();
    let calibrated = Calibrated::new(weights, vec![(strata.as_slice().into(), 3), (halves.as_slice().into(), 2)]).unwrap();
    let (items, measures) = ([Item { codes: &codes, scoring: &scoring }], [Measure::item(0)]);
    let spec = IndexSpec { design: &design, items: &items, measures: &measures, domains: Domains::whole(), poststratified: None };
    let index = Index::new(spec).unwrap();
    let index = if known { index.calibrated(&calibrated).unwrap() } else { index };
    index.estimate().get(0, 0).unwrap().se.unwrap()
}

#[test]
fn a_variance_lost_in_rounding_is_made_again_from_rows() {
    let alike = vec![0.7; 300];
    // Residuals on the strata are 0, whatever the weights; without them only weights vary.
    let apart: Vec<f64> = (0..300).map(|row| 0.7 + 1e-6 * f64::from(row % 7)).collect();
    let clusters = || Some((0..300).map(|row| row % 30).collect::<Vec<u32>>());
    assert_eq!(of_one_mind(&alike, None, false), 0.0);
    for weights in [&alike, &apart] {
        for psus in [None, clusters()] {
            let se = of_one_mind(weights, psus, true);
            assert!(se < 1e-12, "{se}");
        }
    }
    let total: f64 = apart.iter().sum();
    let satisfied: f64 = apart.iter().step_by(3).sum();
    let share = satisfied / total;
    let part = |stratum: usize| {
        let z = (if stratum == 0 { 1.0 } else { 0.0 } - share) * 100.0 / total;
        let values: Vec<f64> = apart.iter().skip(stratum).step_by(3).map(|weight| weight * z).collect();
        let mean = values.iter().sum::<f64>() / 100.0;
        100.0 / 99.0 * values.iter().map(|value| (value - mean).powi(2)).sum::<f64>()
    };
    let expected = (0..3).map(part).sum::<f64>().sqrt();
    let found = of_one_mind(&apart, None, false);
    assert!((found / expected - 1.0).abs() < 1e-7, "{found} instead of {expected}");
}
