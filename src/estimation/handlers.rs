//! `GET /api/v1/surveys/{id}/estimates`.

use actix_web::web::{Data, Json, Path, Query};
use serde::{Deserialize, Serialize};

use super::analysis::{By, Method, Request, Row, prepare_filtered};
use super::cache::Tables;
use super::filter::Filter;
use super::measures::Level;
use crate::accounts::Viewer;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::surveys::{Stream, Surveys};

/// What to estimate.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// How units are grouped; `all` when left out.
    by: Option<By>,
    /// Which figures; `overall` when left out.
    measure: Option<Level>,
    /// Confidence level between 0.5 and 0.999; 0.95 when left out.
    level: Option<f64>,
    /// Which stream; the survey's first when left out.
    stream: Option<Stream>,
    /// Only responses sent on this day or later, by Vietnam's clock.
    from: Option<chrono::NaiveDate>,
    /// Only responses sent on this day or earlier.
    until: Option<chrono::NaiveDate>,
    /// Only units of this kind.
    kind: Option<crate::units::UnitKind>,
    /// Only this unit.
    unit: Option<String>,
    /// Only this means of answering.
    mode: Option<crate::surveys::Mode>,
    /// Only this service: the code of an answer to the question whose role is `service`.
    service: Option<String>,
}

/// Figures and how they were made.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Estimates {
    /// One for each group and figure.
    pub items: Vec<Row>,
    /// Always null: all rows are here.
    pub next: Option<String>,
    /// How they were made.
    pub method: Method,
}

/// Estimates of a survey's index with standard errors and intervals.
#[utoipa::path(get, path = "/api/v1/surveys/{id}/estimates", tag = "estimates",
    params(("id" = String, Path, description = "Code of the survey"), Asked),
    responses(
        (status = 200, body = Estimates),
        (status = 400, body = crate::web::problem::Problem),
        (status = 401, description = "The results are not public yet", body = crate::web::problem::Problem),
        (status = 404, body = crate::web::problem::Problem),
        (status = 409, description = "The questionnaire has no index, or weights cannot be made", body = crate::web::problem::Problem)))]
pub async fn estimates(
    code: Path<String>,
    asked: Query<Asked>,
    viewer: Viewer,
    db: Data<Db>,
    surveys: Data<Surveys>,
    tables: Data<Tables>,
) -> Result<Json<Estimates>> {
    let level = asked.level.unwrap_or(0.95);
    if !(0.5..=0.999).contains(&level) {
        return Err(Error::BadRequest("level is from 0.5 to 0.999".to_owned()));
    }
    let by = asked.by.unwrap_or(By::All);
    let measure = asked.measure.unwrap_or(Level::Overall);
    let request = Request { stream: asked.stream, level };
    let Asked { from, until, kind, unit, mode, service, .. } = asked.into_inner();
    let filter = Filter { from, until, kind, unit, mode, service };
    let cached = surveys.as_ref().clone();
    let estimates = db
        .block(move |db| {
            let open = db.read_now(|conn| cached.by_code_afresh(conn, &code))?;
            open.readable_by(&viewer)?;
            let prepared = prepare_filtered(db, &tables, &open, request, filter)?;
            Ok(Estimates { items: prepared.estimate(by, &[measure])?, next: None, method: prepared.method() })
        })
        .await?;
    Ok(Json(estimates))
}
