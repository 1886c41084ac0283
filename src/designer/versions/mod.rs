//! From draft to version: review, publishing, retiring, what differs, files in and out.

pub mod files;
pub mod handlers;
