//! What can go wrong, and what the person who meets it is told.
//!
//! Policy: an error says what happened, where, and what to do. Errors of the caller carry their own words and a stable
//! `code`; errors of the machine are logged in full and answered with a plain sentence that gives nothing away. Nothing is
//! caught to be ignored, and a database failure is never answered as if the caller had erred.

use serde::Serialize;

/// The program's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// One thing wrong with one field of what was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct FieldError {
    /// Where: a JSON pointer into the body for the API (`/answers/q01`), the question's code on a page.
    pub pointer: String,
    /// A stable word for programs, e.g. `required`, `unknown_option`.
    pub code: String,
    /// What is wrong and what is allowed, in a sentence.
    pub detail: String,
}

impl FieldError {
    /// Puts the three together.
    pub fn new(pointer: impl Into<String>, code: &str, detail: impl Into<String>) -> Self {
        FieldError { pointer: pointer.into(), code: code.to_owned(), detail: detail.into() }
    }
}

/// Everything that can go wrong. The table in [`Error::status`] gives each its HTTP status and stable code.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nothing is at this address.
    #[error("{0} was not found")]
    NotFound(String),
    /// The caller must sign in first.
    #[error("sign in first")]
    SignInFirst,
    /// The caller signed in with a one-time password and must choose one first.
    #[error("choose a password of your own first, at /account/password")]
    ChoosePassword,
    /// The caller is known but may not do this.
    #[error("{0}")]
    Forbidden(String),
    /// The request as a whole cannot be understood.
    #[error("{0}")]
    BadRequest(String),
    /// The body is larger than this address takes.
    #[error("the body is larger than {0} bytes")]
    TooLarge(usize),
    /// The body is of a kind this address does not read.
    #[error("{0}")]
    UnsupportedMedia(String),
    /// Some fields are wrong; nothing was stored.
    #[error("{} field(s) need attention", .0.len())]
    Invalid(Vec<FieldError>),
    /// The request contradicts what is stored. The word is the stable code.
    #[error("{1}")]
    Conflict(&'static str, String),
    /// More arrives than can be stored at this moment.
    #[error("too many answers at this moment")]
    Busy,
    /// The caller must wait this many seconds: too many tries, or more of this kind of work than can be done at once.
    #[error("too many tries; wait {0} seconds and try again")]
    TooMany(u32),
    /// The database cannot be reached or cannot write (for example because the disk is full).
    #[error("the database cannot be used now: {0}")]
    Unavailable(String),
    /// A statement failed for a reason that is a fault of the program or the data.
    #[error("storage: {0}")]
    Storage(String),
    /// A file or argument given on the command line is wrong.
    #[error("{0}")]
    Refused(String),
    /// A fault of the program.
    #[error("internal: {0}")]
    Internal(String),
}

impl Error {
    /// A setting is wrong: what, and what to do.
    #[must_use]
    pub fn config(what: &str, remedy: &str) -> Self {
        Error::Refused(format!("{what}\n  {remedy}"))
    }

    /// HTTP status, stable code, short title.
    #[must_use]
    pub fn status(&self) -> (u16, &'static str, &'static str) {
        match self {
            Error::NotFound(_) => (404, "not_found", "Not found"),
            Error::SignInFirst => (401, "sign_in_first", "Sign in first"),
            Error::ChoosePassword => (403, "choose_password", "Choose a password first"),
            Error::Forbidden(_) => (403, "forbidden", "Not allowed"),
            Error::BadRequest(_) | Error::Refused(_) => (400, "bad_request", "The request cannot be understood"),
            Error::TooLarge(_) => (413, "too_large", "Too large"),
            Error::UnsupportedMedia(_) => (415, "unsupported_media_type", "This kind of body is not read here"),
            Error::Invalid(_) => (422, "invalid", "Some fields need attention"),
            Error::Conflict(code, _) => (409, code, "This contradicts what is stored"),
            Error::Busy => (503, "busy", "Too many answers at this moment"),
            Error::TooMany(_) => (429, "too_many_tries", "Too many tries"),
            Error::Unavailable(_) => (503, "storage_unavailable", "The database cannot be used now"),
            Error::Storage(_) | Error::Internal(_) => (500, "internal", "A fault of the program"),
        }
    }

    /// What the caller is told. Faults of the machine give nothing away; their full text is in the log.
    #[must_use]
    pub fn public_detail(&self) -> String {
        match self {
            Error::Unavailable(_) => "This was not confirmed. Keep it and send it again with the same id: it counts once.".to_owned(),
            Error::Busy => "Nothing was stored. Send the same answer again in a few seconds.".to_owned(),
            Error::Storage(_) | Error::Internal(_) => "This could not be done. The fault has been logged.".to_owned(),
            other => other.to_string(),
        }
    }

    /// After how many seconds trying again makes sense, where it does.
    #[must_use]
    pub fn retry_after(&self) -> Option<u32> {
        match self {
            Error::Busy => Some(2),
            Error::TooMany(seconds) => Some(*seconds),
            Error::Unavailable(_) => Some(10),
            _ => None,
        }
    }
}

impl From<diesel::result::Error> for Error {
    fn from(e: diesel::result::Error) -> Self {
        use diesel::result::{DatabaseErrorKind, Error as Db};
        match &e {
            Db::NotFound => Error::NotFound("the record".to_owned()),
            Db::DatabaseError(DatabaseErrorKind::ClosedConnection, _) | Db::BrokenTransactionManager => Error::Unavailable(e.to_string()),
            Db::DatabaseError(_, info) if is_outage(info.message()) => Error::Unavailable(e.to_string()),
            _ => Error::Storage(e.to_string()),
        }
    }
}

/// Messages of both databases that mean "not now" rather than "never".
fn is_outage(message: &str) -> bool {
    const WORDS: [&str; 12] = [
        "database or disk is full",
        "disk I/O error",
        "database is locked",
        "unable to open database file",
        "attempt to write a readonly database",
        "No space left on device",
        "could not extend file",
        "server closed the connection",
        "no connection to the server",
        "the database system is",
        "terminating connection",
        "connection to server",
    ];
    WORDS.iter().any(|w| message.contains(w))
}
