//! Estimation: from stored responses to percentages with their uncertainty.
//!
//! - [`table`]: a survey's responses as columns.
//! - [`cache`]: the tables of all surveys in memory, refreshed by what is new.
//! - [`measures`]: the index tree of a questionnaire as measures of the statistics module.
//! - [`weighting`]: base weights, and post-stratification to the units' totals.
//! - `disclosure`: which figures would give away what is hidden, by whatever road they are asked for.
//! - [`filter`], [`groups`]: which responses, in which groups; [`rows`]: figures of groups; [`suppress`]: what is hidden so that nothing small shows.
//! - [`analysis`]: the use case: survey, stream, filter, grouping and level → rows.
//! - [`handlers`]: the API.
//!
//! The numbers themselves are made in [`crate::stats`].

pub mod analysis;
pub mod answers;
pub mod cache;
pub mod change;
pub mod compare;
mod disclosure;
#[cfg(test)]
mod examples;
pub mod figures;
pub mod filter;
pub mod groups;
pub mod handlers;
pub mod measures;
pub mod priorities;
pub mod quality;
pub mod ranking;
pub mod rows;
pub mod suppress;
pub mod table;
#[cfg(test)]
mod tests;
pub mod waves;
pub mod weighting;

pub use analysis::{By, Method, Row};
pub use cache::Tables;
pub use figures::Figures;
pub use filter::Filter;
pub use groups::Grouping;
pub use measures::{Level, NamedMeasure};
