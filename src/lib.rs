//! x
pub mod db;
pub mod error;
pub mod questionnaires;
pub mod units;
pub mod surveys;
pub mod collection;
pub mod accounts;
pub mod web;
pub mod estimation;
pub mod stats;
pub mod reports;
pub mod admin;
pub mod api;
pub mod app;
pub mod config;
pub mod routes;
