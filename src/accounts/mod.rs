//! Accounts: who may administer, how they sign in, and what a right looks like in a handler's signature.
//!
//! - [`password`]: argon2id hashes and one-time passwords.
//! - [`rights`]: [`Administrator`], [`Viewer`] and forms that carry the session's token against forgery.
//! - [`handlers`], [`pages`]: signing in and out, changing the password.
//! - [`store`]: tables `users`, `sessions`.

pub mod handlers;
pub mod pages;
pub mod password;
pub mod rights;
pub mod store;

pub use rights::{Administrator, SignedForm, Viewer};
