//! x
pub mod db;
pub mod error;
pub mod questionnaires;
