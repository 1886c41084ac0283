//! Rights as types: a handler that takes [`Administrator`] cannot be reached by anybody else.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::web::{Data, Query};
use actix_web::{FromRequest, HttpRequest};
use chrono::Utc;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::store::{self, User};
use crate::db::Db;
use crate::error::{Error, Result};

/// Name of the session's cookie.
pub const COOKIE: &str = "sipas_session";

/// Somebody who signed in as an administrator and has chosen a password.
#[derive(Debug, Clone)]
pub struct Administrator(pub User);

/// Somebody who signed in, perhaps still with the one-time password.
#[derive(Debug, Clone)]
pub struct SignedIn(pub User);

/// Whoever looks: an administrator or anybody.
#[derive(Debug, Clone)]
pub struct Viewer(pub Option<User>);

impl Viewer {
    /// Whether this is an administrator.
    #[must_use]
    pub fn administers(&self) -> bool {
        self.0.as_ref().is_some_and(|u| !u.must_change_password)
    }

    /// Lets pass whoever may read figures: everybody when they are public, administrators always.
    ///
    /// # Errors
    /// `SignInFirst`.
    pub fn may_read(&self, public: bool) -> Result<()> {
        if public || self.administers() { Ok(()) } else { Err(Error::SignInFirst) }
    }

    /// Name and token for the page's head.
    #[must_use]
    pub fn shown(&self) -> Option<(String, String)> {
        self.0.as_ref().map(User::shown)
    }
}

type Found<T> = Pin<Box<dyn Future<Output = Result<T>>>>;

fn session_user(request: &HttpRequest) -> Found<Option<User>> {
    let token = request.cookie(COOKIE).map(|c| c.value().to_owned());
    let db = request.app_data::<Data<Db>>().cloned();
    Box::pin(async move {
        let (Some(token), Some(db)) = (token, db) else { return Ok(None) };
        db.read(move |conn| store::by_session(conn, &token, Utc::now().naive_utc())).await
    })
}

impl FromRequest for Viewer {
    type Error = Error;
    type Future = Found<Self>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let user = session_user(request);
        Box::pin(async move { Ok(Viewer(user.await?)) })
    }
}

impl FromRequest for SignedIn {
    type Error = Error;
    type Future = Found<Self>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let user = session_user(request);
        Box::pin(async move { user.await?.map(SignedIn).ok_or(Error::SignInFirst) })
    }
}

impl FromRequest for Administrator {
    type Error = Error;
    type Future = Found<Self>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let user = session_user(request);
        Box::pin(async move {
            match user.await? {
                None => Err(Error::SignInFirst),
                Some(user) if user.must_change_password => Err(Error::ChoosePassword),
                Some(user) => Ok(Administrator(user)),
            }
        })
    }
}

/// A form that a signed-in person sent from one of our pages: it carries the session's token, so another site cannot send it.
pub struct SignedForm<T> {
    /// Who sent it.
    pub user: User,
    /// What was sent.
    pub form: T,
}

#[derive(Deserialize)]
struct Token {
    #[serde(default)]
    csrf: String,
}

impl<T: DeserializeOwned + 'static> FromRequest for SignedForm<T> {
    type Error = Error;
    type Future = Found<Self>;
    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let user = session_user(request);
        let body = String::from_request(request, payload);
        Box::pin(async move {
            let user = user.await?.ok_or(Error::SignInFirst)?;
            let unreadable = |e: &dyn std::fmt::Display| Error::BadRequest(format!("the form cannot be read: {e}"));
            let body = body.await.map_err(|e| unreadable(&e))?;
            // The token first: what a forged form says is not looked at.
            let token = Query::<Token>::from_query(&body).map_err(|e| unreadable(&e))?;
            if token.csrf != user.csrf {
                return Err(Error::Forbidden("this form is not from this session; open the page again and repeat".to_owned()));
            }
            let form = Query::<T>::from_query(&body).map_err(|e| unreadable(&e))?;
            Ok(SignedForm { user, form: form.into_inner() })
        })
    }
}
