//! Mail: messages made of templates, an outbox in the database, a worker that sends.
//!
//! - [`message`]: a letter, rendered as text and HTML in the reader's language; [`Post`] puts it into the outbox in the caller's transaction, perhaps with files.
//! - [`store`]: tables `mails`, `mail_attachments`; [`retry`]: when a mail is tried again and when it is given up.
//! - [`transport`]: an SMTP server, or a folder of `.eml` files; [`worker`]: the thread that sends what is due.
//!
//! What was committed is sent at least once. A crash between sending and noting it sends it again, with the same `Message-ID`, by which the receiving side
//! can tell; into a folder it is the same file again.

pub mod message;
pub mod model;
pub mod retry;
pub mod store;
pub mod transport;
pub mod worker;

pub use message::{Enclosed, Letter, Post};
pub use model::Attachment;
pub use transport::Carrier;
