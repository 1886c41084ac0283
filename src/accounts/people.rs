//! What is done to people: added, invited, given and taken roles, disabled, given new passwords. Each is written to the audit log, in the caller's
//! transaction and before anything is changed, so that of two administrators who disable each other one is left.

use chrono::NaiveDateTime;
use serde::Serialize;
use serde_json::{Value, json};

use super::model::{Person, User, user_name};
use super::roles::{Grant, Role};
use super::tokens::{Purpose, store as tokens};
use super::{password, store};
use crate::audit::{self, Actor, CommandLine, Object};
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::mail::{Letter, Post, message};
use crate::web::Language;

/// Somebody about to be invited.
#[derive(Debug, Clone)]
pub struct Newcomer {
    /// Sign-in name.
    pub name: String,
    /// Where the invitation goes.
    pub mail: String,
    /// Language of their mails.
    pub language: Language,
    /// Their first role.
    pub grant: Grant,
}

/// What mails with a link show.
#[derive(Serialize)]
struct LinkView<'a> {
    name: &'a str,
    by: &'a str,
    url: String,
    hours: String,
}

fn record(conn: &mut Conn, who: &impl Actor, action: &str, person: &str, detail: &Value) -> Result<()> {
    audit::record(conn, who, action, Object::new("user", person), detail)
}

fn grant_detail(grant: &Grant) -> Value {
    json!({ "role": grant.role, "branch": grant.branch })
}

/// Adds an administrator, as [`add_with_one_time`] does.
///
/// # Errors
/// The same.
pub fn add_administrator(conn: &mut Conn, name: &str, now: NaiveDateTime) -> Result<String> {
    add_with_one_time(conn, name, &Grant::everywhere(Role::Administrator), now)
}

/// Adds a person who has this right, with a one-time password, which is returned. Done on the command line of the server only.
///
/// # Errors
/// `user_exists`, a name that is none.
pub fn add_with_one_time(conn: &mut Conn, name: &str, grant: &Grant, now: NaiveDateTime) -> Result<String> {
    let name = user_name(name)?;
    let one_time = password::one_time();
    let hash = password::hash(&one_time)?;
    record(conn, &CommandLine, "user.create", &name, &grant_detail(grant))?;
    let id = store::insert(conn, &store::NewPerson { name: &name, mail: None, language: Language::Vi.code(), password_hash: &hash }, now)?;
    store::add_grant(conn, id, grant)?;
    Ok(one_time)
}

/// Gives a person a new one-time password, which is returned, and ends sessions and links. Done on the command line of the server only.
///
/// # Errors
/// `NotFound`.
pub fn reset(conn: &mut Conn, name: &str) -> Result<String> {
    let person = store::person_named(conn, name)?;
    let one_time = password::one_time();
    let hash = password::hash(&one_time)?;
    record(conn, &CommandLine, "user.one_time_password", &person.name, &json!({}))?;
    set_password(conn, person.id, &hash, true)?;
    Ok(one_time)
}

/// A password is new: what was opened with the old one ends.
fn set_password(conn: &mut Conn, id: i64, hash: &str, one_time: bool) -> Result<()> {
    store::set_password_hash(conn, id, hash, one_time)?;
    tokens::void_links(conn, id)?;
    tokens::end_sessions(conn, id, None)?;
    Ok(())
}

/// A person sets a password of their own, by its hash. All sessions end; the token of a new one is returned.
pub fn choose_password(conn: &mut Conn, user: &User, hash: &str, browser: &str, now: NaiveDateTime) -> Result<String> {
    record(conn, user, "user.password", &user.name, &json!({ "by": "old password" }))?;
    set_password(conn, user.id, hash, false)?;
    tokens::start_session(conn, user.id, browser, now)
}

/// Sets a password by a one-time link, which is used up. All sessions end; the person and the token of a new session are returned.
///
/// # Errors
/// `link_ended` when the link is used, old or wrong.
pub fn password_by_link(conn: &mut Conn, link: &str, hash: &str, browser: &str, now: NaiveDateTime) -> Result<(Person, String)> {
    let ended = || Error::Conflict("link_ended", "this link does not work any more; ask for a new one".to_owned());
    let (id, name, purpose) = tokens::by_link(conn, link, now)?.ok_or_else(ended)?;
    let person = store::person(conn, id)?;
    record(conn, &person, "user.password", &name, &json!({ "by": purpose }))?;
    if !tokens::use_link(conn, link)? {
        return Err(ended());
    }
    set_password(conn, id, hash, false)?;
    store::signed_in(conn, id, now)?;
    let session = tokens::start_session(conn, id, browser, now)?;
    Ok((person, session))
}

/// Invites somebody: adds them with a first role and mails a link to set a password.
///
/// # Errors
/// `user_exists`, `mail_exists`, a name or address that is none.
pub fn invite(conn: &mut Conn, who: &impl Actor, post: &Post, newcomer: &Newcomer, now: NaiveDateTime) -> Result<i64> {
    let name = user_name(&newcomer.name)?;
    let mail = message::address(&newcomer.mail)?;
    let mut detail = grant_detail(&newcomer.grant);
    if let Some(detail) = detail.as_object_mut() {
        detail.insert("mail".to_owned(), Value::from(mail.as_str()));
    }
    record(conn, who, "user.invite", &name, &detail)?;
    let new = store::NewPerson { name: &name, mail: Some(&mail), language: newcomer.language.code(), password_hash: "" };
    let id = store::insert(conn, &new, now)?;
    store::add_grant(conn, id, &newcomer.grant)?;
    let person = store::person(conn, id)?;
    send_link(conn, post, &person, Purpose::Invitation, who.shown_name(), now)?;
    Ok(id)
}

/// Mails a new link to set a password: an invitation to who has none yet, else one for a new password. Older links no longer work.
///
/// # Errors
/// `NotFound`; `no_mail`, `disabled` when nothing can be sent.
pub fn send_new_link(conn: &mut Conn, who: &impl Actor, post: &Post, id: i64, now: NaiveDateTime) -> Result<()> {
    let person = store::person(conn, id)?;
    if person.disabled {
        return Err(Error::Conflict("disabled", format!("{} is disabled; enable the account first", person.name)));
    }
    let purpose = if person.has_password { Purpose::Reset } else { Purpose::Invitation };
    record(conn, who, "user.link", &person.name, &json!({ "purpose": purpose }))?;
    send_link(conn, post, &person, purpose, who.shown_name(), now)
}

/// Somebody forgot a password. Who is typed gets a mail when they exist, may sign in and have an address; the caller is not told which.
pub fn forgot(conn: &mut Conn, post: &Post, typed: &str, now: NaiveDateTime) -> Result<()> {
    let Some(found) = store::credentials(conn, typed)?.filter(|found| !found.disabled) else { return Ok(()) };
    let person = store::person(conn, found.id)?;
    if person.mail.is_none() {
        return Ok(());
    }
    let purpose = if person.has_password { Purpose::Reset } else { Purpose::Invitation };
    record(conn, &person, "user.forgot", &person.name, &json!({ "purpose": purpose }))?;
    send_link(conn, post, &person, purpose, "", now)
}

fn send_link(conn: &mut Conn, post: &Post, person: &Person, purpose: Purpose, by: &str, now: NaiveDateTime) -> Result<()> {
    let no_mail = || Error::Conflict("no_mail", format!("{} has no mail address; enter one first", person.name));
    let to_address = person.mail.as_deref().ok_or_else(no_mail)?;
    let token = tokens::new_link(conn, person.id, purpose, now)?;
    let letter = Letter {
        message: purpose.as_str(),
        to_name: &person.name,
        to_address,
        language: Language::from_code(&person.language).unwrap_or(Language::Vi),
    };
    let view = LinkView {
        name: &person.name,
        by,
        url: post.address(&format!("/password/{token}")),
        hours: purpose.lasts().num_hours().to_string(),
    };
    post.put(conn, &letter, &view, now)
}

/// Sets a person's mail address. Links that went to the old one no longer work.
///
/// # Errors
/// `NotFound`, `mail_exists`, an address that is none.
pub fn set_mail(conn: &mut Conn, who: &impl Actor, id: i64, mail: &str) -> Result<()> {
    let mail = message::address(mail)?;
    let person = store::person(conn, id)?;
    record(conn, who, "user.mail", &person.name, &json!({ "from": person.mail, "to": mail }))?;
    tokens::void_links(conn, id)?;
    store::set_mail(conn, id, &mail)
}

/// Gives a person a role in a branch.
///
/// # Errors
/// `NotFound`.
pub fn grant(conn: &mut Conn, who: &impl Actor, id: i64, grant: &Grant) -> Result<()> {
    let person = store::person(conn, id)?;
    record(conn, who, "user.grant", &person.name, &grant_detail(grant))?;
    store::add_grant(conn, id, grant)
}

/// Takes a role in a branch away.
///
/// # Errors
/// `NotFound`; `last_administrator`.
pub fn revoke(conn: &mut Conn, who: &impl Actor, id: i64, grant: &Grant) -> Result<()> {
    let person = store::person(conn, id)?;
    record(conn, who, "user.revoke", &person.name, &grant_detail(grant))?;
    keeping_an_administrator(conn, |conn| {
        if store::remove_grant(conn, id, grant)? {
            return Ok(());
        }
        Err(Error::NotFound(format!("the role {} of {}, in this branch,", grant.role, person.name)))
    })
}

/// Lets a person no longer sign in; sessions and links end, API keys stop working.
///
/// # Errors
/// `NotFound`; `last_administrator`.
pub fn disable(conn: &mut Conn, who: &impl Actor, id: i64) -> Result<()> {
    let person = store::person(conn, id)?;
    record(conn, who, "user.disable", &person.name, &json!({}))?;
    keeping_an_administrator(conn, |conn| store::set_disabled(conn, id, true))?;
    tokens::void_links(conn, id)?;
    tokens::end_sessions(conn, id, None)?;
    Ok(())
}

/// Lets a person sign in again.
///
/// # Errors
/// `NotFound`.
pub fn enable(conn: &mut Conn, who: &impl Actor, id: i64) -> Result<()> {
    let person = store::person(conn, id)?;
    record(conn, who, "user.enable", &person.name, &json!({}))?;
    store::set_disabled(conn, id, false)
}

/// Ends all sessions of a person but the one with this token.
///
/// # Errors
/// `NotFound`.
pub fn end_sessions(conn: &mut Conn, who: &impl Actor, id: i64, but: Option<&str>) -> Result<()> {
    let person = store::person(conn, id)?;
    record(conn, who, "user.sessions_end", &person.name, &json!({ "but_this_one": but.is_some() }))?;
    tokens::end_sessions(conn, id, but)?;
    Ok(())
}

/// Makes a change after which somebody must still be able to administer.
fn keeping_an_administrator(conn: &mut Conn, change: impl FnOnce(&mut Conn) -> Result<()>) -> Result<()> {
    let before = store::active_administrators(conn)?;
    change(conn)?;
    if before > 0 && store::active_administrators(conn)? == 0 {
        let why = "this is the last administrator who can sign in; make somebody else an administrator first";
        return Err(Error::Conflict("last_administrator", why.to_owned()));
    }
    Ok(())
}
