//! Hypothesis tests: what must hold for any data.

use super::hypothesis_limits::{ALL, joint, sampling};
use proptest::prelude::*;
use sipas::stats::estimate::{Domain, Survey};
use sipas::stats::hypothesis::{
    Adjustment, Categories, adjust, goodness_of_fit, independence, least_squares_trend, linear_trend, one_sample, two_sample,
};
use sipas::stats::replicate::{Method, Replicates};

prop_compose! {
    /// A small clustered sample with two variables, a few values missing (level 3).
    fn any_sample()(rows in 4_usize..60, clusters in 2_u32..9)(
        weights in prop::collection::vec(prop_oneof![9 => 0.1..50.0_f64, 1 => Just(0.0)], rows),
        clusters in prop::collection::vec(0..clusters, rows),
        a in prop::collection::vec(0_u32..4, rows),
        b in prop::collection::vec(0_u32..4, rows),
        y in prop::collection::vec(-5.0..5.0_f64, rows),
    ) -> (Vec<f64>, Vec<u32>, Vec<u32>, Vec<u32>, Vec<f64>) {
        (weights, clusters, a, b, y)
    }
}

fn missing(levels: &[u32]) -> Categories<'_> {
    Categories { levels, missing: Some(3) }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_table_gives_a_p_value_or_a_reason((weights, clusters, a, b, y) in any_sample()) {
        prop_assume!(weights.iter().sum::<f64>() > 0.0);
        let taylor = sampling(&weights, None, Some(&clusters), None);
        let survey = Survey::new(&taylor);
        let replicates = Replicates::make(&taylor, Method::Jk1, false).ok();
        for statistic in ALL {
            let found = independence(&survey, &missing(&a), &missing(&b), Domain::All, statistic, None);
            let again = replicates.as_ref().map(|made| independence(made, &missing(&a), &missing(&b), Domain::All, statistic, None));
            for found in [Some(found), again].into_iter().flatten().flatten() {
                prop_assert!((0.0..=1.0).contains(&found.p_value), "{statistic:?} {found:?}");
                prop_assert!(found.statistic >= 0.0 && found.statistic.is_finite());
                prop_assert!(found.df.iter().all(|df| *df > 0.0));
            }
        }
        for result in [
            two_sample(&survey, &y, &missing(&a), Domain::All, None, 0.95),
            one_sample(&survey, &y, 0.5, Domain::All, None, 0.95),
        ].into_iter().flatten() {
            prop_assert!(result.comparison.p_value.is_none_or(|p| (0.0..=1.0).contains(&p)));
        }
        if let Ok(found) = goodness_of_fit(&survey, &missing(&a), &[0.2, 0.3, 0.5], Domain::All) {
            prop_assert!((0.0..=1.0).contains(&found.p_value) && found.df > 0.0 && found.scale > 0.0);
        }
    }

    #[test]
    fn names_of_levels_order_of_variables_and_scale_of_weights_do_not_matter((weights, clusters, a, b, _) in any_sample()) {
        prop_assume!(weights.iter().sum::<f64>() > 0.0);
        let design = sampling(&weights, None, Some(&clusters), None);
        let larger: Vec<f64> = weights.iter().map(|weight| 1024.0 * weight).collect();
        let larger = sampling(&larger, None, Some(&clusters), None);
        let renamed: Vec<u32> = a.iter().map(|level| [7, 2, 5, 3][*level as usize]).collect();
        for statistic in ALL {
            let first = independence(&Survey::new(&design), &missing(&a), &missing(&b), Domain::All, statistic, None);
            let second = independence(&Survey::new(&larger), &missing(&b), &missing(&renamed), Domain::All, statistic, None);
            // Where the matrices are nearly singular, rounding may decide otherwise for one of the two, or make a statistic of its own
            // size: no real table has one of 1e8.
            if let (Ok(first), Ok(second)) = (first, second)
                && first.statistic.max(second.statistic) < 1e8
            {
                let near = |a: f64, b: f64| (a - b).abs() <= 1e-5 * a.abs().max(1e-9);
                prop_assert!(near(first.statistic, second.statistic), "{statistic:?} {first:?} {second:?}");
                prop_assert!(near(first.p_value.max(1e-12), second.p_value.max(1e-12)), "{statistic:?} {first:?} {second:?}");
            }
        }
    }

    #[test]
    fn adjusted_p_values_keep_their_order_and_are_not_smaller(p in prop::collection::vec(0.0..=1.0_f64, 1..30)) {
        let of = |method| adjust(&p, method).unwrap();
        let [holm, hochberg, hommel, bonferroni] =
            [Adjustment::Holm, Adjustment::Hochberg, Adjustment::Hommel, Adjustment::Bonferroni].map(of);
        let (bh, by) = (of(Adjustment::BenjaminiHochberg), of(Adjustment::BenjaminiYekutieli));
        let slack = 1.0 + 1e-12;
        for i in 0..p.len() {
            let chain = [p[i], bh[i], hommel[i], hochberg[i], holm[i], bonferroni[i], 1.0];
            prop_assert!(chain.windows(2).all(|pair| pair[0] <= pair[1] * slack), "{chain:?}");
            prop_assert!(bh[i] <= by[i] * slack && by[i] <= 1.0);
            for j in 0..p.len() {
                if p[i] < p[j] {
                    prop_assert!([&holm, &hochberg, &hommel, &bonferroni, &bh, &by].iter().all(|adjusted| adjusted[i] <= adjusted[j] * slack));
                }
            }
        }
    }

    #[test]
    fn least_squares_is_never_less_exact_than_the_contrast(
        root in prop::collection::vec(-1.0..1.0_f64, 16),
        shift in -100.0..100.0_f64,
    ) {
        let mut covariance = vec![0.0; 16];
        for (at, value) in covariance.iter_mut().enumerate() {
            let (a, b) = (at / 4, at % 4);
            *value = (0..4).map(|c| root[a * 4 + c] * root[b * 4 + c]).sum::<f64>() + if a == b { 0.1 } else { 0.0 };
        }
        let waves = joint(&[3.0, 1.0, 4.0, 1.5], &covariance);
        let at = |shift: f64| [0.0, 1.0, 2.5, 3.0].map(|x| x + shift);
        let (contrast, gls) = (linear_trend(&waves, &at(0.0), 20.0, 0.95).unwrap(), least_squares_trend(&waves, &at(0.0), 20.0, 0.95).unwrap());
        prop_assert!(gls.se <= contrast.se * (1.0 + 1e-9));
        let moved = least_squares_trend(&waves, &at(shift), 20.0, 0.95).unwrap();
        prop_assert!((moved.estimate - gls.estimate).abs() < 1e-8 && (moved.se - gls.se).abs() < 1e-8);
    }
}
