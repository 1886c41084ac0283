//! Accounts: who may do what, how they sign in, and what a right looks like in a handler's signature.
//!
//! - [`roles`]: roles, what each may do, branches of the unit tree; [`model`]: a user.
//! - [`rights`]: [`SignedIn`], [`Administrator`], [`Designer`] … [`Viewer`]; [`forms`]: forms and uploads that carry the session's token against forgery.
//! - [`password`]: argon2id hashes and one-time passwords.
//! - [`handlers`], [`pages`]: signing in and out, changing the password.
//! - [`store`]: tables `users`, `grants`, `sessions`, `password_links`, `api_keys`.

pub mod forms;
pub mod handlers;
pub mod model;
pub mod pages;
pub mod password;
pub mod rights;
pub mod roles;
pub mod store;

pub use forms::{SignedForm, SignedUpload};
pub use model::User;
pub use rights::{Administrator, Analyst, Designer, DraftReader, Reviewer, SignedIn, SurveyManager, Viewer};
pub use roles::{Act, Grant, Role, Tree};
