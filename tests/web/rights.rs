//! Walks the table of routes: every route × every role × a branch that covers the survey and one that does not. Who may do what is written down here once
//! more, so that a slip in the program's own table is noticed.

use std::collections::BTreeSet;

use reqwest::{Client, Method, StatusCode};
use sipas::accounts::{Grant, Role};
use sipas::routes::{Right, Route, TABLE};

use crate::support::{Server, field, on_both, person};

/// The path with something in each place of a parameter.
fn concrete(path: &str, code: &str) -> String {
    let path = path.replace("{survey}", "trial").replace("{code}", code).replace("{name}", "sipas.css").replace("{v}", "1");
    let path = path
        .replace("{form}", "AAAA-BBBB-CCCC")
        .replace("{person}", "1")
        .replace("{key}", "999")
        .replace("{draft}", "1")
        .replace("{value}", "1")
        .replace("{chart}", "units.svg")
        .replace("{file}", "report.docx");
    let mut out = String::new();
    let mut rest = path.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        out.push_str("trial");
        rest = after.split_once('}').unwrap().1;
    }
    out + rest
}

/// Sends what the route takes; a form carries this token and a step that goes nowhere.
async fn visit(s: &Server, client: &Client, method: &str, path: &str, csrf: &str) -> (StatusCode, Option<String>) {
    let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
    let request = client.request(method.clone(), s.url(path));
    let upload =
        ["/admin/questionnaires/import", "/admin/questionnaires/take", "/admin/indices/import", "/admin/boundaries"].contains(&path);
    let request = if method == Method::POST && upload {
        request.multipart(reqwest::multipart::Form::new().text("csrf", csrf.to_owned()))
    } else if method == Method::POST {
        request.form(&[("csrf", csrf), ("step", "publish"), ("sure", "yes")])
    } else {
        request
    };
    let answer = request.send().await.unwrap();
    let to = answer.headers().get("location").map(|v| v.to_str().unwrap().to_owned());
    (answer.status(), to)
}

fn code_of(s: &Server) -> String {
    s.address("trial", None).trim_start_matches("/s/").to_owned()
}

/// Whether somebody with this role may use the route; `covers` says whether the role's branch covers all units of the survey.
fn allowed(route: &Route, role: Role, covers: bool) -> bool {
    use Role::{Administrator, Analyst, Designer, Leader, Reviewer, SurveyManager};
    match route.right {
        Right::Public | Right::SignedIn => true,
        _ if role == Administrator => true,
        Right::Results => matches!(role, SurveyManager | Analyst | Leader) && covers,
        Right::Administrator => false,
        Right::DraftReader => matches!(role, Designer | Reviewer),
        Right::Designer => role == Designer,
        Right::Reviewer => role == Reviewer,
        Right::SurveyManager => role == SurveyManager && (covers || !route.path.contains("{survey}")),
        Right::Analyst => role == Analyst && (covers || !route.path.contains("{survey}")),
        Right::ResultsReader => matches!(role, SurveyManager | Analyst | Leader) && (covers || !route.path.contains("{survey}")),
        Right::Signatory => role == Leader && (covers || !route.path.contains("{survey}")),
    }
}

/// Everybody there can be: a role, its branch, and whether that covers the units of the survey `trial`, which are below C.
fn everybody() -> Vec<(Role, Option<&'static str>, bool)> {
    let mut all = Vec::new();
    for role in Role::ALL.iter().copied() {
        all.push((role, None, true));
        if role.can_be_limited() {
            all.extend([(role, Some("C"), true), (role, Some("W1"), false), (role, Some("D1"), false)]);
        }
    }
    all
}

on_both! {
    async fn every_route_lets_in_who_may_and_nobody_else(s: Server) {
        let code = code_of(&s);
        // Signing out comes last: it ends the session that the others need.
        let mut routes: Vec<&Route> = TABLE.iter().collect();
        routes.sort_by_key(|r| r.path == "/signout");
        let (mut let_in, mut refused) = (0, 0);
        for (n, (role, branch, covers)) in everybody().into_iter().enumerate() {
            let grant = Grant { role, branch: branch.map(str::to_owned) };
            let client = s.person_with(&format!("person{n}"), &[grant]).await;
            let csrf = s.csrf(&client).await;
            for route in &routes {
                let (status, to) = visit(&s, &client, route.method, &concrete(route.path, &code), &csrf).await;
                let who = format!("{role} in {branch:?}: {} {}: {status} {to:?}", route.method, route.path);
                assert!(!to.is_some_and(|t| t.starts_with("/signin?next=")) && status != StatusCode::UNAUTHORIZED, "{who}");
                assert_eq!(status == StatusCode::FORBIDDEN, !allowed(route, role, covers), "{who}");
                assert!(!status.is_server_error(), "{who}");
                if allowed(route, role, covers) { let_in += 1 } else { refused += 1 }
            }
        }
        assert!(let_in > 100 && refused > 100, "{let_in} {refused}");
    }
}

on_both! {
    async fn nobody_gets_past_a_right_nor_does_a_one_time_password_or_a_forged_form(s: Server) {
        let code = code_of(&s);
        let nobody = person();
        for route in TABLE {
            let path = concrete(route.path, &code);
            let (status, to) = visit(&s, &nobody, route.method, &path, "forged").await;
            let led_to_sign_in = status == StatusCode::SEE_OTHER && to.is_some_and(|t| t.starts_with("/signin?next="));
            match route.right {
                Right::Public => assert!(!led_to_sign_in && status != StatusCode::UNAUTHORIZED, "{} {path}: {status}", route.method),
                _ if path.starts_with("/api/") => assert_eq!(status, StatusCode::UNAUTHORIZED, "{path}"),
                _ => assert!(led_to_sign_in, "{} {path}: {status}", route.method),
            }
        }

        let one_time = s.db.write_now(|c| sipas::accounts::people::add_administrator(c, "moi", chrono::Utc::now().naive_utc())).unwrap();
        let newcomer = person();
        assert_eq!(s.signs_in(&newcomer, "moi", &one_time).await, StatusCode::SEE_OTHER);
        let csrf = s.csrf(&newcomer).await;
        for route in TABLE.iter().filter(|r| !matches!(r.right, Right::Public | Right::Results | Right::SignedIn)) {
            let (status, to) = visit(&s, &newcomer, route.method, &concrete(route.path, &code), &csrf).await;
            let expected = if route.path.starts_with("/api/") { (StatusCode::FORBIDDEN, None) } else { (StatusCode::SEE_OTHER, Some("/account/password".to_owned())) };
            assert_eq!((status, to), expected, "{} with a one-time password", route.path);
        }

        s.sign_in().await;
        // The form of a trial stores nothing, so it needs no token; it is the citizen's own form.
        let stores = |r: &&Route| r.method == "post" && !r.path.starts_with("/api/") && !r.path.ends_with("/try");
        for route in TABLE.iter().filter(|r| r.right != Right::Public).filter(stores) {
            let (status, _) = visit(&s, &s.client, route.method, &concrete(route.path, &code), "forged").await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{}: a form without the session's token is forged", route.path);
        }
    }
}

on_both! {
    async fn nothing_answers_that_the_table_does_not_name(s: Server) {
        s.sign_in().await;
        let code = code_of(&s);
        let paths: BTreeSet<String> = TABLE.iter().map(|r| concrete(r.path, &code)).collect();
        for path in paths {
            for method in ["get", "post", "put", "delete", "patch", "options"] {
                if !TABLE.iter().any(|r| r.method == method && fits(r.path, &path)) {
                    let (status, _) = visit(&s, &s.client, method, &path, "forged").await;
                    assert!(matches!(status, StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED), "{method} {path}: {status}");
                }
            }
        }
    }
}

/// Whether a path of the table answers this address.
fn fits(pattern: &str, path: &str) -> bool {
    let same = |(pattern, part): (&str, &str)| pattern.starts_with('{') || pattern == part;
    pattern.split('/').count() == path.split('/').count() && pattern.split('/').zip(path.split('/')).all(same)
}

/// Routes are registered by the table alone.
#[test]
fn no_source_file_but_the_table_registers_a_route() {
    fn walk(folder: &std::path::Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                if [".route(", ".service(", "web::resource(", "web::scope("].iter().any(|call| text.contains(call)) {
                    found.push(path.file_name().unwrap().to_string_lossy().into_owned());
                }
            }
        }
    }
    let mut found = Vec::new();
    walk(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    assert_eq!(found, ["routes.rs"]);
}

on_both! {
    async fn a_manager_sees_and_leads_only_surveys_that_the_branch_covers_whole(s: Server) {
        let manager = |branch: &str| [Grant::within(Role::SurveyManager, branch).unwrap()];
        let city = s.person_with("city", &manager("C")).await;
        let ward = s.person_with("ward", &manager("W1")).await;
        let three = ["W1", "W2", "X1"].map(|branch| Grant::within(Role::SurveyManager, branch).unwrap());
        let parts = s.person_with("parts", &three).await;
        for (client, sees) in [(&city, true), (&ward, false), (&parts, true)] {
            let page = client.get(s.url("/admin")).send().await.unwrap().text().await.unwrap();
            assert_eq!(page.contains("/admin/surveys/trial"), sees);
            let step = s.send(client, "/admin/surveys/trial/steps", &[("step", "close"), ("sure", "yes")]).await;
            assert_eq!(step.status(), if sees { StatusCode::SEE_OTHER } else { StatusCode::FORBIDDEN });
            if sees {
                crate::support::take(&s.db, "trial", sipas::surveys::model::Step::Open);
            }
        }
        // The unit moves to another branch: what was covered no longer is, without a restart.
        let head = "code,name_vi,name_en,kind,parent,valid_from,valid_to,population,transactions\n";
        let moved = sipas::units::list::read(&format!("{head}D1,Sở,Department,department,,2020-01-01,,,\nW2,Phường Hai,Ward Two,ward,D1,2020-01-01,,60000,500\n")).unwrap();
        s.db.write_now(|c| sipas::units::store::put(c, &moved)).unwrap();
        assert_eq!(city.get(s.url("/admin/surveys/trial")).send().await.unwrap().status(), StatusCode::FORBIDDEN);
        assert_eq!(city.get(s.url("/reports/trial")).send().await.unwrap().status(), StatusCode::FORBIDDEN);
    }
}

on_both! {
    async fn drafts_are_listed_only_for_who_leads_them(s: Server) {
        crate::support::new_survey(&s.db, "secret", "trial", "1", "[open]", "base");
        let grants = |role, branch: &str| [Grant::within(role, branch).unwrap()];
        let city = s.person_with("city", &grants(Role::SurveyManager, "C")).await;
        let ward = s.person_with("ward", &grants(Role::SurveyManager, "W1")).await;
        let leader = s.person_with("leader", &grants(Role::Leader, "C")).await;
        for (client, sees) in [(&city, true), (&ward, false), (&leader, false), (&person(), false)] {
            let list = client.get(s.url("/api/v1/surveys")).send().await.unwrap().text().await.unwrap();
            assert_eq!(list.contains("\"secret\""), sees);
            let one = client.get(s.url("/api/v1/surveys/secret")).send().await.unwrap().status();
            assert_eq!(one == StatusCode::OK, sees, "{one}");
            assert!(!client.get(s.url("/")).send().await.unwrap().text().await.unwrap().contains("secret"));
        }
    }
}

on_both! {
    async fn a_limited_administrator_written_behind_the_programs_back_has_no_right(s: Server) {
        let forged = s.person_with("forged", &[Grant { role: Role::Administrator, branch: Some("C".to_owned()) }]).await;
        for path in ["/admin", "/admin/people", "/admin/audit"] {
            assert_eq!(forged.get(s.url(path)).send().await.unwrap().status(), StatusCode::FORBIDDEN, "{path}");
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
