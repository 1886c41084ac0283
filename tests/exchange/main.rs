//! Questionnaires in the formats of other tools.

mod corpus;
mod fuzzed;
mod hostile;
mod import;
mod pyxform;
mod real;
mod round_trip;
mod support;
