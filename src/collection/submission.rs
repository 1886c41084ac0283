//! The JSON body of one submitted response, checked field by field so that every mistake is told at once with its place.

use chrono::NaiveDateTime;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::response::{Origin, Response};
use super::validate;
use crate::error::FieldError;
use crate::questionnaires::codes;
use crate::surveys::{Mode, Open, Stream};
use crate::units::Place;

/// One response, as a client sends it.
#[derive(Debug, utoipa::ToSchema)]
pub struct Submission {
    /// Made by the client before its first try.
    pub id: Uuid,
    /// Code of the unit the answers are about.
    #[schema(example = "00070")]
    pub unit: String,
    /// Code of the place, if known.
    pub place: Option<String>,
    /// By which means it was answered; `web` when left out.
    pub mode: Option<Mode>,
    /// Language of the form; the questionnaire's first when left out.
    pub language: Option<String>,
    /// Answers by question code: an option's code, a list of codes, a number, a text, true.
    #[schema(value_type = Object)]
    pub answers: Map<String, Value>,
}

/// Reads and checks a body against the survey; `place_named` is the place whose code it names, if there is one.
///
/// # Errors
/// Everything that is wrong, each with a pointer.
pub fn read(open: &Open, place_named: Option<&Place>, body: &Value, now: NaiveDateTime) -> Result<(Uuid, Response), Vec<FieldError>> {
    let Some(fields) = body.as_object() else {
        return Err(vec![FieldError::new("", "wrong_type", "the body must be a JSON object")]);
    };
    let mut wrong = Vec::new();
    for name in fields.keys().filter(|n| !["id", "unit", "place", "mode", "language", "answers"].contains(&n.as_str())) {
        wrong.push(FieldError::new(
            format!("/{}", escaped(name)),
            "unknown_field",
            "this field is not known; the fields are id, unit, place, mode, language, answers",
        ));
    }
    let text = |name: &str| fields.get(name).filter(|v| !v.is_null()).map(|v| v.as_str().ok_or(()));
    let id = match text("id") {
        Some(Ok(t)) => Uuid::parse_str(t).ok(),
        _ => None,
    };
    if id.is_none() {
        wrong.push(FieldError::new("/id", "wrong_type", "a UUID that the client makes before its first try"));
    }
    let unit = match text("unit") {
        Some(Ok(code)) if open.unit(code).is_some() => Some(code),
        Some(Ok(code)) => {
            wrong.push(FieldError::new("/unit", "unknown_unit", format!("the unit {code:?} is not in this survey")));
            None
        }
        _ => {
            wrong.push(FieldError::new("/unit", "required", "the code of the unit the answers are about"));
            None
        }
    };
    let place = match text("place") {
        None => None,
        Some(Ok(code)) if place_named.is_some_and(|p| p.code == code && Some(p.unit.as_str()) == unit) => Some(code),
        Some(_) => {
            wrong.push(FieldError::new("/place", "unknown_place", "the code of a place of this unit, or left out"));
            None
        }
    };
    let mode = match text("mode") {
        None => Some(Mode::Web),
        Some(Ok(word)) => word.parse().ok().filter(|m| *m != Mode::Import),
        Some(Err(())) => None,
    };
    if mode.is_none() {
        wrong.push(FieldError::new("/mode", "wrong_type", "one of web, kiosk, interview, paper, phone"));
    }
    let languages = &open.questionnaire().languages;
    let language = match text("language") {
        None => languages.first().map(String::as_str),
        Some(Ok(code)) => languages.iter().map(String::as_str).find(|l| *l == code),
        Some(Err(())) => None,
    };
    if language.is_none() {
        wrong.push(FieldError::new("/language", "unknown_language", format!("one of {}", languages.join(", "))));
    }
    let answers = match fields.get("answers") {
        Some(Value::Object(sent)) => match validate::from_json(open.questionnaire(), sent, now.date()) {
            Ok(answers) => {
                let found = validate::problems(open.questionnaire(), &answers, 0..open.questionnaire().questions.len());
                wrong.extend(found.iter().map(pointed));
                Some(answers)
            }
            Err(problems) => {
                wrong.extend(problems.iter().map(pointed));
                None
            }
        },
        _ => {
            wrong.push(FieldError::new("/answers", "required", "an object: question code → value"));
            None
        }
    };
    match (id, unit, mode, language, answers) {
        (Some(id), Some(unit), Some(mode), Some(language), Some(answers)) if wrong.is_empty() => {
            let stored = codes::encode(open.questionnaire(), &answers);
            let mut response =
                Response::new(id, Origin { survey_id: open.survey.id, unit, stream: Stream::Open, mode, language }, now, stored);
            response.place = place.map(str::to_owned);
            Ok((id, response))
        }
        _ => Err(wrong),
    }
}

fn pointed(problem: &validate::Problem) -> FieldError {
    FieldError::new(format!("/answers/{}", escaped(&problem.question)), problem.what.code(), problem.what.sentence())
}

/// RFC 6901.
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
