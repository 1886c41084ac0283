//! Drives the real program through a real browser: what a citizen, an administrator and somebody who cannot see the screen meet.
#![expect(unreachable_pub, reason = "helpers are public within this one binary")]
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test stops at the first surprise")]

mod fixture;
mod kinds;
mod pages;
mod support;
mod walk;

mod administrator;
mod answering;
mod axe;
mod charts;
mod designer;
mod keyboard;
mod leader;
mod logic;
mod looks;
