//! The view of one's own account.

use chrono::NaiveDateTime;
use serde::Serialize;

use crate::accounts::model::Person;
use crate::accounts::roles::Grant;
use crate::accounts::tokens::store::{ApiKey, Session};
use crate::web::Language;
use crate::web::locale::Words;

/// The account page.
#[derive(Debug, Serialize)]
pub struct AccountView {
    /// Mail address.
    pub mail: Option<String>,
    /// Roles and branches, in words.
    pub roles: Vec<String>,
    /// Sessions, newest first.
    pub sessions: Vec<SessionView>,
    /// API keys, newest first.
    pub keys: Vec<KeyView>,
    /// A key that was just made: the only time that it is shown.
    pub new_key: Option<String>,
    /// Longest life of a key, in days.
    pub most_days: i64,
    /// What needs attention in the form of a key: key of the words.
    pub trouble: Option<&'static str>,
    /// Whether something was just done.
    pub done: bool,
}

/// A session.
#[derive(Debug, Serialize)]
pub struct SessionView {
    /// Its name for the form.
    pub name: String,
    /// When it began.
    pub started: String,
    /// In which kind of browser; empty when not known.
    pub browser: String,
    /// Whether it is the one that looks.
    pub this: bool,
}

/// An API key.
#[derive(Debug, Serialize)]
pub struct KeyView {
    /// Its number for the form.
    pub id: i64,
    /// What its owner calls it.
    pub name: String,
    /// When it was made.
    pub made: String,
    /// Until when it works.
    pub expires: String,
    /// Whether it no longer works.
    pub expired: bool,
}

/// A role and its branch in words.
#[must_use]
pub fn role_words(grant: &Grant, branch_name: Option<&str>, words: &Words) -> String {
    let role = words.say(&format!("role-{}", grant.role.as_str().replace('_', "-")), &[]);
    match &grant.branch {
        None => words.say("role-everywhere", &[("role", role)]),
        Some(branch) => {
            let branch = branch_name.map_or_else(|| branch.clone(), |name| format!("{name} ({branch})"));
            words.say("role-in-branch", &[("role", role), ("branch", branch)])
        }
    }
}

/// What the page is made of.
pub struct Account {
    /// Who it is.
    pub person: Person,
    /// Their sessions.
    pub sessions: Vec<Session>,
    /// Their keys.
    pub keys: Vec<ApiKey>,
}

impl Account {
    /// The page, for the session with this name.
    #[must_use]
    pub fn view(self, grants: &[Grant], this: &str, now: NaiveDateTime, language: Language, words: &Words) -> AccountView {
        let session =
            |s: Session| SessionView { this: s.name == this, started: language.moment(s.started_at), browser: s.browser, name: s.name };
        let key = |k: ApiKey| KeyView {
            id: k.id,
            name: k.name,
            made: language.moment(k.created_at),
            expires: language.moment(k.expires_at),
            expired: k.expires_at <= now,
        };
        AccountView {
            mail: self.person.mail,
            roles: grants.iter().filter(|g| g.counts()).map(|g| role_words(g, None, words)).collect(),
            sessions: self.sessions.into_iter().map(session).collect(),
            keys: self.keys.into_iter().map(key).collect(),
            new_key: None,
            most_days: crate::accounts::tokens::MOST_KEY_DAYS,
            trouble: None,
            done: false,
        }
    }
}
