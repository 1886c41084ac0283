//! `sipas demo`

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use crate::support::process::{self, Serving};

fn demo(data: &str) -> Serving {
    let mut command: Command = process::sipas();
    command.args(["demo", "--data", data, "--listen", "127.0.0.1:0"]);
    Serving::spawn(command)
}

async fn surveys(serving: &Serving) -> Vec<(String, String, i64)> {
    let listing: serde_json::Value = reqwest::get(format!("{}/api/v1/surveys", serving.base)).await.unwrap().json().await.unwrap();
    let items = listing["items"].as_array().unwrap();
    items
        .iter()
        .map(|i| (i["id"].as_str().unwrap().to_owned(), i["status"].as_str().unwrap().to_owned(), i["responses"].as_i64().unwrap()))
        .collect()
}

#[test]
fn the_demonstration_is_marked_continues_and_is_always_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("demo").display().to_string();
    actix_web::rt::System::new().block_on(async {
        let mut first = demo(&data);
        let before = surveys(&first).await;
        assert_eq!(before.iter().map(|s| s.1.as_str()).collect::<Vec<_>>(), ["published", "published", "open"]);
        assert!(before.iter().all(|s| s.2 > 1_000), "{before:?}");
        let home = reqwest::get(&first.base).await.unwrap().text().await.unwrap();
        assert!(home.contains("minh hoạ"));
        for path in ["/reports/ho-gia-dinh-2026", "/reports/sau-giao-dich"] {
            let page = reqwest::get(format!("{}{path}", first.base)).await.unwrap().text().await.unwrap();
            assert!(page.contains("Dữ liệu minh hoạ"), "{path}");
        }
        let results = reqwest::get(format!("{}/results", first.base)).await.unwrap().text().await.unwrap();
        assert!(
            results.contains("/results/ho-gia-dinh-2025-r1") && results.contains("/results/ho-gia-dinh-2026-r1"),
            "both waves are released"
        );
        let release = reqwest::get(format!("{}/results/ho-gia-dinh-2026-r1", first.base)).await.unwrap().text().await.unwrap();
        assert!(release.contains("Dữ liệu minh hoạ"), "{release}");
        let csv = reqwest::get(format!("{}/reports/ho-gia-dinh-2026/table.csv", first.base)).await.unwrap().text().await.unwrap();
        assert!(csv.lines().nth(1).unwrap().contains(",yes,"));

        let body = serde_json::json!({ "id": uuid::Uuid::new_v4(), "unit": "00004", "answers": { "overall": "4" } });
        let sent =
            reqwest::Client::new().post(format!("{}/api/v1/surveys/sau-giao-dich/responses", first.base)).json(&body).send().await.unwrap();
        assert_eq!(sent.status(), 201, "{}", sent.text().await.unwrap());
        first.kill();
        drop(first);

        let again = demo(&data);
        let after = surveys(&again).await;
        assert_eq!(after[2].2, before[2].2 + 1, "nothing is lost, nothing is made again");
        assert_eq!(after[..2], before[..2]);
        drop(again);

        let elsewhere = folder.path().join("other").display().to_string();
        let other = demo(&elsewhere);
        assert_eq!(surveys(&other).await, before, "the same seed gives the same answers");
    });
}

#[test]
fn visits_tell_service_month_and_mode_and_every_comment_says_that_it_is_invented() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("demo").display().to_string();
    drop(demo(&data));
    let rows = |survey: &str| {
        let out = folder.path().join(format!("{survey}.csv")).display().to_string();
        let (code, _, said) = process::run(&["responses", "export", "--survey", survey, "--data", &data, "--out", &out]);
        assert_eq!(code, 0, "{said}");
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(out).unwrap();
        let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        // The last row is their count.
        let rows = reader.records().map(|row| row.unwrap()).filter(|row| row.len() == header.len());
        rows.map(|row| header.iter().cloned().zip(row.iter().map(str::to_owned)).collect()).collect::<Vec<BTreeMap<String, String>>>()
    };
    let visits = rows("sau-giao-dich");
    let values = |column: &str| visits.iter().map(|row| row[column].clone()).filter(|v| !v.is_empty()).collect::<Vec<_>>();
    let modes: BTreeMap<String, usize> = values("mode").into_iter().fold(BTreeMap::new(), |mut all, mode| {
        *all.entry(mode).or_default() += 1;
        all
    });
    assert_eq!(modes.keys().collect::<Vec<_>>(), ["interview", "kiosk", "paper", "web"]);
    assert!(modes["web"] > visits.len() / 2, "{modes:?}");
    let months: BTreeSet<String> = values("submitted_on").iter().map(|day| day[..7].to_owned()).collect();
    assert!(months.len() >= 6, "{months:?}");
    assert!(values("service_field").len() > visits.len() * 9 / 10, "nearly everybody says what they came for");
    let mean = |field: &str| {
        let of: Vec<f64> = visits.iter().filter(|r| r["service_field"] == field).filter_map(|r| r["overall"].parse().ok()).collect();
        of.iter().sum::<f64>() / of.len() as f64
    };
    assert!(mean("land") < mean("certification") - 0.3, "services differ");

    let comments: Vec<String> = [values("comment"), values("wrong_text")].concat();
    let different: BTreeSet<&String> = comments.iter().collect();
    assert!(comments.len() > 100 && different.len() > 30, "{} comments, {} of them different", comments.len(), different.len());
    let households = rows("ho-gia-dinh-2025").into_iter().map(|row| row["comment"].clone()).filter(|c| !c.is_empty());
    let unmarked: Vec<String> = comments.into_iter().chain(households).filter(|c| !c.starts_with("(Minh hoạ) ")).collect();
    assert_eq!(unmarked, Vec::<String>::new());
}

#[test]
fn the_second_household_wave_is_better_but_not_in_everything() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("demo").display().to_string();
    actix_web::rt::System::new().block_on(async {
        let demo = demo(&data);
        let of = async |wave: &str| {
            let mut rows: Vec<(String, f64, f64)> = Vec::new();
            for level in ["overall", "item"] {
                let url = format!("{}/api/v1/surveys/ho-gia-dinh-{wave}/estimates?measure={level}", demo.base);
                let answer: serde_json::Value = reqwest::get(url).await.unwrap().json().await.unwrap();
                let found = answer["items"].as_array().unwrap().iter();
                rows.extend(
                    found.map(|r| (r["measure"].as_str().unwrap().to_owned(), r["estimate"].as_f64().unwrap(), r["se"].as_f64().unwrap())),
                );
            }
            rows
        };
        let (before, after) = (of("2025").await, of("2026").await);
        let change = |measure: &str| {
            let find = |all: &[(String, f64, f64)]| all.iter().find(|r| r.0 == measure).unwrap().clone();
            let (b, a) = (find(&before), find(&after));
            (a.1 - b.1) / a.2.hypot(b.2)
        };
        assert!(change("sipas") > 3.0, "{}", change("sipas"));
        assert!(change("q25") > 3.0 && change("q39") < 0.0, "{} {}", change("q25"), change("q39"));
    });
}

#[test]
fn questions_on_one_scale_stand_in_the_order_of_their_answers() {
    let folder = tempfile::tempdir().unwrap();
    let demo = demo(&folder.path().join("demo").display().to_string());
    let questionnaire = sipas::questionnaires::read(include_str!("../../survey-defs/questionnaires/sipas-2023.yaml")).unwrap();
    let (page, answers) = actix_web::rt::System::new().block_on(async {
        let page = reqwest::get(format!("{}/reports/ho-gia-dinh-2026/answers?lang=vi", demo.base)).await.unwrap().text().await.unwrap();
        let answers = reqwest::get(format!("{}/api/v1/surveys/ho-gia-dinh-2026/answers", demo.base)).await.unwrap();
        (page, answers.json::<serde_json::Value>().await.unwrap())
    });
    // What people wish of the authorities: nine questions with the same options.
    let wishes = questionnaire.sections.iter().position(|s| s.title.get("vi").starts_with("Mong muốn: thông tin")).unwrap();
    let mut found: Vec<(f64, usize)> = Vec::new();
    for question in questionnaire.questions.iter().filter(|q| q.section == wishes && !q.options().is_empty()) {
        let own = answers["items"].as_array().unwrap().iter().find(|a| a["question"] == question.code.as_str()).unwrap();
        let shares = own["options"].as_array().unwrap().iter().map(|o| o["estimate"].as_f64().unwrap());
        let mean: f64 = shares.zip(0u32..).map(|(share, step)| share * f64::from(step)).sum();
        found.push((mean, page.find(&format!("<caption>{} <", question.text.get("vi"))).expect(&question.code)));
    }
    found.sort_by_key(|(_, place)| *place);
    assert!(found.len() > 2 && found.windows(2).all(|w| w[0].0 >= w[1].0), "{found:?}");
}

#[test]
fn the_demonstration_never_mixes_with_a_real_survey() {
    let database = crate::support::Database::sqlite();
    drop(database.filled());
    let folder = database.file().unwrap().parent().unwrap().display().to_string();
    let (code, _, said) = process::run(&["demo", "--data", &folder, "--listen", "127.0.0.1:0"]);
    assert!(code == 1 && said.contains("real survey trial"), "{said}");
}

#[test]
fn simulated_answers_cannot_be_imported_into_a_real_survey() {
    let database = crate::support::Database::sqlite();
    drop(database.filled());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("simulated.csv");
    std::fs::write(&file, "id,unit,demonstration,q1\n1,W1,yes,4\n").unwrap();
    let (code, _, said) =
        process::run(&["responses", "import", &file.display().to_string(), "--survey", "trial", "--database-url", &database.url()]);
    assert!(code == 1 && said.contains("simulated"), "{said}");
}
