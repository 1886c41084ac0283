//! Tables `users`, `grants`, `sessions`, `password_links`, `api_keys`.

use chrono::{Duration, NaiveDateTime};
use diesel::prelude::*;
use sha2::{Digest, Sha256};

use super::model::User;
use super::password;
use super::roles::{Grant, Role};
use crate::db::Conn;
use crate::db::portable::on_either;
use crate::db::schema::{api_keys, grants, sessions, users};
use crate::error::{Error, Result};

/// How long a session lasts without signing in again.
pub const SESSION_HOURS: i64 = 12;

fn digest(token: &str) -> String {
    Sha256::digest(token.as_bytes()).iter().map(|b| format!("{b:02x}")).collect()
}

/// Adds an administrator with a one-time password, which is returned.
///
/// # Errors
/// `user_exists`.
pub fn add_administrator(conn: &mut Conn, name: &str, now: NaiveDateTime) -> Result<String> {
    let one_time = password::one_time();
    let id: i64 = diesel::insert_into(users::table)
        .values((
            users::name.eq(name),
            users::password_hash.eq(password::hash(&one_time)?),
            users::must_change_password.eq(true),
            users::created_at.eq(now),
        ))
        .returning(users::id)
        .get_result(conn)
        .map_err(|e| match e {
            diesel::result::Error::DatabaseError(diesel::result::DatabaseErrorKind::UniqueViolation, _) => Error::Conflict(
                "user_exists",
                format!("there is a user {name:?} already; use `sipas user reset {name}` for a new password"),
            ),
            other => other.into(),
        })?;
    add_grant(conn, id, &Grant::everywhere(Role::Administrator))?;
    Ok(one_time)
}

/// Gives a user a role in a branch; nothing changes when they have it.
pub fn add_grant(conn: &mut Conn, user: i64, grant: &Grant) -> Result<()> {
    let row = (grants::user_id.eq(user), grants::role.eq(grant.role), grants::branch.eq(grant.branch.as_deref().unwrap_or("")));
    on_either!(conn, c => diesel::insert_into(grants::table).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(())
}

/// What a user may do, and where, in order.
pub fn grants_of(conn: &mut Conn, user: i64) -> Result<Vec<Grant>> {
    let rows: Vec<(Role, String)> = grants::table.filter(grants::user_id.eq(user)).select((grants::role, grants::branch)).load(conn)?;
    let mut all: Vec<Grant> =
        rows.into_iter().map(|(role, branch)| Grant { role, branch: Some(branch).filter(|b| !b.is_empty()) }).collect();
    all.sort();
    Ok(all)
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

/// Starts a session in this kind of browser and returns its token, which is stored only as a digest.
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

/// Ends a session.
pub fn end_session(conn: &mut Conn, token: &str) -> Result<()> {
    diesel::delete(sessions::table.find(digest(token))).execute(conn)?;
    Ok(())
}
