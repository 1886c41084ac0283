//! `/account/notices`, `/notices/{token}`

use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use chrono::Utc;
use serde::Deserialize;

use super::model::{About, Kind, Subscription};
use super::pages::{Chosen, LinkView, NoticesView, Reachable};
use super::store::{self, Wish};
use super::subscribe::{own_units, subscribe, surveys_of, unsubscribe};
use crate::accounts::{self, Act, SignedForm, SignedIn, User, password};
use crate::db::{Conn, Db};
use crate::error::{Error, Result};
use crate::surveys::{self, Surveys};
use crate::web::{Language, Page, Renderer};

/// Surveys read at once.
const CHUNK: i64 = 500;

/// Set after something was done.
#[derive(Debug, Deserialize)]
pub struct Done {
    #[serde(default)]
    done: bool,
}

/// `GET /account/notices`
pub async fn page(
    request: HttpRequest,
    done: Query<Done>,
    SignedIn(user): SignedIn,
    db: Data<Db>,
    surveys: Data<Surveys>,
    renderer: Data<Renderer>,
    language: Language,
) -> Result<HttpResponse> {
    let mut view = view(&user, &db, &surveys, &renderer, language).await?;
    view.done = done.done;
    Page::new(&request, &renderer).user(Some(user.shown())).render("notices/account.html", view)
}

async fn view(user: &User, db: &Db, surveys: &Surveys, renderer: &Renderer, language: Language) -> Result<NoticesView> {
    let (reader, cached) = (user.clone(), surveys.clone());
    let (person, running, reachable) = db
        .read(move |conn| {
            let reachable = reachable(conn, &cached, &reader)?;
            Ok((accounts::store::person(conn, reader.id)?, store::of_person(conn, reader.id)?, reachable))
        })
        .await?;
    let mails_in = Language::from_code(&person.language).unwrap_or(Language::Vi);
    Ok(NoticesView::new(person.mail, mails_in, running, &reachable, language, renderer.words(language)))
}

/// The surveys with a unit that this user may read by right.
fn reachable(conn: &mut Conn, cached: &Surveys, user: &User) -> Result<Vec<Reachable>> {
    let mut found = Vec::new();
    if user.must_change_password || !user.may_somewhere(Act::ReadResults) {
        return Ok(found);
    }
    let mut after: Option<String> = None;
    loop {
        let surveys = surveys::store::page(conn, after.as_deref(), CHUNK, false)?;
        let Some(last) = surveys.last() else { return Ok(found) };
        after = Some(last.code.clone());
        for survey in surveys {
            let open = cached.complete(conn, survey)?;
            let units = own_units(&open, &user.grants, "");
            if !units.is_empty() {
                found.push(Reachable { open, units });
            }
        }
    }
}

/// The forms of the page.
#[derive(Debug, Deserialize)]
pub struct Sent {
    step: String,
    #[serde(default)]
    digest: bool,
    #[serde(default)]
    release: bool,
    #[serde(default)]
    alert: bool,
    #[serde(default)]
    about: String,
    #[serde(default)]
    unit: String,
    id: Option<i64>,
}

impl Sent {
    fn kinds(&self) -> Vec<Kind> {
        [(self.digest, Kind::Digest), (self.release, Kind::Release), (self.alert, Kind::Alert)]
            .into_iter()
            .filter_map(|(wanted, kind)| wanted.then_some(kind))
            .collect()
    }
}

/// `POST /account/notices`: subscribes, or ends a subscription.
pub async fn change(
    request: HttpRequest,
    sent: SignedForm<Sent>,
    db: Data<Db>,
    surveys: Data<Surveys>,
    renderer: Data<Renderer>,
    language: Language,
) -> Result<HttpResponse> {
    let SignedForm { user, form, .. } = sent;
    let done = match form.step.as_str() {
        "subscribe" => wish_for(&user, &form, &db, &surveys).await?,
        "end" => end(&user, form.id, &db).await?,
        other => return Err(Error::BadRequest(format!("there is no step {other:?} here; send subscribe or end"))),
    };
    let Err(trouble) = done else {
        return Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, "/account/notices?done=true")).finish());
    };
    let mut view = view(&user, &db, &surveys, &renderer, language).await?;
    view.chosen = Chosen { kinds: form.kinds(), about: form.about, unit: form.unit };
    view.trouble = Some(trouble);
    Page::new(&request, &renderer).status(StatusCode::UNPROCESSABLE_ENTITY).user(Some(user.shown())).render("notices/account.html", view)
}

/// Subscribes to all kinds chosen, or to none.
async fn wish_for(user: &User, form: &Sent, db: &Db, surveys: &Surveys) -> Result<Result<(), &'static str>> {
    let kinds = form.kinds();
    if kinds.is_empty() {
        return Ok(Err("notice-choose-kind"));
    }
    let named = form.about.split_once(':').and_then(|(about, code)| Some((about.parse::<About>().ok()?, code.to_owned())));
    let Some((about, code)) = named else { return Ok(Err("notice-choose-survey")) };
    let (user, cached, unit) = (user.clone(), surveys.clone(), form.unit.clone());
    let subscribed = db
        .write(move |conn| {
            for kind in kinds {
                let wish = Wish { kind, about, code: code.clone(), unit: unit.clone() };
                subscribe(conn, &cached, &user, &wish, Utc::now().naive_utc())?;
            }
            Ok(())
        })
        .await;
    match subscribed {
        Err(Error::Invalid(wrong)) if wrong.iter().any(|w| w.code == "notice_survey") => Ok(Err("notice-choose-survey")),
        Err(Error::Invalid(wrong)) if wrong.iter().any(|w| w.code == "notice_unit") => Ok(Err("notice-choose-unit")),
        Err(Error::Conflict("no_mail", _)) => Ok(Err("notice-no-mail")),
        other => other.map(Ok),
    }
}

async fn end(user: &User, id: Option<i64>, db: &Db) -> Result<Result<(), &'static str>> {
    let id = id.ok_or_else(|| Error::BadRequest("id: which subscription is to end?".to_owned()))?;
    let user = user.clone();
    db.write(move |conn| {
        let owner = accounts::store::person(conn, user.id)?;
        unsubscribe(conn, &user, &owner, id, "page", Utc::now().naive_utc())
    })
    .await?;
    Ok(Ok(()))
}

/// `GET /notices/{token}`: asks. Looking ends nothing, because mail scanners look at links.
pub async fn link(
    request: HttpRequest,
    token: Path<String>,
    db: Data<Db>,
    renderer: Data<Renderer>,
    language: Language,
) -> Result<HttpResponse> {
    let token = token.into_inner();
    let digest = password::digest(&token);
    let found = db.read(move |conn| store::by_token(conn, &digest)?.map(|s| named(conn, s, language)).transpose()).await?;
    shown(&request, &renderer, token, found, false)
}

/// `POST /notices/{token}`: ends the subscription, without signing in. Mail programs send this by themselves when their user wants so (RFC 8058), so it needs
/// no session, answers 200, and may come twice.
pub async fn unsubscribe_by_link(
    request: HttpRequest,
    token: Path<String>,
    db: Data<Db>,
    renderer: Data<Renderer>,
    language: Language,
) -> Result<HttpResponse> {
    let token = token.into_inner();
    let digest = password::digest(&token);
    let found = db
        .write(move |conn| {
            let Some(subscription) = store::by_token(conn, &digest)? else { return Ok(None) };
            let owner = accounts::store::person(conn, subscription.user_id)?;
            unsubscribe(conn, &owner, &owner, subscription.id, "link", Utc::now().naive_utc())?;
            named(conn, subscription, language).map(Some)
        })
        .await?;
    shown(&request, &renderer, token, found, true)
}

/// A subscription with what it is about, in words: a survey that is gone is named by its code.
fn named(conn: &mut Conn, subscription: Subscription, language: Language) -> Result<(Subscription, String)> {
    let surveys = surveys_of(conn, subscription.about, &subscription.code)?;
    let title = match (subscription.about, surveys.first()) {
        (About::Survey, Some(survey)) => survey.title(language.code()).to_owned(),
        _ => subscription.code.clone(),
    };
    Ok((subscription, title))
}

fn shown(
    request: &HttpRequest,
    renderer: &Renderer,
    token: String,
    found: Option<(Subscription, String)>,
    ended: bool,
) -> Result<HttpResponse> {
    let (status, state) = match &found {
        None => (StatusCode::GONE, "unknown"),
        Some((s, _)) if ended || s.ended_at.is_some() => (StatusCode::OK, "ended"),
        Some(_) => (StatusCode::OK, "asks"),
    };
    let (kind, about) = found.map_or((None, String::new()), |(s, about)| (Some(s.kind), about));
    Page::new(request, renderer).status(status).render("notices/link.html", LinkView { token, state, kind, about })
}
