//! Administration: the front page, the administrator's view of surveys, and what a machine asks a server about its health.
//!
//! - [`handlers`], [`pages`]: `/`, `/admin`, `/admin/surveys/{survey}`, `/healthz`, `/readyz`.
//! - [`places`]: the addresses a survey is answered at.
//! - [`people`]: `/admin/people`; [`audit`]: `/admin/audit`; [`cli`]: `sipas user`.

pub mod audit;
pub mod begin;
pub mod cli;
pub mod handlers;
pub mod pages;
pub mod people;
pub mod places;
