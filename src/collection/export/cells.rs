//! How stored answers become the cells of a data file: a table a question from byte to text, made once a file, so that a row costs look-ups alone.

use std::fmt::Write as _;

use crate::error::{Error, Result};
use crate::questionnaires::Questionnaire;
use crate::questionnaires::codes;
use crate::questionnaires::model::{Answer, Kind, Question};

/// What a stored byte says.
#[derive(Debug)]
pub(super) enum Cell<T> {
    /// Nothing.
    Empty,
    /// This.
    Is(T),
    /// No answer of this questionnaire is stored so.
    Misfit,
}

/// Where a question's cell comes from.
#[derive(Debug)]
pub(super) enum Source<T> {
    /// The byte at this place, looked up.
    Byte(usize, Vec<Cell<T>>),
    /// The bytes from this place on, each looked up, their texts joined by spaces.
    Bytes(usize, Vec<Vec<Cell<String>>>),
    /// Bytes that only make sense together.
    Together,
    /// `extra`; a question that has no place in the codes.
    Open,
}

/// The source of each question's cell, cells made of texts by `make`.
pub(super) fn sources<T>(questionnaire: &Questionnaire, make: impl Fn(&str) -> T) -> Vec<Source<T>> {
    questionnaire.questions.iter().map(|q| source(q, &make)).collect()
}

fn source<T>(question: &Question, make: &impl Fn(&str) -> T) -> Source<T> {
    let Some(slot) = question.slot else { return Source::Open };
    if matches!(question.kind, Kind::Ranking { .. }) {
        return Source::Together;
    }
    if slot.width == 1 {
        return Source::Byte(slot.offset, table(question, &[0], 0, make));
    }
    let blank = vec![codes::UNANSWERED; slot.width];
    Source::Bytes(slot.offset, (0..slot.width).map(|at| table(question, &blank, at, &|t: &str| t.to_owned())).collect())
}

/// What each value of the byte at this place says, the others being blank.
fn table<T>(question: &Question, blank: &[u8], at: usize, make: &impl Fn(&str) -> T) -> Vec<Cell<T>> {
    let cell = |value: u8| {
        let mut bytes = blank.to_vec();
        if let Some(byte) = bytes.get_mut(at) {
            *byte = value;
        }
        match codes::read_slot(question, &bytes) {
            Ok(None) => Cell::Empty,
            Ok(Some(answer)) => Cell::Is(make(&question.answer_codes(&answer).join(" "))),
            Err(_) => Cell::Misfit,
        }
    };
    (0..=u8::MAX).map(cell).collect()
}

impl<T> Source<T> {
    /// Puts together a cell that is not a single look-up; false when the bytes are no answer.
    pub(super) fn join(&self, question: &Question, stored: &[u8], text: &mut String) -> bool {
        text.clear();
        match self {
            Source::Bytes(offset, tables) => {
                for (byte, table) in stored.iter().skip(*offset).zip(tables) {
                    match table.get(usize::from(*byte)) {
                        Some(Cell::Empty) => {}
                        Some(Cell::Is(more)) => {
                            if !text.is_empty() {
                                text.push(' ');
                            }
                            text.push_str(more);
                        }
                        Some(Cell::Misfit) | None => return false,
                    }
                }
                true
            }
            Source::Together => {
                let bytes = question.slot.and_then(|s| stored.get(s.offset..s.offset + s.width)).unwrap_or_default();
                let Ok(answer) = codes::read_slot(question, bytes) else { return false };
                text.push_str(&answer.map_or_else(Vec::new, |a| question.answer_codes(&a)).join(" "));
                true
            }
            Source::Byte(..) | Source::Open => true,
        }
    }
}

/// Why a response cannot be read, in the words of the reader that knows.
pub(super) fn unreadable(questionnaire: &Questionnaire, stored: &[u8], extra: Option<&str>) -> Error {
    match codes::decode(questionnaire, stored, extra) {
        Err(e) => Error::Storage(e.to_string()),
        Ok(_) => Error::Internal("a response was taken for unreadable that can be read".to_owned()),
    }
}

/// The open answers by position of the question; none for most responses.
pub(super) fn open_answers(questionnaire: &Questionnaire, extra: Option<&str>) -> Result<Vec<(usize, Answer)>> {
    extra.map_or(Ok(Vec::new()), |e| codes::open_answers(questionnaire, e)).map_err(|e| Error::Storage(e.to_string()))
}

/// An open answer as text.
pub(super) fn spell(answer: &Answer, text: &mut String) {
    text.clear();
    // Writing to a string does not fail.
    let _infallible = match answer {
        Answer::Number(n) => write!(text, "{n}"),
        Answer::Date(day) => write!(text, "{day}"),
        Answer::Text(t) => text.write_str(t),
        _ => Ok(()),
    };
}
