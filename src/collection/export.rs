//! Responses as CSV: stable codes, one line a response, memory constant, a closing line with the count.

use std::io::Write;

use uuid::Uuid;

use super::import::{CLOSING, COLUMNS};
use super::response::Response;
use super::store;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::questionnaires::codes;
use crate::questionnaires::model::Answer;
use crate::surveys::Open;
use crate::web::cells::guarded;

/// Writes all responses of a survey and returns how many. The columns are those that import reads.
///
/// # Errors
/// When the database or the output fails: the closing line is then missing.
pub fn write(conn: &mut Conn, open: &Open, output: impl Write, mut progress: impl FnMut(u64)) -> Result<u64> {
    let fault = |e: csv::Error| Error::Refused(format!("the file could not be written: {e}"));
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(output);
    let questionnaire = open.questionnaire();
    let codes = questionnaire.questions.iter().map(|q| q.code.as_str());
    writer.write_record(COLUMNS.into_iter().chain(codes)).map_err(fault)?;
    let mut written = 0u64;
    let rows = store::for_each(conn, open.survey.id, |response| {
        writer.write_record(line(open, &response)?).map_err(fault)?;
        written += 1;
        progress(written);
        Ok(())
    })?;
    writer.write_record([CLOSING, &rows.to_string()]).map_err(fault)?;
    writer.flush().map_err(|e| Error::Refused(format!("the file could not be written: {e}")))?;
    Ok(rows)
}

fn line(open: &Open, r: &Response) -> Result<Vec<String>> {
    let questionnaire = open.questionnaire();
    let answers = codes::decode(questionnaire, &r.codes, r.extra.as_deref()).map_err(|e| Error::Storage(e.to_string()))?;
    let id = Uuid::from_slice(&r.id).map_err(|e| Error::Storage(e.to_string()))?;
    let optional = |t: &Option<String>| t.clone().unwrap_or_default();
    let mut cells = vec![
        id.to_string(),
        r.unit.clone(),
        optional(&r.place),
        r.stream.to_string(),
        optional(&r.stratum),
        optional(&r.psu),
        r.weight.map(|w| w.to_string()).unwrap_or_default(),
        r.mode.to_string(),
        r.language.clone(),
        r.submitted_at.date().to_string(),
        if open.survey.demonstration { "yes" } else { "no" }.to_owned(),
    ];
    for (position, question) in questionnaire.questions.iter().enumerate() {
        cells.push(match answers.get(position) {
            None => String::new(),
            Some(Answer::Number(n)) => n.to_string(),
            Some(Answer::Text(t)) => guarded(t),
            Some(Answer::Date(day)) => day.to_string(),
            Some(closed) => question.answer_codes(closed).join(" "),
        });
    }
    Ok(cells)
}
