//! Accounts: who may do what, how they sign in, and what a right looks like in a handler's signature.
//!
//! - [`roles`]: roles, what each may do, branches of the unit tree; [`model`]: a user.
//! - [`rights`]: [`SignedIn`], [`Administrator`], [`Designer`] … [`Viewer`]; [`forms`]: forms and uploads that carry the session's token against forgery.
//! - [`people`]: what is done to people, each recorded; [`tokens`]: sessions, one-time links, API keys.
//! - [`password`]: argon2id hashes and one-time passwords; [`gate`]: who tries too often waits ([`attempts`], by [`network`] and [`device`]).
//! - [`handlers`], [`pages`]: signing in and out, changing the password; [`links`]: passwords by mail; [`own`]: `/account`, with each session's [`browser`].
//! - [`store`]: tables `users`, `grants`.

pub mod attempts;
pub mod browser;
pub mod device;
pub mod forms;
pub mod gate;
pub mod handlers;
pub mod links;
pub mod model;
pub mod network;
pub mod own;
pub mod pages;
pub mod password;
pub mod people;
pub mod rights;
pub mod roles;
pub mod store;
pub mod tokens;

pub use forms::{SignedForm, SignedUpload};
pub use model::User;
pub use rights::{Administrator, Analyst, Designer, DraftReader, ResultsReader, Reviewer, Signatory, SignedIn, SurveyManager, Viewer};
pub use roles::{Act, Grant, Role, Tree};
