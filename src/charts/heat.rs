//! A heat map: rows × columns with the number in each cell.
//!
//! The colour says how far a cell lies from the median of its column, in seven steps of equal width, the same for all columns: orange below, blue above.
//! The width is the round number (1, 2 or 5 times a power of ten) with which nine of ten cells lie within two and a half steps. Cells two steps and more
//! away also carry a triangle, so that direction is seen without colour.

use std::ops::Range;

use super::canvas::{Anchor, BODY, Canvas, LINE, Path, SMALL, SMALL_LINE, sound};
use super::columns::{below, paged, sections};
use super::drawing::{Drawing, Head, NARROW, WIDE};
use super::text::{balanced, widest, width, wrap};
use super::{Number, count};

/// Between cells.
const GAP: f64 = 2.0;
/// Height of a cell with one line.
const CELL: f64 = 26.0;
/// Widest cell.
const BROAD: f64 = 120.0;
/// Most that a name takes beside the cells.
const NAME: f64 = 240.0;
/// Steps to each side of the middle.
const STEPS: i8 = 3;

/// Values by row and column.
pub struct HeatMap<'a> {
    /// Title, subtitle, source, description.
    pub head: Head,
    /// Names of the columns.
    pub columns: Vec<String>,
    /// In the order in which they are drawn.
    pub rows: Vec<HeatRow>,
    /// What the colours mean, such as “Chênh lệch so với trung vị của cột, điểm phần trăm”; drawn with the colours above the map.
    pub key: String,
    /// Writes the limits of the colours.
    pub number: Number<'a>,
    /// For a phone: 328 wide (more with many columns), names above the cells.
    pub narrow: bool,
}

/// A row.
#[derive(Debug, Clone, PartialEq)]
pub struct HeatRow {
    /// Name; long ones wrap.
    pub name: String,
    /// Where the name leads, on a page.
    pub link: Option<String>,
    /// A cell for each column, in order; what is left out is empty.
    pub cells: Vec<Cell>,
}

/// A cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// A value.
    Known {
        /// The value.
        value: f64,
        /// The value as text.
        label: String,
        /// What is said of the cell when it is pointed at.
        tip: Option<String>,
    },
    /// No value, and why in a word or two.
    Missing {
        /// Such as “ít phiếu”.
        reason: String,
    },
}

impl Cell {
    fn value(&self) -> Option<f64> {
        match self {
            Cell::Known { value, .. } if sound(*value) => Some(*value),
            _ => None,
        }
    }

    fn text(&self) -> &str {
        match self {
            Cell::Known { label, .. } => label,
            Cell::Missing { reason } => reason,
        }
    }
}

/// Where everything stands.
struct Plan<'p, 'a> {
    map: &'p HeatMap<'a>,
    narrow: bool,
    width: f64,
    /// Left end of the cells.
    left: f64,
    cell: f64,
    headings: Vec<Vec<String>>,
    names: Vec<Vec<String>>,
    heights: Vec<f64>,
    medians: Vec<Option<f64>>,
    step: f64,
}

impl HeatMap<'_> {
    /// All rows in one drawing; with more than sixty the columns are named again after every forty.
    #[must_use]
    pub fn draw(&self) -> Drawing {
        self.plan().drawing(&sections(self.rows.len()))
    }

    /// The rows in drawings of at most this height with the same colours, for pages of paper.
    #[must_use]
    pub fn pages(&self, height: f64) -> Vec<Drawing> {
        let plan = self.plan();
        paged(&plan.heights, plan.key_height() + plan.heading_height(), height)
            .into_iter()
            .map(|part| plan.drawing(std::slice::from_ref(&part)))
            .collect()
    }

    fn plan(&self) -> Plan<'_, '_> {
        let texts = || self.rows.iter().flat_map(|r| r.cells.iter().take(self.columns.len()));
        let words = self.columns.iter().map(String::as_str).chain(texts().filter(|c| c.value().is_none()).map(Cell::text));
        let word = words.flat_map(str::split_whitespace).map(|w| width(w, SMALL)).fold(0.0, f64::max);
        let value = texts().filter(|c| c.value().is_some()).map(|c| width(c.text(), SMALL) + 12.0).fold(0.0, f64::max);
        let least = (word.min(90.0) + 6.0).max(value).max(38.0);
        let columns = count(self.columns.len().max(1));
        let page = if self.narrow { NARROW } else { WIDE };
        let widest_name = self.rows.iter().map(|r| width(&r.name, BODY) + 1.0).fold(0.0, f64::max);
        // Names give way to cells, down to two thirds of what they may have.
        let left = if self.narrow { 0.0 } else { (widest_name.min(NAME).min((page - columns * least).max(NAME / 1.5)) + 12.0).ceil() };
        let cell = ((page - left) / columns).floor().clamp(least, BROAD.max(least)).ceil();
        let wide = (left + cell * columns).max(page);
        let room = if self.narrow { NARROW } else { left - 12.0 };
        let names: Vec<Vec<String>> = self.rows.iter().map(|r| balanced(&r.name, room, BODY)).collect();
        let heights = self.rows.iter().zip(&names).map(|(row, name)| {
            let lines =
                row.cells.iter().filter(|c| c.value().is_none()).map(|c| wrap(c.text(), cell - 6.0, SMALL).len()).max().unwrap_or(1);
            let cells = CELL + count(lines.saturating_sub(1)) * SMALL_LINE;
            let names = count(name.len()) * LINE;
            if self.narrow { names + cells + 10.0 } else { cells.max(names + 8.0) }
        });
        let medians: Vec<Option<f64>> =
            (0..self.columns.len()).map(|at| median(self.rows.iter().filter_map(|r| r.cells.get(at)?.value()).collect())).collect();
        let away =
            self.rows.iter().flat_map(|r| r.cells.iter().zip(&medians)).filter_map(|(c, m)| Some((c.value()? - (*m)?).abs())).collect();
        Plan {
            map: self,
            narrow: self.narrow,
            width: wide,
            left,
            cell,
            headings: self.columns.iter().map(|c| balanced(c, cell - 4.0, SMALL)).collect(),
            heights: heights.collect(),
            names,
            medians,
            step: step(away),
        }
    }
}

/// The middle value.
fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    let upper = values.get(middle)?;
    if values.len() % 2 == 1 { Some(*upper) } else { Some(f64::midpoint(*values.get(middle.checked_sub(1)?)?, *upper)) }
}

/// Width of a step for these distances from the median; 1 when nothing differs.
fn step(mut away: Vec<f64>) -> f64 {
    away.sort_by(f64::total_cmp);
    let most = away.get(away.len() * 9 / 10).or(away.last()).copied().unwrap_or(0.0);
    let least = most / (f64::from(STEPS) - 0.5);
    if least <= 0.0 {
        return 1.0;
    }
    let power = 10.0_f64.powf(least.log10().floor());
    [1.0, 2.0, 5.0].into_iter().map(|d| d * power).find(|s| *s >= least * (1.0 - 1e-9)).unwrap_or(10.0 * power)
}

impl Plan<'_, '_> {
    /// Steps that a value lies from the median of its column.
    fn level(&self, column: usize, value: f64) -> i8 {
        let away = self.medians.get(column).copied().flatten().map_or(0.0, |m| (value - m) / self.step);
        let most = f64::from(STEPS);
        #[expect(clippy::cast_possible_truncation, reason = "from −3 to 3")]
        let level = away.round().clamp(-most, most) as i8;
        level
    }

    fn drawing(&self, parts: &[Range<usize>]) -> Drawing {
        let mut canvas = Canvas::default();
        self.key(&mut canvas);
        let y = below(parts, (self.key_height(), 14.0), |y, part| self.section(&mut canvas, y, part));
        Drawing::new(&self.map.head, self.width, y + 2.0, self.narrow, canvas)
    }

    fn heading_height(&self) -> f64 {
        count(self.headings.iter().map(Vec::len).max().unwrap_or(0)) * SMALL_LINE + 6.0
    }

    fn section(&self, canvas: &mut Canvas, y: f64, part: Range<usize>) -> f64 {
        let top = y + self.heading_height();
        let mut x = self.left;
        for lines in &self.headings {
            let first = top - 7.0 - count(lines.len().saturating_sub(1)) * SMALL_LINE;
            canvas.lines("c-s", x + (self.cell - GAP) / 2.0, first, Anchor::Middle, SMALL_LINE, lines);
            x += self.cell;
        }
        let mut at = top;
        for i in part {
            if let (Some(row), Some(name), Some(height)) = (self.map.rows.get(i), self.names.get(i), self.heights.get(i)) {
                self.row(canvas, at, row, name, *height);
                at += height;
            }
        }
        at
    }

    fn row(&self, canvas: &mut Canvas, y: f64, row: &HeatRow, name: &[String], height: f64) {
        let lines = count(name.len());
        let (name_y, top, tall) = if self.narrow {
            (y + LINE - 2.0, y + lines * LINE + 2.0, height - lines * LINE - 10.0)
        } else {
            (y + (height - GAP) / 2.0 + 5.0 - (lines - 1.0).max(0.0) * LINE / 2.0, y, height - GAP)
        };
        canvas.linked(row.link.as_deref(), |c| c.lines("c-t", 0.0, name_y, Anchor::Start, LINE, name));
        let mut x = self.left;
        for (column, cell) in row.cells.iter().take(self.headings.len()).enumerate() {
            self.cell(canvas, (x, top), tall, column, cell);
            x += self.cell;
        }
    }

    fn cell(&self, canvas: &mut Canvas, (x, y): (f64, f64), tall: f64, column: usize, cell: &Cell) {
        let (wide, middle) = (self.cell - GAP, y + tall / 2.0 + 4.5);
        let Cell::Known { value, label, tip } = cell else {
            return self.missing(canvas, (x, y), tall, cell.text());
        };
        if !sound(*value) {
            return self.missing(canvas, (x, y), tall, label);
        }
        let level = self.level(column, *value);
        canvas.mark("c-mark", tip.as_deref(), None, |c| {
            c.rect(&format!("c-cell c-{}", shade(level)), x, y, wide, tall);
            if level.abs() >= 2 {
                c.path("c-wedge", &wedge(x + wide - 7.0, y + 6.5, level > 0));
            }
            c.text("c-num", x + wide / 2.0, middle, Anchor::Middle, label);
        });
    }

    fn missing(&self, canvas: &mut Canvas, (x, y): (f64, f64), tall: f64, reason: &str) {
        canvas.hatched(x, y, self.cell - GAP, tall);
        let lines = wrap(reason, self.cell - 6.0, SMALL);
        let first = y + tall / 2.0 + 4.0 - count(lines.len().saturating_sub(1)) * SMALL_LINE / 2.0;
        canvas.lines("c-s c-over", x + (self.cell - GAP) / 2.0, first, Anchor::Middle, SMALL_LINE, &lines);
    }

    fn key_lines(&self) -> Vec<String> {
        wrap(&self.map.key, self.width.min(if self.narrow { NARROW } else { WIDE - 7.0 * KEY_WIDE - 20.0 }), SMALL)
    }

    fn key_height(&self) -> f64 {
        let lines = self.key_lines();
        if lines.is_empty() {
            0.0
        } else if self.narrow {
            count(lines.len()) * SMALL_LINE + 48.0
        } else {
            (count(lines.len()) * SMALL_LINE).max(30.0) + 16.0
        }
    }

    /// The colours with the distances that divide them.
    fn key(&self, canvas: &mut Canvas) {
        let lines = self.key_lines();
        if lines.is_empty() {
            return;
        }
        let text = count(lines.len()) * SMALL_LINE;
        canvas.lines("c-s", 0.0, 11.0, Anchor::Start, SMALL_LINE, &lines);
        let (left, top) = if self.narrow { (0.0, text + 4.0) } else { (widest(&lines, SMALL) + 16.0, 0.0) };
        let mut x = left;
        for level in -STEPS..=STEPS {
            canvas.rect(&format!("c-cell c-{}", shade(level)), x, top, KEY_WIDE - GAP, 14.0);
            if level.abs() >= 2 {
                canvas.path("c-wedge", &wedge(x + KEY_WIDE / 2.0 - 1.0, top + 7.0, level > 0));
            }
            x += KEY_WIDE;
        }
        let decimals = (0..6).find(|d| (self.step / 2.0 * 10.0_f64.powi(*d)).fract().abs() < 1e-6).unwrap_or(6);
        for level in -STEPS..STEPS {
            let limit = (f64::from(level) + 0.5) * self.step;
            let text = (self.map.number)(limit, usize::try_from(decimals).unwrap_or(0));
            let signed = if limit > 0.0 { format!("+{text}") } else { text };
            canvas.text("c-s", left + f64::from(level + STEPS + 1) * KEY_WIDE - GAP / 2.0, top + 27.0, Anchor::Middle, &signed);
        }
    }
}

/// Width of a colour in the key.
const KEY_WIDE: f64 = 44.0;

/// The class of a level: h1 (far below) to h7 (far above).
fn shade(level: i8) -> String {
    format!("h{}", level + STEPS + 1)
}

/// A small triangle, up or down.
fn wedge(x: f64, y: f64, up: bool) -> String {
    let s = if up { -1.0 } else { 1.0 };
    [(-3.0, -1.8 * s), (3.0, -1.8 * s), (0.0, 2.6 * s)]
        .iter()
        .map(|(dx, dy)| (x + dx, y + dy))
        .fold(Path::default(), Path::to)
        .close()
        .done()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_round_and_hold_nine_of_ten() {
        assert_eq!(step(vec![0.0; 5]), 1.0);
        assert_eq!(step((0..100).map(|i| f64::from(i) / 10.0).collect()), 5.0);
        assert_eq!(step(vec![0.5, 1.0, 2.4]), 1.0);
    }

    #[test]
    fn the_median_of_an_even_number_lies_between() {
        assert_eq!((median(vec![3.0, 1.0, 2.0]), median(vec![1.0, 4.0]), median(vec![])), (Some(2.0), Some(2.5), None));
    }
}
