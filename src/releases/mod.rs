//! Releases (bản công bố): frozen, hashed sets of estimates that anyone can recompute, and the public pages of results.
//!
//! - [`content`]: what a release says, as one canonical document with a hash; [`ranks`]: its ranks; [`digest`]: digests of responses and weights.
//! - [`read`], [`freeze`]: one pass over the responses → figures → a release; [`life`]: who may take which step when.
//! - [`compare`], [`verify`]: two contents side by side; [`cli`]: `sipas verify`.
//! - [`model`], [`store`]: tables `releases`, `release_steps`.
//! - [`handlers`], [`pages`]: for those inside; [`public`]: `/results`, charts to embed; [`files`]: PDF, Word, workbook; [`api`]: for programs; [`table`]: CSV.
//!
//! Pages read only what is stored; they recompute nothing.

pub mod api;
pub mod cli;
pub mod compare;
pub mod content;
pub mod digest;
pub mod files;
pub mod freeze;
pub mod handlers;
pub mod life;
pub mod model;
pub mod pages;
pub mod public;
pub mod ranks;
pub mod read;
pub mod store;
pub mod table;
pub mod verify;

pub use content::Content;
pub use life::Status;
pub use model::Known;

#[cfg(test)]
mod tests;
