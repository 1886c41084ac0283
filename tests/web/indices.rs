//! `/indices`, `/admin/indices`, `/api/v1/indices`, `sipas indices`

use reqwest::StatusCode;
use reqwest::multipart::{Form, Part};
use sipas::accounts::{Grant, Role};
use sipas::audit::CommandLine;
use sipas::indices::{self, Taken, store};
use sipas::units;

use crate::support::{Database, Server, field, on_both, person, process};

const HEAD: &str =
    "index,measure,measure_en,level,unit,unit_en,unit_code,year,value,rank,of,method,method_seen,derived,source,note,note_en\n";
const PUBLISHED: &str = include_str!("../../survey-defs/indices/published.csv");

/// Takes the shipped figures, with Hà Nội as the city of this server.
fn shipped(s: &Server) {
    let list = "code,name_vi,name_en,kind,parent,valid_from,valid_to,population,transactions\n01,Thành phố Hà Nội,Hà Nội City,province,,2025-07-01,,,\n";
    let list = units::list::read(list).unwrap();
    s.db.write_now(|c| units::store::put(c, &list)).unwrap();
    s.db.write_now(|c| indices::take_shipped(c, &CommandLine)).unwrap();
}

/// The page without tags, blanks made single.
fn words(page: &str) -> String {
    let main = &page[page.find("<main").unwrap()..page.find("</main>").unwrap()];
    let mut out = String::new();
    let mut inside = false;
    for c in main.chars() {
        match c {
            '<' => inside = true,
            '>' => {
                inside = false;
                out.push(' ');
            }
            c if !inside => out.push(c),
            _ => {}
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

async fn upload(s: &Server, bytes: &[u8]) -> (StatusCode, String) {
    let csrf = field(&s.page("/admin/indices").await, "csrf").unwrap();
    let form = Form::new().text("csrf", csrf).part("file", Part::bytes(bytes.to_vec()).file_name("values.csv"));
    let answer = s.client.post(s.url("/admin/indices/import")).multipart(form).send().await.unwrap();
    let to = answer.headers().get("location").map(|l| l.to_str().unwrap().to_owned());
    (answer.status(), to.unwrap_or(answer.text().await.unwrap()))
}

fn count(s: &Server) -> usize {
    s.db.read_now(|c| store::values(c, &store::Wanted::default(), i64::MAX)).unwrap().len()
}

on_both! {
    async fn the_published_history_stands_there_in_both_languages_with_rank_change_and_source(s: Server) {
        shipped(&s);
        assert_eq!(count(&s), 102);
        let vi = s.page("/indices?lang=vi").await;
        let text = words(&vi);
        for part in [
            "Thành phố Hà Nội", "Năm 2024 86,50% xếp hạng 11/63 +2,93 điểm so với năm 2023, lên 10 bậc", "83,57", "Năm 2024 92,57% xếp hạng 3/63",
            "Cả nước", "Năm 2024 83,94% +1,28 điểm so với năm 2023",
            "Xây dựng, tổ chức thực hiện chính sách +3,05 điểm so với năm 2023, lên 12 bậc 2024 86,51% 9/63",
            "Cung ứng dịch vụ hành chính công +2,77 điểm so với năm 2023, lên 8 bậc 2024 86,49% 13/63",
            "83,84%", "84,09%", "1001/QĐ-BNV", "2640/QĐ-BNV phương pháp theo hiểu biết chung, nguồn không nêu", "102 dòng",
            "82,49% – 1001/QĐ-BNV vietnam.vnanet.vn (suy ra từ số đã công bố) Suy ra: 83,84 − 1,35",
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
        assert!(vi.contains("href=\"https://vjs.vietnam.vn/chi-so-sipas-cua-thanh-pho-ha-noi-xep-thu-11-63-tinh-thanh-pho\""));
        let text = words(&s.page("/indices?lang=en").await);
        for part in [
            "2024 86.50% rank 11/63 +2.93 points since 2023, up 10 places", "2024 92.57% rank 3/63 not compared with the year before",
            "2024 83.94% +1.28 points since 2023", "Making and carrying out policies +3.05 points since 2023, up 12 places 2024 86.51% 9/63",
            "Public administrative services", "method by usual knowledge, not in the source", "Derived: 83.84 − 1.35",
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
    }
}

on_both! {
    async fn a_line_joins_years_of_one_method_only(s: Server) {
        shipped(&s);
        let page = s.page("/indices").await;
        let card = page.split("id=\"city-sipas\"").nth(1).unwrap().split("</article>").next().unwrap();
        let svg = card.split("<svg").nth(1).unwrap().split("</svg>").next().unwrap();
        assert_eq!(svg.matches("<circle").count(), 5, "2015, 2019, 2020, 2023, 2024");
        assert_eq!((svg.matches("class=\"line\"").count(), svg.matches("class=\"break\"").count()), (2, 2), "{svg}");
        assert!(svg.contains("<title>") && svg.contains("2019: 80,09%; 2020: 85,15%; 2023: 83,57%; 2024: 86,50%"), "{svg}");
        let par = page.split("id=\"city-par\"").nth(1).unwrap().split("</article>").next().unwrap();
        assert_eq!((par.matches("class=\"line\"").count(), par.matches("class=\"break\"").count()), (0, 1), "another set of criteria in 2024");
    }
}

on_both! {
    async fn rows_are_filtered_and_downloaded_and_the_file_comes_back_unchanged(s: Server) {
        shipped(&s);
        let page = words(&s.page("/indices?index=par&year=2024").await);
        assert!(page.contains("1 dòng"), "{page}");
        assert!(words(&s.page("/indices?year=1999").await).contains("Không có dòng nào đúng"));
        assert_eq!(s.get("/indices?year=x").await.status(), StatusCode::BAD_REQUEST);
        assert_eq!(s.get("/indices?level=village").await.status(), StatusCode::BAD_REQUEST);
        let csv = s.get("/indices/table.csv").await.text().await.unwrap();
        assert!(csv.ends_with("# rows,102\n") && csv.lines().count() == 104);
        let read = indices::list::read(csv.as_bytes()).unwrap();
        let taken = s.db.write_now(|c| indices::take(c, &CommandLine, "again", &read)).unwrap().unwrap();
        assert_eq!(taken, Taken { added: 0, changed: 0, same: 102 });
        let cut: String = csv.lines().filter(|l| !l.contains("Bắc Kạn")).map(|l| format!("{l}\n")).collect();
        assert_eq!(indices::list::read(cut.as_bytes()).unwrap_err()[0].kind, "cut-short");
        let part = s.get("/indices/table.csv?unit=H%C3%A0%20N%E1%BB%99i&index=sipas").await.text().await.unwrap();
        assert!(part.ends_with("# rows,17\n"), "{part}");
    }
}

on_both! {
    async fn programs_read_values_page_by_page(s: Server) {
        shipped(&s);
        let first = s.json("/api/v1/indices?index=sipas&unit=01&year=2024").await;
        let whole = first["items"].as_array().unwrap().iter().find(|v| v["measure"] == "").unwrap();
        assert_eq!((whole["value"].as_f64(), whole["rank"].as_i64(), whole["of"].as_i64()), (Some(86.5), Some(11), Some(63)));
        assert_eq!((&whole["method"], &whole["derived"]), (&"1001/QĐ-BNV".into(), &false.into()));
        assert!(whole["source"].as_str().unwrap().starts_with("https://vjs"));
        assert!(first["indices"].as_array().unwrap().iter().any(|i| i["code"] == "papi" && i["largest"] == 80.0));
        let (mut seen, mut next) = (0, String::new());
        loop {
            let page = s.json(&format!("/api/v1/indices?limit=40{next}")).await;
            seen += page["items"].as_array().unwrap().len();
            match page["next"].as_i64() {
                Some(cursor) => next = format!("&cursor={cursor}"),
                None => break,
            }
        }
        assert_eq!(seen, 102);
        for bad in ["?limit=0", "?limit=501", "?level=village", "?colour=red"] {
            assert_eq!(s.get(&format!("/api/v1/indices{bad}")).await.status(), StatusCode::BAD_REQUEST, "{bad}");
        }
        assert!(s.json("/api/openapi.json").await["paths"]["/api/v1/indices"]["get"].is_object());
    }
}

on_both! {
    async fn hostile_files_are_told_with_line_and_column_and_store_nothing(s: Server) {
        s.sign_in().await;
        shipped(&s);
        let good = "sipas,,,province,Huế,,,2024,90,,,A,,,x,,\n";
        let cases: Vec<(Vec<u8>, &str)> = vec![
            (format!("{HEAD}{good}sipas,,,province,Huế,,,2023,\"86,5\",,,,,,x,,\n").into(), "Dòng 3, cột value: “86,5” không phải là số"),
            (format!("{HEAD}{good}sipas,,,province,Huế,,,2023,86.5%,,,,,,x,,\n").into(), "Dòng 3, cột value"),
            (format!("{HEAD}{good}sipas,,,province,Huế,,,2023,NaN,,,,,,x,,\n").into(), "Dòng 3, cột value"),
            (format!("{HEAD}{good}sipas,,,province,Huế,,,2023,1e300,,,,,,x,,\n").into(), "Dòng 3, cột value"),
            (format!("{HEAD}{good}sipas,,,province,Huế,,,2023,101,,,,,,x,,\n").into(), "Dòng 3, cột value: 101 lớn hơn 100"),
            (format!("{HEAD}{good}ddci,,,province,Huế,,,2023,80,,,,,,x,,\n").into(), "Dòng 3, cột index: không có chỉ số “ddci”"),
            (format!("{HEAD}{good}sipas,,,village,Huế,,,2023,80,,,,,,x,,\n").into(), "Dòng 3, cột level: “village”"),
            (format!("{HEAD}{good}sipas,,,province,,,,2023,80,,,,,,x,,\n").into(), "Dòng 3, cột unit: còn trống"),
            (format!("{HEAD}{good}sipas,,,province,Huế,,,~2013,80,,,,,,x,,\n").into(), "Dòng 3, cột year"),
            (format!("{HEAD}{good}sipas,,,province,Huế,,,1800,80,,,,,,x,,\n").into(), "Dòng 3, cột year: viết năm từ 1990"),
            (format!("{HEAD}{good}sipas,,,province,Huế,,,2023,80,,,,,,,,\n").into(), "Dòng 3, cột source: còn trống"),
            (format!("{HEAD}{good}sipas,,,province,Huế,,,2023,,,,,,,x,,\n").into(), "Dòng 3, cột value: chưa có giá trị"),
            (format!("{HEAD}{good}sipas,,,province,Huế,,,2023,80,70,63,,,,x,,\n").into(), "Dòng 3, cột rank: thứ hạng lớn hơn"),
            (format!("{HEAD}{good}sipas,,,province,Huế,,,2023,80,,63,,,,x,,\n").into(), "Dòng 3, cột of"),
            (format!("{HEAD}{good}sipas,,,province,Huế,,,2023,80,-1,,,,,x,,\n").into(), "Dòng 3, cột rank"),
            (format!("{HEAD}{good}sipas,,,province,Huế,,,2023,80,,,,maybe,,x,,\n").into(), "Dòng 3, cột method_seen: “maybe”"),
            (format!("{HEAD}{good}sipas,,,province,Hue\u{302}\u{301},,,2023,80,,,,,,x,,\n").into(), "Dòng 3, cột unit: dấu tiếng Việt"),
            (format!("{HEAD}{good}sipas,,,province,H\u{1}uế,,,2023,80,,,,,,x,,\n").into(), "Dòng 3, cột unit: quá dài"),
            (format!("{HEAD}{good}sipas,,,province,{},,,2023,80,,,,,,x,,\n", "a".repeat(201)).into(), "Dòng 3, cột unit: quá dài"),
            (format!("{HEAD}{good}sipas,,,province,Huế\n").into(), "Dòng 3: có 5 ô"),
            (format!("{HEAD}{good}{good}").into(), "Dòng 3: trùng với dòng 2"),
            (format!("colour,{HEAD}{good}").into(), "Dòng 1: không có cột “colour”"),
            (format!("index,{HEAD}{good}").into(), "Dòng 1: cột “index” có hai lần"),
            ("index,level,unit,year\n".into(), "Dòng 1: thiếu các cột: source"),
            (HEAD.into(), "Dòng 2: tệp không có dòng nào"),
            (Vec::new(), "Dòng 1: thiếu các cột"),
            ([HEAD.as_bytes(), good.as_bytes(), b"sipas,\xff\xfe\n"].concat(), "Dòng 3: không phải UTF-8"),
            (b"\x00\x01\x02PK\x03\x04".to_vec(), "Dòng 1"),
            (vec![b'a'; 4_000_001], "tệp lớn hơn 4000000 byte"),
            ("code,name_vi,name_en,measured_in,largest\nsipas,SIPAS,SIPAS,percent,50\n".into(), "Dòng 2, cột largest: 50 nhỏ hơn"),
            ("code,name_vi,name_en,measured_in,largest\nX,SIPAS,SIPAS,litres,0\n".into(), "Dòng 2, cột largest: phải lớn hơn 0"),
        ];
        for (bytes, told) in cases {
            let (status, page) = upload(&s, &bytes).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{told}");
            assert!(words(&page).contains(told), "{told}\n{}", &words(&page)[..600.min(words(&page).len())]);
            assert_eq!(count(&s), 102, "{told}: all or nothing");
        }
        let evil = format!("{HEAD}sipas,<script>alert(1)</script>,,province,\"<img src=x onerror=alert(1)>\",,,2024,90,,,=1+1,,,javascript:alert(1),+2,\n");
        let (status, to) = upload(&s, evil.as_bytes()).await;
        assert_eq!((status, to.as_str()), (StatusCode::SEE_OTHER, "/admin/indices?done=imported&added=1&changed=0&same=0"));
        for path in ["/indices", "/admin/indices"] {
            let page = s.page(path).await;
            assert!(!page.contains("<script>alert") && !page.contains("<img src=x") && !page.contains("href=\"javascript:"), "{path}");
        }
        let csv = s.get("/indices/table.csv").await.text().await.unwrap();
        assert!(csv.contains(",'=1+1,") && csv.contains(",'+2,"), "no cell is a formula");
    }
}

on_both! {
    async fn an_import_replaces_the_same_row_and_is_recorded(s: Server) {
        s.sign_in().await;
        let (status, page) = upload(&s, PUBLISHED.as_bytes()).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(words(&page).contains("không có chỉ số “sipas”"), "the list of indices comes first");
        assert!(s.page("/admin/indices").await.contains("Chưa có chỉ số nào"));
        assert!(s.page("/indices").await.contains("Chưa có số liệu nào"));
        let csrf = field(&s.page("/admin/indices").await, "csrf").unwrap();
        let to = s.post_form("/admin/indices/shipped", &[("csrf", &csrf)]).await.headers()["location"].to_str().unwrap().to_owned();
        assert_eq!(to, "/admin/indices?done=imported&added=109&changed=0&same=0");
        let changed = format!("\u{feff}{HEAD}sipas,,,province,Hà Nội,,01,2024,86.51,11,63,1001/QĐ-BNV,,,https://example.vn,,\nsipas,,,province,  Hà   Nội ,,01,2025,87,9,34,,,,Công văn 12,,\n");
        let (_, to) = upload(&s, changed.as_bytes()).await;
        assert_eq!(to, "/admin/indices?done=imported&added=1&changed=1&same=0");
        assert!(words(&s.page(&to).await).contains("Đã nhập: 1 dòng mới, 1 dòng thay đổi, 0 dòng không đổi"));
        let rows = s.db.read_now(|c| store::of_unit(c, "01")).unwrap();
        let at = |year: i64| rows.iter().find(|r| r.index_code == "sipas" && r.measure.is_empty() && r.year == year).unwrap();
        assert_eq!((at(2024).value, at(2025).unit.as_str(), at(2025).method.as_deref()), (Some(86.51), "Hà Nội", None));
        let log = s.page("/admin/audit").await;
        assert!(log.contains("Nhập chỉ số đã công bố") && log.contains("values.csv"), "{log}");
    }
}

/// The form of a value.
const FORM: [(&str, &str); 8] = [
    ("index", "sipas"),
    ("level", "province"),
    ("unit", "Huế"),
    ("year", "2024"),
    ("value", "88,25"),
    ("rank", "7"),
    ("of", "63"),
    ("source", "Công văn 1"),
];

on_both! {
    async fn a_row_is_added_changed_and_deleted_and_each_step_is_recorded(s: Server) {
        s.sign_in().await;
        shipped(&s);
        let csrf = field(&s.page("/admin/indices").await, "csrf").unwrap();
        let form: Vec<(&str, &str)> = FORM.into_iter().chain([("csrf", csrf.as_str())]).collect();
        let added = s.post_form("/admin/indices", &form).await;
        assert_eq!(added.headers()["location"], "/admin/indices?done=added");
        assert!(s.page("/admin/indices?done=added").await.contains("Đã thêm một dòng"));
        let new = s.db.read_now(|c| store::values(c, &store::Wanted { unit: Some("Huế".into()), ..Default::default() }, 9)).unwrap().remove(0);
        assert_eq!((new.value, new.place, new.method_seen, new.derived), (Some(88.25), Some(7), false, false), "a comma is fine in a form; nothing was ticked");

        let again = s.post_form("/admin/indices", &form).await;
        assert_eq!(again.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let page = again.text().await.unwrap();
        assert!(words(&page).contains("Năm: đã có dòng về cùng chỉ số") && page.contains("value=\"88,25\""), "what was typed stays");
        let bad: Vec<(&str, &str)> = form.iter().map(|(n, v)| (*n, if *n == "value" { "120" } else { v })).collect();
        let page = s.post_form("/admin/indices", &bad).await.text().await.unwrap();
        assert!(words(&page).contains("Giá trị: 120 lớn hơn 100") && page.contains("href=\"#f-value\""));
        let empty = s.post_form("/admin/indices", &[("csrf", &csrf)]).await;
        assert_eq!(empty.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(count(&s), 103);

        let at = format!("/admin/indices/{}", new.id);
        let page = s.page(&at).await;
        assert!(page.contains("value=\"88.25\"") && page.contains("sipas · Huế · 2024"), "{page}");
        let changed: Vec<(&str, &str)> =
            form.iter().map(|(n, v)| (*n, if *n == "value" { "" } else { v })).chain([("do", "save"), ("method", "M"), ("method_seen", "yes")]).collect();
        assert_eq!(s.post_form(&at, &changed).await.headers()["location"], "/admin/indices?done=changed");
        let now = s.db.read_now(|c| store::value(c, new.id)).unwrap();
        assert_eq!((now.value, now.place, now.method.as_deref(), now.method_seen), (None, Some(7), Some("M"), true));
        let other: Vec<(&str, &str)> = changed.iter().map(|(n, v)| (*n, if *n == "unit" { "Hà Nội" } else { v })).collect();
        assert_eq!(s.post_form(&at, &other).await.status(), StatusCode::UNPROCESSABLE_ENTITY, "that row is there already");

        let unsure = s.post_form(&at, &[("csrf", &csrf), ("do", "delete")]).await;
        assert_eq!(unsure.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert!(unsure.text().await.unwrap().contains("Chưa xoá gì"));
        assert_eq!(count(&s), 103);
        assert_eq!(s.post_form(&at, &[("csrf", &csrf), ("do", "delete"), ("sure", "yes")]).await.headers()["location"], "/admin/indices?done=deleted");
        assert_eq!(count(&s), 102);
        assert_eq!(s.get(&at).await.status(), StatusCode::NOT_FOUND);
        assert_eq!(s.post_form(&at, &changed).await.status(), StatusCode::NOT_FOUND);

        let log = s.db.read_now(|c| sipas::audit::store::rows(c, &Default::default(), 50)).unwrap();
        let actions: Vec<&str> = log.iter().map(|r| r.action.as_str()).filter(|a| a.starts_with("indices.")).collect();
        assert_eq!(actions, ["indices.delete", "indices.change", "indices.add", "indices.import", "indices.import"], "what was refused is not recorded");
        assert!(log.iter().find(|r| r.action == "indices.change").unwrap().detail.contains("88.25"), "the value before is kept");
    }
}

on_both! {
    async fn everybody_reads_and_only_administrators_change(s: Server) {
        shipped(&s);
        let stranger = person();
        for path in ["/indices", "/indices/table.csv", "/api/v1/indices"] {
            assert_eq!(stranger.get(s.url(path)).send().await.unwrap().status(), StatusCode::OK, "{path}");
        }
        assert!(!s.page("/indices").await.contains("/admin/indices"));
        let manager = s.person_with("mai", &[Grant { role: Role::SurveyManager, branch: None }]).await;
        let csrf = s.csrf(&manager).await;
        assert_eq!(manager.get(s.url("/admin/indices")).send().await.unwrap().status(), StatusCode::FORBIDDEN);
        for path in ["/admin/indices", "/admin/indices/1", "/admin/indices/shipped"] {
            let form: Vec<(&str, &str)> = FORM.into_iter().chain([("csrf", csrf.as_str()), ("do", "delete"), ("sure", "yes")]).collect();
            assert_eq!(s.send(&manager, path, &form).await.status(), StatusCode::FORBIDDEN, "{path}");
        }
        assert_eq!(count(&s), 102);
        s.sign_in().await;
        assert!(s.page("/indices").await.contains("href=\"/admin/indices\""), "an administrator is led to where rows are changed");
    }
}

#[test]
fn the_command_line_imports_lists_and_exports_and_refuses_with_line_and_column() {
    for database in [Database::sqlite(), Database::postgres()] {
        drop(database.filled());
        let url = database.url();
        let run = |args: &[&str]| process::run(&[&["indices"], args, &["--database-url", &url]].concat());
        let (code, _, said) = run(&["import", "survey-defs/indices/published.csv"]);
        assert!(
            code == 1 && said.contains("line 2, column index") || said.contains("Line 2, column index: there is no index “sipas”"),
            "{said}"
        );
        assert_eq!(run(&["import", "survey-defs/indices/indices.csv"]).0, 0);
        let (code, _, said) = run(&["import", "survey-defs/indices/published.csv"]);
        assert!(code == 0 && said.contains("102 new, 0 changed, 0 the same"), "{said}");
        let (_, table, _) = run(&["list", "--index", "sipas", "--unit", "01"]);
        assert!(
            table.lines().any(|l| l.contains("2024") && l.contains("86.50") && l.contains("11/63") && l.contains("1001/QĐ-BNV")),
            "{table}"
        );
        let (_, json, _) = run(&["list", "--format", "json"]);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&json).unwrap().as_array().unwrap().len(), 102);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("out.csv").display().to_string();
        assert_eq!(run(&["export", "--out", &file]).0, 0);
        let (_, printed, _) = run(&["export"]);
        assert_eq!(std::fs::read_to_string(&file).unwrap(), printed);
        assert!(run(&["import", &file]).2.contains("0 new, 0 changed, 102 the same"));
        std::fs::write(&file, format!("{HEAD}sipas,,,province,Huế,,,2024,abc,,,,,,x,,\n")).unwrap();
        let (code, _, said) = run(&["import", &file]);
        assert!(
            code == 1 && said.contains("nothing was imported") && said.contains("Line 2, column value: “abc” is not a number"),
            "{said}"
        );
        assert_eq!(run(&["import", "nowhere.csv"]).0, 1);
    }
}
