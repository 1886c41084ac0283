//! `GET /api/v1/releases`, `GET /api/v1/releases/{release}`.

use std::collections::BTreeMap;

use actix_web::web::{Data, Json, Path, Query};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::db::Db;
use crate::error::Result;
use crate::releases::public::handlers::published;
use crate::releases::{Content, Known, Status, store};
use crate::surveys::Stream;
use crate::surveys::handlers::Listing;

/// A published release, as programs see it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct ReleaseItem {
    /// Code of the release.
    pub id: String,
    /// Code of the survey.
    pub survey: String,
    /// Number among the survey's releases.
    pub number: i64,
    /// `published` or `withdrawn`.
    pub status: Status,
    /// SHA-256 of the bytes at `content`.
    pub sha256: String,
    /// Title of the survey by language.
    #[schema(value_type = Object)]
    pub title: BTreeMap<String, String>,
    /// The stream; figures of different streams are never mixed.
    pub stream: Stream,
    /// The overall figure of all units together; null when it may not be given.
    pub estimate: Option<f64>,
    /// Lower end of its interval.
    pub ci_low: Option<f64>,
    /// Upper end of its interval.
    pub ci_high: Option<f64>,
    /// Confidence level.
    pub level: f64,
    /// The last day (Vietnam's clock) whose responses were taken, when there was a limit.
    pub until: Option<NaiveDate>,
    /// Whether its answers are simulated.
    pub demonstration: bool,
    /// When it was published.
    pub published_at: Option<DateTime<Utc>>,
    /// Why it was withdrawn.
    pub withdrawn_because: Option<String>,
    /// Code of the release that it corrects.
    pub corrects: Option<String>,
    /// Code of the published release that corrects it.
    pub corrected_by: Option<String>,
    /// Address of the hashed bytes.
    pub content: String,
    /// Address of the figures as CSV.
    pub csv: String,
    /// Address of the official document as PDF.
    pub pdf: String,
    /// The same as a Word file.
    pub docx: String,
    /// Address of the figures as a workbook.
    pub xlsx: String,
    /// Address of the page.
    pub page: String,
}

/// A release with its content.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ReleaseWithContent {
    /// The release.
    #[serde(flatten)]
    pub release: ReleaseItem,
    /// What was frozen: docs/RELEASES.md describes every field. To check the hash, read the bytes at `/results/{release}.json`.
    #[schema(value_type = Object)]
    pub document: Content,
}

fn item(known: &Known, corrected_by: Option<String>) -> ReleaseItem {
    let (r, s) = (&known.release, &known.summary);
    ReleaseItem {
        id: r.code.clone(),
        survey: s.survey.clone(),
        number: r.number,
        status: known.status(),
        sha256: r.hash.clone(),
        title: s.title.clone(),
        stream: s.stream,
        estimate: s.estimate,
        ci_low: s.ci_low,
        ci_high: s.ci_high,
        level: s.level,
        until: s.until,
        demonstration: s.demonstration,
        published_at: known.step(Status::Published).map(|s| s.at.and_utc()),
        withdrawn_because: known.step(Status::Withdrawn).map(|s| s.note.clone()),
        corrects: s.corrects.clone(),
        corrected_by,
        content: format!("/results/{}.json", r.code),
        csv: format!("/results/{}.csv", r.code),
        pdf: format!("/results/{}.pdf", r.code),
        docx: format!("/results/{}.docx", r.code),
        xlsx: format!("/results/{}.xlsx", r.code),
        page: format!("/results/{}", r.code),
    }
}

/// Which releases.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// Code of a survey; of all surveys when left out.
    survey: Option<String>,
}

/// Published releases, newest first; those that were withdrawn say so. All are here: `next` is always null.
#[utoipa::path(get, path = "/api/v1/releases", tag = "releases", params(Asked),
    responses((status = 200, body = Listing<ReleaseItem>), (status = 400, body = crate::web::problem::Problem)))]
pub async fn list(asked: Query<Asked>, db: Data<Db>) -> Result<Json<Listing<ReleaseItem>>> {
    let all = db.read(store::all).await?;
    let newer = |k: &Known| {
        all.iter().find(|o| o.release.corrects == Some(k.release.id) && o.status() == Status::Published).map(|o| o.release.code.clone())
    };
    let wanted = |k: &&Known| k.was_published() && asked.survey.as_ref().is_none_or(|s| *s == k.summary.survey);
    let mut items: Vec<ReleaseItem> = all.iter().filter(wanted).map(|k| item(k, newer(k))).collect();
    items.sort_by_key(|i| std::cmp::Reverse(i.published_at));
    Ok(Json(Listing { items, next: None }))
}

/// One published release with everything that was frozen.
#[utoipa::path(get, path = "/api/v1/releases/{release}", tag = "releases",
    params(("release" = String, Path, description = "Code of the release")),
    responses((status = 200, body = ReleaseWithContent), (status = 404, body = crate::web::problem::Problem)))]
pub async fn get(code: Path<String>, db: Data<Db>) -> Result<Json<ReleaseWithContent>> {
    let found = db.read(move |conn| published(conn, &code)).await?;
    let release = item(&found.known, found.corrected_by.map(|(code, _)| code));
    Ok(Json(ReleaseWithContent { release, document: found.content }))
}
