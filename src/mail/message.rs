//! A letter, and how it becomes a mail in the outbox.

use std::sync::Arc;

use chrono::NaiveDateTime;
use lettre::Address;
use lettre::message::header::ContentType;
use serde::Serialize;

use super::model::Attachment;
use super::store;
use super::worker::Wake;
use crate::db::Conn;
use crate::error::{Error, FieldError, Result};
use crate::web::{Language, Renderer};

/// Most bytes of all files of one mail: most mail servers take 10 MiB, and base64 adds a third.
pub const MOST_ATTACHED: usize = 7 * 1024 * 1024;

/// Longest subject and name, in characters.
const LONGEST_LINE: usize = 200;

/// Who gets which message.
#[derive(Debug, Clone)]
pub struct Letter<'a> {
    /// The folder under `templates/mail`.
    pub message: &'static str,
    /// Name of the reader.
    pub to_name: &'a str,
    /// Address of the reader.
    pub to_address: &'a str,
    /// Language of the reader.
    pub language: Language,
}

/// What goes with a letter.
#[derive(Debug, Clone, Copy, Default)]
pub struct Enclosed<'a> {
    /// Files.
    pub attachments: &'a [Attachment],
    /// Path of ours at which a POST unsubscribes without signing in (RFC 8058).
    pub unsubscribe: Option<&'a str>,
}

/// Takes letters into the outbox.
#[derive(Clone)]
pub struct Post {
    renderer: Renderer,
    public_url: Arc<str>,
    wake: Wake,
}

impl Post {
    /// A post whose letters lead to this address of ours.
    #[must_use]
    pub fn new(renderer: Renderer, public_url: &str, wake: Wake) -> Self {
        Post { renderer, public_url: public_url.trim_end_matches('/').into(), wake }
    }

    /// The full address of a page, for a reader who is elsewhere. It never comes from a request, whose sender could have written anything.
    #[must_use]
    pub fn address(&self, path: &str) -> String {
        format!("{}{path}", self.public_url)
    }

    /// Writes the letter into the outbox, in the caller's transaction. The view fills `subject.txt`, `body.txt` and `body.html`.
    ///
    /// # Errors
    /// An address that is none; a template that fails.
    pub fn put(&self, conn: &mut Conn, letter: &Letter<'_>, view: &impl Serialize, now: NaiveDateTime) -> Result<()> {
        self.put_with(conn, letter, view, Enclosed::default(), now)
    }

    /// As [`Post::put`], with files and a way to unsubscribe.
    ///
    /// # Errors
    /// As [`Post::put`]; files that are too large together, or of a kind that cannot be read.
    pub fn put_with(
        &self,
        conn: &mut Conn,
        letter: &Letter<'_>,
        view: &impl Serialize,
        enclosed: Enclosed<'_>,
        now: NaiveDateTime,
    ) -> Result<()> {
        let render = |part: &str| self.renderer.template(letter.language, &format!("mail/{}/{part}", letter.message), view);
        store::put(
            conn,
            &store::NewMail {
                message_id: format!("{}@{}", uuid::Uuid::new_v4(), domain(&self.public_url)),
                message: letter.message,
                to_name: &one_line(letter.to_name),
                to_address: &address(letter.to_address)?,
                subject: &one_line(&render("subject.txt")?),
                body_text: &render("body.txt")?,
                body_html: &render("body.html")?,
                unsubscribe: enclosed.unsubscribe.map(|path| self.address(path).replace(char::is_control, "")).as_deref(),
                attachments: &checked(enclosed.attachments)?,
            },
            now,
        )
    }

    /// Words and templates that letters are made of.
    #[must_use]
    pub fn renderer(&self) -> &Renderer {
        &self.renderer
    }

    /// Tells the worker that something was committed.
    pub fn wake(&self) {
        self.wake.wake();
    }
}

/// Files with names on one line and of kinds that can be read.
fn checked(given: &[Attachment]) -> Result<Vec<Attachment>> {
    let bytes: usize = given.iter().map(|file| file.bytes.len()).sum();
    if bytes > MOST_ATTACHED {
        return Err(Error::TooLarge(MOST_ATTACHED));
    }
    let file = |file: &Attachment| {
        let kind = |e| Error::Internal(format!("the attachment {} has the kind {:?}: {e}", file.name, file.content_type));
        ContentType::parse(&file.content_type).map_err(kind)?;
        // A path is no name, and a quotation mark would end it.
        let name = one_line(&file.name).replace(['/', '\\', '"'], "_");
        Ok(Attachment { name, content_type: file.content_type.clone(), bytes: file.bytes.clone() })
    };
    given.iter().map(file).collect()
}

/// A text as one line of a header: whatever could end the line becomes a space.
#[must_use]
pub fn one_line(text: &str) -> String {
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    let words: Vec<&str> = text.split(|c: char| breaks(c) || c == ' ').filter(|w| !w.is_empty()).collect();
    words.join(" ").chars().take(LONGEST_LINE).collect()
}

/// A mail address as it is stored: checked, in small letters.
///
/// # Errors
/// `Invalid`, for the field `mail`.
pub fn address(given: &str) -> Result<String> {
    let small = given.trim().to_lowercase();
    let fits = small.len() <= 254 && !small.chars().any(char::is_control) && small.parse::<Address>().is_ok();
    if fits {
        return Ok(small);
    }
    let detail = "this is no mail address; write it like lan@hanoi.gov.vn";
    Err(Error::Invalid(vec![FieldError::new("mail", "mail_address", detail)]))
}

/// The host of an address, for Message-IDs.
fn domain(url: &str) -> String {
    let host = url.split("://").nth(1).unwrap_or(url).split(['/', ':']).next().unwrap_or_default();
    let plain: String = host.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-')).collect();
    if plain.is_empty() { "sipas.invalid".to_owned() } else { plain }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_cannot_be_put_into_a_line() {
        assert_eq!(one_line("Lan\r\nBcc: evil@example.com"), "Lan Bcc: evil@example.com");
        assert_eq!(one_line("a\u{2028}b\u{0}c\u{85}d\t e"), "a b c d e");
        assert_eq!(one_line(&"x".repeat(999)).len(), 200);
    }

    #[test]
    fn only_one_address_is_an_address() {
        assert_eq!(address(" Lan@Hanoi.gov.vn ").unwrap(), "lan@hanoi.gov.vn");
        for wrong in ["", "lan", "lan@", "@x.vn", "a@x.vn,b@x.vn", "a@x.vn\r\nBcc: b@x.vn", "a b@x.vn", "Lan <a@x.vn>", "a@x.vn\u{0}"] {
            assert!(address(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn message_ids_have_a_host() {
        assert_eq!(domain("https://sipas.hanoi.gov.vn:8443/x"), "sipas.hanoi.gov.vn");
        assert_eq!(domain("nonsense>\n"), "nonsense");
        assert_eq!(domain("http://[::1]:80"), "sipas.invalid");
    }
}
