//! Notices: people are told by mail what happens in their own units, as they asked for.
//!
//! - [`model`]: a subscription, its kinds; [`subscribe`]: who may subscribe to what, and ending it; [`store`]: tables `subscriptions`, `notices`.
//! - [`period`]: what is due when, by Vietnam's clock; [`scheduler`]: finds what is due and has it written, each notice once, whoever tries.
//! - [`figures`]: figures of a month, a wave, a week, from the columns of responses; [`alerts`]: which of them call for attention.
//! - [`release`]: the notice that a release was published, for its own transaction; [`deliver`]: one notice and its mail, in one transaction.
//! - [`report`]: the PDF that goes with a digest; [`pages`]: what pages and mails show; [`handlers`]: `/account/notices`, `/notices/{token}`.
//!
//! Rights are looked at when somebody subscribes and again when a mail is written: who lost the right, or is disabled, gets nothing.

pub mod alerts;
pub mod deliver;
pub mod figures;
pub mod handlers;
pub mod model;
pub mod pages;
pub mod period;
pub mod release;
pub mod report;
pub mod scheduler;
pub mod store;
pub mod subscribe;

pub use release::{Release, announce};
pub use scheduler::{ReportAsked, ReportPdf, Scheduler};
