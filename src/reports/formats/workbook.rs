//! The figures as a workbook: overview, units, chart of units, questions, every figure, codebook, method.
//!
//! Every cell is a text or a number, never a formula; numbers carry all their digits and are shown with two decimals. A figure that may not be given is a text
//! that says why, in all its cells, so that no spreadsheet can compute with it. Charts are the spreadsheet's own and draw what stands in the cells.

mod charts;
mod sheet;
mod tables;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};

use self::sheet::{Formats, Table};
use super::Figures;
use crate::error::{Error, Result};
use crate::web::locale::Words;

/// The workbook.
///
/// # Errors
/// `Internal` when it cannot be built.
pub fn bytes(figures: &Figures, words: &Words) -> Result<Vec<u8>> {
    make(figures, words).map_err(|e| Error::Internal(format!("the workbook could not be written: {e}")))
}

fn make(figures: &Figures, words: &Words) -> std::result::Result<Vec<u8>, XlsxError> {
    let say = |key: &str| words.say(key, &[]);
    let formats = Formats::new();
    let mut workbook = Workbook::new();
    workbook.set_properties(&properties(figures, words)?);

    let (overview_name, units_name) = (say("file-sheet-overview"), say("file-sheet-units"));
    let overview = workbook.add_worksheet().set_name(&overview_name)?;
    let table = tables::overview(figures, words);
    let first = sheet::head(overview, figures, words, &formats)?;
    sheet::write(overview, first, &table, &formats)?;
    sheet::landscape(overview, first)?;
    if let Some(chart) = charts::factors(figures, words, &overview_name, first) {
        let below = first + u32::try_from(table.rows.len()).unwrap_or(0) + 2;
        overview.insert_chart(below, 0, &chart)?;
    }

    let (table, shown) = tables::units(figures, words);
    filtered(workbook.add_worksheet().set_name(&units_name)?, &table, 2, &formats)?;
    if let Some(chart) = charts::units(words, figures, &units_name, shown) {
        let chart_sheet = workbook.add_worksheet().set_name(say("file-sheet-chart"))?;
        chart_sheet.insert_chart(0, 0, &chart)?;
        chart_sheet.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0);
    }
    filtered(workbook.add_worksheet().set_name(say("file-sheet-items"))?, &tables::items(figures, words), 2, &formats)?;
    filtered(workbook.add_worksheet().set_name(say("file-sheet-figures"))?, &tables::all(figures, words), 2, &formats)?;
    filtered(workbook.add_worksheet().set_name(say("file-sheet-codebook"))?, &tables::codebook(figures, words), 1, &formats)?;
    filtered(workbook.add_worksheet().set_name(say("file-sheet-method"))?, &tables::method(figures, words), 1, &formats)?;
    workbook.save_to_buffer()
}

/// What the file says about itself. It was made when the data were read, so the same data give the same file.
fn properties(figures: &Figures, words: &Words) -> std::result::Result<DocProperties, XlsxError> {
    let created = ExcelDateTime::parse_from_str(&figures.cut.format("%Y-%m-%dT%H:%M:%S").to_string())?;
    let kind = if figures.method.demonstration { "file-demonstration-yes" } else { "file-demonstration-no" };
    Ok(DocProperties::new()
        .set_title(&figures.title)
        .set_subject(&figures.survey)
        .set_author(&figures.program)
        .set_comment(words.say(kind, &[]))
        .set_creation_datetime(&created))
}

/// A table from the top, with its headings and first columns held in place and a filter.
fn filtered(sheet: &mut rust_xlsxwriter::Worksheet, table: &Table, held: u16, formats: &Formats) -> std::result::Result<(), XlsxError> {
    sheet::write(sheet, 0, table, formats)?;
    sheet.set_freeze_panes(1, held)?;
    if let (Ok(last_row), Ok(last_column)) = (u32::try_from(table.rows.len()), u16::try_from(table.columns.len())) {
        sheet.autofilter(0, 0, last_row, last_column.saturating_sub(1))?;
    }
    sheet::landscape(sheet, 0)
}
