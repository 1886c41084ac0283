//! A mail in the outbox.

use chrono::NaiveDateTime;
use diesel::{Insertable, Queryable, Selectable};

use crate::db::schema::{mail_attachments, mails};
use crate::db::types::text_enum;

text_enum! {
    /// Where a mail is in its life.
    State {
        /// It is tried now or later.
        Waiting = "waiting",
        /// The mail server has taken it.
        Sent = "sent",
        /// It was tried for days, or the address does not exist.
        GivenUp = "given_up",
    }
}

/// A mail.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = mails)]
pub struct Mail {
    /// Key.
    pub id: i64,
    /// What the receiving side knows it by, without brackets; the same at each try.
    pub message_id: String,
    /// Which message it is: the folder under `templates/mail`.
    pub message: String,
    /// Name of the reader.
    pub to_name: String,
    /// Address of the reader.
    pub to_address: String,
    /// Subject, one line.
    pub subject: String,
    /// The text; empty once the mail no longer waits, because it may carry a one-time link.
    pub body_text: String,
    /// The same as HTML.
    pub body_html: String,
    /// Where it is in its life.
    pub state: State,
    /// How often it was tried.
    pub attempts: i64,
    /// When it was written.
    pub created_at: NaiveDateTime,
    /// When it is tried next.
    pub next_try_at: NaiveDateTime,
    /// When it was sent or given up.
    pub ended_at: Option<NaiveDateTime>,
    /// Why the last try failed.
    pub trouble: Option<String>,
    /// Address at which the reader can unsubscribe without signing in; empty once the mail no longer waits.
    pub unsubscribe: Option<String>,
}

/// A file that goes with a mail.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = mail_attachments)]
pub struct Attachment {
    /// Its name for the reader.
    pub name: String,
    /// What it is, for example `application/pdf`.
    pub content_type: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

impl Attachment {
    /// A PDF document.
    #[must_use]
    pub fn pdf(name: &str, bytes: Vec<u8>) -> Self {
        Attachment { name: name.to_owned(), content_type: "application/pdf".to_owned(), bytes }
    }
}
