//! Tables `subscriptions`, `notices`.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::model::{About, Kind, Subscription, Told};
use crate::db::Conn;
use crate::db::portable::on_either;
use crate::db::schema::{notices, subscriptions};
use crate::error::Result;

/// What somebody subscribes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// What about.
    pub kind: Kind,
    /// Whether `code` is a survey or a series.
    pub about: About,
    /// Code of the survey, or name of the series.
    pub code: String,
    /// Unit whose branch is meant; empty for all.
    pub unit: String,
}

/// Notes a wish: a new one, an ended one begun again, or another unit for one that is there.
pub fn put(conn: &mut Conn, user: i64, wish: &Wish, now: NaiveDateTime) -> Result<()> {
    on_either!(conn, c => diesel::insert_into(subscriptions::table)
        .values((
            subscriptions::user_id.eq(user),
            subscriptions::kind.eq(wish.kind),
            subscriptions::about.eq(wish.about),
            subscriptions::code.eq(&wish.code),
            subscriptions::unit.eq(&wish.unit),
            subscriptions::created_at.eq(now),
        ))
        .on_conflict((subscriptions::user_id, subscriptions::kind, subscriptions::about, subscriptions::code))
        .do_update()
        .set((subscriptions::unit.eq(&wish.unit), subscriptions::created_at.eq(now), subscriptions::ended_at.eq(None::<NaiveDateTime>)))
        .execute(c))?;
    Ok(())
}

/// Ends a person's subscription; says whether it ran.
pub fn end(conn: &mut Conn, user: i64, id: i64, now: NaiveDateTime) -> Result<bool> {
    let ended = diesel::update(
        subscriptions::table
            .filter(subscriptions::id.eq(id))
            .filter(subscriptions::user_id.eq(user))
            .filter(subscriptions::ended_at.is_null()),
    )
    .set(subscriptions::ended_at.eq(now))
    .execute(conn)?;
    Ok(ended > 0)
}

/// A person's running subscriptions, in the order they began.
pub fn of_person(conn: &mut Conn, user: i64) -> Result<Vec<Subscription>> {
    Ok(subscriptions::table
        .filter(subscriptions::user_id.eq(user))
        .filter(subscriptions::ended_at.is_null())
        .order(subscriptions::id)
        .select(Subscription::as_select())
        .load(conn)?)
}

/// All running subscriptions of a kind.
pub fn running(conn: &mut Conn, kind: Kind) -> Result<Vec<Subscription>> {
    Ok(subscriptions::table
        .filter(subscriptions::kind.eq(kind))
        .filter(subscriptions::ended_at.is_null())
        .order(subscriptions::id)
        .select(Subscription::as_select())
        .load(conn)?)
}

/// A subscription, if it runs.
pub fn if_running(conn: &mut Conn, id: i64) -> Result<Option<Subscription>> {
    Ok(subscriptions::table.find(id).filter(subscriptions::ended_at.is_null()).select(Subscription::as_select()).first(conn).optional()?)
}

/// The subscription that the link of a mail is about, running or ended.
pub fn by_token(conn: &mut Conn, token_digest: &str) -> Result<Option<Subscription>> {
    let id: Option<i64> =
        notices::table.filter(notices::token_digest.eq(token_digest)).select(notices::subscription_id).first(conn).optional()?;
    let Some(id) = id else { return Ok(None) };
    Ok(subscriptions::table.find(id).select(Subscription::as_select()).first(conn).optional()?)
}

/// Notes that something is told, unless it was told before: true for whoever is first. On PostgreSQL a second transaction waits here for the first to end.
pub fn tell(
    conn: &mut Conn,
    subscription: &Subscription,
    survey: i64,
    told: &Told,
    token_digest: &str,
    now: NaiveDateTime,
) -> Result<bool> {
    let row = (
        notices::user_id.eq(subscription.user_id),
        notices::kind.eq(subscription.kind),
        notices::survey_id.eq(survey),
        notices::object.eq(&told.object),
        notices::period.eq(&told.period),
        notices::subscription_id.eq(subscription.id),
        notices::token_digest.eq(token_digest),
        notices::made_at.eq(now),
    );
    let added = on_either!(conn, c => diesel::insert_into(notices::table).values(row).on_conflict_do_nothing().execute(c))?;
    Ok(added > 0)
}

/// What a person was told about a survey, by kind.
pub fn told(conn: &mut Conn, user: i64, kind: Kind, survey: i64) -> Result<Vec<Told>> {
    let rows: Vec<(String, String)> = notices::table
        .filter(notices::user_id.eq(user))
        .filter(notices::kind.eq(kind))
        .filter(notices::survey_id.eq(survey))
        .order((notices::period, notices::object))
        .select((notices::object, notices::period))
        .load(conn)?;
    Ok(rows.into_iter().map(|(object, period)| Told { object, period }).collect())
}
