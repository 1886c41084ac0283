//! How a mail leaves: through an SMTP server, or as a file into a folder.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment as Attached, Mailbox, MultiPart};
use lettre::{Message, SmtpTransport, Transport};

use super::model::{Attachment, Mail};
use crate::config::MailSettings;
use crate::error::{Error, Result};

/// How long the mail server may take for one step.
const PATIENCE: Duration = Duration::from_secs(30);

/// Sends mails.
pub struct Carrier {
    from: Mailbox,
    way: Way,
}

enum Way {
    Server(Box<SmtpTransport>),
    Folder(PathBuf),
}

/// Why a mail was not sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// What the server said, or what went wrong here.
    pub reason: String,
    /// Whether trying again makes no sense, for example because the address does not exist.
    pub for_good: bool,
}

impl Carrier {
    /// Checks the settings. Nothing is connected yet.
    ///
    /// # Errors
    /// A sender or a server's address that cannot be read.
    pub fn new(settings: &MailSettings) -> Result<Self> {
        let from = settings.from.parse::<Mailbox>().map_err(|e| {
            Error::config(
                &format!("the mail sender {:?} cannot be read: {e}", settings.from),
                "write SIPAS_MAIL_FROM like SIPAS <sipas@hanoi.gov.vn>",
            )
        })?;
        let way = match &settings.smtp_url {
            None => Way::Folder(settings.folder.clone()),
            Some(url) => {
                // The message of the error could repeat the password.
                let builder = SmtpTransport::from_url(url).map_err(|_| {
                    Error::config(
                        "SIPAS_SMTP_URL cannot be read",
                        "write it like smtps://user:password@mail.example.org, or smtp://… for a server without TLS",
                    )
                })?;
                Way::Server(Box::new(builder.timeout(Some(PATIENCE)).build()))
            }
        };
        Ok(Carrier { from, way })
    }

    /// Sends one mail with its files.
    ///
    /// # Errors
    /// Why not, and whether to try again.
    pub fn send(&self, mail: &Mail, attachments: &[Attachment]) -> Result<(), Trouble> {
        let message = self.written(mail, attachments)?;
        match &self.way {
            Way::Server(server) => {
                server.send(&message).map(|_| ()).map_err(|e| Trouble { reason: e.to_string(), for_good: e.is_permanent() })
            }
            Way::Folder(folder) => store(folder, &mail.message_id, &message.formatted())
                .map_err(|e| Trouble { reason: format!("cannot write into {}: {e}", folder.display()), for_good: false }),
        }
    }

    /// The mail as it goes over the wire: text and HTML, the files beside them, headers encoded, the date of its writing.
    fn written(&self, mail: &Mail, attachments: &[Attachment]) -> Result<Message, Trouble> {
        let never = |e: &dyn std::fmt::Display| Trouble { reason: e.to_string(), for_good: true };
        let address = mail.to_address.parse().map_err(|e: lettre::address::AddressError| never(&e))?;
        let to = Mailbox::new(Some(mail.to_name.clone()).filter(|n| !n.is_empty()), address);
        let mut message = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(mail.subject.clone())
            .message_id(Some(format!("<{}>", mail.message_id)))
            .date(SystemTime::from(mail.created_at.and_utc()))
            // No "out of office" and the like.
            .raw_header(HeaderValue::new(AUTO_SUBMITTED, "auto-generated".to_owned()));
        if let Some(address) = &mail.unsubscribe {
            // RFC 8058: the reader's mail program unsubscribes by one POST to this address.
            message = message
                .raw_header(HeaderValue::new(LIST_UNSUBSCRIBE, format!("<{address}>")))
                .raw_header(HeaderValue::new(LIST_UNSUBSCRIBE_POST, "List-Unsubscribe=One-Click".to_owned()));
        }
        let text = MultiPart::alternative_plain_html(mail.body_text.clone(), mail.body_html.clone());
        let body = if attachments.is_empty() {
            text
        } else {
            attachments.iter().try_fold(MultiPart::mixed().multipart(text), |body, file| {
                let kind = ContentType::parse(&file.content_type).map_err(|e| never(&e))?;
                Ok(body.singlepart(Attached::new(file.name.clone()).body(file.bytes.clone(), kind)))
            })?
        };
        message.multipart(body).map_err(|e| never(&e))
    }
}

const AUTO_SUBMITTED: HeaderName = HeaderName::new_from_ascii_str("Auto-Submitted");
const LIST_UNSUBSCRIBE: HeaderName = HeaderName::new_from_ascii_str("List-Unsubscribe");
const LIST_UNSUBSCRIBE_POST: HeaderName = HeaderName::new_from_ascii_str("List-Unsubscribe-Post");

/// Writes the file whole or not at all. The same mail is the same file.
fn store(folder: &Path, message_id: &str, bytes: &[u8]) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    let name: String =
        message_id.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '@') { c } else { '_' }).collect();
    let unfinished = folder.join(format!("{name}.part"));
    let mut file = fs::File::create(&unfinished)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(unfinished, folder.join(format!("{name}.eml")))
}
