//! `sipas demo`

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
