//! Responses as lines of CSV, the bytes written straight into a buffer.

use std::io::Write;

use chrono::NaiveDate;
use uuid::Uuid;

use super::cells::{self, Cell, Source};
use crate::collection::store::Line;
use crate::db::types::Day;
use crate::error::{Error, Result};
use crate::questionnaires::Questionnaire;
use crate::questionnaires::model::Answer;
use crate::surveys::Open;
use crate::web::cells::guarded;

/// When a buffer of this many bytes is full it is written out.
const BUFFER: usize = 256 * 1024;

/// A file of lines being written.
pub(super) struct Lines<'a, W> {
    questionnaire: &'a Questionnaire,
    /// A closed cell with the comma before it.
    sources: Vec<Source<Box<[u8]>>>,
    demonstration: &'static str,
    /// The last day met, and how it is written: neighbours mostly share it.
    day: (Day, String),
    text: String,
    buffer: Vec<u8>,
    output: W,
}

impl<'a, W: Write> Lines<'a, W> {
    /// Begins a file on this output.
    pub(super) fn new(open: &'a Open, output: W) -> Self {
        let questionnaire = open.questionnaire();
        let with_comma = |text: &str| {
            let mut cell = vec![b','];
            put(&mut cell, text);
            cell.into_boxed_slice()
        };
        Lines {
            questionnaire,
            sources: cells::sources(questionnaire, with_comma),
            demonstration: if open.survey.demonstration { "yes" } else { "no" },
            day: (Day(i32::MIN), String::new()),
            text: String::new(),
            buffer: Vec::with_capacity(BUFFER + 4_096),
            output,
        }
    }

    /// Writes a line of texts.
    pub(super) fn texts<'t>(&mut self, texts: impl IntoIterator<Item = &'t str>) -> Result<()> {
        for (n, text) in texts.into_iter().enumerate() {
            if n > 0 {
                self.buffer.push(b',');
            }
            put(&mut self.buffer, text);
        }
        self.end_line()
    }

    /// Writes a response.
    ///
    /// # Errors
    /// `Storage` when what is stored is not an answer to this questionnaire; `Refused` when the output cannot be written.
    pub(super) fn response(&mut self, r: &Line) -> Result<()> {
        self.before_the_answers(r)?;
        if r.codes.len() != self.questionnaire.code_bytes {
            return Err(cells::unreadable(self.questionnaire, &r.codes, r.extra.as_deref()));
        }
        let open = cells::open_answers(self.questionnaire, r.extra.as_deref())?;
        for (position, (question, source)) in self.questionnaire.questions.iter().zip(&self.sources).enumerate() {
            if let Some((_, answer)) = open.iter().rev().find(|(at, _)| *at == position) {
                self.buffer.push(b',');
                cells::spell(answer, &mut self.text);
                match answer {
                    Answer::Text(t) => put(&mut self.buffer, &guarded(t)),
                    _ => put(&mut self.buffer, &self.text),
                }
                continue;
            }
            match source {
                Source::Byte(at, table) => match r.codes.get(*at).and_then(|byte| table.get(usize::from(*byte))) {
                    Some(Cell::Empty) => self.buffer.push(b','),
                    Some(Cell::Is(cell)) => self.buffer.extend_from_slice(cell),
                    Some(Cell::Misfit) | None => return Err(cells::unreadable(self.questionnaire, &r.codes, None)),
                },
                Source::Open => self.buffer.push(b','),
                Source::Bytes(..) | Source::Together => {
                    if !source.join(question, &r.codes, &mut self.text) {
                        return Err(cells::unreadable(self.questionnaire, &r.codes, None));
                    }
                    self.buffer.push(b',');
                    put(&mut self.buffer, &self.text);
                }
            }
        }
        self.end_line()
    }

    /// The columns that are no questions.
    fn before_the_answers(&mut self, r: &Line) -> Result<()> {
        let id = Uuid::from_slice(&r.id).map_err(|e| Error::Storage(e.to_string()))?;
        let out = &mut self.buffer;
        out.extend_from_slice(id.hyphenated().encode_lower(&mut Uuid::encode_buffer()).as_bytes());
        for text in [
            &r.unit,
            r.place.as_deref().unwrap_or(""),
            r.stream.as_str(),
            r.stratum.as_deref().unwrap_or(""),
            r.psu.as_deref().unwrap_or(""),
        ] {
            out.push(b',');
            put(out, text);
        }
        out.push(b',');
        if let Some(weight) = r.weight {
            cells::spell(&Answer::Number(weight), &mut self.text);
            put(out, &self.text);
        }
        for text in [r.mode.as_str(), &r.language] {
            out.push(b',');
            put(out, text);
        }
        if self.day.0 != r.day {
            self.day = (r.day, date(r.day)?.to_string());
        }
        for text in [&self.day.1, self.demonstration] {
            out.push(b',');
            put(out, text);
        }
        Ok(())
    }

    fn end_line(&mut self) -> Result<()> {
        self.buffer.push(b'\n');
        if self.buffer.len() < BUFFER { Ok(()) } else { self.write_out() }
    }

    fn write_out(&mut self) -> Result<()> {
        self.output.write_all(&self.buffer).map_err(|e| cannot(&e))?;
        self.buffer.clear();
        Ok(())
    }

    /// Writes out what is left.
    pub(super) fn finish(mut self) -> Result<()> {
        self.write_out()?;
        self.output.flush().map_err(|e| cannot(&e))
    }
}

fn cannot(e: &std::io::Error) -> Error {
    Error::Refused(format!("the file could not be written: {e}"))
}

/// The calendar date of a stored day.
pub(super) fn date(day: Day) -> Result<NaiveDate> {
    day.date().ok_or_else(|| Error::Storage(format!("day {} is in no calendar", day.0)))
}

/// Puts a cell, in quotes where RFC 4180 wants them.
fn put(out: &mut Vec<u8>, text: &str) {
    if !text.bytes().any(|b| matches!(b, b',' | b'"' | b'\r' | b'\n')) {
        out.extend_from_slice(text.as_bytes());
        return;
    }
    out.push(b'"');
    for byte in text.bytes() {
        if byte == b'"' {
            out.push(b'"');
        }
        out.push(byte);
    }
    out.push(b'"');
}
