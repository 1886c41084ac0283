//! Points in four quadrants, such as importance × performance, each with its name.
//!
//! Up to twelve points carry their names, if these find room; otherwise numbers, with the names in a list: beside the field, or below it when it is long.
//! No label covers another or a point; a thin line leads to one that had to go further away.

use super::axis::Axis;
use super::canvas::{Anchor, BODY, Canvas, LINE, Path, SMALL, SMALL_LINE, n, sound};
use super::drawing::{Drawing, Head, NARROW, WIDE};
use super::place::{Box4, Placed, Room, crowded_first};
use super::text::{balanced, bold, widest, wrap};
use super::{Number, count};

/// Most points that carry their names.
const NAMED: usize = 12;
/// Radius of a point.
const DOT: f64 = 4.5;
/// Widest name at a point.
const NAME: f64 = 150.0;
/// Width of the list beside the field.
const LIST: f64 = 250.0;

/// A cloud of named points.
pub struct Scatter<'a> {
    /// Title, subtitle, source, description.
    pub head: Head,
    /// In the order of their numbers.
    pub points: Vec<ScatterPoint>,
    /// The measure from left to right.
    pub x: Measure,
    /// The measure from below to above.
    pub y: Measure,
    /// Names of the quadrants: above left, above right, below left, below right; empty ones and those longer than a quadrant holds are not drawn.
    pub quadrants: [String; 4],
    /// Writes the numbers of the axes.
    pub number: Number<'a>,
    /// For a phone: 328 wide, the list below.
    pub narrow: bool,
}

/// A point.
#[derive(Debug, Clone, PartialEq)]
pub struct ScatterPoint {
    /// Name; long ones wrap.
    pub name: String,
    /// Value from left to right; a point without numbers is in the list only.
    pub x: f64,
    /// Value from below to above.
    pub y: f64,
    /// Drawn stronger.
    pub emphasis: bool,
    /// Where it leads, on a page.
    pub link: Option<String>,
    /// What is said of it when it is pointed at.
    pub tip: Option<String>,
}

/// An axis of a [`Scatter`].
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// What is measured, and its unit.
    pub label: String,
    /// Smallest and largest value that is possible.
    pub possible: (f64, f64),
    /// Where the quadrants meet.
    pub cut: Option<f64>,
}

/// Where everything stands.
struct Plan<'p, 'a> {
    chart: &'p Scatter<'a>,
    width: f64,
    field: Box4,
    x: Axis,
    y: Axis,
    /// Sound points: index and position.
    spots: Vec<(usize, (f64, f64))>,
    listed: bool,
    /// Lines of what is measured upwards, over the field.
    above: Vec<String>,
    beside: bool,
}

impl Scatter<'_> {
    /// The drawing.
    #[must_use]
    pub fn draw(&self) -> Drawing {
        let sound_points = self.points.iter().filter(|p| sound(p.x) && sound(p.y)).count();
        let few = sound_points <= NAMED && sound_points == self.points.len() && !self.narrow;
        // Names at points are tried first; one that finds no place turns all into numbers.
        if few {
            let (drawing, all) = self.plan(false).drawing();
            if all {
                return drawing;
            }
        }
        self.plan(true).drawing().0
    }

    fn plan(&self, listed: bool) -> Plan<'_, '_> {
        let width = if self.narrow { NARROW } else { WIDE };
        let sound_points = || self.points.iter().enumerate().filter(|(_, p)| sound(p.x) && sound(p.y));
        let list: f64 = self.points.iter().map(|p| count(wrap(&p.name, LIST - 44.0, BODY).len()) * LINE + 3.0).sum();
        let beside = listed && !self.narrow && list <= 470.0;
        let above = wrap(&self.y.label, width, SMALL);
        let top = count(above.len()) * SMALL_LINE + 8.0;
        let tall = if self.narrow { 300.0 } else { 430.0 };
        let bottom = top + tall;
        let values = |of: &dyn Fn(&ScatterPoint) -> f64, m: &Measure| covered(sound_points().map(|(_, p)| of(p)).collect(), m);
        let steps = if self.narrow { 4.0 } else { 6.0 };
        let y = Axis::covering(values(&|p| p.y, &self.y), self.y.possible, steps, (bottom, top));
        let left = y.widest(self.number) + 12.0;
        let right = if beside { width - LIST - 20.0 } else { width - 16.0 };
        let x = Axis::covering(values(&|p| p.x, &self.x), self.x.possible, steps, (left, right));
        let spots = sound_points().map(|(i, p)| (i, (x.at(p.x), y.at(p.y)))).collect();
        Plan { chart: self, width, field: Box4 { left, top, right, bottom }, x, y, spots, listed, above, beside }
    }
}

/// What an axis has to cover: the values with a little room around them, and around the cut so that each quadrant has its place.
fn covered(values: Vec<f64>, measure: &Measure) -> Vec<f64> {
    let ends = values.iter().copied().chain(measure.cut.filter(|c| sound(*c)));
    let (low, high) = ends.fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), v| (a.min(v), b.max(v)));
    if low > high {
        return values;
    }
    let room = (high - low) * 0.04;
    let mut out = vec![low - room, high + room];
    if let Some(cut) = measure.cut.filter(|c| sound(*c)) {
        let side = (high - low) * 0.18;
        out.extend([cut - side, cut + side]);
    }
    out
}

impl Plan<'_, '_> {
    /// The drawing, and whether every point has its label.
    fn drawing(&self) -> (Drawing, bool) {
        let mut canvas = Canvas::default();
        let mut room = Room::new(self.field);
        self.ground(&mut canvas, &mut room);
        self.spots.iter().for_each(|(_, (x, y))| room.take(Box4::around(*x, *y, DOT + 1.0)));
        let labels = self.labels(&mut room);
        for (i, placed, _) in &labels {
            self.leader(&mut canvas, *i, placed);
        }
        for (i, (x, y)) in &self.spots {
            let Some(p) = self.chart.points.get(*i) else { continue };
            let class = if p.emphasis { "c-dot c-strong" } else { "c-dot" };
            canvas.mark("c-mark", p.tip.as_deref(), p.link.as_deref(), |c| {
                c.circle(class, *x, *y, if p.emphasis { DOT + 1.0 } else { DOT });
            });
        }
        for (_, placed, lines) in &labels {
            let (class, step) = if self.listed { ("c-n", SMALL_LINE) } else { ("c-si c-over", SMALL_LINE) };
            canvas.lines(class, placed.at.left, placed.at.top + 11.0, Anchor::Start, step, lines);
        }
        let under = self.field.bottom + 18.0;
        let across = wrap(&self.chart.x.label, self.field.right - self.field.left, SMALL);
        canvas.lines("c-s", self.field.right, under + 17.0, Anchor::End, SMALL_LINE, &across);
        let bottom = under + 22.0 + count(across.len()) * SMALL_LINE - 8.0;
        let bottom = if self.listed { self.list(&mut canvas, bottom) } else { bottom };
        (Drawing::new(&self.chart.head, self.width, bottom + 2.0, self.chart.narrow, canvas), labels.len() == self.spots.len())
    }

    /// Axes, lines between quadrants and their names, which labels keep away from.
    fn ground(&self, canvas: &mut Canvas, room: &mut Room) {
        let f = self.field;
        self.y.grid_across(canvas, f.left, f.right, self.chart.number);
        self.x.grid_down(canvas, &[(f.top, f.bottom)]);
        self.x.label_across(canvas, f.bottom + 17.0, self.chart.number, (0.0, self.width));
        canvas.lines("c-s", 0.0, 11.0, Anchor::Start, SMALL_LINE, &self.above);
        let cut = |m: &Measure, axis: &Axis| m.cut.filter(|c| sound(*c) && axis.holds(*c)).map(|c| axis.at(c));
        let (across, down) = (cut(&self.chart.x, &self.x), cut(&self.chart.y, &self.y));
        if let Some(x) = across {
            canvas.path("c-ref", &format!("M{} {}V{}", n(x), n(f.top), n(f.bottom)));
            room.take(Box4 { left: x - 1.0, right: x + 1.0, ..f });
        }
        if let Some(y) = down {
            canvas.path("c-ref", &format!("M{} {}H{}", n(f.left), n(y), n(f.right)));
            room.take(Box4 { top: y - 1.0, bottom: y + 1.0, ..f });
        }
        let middle = across.unwrap_or_else(|| f64::midpoint(f.left, f.right));
        for (i, name) in self.chart.quadrants.iter().enumerate() {
            let (left, above) = (i % 2 == 0, i < 2);
            let most = (f.bottom - f.top) / 2.0 - 12.0;
            let quarter = (if left { middle - f.left } else { f.right - middle } - 16.0).max(60.0);
            let fitting = |room: f64| Some(wrap(name, room, SMALL)).filter(|lines| count(lines.len()) * SMALL_LINE <= most);
            let Some(lines) = fitting(quarter).or_else(|| fitting(f.right - f.left - 16.0)) else { continue };
            let (wide, tall) = (widest(&lines, SMALL), count(lines.len()) * SMALL_LINE);
            let top = if above { f.top + 6.0 } else { f.bottom - tall - 6.0 };
            let (x, side) = if left { (f.left + 8.0, Anchor::Start) } else { (f.right - 8.0, Anchor::End) };
            canvas.lines("c-quadrant c-over", x, top + 11.0, side, SMALL_LINE, &lines);
            let (from, _) = side.span(x, wide);
            room.take(Box4::new(from, top, wide, tall));
        }
    }

    /// Labels that found a place.
    fn labels(&self, room: &mut Room) -> Vec<(usize, Placed, Vec<String>)> {
        let spots: Vec<(f64, f64)> = self.spots.iter().map(|(_, at)| *at).collect();
        let mut out = Vec::new();
        for at in crowded_first(&spots, 60.0) {
            let (Some((i, spot)), reach) = (self.spots.get(at), if self.listed { 120.0 } else { 60.0 }) else { continue };
            let Some(p) = self.chart.points.get(*i) else { continue };
            let (lines, wide) = if self.listed {
                let number = (i + 1).to_string();
                let wide = bold(&number, SMALL);
                (vec![number], wide)
            } else {
                let lines = balanced(&p.name, NAME, SMALL);
                let wide = widest(&lines, SMALL);
                (lines, wide)
            };
            if let Some(placed) = room.place(*spot, DOT, (wide, count(lines.len()) * SMALL_LINE), reach) {
                out.push((*i, placed, lines));
            }
        }
        out.sort_by_key(|(i, ..)| *i);
        out
    }

    fn leader(&self, canvas: &mut Canvas, i: usize, placed: &Placed) {
        if let Some((_, (x, y))) = self.spots.iter().find(|(at, _)| *at == i).filter(|_| placed.far) {
            canvas.path("c-leader", &Path::default().to((*x, *y)).to(placed.at.nearest(*x, *y)).done());
        }
    }

    /// The names with their numbers; gives where the drawing ends.
    fn list(&self, canvas: &mut Canvas, bottom: f64) -> f64 {
        let number = (bold(&self.chart.points.len().to_string(), SMALL) + 10.0).max(28.0);
        let columns = if self.beside || self.chart.narrow { 1 } else { 3 };
        let (left, top) = if self.beside { (self.width - LIST, self.field.top) } else { (0.0, bottom + 10.0) };
        let wide = (self.width - left) / count(columns);
        let names: Vec<Vec<String>> = self.chart.points.iter().map(|p| wrap(&p.name, wide - number - 6.0 - 12.0, BODY)).collect();
        let height = |lines: &Vec<String>| count(lines.len().max(1)) * LINE + 3.0;
        let each = names.iter().map(height).sum::<f64>() / count(columns);
        let (mut column, mut y, mut lowest) = (0, top, top);
        for (i, (p, lines)) in self.chart.points.iter().zip(&names).enumerate() {
            if y - top >= each && column + 1 < columns {
                (column, y) = (column + 1, top);
            }
            let x = left + count(column) * wide;
            canvas.text("c-n", x + number - 6.0, y + 13.0, Anchor::End, &(i + 1).to_string());
            canvas.linked(p.link.as_deref(), |c| c.lines("c-t", x + number, y + 13.0, Anchor::Start, LINE, lines));
            y += height(lines);
            lowest = lowest.max(y);
        }
        bottom.max(lowest)
    }
}
