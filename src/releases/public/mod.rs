//! Published results for everybody.
//!
//! - [`pages`]: what the pages show, made of a stored content alone.
//! - [`handlers`]: `/results`, `/results/{release}` with its files, `/embed/{release}`.

pub mod handlers;
pub mod pages;
pub mod plot;
