//! **sipas** measures how satisfied people are with public administrative services, as Vietnam's SIPAS index does.
//!
//! A citizen's answer goes `collection` → `db`; a figure goes `collection` → `estimation` → `stats` → `reports`. To read one request through, start at
//! [`routes`], the table of all of them; it names a handler in a capability's `handlers.rs`, which uses the capability's rules, its `store.rs` and one
//! template. The same file names mean the same in every capability; `docs/ARCHITECTURE.md` has the plan, `tests/layers.rs` holds it.
//!
//! Capabilities, each knowing only those above it: [`units`], [`questionnaires`], [`surveys`], [`collection`], [`estimation`], [`reports`], [`releases`]; beside them
//! [`accounts`], [`audit`], [`mail`], [`admin`], [`analyst`] (the engine for any CSV file), [`demo`], [`designer`], [`exchange`] (formats of others), [`indices`] (what others measured), [`odata`] (a feed for spreadsheets), [`notices`] (told by mail, woken by [`jobs`]). Below all: [`web`], [`db`], [`error`], [`config`], [`charts`] (what is drawn), [`documents`] (what is printed) and [`stats`], which knows numbers only.

pub mod accounts;
pub mod admin;
pub mod analyst;
pub mod api;
pub mod app;
pub mod audit;
pub mod charts;
pub mod cli;
pub mod collection;
pub mod config;
pub mod db;
pub mod demo;
pub mod designer;
pub mod documents;
pub mod error;
pub mod estimation;
pub mod exchange;
pub mod indices;
pub mod jobs;
pub mod mail;
pub mod notices;
pub mod odata;
pub mod questionnaires;
pub mod releases;
pub mod reports;
pub mod routes;
pub mod stats;
pub mod surveys;
pub mod units;
pub mod web;
