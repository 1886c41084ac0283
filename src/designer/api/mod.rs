//! The designer's work for programs: checking, comparing, importing, exporting and publishing questionnaires.

pub mod handlers;
