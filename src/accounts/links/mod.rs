//! Passwords by mail: a forgotten password, and the one-time links in mails.
//!
//! - [`handlers`]: `/forgot`, `/password/{token}`. Looking at a link does not use it up, because mail scanners look at links; setting a password does.
//! - [`pages`]: what the templates show.

pub mod handlers;
pub mod pages;
