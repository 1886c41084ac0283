//! Tables `users`, `sessions`.

use chrono::{Duration, NaiveDateTime};
use diesel::prelude::*;
use sha2::{Digest, Sha256};

use super::password;
use crate::db::Conn;
use crate::db::schema::{sessions, users};
use crate::error::{Error, Result};

/// How long a session lasts without signing in again.
pub const SESSION_HOURS: i64 = 12;

/// A user, without the password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Key.
    pub id: i64,
    /// Sign-in name.
    pub name: String,
    /// Whether the password is a one-time one.
    pub must_change_password: bool,
    /// The session's token against forged forms.
    pub csrf: String,
}

impl User {
    /// Name and token for the head of a page.
    #[must_use]
    pub fn shown(&self) -> (String, String) {
        (self.name.clone(), self.csrf.clone())
    }
}

fn digest(token: &str) -> String {
    Sha256::digest(token.as_bytes()).iter().map(|b| format!("{b:02x}")).collect()
}

/// Adds an administrator with a one-time password, which is returned.
///
/// # Errors
/// `user_exists`.
pub fn add_administrator(conn: &mut Conn, name: &str, now: NaiveDateTime) -> Result<String> {
    let one_time = password::one_time();
    diesel::insert_into(users::table)
        .values((
            users::name.eq(name),
            users::password_hash.eq(password::hash(&one_time)?),
            users::role.eq("administrator"),
            users::must_change_password.eq(true),
            users::created_at.eq(now),
        ))
        .execute(conn)
        .map_err(|e| match e {
            diesel::result::Error::DatabaseError(diesel::result::DatabaseErrorKind::UniqueViolation, _) => Error::Conflict(
                "user_exists",
                format!("there is a user {name:?} already; use `sipas user reset {name}` for a new password"),
            ),
            other => other.into(),
        })?;
    Ok(one_time)
}

/// Gives a user a new one-time password and ends the user's sessions.
///
/// # Errors
/// `NotFound`.
pub fn reset(conn: &mut Conn, name: &str) -> Result<String> {
    let one_time = password::one_time();
    let id: i64 = users::table
        .filter(users::name.eq(name))
        .select(users::id)
        .first(conn)
        .optional()?
        .ok_or_else(|| Error::NotFound(format!("user {name}")))?;
    set_password_hash(conn, id, &password::hash(&one_time)?, true)?;
    Ok(one_time)
}

fn set_password_hash(conn: &mut Conn, id: i64, hash: &str, must_change: bool) -> Result<()> {
    diesel::update(users::table.find(id))
        .set((users::password_hash.eq(hash), users::must_change_password.eq(must_change)))
        .execute(conn)?;
    diesel::delete(sessions::table.filter(sessions::user_id.eq(id))).execute(conn)?;
    Ok(())
}

/// Sets a chosen password. All sessions of the user end; the caller starts a new one.
pub fn set_password(conn: &mut Conn, id: i64, chosen: &str) -> Result<()> {
    set_password_hash(conn, id, &password::hash(chosen)?, false)
}

/// Whether the user exists and whether the password is still a one-time one.
pub fn unclaimed(conn: &mut Conn, name: &str) -> Result<Option<bool>> {
    Ok(users::table.filter(users::name.eq(name)).select(users::must_change_password).first(conn).optional()?)
}

/// The user's key when name and password fit. Takes the same time when the name does not exist.
pub fn authenticate(conn: &mut Conn, name: &str, given: &str) -> Result<Option<i64>> {
    const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$vTn+zfCWq6kJj3kKFjwBVSUZL1YMnNEkmUgHnkSAjOE";
    let found: Option<(i64, String)> =
        users::table.filter(users::name.eq(name)).select((users::id, users::password_hash)).first(conn).optional()?;
    let fits = password::verify(given, found.as_ref().map_or(NOBODY, |(_, hash)| hash));
    Ok(found.filter(|_| fits).map(|(id, _)| id))
}

/// Starts a session and returns its token, which is stored only as a digest.
pub fn start_session(conn: &mut Conn, user: i64, now: NaiveDateTime) -> Result<String> {
    let token = password::token();
    diesel::delete(sessions::table.filter(sessions::expires_at.lt(now))).execute(conn)?;
    diesel::insert_into(sessions::table)
        .values((
            sessions::token_digest.eq(digest(&token)),
            sessions::user_id.eq(user),
            sessions::csrf.eq(password::token()),
            sessions::expires_at.eq(now + Duration::hours(SESSION_HOURS)),
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
        .select((users::id, users::name, users::must_change_password, sessions::csrf))
        .first(conn)
        .optional()?;
    Ok(row.map(|(id, name, must_change_password, csrf)| User { id, name, must_change_password, csrf }))
}

/// Ends a session.
pub fn end_session(conn: &mut Conn, token: &str) -> Result<()> {
    diesel::delete(sessions::table.find(digest(token))).execute(conn)?;
    Ok(())
}
