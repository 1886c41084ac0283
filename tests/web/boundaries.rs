//! `/admin/boundaries`, `sipas units boundaries`, the map of `/reports/{survey}/units`. The shapes here are made up: squares in a row.

use reqwest::StatusCode;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use sipas::accounts::{Grant, Role};
use sipas::audit::{self, CommandLine};
use sipas::charts::Geography;
use sipas::surveys::model::Step;
use sipas::units::boundaries::{self, Boundaries, Given};

use crate::support::{Database, Server, answer, field, on_both, person, process, take};

/// Squares in a row, one for each code.
fn squares(codes: &[&str]) -> Value {
    let features: Vec<Value> = codes
        .iter()
        .enumerate()
        .map(|(i, code)| {
            let west = 10.0 + f64::from(u32::try_from(i).unwrap()) / 10.0;
            let ring = [[west, 5.0], [west + 0.1, 5.0], [west + 0.1, 5.1], [west, 5.1], [west, 5.0]];
            json!({ "type": "Feature", "properties": { "ma": code, "ten": "x" }, "geometry": { "type": "Polygon", "coordinates": [ring] } })
        })
        .collect();
    json!({ "type": "FeatureCollection", "features": features })
}

/// Ten answers in ward one, eight in ward two, three in the commune (too few, so ward two is withheld); results are published.
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

/// Uploads a file as the administrator who is signed in.
async fn upload(s: &Server, bytes: impl Into<Vec<u8>>, code: &str) -> (StatusCode, String) {
    let csrf = field(&s.page("/admin/boundaries").await, "csrf").unwrap();
    let form = Form::new().text("csrf", csrf).part("file", Part::bytes(bytes.into()).file_name("vung.geojson"));
    let form = form.text("code", code.to_owned()).text("source", "Ranh giới giả <b>");
    let answer = s.client.post(s.url("/admin/boundaries")).multipart(form).send().await.unwrap();
    let to = answer.headers().get("location").map(|l| l.to_str().unwrap().to_owned());
    (answer.status(), to.unwrap_or(answer.text().await.unwrap()))
}

async fn store(s: &Server, codes: &[&str]) {
    let (status, to) = upload(s, squares(codes).to_string(), "ma").await;
    assert_eq!((status, to.as_str()), (StatusCode::SEE_OTHER, "/admin/boundaries?done=stored"));
}

/// The section of the map, if the page has one.
fn map(page: &str) -> Option<&str> {
    let section = page.split("<section aria-labelledby=\"map\">").nth(1)?;
    section.split("</section>").next()
}

fn actions(s: &Server) -> Vec<String> {
    let all = s.db.read_now(|c| audit::store::rows(c, &audit::store::Wanted::default(), 100)).unwrap();
    all.into_iter().map(|r| r.action).filter(|a| a.starts_with("boundaries.")).collect()
}

on_both! {
    async fn uploaded_boundaries_show_the_units_on_a_map_with_reasons_and_links(s: Server) {
        fill(&s).await;
        assert_eq!(map(&s.page("/reports/trial/units").await), None, "no boundaries, no map");
        assert_eq!(s.get("/reports/trial/charts/map.svg").await.status(), StatusCode::NOT_FOUND);
        s.sign_in().await;
        store(&s, &["W1", "W2", "X1"]).await;

        let reader = person();
        let page = reader.get(s.url("/reports/trial/units?lang=vi")).send().await.unwrap().text().await.unwrap();
        let section = map(&page).expect("a map");
        assert!(page.contains("<a href=\"#map\">Bản đồ</a>"));
        let wide = section.split("</svg>").next().unwrap();
        let estimate = s.json("/api/v1/surveys/trial/estimates?by=unit").await["items"][0]["estimate"].as_f64().unwrap();
        let shown = format!("{estimate:.2}%").replace('.', ",");
        assert!(section.contains(&format!("Mới một đơn vị trên bản đồ có kết quả: {shown}")), "{section}");
        // Beside the five of the legend one area has a colour; two are hatched.
        assert_eq!((wide.matches("c-area c-m").count(), wide.matches("class=\"c-gap\"").count()), (6, 2), "{wide}");
        let tip = |unit: &str| {
            let link = wide.split(&format!("href=\"/reports/trial/units/{unit}?lang=vi\"")).nth(1).unwrap_or_else(|| panic!("{unit} is no link: {wide}"));
            link.split("<title>").nth(1).unwrap().split("</title>").next().unwrap().to_owned()
        };
        assert!(tip("W1").starts_with(&format!("Phường Một: {shown}, từ ")), "{}", tip("W1"));
        assert_eq!((tip("W2").as_str(), tip("X1").as_str()), ("Phường Hai: không hiển thị", "Xã &lt;Ba&gt; &amp; &quot;Bốn&quot;: chưa đủ mẫu"));
        assert!(section.contains("chưa đủ mẫu, chưa có phiếu hoặc không hiển thị"), "hatching is explained");
        assert!(section.contains("Ranh giới: Ranh giới giả &lt;b&gt;") && !section.contains("giả <b>"), "{section}");
        assert!(!section.contains("không có trên bản đồ") && !section.contains("Vùng không tô màu"), "{section}");

        let svg = reader.get(s.url("/reports/trial/charts/map.svg?lang=en")).send().await.unwrap();
        assert_eq!(svg.headers()["content-type"], "image/svg+xml");
        assert!(svg.text().await.unwrap().contains("Boundaries: Ranh giới giả &lt;b&gt;"), "the picture says where its boundaries come from");
        let png = reader.get(s.url("/reports/trial/charts/map.png")).send().await.unwrap();
        assert_eq!((png.status(), png.headers()["content-type"].to_str().unwrap()), (StatusCode::OK, "image/png"));
        assert!(png.bytes().await.unwrap().starts_with(b"\x89PNG"));
    }
}

on_both! {
    async fn areas_and_units_that_miss_each_other_are_named_and_no_mistake(s: Server) {
        fill(&s).await;
        s.sign_in().await;
        store(&s, &["W1", "Z9<i>", "X1"]).await;
        let page = s.page("/admin/boundaries?done=stored&lang=vi").await;
        for told in [
            "Đã lưu ranh giới.", "3 vùng, trong đó 2 vùng có mã trùng", "1 vùng có mã không trùng với đơn vị nào", "<li>Z9&lt;i&gt;</li>",
            "1 đơn vị chưa có ranh giới", "<li>Phường Hai <span class=\"muted\">W2</span></li>", "vung.geojson", "lan,",
        ] {
            assert!(page.contains(told), "{told}\n{page}");
        }
        assert!(!page.contains("Sở Nội vụ"), "a department has no shape, and none is missed");
        let page = s.page("/reports/trial/units?lang=vi").await;
        let section = map(&page).unwrap();
        assert_eq!(section.split("</svg>").next().unwrap().matches("c-none c-gap").count(), 1, "the unknown area is blank");
        assert!(section.contains("Vùng không tô màu") && section.contains("1 đơn vị chưa có ranh giới nên không có trên bản đồ: Phường Hai."), "{section}");
        let wards = s.page("/reports/trial/units?lang=vi&kind=ward").await;
        assert_eq!(map(&wards).unwrap().split("</svg>").next().unwrap().matches("c-none c-gap").count(), 2, "a commune is blank among wards");
        // The list of units grows: what was unknown is known without another upload.
        let head = "code,name_vi,name_en,kind,parent,valid_from,valid_to,population,transactions\n";
        let new = sipas::units::list::read(&format!("{head}Z9<i>,Phường Ba,Ward Three,ward,,2020-01-01,,,\n")).unwrap();
        s.db.write_now(|c| sipas::units::store::put(c, &new)).unwrap();
        assert!(s.page("/admin/boundaries?lang=vi").await.contains("3 vùng, trong đó 3 vùng"));
    }
}

on_both! {
    async fn a_file_that_cannot_be_used_is_refused_with_the_reason_and_the_one_before_stays(s: Server) {
        s.sign_in().await;
        store(&s, &["W1"]).await;
        let bent = |path: &str, to: Value| {
            let mut file = squares(&["W1", "W2"]);
            *file.pointer_mut(path).unwrap() = to;
            file.to_string().into_bytes()
        };
        let ring = "/features/1/geometry/coordinates/0";
        let cases: Vec<(Vec<u8>, &str, &str)> = vec![
            (squares(&["70", "71"]).to_string().into(), "ma", "Không vùng nào có mã trùng với mã đơn vị. Thuộc tính “ma” có các giá trị như: 70, 71."),
            (squares(&["W1"]).to_string().into(), "code", "features[0].properties: không có thuộc tính “code”. Các thuộc tính có trong đó: ma, ten."),
            (squares(&["W1"]).to_string().into(), "  ", "Xin ghi tên thuộc tính"),
            (squares(&["W1", "W1"]).to_string().into(), "ma", "features[1].properties.ma: mã “W1” có hai lần"),
            (bent("/features/1/properties/ma", json!(4)), "ma", "features[1].properties.ma: mã phải là văn bản"),
            (bent("/type", json!("Topology")), "ma", "FeatureCollection của GeoJSON, còn đây là “Topology”"),
            (bent("/features/1/geometry/type", json!("Point")), "ma", "cần Polygon hoặc MultiPolygon, còn đây là “Point”"),
            (bent(&format!("{ring}/4"), json!([9, 9])), "ma", "phải khép kín"),
            (bent(&format!("{ring}/2"), json!([2_300_000, 580_000])), "ma", "kinh độ trước"),
            (bent("/features", json!({})), "ma", "features: tệp không đúng cấu trúc GeoJSON"),
            (b"PK\x03\x04 a shapefile".to_vec(), "ma", "Tệp không phải JSON đọc được"),
            (b"{\"type\": \"\xff\"}".to_vec(), "ma", "Tệp không phải văn bản UTF-8"),
            (Vec::new(), "ma", "Tệp không phải JSON đọc được"),
        ];
        for (bytes, code, told) in cases {
            let (status, page) = upload(&s, bytes, code).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{told}");
            let alert = page.split("class=\"alert\"").nth(1).unwrap().split("</div>").next().unwrap();
            assert!(alert.contains(told), "{told}\n{alert}");
            assert!(page.contains("1 vùng, trong đó 1 vùng"), "what is in use stays");
        }
        let csrf = field(&s.page("/admin/boundaries").await, "csrf").unwrap();
        let empty = Form::new().text("csrf", csrf).text("code", "ma");
        let page = s.client.post(s.url("/admin/boundaries")).multipart(empty).send().await.unwrap().text().await.unwrap();
        assert!(page.contains("Xin chọn một tệp GeoJSON"));
        assert_eq!(actions(&s), ["boundaries.store"], "what was refused is not recorded");
    }
}

on_both! {
    async fn another_file_replaces_the_map_at_once_whoever_stores_it(s: Server) {
        fill(&s).await;
        s.sign_in().await;
        store(&s, &["W1", "W2", "X1"]).await;
        let hatched = |page: &str| map(page).unwrap().split("</svg>").next().unwrap().matches("class=\"c-gap\"").count();
        assert_eq!(hatched(&s.page("/reports/trial/units").await), 2);
        // As another process does it.
        let geography = Geography::read(&squares(&["W1", "X1"]).to_string(), "ma").unwrap();
        let given = Given { file: "other.geojson".into(), property: "ma".into(), source: String::new(), geography };
        s.db.write_now(|c| boundaries::take(c, &CommandLine, &given, chrono::Utc::now().naive_utc())).unwrap();
        let page = s.page("/reports/trial/units").await;
        assert_eq!(hatched(&page), 1);
        assert!(!map(&page).unwrap().contains("Ranh giới:"), "no source is named when none is given");
        let cache = Boundaries::default();
        let (one, two) = s.db.read_now(|c| Ok((cache.in_force(c)?.unwrap(), cache.in_force(c)?.unwrap()))).unwrap();
        assert!(std::sync::Arc::ptr_eq(&one, &two), "what is unchanged is not read again");
        assert_eq!(one.about.file_name, "other.geojson");
    }
}

on_both! {
    async fn removing_asks_first_and_takes_the_map_away(s: Server) {
        fill(&s).await;
        s.sign_in().await;
        assert_eq!(s.send(&s.client, "/admin/boundaries/remove", &[("sure", "yes")]).await.status(), StatusCode::NOT_FOUND, "there are none");
        store(&s, &["W1", "W2", "X1"]).await;
        let asked = s.send(&s.client, "/admin/boundaries/remove", &[]).await;
        assert_eq!(asked.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert!(asked.text().await.unwrap().contains("Xin đánh dấu vào ô xác nhận"));
        assert!(map(&s.page("/reports/trial/units").await).is_some());
        let done = s.send(&s.client, "/admin/boundaries/remove", &[("sure", "yes")]).await;
        assert_eq!(done.headers()["location"], "/admin/boundaries?done=removed");
        assert!(s.page("/admin/boundaries?done=removed").await.contains("Đã gỡ ranh giới"));
        assert_eq!(map(&s.page("/reports/trial/units").await), None);
        assert_eq!(s.get("/reports/trial/charts/map.svg").await.status(), StatusCode::NOT_FOUND);
        assert_eq!(actions(&s), ["boundaries.remove", "boundaries.store"]);
        let log = s.page("/admin/audit?lang=vi").await;
        assert!(log.contains("Gỡ ranh giới trên bản đồ") && log.contains("vung.geojson"), "{log}");
    }
}

on_both! {
    async fn only_administrators_find_and_use_the_page(s: Server) {
        let manager = s.person_with("mai", &[Grant { role: Role::SurveyManager, branch: None }]).await;
        let page = manager.get(s.url("/admin")).send().await.unwrap().text().await.unwrap();
        assert!(!page.contains("/admin/boundaries"));
        assert_eq!(manager.get(s.url("/admin/boundaries")).send().await.unwrap().status(), StatusCode::FORBIDDEN);
        let csrf = s.csrf(&manager).await;
        let form = Form::new().text("csrf", csrf).part("file", Part::bytes(squares(&["W1"]).to_string().into_bytes()).file_name("a")).text("code", "ma");
        let refused = manager.post(s.url("/admin/boundaries")).multipart(form).send().await.unwrap();
        assert_eq!(refused.status(), StatusCode::FORBIDDEN);
        assert_eq!(s.send(&manager, "/admin/boundaries/remove", &[("sure", "yes")]).await.status(), StatusCode::FORBIDDEN);
        assert_eq!(actions(&s), Vec::<String>::new());
        s.sign_in().await;
        assert!(s.page("/admin").await.contains("href=\"/admin/boundaries\""));
    }
}

fn the_command_stores_and_removes(database: &Database) {
    let db = database.filled();
    drop(db);
    let (folder, url) = (tempfile::tempdir().unwrap(), database.url());
    let file = folder.path().join("vung.geojson");
    std::fs::write(&file, squares(&["W1", "Z9"]).to_string()).unwrap();
    let path = file.to_str().unwrap();
    let run = |arguments: &[&str]| {
        let mut all = vec!["units", "boundaries"];
        all.extend(arguments);
        all.extend(["--database-url", url.as_str()]);
        process::run(&all)
    };
    let (exit, _, said) = run(&[path, "--code", "ma", "--source", "made up"]);
    assert_eq!(exit, 0, "{said}");
    for told in [
        "1 areas of units are stored",
        "1 areas have the code of no unit and stay blank: Z9",
        "1 units of the same kinds have no area and are not on the map: W2 Phường Hai",
    ] {
        assert!(said.contains(told), "{told}\n{said}");
    }
    for (arguments, exit, told) in [
        (vec![path, "--code", "ten"], 1, "features[1].properties.ten: the code “x” is used twice"),
        (vec![path, "--code", "ma_xa"], 1, "“ma_xa” is missing; there are: ma, ten"),
        (vec!["/nowhere.geojson", "--code", "ma"], 1, "/nowhere.geojson"),
        (vec![path], 2, "--code"),
        (vec![], 2, "required"),
        (vec![path, "--code", "ma", "--remove"], 2, "cannot be used with"),
    ] {
        let (left, _, said) = run(&arguments);
        assert!(left == exit && said.contains(told), "{arguments:?}: {left} {said}");
    }
    let stored = database.open().read_now(boundaries::store::read).unwrap().unwrap();
    assert_eq!((stored.0.source.as_str(), stored.0.stored_by.as_str(), stored.0.areas), ("made up", "(command line)", 2));
    std::fs::write(&file, squares(&["Z8", "Z9"]).to_string()).unwrap();
    let (exit, _, said) = run(&[path, "--code", "ma"]);
    assert!(
        exit == 1 && said.contains("none of the 2 areas has the code of a unit") && said.contains("Z8, Z9") && said.contains("C, D1, W1"),
        "{said}"
    );
    assert_eq!(run(&["--remove"]).0, 0);
    let (exit, _, said) = run(&["--remove"]);
    assert!(exit == 1 && said.contains("was not found"), "{said}");
}

#[test]
fn the_command_stores_and_removes_on_sqlite() {
    the_command_stores_and_removes(&Database::sqlite());
}

#[test]
fn the_command_stores_and_removes_on_postgres() {
    the_command_stores_and_removes(&Database::postgres());
}
