//! `/api/v1`

use reqwest::StatusCode;
use serde_json::{Value, json};
use sipas::surveys::model::Step;
use uuid::Uuid;

use crate::support::{Server, answer, new_survey, on_both, take};

fn pointers(problem: &Value) -> Vec<String> {
    problem["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| format!("{} {}", e["pointer"].as_str().unwrap(), e["code"].as_str().unwrap()))
        .collect()
}

on_both! {
    async fn a_response_is_stored_once_however_often_it_is_sent(s: Server) {
        let body = answer("4", "2");
        let (status, first) = s.submit("trial", &body).await;
        assert_eq!((status, first["status"].as_str()), (StatusCode::CREATED, Some("stored")));
        let (status, again) = s.submit("trial", &body).await;
        assert_eq!((status, again["status"].as_str()), (StatusCode::OK, Some("replay")));
        assert_eq!(first["form_code"], again["form_code"]);

        let mut other = body.clone();
        other["answers"]["q1"] = json!("5");
        let (status, problem) = s.submit("trial", &other).await;
        assert_eq!((status, problem["code"].as_str()), (StatusCode::CONFLICT, Some("id_taken")));
        assert_eq!(s.responses("trial").await, 1);
    }
}

on_both! {
    async fn the_same_response_sent_by_many_at_once_is_stored_once(s: Server) {
        let body = answer("5", "5");
        let tries: Vec<_> = (0..20).map(|_| s.client.post(s.url("/api/v1/surveys/trial/responses")).json(&body).send()).collect();
        let mut created = 0;
        for tried in tries.into_iter().map(actix_web::rt::spawn).collect::<Vec<_>>() {
            let status = tried.await.unwrap().unwrap().status();
            assert!(status == StatusCode::CREATED || status == StatusCode::OK, "{status}");
            created += usize::from(status == StatusCode::CREATED);
        }
        assert_eq!((created, s.responses("trial").await), (1, 1));
    }
}

on_both! {
    async fn what_is_wrong_is_told_field_by_field_and_nothing_is_stored(s: Server) {
        let id = Uuid::new_v4();
        let cases = [
            (json!({ "unit": "W1", "answers": { "q1": "4" } }), vec!["/id wrong_type"]),
            (json!({ "id": "x", "unit": "D1", "answers": { "q1": "4" } }), vec!["/id wrong_type", "/unit unknown_unit"]),
            (json!({ "id": id, "unit": "W1", "place": "K2", "answers": { "q1": "4" } }), vec!["/place unknown_place"]),
            (json!({ "id": id, "unit": "W1", "mode": "import", "answers": { "q1": "4" } }), vec!["/mode wrong_type"]),
            (json!({ "id": id, "unit": "W1", "language": "fr", "answers": { "q1": "4" } }), vec!["/language unknown_language"]),
            (json!({ "id": id, "unit": "W1", "answers": { "q1": "4" }, "ip": "1" }), vec!["/ip unknown_field"]),
            (json!({ "id": id, "unit": "W1", "answers": {} }), vec!["/answers/q1 required"]),
            (json!({ "id": id, "unit": "W1", "answers": { "q1": "9" } }), vec!["/answers/q1 unknown_option"]),
            (json!({ "id": id, "unit": "W1", "answers": { "q1": [1] } }), vec!["/answers/q1 wrong_type"]),
            (json!({ "id": id, "unit": "W1", "answers": { "q1": "4", "q/9": 1 } }), vec!["/answers/q~19 unknown_question"]),
            (json!({ "id": id, "unit": "W1", "answers": { "q1": "4", "wrong": ["slow"] } }), vec!["/answers/wrong not_asked"]),
            (json!({ "id": id, "unit": "W1", "answers": { "q1": "1", "wrong": ["slow", "rude", "other"] } }), vec!["/answers/wrong too_many"]),
            (json!({ "id": id, "unit": "W1", "answers": { "q1": "1", "wrong": ["slow", "nothing"] } }), vec!["/answers/wrong exclusive"]),
            (json!({ "id": id, "unit": "W1", "answers": { "q1": "1", "wrong": ["slow"], "wrong_other": "x" } }), vec!["/answers/wrong_other not_asked"]),
            (json!({ "id": id, "unit": "W1", "answers": { "q1": "4", "trips": 21 } }), vec!["/answers/trips out_of_range"]),
            (json!({ "id": id, "unit": "W1", "answers": { "q1": "4", "trips": 1.5 } }), vec!["/answers/trips too_many_decimals"]),
            (json!({ "id": id, "unit": "W1", "answers": { "q1": "4", "trips": 2, "useful_trips": 3 } }), vec!["/answers/useful_trips constraint"]),
            (json!({ "id": id, "unit": "W1", "answers": { "q1": "4", "comment": "x".repeat(201) } }), vec!["/answers/comment too_long"]),
            (json!({ "id": id, "unit": "W1", "answers": { "q1": "4", "comment": "a\u{0}b" } }), vec!["/answers/comment control_characters"]),
            (json!({ "id": id, "unit": "W1", "answers": { "q1": "4", "agree": "no" } }), vec!["/answers/agree unknown_option"]),
            (json!([1, 2]), vec![" wrong_type"]),
        ];
        for (body, expected) in cases {
            let (status, problem) = s.submit("trial", &body).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
            assert_eq!(pointers(&problem), expected, "{body}");
            assert!(problem["errors"].as_array().unwrap().iter().all(|e| !e["detail"].as_str().unwrap().is_empty()));
        }
        assert_eq!(s.responses("trial").await, 0);
    }
}

on_both! {
    async fn every_kind_of_answer_is_taken_and_stored_as_it_was_given(s: Server) {
        let body = json!({ "id": Uuid::new_v4(), "unit": "X1", "place": null, "mode": "kiosk", "language": "en",
            "answers": { "q1": 2, "q2": "na", "wrong": ["other", "slow"], "wrong_other": "Đông người", "trips": 3, "useful_trips": 2, "comment": "Dòng một\r\nDòng hai", "agree": true } });
        assert_eq!(s.submit("trial", &body).await.0, StatusCode::CREATED);
        let mut csv = Vec::new();
        s.db.read_now(|conn| {
            let open = sipas::surveys::Surveys::default().by_code(conn, "trial")?;
            sipas::collection::export::write(conn, &open, &mut csv, |_| ())
        })
        .unwrap();
        let text = String::from_utf8(csv).unwrap();
        assert!(text.contains("kiosk,en,"), "{text}");
        assert!(text.contains("2,na,slow other,Đông người,3,2,\"Dòng một\nDòng hai\",yes"), "{text}");
        assert!(text.ends_with("#rows,1\n"), "{text}");
    }
}

on_both! {
    async fn a_closed_or_unknown_survey_takes_nothing(s: Server) {
        let body = answer("4", "4");
        assert_eq!(s.submit("nowhere", &body).await.0, StatusCode::NOT_FOUND);
        new_survey(&s.db, "later", "trial", "1", "[open]", "base");
        let (status, problem) = s.submit("later", &body).await;
        assert_eq!((status, problem["code"].as_str()), (StatusCode::CONFLICT, Some("survey_closed")));
        new_survey(&s.db, "invited", "trial", "1", "[sample]", "base");
        take(&s.db, "invited", Step::Open);
        assert_eq!(s.submit("invited", &body).await.1["code"], "no_open_stream");
        take(&s.db, "trial", Step::Close);
        assert_eq!(s.submit("trial", &body).await.1["code"], "survey_closed");
        assert_eq!(s.responses("trial").await, 0);

        take(&s.db, "trial", Step::Open);
        assert_eq!(s.submit("trial", &body).await.0, StatusCode::CREATED);
        take(&s.db, "trial", Step::Close);
        assert_eq!(s.submit("trial", &body).await.0, StatusCode::OK, "who did not hear the acknowledgement is told that it is stored");
        let mut other = body.clone();
        other["answers"]["q1"] = json!("1");
        assert_eq!(s.submit("trial", &other).await.1["code"], "survey_closed");
    }
}

on_both! {
    async fn lists_come_in_pages_and_drafts_are_not_shown(s: Server) {
        for code in ["a1", "a2", "a3"] {
            new_survey(&s.db, code, "trial", "1", "[open]", "base");
            take(&s.db, code, Step::Open);
        }
        new_survey(&s.db, "hidden", "trial", "1", "[open]", "base");
        let mut seen = Vec::new();
        let mut path = "/api/v1/surveys?limit=3".to_owned();
        loop {
            let page = s.json(&path).await;
            seen.extend(page["items"].as_array().unwrap().iter().map(|i| i["id"].as_str().unwrap().to_owned()));
            match page["next"].as_str() {
                Some(next) => path = format!("/api/v1/surveys?limit=3&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(seen, ["a1", "a2", "a3", "trial"]);
        assert_eq!(s.get("/api/v1/surveys/hidden").await.status(), StatusCode::NOT_FOUND);
        for wrong in ["limit=0", "limit=501", "limit=x", "colour=red"] {
            assert_eq!(s.get(&format!("/api/v1/surveys?{wrong}")).await.status(), StatusCode::BAD_REQUEST, "{wrong}");
        }
        let mut one = s.json("/api/v1/surveys/trial").await;
        for day in ["opens_on", "closes_on"] {
            assert!(one.as_object_mut().unwrap().remove(day).is_some_and(|d| d.as_str().unwrap().len() == 10));
        }
        let units = one.as_object_mut().unwrap().remove("units").unwrap();
        assert_eq!(units[0], json!({ "code": "W1", "name": { "vi": "Phường Một", "en": "Ward One" }, "kind": "ward", "places": ["K1"] }));
        assert_eq!(units.as_array().unwrap().len(), 3);
        let expected = json!({ "id": "trial", "title": { "en": "Survey trial", "vi": "Đợt trial" }, "status": "open", "questionnaire": "trial", "version": "1",
            "streams": ["open", "sample"], "responses": 0, "weighting": "base", "threshold": 5, "results": "published", "series": null, "demonstration": false });
        assert_eq!(one, expected);
    }
}

on_both! {
    async fn a_questionnaire_version_is_given_whole(s: Server) {
        let q = s.json("/api/v1/questionnaires/trial/versions/1").await;
        assert_eq!(q["questions"][0]["code"], "q1");
        assert_eq!(q["sections"][1]["relevant"]["source"], "${q1} <= 2");
        assert_eq!(q["index"]["aggregation"], "pooled");
        assert_eq!(s.get("/api/v1/questionnaires/trial/versions/2").await.status(), StatusCode::NOT_FOUND);
    }
}

on_both! {
    async fn estimates_answer_with_figures_and_how_they_were_made(s: Server) {
        for (q1, q2) in [("4", "5"), ("5", "1"), ("2", "na"), ("4", "4"), ("5", "5"), ("1", "2")] {
            s.submit("trial", &answer(q1, q2)).await;
        }
        assert_eq!(s.get("/api/v1/surveys/trial/estimates").await.status(), StatusCode::UNAUTHORIZED);
        s.sign_in().await;
        let all = s.json("/api/v1/surveys/trial/estimates?by=all&measure=overall").await;
        // Satisfied: q1 4 of 6, q2 3 of 5; pooled 7 of 11.
        let row = &all["items"][0];
        assert!((row["estimate"].as_f64().unwrap() - 700.0 / 11.0).abs() < 1e-9);
        assert_eq!((row["n"].as_u64(), row["n_valid"].as_u64()), (Some(6), Some(6)));
        assert!(row["ci_low"].as_f64() < row["estimate"].as_f64() && row["estimate"].as_f64() < row["ci_high"].as_f64());
        assert_eq!(all["next"], Value::Null);
        assert_eq!(all["method"]["stream"], "open");
        assert_eq!(all["method"]["probability_sample"], false);

        let units = s.json("/api/v1/surveys/trial/estimates?by=unit&measure=item&level=0.9").await;
        let of = |unit: &str, code: &str| units["items"].as_array().unwrap().iter().find(|r| r["unit"] == unit && r["measure"] == code).unwrap().clone();
        assert!((of("W1", "q1")["estimate"].as_f64().unwrap() - 400.0 / 6.0).abs() < 1e-9);
        assert_eq!(of("W1", "q2")["n_valid"], 5);
        assert_eq!(of("W2", "q1")["estimate"], Value::Null);
        assert_eq!(of("W2", "q1")["flags"], json!(["too_few", "empty_domain"]));
        let kinds = s.json("/api/v1/surveys/trial/estimates?by=kind&measure=part").await;
        assert_eq!(kinds["items"].as_array().unwrap().iter().map(|r| r["kind"].as_str().unwrap()).collect::<Vec<_>>(), ["commune", "ward"]);
        for wrong in ["by=house", "measure=x", "level=1", "level=0.2", "stream=census", "colour=red"] {
            assert_eq!(s.get(&format!("/api/v1/surveys/trial/estimates?{wrong}")).await.status(), StatusCode::BAD_REQUEST, "{wrong}");
        }
        assert_eq!(s.get("/api/v1/surveys/nowhere/estimates").await.status(), StatusCode::NOT_FOUND);
    }
}

on_both! {
    async fn a_unit_below_the_threshold_is_never_a_number(s: Server) {
        for _ in 0..4 {
            s.submit("trial", &answer("5", "5")).await;
        }
        s.sign_in().await;
        for by in ["all", "kind", "unit"] {
            for measure in ["overall", "part", "factor", "item"] {
                let rows = s.json(&format!("/api/v1/surveys/trial/estimates?by={by}&measure={measure}")).await;
                for row in rows["items"].as_array().unwrap() {
                    for figure in ["estimate", "se", "ci_low", "ci_high", "deff"] {
                        assert_eq!(row[figure], Value::Null, "{by} {measure}: {row}");
                    }
                    assert_eq!(row["flags"][0], "too_few");
                }
            }
        }
        s.submit("trial", &answer("5", "5")).await;
        let rows = s.json("/api/v1/surveys/trial/estimates?by=unit").await;
        let w1 = rows["items"].as_array().unwrap().iter().find(|r| r["unit"] == "W1").unwrap();
        assert_eq!(w1["estimate"], 100.0);
        assert!(w1["ci_low"].as_f64().unwrap() < 70.0 && w1["ci_high"] == 100.0, "all alike is not certainty: {w1}");
    }
}

on_both! {
    async fn weights_bring_units_to_their_totals(s: Server) {
        new_survey(&s.db, "weighted", "trial", "1", "[open]", "transactions");
        take(&s.db, "weighted", Step::Open);
        for (unit, q1, n) in [("W1", "5", 6), ("W2", "1", 6), ("X1", "5", 6)] {
            for _ in 0..n {
                let mut body = answer(q1, q1);
                body["unit"] = json!(unit);
                assert_eq!(s.submit("weighted", &body).await.0, StatusCode::CREATED);
            }
        }
        s.sign_in().await;
        let all = s.json("/api/v1/surveys/weighted/estimates").await;
        // 1,000 + 200 satisfied of 1,700 transactions.
        assert!((all["items"][0]["estimate"].as_f64().unwrap() - 100.0 * 1200.0 / 1700.0).abs() < 1e-9, "{all}");
    }
}

on_both! {
    async fn points_are_summed_and_named_by_band(s: Server) {
        new_survey(&s.db, "points", "rating", "2018", "[open]", "base");
        take(&s.db, "points", Step::Open);
        let q = s.json("/api/v1/questionnaires/rating/versions/2018").await;
        let items: Vec<String> = q["index"]["parts"].as_array().unwrap().iter().flat_map(|p| p["factors"].as_array().unwrap())
            .flat_map(|f| f["items"].as_array().unwrap()).map(|i| q["questions"][usize::try_from(i.as_u64().unwrap()).unwrap()]["code"].as_str().unwrap().to_owned()).collect();
        assert_eq!(items.len(), 9);
        // Every form has 15 points: six items with 2 and three with 1.
        for _ in 0..30 {
            let answers: serde_json::Map<String, Value> = items.iter().enumerate().map(|(i, c)| (c.clone(), json!(if i < 6 { "2" } else { "1" }))).collect();
            let (status, body) = s.submit("points", &json!({ "id": Uuid::new_v4(), "unit": "W1", "answers": answers })).await;
            assert_eq!(status, StatusCode::CREATED, "{body}");
        }
        s.sign_in().await;
        let row = s.json("/api/v1/surveys/points/estimates").await["items"][0].clone();
        assert!((row["estimate"].as_f64().unwrap() - 15.0).abs() < 1e-12, "{row}");
        assert_eq!(row["band"]["vi"], "Xuất sắc", "15 points are the lowest of the highest band");
    }
}

on_both! {
    async fn the_openapi_document_describes_every_route_of_the_api(s: Server) {
        let document = s.json("/api/openapi.json").await;
        for route in sipas::routes::TABLE.iter().filter(|r| r.path.starts_with("/api/")) {
            let described = &document["paths"][route.path][route.method];
            assert!(described["responses"].is_object(), "{} {} is not described", route.method, route.path);
        }
        let paths: Vec<&String> = document["paths"].as_object().unwrap().keys().collect();
        let ours: std::collections::BTreeSet<&str> = sipas::routes::TABLE.iter().map(|r| r.path).filter(|p| p.starts_with("/api/")).collect();
        assert_eq!(paths.iter().filter(|p| p.starts_with("/api/")).count(), ours.len());
        for path in paths {
            assert!(sipas::routes::TABLE.iter().any(|r| r.path == path), "{path} is described, but no route");
        }
    }
}

on_both! {
    async fn health_is_told(s: Server) {
        assert_eq!(s.page("/healthz").await, "ok\n");
        assert_eq!(s.page("/readyz").await, "ready\n");
        for path in ["/healthz", "/", "/api/v1/surveys"] {
            let head = s.client.head(s.url(path)).send().await.unwrap();
            assert_eq!((head.status(), head.bytes().await.unwrap().len()), (StatusCode::OK, 0), "{path}");
        }
    }
}
