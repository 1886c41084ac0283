//! OData: surveys, units, figures of the index and their estimates as a read-only OData 4.0 feed for spreadsheets and dashboards.
//!
//! - [`model`]: the entity sets, their properties and types; [`metadata`]: the same as a CSDL document.
//! - [`rows`]: surveys and estimates as entities.
//! - [`filter`]: `$filter`, from text to a typed condition; [`query`]: all options of a request; [`answer`]: what is sent.
//! - [`handlers`]: the addresses, and errors in the form of OData.
//!
//! Protocol: OASIS OData Version 4.0, parts 1 to 3, and OData JSON Format Version 4.0. `docs/OPENDATA.md` shows how to use it.

pub mod answer;
pub mod filter;
pub mod handlers;
pub mod metadata;
pub mod model;
pub mod query;
pub mod rows;
