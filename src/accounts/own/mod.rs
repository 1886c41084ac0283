//! One's own account: sessions and API keys.
//!
//! - [`handlers`]: `/account`, `/account/sessions`, `/account/keys`, `/account/keys/{key}`.
//! - [`pages`]: what the template shows.

pub mod handlers;
pub mod pages;
