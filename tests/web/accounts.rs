//! `/signin`, `/signout`, `/account/password`

use reqwest::StatusCode;

use crate::support::{Server, field, on_both, person};

on_both! {
    async fn a_one_time_password_must_be_replaced_and_then_no_longer_fits(s: Server) {
        let one_time = s.db.write_now(|c| sipas::accounts::store::add_administrator(c, "lan", chrono::Utc::now().naive_utc())).unwrap();
        let wrong = s.post_form("/signin", &[("name", "lan"), ("password", "sai")]).await;
        assert_eq!(wrong.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let nobody = s.post_form("/signin", &[("name", "ai"), ("password", &one_time)]).await;
        assert_eq!(nobody.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert!(s.post_form("/signin", &[("name", "lan"), ("password", &one_time)]).await.headers().contains_key("set-cookie"));
        assert_eq!(s.get("/admin").await.headers()["location"], "/account/password");

        let csrf = field(&s.page("/account/password").await, "csrf").unwrap();
        let good = "mười hai ký tự";
        for (current, chosen, repeated) in [("sai", good, good), (&one_time, "ngắn", "ngắn"), (&one_time, good, "khác hẳn đi nhé"), (&one_time, &one_time, &one_time)] {
            let fields = [("csrf", csrf.as_str()), ("current", current), ("chosen", chosen), ("repeated", repeated)];
            assert_eq!(s.post_form("/account/password", &fields).await.status(), StatusCode::UNPROCESSABLE_ENTITY, "{chosen}");
        }
        let fields = [("csrf", csrf.as_str()), ("current", &one_time), ("chosen", good), ("repeated", good)];
        assert_eq!(s.post_form("/account/password", &fields).await.status(), StatusCode::SEE_OTHER);
        assert_eq!(s.get("/admin").await.status(), StatusCode::OK);
        assert_eq!(s.post_form("/signin", &[("name", "lan"), ("password", &one_time)]).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    }
}

on_both! {
    async fn signing_out_ends_the_session_everywhere(s: Server) {
        s.sign_in().await;
        let page = s.page("/admin").await;
        let csrf = field(&page, "csrf").unwrap();
        assert_eq!(s.post_form("/signout", &[("csrf", &csrf)]).await.status(), StatusCode::SEE_OTHER);
        assert_eq!(s.get("/admin").await.status(), StatusCode::SEE_OTHER);
    }
}

on_both! {
    async fn after_signing_in_nobody_is_led_to_another_site(s: Server) {
        let one_time = s.db.write_now(|c| sipas::accounts::store::add_administrator(c, "lan", chrono::Utc::now().naive_utc())).unwrap();
        for next in ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", ""] {
            let answer = person().post(s.url("/signin")).form(&[("name", "lan"), ("password", &one_time), ("next", next)]).send().await.unwrap();
            assert_eq!(answer.headers()["location"], "/admin", "{next:?}");
        }
        let cookie = s.post_form("/signin", &[("name", "lan"), ("password", &one_time), ("next", "/reports/trial?sort=n")]).await;
        assert_eq!(cookie.headers()["location"], "/reports/trial?sort=n");
        let set = cookie.headers()["set-cookie"].to_str().unwrap();
        assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax"), "{set}");
    }
}

#[test]
fn the_command_line_makes_users_and_resets_passwords() {
    use crate::support::process;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().display().to_string();
    let (code, first, _) = process::run(&["user", "create", "lan", "--data", &data]);
    assert_eq!((code, first.trim().len()), (0, 19));
    let (code, _, said) = process::run(&["user", "create", "lan", "--data", &data]);
    assert!(code == 1 && said.contains("sipas user reset lan"), "{said}");
    let (code, second, _) = process::run(&["user", "reset", "lan", "--data", &data]);
    assert!(code == 0 && first != second);
    assert_eq!(process::run(&["user", "reset", "ai", "--data", &data]).0, 1);
    assert_eq!(process::run(&["user", "paint"]).0, 2);
}
