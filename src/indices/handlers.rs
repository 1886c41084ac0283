//! `GET /indices`, `GET /indices/table.csv`, `GET /api/v1/indices`

use std::collections::{BTreeMap, BTreeSet};

use actix_web::http::header;
use actix_web::web::{Data, Json, Query};
use actix_web::{HttpRequest, HttpResponse};
use chrono::Utc;
use serde::{Deserialize, Serialize};

use super::model::{Index, IndexValue, Level};
use super::pages::{Choosable, Group, IndicesView, Maker};
use super::store::{self, Wanted};
use super::{home, list};
use crate::accounts::Viewer;
use crate::db::Db;
use crate::db::types::Day;
use crate::error::{Error, Result};
use crate::web::problem::url_encode;
use crate::web::{Language, Page, Renderer};

/// Most rows on the page; a file may hold as many as one likes.
const MOST: i64 = 5_000;

/// Which rows are asked for.
#[derive(Debug, Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    index: String,
    #[serde(default)]
    level: String,
    #[serde(default)]
    unit: String,
    #[serde(default)]
    year: String,
}

impl Asked {
    fn wanted(&self) -> Result<Wanted> {
        let some = |text: &String| Some(text.trim().to_owned()).filter(|t| !t.is_empty());
        Ok(Wanted {
            index: some(&self.index),
            level: some(&self.level).map(|l| l.parse::<Level>()).transpose().map_err(|e| Error::BadRequest(format!("level: {e}")))?,
            unit: some(&self.unit),
            year: some(&self.year)
                .map(|y| y.parse())
                .transpose()
                .map_err(|_| Error::BadRequest("year: write a year, for example 2024".to_owned()))?,
            after: None,
        })
    }

    fn query(&self) -> String {
        let pairs = [("index", &self.index), ("level", &self.level), ("unit", &self.unit), ("year", &self.year)];
        let pairs: Vec<String> = pairs.iter().filter(|(_, v)| !v.is_empty()).map(|(n, v)| format!("{n}={}", url_encode(v))).collect();
        if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
    }
}

/// `GET /indices`
pub async fn page(
    request: HttpRequest,
    asked: Query<Asked>,
    viewer: Viewer,
    db: Data<Db>,
    renderer: Data<Renderer>,
    language: Language,
) -> Result<HttpResponse> {
    let (wanted, shown) = (asked.wanted()?, viewer.shown());
    let may_change = viewer.known().is_some_and(|u| u.need(crate::accounts::Act::Administer).is_ok());
    let (indices, all, mut rows, city) = db
        .read(move |conn| {
            let all = store::values(conn, &Wanted::default(), MOST)?;
            Ok((store::indices(conn)?, all, store::values(conn, &wanted, MOST)?, home(conn, Day::date_of(Utc::now().naive_utc()))?))
        })
        .await?;
    rows.sort_by(|a, b| {
        let key = |v: &IndexValue| (v.index_code.clone(), v.level, v.unit.clone(), v.measure.clone(), v.year);
        key(a).cmp(&key(b))
    });
    let maker = Maker { language, words: renderer.words(language), indices: &indices };
    let of = |belongs: &dyn Fn(&IndexValue) -> bool| all.iter().filter(|v| belongs(v)).cloned().collect::<Vec<_>>();
    let mut groups = Vec::new();
    if let Some(city) = city {
        let values = of(&|v| v.unit_code.as_deref() == Some(city.code.as_str()));
        groups.push(Group { name: city.name(language.code()).to_owned(), anchor: "city", cards: maker.cards(&values) });
    }
    let nation = of(&|v| v.level == Level::National);
    groups.push(Group { name: maker.level(Level::National), anchor: "nation", cards: maker.cards(&nation) });
    groups.retain(|g| !g.cards.is_empty());
    let view = IndicesView {
        groups,
        count: language.count(u64::try_from(rows.len()).unwrap_or(0)),
        rows: rows.iter().map(|v| maker.row(v)).collect(),
        filters: filters(&maker, &asked, &all),
        csv: format!("/indices/table.csv{}", asked.query()),
        empty: all.is_empty(),
        may_change,
    };
    Page::new(&request, &renderer).user(shown).render("indices/indices.html", view)
}

fn filters(maker: &Maker<'_>, asked: &Asked, all: &[IndexValue]) -> Vec<(&'static str, &'static str, Vec<Choosable>)> {
    let code = maker.language.code();
    let years: BTreeSet<i64> = all.iter().map(|v| v.year).collect();
    let units: BTreeMap<&str, &str> = all.iter().map(|v| (v.unit.as_str(), v.unit(code))).collect();
    let plain = |value: String, words: String, asked: &str| {
        let chosen = value == asked;
        (value, words, chosen)
    };
    vec![
        ("index", "index-field-index", maker.choose_index(&asked.index)),
        ("level", "index-field-level", maker.choose_level(&asked.level)),
        ("unit", "index-field-unit", units.into_iter().map(|(u, shown)| plain(u.to_owned(), shown.to_owned(), &asked.unit)).collect()),
        ("year", "index-field-year", years.into_iter().rev().map(|y| plain(y.to_string(), y.to_string(), &asked.year)).collect()),
    ]
}

/// `GET /indices/table.csv`
pub async fn table(asked: Query<Asked>, db: Data<Db>) -> Result<HttpResponse> {
    let wanted = asked.wanted()?;
    let body =
        db.read(move |conn| list::write(&store::values(conn, &wanted, i64::MAX)?).map_err(|e| Error::Internal(e.to_string()))).await?;
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"indices.csv\""))
        .body(body))
}

/// What the API is asked for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub struct ListAsked {
    /// Code of an index.
    index: Option<String>,
    /// Kind of unit.
    level: Option<Level>,
    /// Name or code of a unit.
    unit: Option<String>,
    /// Year.
    year: Option<i64>,
    /// `next` of the page before.
    cursor: Option<i64>,
    /// Values a page, 1 to 500; 100 when left out.
    limit: Option<i64>,
}

/// Values of indices, and the indices they are of.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct IndexListing {
    /// The values.
    items: Vec<IndexValue>,
    /// All indices.
    indices: Vec<Index>,
    /// Send it as `cursor` for the next page; null at the end.
    next: Option<i64>,
}

/// Values and ranks of indices that others published, with their sources.
#[utoipa::path(get, path = "/api/v1/indices", tag = "indices", params(ListAsked),
    responses((status = 200, body = IndexListing), (status = 400, body = crate::web::problem::Problem)))]
pub async fn api(asked: Query<ListAsked>, db: Data<Db>) -> Result<Json<IndexListing>> {
    let ListAsked { index, level, unit, year, cursor: after, limit } = asked.into_inner();
    let limit = limit.unwrap_or(100);
    if !(1..=500).contains(&limit) {
        return Err(Error::BadRequest("limit is from 1 to 500".to_owned()));
    }
    let listing = db
        .read(move |conn| {
            let mut items = store::values(conn, &Wanted { index, level, unit, year, after }, limit + 1)?;
            let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
            let more = items.len() > wanted;
            items.truncate(wanted);
            let next = items.last().map(|v| v.id).filter(|_| more);
            Ok(IndexListing { items, indices: store::indices(conn)?, next })
        })
        .await?;
    Ok(Json(listing))
}
