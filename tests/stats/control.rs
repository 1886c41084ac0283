//! Control charts and funnel limits against R and other programs, by hand, and by what must hold.

use super::support::{close, number, table};
use proptest::prelude::*;
use sipas::stats::control::{Chart, ControlError, Dispersion, Flag, FunnelSpec, Limits, Proportion, Signal, Spread, chart, funnel};
use sipas::stats::quantile::normal_tail;
use std::collections::HashMap;

fn counted(row: &HashMap<String, String>, yes: &str, n: &str) -> Proportion {
    Proportion::counted(row[yes].parse().unwrap(), row[n].parse().unwrap())
}

fn same(found: f64, expected: f64, what: &str) {
    assert!((found - expected).abs() <= 1e-12, "{what}: found {found:.17}, expected {expected:.17}");
}

fn beyond(chart: &Chart) -> Vec<usize> {
    (0..chart.points.len()).filter(|i| chart.points[*i].signals.contains(&Signal::Beyond)).collect()
}

/// Attendances seen within four hours, 20 weeks: M. A. Mohammed et al., BMJ Qual. Saf. 22 (2013) 362.
#[test]
fn charts_of_very_large_samples_agree_with_r() {
    let rows = table("control_nhs.csv");
    let weeks: Vec<Proportion> = rows.iter().map(|row| counted(row, "seen", "attended")).collect();
    let plain = chart(&weeks, Spread::Binomial, None).unwrap();
    let prime = chart(&weeks, Spread::Laney, None).unwrap();
    let frozen = chart(&weeks, Spread::Laney, Some(10)).unwrap();
    same(prime.centre, 0.952_899_711_344_191_2, "centre");
    same(frozen.centre, 0.951_059_643_832_770_4, "centre of the first ten");
    for (i, row) in rows.iter().enumerate() {
        let what = format!("week {}", i + 1);
        same(plain.points[i].high, number(row, "p_high"), &what);
        same(prime.points[i].low, number(row, "prime_low"), &what);
        same(prime.points[i].high, number(row, "prime_high"), &what);
        same(frozen.points[i].low, number(row, "prime10_low"), &what);
        same(frozen.points[i].high, number(row, "prime10_high"), &what);
    }
    // The p-chart finds fault with most weeks, the p′-chart with none.
    assert_eq!(beyond(&plain).len(), 16);
    assert!(prime.points.iter().all(|point| point.signals.is_empty()));
    assert!((prime.sigma_z - 10.64).abs() < 0.005, "{}", prime.sigma_z);
}

#[test]
fn charts_agree_with_another_program_above_and_below_the_binomial_spread() {
    let rows = table("control_chart.csv");
    assert_eq!(rows.len(), 120);
    for (case, wide) in [("over", true), ("under", false)] {
        for baseline in [30, 12] {
            let rows: Vec<_> = rows.iter().filter(|row| row["case"] == case && row["baseline"] == baseline.to_string()).collect();
            let months: Vec<Proportion> = rows.iter().map(|row| counted(row, "yes", "n")).collect();
            let found = chart(&months, Spread::Laney, Some(baseline)).unwrap();
            assert_eq!(found.sigma_z > 1.0, wide, "{case}: {}", found.sigma_z);
            for (point, row) in found.points.iter().zip(rows) {
                close(found.centre, number(row, "centre"), 1e-12, case);
                close(point.low, number(row, "low"), 1e-12, case);
                close(point.high, number(row, "high"), 1e-12, case);
            }
        }
    }
}

/// D. C. Montgomery, *Introduction to Statistical Quality Control*, example 7.1: cans of orange juice, 30 samples of 50.
#[test]
fn the_textbook_s_chart_of_orange_juice_cans() {
    let bad = [12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9, 6];
    let samples: Vec<Proportion> = bad.iter().map(|bad| Proportion::counted(*bad, 50)).collect();
    let found = chart(&samples, Spread::Binomial, None).unwrap();
    let rounded = |x: f64| (x * 1e4).round() / 1e4;
    let (low, high) = (found.points[0].low, found.points[0].high);
    assert_eq!([found.centre, low, high].map(rounded), [0.2313, 0.0524, 0.4102]);
    assert_eq!(beyond(&found), [14, 22], "samples 15 and 23");
}

/// The estimate with its design effect takes the place of the count.
#[test]
fn weights_come_in_as_an_effective_size() {
    let plain: Vec<Proportion> = (0..12).map(|i| Proportion::counted(80 + i % 5, 100)).collect();
    let weighted: Vec<Proportion> = (0..12).map(|i| Proportion::estimated(0.80 + f64::from(i % 5) / 100.0, 250, 2.5)).collect();
    assert_eq!(plain.len(), weighted.len());
    let (one, two) = (chart(&plain, Spread::Laney, None).unwrap(), chart(&weighted, Spread::Laney, None).unwrap());
    close(one.sigma_z, two.sigma_z, 1e-12, "sigma z");
    close(one.points[3].high, two.points[3].high, 1e-12, "limit");
}

#[test]
fn eight_on_one_side_are_a_signal_and_a_point_on_the_centre_ends_the_run() {
    let side = |signs: &[i32]| {
        let shares = signs.iter().map(|s| Proportion { estimate: 0.5 + 0.01 * f64::from(*s), n: 100.0 });
        // The baseline lies evenly around one half.
        let base = (0..10).map(|i| Proportion { estimate: if i % 2 == 0 { 0.51 } else { 0.49 }, n: 100.0 });
        let periods: Vec<Proportion> = base.chain(shares).collect();
        let found = chart(&periods, Spread::Binomial, Some(10)).unwrap();
        found.points[10..].iter().map(|p| p.signals.contains(&Signal::Run)).collect::<Vec<bool>>()
    };
    // The last of the baseline lies below.
    assert_eq!(side(&[1; 9]), [false, false, false, false, false, false, false, true, true]);
    assert_eq!(side(&[-1; 7]), [false, false, false, false, false, false, true]);
    assert_eq!(side(&[1, 1, 1, 1, 0, 1, 1, 1, 1]), [false; 9]);
    assert_eq!(side(&[1, 1, 1, 1, 1, 1, 1, -1, 1]), [false; 9]);
}

/// Champ and Woodall (1987), table 1: a first alarm every 370.40 points with rule 1 alone, every 152.73 with rules 1 and 4.
#[test]
fn false_alarms_are_as_rare_as_the_file_says() {
    let outside = 2.0 * normal_tail(3.0).unwrap();
    close(1.0 / outside, 370.40, 1e-5, "rule 1");
    // Expected points until an alarm, by the length of the run that is under way.
    let (inside, mut expected) = (0.5 * (1.0 - outside), [0.0; 8]);
    for _ in 0..200_000 {
        let next = |run: usize| if run < 8 { expected[run] } else { 0.0 };
        expected = std::array::from_fn(|run| 1.0 + inside * next(run + 1) + inside * next(1));
    }
    close(expected[0], 152.73, 1e-4, "rules 1 and 4");
}

#[test]
fn what_gives_no_limits_is_refused_with_a_reason() {
    let shares = |p: &[f64]| p.iter().map(|p| Proportion { estimate: *p, n: 50.0 }).collect::<Vec<_>>();
    let refused = |p: &[f64], baseline| chart(&shares(p), Spread::Laney, baseline).unwrap_err();
    assert_eq!(refused(&[0.5; 7], None), ControlError::TooFew { what: "periods", found: 7, needed: 8 });
    assert!(refused(&[0.5; 7], None).to_string().contains("at least 8 periods, and there are 7"));
    assert_eq!(refused(&[0.5; 20], Some(7)), ControlError::TooFew { what: "periods", found: 7, needed: 8 });
    assert_eq!(refused(&[0.5; 8], Some(9)), ControlError::Baseline { given: 9, found: 8 });
    for alike in [0.0, 0.5, 1.0] {
        assert_eq!(refused(&[alike; 8], None), ControlError::NoVariation);
    }
    assert_eq!(refused(&[0.5, 1.5], None), ControlError::Estimate { at: 1, value: 1.5 });
    let empty = chart(&[Proportion::counted(0, 0)], Spread::Laney, None).unwrap_err();
    assert!(matches!(empty, ControlError::Estimate { at: 0, .. }), "{empty}");
    let size = Proportion { estimate: 0.5, n: 0.0 };
    assert_eq!(chart(&[size], Spread::Laney, None).unwrap_err(), ControlError::Size { at: 0, value: 0.0 });
    let four = shares(&[0.2, 0.4, 0.6, 0.8]);
    let with = |spec: FunnelSpec| funnel(&four, &spec).unwrap_err();
    let wide = FunnelSpec { dispersion: Dispersion::Additive, ..FunnelSpec::default() };
    assert_eq!(with(wide), ControlError::TooFew { what: "units", found: 4, needed: 5 });
    for target in [0.0, 1.0, f64::NAN] {
        assert!(matches!(with(FunnelSpec { target: Some(target), ..FunnelSpec::default() }), ControlError::Target(_)));
    }
    assert_eq!(with(FunnelSpec { winsorised: 0.5, ..FunnelSpec::default() }), ControlError::Winsorised(0.5));
    assert_eq!(funnel(&shares(&[1.0; 6]), &FunnelSpec::default()).unwrap_err(), ControlError::NoVariation);
    assert_eq!(funnel(&[], &FunnelSpec::default()).unwrap_err(), ControlError::TooFew { what: "units", found: 0, needed: 1 });
}

#[test]
fn funnel_limits_agree_with_other_programs() {
    let units = table("control_units.csv");
    let given: Vec<Proportion> = units.iter().map(|row| counted(row, "yes", "n")).collect();
    let places: HashMap<&str, usize> = units.iter().enumerate().map(|(i, row)| (row["unit"].as_str(), i)).collect();
    let rows = table("control_funnel.csv");
    assert_eq!(rows.len(), 288);
    for row in &rows {
        let limits = match row["limits"].as_str() {
            "exact" => Limits::Exact,
            "normal" => Limits::Normal,
            _ => Limits::Arcsine,
        };
        let dispersion = match row["dispersion"].as_str() {
            "chance" => Dispersion::Chance,
            "multiplicative" => Dispersion::Multiplicative,
            _ => Dispersion::Additive,
        };
        let found = funnel(&given, &FunnelSpec { limits, dispersion, ..FunnelSpec::default() }).unwrap();
        let unit = &found.units[places[row["unit"].as_str()]];
        let what = format!("{limits:?} {dispersion:?} {} {}", row["level"], row["unit"]);
        let interval = if row["level"] == "0.95" { unit.inner } else { unit.outer };
        close(interval.low, number(row, "low"), 1e-9, &what);
        close(interval.high, number(row, "high"), 1e-9, &what);
        assert_eq!(found.limits_at(unit.given.n, number(row, "level")), interval);
        if !row["phi"].is_empty() {
            close(found.phi, number(row, "phi"), 1e-12, "phi");
            close(found.tau2, number(row, "tau2"), 1e-9, "tau2");
        }
    }
}

#[test]
fn units_are_flagged_by_the_limit_they_cross() {
    let mut units = vec![Proportion::counted(800, 1000); 6];
    units.extend([730, 770, 830, 870].map(|yes| Proportion::counted(yes, 1000)));
    let spec = FunnelSpec { target: Some(0.8), ..FunnelSpec::default() };
    let flags: Vec<Flag> = funnel(&units, &spec).unwrap().units.iter().map(|unit| unit.flag).collect();
    assert_eq!(flags[..6], [Flag::Within; 6]);
    assert_eq!(flags[6..], [Flag::FarBelow, Flag::Below, Flag::Above, Flag::FarAbove]);
}

/// Exact limits hold what they promise: the share of samples beyond is at most what the level leaves.
#[test]
fn exact_limits_let_few_samples_out_by_chance() {
    for (n, theta) in [(30_u64, 0.9), (200, 0.83), (1000, 0.5)] {
        let spec = FunnelSpec { target: Some(theta), ..FunnelSpec::default() };
        let samples: Vec<Proportion> = (0..=n).map(|yes| Proportion::counted(yes, n)).collect();
        let found = funnel(&samples, &spec).unwrap();
        let (mut out, mut far, mut weight) = (0.0, 0.0, (1.0 - theta).ln() * n as f64);
        for (yes, unit) in (0..).zip(&found.units) {
            let share = f64::exp(weight);
            out += if unit.flag == Flag::Within { 0.0 } else { share };
            far += if matches!(unit.flag, Flag::FarBelow | Flag::FarAbove) { share } else { 0.0 };
            weight += ((n - yes) as f64 / (yes + 1) as f64 * theta / (1.0 - theta)).ln();
        }
        assert!(out <= 0.05 && far <= 0.002, "{n} {theta}: {out} {far}");
    }
}

prop_compose! {
    fn any_shares(least: usize)(
        shares in prop::collection::vec((0.0..=1.0_f64, 0.5..5000.0_f64), least..60),
    ) -> Vec<Proportion> {
        shares.into_iter().map(|(estimate, n)| Proportion { estimate, n }).collect()
    }
}

proptest! {
    #[test]
    fn limits_enclose_the_centre_and_stay_shares(periods in any_shares(8)) {
        for spread in [Spread::Binomial, Spread::Laney] {
            let Ok(found) = chart(&periods, spread, None) else { continue };
            for point in &found.points {
                prop_assert!(0.0 <= point.low && point.low <= found.centre && found.centre <= point.high && point.high <= 1.0);
                let out = point.given.estimate < point.low || point.given.estimate > point.high;
                prop_assert_eq!(point.signals.contains(&Signal::Beyond), out);
            }
        }
    }

    /// "Satisfied" and "not satisfied" tell the same story, and sizes in another unit only change the z-scores of both charts alike.
    #[test]
    fn the_other_answer_has_the_mirrored_chart(periods in any_shares(8), factor in 0.1..10.0_f64) {
        let mirrored: Vec<Proportion> = periods.iter().map(|p| Proportion { estimate: 1.0 - p.estimate, n: p.n }).collect();
        let scaled: Vec<Proportion> = periods.iter().map(|p| Proportion { estimate: p.estimate, n: p.n * factor }).collect();
        let all = [&periods, &mirrored, &scaled].map(|p| chart(p, Spread::Laney, None));
        if let [Ok(one), Ok(two), Ok(three)] = all {
            prop_assert!((one.centre + two.centre - 1.0).abs() < 1e-9);
            for ((a, b), c) in one.points.iter().zip(&two.points).zip(&three.points) {
                prop_assert!((a.high + b.low - 1.0).abs() < 1e-9 && (a.low + b.high - 1.0).abs() < 1e-9);
                // σ_z takes the unit of n out again: the p′-chart does not change.
                prop_assert!((a.high - c.high).abs() < 1e-9 && (a.low - c.low).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn funnels_narrow_with_size_and_widen_with_level_and_overdispersion(units in any_shares(6), n in 1.0..2000.0_f64, times in 1.1..20.0_f64) {
        for limits in [Limits::Exact, Limits::Normal, Limits::Arcsine] {
            let of = |dispersion| funnel(&units, &FunnelSpec { limits, dispersion, ..FunnelSpec::default() });
            let all = [Dispersion::Chance, Dispersion::Multiplicative, Dispersion::Additive].map(of);
            let [Ok(chance), Ok(times_phi), Ok(plus_tau)] = all else { continue };
            let width = |i: sipas::stats::interval::Interval| i.high - i.low;
            for funnel in [&chance, &times_phi, &plus_tau] {
                let (small, large, wide) = (funnel.limits_at(n, 0.95), funnel.limits_at(n * times, 0.95), funnel.limits_at(n, 0.998));
                prop_assert!(0.0 <= wide.low && wide.low <= small.low && small.high <= wide.high && wide.high <= 1.0);
                prop_assert!(small.low <= funnel.target && funnel.target <= small.high);
                prop_assert!(funnel.phi >= 0.0 && funnel.tau2 >= 0.0);
                // Exact limits follow the steps of the distribution, so only the others narrow without fail.
                if limits != Limits::Exact {
                    prop_assert!(width(large) <= width(small) + 1e-12);
                    prop_assert!(width(small) >= width(chance.limits_at(n, 0.95)) - 1e-12);
                }
            }
        }
    }

    /// "Satisfied" and "not satisfied" have mirrored funnels, and the order of units does not matter.
    #[test]
    fn the_other_answer_has_the_mirrored_funnel(units in any_shares(6), n in 1.0..2000.0_f64) {
        let mirrored: Vec<Proportion> = units.iter().rev().map(|u| Proportion { estimate: 1.0 - u.estimate, n: u.n }).collect();
        for limits in [Limits::Exact, Limits::Normal, Limits::Arcsine] {
            for dispersion in [Dispersion::Chance, Dispersion::Multiplicative, Dispersion::Additive] {
                let spec = FunnelSpec { limits, dispersion, ..FunnelSpec::default() };
                let (Ok(one), Ok(two)) = (funnel(&units, &spec), funnel(&mirrored, &spec)) else { continue };
                prop_assert!((one.phi - two.phi).abs() <= 1e-6 * (1.0 + one.phi));
                let (a, b) = (one.limits_at(n, 0.95), two.limits_at(n, 0.95));
                prop_assert!((a.low + b.high - 1.0).abs() < 1e-6 && (a.high + b.low - 1.0).abs() < 1e-6, "{:?} {:?} {:?}", spec, a, b);
            }
        }
    }
}
