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
