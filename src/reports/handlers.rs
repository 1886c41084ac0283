//! The pages of a report and its charts.

use actix_web::http::header;
use actix_web::web::{Path, Query};
use actix_web::{HttpRequest, HttpResponse};

use super::asked::Asked;
use super::comments::More;
use super::compare::Which;
use super::frame::Tab;
use super::pictures::Picture;
use super::{answers, card, comments, compare, items, overview, quality, time, units};
use crate::accounts::ResultsReader;
use crate::error::{Error, Result};

/// `GET /reports/{survey}`
pub async fn report(asked: Asked) -> Result<HttpResponse> {
    asked.page(Tab::Overview, "reports/overview.html", overview::view).await
}

/// `GET /reports/{survey}/units`
pub async fn units(asked: Asked) -> Result<HttpResponse> {
    asked.page(Tab::Units, "reports/units.html", units::view).await
}

/// `GET /reports/{survey}/units/{unit}`: the card of a unit.
pub async fn card(asked: Asked, path: Path<(String, String)>) -> Result<HttpResponse> {
    let (_, unit) = path.into_inner();
    asked.page(Tab::Other, "reports/card.html", move |teller| card::view(teller, &unit)).await
}

/// `GET /reports/{survey}/compare`
pub async fn compare(asked: Asked) -> Result<HttpResponse> {
    let which: Which = more(asked.request())?;
    asked.page(Tab::Other, "reports/compare.html", move |teller| compare::view(teller, &which)).await
}

/// `GET /reports/{survey}/items`
pub async fn items(asked: Asked) -> Result<HttpResponse> {
    asked.page(Tab::Items, "reports/items.html", items::view).await
}

/// `GET /reports/{survey}/answers`
pub async fn answers(asked: Asked) -> Result<HttpResponse> {
    asked.page(Tab::Answers, "reports/answers.html", answers::view).await
}

/// `GET /reports/{survey}/time`
pub async fn time(asked: Asked) -> Result<HttpResponse> {
    asked.page(Tab::Time, "reports/time.html", time::view).await
}

/// `GET /reports/{survey}/quality`
pub async fn quality(asked: Asked) -> Result<HttpResponse> {
    asked.page(Tab::Quality, "reports/quality.html", quality::view).await
}

/// `GET /reports/{survey}/comments`
pub async fn comments(asked: Asked, _: ResultsReader) -> Result<HttpResponse> {
    let which: More = more(asked.request())?;
    let unit = Some(which.unit.clone()).filter(|u| !u.is_empty());
    asked.about(unit).page(Tab::Comments, "reports/comments.html", move |teller| comments::view(teller, &which)).await
}

/// What a page asks for besides the choice all pages share.
fn more<T: serde::de::DeserializeOwned>(request: &HttpRequest) -> Result<T> {
    let query = Query::<T>::from_query(request.query_string());
    query.map(Query::into_inner).map_err(|e| Error::BadRequest(format!("the part after ? cannot be read: {e}")))
}

/// Width of a PNG, in pixels: sharp on paper across the page.
const PIXELS: u32 = 2_000;

/// `GET /reports/{survey}/charts/{chart}`: a chart as `name.svg` or `name.png`, with its title and source.
pub async fn chart(asked: Asked, path: Path<(String, String)>) -> Result<HttpResponse> {
    let (survey, file) = path.into_inner();
    let not_found = || Error::NotFound(format!("chart {file}"));
    let (name, ending) = file.rsplit_once('.').ok_or_else(not_found)?;
    let picture: Picture = name.parse().map_err(|_| not_found())?;
    let png = match ending {
        "svg" => false,
        "png" => true,
        _ => return Err(not_found()),
    };
    let body = asked
        .compute(move |teller| {
            let drawing = picture.draw(teller, false)?;
            if png { drawing.png(PIXELS).map_err(|e| Error::Internal(e.to_string())) } else { Ok(drawing.standalone().into_bytes()) }
        })
        .await?;
    Ok(HttpResponse::Ok()
        .content_type(if png { "image/png" } else { "image/svg+xml" })
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{survey}-{picture}.{ending}\"")))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(body))
}
