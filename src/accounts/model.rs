//! A person who may sign in.

use chrono::NaiveDateTime;

use super::roles::{Act, Grant, Role, Tree, may, may_somewhere};
use crate::audit::Actor;
use crate::error::{Error, FieldError, Result};
use crate::web::render::SignedInAs;

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
    /// Name, token and ways for the head of a page.
    #[must_use]
    pub fn shown(&self) -> SignedInAs {
        SignedInAs { name: self.name.clone(), csrf: self.csrf.clone(), ways: ways(&self.grants) }
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

/// The pages that people with these grants find in the head of every page: address and key of the words.
#[must_use]
pub fn ways(grants: &[Grant]) -> Vec<(&'static str, &'static str)> {
    const WAYS: [(Act, &str, &str); 6] = [
        (Act::ManageSurveys, "/admin", "nav-surveys"),
        (Act::ReadResults, "/admin/releases", "nav-releases"),
        (Act::ReadDrafts, "/admin/questionnaires", "nav-questionnaires"),
        (Act::Administer, "/admin/indices", "index-nav"),
        (Act::Administer, "/admin/people", "nav-people"),
        (Act::Administer, "/admin/audit", "nav-audit"),
    ];
    WAYS.into_iter().filter(|(act, ..)| may_somewhere(grants, *act)).map(|(_, to, words)| (to, words)).collect()
}

/// Where somebody with these grants begins after signing in: those who read results and manage nothing on the front page, where their units' cards are.
#[must_use]
pub fn first_page(grants: &[Grant]) -> &'static str {
    match ways(grants).first() {
        Some((to, _)) if may_somewhere(grants, Act::ManageSurveys) || !may_somewhere(grants, Act::ReadResults) => to,
        Some(_) => "/",
        None => "/account",
    }
}

impl Actor for User {
    fn key(&self) -> Option<i64> {
        Some(self.id)
    }

    fn shown_name(&self) -> &str {
        &self.name
    }
}

/// A person, as administrators see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Key.
    pub id: i64,
    /// Sign-in name.
    pub name: String,
    /// Mail address, in small letters.
    pub mail: Option<String>,
    /// Code of the language of their mails.
    pub language: String,
    /// Whether they may no longer sign in.
    pub disabled: bool,
    /// Whether the password is a one-time one.
    pub must_change_password: bool,
    /// When they were added.
    pub created_at: NaiveDateTime,
    /// When they last signed in.
    pub last_sign_in: Option<NaiveDateTime>,
    /// Whether they have a password; somebody who was invited has none yet.
    pub has_password: bool,
}

impl Actor for Person {
    fn key(&self) -> Option<i64> {
        Some(self.id)
    }

    fn shown_name(&self) -> &str {
        &self.name
    }
}

/// A sign-in name as it is stored: 2 to 60 letters of any language, digits, spaces, `.`, `-`, `_`, `'`. With no `@` it can never be somebody's address.
///
/// # Errors
/// `Invalid`, for the field `name`.
pub fn user_name(given: &str) -> Result<String> {
    let name = given.trim();
    let fits = (2..=60).contains(&name.chars().count()) && name.chars().all(|c| c.is_alphanumeric() || " .-_'".contains(c));
    if fits {
        return Ok(name.to_owned());
    }
    let detail = "a name has 2 to 60 letters, digits, spaces or . - _ '";
    Err(Error::Invalid(vec![FieldError::new("name", "user_name", detail)]))
}

#[cfg(test)]
mod tests {
    use super::user_name;

    #[test]
    fn names_are_of_letters_and_on_one_line() {
        assert_eq!(user_name(" Nguyễn Thị Lan ").unwrap(), "Nguyễn Thị Lan");
        for wrong in ["", "a", "a\nb", "a\r\nBcc: x", "lan@x.vn", "<b>", "lan\u{202e}", &"x".repeat(61)] {
            assert!(user_name(wrong).is_err(), "{wrong:?}");
        }
    }
}
