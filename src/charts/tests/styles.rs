//! The two style sheets: every class has its colour on pages and on paper, and what is written on colours can be read.

use std::collections::{BTreeMap, BTreeSet};

use super::examples;
use super::reading::read;

const PAGE: &str = include_str!("../../../static/charts.css");
const BASE: &str = include_str!("../../../static/sipas.css");
const PAPER: &str = include_str!("../print.css");

/// Properties `--x: #rrggbb` of a part of a style sheet.
fn properties(css: &str) -> BTreeMap<String, String> {
    css.split("--")
        .skip(1)
        .filter_map(|p| p.split_once(':'))
        .filter_map(|(name, rest)| {
            let value = rest.split(';').next()?.trim();
            (value.starts_with('#')).then(|| (name.trim().to_owned(), value.to_owned()))
        })
        .collect()
}

/// The colours in light, dark and print.
fn themes() -> [(&'static str, BTreeMap<String, String>); 3] {
    let part = |css: &'static str, from: &str, to: &str| {
        let begin = css.find(from).unwrap_or_else(|| panic!("{from} is not there"));
        let rest = &css[begin..];
        &rest[..rest.find(to).unwrap_or(rest.len())]
    };
    let light = [part(BASE, ":root", "}"), part(PAGE, ":root", "}")].map(properties);
    let dark = "@media (prefers-color-scheme: dark)";
    let night = [part(BASE, dark, "}\n}"), part(PAGE, dark, "}\n}")].map(properties);
    let print = properties(part(PAGE, "@media print", "\n}\n"));
    let over = |parts: Vec<BTreeMap<String, String>>| {
        parts.into_iter().fold(BTreeMap::new(), |mut all, p| {
            all.extend(p);
            all
        })
    };
    let light = over(light.into());
    let paper = BTreeMap::from([("paper".into(), "#ffffff".into()), ("ink".into(), "#111111".into()), ("muted".into(), "#444444".into())]);
    [("light", light.clone()), ("dark", over([vec![light.clone()], night.into()].concat())), ("print", over(vec![light, print, paper]))]
}

fn luminance(hex: &str) -> f64 {
    let digits = hex.trim_start_matches('#');
    let digits = if digits.len() == 3 { digits.chars().flat_map(|c| [c, c]).collect() } else { digits.to_owned() };
    let part = |i: usize| f64::from(u8::from_str_radix(&digits[i..i + 2], 16).unwrap()) / 255.0;
    let linear = |c: f64| if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) };
    0.2126 * linear(part(0)) + 0.7152 * linear(part(2)) + 0.0722 * linear(part(4))
}

fn contrast(a: &str, b: &str) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn texts_on_colours_have_a_contrast_of_four_and_a_half_in_every_theme() {
    let mut pairs: Vec<(String, String)> = (1..=7).map(|i| (format!("h{i}"), "on-h".into())).collect();
    pairs.extend((1..=5).map(|i| (format!("s{i}"), format!("on-s{i}"))));
    pairs.extend([("q1", "on-qd"), ("q5", "on-qd"), ("q2", "on-ql"), ("q4", "on-ql"), ("q6", "on-ql")].map(|(a, b)| (a.into(), b.into())));
    pairs.extend([("m1", "ink"), ("m2", "on-m2"), ("m3", "on-ml"), ("m4", "on-ml"), ("m5", "on-md")].map(|(a, b)| (a.into(), b.into())));
    pairs.extend([("paper", "ink"), ("paper", "muted"), ("wash", "muted")].map(|(a, b)| (a.into(), b.into())));
    for (theme, colours) in themes() {
        for (ground, text) in &pairs {
            let found = contrast(&colours[ground], &colours[text]);
            assert!(found >= 4.5, "{theme}: --{text} on --{ground} has {found:.2}");
        }
        let q3 = contrast(&colours["q3"], "#14191e");
        assert!(q3 >= 4.5, "{theme}: {q3:.2}");
    }
}

#[test]
fn lines_and_marks_stand_out_from_the_ground_in_every_theme() {
    for (theme, colours) in themes() {
        for mark in ["l1", "l2", "l3", "l4", "l5", "l6", "mark", "whisker", "low", "high", "strong", "edge", "past"] {
            let found = contrast(&colours["paper"], &colours[mark]);
            assert!(found >= 3.0, "{theme}: --{mark} has {found:.2}");
        }
    }
}

#[test]
fn the_classes_of_a_map_are_in_order_also_in_grey() {
    for (theme, colours) in themes() {
        let lightness: Vec<f64> = (1..=5).map(|i| luminance(&colours[&format!("m{i}")])).collect();
        let way = if theme == "dark" { 1.0 } else { -1.0 };
        assert!(lightness.windows(2).all(|w| (w[1] - w[0]) * way > 0.04), "{theme}: {lightness:?}");
    }
}

/// Fill of a class in the style of paper.
fn on_paper(class: &str) -> String {
    let rule = PAPER.split('}').find(|r| {
        r.split_once('{').is_some_and(|(names, _)| names.trim().split(',').any(|n| n == format!(".{class}")) && r.contains("fill:#"))
    });
    let rule = rule.unwrap_or_else(|| panic!("{class} has no colour on paper"));
    rule.split("fill:").nth(1).unwrap()[..7].trim_end_matches([';', '}']).to_owned()
}

#[test]
fn texts_on_colours_can_be_read_on_paper() {
    let ink = "#111111";
    for (ground, text) in (1..=7)
        .map(|i| (format!("c-h{i}"), ink))
        .chain((2..=4).map(|i| (format!("c-s{i}"), ink)))
        .chain((1..=4).map(|i| (format!("c-m{i}"), ink)))
    {
        assert!(contrast(&on_paper(&ground), text) >= 4.5, "{ground}");
    }
    for ground in ["c-s1", "c-s5", "c-q1", "c-q5", "c-m5"] {
        assert!(contrast(&on_paper(ground), "#ffffff") >= 4.5, "{ground}");
    }
    for ground in ["c-q2", "c-q3", "c-q4", "c-q6"] {
        assert!(contrast(&on_paper(ground), ink) >= 4.5, "{ground}");
    }
}

#[test]
fn every_class_that_is_drawn_is_in_both_style_sheets() {
    // Texts whose colour is the ink have no rule of their own beyond their size.
    let plain = |class: &str| {
        ["c-t", "c-mark", "chart", "chart-large", "chart-small", "chart-broad"].contains(&class) || class.starts_with("c-on-")
    };
    let drawn: BTreeSet<String> = examples::all().iter().flat_map(|(_, d)| read(&d.inline("a")).classes).collect();
    assert!(drawn.len() > 50);
    for class in drawn.iter().filter(|c| !plain(c)) {
        let has = |css: &str| {
            css.match_indices(&format!(".{class}"))
                .any(|(i, m)| !css[i + m.len()..].starts_with(|c: char| c.is_ascii_alphanumeric() || c == '-'))
        };
        assert!(has(PAGE), "{class} is not in static/charts.css");
        assert!(has(PAPER), "{class} is not in print.css");
    }
}
