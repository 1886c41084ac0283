//! A person who may sign in.

use super::roles::{Act, Grant, Role, Tree, may, may_somewhere};
use crate::error::{Error, Result};

/// A user as a request knows them, without the password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Key.
    pub id: i64,
    /// Sign-in name.
    pub name: String,
    /// Whether the password is a one-time one.
    pub must_change_password: bool,
    /// The session's token against forged forms. A request with an API key has one that nobody knows, so it sends no forms.
    pub csrf: String,
    /// What they may do, and where.
    pub grants: Vec<Grant>,
}

impl User {
    /// Name and token for the head of a page.
    #[must_use]
    pub fn shown(&self) -> (String, String) {
        (self.name.clone(), self.csrf.clone())
    }

    /// Whether this user has this role somewhere; an administrator has all of them.
    #[must_use]
    pub fn has(&self, role: Role) -> bool {
        self.grants.iter().any(|g| g.counts() && (g.role == role || g.role == Role::Administrator))
    }

    /// Whether this user may do this somewhere.
    #[must_use]
    pub fn may_somewhere(&self, act: Act) -> bool {
        may_somewhere(&self.grants, act)
    }

    /// Whether this user may do this to something that is about these units of this tree.
    pub fn may<'a>(&self, act: Act, units: impl IntoIterator<Item = &'a str>, tree: &Tree) -> bool {
        may(&self.grants, act, units, tree)
    }

    /// Refuses who may not do this anywhere.
    ///
    /// # Errors
    /// `ChoosePassword` as long as the password is a one-time one, `Forbidden`.
    pub fn need(&self, act: Act) -> Result<()> {
        if self.must_change_password {
            Err(Error::ChoosePassword)
        } else if self.may_somewhere(act) {
            Ok(())
        } else {
            Err(Error::Forbidden("your roles do not include this; ask an administrator for it".to_owned()))
        }
    }
}
