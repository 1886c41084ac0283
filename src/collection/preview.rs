//! Trying a questionnaire out: the citizen's own pages over any questionnaire, a draft too, with answers that are never stored.
//!
//! Whoever calls this finds the questionnaire, checks who may try it, and gives the address to which the pages send themselves. Nothing here
//! takes a database: what is answered travels in the pages and ends on one that shows what would be stored.

use actix_web::HttpRequest;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use chrono::Utc;
use serde::Serialize;
use uuid::Uuid;

use super::pages::{Maker, StartView, SurveyView};
use super::show::{self, Show};
use super::typed;
use super::walk::{self, Next, Page as At};
use crate::error::Result;
use crate::questionnaires::model::{Answer, Answers, IndexKind, Kind};
use crate::questionnaires::{Questionnaire, codes};
use crate::web::{Language, Page, Renderer};

/// The first page. Each load is a new respondent, which shuffles anew.
///
/// `action` is the address, without a query, at which [`step`] answers `POST`.
///
/// # Errors
/// When the template fails.
pub fn show(
    request: &HttpRequest,
    renderer: &Renderer,
    questionnaire: &Questionnaire,
    language: Language,
    action: &str,
) -> Result<HttpResponse> {
    let query = show::query(request);
    let view = StartView::new(questionnaire, action.to_owned(), Uuid::new_v4(), survey(questionnaire, language), language, &query);
    Page::new(request, renderer).language(language).render("collection/start.html", view)
}

/// A page was filled in: the next one, or the one that tells what would be stored. `form` is the posted fields as they came.
///
/// # Errors
/// `BadRequest` when the form is none of ours, or when the template fails.
pub fn step(
    request: &HttpRequest,
    renderer: &Renderer,
    questionnaire: &Questionnaire,
    language: Language,
    action: &str,
    form: &[(String, String)],
) -> Result<HttpResponse> {
    let sent = typed::Sent::read(form)?;
    let (typed, answers, unreadable) = typed::understand(questionnaire, sent.typed.clone(), Utc::now().date_naive());
    let maker = Maker {
        questionnaire,
        action,
        survey: survey(questionnaire, language),
        id: sent.id,
        unit: None,
        typed: &typed,
        answers: &answers,
        language,
        words: renderer.words(language),
    };
    let show = Show { request, renderer, maker: &maker, demonstration: false };
    match walk::next(questionnaire, &sent, &answers, &unreadable) {
        Next::Show(At::Section(n)) => show.section(n, &[], false),
        Next::Show(At::Review) => show.review(StatusCode::OK, None, None),
        Next::Again { section, problems } => show.section(section, &problems, true),
        Next::Send => Page::new(request, renderer).language(language).render("collection/tried.html", tried(&maker, action)),
    }
}

fn survey(questionnaire: &Questionnaire, language: Language) -> SurveyView {
    SurveyView { title: questionnaire.title.get(language.code()).to_owned(), unit_name: None, place_name: None, trial: true }
}

/// What would be stored, and what for.
#[derive(Debug, Clone, Serialize)]
pub struct TriedView {
    /// The form that was tried.
    pub survey: SurveyView,
    /// Where to begin again.
    pub again: String,
    /// Every question with an answer, hidden and computed ones too.
    pub answers: Vec<TriedAnswer>,
    /// Codes of questions without an answer.
    pub unanswered: Vec<String>,
    /// The index items, when there is an index.
    pub items: Vec<TriedItem>,
    /// The stored bytes in hexadecimal.
    pub bytes: String,
    /// The open answers as they would be stored.
    pub extra: Option<String>,
}

/// One answer as it would be stored.
#[derive(Debug, Clone, Serialize)]
pub struct TriedAnswer {
    /// Code of the question.
    pub code: String,
    /// The question in words.
    pub text: String,
    /// The answer in words.
    pub said: String,
    /// The answer as export writes it.
    pub stored: String,
}

/// An index item and what this form counts for in it.
#[derive(Debug, Clone, Serialize)]
pub struct TriedItem {
    /// Code of the question.
    pub code: String,
    /// The question in words.
    pub text: String,
    /// `satisfied`, `dissatisfied`, `points` or `not-valid`.
    pub counts: &'static str,
    /// Points, where the index has points.
    pub points: Option<String>,
}

fn tried(maker: &Maker<'_>, action: &str) -> TriedView {
    let questionnaire = maker.questionnaire;
    let answers = maker.answers;
    let stored = codes::encode(questionnaire, answers);
    let mut given = Vec::new();
    let mut unanswered = Vec::new();
    for (position, question) in questionnaire.questions.iter().enumerate().filter(|(_, q)| !matches!(q.kind, Kind::Note)) {
        match answers.get(position) {
            Some(answer) => given.push(TriedAnswer {
                code: question.code.clone(),
                text: maker.text(&question.text),
                said: maker.said(position, question).unwrap_or_default(),
                stored: match answer {
                    Answer::Number(n) => n.to_string(),
                    Answer::Text(t) => t.clone(),
                    Answer::Date(day) => day.to_string(),
                    closed => question.answer_codes(closed).join(" "),
                },
            }),
            None => unanswered.push(question.code.clone()),
        }
    }
    TriedView {
        survey: maker.survey.clone(),
        again: format!("{action}?lang={}", maker.language.code()),
        answers: given,
        unanswered,
        items: items(maker, answers),
        bytes: stored.codes.iter().map(|b| format!("{b:02x}")).collect::<Vec<_>>().join(" "),
        extra: stored.extra,
    }
}

fn items(maker: &Maker<'_>, answers: &Answers) -> Vec<TriedItem> {
    let Some(index) = &maker.questionnaire.index else { return Vec::new() };
    let item = |position: usize| {
        let question = maker.questionnaire.questions.get(position)?;
        let score = answers.get(position).and_then(|a| question.answer_codes(a).first().and_then(|c| index.scores.get(*c)).copied());
        let counts = match (score, index.kind) {
            (None, _) => "not-valid",
            (Some(_), IndexKind::Points) => "points",
            (Some(score), IndexKind::SatisfiedShare) if score > 0.0 => "satisfied",
            (Some(_), IndexKind::SatisfiedShare) => "dissatisfied",
        };
        let points = score.filter(|_| index.kind == IndexKind::Points).map(|s| maker.number(s));
        Some(TriedItem { code: question.code.clone(), text: maker.text(&question.text), counts, points })
    };
    index.items().filter_map(item).collect()
}
