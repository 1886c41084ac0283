//! `/reports/{survey}`

use reqwest::StatusCode;
use serde_json::json;
use sipas::surveys::model::Step;

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

on_both! {
    async fn the_page_shows_the_engines_figures(s: Server) {
        fill(&s).await;
        let page = s.page("/reports/trial?lang=vi").await;
        for (by, unit) in [("all", None), ("unit", Some("W1"))] {
            let rows = s.json(&format!("/api/v1/surveys/trial/estimates?by={by}")).await;
            let row = rows["items"].as_array().unwrap().iter().find(|r| r["unit"].as_str() == unit).unwrap().clone();
            for figure in ["estimate", "ci_low", "ci_high"] {
                let shown = format!("{:.2}", row[figure].as_f64().unwrap()).replace('.', ",");
                assert!(page.contains(&shown), "{unit:?} {figure} {shown}");
            }
        }
        assert!(page.contains("chưa đủ mẫu"), "the commune has three answers only");
        assert!(page.contains("không hiển thị"), "ward two would give the commune away");
        assert!(page.contains("Xã &lt;Ba&gt; &amp; &quot;Bốn&quot;"), "names are text, not markup");
        assert!(!page.contains("<Ba>"));
        let english = s.page("/reports/trial?lang=en").await;
        assert!(english.contains("Ward One") && english.contains("too few"));
    }
}

on_both! {
    async fn units_are_filtered_and_sorted_by_the_address(s: Server) {
        fill(&s).await;
        let units = |page: &str| -> Vec<&'static str> {
            let table = page.split("<table class=\"units\"").nth(1).expect("there is a table of units").split("</table>").next().unwrap().to_owned();
            let mut found: Vec<(usize, &'static str)> = ["Phường Một", "Phường Hai", "Bốn"].into_iter().filter_map(|n| table.find(n).map(|at| (at, n))).collect();
            found.sort_unstable();
            found.into_iter().map(|(_, n)| n).collect()
        };
        assert_eq!(units(&s.page("/reports/trial?lang=vi").await), ["Phường Một", "Phường Hai", "Bốn"]);
        assert_eq!(units(&s.page("/reports/trial?sort=name").await), ["Phường Hai", "Phường Một", "Bốn"]);
        assert_eq!(units(&s.page("/reports/trial?kind=commune").await), ["Bốn"]);
        assert_eq!(s.get("/reports/trial?stream=sample").await.status(), StatusCode::OK);
        assert_eq!(s.get("/reports/trial?stream=census").await.status(), StatusCode::BAD_REQUEST);
        assert_eq!(s.get("/reports/nowhere").await.status(), StatusCode::NOT_FOUND);
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
        let page = s.page("/reports/trial").await;
        assert!(page.contains("chưa có phiếu") || page.contains("Chưa có phiếu"), "no data is said in words");
        assert!(!page.contains("NaN"));
    }
}
