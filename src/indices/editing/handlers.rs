//! `/admin/indices`, `/admin/indices/import`, `/admin/indices/shipped`, `/admin/indices/{value}`

use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use serde_json::json;

use super::pages::{self, FormView, ListView, ValueView};
use crate::accounts::{Administrator, SignedForm, SignedUpload, User};
use crate::audit::{self, Object};
use crate::db::{Conn, Db};
use crate::error::{Error, Result};
use crate::indices::list::{self, Cells, Wrong};
use crate::indices::model::{Index, IndexValue, NewValue};
use crate::indices::pages::Maker;
use crate::indices::store::{self, Wanted};
use crate::indices::{take, take_shipped};
use crate::web::{Language, Page, Renderer};

/// Fields of a form, as sent.
type Sent = Vec<(String, String)>;

/// What was just done, as the address says it.
#[derive(Debug, Default, Deserialize)]
pub struct Done {
    done: Option<String>,
    #[serde(default)]
    added: usize,
    #[serde(default)]
    changed: usize,
    #[serde(default)]
    same: usize,
}

/// What the list shows besides the values.
#[derive(Default)]
struct Shown {
    done: Done,
    typed: Option<(Sent, Vec<Wrong>)>,
    file_wrong: Vec<Wrong>,
}

async fn show(request: &HttpRequest, user: &User, db: &Db, renderer: &Renderer, language: Language, shown: Shown) -> Result<HttpResponse> {
    let (indices, values) = db.read(|conn| Ok((store::indices(conn)?, store::values(conn, &Wanted::default(), i64::MAX)?))).await?;
    let words = renderer.words(language);
    let maker = Maker { language, words, indices: &indices };
    let Shown { done, typed, file_wrong } = shown;
    let failed = typed.is_some() || !file_wrong.is_empty();
    let fresh = || vec![("method_seen".to_owned(), "yes".to_owned()), ("level".to_owned(), "province".to_owned())];
    let (sent, wrong) = typed.unwrap_or_else(|| (fresh(), Vec::new()));
    let count = |n: usize| language.count(u64::try_from(n).unwrap_or(0));
    let numbers = [("added", count(done.added)), ("changed", count(done.changed)), ("same", count(done.same))];
    let known = done.done.filter(|what| ["added", "changed", "deleted", "imported"].contains(&what.as_str()));
    let view = ListView {
        count: count(values.len()),
        rows: values.iter().map(|v| maker.row(v)).collect(),
        form: pages::typed(&maker, &sent, &wrong),
        done: known.map(|what| words.say(&format!("index-done-{what}"), &numbers)),
        file_wrong: file_wrong.iter().map(|w| maker.told(w)).collect(),
        ready: !indices.is_empty(),
    };
    let status = if failed { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Page::new(request, renderer).status(status).user(Some(user.shown())).render("indices/editing.html", view)
}

fn led(to: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, to)).finish()
}

/// The value that a form describes. Numbers may have a comma, as one writes them here.
fn read(sent: &Sent) -> std::result::Result<NewValue, Vec<Wrong>> {
    let ticked = |name: &str| sent.iter().any(|(n, v)| n == name && !v.is_empty());
    let yes = |on: bool| if on { "yes" } else { "no" };
    let number: Vec<(&str, String)> = sent.iter().filter(|(n, _)| n == "value").map(|(n, v)| (n.as_str(), v.replace(',', "."))).collect();
    let plain = sent.iter().filter(|(n, _)| !["value", "method_seen", "derived"].contains(&n.as_str()));
    let cells = plain.map(|(n, v)| (n.as_str(), v.as_str()));
    let cells = cells.chain(number.iter().map(|(n, v)| (*n, v.as_str())));
    let cells = cells.chain([("method_seen", yes(ticked("method_seen"))), ("derived", yes(ticked("derived")))]);
    let mut cells = Cells::new(cells);
    let value = cells.value();
    if cells.wrong.is_empty() { Ok(value) } else { Err(cells.wrong) }
}

/// What the audit log calls a value.
fn called(value: &NewValue) -> String {
    let measure = if value.measure.is_empty() { String::new() } else { format!(" · {}", value.measure) };
    format!("{} {} {}{measure}", value.index_code, value.year, value.unit)
}

fn content(value: &NewValue) -> serde_json::Value {
    json!({ "value": value.value, "rank": value.place, "of": value.places, "method": value.method, "source": value.source })
}

/// What a form was refused for: a value that does not fit its index, or a row that is there.
fn trouble(e: Error) -> Result<Vec<Wrong>> {
    match e {
        Error::Conflict("index_value_exists", _) => {
            Ok(vec![Wrong { line: None, column: Some("year"), kind: "exists", values: Vec::new() }])
        }
        other => Err(other),
    }
}

/// `GET /admin/indices`
pub async fn page(
    request: HttpRequest,
    done: Query<Done>,
    Administrator(user): Administrator,
    db: Data<Db>,
    renderer: Data<Renderer>,
    language: Language,
) -> Result<HttpResponse> {
    show(&request, &user, &db, &renderer, language, Shown { done: done.into_inner(), ..Shown::default() }).await
}

/// `POST /admin/indices`: adds a value.
pub async fn add(
    request: HttpRequest,
    sent: SignedForm<Sent, Administrator>,
    db: Data<Db>,
    renderer: Data<Renderer>,
    language: Language,
) -> Result<HttpResponse> {
    let SignedForm { user, form, .. } = sent;
    let by = user.clone();
    let added = match read(&form) {
        Err(wrong) => Err(wrong),
        Ok(value) => {
            written(&db, move |conn| {
                audit::record(conn, &by, "indices.add", Object::new("index_value", &called(&value)), &content(&value))?;
                if let Some(wrong) = list::unfit(&value, &store::indices(conn)?) {
                    return Ok(Err(vec![wrong]));
                }
                store::insert(conn, &value).map(|_| Ok(()))
            })
            .await?
        }
    };
    match added {
        Ok(()) => Ok(led("/admin/indices?done=added")),
        Err(wrong) => show(&request, &user, &db, &renderer, language, Shown { typed: Some((form, wrong)), ..Shown::default() }).await,
    }
}

/// Runs a change; what is wrong undoes it.
async fn written(
    db: &Db,
    change: impl FnOnce(&mut Conn) -> Result<std::result::Result<(), Vec<Wrong>>> + Send + 'static,
) -> Result<std::result::Result<(), Vec<Wrong>>> {
    match undone_when_wrong(db, change).await {
        Ok(done) => Ok(done),
        Err(e) => Ok(Err(trouble(e)?)),
    }
}

/// Runs a change whose transaction is not committed when it says that something is wrong.
async fn undone_when_wrong<T: Send + 'static>(
    db: &Db,
    change: impl FnOnce(&mut Conn) -> Result<std::result::Result<T, Vec<Wrong>>> + Send + 'static,
) -> Result<std::result::Result<T, Vec<Wrong>>> {
    let (tell, told) = std::sync::mpsc::channel();
    let written = db.write(move |conn| {
        change(conn)?.map_err(|wrong| {
            // The receiver outlives the transaction.
            let _ = tell.send(wrong);
            Error::Refused("nothing was stored".to_owned())
        })
    });
    match written.await {
        Ok(done) => Ok(Ok(done)),
        Err(e) => told.try_recv().map(Err).map_err(|_| e),
    }
}

/// `POST /admin/indices/import`: takes a CSV file.
pub async fn import(
    request: HttpRequest,
    upload: SignedUpload<Administrator>,
    db: Data<Db>,
    renderer: Data<Renderer>,
    language: Language,
) -> Result<HttpResponse> {
    let SignedUpload { user, files, .. } = upload;
    let wrong = match files.into_iter().next() {
        None => vec![Wrong { line: None, column: None, kind: "no-file", values: Vec::new() }],
        Some(file) => match actix_web::web::block(move || list::read(&file.bytes).map(|listed| (file.name, listed))).await {
            Err(e) => return Err(Error::Internal(e.to_string())),
            Ok(Err(wrong)) => wrong,
            Ok(Ok((name, listed))) => {
                let by = user.clone();
                let name: String = name.chars().take(100).collect();
                match undone_when_wrong(&db, move |conn| take(conn, &by, &name, &listed)).await? {
                    Ok(taken) => return Ok(led(&imported(taken))),
                    Err(wrong) => wrong,
                }
            }
        },
    };
    show(&request, &user, &db, &renderer, language, Shown { file_wrong: wrong, ..Shown::default() }).await
}

fn imported(taken: crate::indices::Taken) -> String {
    format!("/admin/indices?done=imported&added={}&changed={}&same={}", taken.added, taken.changed, taken.same)
}

/// `POST /admin/indices/shipped`: takes the published figures that come with the program.
pub async fn shipped(sent: SignedForm<Sent, Administrator>, db: Data<Db>) -> Result<HttpResponse> {
    let by = sent.user.clone();
    let taken = db.write(move |conn| take_shipped(conn, &by)).await?;
    Ok(led(&imported(taken)))
}

async fn show_value(
    request: &HttpRequest,
    user: &User,
    (renderer, language): (&Renderer, Language),
    (value, indices): (&IndexValue, &[Index]),
    (sent, wrong, unsure): (Sent, Vec<Wrong>, bool),
) -> Result<HttpResponse> {
    let maker = Maker { language, words: renderer.words(language), indices };
    let row = maker.row(value);
    let heading = [row.index, row.measure, row.unit, row.year].into_iter().filter(|t| !t.is_empty()).collect::<Vec<_>>().join(" · ");
    let status = if wrong.is_empty() && !unsure { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let form: FormView = pages::typed(&maker, &sent, &wrong);
    let view = ValueView { id: value.id, heading, form, unsure };
    Page::new(request, renderer).status(status).user(Some(user.shown())).render("indices/value.html", view)
}

/// `GET /admin/indices/{value}`
pub async fn value(
    request: HttpRequest,
    id: Path<i64>,
    Administrator(user): Administrator,
    db: Data<Db>,
    renderer: Data<Renderer>,
    language: Language,
) -> Result<HttpResponse> {
    let (value, indices) = db.read(move |conn| Ok((store::value(conn, *id)?, store::indices(conn)?))).await?;
    let sent = pages::as_sent(&value.without_key());
    show_value(&request, &user, (&renderer, language), (&value, &indices), (sent, Vec::new(), false)).await
}

/// `POST /admin/indices/{value}`: changes a value, or deletes it once that is confirmed.
pub async fn change(
    request: HttpRequest,
    id: Path<i64>,
    sent: SignedForm<Sent, Administrator>,
    db: Data<Db>,
    renderer: Data<Renderer>,
    language: Language,
) -> Result<HttpResponse> {
    let SignedForm { user, form, .. } = sent;
    let id = id.into_inner();
    let says = |name: &str, what: &str| form.iter().any(|(n, v)| n == name && v == what);
    let (delete, sure) = (says("do", "delete"), says("sure", "yes"));
    let by = user.clone();
    let (value, indices) = db.read(move |conn| Ok((store::value(conn, id)?, store::indices(conn)?))).await?;
    let again = |sent, wrong, unsure| show_value(&request, &user, (&renderer, language), (&value, &indices), (sent, wrong, unsure));
    if delete && !sure {
        return again(pages::as_sent(&value.without_key()), Vec::new(), true).await;
    }
    if delete {
        db.write(move |conn| {
            let gone = store::value(conn, id)?.without_key();
            audit::record(conn, &by, "indices.delete", Object::new("index_value", &called(&gone)), &content(&gone))?;
            store::delete(conn, id)
        })
        .await?;
        return Ok(led("/admin/indices?done=deleted"));
    }
    let changed = match read(&form) {
        Err(wrong) => Err(wrong),
        Ok(new) => {
            written(&db, move |conn| {
                let before = store::value(conn, id)?.without_key();
                let detail = json!({ "before": content(&before), "after": content(&new) });
                audit::record(conn, &by, "indices.change", Object::new("index_value", &called(&new)), &detail)?;
                if let Some(wrong) = list::unfit(&new, &store::indices(conn)?) {
                    return Ok(Err(vec![wrong]));
                }
                store::update(conn, id, &new).map(Ok)
            })
            .await?
        }
    };
    match changed {
        Ok(()) => Ok(led("/admin/indices?done=changed")),
        Err(wrong) => again(form, wrong, false).await,
    }
}
