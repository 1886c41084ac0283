//! Tests of `sipas estimate` from the outside: specifications in, figures and refusals out.
//!
//! | file | what it proves |
//! |---|---|
//! | `examples` | the specifications of `examples/`, one a design, give R's figures (`data/README.md`) |
//! | `survey` | the example of a satisfaction survey gives R's figures, units, ranks and covariances included |
//! | `output` | JSON, CSV, table and weights have the form that the manual promises |
//! | `odd` | odd data that must be understood: line ends, quotes, marks, levels, missing cells, conditions |
//! | `refusals` | what cannot be meant is refused with file, line, what was found and what to do |
//! | `unreadable` | and so are files that are no tables or no specifications |
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "tests stop at the first surprise")]

mod examples;
mod limits;
mod odd;
mod output;
mod program;
mod refusals;
mod survey;
mod unreadable;
