//! `/forgot`, `/password/{token}`

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Form, Path};
use actix_web::{HttpRequest, HttpResponse};
use chrono::Utc;
use serde::Deserialize;
use tokio::time::Instant;

use super::pages::{ForgotView, LinkView};
use crate::accounts::attempts::Key;
use crate::accounts::gate::Gate;
use crate::accounts::handlers::{browser_of, signed_in};
use crate::accounts::tokens::{Purpose, store as tokens};
use crate::accounts::{device, model, password, people, store};
use crate::db::Db;
use crate::error::{Error, Result};
use crate::mail::Post;
use crate::web::{Page, Renderer};

/// How long an answer takes at least, whether or not a mail is written meanwhile.
const SAME_TIME: Duration = Duration::from_millis(400);

/// `GET /forgot`
pub async fn forgot_page(request: HttpRequest, renderer: Data<Renderer>) -> Result<HttpResponse> {
    Page::new(&request, &renderer).render("accounts/forgot.html", ForgotView { asked: false })
}

/// Who forgot a password.
#[derive(Debug, Deserialize)]
pub struct Forgotten {
    name: String,
}

/// `POST /forgot`: answers the same, after the same time, whether or not there is such a person.
pub async fn forgot(
    request: HttpRequest,
    form: Form<Forgotten>,
    db: Data<Db>,
    gate: Data<Gate>,
    post: Data<Post>,
    renderer: Data<Renderer>,
) -> Result<HttpResponse> {
    let began = Instant::now();
    let typed: String = form.into_inner().name.trim().chars().take(320).collect();
    let network = gate.network(&request).map(|(v4, bits)| Key::ForgottenFrom(v4, bits));
    let keys: Vec<Key> = [Key::Forgotten(typed.to_lowercase())].into_iter().chain(network).collect();
    gate.begin(&keys)?;
    let office = post.clone();
    db.write(move |conn| people::forgot(conn, &office, &typed, Utc::now().naive_utc())).await?;
    post.wake();
    tokio::time::sleep_until(began + SAME_TIME).await;
    Page::new(&request, &renderer).render("accounts/forgot.html", ForgotView { asked: true })
}

/// `GET /password/{token}`
pub async fn link_page(request: HttpRequest, token: Path<String>, db: Data<Db>, renderer: Data<Renderer>) -> Result<HttpResponse> {
    let view = link_view(&db, token.into_inner(), None).await?;
    shown(&request, &renderer, view)
}

async fn link_view(db: &Db, token: String, trouble: Option<&'static str>) -> Result<LinkView> {
    let looked_for = token.clone();
    let found = db.read(move |conn| tokens::by_link(conn, &looked_for, Utc::now().naive_utc())).await?;
    let first = found.as_ref().is_some_and(|(.., purpose)| *purpose == Purpose::Invitation);
    Ok(LinkView { name: found.map(|(_, name, _)| name), first, token, shortest: password::SHORTEST, trouble })
}

fn shown(request: &HttpRequest, renderer: &Renderer, view: LinkView) -> Result<HttpResponse> {
    let status = match (&view.name, view.trouble) {
        (None, _) => StatusCode::GONE,
        (_, Some(_)) => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::OK,
    };
    Page::new(request, renderer).status(status).render("accounts/link.html", view)
}

/// The form of a one-time link. The link is the secret that proves where it comes from.
#[derive(Debug, Deserialize)]
pub struct Chosen {
    chosen: String,
    repeated: String,
}

/// `POST /password/{token}`
pub async fn set_password(
    request: HttpRequest,
    token: Path<String>,
    form: Form<Chosen>,
    db: Data<Db>,
    gate: Data<Gate>,
    renderer: Data<Renderer>,
) -> Result<HttpResponse> {
    let token = token.into_inner();
    let view = link_view(&db, token.clone(), password::trouble(&form.chosen, &form.repeated)).await?;
    if view.name.is_none() || view.trouble.is_some() {
        return shown(&request, &renderer, view);
    }
    let chosen = form.into_inner().chosen;
    let hash = gate.work(move || password::hash(&chosen)).await?;
    let (kind, sealed) = (browser_of(&request), hash.clone());
    let set = db
        .write(move |conn| {
            let (person, session) = people::password_by_link(conn, &token, &hash, &kind, Utc::now().naive_utc())?;
            let grants = store::grants_of(conn, person.id)?;
            Ok((person, session, grants))
        })
        .await;
    match set {
        Ok((person, session, grants)) => {
            gate.succeeded(&[Key::User(person.id)]);
            Ok(signed_in(&request, session, device::issue(person.id, &sealed), model::first_page(&grants)))
        }
        // Somebody was quicker.
        Err(Error::Conflict("link_ended", _)) => shown(&request, &renderer, LinkView { name: None, ..view }),
        Err(e) => Err(e),
    }
}
