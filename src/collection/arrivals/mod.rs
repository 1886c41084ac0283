//! What is new among a survey's responses since somebody last looked: every response once, none twice, in whatever order writers commit.
//!
//! - [`store`]: reads the new lines and where the look ended.
//! - [`snapshot`]: which transactions a look at PostgreSQL could see.
//!
//! One look reads everything in one state of the data (one transaction, one snapshot). Where it ended is a [`Seen`], and the next look asks for
//! *visible now and not visible then*. That is the definition of new, so what has to be argued is only that each database can be asked so.
//!
//! **SQLite.** One writer at a time, and a new row is numbered one above the highest (`rowid`), so order of numbers = order of commits, and a state
//! that holds a row holds all lower ones. New is what stands above the last row of the last look. That row is found by its id, not by its number: `VACUUM`
//! may number rows anew, but keeps their order.
//!
//! **PostgreSQL.** Several processes write at once; a long import commits after shorter transactions that began later, so neither time nor any sequence
//! orders commits. Each row therefore carries the number of the (top-level) transaction that stored it, `stored_in`, and each look keeps its snapshot:
//! all transactions below `xmax` were over, except those listed as running. A row was visible then exactly when `stored_in` is below that `xmax` and was not
//! running; new is the rest. No horizon holds back what is committed, nothing waits for a writer, no clock is read.
//!
//! **What was seen may cease to be so**; then the look says "read anew" instead of guessing:
//! - A stored response is changed or deleted (the program never does): triggers count it in `response_changes`, in the same transaction.
//! - The PostgreSQL server was restarted, another one took over, or it is a standby: numbers of transactions may mean others, so each look
//!   remembers the server's timeline and start, and a standby's looks are never continued.
//! - Rows restored from a dump bring numbers of another server, which its own transactions reach later. At the first look such rows betray
//!   themselves: visible, though their number is not over yet. Their ids are kept and passed over later.
//!
//! Not noticed: rows restored from a dump, or replicated from another server, into a database in use (restart the program after a restore), and SQLite's
//! `INSERT OR REPLACE` from outside, which deletes without firing triggers.

pub mod snapshot;
pub mod store;

pub use store::{Line, Seen};
