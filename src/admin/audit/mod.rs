//! The audit log, as administrators read it: filters, pages, CSV, and whether it is whole.
//!
//! - [`handlers`]: `/admin/audit`, `/admin/audit.csv`.
//! - [`pages`]: what the template shows.

pub mod handlers;
pub mod pages;
