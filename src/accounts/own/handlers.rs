//! `/account`, `/account/sessions`, `/account/keys`, `/account/keys/{key}`

use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Path, Query};
use actix_web::{HttpRequest, HttpResponse};
use chrono::{Days, Utc};
use serde::Deserialize;
use serde_json::json;

use super::pages::{Account, AccountView};
use crate::accounts::forms::SignedForm;
use crate::accounts::handlers::Nothing;
use crate::accounts::model::User;
use crate::accounts::password;
use crate::accounts::rights::{COOKIE, SignedIn};
use crate::accounts::tokens::{MOST_KEY_DAYS, MOST_KEYS, store as tokens};
use crate::accounts::{people, store};
use crate::audit::{self, Object};
use crate::db::Db;
use crate::error::{Error, Result};
use crate::web::{Language, Page, Renderer};

/// Set after something was done.
#[derive(Debug, Deserialize)]
pub struct Done {
    #[serde(default)]
    done: bool,
}

async fn view(request: &HttpRequest, user: &User, db: &Db, renderer: &Renderer, language: Language) -> Result<AccountView> {
    let id = user.id;
    let now = Utc::now().naive_utc();
    let account = db
        .read(move |conn| {
            Ok(Account {
                person: store::person(conn, id)?,
                sessions: tokens::sessions_of(conn, id, now)?,
                keys: tokens::keys_of(conn, id)?,
            })
        })
        .await?;
    let this = request.cookie(COOKIE).map(|c| password::digest(c.value())).unwrap_or_default();
    Ok(account.view(&user.grants, &this, now, language, renderer.words(language)))
}

/// `GET /account`
pub async fn account(
    request: HttpRequest,
    done: Query<Done>,
    SignedIn(user): SignedIn,
    db: Data<Db>,
    renderer: Data<Renderer>,
    language: Language,
) -> Result<HttpResponse> {
    let mut view = view(&request, &user, &db, &renderer, language).await?;
    view.done = done.done;
    Page::new(&request, &renderer).user(Some(user.shown())).render("accounts/account.html", view)
}

fn back() -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, "/account?done=true")).finish()
}

/// Which session to end: its name, or `others`.
#[derive(Debug, Deserialize)]
pub struct Ended {
    session: String,
}

/// `POST /account/sessions`: ends one session, or all others.
pub async fn end_sessions(request: HttpRequest, sent: SignedForm<Ended>, db: Data<Db>) -> Result<HttpResponse> {
    let SignedForm { user, form, .. } = sent;
    let this = request.cookie(COOKIE).map(|c| c.value().to_owned());
    db.write(move |conn| {
        if form.session == "others" {
            return people::end_sessions(conn, &user, user.id, this.as_deref());
        }
        audit::record(conn, &user, "user.session_end", Object::new("user", &user.name), &json!({}))?;
        if tokens::end_named_session(conn, user.id, &form.session)? {
            return Ok(());
        }
        Err(Error::NotFound("this session".to_owned()))
    })
    .await?;
    Ok(back())
}

/// The form of a new API key.
#[derive(Debug, Deserialize)]
pub struct NewKey {
    name: String,
    days: String,
}

/// `POST /account/keys`: makes an API key and shows it, this once.
pub async fn new_key(
    request: HttpRequest,
    sent: SignedForm<NewKey>,
    db: Data<Db>,
    renderer: Data<Renderer>,
    language: Language,
) -> Result<HttpResponse> {
    let SignedForm { user, form, .. } = sent;
    if user.must_change_password {
        return Err(Error::ChoosePassword);
    }
    let name = form.name.trim().to_owned();
    let days = form.days.trim().parse::<u64>().ok().filter(|d| (1..=MOST_KEY_DAYS.unsigned_abs()).contains(d));
    let id = user.id;
    let many = db.read(move |conn| tokens::keys_of(conn, id)).await?.len() >= MOST_KEYS;
    let named = (1..=80).contains(&name.chars().count()) && !name.contains(char::is_control);
    let (made, trouble) = match days {
        _ if many => (None, Some("key-many")),
        Some(days) if named => {
            let owner = user.clone();
            let made = db.write(move |conn| {
                let now = Utc::now().naive_utc();
                let expires = now + Days::new(days);
                let detail = json!({ "key": name, "expires": expires.date() });
                audit::record(conn, &owner, "key.create", Object::new("user", &owner.name), &detail)?;
                tokens::new_key(conn, owner.id, &name, now, expires)
            });
            (Some(made.await?), None)
        }
        None => (None, Some("key-days")),
        Some(_) => (None, Some("key-name")),
    };
    let mut view = view(&request, &user, &db, &renderer, language).await?;
    let status = if trouble.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    (view.new_key, view.trouble) = (made, trouble);
    Page::new(&request, &renderer).status(status).user(Some(user.shown())).render("accounts/account.html", view)
}

/// `POST /account/keys/{key}`: ends an API key.
pub async fn end_key(key: Path<i64>, sent: SignedForm<Nothing>, db: Data<Db>) -> Result<HttpResponse> {
    let user = sent.user;
    let key = key.into_inner();
    db.write(move |conn| {
        let name = tokens::keys_of(conn, user.id)?.into_iter().find(|k| k.id == key).map(|k| k.name);
        audit::record(conn, &user, "key.end", Object::new("user", &user.name), &json!({ "key": name }))?;
        tokens::end_key(conn, user.id, key).map(|_| ())
    })
    .await?;
    Ok(back())
}
