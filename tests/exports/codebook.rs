use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use sipas::exchange::codebook;
use sipas::exchange::codebook::rows::Book;
use sipas::questionnaires::model::{Answers, Kind};
use sipas::questionnaires::{Questionnaire, codes};
use sipas::web::locale::Language;
use sipas::web::render::Renderer;

use super::{all, every_type, keep};

fn workbook(q: &Questionnaire, language: Language) -> Xlsx<Cursor<Vec<u8>>> {
    Xlsx::new(Cursor::new(codebook::xlsx(q, language).unwrap())).unwrap()
}

/// The rows of a sheet below its headings, as texts.
fn sheet(book: &mut Xlsx<Cursor<Vec<u8>>>, name: &str) -> Vec<Vec<String>> {
    let range = book.worksheet_range(name).unwrap();
    range.rows().skip(1).map(|r| r.iter().map(ToString::to_string).collect()).collect()
}

#[test]
fn every_question_and_every_option_has_its_row_in_the_workbook() {
    for (name, q) in all() {
        keep(&format!("{name}.codebook.xlsx"), &codebook::xlsx(&q, Language::Vi).unwrap());
        let mut book = workbook(&q, Language::En);
        assert_eq!(book.sheet_names(), ["Questions", "Options", "Index", "Logic", "About"]);
        let questions: Vec<_> = sheet(&mut book, "Questions").into_iter().map(|r| r[1].clone()).collect();
        assert_eq!(questions, q.questions.iter().map(|q| q.code.clone()).collect::<Vec<_>>(), "{name}");
        let extra = |k: &Kind| match k {
            Kind::Single { not_applicable, refused, .. } => usize::from(not_applicable.is_some()) + usize::from(refused.is_some()),
            Kind::Consent => 1,
            _ => 0,
        };
        let expected: usize = q.questions.iter().map(|q| q.options().len() + extra(&q.kind)).sum();
        assert_eq!(sheet(&mut book, "Options").len(), expected, "{name}");
        let items = q.index.as_ref().map_or(0, |i| i.items().count());
        let found = Book::of(&q, Language::En).unwrap().questions.iter().filter(|r| !r.counts_for.is_empty()).count();
        assert_eq!(found, items, "{name}");
    }
}

#[test]
fn what_is_said_to_be_stored_is_what_is_stored() {
    let q = every_type();
    let book = Book::of(&q, Language::En).unwrap();
    let mut tried = 0;
    for row in &book.options {
        let position = q.position(&row.question).unwrap();
        let question = &q.questions[position];
        if matches!(question.kind, Kind::Ranking { .. }) {
            continue;
        }
        let answer = question.choice(&row.code).unwrap();
        let stored = codes::encode(&q, &Answers { given: [(position, answer)].into(), day: None }).codes;
        let first: usize = book.questions[position].bytes.split('–').next().unwrap().parse().unwrap();
        match row.stored.strip_prefix("bit ") {
            Some(bit) => {
                let (bit, byte) = bit.split_once(" of byte ").unwrap();
                assert_eq!(stored[byte.parse::<usize>().unwrap()], 1 << bit.parse::<u8>().unwrap(), "{row:?}");
            }
            None => assert_eq!(stored[first].to_string(), row.stored, "{row:?}"),
        }
        assert_eq!(stored.iter().filter(|b| **b != 0).count(), 1);
        tried += 1;
    }
    assert!(tried > 30, "only {tried} options were tried");
    assert_eq!(book.questions[q.position("channels").unwrap()].bytes.split('–').count(), 2, "ten options need two bytes");
}

#[test]
fn what_a_question_is_to_reports_is_told() {
    let book = Book::of(&every_type(), Language::En).unwrap();
    let told: Vec<_> = book.questions.iter().filter(|q| !q.role.is_empty()).map(|q| (q.code.as_str(), q.role.as_str())).collect();
    assert_eq!(told, [("field", "Tells which service it was about")]);
    let mut sheets = workbook(&every_type(), Language::Vi);
    assert!(sheet(&mut sheets, "Câu hỏi").iter().any(|row| row.iter().any(|c| c == "Cho biết thủ tục hoặc lĩnh vực đã giải quyết")));
}

#[test]
fn texts_that_look_like_formulas_are_texts() {
    let mut book = workbook(&every_type(), Language::Vi);
    let mut dangerous = 0;
    for name in book.sheet_names() {
        let formulas = book.worksheet_formula(&name).unwrap();
        assert!(formulas.used_cells().all(|(_, _, f)| f.is_empty()), "{name} has a formula");
        let range = book.worksheet_range(&name).unwrap();
        for (_, _, cell) in range.used_cells() {
            if cell.to_string().starts_with(['=', '+', '-', '@']) {
                assert!(matches!(cell, Data::String(_)), "{cell:?}");
                dangerous += 1;
            }
        }
    }
    assert!(dangerous >= 2, "the texts that look like formulas were not found");
}

#[test]
fn a_text_longer_than_a_cell_is_cut_and_says_so() {
    let mut q = every_type();
    q.source = Some("ă".repeat(40_000));
    let mut book = workbook(&q, Language::En);
    let source = sheet(&mut book, "About").into_iter().find(|r| r[0] == "Source").unwrap();
    assert_eq!(source[1].chars().count(), 32_767);
    assert!(source[1].ends_with('…'));
}

#[test]
fn questions_conditions_and_index_are_explained() {
    let q = every_type();
    let book = Book::of(&q, Language::Vi).unwrap();
    let question = |code: &str| book.questions.iter().find(|r| r.code == code).unwrap();
    assert_eq!(question("reason").asked, "overall chọn “Rất không hài lòng” hoặc “Không hài lòng”");
    assert_eq!(question("again").asked, "yes_or_no chọn “Có”");
    assert_eq!(question("trips").bounds, "từ 0 đến 20 lần");
    assert_eq!(question("fee").bounds, "từ 0,0 đến 999,5 nghìn đồng");
    assert_eq!(question("visited_on").bounds, "từ 01/01/2026 đến ngày trả lời");
    assert_eq!(question("channels").bounds, "từ 1 đến 3");
    assert_eq!(question("reason").bounds, "nhiều nhất 500 ký tự");
    assert_eq!(question("overall").counts_for, "all › service › outcome");
    assert_eq!(question("aspect_staff").texts[1], "How satisfied are you with each aspect? – The officials");
    let columns = sipas::exchange::columns::COLUMNS.len();
    assert_eq!(question("welcome").column, columns + 1);
    let fee = book.logic.iter().find(|l| l.of == "fee").unwrap();
    assert_eq!(fee.looks_at.iter().map(|(code, _)| code.as_str()).collect::<Vec<_>>(), ["trips", "channels", "field"]);
    assert_eq!(fee.words, "trips lớn hơn hoặc bằng 2 và (channels có chọn “Truyền hình” hoặc field không chọn “Đất đai”)");
    let option = |question: &str, code: &str| book.options.iter().find(|o| o.question == question && o.code == code).unwrap();
    assert_eq!(option("overall", "4").score, Some(100.0));
    assert_eq!(option("overall", "3").score, Some(0.0));
    assert_eq!(option("overall", "na").score, None);
    assert_eq!(option("again", "4").score, None, "no item, no score");
    assert_eq!(option("overall", "refused").stored, "254");
    let levels: Vec<_> = book.index.iter().map(|i| (i.level, i.code.as_str())).collect();
    assert_eq!(levels[..4], [(0, "all"), (1, "service"), (2, "contact"), (3, "aspect_place")]);
}

#[test]
fn the_page_holds_every_question_and_escapes_every_text() {
    let renderer = Renderer::load().unwrap();
    for (name, q) in all() {
        for language in Language::ALL {
            let html = codebook::html(&q, language, &renderer).unwrap();
            keep(&format!("{name}.{}.html", language.code()), html.as_bytes());
            for question in &q.questions {
                assert!(html.contains(&format!("id=\"q-{}\"", question.code)), "{name}: {}", question.code);
            }
            assert!(!html.contains("<script") && !html.contains("http://") && !html.contains("https://"), "{name} needs another file");
        }
    }
    let html = codebook::html(&every_type(), Language::Vi, &renderer).unwrap();
    assert!(html.contains("Mọi loại câu hỏi &lt;b&gt; &amp; “ngoặc”") && !html.contains("<b>"));
    assert!(html.contains("<html lang=\"vi\">") && html.contains("<th scope=\"row\""));
}
