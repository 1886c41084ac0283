//! HTTP glue without domain words.
//!
//! - [`locale`]: the language of a request, words of the interface, numbers and dates as each language writes them.
//! - [`render`]: templates, and what every page knows.
//! - [`problem`]: errors as RFC 9457 problems for programs and as pages for people.
//! - [`assets`]: the style sheet and icons, embedded.
//! - [`cells`]: CSV cells that are no formulas.
//! - [`headers`]: headers every answer carries.
//! - [`extract`]: limits and plain errors for bodies, paths and queries.

pub mod assets;
pub mod cells;
pub mod extract;
pub mod headers;
pub mod locale;
pub mod problem;
pub mod render;

pub use locale::Language;
pub use render::{Page, Renderer};
