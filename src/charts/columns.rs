//! The columns that charts with a row a unit share: rank, name, drawing, value, remark.
//!
//! On a phone (`narrow`) the name and the value stand above the drawing, the rank and the remark beside it.

use std::ops::Range;

use super::canvas::{Anchor, BODY, Canvas, LINE, SMALL, SMALL_LINE};
use super::count;
use super::drawing::{NARROW, WIDE};
use super::text::{balanced, bold, width, wrap};

/// Height of a row with one line.
const ROW: f64 = 26.0;
/// Between columns.
const GAP: f64 = 14.0;
/// Room at both sides, so that the ground behind a row is wider than its texts.
const PAD: f64 = 8.0;
/// Most that a name takes before it wraps, and when the drawing needs room.
const NAME: (f64, f64) = (290.0, 170.0);
/// Most that a value or remark takes before it wraps.
const VALUE: f64 = 150.0;
/// Rows after which the axis stands again.
const AGAIN: usize = 40;

/// Words above the columns; empty ones are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headings {
    /// Above ranks.
    pub rank: String,
    /// Above names.
    pub name: String,
    /// Above values.
    pub value: String,
    /// Above remarks.
    pub detail: String,
}

/// Texts of a row.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Texts<'t> {
    pub(super) rank: &'t str,
    pub(super) name: &'t str,
    pub(super) value: &'t str,
    pub(super) detail: &'t str,
    pub(super) reason: &'t str,
    /// Steps that the name is indented by.
    pub(super) level: u8,
    /// Whether the name is in bold type.
    pub(super) bold: bool,
}

/// Where columns stand.
#[derive(Debug, Clone)]
pub(super) struct Columns {
    pub(super) narrow: bool,
    pub(super) width: f64,
    /// Left and right end of the drawing.
    pub(super) plot: (f64, f64),
    rank: f64,
    rank_room: f64,
    name: f64,
    name_room: f64,
    value: f64,
    value_room: f64,
    detail: f64,
    detail_room: f64,
}

/// The lines of a row.
#[derive(Debug, Clone)]
pub(super) struct Shape {
    pub(super) height: f64,
    rank: Vec<String>,
    name: Vec<String>,
    value: Vec<String>,
    detail: Vec<String>,
    reason: Vec<String>,
    indent: f64,
    bold: bool,
}

impl Columns {
    /// Columns for these rows; `margins` is what marks need beyond the left and right end of the axis, `least`
    /// how broad the drawing is at least as long as names wrap.
    pub(super) fn of<'t>(
        rows: impl Iterator<Item = Texts<'t>> + Clone,
        headings: &Headings,
        margins: (f64, f64),
        least: f64,
        narrow: bool,
    ) -> Columns {
        let most = |of: &dyn Fn(Texts) -> f64, heading: &str, cap: f64| {
            let word = heading.split_whitespace().map(|w| width(w, SMALL)).fold(0.0, f64::max);
            let widest = rows.clone().map(of).fold(0.0, f64::max);
            // A short heading stands on one line, a longer one on two if they are short.
            let two = heading.match_indices(' ').map(|(at, _)| width(&heading[..at], SMALL).max(width(&heading[at + 1..], SMALL)));
            let room = [width(heading, SMALL), two.fold(f64::INFINITY, f64::min)].into_iter().find(|w| *w <= 72.0).unwrap_or(word);
            if widest > 0.0 { widest.max(room + 1.0).min(cap) } else { 0.0 }
        };
        let beside = |w: f64| if w > 0.0 { w + GAP } else { 0.0 };
        let rank = most(&|t| width(t.rank, if narrow { SMALL } else { BODY }), &headings.rank, if narrow { 60.0 } else { 90.0 });
        let value = most(&|t| bold(t.value, BODY), &headings.value, VALUE);
        let detail = most(&|t| width(t.detail, SMALL), &headings.detail, VALUE);
        if narrow {
            let beside = |w: f64| if w > 0.0 { w + 8.0 } else { 0.0 };
            let detail = detail.min(96.0);
            return Columns {
                narrow,
                width: NARROW,
                plot: ((if rank > 0.0 { rank + 12.0 } else { 0.0 }).max(margins.0), NARROW - beside(detail).max(margins.1)),
                rank,
                rank_room: rank,
                name: 0.0,
                name_room: NARROW - beside(value),
                value: NARROW,
                value_room: value,
                detail: NARROW,
                detail_room: detail,
            };
        }
        let name = most(&|t| if t.bold { bold(t.name, BODY) } else { width(t.name, BODY) } + indent(t.level) + 1.0, &headings.name, NAME.0);
        let free = WIDE - 2.0 * PAD - beside(rank) - beside(value) - beside(detail) - GAP - margins.0 - margins.1;
        let name_room = if free - name < least { (free - least).max(NAME.1).min(name) } else { name };
        let left = PAD + beside(rank);
        let right = WIDE - PAD;
        Columns {
            narrow,
            width: WIDE,
            // Beside a text there is room already.
            plot: (
                left + name_room + GAP + margins.0,
                right - beside(value) - beside(detail) - if value + detail > 0.0 { margins.1 / 2.0 } else { margins.1 },
            ),
            rank: PAD + rank,
            rank_room: rank,
            name: left,
            name_room,
            value: right - beside(detail),
            value_room: value,
            detail: right,
            detail_room: detail,
        }
    }

    /// The lines of a row, and how high it is.
    pub(super) fn shape(&self, texts: Texts) -> Shape {
        let indent = indent(texts.level);
        let shape = Shape {
            height: 0.0,
            rank: wrap(texts.rank, self.rank_room, if self.narrow { SMALL } else { BODY }),
            name: balanced(texts.name, (self.name_room - indent) / if texts.bold { 1.15 } else { 1.0 }, BODY),
            bold: texts.bold,
            value: wrap(texts.value, self.value_room / 1.15, BODY),
            detail: wrap(texts.detail, self.detail_room, SMALL),
            reason: wrap(texts.reason, self.plot.1 - self.plot.0 - 6.0, SMALL),
            indent,
        };
        let more = |lines: &[String], step: f64| count(lines.len().saturating_sub(1)) * step;
        let (names, drawn) =
            (more(&shape.name, LINE).max(more(&shape.value, LINE)), more(&shape.detail, SMALL_LINE).max(more(&shape.reason, SMALL_LINE)));
        let drawn = drawn.max(more(&shape.rank, LINE));
        let height = if self.narrow { LINE + names + ROW - 4.0 + drawn + 8.0 } else { ROW + names.max(drawn) };
        Shape { height, ..shape }
    }

    /// Draws the texts of a row whose top is at `y`, and gives the middle of its drawing.
    pub(super) fn row(&self, canvas: &mut Canvas, y: f64, shape: &Shape, link: Option<&str>) -> f64 {
        let middle = |lines: &[String], at: f64, step: f64| at - count(lines.len().saturating_sub(1)) * step / 2.0;
        let class = if shape.bold { "c-tb" } else { "c-t" };
        let at = if self.narrow {
            let names = count(shape.name.len().max(shape.value.len()).max(1));
            let top = y + names * LINE + 4.0;
            f64::midpoint(top, y + shape.height - 4.0)
        } else {
            y + shape.height / 2.0
        };
        let (name_y, value_y) =
            if self.narrow { (y + LINE, y + LINE) } else { (middle(&shape.name, at, LINE) + 5.0, middle(&shape.value, at, LINE) + 5.0) };
        canvas.linked(link, |c| c.lines(class, self.name + shape.indent, name_y, Anchor::Start, LINE, &shape.name));
        let (class, side, x, step) =
            if self.narrow { ("c-s", Anchor::Start, 0.0, SMALL_LINE) } else { ("c-r", Anchor::End, self.rank, LINE) };
        canvas.lines(class, x, middle(&shape.rank, at, step) + if self.narrow { 4.5 } else { 5.0 }, side, step, &shape.rank);
        canvas.lines("c-tb", self.value, value_y, Anchor::End, LINE, &shape.value);
        canvas.lines("c-s", self.detail, middle(&shape.detail, at, SMALL_LINE) + 4.5, Anchor::End, SMALL_LINE, &shape.detail);
        canvas.lines("c-s", self.plot.0 + 6.0, middle(&shape.reason, at, SMALL_LINE) + 4.5, Anchor::Start, SMALL_LINE, &shape.reason);
        at
    }

    /// Where vertical lines run in rows of these heights: through all on a wide drawing, beside names on a narrow one.
    pub(super) fn strips(&self, top: f64, shapes: &[Shape]) -> Vec<(f64, f64)> {
        let mut at = top;
        let ends = shapes.iter().map(|s| {
            let from = if self.narrow { at + count(s.name.len().max(s.value.len()).max(1)) * LINE + 4.0 } else { at };
            at += s.height;
            (from, if self.narrow { at - 4.0 } else { at })
        });
        let ends: Vec<(f64, f64)> = ends.collect();
        match (ends.first(), ends.last()) {
            (Some(first), Some(last)) if !self.narrow => vec![(first.0 - 4.0, last.1)],
            _ => ends,
        }
    }

    /// Height of the words above the columns, beside `least` for the axis.
    pub(super) fn heading_height(&self, headings: &Headings, least: f64) -> f64 {
        let lines = self.heading_lines(headings).into_iter().map(|(lines, ..)| lines.len()).max().unwrap_or(0);
        (count(lines) * SMALL_LINE).max(least) + 10.0
    }

    /// Draws the words above the columns, ending at `bottom`.
    pub(super) fn headings(&self, canvas: &mut Canvas, bottom: f64, headings: &Headings) {
        for (lines, x, anchor) in self.heading_lines(headings) {
            let first = bottom - 10.0 - count(lines.len().saturating_sub(1)) * SMALL_LINE;
            canvas.lines("c-s", x, first, anchor, SMALL_LINE, &lines);
        }
    }

    fn heading_lines(&self, headings: &Headings) -> Vec<(Vec<String>, f64, Anchor)> {
        if self.narrow {
            // Names and values explain themselves there; only the column beside the drawing needs its word.
            let lines = if self.rank > 0.0 { wrap(&headings.rank, self.rank_room, SMALL) } else { Vec::new() };
            return vec![(lines, 0.0, Anchor::Start)];
        }
        let shown = |text: &str, room: f64| if room > 0.0 { wrap(text, room, SMALL) } else { Vec::new() };
        vec![
            (shown(&headings.rank, self.rank - PAD), self.rank, Anchor::End),
            (shown(&headings.name, self.name_room), self.name, Anchor::Start),
            (shown(&headings.value, self.value_room), self.value, Anchor::End),
            (shown(&headings.detail, self.detail_room), self.detail, Anchor::End),
        ]
    }
}

fn indent(level: u8) -> f64 {
    f64::from(level.min(4)) * 14.0
}

/// Where the axis stands again in a long drawing: parts of [`AGAIN`] rows, the last up to half as long again.
#[must_use]
pub(super) fn sections(rows: usize) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut from = 0;
    while rows - from > AGAIN + AGAIN / 2 {
        out.push(from..from + AGAIN);
        from += AGAIN;
    }
    out.push(from..rows);
    out
}

/// Draws parts below each other: where the first begins and how far they are apart, and what draws one from a height on and gives where it ends.
pub(super) fn below(parts: &[Range<usize>], (first, apart): (f64, f64), mut draw: impl FnMut(f64, Range<usize>) -> f64) -> f64 {
    parts.iter().enumerate().fold(first, |y, (i, part)| draw(if i > 0 { y + apart } else { y }, part.clone()))
}

/// Rows in parts that are at most `page` high with `around` for their axis; a row higher than that has a part of its own.
#[must_use]
pub(super) fn paged(heights: &[f64], around: f64, page: f64) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let (mut from, mut filled) = (0, around);
    for (i, height) in heights.iter().enumerate() {
        if filled + height > page && i > from {
            out.push(from..i);
            (from, filled) = (i, around);
        }
        filled += height;
    }
    out.push(from..heights.len());
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_long_drawing_repeats_its_axis_and_leaves_no_short_end() {
        assert_eq!(sections(0), vec![std::ops::Range { start: 0, end: 0 }]);
        assert_eq!(sections(60), vec![std::ops::Range { start: 0, end: 60 }]);
        assert_eq!(sections(126), [0..40, 40..80, 80..126]);
    }

    proptest! {
        #[test]
        fn pages_hold_every_row_once_and_are_not_too_high(heights in prop::collection::vec(20.0..90.0f64, 0..80), page in 60.0..400.0f64) {
            let parts = paged(&heights, 30.0, page);
            prop_assert_eq!(parts.iter().cloned().flatten().collect::<Vec<_>>(), (0..heights.len()).collect::<Vec<_>>());
            for part in parts {
                prop_assert!(part.len() <= 1 || 30.0 + heights[part].iter().sum::<f64>() <= page);
            }
        }
    }
}
