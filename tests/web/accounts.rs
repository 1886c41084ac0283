//! `/signin`, `/signout`, `/account/password`

use reqwest::StatusCode;

use crate::support::{Server, field, on_both, person};

on_both! {
    async fn a_one_time_password_must_be_replaced_and_then_no_longer_fits(s: Server) {
        let one_time = s.db.write_now(|c| sipas::accounts::people::add_administrator(c, "lan", chrono::Utc::now().naive_utc())).unwrap();
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
        let one_time = s.db.write_now(|c| sipas::accounts::people::add_administrator(c, "lan", chrono::Utc::now().naive_utc())).unwrap();
        for next in ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", ""] {
            let answer = person().post(s.url("/signin")).form(&[("name", "lan"), ("password", &one_time), ("next", next)]).send().await.unwrap();
            assert_eq!(answer.headers()["location"], "/account/password", "{next:?}");
        }
        let cookie = s.post_form("/signin", &[("name", "lan"), ("password", &one_time), ("next", "/reports/trial?sort=n")]).await;
        assert_eq!(cookie.headers()["location"], "/reports/trial?sort=n");
        let set = cookie.headers()["set-cookie"].to_str().unwrap();
        assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax"), "{set}");
    }
}

on_both! {
    async fn guessing_becomes_slow_but_the_owner_still_signs_in_where_she_did_before(s: Server) {
        use crate::support::PASSWORD;
        let owner = s.person_with("mai", &[]).await;
        let attacker = person();
        for _ in 0..6 {
            assert_eq!(s.signs_in(&attacker, "mai", "đoán").await, StatusCode::UNPROCESSABLE_ENTITY);
        }
        let answer = attacker.post(s.url("/signin")).form(&[("name", "mai"), ("password", PASSWORD)]).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS, "even the right password waits");
        let wait: u32 = answer.headers()["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=2).contains(&wait), "{wait}");
        assert!(answer.text().await.unwrap().contains("giây rồi đăng nhập lại"));
        assert_eq!(s.signs_in(&attacker, "mai@example.vn", PASSWORD).await, StatusCode::TOO_MANY_REQUESTS, "the address counts as the name");
        assert_eq!(s.signs_in(&owner, "mai", PASSWORD).await, StatusCode::SEE_OTHER, "a browser that is known does not wait");
        for _ in 0..6 {
            assert_eq!(s.signs_in(&owner, "mai", "đoán").await, StatusCode::UNPROCESSABLE_ENTITY);
        }
        assert_eq!(s.signs_in(&owner, "mai", PASSWORD).await, StatusCode::TOO_MANY_REQUESTS, "but does not guess without end either");
        s.add_person("hoa", &[]);
        assert_eq!(s.signs_in(&person(), "hoa", PASSWORD).await, StatusCode::SEE_OTHER, "others do not wait");
    }
}

on_both! {
    async fn names_that_do_not_exist_wait_as_those_that_do(s: Server) {
        let statuses = async |name: &'static str| {
            let mut all = Vec::new();
            for _ in 0..8 {
                all.push(s.signs_in(&person(), name, "đoán").await);
            }
            all
        };
        s.add_person("mai", &[]);
        assert_eq!(statuses("mai").await, statuses("nobody").await);
    }
}

on_both! {
    async fn one_network_cannot_try_one_password_on_every_name(s: Server) {
        let mut refused = 0;
        for n in 0..60 {
            refused += usize::from(s.signs_in(&person(), &format!("name{n}"), "mật khẩu thường gặp").await == StatusCode::TOO_MANY_REQUESTS);
        }
        assert!((1..=9).contains(&refused), "{refused}");
        // Nobody is believed to be a proxy unless named so.
        let elsewhere = person().post(s.url("/signin")).header("x-forwarded-for", "198.51.100.7").form(&[("name", "x"), ("password", "y")]);
        assert_eq!(elsewhere.send().await.unwrap().status(), StatusCode::TOO_MANY_REQUESTS);
    }
}

on_both! {
    async fn people_land_where_they_have_something_to_do(s: Server) {
        use sipas::accounts::{Grant, Role};
        for (name, role, to) in [("a1", Role::Administrator, "/admin"), ("d1", Role::Designer, "/admin/questionnaires"), ("m1", Role::SurveyManager, "/admin"), ("l1", Role::Leader, "/")] {
            s.add_person(name, &[Grant::everywhere(role)]);
            let answer = person().post(s.url("/signin")).form(&[("name", name), ("password", crate::support::PASSWORD)]).send().await.unwrap();
            assert_eq!(answer.headers()["location"], to, "{role}");
        }
    }
}

on_both! {
    async fn an_upload_without_the_sessions_token_first_is_refused(s: Server) {
        // No page takes uploads from everybody yet, so the extractor itself is asked.
        use actix_web::FromRequest;
        use sipas::accounts::{SignedUpload, Designer, Grant, Role};
        let designer = s.person_with("soan", &[Grant::everywhere(Role::Designer)]).await;
        let leader = s.person_with("lanh", &[Grant::everywhere(Role::Leader)]).await;
        let (csrf, others) = (s.csrf(&designer).await, s.csrf(&leader).await);
        let session = |name: &str| {
            let now = chrono::Utc::now().naive_utc();
            s.db.write_now(|c| {
                let id = sipas::accounts::store::person_named(c, name)?.id;
                sipas::accounts::tokens::store::start_session(c, id, "", now)
            }).unwrap()
        };
        let own = session("soan");
        let user = s.db.read_now(|c| sipas::accounts::tokens::store::by_session(c, &own, chrono::Utc::now().naive_utc())).unwrap().unwrap();
        let part = |name: &str, file: &str, text: &str| {
            let file = if file.is_empty() { String::new() } else { format!("; filename=\"{file}\"") };
            format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n{text}\r\n")
        };
        let ask = async |session: &str, body: String| {
            let request = actix_web::test::TestRequest::post()
                .app_data(actix_web::web::Data::new(s.db.clone()))
                .cookie(actix_web::cookie::Cookie::new("sipas_session", session.to_owned()))
                .insert_header(("content-type", "multipart/form-data; boundary=XX"))
                .set_payload(body + "--XX--\r\n");
            let (request, mut payload) = request.to_http_parts();
            SignedUpload::<Designer>::from_request(&request, &mut payload).await.map_err(|e| e.status().0)
        };
        let file = part("file", "../../etc/passwd.xlsx", "PK");
        let good = ask(&own, part("csrf", "", &user.csrf) + &part("title", "", "Phiếu") + &file + &part("empty", "", "")).await.ok().unwrap();
        assert_eq!((good.fields["title"].as_str(), good.files[0].bytes.as_slice(), good.user.name.as_str()), ("Phiếu", b"PK".as_slice(), "soan"));
        for forged in [part("csrf", "", &csrf), part("csrf", "", &others), file.clone() + &part("csrf", "", &user.csrf), part("title", "", &user.csrf), part("csrf", "", "")] {
            assert_eq!(ask(&own, forged + &file).await.err(), Some(403));
        }
        assert_eq!(ask(&session("lanh"), part("csrf", "", &others)).await.err(), Some(403), "another right");
        assert_eq!(ask("nothing", part("csrf", "", &csrf)).await.err(), Some(401));
        let huge = "x".repeat(8 * 1024 * 1024);
        assert_eq!(ask(&own, part("csrf", "", &user.csrf) + &part("file", "a", &huge)).await.err(), Some(413));
        let many: String = (0..101).map(|_| part("f", "", "")).collect();
        assert_eq!(ask(&own, part("csrf", "", &user.csrf) + &many).await.err(), Some(400));
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
