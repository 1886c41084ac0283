//! Releases: frozen, reviewed, signed, published, proven.

use chrono::{Duration, NaiveDateTime, Utc};
use diesel::connection::SimpleConnection;
use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sipas::accounts::{Grant, Role};
use sipas::collection::response::{self, Origin};
use sipas::db::{Conn, Kind};
use sipas::questionnaires::codes::Stored;
use sipas::surveys::model::Step;
use sipas::surveys::{Mode, Stream};

use crate::support::process::{self, Serving};
use crate::support::{Server, answer, new_survey, on_both, person, take};

/// The people whom a release passes.
pub(crate) struct People {
    pub manager: Client,
    pub analyst: Client,
    pub leader: Client,
}

pub(crate) const LIST: &str = "/admin/surveys/trial/releases";

pub(crate) async fn people(s: &Server) -> People {
    let grant = |role| [Grant::within(role, "C").unwrap()];
    People {
        manager: s.person_with("quan", &grant(Role::SurveyManager)).await,
        analyst: s.person_with("phan", &grant(Role::Analyst)).await,
        leader: s.person_with("lanh", &grant(Role::Leader)).await,
    }
}

/// Ten answers in ward one, eight in ward two, three in the commune (too few); then the survey is closed.
pub(crate) async fn fill(s: &Server) {
    for (unit, good, bad) in [("W1", 8, 2), ("W2", 3, 5), ("X1", 3, 0)] {
        for q1 in std::iter::repeat_n("5", good).chain(std::iter::repeat_n("1", bad)) {
            let mut body = answer(q1, "4");
            body["unit"] = json!(unit);
            assert_eq!(s.submit("trial", &body).await.0, StatusCode::CREATED);
        }
    }
    take(&s.db, "trial", Step::Close);
}

/// Freezes a release and gives its code.
pub(crate) async fn freeze(s: &Server, who: &Client, fields: &[(&str, &str)]) -> String {
    let answer = s.send(who, LIST, fields).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{}", answer.text().await.unwrap());
    answer.headers()["location"].to_str().unwrap().rsplit('/').next().unwrap().to_owned()
}

pub(crate) async fn step(s: &Server, who: &Client, release: &str, step: &str, note: &str) -> Response {
    s.send(who, &format!("{LIST}/{release}/{step}"), &[("sure", "yes"), ("note", note)]).await
}

/// Freezes, reviews, signs, publishes.
pub(crate) async fn publish(s: &Server, p: &People, fields: &[(&str, &str)]) -> String {
    let release = freeze(s, &p.manager, fields).await;
    for (who, word) in [(&p.analyst, "review"), (&p.leader, "sign"), (&p.manager, "publish")] {
        assert_eq!(step(s, who, &release, word, "").await.status(), StatusCode::SEE_OTHER, "{word}");
    }
    release
}

/// The words of the alert on a refused page.
pub(crate) async fn refused(answer: Response) -> String {
    assert_eq!(answer.status(), StatusCode::CONFLICT);
    let page = answer.text().await.unwrap();
    page.split("role=\"alert\"").nth(1).expect("the page says what went wrong").split("</strong>").next().unwrap().to_owned()
}

pub(crate) async fn content(s: &Server, release: &str) -> Value {
    s.json(&format!("/results/{release}.json")).await
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

/// Runs SQL as somebody does who rules the database.
fn behind_its_back(s: &Server, sqlite: &str, postgres: &str) -> Result<(), String> {
    s.db.read_now(|conn| {
        Ok(match conn {
            Conn::Sqlite(c) => c.batch_execute(sqlite).map_err(|e| e.to_string()),
            Conn::Postgres(c) => c.batch_execute(postgres).map_err(|e| e.to_string()),
        })
    })
    .unwrap()
}

/// Runs `sipas verify`: exit code and what it says as JSON.
pub(crate) fn verify(s: &Server, args: &[&str]) -> (i32, Value, String) {
    let url = s.database.url();
    let (code, out, err) = process::run(&[&["verify"], args, &["--format", "json", "--database-url", &url]].concat());
    (code, serde_json::from_str(&out).unwrap_or_else(|e| panic!("{e}: {out} {err}")), err)
}

pub(crate) fn messages(report: &Value, part: &str) -> Vec<String> {
    let findings = report["findings"].as_array().unwrap();
    findings.iter().filter(|f| f["part"] == part).map(|f| f["message"].as_str().unwrap().to_owned()).collect()
}

on_both! {
    async fn a_release_is_frozen_reviewed_signed_published_and_everybody_reads_it(s: Server) {
        fill(&s).await;
        let p = people(&s).await;
        assert!(s.page("/results").await.contains("Chưa có kết quả nào được công bố"));
        let release = freeze(&s, &p.manager, &[("note", "Đã làm sạch số liệu.")]).await;
        assert_eq!(release, "trial-r1");
        let public = ["/results/trial-r1", "/results/trial-r1.json", "/results/trial-r1.csv", "/embed/trial-r1", "/api/v1/releases/trial-r1"];
        for (who, word) in [(&p.analyst, "review"), (&p.leader, "sign"), (&p.manager, "publish")] {
            for path in public {
                assert_eq!(s.get(path).await.status(), StatusCode::NOT_FOUND, "{path} before {word}");
            }
            assert_eq!(s.json("/api/v1/releases").await["items"], json!([]));
            let waiting = who.get(s.url("/admin/releases")).send().await.unwrap().text().await.unwrap();
            assert!(waiting.contains("<strong>"), "{word} waits for somebody");
            assert_eq!(step(&s, who, &release, word, "xong").await.status(), StatusCode::SEE_OTHER);
        }
        for path in public {
            assert_eq!(s.get(path).await.status(), StatusCode::OK, "{path}");
        }
        // The bytes hash to the hash that is shown, and are kept by whoever has them.
        let answer = s.get("/results/trial-r1.json").await;
        let etag = answer.headers()["etag"].to_str().unwrap().to_owned();
        assert_eq!(answer.headers()["access-control-allow-origin"], "*");
        assert!(answer.headers()["cache-control"].to_str().unwrap().contains("immutable"));
        let bytes = answer.bytes().await.unwrap();
        let hash = sha256(&bytes);
        assert_eq!(etag, format!("\"{hash}\""));
        let page = s.page("/results/trial-r1").await;
        assert!(page.contains(&hash));
        let listed = s.json("/api/v1/releases?survey=trial").await["items"][0].clone();
        assert_eq!((listed["id"].as_str(), listed["sha256"].as_str(), listed["status"].as_str()), (Some("trial-r1"), Some(&*hash), Some("published")));
        assert_eq!(s.json("/api/v1/releases?survey=other").await["items"], json!([]));
        assert_eq!(s.json("/api/v1/releases/trial-r1").await["document"], serde_json::from_slice::<Value>(&bytes).unwrap());
        let again = s.client.get(s.url("/results/trial-r1.json")).header("if-none-match", &etag).send().await.unwrap();
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
        assert!(s.page("/results").await.contains("/results/trial-r1") && s.page("/").await.contains("href=\"/results\""));
        // Who did what stands in the audit log and on the page for those inside.
        let inside = p.analyst.get(s.url(&format!("{LIST}/trial-r1"))).send().await.unwrap().text().await.unwrap();
        for said in ["quan", "phan", "lanh", "Đã làm sạch số liệu.", "xong", &hash] {
            assert!(inside.contains(said), "{said}");
        }
        let rows = s.db.read_now(|c| sipas::audit::store::rows(c, &sipas::audit::store::Wanted { action: "release.".into(), ..Default::default() }, 10)).unwrap();
        let done: Vec<(&str, &str)> = rows.iter().rev().map(|r| (r.action.as_str(), r.user_name.as_str())).collect();
        assert_eq!(done, [("release.frozen", "quan"), ("release.reviewed", "phan"), ("release.signed", "lanh"), ("release.published", "quan")]);
        assert!(rows.iter().all(|r| r.detail.contains(&hash)));
    }
}

on_both! {
    async fn who_froze_neither_reviews_nor_signs_whatever_their_roles(s: Server) {
        fill(&s).await;
        let one = s.person_with("mot", &[Grant::everywhere(Role::Administrator)]).await;
        let two = s.person_with("hai", &[Grant::everywhere(Role::Administrator)]).await;
        let release = freeze(&s, &one, &[]).await;
        let own = one.get(s.url(&format!("{LIST}/{release}"))).send().await.unwrap().text().await.unwrap();
        assert!(own.contains("không được tự thẩm định") && !own.contains("/review\""), "the button is not offered");
        assert!(refused(step(&s, &one, &release, "review", "").await).await.contains("không được tự thẩm định"));
        assert_eq!(step(&s, &two, &release, "review", "").await.status(), StatusCode::SEE_OTHER);
        assert!(refused(step(&s, &one, &release, "sign", "").await).await.contains("không được tự thẩm định"));
        assert_eq!(step(&s, &two, &release, "sign", "").await.status(), StatusCode::SEE_OTHER);
        assert_eq!(step(&s, &one, &release, "publish", "").await.status(), StatusCode::SEE_OTHER);
    }
}

on_both! {
    async fn steps_need_their_right_their_order_and_a_confirmation(s: Server) {
        fill(&s).await;
        let p = people(&s).await;
        for who in [&p.analyst, &p.leader] {
            assert_eq!(s.send(who, LIST, &[]).await.status(), StatusCode::FORBIDDEN, "only managers freeze");
        }
        let release = freeze(&s, &p.manager, &[]).await;
        for (word, may) in [("review", "phan"), ("sign", "lanh"), ("publish", "quan"), ("withdraw", "quan")] {
            for (name, who) in [("quan", &p.manager), ("phan", &p.analyst), ("lanh", &p.leader)] {
                let unsure = s.send(who, &format!("{LIST}/{release}/{word}"), &[]).await.status();
                assert_eq!(unsure, if name == may { StatusCode::BAD_REQUEST } else { StatusCode::FORBIDDEN }, "{name} {word}");
            }
        }
        let ward = s.person_with("phuong", &[Grant::within(Role::Analyst, "W1").unwrap()]).await;
        assert_eq!(step(&s, &ward, &release, "review", "").await.status(), StatusCode::FORBIDDEN, "a branch must cover all units");
        assert_eq!(ward.get(s.url(LIST)).send().await.unwrap().status(), StatusCode::FORBIDDEN);
        for (who, word) in [(&p.leader, "sign"), (&p.manager, "publish")] {
            assert!(refused(step(&s, who, &release, word, "").await).await.contains("đã sang bước khác"), "{word} is not the next step");
        }
        assert!(refused(step(&s, &p.manager, &release, "withdraw", "  ").await).await.contains("lý do"));
        assert_eq!(step(&s, &p.analyst, &release, "review", "").await.status(), StatusCode::SEE_OTHER);
        assert!(refused(step(&s, &p.analyst, &release, "review", "").await).await.contains("đã sang bước khác"), "a step is taken once");
        assert_eq!(step(&s, &p.manager, "trial-r9", "publish", "").await.status(), StatusCode::NOT_FOUND);
        // A release of another survey is not reached through this one.
        new_survey(&s.db, "other", "trial", "1", "[open]", "base");
        take(&s.db, "other", Step::Open);
        let through = s.send(&p.manager, &format!("/admin/surveys/other/releases/{release}/withdraw"), &[("sure", "yes"), ("note", "x")]).await;
        assert_eq!(through.status(), StatusCode::NOT_FOUND);
        assert_eq!(p.manager.get(s.url(&format!("/admin/surveys/other/releases/{release}"))).send().await.unwrap().status(), StatusCode::NOT_FOUND);
        // Withdrawn before it was public: it never becomes so.
        assert_eq!(step(&s, &p.manager, &release, "withdraw", "sai").await.status(), StatusCode::SEE_OTHER);
        assert_eq!(s.get(&format!("/results/{release}")).await.status(), StatusCode::NOT_FOUND);
        assert!(refused(step(&s, &p.leader, &release, "sign", "").await).await.contains("đã sang bước khác"));
    }
}

/// Stores a response of this day without the form.
fn stored(s: &Server, id: u8, q1: u8, at: NaiveDateTime) {
    s.db.write_now(|conn| {
        let survey = sipas::surveys::store::by_code(conn, "trial")?;
        let questionnaire = sipas::questionnaires::store::load(conn, "trial", "1")?;
        let mut codes = vec![0; questionnaire.code_bytes];
        for (code, answer) in [("q1", q1), ("q2", 4)] {
            codes[questionnaire.questions.iter().find(|q| q.code == code).unwrap().slot.unwrap().offset] = answer;
        }
        let from = Origin { survey_id: survey.id, unit: "W1", stream: Stream::Open, mode: Mode::Web, language: "vi" };
        let new = response::Response::new(uuid::Uuid::from_bytes([id; 16]), from, at, Stored { codes, extra: None });
        sipas::collection::store::insert(conn, &[new])?;
        Ok(())
    })
    .unwrap();
}

on_both! {
    async fn an_open_survey_is_frozen_up_to_a_day_that_is_over(s: Server) {
        let now = Utc::now().naive_utc();
        // A day begins at 17:00 UTC, when it is midnight in Hà Nội.
        let today = (now + Duration::hours(7)).date();
        let midnight = today.and_hms_opt(0, 0, 0).unwrap() - Duration::hours(7);
        for (id, at) in [(1, midnight - Duration::minutes(1)), (2, midnight - Duration::hours(3)), (3, midnight), (4, now)] {
            stored(&s, id, 5, at);
        }
        let p = people(&s).await;
        let (yesterday, today) = ((today - Duration::days(1)).to_string(), today.to_string());
        for fields in [vec![], vec![("until", today.as_str())], vec![("until", "2000-01-01")]] {
            assert!(refused(s.send(&p.manager, LIST, &fields).await).await.contains("Chưa chốt được số liệu"), "{fields:?}");
        }
        assert_eq!(s.send(&p.manager, LIST, &[("until", "31/12/2025")]).await.status(), StatusCode::BAD_REQUEST);
        assert_eq!(s.send(&p.manager, LIST, &[("stream", "census"), ("until", &yesterday)]).await.status(), StatusCode::BAD_REQUEST);
        let release = publish(&s, &p, &[("until", &yesterday)]).await;
        let said = content(&s, &release).await;
        assert_eq!((said["data"]["responses"].as_u64(), said["data"]["last_day"].as_str()), (Some(2), Some(yesterday.as_str())));
        stored(&s, 5, 1, now);
        assert_eq!(verify(&s, &[&release]).0, 0, "what comes later is not part of it");
        stored(&s, 6, 1, midnight - Duration::hours(1));
        let (code, report, _) = verify(&s, &[&release]);
        assert_eq!((code, messages(&report, "responses")[0].as_str()), (1, "1 response(s) were added after the release was frozen"));
    }
}

on_both! {
    async fn half_past_one_in_the_night_in_ha_noi_is_the_next_day_although_it_is_not_in_utc(s: Server) {
        let at = |text: &str| NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
        let opens = s.db.read_now(|c| sipas::surveys::store::by_code(c, "trial")).unwrap().opens_on;
        let (day, next) = (opens, opens + Duration::days(1));
        // 23:59 and 01:30 in Hà Nội: the same day in UTC.
        stored(&s, 1, 5, at(&format!("{day} 16:59")));
        stored(&s, 2, 1, at(&format!("{day} 18:30")));
        let p = people(&s).await;
        let said = content(&s, &publish(&s, &p, &[("until", &day.to_string())]).await).await;
        assert_eq!((said["data"]["responses"].as_u64(), said["data"]["last_day"].as_str()), (Some(1), Some(&*day.to_string())));
        take(&s.db, "trial", Step::Close);
        let both = content(&s, &publish(&s, &p, &[]).await).await;
        let days = (both["data"]["responses"].as_u64(), both["data"]["first_day"].as_str(), both["data"]["last_day"].as_str());
        assert_eq!(days, (Some(2), Some(&*day.to_string()), Some(&*next.to_string())));
    }
}

on_both! {
    async fn every_figure_of_page_and_files_is_the_content_and_the_content_is_what_the_engine_gives(s: Server) {
        fill(&s).await;
        let p = people(&s).await;
        s.sign_in().await;
        let mut engine: Vec<Value> = Vec::new();
        for by in ["all", "kind", "unit"] {
            for level in ["overall", "part", "factor", "item"] {
                let rows = s.json(&format!("/api/v1/surveys/trial/estimates?by={by}&measure={level}")).await["items"].clone();
                engine.extend(rows.as_array().unwrap().iter().map(|r| { let mut r = r.clone(); r["by"] = json!(by); r }));
            }
        }
        let release = publish(&s, &p, &[]).await;
        let said = content(&s, &release).await;
        let figures = said["estimates"].as_array().unwrap();
        assert_eq!(figures.len(), engine.len());
        let page = person().get(s.url(&format!("/results/{release}?lang=vi"))).send().await.unwrap().text().await.unwrap();
        let csv = s.page(&format!("/results/{release}.csv")).await;
        let mut compared = 0;
        for row in &engine {
            let same = |f: &&Value| ["by", "unit", "kind", "measure"].iter().all(|k| f[*k] == row[*k]);
            let figure = figures.iter().find(same).unwrap_or_else(|| panic!("{row} is not in the content"));
            for field in ["estimate", "se", "ci_low", "ci_high", "deff"] {
                match (row[field].as_f64(), figure[field].as_f64()) {
                    // Another order of responses: the same but for rounding.
                    (Some(a), Some(b)) => {
                        assert!((a - b).abs() <= 1e-12 * a.abs().max(1.0), "{row} {figure}");
                        compared += 1;
                    }
                    (a, b) => assert_eq!(a, b, "{row} {figure}"),
                }
            }
            assert_eq!((&row["n"], &row["n_valid"], &row["flags"]), (&figure["n"], &figure["n_valid"], &figure["flags"]));
            if let Some(value) = figure["estimate"].as_f64() {
                let cells = format!(",{},{},{value},", figure["measure"].as_str().unwrap(), figure["measure_level"].as_str().unwrap());
                assert!(csv.contains(&cells), "{cells} is not in the CSV");
                // The page has all units together at every level, and units and kinds overall.
                if figure["by"] == "all" || figure["measure_level"] == "overall" {
                    for field in ["estimate", "ci_low", "ci_high"] {
                        let shown = format!("{:.2}", figure[field].as_f64().unwrap()).replace('.', ",");
                        assert!(page.contains(&shown), "{shown} of {figure} is not on the page");
                    }
                }
            }
        }
        assert!(compared > 50, "{compared}");
        assert_eq!(csv.lines().last().unwrap().split(',').nth(1).unwrap(), figures.len().to_string());
    }
}

on_both! {
    async fn what_is_too_few_is_nowhere_in_what_is_published(s: Server) {
        fill(&s).await;
        let p = people(&s).await;
        let release = publish(&s, &p, &[]).await;
        let said = content(&s, &release).await;
        let commune: Vec<&Value> = said["estimates"].as_array().unwrap().iter().filter(|f| f["unit"] == "X1" || f["kind"] == "commune").collect();
        assert!(commune.len() >= 10);
        for figure in commune {
            for field in ["estimate", "se", "ci_low", "ci_high", "deff", "band"] {
                assert_eq!(figure[field], Value::Null, "{figure}");
            }
            assert_eq!(figure["flags"][0], "too_few");
        }
        let csv = s.page(&format!("/results/{release}.csv")).await;
        assert!(csv.lines().filter(|l| l.contains(",X1,")).all(|l| l.contains(",,,,0.95,3,")), "{csv}");
        let page = s.page(&format!("/results/{release}")).await;
        assert!(!page.contains("<Ba>"), "names are text, not markup");
        let lines: Vec<&str> = page.split("<tr").filter(|l| l.contains("Xã &lt;Ba&gt;") || l.contains("<th scope=\"row\">Xã</th>")).collect();
        assert_eq!(lines.len(), 2, "the commune, and communes as a kind");
        for line in lines {
            assert!(line.contains("chưa đủ mẫu") && !line.replace("95%", "").contains('%') && !line.contains("<rect") && !line.contains("strip"), "{line}");
        }
    }
}

on_both! {
    async fn a_frozen_release_cannot_be_changed_in_the_database(s: Server) {
        fill(&s).await;
        let p = people(&s).await;
        let release = publish(&s, &p, &[]).await;
        let before = s.get(&format!("/results/{release}.json")).await.bytes().await.unwrap();
        let both = [
            "UPDATE releases SET content = replace(content, 'pooled', 'sum')",
            "UPDATE releases SET hash = 'x'",
            "UPDATE releases SET code = 'x'",
            "DELETE FROM release_steps",
            "UPDATE release_steps SET by_name = 'x'",
            "UPDATE release_steps SET step = 'withdrawn' WHERE step = 'published'",
            "DELETE FROM releases",
        ];
        for sql in both {
            let refused = behind_its_back(&s, sql, sql).unwrap_err();
            assert!(refused.contains("never change"), "{sql}: {refused}");
        }
        let (sqlite, postgres): (&[&str], &[&str]) = (
            &["INSERT OR REPLACE INTO releases SELECT id, code, survey_id, number, 'x', content, summary, corrects, frozen_at FROM releases",
              "INSERT OR REPLACE INTO release_steps SELECT id, release_id, step, 7, by_name, at, note FROM release_steps"],
            &["TRUNCATE releases CASCADE", "TRUNCATE release_steps"],
        );
        for sql in if s.db.kind() == Kind::Sqlite { sqlite } else { postgres } {
            let refused = behind_its_back(&s, sql, sql).unwrap_err();
            assert!(refused.contains("never change"), "{sql}: {refused}");
        }
        assert_eq!(s.get(&format!("/results/{release}.json")).await.bytes().await.unwrap(), before);
    }
}

/// Takes the triggers away, as somebody does who rules the database, and runs SQL.
fn tamper(s: &Server, sql: &str) {
    let open = "DROP TRIGGER releases_not_changed";
    behind_its_back(s, &format!("{open}; {sql}"), &format!("{open} ON releases; {sql}")).unwrap();
}

on_both! {
    async fn a_content_that_was_tampered_with_is_shown_to_nobody_and_named(s: Server) {
        fill(&s).await;
        let p = people(&s).await;
        let release = publish(&s, &p, &[]).await;
        // A figure that no list shows.
        let said = content(&s, &release).await;
        let one = said["estimates"].as_array().unwrap().iter().find(|f| f["unit"] == "W1" && f["measure"] == "q1").unwrap().clone();
        let figure = one["estimate"].to_string();
        tamper(&s, &format!("UPDATE releases SET content = replace(content, '\"estimate\":{figure},', '\"estimate\":99.5,')"));
        for path in ["/results/trial-r1", "/results/trial-r1.json", "/results/trial-r1.csv", "/embed/trial-r1", "/api/v1/releases/trial-r1"] {
            assert_eq!(s.get(path).await.status(), StatusCode::INTERNAL_SERVER_ERROR, "{path}");
        }
        assert_eq!(step(&s, &p.manager, &release, "withdraw", "sai").await.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let (code, report, err) = verify(&s, &[&release]);
        assert_eq!((code, &report["equal"]), (1, &json!(false)));
        assert!(messages(&report, "content")[0].contains("tampered") && err.contains("does not agree"), "{report}");
        let wrong = report["findings"].as_array().unwrap().iter().find(|f| f["part"] == "figure").unwrap();
        assert!(wrong["place"].as_str().unwrap().ends_with(", estimate"), "{wrong}");
        assert_eq!((wrong["published"].as_str(), wrong["recomputed"].as_str()), (Some("99.5"), Some(figure.as_str())));
    }
}

on_both! {
    async fn a_content_and_its_hash_changed_together_do_not_agree_with_the_audit_log(s: Server) {
        fill(&s).await;
        let p = people(&s).await;
        let release = publish(&s, &p, &[]).await;
        let text = s.get(&format!("/results/{release}.json")).await.text().await.unwrap().replace("Survey trial", "Survey trail");
        let (hash, quoted) = (sha256(text.as_bytes()), text.replace('\'', "''"));
        tamper(&s, &format!("UPDATE releases SET content = '{quoted}', hash = '{hash}', summary = replace(summary, 'Survey trial', 'Survey trail')"));
        assert_eq!(s.get(&format!("/results/{release}")).await.status(), StatusCode::OK, "from itself it cannot be seen");
        let (code, report, _) = verify(&s, &[&release]);
        assert_eq!(code, 1);
        assert!(messages(&report, "content")[0].contains("audit log"), "{report}");
    }
}

on_both! {
    async fn a_release_is_proven_from_the_data_also_after_a_restart_and_by_the_downloaded_file(s: Server) {
        fill(&s).await;
        let p = people(&s).await;
        let release = publish(&s, &p, &[]).await;
        let bytes = s.get(&format!("/results/{release}.json")).await.bytes().await.unwrap();
        let url = s.database.url();
        let (code, out, err) = process::run(&["verify", &release, "--database-url", &url]);
        assert_eq!(code, 0, "{out}{err}");
        assert!(out.contains("equal") && out.contains(&sha256(&bytes)), "{out}");
        let (code, report, _) = verify(&s, &[&release]);
        assert_eq!((code, &report["equal"], &report["findings"], &report["notes"]), (0, &json!(true), &json!([]), &json!([])));
        let other = Serving::start(&url);
        let again = reqwest::get(format!("{}/results/{release}.json", other.base)).await.unwrap().bytes().await.unwrap();
        assert_eq!(again, bytes, "another process gives the same bytes");

        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("content.json").display().to_string();
        std::fs::write(&file, &bytes).unwrap();
        assert_eq!(verify(&s, &["--file", &file]).0, 0);
        assert_eq!(process::run(&["verify", "trial-r2", "--file", &file, "--database-url", &url]).0, 1, "it is the file of another release");
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        std::fs::write(&file, text.replacen("\"n_valid\":10,", "\"n_valid\":11,", 1)).unwrap();
        let (code, report, _) = verify(&s, &["--file", &file]);
        assert_eq!((code, messages(&report, "content").len()), (1, 1));
        assert_eq!(messages(&report, "figure"), ["unit W1, index, n_valid: the release says 11, the data give 10"]);
        std::fs::write(&file, text.replace(":", ": ")).unwrap();
        assert!(messages(&verify(&s, &["--file", &file]).1, "content")[0].contains("canonical"));
        let (code, _, err) = process::run(&["verify", "nothing-r1", "--database-url", &url]);
        assert!(code == 1 && err.contains("nothing-r1"), "{err}");
        assert_eq!(process::run(&["verify", "--database-url", &url]).0, 2, "neither a code nor a file");
    }
}

on_both! {
    async fn changed_missing_and_added_answers_are_told_apart_and_placed(s: Server) {
        fill(&s).await;
        let p = people(&s).await;
        let release = publish(&s, &p, &[]).await;
        let first = "(SELECT id FROM responses WHERE unit = 'W2' ORDER BY id LIMIT 1)";

        let weigh = format!("UPDATE responses SET weight = 2 WHERE id = {first}");
        behind_its_back(&s, &weigh, &weigh).unwrap();
        let (code, report, _) = verify(&s, &[&release]);
        assert_eq!(code, 1);
        assert!(messages(&report, "weights")[0].starts_with("weights after step base"), "{report}");
        assert_eq!(messages(&report, "responses"), ["responses were changed: there are as many as before, but they are not the same", "the responses of unit W2 are not those of the release"]);
        let back = format!("UPDATE responses SET weight = NULL WHERE id = {first}");
        behind_its_back(&s, &back, &back).unwrap();
        assert_eq!(verify(&s, &[&release]).0, 0, "put back as it was, it is proven again");

        // Another answer to the first question, which stands in the first byte.
        let change = "WHERE unit = 'W1' AND id = (SELECT id FROM responses WHERE unit = 'W1' ORDER BY id LIMIT 1)";
        behind_its_back(
            &s,
            &format!("UPDATE responses SET codes = CAST(CASE hex(substr(codes, 1, 1)) WHEN '05' THEN x'01' ELSE x'05' END || substr(codes, 2) AS BLOB) {change}"),
            &format!("UPDATE responses SET codes = set_byte(codes, 0, CASE get_byte(codes, 0) WHEN 5 THEN 1 ELSE 5 END) {change}"),
        )
        .unwrap();
        let (_, report, _) = verify(&s, &[&release]);
        assert_eq!(messages(&report, "responses").len(), 2, "{report}");
        assert!(messages(&report, "weights").is_empty(), "{report}");
        let figures = messages(&report, "figure");
        assert!(figures.iter().any(|m| m.starts_with("unit W1, q1, estimate: the release says ")), "{figures:?}");
        assert!(!figures.iter().any(|m| m.contains("unit W2") || m.contains(", q2,")), "nothing else changed: {figures:?}");

        stored(&s, 9, 5, Utc::now().naive_utc());
        let (_, report, _) = verify(&s, &[&release]);
        assert_eq!(messages(&report, "responses")[0], "1 response(s) were added after the release was frozen");
        behind_its_back(&s, "DELETE FROM responses WHERE unit = 'W1'", "DELETE FROM responses WHERE unit = 'W1'").unwrap();
        let (_, report, _) = verify(&s, &[&release]);
        assert_eq!(messages(&report, "responses")[0], "10 response(s) are missing");
        assert!(report["findings"].as_array().unwrap().iter().any(|f| f["place"] == "unit W1" && f["recomputed"] == "no responses"));
    }
}

on_both! {
    async fn totals_are_part_of_the_release_and_a_corrected_total_is_named(s: Server) {
        new_survey(&s.db, "weighted", "trial", "1", "[open]", "population");
        take(&s.db, "weighted", Step::Open);
        for (unit, q1) in [("W1", "5"), ("W1", "1"), ("W2", "5"), ("W2", "5"), ("W2", "1"), ("X1", "5")] {
            let mut body = answer(q1, "4");
            body["unit"] = json!(unit);
            assert_eq!(s.submit("weighted", &body).await.0, StatusCode::CREATED);
        }
        take(&s.db, "weighted", Step::Close);
        let p = people(&s).await;
        let list = "/admin/surveys/weighted/releases";
        assert_eq!(s.send(&p.manager, list, &[]).await.status(), StatusCode::SEE_OTHER);
        for (who, word) in [(&p.analyst, "review"), (&p.leader, "sign"), (&p.manager, "publish")] {
            assert_eq!(s.send(who, &format!("{list}/weighted-r1/{word}"), &[("sure", "yes")]).await.status(), StatusCode::SEE_OTHER);
        }
        let said = content(&s, "weighted-r1").await;
        // By hand from what the release says: each unit counts by its total.
        let total = |u: &str| said["units"].as_array().unwrap().iter().find(|x| x["code"] == u).unwrap()["total"].as_f64().unwrap();
        let by_hand = 100.0 * (total("W1") * 0.5 + total("W2") * 2.0 / 3.0 + total("X1")) / (total("W1") + total("W2") + total("X1"));
        let q1 = said["estimates"].as_array().unwrap().iter().find(|f| f["by"] == "all" && f["measure"] == "q1").unwrap()["estimate"].as_f64().unwrap();
        assert!((q1 - by_hand).abs() < 1e-9, "{q1} {by_hand}");
        let steps = said["weighting"]["steps"].as_array().unwrap();
        assert_eq!((steps.len(), steps[1]["step"].as_str(), steps[1]["sum"].as_f64()), (2, Some("poststratification"), Some(100_000.0)));
        assert_eq!(verify(&s, &["weighted-r1"]).0, 0);

        let list = include_str!("data/units.csv").replace("Phường Một", "Phường Nhất").replace("30000", "31000");
        let corrected = sipas::units::list::read(&list).unwrap();
        s.db.write_now(|c| sipas::units::store::put(c, &corrected)).unwrap();
        let (code, report, _) = verify(&s, &["weighted-r1"]);
        assert_eq!((code, messages(&report, "units")), (1, vec!["unit W1, total: the release says 30000.0, the data give 31000.0".to_owned()]));
        assert!(!messages(&report, "weights").is_empty() && messages(&report, "responses").is_empty());
        assert!(report["notes"][0].as_str().unwrap().contains("Phường Nhất"), "a new name is a note");
        assert!(s.page("/results/weighted-r1").await.contains("Phường Một"), "the page shows what was frozen");
    }
}

on_both! {
    async fn a_correction_is_a_new_release_and_the_old_page_says_so(s: Server) {
        fill(&s).await;
        let p = people(&s).await;
        let first = publish(&s, &p, &[]).await;
        let before = s.get(&format!("/results/{first}.json")).await.bytes().await.unwrap();
        for (fields, why) in [
            (vec![("corrects", "trial-r1")], "no reason"),
            (vec![("corrects", "trial-r9"), ("reason", "x")], "no such release"),
        ] {
            let answer = s.send(&p.manager, LIST, &fields).await.status();
            assert!(matches!(answer, StatusCode::CONFLICT | StatusCode::NOT_FOUND), "{why}: {answer}");
        }
        behind_its_back(&s, "UPDATE responses SET weight = 3 WHERE unit = 'W1'", "UPDATE responses SET weight = 3 WHERE unit = 'W1'").unwrap();
        let reason = "Trọng số phường Một <ghi> sai.";
        let second = freeze(&s, &p.manager, &[("corrects", &first), ("reason", reason)]).await;
        assert!(!s.page(&format!("/results/{first}")).await.contains(&second), "nothing is said before the correction is published");
        let too_early = s.send(&p.manager, LIST, &[("corrects", &second), ("reason", "x")]).await;
        assert!(refused(too_early).await.contains("đính chính chưa hợp lệ"), "what was never published is not corrected");
        let inside = p.analyst.get(s.url(&format!("{LIST}/{second}"))).send().await.unwrap().text().await.unwrap();
        assert!(inside.contains("chỉ số khác bản trial-r1") && inside.contains("Phường Một"), "the figures that changed are shown");
        assert!(inside.contains("Tất cả đơn vị"));
        for (who, word) in [(&p.analyst, "review"), (&p.leader, "sign"), (&p.manager, "publish")] {
            assert_eq!(step(&s, who, &second, word, "").await.status(), StatusCode::SEE_OTHER);
        }
        let old = s.page(&format!("/results/{first}")).await;
        assert!(old.contains("href=\"/results/trial-r2\"") && old.contains("&lt;ghi&gt; sai"), "the old page leads to the new one and says why");
        assert_eq!(s.get(&format!("/results/{first}.json")).await.bytes().await.unwrap(), before, "its figures stay");
        let new = s.page(&format!("/results/{second}")).await;
        assert!(new.contains("href=\"/results/trial-r1\"") && new.contains("&lt;ghi&gt; sai"));
        assert!(s.page(&format!("/embed/{first}")).await.contains("/results/trial-r2"));
        let corrects = content(&s, &second).await["release"]["corrects"].clone();
        assert_eq!(corrects, json!({ "code": first, "hash": sha256(&before), "reason": reason }));
        let items = s.json("/api/v1/releases").await["items"].clone();
        let of = |code: &str| items.as_array().unwrap().iter().find(|i| i["id"] == code).unwrap().clone();
        assert_eq!((of(&first)["corrected_by"].as_str(), of(&second)["corrects"].as_str()), (Some("trial-r2"), Some("trial-r1")));
        let twice = s.send(&p.manager, LIST, &[("corrects", &first), ("reason", "x")]).await;
        assert!(refused(twice).await.contains("đính chính chưa hợp lệ"), "the newest is corrected, not one that was corrected already");
        // The chain goes on from the newest.
        let third = publish(&s, &p, &[("corrects", &second), ("reason", "Lần nữa.")]).await;
        assert!(s.page(&format!("/results/{second}")).await.contains(&third));
        assert_eq!(step(&s, &p.manager, &third, "withdraw", "nhầm").await.status(), StatusCode::SEE_OTHER);
        assert!(!s.page(&format!("/results/{second}")).await.contains(&third), "a withdrawn correction corrects nothing");
    }
}

on_both! {
    async fn a_withdrawn_release_stays_and_says_why(s: Server) {
        fill(&s).await;
        let p = people(&s).await;
        let release = publish(&s, &p, &[]).await;
        let bytes = s.get(&format!("/results/{release}.json")).await.bytes().await.unwrap();
        let value = s.json("/api/v1/releases").await["items"][0]["estimate"].as_f64().unwrap();
        let shown = format!("{value:.2}%").replace('.', ",");
        assert!(s.page(&format!("/embed/{release}")).await.contains(&shown));
        assert_eq!(step(&s, &p.manager, &release, "withdraw", "Phát hiện phiếu giả.").await.status(), StatusCode::SEE_OTHER);
        let page = s.page(&format!("/results/{release}")).await;
        assert!(page.contains("đã bị rút") && page.contains("Phát hiện phiếu giả.") && page.contains(&shown));
        let embedded = s.page(&format!("/embed/{release}")).await;
        assert!(embedded.contains("đã bị rút") && !embedded.contains(&shown), "another site no longer shows the figure");
        assert!(s.page("/results").await.contains("Đã rút"));
        assert_eq!(s.get(&format!("/results/{release}.json")).await.bytes().await.unwrap(), bytes);
        let item = s.json("/api/v1/releases").await["items"][0].clone();
        assert_eq!((item["status"].as_str(), item["withdrawn_because"].as_str()), (Some("withdrawn"), Some("Phát hiện phiếu giả.")));
        let (code, report, _) = verify(&s, &[&release]);
        assert_eq!((code, report["notes"][0].as_str()), (0, Some("the release was withdrawn")));
    }
}

on_both! {
    async fn only_the_embedded_chart_may_be_framed_by_others(s: Server) {
        fill(&s).await;
        let p = people(&s).await;
        let release = publish(&s, &p, &[]).await;
        let answer = person().get(s.url(&format!("/embed/{release}?lang=en"))).send().await.unwrap();
        let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.contains("frame-ancestors *") && policy.contains("default-src 'none'") && !policy.contains("script-src"), "{policy}");
        assert!(answer.headers().get("set-cookie").is_none() && answer.headers().get("x-frame-options").is_none());
        let page = answer.text().await.unwrap();
        assert!(page.contains("satisfied") && !page.contains("<script") && !page.contains("<form"), "{page}");
        let links: Vec<&str> = page.split("<a ").skip(1).map(|l| l.split('>').next().unwrap()).collect();
        assert!(!links.is_empty() && links.iter().all(|l| l.contains("target=\"_top\"") && l.contains("href=\"/results/")), "{links:?}");
        for path in ["/results", &format!("/results/{release}"), &format!("/results/{release}.json"), "/"] {
            let policy = s.get(path).await.headers()["content-security-policy"].to_str().unwrap().to_owned();
            assert!(policy.contains("frame-ancestors 'self'"), "{path}: {policy}");
        }
        let page = s.page(&format!("/results/{release}?lang=vi")).await;
        assert!(page.contains(&format!("&lt;iframe src=\"{}/embed/{release}?lang=vi\"", s.base)), "the page shows what to copy");
    }
}

on_both! {
    async fn freezing_twice_gives_the_same_figures_and_another_number(s: Server) {
        fill(&s).await;
        let p = people(&s).await;
        let (one, two) = (publish(&s, &p, &[]).await, publish(&s, &p, &[]).await);
        assert_eq!((one.as_str(), two.as_str()), ("trial-r1", "trial-r2"));
        let (mut a, mut b) = (content(&s, &one).await, content(&s, &two).await);
        for said in [&mut a, &mut b] {
            said["release"] = Value::Null;
            said["data"]["moment"] = Value::Null;
        }
        assert_eq!(a, b);
        let inside = p.leader.get(s.url(&format!("{LIST}/{two}"))).send().await.unwrap().text().await.unwrap();
        assert!(inside.contains("Không có con số nào khác bản trial-r1"));
    }
}

on_both! {
    async fn a_survey_without_answers_and_one_stream_of_two_are_frozen_as_they_are(s: Server) {
        fill(&s).await;
        let p = people(&s).await;
        let release = publish(&s, &p, &[("stream", "sample")]).await;
        let said = content(&s, &release).await;
        assert_eq!((said["method"]["stream"].as_str(), said["data"]["responses"].as_u64()), (Some("sample"), Some(0)));
        assert!(s.page(&format!("/results/{release}")).await.contains("Chưa đủ phiếu hợp lệ"));
        assert_eq!(verify(&s, &[&release]).0, 0);
        new_survey(&s.db, "draft", "trial", "1", "[open]", "base");
        assert!(refused(s.send(&p.manager, "/admin/surveys/draft/releases", &[]).await).await.contains("Chưa chốt"));
        assert_eq!(p.leader.get(s.url("/admin/surveys/draft/releases")).send().await.unwrap().status(), StatusCode::FORBIDDEN, "drafts are for who leads them");
    }
}

on_both! {
    async fn digests_are_over_responses_in_order_of_id(s: Server) {
        for (id, q1) in [(9, 5), (3, 1), (7, 4), (1, 5)] {
            stored(&s, id, q1, Utc::now().naive_utc());
        }
        take(&s.db, "trial", Step::Close);
        let p = people(&s).await;
        let release = publish(&s, &p, &[]).await;
        let lines: String = [1u8, 3, 7, 9].map(|id| format!("{},1\n", uuid::Uuid::from_bytes([id; 16]))).concat();
        assert_eq!(content(&s, &release).await["weighting"]["sha256"], sha256(lines.as_bytes()), "as docs/RELEASES.md says");
    }
}
