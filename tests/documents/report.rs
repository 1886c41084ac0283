//! The report as PDF.

use sipas::documents::{self, Block, Column, Document, Run, Signer, Table, TableRow};
use sipas::error::Error;

use crate::example::{self, MARK, plain};
use crate::support::{Pdf, REPORT, flat};

/// A short document.
pub(crate) fn short(body: Vec<Block>) -> Document {
    Document { annexes: Vec::new(), mark: None, body, ..example::report() }
}

#[test]
fn the_head_of_an_official_document_has_all_its_parts() {
    let pages = REPORT.pages();
    for part in [
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "UBND THÀNH PHỐ HÀ NỘI",
        "SỞ NỘI VỤ",
        "Số: /BC-SNV",
        "Hà Nội, ngày tháng 12 năm 2026",
        "BÁO CÁO Kết quả đo lường sự hài lòng của người dân, tổ chức đối với sự phục vụ của cơ quan hành chính nhà nước thành phố Hà Nội năm 2026",
    ] {
        assert!(pages[0].contains(part), "the first page lacks “{part}”:\n{}", pages[0]);
    }
    let signed = pages.iter().find(|page| page.contains("Nơi nhận:")).expect("a page has the recipients");
    for part in ["- Bộ Nội vụ;", "- Lưu: VT, CCHC.", "KT. GIÁM ĐỐC PHÓ GIÁM ĐỐC", "Nguyễn Thị Minh Nguyệt"] {
        assert!(signed.contains(part), "the last page lacks “{part}”:\n{signed}");
    }
}

#[test]
fn every_text_of_the_report_is_printed_whole() {
    let all = flat(&REPORT.pages().join(" "));
    let report = example::report();
    let annexes = report.annexes.iter().flat_map(|annex| &annex.blocks);
    for block in report.body.iter().chain(annexes) {
        for text in texts(block) {
            assert!(all.contains(&flat(&text)), "not printed: {text}");
        }
    }
    for label in [
        "Bảng 1. Chỉ số hài lòng chung",
        "Hình 1. Chỉ số hài lòng theo yếu tố",
        "Phụ lục II CHỈ SỐ TỪNG YẾU TỐ",
        "Bảng 4. Chỉ số từng yếu tố",
    ] {
        assert!(all.contains(label), "not printed: {label}");
    }
}

/// What a block says, in pieces that stay together.
pub(crate) fn texts(block: &Block) -> Vec<String> {
    match block {
        Block::Heading { text, .. } | Block::Note(text) => vec![text.clone()],
        Block::Paragraph(runs) => vec![runs.iter().map(|run| run.text.as_str()).collect()],
        Block::List(items) => items.clone(),
        Block::Table(table) => {
            let cells = table.rows.iter().flat_map(|row| row.cells.clone());
            cells
                .chain(table.columns.iter().map(|column| column.head.clone()))
                .chain(table.note.clone())
                .chain([table.caption.clone()])
                .collect()
        }
        Block::Figure(figure) => figure.source.iter().cloned().chain([figure.caption.clone()]).collect(),
        Block::PageBreak => Vec::new(),
    }
}

#[test]
fn the_head_of_a_table_stands_on_every_page_of_it() {
    let pages = REPORT.pages();
    let holds = |page: &&String| page.contains("Phường Ba Đình") || page.contains("Phường Giảng Võ");
    let of_units: Vec<&String> = pages.iter().filter(holds).collect();
    assert!(of_units.len() >= 6, "the tables of 126 units take several pages, not {}", of_units.len());
    for page in of_units {
        assert!(page.contains("TT Đơn vị"), "a page of the table has no head:\n{page}");
    }
}

#[test]
fn no_row_breaks_over_two_pages() {
    let words = |at: usize| format!("đầu{at} {}cuối{at}", "nội dung dài để chiếm nhiều dòng trong một ô hẹp ".repeat(6));
    let rows = (0..30).map(|at| TableRow { cells: vec![at.to_string(), words(at)], ..TableRow::default() }).collect();
    let columns =
        vec![Column { head: "TT".into(), numeric: true, share: 1.0 }, Column { head: "Nội dung".into(), numeric: false, share: 1.5 }];
    let table = Table { caption: "Hàng cao".into(), columns, rows, note: None };
    let pages = Pdf::of(documents::pdf(&short(vec![Block::Table(table)])).unwrap()).pages();
    assert!(pages.len() > 3, "the table takes several pages");
    for at in 0..30 {
        assert!(pages.iter().any(|page| page.contains(&words(at))), "row {at} is on no page as a whole");
    }
}

#[test]
fn numbers_of_a_column_end_at_the_same_place() {
    let numbers = ["8,75", "100,00", "−12,50", "1.234,00"];
    let rows = numbers.map(|number| TableRow { cells: vec!["Đơn vị".into(), number.into()], ..TableRow::default() }).into();
    let columns = vec![Column { head: "Tên".into(), numeric: false, share: 1.0 }, Column { head: "Số".into(), numeric: true, share: 1.0 }];
    let table = Table { caption: "Số".into(), columns, rows, note: None };
    let words = Pdf::of(documents::pdf(&short(vec![Block::Table(table)])).unwrap()).told("pdftotext", &["-bbox"]);
    let ends = |number: &str| {
        let line =
            words.lines().find(|line| line.contains(&format!(">{number}<"))).unwrap_or_else(|| panic!("{number} is not on the page"));
        line.split("xMax=\"").nth(1).and_then(|rest| rest.split('"').next()).and_then(|x| x.parse::<f64>().ok()).expect("a place")
    };
    for number in numbers {
        assert!((ends(number) - ends("100,00")).abs() < 0.05, "{number} ends at {} and not at {}", ends(number), ends("100,00"));
    }
}

#[test]
fn a_digest_breaks_rather_than_leave_its_column() {
    let digest = "3f9a1c0b77de42d08a5e6f1b90c2d4e8a1b7c3d5e9f00112233445566778899a";
    let columns = vec![Column { head: "Tên".into(), numeric: false, share: 3.0 }, Column { head: "Mã".into(), numeric: false, share: 1.0 }];
    let rows = vec![TableRow { cells: vec!["Dữ liệu".into(), digest.into()], ..TableRow::default() }];
    let printed = Pdf::of(documents::pdf(&short(vec![Block::Table(Table { caption: "Mã".into(), columns, rows, note: None })])).unwrap());
    assert!(printed.pages()[0].replace(' ', "").contains(digest), "{}", printed.pages()[0]);
    let words = printed.told("pdftotext", &["-bbox"]);
    let ends = words.split("xMax=\"").skip(1).filter_map(|rest| rest.split('"').next()?.parse::<f64>().ok());
    let furthest = ends.fold(0.0, f64::max);
    assert!(furthest <= (210.0 - 15.0) / 25.4 * 72.0 + 0.1, "a word ends at {furthest} pt, beyond the right margin");
}

#[test]
fn pages_are_numbered_from_the_second_on_and_anew_in_each_annex() {
    let tops = REPORT.tops(56);
    let number = |top: &String| top.replace(MARK, "").trim().to_owned();
    let numbers: Vec<String> = tops.iter().map(number).collect();
    let mut expected = Vec::new();
    for page in REPORT.pages() {
        let begins = expected.is_empty() || page.contains("(Kèm theo Báo cáo");
        expected.push(if begins { 1 } else { expected.last().unwrap_or(&0) + 1 });
    }
    let expected: Vec<String> = expected.into_iter().map(|page| if page == 1 { String::new() } else { page.to_string() }).collect();
    assert_eq!(numbers, expected);
    assert_eq!(expected.iter().filter(|number| number.is_empty()).count(), 4, "the report and three annexes begin");
}

#[test]
fn the_mark_is_at_the_top_and_across_every_page() {
    for (top, page) in REPORT.tops(56).iter().zip(REPORT.pages()) {
        assert!(top.contains(MARK), "no mark at the top of a page: {top}");
        assert!(page.replace(' ', "").matches("DỮLIỆUMINHHOẠ").count() >= 2, "no mark across a page: {page}");
    }
    let long = "DỮ LIỆU MINH HOẠ, KHÔNG DÙNG ĐỂ CÔNG BỐ";
    let marked = Pdf::of(documents::pdf(&Document { mark: Some(long.into()), ..short(vec![plain("Nội dung.")]) }).unwrap());
    assert_eq!(marked.pages()[0].replace(' ', "").matches(&long.replace(' ', "")).count(), 2, "a long mark stays on one line");
    let without = Pdf::of(documents::pdf(&short(vec![plain("Nội dung.")])).unwrap());
    assert!(!without.pages()[0].contains("MINH HOẠ"));
}

#[test]
fn every_typeface_is_embedded() {
    let fonts = REPORT.told("pdffonts", &[]);
    let lines: Vec<&str> = fonts.lines().skip(2).collect();
    assert_eq!(lines.len(), 4, "regular, bold, italic and both:\n{fonts}");
    for line in lines {
        assert!(line.contains("Tinos"), "{line}");
        assert!(line.contains(" yes yes yes "), "not embedded, not a subset or without Unicode: {line}");
    }
}

#[test]
fn a_wide_annex_lies_on_its_side() {
    let sizes = REPORT.told("pdfinfo", &["-f", "1", "-l", "99"]);
    let sideways = REPORT.pages().iter().position(|page| page.contains("Phụ lục II CHỈ SỐ")).expect("the annex is printed") + 1;
    let of = |page: usize| {
        sizes.lines().find(|line| line.starts_with("Page") && line.contains(&format!(" {page} size"))).unwrap_or_default().to_owned()
    };
    assert!(of(sideways).contains("841.89 x 595.276"), "{}", of(sideways));
    assert!(of(1).contains("595.276 x 841.89"), "{}", of(1));
}

#[test]
fn nobody_signs_a_page_without_text() {
    // As much text as brings the closing to the top of a page, line by line.
    for lines in 20..34 {
        let body = (0..lines).map(|_| plain("Một dòng.")).chain([plain("Trên đây là báo cáo.")]).collect();
        let pages = Pdf::of(documents::pdf(&short(body)).unwrap()).pages();
        let signed = pages.iter().find(|page| page.contains("Nơi nhận:")).expect("it is signed");
        assert!(signed.contains("Trên đây là báo cáo."), "after {lines} lines the signature is alone");
    }
}

#[test]
fn texts_are_never_read_as_markup() {
    let odd = "#emph[x] *sao* _gạch_ $x^2$ @nhãn <b>&amp;</b> \\n `mã` = tiêu đề // ghi chú";
    let pages = Pdf::of(documents::pdf(&short(vec![plain(odd), Block::Heading { level: 1, text: odd.into() }])).unwrap()).pages();
    assert_eq!(pages[0].matches(odd).count(), 2, "{}", pages[0]);
}

#[test]
fn a_sign_that_the_typeface_has_not_is_refused_by_name() {
    let told = documents::pdf(&short(vec![plain("Kết quả tốt ✓")])).unwrap_err();
    assert!(matches!(&told, Error::Refused(what) if what.contains("✓ (U+2713)") && what.contains("Kết quả tốt")), "{told}");

    let mut figure = example::picture(640, 330);
    figure.svg = figure.svg.replace("90%", "90&#x4e2d;");
    let told = documents::pdf(&short(vec![Block::Figure(figure)])).unwrap_err();
    assert!(matches!(&told, Error::Refused(what) if what.contains("中 (U+4E2D)")), "{told}");
}

#[test]
fn what_is_filled_in_wrongly_is_told() {
    let refused = |block: Block, why: &str| {
        let document = short(vec![block]);
        for told in [documents::pdf(&document).unwrap_err(), documents::docx(&document).unwrap_err()] {
            assert!(told.to_string().contains(why), "{told}");
        }
    };
    let table =
        || Table { caption: "T".into(), columns: vec![Column { head: "A".into(), numeric: false, share: 1.0 }], ..Table::default() };
    refused(Block::Heading { level: 4, text: "Sâu".into() }, "“Sâu” has level 4");
    refused(Block::Table(Table { columns: Vec::new(), ..table() }), "no columns");
    refused(
        Block::Table(Table { rows: vec![TableRow { cells: vec!["1".into(), "2".into()], ..TableRow::default() }], ..table() }),
        "row 1 of table “T” has 2 cells for 1 columns",
    );
    refused(Block::Table(Table { columns: vec![Column { head: "A".into(), numeric: false, share: 0.0 }], ..table() }), "share 0");
    refused(Block::Figure(documents::Figure { alt: " ".into(), ..example::picture(640, 330) }), "not described in words");
    refused(Block::Figure(documents::Figure { png: b"GIF89a".to_vec(), ..example::picture(640, 330) }), "has no PNG");
    refused(plain("chuông\u{7}"), "U+0007");
    let document = Document { language: "fr".into(), ..short(Vec::new()) };
    assert!(documents::pdf(&document).unwrap_err().to_string().contains("not vi or en"));
}

#[test]
fn an_english_report_keeps_the_layout() {
    let mut document = example::report();
    document.language = "en".into();
    document.head.kind = "REPORT".into();
    document.signer = Signer { lines: vec!["DIRECTOR".into()], name: String::new() };
    document.body =
        vec![Block::Paragraph(vec![Run { text: "The index was 87.12%.".into(), ..Run::default() }]), Block::Table(example::by_unit(2))];
    document.annexes.truncate(1);
    document.annexes[0].blocks.truncate(0);
    let pages = Pdf::of(documents::pdf(&document).unwrap()).pages();
    for words in ["SOCIALIST REPUBLIC OF VIET NAM", "Independence - Freedom - Happiness", "Table 1. ", "Recipients:", "DIRECTOR"] {
        assert!(pages[0].contains(words), "{}", pages[0]);
    }
    assert!(pages[1].contains("Annex CHỈ SỐ"), "one annex alone has no number: {}", pages[1]);
}

#[test]
fn the_same_document_is_the_same_file() {
    let document = short(vec![plain("Nội dung."), Block::Figure(example::picture(640, 330)), Block::Table(example::by_unit(5))]);
    // Other documents in between, as in a server.
    let first = (documents::pdf(&document).unwrap(), documents::docx(&document).unwrap());
    documents::docx(&short(vec![Block::Figure(example::picture(320, 165))])).unwrap();
    assert!(first.0 == documents::pdf(&document).unwrap(), "the PDF differs");
    assert!(first.1 == documents::docx(&document).unwrap(), "the Word file differs");
}
