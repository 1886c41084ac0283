//! Tests of the pure statistics: against R `survey` (reference values in `data/`), against hand-computed cases, and by
//! properties that must hold for any data.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::panic,
    reason = "tests stop at the first surprise"
)]

mod association;
mod bootstraps;
mod calibrated_index;
mod changes;
mod control;
mod coverage;
mod designs;
mod drivers;
mod estimates;
mod golden;
mod hand;
mod hypothesis;
mod hypothesis_limits;
mod hypothesis_properties;
mod hypothesis_tails;
mod index_stream;
mod instrument;
mod intervals;
mod invariance;
mod large;
mod naive;
mod probes;
mod properties;
mod published;
mod ranks;
mod reference;
mod replicates;
mod sampling;
mod scale;
mod second_opinion;
mod sipas_demo;
mod sipas_weighted;
mod small_area;
mod steps;
mod support;
mod weighting;
