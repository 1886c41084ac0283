//! Who may subscribe to what, and how a subscription ends. Each is written to the audit log, in the caller's transaction and first.

use chrono::NaiveDateTime;
use serde_json::json;

use super::model::{About, Subscription};
use super::store::{self, Wish};
use crate::accounts::model::{Person, User};
use crate::accounts::roles::{Grant, may};
use crate::accounts::{self, Act};
use crate::audit::{self, Actor, Object};
use crate::db::Conn;
use crate::error::{Error, FieldError, Result};
use crate::surveys::{self, Open, Surveys};

/// The survey's units that somebody with these grants may read by right, within a branch when one is named. What is public does not count: a
/// subscription is about one's own units.
#[must_use]
pub fn own_units(open: &Open, grants: &[Grant], branch: &str) -> Vec<String> {
    let tree = &open.frame.tree;
    let own = |unit: &&String| may(grants, Act::ReadResults, [unit.as_str()], tree) && (branch.is_empty() || tree.covers(branch, unit));
    open.frame.units.keys().filter(own).cloned().collect()
}

/// The surveys that a subscription is about, the earliest first. Drafts are not among them.
///
/// # Errors
/// Those of the database; a survey that is gone is no error.
pub fn surveys_of(conn: &mut Conn, about: About, code: &str) -> Result<Vec<surveys::Survey>> {
    match about {
        About::Series => surveys::store::in_series(conn, code),
        About::Survey => match surveys::store::by_code(conn, code) {
            Ok(survey) if survey.status != surveys::Status::Draft => Ok(vec![survey]),
            Ok(_) | Err(Error::NotFound(_)) => Ok(Vec::new()),
            Err(e) => Err(e),
        },
    }
}

/// Subscribes somebody.
///
/// # Errors
/// `Forbidden` for who reads no results; `Invalid` for a survey or series without a unit of theirs (`notice_survey`), or a unit that is not among those
/// (`notice_unit`); `no_mail` for who cannot be reached.
pub fn subscribe(conn: &mut Conn, cached: &Surveys, user: &User, wish: &Wish, now: NaiveDateTime) -> Result<()> {
    user.need(Act::ReadResults)?;
    if accounts::store::person(conn, user.id)?.mail.is_none() {
        return Err(Error::Conflict("no_mail", format!("{} has no mail address; ask an administrator to enter one", user.name)));
    }
    let (mut any, mut here) = (false, false);
    for survey in surveys_of(conn, wish.about, &wish.code)? {
        let open = cached.by_code_afresh(conn, &survey.code)?;
        any |= !own_units(&open, &user.grants, "").is_empty();
        here |= !own_units(&open, &user.grants, &wish.unit).is_empty();
    }
    if !any {
        let detail = format!("there is no {} {:?} with a unit whose results you may read; choose one of the list", wish.about, wish.code);
        return Err(Error::Invalid(vec![FieldError::new("about", "notice_survey", detail)]));
    }
    if !here {
        let detail = format!("the unit {:?} is not among those whose results you may read there; choose one of the list", wish.unit);
        return Err(Error::Invalid(vec![FieldError::new("unit", "notice_unit", detail)]));
    }
    let detail = json!({ "kind": wish.kind, "about": wish.about, "code": wish.code, "unit": wish.unit });
    audit::record(conn, user, "notice.subscribe", Object::new("user", &user.name), &detail)?;
    store::put(conn, user.id, wish, now)
}

/// Ends somebody's subscription; nothing happens, and nothing is recorded, when it has ended already. `by` says how.
///
/// # Errors
/// Those of the database.
pub fn unsubscribe(conn: &mut Conn, who: &impl Actor, owner: &Person, id: i64, by: &str, now: NaiveDateTime) -> Result<bool> {
    let Some(subscription) = store::if_running(conn, id)?.filter(|s| s.user_id == owner.id) else { return Ok(false) };
    let Subscription { kind, about, code, unit, .. } = &subscription;
    let detail = json!({ "kind": kind, "about": about, "code": code, "unit": unit, "by": by });
    audit::record(conn, who, "notice.unsubscribe", Object::new("user", &owner.name), &detail)?;
    store::end(conn, owner.id, id, now)
}
