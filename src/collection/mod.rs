//! Collection: from a citizen's answer to a stored response, acknowledged once it is on disk and counted once.
//!
//! - [`validate`]: the one place where answers from outside become checked ones; it belongs to the questionnaires.
//! - [`intake`]: the bounded queue and the one writer that commits many responses in one durable transaction.
//! - [`walk`]: which page of a questionnaire comes next.
//! - [`typed`], [`submission`]: what a posted form and a JSON body say.
//! - [`import`], [`export`]: responses as CSV.
//! - [`handlers`], [`pages`], [`show`]: the citizen's pages and the API.
//! - [`preview`]: the same pages for trying a questionnaire out; nothing is stored.
//! - [`arrivals`]: what is new among a survey's responses.
//! - [`written`]: what people wrote in their own words.
//! - [`store`]: tables `responses`, `place_codes`.

pub mod arrivals;
pub mod export;
pub mod handlers;
pub mod import;
pub mod intake;
pub mod pages;
pub mod preview;
pub mod response;
pub mod show;
pub mod store;
pub mod submission;
pub mod typed;
pub mod walk;
pub mod written;

pub use crate::questionnaires::validate;
pub use intake::{Intake, Receipt};
pub use response::{Origin, Response, form_code};
