//! `/odata/`, `/odata/$metadata`, `/odata/{set}`, `/odata/{set}/$count`.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Path, Query as Options};
use actix_web::{FromRequest, HttpRequest, HttpResponse, ResponseError};
use serde_json::json;

use super::model::{Cell, Set};
use super::query::{PAGE, Query};
use super::{answer, filter, metadata, rows};
use crate::accounts::Viewer;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::estimation::Tables;
use crate::estimation::analysis::{Request, prepare};
use crate::surveys::handlers::Count;
use crate::surveys::{self, Open, Status, Surveys};
use crate::web::problem::url_encode;

/// Confidence level of the feed.
const LEVEL: f64 = 0.95;

/// An error, told in the form of OData.
#[derive(Debug)]
pub struct Fault(Error);

impl<E: Into<Error>> From<E> for Fault {
    fn from(e: E) -> Self {
        Fault(e.into())
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl ResponseError for Fault {
    fn status_code(&self) -> StatusCode {
        self.0.status_code()
    }

    fn error_response(&self) -> HttpResponse {
        if self.0.status().0 >= 500 {
            tracing::error!(error = %self.0, "answered with an error");
        }
        let mut response = HttpResponse::build(self.status_code());
        head(&mut response);
        if let Some(seconds) = self.0.retry_after() {
            response.insert_header((header::RETRY_AFTER, seconds.to_string()));
        }
        if self.status_code() == StatusCode::UNAUTHORIZED {
            response.insert_header((header::WWW_AUTHENTICATE, "Basic realm=\"sipas\", charset=\"UTF-8\""));
        }
        response.json(json!({ "error": { "code": self.0.status().1, "message": self.0.public_detail() } }))
    }
}

type Answered = std::result::Result<HttpResponse, Fault>;

/// Headers of every answer.
fn head(response: &mut actix_web::HttpResponseBuilder) {
    response.insert_header(("OData-Version", "4.0")).insert_header((header::CACHE_CONTROL, "no-store"));
}

fn sent(value: &serde_json::Value) -> Answered {
    let mut response = HttpResponse::Ok();
    head(&mut response);
    response.content_type("application/json;odata.metadata=minimal;charset=utf-8");
    Ok(response.body(serde_json::to_vec(value).map_err(|e| Error::Internal(e.to_string()))?))
}

/// Whoever asks, in a language of OData that we speak.
pub struct Caller {
    viewer: Viewer,
    /// Address of the feed, as the caller reached it.
    root: String,
    /// Entities of a page.
    page: usize,
}

impl FromRequest for Caller {
    type Error = Fault;
    type Future = Pin<Box<dyn Future<Output = std::result::Result<Self, Fault>>>>;
    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let viewer = Viewer::from_request(request, payload);
        let connection = request.connection_info();
        let root = format!("{}://{}/odata/", connection.scheme(), connection.host());
        drop(connection);
        let text = |name: &str| request.headers().get(name).and_then(|v| v.to_str().ok());
        let too_old = text("OData-MaxVersion").is_some_and(|v| !v.trim().starts_with('4'));
        let preferred = text("Prefer").and_then(page_preferred);
        Box::pin(async move {
            if too_old {
                return Err(
                    Error::BadRequest("this feed speaks OData 4.0; OData-MaxVersion allows only an older version".to_owned()).into()
                );
            }
            Ok(Caller { viewer: viewer.await?, root, page: preferred.unwrap_or(PAGE) })
        })
    }
}

/// `odata.maxpagesize` of a header `Prefer`.
fn page_preferred(prefer: &str) -> Option<usize> {
    let wish =
        prefer.split(',').find_map(|p| p.trim().strip_prefix("odata.maxpagesize=").or_else(|| p.trim().strip_prefix("maxpagesize=")))?;
    wish.trim().parse::<usize>().ok().filter(|n| *n > 0).map(|n| n.min(PAGE))
}

/// `GET /odata/`: the entity sets.
pub async fn service(caller: Caller, options: Options<Vec<(String, String)>>) -> Answered {
    if let Some((name, _)) = options.iter().find(|(name, _)| name != "$format") {
        return Err(Error::BadRequest(format!("the list of entity sets has no option {name:?}")).into());
    }
    sent(&answer::service(&caller.root))
}

/// `GET /odata/$metadata`: types, properties, keys.
pub async fn describe(_: Caller) -> Answered {
    let mut response = HttpResponse::Ok();
    head(&mut response);
    Ok(response.content_type("application/xml").body(metadata::document()?))
}

/// What the program keeps.
pub type Kept = (Data<Db>, Data<Surveys>, Data<Tables>, Data<Count>);

/// `GET /odata/{set}`: entities of a set, or one by its key: `Surveys('visits')`.
pub async fn entities(path: Path<String>, caller: Caller, options: Options<Vec<(String, String)>>, kept: Kept) -> Answered {
    let (set, key) = named(&path)?;
    let mut query = Query::read(set, &options)?;
    if let Some(key) = &key {
        if options.iter().any(|(name, _)| !["$select", "$format"].contains(&name.as_str())) {
            return Err(Error::BadRequest("one entity takes $select and $format only".to_owned()).into());
        }
        query.filter = Some(key.clone());
    }
    let found = gathered(set, query.filter.clone(), caller.viewer.clone(), kept).await?;
    let page = query.answer(found, caller.page);
    if key.is_some() {
        let row = page.rows.first().ok_or_else(|| Error::NotFound(format!("the entity {}", path.as_str())))?;
        return sent(&answer::single(&caller.root, set, &query, row));
    }
    let next = page.next.map(|seen| next_link(&caller.root, set, &options, seen));
    sent(&answer::page(&caller.root, set, &query, &page, next))
}

/// `GET /odata/{set}/$count`: how many entities fit, as plain text.
pub async fn count(path: Path<String>, caller: Caller, options: Options<Vec<(String, String)>>, kept: Kept) -> Answered {
    let set = Set::named(&path).ok_or_else(|| no_set(&path))?;
    if let Some((name, _)) = options.iter().find(|(name, _)| name != "$filter") {
        return Err(Error::BadRequest(format!("$count takes $filter only, not {name:?}")).into());
    }
    let query = Query::read(set, &options)?;
    let found = gathered(set, query.filter.clone(), caller.viewer, kept).await?;
    let mut response = HttpResponse::Ok();
    head(&mut response);
    Ok(response.content_type("text/plain; charset=utf-8").body(query.answer(found, 0).fitting.to_string()))
}

fn no_set(name: &str) -> Error {
    let names: Vec<&str> = super::model::SETS.iter().map(|s| s.name).collect();
    Error::NotFound(format!("the entity set {name:?}; there are {}: it", names.join(", ")))
}

/// The set of an address, and the condition of a key in brackets behind it.
fn named(path: &str) -> Result<(&'static Set, Option<filter::Condition>)> {
    let (name, key) = match path.split_once('(') {
        None => (path, None),
        Some((name, rest)) => {
            (name, Some(rest.strip_suffix(')').ok_or_else(|| Error::BadRequest("a closing bracket is missing".to_owned()))?))
        }
    };
    let set = Set::named(name).ok_or_else(|| no_set(name))?;
    Ok((set, key.map(|key| filter::of_key(set, key)).transpose().map_err(|m| Error::BadRequest(m.to_string()))?))
}

/// The same address for the next page.
fn next_link(root: &str, set: &Set, options: &[(String, String)], seen: usize) -> String {
    let others = options.iter().filter(|(name, _)| name != "$skiptoken");
    let mut parts: Vec<String> = others.map(|(name, value)| format!("{name}={}", url_encode(value))).collect();
    parts.push(format!("$skiptoken={seen}"));
    format!("{root}{}?{}", set.name, parts.join("&"))
}

/// All entities of a set that the caller may read; those that the filter excludes outright are not even made.
async fn gathered(set: &'static Set, filter: Option<filter::Condition>, viewer: Viewer, kept: Kept) -> Result<Vec<Vec<Cell>>> {
    let (db, surveys, tables, count) = kept;
    db.block(move |db| {
        let asked = |name: &str| set.position(name).and_then(|p| filter.as_ref()?.requires(p)).map(str::to_owned);
        let readable = readable(db, &surveys, &viewer, asked("Survey").as_deref())?;
        let mut found = Vec::new();
        match set.name {
            "Surveys" => {
                let ids: Vec<i64> = readable.iter().map(|o| o.survey.id).collect();
                let counts = db.read_now(|conn| count(conn, &ids))?;
                found.extend(readable.iter().map(|o| rows::survey(o, counts.get(&o.survey.id).copied().unwrap_or(0))));
            }
            "Units" => found.extend(readable.iter().flat_map(rows::units)),
            "Measures" => {
                for open in &readable {
                    found.extend(rows::measures(open)?);
                }
            }
            _ => {
                let stream = asked("Stream");
                for open in readable.iter().filter(|o| o.questionnaire().index.is_some()) {
                    found.extend(estimates(db, &tables, open, stream.as_deref())?);
                }
            }
        }
        Ok(found)
    })
    .await
}

/// The surveys whose results the caller may read, by code; drafts have none.
fn readable(db: &Db, surveys: &Surveys, viewer: &Viewer, only: Option<&str>) -> Result<Vec<Open>> {
    db.read_now(|conn| {
        let all = surveys::store::page(conn, None, i64::MAX, false)?;
        let mut readable = Vec::new();
        for survey in all.into_iter().filter(|s| only.is_none_or(|only| s.code == only) && s.status != Status::Draft) {
            let open = surveys.by_code_afresh(conn, &survey.code)?;
            match open.readable_by(viewer) {
                Ok(()) => readable.push(open),
                Err(Error::SignInFirst | Error::Forbidden(_)) => {}
                Err(other) => return Err(other),
            }
        }
        Ok(readable)
    })
}

/// Every figure of every stream of a survey, or of the one that is asked for.
fn estimates(db: &Db, tables: &Tables, open: &Open, only: Option<&str>) -> Result<Vec<Vec<Cell>>> {
    let mut found = Vec::new();
    for stream in open.survey.streams().into_iter().filter(|s| only.is_none_or(|only| s.as_str() == only)) {
        let request = Request { stream: Some(stream), level: LEVEL };
        let rows = prepare(db, tables, open, request).and_then(|prepared| rows::estimates(open, &prepared));
        found.extend(rows.map_err(|e| match e {
            Error::Conflict(code, why) => {
                let code_of = &open.survey.code;
                Error::Conflict(code, format!("survey {code_of}, stream {stream}: {why}; leave it out with $filter=Survey eq '…'"))
            }
            other => other,
        })?);
    }
    Ok(found)
}
