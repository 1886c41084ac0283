//! Cells, tables and the head of a sheet.

use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder, Worksheet, XlsxError};

use super::super::Figures;
use crate::web::locale::Words;

/// Ink of muted words, and of what must not be overlooked.
const MUTED: Color = Color::RGB(0x0055_606B);
const WARNING: Color = Color::RGB(0x00A8_201A);
const RULE: Color = Color::RGB(0x00D5_DBE1);
const WASH: Color = Color::RGB(0x00F3_F5F7);
/// Height of headings, in points: three lines, because not every program makes room by itself.
const HEADING: f64 = 48.0;
/// Height of a line, and the most lines of a row.
const LINE: f64 = 15.0;
const MOST_LINES: f64 = 27.0;
/// Longest text that a cell can hold, in characters.
const LONGEST_CELL: usize = 32_767;

/// A cell.
#[derive(Debug, Clone)]
pub(super) enum Cell {
    /// A text.
    Text(String),
    /// A number shown with two decimals.
    Number(f64),
    /// A whole number.
    Count(u64),
    /// Why there is no number.
    Missing(String),
}

/// A table: headings with widths in characters, and rows.
pub(super) struct Table {
    pub(super) columns: Vec<(String, f64)>,
    pub(super) rows: Vec<Vec<Cell>>,
}

/// How cells look.
pub(super) struct Formats {
    title: Format,
    lead: Format,
    warning: Format,
    heading: Format,
    text: Format,
    number: Format,
    count: Format,
    missing: Format,
}

impl Formats {
    pub(super) fn new() -> Self {
        let top = || Format::new().set_align(FormatAlign::Top);
        Formats {
            title: Format::new().set_bold().set_font_size(16),
            lead: Format::new().set_font_color(MUTED),
            warning: Format::new().set_bold().set_font_color(WARNING),
            heading: top()
                .set_bold()
                .set_text_wrap()
                .set_background_color(WASH)
                .set_border_bottom(FormatBorder::Thin)
                .set_border_color(RULE),
            text: top().set_text_wrap(),
            number: top().set_num_format("0.00"),
            count: top().set_num_format("#,##0"),
            missing: top().set_font_color(MUTED).set_align(FormatAlign::Right),
        }
    }
}

/// Writes what the survey is and what must be known before reading a figure; returns the row where the table begins.
pub(super) fn head(sheet: &mut Worksheet, figures: &Figures, words: &Words, formats: &Formats) -> Result<u32, XlsxError> {
    let language = figures.language;
    let lead = words.say(
        "file-overview-lead",
        &[
            ("stream", words.say(&format!("stream-{}", figures.method.stream), &[])),
            ("from", language.day(figures.period.0)),
            ("to", language.day(figures.period.1)),
            ("n", language.count(figures.method.n)),
            ("cut", format!("{} {}", language.day(figures.cut.date()), figures.cut.format("%H:%M"))),
        ],
    );
    sheet.write_string_with_format(0, 0, fitting(&figures.title), &formats.title)?;
    sheet.write_string_with_format(1, 0, lead, &formats.lead)?;
    let mut row = 2;
    let mut warn = |sheet: &mut Worksheet, key: &str| -> Result<(), XlsxError> {
        sheet.write_string_with_format(row, 0, words.say(key, &[]), &formats.warning)?;
        row += 1;
        Ok(())
    };
    if figures.method.demonstration {
        warn(sheet, "file-demonstration-yes")?;
    }
    if !figures.method.probability_sample {
        warn(sheet, "report-not-probability")?;
    }
    Ok(row + 1)
}

/// Writes a table with its headings in this row.
pub(super) fn write(sheet: &mut Worksheet, first: u32, table: &Table, formats: &Formats) -> Result<(), XlsxError> {
    for (column, (name, width)) in table.columns.iter().enumerate() {
        let at = u16::try_from(column).unwrap_or(u16::MAX);
        let of_numbers = table.rows.iter().any(|r| matches!(r.get(column), Some(Cell::Number(_) | Cell::Count(_) | Cell::Missing(_))));
        let format = if of_numbers { formats.heading.clone().set_align(FormatAlign::Right) } else { formats.heading.clone() };
        sheet.set_column_width(at, *width)?;
        sheet.write_string_with_format(first, at, name, &format)?;
    }
    sheet.set_row_height(first, HEADING)?;
    for (row, cells) in (first + 1..).zip(&table.rows) {
        for (column, cell) in (0u16..).zip(cells) {
            match cell {
                Cell::Text(text) => sheet.write_string_with_format(row, column, fitting(text), &formats.text)?,
                Cell::Number(n) => sheet.write_number_with_format(row, column, *n, &formats.number)?,
                #[expect(clippy::cast_precision_loss, reason = "counts of forms are far below 2^53")]
                Cell::Count(n) => sheet.write_number_with_format(row, column, *n as f64, &formats.count)?,
                Cell::Missing(why) => sheet.write_string_with_format(row, column, fitting(why), &formats.missing)?,
            };
        }
        let lines = cells.iter().zip(&table.columns).map(|(cell, (_, width))| lines(cell, *width)).fold(1.0, f64::max);
        if lines > 1.0 {
            sheet.set_row_height(row, LINE * lines)?;
        }
    }
    Ok(())
}

/// How many lines a cell needs in a column of so many characters.
fn lines(cell: &Cell, width: f64) -> f64 {
    let Cell::Text(text) = cell else { return 1.0 };
    #[expect(clippy::cast_precision_loss, reason = "a text of a cell")]
    let long = |line: &str| (line.chars().count() as f64 / width).ceil().max(1.0);
    text.lines().map(long).sum::<f64>().min(MOST_LINES)
}

/// Prints on A4 across, as wide as the page, headings on every page.
pub(super) fn landscape(sheet: &mut Worksheet, heading: u32) -> Result<(), XlsxError> {
    sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0).set_repeat_rows(heading, heading)?;
    Ok(())
}

/// The text, cut with “…” when no cell could hold it.
fn fitting(text: &str) -> String {
    if text.chars().count() <= LONGEST_CELL {
        return text.to_owned();
    }
    text.chars().take(LONGEST_CELL - 1).chain(['…']).collect()
}
