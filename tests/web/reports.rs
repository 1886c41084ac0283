//! `/reports/{survey}` and the pages below it.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate, Utc};
use reqwest::StatusCode;
use serde_json::{Value, json};
use sipas::accounts::{Grant, Role};
use sipas::collection::{self, Origin, Response};
use sipas::questionnaires::codes::Stored;
use sipas::surveys::model::Step;
use sipas::surveys::{self, Mode, Stream};
use sipas::units;
use uuid::Uuid;

use crate::support::{Server, answer, on_both, take};

/// Ten answers in ward one, eight in ward two, three in the commune (too few).
async fn fill(s: &Server) {
    for (unit, good, bad) in [("W1", 8, 2), ("W2", 3, 5), ("X1", 3, 0)] {
        for q1 in std::iter::repeat_n("5", good).chain(std::iter::repeat_n("1", bad)) {
            let mut body = answer(q1, "4");
            body["unit"] = json!(unit);
            assert_eq!(s.submit("trial", &body).await.0, StatusCode::CREATED);
        }
    }
    take(&s.db, "trial", Step::Close);
    take(&s.db, "trial", Step::Publish);
}

/// A response of the trial questionnaire: both items, of this unit and day.
fn form(survey: i64, unit: &str, mode: Mode, day: NaiveDate, q1: u8, q2: u8, comment: Option<&str>) -> Response {
    let origin = Origin { survey_id: survey, unit, stream: Stream::Sample, mode, language: "vi" };
    let extra = comment.map(|c| json!({ "comment": c }).to_string());
    let stored = Stored { codes: vec![q1, q2, 0, 0], extra };
    Response::new(Uuid::new_v4(), origin, day.and_hms_opt(3, 0, 0).unwrap(), stored)
}

/// A published survey of a series with these forms; the share of satisfied in ward one is `good` of 40.
pub fn wave(s: &Server, code: &str, opens: NaiveDate, weighting: &str, good: usize) {
    let file = format!(
        "code: {code}\ntitle: {{vi: 'Đợt {code}', en: 'Wave {code}'}}\nquestionnaire: trial\nversion: '1'\nopens_on: {opens}\ncloses_on: {}\nunits: {{kinds: [ward, \
         commune]}}\nstreams: [sample]\nweighting: {weighting}\nseries: waves\n",
        opens + Days::new(200)
    );
    let file = surveys::file::read(&file).unwrap();
    s.db.write_now(|conn| {
        let id = surveys::create::create(conn, &file, false, Utc::now().naive_utc())?;
        let one = |unit: &'static str, n: usize, good: usize| {
            let month = |at: usize| opens + Days::new(u64::try_from(at % 6 * 30).unwrap());
            let mode = |at: usize| if at.is_multiple_of(2) { Mode::Web } else { Mode::Interview };
            (0..n).map(move |at| {
                let (q, comment) = if at < good { (5, None) } else { (1, Some(format!("Chờ lâu quá ({unit}, {at})"))) };
                form(id, unit, mode(at), month(at), q, q, comment.as_deref())
            })
        };
        let all: Vec<Response> = one("W1", 40, good).chain(one("W2", 30, 15)).chain(one("X1", 20, 18)).collect();
        collection::store::insert(conn, &all).map(|_| ())
    })
    .unwrap();
    for step in [Step::Open, Step::Close, Step::Publish] {
        take(&s.db, code, step);
    }
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Cells of the table with this id: the texts of each row, without tags and extra spaces.
fn cells(page: &str, id: &str) -> Vec<Vec<String>> {
    let table =
        page.split(&format!("id=\"{id}\"")).nth(1).unwrap_or_else(|| panic!("there is no table {id}")).split("</table>").next().unwrap();
    let body = table.split("<tbody").nth(1).unwrap();
    let text = |html: &str| {
        let plain: String = html.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text)).collect();
        plain.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let row = |row: &str| row.split("<td").chain(None).map(|cell| text(&format!("<td{cell}"))).collect::<Vec<_>>();
    body.split("<tr").skip(1).map(row).collect()
}

fn shown(value: &Value, language: &str) -> String {
    let text = format!("{:.2}", value.as_f64().unwrap());
    if language == "vi" { text.replace('.', ",") } else { text }
}

on_both! {
    async fn every_figure_of_the_table_of_units_is_the_engines(s: Server) {
        wave(&s, "w2026", day("2026-01-05"), "population", 31);
        for language in ["vi", "en"] {
            let page = s.page(&format!("/reports/w2026/units?lang={language}")).await;
            let api = s.json("/api/v1/surveys/w2026/estimates?by=unit").await;
            let parts = s.json("/api/v1/surveys/w2026/estimates?by=unit&measure=part").await;
            let rows = cells(&page, "units-table");
            assert_eq!(rows.len(), 3);
            for (unit, name) in [("W1", ["Phường Một", "Ward One"]), ("W2", ["Phường Hai", "Ward Two"]), ("X1", ["Bốn", "Commune Three"])] {
                let row = rows.iter().find(|r| name.iter().any(|n| r[0].contains(n))).unwrap();
                let of = |list: &Value| list["items"].as_array().unwrap().iter().find(|r| r["unit"] == unit).unwrap().clone();
                let (overall, part) = (of(&api), of(&parts));
                assert_eq!(row[1], format!("{}%", shown(&overall["estimate"], language)));
                let word = if language == "vi" { "đến" } else { "to" };
                assert_eq!(row[2], format!("{} {word} {}", shown(&overall["ci_low"], language), shown(&overall["ci_high"], language)));
                assert_eq!(row[4], overall["n_valid"].to_string());
                assert_eq!(row[5], format!("{}%", shown(&part["estimate"], language)), "{row:?}");
            }
        }
    }
}

on_both! {
    async fn the_overview_says_the_answer_first_and_hides_what_is_too_little(s: Server) {
        fill(&s).await;
        let page = s.page("/reports/trial?lang=vi").await;
        let all = s.json("/api/v1/surveys/trial/estimates").await["items"][0].clone();
        let headline = page.split("<h1").nth(1).unwrap().split("</h1>").next().unwrap();
        for figure in ["estimate", "ci_low", "ci_high"] {
            assert!(headline.contains(&shown(&all[figure], "vi")), "{figure} in {headline}");
        }
        let units = s.page("/reports/trial/units?lang=vi").await;
        assert!(units.contains("chưa đủ mẫu"), "the commune has three answers only");
        assert!(units.contains("không hiển thị"), "ward two would give the commune away");
        assert!(units.contains("Xã &lt;Ba&gt; &amp; &quot;Bốn&quot;"), "names are text, not markup");
        for path in ["", "/units", "/items", "/answers", "/time", "/quality", "/units/X1", "/compare?units=W1,X1"] {
            let page = s.page(&format!("/reports/trial{path}")).await;
            assert!(!page.contains("<Ba>") && !page.contains("NaN"), "{path}");
        }
        let hidden = s.json("/api/v1/surveys/trial/estimates?by=unit").await;
        let flags: BTreeMap<&str, &Value> = hidden["items"].as_array().unwrap().iter().map(|r| (r["unit"].as_str().unwrap(), &r["flags"])).collect();
        assert_eq!(flags["X1"], &json!(["too_few"]));
        assert_eq!(flags["W2"], &json!(["withheld"]));
        assert_eq!(flags["W1"], &json!([]));
    }
}

on_both! {
    async fn units_are_filtered_and_sorted_by_the_address(s: Server) {
        wave(&s, "w2026", day("2026-01-05"), "base", 31);
        let names = |page: &str| cells(page, "units-table").into_iter().map(|r| r[0].split(' ').next_back().unwrap().to_owned()).collect::<Vec<_>>();
        let last = |page: String| names(&page).into_iter().map(|n| n.replace("&quot;", "\"")).collect::<Vec<_>>();
        assert_eq!(last(s.page("/reports/w2026/units?lang=vi").await), ["\"Bốn\"", "Một", "Hai"]);
        assert_eq!(last(s.page("/reports/w2026/units?sort=name").await), ["Hai", "Một", "\"Bốn\""]);
        assert_eq!(last(s.page("/reports/w2026/units?sort=n").await), ["Một", "Hai", "\"Bốn\""]);
        assert_eq!(last(s.page("/reports/w2026/units?kind=ward").await), ["Một", "Hai"]);
        for (path, status) in [
            ("/reports/w2026?stream=census", StatusCode::BAD_REQUEST),
            ("/reports/w2026?kind=moon", StatusCode::BAD_REQUEST),
            ("/reports/w2026?from=2026-02-30", StatusCode::BAD_REQUEST),
            ("/reports/w2026?from=2026-03-01&until=2026-02-01", StatusCode::BAD_REQUEST),
            ("/reports/w2026?service=land", StatusCode::BAD_REQUEST),
            ("/reports/nowhere", StatusCode::NOT_FOUND),
            ("/reports/w2026/units/D1", StatusCode::NOT_FOUND),
            ("/reports/w2026/compare?units=W1,D1", StatusCode::NOT_FOUND),
            ("/reports/w2026/charts/units.gif", StatusCode::NOT_FOUND),
            ("/reports/w2026/charts/moon.svg", StatusCode::NOT_FOUND),
        ] {
            assert_eq!(s.get(path).await.status(), status, "{path}");
        }
    }
}

on_both! {
    async fn a_filter_keeps_its_responses_and_the_whole_design(s: Server) {
        wave(&s, "w2026", day("2026-01-05"), "base", 31);
        let n = |page: String| page.split("Phiếu hợp lệ</dt><dd>").nth(1).unwrap().split('<').next().unwrap().to_owned();
        assert_eq!(n(s.page("/reports/w2026?lang=vi").await), "90");
        assert_eq!(n(s.page("/reports/w2026?lang=vi&mode=web").await), "45");
        assert_eq!(n(s.page("/reports/w2026?lang=vi&kind=commune").await), "20");
        assert_eq!(n(s.page("/reports/w2026?lang=vi&from=2026-01-05&until=2026-01-05").await), "16");
        // The standard error of a domain is not that of the subset alone: three quarters of ward one answered otherwise, but they are still in the design.
        let page = s.page("/reports/w2026?lang=vi&mode=web").await;
        assert!(page.contains("mode=web"), "the address of every tab keeps the filter");
        assert_eq!(page.matches("/reports/w2026/units?lang=vi&amp;mode=web").count(), 2, "the tab and the button");
    }
}

on_both! {
    async fn a_change_is_told_only_against_a_wave_of_the_same_method(s: Server) {
        wave(&s, "w2024", day("2024-01-05"), "population", 30);
        wave(&s, "w2025", day("2025-01-05"), "base", 20);
        wave(&s, "w2026", day("2026-01-05"), "base", 38);
        let card = s.page("/reports/w2026/units/W1?lang=vi").await;
        // 38 of 40 against 20 of 40: 95 % against 50 %.
        assert!(card.contains("+45,00 điểm"), "{card}");
        assert!(card.contains("tăng 45,00 điểm so với đợt 7/2025"));
        assert!(card.contains("có ý nghĩa thống kê, cả khi xét riêng"));
        let same = s.page("/reports/w2026/units/W2?lang=vi").await;
        assert!(same.contains("không thay đổi có ý nghĩa thống kê so với đợt 7/2025 (0,00 điểm)"), "{same}");
        let other = s.page("/reports/w2025?lang=vi").await;
        assert!(other.contains("Không so sánh với đợt 7/2024: hai đợt dùng trọng số khác nhau."));
        assert!(!other.contains("so với đợt 7/2024 ("), "nothing is compared across methods");
        let time = s.page("/reports/w2026/time?lang=vi").await;
        assert!(time.contains("2 đợt đo cùng phương pháp") && time.contains("đợt 7/2024"), "the break is drawn and told");
        // Satterthwaite by hand: v = 100² p(1 − p)/(n − 1) of each wave, ν = (v₁ + v₂)² / (v₁²/39 + v₂²/39).
        let api = s.json("/api/v1/surveys/w2026/estimates?by=unit").await;
        let se = api["items"].as_array().unwrap().iter().find(|r| r["unit"] == "W1").unwrap()["se"].as_f64().unwrap();
        assert!((se - 100.0 * (0.95f64 * 0.05 / 39.0).sqrt()).abs() < 1e-9, "{se}");
    }
}

on_both! {
    async fn what_people_wrote_is_for_those_whose_unit_it_is_about(s: Server) {
        wave(&s, "w2026", day("2026-01-05"), "base", 31);
        let nobody = s.page("/reports/w2026?lang=vi").await;
        assert!(!nobody.contains("Chờ lâu quá") && !nobody.contains("/comments"), "published figures do not open what people wrote");
        let get = async |client: &reqwest::Client, path: &str| client.get(s.url(path)).send().await.unwrap();
        let chief = s.person_with("chief", &[Grant::within(Role::Leader, "W1").unwrap()]).await;
        let page = get(&chief, "/reports/w2026/comments?lang=vi").await.text().await.unwrap();
        assert_eq!((page.matches("(W1, ").count(), page.matches("(W2, ").count()), (9, 0), "nine of ward one were not satisfied");
        let card = get(&chief, "/reports/w2026/units/W1?lang=vi").await.text().await.unwrap();
        assert_eq!(card.matches("(W1, ").count(), 5, "the latest five");
        let other = get(&chief, "/reports/w2026/units/W2?lang=vi").await.text().await.unwrap();
        assert!(!other.contains("Chờ lâu quá"), "another unit's comments");
        let other = get(&chief, "/reports/w2026/comments?unit=W2&lang=vi").await.text().await.unwrap();
        assert!(!other.contains("Chờ lâu quá"), "also when asked for by name");
        let city = s.person_with("city", &[Grant::everywhere(Role::Leader)]).await;
        let page = get(&city, "/reports/w2026/comments?lang=vi&from=2026-02-01").await.text().await.unwrap();
        assert!(page.contains("(W2, ") && !page.contains("04/02/2027"));
        let other = s.person_with("elsewhere", &[Grant::within(Role::Leader, "D1").unwrap()]).await;
        assert_eq!(get(&other, "/reports/w2026/comments").await.status(), StatusCode::FORBIDDEN);
        assert_eq!(s.get("/reports/w2026/comments").await.status(), StatusCode::SEE_OTHER, "sign in first");
    }
}

on_both! {
    async fn charts_can_be_taken_away(s: Server) {
        wave(&s, "w2025", day("2025-01-05"), "base", 30);
        wave(&s, "w2026", day("2026-01-05"), "base", 31);
        for chart in ["units", "heat", "factors", "items", "waves", "months", "modes"] {
            let svg = s.get(&format!("/reports/w2026/charts/{chart}.svg?lang=vi")).await;
            assert_eq!(svg.status(), StatusCode::OK, "{chart}");
            assert_eq!(svg.headers()["content-type"], "image/svg+xml");
            let text = svg.text().await.unwrap();
            let read = roxmltree::Document::parse(&text).unwrap_or_else(|e| panic!("{chart}: {e}"));
            assert_eq!(read.root_element().tag_name().name(), "svg");
            assert!(text.contains("<title") && text.contains("<desc"), "{chart} is told to those who do not see it");
        }
        let png = s.get("/reports/w2026/charts/units.png?lang=vi").await;
        assert_eq!(png.headers()["content-type"], "image/png");
        assert_eq!(&png.bytes().await.unwrap()[..8], b"\x89PNG\r\n\x1a\n");
    }
}

on_both! {
    async fn months_are_vietnams_and_only_enough_of_them_have_limits(s: Server) {
        wave(&s, "w2026", day("2026-01-05"), "base", 31);
        let page = s.page("/reports/w2026/time?lang=vi").await;
        for month in ["1/2026", "2/2026", "3/2026", "4/2026", "5/2026", "6/2026"] {
            assert!(page.contains(&format!("<th scope=\"row\">{month}</th>")), "{month}");
        }
        assert!(page.contains("Chưa tính được giới hạn kiểm soát"), "six months are too few");
    }
}

on_both! {
    async fn forms_with_a_sign_are_counted(s: Server) {
        wave(&s, "w2026", day("2026-01-05"), "base", 31);
        let page = s.page("/reports/w2026/quality?lang=vi").await;
        assert!(page.contains("Chất lượng dữ liệu") && page.contains("Trong 90 phiếu"));
        assert!(page.contains("Trực tuyến") && page.contains("Phỏng vấn"), "modes side by side");
    }
}

on_both! {
    async fn the_csv_has_every_figure_and_closes_with_its_count(s: Server) {
        fill(&s).await;
        let csv = s.page("/reports/trial/table.csv").await;
        let rows: Vec<&str> = csv.lines().collect();
        assert_eq!(rows[0], "survey,questionnaire,version,stream,weighting,demonstration,unit,unit_name,kind,measure,measure_level,estimate,se,ci_low,ci_high,confidence,n,n_valid,deff,flags");
        // Six figures for all units together and for each of three units.
        assert_eq!(rows.last(), Some(&"#rows,24"));
        assert_eq!(rows.len(), 26);
        let estimate = s.json("/api/v1/surveys/trial/estimates?by=unit").await["items"].as_array().unwrap().iter().find(|r| r["unit"] == "W1").unwrap()["estimate"].as_f64().unwrap();
        assert!(csv.contains(&format!("W1,Phường Một,ward,index,overall,{estimate},")), "all digits stand in the file");
        assert!(csv.contains("W2,Phường Hai,ward,index,overall,,,,,0.95,8,8,,withheld"), "what would give a hidden figure away is hidden too");
    }
}

on_both! {
    async fn streams_are_never_mixed(s: Server) {
        fill(&s).await;
        let open = s.json("/api/v1/surveys/trial/estimates?stream=open").await;
        let sample = s.json("/api/v1/surveys/trial/estimates?stream=sample").await;
        assert_eq!((open["items"][0]["n"].as_u64(), sample["items"][0]["n"].as_u64()), (Some(21), Some(0)));
        assert!(s.page("/reports/trial?stream=open&lang=vi").await.contains("không xác suất"));
    }
}

on_both! {
    async fn a_survey_without_answers_says_so(s: Server) {
        take(&s.db, "trial", Step::Close);
        take(&s.db, "trial", Step::Publish);
        for path in ["", "/units", "/items", "/answers", "/time", "/quality", "/units/W1", "/compare?units=W1,W2"] {
            let page = s.page(&format!("/reports/trial{path}")).await;
            assert!(!page.contains("NaN"), "{path}");
        }
        let page = s.page("/reports/trial").await;
        assert!(page.contains("Chưa đủ phiếu hợp lệ"), "no data is said in words");
    }
}

on_both! {
    /// A corrected total must show at once, although no response is new: the figures in memory belong to the units as they were.
    async fn figures_follow_a_corrected_total(s: Server) {
        wave(&s, "w2026", day("2026-01-05"), "population", 31);
        let value = async || s.page("/reports/w2026?lang=vi").await.split("<h1").nth(1).unwrap().split('(').next().unwrap().to_owned();
        let before = value().await;
        assert_eq!(before, value().await);
        s.db.write_now(|conn| {
            let mut list = units::list::read(include_str!("data/units.csv")).unwrap();
            list.iter_mut().filter(|u| u.code == "X1").for_each(|u| u.population = Some(900_000));
            units::store::put(conn, &list)
        })
        .unwrap();
        assert_ne!(before, value().await);
    }
}
