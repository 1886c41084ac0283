//! Tables `mails`, `mail_attachments`.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::model::{Attachment, Mail, State};
use super::retry;
use crate::db::Conn;
use crate::db::schema::{mail_attachments, mails};
use crate::error::Result;

/// A mail about to wait.
pub(super) struct NewMail<'a> {
    pub(super) message_id: String,
    pub(super) message: &'a str,
    pub(super) to_name: &'a str,
    pub(super) to_address: &'a str,
    pub(super) subject: &'a str,
    pub(super) body_text: &'a str,
    pub(super) body_html: &'a str,
    pub(super) unsubscribe: Option<&'a str>,
    pub(super) attachments: &'a [Attachment],
}

/// Lets a mail wait; it is due at once.
pub(super) fn put(conn: &mut Conn, mail: &NewMail<'_>, now: NaiveDateTime) -> Result<()> {
    let id: i64 = diesel::insert_into(mails::table)
        .values((
            mails::message_id.eq(&mail.message_id),
            mails::message.eq(mail.message),
            mails::to_name.eq(mail.to_name),
            mails::to_address.eq(mail.to_address),
            mails::subject.eq(mail.subject),
            mails::body_text.eq(mail.body_text),
            mails::body_html.eq(mail.body_html),
            mails::state.eq(State::Waiting),
            mails::attempts.eq(0),
            mails::created_at.eq(now),
            mails::next_try_at.eq(now),
            mails::unsubscribe.eq(mail.unsubscribe),
        ))
        .returning(mails::id)
        .get_result(conn)?;
    for (position, attachment) in (0i64..).zip(mail.attachments) {
        diesel::insert_into(mail_attachments::table)
            .values((mail_attachments::mail.eq(id), mail_attachments::position.eq(position), attachment))
            .execute(conn)?;
    }
    Ok(())
}

/// Takes the next due mail for one try: until the lease ends no other process takes it. None when nothing is due.
pub fn take_due(conn: &mut Conn, now: NaiveDateTime) -> Result<Option<Mail>> {
    loop {
        let due: Option<Mail> = mails::table
            .filter(mails::state.eq(State::Waiting))
            .filter(mails::next_try_at.le(now))
            .order((mails::next_try_at, mails::id))
            .select(Mail::as_select())
            .first(conn)
            .optional()?;
        let Some(mut mail) = due else { return Ok(None) };
        // Whoever changes the time first has it; the other looks for the next one.
        let mine = diesel::update(
            mails::table
                .filter(mails::id.eq(mail.id))
                .filter(mails::state.eq(State::Waiting))
                .filter(mails::next_try_at.eq(mail.next_try_at)),
        )
        .set((mails::next_try_at.eq(now + retry::LEASE), mails::attempts.eq(mail.attempts + 1)))
        .execute(conn)?;
        if mine == 1 {
            mail.attempts += 1;
            return Ok(Some(mail));
        }
    }
}

/// The files that go with a mail, in order.
pub fn attachments(conn: &mut Conn, mail: i64) -> Result<Vec<Attachment>> {
    Ok(mail_attachments::table
        .filter(mail_attachments::mail.eq(mail))
        .order(mail_attachments::position)
        .select(Attachment::as_select())
        .load(conn)?)
}

/// Notes that a mail was sent, or given up for this reason, and forgets its text and files.
pub fn end(conn: &mut Conn, id: i64, state: State, trouble: Option<&str>, now: NaiveDateTime) -> Result<()> {
    diesel::delete(mail_attachments::table.filter(mail_attachments::mail.eq(id))).execute(conn)?;
    diesel::update(mails::table.find(id))
        .set((
            mails::state.eq(state),
            mails::body_text.eq(""),
            mails::body_html.eq(""),
            mails::unsubscribe.eq(None::<String>),
            mails::ended_at.eq(now),
            mails::trouble.eq(trouble),
        ))
        .execute(conn)?;
    Ok(())
}

/// Notes why a try failed and when the next one is.
pub fn later(conn: &mut Conn, id: i64, trouble: &str, at: NaiveDateTime) -> Result<()> {
    diesel::update(mails::table.find(id)).set((mails::next_try_at.eq(at), mails::trouble.eq(trouble))).execute(conn)?;
    Ok(())
}

/// When the next mail is due, if one waits.
pub fn next_due(conn: &mut Conn) -> Result<Option<NaiveDateTime>> {
    Ok(mails::table.filter(mails::state.eq(State::Waiting)).select(diesel::dsl::min(mails::next_try_at)).first(conn)?)
}

/// Mails that failed: those that wait after a failed try and those given up since this time, newest first.
pub fn in_trouble(conn: &mut Conn, since: NaiveDateTime, limit: i64) -> Result<Vec<Mail>> {
    Ok(mails::table
        .filter(mails::trouble.is_not_null())
        .filter(mails::state.eq(State::Waiting).or(mails::state.eq(State::GivenUp).and(mails::created_at.ge(since))))
        .order(mails::id.desc())
        .limit(limit)
        .select(Mail::as_select())
        .load(conn)?)
}

/// All mails in the order they were written.
pub fn all(conn: &mut Conn) -> Result<Vec<Mail>> {
    Ok(mails::table.order(mails::id).select(Mail::as_select()).load(conn)?)
}
