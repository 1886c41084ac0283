//! A role in a branch of the unit tree as it is today.

use chrono::NaiveDate;

use crate::accounts::{Grant, Role};
use crate::db::Conn;
use crate::error::{Error, FieldError, Result};
use crate::units;

/// The grant of a role in the branch under this unit; in the whole tree when it is empty. `00070 Phường Hoàn Kiếm`, as a browser's list gives it, is read
/// as `00070`.
///
/// # Errors
/// `Invalid`: the unit does not exist on this day, or the role cannot be limited.
pub fn grant(conn: &mut Conn, role: Role, branch: &str, today: NaiveDate) -> Result<Grant> {
    let Some(code) = branch.split_whitespace().next() else { return Ok(Grant::everywhere(role)) };
    let wrong = |word: &str, detail: String| Error::Invalid(vec![FieldError::new("branch", word, detail)]);
    let grant = Grant::within(role, code)
        .ok_or_else(|| wrong("branch_not_limited", format!("the role {role} is for the whole tree; leave the branch empty")))?;
    if units::store::on_day(conn, today)?.iter().any(|u| u.code == code) {
        return Ok(grant);
    }
    Err(wrong("branch_unknown", format!("there is no unit {code:?} today; choose one of the list")))
}
