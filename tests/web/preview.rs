//! Trying a questionnaire out: the citizen's pages, and nothing is stored. No route is needed: whoever offers a trial calls these two.

use actix_web::body::to_bytes;
use actix_web::http::StatusCode;
use actix_web::test::TestRequest;
use sipas::collection::preview;
use sipas::questionnaires::{Questionnaire, read};
use sipas::web::{Language, Renderer};

use crate::answering::fields;
use crate::support::TRIAL;

const ACTION: &str = "/try/token";

/// Somebody who tries a questionnaire out.
pub struct Trier {
    questionnaire: Questionnaire,
    renderer: Renderer,
    pub page: String,
}

impl Trier {
    pub fn opens(source: &str, query: &str) -> Self {
        let (questionnaire, renderer) = (read(source).unwrap(), Renderer::load().unwrap());
        let request = TestRequest::with_uri(&format!("{ACTION}?{query}")).to_http_request();
        let first = preview::show(&request, &renderer, &questionnaire, Language::Vi, ACTION).unwrap();
        Trier { questionnaire, renderer, page: body(first) }
    }

    pub fn sends(&mut self, answers: &[(&str, &str)], go: &str) -> StatusCode {
        let mut all = fields(&self.page);
        all.retain(|(name, _)| !answers.iter().any(|(n, _)| n == name));
        all.extend(answers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
        all.push(("go".into(), go.into()));
        let request = TestRequest::post().uri(ACTION).to_http_request();
        let answer = preview::step(&request, &self.renderer, &self.questionnaire, Language::Vi, ACTION, &all).unwrap();
        let status = answer.status();
        self.page = body(answer);
        status
    }
}

fn body(response: actix_web::HttpResponse) -> String {
    let bytes = actix_web::rt::System::new().block_on(to_bytes(response.into_body()));
    String::from_utf8(bytes.unwrap_or_else(|_| panic!("the page has a body")).to_vec()).unwrap()
}

const BAND: &str = "Bản thử – câu trả lời không được lưu";

#[test]
fn a_trial_walks_the_whole_form_and_tells_what_would_be_stored() {
    let mut t = Trier::opens(TRIAL, "");
    assert!(t.page.contains(BAND) && t.page.contains("action=\"/try/token?lang=vi\""));
    t.sends(&[], "next");
    assert!(t.page.contains(BAND) && t.page.contains("Câu một"));
    assert_eq!(t.sends(&[], "next"), StatusCode::UNPROCESSABLE_ENTITY, "the rules are those of the real form");
    t.sends(&[("a-q1", "2"), ("a-q2", "na")], "next");
    assert!(t.page.contains(BAND) && t.page.contains("Điều gì chưa tốt?"));
    t.sends(&[("a-wrong", "slow")], "next");
    t.sends(&[("a-trips", "3")], "next");
    t.sends(&[("a-comment", "Tốt <b>lắm</b>")], "next");
    assert!(t.page.contains(BAND) && t.page.contains("Xem lại"));
    assert_eq!(t.sends(&[], "next"), StatusCode::OK);
    assert!(t.page.contains(BAND) && t.page.contains("Không có gì được lưu."));
    let row = |code: &str| t.page.split("<tr>").find(|row| row.contains(&format!("<code>{code}</code>"))).unwrap_or("").to_owned();
    assert!(row("q1").contains("Không hài lòng") && row("q1").contains("<code>2</code>"), "{}", t.page);
    assert!(t.page.contains("Tốt &lt;b&gt;lắm"), "what was typed is shown, not run");
    let items = t.page.split("id=\"items\"").nth(1).unwrap();
    let counts = |code: &str| items.split("<tr>").find(|row| row.contains(&format!("<code>{code}</code>"))).unwrap().to_owned();
    assert!(counts("q1").contains("hợp lệ, không hài lòng") && counts("q2").contains("không tính"));
    assert!(t.page.contains("<code>02 ff 01 00</code>"), "the stored bytes: {}", t.page);
}

/// What has no database in its arguments cannot store anything; this keeps it so.
#[test]
fn a_trial_cannot_store_anything() {
    let source = include_str!("../../src/collection/preview.rs");
    for word in ["Db", "Conn", "Intake", "store::", "Cookie", "std::fs"] {
        assert!(!source.contains(word), "src/collection/preview.rs names {word}: a trial must not be able to store");
    }
}
