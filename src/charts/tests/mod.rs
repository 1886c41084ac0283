//! What holds for every kind of chart.

mod examples;
mod hostile;
mod reading;
mod styles;

use std::fmt::Write;

use resvg::usvg::{Options, Tree};

use super::place::Box4;
use super::*;
use examples::{head, names, province};
use reading::{Held, read};

#[test]
fn every_example_is_well_formed_and_lies_inside() {
    for (name, drawing) in examples::all() {
        let held = read(&drawing.inline("a"));
        assert!(held.wrong.is_empty(), "{name}: {:#?}", &held.wrong[..held.wrong.len().min(5)]);
        roxmltree::Document::parse(&drawing.standalone()).unwrap();
    }
}

#[test]
fn on_paper_the_real_typeface_stays_inside_too() {
    for (name, drawing) in examples::all().into_iter().filter(|(name, _)| !name.contains("600") && !name.contains("126")) {
        let options = Options { fontdb: picture::typefaces(), ..Options::default() };
        let tree = Tree::from_str(&drawing.standalone(), &options).unwrap();
        let (at, size) = (tree.root().abs_bounding_box(), tree.size());
        let inside = at.left() >= -1.0 && at.top() >= -1.0 && at.right() <= size.width() + 1.0 && at.bottom() <= size.height() + 1.0;
        assert!(inside, "{name}: {at:?} in {size:?}");
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    for ((name, once), (_, again)) in examples::all().into_iter().zip(examples::all()) {
        assert!(once.inline("x") == again.inline("x") && once.standalone() == again.standalone(), "{name}");
    }
}

#[test]
fn no_name_is_cut() {
    for narrow in [false, true] {
        let drawn = [
            examples::intervals(126, narrow).draw(),
            examples::bars(126, narrow).draw(),
            examples::stacked(5, 126, narrow).draw(),
            examples::heat(4, 126, narrow).draw(),
            examples::scatter(126, narrow).draw(),
        ];
        for drawing in drawn {
            let texts: Vec<String> = read(&drawing.inline("a"))
                .texts
                .into_iter()
                .filter(|t| ["c-t", "c-tb"].contains(&t.class.as_str()))
                .map(|t| t.text)
                .collect();
            let all = texts.join(" ");
            for name in names(126) {
                assert!(all.contains(&name), "{name} is not in {all}");
            }
        }
    }
}

#[test]
fn a_drawing_with_links_is_a_group_on_pages_and_has_none_on_paper() {
    let linked = examples::intervals(3, false).draw();
    let held = read(&linked.inline("a"));
    assert_eq!((held.role.as_str(), held.links.len()), ("group", 3));
    assert!(linked.inline("a b\"<").starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chart chart-large\""));
    assert!(linked.inline("a b").contains("aria-labelledby=\"a-b-title a-b-desc\""));
    assert!(!linked.standalone().contains("<a ") && !linked.standalone().contains("<title>Phường"));
    assert_eq!(read(&examples::bars(3, false).draw().inline("a")).role, "img");
}

#[test]
fn a_bar_begins_at_nothing_and_a_dot_need_not() {
    let held = read(&examples::bars(3, false).draw().inline("a"));
    let ticks: Vec<&str> = held.texts.iter().filter(|t| t.class == "c-s").map(|t| t.text.as_str()).collect();
    assert!(ticks.contains(&"0") && ticks.contains(&"100"), "{ticks:?}");
    let held = read(&examples::intervals(20, false).draw().inline("a"));
    assert!(held.texts.iter().any(|t| t.text == "75") && !held.texts.iter().any(|t| t.text == "0"));
}

#[test]
fn pages_have_the_same_axis_and_every_row_once() {
    let plot = examples::intervals(126, false);
    let pages = plot.pages(900.0);
    assert!(pages.len() > 3 && pages.iter().all(|p| p.height() <= 902.0), "{:?}", pages.iter().map(Drawing::height).collect::<Vec<_>>());
    let read_page = |p: &Drawing| read(&p.inline("a")).texts;
    let axis = |p: &Drawing| -> Vec<(String, String)> {
        let ticks = read_page(p).into_iter().filter(|t| t.class == "c-s" && t.text.len() == 2);
        let mut ticks: Vec<_> = ticks.map(|t| (t.text, format!("{:.1}", t.at.left))).collect();
        ticks.sort();
        ticks.dedup();
        ticks
    };
    assert!(!axis(&pages[0]).is_empty() && pages.iter().all(|p| axis(p) == axis(&pages[0])));
    let values = |texts: Vec<reading::Written>| texts.into_iter().filter(|t| t.class == "c-tb").count();
    assert_eq!(pages.iter().map(|p| values(read_page(p))).sum::<usize>(), values(read_page(&plot.draw())));
    for parts in
        [examples::bars(126, false).pages(700.0), examples::stacked(5, 126, false).pages(700.0), examples::heat(5, 126, false).pages(700.0)]
    {
        assert!(
            parts.len() > 3 && parts.iter().all(|p| p.height() <= 702.0),
            "{:?}",
            parts.iter().map(Drawing::height).collect::<Vec<_>>()
        );
    }
}

#[test]
fn a_line_is_not_drawn_across_a_change_of_method() {
    let chart = examples::series(1, 8, false);
    let held = chart.draw().inline("a");
    let document = roxmltree::Document::parse(&held).unwrap();
    let lines: Vec<_> = document.descendants().filter(|n| n.attribute("class").is_some_and(|c| c.starts_with("c-line"))).collect();
    assert_eq!(lines.len(), 2, "one before the change, one after");
    let without = TimeSeries { breaks: vec![], ..examples::series(1, 8, false) };
    assert_eq!(without.draw().inline("a").matches("c-line").count(), 1);
}

/// Texts that may not touch each other.
fn apart(name: &str, held: &Held, of: impl Fn(&str) -> bool) {
    let texts: Vec<&reading::Written> = held.texts.iter().filter(|t| of(&t.class)).collect();
    for (i, a) in texts.iter().enumerate() {
        for b in texts.iter().skip(i + 1) {
            let inner = Box4 { left: a.at.left + 0.5, right: a.at.right - 0.5, top: a.at.top + 0.5, bottom: a.at.bottom - 0.5 };
            assert!(!inner.meets(&b.at), "{name}: “{}” covers “{}”", a.text, b.text);
        }
    }
}

#[test]
fn labels_do_not_cover_each_other() {
    for (name, drawing) in examples::all().into_iter().filter(|(name, _)| !name.contains("600")) {
        apart(&name, &read(&drawing.inline("a")), |_| true);
    }
}

#[test]
fn a_scatter_of_few_points_has_names_and_of_many_numbers_with_a_list() {
    let few = read(&examples::scatter(8, false).draw().inline("a"));
    assert!(few.texts.iter().all(|t| t.class != "c-n") && few.texts.iter().any(|t| t.text == "Thủ tục hành chính"));
    let many = read(&examples::scatter(20, false).draw().inline("a"));
    assert_eq!(many.texts.iter().filter(|t| t.class == "c-n").count(), 40, "each number at its point and in the list");
}

#[test]
fn a_map_of_all_communes_is_light() {
    let geography = Geography::read(&province(126), "ma").unwrap();
    assert!(geography.positions() > 20_000, "the test would prove nothing: {}", geography.positions());
    for narrow in [false, true] {
        let map = examples::map(&geography, narrow);
        let svg = map.draw().inline("a");
        assert!(svg.len() < 150_000, "{}", svg.len());
        assert_eq!(svg.matches("c-area c-m").count() - 5 + svg.matches("c-gap").count(), 126);
        assert_eq!(map.unplaced(), Vec::<&str>::new());
    }
    let mut map = examples::map(&geography, false);
    map.areas[0].code = "nowhere".into();
    assert_eq!(map.unplaced(), ["nowhere"]);
    let svg = map.draw().inline("a");
    assert_eq!(svg.matches("c-none c-gap").count(), 1, "a shape that no area names is blank, neither coloured nor hatched");
    let blank = svg.find("c-none c-gap").unwrap();
    assert!(svg.match_indices("\"c-mark\"").all(|(at, _)| at > blank), "and covers nothing");
}

#[test]
fn pictures_have_every_vietnamese_letter_and_nothing_the_typeface_lacks() {
    let vowels =
        ["aàáảãạ", "ăằắẳẵặ", "âầấẩẫậ", "eèéẻẽẹ", "êềếểễệ", "iìíỉĩị", "oòóỏõọ", "ôồốổỗộ", "ơờớởỡợ", "uùúủũụ", "ưừứửữự", "yỳýỷỹỵ", "đ"];
    let small = vowels.concat();
    let name = format!("{small}{} “–” … ≤ ≥ × · − ± 0123456789%", small.to_uppercase());
    let mut plot = examples::intervals(1, false);
    plot.rows[0].name.clone_from(&name);
    let png = plot.draw().png(760).unwrap();
    assert!(png.starts_with(b"\x89PNG\r\n\x1a\n"));
    assert_eq!(png[16..20], 760_u32.to_be_bytes(), "as wide as asked for");
    assert!(examples::all().iter().all(|(_, d)| d.check_typeface().is_ok()));

    plot.rows[0].name = "Phường 河内".into();
    let refused = plot.draw().png(760).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the typeface of pictures and paper has no 内 (U+5185), 河 (U+6CB3) in “Phường 河内”; write it otherwise"
    );
    plot.rows[0].name = "Phường Hoàn Kiếm".into();
    assert!(matches!(plot.draw().png(0), Err(ChartError::Size { .. })));
    assert!(matches!(plot.draw().png(4_000_000), Err(ChartError::Size { .. })));
}

#[test]
fn words_of_the_head_are_drawn_on_paper_only() {
    let drawing = examples::bars(2, false).draw();
    let words = head("x").source;
    assert!(!drawing.inline("a").contains(&words) && drawing.standalone().contains(&words));
    assert!(drawing.inline("a").contains(&format!("<desc id=\"a-desc\">{}</desc>", head("x").description)));
    assert_eq!(drawing.head().source, words);
}

#[test]
fn both_layouts_stand_in_a_page_under_different_identifiers() {
    let html = both(&examples::bars(2, false).draw(), &examples::bars(2, true).draw(), "factors");
    assert!(html.contains("id=\"factors-title\"") && html.contains("id=\"factors-narrow-title\""));
    assert!(html.contains("viewBox=\"0 0 760 ") && html.contains("viewBox=\"0 0 328 "));
}

#[test]
fn gallery() {
    let Some(folder) = std::env::var_os("SIPAS_DRAW_TO").map(std::path::PathBuf::from) else { return };
    let begin = "<!doctype html><meta charset=utf-8><meta name=viewport content='width=device-width,initial-scale=1'><meta name=color-scheme content='light dark'>\
                 <link rel=stylesheet href=sipas.css><link rel=stylesheet href=charts.css><body><main class=wide>";
    let mut page = String::from(begin);
    for (name, drawing) in &examples::all() {
        let figure = format!("<figure class=chart-figure>{}</figure>", drawing.inline(name));
        let _ = write!(page, "<h2>{name}</h2>{figure}");
        std::fs::write(folder.join(format!("{name}.html")), format!("{begin}{figure}</main><script type=module src=charts.js></script>"))
            .unwrap();
        std::fs::write(folder.join(format!("{name}.svg")), drawing.standalone()).unwrap();
        if drawing.height() < 6000.0 {
            std::fs::write(folder.join(format!("{name}.png")), drawing.png(1140).unwrap()).unwrap();
        }
    }
    std::fs::write(folder.join("all.html"), page).unwrap();
}
