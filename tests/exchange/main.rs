//! Questionnaires in the formats of other tools.
//!
//! | file | what it proves |
//! |---|---|
//! | `import` | what becomes of the parts of an XLSForm, and of an export that somebody edited |
//! | `real` | each of the real forms is taken faithfully or refused in these words |
//! | `hostile` | files made to hurt stay within the limits |
//! | `round_trip`, `pyxform` | an export reads back identical, and the XLSForm project's converter accepts it |
//! | `corpus`, `fuzzed` | what the fuzzer tries, and what it kept |
#![expect(unreachable_pub, reason = "helpers are public within this one binary")]
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test stops at the first surprise")]

mod corpus;
mod fuzzed;
mod hostile;
mod import;
mod pyxform;
mod real;
mod round_trip;
mod support;
