//! What people wrote, for those whose roles cover the unit it is about. It is shown as it was written.

use serde::{Deserialize, Serialize};

use super::teller::Teller;
use crate::collection::written::{self, Wanted};
use crate::error::{Error, Result};
use crate::questionnaires::model::{Kind, Question, QuestionRole};

/// Comments on a page.
pub const PAGE: usize = 50;

/// A comment.
#[derive(Debug, Clone, Serialize)]
pub struct CommentView {
    /// What was written.
    pub text: String,
    /// Name of the unit.
    pub unit: String,
    /// Address of its card.
    pub card: String,
    /// Day of sending.
    pub day: String,
    /// How satisfied the writer was, in words, where the form says.
    pub satisfied: Option<String>,
}

/// What the address of the page asks for besides.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct More {
    /// Only this unit.
    #[serde(default)]
    pub unit: String,
    /// How many to pass over.
    #[serde(default)]
    pub after: usize,
}

/// The page.
#[derive(Debug, Serialize)]
pub struct CommentsView {
    /// The comments, the latest first.
    pub comments: Vec<CommentView>,
    /// Name of the unit, when only its own are shown.
    pub unit: Option<String>,
    /// Address of the next ones.
    pub next: Option<String>,
    /// Whether the questionnaire asks for comments at all.
    pub asked: bool,
}

/// Codes of the questions whose answers are comments.
fn asked(questions: &[Question]) -> Vec<&str> {
    questions
        .iter()
        .filter(|q| q.role == Some(QuestionRole::Comment) && matches!(q.kind, Kind::Text { .. }))
        .map(|q| q.code.as_str())
        .collect()
}

/// The latest comments, of all units or one. The caller has made sure that the reader may see them.
///
/// # Errors
/// Those of the database.
pub fn latest(teller: &Teller<'_>, unit: Option<&str>, most: usize) -> Result<Vec<CommentView>> {
    page(teller, unit, 0, most)
}

fn page(teller: &Teller<'_>, unit: Option<&str>, skip: usize, most: usize) -> Result<Vec<CommentView>> {
    let report = teller.report;
    let open = report.open();
    let questions = asked(&open.questionnaire().questions);
    let units: Vec<&str> = report.comment_units().into_iter().filter(|u| unit.is_none_or(|one| one == *u)).collect();
    if questions.is_empty() || units.is_empty() {
        return Ok(Vec::new());
    }
    let filter = report.prepared.filter();
    let wanted = Wanted { stream: report.prepared.stream(), mode: filter.mode, from: filter.from, until: filter.until, units, questions };
    let found = report.db().read_now(|conn| written::latest(conn, open, &wanted, skip, most))?;
    Ok(found
        .into_iter()
        .map(|c| CommentView {
            text: c.text,
            unit: teller.unit_name(&c.unit),
            card: teller.card(&c.unit),
            day: teller.language.day(c.day),
            satisfied: c.outcome.and_then(|(position, answer)| {
                let question = open.questionnaire().questions.get(position)?;
                let code = question.answer_codes(&answer).first().map(|c| (*c).to_owned())?;
                question.options().iter().find(|o| o.code == code).map(|o| o.text.get(teller.lang()).to_owned())
            }),
        })
        .collect())
}

/// Makes the page.
///
/// # Errors
/// `Forbidden` for who may not read comments; `NotFound` for a unit the survey does not have; those of the database.
pub fn view(teller: &Teller<'_>, more: &More) -> Result<CommentsView> {
    let report = teller.report;
    if report.comment_units().is_empty() {
        return Err(Error::Forbidden("what people wrote is for those whose roles cover a unit of the survey".to_owned()));
    }
    let unit = Some(more.unit.as_str()).filter(|u| !u.is_empty());
    let name = unit.map(|u| report.unit(u).map(|u| u.name(teller.lang()).to_owned())).transpose()?;
    let mut comments = page(teller, unit, more.after, PAGE + 1)?;
    let next = (comments.len() > PAGE).then(|| {
        let path = format!(
            "/reports/{}/comments?lang={}&unit={}&after={}",
            report.open().survey.code,
            teller.lang(),
            more.unit,
            more.after + PAGE
        );
        report.choice.link(&path)
    });
    comments.truncate(PAGE);
    Ok(CommentsView { comments, unit: name, next, asked: !asked(&report.open().questionnaire().questions).is_empty() })
}
