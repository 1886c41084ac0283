//! A published release as files for people: an official document and a workbook, made from the frozen content alone.
//!
//! - [`document`]: the document, for PDF and Word; [`workbook`]: the figures as [`crate::reports::formats`] takes them.
//! - [`handlers`]: `/results/{release}.pdf`, `.docx`, `.xlsx`.
//!
//! Who prints them (head, office, recipients) comes from the settings, and whether a release was corrected or withdrawn from the steps it took; nothing
//! is computed anew.

pub mod document;
pub mod handlers;
pub mod workbook;
