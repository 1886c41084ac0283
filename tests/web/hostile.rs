//! Bad input: each gets a clear error, and nothing is stored.

use reqwest::StatusCode;
use serde_json::Value;

use crate::support::{Database, Server, answer, on_both, process};

on_both! {
    async fn bodies_that_are_no_answer_are_refused(s: Server) {
        let path = s.url("/api/v1/surveys/trial/responses");
        let json = |body: Vec<u8>| s.client.post(&path).header("content-type", "application/json").body(body);
        let cases = [
            (json(b"{".to_vec()), StatusCode::BAD_REQUEST, "bad_request"),
            (json(vec![b'"', 0xff, 0xfe, b'"']), StatusCode::BAD_REQUEST, "bad_request"),
            (json(vec![b' '; 10_000_000]), StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
            (json([b"[".repeat(100_000), b"]".repeat(100_000)].concat()), StatusCode::BAD_REQUEST, "bad_request"),
            (json(b"null".to_vec()), StatusCode::UNPROCESSABLE_ENTITY, "invalid"),
            (s.client.post(&path).body("q1=4"), StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type"),
        ];
        for (request, status, code) in cases {
            let response = request.send().await.unwrap();
            assert_eq!(response.status(), status);
            assert_eq!(response.headers()["content-type"], "application/problem+json");
            let problem: Value = response.json().await.unwrap();
            assert_eq!((problem["code"].as_str(), problem["status"].as_u64()), (Some(code), Some(u64::from(status.as_u16()))));
            assert!(problem["detail"].as_str().unwrap().len() > 10);
        }
        assert_eq!(s.responses("trial").await, 0);
    }
}

on_both! {
    async fn damaged_forms_are_refused_with_a_page(s: Server) {
        let address = s.address("trial", Some("W1"));
        let id = uuid::Uuid::new_v4().to_string();
        let forms: [&[(&str, &str)]; 6] = [
            &[],
            &[("page", "0"), ("go", "next")],
            &[("id", "x"), ("page", "0")],
            &[("id", &id), ("page", "ninth")],
            &[("id", &id), ("page", "0"), ("go", "paint")],
            &[("id", &id), ("page", "0"), ("role", "administrator")],
        ];
        for form in forms {
            let answer = s.post_form(&address, form).await;
            assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{form:?}");
            assert!(answer.text().await.unwrap().contains("<html"));
        }
        let huge = "x".repeat(10_000_000);
        let answer = s.post_form(&address, &[("id", &id), ("page", "0"), ("a-comment", &huge)]).await;
        assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
        let unknown = s.post_form(&address, &[("id", &id), ("page", "99"), ("go", "next"), ("a-q1", "4")]).await;
        assert!(unknown.status().is_success() || unknown.status().is_client_error());
        assert_eq!(s.get("/s/no-such-code").await.status(), StatusCode::NOT_FOUND);
        assert_eq!(s.get("/s/%FF%FE").await.status(), StatusCode::NOT_FOUND);
        assert_eq!(s.responses("trial").await, 0);
    }
}

on_both! {
    async fn what_people_type_is_text_everywhere(s: Server) {
        let address = s.address("trial", Some("W1"));
        let id = uuid::Uuid::new_v4().to_string();
        let nasty = "<script>alert(1)</script>\"'x{{ 7*7 }}x";
        let fields = [("id", id.as_str()), ("page", "2"), ("go", "next"), ("a-q1", "4"), ("a-comment", nasty), ("seen", "trips comment agree")];
        let review = s.post_form(&address, &fields).await;
        assert_eq!(review.status(), StatusCode::OK);
        let html = review.text().await.unwrap();
        assert!(!html.contains("<script>alert") && html.contains("&lt;script&gt;") && !html.contains("x49x"));
    }
}

#[test]
fn a_wrong_database_url_is_told_with_a_remedy_and_makes_no_file() {
    let folder = tempfile::tempdir().unwrap();
    for (url, said_to_be) in [
        ("postgre://localhost/sipas", "names no database"),
        ("sqlite://", "without a path"),
        ("postgres://sipas:secret@127.0.0.1:1/sipas", "cannot open the database"),
        ("sqlite:///proc/nowhere/sipas.db", "cannot make the data folder"),
    ] {
        let output =
            process::sipas().current_dir(folder.path()).args(["serve", "--listen", "127.0.0.1:0", "--database-url", url]).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(said_to_be) && !said.contains("secret"), "{url}: {said}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_taken_address_is_told() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let at = taken.local_addr().unwrap().to_string();
    let database = Database::sqlite();
    drop(database.filled());
    let (code, _, said) = process::run(&["serve", "--listen", &at, "--database-url", &database.url()]);
    assert!(code == 1 && said.contains("cannot listen on") && said.contains("--listen"), "{said}");
}

#[test]
fn questionnaire_files_are_refused_with_line_and_hint() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("q.yaml");
    std::fs::write(&path, crate::support::TRIAL.replace("${q1} <= 2", "${q1} <= 0")).unwrap();
    let (code, _, said) = process::run(&["questionnaire", "check", &path.display().to_string()]);
    assert!(code == 1 && said.contains("q.yaml:26:") && said.contains("no answers can ever fulfil"), "{said}");
    let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/survey-defs/questionnaires/sipas-2023.yaml");
    let (code, _, said) = process::run(&["questionnaire", "check", shipped]);
    assert!(code == 0 && said.contains("39 index items"), "{said}");
    let (code, _, said) = process::run(&["questionnaire", "check", "/no/such/file.yaml"]);
    assert!(code == 1 && said.contains("cannot read"), "{said}");
}

on_both! {
    async fn a_missing_page_shows_a_way_out(s: Server) {
        let answer = s.get("/nowhere?lang=vi").await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND);
        let page = answer.text().await.unwrap();
        assert!(page.contains("href=\"/\""), "{page}");
        let problem: Value = s.get("/api/v1/nowhere").await.json().await.unwrap();
        assert_eq!(problem["code"], "not_found");
        assert_eq!(s.submit("trial", &answer_for_unit("D1")).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

fn answer_for_unit(unit: &str) -> Value {
    let mut body = answer("4", "4");
    body["unit"] = unit.into();
    body
}
