//! The report as a Word file.

use roxmltree::{Document as Xml, Node};
use sipas::documents::{self, Block, Document};

use crate::example::{self, MARK, plain};
use crate::report::{short, texts};
use crate::support::{Pdf, WORD, WORD_PRINTED, flat, part};

const W: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

fn named<'a>(node: Node<'a, 'a>, name: &'a str) -> impl Iterator<Item = Node<'a, 'a>> {
    node.descendants().filter(move |node| node.has_tag_name((W, name)))
}

fn value<'a>(node: Node<'a, 'a>) -> &'a str {
    node.attribute((W, "val")).unwrap_or_default()
}

fn style<'a>(paragraph: Node<'a, 'a>) -> &'a str {
    named(paragraph, "pStyle").next().map_or("", value)
}

fn said(node: Node<'_, '_>) -> String {
    node.descendants().filter(|node| node.has_tag_name((W, "t"))).filter_map(|node| node.text()).collect()
}

#[test]
fn office_prints_every_paragraph_and_cell() {
    let all = flat(&WORD_PRINTED.pages().join(" "));
    let report = example::report();
    let annexes = report.annexes.iter().flat_map(|annex| &annex.blocks);
    for block in report.body.iter().chain(annexes) {
        for text in texts(block) {
            assert!(all.contains(&flat(&text)), "not in the Word file: {text}");
        }
    }
    for words in [
        "Độc lập - Tự do - Hạnh phúc",
        "Nơi nhận:",
        "- Lưu: VT, CCHC.",
        "PHÓ GIÁM ĐỐC",
        "Hình 1. Chỉ số",
        "Bảng 4. Chỉ số",
        "- Phúc tra: 620 phiếu",
    ] {
        assert!(all.contains(words), "not in the Word file: {words}");
    }
}

#[test]
fn office_numbers_pages_and_repeats_heads_as_the_pdf_does() {
    let (pages, tops) = (WORD_PRINTED.pages(), WORD_PRINTED.tops(56));
    assert!(tops.iter().all(|top| top.contains(MARK)), "no mark at the top of a page: {tops:?}");
    assert_eq!(tops[0], MARK, "the first page has no number");
    assert_eq!(tops[1], format!("{MARK} 2"));
    let annex = pages.iter().position(|page| page.contains("Phụ lục II CHỈ SỐ")).expect("the annex is printed");
    assert_eq!((tops[annex].as_str(), tops[annex + 1].as_str()), (MARK, format!("{MARK} 2").as_str()), "an annex counts anew");
    for page in pages.iter().filter(|page| page.contains("Phường Ba Đình") || page.contains("Phường Giảng Võ")) {
        assert!(page.contains("TT Đơn vị"), "a page of the table has no head:\n{page}");
    }
    let sizes = WORD_PRINTED.told("pdfinfo", &["-f", "1", "-l", "99"]);
    assert!(sizes.lines().any(|line| line.contains(&format!(" {} size", annex + 1)) && line.contains("841.89 x 595.304")), "{sizes}");
}

#[test]
fn the_structure_is_words_own() {
    let xml = part(&WORD, "word/document.xml");
    let xml = Xml::parse(&xml).unwrap();
    let styled = |name: &'static str| named(xml.root(), "p").filter(move |p| style(*p) == name).map(said).collect::<Vec<_>>();
    assert_eq!(styled("Heading1").len(), 5);
    assert_eq!(styled("Heading3"), ["a) Quyền số"]);
    assert_eq!(styled("ListBullet").len(), 3);
    assert_eq!(styled("Caption")[3], "Bảng 4. Chỉ số từng yếu tố của các phường, xã (%)");
    assert_eq!(styled("FigureCaption"), ["Hình 1. Chỉ số hài lòng theo yếu tố và khoảng tin cậy 95%"]);
    let counted = named(xml.root(), "instrText").filter_map(|node| node.text()).collect::<Vec<_>>();
    assert_eq!(
        counted,
        ["SEQ Bảng \\* ARABIC", "SEQ Hình \\* ARABIC", "SEQ Bảng \\* ARABIC", "SEQ Bảng \\* ARABIC", "SEQ Bảng \\* ARABIC"]
    );

    let tables: Vec<_> = named(xml.root(), "tbl").filter(|table| named(*table, "p").any(|p| style(p) == "TableHead")).collect();
    assert_eq!(tables.len(), 4);
    for table in tables {
        let rows: Vec<_> = named(table, "tr").collect();
        let heads: Vec<bool> = rows.iter().map(|row| named(*row, "tblHeader").next().is_some()).collect();
        assert!(heads[0] && !heads[1..].contains(&true), "the first row and no other is a head");
        assert!(rows.iter().all(|row| named(*row, "cantSplit").next().is_some()), "no row breaks");
    }
    let sections: Vec<_> = named(xml.root(), "sectPr").collect();
    assert_eq!(sections.len(), 4);
    for (at, section) in sections.iter().enumerate() {
        let names: Vec<&str> = section.children().map(|node| node.tag_name().name()).collect();
        let expected = [
            "headerReference",
            "headerReference",
            "footerReference",
            "footerReference",
            "type",
            "pgSz",
            "pgMar",
            "pgNumType",
            "cols",
            "titlePg",
        ];
        assert_eq!(names, expected);
        assert_eq!(named(*section, "pgSz").next().unwrap().attribute((W, "orient")), (at == 2).then_some("landscape"));
    }
}

#[test]
fn margins_are_those_of_the_decree() {
    let xml = part(&WORD, "word/document.xml");
    let xml = Xml::parse(&xml).unwrap();
    let margins = named(xml.root(), "pgMar").next().unwrap();
    let mm = |side: &str| margins.attribute((W, side)).unwrap().parse::<f64>().unwrap() / 1440.0 * 25.4;
    assert!((20.0..=25.0).contains(&mm("top").round()) && (20.0..=25.0).contains(&mm("bottom").round()));
    assert!((30.0..=35.0).contains(&mm("left").round()) && (14.9..=20.0).contains(&mm("right")));
}

#[test]
fn pictures_are_told_in_words_and_keep_their_shape() {
    let xml = part(&WORD, "word/document.xml");
    let xml = Xml::parse(&xml).unwrap();
    let picture = xml.root().descendants().find(|node| node.tag_name().name() == "docPr").expect("a picture");
    assert_eq!(picture.attribute("descr"), Some(example::picture(640, 330).alt.as_str()));
    let size = xml.root().descendants().find(|node| node.tag_name().name() == "extent").expect("a size");
    let emu = |name: &str| size.attribute(name).unwrap().parse::<f64>().unwrap();
    assert!(emu("cx") <= 165.1 * 36_000.0, "wider than the page");
    assert!((emu("cx") / emu("cy") - 640.0 / 330.0).abs() < 0.01, "out of shape");
}

#[test]
fn words_are_in_times_new_roman_and_in_their_language() {
    let check = |docx: &[u8], tag: &str| {
        let xml = part(docx, "word/styles.xml");
        let xml = Xml::parse(&xml).unwrap();
        let fonts: Vec<_> = named(xml.root(), "rFonts").collect();
        assert!(!fonts.is_empty());
        for slot in fonts.iter().flat_map(|fonts| ["ascii", "hAnsi", "eastAsia", "cs"].map(|slot| fonts.attribute((W, slot)))) {
            assert_eq!(slot, Some("Times New Roman"));
        }
        let language = named(xml.root(), "lang").next().expect("a language");
        assert_eq!((value(language), language.attribute((W, "eastAsia"))), (tag, Some(tag)));
        assert!(part(docx, "docProps/core.xml").contains(&format!("<dc:language>{tag}</dc:language>")));
    };
    check(&WORD, "vi-VN");
    check(&documents::docx(&Document { language: "en".into(), ..short(vec![plain("Text.")]) }).unwrap(), "en-GB");
}

/// Word overlooks properties that stand in the wrong place, and may call the file damaged.
#[test]
fn properties_stand_in_the_order_of_the_standard() {
    let order = ["pStyle", "keepNext", "pageBreakBefore", "numPr", "pBdr", "spacing", "ind", "jc", "outlineLvl", "rPr", "sectPr"];
    for name in ["word/document.xml", "word/styles.xml", "word/header1.xml", "word/footer1.xml"] {
        let xml = part(&WORD, name);
        let xml = Xml::parse(&xml).unwrap();
        for properties in named(xml.root(), "pPr") {
            let places = properties
                .children()
                .map(|node| order.iter().position(|known| *known == node.tag_name().name()).unwrap_or_else(|| panic!("{node:?}")));
            assert!(places.is_sorted(), "{name}: {properties:?}");
        }
    }
}

#[test]
fn the_crate_that_wrote_it_reads_it_again() {
    let read = docx_rs::read_docx(&WORD).unwrap();
    let mut paragraphs = Vec::new();
    let mut tables = 0;
    for child in &read.document.children {
        match child {
            docx_rs::DocumentChild::Paragraph(paragraph) => paragraphs.push(paragraph.raw_text()),
            docx_rs::DocumentChild::Table(_) => tables += 1,
            _ => {}
        }
    }
    assert_eq!(tables, 6, "four tables, head and closing");
    assert!(paragraphs.iter().any(|text| text.starts_with("Quyền số thiết kế được điều chỉnh")), "{paragraphs:?}");
}

#[test]
fn texts_stay_as_they_were_written() {
    let odd = "a < b && c > d \"x\" 'y' ]]> <w:p/> &amp; {PAGE}";
    let xml = documents::docx(&short(vec![plain(odd), plain("hai\ndòng")])).unwrap();
    let xml = part(&xml, "word/document.xml");
    let xml = Xml::parse(&xml).unwrap();
    let paragraphs: Vec<_> = named(xml.root(), "p").filter(|p| style(*p) == "BodyText").collect();
    assert_eq!(said(paragraphs[0]), odd);
    assert_eq!((said(paragraphs[1]), named(paragraphs[1], "br").count()), ("haidòng".to_owned(), 1));
}

#[test]
fn a_page_break_leaves_no_empty_line_behind() {
    let xml = documents::docx(&short(vec![plain("Trước."), Block::PageBreak, plain("Sau.")])).unwrap();
    let xml = part(&xml, "word/document.xml");
    let xml = Xml::parse(&xml).unwrap();
    let broken: Vec<_> = named(xml.root(), "pageBreakBefore").map(|node| said(node.parent().and_then(|p| p.parent()).unwrap())).collect();
    assert_eq!(broken, ["Sau."]);
}

#[test]
fn a_word_file_needs_pictures_of_dots() {
    let figure = documents::Figure { png: Vec::new(), ..example::picture(640, 330) };
    let document = short(vec![Block::Figure(figure)]);
    assert!(documents::docx(&document).unwrap_err().to_string().contains("has no PNG for the Word file"));
    Pdf::of(documents::pdf(&document).unwrap());
}

#[test]
fn without_a_mark_nothing_is_written_across_the_page() {
    let docx = documents::docx(&short(vec![plain("Nội dung.")])).unwrap();
    for header in ["word/header1.xml", "word/header2.xml"] {
        assert!(!part(&docx, header).contains("WaterMark"));
        assert!(part(&WORD, header).contains(&format!("string=\"{MARK}\"")));
    }
}
