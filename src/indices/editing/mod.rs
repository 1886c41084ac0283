//! `/admin/indices`: values entered, changed, deleted and imported by administrators. Each change is a line of the audit log.

pub mod handlers;
pub mod pages;
