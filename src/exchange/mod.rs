//! Questionnaires in the formats of other tools: read from them and written for them.
//!
//! [`workbook`] reads spreadsheets of strangers within limits; [`xlsform`] makes a questionnaire file of an XLSForm and an
//! XLSForm of a questionnaire file. Everything here computes from bytes handed in: no database, no network, no clock.

pub mod workbook;
pub mod xlsform;
