//! `/admin/people`, `/account`, `/forgot`, `/password/{token}`, API keys, `sipas user`

use reqwest::{Client, StatusCode};
use sipas::accounts::{Grant, Role, people, store};
use sipas::mail::model::Mail;

use crate::support::{PASSWORD, Server, field, on_both, person, process};

/// All mails, in the order they were written.
fn mails(s: &Server) -> Vec<Mail> {
    s.db.read_now(sipas::mail::store::all).unwrap()
}

/// The path of the one-time link in the newest mail.
fn link(s: &Server) -> String {
    let mail = mails(s).pop().expect("there is no mail");
    let at = mail.body_text.find("/password/").unwrap();
    mail.body_text[at..].split_whitespace().next().unwrap().to_owned()
}

async fn choose(s: &Server, client: &Client, link: &str, chosen: &str) -> reqwest::Response {
    client.post(s.url(link)).form(&[("chosen", chosen), ("repeated", chosen)]).send().await.unwrap()
}

fn id_of(s: &Server, name: &str) -> i64 {
    s.db.read_now(|c| store::person_named(c, name)).unwrap().id
}

fn grants(s: &Server, name: &str) -> Vec<Grant> {
    let id = id_of(s, name);
    s.db.read_now(|c| store::grants_of(c, id)).unwrap()
}

async fn status(s: &Server, client: &Client, path: &str) -> StatusCode {
    client.get(s.url(path)).send().await.unwrap().status()
}

const MAI: [(&str, &str); 5] =
    [("name", "Trần Mai"), ("mail", "Mai@Example.vn"), ("language", "vi"), ("role", "leader"), ("branch", "W1 Phường Một")];

on_both! {
    async fn an_invited_person_sets_a_password_by_the_link_in_the_mail_and_only_once(s: Server) {
        s.sign_in().await;
        assert_eq!(s.send(&s.client, "/admin/people", &MAI).await.status(), StatusCode::SEE_OTHER);
        let mail = mails(&s).pop().unwrap();
        assert_eq!((mail.to_address.as_str(), mail.to_name.as_str(), mail.message.as_str()), ("mai@example.vn", "Trần Mai", "invitation"));
        assert!(mail.body_text.contains("72") && mail.body_html.contains(&link(&s)));
        assert_eq!(grants(&s, "Trần Mai"), [Grant::within(Role::Leader, "W1").unwrap()]);
        let first = link(&s);

        let step = format!("/admin/people/{}", id_of(&s, "Trần Mai"));
        assert_eq!(s.send(&s.client, &step, &[("step", "link")]).await.status(), StatusCode::SEE_OTHER);
        let mai = person();
        assert_eq!(status(&s, &mai, &first).await, StatusCode::GONE, "an older link no longer works");
        let link = link(&s);
        for _ in 0..2 {
            assert_eq!(status(&s, &mai, &link).await, StatusCode::OK, "looking does not use it up");
        }
        assert_eq!(s.signs_in(&mai, "Trần Mai", "").await, StatusCode::UNPROCESSABLE_ENTITY, "no password is no password");
        assert_eq!(choose(&s, &mai, &link, "ngắn").await.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let chosen = choose(&s, &mai, &link, PASSWORD).await;
        assert_eq!((chosen.status(), chosen.headers()["location"].to_str().unwrap()), (StatusCode::SEE_OTHER, "/"));
        assert_eq!(status(&s, &mai, "/account").await, StatusCode::OK, "and is signed in");
        assert_eq!(choose(&s, &person(), &link, "mật khẩu của người khác").await.status(), StatusCode::GONE);
        assert_eq!(s.signs_in(&person(), "mai@example.vn", PASSWORD).await, StatusCode::SEE_OTHER, "the address serves as a name");
        assert!(s.page("/admin/people").await.contains("mai@example.vn"));
    }
}

on_both! {
    async fn a_link_ends_with_its_time(s: Server) {
        use sipas::accounts::tokens::{Purpose, store as tokens};
        let id = s.add_person("mai", &[]);
        for (purpose, hours) in [(Purpose::Invitation, 72), (Purpose::Reset, 1)] {
            for (minutes, works) in [(hours * 60 - 1, true), (hours * 60 + 1, false)] {
                let made = chrono::Utc::now().naive_utc() - chrono::Duration::minutes(minutes);
                let token = s.db.write_now(|c| tokens::new_link(c, id, purpose, made)).unwrap();
                let expected = if works { StatusCode::OK } else { StatusCode::GONE };
                assert_eq!(status(&s, &person(), &format!("/password/{token}")).await, expected, "{purpose} {minutes}");
                let set = choose(&s, &person(), &format!("/password/{token}"), "một mật khẩu khác hẳn").await.status();
                assert_eq!(set == StatusCode::SEE_OTHER, works);
            }
        }
    }
}

on_both! {
    async fn who_forgot_a_password_is_answered_the_same_whether_or_not_there_is_such_a_person(s: Server) {
        let id = s.add_person("mai", &[]);
        let elsewhere = person();
        assert_eq!(s.signs_in(&elsewhere, "mai", PASSWORD).await, StatusCode::SEE_OTHER);
        let mut answers = Vec::new();
        for name in ["mai", "mai@example.vn", "nobody", "nobody@example.vn"] {
            let began = std::time::Instant::now();
            let answer = person().post(s.url("/forgot")).form(&[("name", name)]).send().await.unwrap();
            assert!(began.elapsed().as_millis() >= 400, "{name}: an answer that is too quick tells something");
            answers.push((answer.status(), answer.text().await.unwrap()));
        }
        assert!(answers.iter().all(|a| a == &answers[0] && a.0 == StatusCode::OK));
        assert_eq!(mails(&s).iter().map(|m| m.to_address.as_str()).collect::<Vec<_>>(), ["mai@example.vn"; 2]);

        let chosen = "một mật khẩu mới tinh";
        let client = person();
        assert_eq!(choose(&s, &client, &link(&s), chosen).await.status(), StatusCode::SEE_OTHER);
        assert_eq!(status(&s, &elsewhere, "/account").await, StatusCode::SEE_OTHER, "a new password ends other sessions");
        assert_eq!(s.signs_in(&person(), "mai", PASSWORD).await, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(s.signs_in(&person(), "mai", chosen).await, StatusCode::SEE_OTHER);

        s.db.write_now(|c| store::set_disabled(c, id, true)).unwrap();
        let before = mails(&s).len();
        person().post(s.url("/forgot")).form(&[("name", "mai")]).send().await.unwrap();
        assert_eq!(mails(&s).len(), before, "who is disabled gets no link");
    }
}

on_both! {
    async fn nobody_is_flooded_with_mails_by_a_stranger(s: Server) {
        s.add_person("mai", &[]);
        let mut statuses = Vec::new();
        for _ in 0..5 {
            let answer = person().post(s.url("/forgot")).form(&[("name", "mai")]).send().await.unwrap();
            if answer.status() == StatusCode::TOO_MANY_REQUESTS {
                assert!(answer.headers().contains_key("retry-after"));
            }
            statuses.push(answer.status());
        }
        assert_eq!(statuses.last(), Some(&StatusCode::TOO_MANY_REQUESTS), "{statuses:?}");
        assert_eq!(mails(&s).len(), 4);
    }
}

on_both! {
    async fn links_in_mails_lead_to_our_address_whatever_host_the_request_names(s: Server) {
        s.add_person("mai", &[]);
        let asked = person().post(s.url("/forgot")).header("host", "evil.example").header("x-forwarded-host", "evil.example").form(&[("name", "mai")]);
        asked.send().await.unwrap();
        let mail = mails(&s).pop().unwrap();
        assert!(mail.body_text.contains("http://127.0.0.1:8080/password/") && !mail.body_text.contains("evil"), "{}", mail.body_text);
    }
}

on_both! {
    async fn the_last_administrator_stays(s: Server) {
        s.sign_in().await;
        let own = format!("/admin/people/{}", id_of(&s, "lan"));
        let steps: [&[(&str, &str)]; 2] = [&[("step", "disable")], &[("step", "revoke"), ("role", "administrator"), ("branch", "")]];
        for step in steps {
            let answer = s.send(&s.client, &own, step).await;
            assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY);
            assert!(answer.text().await.unwrap().contains("người quản trị cuối cùng"));
        }
        // One who was only invited cannot sign in yet, so does not count.
        let invited = [("name", "Bình"), ("mail", "binh@example.vn"), ("role", "administrator")];
        assert_eq!(s.send(&s.client, "/admin/people", &invited).await.status(), StatusCode::SEE_OTHER);
        assert_eq!(s.send(&s.client, &own, steps[0]).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(choose(&s, &person(), &link(&s), PASSWORD).await.status(), StatusCode::SEE_OTHER);
        let other = format!("/admin/people/{}", id_of(&s, "Bình"));
        assert_eq!(s.send(&s.client, &other, steps[1]).await.status(), StatusCode::SEE_OTHER, "one of two may go");
        assert_eq!(s.send(&s.client, &own, steps[1]).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
    }
}

/// Two administrators who disable each other in the same moment: one of them stays.
#[test]
fn of_two_administrators_who_disable_each_other_at_once_one_stays() {
    for database in [crate::support::Database::sqlite(), crate::support::Database::postgres()] {
        let db = database.filled();
        let now = chrono::Utc::now().naive_utc();
        for name in ["lan", "mai"] {
            db.write_now(|c| people::add_administrator(c, name, now)).unwrap();
        }
        let id = |name: &str| db.read_now(|c| store::person_named(c, name)).unwrap().id;
        let (lan, mai) = (id("lan"), id("mai"));
        let start = std::sync::Barrier::new(2);
        let disable = |whom: i64| {
            start.wait();
            db.write_now(|c| people::disable(c, &sipas::audit::CommandLine, whom)).is_ok()
        };
        let done = std::thread::scope(|scope| {
            let threads = [scope.spawn(|| disable(lan)), scope.spawn(|| disable(mai))];
            threads.map(|t| t.join().unwrap())
        });
        assert_eq!(done.iter().filter(|d| **d).count(), 1, "{:?}", db.kind());
        assert_eq!(db.read_now(store::active_administrators).unwrap(), 1);
    }
}

on_both! {
    async fn roles_are_given_and_taken_and_hold_at_once(s: Server) {
        s.sign_in().await;
        let mai = s.person_with("mai", &[]).await;
        let page = format!("/admin/people/{}", id_of(&s, "mai"));
        assert_eq!(status(&s, &mai, "/reports/trial").await, StatusCode::FORBIDDEN);
        assert_eq!(s.send(&s.client, &page, &[("step", "grant"), ("role", "leader"), ("branch", "C")]).await.status(), StatusCode::SEE_OTHER);
        assert_eq!(status(&s, &mai, "/reports/trial").await, StatusCode::OK);
        assert!(s.page(&page).await.contains("Lãnh đạo – Thành phố (C)"));
        assert_eq!(s.send(&s.client, &page, &[("step", "revoke"), ("role", "leader"), ("branch", "C")]).await.status(), StatusCode::SEE_OTHER);
        assert_eq!(status(&s, &mai, "/reports/trial").await, StatusCode::FORBIDDEN);
        for (role, branch, expected) in [
            ("leader", "X9", StatusCode::UNPROCESSABLE_ENTITY),
            ("administrator", "C", StatusCode::UNPROCESSABLE_ENTITY),
            ("designer", "C", StatusCode::UNPROCESSABLE_ENTITY),
            ("emperor", "", StatusCode::BAD_REQUEST),
        ] {
            let answer = s.send(&s.client, &page, &[("step", "grant"), ("role", role), ("branch", branch)]).await;
            assert_eq!(answer.status(), expected, "{role} {branch}");
        }
        assert!(grants(&s, "mai").is_empty());
    }
}

on_both! {
    async fn who_is_disabled_is_out_at_once_and_comes_back_with_the_same_password(s: Server) {
        s.sign_in().await;
        let mai = s.person_with("mai", &[Grant::everywhere(Role::Leader)]).await;
        let key = new_key(&s, &mai, "máy tính").await;
        let page = format!("/admin/people/{}", id_of(&s, "mai"));
        assert_eq!(s.send(&s.client, &page, &[("step", "disable")]).await.status(), StatusCode::SEE_OTHER);
        assert_eq!(status(&s, &mai, "/account").await, StatusCode::SEE_OTHER);
        assert_eq!(with_key(&s, &key, "/reports/trial").await, StatusCode::SEE_OTHER);
        assert_eq!(s.signs_in(&mai, "mai", PASSWORD).await, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(s.send(&s.client, &page, &[("step", "link")]).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(s.send(&s.client, &page, &[("step", "enable")]).await.status(), StatusCode::SEE_OTHER);
        assert_eq!(s.signs_in(&mai, "mai", PASSWORD).await, StatusCode::SEE_OTHER);
        assert_eq!(with_key(&s, &key, "/reports/trial").await, StatusCode::OK);
    }
}

on_both! {
    async fn a_wrong_invitation_says_what_is_wrong_and_keeps_what_was_typed(s: Server) {
        s.sign_in().await;
        assert_eq!(s.send(&s.client, "/admin/people", &MAI).await.status(), StatusCode::SEE_OTHER);
        for (name, mail, role, branch, says) in [
            ("Trần Mai", "other@example.vn", "leader", "", "Tên đăng nhập này đã có"),
            ("Trần Mai Hai", "mai@example.vn", "leader", "", "của người khác"),
            ("<script>x", "x@example.vn", "leader", "", "Tên đăng nhập có từ 2 đến 60"),
            ("Hồng", "hong at example", "leader", "", "Địa chỉ thư điện tử không đúng"),
            ("Hồng", "hong@example.vn", "leader", "Z9", "Không có đơn vị nào"),
            ("Hồng", "hong@example.vn", "administrator", "W1", "chỉ giao cho toàn bộ"),
        ] {
            let answer = s.send(&s.client, "/admin/people", &[("name", name), ("mail", mail), ("role", role), ("branch", branch)]).await;
            assert_eq!(answer.status(), StatusCode::UNPROCESSABLE_ENTITY, "{name} {mail}");
            let page = answer.text().await.unwrap();
            assert!(page.contains(says), "{name} {mail} {branch}");
            assert_eq!(field(&page, "mail").as_deref(), Some(mail));
            assert!(!page.contains("<script>"));
        }
        assert_eq!(mails(&s).len(), 1, "nothing was sent, and nobody added");
        assert!(!s.page("/admin/people").await.contains("hong@"));
    }
}

on_both! {
    async fn changing_the_address_voids_the_link_that_went_to_the_old_one(s: Server) {
        s.sign_in().await;
        assert_eq!(s.send(&s.client, "/admin/people", &MAI).await.status(), StatusCode::SEE_OTHER);
        let old = link(&s);
        let page = format!("/admin/people/{}", id_of(&s, "Trần Mai"));
        assert_eq!(s.send(&s.client, &page, &[("step", "mail"), ("mail", "new@example.vn")]).await.status(), StatusCode::SEE_OTHER);
        assert_eq!(status(&s, &person(), &old).await, StatusCode::GONE);
        assert_eq!(s.send(&s.client, &page, &[("step", "link")]).await.status(), StatusCode::SEE_OTHER);
        assert_eq!(mails(&s).pop().unwrap().to_address, "new@example.vn");
    }
}

on_both! {
    async fn sessions_are_listed_and_ended_one_by_one_or_all_others(s: Server) {
        s.add_person("mai", &[]);
        let browsers = [
            "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
            "<b>odd</b>",
        ];
        let mut clients = Vec::new();
        for agent in browsers {
            let client = Client::builder().cookie_store(true).redirect(reqwest::redirect::Policy::none()).user_agent(agent).build().unwrap();
            assert_eq!(s.signs_in(&client, "mai", PASSWORD).await, StatusCode::SEE_OTHER);
            clients.push(client);
        }
        let page = clients[0].get(s.url("/account")).send().await.unwrap().text().await.unwrap();
        assert!(page.contains("Firefox, Linux") && page.contains("Chrome, Windows") && page.contains("Trình duyệt không rõ") && !page.contains("<b>odd"));
        assert_eq!(page.matches("phiên này").count(), 1);
        let others: Vec<&str> = page.match_indices("name=\"session\" value=\"").map(|(at, m)| page[at + m.len()..].split('"').next().unwrap()).collect();
        assert_eq!(others.len(), 3, "two others, and all others: {others:?}");
        let one = others.iter().find(|name| **name != "others").unwrap();
        assert_eq!(s.send(&clients[0], "/account/sessions", &[("session", one)]).await.status(), StatusCode::SEE_OTHER);
        let mut alive = 0;
        for client in &clients {
            alive += usize::from(status(&s, client, "/account").await == StatusCode::OK);
        }
        assert_eq!(alive, 2);
        let stranger = s.person_with("stranger", &[]).await;
        let (id, now) = (id_of(&s, "mai"), chrono::Utc::now().naive_utc());
        let others = s.db.read_now(|c| sipas::accounts::tokens::store::sessions_of(c, id, now)).unwrap();
        for session in &others {
            assert_eq!(s.send(&stranger, "/account/sessions", &[("session", &session.name)]).await.status(), StatusCode::NOT_FOUND, "another's session");
        }
        assert_eq!(s.send(&clients[0], "/account/sessions", &[("session", "others")]).await.status(), StatusCode::SEE_OTHER);
        assert_eq!(status(&s, &clients[0], "/account").await, StatusCode::OK);
        assert_eq!(status(&s, &clients[1], "/account").await, StatusCode::SEE_OTHER);
        assert_eq!(status(&s, &clients[2], "/account").await, StatusCode::SEE_OTHER);
    }
}

/// Makes an API key and reads it from the one page that shows it.
async fn new_key(s: &Server, client: &Client, name: &str) -> String {
    let answer = s.send(client, "/account/keys", &[("name", name), ("days", "30")]).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let page = answer.text().await.unwrap();
    let at = page.find("sipas_").expect("the key is shown");
    page[at..].split('<').next().unwrap().to_owned()
}

async fn with_key(s: &Server, key: &str, path: &str) -> StatusCode {
    person().get(s.url(path)).header("Authorization", format!("Bearer {key}")).send().await.unwrap().status()
}

on_both! {
    async fn an_api_key_carries_its_owners_rights_and_no_more(s: Server) {
        let mai = s.person_with("mai", &[Grant::within(Role::Analyst, "C").unwrap()]).await;
        let key = new_key(&s, &mai, "số liệu tuần").await;
        assert_eq!(key.len(), 6 + 64);
        let page = mai.get(s.url("/account")).send().await.unwrap().text().await.unwrap();
        assert!(page.contains("số liệu tuần") && !page.contains(&key), "it is shown once");
        assert_eq!(with_key(&s, &key, "/api/v1/surveys/trial/estimates").await, StatusCode::OK);
        assert_eq!(with_key(&s, &key, "/admin").await, StatusCode::FORBIDDEN);
        assert_eq!(with_key(&s, "sipas_wrong", "/api/v1/surveys/trial/estimates").await, StatusCode::UNAUTHORIZED);
        assert_eq!(with_key(&s, "sipas_wrong", "/api/v1/surveys").await, StatusCode::UNAUTHORIZED, "a wrong key is not taken for nobody");
        let form = person().post(s.url("/account/keys")).header("Authorization", format!("Bearer {key}")).form(&[("csrf", ""), ("name", "x"), ("days", "1")]);
        assert_eq!(form.send().await.unwrap().status(), StatusCode::FORBIDDEN, "a key sends no forms, so makes no other keys");

        let id = id_of(&s, "mai");
        let row = s.db.read_now(|c| sipas::accounts::tokens::store::keys_of(c, id)).unwrap().pop().unwrap();
        let stranger = s.person_with("stranger", &[]).await;
        assert_eq!(s.send(&stranger, &format!("/account/keys/{}", row.id), &[]).await.status(), StatusCode::NOT_FOUND);
        s.db.write_now(|c| store::remove_grant(c, id, &Grant::within(Role::Analyst, "C").unwrap())).unwrap();
        assert_eq!(with_key(&s, &key, "/api/v1/surveys/trial/estimates").await, StatusCode::FORBIDDEN, "the role was taken away");
        assert_eq!(s.send(&mai, &format!("/account/keys/{}", row.id), &[]).await.status(), StatusCode::SEE_OTHER);
        assert_eq!(with_key(&s, &key, "/api/v1/surveys/trial/estimates").await, StatusCode::UNAUTHORIZED, "it was revoked");

        let now = chrono::Utc::now().naive_utc();
        let second = chrono::Duration::seconds(1);
        for (expires, works) in [(now - second, false), (now + second * 3600, true)] {
            let key = s.db.write_now(|c| sipas::accounts::tokens::store::new_key(c, id, "cũ", now, expires)).unwrap();
            assert_eq!(with_key(&s, &key, "/account").await == StatusCode::OK, works);
        }
        for (name, days) in [("", "30"), ("x", "0"), ("x", "367"), ("x", "nhiều"), ("x", "-1")] {
            assert_eq!(s.send(&mai, "/account/keys", &[("name", name), ("days", days)]).await.status(), StatusCode::UNPROCESSABLE_ENTITY, "{name:?} {days}");
        }
    }
}

on_both! {
    async fn what_opens_an_account_is_stored_only_as_a_digest(s: Server) {
        use diesel::prelude::*;
        use sipas::db::schema::{api_keys, password_links, sessions};
        let mai = s.person_with("mai", &[]).await;
        let key = new_key(&s, &mai, "k").await;
        person().post(s.url("/forgot")).form(&[("name", "mai")]).send().await.unwrap();
        let link = link(&s).replace("/password/", "");
        let stored: Vec<String> = s.db.read_now(|c| {
            let mut all: Vec<String> = sessions::table.select(sessions::token_digest).load(c)?;
            all.extend(api_keys::table.select(api_keys::key_digest).load::<String>(c)?);
            all.extend(password_links::table.select(password_links::token_digest).load::<String>(c)?);
            Ok(all)
        }).unwrap();
        assert_eq!(stored.len(), 3);
        for secret in [&key, &link] {
            assert!(!stored.contains(secret) && stored.contains(&sipas::accounts::password::digest(secret)));
        }
    }
}

#[test]
fn the_command_line_invites_lists_grants_and_disables() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().display().to_string();
    let user = |args: &[&str]| {
        let all: Vec<&str> = ["user"].iter().chain(args).copied().chain(["--data", &data]).collect();
        process::run(&all)
    };
    let units = folder.path().join("units.csv");
    std::fs::write(&units, include_str!("data/units.csv")).unwrap();
    assert_eq!(process::run(&["units", "import", units.to_str().unwrap(), "--data", &data]).0, 0);

    let (code, _, said) =
        user(&["invite", "Trần Mai", "mai@example.vn", "--role", "leader", "--branch", "W1", "--public-url", "https://sipas.example.vn/"]);
    assert!(code == 0 && said.contains("is invited"), "{said}");
    let mail = std::fs::read_dir(folder.path().join("mail")).unwrap().next().unwrap().unwrap();
    let mail = std::fs::read_to_string(mail.path()).unwrap();
    assert!(mail.contains("mai@example.vn") && mail.contains("https://sipas.example.vn/password/"), "{mail}");

    assert_eq!(user(&["grant", "Trần Mai", "--role", "survey_manager"]).0, 0);
    assert_eq!(user(&["disable", "Trần Mai"]).0, 0);
    let (_, list, _) = user(&["list", "--format", "json"]);
    let list: serde_json::Value = serde_json::from_str(&list).unwrap();
    assert_eq!(list[0]["disabled"], true);
    assert_eq!(list[0]["grants"], serde_json::json!([{ "role": "survey_manager", "branch": null }, { "role": "leader", "branch": "W1" }]));
    assert_eq!(user(&["enable", "Trần Mai"]).0, 0);
    assert_eq!(user(&["revoke", "Trần Mai", "--role", "leader", "--branch", "W1"]).0, 0);
    let (_, table, _) = user(&["list"]);
    assert!(table.contains("survey_manager@*") && !table.contains("leader"), "{table}");
    for (args, words) in [
        (vec!["invite", "x", "not-an-address", "--role", "leader"], "attention"),
        (vec!["grant", "Ai đó", "--role", "leader"], "was not found"),
        (vec!["grant", "Trần Mai", "--role", "designer", "--branch", "W1"], "attention"),
    ] {
        let (code, _, said) = user(&args);
        assert!(code == 1 && said.contains(words), "{args:?}: {said}");
    }
    assert_eq!(user(&["grant", "Trần Mai", "--role", "emperor"]).0, 2);
    for command in ["create", "reset", "invite", "list", "disable", "enable", "grant", "revoke", "audit"] {
        let (code, help, _) = process::run(&["user", command, "--help"]);
        assert!(code == 0 && help.contains(&format!("Example: sipas user {command}")), "{help}");
    }
}
