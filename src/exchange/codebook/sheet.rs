//! The codebook as a workbook: questions, options, index, logic, about.

use rust_xlsxwriter::{Format, FormatAlign, Workbook, Worksheet, XlsxError};

use super::rows::Book;
use crate::error::{Error, Result};
use crate::questionnaires::Questionnaire;
use crate::web::locale::{Language, Words};

/// Longest text that a cell can hold, in characters.
const LONGEST_CELL: usize = 32_767;
/// Width of a column of codes and of one of texts, in characters.
const NARROW: f64 = 18.0;
const WIDE: f64 = 50.0;

/// The workbook. Every cell is a text or a number, never a formula.
///
/// # Errors
/// `Internal` when words or workbook fail.
pub fn xlsx(questionnaire: &Questionnaire, language: Language) -> Result<Vec<u8>> {
    let book = Book::of(questionnaire, language)?;
    let words = Words::load(language)?;
    make(&book, &words).map_err(|e| Error::Internal(format!("the codebook could not be written: {e}")))
}

/// A cell.
enum Cell {
    Text(String),
    Number(f64),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Cell::Text(text.to_owned())
    }
}

impl From<&String> for Cell {
    fn from(text: &String) -> Self {
        Cell::Text(text.clone())
    }
}

/// A sheet before it is written: headings with their widths, and rows.
struct Table {
    name: String,
    columns: Vec<(String, f64)>,
    rows: Vec<Vec<Cell>>,
}

fn make(book: &Book, words: &Words) -> std::result::Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    for table in [questions(book, words), options(book, words), index(book, words), logic(book, words), about(book, words)] {
        write(workbook.add_worksheet(), &table)?;
    }
    workbook.save_to_buffer()
}

fn write(sheet: &mut Worksheet, table: &Table) -> std::result::Result<(), XlsxError> {
    let heading = Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top);
    let body = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    sheet.set_name(&table.name)?;
    for (column, (name, width)) in (0u16..).zip(&table.columns) {
        sheet.set_column_width(column, *width)?;
        sheet.write_string_with_format(0, column, name, &heading)?;
    }
    for (row, cells) in (1u32..).zip(&table.rows) {
        for (column, cell) in (0u16..).zip(cells) {
            match cell {
                Cell::Text(text) => sheet.write_string_with_format(row, column, fitting(text), &body)?,
                Cell::Number(n) => sheet.write_number_with_format(row, column, *n, &body)?,
            };
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    if let (Ok(last_row), Ok(last_column)) = (u32::try_from(table.rows.len()), u16::try_from(table.columns.len())) {
        sheet.autofilter(0, 0, last_row, last_column.saturating_sub(1))?;
    }
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
    Ok(())
}

/// The text, cut with “…” when no cell could hold it.
fn fitting(text: &str) -> String {
    if text.chars().count() <= LONGEST_CELL {
        return text.to_owned();
    }
    text.chars().take(LONGEST_CELL - 1).chain(['…']).collect()
}

/// Headings: a text column for each language.
fn in_languages(book: &Book, words: &Words, key: &str) -> Vec<(String, f64)> {
    book.languages.iter().map(|l| (format!("{} ({l})", words.say(key, &[])), WIDE)).collect()
}

fn heading(words: &Words, key: &str, width: f64) -> Vec<(String, f64)> {
    vec![(words.say(key, &[]), width)]
}

fn count(n: usize) -> Cell {
    u32::try_from(n).map_or_else(|_| Cell::Text(n.to_string()), |n| Cell::Number(f64::from(n)))
}

fn questions(book: &Book, words: &Words) -> Table {
    let columns = [
        heading(words, "codebook-column", 9.0),
        heading(words, "codebook-code", NARROW),
        heading(words, "codebook-section", NARROW),
        in_languages(book, words, "codebook-text"),
        in_languages(book, words, "codebook-hint"),
        heading(words, "codebook-type", NARROW),
        heading(words, "codebook-bounds", NARROW),
        heading(words, "codebook-required", 10.0),
        heading(words, "codebook-who", WIDE),
        heading(words, "codebook-counts-for", NARROW),
        heading(words, "codebook-role", NARROW),
        heading(words, "codebook-stored-at", 12.0),
    ];
    let yes = words.say("codebook-yes", &[]);
    let rows = book.questions.iter().map(|q| {
        let mut cells = vec![count(q.column), Cell::from(&q.code), Cell::from(&q.section)];
        cells.extend(q.texts.iter().chain(&q.hints).map(Cell::from));
        cells.extend([Cell::from(&q.kind), Cell::from(&q.bounds)]);
        cells.push(Cell::from(if q.required { yes.as_str() } else { "" }));
        cells.extend([&q.asked, &q.counts_for, &q.role, &q.bytes].map(Cell::from));
        cells
    });
    Table { name: words.say("codebook-sheet-questions", &[]), columns: columns.concat(), rows: rows.collect() }
}

fn options(book: &Book, words: &Words) -> Table {
    let columns = [
        heading(words, "codebook-question", NARROW),
        heading(words, "codebook-code", NARROW),
        in_languages(book, words, "codebook-text"),
        heading(words, "codebook-stored", NARROW),
        heading(words, "codebook-score", 10.0),
        heading(words, "codebook-remark", WIDE),
    ];
    let rows = book.options.iter().map(|o| {
        let mut cells = vec![Cell::from(&o.question), Cell::from(&o.code)];
        cells.extend(o.texts.iter().map(Cell::from));
        cells.push(Cell::from(&o.stored));
        cells.push(o.score.map_or_else(|| Cell::from(""), Cell::Number));
        cells.push(Cell::from(&o.remark));
        cells
    });
    Table { name: words.say("codebook-sheet-options", &[]), columns: columns.concat(), rows: rows.collect() }
}

fn index(book: &Book, words: &Words) -> Table {
    let columns =
        [heading(words, "codebook-level", NARROW), heading(words, "codebook-code", NARROW), in_languages(book, words, "codebook-text")];
    let rows = book.index.iter().map(|i| {
        let indented = format!("{}{}", "   ".repeat(i.level.into()), i.kind);
        let mut cells = vec![Cell::Text(indented), Cell::from(&i.code)];
        cells.extend(i.texts.iter().map(Cell::from));
        cells
    });
    Table { name: words.say("codebook-sheet-index", &[]), columns: columns.concat(), rows: rows.collect() }
}

fn logic(book: &Book, words: &Words) -> Table {
    let columns = [
        heading(words, "codebook-of", NARROW),
        heading(words, "codebook-decides", NARROW),
        heading(words, "codebook-in-words", WIDE),
        heading(words, "codebook-expression", WIDE),
        heading(words, "codebook-looks-at", WIDE),
        heading(words, "codebook-message", WIDE),
    ];
    let rows = book.logic.iter().map(|l| {
        let looks_at: Vec<_> = l.looks_at.iter().map(|(code, text)| format!("{code}: {text}")).collect();
        [&l.of, &l.kind, &l.words, &l.expression, &looks_at.join("\n"), &l.message].map(Cell::from).into()
    });
    Table { name: words.say("codebook-sheet-logic", &[]), columns: columns.concat(), rows: rows.collect() }
}

fn about(book: &Book, words: &Words) -> Table {
    let columns = [heading(words, "codebook-about-what", 30.0), heading(words, "codebook-about-value", 100.0)];
    let rows = book.about.iter().map(|(name, value)| vec![Cell::from(name), Cell::from(value)]);
    Table { name: words.say("codebook-sheet-about", &[]), columns: columns.concat(), rows: rows.collect() }
}
