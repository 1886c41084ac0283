//! Dot and interval: a row a unit, in the order given.
//!
//! The axis covers all intervals in round steps and need not begin at 0, because a dot says where it stands and not how long it is.

use std::ops::Range;

use super::axis::{Axis, down};
use super::canvas::{Anchor, Canvas, Path, SMALL, SMALL_LINE};
use super::columns::{Columns, Headings, Shape, Texts, below, paged, sections};
use super::drawing::{Drawing, Head};
use super::text::{balanced, widest};
use super::{Figure, Number, Reference, count};

/// From this many rows on the axis stands below, too.
const LONG: usize = 20;
/// Beyond the ends of the axis, for a dot at the end.
const MARGIN: f64 = 8.0;

/// Estimates with intervals, to be compared.
pub struct IntervalPlot<'a> {
    /// Title, subtitle, source, description.
    pub head: Head,
    /// In the order in which they are drawn.
    pub rows: Vec<IntervalRow>,
    /// The value of all, drawn as a line.
    pub reference: Option<Reference>,
    /// Smallest and largest value that is possible: the axis does not go beyond.
    pub possible: (f64, f64),
    /// Words above the columns.
    pub headings: Headings,
    /// Writes the numbers of the axis.
    pub number: Number<'a>,
    /// For a phone: 328 wide, names above the intervals.
    pub narrow: bool,
}

/// A unit.
#[derive(Debug, Clone, PartialEq)]
pub struct IntervalRow {
    /// Rank or ranks, such as “3–9”; may be empty.
    pub rank: String,
    /// Name; long ones wrap.
    pub name: String,
    /// Value and interval, or why there is none.
    pub figure: Figure,
    /// Further small text at the right, such as the interval or the number of forms; may be empty.
    pub detail: String,
    /// Number of the group of units that do not differ: the ground behind the rows changes when it changes.
    pub band: Option<u32>,
    /// Where the name leads, on a page.
    pub link: Option<String>,
    /// What is said of the interval when it is pointed at.
    pub tip: Option<String>,
}

/// Rows laid out, ready to be drawn in one part or several.
struct Plan<'p, 'a> {
    plot: &'p IntervalPlot<'a>,
    columns: Columns,
    axis: Axis,
    shapes: Vec<Shape>,
    /// Whether the ground of each row is shaded.
    shaded: Vec<bool>,
    /// Lines over the line of the reference.
    reference: Vec<String>,
    top: f64,
}

impl IntervalPlot<'_> {
    /// All rows in one drawing; with more than sixty the axis stands again after every forty.
    #[must_use]
    pub fn draw(&self) -> Drawing {
        let plan = self.plan();
        plan.drawing(&sections(self.rows.len()))
    }

    /// The rows in drawings of at most this height (see [`Drawing::height`]) on the same axis, for pages of paper.
    #[must_use]
    pub fn pages(&self, height: f64) -> Vec<Drawing> {
        let plan = self.plan();
        let heights: Vec<f64> = plan.shapes.iter().map(|s| s.height).collect();
        paged(&heights, plan.top + 24.0, height).into_iter().map(|part| plan.drawing(std::slice::from_ref(&part))).collect()
    }

    fn plan(&self) -> Plan<'_, '_> {
        let texts = self.rows.iter().map(|r| Texts {
            rank: &r.rank,
            name: &r.name,
            value: r.figure.label(),
            detail: &r.detail,
            reason: r.figure.reason(),
            ..Texts::default()
        });
        let columns = Columns::of(texts.clone(), &self.headings, (MARGIN, MARGIN), 270.0, self.narrow);
        let ends = self.rows.iter().filter_map(|r| r.figure.ends()).flat_map(|(_, low, high)| [low, high]);
        let wanted = ((columns.plot.1 - columns.plot.0) / 52.0).clamp(2.0, 8.0);
        let axis = Axis::covering(ends.chain(self.reference.iter().map(|r| r.value)), self.possible, wanted, columns.plot);
        let shapes = texts.map(|t| columns.shape(t)).collect();
        let reference = self.reference.as_ref().map(|r| balanced(&r.label, columns.plot.1 - columns.plot.0, SMALL)).unwrap_or_default();
        let above = 16.0 + if reference.is_empty() { 0.0 } else { count(reference.len()) * SMALL_LINE + 4.0 };
        let top = columns.heading_height(&self.headings, above);
        Plan { plot: self, axis, reference, shapes, shaded: shaded(self.rows.iter().map(|r| r.band)), top, columns }
    }
}

/// Which rows have the second ground: it changes with the band; rows without one have the first.
fn shaded(bands: impl Iterator<Item = Option<u32>>) -> Vec<bool> {
    let (mut now, mut shade) = (None, true);
    bands
        .map(|band| {
            if band.is_some() && band != now {
                shade = !shade;
                now = band;
            }
            band.is_some() && shade
        })
        .collect()
}

impl Plan<'_, '_> {
    fn drawing(&self, parts: &[Range<usize>]) -> Drawing {
        let mut canvas = Canvas::default();
        let y = below(parts, (0.0, 16.0), |y, part| self.section(&mut canvas, y, part));
        Drawing::new(&self.plot.head, self.columns.width, y + 2.0, self.columns.narrow, canvas)
    }

    /// One part with its axis from `y` on; gives where it ends.
    fn section(&self, canvas: &mut Canvas, y: f64, part: Range<usize>) -> f64 {
        let top = y + self.top;
        let shapes = self.shapes.get(part.clone()).unwrap_or_default();
        let bottom = top + shapes.iter().map(|s| s.height).sum::<f64>();
        self.ground(canvas, top, part.clone());
        let strips = self.columns.strips(top, shapes);
        self.axis.grid_down(canvas, &strips);
        self.columns.headings(canvas, top, &self.plot.headings);
        let room = (
            if self.columns.narrow { self.columns.plot.0 - MARGIN } else { (self.columns.plot.0 - 20.0).max(0.0) },
            (self.columns.plot.1 + 20.0).min(self.columns.width),
        );
        // The words of the reference stand between the ticks and its line.
        let ticks = top - 10.0 - if self.reference.is_empty() { 0.0 } else { count(self.reference.len()) * SMALL_LINE + 4.0 };
        self.axis.label_across(canvas, ticks, self.plot.number, room);
        if let Some(reference) = self.plot.reference.as_ref().filter(|r| self.axis.holds(r.value)) {
            let x = self.axis.at(reference.value);
            canvas.path("c-ref", &down(x, &strips));
            above_line(canvas, x, top - 9.0, &self.reference, self.columns.plot);
        }
        let mut at = top;
        for (row, shape) in self.plot.rows.get(part.clone()).unwrap_or_default().iter().zip(shapes) {
            let middle = self.columns.row(canvas, at, shape, row.link.as_deref());
            if let Some(ends) = row.figure.ends() {
                canvas.mark("c-mark", row.tip.as_deref(), None, |c| interval(c, &self.axis, middle, ends));
            }
            at += shape.height;
        }
        if part.len() < LONG {
            return bottom;
        }
        self.axis.label_across(canvas, bottom + 16.0, self.plot.number, room);
        bottom + 22.0
    }

    /// The ground behind units that do not differ.
    fn ground(&self, canvas: &mut Canvas, top: f64, part: Range<usize>) {
        let rows = self.shapes.get(part.clone()).unwrap_or_default().iter().zip(self.shaded.get(part).unwrap_or_default());
        let (mut at, mut from) = (top, None);
        for (shape, shaded) in rows {
            match (from, shaded) {
                (None, true) => from = Some(at),
                (Some(start), false) => {
                    canvas.rect("c-band", 0.0, start, self.columns.width, at - start);
                    from = None;
                }
                _ => {}
            }
            at += shape.height;
        }
        if let Some(start) = from {
            canvas.rect("c-band", 0.0, start, self.columns.width, at - start);
        }
    }
}

/// A dot with its interval.
pub(super) fn interval(canvas: &mut Canvas, axis: &Axis, y: f64, (value, low, high): (f64, f64, f64)) {
    whisker(canvas, "c-whisker", axis, y, low, high);
    canvas.circle("c-dot", axis.at(value), y, 4.5);
}

/// A line with ends; nothing when there is no interval.
pub(super) fn whisker(canvas: &mut Canvas, class: &str, axis: &Axis, y: f64, low: f64, high: f64) {
    let (from, to) = (axis.at(low), axis.at(high));
    if to > from {
        let end = |x: f64| [(x, y - 4.0), (x, y + 4.0)];
        let ends = [[(from, y), (to, y)], end(from), end(to)];
        let path = ends.into_iter().fold(Path::default(), |path, [a, b]| path.to(a).to(b).lift());
        canvas.path(class, &path.done());
    }
}

/// Lines of text over a vertical line, the last on the baseline `y`, moved sideways as far as they must to stay in the room.
pub(super) fn above_line(canvas: &mut Canvas, x: f64, y: f64, lines: &[String], room: (f64, f64)) {
    let half = widest(lines, SMALL) / 2.0;
    let x = x.clamp(room.0 + half, (room.1 - half).max(room.0 + half));
    canvas.lines("c-s", x, y - count(lines.len().saturating_sub(1)) * SMALL_LINE, Anchor::Middle, SMALL_LINE, lines);
}
