//! Surveys (đợt khảo sát): one campaign with its questionnaire version, its period, its units, its streams and its method.
//!
//! - [`model`]: the survey, its life cycle, who may read its results.
//! - [`mod@file`]: the YAML file a survey is created from.
//! - [`store`]: tables `surveys`, `survey_units`.
//! - [`cache`]: a survey together with everything needed to check an answer, loaded once.
//! - [`create`]: the use case that turns a file into a survey.

pub mod cache;
pub mod create;
pub mod file;
pub mod handlers;
pub mod model;
pub mod store;

pub use cache::{Open, Surveys};
pub use model::{Mode, Results, Status, Stream, Survey, Weighting};
