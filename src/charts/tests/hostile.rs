//! Names that attack and numbers that are none.

use proptest::prelude::*;

use super::examples;
use super::reading::read;
use crate::charts::*;

const NAME: &str = "\"/><script>alert('x')</script> & ]]> <!-- \u{0}\u{8}\u{202E} {{7*7}} \u{FFFF}";

/// Every kind of chart with this name everywhere, this link, and values made of these numbers.
fn drawn(name: &str, link: &str, v: [f64; 3], narrow: bool) -> Vec<Drawing> {
    let head = Head { title: name.into(), subtitle: name.into(), source: name.into(), description: name.into() };
    let (text, link, tip) = (name.to_owned(), Some(link.to_owned()), Some(name.to_owned()));
    let figures = [Figure::known(v[0], (v[1], v[2]), name), Figure::missing(name), Figure::known(v[2], (v[0], v[0]), name)];
    let mut interval = IntervalPlot { head: head.clone(), ..examples::intervals(3, narrow) };
    interval.headings = Headings { rank: text.clone(), name: text.clone(), value: text.clone(), detail: text.clone() };
    interval.reference = Some(Reference { value: v[1], label: text.clone() });
    let mut bars = Bars { head: head.clone(), before: text.clone(), ..examples::bars(3, narrow) };
    for (i, f) in figures.into_iter().enumerate() {
        let row = &mut interval.rows[i];
        (row.name, row.figure, row.link, row.tip, row.rank) = (text.clone(), f.clone(), link.clone(), tip.clone(), text.clone());
        let bar = &mut bars.rows[i];
        (bar.name, bar.figure, bar.link, bar.tip, bar.before) = (text.clone(), f, link.clone(), tip.clone(), Some(v[i]));
    }
    let mut stacked = Stacked { head: head.clone(), options: vec![text.clone(); 4], ..examples::stacked(4, 2, narrow) };
    stacked.rows[0].shares = Ok(vec![(v[0], text.clone()), (v[1], "1".into()), (v[2], text.clone())]);
    stacked.rows[1].shares = Err(text.clone());
    (stacked.rows[0].name, stacked.rows[0].link, stacked.rows[0].n) = (text.clone(), link.clone(), text.clone());
    stacked.rows[1].link.clone_from(&link);
    let mut time = TimeSeries { head: head.clone(), ..examples::series(2, 3, narrow) };
    time.breaks[0].label.clone_from(&text);
    time.lines[0].name.clone_from(&text);
    for (i, p) in time.lines[0].points.iter_mut().enumerate() {
        (p.value, p.interval, p.label, p.signal, p.link, p.tip) =
            (v[i], Some((v[1], v[2])), text.clone(), Some(text.clone()), link.clone(), tip.clone());
    }
    let day = time.lines[0].points[1].day;
    time.control = Some(Control {
        steps: vec![Limits { from: day, lower: v[0], centre: v[1], upper: v[2] }],
        centre: text.clone(),
        lower: text.clone(),
        upper: text.clone(),
    });
    let mut heat = HeatMap { head: head.clone(), key: text.clone(), columns: vec![text.clone(); 3], ..examples::heat(3, 2, narrow) };
    (heat.rows[0].name, heat.rows[0].link) = (text.clone(), link.clone());
    heat.rows[1].link.clone_from(&link);
    heat.rows[0].cells = v.map(|value| Cell::Known { value, label: text.clone(), tip: tip.clone() }).into();
    heat.rows[1].cells = vec![Cell::Missing { reason: text.clone() }];
    let mut scatter = Scatter { head: head.clone(), quadrants: [(); 4].map(|()| text.clone()), ..examples::scatter(3, narrow) };
    scatter.x = Measure { label: text.clone(), possible: (f64::NEG_INFINITY, f64::NAN), cut: Some(v[1]) };
    let mut funnel = Funnel { head: head.clone(), x_label: text.clone(), y_label: text.clone(), ..examples::funnel(3, narrow) };
    funnel.centre = Reference { value: v[0], label: text.clone() };
    funnel.possible = (f64::NAN, 1.0);
    for i in 0..3 {
        let p = &mut scatter.points[i];
        (p.name, p.x, p.y, p.link, p.tip) = (text.clone(), v[i], v[(i + 1) % 3], link.clone(), tip.clone());
        let p = &mut funnel.points[i];
        (p.name, p.n, p.value, p.outlier, p.link, p.tip) = (text.clone(), v[i], v[(i + 1) % 3], true, link.clone(), tip.clone());
    }
    let geography = Geography::read(&examples::province(3), "ma").unwrap();
    let mut map = examples::map(&geography, narrow);
    (map.head, map.key, map.missing, map.limits) = (head, text.clone(), text.clone(), [v[0], v[1], v[2], 1.0]);
    for (i, a) in map.areas.iter_mut().enumerate() {
        (a.name, a.value, a.link, a.tip) = (text.clone(), Some(v[i]), link.clone(), tip.clone());
    }
    vec![interval.draw(), bars.draw(), stacked.draw(), time.draw(), heat.draw(), scatter.draw(), funnel.draw(), map.draw()]
}

#[test]
fn hostile_names_stay_text_and_hostile_links_are_left_out() {
    for narrow in [false, true] {
        for drawing in drawn(NAME, "javascript:alert(1)", [81.0, 80.0, 82.5], narrow) {
            let page = drawing.inline("\"><script>");
            let held = read(&page);
            assert!(held.wrong.is_empty(), "{:#?}", held.wrong);
            assert!(held.links.is_empty(), "{:?}", held.links);
            for text in [&page, &drawing.standalone()] {
                let document = roxmltree::Document::parse(text).unwrap();
                assert!(!document.descendants().any(|n| n.has_tag_name("script")) && !text.contains("NaN") && !text.contains("inf\""));
            }
            let title = roxmltree::Document::parse(&page)
                .unwrap()
                .descendants()
                .find(|n| n.has_tag_name("title"))
                .unwrap()
                .text()
                .unwrap()
                .to_owned();
            assert_eq!(title, NAME.replace(['\u{0}', '\u{8}', '\u{FFFF}'], "\u{FFFD}"));
        }
    }
}

#[test]
fn numbers_that_are_none_are_missing() {
    for v in [[f64::NAN; 3], [f64::INFINITY, f64::NEG_INFINITY, f64::NAN], [1e300, -1e300, 0.0], [0.0, -0.0, 1e-320], [1e12, -1e12, 1e-12]]
    {
        for narrow in [false, true] {
            for drawing in drawn("Xã", "/x", v, narrow) {
                let held = read(&drawing.inline("a"));
                assert!(held.wrong.is_empty(), "{v:?} {:#?}", held.wrong);
            }
        }
    }
}

fn any_number() -> impl Strategy<Value = f64> {
    prop_oneof![0.0..100.0f64, -1e12..1e12f64, -1e-9..1e-9f64, any::<f64>()]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn any_name_and_any_numbers_give_a_drawing_that_lies_inside(
        name in "\\PC{0,40}( \\PC{0,90}){0,3}",
        v in [any_number(), any_number(), any_number()],
        narrow in any::<bool>(),
    ) {
        for drawing in drawn(&name, "/x?a=1&b=2", v, narrow) {
            let held = read(&drawing.inline("a"));
            prop_assert!(held.wrong.is_empty(), "{:?} {:#?}", drawing.head(), held.wrong);
            prop_assert!(roxmltree::Document::parse(&drawing.standalone()).is_ok());
        }
    }
}
