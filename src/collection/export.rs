//! Responses as a data file: stable codes, one line a response, memory constant. CSV closes with a line that has the count; Parquet has it in
//! its footer, which is written last. A file that was cut short has neither.

mod cells;
mod columns;
mod lines;

use std::io::Write;

use self::columns::ColumnFile;
use self::lines::Lines;
use super::import::{CLOSING, COLUMNS};
use super::store;
use crate::db::Conn;
use crate::error::Result;
use crate::questionnaires;
use crate::surveys::Open;

/// Writes all responses of a survey as CSV and returns how many. The columns are those that import reads.
///
/// # Errors
/// When the database or the output fails: the closing line is then missing.
pub fn write(conn: &mut Conn, open: &Open, output: impl Write, mut progress: impl FnMut(u64)) -> Result<u64> {
    let mut lines = Lines::new(open, output);
    lines.texts(COLUMNS.into_iter().chain(open.questionnaire().questions.iter().map(|q| q.code.as_str())))?;
    let mut written = 0u64;
    let rows = store::for_each(conn, open.survey.id, |response| {
        lines.response(&response)?;
        written += 1;
        progress(written);
        Ok(())
    })?;
    lines.texts([CLOSING, &rows.to_string()])?;
    lines.finish()?;
    Ok(rows)
}

/// Writes all responses of a survey as Parquet, the same columns as the CSV, and returns how many. Coded answers are texts, numbers and weights
/// DOUBLE, days DATE; texts are as they were given. The footer says which survey, which questionnaire and how many rows.
///
/// # Errors
/// When the database or the output fails: the footer is then missing, and no reader takes the file for whole.
pub fn write_parquet(conn: &mut Conn, open: &Open, output: impl Write + Send, mut progress: impl FnMut(u64)) -> Result<u64> {
    let survey = &open.survey;
    let digest = questionnaires::store::digest_of(conn, &survey.questionnaire, &survey.version)?;
    let mut file = ColumnFile::new(open, output)?;
    let mut written = 0u64;
    let rows = store::for_each(conn, survey.id, |response| {
        file.response(response)?;
        written += 1;
        progress(written);
        Ok(())
    })?;
    file.finish(&[
        ("sipas.survey", survey.code.clone()),
        ("sipas.questionnaire", survey.questionnaire.clone()),
        ("sipas.version", survey.version.clone()),
        ("sipas.questionnaire_digest", digest),
        ("sipas.demonstration", if survey.demonstration { "yes" } else { "no" }.to_owned()),
        ("sipas.rows", rows.to_string()),
    ])?;
    Ok(rows)
}
