//! Views of the people pages.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::accounts::model::Person;
use crate::accounts::own::pages::role_words;
use crate::accounts::{Grant, Role};
use crate::mail::model::{Mail, State};
use crate::units::Unit;
use crate::web::Language;
use crate::web::locale::Words;

/// A choice in a list: value and words.
pub type Choice = (String, String);

/// The list.
#[derive(Debug, Serialize)]
pub struct PeopleView {
    /// Everybody, by name.
    pub people: Vec<PersonLine>,
    /// Mails that failed.
    pub mails: Vec<MailLine>,
    /// What the form of an invitation held when it needs attention.
    pub form: InviteForm,
    /// What needs attention: key of the words.
    pub trouble: Option<String>,
    /// Whether somebody was just invited.
    pub done: bool,
    /// Roles.
    pub roles: Vec<Choice>,
    /// Units that a role may be limited to.
    pub branches: Vec<Choice>,
}

/// What was typed into the form of an invitation.
#[derive(Debug, Clone, Default, Serialize, serde::Deserialize)]
#[serde(default)]
pub struct InviteForm {
    /// Name.
    pub name: String,
    /// Mail address.
    pub mail: String,
    /// Language of mails.
    pub language: String,
    /// Role.
    pub role: String,
    /// Branch, empty for the whole tree.
    pub branch: String,
}

/// Somebody in the list, and on a page of their own.
#[derive(Debug, Serialize)]
pub struct PersonLine {
    /// Key.
    pub id: i64,
    /// Name.
    pub name: String,
    /// Mail address.
    pub mail: Option<String>,
    /// Roles and branches in words.
    pub roles: Vec<String>,
    /// When they last signed in; empty when never.
    pub last_sign_in: String,
    /// `active`, `invited`, `one-time`, `disabled`.
    pub state: &'static str,
}

/// A mail that failed.
#[derive(Debug, Serialize)]
pub struct MailLine {
    /// Address.
    pub to: String,
    /// Subject.
    pub subject: String,
    /// When it was written.
    pub written: String,
    /// Why.
    pub reason: String,
    /// When it is tried again; empty when it was given up.
    pub again: String,
}

/// A role that somebody has.
#[derive(Debug, Serialize)]
pub struct GrantLine {
    /// The role's word.
    pub role: &'static str,
    /// Code of the branch; empty for the whole tree.
    pub branch: String,
    /// Both in words.
    pub words: String,
}

/// One person.
#[derive(Debug, Serialize)]
pub struct PersonView {
    /// The person.
    pub person: PersonLine,
    /// Their roles.
    pub grants: Vec<GrantLine>,
    /// How many sessions they have.
    pub sessions: usize,
    /// Whether a step was just taken.
    pub done: bool,
    /// What needs attention: key of the words.
    pub trouble: Option<String>,
    /// Roles.
    pub roles: Vec<Choice>,
    /// Units that a role may be limited to.
    pub branches: Vec<Choice>,
}

/// What views are made with.
pub struct Maker<'a> {
    /// Language of the page.
    pub language: Language,
    /// Its words.
    pub words: &'a Words,
    /// Units of today by code.
    pub units: &'a BTreeMap<String, Unit>,
}

impl Maker<'_> {
    /// A role in words.
    fn role(&self, grant: &Grant) -> String {
        let name = grant.branch.as_ref().and_then(|b| self.units.get(b)).map(|u| u.name(self.language.code()));
        role_words(grant, name, self.words)
    }

    /// Somebody with their roles.
    #[must_use]
    pub fn person(&self, person: &Person, grants: &[Grant]) -> PersonLine {
        let state = match person {
            p if p.disabled => "disabled",
            p if !p.has_password => "invited",
            p if p.must_change_password => "one-time",
            _ => "active",
        };
        PersonLine {
            id: person.id,
            name: person.name.clone(),
            mail: person.mail.clone(),
            roles: grants.iter().map(|g| self.role(g)).collect(),
            last_sign_in: person.last_sign_in.map(|at| self.language.moment(at)).unwrap_or_default(),
            state,
        }
    }

    /// Roles, each with the words and values for a form.
    #[must_use]
    pub fn grants(&self, grants: &[Grant]) -> Vec<GrantLine> {
        let line = |g: &Grant| GrantLine { role: g.role.as_str(), branch: g.branch.clone().unwrap_or_default(), words: self.role(g) };
        grants.iter().map(line).collect()
    }

    /// A mail that failed.
    #[must_use]
    pub fn mail(&self, mail: &Mail) -> MailLine {
        let waits = mail.state == State::Waiting;
        MailLine {
            to: mail.to_address.clone(),
            subject: mail.subject.clone(),
            written: self.language.moment(mail.created_at),
            reason: mail.trouble.clone().unwrap_or_default(),
            again: if waits { self.language.moment(mail.next_try_at) } else { String::new() },
        }
    }

    /// All roles to choose from.
    #[must_use]
    pub fn roles(&self) -> Vec<Choice> {
        let words = |r: &Role| self.words.say(&format!("role-{}", r.as_str().replace('_', "-")), &[]);
        Role::ALL.iter().map(|r| (r.as_str().to_owned(), words(r))).collect()
    }

    /// All units to choose from.
    #[must_use]
    pub fn branches(&self) -> Vec<Choice> {
        self.units.values().map(|u| (u.code.clone(), u.name(self.language.code()).to_owned())).collect()
    }
}
