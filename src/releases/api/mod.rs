//! Releases for programs.
//!
//! - [`handlers`]: `GET /api/v1/releases`, `GET /api/v1/releases/{release}`.
//!
//! The hashed bytes themselves are at `/results/{release}.json`.

pub mod handlers;
