//! Tails of distributions against mpmath at 60 digits, and of weighted sums of chi-squares against published tables.

use super::support::{close, number, table};
use sipas::stats::hypothesis::{exact_tail, saddlepoint_tail};
use sipas::stats::quantile::{chi_square_tail, f_tail, normal_tail, t_two_sided_tail};

#[test]
fn tails_have_their_digits_down_to_the_smallest_numbers() {
    let mut least = 1.0_f64;
    for row in table("tests_tails.csv") {
        let (x, expected) = (number(&row, "x"), number(&row, "p"));
        let what = format!("{} {x} {} {}", row["of"], row["first"], row["second"]);
        let found = match row["of"].as_str() {
            "normal" => normal_tail(x),
            "chi_square" => chi_square_tail(x, number(&row, "first")),
            "t" => t_two_sided_tail(x, number(&row, "first")),
            "f" => f_tail(x, number(&row, "first"), number(&row, "second")),
            _ => {
                let lambda: Vec<f64> = row["first"].split(' ').map(|value| value.parse().unwrap()).collect();
                exact_tail(&lambda, x, number(&row, "second"))
            }
        };
        // The continued fraction of the beta function loses digits as the number of degrees of freedom gains them.
        let large = row["of"] == "f" && number(&row, "second") > 1e8;
        close(found.unwrap(), expected, if large { 1e-7 } else { 1e-10 }, &what);
        least = least.min(expected);
    }
    assert!(least < 1e-290, "the table reaches {least:e}");
}

#[test]
fn sums_of_chi_squares_agree_with_published_tables() {
    // J. P. Imhof, Biometrika 48 (1961) 419, table 1.
    let spread =
        |degrees: [usize; 3]| [0.6, 0.3, 0.1].iter().zip(degrees).flat_map(|(l, k)| std::iter::repeat_n(*l, k)).collect::<Vec<f64>>();
    for (degrees, x, expected) in [
        ([1, 1, 1], 0.1, 0.9458),
        ([1, 1, 1], 0.7, 0.5064),
        ([1, 1, 1], 2.0, 0.1240),
        ([2, 2, 2], 0.2, 0.9936),
        ([2, 2, 2], 2.0, 0.3998),
        ([2, 2, 2], 6.0, 0.0161),
        ([6, 4, 2], 1.0, 0.9973),
        ([6, 4, 2], 5.0, 0.4353),
        ([6, 4, 2], 12.0, 0.0088),
    ] {
        let found = exact_tail(&spread(degrees), x, f64::INFINITY).unwrap();
        assert!((found - expected).abs() < 0.6e-4, "{degrees:?} {x}: {found} for {expected}");
        let near = saddlepoint_tail(&spread(degrees), x, f64::INFINITY);
        if (x - spread(degrees).iter().sum::<f64>()).abs() < 1e-9 {
            assert_eq!(near, None, "x is the mean of the sum, where the formula is 0/0");
            continue;
        }
        let near = near.unwrap();
        assert!((near / found - 1.0).abs() < 0.08, "{degrees:?} {x}: saddle point {near} for {found}");
    }
}

#[test]
fn the_exact_tail_is_what_r_computes_with_a_whole_denominator() {
    // `svychisq(~sch.wide + stype, dclus1, statistic = "lincom")` is 0.02547176 where R has CompQuadForm; it cuts the 20.92
    // degrees of freedom to 20 but divides by 20.92. The weights follow from X², F and d₀ of the reference.
    let (x2, f, d0, df) = (11.94089208074534_f64, 5.193369541474878_f64, 1.4946397777074558_f64, 20.924956887904383_f64);
    let trace = x2 / f;
    let root = (2.0 * trace * trace / d0 - trace * trace).sqrt();
    let lambda = [0.5 * (trace + root), 0.5 * (trace - root)];
    let found = exact_tail(&lambda, x2 * 20.0 / df, 20.0).unwrap();
    assert!((found - 0.02547176).abs() < 2e-7, "{found}");
    close(saddlepoint_tail(&lambda, x2, df).unwrap(), 0.026441127709637535, 1e-7, "saddle point");
}

#[test]
fn equal_weights_give_the_f_distribution() {
    for k in [1, 3, 40, 300] {
        for df in [1.5, 12.0, 700.0] {
            for x in [0.2, 1.0, 3.0, 50.0] {
                let lambda = vec![0.37; k];
                let expected = f_tail(x, k as f64, df).unwrap();
                let found = exact_tail(&lambda, 0.37 * x * k as f64, df).unwrap();
                close(found, expected, 1e-9, &format!("{k} {df} {x}"));
            }
        }
    }
}

#[test]
fn a_tail_without_a_meaning_is_none() {
    assert_eq!(normal_tail(f64::NAN), None);
    assert_eq!((normal_tail(f64::INFINITY), normal_tail(f64::NEG_INFINITY)), (Some(0.0), Some(1.0)));
    for (x, df) in [(-1.0, 2.0), (f64::NAN, 2.0), (1.0, 0.0), (1.0, f64::NAN), (1.0, f64::INFINITY)] {
        assert_eq!(chi_square_tail(x, df), None);
    }
    assert_eq!((chi_square_tail(0.0, 3.0), chi_square_tail(f64::INFINITY, 3.0)), (Some(1.0), Some(0.0)));
    for (x, df1, df2) in [(-1.0, 2.0, 2.0), (1.0, 0.0, 2.0), (1.0, f64::INFINITY, 2.0), (1.0, 2.0, 0.0), (1.0, 2.0, f64::NAN)] {
        assert_eq!(f_tail(x, df1, df2), None);
    }
    assert_eq!((f_tail(0.0, 3.0, 4.0), f_tail(f64::INFINITY, 3.0, 4.0)), (Some(1.0), Some(0.0)));
    close(f_tail(3.0, 2.0, f64::INFINITY).unwrap(), (-3.0_f64).exp(), 1e-14, "chi-square over its degrees of freedom");
    for tail in [exact_tail, saddlepoint_tail] {
        assert_eq!(tail(&[], 1.0, 3.0), None);
        assert_eq!(tail(&[0.0, -1.0], 1.0, 3.0), None);
        assert_eq!(tail(&[1.0, f64::INFINITY], 1.0, 3.0), None);
        assert_eq!(tail(&[1.0], f64::NAN, 3.0), None);
        assert_eq!(tail(&[1.0], 1.0, 0.0), None);
        assert_eq!((tail(&[1.0], 0.0, 3.0), tail(&[1.0], f64::INFINITY, 3.0)), (Some(1.0), Some(0.0)));
    }
    // The middle of the distribution, where the saddle point formula is 0/0: the mean of Σ λX against that of Y.
    assert_eq!(saddlepoint_tail(&[1.0, 1.0], 2.0, f64::INFINITY), None);
}
