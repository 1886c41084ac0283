//! Administration: the front page, the administrator's view of surveys, and what a machine asks a server about its health.
//!
//! - [`handlers`], [`pages`]: `/`, `/admin`, `/admin/surveys/{survey}`, `/healthz`, `/readyz`.
//! - [`places`]: the addresses a survey is answered at.

pub mod begin;
pub mod handlers;
pub mod pages;
pub mod places;
