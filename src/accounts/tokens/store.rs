//! Tables `sessions`, `password_links`, `api_keys`.

use chrono::{Duration, NaiveDateTime};
use diesel::prelude::*;

use super::{Purpose, SESSION_HOURS};
use crate::accounts::model::User;
use crate::accounts::password::{self, digest};
use crate::accounts::store::grants_of;
use crate::db::Conn;
use crate::db::schema::{api_keys, password_links, sessions, users};
use crate::error::{Error, Result};

/// Starts a session in this kind of browser and returns its token.
pub fn start_session(conn: &mut Conn, user: i64, browser: &str, now: NaiveDateTime) -> Result<String> {
    let token = password::token();
    diesel::delete(sessions::table.filter(sessions::expires_at.lt(now))).execute(conn)?;
    diesel::insert_into(sessions::table)
        .values((
            sessions::token_digest.eq(digest(&token)),
            sessions::user_id.eq(user),
            sessions::csrf.eq(password::token()),
            sessions::started_at.eq(now),
            sessions::expires_at.eq(now + Duration::hours(SESSION_HOURS)),
            sessions::browser.eq(browser),
        ))
        .execute(conn)?;
    Ok(token)
}

/// The user of a session that has not ended.
pub fn by_session(conn: &mut Conn, token: &str, now: NaiveDateTime) -> Result<Option<User>> {
    let row: Option<(i64, String, bool, String)> = sessions::table
        .inner_join(users::table)
        .filter(sessions::token_digest.eq(digest(token)))
        .filter(sessions::expires_at.gt(now))
        .filter(users::disabled.eq(false))
        .select((users::id, users::name, users::must_change_password, sessions::csrf))
        .first(conn)
        .optional()?;
    row.map(|(id, name, must_change_password, csrf)| Ok(User { id, name, must_change_password, csrf, grants: grants_of(conn, id)? }))
        .transpose()
}

/// Ends the session with this token.
pub fn end_session(conn: &mut Conn, token: &str) -> Result<()> {
    diesel::delete(sessions::table.find(digest(token))).execute(conn)?;
    Ok(())
}

/// A session, as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Digest of its token: it names the session and opens nothing.
    pub name: String,
    /// When it began.
    pub started_at: NaiveDateTime,
    /// In which kind of browser.
    pub browser: String,
}

/// A user's sessions that have not ended, newest first.
pub fn sessions_of(conn: &mut Conn, user: i64, now: NaiveDateTime) -> Result<Vec<Session>> {
    let rows: Vec<(String, NaiveDateTime, String)> = sessions::table
        .filter(sessions::user_id.eq(user))
        .filter(sessions::expires_at.gt(now))
        .order(sessions::started_at.desc())
        .select((sessions::token_digest, sessions::started_at, sessions::browser))
        .load(conn)?;
    Ok(rows.into_iter().map(|(name, started_at, browser)| Session { name, started_at, browser }).collect())
}

/// Ends one session of a user by its name; says whether there was one.
pub fn end_named_session(conn: &mut Conn, user: i64, name: &str) -> Result<bool> {
    let ended = diesel::delete(sessions::table.filter(sessions::user_id.eq(user)).filter(sessions::token_digest.eq(name))).execute(conn)?;
    Ok(ended > 0)
}

/// Ends all sessions of a user but the one with this token.
pub fn end_sessions(conn: &mut Conn, user: i64, but: Option<&str>) -> Result<usize> {
    let kept = but.map(digest).unwrap_or_default();
    Ok(diesel::delete(sessions::table.filter(sessions::user_id.eq(user)).filter(sessions::token_digest.ne(kept))).execute(conn)?)
}

/// Makes a one-time link's token. Older links of the user no longer work.
pub fn new_link(conn: &mut Conn, user: i64, purpose: Purpose, now: NaiveDateTime) -> Result<String> {
    let token = password::long_token();
    void_links(conn, user)?;
    diesel::delete(password_links::table.filter(password_links::expires_at.lt(now))).execute(conn)?;
    diesel::insert_into(password_links::table)
        .values((
            password_links::token_digest.eq(digest(&token)),
            password_links::user_id.eq(user),
            password_links::purpose.eq(purpose),
            password_links::expires_at.eq(now + purpose.lasts()),
        ))
        .execute(conn)?;
    Ok(token)
}

/// Ends all one-time links of a user.
pub fn void_links(conn: &mut Conn, user: i64) -> Result<()> {
    diesel::delete(password_links::table.filter(password_links::user_id.eq(user))).execute(conn)?;
    Ok(())
}

/// Whose link this is, and what for, while it works.
pub fn by_link(conn: &mut Conn, token: &str, now: NaiveDateTime) -> Result<Option<(i64, String, Purpose)>> {
    Ok(password_links::table
        .inner_join(users::table)
        .filter(password_links::token_digest.eq(digest(token)))
        .filter(password_links::expires_at.gt(now))
        .filter(users::disabled.eq(false))
        .select((users::id, users::name, password_links::purpose))
        .first(conn)
        .optional()?)
}

/// Uses up a link; says whether it still was there. Of two who use it at once only one gets true.
pub fn use_link(conn: &mut Conn, token: &str) -> Result<bool> {
    Ok(diesel::delete(password_links::table.find(digest(token))).execute(conn)? > 0)
}

/// The user of an API key that has not expired.
pub fn by_key(conn: &mut Conn, key: &str, now: NaiveDateTime) -> Result<Option<User>> {
    let row: Option<(i64, String, bool)> = api_keys::table
        .inner_join(users::table)
        .filter(api_keys::key_digest.eq(digest(key)))
        .filter(api_keys::expires_at.gt(now))
        .filter(users::disabled.eq(false))
        .select((users::id, users::name, users::must_change_password))
        .first(conn)
        .optional()?;
    row.map(|(id, name, must_change_password)| {
        Ok(User { id, name, must_change_password, csrf: password::token(), grants: grants_of(conn, id)? })
    })
    .transpose()
}

/// An API key, as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Key of the row.
    pub id: i64,
    /// What the owner calls it.
    pub name: String,
    /// When it was made.
    pub created_at: NaiveDateTime,
    /// Until when it works.
    pub expires_at: NaiveDateTime,
}

/// A user's API keys, newest first, also those that have expired.
pub fn keys_of(conn: &mut Conn, user: i64) -> Result<Vec<ApiKey>> {
    let rows: Vec<(i64, String, NaiveDateTime, NaiveDateTime)> = api_keys::table
        .filter(api_keys::user_id.eq(user))
        .order(api_keys::id.desc())
        .select((api_keys::id, api_keys::name, api_keys::created_at, api_keys::expires_at))
        .load(conn)?;
    Ok(rows.into_iter().map(|(id, name, created_at, expires_at)| ApiKey { id, name, created_at, expires_at }).collect())
}

/// Makes an API key and returns it; it cannot be read again.
pub fn new_key(conn: &mut Conn, user: i64, name: &str, now: NaiveDateTime, expires_at: NaiveDateTime) -> Result<String> {
    let key = format!("sipas_{}", password::long_token());
    diesel::insert_into(api_keys::table)
        .values((
            api_keys::user_id.eq(user),
            api_keys::name.eq(name),
            api_keys::key_digest.eq(digest(&key)),
            api_keys::created_at.eq(now),
            api_keys::expires_at.eq(expires_at),
        ))
        .execute(conn)?;
    Ok(key)
}

/// Ends a user's API key and returns its name.
///
/// # Errors
/// `NotFound`.
pub fn end_key(conn: &mut Conn, user: i64, id: i64) -> Result<String> {
    diesel::delete(api_keys::table.filter(api_keys::user_id.eq(user)).filter(api_keys::id.eq(id)))
        .returning(api_keys::name)
        .get_result(conn)
        .optional()?
        .ok_or_else(|| Error::NotFound(format!("API key {id}")))
}
