//! `static/charts.js` and `static/charts.css` in a real browser, under the policy that every answer of ours carries.

use std::net::TcpListener;
use std::sync::mpsc;

use actix_web::{App, HttpResponse, HttpServer, web};
use serde_json::{Value, json};
use sipas::charts::{Area, Bar, Bars, Figure, Geography, Head, Headings, IntervalPlot, IntervalRow, Map, Reference, both};
use sipas::web::{assets, headers};
use thirtyfour::prelude::*;

use super::support::{Browser, LAPTOP, PHONE, Scripts, Size, browse};

const UNITS: [(&str, &str, &str); 5] = [
    ("Phường Hoàn Kiếm", "86.5", "Quận trung tâm"),
    ("Xã Đông Anh", "91.25", "Phía bắc"),
    ("Phường Ô Chợ Dừa", "", "Chưa đủ mẫu"),
    ("Xã Ba Vì", "100", "Phía tây"),
    ("Phường Cửa Nam", "9.5", "Quận trung tâm"),
];

fn number(v: f64, decimals: usize) -> String {
    format!("{v:.decimals$}").replace('.', ",")
}

fn drawings() -> String {
    let head = Head { title: "Chín đơn vị thấp hơn".into(), description: "Chấm và khoảng".into(), ..Head::default() };
    let interval = |narrow| {
        let row = |(i, (name, value, _)): (usize, &(&str, &str, &str))| IntervalRow {
            rank: format!("{}–{}", i + 1, i + 3),
            name: (*name).into(),
            figure: value.parse().map_or_else(|_| Figure::missing("chưa đủ mẫu"), |v| Figure::known(v, (v - 2.0, v), number(v, 2))),
            detail: String::new(),
            band: None,
            link: Some(format!("/units/{i}")),
            tip: Some(format!("{name}: {value}")),
        };
        let rows = UNITS.iter().enumerate().map(row).collect();
        let reference = Some(Reference { value: 86.5, label: "Toàn thành phố 86,50".into() });
        let headings = Headings { rank: "Hạng".into(), name: "Đơn vị".into(), value: "Chỉ số".into(), detail: String::new() };
        IntervalPlot { head: head.clone(), rows, reference, possible: (0.0, 100.0), headings, number: &number, narrow }.draw()
    };
    let bar = |i: usize| Bar {
        name: format!("Yếu tố {i}"),
        level: 1,
        figure: Figure::known(80.0, (78.0, 82.0), "80%"),
        before: Some(79.0),
        detail: String::new(),
        link: None,
        tip: Some(format!("Yếu tố {i}: 80%")),
    };
    let bars = Bars {
        head: head.clone(),
        rows: (1..4).map(bar).collect(),
        before: "2025".into(),
        headings: Headings::default(),
        number: &number,
        narrow: true,
    };
    let square = |x: f64| json!([[[x, 21.0], [x + 0.1, 21.0], [x + 0.1, 21.1], [x, 21.1], [x, 21.0]]]);
    let feature =
        |(code, x)| json!({"type": "Feature", "properties": {"ma": code}, "geometry": {"type": "Polygon", "coordinates": square(x)}});
    let features = [("a", 105.0), ("b", 105.1)].map(feature);
    let file = json!({"type": "FeatureCollection", "features": features}).to_string();
    let geography = Geography::read(&file, "ma").unwrap();
    let area = |code: &str| Area {
        code: code.into(),
        name: code.into(),
        value: Some(80.0),
        link: Some("/units/a".into()),
        tip: Some(format!("Vùng {code}")),
    };
    let areas = vec![area("a"), area("b")];
    let map = Map {
        head: head.clone(),
        geography: &geography,
        areas,
        limits: [70.0, 75.0, 80.0, 85.0],
        key: "Chỉ số".into(),
        missing: "thiếu".into(),
        number: &number,
        narrow: true,
    };
    let figure = |svg: String| format!("<figure class=\"chart-figure\">{svg}</figure>");
    [both(&interval(false), &interval(true), "plot"), bars.draw().inline("bars"), map.draw().inline("map")].map(figure).concat()
}

fn page() -> String {
    let rows: String = UNITS
        .iter()
        .map(|(name, value, note)| format!("<tr><th scope=\"row\">{name}</th><td data-value=\"{value}\">{value}</td><td>{note}</td></tr>"))
        .collect();
    format!(
        "<!doctype html><html lang=\"vi\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>t</title>\
         <link rel=\"stylesheet\" href=\"{}\"><link rel=\"stylesheet\" href=\"{}\"></head><body><main class=\"wide\">{}\
         <p data-with-script hidden><input id=\"find\" data-filters=\"#units\"><output data-count-of=\"#units\" data-text=\"{{n}} đơn vị\"></output></p>\
         <p id=\"none\" data-none-of=\"#units\" hidden>Không có đơn vị nào</p>\
         <table id=\"units\" class=\"units\" data-sortable><thead><tr><th>Đơn vị</th><th>Chỉ số</th><th data-unsorted>Ghi chú</th></tr></thead><tbody>{rows}</tbody></table>\
         </main><script type=\"module\" src=\"{}\"></script></body></html>",
        assets::address("sipas.css").unwrap(),
        assets::address("charts.css").unwrap(),
        drawings(),
        assets::address("charts.js").unwrap()
    )
}

/// Serves the page for as long as the body runs.
fn with_page(size: Size, scripts: Scripts, body: impl AsyncFnOnce(&Browser)) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    let (started, running) = mpsc::channel();
    let serving = std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let answer = || async { HttpResponse::Ok().content_type("text/html; charset=utf-8").body(page()) };
            let app = move || {
                App::new().wrap(headers::everywhere()).route("/", web::get().to(answer)).route("/static/{name}", web::get().to(assets::get))
            };
            let server = HttpServer::new(app).workers(1).listen(listener).unwrap().run();
            started.send(server.handle()).unwrap();
            server.await.unwrap();
        });
    });
    let stop = running.recv().unwrap();
    actix_web::rt::System::new().block_on(async {
        browse(size, scripts, async |browser| {
            browser.goto(&address).await.unwrap();
            body(browser).await;
        })
        .await;
        stop.stop(false).await;
    });
    serving.join().unwrap();
}

async fn shown(browser: &Browser) -> Vec<String> {
    let names =
        "return [...document.querySelectorAll('#units tbody tr')].filter((r) => r.checkVisibility()).map((r) => r.cells[0].textContent)";
    browser.script(names, vec![]).await.as_array().unwrap().iter().map(|v| v.as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_table_is_sorted_by_its_headings_and_what_is_missing_comes_last() {
    with_page(LAPTOP, Scripts::On, async |browser| {
        let heading = "#units th:nth-child(2)";
        browser.click(&format!("{heading} button")).await;
        let largest = shown(browser).await;
        assert_eq!(largest, ["Xã Ba Vì", "Xã Đông Anh", "Phường Hoàn Kiếm", "Phường Cửa Nam", "Phường Ô Chợ Dừa"]);
        assert_eq!(browser.see(heading).await.attr("aria-sort").await.unwrap().as_deref(), Some("descending"));
        browser.click(&format!("{heading} button")).await;
        assert_eq!(shown(browser).await, ["Phường Cửa Nam", "Phường Hoàn Kiếm", "Xã Đông Anh", "Xã Ba Vì", "Phường Ô Chợ Dừa"]);
        browser.click("#units th:first-child button").await;
        assert_eq!(shown(browser).await[..2], ["Phường Cửa Nam", "Phường Hoàn Kiếm"]);
        assert_eq!(browser.see(heading).await.attr("aria-sort").await.unwrap(), None);
        assert!(browser.find_all(By::Css("#units th:nth-child(3) button")).await.unwrap().is_empty());
    });
}

#[test]
fn a_table_is_filtered_by_words_typed_without_marks() {
    with_page(PHONE, Scripts::On, async |browser| {
        assert_eq!(browser.text("output").await, "5 đơn vị");
        browser.types("#find", "hoan kiem").await;
        assert_eq!(shown(browser).await, ["Phường Hoàn Kiếm"]);
        assert_eq!(browser.text("output").await, "1 đơn vị");
        browser.types("#find", "Đong  ANH").await;
        assert_eq!(shown(browser).await, ["Xã Đông Anh"]);
        browser.types("#find", "trung tam cua").await;
        assert_eq!(shown(browser).await, ["Phường Cửa Nam"]);
        browser.types("#find", "Sóc Sơn").await;
        assert!(shown(browser).await.is_empty());
        assert_eq!(browser.text("#none").await, "Không có đơn vị nào");
    });
}

#[test]
fn marks_say_what_they_mean_to_pointer_and_keyboard() {
    with_page(LAPTOP, Scripts::On, async |browser| {
        let mark = browser.see(".chart-if-wide .c-mark").await;
        browser.action_chain().move_to_element_center(&mark).perform().await.unwrap();
        assert_eq!(browser.text(".chart-tip").await, "Phường Hoàn Kiếm: 86.5");
        let inside = "const b = document.querySelector('.chart-tip').getBoundingClientRect(); \
                      return b.width > 40 && b.left >= 0 && b.top >= 0 && b.right <= innerWidth && b.bottom <= innerHeight";
        assert_eq!(browser.script(inside, vec![]).await, json!(true), "the policy lets it be placed");
        assert_eq!(browser.script("return document.querySelectorAll('.c-mark > title').length", vec![]).await, json!(0));

        // A chart without links is walked through with the arrow keys.
        browser.script("document.querySelector('svg:has(#bars-title)').focus()", vec![]).await;
        let tip = async |key: Key, expected: &str| {
            browser.action_chain().send_keys(key).perform().await.unwrap();
            let words = browser.query(By::XPath(format!("//div[@class='chart-tip' and .='{expected}']"))).first().await;
            assert!(words.is_ok(), "{expected}");
        };
        tip(Key::Right, "Yếu tố 1: 80%").await;
        tip(Key::Down, "Yếu tố 2: 80%").await;
        tip(Key::End, "Yếu tố 3: 80%").await;
        browser.action_chain().send_keys(Key::Escape).perform().await.unwrap();
        assert_eq!(browser.script("return document.querySelector('.chart-tip').hidden", vec![]).await, json!(true));

        // In a map each area is a link, named by what it means, which it says at focus.
        let focused = "const a = document.querySelector('svg:has(#map-title) a'); a.focus(); return a.getAttribute('aria-label')";
        assert_eq!(browser.script(focused, vec![]).await, json!("Vùng a"));
        assert_eq!(browser.text(".chart-tip").await, "Vùng a");
    });
}

#[test]
fn a_phone_gets_the_drawing_made_for_it_and_nothing_sticks_out() {
    let seen = "return ['#plot-title', '#plot-narrow-title'].map((id) => document.querySelector(`svg:has(${id})`).checkVisibility())
        .concat(document.documentElement.scrollWidth <= innerWidth)";
    for (size, wide) in [(PHONE, false), (Size { width: 768, height: 900, scale: 1 }, true), (LAPTOP, true)] {
        with_page(size, Scripts::On, async |browser| {
            assert_eq!(browser.script(seen, vec![]).await, json!([wide, !wide, true]), "{size:?}");
        });
    }
}

#[test]
fn without_scripts_marks_still_say_what_they_mean_and_no_dead_field_is_shown() {
    with_page(LAPTOP, Scripts::Off, async |browser| {
        assert_eq!(browser.find_all(By::Css(".chart-if-wide .c-mark > title")).await.unwrap().len(), 4);
        assert!(!browser.find(By::Id("find")).await.unwrap().is_displayed().await.unwrap());
        assert!(browser.find_all(By::Css("#units button")).await.unwrap().is_empty());
    });
}

#[test]
fn words_are_folded_and_values_ordered() {
    let cases: Value =
        json!([["Hoàn Kiếm", "hoan kiem"], ["ĐỐNG  Đa", "dong da"], ["Nguye\u{302}\u{303}n", "nguyen"], ["Ô Chợ Dừa", "o cho dua"]]);
    let script = "const [source, cases] = arguments;
        return import('data:text/javascript;charset=utf-8,' + encodeURIComponent(source)).then(({ fold, holds, order }) => {
          const collator = new Intl.Collator('vi');
          return [
            cases.every(([from, to]) => fold(from) === to),
            holds('Phường Hoàn Kiếm', 'kiem phuong'), holds('Phường Hoàn Kiếm', 'kiem xa'), holds('x', ''),
            [3, '', 20, NaN, 1].sort((a, b) => order(a, b, true, collator)).slice(0, 3),
            ['Đ', '', 'A', 'E', 'D'].sort((a, b) => order(a, b, false, collator)),
          ];
        });";
    actix_web::rt::System::new().block_on(browse(LAPTOP, Scripts::On, async |browser| {
        browser.goto("about:blank").await.unwrap();
        let found = browser.script(script, vec![json!(include_str!("../../static/charts.js")), cases]).await;
        assert_eq!(found, json!([true, true, false, true, [20, 3, 1], ["A", "D", "Đ", "E", ""]]));
    }));
}
