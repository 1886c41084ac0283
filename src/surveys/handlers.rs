//! `GET /api/v1/surveys`, `GET /api/v1/surveys/{id}`.

use std::collections::BTreeMap;

use actix_web::web::{Data, Json, Path, Query};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::cache::{self, Surveys};
use super::model::{Results, Status, Stream, Survey, Weighting};
use super::store;
use crate::accounts::{Act, User, Viewer};
use crate::db::Db;
use crate::error::{Error, Result};
use crate::units::UnitKind;

/// A survey, as programs see it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SurveyItem {
    /// Code of the survey.
    pub id: String,
    /// Title by language.
    #[schema(value_type = Object)]
    pub title: BTreeMap<&'static str, String>,
    /// Where it is in its life.
    pub status: Status,
    /// Questionnaire code.
    pub questionnaire: String,
    /// Questionnaire version.
    pub version: String,
    /// Streams; the first is what estimates show unless another is asked for.
    pub streams: Vec<Stream>,
    /// Number of responses stored.
    pub responses: i64,
    /// First day.
    pub opens_on: NaiveDate,
    /// Last day.
    pub closes_on: NaiveDate,
    /// What the weights are made of.
    pub weighting: Weighting,
    /// Fewest valid forms with which a figure is shown.
    pub threshold: i64,
    /// From when on everybody may read the results.
    pub results: Results,
    /// Name of the waves it belongs to, when it is repeated; null otherwise.
    pub series: Option<String>,
    /// Whether its answers are simulated.
    pub demonstration: bool,
}

/// A unit of a survey, as programs see it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct UnitItem {
    /// Code.
    pub code: String,
    /// Name by language.
    #[schema(value_type = Object)]
    pub name: BTreeMap<&'static str, String>,
    /// Kind.
    pub kind: UnitKind,
    /// Codes of its places.
    pub places: Vec<String>,
}

/// One survey with its units.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SurveyWithUnits {
    /// The survey.
    #[serde(flatten)]
    pub survey: SurveyItem,
    /// The units answers can be about.
    pub units: Vec<UnitItem>,
}

/// A page of a list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Listing<T> {
    /// The items.
    pub items: Vec<T>,
    /// Send it as `cursor` for the next page; null at the end.
    pub next: Option<String>,
}

/// Which page.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct PageAsked {
    /// `next` of the page before.
    cursor: Option<String>,
    /// Items a page, 1 to 500; 100 when left out.
    limit: Option<i64>,
}

/// Counts responses of surveys; given by the capability that stores them.
pub type Count = fn(&mut crate::db::Conn, &[i64]) -> Result<BTreeMap<i64, i64>>;

fn item(survey: &Survey, responses: i64) -> SurveyItem {
    SurveyItem {
        id: survey.code.clone(),
        title: ["vi", "en"].map(|l| (l, survey.title(l).to_owned())).into(),
        status: survey.status,
        questionnaire: survey.questionnaire.clone(),
        version: survey.version.clone(),
        streams: survey.streams(),
        responses,
        opens_on: survey.opens_on,
        closes_on: survey.closes_on,
        weighting: survey.weighting,
        threshold: survey.threshold,
        results: survey.results,
        series: survey.series.clone(),
        demonstration: survey.demonstration,
    }
}

/// All surveys by code; drafts only for who leads them.
#[utoipa::path(get, path = "/api/v1/surveys", tag = "surveys", params(PageAsked),
    responses((status = 200, body = Listing<SurveyItem>), (status = 400, body = crate::web::problem::Problem)))]
pub async fn list(
    page: Query<PageAsked>,
    viewer: Viewer,
    db: Data<Db>,
    surveys: Data<Surveys>,
    count: Data<Count>,
) -> Result<Json<Listing<SurveyItem>>> {
    let limit = page.limit.unwrap_or(100);
    if !(1..=500).contains(&limit) {
        return Err(Error::BadRequest("limit is from 1 to 500".to_owned()));
    }
    let cursor = page.into_inner().cursor;
    let cached = surveys.as_ref().clone();
    let listing = db
        .read(move |conn| {
            let leader = viewer.known().filter(|u| u.may_somewhere(Act::ManageSurveys));
            let mut surveys = store::page(conn, cursor.as_deref(), limit + 1, leader.is_some())?;
            let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
            let more = surveys.len() > wanted;
            surveys.truncate(wanted);
            let last = surveys.last().map(|s| s.code.clone());
            let surveys = visible(conn, &cached, surveys, leader)?;
            let ids: Vec<i64> = surveys.iter().map(|s| s.id).collect();
            let counts = count(conn, &ids)?;
            let next = last.filter(|_| more);
            Ok(Listing { items: surveys.iter().map(|s| item(s, counts.get(&s.id).copied().unwrap_or(0))).collect(), next })
        })
        .await?;
    Ok(Json(listing))
}

/// The surveys without the drafts that this user does not lead.
///
/// # Errors
/// Those of the database.
pub fn visible(conn: &mut crate::db::Conn, cached: &Surveys, surveys: Vec<Survey>, user: Option<&User>) -> Result<Vec<Survey>> {
    let mut seen = Vec::with_capacity(surveys.len());
    for survey in surveys {
        let show = match user {
            _ if survey.status != Status::Draft => true,
            Some(user) => cached.complete(conn, survey.clone())?.is_led_by(user),
            None => false,
        };
        if show {
            seen.push(survey);
        }
    }
    Ok(seen)
}

/// One survey, with the units answers can be about.
#[utoipa::path(get, path = "/api/v1/surveys/{id}", tag = "surveys", params(("id" = String, Path, description = "Code of the survey")),
    responses((status = 200, body = SurveyWithUnits), (status = 404, body = crate::web::problem::Problem)))]
pub async fn get(
    code: Path<String>,
    viewer: Viewer,
    db: Data<Db>,
    surveys: Data<Surveys>,
    count: Data<Count>,
) -> Result<Json<SurveyWithUnits>> {
    let surveys = surveys.as_ref().clone();
    let found = db
        .read(move |conn| {
            let open = surveys.by_code(conn, &code)?;
            if open.survey.status == Status::Draft && !viewer.known().is_some_and(|u| open.is_led_by(u)) {
                return Err(Error::NotFound(format!("survey {code}")));
            }
            let counts = count(conn, &[open.survey.id])?;
            let places = cache::places(conn, &open)?;
            let units = open.frame.units.values().map(|u| UnitItem {
                code: u.code.clone(),
                name: ["vi", "en"].map(|l| (l, u.name(l).to_owned())).into(),
                kind: u.kind,
                places: places.iter().filter(|p| p.unit == u.code).map(|p| p.code.clone()).collect(),
            });
            let responses = counts.get(&open.survey.id).copied().unwrap_or(0);
            Ok(SurveyWithUnits { survey: item(&open.survey, responses), units: units.collect() })
        })
        .await?;
    Ok(Json(found))
}
