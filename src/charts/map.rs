//! Areas coloured by class, from light orange (lowest) to dark blue (highest), so that the order is also seen in grey.
//!
//! Longitude and latitude are drawn as they are, longitudes shortened by the cosine of the middle latitude (equirectangular projection): true enough for
//! a province. Names stand only in areas that hold them. Hatched is an area without a figure, blank a shape that no area names.

use super::canvas::{Anchor, Canvas, SMALL, SMALL_LINE, n, sound};
use super::drawing::{Drawing, Head, NARROW, WIDE};
use super::geo::{Geography, Position, Shape};
use super::text::{balanced, widest, width, wrap};
use super::{Number, count};

/// Positions drawn at most.
const POSITIONS: (usize, usize) = (6_000, 3_000);
/// Highest map.
const HIGH: (f64, f64) = (720.0, 420.0);
/// Width of a colour in the key.
const KEY: (f64, f64) = (64.0, 52.0);

/// A map of areas.
pub struct Map<'a> {
    /// Title, subtitle, source, description.
    pub head: Head,
    /// The shapes. Those that no area names are blank.
    pub geography: &'a Geography,
    /// Names and values by code. One without a shape is not drawn; see [`Map::unplaced`].
    pub areas: Vec<Area>,
    /// Where the five classes meet, in ascending order; a value on a limit belongs to the class above. [`Map::limits`] proposes some.
    pub limits: [f64; 4],
    /// What is measured, and its unit; drawn over the colours.
    pub key: String,
    /// What hatching means, such as “chưa đủ mẫu”.
    pub missing: String,
    /// Writes the limits.
    pub number: Number<'a>,
    /// For a phone: 328 wide.
    pub narrow: bool,
}

/// An area.
#[derive(Debug, Clone, PartialEq)]
pub struct Area {
    /// Its code in the geography.
    pub code: String,
    /// Name.
    pub name: String,
    /// Its value; none is hatched.
    pub value: Option<f64>,
    /// Where it leads, on a page.
    pub link: Option<String>,
    /// What is said of it when it is pointed at.
    pub tip: Option<String>,
}

/// From degrees to the drawing.
struct Projection {
    west: f64,
    north: f64,
    across: f64,
    down: f64,
    left: f64,
    top: f64,
}

/// Positions of a ring in tenths of a unit.
type Ring = Vec<(i32, i32)>;

impl Map<'_> {
    /// Four round limits of equal distance that divide these values around their median; nine of ten values lie within the classes' usual width.
    #[must_use]
    pub fn limits(values: impl IntoIterator<Item = f64>) -> [f64; 4] {
        let mut values: Vec<f64> = values.into_iter().filter(|v| sound(*v)).collect();
        values.sort_by(f64::total_cmp);
        let at = |share: usize| values.get(values.len().saturating_sub(1) * share / 20).copied().unwrap_or(0.0);
        let least = (at(19) - at(1)) / 5.0;
        let step = if least > 0.0 {
            let power = 10.0_f64.powf(least.log10().floor());
            [1.0, 2.0, 5.0].into_iter().map(|d| d * power).find(|s| *s >= least * (1.0 - 1e-9)).unwrap_or(10.0 * power)
        } else {
            1.0
        };
        let middle = (at(10) / step).floor();
        [-1.0, 0.0, 1.0, 2.0].map(|i| (middle + i) * step)
    }

    /// How many positions a map shows at most. A geography that is simplified to so many beforehand is drawn sooner.
    #[must_use]
    pub fn detail(narrow: bool) -> usize {
        if narrow { POSITIONS.1 } else { POSITIONS.0 }
    }

    /// Codes of areas that have no shape.
    #[must_use]
    pub fn unplaced(&self) -> Vec<&str> {
        let known: std::collections::BTreeSet<&str> = self.geography.codes().collect();
        self.areas.iter().map(|a| a.code.as_str()).filter(|c| !known.contains(c)).collect()
    }

    /// The drawing.
    #[must_use]
    pub fn draw(&self) -> Drawing {
        let width = if self.narrow { NARROW } else { WIDE };
        let geography = self.geography.simplified(Map::detail(self.narrow));
        let mut canvas = Canvas::default();
        let top = self.key(&mut canvas, width);
        let Some(projection) = projection(&geography, width, if self.narrow { HIGH.1 } else { HIGH.0 }, top) else {
            return Drawing::new(&self.head, width, top, self.narrow, canvas);
        };
        canvas.hatch_pattern();
        let by_code: std::collections::BTreeMap<&str, &Area> = self.areas.iter().map(|a| (a.code.as_str(), a)).collect();
        let mut bottom = top;
        let mut drawn = Vec::new();
        // Blank shapes come first: one around all others, such as the province, must not cover them.
        let named = |shape: &&Shape| by_code.contains_key(shape.code.as_str());
        for shape in geography.shapes.iter().filter(|s| !named(s)).chain(geography.shapes.iter().filter(named)) {
            let rings = projection.rings(shape);
            bottom = rings.iter().flatten().flatten().map(|(_, y)| f64::from(*y) / 10.0).fold(bottom, f64::max);
            let d = path(&rings);
            let Some(area) = by_code.get(shape.code.as_str()).copied() else {
                canvas.path("c-none c-gap", &d);
                continue;
            };
            let class = area.value.filter(|v| sound(*v)).map(|v| self.class(v));
            canvas.mark("c-mark", area.tip.as_deref(), area.link.as_deref(), |c| match class {
                Some(class) => c.path(&format!("c-area c-m{class}"), &d),
                None => c.hatched_path("c-gap", &d),
            });
            drawn.push((area, class, rings));
        }
        // Names come last, over all borders.
        for (area, class, rings) in &drawn {
            name(&mut canvas, area, *class, rings);
        }
        Drawing::new(&self.head, width, bottom + 2.0, self.narrow, canvas)
    }

    /// 1 for the lowest to 5 for the highest class.
    fn class(&self, value: f64) -> usize {
        1 + self.limits.iter().filter(|limit| value >= **limit).count()
    }

    /// The colours with the limits between them, and hatching; gives where the map begins.
    fn key(&self, canvas: &mut Canvas, width: f64) -> f64 {
        let wide = if self.narrow { KEY.1 } else { KEY.0 };
        let lines = wrap(&self.key, width, SMALL);
        let mut y = count(lines.len()) * SMALL_LINE + 4.0;
        canvas.lines("c-s", 0.0, 11.0, Anchor::Start, SMALL_LINE, &lines);
        for class in 1..=5_u8 {
            canvas.rect(&format!("c-area c-m{class}"), f64::from(class - 1) * wide + 0.5, y, wide, 14.0);
        }
        let decimals = (0..6).find(|d| self.limits.iter().all(|l| sound(*l) && close(l * 10.0_f64.powi(*d)))).unwrap_or(6);
        let mut free = 0.0;
        for (i, limit) in self.limits.iter().enumerate().filter(|(_, l)| sound(**l)) {
            let text = (self.number)(*limit, usize::try_from(decimals).unwrap_or(0));
            let half = text_width(&text) / 2.0;
            let x = ((count(i) + 1.0) * wide).max(half).min((width - half).max(half));
            if x - half >= free {
                canvas.text("c-s", x, y + 27.0, Anchor::Middle, &text);
                free = x + half + 4.0;
            }
        }
        let missing = self.missing.trim();
        if !missing.is_empty() {
            let beside = 5.0 * wide + 20.0;
            let fits = beside + 34.0 + text_width(missing) <= width;
            let (x, row) = if fits { (beside, y) } else { (0.5, y + 36.0) };
            canvas.hatched(x, row, 26.0, 14.0);
            let lines = wrap(missing, width - x - 34.0, SMALL);
            canvas.lines("c-s", x + 34.0, row + 11.5, Anchor::Start, SMALL_LINE, &lines);
            y = row + count(lines.len().saturating_sub(1)) * SMALL_LINE;
            return y + if fits { 44.0 } else { 28.0 };
        }
        y + 44.0
    }
}

fn close(v: f64) -> bool {
    (v - v.round()).abs() < 1e-6
}

fn text_width(text: &str) -> f64 {
    width(text, SMALL)
}

/// How degrees come into a field of this size; none without positions.
fn projection(geography: &Geography, width: f64, high: f64, top: f64) -> Option<Projection> {
    let (west, south, east, north) = geography.bounds()?;
    let shorter = f64::midpoint(south, north).to_radians().cos().max(0.01);
    let (wide, tall) = (((east - west) * shorter).max(1e-9), (north - south).max(1e-9));
    let scale = ((width - 2.0) / wide).min(high / tall);
    Some(Projection { west, north, across: scale * shorter, down: scale, left: (width - wide * scale) / 2.0, top })
}

impl Projection {
    fn rings(&self, shape: &Shape) -> Vec<Vec<Ring>> {
        shape.polygons.iter().map(|p| p.iter().map(|r| self.ring(r)).collect()).collect()
    }

    fn ring(&self, ring: &[Position]) -> Ring {
        let mut out: Ring = ring
            .iter()
            .map(|(lon, lat)| (tenths(self.left + (lon - self.west) * self.across), tenths(self.top + (self.north - lat) * self.down)))
            .collect();
        out.dedup();
        out
    }
}

fn tenths(v: f64) -> i32 {
    #[expect(clippy::cast_possible_truncation, reason = "positions in the drawing, some thousand at most")]
    let tenths = (v * 10.0).round() as i32;
    tenths
}

/// Rings as a path of short relative steps.
fn path(polygons: &[Vec<Ring>]) -> String {
    let mut d = String::new();
    for ring in polygons.iter().flatten() {
        let mut last: Option<(i32, i32)> = None;
        for (x, y) in ring {
            match last {
                None => d.push_str(&format!("M{} {}", n(f64::from(*x) / 10.0), n(f64::from(*y) / 10.0))),
                Some((a, b)) => {
                    let (dx, dy) = (n(f64::from(x - a) / 10.0), n(f64::from(y - b) / 10.0));
                    d.push_str(&format!("l{dx}{}{dy}", if dy.starts_with('-') { "" } else { " " }));
                }
            }
            last = Some((*x, *y));
        }
        if last.is_some() {
            d.push('Z');
        }
    }
    d
}

/// Draws the name in its area if it fits, on one line or on two.
fn name(canvas: &mut Canvas, area: &Area, class: Option<usize>, polygons: &[Vec<Ring>]) {
    let Some(largest) = polygons.iter().max_by_key(|p| p.first().map_or(0, surface)) else { return };
    let one = wrap(&area.name, f64::INFINITY, SMALL);
    let word = area.name.split_whitespace().map(text_width).fold(0.0, f64::max);
    let two = balanced(&area.name, (text_width(&area.name) * 0.65).max(word), SMALL);
    for lines in [one, two] {
        let (wide, tall) = (widest(&lines, SMALL) + 4.0, count(lines.len()) * SMALL_LINE);
        if let Some((x, y)) = spot(largest, wide, tall) {
            let class = class.map_or("c-si c-over".to_owned(), |c| format!("c-in c-on-m{c}"));
            canvas.lines(&class, x, y - tall / 2.0 + 11.0, Anchor::Middle, SMALL_LINE, &lines);
            return;
        }
    }
}

/// Twice the surface of a ring.
fn surface(ring: &Ring) -> i64 {
    let next = ring.iter().cycle().skip(1);
    ring.iter().zip(next).map(|(a, b)| i64::from(a.0) * i64::from(b.1) - i64::from(b.0) * i64::from(a.1)).sum::<i64>().abs()
}

/// Where a polygon holds a rectangle of this size, as near to its middle as it can: the middle of the rectangle. Tried at 24 heights, each looked at in
/// seven lines across.
fn spot(polygon: &[Ring], wide: f64, tall: f64) -> Option<(f64, f64)> {
    let bounds = |of: fn(&(i32, i32)) -> i32| {
        let all = || polygon.iter().flatten().map(|p| f64::from(of(p)) / 10.0);
        (all().fold(f64::INFINITY, f64::min), all().fold(f64::NEG_INFINITY, f64::max))
    };
    let ((left, right), (top, bottom)) = (bounds(|p| p.0), bounds(|p| p.1));
    if bottom - top <= tall || right - left <= wide {
        return None;
    }
    let centre = (f64::midpoint(left, right), f64::midpoint(top, bottom));
    let mut best: Option<(f64, (f64, f64))> = None;
    for i in 0..24 {
        let y = top + tall / 2.0 + (bottom - top - tall) * (f64::from(i) + 0.5) / 24.0;
        let mut free: Vec<(f64, f64)> = vec![(f64::NEG_INFINITY, f64::INFINITY)];
        for k in -3..=3 {
            let inside = crossings(polygon, y + f64::from(k) * tall / 6.0 + 0.013);
            free = free.iter().flat_map(|(a, b)| inside.iter().map(move |(c, d)| (a.max(*c), b.min(*d)))).filter(|(a, b)| a < b).collect();
        }
        for (a, b) in free.into_iter().filter(|(a, b)| b - a >= wide) {
            // Halfway between the middle of this place and the middle of all.
            let x = f64::midpoint(centre.0, f64::midpoint(a, b)).clamp(a + wide / 2.0, b - wide / 2.0);
            let away = (x - centre.0).hypot(y - centre.1);
            if best.is_none_or(|(least, _)| away < least) {
                best = Some((away, (x, y)));
            }
        }
    }
    best.map(|(_, at)| at)
}

/// Where a horizontal line runs inside a polygon.
fn crossings(polygon: &[Ring], y: f64) -> Vec<(f64, f64)> {
    let mut at: Vec<f64> = Vec::new();
    for ring in polygon {
        for (a, b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
            let (ax, ay, bx, by) = (f64::from(a.0) / 10.0, f64::from(a.1) / 10.0, f64::from(b.0) / 10.0, f64::from(b.1) / 10.0);
            if (ay > y) != (by > y) {
                at.push(ax + (y - ay) / (by - ay) * (bx - ax));
            }
        }
    }
    at.sort_by(f64::total_cmp);
    at.chunks_exact(2).filter_map(|pair| if let [a, b] = pair { Some((*a, *b)) } else { None }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_round_and_around_the_median() {
        assert_eq!(Map::limits((0..=100).map(|i| 75.0 + f64::from(i) / 5.0)), [80.0, 85.0, 90.0, 95.0].map(|l| l - 0.0));
        let flat = Map::limits([86.5; 9]);
        assert!(flat.windows(2).all(|w| w[0] < w[1]) && Map::limits([f64::NAN]).iter().all(|l| l.is_finite()));
    }

    #[test]
    fn a_name_stands_where_its_area_is_broad_enough() {
        // An L: broad below; its middle is outside.
        let l: Ring = vec![(0, 0), (200, 0), (200, 600), (1000, 600), (1000, 1000), (0, 1000)];
        let (x, y) = spot(std::slice::from_ref(&l), 80.0, 14.0).unwrap();
        assert!((40.0..=60.0).contains(&x) && (67.0..=93.0).contains(&y), "{x} {y}");
        assert_eq!(spot(&[l], 120.0, 14.0), None);
    }
}
