//! Estimation: from stored responses to percentages with their uncertainty.
//!
//! - [`table`]: a survey's responses as columns.
//! - [`cache`]: the tables of all surveys in memory, refreshed by what is new.
//! - [`measures`]: the index tree of a questionnaire as measures of the statistics module.
//! - [`weighting`]: base weights, and post-stratification to the units' totals.
//! - [`analysis`]: the use case: survey, stream, grouping and level → rows.
//! - [`handlers`]: the API.
//!
//! The numbers themselves are made in [`crate::stats`].

pub mod analysis;
pub mod cache;
pub mod handlers;
pub mod measures;
pub mod table;
pub mod weighting;

pub use analysis::{Analysis, By, Row};
pub use cache::Tables;
pub use measures::{Level, NamedMeasure};
