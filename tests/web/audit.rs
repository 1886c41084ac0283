//! `/admin/audit`, `sipas user audit`: what was changed stands in the log, and stays there.

use diesel::connection::SimpleConnection;
use reqwest::StatusCode;
use serde_json::json;
use sipas::accounts::{Grant, Role};
use sipas::audit::{self, CommandLine, Object, store::Wanted};
use sipas::db::{Conn, Db, Kind};

use crate::support::{PASSWORD, Server, field, new_survey, on_both, person, process};

fn rows(db: &Db) -> Vec<audit::Row> {
    let mut rows = db.read_now(|c| audit::store::rows(c, &Wanted::default(), 10_000)).unwrap();
    rows.reverse();
    rows
}

fn sql(db: &Db, statement: &str) -> Result<(), String> {
    db.read_now(|c| c.batch_execute(statement).map_err(Into::into)).map_err(|e: sipas::error::Error| e.to_string())
}

on_both! {
    async fn no_row_can_be_changed_or_deleted(s: Server) {
        crate::support::take(&s.db, "trial", sipas::surveys::model::Step::Close);
        let before = rows(&s.db);
        assert!(!before.is_empty());
        let mut forbidden = vec!["UPDATE audit_log SET detail = '{}'", "DELETE FROM audit_log", "DELETE FROM audit_log WHERE id = 1"];
        match s.db.kind() {
            Kind::Sqlite => forbidden.push("INSERT OR REPLACE INTO audit_log SELECT id, at, user_id, user_name, action, object_kind, object_code, 'x', previous, hash FROM audit_log"),
            Kind::Postgres => forbidden.push("TRUNCATE audit_log"),
        }
        for statement in forbidden {
            let refused = sql(&s.db, statement).unwrap_err();
            assert!(refused.contains("append-only"), "{statement}: {refused}");
        }
        assert_eq!(rows(&s.db), before);
    }
}

on_both! {
    async fn what_people_change_is_recorded_with_who_and_nothing_secret(s: Server) {
        s.sign_in().await;
        new_survey(&s.db, "life", "trial", "1", "[open]", "base");
        assert_eq!(s.send(&s.client, "/admin/surveys/life/steps", &[("step", "open"), ("sure", "yes")]).await.status(), StatusCode::SEE_OTHER);
        let invited = [("name", "Trần Mai"), ("mail", "mai@example.vn"), ("role", "leader"), ("branch", "W1")];
        assert_eq!(s.send(&s.client, "/admin/people", &invited).await.status(), StatusCode::SEE_OTHER);
        let mail = s.db.read_now(sipas::mail::store::all).unwrap().pop().unwrap();
        let token = mail.body_text.split("/password/").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
        let mai = person();
        mai.post(s.url(&format!("/password/{token}"))).form(&[("chosen", PASSWORD), ("repeated", PASSWORD)]).send().await.unwrap();
        let key = s.send(&mai, "/account/keys", &[("name", "máy"), ("days", "3")]).await.text().await.unwrap();
        let key = key[key.find("sipas_").unwrap()..].split('<').next().unwrap().to_owned();
        let id = s.db.read_now(|c| sipas::accounts::store::person_named(c, "Trần Mai")).unwrap().id;
        for step in [vec![("step", "grant"), ("role", "analyst")], vec![("step", "revoke"), ("role", "analyst")], vec![("step", "end-sessions")], vec![("step", "disable")], vec![("step", "enable")]] {
            assert_eq!(s.send(&s.client, &format!("/admin/people/{id}"), &step).await.status(), StatusCode::SEE_OTHER);
        }
        let rows = rows(&s.db);
        let seen: Vec<(&str, &str, &str)> = rows.iter().map(|r| (r.user_name.as_str(), r.action.as_str(), r.object_code.as_str())).collect();
        for expected in [
            ("(command line)", "survey.open", "trial"),
            ("(command line)", "user.create", "lan"),
            ("lan", "user.password", "lan"),
            ("lan", "survey.open", "life"),
            ("lan", "user.invite", "Trần Mai"),
            ("Trần Mai", "user.password", "Trần Mai"),
            ("Trần Mai", "key.create", "Trần Mai"),
            ("lan", "user.grant", "Trần Mai"),
            ("lan", "user.revoke", "Trần Mai"),
            ("lan", "user.sessions_end", "Trần Mai"),
            ("lan", "user.disable", "Trần Mai"),
            ("lan", "user.enable", "Trần Mai"),
        ] {
            assert!(seen.contains(&expected), "{expected:?} is not among {seen:?}");
        }
        let all = format!("{rows:?}");
        for secret in [PASSWORD, &token, &key, "argon2", &sipas::accounts::password::digest(&key)] {
            assert!(!all.contains(secret), "{secret} stands in the log");
        }
        assert_eq!(s.db.read_now(audit::verify).unwrap().broken, None);
        for (language, words) in [("vi", "dòng lệnh trên máy chủ"), ("en", "command line of the server")] {
            let page = s.page(&format!("/admin/audit?lang={language}")).await;
            assert!(page.contains(words) && !page.contains("(command line)"), "{page}");
        }
    }
}

on_both! {
    async fn a_change_that_fails_leaves_no_row(s: Server) {
        let before = rows(&s.db);
        s.sign_in().await;
        let after_sign_in = rows(&s.db).len();
        assert!(after_sign_in > before.len());
        let id = s.db.read_now(|c| sipas::accounts::store::person_named(c, "lan")).unwrap().id;
        assert_eq!(s.send(&s.client, &format!("/admin/people/{id}"), &[("step", "disable")]).await.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(s.send(&s.client, "/admin/surveys/trial/steps", &[("step", "publish"), ("sure", "yes")]).await.status(), StatusCode::CONFLICT);
        assert_eq!(rows(&s.db).len(), after_sign_in);
    }
}

on_both! {
    async fn rows_of_many_at_once_make_one_chain_without_gaps(s: Server) {
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let db = &s.db;
                scope.spawn(move || {
                    for n in 0..10 {
                        let code = format!("{thread}-{n}");
                        let done: Result<(), sipas::error::Error> = db.write_now(|c: &mut Conn| {
                            audit::record(c, &CommandLine, "test.done", Object::new("test", &code), &json!({}))?;
                            if n % 5 == 4 { Err(sipas::error::Error::Busy) } else { Ok(()) }
                        });
                        assert_eq!(done.is_err(), n % 5 == 4);
                    }
                });
            }
        });
        let written = rows(&s.db);
        assert_eq!(written.iter().filter(|r| r.action == "test.done").count(), 32);
        let state = s.db.read_now(audit::verify).unwrap();
        assert_eq!((state.rows, state.broken), (i64::try_from(written.len()).unwrap(), None));
    }
}

on_both! {
    async fn a_change_behind_the_programs_back_is_noticed_on_the_page(s: Server) {
        s.sign_in().await;
        let whole = s.page("/admin/audit?check=yes").await;
        assert!(whole.contains("Nhật ký toàn vẹn"));
        sql(&s.db, match s.db.kind() {
            Kind::Sqlite => "DROP TRIGGER audit_log_not_changed",
            Kind::Postgres => "DROP TRIGGER audit_log_not_changed ON audit_log",
        }).unwrap();
        sql(&s.db, "UPDATE audit_log SET user_name = 'somebody else' WHERE id = 2").unwrap();
        let broken = s.page("/admin/audit?check=yes").await;
        assert!(broken.contains("không còn toàn vẹn từ dòng 2"), "the page says where");
    }
}

on_both! {
    async fn the_log_is_filtered_paged_and_downloaded_whole(s: Server) {
        s.sign_in().await;
        s.db.write_now(|c| {
            for n in 1..=120 {
                let code = if n == 7 { "=cmd|calc".to_owned() } else { format!("q_{n}") };
                audit::record(c, &CommandLine, "questionnaire.save", Object::new("questionnaire", &code), &json!({ "n": n, "text": "<b>đậm</b>" }))?;
            }
            Ok(())
        }).unwrap();
        let page = s.page("/admin/audit?action=questionnaire.").await;
        assert!(page.contains("q_120") && !page.contains("q_70<") && !page.contains("user.create") && !page.contains("<b>đậm"));
        let older = page.split("/admin/audit?").find(|p| p.contains("before=")).unwrap().split('"').next().unwrap().replace("&amp;", "&");
        let next = s.page(&format!("/admin/audit?{older}")).await;
        assert!(next.contains("q_70<") && !next.contains("q_71<") && !next.contains("user.create"), "the filter holds on the next page");
        assert!(s.page("/admin/audit?who=lan").await.contains("user.password"));
        assert!(!s.page("/admin/audit?who=lan").await.contains("user.create"));
        assert!(!s.page("/admin/audit?object=q%25").await.contains("q_120"), "a wildcard is a letter");
        let today = (chrono::Utc::now() + chrono::Duration::hours(7)).date_naive();
        let tomorrow = today.succ_opt().unwrap();
        assert!(s.page(&format!("/admin/audit?from={today}&to={today}")).await.contains("q_120"));
        assert!(!s.page(&format!("/admin/audit?from={tomorrow}")).await.contains("q_120"));
        assert_eq!(s.get("/admin/audit?from=hôm nay").await.status(), StatusCode::BAD_REQUEST);
        let csv = s.get("/admin/audit.csv?action=questionnaire.").await.text().await.unwrap();
        assert_eq!(csv.lines().count(), 122, "a heading, every row, and their number");
        assert!(csv.ends_with("# rows,120,,,,,,\n") && csv.contains("'=cmd|calc"), "{}", csv.lines().last().unwrap());
        let viewer = s.person_with("leader", &[Grant::everywhere(Role::Leader)]).await;
        assert_eq!(viewer.get(s.url("/admin/audit.csv")).send().await.unwrap().status(), StatusCode::FORBIDDEN);
        assert!(field(&page, "action").is_some());
    }
}

#[test]
fn the_command_line_says_whether_the_log_is_whole_or_was_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().display().to_string();
    let audit = |more: &[&str]| {
        let args: Vec<&str> = ["user", "audit", "--data", &data].iter().chain(more).copied().collect();
        process::run(&args)
    };
    assert_eq!(process::run(&["user", "create", "lan", "--data", &data]).0, 0);
    let (code, first, _) = audit(&[]);
    assert!(code == 0 && first.starts_with("1:") && first.trim().len() == 66, "{first}");
    assert_eq!(process::run(&["user", "create", "mai", "--data", &data]).0, 0);
    let (_, second, _) = audit(&["--expect", first.trim()]);
    assert!(second.starts_with("2:"));
    let db = Db::open(sipas::db::connection::Location::File(folder.path().join("sipas.db")), 1).unwrap();
    sql(&db, "DROP TRIGGER audit_log_not_deleted; DELETE FROM audit_log WHERE id = 2").unwrap();
    assert_eq!(audit(&[]).0, 0, "a log cut off at its end looks whole");
    let (code, _, said) = audit(&["--expect", second.trim()]);
    assert!(code == 1 && said.contains("row 2 of the audit log is not the one that was noted"), "{said}");
    sql(&db, "DROP TRIGGER audit_log_not_changed; UPDATE audit_log SET action = 'x'").unwrap();
    let (code, _, said) = audit(&[]);
    assert!(code == 1 && said.contains("row 1"), "{said}");
    assert_eq!(audit(&["--expect", "nonsense"]).0, 2);
}
