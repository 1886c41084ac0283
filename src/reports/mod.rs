//! Reports: what leaders read about a survey.
//!
//! A request goes [`handlers`] → [`asked`] (what the framework hands over) → [`report`] (the survey looked at; everything is computed from here) →
//! one file a page, which makes the view → a template. [`teller`] puts figures into words, [`pictures`] into charts; [`frame`] is what all pages show.
//!
//! | page | file |
//! |---|---|
//! | the answer first | [`overview`] |
//! | all units; one unit; some side by side | [`units`], [`card`], [`compare`] |
//! | all items | [`items`] |
//! | other questions, who answers | [`answers`] |
//! | waves and months | [`time`] |
//! | quality, modes, streams | [`quality`] |
//! | what people wrote | [`comments`] |
//!
//! [`choice`] is what the address asks for. [`formats`] and [`files`] give the figures as CSV, workbook, Parquet and JSON-stat, and describe the data
//! for archives; [`api`] gives what the pages show to programs.

pub mod answers;
pub mod api;
pub mod asked;
pub mod card;
pub mod choice;
pub mod comments;
pub mod compare;
pub mod files;
pub mod formats;
pub mod frame;
pub mod handlers;
pub mod items;
pub mod overview;
pub mod pictures;
pub mod quality;
pub mod report;
pub mod teller;
pub mod time;
pub mod units;
