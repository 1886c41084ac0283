//! Shapes of areas from GeoJSON (RFC 7946), read strictly, and made simple enough for a page.
//!
//! Shapes of neighbours share their borders point by point. [`Geography::simplified`] keeps that: it cuts all rings where three areas meet, simplifies each
//! border once (Visvalingam and Whyatt 1993: the point whose triangle with its neighbours is smallest goes first), and puts the rings together again, so
//! that no gaps open between areas.

mod read;
mod simplify;
mod write;

use thiserror::Error;

/// A position: longitude and latitude in degrees.
pub(super) type Position = (f64, f64);

/// The property that [`Geography::write`] puts codes into.
pub const CODE: &str = "code";
/// Longest text that is read, in bytes.
pub const MOST_BYTES: usize = 32 * 1024 * 1024;
/// Most areas.
pub const MOST_AREAS: usize = 5_000;
/// Most positions of all areas.
pub const MOST_POSITIONS: usize = 1_500_000;

/// Why a file is no geography.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the map cannot be used: {at}: {what}")]
pub struct GeoError {
    /// What kind of mistake, a stable word to find a sentence in the reader's language by: `size`, `json`, `type`, `crs`, `areas`, `property` (an area lacks
    /// it), `code` (it holds no text), `twice`, `geometry`, `positions`, `ring`, `position`; `structure` is anything else.
    pub kind: &'static str,
    /// What stands there, as far as that helps: the code, the type, for `property` the names of the properties that are there.
    pub found: String,
    /// Where, such as `features[3].geometry.coordinates[0][12]`.
    pub at: String,
    /// What is wrong, and what is wanted.
    pub what: String,
}

/// An area: its code and its polygons, each a list of rings of which the first is the outside. Rings are not closed: the last position is not the first.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Shape {
    pub(super) code: String,
    pub(super) polygons: Vec<Vec<Vec<Position>>>,
}

/// Areas with their shapes.
#[derive(Debug, Clone, PartialEq)]
pub struct Geography {
    pub(super) shapes: Vec<Shape>,
}

impl Geography {
    /// Reads a FeatureCollection of polygons and multipolygons; `code` names the property that holds an area's code, a text and different for each.
    ///
    /// # Errors
    /// [`GeoError`] with the place in the file, for anything else: other geometries, rings that are not closed or have fewer than four positions,
    /// positions outside ±180 and ±90 degrees, codes missing or twice, a file beyond [`MOST_BYTES`], [`MOST_AREAS`] or [`MOST_POSITIONS`].
    pub fn read(text: &str, code: &str) -> Result<Geography, GeoError> {
        read::geography(text, code)
    }

    /// GeoJSON that [`Geography::read`] reads again, the codes in the property [`CODE`]; positions are rounded to six decimals, about 10 cm.
    #[must_use]
    pub fn write(&self) -> String {
        write::text(self)
    }

    /// The codes of the areas, in the order of the file.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        self.shapes.iter().map(|s| s.code.as_str())
    }

    /// How many positions the shapes have.
    #[must_use]
    pub fn positions(&self) -> usize {
        self.shapes.iter().flat_map(|s| &s.polygons).flatten().map(Vec::len).sum()
    }

    /// The same areas with about so many positions at most (more when there are so many areas that each needs its least). Neighbours keep common borders.
    #[must_use]
    pub fn simplified(&self, positions: usize) -> Geography {
        if self.positions() <= positions { self.clone() } else { simplify::to(self, positions) }
    }

    /// Bounds of all areas: west, south, east, north; none without areas.
    pub(super) fn bounds(&self) -> Option<(f64, f64, f64, f64)> {
        let all = self.shapes.iter().flat_map(|s| &s.polygons).flatten().flatten();
        all.fold(None, |b, (x, y)| {
            let (w, s, e, n) = b.unwrap_or((*x, *y, *x, *y));
            Some((w.min(*x), s.min(*y), e.max(*x), n.max(*y)))
        })
    }
}
