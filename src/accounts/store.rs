//! Tables `users`, `grants`.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::model::Person;
use super::roles::{Grant, Role};
use crate::db::Conn;
use crate::db::portable::on_either;
use crate::db::schema::{grants, users};
use crate::error::{Error, Result};

/// What is known of a user at the sign-in form.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// Key.
    pub id: i64,
    /// Name.
    pub name: String,
    /// Stored hash of the password; empty when there is none.
    pub hash: String,
    /// Whether they may sign in.
    pub disabled: bool,
}

type PersonRow = (i64, String, Option<String>, String, bool, bool, NaiveDateTime, Option<NaiveDateTime>, String);

fn person_of(row: PersonRow) -> Person {
    let (id, name, mail, language, disabled, must_change_password, created_at, last_sign_in, hash) = row;
    Person { id, name, mail, language, disabled, must_change_password, created_at, last_sign_in, has_password: !hash.is_empty() }
}

macro_rules! person_columns {
    () => {
        (
            users::id,
            users::name,
            users::mail,
            users::language,
            users::disabled,
            users::must_change_password,
            users::created_at,
            users::last_sign_in,
            users::password_hash,
        )
    };
}

/// Who has this name or this mail address.
pub fn credentials(conn: &mut Conn, typed: &str) -> Result<Option<Credentials>> {
    let typed = typed.trim();
    let row: Option<(i64, String, String, bool)> = users::table
        .filter(users::name.eq(typed).or(users::mail.eq(typed.to_lowercase())))
        .select((users::id, users::name, users::password_hash, users::disabled))
        .order((users::name.eq(typed).desc(), users::id))
        .first(conn)
        .optional()?;
    Ok(row.map(|(id, name, hash, disabled)| Credentials { id, name, hash, disabled }))
}

/// Everybody, by name.
pub fn people(conn: &mut Conn) -> Result<Vec<Person>> {
    let rows: Vec<PersonRow> = users::table.order(users::name).select(person_columns!()).load(conn)?;
    Ok(rows.into_iter().map(person_of).collect())
}

/// One person.
///
/// # Errors
/// `NotFound`.
pub fn person(conn: &mut Conn, id: i64) -> Result<Person> {
    let row: Option<PersonRow> = users::table.find(id).select(person_columns!()).first(conn).optional()?;
    row.map(person_of).ok_or_else(|| Error::NotFound(format!("user {id}")))
}

/// The person with this name.
///
/// # Errors
/// `NotFound`.
pub fn person_named(conn: &mut Conn, name: &str) -> Result<Person> {
    let row: Option<PersonRow> = users::table.filter(users::name.eq(name)).select(person_columns!()).first(conn).optional()?;
    row.map(person_of).ok_or_else(|| Error::NotFound(format!("user {name}")))
}

/// A person about to be added.
#[derive(Debug, Clone)]
pub struct NewPerson<'a> {
    /// Sign-in name.
    pub name: &'a str,
    /// Mail address.
    pub mail: Option<&'a str>,
    /// Language of their mails.
    pub language: &'a str,
    /// Hash of a one-time password; empty for none.
    pub password_hash: &'a str,
}

/// Adds a person without any grant.
///
/// # Errors
/// `user_exists`, `mail_exists`.
pub fn insert(conn: &mut Conn, person: &NewPerson<'_>, now: NaiveDateTime) -> Result<i64> {
    diesel::insert_into(users::table)
        .values((
            users::name.eq(person.name),
            users::mail.eq(person.mail),
            users::language.eq(person.language),
            users::password_hash.eq(person.password_hash),
            users::must_change_password.eq(!person.password_hash.is_empty()),
            users::created_at.eq(now),
        ))
        .returning(users::id)
        .get_result(conn)
        .map_err(|e| taken(e, person.name))
}

/// Sets a person's mail address.
///
/// # Errors
/// `mail_exists`.
pub fn set_mail(conn: &mut Conn, id: i64, mail: &str) -> Result<()> {
    diesel::update(users::table.find(id)).set(users::mail.eq(mail)).execute(conn).map_err(|e| taken(e, ""))?;
    Ok(())
}

/// Says which of name and address is taken.
fn taken(e: diesel::result::Error, name: &str) -> Error {
    use diesel::result::{DatabaseErrorKind, Error as Db};
    match &e {
        Db::DatabaseError(DatabaseErrorKind::UniqueViolation, info) if info.message().contains("mail") => {
            Error::Conflict("mail_exists", "somebody else has this mail address; use another, or change that person's".to_owned())
        }
        Db::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => Error::Conflict(
            "user_exists",
            format!("there is a user {name:?} already; choose another name, or use `sipas user reset {name}` for a new password"),
        ),
        _ => e.into(),
    }
}

/// Replaces the stored hash of the password.
pub fn set_password_hash(conn: &mut Conn, id: i64, hash: &str, must_change: bool) -> Result<()> {
    diesel::update(users::table.find(id))
        .set((users::password_hash.eq(hash), users::must_change_password.eq(must_change)))
        .execute(conn)?;
    Ok(())
}

/// Lets a person sign in, or no longer.
pub fn set_disabled(conn: &mut Conn, id: i64, disabled: bool) -> Result<()> {
    diesel::update(users::table.find(id)).set(users::disabled.eq(disabled)).execute(conn)?;
    Ok(())
}

/// Notes a sign-in.
pub fn signed_in(conn: &mut Conn, id: i64, now: NaiveDateTime) -> Result<()> {
    diesel::update(users::table.find(id)).set(users::last_sign_in.eq(now)).execute(conn)?;
    Ok(())
}

/// Gives a person a role in a branch; nothing changes when they have it.
pub fn add_grant(conn: &mut Conn, user: i64, grant: &Grant) -> Result<()> {
    let row = (grants::user_id.eq(user), grants::role.eq(grant.role), grants::branch.eq(grant.branch.as_deref().unwrap_or("")));
    on_either!(conn, c => diesel::insert_into(grants::table).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(())
}

/// Takes a role in a branch away; says whether there was one.
pub fn remove_grant(conn: &mut Conn, user: i64, grant: &Grant) -> Result<bool> {
    let branch = grant.branch.as_deref().unwrap_or("");
    Ok(diesel::delete(grants::table.find((user, grant.role, branch))).execute(conn)? > 0)
}

/// What a person may do, and where, in order.
pub fn grants_of(conn: &mut Conn, user: i64) -> Result<Vec<Grant>> {
    let rows: Vec<(Role, String)> = grants::table.filter(grants::user_id.eq(user)).select((grants::role, grants::branch)).load(conn)?;
    let mut all: Vec<Grant> = rows.into_iter().map(grant_of).collect();
    all.sort();
    Ok(all)
}

/// What everybody may do, by the key of the person.
pub fn all_grants(conn: &mut Conn) -> Result<BTreeMap<i64, Vec<Grant>>> {
    let rows: Vec<(i64, Role, String)> = grants::table.select((grants::user_id, grants::role, grants::branch)).load(conn)?;
    let mut all: BTreeMap<i64, Vec<Grant>> = BTreeMap::new();
    for (user, role, branch) in rows {
        all.entry(user).or_default().push(grant_of((role, branch)));
    }
    all.values_mut().for_each(|grants| grants.sort());
    Ok(all)
}

fn grant_of((role, branch): (Role, String)) -> Grant {
    Grant { role, branch: Some(branch).filter(|b| !b.is_empty()) }
}

/// How many administrators can sign in now.
pub fn active_administrators(conn: &mut Conn) -> Result<i64> {
    let administrators = grants::table.filter(grants::role.eq(Role::Administrator)).filter(grants::branch.eq("")).select(grants::user_id);
    Ok(users::table
        .filter(users::id.eq_any(administrators))
        .filter(users::disabled.eq(false))
        .filter(users::password_hash.ne(""))
        .count()
        .get_result(conn)?)
}
