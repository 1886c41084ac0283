//! The files of a survey's figures beside the report page: workbook, Parquet, JSON-stat, and the description of its data for archives.
//!
//! - [`handlers`]: loads, checks the right, makes the figures once, hands them to one of [`super::formats`].
//! - [`study`]: what the description for archives says about a survey.

pub mod handlers;
pub mod study;
