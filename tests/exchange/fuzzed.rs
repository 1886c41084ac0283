//! What the fuzzer tries with an input; the corpus it left behind is tried again by a test.
//!
//! The first byte says what the rest is: a file as it is; the text of a workbook, which this makes a file of (sheets end with a form feed,
//! rows with a line feed, cells with a tab), so that the fuzzer gets behind the checksums of archives; or the XML of a sheet.

use std::io::{Cursor, Write};

use sipas::exchange::xlsform::{self, Options};
use sipas::questionnaires::format;

/// Imports the input; what imports must be written and read back to the same questionnaire.
pub fn try_input(input: &[u8]) {
    let Some((mode, rest)) = input.split_first() else { return };
    let bytes = match mode % 3 {
        0 => rest.to_vec(),
        1 => match book(&String::from_utf8_lossy(rest)) {
            Some(bytes) => bytes,
            None => return,
        },
        _ => archive(rest),
    };
    let Ok(imported) = xlsform::read(&bytes, &Options::default()) else { return };
    let before = format::write(&imported.file).expect("a file that was read can be written");
    if let Ok(bytes) = xlsform::write(&imported.file) {
        let again = xlsform::read(&bytes, &Options::default()).expect("an export can be imported");
        // Blanks within ${ } are the one thing that an export does not keep.
        if !before.contains("${ ") && !before.contains(" }") {
            assert_eq!(before, format::write(&again.file).expect("a file that was read can be written"));
        }
    }
}

/// A workbook of text.
pub fn book(text: &str) -> Option<Vec<u8>> {
    let mut book = rust_xlsxwriter::Workbook::new();
    for (name, sheet) in ["survey", "choices", "settings", "sipas", "sipas_index"].iter().zip(text.split('\u{c}')) {
        let page = book.add_worksheet().set_name(*name).ok()?;
        for (row, line) in (0u32..300).zip(sheet.split('\n')) {
            for (column, cell) in (0u16..50).zip(line.split('\t')) {
                if !cell.is_empty() {
                    page.write_string(row, column, cell).ok()?;
                }
            }
        }
    }
    book.save_to_buffer().ok()
}

/// An archive with this as its one sheet.
pub fn archive(sheet: &[u8]) -> Vec<u8> {
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
    let workbook =
        format!(r#"<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="survey" sheetId="1" r:id="r1"/></sheets></workbook>"#);
    let rels = |kind: &str, target: &str| {
        format!(r#"<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" Type="{OFFICE}/{kind}" Target="{target}"/></Relationships>"#)
    };
    let parts: [(&str, &[u8]); 4] = [
        ("_rels/.rels", &rels("officeDocument", "xl/workbook.xml").into_bytes()),
        ("xl/workbook.xml", &workbook.into_bytes()),
        ("xl/_rels/workbook.xml.rels", &rels("worksheet", "worksheets/sheet1.xml").into_bytes()),
        ("xl/worksheets/sheet1.xml", sheet),
    ];
    zipped(&parts)
}

/// An archive of these entries.
pub fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).expect("an entry can begin");
        archive.write_all(bytes).expect("memory takes all");
    }
    archive.finish().expect("memory takes all").into_inner()
}
