//! Forms and uploads that only our own pages can send, from people with the right to.
//!
//! Each carries the session's token in the field `csrf`, so that another site cannot send it in the name of who is signed in here. Right and token are
//! checked before anything else in the body is looked at.

use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::pin::pin;

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::dev::Payload;
use actix_web::web::Query;
use actix_web::{FromRequest, HttpRequest};
use futures_util::StreamExt;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::model::User;
use super::rights::{Found, Holder, SignedIn, who_asks};
use crate::error::{Error, Result};

/// Most bytes of an upload, all its parts together.
pub const MOST_UPLOADED: usize = 8 * 1024 * 1024;
/// Most parts of an upload.
const MOST_PARTS: usize = 100;

/// A form that somebody with the right `R` sent from one of our pages.
pub struct SignedForm<T, R = SignedIn> {
    /// Who sent it.
    pub user: User,
    /// What was sent.
    pub form: T,
    right: PhantomData<R>,
}

#[derive(Deserialize)]
struct Token {
    #[serde(default)]
    csrf: String,
}

/// Who asks, when they have the right `R`.
async fn holder<R: Holder>(user: Found<Option<User>>) -> Result<User> {
    let user = user.await?.ok_or(Error::SignInFirst)?;
    R::admit(user.clone())?;
    Ok(user)
}

fn own(user: &User, token: &[u8]) -> Result<()> {
    if token == user.csrf.as_bytes() {
        return Ok(());
    }
    Err(Error::Forbidden("this form is not from this session; open the page again and repeat".to_owned()))
}

fn unreadable(e: &dyn std::fmt::Display) -> Error {
    Error::BadRequest(format!("the form cannot be read: {e}"))
}

impl<T: DeserializeOwned + 'static, R: Holder> FromRequest for SignedForm<T, R> {
    type Error = Error;
    type Future = Found<Self>;
    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let user = who_asks(request);
        let body = String::from_request(request, payload);
        Box::pin(async move {
            let user = holder::<R>(user).await?;
            let body = body.await.map_err(|e| unreadable(&e))?;
            // The token first: what a forged form says is not looked at.
            let token = Query::<Token>::from_query(&body).map_err(|e| unreadable(&e))?;
            own(&user, token.csrf.as_bytes())?;
            let form = Query::<T>::from_query(&body).map_err(|e| unreadable(&e))?;
            Ok(SignedForm { user, form: form.into_inner(), right: PhantomData })
        })
    }
}

/// A file of an upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadedFile {
    /// Name of the form's field.
    pub field: String,
    /// The file's name as the browser tells it. It is a text for people, never a path.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// A `multipart/form-data` form that somebody with the right `R` sent from one of our pages. The field `csrf` must be its first.
pub struct SignedUpload<R = SignedIn> {
    /// Who sent it.
    pub user: User,
    /// Fields that are no files; of fields with the same name the last.
    pub fields: BTreeMap<String, String>,
    /// Files, in the order of the form; a field in which no file was chosen is left out.
    pub files: Vec<UploadedFile>,
    right: PhantomData<R>,
}

impl<R: Holder> FromRequest for SignedUpload<R> {
    type Error = Error;
    type Future = Found<Self>;
    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let user = who_asks(request);
        let parts = Multipart::from_request(request, payload);
        Box::pin(async move {
            let user = holder::<R>(user).await?;
            let parts = parts.await.map_err(|e| unreadable(&e))?;
            read_parts(user, parts).await
        })
    }
}

async fn read_parts<R>(user: User, parts: Multipart) -> Result<SignedUpload<R>> {
    let mut parts = pin!(parts);
    let mut left = MOST_UPLOADED;
    let token = match parts.next().await {
        Some(part) => read_part(part, &mut left).await?,
        None => return Err(Error::BadRequest("the form is empty".to_owned())),
    };
    own(&user, if token.field == "csrf" { &token.bytes } else { b"" })?;
    let mut upload = SignedUpload { user, fields: BTreeMap::new(), files: Vec::new(), right: PhantomData };
    let mut count = 1usize;
    while let Some(part) = parts.next().await {
        count += 1;
        if count > MOST_PARTS {
            return Err(Error::BadRequest(format!("a form has at most {MOST_PARTS} fields")));
        }
        let Part { field, file, bytes } = read_part(part, &mut left).await?;
        match file {
            // A browser sends an unnamed empty file for a field in which nothing was chosen.
            Some(name) if name.is_empty() && bytes.is_empty() => {}
            Some(name) => upload.files.push(UploadedFile { field, name, bytes }),
            None => {
                upload.fields.insert(field, String::from_utf8(bytes).map_err(|e| unreadable(&e))?);
            }
        }
    }
    Ok(upload)
}

struct Part {
    field: String,
    file: Option<String>,
    bytes: Vec<u8>,
}

async fn read_part(part: Result<Field, MultipartError>, left: &mut usize) -> Result<Part> {
    let mut part = part.map_err(|e| part_error(&e))?;
    let said = part.content_disposition();
    let field = said.and_then(|d| d.get_name()).unwrap_or_default().to_owned();
    let file = said.and_then(|d| d.get_filename()).map(str::to_owned);
    let mut bytes = Vec::new();
    while let Some(chunk) = part.next().await {
        let chunk = chunk.map_err(|e| part_error(&e))?;
        *left = left.checked_sub(chunk.len()).ok_or(Error::TooLarge(MOST_UPLOADED))?;
        bytes.extend_from_slice(&chunk);
    }
    Ok(Part { field, file, bytes })
}

fn part_error(e: &MultipartError) -> Error {
    match e {
        MultipartError::ContentTypeMissing | MultipartError::ContentTypeParse | MultipartError::ContentTypeIncompatible => {
            Error::UnsupportedMedia("send multipart/form-data".to_owned())
        }
        other => unreadable(other),
    }
}
