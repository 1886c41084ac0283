//! `GET /reports/{survey}` and its table as CSV.

use actix_web::http::header;
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use chrono::Utc;

use super::pages::{Choice, Figures, Maker};
use super::table;
use crate::accounts::Viewer;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::estimation::analysis::{Request, prepare};
use crate::estimation::{By, Level, Tables};
use crate::surveys::{Open, Surveys};
use crate::web::{Language, Page, Renderer};

/// Confidence level of report pages.
const LEVEL: f64 = 0.95;

fn request(choice: &Choice) -> Result<Request> {
    let stream = choice
        .stream
        .as_deref()
        .filter(|s| !s.is_empty())
        .map(str::parse)
        .transpose()
        .map_err(|e| Error::BadRequest(format!("stream: {e}")))?;
    Ok(Request { stream, level: LEVEL })
}

async fn readable(db: &Db, surveys: &Surveys, viewer: &Viewer, code: String) -> Result<Open> {
    let surveys = surveys.clone();
    let open = db.read(move |conn| surveys.by_code_afresh(conn, &code)).await?;
    open.readable_by(viewer)?;
    Ok(open)
}

/// `GET /reports/{survey}`
#[expect(clippy::too_many_arguments, reason = "each is something the framework hands over")]
pub async fn report(
    http: HttpRequest,
    code: Path<String>,
    choice: Query<Choice>,
    viewer: Viewer,
    db: Data<Db>,
    surveys: Data<Surveys>,
    tables: Data<Tables>,
    renderer: Data<Renderer>,
    language: Language,
) -> Result<HttpResponse> {
    let open = readable(&db, &surveys, &viewer, code.into_inner()).await?;
    let demonstration = open.survey.demonstration;
    let asked = request(&choice)?;
    let shared = renderer.clone();
    let view = db
        .block(move |db| {
            let cut = Utc::now().naive_utc();
            let prepared = prepare(db, &tables, &open, asked)?;
            let all = prepared.estimate(By::All, &[Level::Overall, Level::Part, Level::Factor])?;
            let units = prepared.estimate(By::Unit, &[Level::Overall, Level::Part])?;
            let method = prepared.method();
            let figures = Figures { all: &all, units: &units, method: &method, measures: prepared.measures(), cut };
            Ok(Maker { open: &open, figures, language, words: shared.words(language), choice: &choice }.view())
        })
        .await?;
    Page::new(&http, &renderer).user(viewer.shown()).demonstration(demonstration).render("reports/report.html", view)
}

/// `GET /reports/{survey}/table.csv`: every figure of every unit, all units together first.
pub async fn table(
    code: Path<String>,
    choice: Query<Choice>,
    viewer: Viewer,
    db: Data<Db>,
    surveys: Data<Surveys>,
    tables: Data<Tables>,
    language: Language,
) -> Result<HttpResponse> {
    let open = readable(&db, &surveys, &viewer, code.into_inner()).await?;
    let asked = request(&choice)?;
    let (name, body) = db
        .block(move |db| {
            let prepared = prepare(db, &tables, &open, asked)?;
            let mut rows = prepared.estimate(By::All, Level::ALL)?;
            rows.extend(prepared.estimate(By::Unit, Level::ALL)?);
            let mark = if open.survey.demonstration { "-demonstration" } else { "" };
            Ok((format!("{}{mark}.csv", open.survey.code), table::csv(&open, &rows, &prepared.method(), language.code())?))
        })
        .await?;
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(body))
}
