//! Printed documents: reports as PDF and Word, slides. What other programs make of them is looked at: poppler and LibreOffice.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test stops where it fails")]
#![allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, clippy::cast_sign_loss, reason = "figures of the example are small")]

mod example;
mod real;
mod report;
mod slides;
mod support;
mod word;
