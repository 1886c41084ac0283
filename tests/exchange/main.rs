//! Questionnaires in the formats of other tools.

mod round_trip;
