use std::io::Write;
use std::process::{Command, Stdio};

use sipas::exchange::paper::form::Form;
use sipas::exchange::paper::{self, Options};
use sipas::questionnaires::Questionnaire;
use sipas::questionnaires::model::Kind;

use super::{all, every_type, keep};

/// The form in these languages, without number and QR code.
fn form(q: &Questionnaire, languages: &[&'static str]) -> Vec<u8> {
    paper::pdf(q, &Options { languages: languages.to_vec(), ..Options::default() }).unwrap()
}

/// The words on all pages, page by page, each on one line with single spaces, as pdftotext reads them.
fn pages(pdf: &[u8]) -> Vec<String> {
    let mut program = Command::new("pdftotext")
        .args(["-layout", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("pdftotext is missing: run tests/setup/install.sh");
    program.stdin.take().unwrap().write_all(pdf).unwrap();
    let output = program.wait_with_output().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    let mut pages: Vec<_> = text.split('\u{c}').map(one_line).collect();
    pages.pop();
    pages
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The words in reading order of the page's contents, without any layout: what is broken over lines stands together.
fn words(pdf: &[u8]) -> String {
    let mut program = Command::new("pdftotext")
        .args(["-raw", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("pdftotext is missing: run tests/setup/install.sh");
    program.stdin.take().unwrap().write_all(pdf).unwrap();
    one_line(&String::from_utf8(program.wait_with_output().unwrap().stdout).unwrap())
}

/// What the layout is given, as JSON.
fn content(q: &Questionnaire, languages: &[&'static str]) -> serde_json::Value {
    serde_json::to_value(Form::of(q, &Options { languages: languages.to_vec(), ..Options::default() }).unwrap()).unwrap()
}

fn parts(content: &serde_json::Value) -> Vec<serde_json::Value> {
    content["sections"].as_array().unwrap().iter().flat_map(|s| s["parts"].as_array().unwrap().clone()).collect()
}

fn part(content: &serde_json::Value, label: &str) -> serde_json::Value {
    parts(content).into_iter().find(|p| p["label"][0] == label).unwrap_or_else(|| panic!("{label} is not printed"))
}

#[test]
fn every_question_is_on_paper_in_readable_vietnamese() {
    for (name, q) in all() {
        let pdf = form(&q, &["vi"]);
        keep(&format!("{name}.vi.pdf"), &pdf);
        keep(&format!("{name}.form.json"), content(&q, &["vi"]).to_string().as_bytes());
        let words = words(&pdf);
        for question in q.questions.iter().filter(|q| q.is_answered_by_people() && q.specifies.is_none()) {
            let text = one_line(question.text.get("vi"));
            if !text.contains("${") {
                assert!(words.contains(&text), "{name}: {} is not on paper: {text}\n{words}", question.code);
            }
        }
        assert!(words.contains("Độc lập - Tự do - Hạnh phúc") && words.contains("PHIẾU KHẢO SÁT"));
    }
}

#[test]
fn english_and_bilingual_forms_can_be_made() {
    let q = every_type();
    let english = words(&form(&q, &["en"]));
    assert!(english.contains("How many times did you have to come?") && !english.contains("Ông/Bà"));
    let both = form(&q, &["vi", "en"]);
    keep("every_type.both.pdf", &both);
    let both = words(&both);
    assert!(both.contains("Ông/Bà phải đi lại mấy lần?") && both.contains("How many times did you have to come?"));
}

#[test]
fn a_language_that_the_questionnaire_has_not_is_refused() {
    let languages: [&[&str]; 3] = [&["fr"], &[], &["vi", "en", "vi"]];
    for languages in languages {
        let refused = paper::pdf(&every_type(), &Options { languages: languages.to_vec(), ..Options::default() });
        assert!(refused.is_err(), "{languages:?}");
    }
}

#[test]
fn hostile_texts_are_printed_as_they_are() {
    let words = words(&form(&every_type(), &["en"]));
    assert!(words.contains("Please answer. #set text(red) *bold* $x$ @label <a> \\ ]"), "{words}");
    let mut q = every_type();
    let attack = "#read(\"/etc/passwd\") #panic() ```x``` = h // c /* d \\u{41} ~ -- --- \"q\" 'q' ...";
    q.title.0.insert("en".into(), attack.into());
    assert!(self::words(&form(&q, &["en"])).contains(attack));
}

#[test]
fn a_sign_that_cannot_be_printed_is_refused_with_its_place() {
    let mut q = every_type();
    q.questions[2].text.0.insert("vi".into(), "Ông/Bà hài lòng 😀 không?".into());
    let refused = paper::pdf(&q, &Options { languages: vec!["vi"], ..Options::default() }).unwrap_err().to_string();
    assert!(refused.contains("U+1F600") && refused.contains("Ông/Bà hài lòng"), "{refused}");
    assert!(paper::pdf(&q, &Options { languages: vec!["en"], ..Options::default() }).is_ok(), "the English form has no such sign");
}

#[test]
fn every_page_carries_version_number_and_page() {
    let q = all().into_iter().find(|(name, _)| name == "sipas-2023").unwrap().1;
    let options = Options { languages: vec!["vi"], number: Some("HN-00042"), qr: Some("https://example.vn/s/7F3K?form=HN-00042") };
    let pdf = paper::pdf(&q, &options).unwrap();
    keep("sipas-2023.qr.pdf", &pdf);
    let pages = pages(&pdf);
    assert!(pages.len() > 1);
    for (n, page) in (1..).zip(&pages) {
        assert!(page.contains("sipas · 2023") && page.contains("HN-00042"), "page {n}: {page}");
        assert!(page.contains(&format!("Trang {n}/{}", pages.len())), "page {n}: {page}");
    }
}

#[test]
fn a_text_too_long_for_a_qr_code_is_refused() {
    let long = "x".repeat(5_000);
    let refused = paper::pdf(&every_type(), &Options { languages: vec!["vi"], number: None, qr: Some(&long) }).unwrap_err();
    assert!(refused.to_string().contains("shorten it"), "{refused}");
}

#[test]
fn numbers_run_through_and_what_nobody_answers_is_left_out() {
    let q = every_type();
    let content = content(&q, &["vi"]);
    let text = content.to_string();
    assert!(!text.contains("Chiến dịch") && !text.contains("Gánh nặng"), "hidden and calculated questions are not printed");
    let labels: Vec<_> = parts(&content)
        .iter()
        .map(|p| p["label"][0].as_str().or_else(|| p["heading"]["label"][0].as_str()).unwrap_or("–").to_owned())
        .collect();
    let expected =
        ["–", "Câu 1", "Câu 2", "Câu 3", "Câu 4", "Câu 5", "Câu 6", "Câu 7", "Câu 8", "Câu 9", "Câu 10", "Câu 11", "Câu 12", "Câu 13"];
    assert_eq!(labels, expected);
    let table = &parts(&content)[5];
    let rows: Vec<_> = table["rows"].as_array().unwrap().iter().map(|r| r["label"].as_str().unwrap()).collect();
    assert_eq!(rows, ["5.1", "5.2", "5.3"]);
    let codes: Vec<_> = table["columns"].as_array().unwrap().iter().map(|c| c["code"].as_u64().unwrap()).collect();
    assert_eq!(codes, [1, 2, 3, 4, 5, 255, 254], "the numbers that are stored");
}

#[test]
fn questions_on_one_scale_become_a_table_with_their_own_numbers() {
    let q = all().into_iter().find(|(name, _)| name == "sipas-2023").unwrap().1;
    let content = content(&q, &["vi"]);
    let tables: Vec<_> = parts(&content).into_iter().filter(|p| p["shape"] == "table").collect();
    let rows: usize = tables.iter().map(|t| t["rows"].as_array().unwrap().len()).sum();
    let items = q.index.as_ref().unwrap().items().count();
    assert!(rows >= items, "{rows} rows, {items} items");
    let printed: usize = parts(&content).iter().map(|p| p["rows"].as_array().map_or(1, Vec::len)).sum();
    let asked = q.questions.iter().filter(|q| q.is_answered_by_people() && q.specifies.is_none()).count();
    let notes = q.questions.iter().filter(|q| matches!(q.kind, Kind::Note)).count();
    assert_eq!(printed, asked + notes);
}

#[test]
fn conditions_are_said_with_the_numbers_on_paper() {
    let q = every_type();
    let vietnamese = content(&q, &["vi"]);
    assert_eq!(part(&vietnamese, "Câu 8")["only_if"][0], "Chỉ trả lời nếu Câu 1 chọn “Rất không hài lòng” hoặc “Không hài lòng”.");
    assert_eq!(vietnamese["sections"][2]["only_if"][0], "Chỉ trả lời nếu Câu 4 chọn “Có”.");
    assert_eq!(part(&vietnamese, "Câu 12")["text"][0], "Với “[câu trả lời ở Câu 9]”, Ông/Bà có quay lại không?");
    let both = content(&q, &["vi", "en"]);
    assert_eq!(part(&both, "Câu 8")["only_if"][1], "Answer only if Question 1 is “Very dissatisfied” or “Dissatisfied”.");
}

/// Three questions behind one: the second and third depend on it alone.
fn jumping() -> Questionnaire {
    super::parse(
        r#"
format: 1
code: jump
version: "1"
title: {vi: "T", en: "T"}
languages: [vi, en]
introduction: {vi: "x", en: "x"}
sections:
  - code: s
    title: {vi: "S", en: "S"}
    questions:
      - {code: ever, type: yes_no, text: {vi: "Đã từng?", en: "Ever?"}}
      - {code: when, type: date, text: {vi: "Khi nào?", en: "When?"}, relevant: "${ever} = 'yes'"}
      - {code: why, type: text, text: {vi: "Vì sao không?", en: "Why not?"}, relevant: "${ever} = 'no'"}
      - {code: agree, type: consent, text: {vi: "Đồng ý", en: "Agree"}}
      - {code: phone, type: text, text: {vi: "Điện thoại", en: "Phone"}, relevant: "${agree} = 'yes'"}
"#,
    )
}

#[test]
fn an_option_that_leaves_out_the_next_questions_says_where_to_go() {
    let content = content(&jumping(), &["vi"]);
    let options = part(&content, "Câu 1")["field"]["options"].clone();
    assert_eq!(options[0]["jump"], serde_json::Value::Null, "yes leads to the next question");
    assert_eq!(options[1]["jump"][0], "chuyển sang Câu 3");
    assert_eq!(part(&content, "Câu 4")["field"]["jump"][0], "nếu không đánh dấu, chuyển sang cuối phiếu");
    let words = words(&form(&jumping(), &["vi"]));
    assert!(words.contains("→ chuyển sang Câu 3"), "{words}");
}

#[test]
fn each_kind_of_answer_has_its_place_to_write() {
    let content = content(&every_type(), &["vi"]);
    let field = |label: &str| part(&content, label)["field"].clone();
    assert_eq!(field("Câu 6")["whole"], 2, "20 has two digits");
    assert_eq!((field("Câu 7")["whole"].clone(), field("Câu 7")["decimals"].clone()), (3.into(), 1.into()));
    assert_eq!(field("Câu 7")["point"], ",");
    assert_eq!(field("Câu 8")["count"], 6);
    assert_eq!(field("Câu 9")["count"], 1);
    assert_eq!(field("Câu 10")["field"], "date");
    assert_eq!(field("Câu 11")["field"], "ranking");
    assert_eq!(field("Câu 13")["field"], "consent");
    assert_eq!(field("Câu 2")["options"][2]["line"], true, "“Khác” has a line to write which");
    assert_eq!(part(&content, "Câu 3")["hints"][0][0], "Chọn nhiều nhất 3 ô.");
    assert_eq!(part(&content, "Câu 11")["hints"][0][0], "Ghi số 1 vào ô của điều quan trọng nhất, số 2 vào điều tiếp theo, đến số 3.");
}
