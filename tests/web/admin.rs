//! `/`, `/admin`, `/admin/surveys/{survey}`

use reqwest::StatusCode;

use crate::support::{Server, answer, field, new_survey, on_both};

on_both! {
    async fn the_front_page_leads_to_what_is_open_and_what_is_published(s: Server) {
        let page = s.page("/?lang=en").await;
        assert!(page.contains("Survey trial") && page.contains(&s.address("trial", None)));
        assert!(!page.contains("/reports/trial"), "its results are not public yet");
        let page = s.page("/").await;
        assert!(page.contains("Survey trial"), "the language chosen before is kept");
    }
}

on_both! {
    async fn an_administrator_leads_a_survey_through_its_life(s: Server) {
        new_survey(&s.db, "life", "trial", "1", "[open]", "base");
        s.sign_in().await;
        assert!(s.page("/admin").await.contains("life"));
        for (step, next) in [("open", "open"), ("close", "closed"), ("publish", "published"), ("close", "closed"), ("open", "open")] {
            let page = s.page("/admin/surveys/life?lang=vi").await;
            let csrf = field(&page, "csrf").unwrap();
            let unsure = s.post_form("/admin/surveys/life/steps", &[("csrf", &csrf), ("step", step)]).await;
            assert_eq!(unsure.status(), StatusCode::BAD_REQUEST, "it asks first");
            let sure = s.post_form("/admin/surveys/life/steps", &[("csrf", &csrf), ("step", step), ("sure", "yes")]).await;
            assert_eq!(sure.status(), StatusCode::SEE_OTHER);
            assert_eq!(s.json("/api/v1/surveys/life").await["status"], next);
        }
        let csrf = field(&s.page("/admin").await, "csrf").unwrap();
        for (step, status) in [("publish", StatusCode::CONFLICT), ("paint", StatusCode::BAD_REQUEST)] {
            let answer = s.post_form("/admin/surveys/life/steps", &[("csrf", &csrf), ("step", step), ("sure", "yes")]).await;
            assert_eq!(answer.status(), status, "{step}");
        }
        assert_eq!(s.get("/admin/surveys/nowhere").await.status(), StatusCode::NOT_FOUND);
        let page = s.page("/admin/surveys/life").await;
        let address = s.address("life", Some("W1"));
        assert!(page.contains(&address), "every unit has its address");
        assert_eq!(s.submit("life", &answer("4", "4")).await.0, StatusCode::CREATED);
    }
}

on_both! {
    async fn waves_of_one_series_are_made_by_form_and_file_and_lead_to_each_other(s: Server) {
        s.sign_in().await;
        let csrf = field(&s.page("/admin/surveys").await, "csrf").unwrap();
        let new = |code: &'static str, series: &'static str| {
            [
                ("csrf", csrf.clone()), ("title_vi", format!("Đợt {code}")), ("code", code.to_owned()), ("version", "trial@1".to_owned()),
                ("opens_on", "2026-01-01".to_owned()), ("closes_on", "2030-01-01".to_owned()), ("kinds", "ward".to_owned()), ("streams", "open".to_owned()),
                ("weighting", "base".to_owned()), ("results", "live".to_owned()), ("series", series.to_owned()),
            ]
        };
        let send = async |fields: [(&'static str, String); 11]| {
            let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
            s.post_form("/admin/surveys", &fields).await
        };
        let refused = send(new("wave-1", "Đợt hỏi")).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let page = refused.text().await.unwrap();
        assert!(page.contains("use a-z, 0-9 and -") && page.contains("value=\"Đợt hỏi\""), "what was typed stays");
        assert_eq!(send(new("wave-1", "yearly")).await.status(), StatusCode::SEE_OTHER);
        assert_eq!(send(new("alone", "")).await.status(), StatusCode::SEE_OTHER);
        let file = "code: wave-2\ntitle: {vi: 'Đợt hai', en: 'Second wave'}\nquestionnaire: trial\nversion: '1'\nopens_on: 2027-01-01\ncloses_on: 2030-01-01\nunits: {kinds: [ward]}\nstreams: [open]\nseries: yearly\n";
        let file = sipas::surveys::file::read(file).unwrap();
        s.db.write_now(|conn| sipas::surveys::create::create(conn, &file, false, chrono::Utc::now().naive_utc())).unwrap();

        let first = s.page("/admin/surveys/wave-1").await;
        assert!(first.contains("Chuỗi khảo sát") && first.contains("yearly") && !first.contains("wave-2"), "a draft is no wave yet");
        crate::support::take(&s.db, "wave-2", sipas::surveys::model::Step::Open);
        assert!(s.page("/admin/surveys/wave-1?lang=en").await.contains("<a href=\"/admin/surveys/wave-2\">Second wave</a>"));
        assert!(!s.page("/admin/surveys/alone").await.contains("Waves"));
        assert_eq!(s.json("/api/v1/surveys/wave-2").await["series"], "yearly");
        assert_eq!(s.json("/api/v1/surveys/trial").await["series"], serde_json::Value::Null);
    }
}

on_both! {
    async fn a_unit_list_that_overlaps_what_is_stored_is_refused_whole(s: Server) {
        use sipas::units;
        let head = "code,name_vi,name_en,kind,parent,valid_from,valid_to,population,transactions\n";
        let overlapping = units::list::read(&format!("{head}N1,A,A,ward,,2021-01-01,,,\nW1,B,B,ward,,2021-01-01,,,\n")).unwrap();
        let refused = s.db.write_now(|c| units::store::put(c, &overlapping));
        assert!(refused.unwrap_err().to_string().contains("twice for the same days"));
        let there = s.db.read_now(|c| units::store::on_day(c, chrono::Utc::now().date_naive())).unwrap();
        assert!(there.iter().all(|u| u.code != "N1") && there.iter().filter(|u| u.code == "W1").count() == 1);

        let ended = units::list::read(&format!("{head}W1,Cũ,Old,ward,,2020-01-01,2021-01-01,,\nW1,Mới,New,ward,,2021-01-01,,9,\n")).unwrap();
        s.db.write_now(|c| units::store::put(c, &ended)).unwrap();
        let name = |day: &str| s.db.read_now(|c| units::store::on_day(c, day.parse().unwrap())).unwrap().into_iter().find(|u| u.code == "W1").unwrap().name_en;
        assert_eq!((name("2020-06-01"), name("2021-01-01")), ("Old".to_owned(), "New".to_owned()));
    }
}
