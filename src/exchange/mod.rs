//! Exchange: what a questionnaire looks like to other programs, archives and paper, and what theirs look like to us.
//!
//! - [`workbook`], [`xlsform`]: spreadsheets of strangers read within limits, a questionnaire file made of an XLSForm and an XLSForm of a file.
//! - [`ddi`] describes the exported CSV for archives, [`triple_s`] describes and writes data for survey programs, [`codebook`] explains every question,
//!   code and byte to people, [`paper`] is the form to be printed. `docs/EXPORTS.md` says what each holds.
//! - [`parquet`]: any table as a file of columns.
//!
//! Everything here computes from what is handed in: no database, no network, no clock. This capability knows questionnaires only.

pub mod codebook;
pub mod columns;
pub mod ddi;
pub mod paper;
pub mod parquet;
pub mod triple_s;
mod wording;
pub mod workbook;
pub mod xlsform;
mod xml;
