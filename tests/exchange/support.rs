//! Forms made of text, and what becomes of them.

use rust_xlsxwriter::Workbook;
use sipas::exchange::xlsform::{self, Imported, Options, Problem};
use sipas::questionnaires::format;

/// A workbook: name of each sheet and its rows, cells parted by `|`.
pub fn workbook(sheets: &[(&str, &str)]) -> Vec<u8> {
    let mut book = Workbook::new();
    for (name, rows) in sheets {
        let sheet = book.add_worksheet().set_name(*name).unwrap();
        for (row, line) in (0u32..).zip(rows.lines()) {
            for (column, cell) in (0u16..).zip(line.split('|')) {
                if !cell.trim().is_empty() {
                    sheet.write_string(row, column, cell.trim()).unwrap();
                }
            }
        }
    }
    book.save_to_buffer().unwrap()
}

/// A form with title, id and version, so that nothing is told about them.
pub fn form(survey: &str, choices: &str) -> Vec<u8> {
    workbook(&[
        ("survey", survey),
        ("choices", choices),
        ("settings", "form_title|form_id|version|default_language\nTrial|trial|1|English (en)"),
    ])
}

pub fn read(bytes: &[u8]) -> Result<Imported, Vec<Problem>> {
    xlsform::read(bytes, &Options::default())
}

/// The questionnaire that a form becomes, and the warnings.
pub fn taken(bytes: &[u8]) -> (format::File, Vec<String>) {
    let imported = read(bytes).unwrap_or_else(|p| panic!("refused:\n{}", lines(&p).join("\n")));
    (imported.file, lines(&imported.warnings))
}

/// The problems of a form that is refused.
pub fn refused(bytes: &[u8]) -> Vec<String> {
    lines(&read(bytes).map(|_| ()).expect_err("it was taken"))
}

fn lines(problems: &[Problem]) -> Vec<String> {
    problems.iter().map(ToString::to_string).collect()
}

/// `code type` of every question, sections apart.
pub fn outline(file: &format::File) -> Vec<String> {
    let mut lines = Vec::new();
    for section in &file.sections {
        lines.push(format!("[{}]", section.code.value));
        for q in &section.questions {
            lines.push(format!("{} {}", q.code.value, serde_json::to_value(q.kind).unwrap().as_str().unwrap()));
            lines.extend(q.items.iter().map(|i| format!("- {}", i.code.value)));
        }
    }
    lines
}

/// A question by its code.
pub fn question<'a>(file: &'a format::File, code: &str) -> &'a format::Question {
    file.sections.iter().flat_map(|s| &s.questions).find(|q| q.code.value == code).unwrap_or_else(|| panic!("no question {code}"))
}

pub fn codes(choices: &[format::Choice]) -> Vec<&str> {
    choices.iter().map(|c| c.code.value.as_str()).collect()
}
