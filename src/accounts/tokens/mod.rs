//! What opens an account besides the password: sessions in browsers, one-time links in mails, API keys of programs.
//!
//! - [`store`]: tables `sessions`, `password_links`, `api_keys`. Of every token only the digest is stored, so that a copy of the database opens nothing.
//! - [`SESSION_HOURS`], [`Purpose`]: how long each lasts.

pub mod store;

use chrono::Duration;

use crate::db::types::text_enum;

/// How long a session lasts without signing in again.
pub const SESSION_HOURS: i64 = 12;
/// Longest life of an API key, in days.
pub const MOST_KEY_DAYS: i64 = 366;
/// Most API keys of one person.
pub const MOST_KEYS: usize = 20;

text_enum! {
    /// What a one-time link is for.
    Purpose {
        /// The first password of somebody who was invited.
        Invitation = "invitation",
        /// A new password for somebody who forgot it.
        Reset = "reset",
    }
}

impl Purpose {
    /// How long the link works.
    #[must_use]
    pub fn lasts(self) -> Duration {
        match self {
            Purpose::Invitation => Duration::hours(72),
            Purpose::Reset => Duration::hours(1),
        }
    }
}
