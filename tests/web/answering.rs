//! `/s/{code}`: a citizen answers, page by page, without any script.

use reqwest::StatusCode;
use uuid::Uuid;

use crate::support::{Server, field, on_both};

/// A citizen with a form in hand: fills in what the page shows and presses a button.
struct Citizen<'a> {
    server: &'a Server,
    address: String,
    page: String,
}

/// All fields of the page's form that a browser would send: hidden ones, chosen ones, typed ones.
pub fn fields(page: &str) -> Vec<(String, String)> {
    let plain =
        |text: &str| text.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&#x27;", "'").replace("&amp;", "&");
    let attribute = |tag: &str, name: &str| Some(plain(tag.split(&format!(" {name}=\"")).nth(1)?.split('"').next()?));
    let form = page.split("<form").find(|f| f.contains("name=\"id\"")).unwrap_or("");
    let mut all = Vec::new();
    for tag in form.split('<').filter(|t| t.starts_with("input ")) {
        let tag = tag.split('>').next().unwrap();
        let (Some(name), kind) = (attribute(tag, "name"), attribute(tag, "type").unwrap_or_default()) else { continue };
        if (kind == "radio" || kind == "checkbox") && !tag.contains(" checked") {
            continue;
        }
        all.push((name, attribute(tag, "value").unwrap_or_else(|| "on".into())));
    }
    for list in form.split("<select ").skip(1) {
        let name = attribute(&format!(" {}", list.split('>').next().unwrap()), "name").unwrap();
        let options: Vec<&str> = list.split("</select").next().unwrap().split("<option ").skip(1).collect();
        let chosen = options.iter().find(|o| o.split('>').next().unwrap().contains(" selected")).or(options.first());
        all.push((name, chosen.and_then(|o| attribute(&format!(" {o}"), "value")).unwrap_or_default()));
    }
    for area in form.split("<textarea ").skip(1) {
        let name = attribute(&format!(" {}", area.split('>').next().unwrap()), "name").unwrap();
        let text = area.split_once('>').unwrap().1.split("</textarea").next().unwrap();
        all.push((name, plain(text.trim_start_matches('\n'))));
    }
    all
}

impl<'a> Citizen<'a> {
    async fn opens(server: &'a Server, address: String) -> Self {
        let page = server.page(&address).await;
        Citizen { server, address, page }
    }

    /// Sends the page with these answers put in and this button pressed.
    async fn sends(&mut self, answers: &[(&str, &str)], go: &str) -> (StatusCode, Option<String>) {
        let mut all = fields(&self.page);
        for (name, _) in answers {
            all.retain(|(n, _)| n != name);
        }
        all.extend(answers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
        all.push(("go".into(), go.into()));
        let pairs: Vec<(&str, &str)> = all.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let answer = self.server.post_form(&self.address, &pairs).await;
        let to = answer.headers().get("location").map(|l| l.to_str().unwrap().to_owned());
        let status = answer.status();
        if to.is_none() {
            self.page = answer.text().await.unwrap();
        }
        (status, to)
    }
}

on_both! {
    async fn a_citizen_answers_goes_back_changes_and_sends(s: Server) {
        let mut c = Citizen::opens(&s, s.address("trial", Some("W1"))).await;
        assert!(c.page.contains("Phường Một") && c.page.contains("Phiếu không ghi họ tên."));
        let id = field(&c.page, "id").unwrap();
        assert!(Uuid::parse_str(&id).is_ok(), "the first page carries the submission's UUID");

        assert_eq!(c.sends(&[], "next").await.0, StatusCode::OK);
        assert!(c.page.contains("Câu một") && c.page.contains("Phần 1/"));
        assert_eq!(field(&c.page, "id").unwrap(), id);
        assert_eq!(c.sends(&[("a-q1", "2"), ("a-q2", "na")], "next").await.0, StatusCode::OK);
        assert!(c.page.contains("Điều gì chưa tốt?"), "who is dissatisfied is asked why");
        c.sends(&[("a-wrong", "slow"), ("a-wrong_other", "")], "back").await;
        assert!(c.page.contains("Câu một"));
        assert!(fields(&c.page).contains(&("a-q1".into(), "2".into())), "the answer is kept when going back");
        c.sends(&[], "next").await;
        assert!(fields(&c.page).contains(&("a-wrong".into(), "slow".into())), "and when going on again");
        c.sends(&[], "back").await;
        c.sends(&[("a-q1", "4")], "next").await;
        assert!(!c.page.contains("Điều gì chưa tốt?"), "who is satisfied is not");
        assert!(c.page.contains("Số lần đến"));

        c.sends(&[("a-trips", "3"), ("a-comment", "Tốt <b>lắm</b>")], "next").await;
        assert!(c.page.contains("Số lần có việc"), "a question that an answer on the same page calls for is shown before going on");
        c.sends(&[("a-useful_trips", "9")], "next").await;
        assert!(c.page.contains("Không lớn hơn số lần đến.") && c.page.contains("role=\"alert\""));
        assert_eq!(c.sends(&[("a-useful_trips", "3")], "next").await.0, StatusCode::OK);
        assert!(c.page.contains("Hài lòng") && c.page.contains("Tốt &lt;b&gt;lắm"), "the review shows the answers");
        assert!(!c.page.contains("Chậm"), "what is no longer asked is not sent");
        c.sends(&[], "0").await;
        assert!(c.page.contains("Câu một"), "every section can be changed from the review");
        for _ in 0..2 {
            c.sends(&[], "next").await;
        }
        let (status, to) = c.sends(&[], "next").await;
        let thanks = to.unwrap();
        assert_eq!(status, StatusCode::SEE_OTHER);
        let page = s.page(&thanks).await;
        let code = sipas::collection::form_code(&Uuid::parse_str(&id).unwrap());
        assert!(page.contains(&code), "the citizen is told the form's code");
        assert_eq!(s.responses("trial").await, 1);

        let (status, again) = c.sends(&[], "next").await;
        assert_eq!((status, again), (StatusCode::SEE_OTHER, Some(thanks)), "a double tap leads to the same thanks");
        assert_eq!(s.responses("trial").await, 1);
        assert_eq!(crate::schema::answers_view(&s.db, "trial"), [("q1".to_owned(), "4".to_owned()), ("q2".to_owned(), "na".to_owned())]);
    }
}

on_both! {
    async fn what_is_missing_is_told_at_the_field_and_on_top(s: Server) {
        let mut c = Citizen::opens(&s, s.address("trial", Some("W1"))).await;
        c.sends(&[], "next").await;
        let (status, _) = c.sends(&[("a-q2", "5")], "next").await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(c.page.contains("role=\"alert\"") && c.page.contains("aria-invalid") || c.page.contains("role=\"alert\"") && c.page.contains("aria-describedby"));
        let link = c.page.split("href=\"#").nth(2).or_else(|| c.page.split("href=\"#").nth(1)).unwrap().split('"').next().unwrap().to_owned();
        assert!(c.page.contains(&format!("id=\"{link}\"")), "the summary links to the field: {link}");
        assert!(fields(&c.page).contains(&("a-q2".into(), "5".into())), "what was answered stays");
    }
}

on_both! {
    async fn the_general_address_asks_for_the_unit_first(s: Server) {
        let mut c = Citizen::opens(&s, s.address("trial", None)).await;
        assert!(c.page.contains("<select") && c.page.contains("Phường Hai"));
        let (status, _) = c.sends(&[], "next").await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "a unit is needed");
        let (status, _) = c.sends(&[("unit", "D1")], "next").await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "a unit of another survey is none");
        c.sends(&[("unit", "W2")], "next").await;
        assert!(c.page.contains("Phường Hai"), "the unit stands at the top from now on");
        c.sends(&[("a-q1", "5")], "next").await;
        c.sends(&[], "next").await;
        let (status, _) = c.sends(&[], "next").await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        s.sign_in().await;
        let rows = s.json("/api/v1/surveys/trial/estimates?by=unit").await;
        assert_eq!(rows["items"].as_array().unwrap().iter().find(|r| r["unit"] == "W2").unwrap()["n"], 1);
    }
}

on_both! {
    async fn both_languages_are_whole(s: Server) {
        let address = s.address("trial", Some("W1"));
        let mut c = Citizen::opens(&s, format!("{address}?lang=en")).await;
        c.address = format!("{address}?lang=en");
        assert!(c.page.contains("The form takes no names.") && c.page.contains("lang=\"en\""));
        c.sends(&[], "next").await;
        assert!(c.page.contains("Question one") && c.page.contains("Very dissatisfied") && c.page.contains("Not applicable"));
        assert!(!c.page.contains("Câu một"));
    }
}

on_both! {
    async fn a_form_sent_with_other_answers_under_the_same_id_is_not_stored_twice(s: Server) {
        let address = s.address("trial", Some("W1"));
        let id = Uuid::new_v4().to_string();
        let send = async |q1: &'static str| s.post_form(&address, &[("id", &id), ("page", "review"), ("go", "next"), ("a-q1", q1)]).await;
        assert_eq!(send("4").await.status(), StatusCode::SEE_OTHER);
        let other = send("1").await;
        assert_eq!(other.status(), StatusCode::CONFLICT);
        assert!(other.text().await.unwrap().contains("role=\"alert\""));
        assert_eq!(s.responses("trial").await, 1);
    }
}

on_both! {
    async fn a_review_with_something_wrong_leads_to_the_page_of_it(s: Server) {
        let address = s.address("trial", Some("W1"));
        let id = Uuid::new_v4().to_string();
        let sent = s.post_form(&address, &[("id", &id), ("page", "review"), ("go", "next"), ("a-q1", "4"), ("a-trips", "many")]).await;
        assert_eq!(sent.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let page = sent.text().await.unwrap();
        assert!(page.contains("Số lần đến") && page.contains("many"), "what was typed stays to be mended");
        assert_eq!(s.responses("trial").await, 0);
    }
}

on_both! {
    async fn a_closed_survey_says_so_with_a_page(s: Server) {
        let address = s.address("trial", Some("W1"));
        crate::support::take(&s.db, "trial", sipas::surveys::model::Step::Close);
        let page = s.get(&address).await;
        assert_eq!(page.status(), StatusCode::GONE);
        let sent = s.post_form(&address, &[("id", &Uuid::new_v4().to_string()), ("page", "review"), ("go", "next"), ("a-q1", "4")]).await;
        assert_eq!(sent.status(), StatusCode::GONE);
        assert_eq!(s.responses("trial").await, 0);
    }
}

on_both! {
    async fn the_first_page_is_light(s: Server) {
        let address = s.address("trial", Some("W1"));
        let get = async |path: &str| reqwest::Client::builder().no_gzip().build().unwrap().get(s.url(path)).header("accept-encoding", "gzip").send().await.unwrap();
        let first = get(&address).await;
        assert_eq!(first.headers()["cache-control"], "no-store", "two people must not share one submission");
        let wire = first.bytes().await.unwrap().len();
        let page = s.page(&address).await;
        let assets: Vec<&str> = page.split(['"', '\'']).filter(|t| t.starts_with("/static/")).collect();
        assert!(assets.len() <= 2, "at most three requests: {assets:?}");
        let mut total = wire;
        for asset in assets {
            total += get(asset).await.bytes().await.unwrap().len();
        }
        assert!(total <= 30_000, "{total} bytes on the wire");
        assert!(!page.contains("<script"), "no script is needed");
        let seen: std::collections::BTreeSet<String> = [field(&page, "id").unwrap(), field(&s.page(&address).await, "id").unwrap()].into();
        assert_eq!(seen.len(), 2, "every load is a submission of its own");
    }
}
