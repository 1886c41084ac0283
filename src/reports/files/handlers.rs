//! `GET /reports/{survey}/table.csv`, `.xlsx`, `.parquet`, `.json` and `/reports/{survey}/codebook.xml`.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Data;

use super::super::asked::Asked;
use super::super::formats::{Figures, csv, json_stat, parquet, workbook};
use super::super::teller::Teller;
use super::study;
use crate::error::Result;
use crate::exchange::ddi;
use crate::questionnaires;
use crate::surveys::handlers::Count;
use crate::web::Renderer;
use crate::web::locale::Words;

/// A format: the end of the file's name, its media type, how it is made.
struct Format {
    extension: &'static str,
    media_type: &'static str,
    make: fn(&Figures, &Words) -> Result<Vec<u8>>,
}

const CSV: Format = Format { extension: "csv", media_type: "text/csv; charset=utf-8", make: csv::bytes };
const WORKBOOK: Format =
    Format { extension: "xlsx", media_type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", make: workbook::bytes };
const PARQUET: Format = Format { extension: "parquet", media_type: "application/vnd.apache.parquet", make: parquet::bytes };
const JSON_STAT: Format = Format { extension: "json", media_type: "application/json", make: json_stat::bytes };

/// `GET /reports/{survey}/table.csv`: every figure of every unit, all units together first.
#[utoipa::path(get, path = "/reports/{survey}/table.csv", tag = "files", params(("survey" = String, Path, description = "Code of the survey")),
    responses((status = 200, description = "A CSV file whose last line counts the rows"), (status = 303, description = "The results are not public yet: sign in"), (status = 404)))]
pub async fn table(asked: Asked) -> Result<HttpResponse> {
    file(&CSV, asked).await
}

/// `GET /reports/{survey}/table.xlsx`: every figure of every unit as a workbook with charts.
#[utoipa::path(get, path = "/reports/{survey}/table.xlsx", tag = "files", params(("survey" = String, Path, description = "Code of the survey")),
    responses((status = 200, description = "A workbook"), (status = 303, description = "The results are not public yet: sign in"), (status = 404)))]
pub async fn xlsx(asked: Asked) -> Result<HttpResponse> {
    file(&WORKBOOK, asked).await
}

/// `GET /reports/{survey}/table.parquet`: the rows of the CSV file as columns.
#[utoipa::path(get, path = "/reports/{survey}/table.parquet", tag = "files", params(("survey" = String, Path, description = "Code of the survey")),
    responses((status = 200, description = "A Parquet file"), (status = 303, description = "The results are not public yet: sign in"), (status = 404)))]
pub async fn parquet(asked: Asked) -> Result<HttpResponse> {
    file(&PARQUET, asked).await
}

/// `GET /reports/{survey}/table.json`: the figures as a JSON-stat 2.0 dataset.
#[utoipa::path(get, path = "/reports/{survey}/table.json", tag = "files", params(("survey" = String, Path, description = "Code of the survey")),
    responses((status = 200, description = "A JSON-stat 2.0 dataset", body = Object), (status = 303, description = "The results are not public yet: sign in"), (status = 404)))]
pub async fn json(asked: Asked) -> Result<HttpResponse> {
    file(&JSON_STAT, asked).await
}

/// The figures under the choice of the address, for a file.
///
/// # Errors
/// Those of the figures and of the database.
pub fn figures(teller: &Teller<'_>) -> Result<Figures> {
    let (report, open) = (teller.report, teller.report.open());
    let survey = &open.survey;
    let digest = report.db().read_now(|conn| questionnaires::store::digest_of(conn, &survey.questionnaire, &survey.version))?;
    Figures::of(open, &report.prepared, digest, report.cut, teller.language)
}

async fn file(format: &'static Format, asked: Asked) -> Result<HttpResponse> {
    let (name, body) = asked
        .compute(|teller| {
            let figures = figures(teller)?;
            Ok((figures.file_name(format.extension), (format.make)(&figures, teller.words)?))
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
pub async fn codebook(asked: Asked, count: Data<Count>, renderer: Data<Renderer>) -> Result<HttpResponse> {
    let (name, body) = asked
        .compute(move |teller| {
            let open = teller.report.open();
            let id = open.survey.id;
            let cases = teller.report.db().read_now(|conn| count(conn, &[id]))?.get(&id).copied().unwrap_or(0);
            let study = study::of(open, cases, |language| renderer.words(language));
            let mark = if open.survey.demonstration { "-demonstration" } else { "" };
            Ok((format!("{}{mark}-codebook.xml", open.survey.code), ddi::write_study(open.questionnaire(), &study)?))
        })
        .await?;
    Ok(attached("application/xml", &name, body.into_bytes()))
}
