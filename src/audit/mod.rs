//! The audit log: who changed what, when. Rows are only ever added, in the transaction of the change they tell of.
//!
//! - [`chain`]: each row holds a hash over the one before and its own content, so that a changed or missing row is noticed.
//! - [`model`]: a row, who acts, what they act on; [`store`]: table `audit_log`, [`record`], [`verify`].
//!
//! Call [`record`] before anything else in a transaction: it makes transactions that are recorded take turns, and so a rule such as "one administrator
//! stays" holds when two people act at once. A password, a token or an answer never stands in it.

pub mod chain;
pub mod model;
pub mod store;

pub use chain::State;
pub use model::{Actor, CommandLine, Object, Row, name_in_words};
pub use store::{record, verify};
