//! Questions of every kind: the pages, the API, and CSV there and back.

use std::fmt::Write as _;

use actix_web::http::StatusCode;
use chrono::Utc;
use serde_json::{Value, json};
use sipas::collection::{export, import};
use sipas::questionnaires;
use sipas::questionnaires::trial::respondents::Respondents;
use sipas::surveys::{Surveys, model::Step};
use uuid::Uuid;

use crate::answering::fields;
use crate::preview::Trier;
use crate::support::{Server, new_survey, on_both, take};

const EVERY_KIND: &str = include_str!("../fixtures/every_kind.yaml");

/// The piece of the page that shows one question.
fn question<'a>(page: &'a str, code: &str) -> &'a str {
    let from = page.find(&format!("data-q=\"{code}\"")).unwrap_or_else(|| panic!("{code} is not on the page"));
    let rest = &page[from..];
    &rest[..rest[9..].find("data-q=\"").map_or(rest.len(), |n| n + 9)]
}

/// A page as a browser without scripts understands it: what only waits for a script is not there.
fn seen(page: &str) -> String {
    let mut out = String::new();
    let mut depth = 0;
    for piece in page.split_inclusive('>') {
        let (text, tag) = piece.split_at(piece.rfind('<').unwrap_or(piece.len()));
        if depth == 0 {
            out.push_str(text);
        }
        depth += i32::from(tag.starts_with("<template"));
        if depth == 0 {
            out.push_str(tag);
        }
        depth -= i32::from(tag.starts_with("</template"));
    }
    out
}

fn first_page(query: &str) -> Trier {
    let mut t = Trier::opens(EVERY_KIND, query);
    t.sends(&[], "next");
    t
}

#[test]
fn a_number_shows_its_unit_and_range_and_tells_what_is_wrong() {
    let mut t = first_page("");
    assert!(!seen(&t.page).contains("bao nhiêu lần?"), "a question that is not asked yet only waits for a script");
    t.sends(&[("a-agree", "yes"), ("a-came", "yes")], "next");
    assert!(seen(&t.page).contains("có thêm câu hỏi") && question(&seen(&t.page), "trips").contains("Từ 1 đến 30."));
    assert!(question(&t.page, "trips").contains("lần</span>"));
    for (typed, told) in [("0", "Xin nhập số từ 1 đến 30."), ("hai", "Xin nhập một số"), ("2,5", "số nguyên"), ("1.000", "từ 1 đến 30")]
    {
        assert_eq!(t.sends(&[("a-trips", typed)], "next"), StatusCode::UNPROCESSABLE_ENTITY);
        assert!(question(&t.page, "trips").contains(told), "{typed}: {}", question(&t.page, "trips"));
        assert!(question(&t.page, "trips").contains(&format!("value=\"{typed}\"")), "what was typed stays");
    }
    t.sends(&[("a-trips", "3")], "next");
    assert!(seen(&t.page).contains("Trong 3 lần đó"), "an answer stands in the text of a question on the same page");
    t.sends(&[("a-needless", "3")], "next");
    assert!(t.page.contains("Phải ít hơn 3 lần đã đến."), "and in the words of a constraint");
}

#[test]
fn a_day_is_taken_in_three_fields_or_in_one() {
    let mut t = first_page("");
    t.sends(&[("a-agree", "yes"), ("a-came", "no")], "stay");
    let day = |t: &Trier| fields(&seen(&t.page)).into_iter().filter(|(n, _)| n == "a-visited").map(|(_, v)| v).collect::<Vec<_>>();
    for (typed, told) in [
        (["31", "2", "2026"], "ngày, tháng, năm có thật"),
        (["31", "", "2026"], "ngày, tháng, năm có thật"),
        (["1", "1", "26"], "ngày, tháng, năm có thật"),
        (["31", "12", "2019"], "từ 01/01/2020 trở đi"),
        (["1", "1", "2999"], "không sau"),
    ] {
        let sent: Vec<(&str, &str)> = typed.iter().map(|part| ("a-visited", *part)).collect();
        assert_eq!(t.sends(&sent, "next"), StatusCode::UNPROCESSABLE_ENTITY, "{typed:?}");
        assert!(question(&t.page, "visited").contains(told), "{typed:?}: {}", question(&t.page, "visited"));
        assert_eq!(day(&t), typed, "what was typed stays");
    }
    t.sends(&[("a-visited", "31/01/2026"), ("a-visited", ""), ("a-visited", "")], "next");
    assert!(t.page.contains("Dịch vụ đã dùng"), "{}", t.page);
    assert!(fields(&t.page).contains(&("a-visited".into(), "31/01/2026".into())), "it is carried to the next page");
    t.sends(&[], "back");
    assert_eq!(day(&t), ["31", "01", "2026"]);
}

/// To the second page.
fn second_page() -> Trier {
    let mut t = first_page("");
    t.sends(&[("a-agree", "yes"), ("a-came", "no")], "next");
    t
}

#[test]
fn only_offered_options_are_shown_and_a_page_comes_again_when_an_answer_offers_others() {
    let mut t = second_page();
    assert!(question(&t.page, "channels").contains("Chọn từ 1 đến 3 mục."));
    t.sends(&[("a-channels", "web"), ("a-channels", "phone")], "next");
    let best = |t: &Trier| question(&seen(&t.page), "best").to_owned();
    assert!(seen(&t.page).contains("có thêm câu hỏi") && best(&t).contains("Trang thông tin") && best(&t).contains("Điện thoại"));
    assert!(!best(&t).contains("Trụ sở"));
    t.sends(&[("a-channels", "web"), ("a-channels", "office"), ("a-best", "web")], "next");
    assert!(best(&t).contains("Trụ sở") && !best(&t).contains("Điện thoại"), "the page comes again with what is offered now");
    assert_eq!(t.sends(&[("a-channels", "web"), ("a-channels", "office"), ("a-best", "phone")], "next"), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(best(&t).contains("không còn để chọn"));
    t.sends(&[("a-channels", "web"), ("a-channels", "office"), ("a-best", "office")], "next");
    assert!(t.page.contains("Mức độ hài lòng"));
}

#[test]
fn a_ranking_is_made_of_lists_and_its_mistakes_are_explained() {
    let mut t = second_page();
    let rank = |t: &mut Trier, places: &[&str]| {
        let mut sent = vec![("a-channels", "web")];
        sent.extend(places.iter().map(|p| ("a-priorities", *p)));
        t.sends(&sent, "next")
    };
    assert!(question(&t.page, "priorities").contains("Chọn nhiều nhất 3 mục và xếp thứ tự"));
    for (places, told) in [
        (&["1:time", "1:place"][..], "Có hai mục cùng ở vị trí 1."),
        (&["1:time", "3:place"], "Chưa có mục nào ở vị trí 2."),
        (&["1:time", "2:time"], "Mỗi mục chỉ được xếp vào một vị trí."),
    ] {
        assert_eq!(rank(&mut t, places), StatusCode::UNPROCESSABLE_ENTITY);
        assert!(question(&t.page, "priorities").contains(told), "{places:?}");
        assert!(fields(&t.page).contains(&("a-priorities".into(), places[0].into())), "what was chosen stays");
    }
    assert_eq!(rank(&mut t, &["", "2:time", "1:place", ""]), StatusCode::OK);
    t.sends(&[("a-overall", "5")], "next");
    t.sends(&[("a-access", "1"), ("a-staff", "na"), ("a-result", "refused")], "next");
    t.sends(&[("a-area", "north"), ("a-quarter", "q1")], "next");
    t.sends(&[("a-quarter", "q1")], "next");
    assert!(t.page.contains("1. Nơi tiếp đón · 2. Rút ngắn thời gian"), "the review says it in order: {}", t.page);
}

#[test]
fn appearances_change_how_a_scale_looks_and_nothing_else() {
    let mut t = second_page();
    t.sends(&[("a-channels", "web")], "next");
    assert!(question(&t.page, "overall").contains("class=\"face\""));
    assert!(!question(&t.page, "plain").contains("class=\"face\""));
    assert!(question(&t.page, "stars").contains("★★★★★") && question(&t.page, "numbers").contains("class=\"step\""));
    assert!(question(&t.page, "inlist").contains("<select") && question(&t.page, "inlist").contains("Không áp dụng"));
    for code in ["overall", "plain", "stars", "numbers", "inlist"] {
        for value in ["1", "5", "na", "refused"] {
            assert!(question(&t.page, code).contains(&format!("value=\"{value}\"")), "{code} {value}");
        }
    }
}

#[test]
fn a_matrix_has_its_heading_once_and_a_group_for_each_item() {
    let mut t = second_page();
    t.sends(&[("a-channels", "web")], "next");
    t.sends(&[("a-overall", "5")], "next");
    assert_eq!(t.page.matches("về từng mặt sau đây?").count(), 1);
    assert_eq!(t.page.matches("<fieldset").count(), 3, "who did not come is not asked about the fourth item");
    assert_eq!(t.sends(&[("a-access", "1")], "next"), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(question(&t.page, "staff").contains("Xin cho biết câu trả lời."));
}

#[test]
fn a_hidden_answer_comes_from_the_address_and_is_never_shown() {
    let mut t = first_page("channel=qr-07&lang=vi&agree=yes&wasted=9&nothing=x");
    assert!(!t.page.contains("Kênh") && fields(&t.page).contains(&("a-channel".into(), "qr-07".into())));
    assert!(!fields(&t.page).contains(&("a-agree".into(), "yes".into())), "only hidden questions are answered by an address");
    t.sends(&[("a-agree", "yes"), ("a-came", "no")], "next");
    t.sends(&[("a-channels", "web")], "next");
    t.sends(&[("a-overall", "5")], "next");
    t.sends(&[("a-access", "1"), ("a-staff", "5"), ("a-result", "5")], "next");
    t.sends(&[("a-area", "north"), ("a-quarter", "q1")], "next");
    t.sends(&[("a-quarter", "q1")], "next");
    assert!(t.page.contains("Xem lại") && !t.page.contains("Kênh"), "{}", t.page);
    t.sends(&[], "next");
    assert!(t.page.contains("qr-07"), "it would be stored");
    let long = first_page(&format!("channel={}", "x".repeat(21)));
    assert!(!long.page.contains("a-channel"), "what cannot be stored is left out, since nobody could mend it");
}

#[test]
fn what_is_typed_stays_text_wherever_it_is_filled_in() {
    let source = EVERY_KIND.replace("text: {vi: \"Tên điểm phục vụ\"", "text: {vi: \"Tên điểm ở ${quarter} (${channels_other})\"");
    let mut t = Trier::opens(&source, "");
    t.sends(&[], "next");
    t.sends(&[("a-agree", "yes"), ("a-came", "no")], "next");
    t.sends(&[("a-channels", "other"), ("a-channels_other", "<b>\"loa\" & ${overall}</b>")], "next");
    t.sends(&[("a-overall", "1")], "next");
    t.sends(&[("a-access", "1"), ("a-staff", "5"), ("a-result", "5")], "next");
    t.sends(&[("a-area", "south"), ("a-quarter", "q30")], "next");
    t.sends(&[("a-quarter", "q30")], "next");
    assert!(t.page.contains("Tên điểm ở Tổ dân phố số 30 (&lt;b&gt;&quot;loa&quot; &amp; ${overall}&lt;/b&gt;)"), "{}", t.page);
    assert!(t.page.contains("Ông/Bà chấm “Rất không hài lòng”. Điều gì cần sửa?"));
}

#[test]
fn an_order_of_ones_own_stays_from_page_to_page() {
    let mut orders = std::collections::BTreeSet::new();
    for _ in 0..12 {
        let mut t = second_page();
        let order = |page: &str| {
            let piece = question(page, "channels").to_owned();
            let at = |code: &str| piece.find(&format!("value=\"{code}\"")).unwrap();
            let mut codes = ["office", "web", "phone", "people", "other", "none"];
            codes.sort_by_key(|c| at(c));
            codes
        };
        let first = order(&t.page);
        assert_eq!(first[4..], ["other", "none"], "what asks which and what excludes the others stay at the end");
        t.sends(&[], "next");
        assert_eq!(order(&t.page), first, "the page that comes again has the same order");
        orders.insert(first);
    }
    assert!(orders.len() > 1, "respondents differ");
}

fn every_kind(s: &Server) {
    s.db.write_now(|conn| questionnaires::store::add(conn, &questionnaires::read(EVERY_KIND).unwrap(), EVERY_KIND, Utc::now().naive_utc()))
        .unwrap();
    new_survey(&s.db, "every", "every-kind", "1", "[open]", "base");
    take(&s.db, "every", Step::Open);
}

fn response(answers: &Value) -> Value {
    json!({ "id": Uuid::new_v4(), "unit": "W1", "mode": "web", "answers": answers })
}

on_both! {
    async fn the_api_takes_every_kind_and_refuses_what_does_not_fit(s: Server) {
        every_kind(&s);
        let good = json!({
            "channel": "qr-07", "agree": true, "came": "yes", "trips": 3, "needless": 1, "visited": "2026-10-01", "channels": ["web", "phone"], "best": "web",
            "field": "refused", "priorities": ["time", "place"], "overall": "2", "stars": "na", "access": "5", "staff": "4", "result": "na", "feedback": "refused",
            "area": "south", "quarter": "q20", "streets": ["s1", "s30"], "fee": 12.5, "comment": "Chờ lâu"
        });
        let (status, answer) = s.submit("every", &response(&good)).await;
        assert_eq!(status, reqwest::StatusCode::CREATED, "{answer}");
        for (question, value, code) in [
            ("wasted", json!(2), "wrong_type"),
            ("hello", json!("x"), "wrong_type"),
            ("quarter", json!("q1"), "not_offered"),
            ("best", json!("people"), "not_offered"),
            ("best", json!("none"), "unknown_option"),
            ("priorities", json!(["time", "time"]), "twice"),
            ("priorities", json!(["time", "place", "papers", "online"]), "too_many"),
            ("priorities", json!("time"), "wrong_type"),
            ("visited", json!("2019-12-31"), "too_early"),
            ("visited", json!("2999-01-01"), "too_late"),
            ("visited", json!("2026-02-30"), "wrong_type"),
            ("visited", json!(20261001), "wrong_type"),
            ("channels", json!(["web", "none"]), "exclusive"),
            ("channels", json!(["office", "web", "phone", "people"]), "too_many"),
            ("came", json!("maybe"), "unknown_option"),
            ("needless", json!(3), "constraint"),
            ("trips", json!(31), "out_of_range"),
            ("fee", json!(0.001), "too_many_decimals"),
            ("place_name", json!("x".repeat(81)), "too_long"),
            ("channel", json!("x".repeat(21)), "too_long"),
            ("access", Value::Null, "required"),
            ("agree", json!(false), "required"),
        ] {
            let mut wrong = good.clone();
            wrong[question] = value.clone();
            let (status, answer) = s.submit("every", &response(&wrong)).await;
            assert_eq!(status, reqwest::StatusCode::UNPROCESSABLE_ENTITY, "{question} {value}");
            let pointer = format!("/answers/{question}");
            let told = answer["errors"].as_array().unwrap().iter().find(|e| e["pointer"] == pointer.as_str()).unwrap_or_else(|| panic!("{question}: {answer}"));
            assert_eq!(told["code"], code, "{question} {value}: {answer}");
        }
        assert_eq!(s.responses("every").await, 1);
    }
}

on_both! {
    async fn every_kind_is_the_same_after_export_and_import(s: Server) {
        every_kind(&s);
        new_survey(&s.db, "again", "every-kind", "1", "[open]", "base");
        take(&s.db, "again", Step::Open);
        let questionnaire = questionnaires::read(EVERY_KIND).unwrap();
        let today = Utc::now().date_naive();
        let mut csv = String::from("id,unit,submitted_on");
        for q in &questionnaire.questions {
            write!(csv, ",{}", q.code).unwrap();
        }
        csv.push('\n');
        for answers in Respondents::new(&questionnaire, 5, today).take(60) {
            write!(csv, "{},W1,{today}", Uuid::new_v4()).unwrap();
            for (position, q) in questionnaire.questions.iter().enumerate() {
                write!(csv, ",\"{}\"", answers.get(position).map_or(String::new(), |a| cell(q, a))).unwrap();
            }
            csv.push('\n');
        }
        let brought = |into: &str, text: &str| {
            s.db.write_now(|conn| {
                let open = Surveys::default().by_code(conn, into)?;
                let read = import::read(&open, &[], text.as_bytes(), &import::Options::default(), Utc::now().naive_utc(), |_| ());
                let rows = read.unwrap_or_else(|m| panic!("{m:?}"));
                import::store(conn, &open, &rows, false, |_| ())
            })
            .unwrap()
        };
        let taken = |from: &str| {
            let mut out = Vec::new();
            s.db.read_now(|conn| {
                let open = Surveys::default().by_code(conn, from)?;
                export::write(conn, &open, &mut out, |_| ())
            })
            .unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(brought("every", &csv).stored, 60);
        let first = taken("every");
        let other: String = first.lines().map(|line| with_another_id(line) + "\n").collect();
        assert_eq!(brought("again", &other).stored, 60);
        let mut second: Vec<String> = taken("again").lines().map(without_id).collect();
        let mut first: Vec<String> = first.lines().map(without_id).collect();
        first.sort();
        second.sort();
        assert_eq!(first, second);
        for (kind, said) in [("a calculated value", ",2,"), ("a day", "-"), ("a ranking of several", "time ")] {
            assert!(first.iter().any(|line| line.contains(said)), "{kind} is among the answers");
        }
    }
}

fn cell(q: &questionnaires::model::Question, answer: &questionnaires::model::Answer) -> String {
    use questionnaires::model::Answer;
    match answer {
        Answer::Number(n) => n.to_string(),
        Answer::Text(t) => t.clone(),
        Answer::Date(day) => day.to_string(),
        closed => q.answer_codes(closed).join(" "),
    }
}

fn without_id(line: &str) -> String {
    line.split_once(',').map_or(line, |(_, rest)| rest).to_owned()
}

fn with_another_id(line: &str) -> String {
    match line.split_once(',') {
        Some((id, rest)) if Uuid::parse_str(id).is_ok() => format!("{},{rest}", Uuid::new_v4()),
        _ => line.to_owned(),
    }
}
