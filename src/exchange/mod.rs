//! Exchange: what a questionnaire version looks like to other programs, archives and paper.
//!
//! Every file here takes a checked [`crate::questionnaires::Questionnaire`] and gives text or bytes; nothing is stored and nothing
//! is asked. [`ddi`] describes the exported CSV for archives, [`triple_s`] describes and writes data for survey programs, [`codebook`]
//! explains every question, code and byte to people, [`paper`] is the form to be printed. `docs/EXPORTS.md` says what each holds.
//!
//! This capability knows questionnaires only.

pub mod codebook;
pub mod columns;
pub mod ddi;
pub mod paper;
pub mod triple_s;
mod wording;
mod xml;
