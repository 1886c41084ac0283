//! `/admin/questionnaires`, `/admin/drafts/…`, `/try/…`: designing a questionnaire from the first question to the published version.

use reqwest::StatusCode;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use crate::support::{Server, field, on_both, person};

const VISIT: &str = include_str!("../../survey-defs/questionnaires/visit.yaml");
const EVERY_KIND: &str = include_str!("../fixtures/every-kind.yaml");

/// What entities stand for.
fn plain(text: &str) -> String {
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&amp;", "&")]
        .iter()
        .fold(text.to_owned(), |t, (a, b)| t.replace(a, b))
}

/// The value of an attribute in a tag.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let at = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    Some(plain(tag[at..].split('"').next()?))
}

/// What a browser would send of the form with this id, were its first button pressed: names and values.
fn fields(page: &str, id: &str) -> Vec<(String, String)> {
    let start = page.find(&format!("id=\"{id}\"")).unwrap_or_else(|| panic!("no form {id}"));
    let form = &page[start..start + page[start..].find("</form>").unwrap()];
    let mut sent = Vec::new();
    let mut rest = form;
    while let Some(at) = rest.find('<') {
        rest = &rest[at..];
        let tag = &rest[..=rest.find('>').unwrap()];
        let name = attribute(tag, "name");
        if tag.starts_with("<input") {
            let ticked = !tag.contains("type=\"checkbox\"") || tag.contains(" checked");
            sent.extend(name.filter(|_| ticked).map(|n| (n, attribute(tag, "value").unwrap_or_default())));
        } else if tag.starts_with("<textarea") {
            let inner = rest[tag.len()..].split("</textarea>").next().unwrap();
            sent.extend(name.map(|n| (n, plain(inner.strip_prefix('\n').unwrap_or(inner)))));
        } else if tag.starts_with("<select") {
            let inner = rest.split("</select>").next().unwrap();
            let options: Vec<&str> = inner.split("<option").skip(1).collect();
            let chosen = options.iter().find(|o| o.split('>').next().unwrap().contains(" selected")).or(options.first());
            sent.extend(name.zip(chosen.map(|o| attribute(&format!(" {o}"), "value").unwrap_or_default())));
        }
        rest = &rest[tag.len()..];
    }
    sent
}

/// Begins a draft of a file and gives its address.
async fn begin(s: &Server, source: &str) -> String {
    let csrf = field(&s.page("/admin/questionnaires").await, "csrf").unwrap();
    let form = Form::new().text("csrf", csrf).text("source", source.to_owned());
    let answer = s.client.post(s.url("/admin/questionnaires/take")).multipart(form).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    answer.headers()["location"].to_str().unwrap().split('?').next().unwrap().to_owned()
}

/// Opens the form of a place, changes some of its fields, presses a button; gives the answer's status and where it leads.
async fn send(s: &Server, draft: &str, at: &str, change: &[(&str, &str)], button: &str) -> (StatusCode, String) {
    let page = s.page(&format!("{draft}?at={at}")).await;
    post(s, draft, fields(&page, "edit"), change, button).await
}

async fn post(s: &Server, draft: &str, mut form: Vec<(String, String)>, change: &[(&str, &str)], button: &str) -> (StatusCode, String) {
    for (name, value) in change {
        form.retain(|(n, _)| n != name);
        form.push(((*name).to_owned(), (*value).to_owned()));
    }
    form.push(("do".to_owned(), button.to_owned()));
    let answer = s.client.post(s.url(draft)).form(&form).send().await.unwrap();
    let to = answer.headers().get("location").map(|l| l.to_str().unwrap().to_owned()).unwrap_or_default();
    (answer.status(), to)
}

async fn yaml(s: &Server, draft: &str) -> String {
    s.page(&format!("{draft}/files/yaml")).await
}

fn canonical(source: &str) -> String {
    let file = sipas::questionnaires::format::parse(source).unwrap();
    sipas::questionnaires::format::write(&file).unwrap()
}

on_both! {
    async fn saving_a_form_that_nobody_changed_changes_nothing(s: Server) {
        s.sign_in().await;
        for source in [EVERY_KIND, VISIT] {
            let draft = begin(&s, source).await;
            let before = yaml(&s, &draft).await;
            assert_eq!(before, canonical(source));
            let page = s.page(&draft).await;
            let outline = &page[page.find("id=\"outline\"").unwrap()..];
            let places: Vec<&str> = outline.split("href=\"?at=").skip(1).map(|p| p.split('"').next().unwrap()).collect();
            assert!(places.len() > 5, "{places:?}");
            for at in places {
                let (status, to) = send(&s, &draft, at, &[], "save").await;
                assert_eq!(status, StatusCode::SEE_OTHER, "{at}");
                assert!(to.contains("refused=") && to.ends_with("refused="), "{at}: {to}");
                let after = yaml(&s, &draft).await;
                assert!(after == before, "{at}: {:#?}", sipas::questionnaires::diff::compare(
                    &sipas::questionnaires::format::parse(&before).unwrap(), &sipas::questionnaires::format::parse(&after).unwrap()));
            }
        }
    }
}

on_both! {
    async fn a_question_is_added_written_renamed_moved_and_deleted_and_undone(s: Server) {
        s.sign_in().await;
        let draft = begin(&s, VISIT).await;
        let (_, to) = send(&s, &draft, "question-overall", &[], "add-question.yes_no").await;
        assert!(to.contains("at=question-q1"), "{to}");
        let words = [("text.vi", "Có được hướng dẫn không?"), ("text.en", "Were you guided?"), ("code", "guided")];
        let (_, to) = send(&s, &draft, "question-q1", &words, "save").await;
        assert!(to.contains("at=question-guided"), "{to}");
        let (_, _) = send(&s, &draft, "question-access", &[("relevant", "${guided} = 'yes'"), ("hint.vi", "“${guided}”"), ("hint.en", "${guided}")], "save").await;
        assert!(s.page(&draft).await.contains("Không có lỗi."));
        send(&s, &draft, "question-guided", &[("code", "was_guided")], "save").await;
        let now = yaml(&s, &draft).await;
        assert!(now.contains("${was_guided} = 'yes'") && now.contains("“${was_guided}”") && !now.contains("${guided}"), "{now}");
        assert!(s.page(&draft).await.contains("Không có lỗi."));

        let before = yaml(&s, &draft).await;
        let (_, to) = send(&s, &draft, "question-was_guided", &[], "delete").await;
        assert!(!yaml(&s, &draft).await.contains("code: was_guided") && to.contains("done=deleted"));
        assert!(s.page(&draft).await.contains("question-access"), "what looked at it is told");
        let csrf = field(&s.page(&draft).await, "csrf").unwrap();
        s.post_form(&draft, &[("csrf", &csrf), ("at", "form"), ("do", "undo")]).await;
        assert_eq!(yaml(&s, &draft).await, before);

        send(&s, &draft, "question-was_guided", &[], "down").await;
        let moved = sipas::questionnaires::format::parse(&yaml(&s, &draft).await).unwrap();
        assert_eq!(moved.sections[1].questions[0].code.value, "was_guided", "over the edge of its page");
        s.post_form(&draft, &[("csrf", &csrf), ("do", "put"), ("moved", "was_guided"), ("target", "question-overall")]).await;
        let moved = sipas::questionnaires::format::parse(&yaml(&s, &draft).await).unwrap();
        assert_eq!(moved.sections[0].questions[0].code.value, "was_guided");
        let (_, to) = send(&s, &draft, "question-wrong", &[], "duplicate").await;
        assert!(to.contains("at=question-wrong_1"), "{to}");
        let (_, _) = send(&s, &draft, "question-wrong_1", &[], "row-delete.0").await;
        let copied = sipas::questionnaires::format::parse(&yaml(&s, &draft).await).unwrap();
        let lengths: Vec<usize> = copied.sections.iter().flat_map(|x| &x.questions).filter(|q| q.code.value.starts_with("wrong")).map(|q| q.options.len()).collect();
        assert_eq!(lengths, [11, 10, 0]);
    }
}

on_both! {
    async fn a_role_is_offered_where_it_fits_kept_where_it_can_be_and_told_in_the_difference(s: Server) {
        s.sign_in().await;
        let draft = begin(&s, VISIT).await;
        let offered = |page: &str| {
            let select = page.split("name=\"role\"").nth(1).map(|rest| rest.split("</select>").next().unwrap().to_owned());
            select.map(|s| ["respondent", "service", "outcome", "comment"].into_iter().filter(|r| s.contains(&format!("\"{r}\""))).collect::<Vec<_>>())
        };
        let at = async |code: &str| offered(&s.page(&format!("{draft}?at=question-{code}")).await);
        assert_eq!(at("overall").await, Some(vec!["respondent", "service", "outcome"]));
        assert_eq!(at("comment").await, Some(vec!["comment"]));
        assert_eq!(at("contents").await, None, "several answers tell nothing of the kind");

        send(&s, &draft, "question-service_field", &[("role", "respondent")], "save").await;
        let role = |yaml: &str, code: &str| {
            let file = sipas::questionnaires::format::parse(yaml).unwrap();
            let mut all = file.sections.iter().flat_map(|x| &x.questions);
            all.find(|q| q.code.value == code).unwrap().role.map(sipas::questionnaires::format::QuestionRole::as_str)
        };
        assert_eq!(role(&yaml(&s, &draft).await, "service_field"), Some("respondent"));
        send(&s, &draft, "question-service_field", &[("type", "yes_no")], "save").await;
        assert_eq!(role(&yaml(&s, &draft).await, "service_field"), Some("respondent"), "a yes or no can tell it, too");
        send(&s, &draft, "question-service_field", &[("type", "text")], "save").await;
        assert_eq!(role(&yaml(&s, &draft).await, "service_field"), None, "a text cannot");
        send(&s, &draft, "question-overall", &[("role", "")], "save").await;
        assert_eq!(role(&yaml(&s, &draft).await, "overall"), None);
        send(&s, &draft, "question-feedback", &[("role", "outcome")], "save").await;
        assert!(s.page(&draft).await.contains("has the role “outcome” and is counted by the index"), "the index counts it");
    }
}

on_both! {
    async fn two_people_who_change_the_same_question_are_told_and_others_are_not_in_each_others_way(s: Server) {
        s.sign_in().await;
        let draft = begin(&s, VISIT).await;
        let mine = fields(&s.page(&format!("{draft}?at=question-overall")).await, "edit");
        let theirs = fields(&s.page(&format!("{draft}?at=question-overall")).await, "edit");
        let another = fields(&s.page(&format!("{draft}?at=question-staff")).await, "edit");
        assert_eq!(post(&s, &draft, theirs, &[("text.vi", "Của họ")], "save").await.0, StatusCode::SEE_OTHER);
        assert_eq!(post(&s, &draft, another, &[("text.vi", "Câu khác")], "save").await.0, StatusCode::SEE_OTHER);
        let (status, _) = post(&s, &draft, mine.clone(), &[("text.vi", "Của tôi")], "save").await;
        assert_eq!(status, StatusCode::CONFLICT);
        let now = yaml(&s, &draft).await;
        assert!(now.contains("Của họ") && now.contains("Câu khác") && !now.contains("Của tôi"));
        let mut form = mine;
        form.retain(|(n, _)| n != "text.vi");
        form.extend([("text.vi".to_owned(), "Của tôi".to_owned()), ("do".to_owned(), "save".to_owned())]);
        let page = s.client.post(s.url(&draft)).form(&form).send().await.unwrap().text().await.unwrap();
        assert!(page.contains("Của tôi") && page.contains("lan đã sửa phần này"), "what was typed is shown, and who was there before");
        let told = s.client.post(s.url(&draft)).header("accept", "application/json").form(&form).send().await.unwrap();
        assert_eq!(told.status(), StatusCode::CONFLICT, "the script is told too");
    }
}

on_both! {
    async fn a_draft_is_reviewed_published_used_and_retired(s: Server) {
        s.sign_in().await;
        let draft = begin(&s, &VISIT.replace("version: \"1\"", "version: \"7\"")).await;
        let csrf = field(&s.page(&draft).await, "csrf").unwrap();
        let step = async |word: &str| s.post_form(&format!("{draft}/steps"), &[("csrf", &csrf), ("step", word), ("note", "ghi chú")]).await;
        assert_eq!(step("published").await.status(), StatusCode::CONFLICT, "nothing is published without review");
        send(&s, &draft, "question-overall", &[("text.en", "")], "save").await;
        assert_eq!(step("submitted").await.status(), StatusCode::UNPROCESSABLE_ENTITY, "nothing with findings goes to review");
        send(&s, &draft, "question-overall", &[("text.en", "Overall?")], "save").await;
        assert_eq!(step("submitted").await.status(), StatusCode::SEE_OTHER);
        let form = [("csrf", csrf.as_str()), ("at", "question-overall"), ("form", "yes"), ("text.vi", "Lén sửa"), ("do", "save")];
        assert_eq!(s.post_form(&draft, &form).await.status(), StatusCode::CONFLICT, "what is in review does not change");
        assert_eq!(step("approved").await.status(), StatusCode::SEE_OTHER);
        let published = step("published").await;
        let version = published.headers()["location"].to_str().unwrap().to_owned();
        assert_eq!(version, "/admin/questionnaires/visit/7");
        let page = s.page(&version).await;
        for word in ["Bắt đầu soạn", "Gửi duyệt", "Duyệt", "Công bố", "lan", "ghi chú"] {
            assert!(page.contains(word), "{word}");
        }
        assert_eq!(s.post_form(&draft, &form).await.status(), StatusCode::CONFLICT);
        assert_eq!(step("returned").await.status(), StatusCode::CONFLICT, "a published version stays");

        assert_eq!(s.post_form(&format!("{version}/steps"), &[("csrf", &csrf), ("step", "retired")]).await.status(), StatusCode::SEE_OTHER);
        let new = [
            ("csrf", csrf.as_str()), ("title_vi", "Đợt mới"), ("code", "new"), ("version", "visit@7"), ("opens_on", "2026-01-01"),
            ("closes_on", "2999-01-01"), ("kinds", "ward"), ("streams", "open"), ("weighting", "base"), ("results", "live"),
        ];
        let refused = s.post_form("/admin/surveys", &new).await;
        assert_eq!(refused.status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().await.unwrap().contains("retired"));
        assert_eq!(s.post_form(&format!("{version}/steps"), &[("csrf", &csrf), ("step", "reinstated")]).await.status(), StatusCode::SEE_OTHER);
        assert_eq!(s.post_form("/admin/surveys", &new).await.headers()["location"], "/admin/surveys/new");
    }
}

on_both! {
    async fn an_import_is_shown_before_it_is_taken(s: Server) {
        s.sign_in().await;
        let draft = begin(&s, VISIT).await;
        let id = draft.rsplit('/').next().unwrap().to_owned();
        let page = s.page(&draft).await;
        let (csrf, revision) = (field(&page, "csrf").unwrap(), field(&page, "revision").unwrap());
        let changed = VISIT.replace("Nhìn chung, Ông/Bà hài lòng", "Ông/Bà hài lòng");
        let upload = || Form::new().text("csrf", csrf.clone()).text("draft", id.clone()).part("file", Part::bytes(changed.clone().into_bytes()).file_name("v.yaml"));
        let before = yaml(&s, &draft).await;
        let shown = s.client.post(s.url("/admin/questionnaires/import")).multipart(upload()).send().await.unwrap();
        assert_eq!(shown.status(), StatusCode::OK);
        let shown = shown.text().await.unwrap();
        assert!(shown.contains("<del>Nhìn chung, Ông/Bà hài lòng") && shown.contains("<ins>Ông/Bà hài lòng"), "{shown}");
        assert_eq!(yaml(&s, &draft).await, before, "nothing is stored by looking");
        let take = |revision: &str| Form::new().text("csrf", csrf.clone()).text("source", changed.clone()).text("draft", id.clone()).text("revision", revision.to_owned());
        let to = |form| s.client.post(s.url("/admin/questionnaires/take")).multipart(form).send();
        assert_eq!(to(take("99")).await.unwrap().status(), StatusCode::CONFLICT, "somebody changed it since it was shown");
        assert_eq!(to(take(&revision)).await.unwrap().status(), StatusCode::SEE_OTHER);
        assert_eq!(yaml(&s, &draft).await, canonical(&changed));
        let broken = Form::new().text("csrf", csrf.clone()).part("file", Part::bytes(b"title: [".to_vec()).file_name("x.yaml"));
        assert_eq!(to_import(&s, broken).await, StatusCode::UNPROCESSABLE_ENTITY);
        let forged = Form::new().text("csrf", "falsch").part("file", Part::bytes(VISIT.as_bytes().to_vec()).file_name("x.yaml"));
        assert_eq!(to_import(&s, forged).await, StatusCode::FORBIDDEN);
    }
}

async fn to_import(s: &Server, form: Form) -> StatusCode {
    s.client.post(s.url("/admin/questionnaires/import")).multipart(form).send().await.unwrap().status()
}

on_both! {
    async fn translations_are_written_side_by_side_and_only_what_changed_is_taken(s: Server) {
        s.sign_in().await;
        let draft = begin(&s, VISIT).await;
        let page = s.page(&format!("{draft}/texts?at=section-first")).await;
        let (csrf, revision) = (field(&page, "csrf").unwrap(), field(&page, "revision").unwrap());
        send(&s, &draft, "question-overall", &[("text.vi", "Do người khác viết")], "save").await;
        let old = "Nhìn chung, Ông/Bà hài lòng đến mức nào về lần giao dịch này?";
        let form = [
            ("csrf", csrf.as_str()), ("revision", &revision), ("at", "section-first"), ("question-overall|text|vi", old), ("question-overall|text|en", "In all?"),
        ];
        assert_eq!(s.post_form(&format!("{draft}/texts"), &form).await.status(), StatusCode::SEE_OTHER);
        let now = yaml(&s, &draft).await;
        assert!(now.contains("Do người khác viết") && now.contains("In all?"), "{now}");
        let form = [("csrf", csrf.as_str()), ("at", "section-first"), ("question-overall|text|en", "")];
        s.post_form(&format!("{draft}/texts"), &form).await;
        assert!(s.page(&format!("{draft}/texts?at=section-first")).await.contains("thiếu"));
        assert!(s.page(&draft).await.contains("the text has no en"));
    }
}

on_both! {
    async fn a_draft_can_be_tried_by_whoever_has_the_address_and_nothing_is_stored(s: Server) {
        s.sign_in().await;
        let draft = begin(&s, VISIT).await;
        let page = s.page(&draft).await;
        let at = page.find("/try/").unwrap();
        let address: String = page[at..].chars().take_while(|c| *c != '"').collect();
        let stranger = person();
        let first = stranger.get(s.url(&address)).send().await.unwrap();
        assert_eq!(first.status(), StatusCode::OK);
        let first = first.text().await.unwrap();
        let id = field(&first, "id").unwrap();
        let next = [("id", id.as_str()), ("page", "section"), ("page", "0"), ("seen", "overall"), ("a-overall", "5"), ("go", "next")];
        let second = stranger.post(s.url(&address)).form(&next).send().await.unwrap();
        assert_eq!(second.status(), StatusCode::OK);
        assert!(second.text().await.unwrap().contains("không được lưu"));
        assert_eq!(s.get("/try/khong-co").await.status(), StatusCode::NOT_FOUND);
        // A draft that is not finished still shows its questions beside the form.
        send(&s, &draft, "question-overall", &[("text.vi", ""), ("relevant", "${khong_co} = 1")], "save").await;
        let phone = s.page(&format!("{draft}/phone?at=question-overall")).await;
        assert!(phone.contains("name=\"a-overall\""), "{phone}");
        assert!(stranger.get(s.url(&address)).send().await.unwrap().text().await.unwrap().contains("chưa trả lời thử được"));
    }
}

on_both! {
    async fn words_from_a_questionnaire_are_words_on_every_page(s: Server) {
        s.sign_in().await;
        let evil = VISIT
            .replace("Sau lần giao dịch", "<script>alert(1)</script>")
            .replace("Nhìn chung, Ông/Bà hài lòng", "<img src=x onerror=alert(1)>")
            .replace("Phải chờ lâu", "</textarea><script>alert(2)</script>");
        let draft = begin(&s, &evil).await;
        let pages = ["", "?at=question-overall", "?at=question-wrong", "/texts?at=section-went_wrong", "/texts", "/phone?at=question-overall", "/difference"];
        for path in pages {
            let page = s.page(&format!("{draft}{path}")).await;
            assert!(!page.contains("<script>alert") && !page.contains("<img src=x"), "{path}");
        }
        assert!(!s.page("/admin/questionnaires").await.contains("<script>alert"));
    }
}

on_both! {
    async fn programs_check_compare_import_and_publish(s: Server) {
        let post = |path: &str, kind: &str, body: String| s.client.post(s.url(path)).header("content-type", kind).body(body).send();
        assert_eq!(post("/api/v1/questionnaires/check", "application/yaml", VISIT.into()).await.unwrap().status(), StatusCode::UNAUTHORIZED);
        s.sign_in().await;
        let checked: Value = post("/api/v1/questionnaires/check", "application/yaml", VISIT.into()).await.unwrap().json().await.unwrap();
        assert_eq!((&checked["findings"], &checked["questionnaire"]), (&json!([]), &json!("visit")));
        let wrong = VISIT.replace("${overall} <= 2", "${overal} <= 2");
        let checked: Value = post("/api/v1/questionnaires/check", "application/yaml", wrong.clone()).await.unwrap().json().await.unwrap();
        assert_eq!(checked["findings"][0]["place"], json!({"in": "section", "code": "went_wrong"}));
        assert_eq!(checked["findings"][0]["key"], "relevant");
        let two = json!({"old": VISIT, "new": wrong}).to_string();
        let changes: Value = post("/api/v1/questionnaires/difference", "application/json", two).await.unwrap().json().await.unwrap();
        assert_eq!(changes.as_array().unwrap().len(), 1);
        assert_eq!(changes[0]["about"], "logic");
        let read: Value = post("/api/v1/questionnaires/import", "application/octet-stream", VISIT.into()).await.unwrap().json().await.unwrap();
        assert_eq!(read["yaml"].as_str().unwrap(), canonical(VISIT));
        assert_eq!(post("/api/v1/questionnaires", "text/plain", VISIT.into()).await.unwrap().status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
        assert_eq!(post("/api/v1/questionnaires", "application/yaml", wrong).await.unwrap().status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(post("/api/v1/questionnaires", "application/yaml", VISIT.into()).await.unwrap().status(), StatusCode::CREATED);
        assert_eq!(post("/api/v1/questionnaires", "application/yaml", VISIT.into()).await.unwrap().status(), StatusCode::OK);
        let other = VISIT.replace("Phải chờ lâu", "Chờ lâu");
        assert_eq!(post("/api/v1/questionnaires", "application/yaml", other).await.unwrap().status(), StatusCode::CONFLICT, "a version never changes");
        let listed = s.json("/api/v1/questionnaires").await;
        assert!(listed.as_array().unwrap().iter().any(|v| v["questionnaire"] == "visit" && v["retired"] == false));
        assert_eq!(s.page("/api/v1/questionnaires/visit/versions/1/files/yaml").await, VISIT);
    }
}
