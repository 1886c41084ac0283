//! The figures of a survey as files for other programs, all made from one plain [`Figures`], so that no format can say something else than another.
//!
//! - [`figures`]: what every file is made of, and how the figures were made, line by line.
//! - [`workbook`]: a spreadsheet with charts; [`json_stat`]: a cube for statistical tools; [`parquet`]: columns for data tools.
//! - [`csv`]: lines with all digits.
//!
//! `docs/OPENDATA.md` explains each to those who read them.

pub mod csv;
pub mod figures;
pub mod json_stat;
pub mod parquet;
pub mod workbook;

pub use figures::Figures;
