//! What reports show, for programs: ranks, changes, series, answers, priorities, quality, with the same choices in the address as the pages.
//!
//! - [`handlers`]: `GET /api/v1/surveys/{survey}/ranks` and its like. Estimates themselves are served by [`crate::estimation::handlers`].
//!
//! Figures are numbers with all their digits; nothing is formatted for a language.

pub mod handlers;
