//! Signing in and out, changing the password.

use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Form, Query};
use actix_web::{HttpRequest, HttpResponse};
use chrono::Utc;
use serde::Deserialize;

use super::attempts::Key;
use super::browser;
use super::device;
use super::forms::SignedForm;
use super::gate::Gate;
use super::model::first_page;
use super::pages::{PasswordView, SignInView};
use super::password;
use super::people;
use super::rights::{COOKIE, SignedIn};
use super::store;
use super::tokens::{SESSION_HOURS, store as tokens};
use crate::db::Db;
use crate::error::{Error, Result};
use crate::web::{Page, Renderer};

/// Longest name that is looked at.
const LONGEST_NAME: usize = 320;

/// Where to go after signing in.
#[derive(Debug, Deserialize)]
pub struct Next {
    #[serde(default)]
    next: String,
}

/// Only addresses of our own, so that nobody is led elsewhere.
fn own_address(next: &str) -> Option<&str> {
    let own = next.starts_with('/') && !next.starts_with("//") && !next.contains('\\') && !next.contains(char::is_control);
    own.then_some(next)
}

/// `GET /signin`
pub async fn sign_in_page(request: HttpRequest, next: Query<Next>, renderer: Data<Renderer>) -> Result<HttpResponse> {
    let view = SignInView { next: own_address(&next.next).unwrap_or_default().to_owned(), name: String::new(), failed: false, wait: None };
    Page::new(&request, &renderer).render("accounts/signin.html", view)
}

/// The sign-in form.
#[derive(Debug, Deserialize)]
pub struct Credentials {
    name: String,
    password: String,
    #[serde(default)]
    next: String,
}

/// `POST /signin`
pub async fn sign_in(
    request: HttpRequest,
    form: Form<Credentials>,
    db: Data<Db>,
    gate: Data<Gate>,
    renderer: Data<Renderer>,
) -> Result<HttpResponse> {
    let Credentials { name, password, next } = form.into_inner();
    let name: String = name.trim().chars().take(LONGEST_NAME).collect();
    let again = |failed: bool, wait: Option<u32>| SignInView {
        next: own_address(&next).unwrap_or_default().to_owned(),
        name: name.clone(),
        failed,
        wait,
    };
    let typed = name.clone();
    let found = db.read(move |conn| store::credentials(conn, &typed)).await?;
    let keys = keys(&request, &gate, found.as_ref(), &name);
    let hash = found.as_ref().map(|f| f.hash.clone()).filter(|h| !h.is_empty()).unwrap_or_else(|| password::NOBODY.to_owned());
    let (asked, counted) = (gate.clone(), keys.clone());
    let fits = gate
        .work(move || {
            asked.begin(&counted)?;
            Ok(password::verify(&password, &hash))
        })
        .await;
    let fits = match fits {
        Err(Error::TooMany(seconds)) => {
            let mut response = Page::new(&request, &renderer)
                .status(StatusCode::TOO_MANY_REQUESTS)
                .render("accounts/signin.html", again(false, Some(seconds)))?;
            response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from(seconds));
            return Ok(response);
        }
        other => other?,
    };
    let Some(user) = found.filter(|f| fits && !f.disabled) else {
        tracing::warn!("a sign-in failed");
        return Page::new(&request, &renderer).status(StatusCode::UNPROCESSABLE_ENTITY).render("accounts/signin.html", again(true, None));
    };
    gate.succeeded(&keys);
    let kind = browser_of(&request);
    let id = user.id;
    let (token, first) = db
        .write(move |conn| {
            let now = Utc::now().naive_utc();
            store::signed_in(conn, id, now)?;
            let must_choose = store::person(conn, id)?.must_change_password;
            let first = if must_choose { "/account/password" } else { first_page(&store::grants_of(conn, id)?) };
            Ok((tokens::start_session(conn, id, &kind, now)?, first))
        })
        .await?;
    Ok(signed_in(&request, token, device::issue(id, &user.hash), own_address(&next).unwrap_or(first)))
}

/// What this try counts for: a browser that is known to the user for itself, any other for the user and its network.
fn keys(request: &HttpRequest, gate: &Gate, found: Option<&store::Credentials>, name: &str) -> Vec<Key> {
    let cookie = request.cookie(device::COOKIE);
    let known = found.and_then(|f| cookie.as_ref().and_then(|c| device::known(c.value(), f.id, &f.hash)));
    if let Some(device) = known {
        return vec![Key::Device(device.to_owned())];
    }
    let user = found.map_or_else(|| Key::Name(name.to_lowercase()), |f| Key::User(f.id));
    [user].into_iter().chain(gate.network(request).map(|(v4, bits)| Key::Network(v4, bits))).collect()
}

/// The kind of browser, for the list of sessions.
pub(super) fn browser_of(request: &HttpRequest) -> String {
    request.headers().get(header::USER_AGENT).and_then(|v| v.to_str().ok()).map(browser::kind).unwrap_or_default()
}

/// Leads on with the session's cookie and the one by which this browser is known again.
pub(super) fn signed_in(request: &HttpRequest, token: String, device: Option<String>, to: &str) -> HttpResponse {
    let secure = request.connection_info().scheme() == "https";
    let cookie = |name: &'static str, value: String, age: Duration| {
        Cookie::build(name, value).path("/").http_only(true).same_site(SameSite::Lax).secure(secure).max_age(age).finish()
    };
    let mut response = HttpResponse::SeeOther();
    response.insert_header((header::LOCATION, to)).insert_header((header::CACHE_CONTROL, "no-store"));
    response.cookie(cookie(COOKIE, token, Duration::hours(SESSION_HOURS)));
    if let Some(device) = device {
        response.cookie(cookie(device::COOKIE, device, Duration::days(365)));
    }
    response.finish()
}

/// A form without fields of its own.
#[derive(Debug, Deserialize)]
pub struct Nothing {}

/// `POST /signout`
pub async fn sign_out(request: HttpRequest, _form: SignedForm<Nothing>, db: Data<Db>) -> Result<HttpResponse> {
    let token = request.cookie(COOKIE).map(|c| c.value().to_owned()).unwrap_or_default();
    db.write(move |conn| tokens::end_session(conn, &token)).await?;
    let mut gone = Cookie::build(COOKIE, "").path("/").finish();
    gone.make_removal();
    Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, "/")).cookie(gone).finish())
}

/// `GET /account/password`
pub async fn password_page(request: HttpRequest, SignedIn(user): SignedIn, renderer: Data<Renderer>) -> Result<HttpResponse> {
    let view = PasswordView { first: user.must_change_password, shortest: password::SHORTEST, trouble: None };
    Page::new(&request, &renderer).user(Some(user.shown())).render("accounts/password.html", view)
}

/// The password form.
#[derive(Debug, Deserialize)]
pub struct NewPassword {
    current: String,
    chosen: String,
    repeated: String,
}

/// `POST /account/password`
pub async fn change_password(
    request: HttpRequest,
    sent: SignedForm<NewPassword>,
    db: Data<Db>,
    gate: Data<Gate>,
    renderer: Data<Renderer>,
) -> Result<HttpResponse> {
    let SignedForm { user, form, .. } = sent;
    let name = user.name.clone();
    let stored = db.read(move |conn| store::credentials(conn, &name)).await?.map(|f| f.hash).unwrap_or_default();
    // Somebody at an unlocked screen may not guess the password here without end.
    let keys = [Key::Device(format!("password of {}", user.id))];
    let (asked, counted, current) = (gate.clone(), keys.clone(), form.current.clone());
    let fits = gate
        .work(move || {
            asked.begin(&counted)?;
            Ok(password::verify(&current, &stored))
        })
        .await?;
    if fits {
        gate.succeeded(&keys);
    }
    let trouble = if !fits {
        Some("password-wrong")
    } else if form.chosen == form.current {
        Some("password-same")
    } else {
        password::trouble(&form.chosen, &form.repeated)
    };
    if trouble.is_some() {
        let view = PasswordView { first: user.must_change_password, shortest: password::SHORTEST, trouble };
        return Page::new(&request, &renderer)
            .status(StatusCode::UNPROCESSABLE_ENTITY)
            .user(Some(user.shown()))
            .render("accounts/password.html", view);
    }
    let hash = gate.work(move || password::hash(&form.chosen)).await?;
    let device = device::issue(user.id, &hash);
    let kind = browser_of(&request);
    let to = first_page(&user.grants);
    let token = db.write(move |conn| people::choose_password(conn, &user, &hash, &kind, Utc::now().naive_utc())).await?;
    Ok(signed_in(&request, token, device, to))
}
