//! `/admin/boundaries`, `/admin/boundaries/remove`

use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Query};
use actix_web::{HttpRequest, HttpResponse};
use chrono::Utc;
use serde::Deserialize;

use super::pages::{self, BoundariesView, NowView};
use super::{Boundaries, Given, UNMATCHED};
use crate::accounts::forms::MOST_UPLOADED;
use crate::accounts::{Administrator, SignedForm, SignedUpload, User};
use crate::audit::name_in_words;
use crate::charts::Geography;
use crate::db::Db;
use crate::db::types::Day;
use crate::error::{Error, Result};
use crate::units;
use crate::web::{Language, Page, Renderer};

/// Most letters of a text that is typed.
const MOST_TYPED: usize = 300;

/// What was just done, as the address says it.
#[derive(Debug, Default, Deserialize)]
pub struct Done {
    done: Option<String>,
}

/// What the page shows besides what is in force.
#[derive(Default)]
struct Shown {
    done: Option<String>,
    wrong: Option<String>,
    unsure: bool,
    typed: Option<(String, String)>,
}

/// Where a page comes from and goes to.
struct Place<'a> {
    request: &'a HttpRequest,
    db: &'a Db,
    cache: &'a Boundaries,
    renderer: &'a Renderer,
    language: Language,
}

impl Place<'_> {
    async fn show(&self, user: &User, shown: Shown) -> Result<HttpResponse> {
        let (cache, language) = (self.cache.clone(), self.language);
        let now = self
            .db
            .read(move |conn| {
                let Some(held) = cache.in_force(conn)? else { return Ok(None) };
                Ok(Some(NowView::of(&held, &units::store::all(conn)?, Day::date_of(Utc::now().naive_utc()), language)))
            })
            .await?;
        let words = self.renderer.words(language);
        let now = now.map(|n: NowView| NowView { by: name_in_words(&n.by, words), ..n });
        let failed = shown.wrong.is_some() || shown.unsure;
        let known = shown.done.filter(|what| ["stored", "removed"].contains(&what.as_str()));
        let before = || now.as_ref().map_or_else(Default::default, |n: &NowView| (n.property.clone(), n.source.clone()));
        let (code, source) = shown.typed.unwrap_or_else(before);
        let view = BoundariesView {
            done: known.map(|what| words.say(&format!("map-done-{what}"), &[])),
            wrong: shown.wrong,
            unsure: shown.unsure,
            code,
            source,
            most: language.count(u64::try_from(MOST_UPLOADED / 1024 / 1024).unwrap_or(0)),
            now,
        };
        let status = if failed { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
        Page::new(self.request, self.renderer).status(status).user(Some(user.shown())).render("units/boundaries.html", view)
    }
}

fn led(done: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, format!("/admin/boundaries?done={done}"))).finish()
}

/// `GET /admin/boundaries`
pub async fn page(
    request: HttpRequest,
    done: Query<Done>,
    Administrator(user): Administrator,
    db: Data<Db>,
    cache: Data<Boundaries>,
    renderer: Data<Renderer>,
    language: Language,
) -> Result<HttpResponse> {
    let place = Place { request: &request, db: &db, cache: &cache, renderer: &renderer, language };
    place.show(&user, Shown { done: done.into_inner().done, ..Shown::default() }).await
}

/// `POST /admin/boundaries`: takes a GeoJSON file in place of the one before.
pub async fn upload(
    request: HttpRequest,
    upload: SignedUpload<Administrator>,
    db: Data<Db>,
    cache: Data<Boundaries>,
    renderer: Data<Renderer>,
    language: Language,
) -> Result<HttpResponse> {
    let SignedUpload { user, files, fields, .. } = upload;
    let typed = |name: &str| fields.get(name).map(|text| text.trim().chars().take(MOST_TYPED).collect::<String>()).unwrap_or_default();
    let (property, source) = (typed("code"), typed("source"));
    let words = renderer.words(language);
    let taken = match files.into_iter().next() {
        None => Err(words.say("map-wrong-no-file", &[])),
        Some(_) if property.is_empty() => Err(words.say("map-wrong-no-property", &[])),
        Some(file) => {
            let name: String = file.name.chars().take(100).collect();
            let code = property.clone();
            let read = actix_web::web::block(move || Ok(Geography::read(std::str::from_utf8(&file.bytes)?, &code))).await;
            match read.map_err(|e| Error::Internal(e.to_string()))? {
                Err(std::str::Utf8Error { .. }) => Err(words.say("map-wrong-utf8", &[])),
                Ok(Err(wrong)) => Err(pages::told(&wrong, &property, words)),
                Ok(Ok(geography)) => {
                    let codes: Vec<String> = geography.codes().take(3).map(str::to_owned).collect();
                    let given = Given { file: name, property: property.clone(), source: source.clone(), geography };
                    let by = user.clone();
                    match db.write(move |conn| super::take(conn, &by, &given, Utc::now().naive_utc())).await {
                        Ok(_) => Ok(()),
                        Err(Error::Conflict(UNMATCHED, _)) => {
                            Err(words.say("map-wrong-unmatched", &[("property", property.clone()), ("codes", codes.join(", "))]))
                        }
                        Err(other) => return Err(other),
                    }
                }
            }
        }
    };
    match taken {
        Ok(()) => Ok(led("stored")),
        Err(wrong) => {
            let place = Place { request: &request, db: &db, cache: &cache, renderer: &renderer, language };
            place.show(&user, Shown { wrong: Some(wrong), typed: Some((property, source)), ..Shown::default() }).await
        }
    }
}

/// Whether removing was confirmed.
#[derive(Debug, Deserialize)]
pub struct Removal {
    #[serde(default)]
    sure: String,
}

/// `POST /admin/boundaries/remove`: removes the boundaries once that is confirmed.
pub async fn remove(
    request: HttpRequest,
    sent: SignedForm<Removal, Administrator>,
    db: Data<Db>,
    cache: Data<Boundaries>,
    renderer: Data<Renderer>,
    language: Language,
) -> Result<HttpResponse> {
    if sent.form.sure != "yes" {
        let place = Place { request: &request, db: &db, cache: &cache, renderer: &renderer, language };
        return place.show(&sent.user, Shown { unsure: true, ..Shown::default() }).await;
    }
    let by = sent.user.clone();
    db.write(move |conn| super::drop_all(conn, &by)).await?;
    Ok(led("removed"))
}
