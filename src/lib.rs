//! x
pub mod db;
pub mod error;
pub mod questionnaires;
pub mod units;
pub mod surveys;
pub mod collection;
