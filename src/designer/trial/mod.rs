//! Trying drafts and versions out in the browser: the preview beside the form, and the address that anybody can be given.

pub mod handlers;
pub mod lenient;
pub mod trying;
