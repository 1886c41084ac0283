//! Units (đơn vị): administrative units and agencies in a tree that changes with time, and the places where they serve people.
//!
//! - [`model`]: a unit with its validity, its kinds, a place.
//! - [`list`]: reading a unit list (CSV), strictly.
//! - [`boundaries`]: the shapes of units for maps, with the administrator's page and `sipas units boundaries`.
//! - [`store`]: tables `units` and `places`.
//!
//! This capability knows no other.

pub mod boundaries;
pub mod list;
pub mod model;
pub mod store;

pub use model::{Place, Unit, UnitKind};
