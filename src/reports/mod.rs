//! Reports: what leaders read about a survey.
//!
//! - [`pages`]: the report page's view: the sentence on top, the table of units, factors, the method line.
//! - [`chart`]: geometry of the dot plot; the drawing itself is a template.
//! - [`table`]: the same table as CSV.
//! - [`handlers`]: the page and the file.
//! - [`formats`], [`files`]: the same figures as workbook, Parquet and JSON-stat, and the description of the data for archives.

pub mod chart;
pub mod files;
pub mod formats;
pub mod handlers;
pub mod pages;
pub mod table;
