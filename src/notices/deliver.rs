//! One notice and its mail, in one transaction: neither is there without the other, so a crash neither loses nor doubles.

use chrono::NaiveDateTime;
use serde::Serialize;

use super::model::{Subscription, Told};
use super::store;
use super::subscribe::own_units;
use crate::accounts::model::Person;
use crate::accounts::roles::{Act, Grant, may};
use crate::accounts::{self, password};
use crate::db::Conn;
use crate::error::Result;
use crate::mail::{Attachment, Enclosed, Letter, Post};
use crate::surveys::Open;
use crate::web::Language;

/// Somebody who is to be told, as things stand now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    /// The subscription.
    pub subscription: Subscription,
    /// Who.
    pub person: Person,
    /// Where to.
    pub mail: String,
    /// What they may read.
    pub grants: Vec<Grant>,
    /// Their own units in the survey, at least one.
    pub units: Vec<String>,
}

impl Reader {
    /// Who is told by this subscription about this survey: nobody when it has ended, the account is disabled or has no address, or no unit of the survey
    /// is theirs any more.
    ///
    /// # Errors
    /// Those of the database.
    pub fn find(conn: &mut Conn, subscription: i64, open: &Open) -> Result<Option<Self>> {
        let Some(subscription) = store::if_running(conn, subscription)? else { return Ok(None) };
        let person = accounts::store::person(conn, subscription.user_id)?;
        let grants = accounts::store::grants_of(conn, person.id)?;
        let units = own_units(open, &grants, &subscription.unit);
        let Some(mail) = person.mail.clone().filter(|_| !person.disabled && !units.is_empty()) else { return Ok(None) };
        Ok(Some(Reader { subscription, person, mail, grants, units }))
    }

    /// The language of their mails.
    #[must_use]
    pub fn language(&self) -> Language {
        Language::from_code(&self.person.language).unwrap_or(Language::Vi)
    }

    /// Whether they may open the survey's report as a whole.
    #[must_use]
    pub fn may_open_report(&self, open: &Open) -> bool {
        open.survey.results_are_public()
            || may(&self.grants, Act::ReadResults, open.frame.units.keys().map(String::as_str), &open.frame.tree)
    }
}

/// What a mail shows and carries.
pub struct Composed<V> {
    /// Fills the templates.
    pub view: V,
    /// Files.
    pub attachments: Vec<Attachment>,
}

/// What is told.
#[derive(Debug, Clone, Copy)]
pub struct Notice<'a> {
    /// The folder under `templates/mail`.
    pub message: &'static str,
    /// Key of the survey.
    pub survey: i64,
    /// What makes each part of it told once.
    pub told: &'a [Told],
}

/// Notes what is told and puts the mail into the outbox, in the caller's transaction; false when all of it was told before. `compose` gets what is
/// new of it and the path that unsubscribes.
///
/// # Errors
/// Those of the database, of `compose` and of the templates; the transaction must then not be committed.
pub fn deliver<V: Serialize>(
    conn: &mut Conn,
    post: &Post,
    reader: &Reader,
    notice: Notice<'_>,
    compose: impl FnOnce(&[Told], &str) -> Result<Composed<V>>,
    now: NaiveDateTime,
) -> Result<bool> {
    let token = password::long_token();
    let digest = password::digest(&token);
    let mut new = Vec::new();
    for one in notice.told {
        if store::tell(conn, &reader.subscription, notice.survey, one, &digest, now)? {
            new.push(one.clone());
        }
    }
    if new.is_empty() {
        return Ok(false);
    }
    let path = format!("/notices/{token}");
    let composed = compose(&new, &path)?;
    let letter = Letter { message: notice.message, to_name: &reader.person.name, to_address: &reader.mail, language: reader.language() };
    let enclosed = Enclosed { attachments: &composed.attachments, unsubscribe: Some(&path) };
    post.put_with(conn, &letter, &composed.view, enclosed, now)?;
    Ok(true)
}
