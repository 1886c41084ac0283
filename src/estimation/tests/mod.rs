//! Rules of estimation on a survey in memory.

mod compared;
mod counted;
mod hidden;
