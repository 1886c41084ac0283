//! Beginning a survey in the browser.

pub mod handlers;
