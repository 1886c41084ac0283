//! Signing in and out, changing the password.

use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Form, Query};
use actix_web::{HttpRequest, HttpResponse};
use chrono::Utc;
use serde::Deserialize;

use super::forms::SignedForm;
use super::pages::{PasswordView, SignInView};
use super::password;
use super::rights::{COOKIE, SignedIn};
use super::store;
use crate::db::Db;
use crate::error::Result;
use crate::web::{Page, Renderer};

/// Where to go after signing in.
#[derive(Debug, Deserialize)]
pub struct Next {
    #[serde(default)]
    next: String,
}

/// Only addresses of our own, so that nobody is led elsewhere.
fn own_address(next: &str) -> &str {
    if next.starts_with('/') && !next.starts_with("//") && !next.contains('\\') && !next.contains(char::is_control) {
        next
    } else {
        "/admin"
    }
}

/// `GET /signin`
pub async fn sign_in_page(request: HttpRequest, next: Query<Next>, renderer: Data<Renderer>) -> Result<HttpResponse> {
    let view = SignInView { next: own_address(&next.next).to_owned(), name: String::new(), failed: false };
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
pub async fn sign_in(request: HttpRequest, form: Form<Credentials>, db: Data<Db>, renderer: Data<Renderer>) -> Result<HttpResponse> {
    let Credentials { name, password, next } = form.into_inner();
    let typed = name.clone();
    let user = db.read(move |conn| store::authenticate(conn, &name, &password)).await?;
    let Some(user) = user else {
        tracing::warn!("a sign-in failed");
        let view = SignInView { next: own_address(&next).to_owned(), name: typed, failed: true };
        return Page::new(&request, &renderer).status(StatusCode::UNPROCESSABLE_ENTITY).render("accounts/signin.html", view);
    };
    let token = db.write(move |conn| store::start_session(conn, user, "", Utc::now().naive_utc())).await?;
    Ok(signed_in(&request, token, own_address(&next)))
}

fn signed_in(request: &HttpRequest, token: String, to: &str) -> HttpResponse {
    let cookie = Cookie::build(COOKIE, token)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(request.connection_info().scheme() == "https")
        .max_age(Duration::hours(store::SESSION_HOURS));
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, to))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .cookie(cookie.finish())
        .finish()
}

/// A form without fields of its own.
#[derive(Debug, Deserialize)]
pub struct Nothing {}

/// `POST /signout`
pub async fn sign_out(request: HttpRequest, _form: SignedForm<Nothing>, db: Data<Db>) -> Result<HttpResponse> {
    let token = request.cookie(COOKIE).map(|c| c.value().to_owned()).unwrap_or_default();
    db.write(move |conn| store::end_session(conn, &token)).await?;
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
    renderer: Data<Renderer>,
) -> Result<HttpResponse> {
    let SignedForm { user, form, .. } = sent;
    let name = user.name.clone();
    let current = form.current.clone();
    let fits = db.read(move |conn| store::authenticate(conn, &name, &current)).await?.is_some();
    let trouble = if !fits {
        Some("password-wrong")
    } else if !password::acceptable(&form.chosen) {
        Some("password-short")
    } else if form.chosen != form.repeated {
        Some("password-differs")
    } else if form.chosen == form.current {
        Some("password-same")
    } else {
        None
    };
    if trouble.is_some() {
        let view = PasswordView { first: user.must_change_password, shortest: password::SHORTEST, trouble };
        return Page::new(&request, &renderer)
            .status(StatusCode::UNPROCESSABLE_ENTITY)
            .user(Some(user.shown()))
            .render("accounts/password.html", view);
    }
    let token = db
        .write(move |conn| {
            store::set_password(conn, user.id, &form.chosen)?;
            store::start_session(conn, user.id, "", Utc::now().naive_utc())
        })
        .await?;
    Ok(signed_in(&request, token, "/admin"))
}
