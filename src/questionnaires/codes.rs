//! Answers ↔ bytes: how one response's closed answers are laid out in `responses.codes`, and its open ones in `extra`.
//!
//! | kind | bytes | meaning |
//! |---|---|---|
//! | one option, consent | 1 | 0 not asked or left out · n the n-th option · 254 prefer not to say · 255 not applicable |
//! | several options | ⌈options / 8⌉ | bit (n−1) mod 8 of byte (n−1) div 8 is the n-th option; all 0 = not asked or left out |
//! | ranking | places | byte k is the option in place k+1; 0 = the place is empty |
//!
//! Numbers, texts and days (as 2026-01-31) stand in `extra`, a JSON object by question code, or null when there are none.

use serde_json::{Map, Value};

use super::model::{Answer, Answers, Kind, Question, Questionnaire, Slot};

/// Not asked, or left out.
pub const UNANSWERED: u8 = 0;
/// "Prefer not to say".
pub const REFUSED: u8 = 254;
/// "Not applicable".
pub const NOT_APPLICABLE: u8 = 255;

/// Gives every closed question its place, in order, and returns the length in bytes.
pub(super) fn lay_out(questions: &mut [Question]) -> usize {
    let mut offset = 0;
    for q in questions {
        let width = match &q.kind {
            Kind::Single { .. } | Kind::Consent => 1,
            Kind::Multiple { options, .. } => options.len().div_ceil(8),
            Kind::Ranking { places, .. } => usize::from(*places),
            Kind::Number { .. } | Kind::Text { .. } | Kind::Date { .. } | Kind::Note | Kind::Hidden { .. } | Kind::Calculated { .. } => {
                continue;
            }
        };
        q.slot = Some(Slot { offset, width });
        offset += width;
    }
    offset
}

/// One response's answers as they are stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Closed answers.
    pub codes: Vec<u8>,
    /// Open answers, as JSON.
    pub extra: Option<String>,
}

/// What stored answers can be wrong about.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("stored answers do not fit questionnaire {questionnaire} version {version}: {what}")]
pub struct Unreadable {
    questionnaire: String,
    version: String,
    what: String,
}

/// Puts answers into bytes. They must have been checked against this questionnaire.
#[must_use]
pub fn encode(questionnaire: &Questionnaire, answers: &Answers) -> Stored {
    let mut codes = vec![UNANSWERED; questionnaire.code_bytes];
    let mut extra = Map::new();
    for (&position, answer) in &answers.given {
        let Some(question) = questionnaire.questions.get(position) else { continue };
        match answer {
            Answer::Number(n) => {
                extra.insert(question.code.clone(), Value::from(*n));
            }
            Answer::Text(t) => {
                extra.insert(question.code.clone(), Value::from(t.as_str()));
            }
            Answer::Date(day) => {
                extra.insert(question.code.clone(), Value::from(day.to_string()));
            }
            _ => {
                let Some(bytes) = question.slot.and_then(|s| codes.get_mut(s.offset..s.offset + s.width)) else { continue };
                write_slot(bytes, answer);
            }
        }
    }
    Stored { codes, extra: (!extra.is_empty()).then(|| Value::Object(extra).to_string()) }
}

fn write_slot(bytes: &mut [u8], answer: &Answer) {
    let byte = match answer {
        Answer::Choice(n) => *n,
        Answer::NotApplicable => NOT_APPLICABLE,
        Answer::Refused => REFUSED,
        Answer::Choices(all) => {
            for n in all.iter().filter(|n| **n >= 1) {
                if let Some(b) = bytes.get_mut(usize::from(n - 1) / 8) {
                    *b |= 1 << ((n - 1) % 8);
                }
            }
            return;
        }
        Answer::Ranking(all) => {
            for (byte, n) in bytes.iter_mut().zip(all) {
                *byte = *n;
            }
            return;
        }
        Answer::Number(_) | Answer::Text(_) | Answer::Date(_) => return,
    };
    if let Some(b) = bytes.first_mut() {
        *b = byte;
    }
}

/// Reads answers back.
///
/// # Errors
/// When the bytes or the JSON are not what this version writes: wrong length, an option that does not exist.
pub fn decode(questionnaire: &Questionnaire, codes: &[u8], extra: Option<&str>) -> Result<Answers, Unreadable> {
    let unreadable = |what: String| Unreadable { questionnaire: questionnaire.code.clone(), version: questionnaire.version.clone(), what };
    if codes.len() != questionnaire.code_bytes {
        return Err(unreadable(format!("{} bytes, expected {}", codes.len(), questionnaire.code_bytes)));
    }
    let mut answers = Answers::default();
    for (position, question) in questionnaire.questions.iter().enumerate() {
        let Some(bytes) = question.slot.and_then(|s| codes.get(s.offset..s.offset + s.width)) else { continue };
        if let Some(answer) = read_slot(question, bytes).map_err(&unreadable)? {
            answers.given.insert(position, answer);
        }
    }
    if let Some(extra) = extra {
        answers.given.extend(open_answers(questionnaire, extra)?);
    }
    Ok(answers)
}

/// The open answers of a stored response: position of the question and answer, in no particular order.
///
/// # Errors
/// When the JSON is not what this version writes.
pub fn open_answers(questionnaire: &Questionnaire, extra: &str) -> Result<Vec<(usize, Answer)>, Unreadable> {
    let unreadable = |what: String| Unreadable { questionnaire: questionnaire.code.clone(), version: questionnaire.version.clone(), what };
    let object: Map<String, Value> = serde_json::from_str(extra).map_err(|e| unreadable(format!("extra is not a JSON object: {e}")))?;
    let mut answers = Vec::with_capacity(object.len());
    for (code, value) in object {
        let position = questionnaire.position(&code).ok_or_else(|| unreadable(format!("extra names {code:?}, which is no question")))?;
        let is_date = questionnaire.questions.get(position).is_some_and(|q| matches!(q.kind, Kind::Date { .. }));
        let answer = match value {
            Value::String(t) if is_date => Answer::Date(t.parse().map_err(|_| unreadable(format!("{code} is not a day: {t:?}")))?),
            Value::String(t) => Answer::Text(t),
            Value::Number(n) => Answer::Number(n.as_f64().ok_or_else(|| unreadable(format!("{code} is not a number")))?),
            _ => return Err(unreadable(format!("{code} is neither a text nor a number"))),
        };
        answers.push((position, answer));
    }
    Ok(answers)
}

/// The answer that a closed question's bytes say; none when it was not answered.
///
/// # Errors
/// What the bytes are wrong about.
pub fn read_slot(question: &Question, bytes: &[u8]) -> Result<Option<Answer>, String> {
    let no_option = |n: usize| format!("{} has no option {n}", question.code);
    match &question.kind {
        Kind::Multiple { options, .. } => {
            let mut all = Vec::new();
            for (i, byte) in bytes.iter().enumerate() {
                for bit in (0..8usize).filter(|bit| byte >> bit & 1 == 1) {
                    let n = i * 8 + bit + 1;
                    all.push(u8::try_from(n).ok().filter(|_| n <= options.len()).ok_or_else(|| no_option(n))?);
                }
            }
            Ok((!all.is_empty()).then_some(Answer::Choices(all)))
        }
        Kind::Ranking { options, .. } => {
            let all: Vec<u8> = bytes.iter().copied().take_while(|n| *n != UNANSWERED).collect();
            let repeated = (1..all.len()).any(|i| all.get(..i).zip(all.get(i)).is_some_and(|(before, n)| before.contains(n)));
            if repeated || bytes.iter().skip(all.len()).any(|n| *n != UNANSWERED) {
                return Err(format!("{} has an option in two places, or an empty place before a filled one", question.code));
            }
            if let Some(n) = all.iter().find(|n| usize::from(**n) > options.len()) {
                return Err(no_option(usize::from(*n)));
            }
            Ok((!all.is_empty()).then_some(Answer::Ranking(all)))
        }
        kind => {
            let (most, can_skip) = match kind {
                Kind::Single { options, not_applicable, refused, .. } => (options.len(), (not_applicable.is_some(), refused.is_some())),
                _ => (1, (false, false)),
            };
            match bytes.first().copied().unwrap_or(UNANSWERED) {
                UNANSWERED => Ok(None),
                NOT_APPLICABLE if can_skip.0 => Ok(Some(Answer::NotApplicable)),
                REFUSED if can_skip.1 => Ok(Some(Answer::Refused)),
                n if usize::from(n) <= most => Ok(Some(Answer::Choice(n))),
                n => Err(no_option(usize::from(n))),
            }
        }
    }
}
