//! Shares as bars: the axis is always the whole from 0 to 100, because a bar says how much there is.

use std::ops::Range;

use super::axis::{Axis, down};
use super::canvas::{Anchor, Canvas, SMALL, SMALL_LINE, sound};
use super::columns::{Columns, Headings, Shape, Texts, below, paged, sections};
use super::drawing::{Drawing, Head};
use super::interval::whisker;
use super::text::wrap;
use super::{Figure, Number, count};

/// Height of a bar.
const THICK: f64 = 14.0;
/// Heights of a bar and of the earlier value's below it.
const PAIR: (f64, f64) = (12.0, 4.0);
/// Width of the thin bar in the key.
const SWATCH: f64 = 18.0;
/// From this many rows on the axis stands below, too.
const LONG: usize = 20;

/// Shares in percent, a row each.
pub struct Bars<'a> {
    /// Title, subtitle, source, description.
    pub head: Head,
    /// In the order in which they are drawn.
    pub rows: Vec<Bar>,
    /// What the second, thin bars are, such as “Năm 2025”; drawn as a key above when a row has such a value.
    pub before: String,
    /// Words above the columns; the one of ranks is not used.
    pub headings: Headings,
    /// Writes the numbers of the axis.
    pub number: Number<'a>,
    /// For a phone: 328 wide, names above the bars.
    pub narrow: bool,
}

/// A bar.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// Name; long ones wrap.
    pub name: String,
    /// 0 for the whole and parts (bold, dark bar); 1 and more are indented below.
    pub level: u8,
    /// Share from 0 to 100 with its interval, or why there is none.
    pub figure: Figure,
    /// An earlier or other value from 0 to 100, drawn as a thin bar below.
    pub before: Option<f64>,
    /// Further small text at the right; may be empty.
    pub detail: String,
    /// Where the name leads, on a page.
    pub link: Option<String>,
    /// What is said of the bar when it is pointed at.
    pub tip: Option<String>,
}

/// Rows laid out.
struct Plan<'p, 'a> {
    bars: &'p Bars<'a>,
    columns: Columns,
    axis: Axis,
    shapes: Vec<Shape>,
    /// What thin bars are, in lines.
    key: Vec<String>,
    top: f64,
}

impl Bars<'_> {
    /// All rows in one drawing; with more than sixty the axis stands again after every forty.
    #[must_use]
    pub fn draw(&self) -> Drawing {
        self.plan().drawing(&sections(self.rows.len()))
    }

    /// The rows in drawings of at most this height, for pages of paper.
    #[must_use]
    pub fn pages(&self, height: f64) -> Vec<Drawing> {
        let plan = self.plan();
        let heights: Vec<f64> = plan.shapes.iter().map(|s| s.height).collect();
        paged(&heights, plan.top + 24.0, height).into_iter().map(|part| plan.drawing(std::slice::from_ref(&part))).collect()
    }

    fn plan(&self) -> Plan<'_, '_> {
        let texts = self.rows.iter().map(|r| Texts {
            name: &r.name,
            value: r.figure.label(),
            detail: &r.detail,
            reason: r.figure.reason(),
            level: r.level,
            bold: r.level == 0,
            ..Texts::default()
        });
        let headings = Headings { rank: String::new(), ..self.headings.clone() };
        let columns = Columns::of(texts.clone(), &headings, (0.5, 6.0), 360.0, self.narrow);
        let shapes = texts.map(|t| columns.shape(t)).collect();
        let key = if self.rows.iter().any(|r| r.before.is_some_and(sound)) {
            wrap(&self.before, columns.width - columns.plot.0 - SWATCH - 6.0, SMALL)
        } else {
            Vec::new()
        };
        let above = if key.is_empty() { 16.0 } else { 22.0 + count(key.len()) * SMALL_LINE };
        let top = columns.heading_height(&headings, above);
        let wanted = if self.narrow { 4.0 } else { 5.0 };
        Plan { bars: self, axis: Axis::covering([0.0, 100.0], (0.0, 100.0), wanted, columns.plot), columns, shapes, key, top }
    }
}

impl Plan<'_, '_> {
    fn drawing(&self, parts: &[Range<usize>]) -> Drawing {
        let mut canvas = Canvas::default();
        let y = below(parts, (0.0, 16.0), |y, part| self.section(&mut canvas, y, part));
        Drawing::new(&self.bars.head, self.columns.width, y + 2.0, self.columns.narrow, canvas)
    }

    fn section(&self, canvas: &mut Canvas, y: f64, part: Range<usize>) -> f64 {
        let top = y + self.top;
        let shapes = self.shapes.get(part.clone()).unwrap_or_default();
        let rows = self.bars.rows.get(part.clone()).unwrap_or_default();
        let bottom = top + shapes.iter().map(|s| s.height).sum::<f64>();
        let strips = self.columns.strips(top, shapes);
        self.axis.grid_down(canvas, &strips);
        self.columns.headings(canvas, top, &Headings { rank: String::new(), ..self.bars.headings.clone() });
        let room = ((self.columns.plot.0 - 20.0).max(0.0), (self.columns.plot.1 + 20.0).min(self.columns.width));
        self.axis.label_across(canvas, top - 10.0, self.bars.number, room);
        if !self.key.is_empty() {
            let first = top - 28.0 - count(self.key.len() - 1) * SMALL_LINE;
            canvas.rect("c-before", self.columns.plot.0, first - 6.0, SWATCH, PAIR.1);
            canvas.lines("c-s", self.columns.plot.0 + SWATCH + 6.0, first, Anchor::Start, SMALL_LINE, &self.key);
        }
        let mut at = top;
        for (row, shape) in rows.iter().zip(shapes) {
            let middle = self.columns.row(canvas, at, shape, row.link.as_deref());
            canvas.mark("c-mark", row.tip.as_deref(), None, |c| self.bar(c, middle, row));
            at += shape.height;
        }
        // The line that bars begin at stands over them.
        canvas.path("c-edge", &down(self.axis.at(0.0), &strips));
        if part.len() < LONG {
            return bottom;
        }
        self.axis.label_across(canvas, bottom + 16.0, self.bars.number, room);
        bottom + 22.0
    }

    /// A bar with its interval, and the earlier value as a thin bar below.
    fn bar(&self, canvas: &mut Canvas, middle: f64, row: &Bar) {
        let before = row.before.filter(|v| sound(*v));
        let zero = self.axis.at(0.0);
        let (thick, y) = if before.is_some() { (PAIR.0, middle - PAIR.1 / 2.0 - 0.5) } else { (THICK, middle) };
        if let Some((value, low, high)) = row.figure.ends() {
            canvas.rect(if row.level == 0 { "c-bar c-whole" } else { "c-bar" }, zero, y - thick / 2.0, self.axis.at(value) - zero, thick);
            // An outline of the ground keeps the line apart from a dark bar.
            whisker(canvas, "c-halo", &self.axis, y, low, high);
            whisker(canvas, "c-error", &self.axis, y, low, high);
        }
        if let Some(before) = before {
            // Where there is no bar, the reason stands in its place.
            canvas.rect(
                "c-before",
                zero,
                y + thick / 2.0 + if row.figure.ends().is_some() { 1.0 } else { 4.0 },
                self.axis.at(before) - zero,
                PAIR.1,
            );
        }
    }
}
