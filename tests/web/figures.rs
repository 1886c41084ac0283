//! Figures of reports as the API gives them, and that pages show no other numbers; what a unit's leader reads before results are public.

use std::collections::BTreeSet;

use reqwest::{Client, StatusCode};
use serde_json::Value;
use sipas::accounts::{Grant, Role};
use sipas::surveys::model::Step;

use crate::reports::{day, wave};
use crate::support::{Server, answer, on_both, take};

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("not a list: {value}"))
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("not a number: {value}"))
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-9
}

/// Every number inside, as a page may write it: with two decimals, without sign.
fn written(value: &Value, language: &str, all: &mut BTreeSet<String>) {
    match value {
        Value::Number(n) => {
            let text = format!("{:.2}", n.as_f64().unwrap().abs());
            all.insert(if language == "vi" { text.replace('.', ",") } else { text });
        }
        Value::Array(list) => list.iter().for_each(|v| written(v, language, all)),
        Value::Object(fields) => fields.values().for_each(|v| written(v, language, all)),
        _ => {}
    }
}

/// The numbers with two decimals in what a page says: its text without tags, styles and scripts.
fn numbers(page: &str, language: &str) -> Vec<String> {
    let mark = if language == "vi" { ',' } else { '.' };
    let mut text = String::new();
    for piece in page.split('<').skip(1) {
        let (tag, said) = piece.split_once('>').unwrap_or((piece, ""));
        if !["style", "script"].contains(&tag.split_whitespace().next().unwrap_or_default()) {
            text.push(' ');
            text.push_str(said);
        }
    }
    let words = text.split(|c: char| !(c.is_ascii_digit() || c == mark)).map(|word| word.trim_matches(mark));
    words.filter(|w| w.rsplit_once(mark).is_some_and(|(whole, part)| part.len() == 2 && !whole.is_empty())).map(str::to_owned).collect()
}

on_both! {
    /// A page may show nothing that the engine did not say, and says much of what it did.
    async fn every_number_of_a_report_is_the_engines(s: Server) {
        wave(&s, "w2025", day("2025-01-05"), "base", 20);
        wave(&s, "w2026", day("2026-01-05"), "base", 31);
        let mut told = Vec::new();
        for survey in ["w2025", "w2026"] {
            let base = format!("/api/v1/surveys/{survey}");
            for by in ["all", "unit", "kind", "mode", "month"] {
                for measure in ["overall", "part", "factor", "item"] {
                    told.push(s.json(&format!("{base}/estimates?by={by}&measure={measure}")).await);
                }
            }
            for unit in ["W1", "X1"] {
                told.push(s.json(&format!("{base}/estimates?by=month&unit={unit}")).await);
            }
            for what in ["ranks", "changes", "series", "answers", "priorities", "quality"] {
                told.push(s.json(&format!("{base}/{what}")).await);
            }
        }
        // What each of two equal items could add to a unit's index: half of what is missing to 100.
        for unit in list(&s.json("/api/v1/surveys/w2026/estimates?by=unit").await["items"]) {
            told.push(((100.0 - number(&unit["estimate"])) / 2.0).into());
        }
        for language in ["vi", "en"] {
            let mut known = BTreeSet::new();
            told.iter().for_each(|v| written(v, language, &mut known));
            let mut found = 0;
            for path in ["?", "/units?", "/items?", "/answers?", "/time?", "/quality?", "/units/W1?", "/units/X1?", "/compare?units=W1,W2,X1&"] {
                let page = s.page(&format!("/reports/w2026{path}lang={language}")).await;
                let shown = numbers(&page, language);
                found += shown.len();
                let strange: Vec<&String> = shown.iter().filter(|n| !known.contains(*n)).collect();
                assert!(strange.is_empty(), "{path} in {language} says {strange:?}, which no figure is");
            }
            assert!(found > 300, "only {found} numbers were looked at");
        }
    }
}

on_both! {
    async fn ranks_and_changes_of_the_api_follow_from_its_estimates(s: Server) {
        wave(&s, "w2025", day("2025-01-05"), "base", 20);
        wave(&s, "w2026", day("2026-01-05"), "base", 38);
        let now = s.json("/api/v1/surveys/w2026/estimates?by=unit").await;
        let before = s.json("/api/v1/surveys/w2025/estimates?by=unit").await;
        let of = |estimates: &Value, unit: &Value| list(&estimates["items"]).iter().find(|r| r["unit"] == *unit).unwrap().clone();

        let ranks = s.json("/api/v1/surveys/w2026/ranks").await;
        assert_eq!(ranks["items"], now["items"]);
        let units = list(&ranks["ranking"]["units"]);
        assert_eq!(units.len(), 3);
        for unit in units {
            let own = number(&of(&now, &unit["unit"])["estimate"]);
            let above = list(&now["items"]).iter().filter(|r| number(&r["estimate"]) > own).count();
            let [rank, low, high] = ["rank", "low", "high"].map(|key| usize::try_from(unit[key].as_u64().unwrap()).unwrap());
            assert!(rank == above + 1 && low <= rank && rank <= high, "{unit}");
        }
        // 38 of 40 and 15 of 30: nobody takes the second for as good as the first.
        assert_eq!((units[0]["unit"].as_str(), units[2]["unit"].as_str()), (Some("W1"), Some("W2")));
        assert!(units[2]["low"].as_u64() > units[0]["high"].as_u64(), "{ranks}");

        let changes = s.json("/api/v1/surveys/w2026/changes").await;
        assert_eq!((changes["before"]["survey"].as_str(), &changes["not_compared"]), (Some("w2025"), &Value::Null));
        let overall: Vec<&Value> = list(&changes["items"]).iter().filter(|c| c["measure"] == "index" && !c["unit"].is_null()).collect();
        assert_eq!(overall.len(), 3);
        for change in overall {
            let (a, b) = (of(&now, &change["unit"]), of(&before, &change["unit"]));
            assert!(close(number(&change["difference"]), number(&a["estimate"]) - number(&b["estimate"])), "{change}");
            assert!(close(number(&change["se"]), number(&a["se"]).hypot(number(&b["se"]))), "{change}");
        }
        let first = s.json("/api/v1/surveys/w2025/changes").await;
        assert_eq!((&first["before"], list(&first["items"]).len()), (&Value::Null, 0));
    }
}

on_both! {
    async fn series_answers_priorities_and_quality_of_the_api_add_up(s: Server) {
        wave(&s, "w2024", day("2024-01-05"), "population", 25);
        wave(&s, "w2025", day("2025-01-05"), "base", 20);
        wave(&s, "w2026", day("2026-01-05"), "base", 31);
        let base = "/api/v1/surveys/w2026";
        let overall = s.json(&format!("{base}/estimates")).await["items"][0].clone();

        let series = s.json(&format!("{base}/series")).await;
        let waves: Vec<&str> = list(&series["waves"]).iter().map(|w| w["survey"].as_str().unwrap()).collect();
        assert_eq!(waves, ["w2025", "w2026"], "the earliest first, those measured alike");
        assert_eq!(series["waves"][1]["row"]["estimate"], overall["estimate"]);
        assert_eq!((series["not_compared"][0][0]["survey"].as_str(), series["not_compared"][0][1].as_str()), (Some("w2024"), Some("weighting")));
        let months: u64 = list(&series["months"]).iter().map(|m| m["row"]["n_valid"].as_u64().unwrap()).sum();
        assert_eq!(months, 90, "every form is in a month: {series}");

        let answers = s.json(&format!("{base}/answers")).await;
        let q1 = list(&answers["items"]).iter().find(|q| q["question"] == "q1").unwrap();
        let shares: f64 = list(&q1["options"]).iter().map(|o| number(&o["estimate"])).sum();
        assert!(close(shares, 100.0) && q1["n_valid"] == 90, "{q1}");

        let priorities = s.json(&format!("{base}/priorities")).await;
        let gains: f64 = list(&priorities["items"]).iter().map(|i| number(&i["gain"])).sum();
        assert!(close(gains, 100.0 - number(&overall["estimate"])), "all gains make the index whole: {priorities}");

        let quality = s.json(&format!("{base}/quality")).await;
        assert_eq!(quality["quality"]["all"]["n"], 90);
        for item in list(&quality["quality"]["items"]) {
            let all: u64 = ["valid", "not_applicable", "refused", "missing"].iter().map(|k| item[*k].as_u64().unwrap()).sum();
            assert_eq!(all, 90, "{item}");
        }
        let rows = list(&quality["modes"]["rows"]);
        let of = |mode: &Value| number(&rows.iter().find(|r| r["category"] == *mode && r["measure_level"] == "overall").unwrap()["estimate"]);
        let pair = &quality["modes"]["pairs"][0];
        assert!(close(number(&pair["difference"]), of(&pair["first"]) - of(&pair["second"])), "{quality}");

        // A filter means the same everywhere.
        let web = s.json(&format!("{base}/estimates?by=unit&mode=web")).await;
        assert_eq!(s.json(&format!("{base}/ranks?mode=web")).await["items"], web["items"]);
        assert_ne!(web["items"], s.json(&format!("{base}/estimates?by=unit")).await["items"]);
    }
}

on_both! {
    async fn before_results_are_public_a_leader_reads_the_own_units_card_and_nothing_else(s: Server) {
        for (unit, good, bad) in [("W1", 8, 2), ("W2", 3, 5)] {
            for q1 in std::iter::repeat_n("5", good).chain(std::iter::repeat_n("1", bad)) {
                let mut body = answer(q1, "4");
                body["unit"] = unit.into();
                assert_eq!(s.submit("trial", &body).await.0, StatusCode::CREATED);
            }
        }
        take(&s.db, "trial", Step::Close);
        let get = async |client: &Client, path: &str| client.get(s.url(path)).send().await.unwrap();
        let chief = s.person_with("chief", &[Grant::within(Role::Leader, "W1").unwrap()]).await;

        let home = get(&chief, "/?lang=vi").await.text().await.unwrap();
        assert!(home.contains("/reports/trial/units/W1"), "the front page leads there");
        let card = get(&chief, "/reports/trial/units/W1?lang=vi").await;
        assert_eq!(card.status(), StatusCode::OK);
        let card = card.text().await.unwrap();
        // 8 of 10 and 10 of 10 are satisfied.
        assert!(card.contains("90,00%") && card.contains("Phường Một") && card.contains("chỉ tính trên phiếu của đơn vị"), "{card}");
        // 3 of 8 and 8 of 8 in the other ward; 29 of 36 together.
        for hidden in ["Phường Hai", "68,75%", "80,56%", "href=\"/reports/trial?", "/reports/trial/units?", "table.csv"] {
            assert!(!card.contains(hidden), "the card tells {hidden}");
        }
        let file = get(&chief, "/reports/trial/units/W1/files/report.docx?lang=vi").await;
        assert_eq!(file.status(), StatusCode::OK);
        assert!(file.bytes().await.unwrap().starts_with(b"PK"));

        let others = [
            "/reports/trial", "/reports/trial/units", "/reports/trial/items", "/reports/trial/answers", "/reports/trial/time", "/reports/trial/quality",
            "/reports/trial/units/W2", "/reports/trial/units/W2/files/report.docx", "/reports/trial/files/report.pdf",
            "/reports/trial/compare?units=W1,W2", "/reports/trial/table.csv", "/reports/trial/table.xlsx", "/reports/trial/charts/units.svg",
            "/api/v1/surveys/trial/estimates?by=unit", "/api/v1/surveys/trial/ranks", "/api/v1/surveys/trial/quality",
        ];
        let nobody = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        for path in others {
            assert_eq!(get(&chief, path).await.status(), StatusCode::FORBIDDEN, "{path}");
            let status = get(&nobody, path).await.status();
            assert!([StatusCode::SEE_OTHER, StatusCode::UNAUTHORIZED].contains(&status), "{path}: {status}");
        }
        assert_eq!(get(&nobody, "/reports/trial/units/W1").await.status(), StatusCode::SEE_OTHER);
        take(&s.db, "trial", Step::Publish);
        assert!(get(&nobody, "/reports/trial/units/W1?lang=vi").await.text().await.unwrap().contains("80,56%"));
    }
}
