//! Questionnaires in the formats of other tools.

mod corpus;
mod fuzzed;
mod real;
mod round_trip;
