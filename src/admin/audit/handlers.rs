//! `/admin/audit`, `/admin/audit.csv`

use actix_web::http::header;
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime};

use super::pages::{Asked, AuditView, RowView, StateView};
use crate::accounts::Administrator;
use crate::audit::{self, store::Wanted};
use crate::db::Db;
use crate::error::{Error, Result};
use crate::web::cells::guarded;
use crate::web::locale::VIETNAM;
use crate::web::problem::url_encode;
use crate::web::{Language, Page, Renderer};

/// Rows on one page.
const PAGE: i64 = 50;
/// Rows read at once for CSV.
const CHUNK: i64 = 1_000;

fn day(text: &str) -> Result<Option<NaiveDate>> {
    match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| Error::BadRequest(format!("{text:?} is no day; write it like 2026-11-22"))),
    }
}

fn wanted(asked: &Asked) -> Result<Wanted> {
    let midnight = |day: NaiveDate| -> NaiveDateTime { day.and_time(NaiveTime::MIN) - VIETNAM };
    Ok(Wanted {
        who: asked.who.trim().to_owned(),
        action: asked.action.trim().to_owned(),
        object: asked.object.trim().to_owned(),
        from: day(&asked.from)?.map(midnight),
        until: day(&asked.to)?.and_then(|d| d.checked_add_days(Days::new(1))).map(midnight),
        before: asked.before,
    })
}

/// The filters as a query.
fn query(asked: &Asked, before: Option<i64>) -> String {
    let filters = [("who", &asked.who), ("action", &asked.action), ("object", &asked.object), ("from", &asked.from), ("to", &asked.to)];
    let mut parts: Vec<String> =
        filters.iter().filter(|(_, v)| !v.trim().is_empty()).map(|(k, v)| format!("{k}={}", url_encode(v.trim()))).collect();
    parts.extend(before.map(|b| format!("before={b}")));
    parts.join("&")
}

/// `GET /admin/audit`
pub async fn log(
    request: HttpRequest,
    asked: Query<Asked>,
    Administrator(user): Administrator,
    db: Data<Db>,
    renderer: Data<Renderer>,
    language: Language,
) -> Result<HttpResponse> {
    let asked = asked.into_inner();
    let (filter, check) = (wanted(&asked)?, !asked.check.is_empty());
    let (mut rows, state) = db
        .read(move |conn| {
            let state = if check { Some(audit::verify(conn)?) } else { None };
            Ok((audit::store::rows(conn, &filter, PAGE + 1)?, state))
        })
        .await?;
    let more = rows.len() > usize::try_from(PAGE).unwrap_or(usize::MAX);
    if more {
        rows.pop();
    }
    let view = AuditView {
        older: rows.last().filter(|_| more).map(|r| query(&asked, Some(r.id))),
        csv: query(&asked, None),
        rows: rows.into_iter().map(|r| RowView::of(r, language, renderer.words(language))).collect(),
        state: state.map(|s| StateView::of(s, language)),
        asked,
    };
    Page::new(&request, &renderer).user(Some(user.shown())).render("accounts/audit.html", view)
}

/// `GET /admin/audit.csv`: all rows that are asked for, newest first, and their number at the end.
pub async fn csv(asked: Query<Asked>, _right: Administrator, db: Data<Db>) -> Result<HttpResponse> {
    let mut filter = wanted(&asked)?;
    let body = db
        .read(move |conn| {
            let fault = |e: &dyn std::fmt::Display| Error::Internal(e.to_string());
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.write_record(["number", "at_utc", "who", "action", "kind", "code", "detail", "hash"]).map_err(|e| fault(&e))?;
            let mut count = 0u64;
            loop {
                let rows = audit::store::rows(conn, &filter, CHUNK)?;
                let Some(last) = rows.last() else { break };
                filter.before = Some(last.id);
                for row in rows {
                    let at = row.at.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string();
                    let (who, code) = (guarded(&row.user_name), guarded(&row.object_code));
                    writer
                        .write_record([&row.id.to_string(), &at, &who, &row.action, &row.object_kind, &code, &row.detail, &row.hash])
                        .map_err(|e| fault(&e))?;
                    count += 1;
                }
            }
            writer.write_record(["# rows", &count.to_string(), "", "", "", "", "", ""]).map_err(|e| fault(&e))?;
            writer.into_inner().map_err(|e| fault(&e))
        })
        .await?;
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"audit.csv\""))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(body))
}
