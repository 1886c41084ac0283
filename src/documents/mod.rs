//! Documents: what is printed for people, in the layout of Nghị định 30/2020/NĐ-CP, and slides.
//!
//! A foundation: it knows how a report looks, not what it says. [`model`] is what a caller fills in; [`pdf()`], [`docx()`] and [`slides()`] turn it
//! into a file. All three refuse the same mistakes first ([`Document::check`], [`Deck::check`]), and number tables, figures and annexes in one
//! place, so PDF and Word say the same.
//!
//! - [`typeset`] runs a layout (`report.typ`, `slides.typ`, and that of the paper form) over data; [`fonts`] is the typeface of all of them.
//! - `word` writes the Word file: its parts, styles, tables, and what the writing crate leaves out.
//!
//! Where the layout comes from: `docs/DOCUMENTS.md`.

mod check;
pub mod fonts;
pub mod model;
mod printed;
mod report;
mod slides;
pub mod typeset;
mod word;

pub use model::{Annex, Block, Column, Deck, Document, Figure, OfficialHead, Run, Signer, Slide, Table, TableRow};
pub use report::pdf;
pub use slides::slides;
pub use word::docx;
