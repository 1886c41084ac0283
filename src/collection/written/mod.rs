//! What people wrote in their own words: the latest first.
//!
//! - [`latest`]: answers to some questions, passed over and cut to a page.
//! - [`store`]: reads table `responses`, only rows with open answers, by an index of their own.

pub mod store;

use chrono::NaiveDate;

use crate::db::Conn;
use crate::error::{Error, Result};
use crate::questionnaires::codes;
use crate::questionnaires::model::{Answer, QuestionRole};
use crate::surveys::{Mode, Open, Stream};
use crate::web::locale::VIETNAM;

/// Which ones.
#[derive(Debug, Clone)]
pub struct Wanted<'a> {
    /// The stream.
    pub stream: Stream,
    /// Only this means of answering.
    pub mode: Option<Mode>,
    /// Not before this day, by Vietnam's clock.
    pub from: Option<NaiveDate>,
    /// Not after this day.
    pub until: Option<NaiveDate>,
    /// About these units.
    pub units: Vec<&'a str>,
    /// Codes of the questions whose answers are wanted.
    pub questions: Vec<&'a str>,
}

/// Something written.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// The text.
    pub text: String,
    /// Code of the unit it is about.
    pub unit: String,
    /// Day of sending, by Vietnam's clock.
    pub day: NaiveDate,
    /// The answer to the question on general satisfaction: position of the question and answer.
    pub outcome: Option<(usize, Answer)>,
}

/// The latest texts, after passing over `skip`, at most `most`.
///
/// # Errors
/// Those of the database; `Storage` for answers that do not fit the questionnaire.
pub fn latest(conn: &mut Conn, open: &Open, wanted: &Wanted<'_>, skip: usize, most: usize) -> Result<Vec<Written>> {
    let questionnaire = open.questionnaire();
    let outcome = questionnaire.questions.iter().position(|q| q.role == Some(QuestionRole::Outcome));
    let mut found = Vec::new();
    let mut passed = 0usize;
    let mut offset = 0i64;
    loop {
        let rows = store::page(conn, open.survey.id, wanted, offset)?;
        let Some(read) = i64::try_from(rows.len()).ok().filter(|n| *n > 0) else { return Ok(found) };
        offset += read;
        for row in rows {
            let answers = codes::decode(questionnaire, &row.codes, row.extra.as_deref()).map_err(|e| Error::Storage(e.to_string()))?;
            let texts = wanted.questions.iter().filter_map(|code| match answers.get(questionnaire.position(code)?) {
                Some(Answer::Text(text)) => Some(text.clone()),
                _ => None,
            });
            for text in texts {
                passed += 1;
                if passed > skip && found.len() < most {
                    let outcome = outcome.and_then(|p| answers.get(p).map(|a| (p, a.clone())));
                    found.push(Written { text, unit: row.unit.clone(), day: (row.submitted_at + VIETNAM).date(), outcome });
                }
            }
        }
        if found.len() >= most {
            return Ok(found);
        }
    }
}
