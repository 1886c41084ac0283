//! Walks the table of routes: every route × nobody, a signed-in person with a one-time password, an administrator, a forged form.

use reqwest::{Method, StatusCode};
use sipas::routes::{Right, TABLE};

use crate::support::{Server, field, on_both, person};

fn concrete(path: &str) -> String {
    path.replace("{survey}", "trial")
        .replace("{id}", "trial")
        .replace("{v}", "1")
        .replace("{name}", "sipas.css")
        .replace("{form}", "AAAA-BBBB-CCCC")
}

async fn status(s: &Server, client: &reqwest::Client, method: &str, path: &str) -> (StatusCode, Option<String>) {
    let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
    let request = client.request(method.clone(), s.url(path));
    let request = if method == Method::POST { request.form(&[("csrf", "forged")]) } else { request };
    let answer = request.send().await.unwrap();
    let to = answer.headers().get("location").map(|v| v.to_str().unwrap().to_owned());
    (answer.status(), to)
}

on_both! {
    async fn every_route_keeps_its_right(s: Server) {
        let code = s.address("trial", None).trim_start_matches("/s/").to_owned();
        let nobody = person();
        for route in TABLE {
            let path = concrete(route.path).replace("{code}", &code);
            let (status, to) = status(&s, &nobody, route.method, &path).await;
            let led_to_sign_in = status == StatusCode::SEE_OTHER && to.is_some_and(|t| t.starts_with("/signin?next="));
            match route.right {
                Right::Public => assert!(!led_to_sign_in && status != StatusCode::UNAUTHORIZED, "{} {path}: {status}", route.method),
                _ if path.starts_with("/api/") => assert_eq!(status, StatusCode::UNAUTHORIZED, "{path}"),
                _ => assert!(led_to_sign_in, "{} {path}: {status}", route.method),
            }
        }

        let one_time = s.db.write_now(|c| sipas::accounts::store::add_administrator(c, "moi", chrono::Utc::now().naive_utc())).unwrap();
        let newcomer = person();
        let signed_in = newcomer.post(s.url("/signin")).form(&[("name", "moi"), ("password", &one_time)]).send().await.unwrap();
        assert_eq!(signed_in.status(), StatusCode::SEE_OTHER);
        for route in TABLE.iter().filter(|r| !matches!(r.right, Right::Public | Right::Results | Right::SignedIn)) {
            let (status, to) = status(&s, &newcomer, route.method, &concrete(route.path)).await;
            let expected = (StatusCode::SEE_OTHER, Some("/account/password".to_owned()));
            assert_eq!((status, to), expected, "{} with a one-time password", route.path);
        }

        s.sign_in().await;
        for route in TABLE.iter().filter(|r| r.right != Right::Public) {
            let (status, _) = status(&s, &s.client, route.method, &concrete(route.path)).await;
            let expected = if route.method == "post" { StatusCode::FORBIDDEN } else { StatusCode::OK };
            assert_eq!(status, expected, "{} {}: a form without the session's token is forged", route.method, route.path);
        }
    }
}

on_both! {
    async fn published_results_are_for_everybody_and_withdrawn_ones_for_nobody(s: Server) {
        use sipas::surveys::model::Step;
        for step in [Step::Close, Step::Publish] {
            crate::support::take(&s.db, "trial", step);
        }
        for path in ["/reports/trial", "/reports/trial/table.csv", "/api/v1/surveys/trial/estimates"] {
            assert_eq!(s.get(path).await.status(), StatusCode::OK, "{path}");
        }
        crate::support::take(&s.db, "trial", Step::Close);
        assert_eq!(s.get("/reports/trial").await.status(), StatusCode::SEE_OTHER);
    }
}

on_both! {
    async fn every_answer_carries_the_protecting_headers(s: Server) {
        for path in ["/", "/nowhere", "/api/v1/surveys", "/static/sipas.css"] {
            let answer = s.get(path).await;
            assert!(answer.headers()["content-security-policy"].to_str().unwrap().contains("default-src 'none'"), "{path}");
            assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
        }
        let page = s.page("/signin").await;
        assert!(field(&page, "next").is_some());
    }
}
