//! Rights as types: a handler that takes [`Administrator`] cannot be reached by anybody else.
//!
//! Who asks is known by the session's cookie or by an API key: `Authorization: Bearer <key>`, or for reading `Authorization: Basic` with any name and the key
//! as password, because spreadsheets can send nothing else. A right that is limited to a branch of the unit tree is
//! checked twice: here, whether the person has it anywhere; and by the handler, once it knows which units the thing is about.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use chrono::Utc;

use super::model::User;
use super::roles::{Act, Tree};
use super::tokens::store;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::web::render::SignedInAs;

/// Name of the session's cookie.
pub const COOKIE: &str = "sipas_session";

/// A right: what a user needs for it.
pub trait Holder: Sized + 'static {
    /// Takes the user who has the right.
    ///
    /// # Errors
    /// `ChoosePassword`, `Forbidden`.
    fn admit(user: User) -> Result<Self>;
}

/// Somebody who signed in, perhaps still with the one-time password.
#[derive(Debug, Clone)]
pub struct SignedIn(pub User);

impl Holder for SignedIn {
    fn admit(user: User) -> Result<Self> {
        Ok(SignedIn(user))
    }
}

macro_rules! rights {
    ($($(#[$meta:meta])* $name:ident: $act:ident;)+) => {
        $(
            $(#[$meta])*
            #[derive(Debug, Clone)]
            pub struct $name(pub User);

            impl Holder for $name {
                fn admit(user: User) -> Result<Self> {
                    user.need(Act::$act)?;
                    Ok($name(user))
                }
            }

            of_request!($name);
        )+
    };
}

macro_rules! of_request {
    ($name:ident) => {
        impl FromRequest for $name {
            type Error = Error;
            type Future = Found<Self>;
            fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
                admitted(request)
            }
        }
    };
}

of_request!(SignedIn);
rights! {
    /// An administrator who has chosen a password.
    Administrator: Administer;
    /// Somebody who may read questionnaires that are not published: designers, reviewers.
    DraftReader: ReadDrafts;
    /// Somebody who writes questionnaires.
    Designer: Design;
    /// Somebody who approves questionnaires.
    Reviewer: Review;
    /// Somebody who leads surveys, perhaps only in a branch: ask [`User::may`] once the survey's units are known.
    SurveyManager: ManageSurveys;
    /// Somebody who reads results before they are public, perhaps only in a branch.
    ResultsReader: ReadResults;
    /// Somebody who reads what lies behind results, perhaps only in a branch.
    Analyst: Analyse;
    /// Somebody who signs releases, perhaps only in a branch.
    Signatory: SignOff;
}

/// Whoever looks: somebody who signed in, or anybody.
#[derive(Debug, Clone)]
pub struct Viewer(pub Option<User>);

impl Viewer {
    /// The user, when there is one who has chosen a password.
    #[must_use]
    pub fn known(&self) -> Option<&User> {
        self.0.as_ref().filter(|u| !u.must_change_password)
    }

    /// Whether whoever looks may do this to something that is about these units.
    pub fn may<'a>(&self, act: Act, units: impl IntoIterator<Item = &'a str>, tree: &Tree) -> bool {
        self.known().is_some_and(|u| u.may(act, units, tree))
    }

    /// Lets pass whoever may read figures about these units: everybody when they are public; before, who has a right to results that covers every unit.
    ///
    /// # Errors
    /// `SignInFirst`, `Forbidden`.
    pub fn may_read<'a>(&self, public: bool, units: impl IntoIterator<Item = &'a str>, tree: &Tree) -> Result<()> {
        if public || self.may(Act::ReadResults, units, tree) {
            return Ok(());
        }
        Err(match self.known() {
            None => Error::SignInFirst,
            Some(_) => Error::Forbidden("these results are not public yet, and your roles do not cover all of their units".to_owned()),
        })
    }

    /// Name, token and ways for the page's head.
    #[must_use]
    pub fn shown(&self) -> Option<SignedInAs> {
        self.0.as_ref().map(User::shown)
    }
}

impl FromRequest for Viewer {
    type Error = Error;
    type Future = Found<Self>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let user = who_asks(request);
        Box::pin(async move { Ok(Viewer(user.await?)) })
    }
}

/// What an extractor gives.
pub(super) type Found<T> = Pin<Box<dyn Future<Output = Result<T>>>>;

fn admitted<R: Holder>(request: &HttpRequest) -> Found<R> {
    let user = who_asks(request);
    Box::pin(async move { R::admit(user.await?.ok_or(Error::SignInFirst)?) })
}

/// The user of the request's API key or session. A key that does not fit is an error, not nobody: the program that sent it must learn of it.
pub(super) fn who_asks(request: &HttpRequest) -> Found<Option<User>> {
    let sent = request.headers().get(header::AUTHORIZATION).and_then(|v| v.to_str().ok());
    // Browsers keep a name and password and send them along unasked, so by these nothing can be changed.
    let key = sent.and_then(|sent| bearer(sent).map(str::to_owned).or_else(|| basic(sent).filter(|_| request.method().is_safe())));
    let token = request.cookie(COOKIE).map(|c| c.value().to_owned());
    let db = request.app_data::<Data<Db>>().cloned();
    Box::pin(async move {
        let Some(db) = db else { return Ok(None) };
        let now = Utc::now().naive_utc();
        match (key, token) {
            (Some(key), _) => db.read(move |conn| store::by_key(conn, &key, now)).await?.map(Some).ok_or(Error::SignInFirst),
            (None, Some(token)) => db.read(move |conn| store::by_session(conn, &token, now)).await,
            (None, None) => Ok(None),
        }
    })
}

/// The key of `Authorization: Bearer <key>`; the scheme is written in any case.
fn bearer(value: &str) -> Option<&str> {
    let (scheme, key) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
}

/// The key of `Authorization: Basic <base64 of name:key>`, whatever the name. What cannot be read is a key that fits nobody.
fn basic(value: &str) -> Option<String> {
    let (scheme, credentials) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = BASE64.decode(credentials.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    Some(text.as_deref().and_then(|t| t.split_once(':')).map_or_else(String::new, |(_, key)| key.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_taken_from_either_scheme_and_only_from_these() {
        assert_eq!(bearer("bearer  sipas_a"), Some("sipas_a"));
        assert_eq!(bearer("Basic x"), None);
        let sent = |text: &str| format!("Basic {}", BASE64.encode(text));
        for (text, key) in [("lan:sipas_a", "sipas_a"), (":sipas_a", "sipas_a"), ("l:sipas:a", "sipas:a"), ("no colon", ""), ("Lân:k", "k")]
        {
            assert_eq!(basic(&sent(text)).as_deref(), Some(key), "{text}");
        }
        assert_eq!(basic("BASIC ###").as_deref(), Some(""), "what cannot be read is a wrong key, not nobody");
        assert_eq!(basic("Digest x"), None);
    }
}
