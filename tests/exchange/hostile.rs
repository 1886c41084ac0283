//! Files made to hurt: each stays within the limits or is refused in plain words.

use std::fmt::Write;

use super::fuzzed::{archive, book, zipped};
use super::support::{form, question, refused, taken, workbook};

fn one(problems: &[String]) -> &str {
    assert_eq!(problems.len(), 1, "{problems:#?}");
    &problems[0]
}

/// A sheet's XML around these rows.
fn sheet(rows: &str) -> Vec<u8> {
    format!(r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{rows}</sheetData></worksheet>"#)
        .into_bytes()
}

fn inline(cell: &str, text: &str) -> String {
    format!(r#"<c r="{cell}" t="inlineStr"><is><t>{text}</t></is></c>"#)
}

#[test]
fn no_workbook_is_refused() {
    assert_eq!(one(&refused(b"")), "the file is empty; choose the form again, saved as .xlsx");
    assert_eq!(one(&refused(b"type,name,label\n")), "the file is neither .xlsx nor .xls; save the form as .xlsx");
    assert!(one(&refused(b"PK\x03\x04nonsense")).contains("the file is damaged or is no workbook"));
    assert_eq!(one(&refused(&zipped(&[("a.txt", b"a")]))), "the file is an archive, but no .xlsx workbook; save the form as .xlsx");
    let mut cut = form("type|name|label\ntext|a|A", "");
    cut.truncate(cut.len() / 2);
    assert!(one(&refused(&cut)).contains("the file is damaged"));
    let mut old = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/exchange/forms/widgets.xls")).unwrap();
    old.truncate(3_000);
    assert!(one(&refused(&old)).contains("the file is damaged"));
}

#[test]
fn an_empty_workbook_is_refused() {
    let problems = refused(&workbook(&[("survey", "")]));
    assert!(
        problems.iter().any(|p| p == "survey!1: there is no column type; the sheet needs the columns type, name and label"),
        "{problems:?}"
    );
    let empty = one(&refused(&workbook(&[("survey", "type|name|label")]))).to_owned();
    assert!(empty.contains("there is no question"), "{empty}");
    let other = refused(&workbook(&[("a", "x"), ("b", "y")]));
    assert_eq!(
        one(&other),
        "there is no sheet named survey; put the questions on a sheet named survey with the columns type, name and label"
    );
}

#[test]
fn a_file_over_ten_megabytes_is_not_looked_at() {
    assert_eq!(
        one(&refused(&vec![b'P'; 10_000_001])),
        "the file has 10000001 bytes; the limit is 10000000; leave out what does not belong to the form"
    );
}

#[test]
fn a_bomb_is_noticed_while_it_is_unpacked() {
    let zeros = vec![b' '; 60_000_000];
    let told = refused(&archive(&zeros));
    assert!(one(&told).starts_with("unpacked, xl/worksheets/sheet1.xml is larger than a form can be"), "{told:?}");
    let told = refused(&zipped(&[("xl/workbook.xml", b"<workbook/>"), ("xl/sharedStrings.xml", &zeros[..9_000_000])]));
    assert!(one(&told).starts_with("unpacked, xl/sharedStrings.xml is larger"), "{told:?}");
    let told = refused(&zipped(&[("xl/workbook.xml", b"<workbook/>"), ("elsewhere/styles.xml", &zeros[..2_000_000])]));
    assert!(one(&told).starts_with("unpacked, elsewhere/styles.xml is larger"), "{told:?}");
    let parts: Vec<(String, Vec<u8>)> = (0..501).map(|n| (format!("xl/worksheets/{n}.xml"), Vec::new())).collect();
    let parts: Vec<(&str, &[u8])> = parts.iter().map(|(n, b)| (n.as_str(), b.as_slice())).collect();
    assert!(one(&refused(&zipped(&parts))).contains("an archive of 501 entries; the limit is 500"));
}

#[test]
fn a_million_rows_are_refused_at_the_first_one_too_many() {
    let mut rows = String::with_capacity(45_000_000);
    for row in 1..=1_000_000 {
        write!(rows, "<row><c><v>{row}</v></c></row>").unwrap();
    }
    let told = refused(&archive(&sheet(&rows)));
    assert_eq!(
        one(&told),
        "survey: there is something in A5001; the limit is 5000 rows a sheet; leave out what does not belong to the form"
    );
}

#[test]
fn cells_far_away_take_no_memory() {
    let rows = format!("<row>{}</row><row>{}</row>", inline("A1", "type"), inline("XFD1048576", "far"));
    let told = refused(&archive(&sheet(&rows)));
    assert!(one(&told).contains("there is something in XFD1048576"), "{told:?}");
    let wide = refused(&archive(&sheet(&format!("<row>{}</row>", inline("GS1", "wide")))));
    assert!(one(&wide).contains("there is something in GS1; the limit is 200 columns"), "{wide:?}");
}

#[test]
fn a_text_shown_many_times_is_counted_each_time() {
    let long = "x".repeat(30_000);
    let mut survey = "type|name|label".to_owned();
    for n in 0..400 {
        write!(survey, "\ntext|q{n}|{long}").unwrap();
    }
    let told = refused(&form(&survey, ""));
    assert!(one(&told).starts_with("survey: the texts up to C") && told[0].contains("the limit is 8000000 bytes a sheet"), "{told:?}");
}

#[test]
fn declarations_of_other_files_are_refused() {
    for xml in [
        &br#"<?xml version="1.0"?><!DOCTYPE worksheet [<!ENTITY x SYSTEM "file:///etc/passwd">]><worksheet><sheetData><row><c t="str"><v>&x;</v></c></row></sheetData></worksheet>"#[..],
        br#"<!doctype worksheet [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet/>"#,
    ] {
        let told = refused(&archive(xml));
        assert!(one(&told).starts_with("xl/worksheets/sheet1.xml declares a document type"), "{told:?}");
    }
    // The declaration begins at the end of one piece that is read and ends in the next.
    let mut split = vec![b' '; 65_530];
    split.extend(b"<!DOCTYPE worksheet>");
    assert!(one(&refused(&archive(&split))).contains("declares a document type"));
}

#[test]
fn names_that_lead_out_of_the_archive_are_refused() {
    for name in ["../../etc/passwd", "/etc/passwd", "xl\\..\\..\\evil.xml", "C:/evil.xml", "xl/../../evil.xml"] {
        let told = refused(&zipped(&[("xl/workbook.xml", b"<workbook/>"), (name, b"x")]));
        assert!(one(&told).contains("which points outside of it"), "{name}: {told:?}");
    }
}

#[test]
fn a_workbook_with_a_password_is_told() {
    use std::io::Write as _;
    let mut compound = cfb::CompoundFile::create(std::io::Cursor::new(Vec::new())).unwrap();
    compound.create_stream("/EncryptedPackage").unwrap().write_all(&[1, 2, 3]).unwrap();
    compound.create_stream("/EncryptionInfo").unwrap().write_all(&[4, 0, 4, 0]).unwrap();
    let bytes = compound.into_inner().into_inner();
    assert_eq!(one(&refused(&bytes)), "the workbook is protected by a password; save it without a password");
    // An .xls says so in a record.
    let mut compound = cfb::CompoundFile::create(std::io::Cursor::new(Vec::new())).unwrap();
    let records = [&[0x09, 0x08, 4, 0, 0, 6, 5, 0][..], &[0x2F, 0, 2, 0, 1, 0]].concat();
    compound.create_stream("/Workbook").unwrap().write_all(&records).unwrap();
    let bytes = compound.into_inner().into_inner();
    assert_eq!(one(&refused(&bytes)), "the workbook is protected by a password; save it without a password");
}

#[test]
fn a_document_that_is_no_workbook_is_told() {
    let mut compound = cfb::CompoundFile::create(std::io::Cursor::new(Vec::new())).unwrap();
    compound.create_stream("/WordDocument").unwrap();
    let bytes = compound.into_inner().into_inner();
    assert_eq!(one(&refused(&bytes)), "the file is an Office document, but no workbook; save the form as .xlsx");
}

#[test]
fn formulas_are_never_computed() {
    let head = format!("<row>{}{}{}</row>", inline("A1", "type"), inline("B1", "name"), inline("C1", "label::English (en)"));
    let stored = format!(
        r#"<row>{}{}<c r="C2" t="str"><f>WEBSERVICE("http://example.org")</f><v>Stored</v></c></row>"#,
        inline("A2", "text"),
        inline("B2", "a")
    );
    let (file, warnings) = taken(&archive(&sheet(&format!("{head}{stored}"))));
    assert_eq!(question(&file, "a").text.value["en"], "Stored");
    assert!(
        warnings[0].starts_with("survey!C2 (label::English (en)): the cell has a formula; its stored result \"Stored\" is taken"),
        "{warnings:?}"
    );
    for without in [r#"<c r="C2"><f>1+1</f></c>"#, r##"<c r="C2" t="e"><f>1/0</f><v>#DIV/0!</v></c>"##] {
        let rows = format!("{head}<row>{}{}{without}</row>", inline("A2", "text"), inline("B2", "a"));
        let told = refused(&archive(&sheet(&rows)));
        assert!(told[0].starts_with("survey!C2 (label::English (en)): the formula has no stored result, or an error"), "{told:?}");
    }
}

#[test]
fn the_same_cell_twice_is_refused() {
    let told = refused(&archive(&sheet(&format!("<row>{}{}</row>", inline("A1", "type"), inline("A1", "name")))));
    assert!(one(&told).contains("cell A1 is there twice"), "{told:?}");
}

#[test]
fn scripts_in_labels_stay_text() {
    let script = "<script>alert(document.cookie)</script>";
    let (file, warnings) = taken(&form(&format!("type|name|label\ntext|a|{script}"), ""));
    assert_eq!(question(&file, "a").text.value["en"], script);
    assert!(warnings[0].contains("it is shown as it is written, as plain text"), "{warnings:?}");
}

#[test]
fn too_many_questions_are_refused() {
    let mut survey = "type|name|label".to_owned();
    for n in 0..4_999 {
        write!(survey, "\ntext|q{n}|Q").unwrap();
    }
    let told = refused(&form(&survey, ""));
    assert_eq!(one(&told), "there are 4999 questions; use at most 2000");
    survey.push_str("\ntext|one_more|Q\n");
    assert!(one(&refused(&form(&survey, ""))).contains("there is something in A5001"));
}

#[test]
fn too_many_options_are_refused() {
    let mut choices = "list_name|name|label".to_owned();
    for n in 0..20_000 {
        write!(choices, "\nl|o{n}|O").unwrap();
    }
    let told = refused(&form("type|name|label\nselect_one l|a|A", &choices));
    assert!(one(&told).starts_with("choices: there is something in A5001"), "{told:?}");
    let some: String = choices.lines().take(300).collect::<Vec<_>>().join("\n");
    let told = refused(&form("type|name|label\nselect_one l|a|A", &some));
    assert!(told[0].starts_with("choices!B252 (name): the list \"l\" has more than 250 options"), "{told:?}");
}

#[test]
fn options_copied_into_many_questions_are_bounded() {
    let mut choices = "list_name|name|label".to_owned();
    for n in 0..249 {
        write!(choices, "\nl|o{n}|O").unwrap();
    }
    let mut survey = "type|name|label".to_owned();
    for n in 0..1_000 {
        write!(survey, "\nselect_one l or_other|q{n}|Q").unwrap();
    }
    let told = refused(&form(&survey, &choices));
    assert!(told[0].contains("more than 50000 options together"), "{:?}", told[0]);
}

#[test]
fn long_labels_and_deep_groups_are_refused() {
    let told = refused(&form(&format!("type|name|label\ntext|a|{}", "x".repeat(10_001)), ""));
    assert!(one(&told).starts_with("survey!B2 (name): the text is too long"), "{told:?}");
    taken(&form(&format!("type|name|label\ntext|a|{}", "x".repeat(10_000)), ""));
    let mut survey = "type|name|label".to_owned();
    for n in 0..1_000 {
        write!(survey, "\nbegin group|g{n}|G").unwrap();
    }
    assert!(refused(&form(&survey, ""))[0].contains("more than 20 deep"));
}

#[test]
fn other_encodings_are_told() {
    let utf16: Vec<u8> = String::from_utf8(sheet(&format!("<row>{}</row>", inline("A1", "type"))))
        .unwrap()
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    assert!(!refused(&archive(&utf16)).is_empty());
    assert!(!refused(&archive(&[&sheet("<row>")[..], b"\xFF\xFE\xC3\x28"].concat())).is_empty());
    assert!(book("type\tname\tlabel\ntext\ta\t\u{FFFD}").is_some());
}
