//! The designer: questionnaires that are being written, in the browser.
//!
//! - [`draft`]: a draft's life, and who takes which step.
//! - [`edit`], [`form`], [`action`], [`texts`]: changes to a questionnaire, as rules on its file; nothing of pages or databases.
//! - [`store`]: drafts and their revisions. Every change is a new revision, which is what undo goes back to.
//! - [`trial`], [`versions`]: trying out; review, publication, files in and out.
//! - [`handlers`], [`pages`]: the pages. They work by plain forms; a script saves while one writes.

pub mod action;
pub mod api;
pub mod cli;
pub mod draft;
pub mod edit;
pub mod form;
pub mod handlers;
pub mod pages;
pub mod place;
pub mod store;
pub mod texts;
pub mod trial;
pub mod versions;
