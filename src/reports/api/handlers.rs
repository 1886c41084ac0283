//! `GET /api/v1/surveys/{survey}/…`: figures of reports as JSON.

use actix_web::web::Json;
use serde::Serialize;

use super::super::asked::Asked;
use super::super::pictures::times;
use crate::error::Result;
use crate::estimation::analysis::Method;
use crate::estimation::answers::Answered;
use crate::estimation::change::{Change, Unlike, Wave};
use crate::estimation::compare::Comparison;
use crate::estimation::priorities::Priorities;
use crate::estimation::quality::Quality;
use crate::estimation::ranking::Ranking;
use crate::estimation::{Level, Row};

/// Units with their ranks.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Ranked {
    /// Ranks with their confidence sets and the groups that do not differ; null when no unit has a figure.
    pub ranking: Option<Ranking>,
    /// The overall figure of each unit.
    pub items: Vec<Row>,
    /// How they were made.
    pub method: Method,
}

/// Ranks of the units by the overall figure. The address takes `stream`, `from`, `until`, `kind`, `mode` and `service` as the pages do.
#[utoipa::path(get, path = "/api/v1/surveys/{survey}/ranks", tag = "estimates",
    params(("survey" = String, Path, description = "Code of the survey")),
    responses((status = 200, body = Ranked), (status = 401, body = crate::web::problem::Problem), (status = 404, body = crate::web::problem::Problem)))]
pub async fn ranks(asked: Asked) -> Result<Json<Ranked>> {
    let ranked = asked.compute(|teller| {
        let index = teller.report.index()?;
        let items = index.units.iter().filter(|r| r.measure_level == Level::Overall).cloned().collect();
        Ok(Ranked { ranking: index.ranking.clone(), items, method: teller.report.prepared.method() })
    });
    Ok(Json(ranked.await?))
}

/// What changed since the wave before.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Changed {
    /// The wave before; null when there is none.
    pub before: Option<Wave>,
    /// Why the two are not compared; null when they are.
    pub not_compared: Option<Unlike>,
    /// One for each figure: all units together, then each unit.
    pub items: Vec<Change>,
}

/// Changes of all figures against the wave before, when it was measured alike.
#[utoipa::path(get, path = "/api/v1/surveys/{survey}/changes", tag = "estimates",
    params(("survey" = String, Path, description = "Code of the survey")),
    responses((status = 200, body = Changed), (status = 401, body = crate::web::problem::Problem), (status = 404, body = crate::web::problem::Problem)))]
pub async fn changes(asked: Asked) -> Result<Json<Changed>> {
    let changed = asked.compute(|teller| {
        let before = teller.report.before();
        Ok(Changed {
            before: before.map(|b| b.wave.clone()),
            not_compared: before.and_then(|b| b.prepared.as_ref().err().copied()),
            items: teller.report.changes()?.as_ref().clone(),
        })
    });
    Ok(Json(changed.await?))
}

/// A figure in time.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct InTime {
    /// Day that stands for it: the last of a wave, the first of a month.
    pub day: chrono::NaiveDate,
    /// Code of the survey, for waves.
    pub survey: Option<String>,
    /// The figure.
    pub row: Row,
    /// Whether a month goes beyond the control limits.
    pub signal: bool,
}

/// A survey's figures in time.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Series {
    /// Waves measured alike, the earliest first.
    pub waves: Vec<InTime>,
    /// Waves of the series that were measured otherwise, with the reason.
    pub not_compared: Vec<(Wave, Unlike)>,
    /// Months of this survey, where there are at least two.
    pub months: Vec<InTime>,
    /// Whether the months have control limits.
    pub limits: bool,
}

/// The overall figure by wave of the series and by month of the survey.
#[utoipa::path(get, path = "/api/v1/surveys/{survey}/series", tag = "estimates",
    params(("survey" = String, Path, description = "Code of the survey")),
    responses((status = 200, body = Series), (status = 401, body = crate::web::problem::Problem), (status = 404, body = crate::web::problem::Problem)))]
pub async fn series(asked: Asked) -> Result<Json<Series>> {
    let series = asked.compute(|teller| {
        let point = |m: times::Moment| InTime { day: m.day, survey: m.survey, signal: m.signal.is_some(), row: m.row };
        let months = times::months(teller, false)?;
        let others = teller.report.others.iter();
        Ok(Series {
            waves: times::moments(teller, None)?.into_iter().map(point).collect(),
            not_compared: others.filter_map(|o| o.prepared.as_ref().err().map(|why| (o.wave.clone(), *why))).collect(),
            limits: months.as_ref().is_some_and(|m| m.limits),
            months: months.map(|m| m.moments.into_iter().map(point).collect()).unwrap_or_default(),
        })
    });
    Ok(Json(series.await?))
}

/// The index by the answers to a question about the respondent.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ByRespondent {
    /// Code of the question.
    pub question: String,
    /// Figures by answer, and how the answers differ.
    pub comparison: Comparison,
}

/// Answers to closed questions.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct AllAnswers {
    /// The distribution of each question's answers.
    pub items: Vec<Answered>,
    /// The index by who answered.
    pub respondents: Vec<ByRespondent>,
    /// How they were made.
    pub method: Method,
}

/// How closed questions were answered, in percent, with intervals.
#[utoipa::path(get, path = "/api/v1/surveys/{survey}/answers", tag = "estimates",
    params(("survey" = String, Path, description = "Code of the survey")),
    responses((status = 200, body = AllAnswers), (status = 401, body = crate::web::problem::Problem), (status = 404, body = crate::web::problem::Problem)))]
pub async fn answers(asked: Asked) -> Result<Json<AllAnswers>> {
    let answers = asked.compute(|teller| {
        let report = teller.report;
        let questions = &report.open().questionnaire().questions;
        let breakdowns = report.figures().breakdowns(&report.prepared)?.into_iter();
        let respondents =
            breakdowns.filter_map(|b| Some(ByRespondent { question: questions.get(b.position)?.code.clone(), comparison: b.comparison }));
        Ok(AllAnswers {
            items: report.figures().answers(&report.prepared)?.as_ref().clone(),
            respondents: respondents.collect(),
            method: report.prepared.method(),
        })
    });
    Ok(Json(answers.await?))
}

/// What to mend first: what each item could add to the index, and how closely it goes with satisfaction as a whole.
#[utoipa::path(get, path = "/api/v1/surveys/{survey}/priorities", tag = "estimates",
    params(("survey" = String, Path, description = "Code of the survey")),
    responses((status = 200, body = Priorities), (status = 401, body = crate::web::problem::Problem), (status = 404, body = crate::web::problem::Problem)))]
pub async fn priorities(asked: Asked) -> Result<Json<Priorities>> {
    let found = asked.compute(|teller| Ok(teller.report.figures().priorities(&teller.report.prepared)?.as_ref().clone()));
    Ok(Json(found.await?))
}

/// Quality of the answers and how modes differ.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Reliability {
    /// Flags and missing answers.
    pub quality: Quality,
    /// The index by mode.
    pub modes: Comparison,
}

/// Flags of forms, missing answers, modes compared.
#[utoipa::path(get, path = "/api/v1/surveys/{survey}/quality", tag = "estimates",
    params(("survey" = String, Path, description = "Code of the survey")),
    responses((status = 200, body = Reliability), (status = 401, body = crate::web::problem::Problem), (status = 404, body = crate::web::problem::Problem)))]
pub async fn quality(asked: Asked) -> Result<Json<Reliability>> {
    let found = asked.compute(|teller| {
        let report = teller.report;
        let quality = report.figures().quality(&report.prepared)?.as_ref().clone();
        Ok(Reliability { quality, modes: report.figures().modes(&report.prepared)? })
    });
    Ok(Json(found.await?))
}
