//! Questionnaires: what is asked, in which order and when, and how the index is made of the answers.
//!
//! A questionnaire is a YAML file ([`mod@format`] is the file as written). Reading it ([`read`]) checks everything that can be
//! known before anybody answers ([`mod@check`]) and gives a [`model::Questionnaire`] that cannot be wrong: texts in every
//! language, conditions parsed and typed ([`logic`]), the index tree resolved, and a place for every closed answer
//! ([`codes`]). Answers from outside are read and checked by [`validate`]; [`trial`] tries a questionnaire out without anybody. A version that was added to a database ([`store`]) never changes.
//!
//! This capability knows no other.

pub mod check;
pub mod codes;
pub mod diff;
pub mod format;
pub mod handlers;
pub mod logic;
pub mod model;
pub mod order;
pub mod piping;
pub mod store;
pub mod trial;
pub mod validate;

pub use check::{Finding, Place, check, read};
pub use model::Questionnaire;

#[cfg(test)]
mod tests;
