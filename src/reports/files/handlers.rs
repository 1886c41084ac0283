//! `GET /reports/{survey}/table.xlsx`, `.parquet`, `.json` and `/reports/{survey}/codebook.xml`.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{Data, Path, Query};
use chrono::Utc;
use serde::Deserialize;

use super::study;
use crate::accounts::Viewer;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::estimation::Tables;
use crate::estimation::analysis::{Request, prepare};
use crate::exchange::ddi;
use crate::questionnaires;
use crate::reports::formats::{Figures, json_stat, parquet, workbook};
use crate::surveys::handlers::Count;
use crate::surveys::{Open, Surveys};
use crate::web::locale::Words;
use crate::web::{Language, Renderer};

/// Confidence level of files, as of the report page.
const LEVEL: f64 = 0.95;

/// Which figures.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
pub struct Asked {
    /// `sample`, `census` or `open`; the survey's first when left out.
    stream: Option<String>,
}

impl Asked {
    fn request(&self) -> Result<Request> {
        let stream = self.stream.as_deref().filter(|s| !s.is_empty()).map(str::parse).transpose();
        Ok(Request { stream: stream.map_err(|e| Error::BadRequest(format!("stream: {e}")))?, level: LEVEL })
    }
}

/// What the program keeps.
pub type Kept = (Data<Db>, Data<Surveys>, Data<Tables>, Data<Renderer>);

/// A format: the end of the file's name, its media type, how it is made.
struct Format {
    extension: &'static str,
    media_type: &'static str,
    make: fn(&Figures, &Words) -> Result<Vec<u8>>,
}

const WORKBOOK: Format =
    Format { extension: "xlsx", media_type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", make: workbook::bytes };
const PARQUET: Format = Format { extension: "parquet", media_type: "application/vnd.apache.parquet", make: parquet::bytes };
const JSON_STAT: Format = Format { extension: "json", media_type: "application/json", make: json_stat::bytes };

/// `GET /reports/{survey}/table.xlsx`: every figure of every unit as a workbook with charts.
#[utoipa::path(get, path = "/reports/{survey}/table.xlsx", tag = "files", params(("survey" = String, Path, description = "Code of the survey"), Asked),
    responses((status = 200, description = "A workbook"), (status = 303, description = "The results are not public yet: sign in"), (status = 404)))]
pub async fn xlsx(code: Path<String>, asked: Query<Asked>, viewer: Viewer, kept: Kept, language: Language) -> Result<HttpResponse> {
    file(&WORKBOOK, code.into_inner(), &asked, viewer, kept, language).await
}

/// `GET /reports/{survey}/table.parquet`: the rows of the CSV file as columns.
#[utoipa::path(get, path = "/reports/{survey}/table.parquet", tag = "files", params(("survey" = String, Path, description = "Code of the survey"), Asked),
    responses((status = 200, description = "A Parquet file"), (status = 303, description = "The results are not public yet: sign in"), (status = 404)))]
pub async fn parquet(code: Path<String>, asked: Query<Asked>, viewer: Viewer, kept: Kept, language: Language) -> Result<HttpResponse> {
    file(&PARQUET, code.into_inner(), &asked, viewer, kept, language).await
}

/// `GET /reports/{survey}/table.json`: the figures as a JSON-stat 2.0 dataset.
#[utoipa::path(get, path = "/reports/{survey}/table.json", tag = "files", params(("survey" = String, Path, description = "Code of the survey"), Asked),
    responses((status = 200, description = "A JSON-stat 2.0 dataset", body = Object), (status = 303, description = "The results are not public yet: sign in"), (status = 404)))]
pub async fn json(code: Path<String>, asked: Query<Asked>, viewer: Viewer, kept: Kept, language: Language) -> Result<HttpResponse> {
    file(&JSON_STAT, code.into_inner(), &asked, viewer, kept, language).await
}

async fn readable(db: &Db, surveys: &Surveys, viewer: &Viewer, code: String) -> Result<(Open, String)> {
    let surveys = surveys.clone();
    let found = db
        .read(move |conn| {
            let open = surveys.by_code_afresh(conn, &code)?;
            let digest = questionnaires::store::digest_of(conn, &open.survey.questionnaire, &open.survey.version)?;
            Ok((open, digest))
        })
        .await?;
    found.0.readable_by(viewer)?;
    Ok(found)
}

async fn file(
    format: &'static Format,
    code: String,
    asked: &Asked,
    viewer: Viewer,
    kept: Kept,
    language: Language,
) -> Result<HttpResponse> {
    let (db, surveys, tables, renderer) = kept;
    let (open, digest) = readable(&db, &surveys, &viewer, code).await?;
    let request = asked.request()?;
    let (name, body) = db
        .block(move |db| {
            let cut = Utc::now().naive_utc();
            let prepared = prepare(db, &tables, &open, request)?;
            let figures = Figures::of(&open, &prepared, digest, cut, language)?;
            Ok((figures.file_name(format.extension), (format.make)(&figures, renderer.words(language))?))
        })
        .await?;
    Ok(attached(format.media_type, &name, body))
}

fn attached(media_type: &str, name: &str, body: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(media_type)
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(body)
}

/// `GET /reports/{survey}/codebook.xml`: the survey and the file of its responses, described in DDI-Codebook 2.5.
#[utoipa::path(get, path = "/reports/{survey}/codebook.xml", tag = "files", params(("survey" = String, Path, description = "Code of the survey")),
    responses((status = 200, description = "A DDI-Codebook 2.5 document", content_type = "application/xml"), (status = 303, description = "The results are not public yet: sign in"), (status = 404)))]
pub async fn codebook(
    code: Path<String>,
    viewer: Viewer,
    db: Data<Db>,
    surveys: Data<Surveys>,
    count: Data<Count>,
    renderer: Data<Renderer>,
) -> Result<HttpResponse> {
    let (open, _) = readable(&db, &surveys, &viewer, code.into_inner()).await?;
    let (name, body) = db
        .block(move |db| {
            let id = open.survey.id;
            let cases = db.read_now(|conn| count(conn, &[id]))?.get(&id).copied().unwrap_or(0);
            let study = study::of(&open, cases, |language| renderer.words(language));
            let mark = if open.survey.demonstration { "-demonstration" } else { "" };
            Ok((format!("{}{mark}-codebook.xml", open.survey.code), ddi::write_study(open.questionnaire(), &study)?))
        })
        .await?;
    Ok(attached("application/xml", &name, body.into_bytes()))
}
