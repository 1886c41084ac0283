//! Answers in the order of their scale, each row one hundred percent.
//!
//! The options are named above the first row, each over its segment as near as the others allow, with a line to it; where they are too many for that
//! they are named in a list with their colours.

use std::ops::Range;

use super::axis::apart;
use super::canvas::{Anchor, Canvas, Path, SMALL, SMALL_LINE, sound};
use super::columns::{Columns, Headings, Shape, Texts, below, paged, sections};
use super::count;
use super::drawing::{Drawing, Head};
use super::text::{balanced, widest, width, wrap};

/// Height of a row's bar.
const THICK: f64 = 20.0;
/// More options than this are named in a list.
const DIRECT: usize = 6;

/// Which colours the options get.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Palette {
    /// From worst to best: orange over grey to blue.
    Scale,
    /// No order: neutral colours.
    Nominal,
}

/// Shares of answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Stacked {
    /// Title, subtitle, source, description.
    pub head: Head,
    /// Names of the options in order; on a [`Palette::Scale`] from worst to best.
    pub options: Vec<String>,
    /// Colours.
    pub palette: Palette,
    /// In the order in which they are drawn.
    pub rows: Vec<StackedRow>,
    /// Words above names, values (`value`) and numbers of forms (`detail`).
    pub headings: Headings,
    /// For a phone: 328 wide, names above the bars.
    pub narrow: bool,
}

/// A row.
#[derive(Debug, Clone, PartialEq)]
pub struct StackedRow {
    /// Name; long ones wrap.
    pub name: String,
    /// For each option its share and the share as text, in the order of the options; or why there is none. Shares are drawn in proportion to their
    /// sum, so that rounding leaves no gap.
    pub shares: Result<Vec<(f64, String)>, String>,
    /// A figure of the whole row as text, such as the share of satisfied; may be empty.
    pub value: String,
    /// Number of answers as text, such as “n = 412”; may be empty.
    pub n: String,
    /// Where the name leads, on a page.
    pub link: Option<String>,
    /// What is said of the row when it is pointed at.
    pub tip: Option<String>,
}

/// Rows laid out.
struct Plan<'p> {
    chart: &'p Stacked,
    columns: Columns,
    shapes: Vec<Shape>,
    top: f64,
}

impl StackedRow {
    /// Shares of the whole, from 0 to 1; none when missing or without any answer.
    fn parts(&self, options: usize) -> Option<Vec<f64>> {
        let shares = self.shares.as_ref().ok()?;
        let shares: Vec<f64> = shares.iter().take(options).map(|(v, _)| if sound(*v) { v.max(0.0) } else { 0.0 }).collect();
        let all: f64 = shares.iter().sum();
        (all > 0.0).then(|| shares.iter().map(|s| s / all).collect())
    }
}

impl Stacked {
    /// All rows in one drawing; with more than sixty the options are named again after every forty.
    #[must_use]
    pub fn draw(&self) -> Drawing {
        self.plan().drawing(&sections(self.rows.len()))
    }

    /// The rows in drawings of at most this height, for pages of paper.
    #[must_use]
    pub fn pages(&self, height: f64) -> Vec<Drawing> {
        let plan = self.plan();
        let heights: Vec<f64> = plan.shapes.iter().map(|s| s.height).collect();
        // The names over the first row of a page are as high as their longest can make them.
        let around = plan.top + if self.options.len() > DIRECT { 0.0 } else { 6.0 * SMALL_LINE };
        paged(&heights, around, height).into_iter().map(|part| plan.drawing(std::slice::from_ref(&part))).collect()
    }

    fn plan(&self) -> Plan<'_> {
        let texts = self.rows.iter().map(|r| Texts {
            name: &r.name,
            value: &r.value,
            detail: &r.n,
            reason: r.shares.as_ref().err().map_or("", String::as_str),
            ..Texts::default()
        });
        let headings = Headings { rank: String::new(), ..self.headings.clone() };
        let columns = Columns::of(texts.clone(), &headings, (0.0, 0.0), 360.0, self.narrow);
        let shapes = texts.map(|t| columns.shape(t)).collect();
        Plan { chart: self, top: columns.heading_height(&headings, 0.0), columns, shapes }
    }

    /// The class of an option's colour.
    fn class(&self, option: usize) -> String {
        let last = self.options.len().saturating_sub(1);
        match self.palette {
            Palette::Nominal => format!("q{}", option % 6 + 1),
            Palette::Scale => match self.options.len() {
                0..=5 => format!("s{}", subset(self.options.len()).get(option).copied().unwrap_or(3)),
                _ => format!("s{}", (option * 4 + last / 2) / last + 1),
            },
        }
    }
}

/// Which of the five colours a shorter scale has.
fn subset(options: usize) -> &'static [u8] {
    match options {
        0 | 1 => &[3],
        2 => &[2, 5],
        3 => &[1, 3, 5],
        4 => &[1, 2, 4, 5],
        _ => &[1, 2, 3, 4, 5],
    }
}

impl Plan<'_> {
    fn drawing(&self, parts: &[Range<usize>]) -> Drawing {
        let mut canvas = Canvas::default();
        let y = below(parts, (0.0, 16.0), |y, part| self.section(&mut canvas, y, part));
        Drawing::new(&self.chart.head, self.columns.width, y + 2.0, self.columns.narrow, canvas)
    }

    fn section(&self, canvas: &mut Canvas, y: f64, part: Range<usize>) -> f64 {
        let shapes = self.shapes.get(part.clone()).unwrap_or_default();
        let rows = self.chart.rows.get(part).unwrap_or_default();
        let mut at = self.names(canvas, y, rows, shapes.first());
        for (row, shape) in rows.iter().zip(shapes) {
            let middle = self.columns.row(canvas, at, shape, row.link.as_deref());
            if let Some(parts) = row.parts(self.chart.options.len()) {
                canvas.mark("c-mark", row.tip.as_deref(), None, |c| self.segments(c, middle, row, &parts));
            }
            at += shape.height;
        }
        at
    }

    fn segments(&self, canvas: &mut Canvas, y: f64, row: &StackedRow, parts: &[f64]) {
        let (from, to) = self.columns.plot;
        let mut at = from;
        let labels = row.shares.as_deref().unwrap_or_default();
        for (option, (share, (_, label))) in parts.iter().zip(labels).enumerate() {
            let wide = share * (to - from);
            let class = self.chart.class(option);
            if wide > 0.0 {
                canvas.rect(&format!("c-seg c-{class}"), at, y - THICK / 2.0, wide, THICK);
            }
            if width(label, SMALL) + 4.0 <= wide {
                canvas.text(&format!("c-in c-on-{class}"), at + wide / 2.0, y + 4.5, Anchor::Middle, label);
            }
            at += wide;
        }
    }

    /// Names the options, and the columns beside; gives where rows begin.
    fn names(&self, canvas: &mut Canvas, y: f64, rows: &[StackedRow], first: Option<&Shape>) -> f64 {
        let options = &self.chart.options;
        let headings = Headings { rank: String::new(), ..self.chart.headings.clone() };
        let parts = rows.first().and_then(|r| r.parts(options.len())).filter(|p| p.len() == options.len());
        let top = match (parts, first) {
            // On a phone a long name between names and bar would tear them apart.
            (Some(parts), Some(_)) if options.len() <= DIRECT && !self.columns.narrow => self.over_segments(canvas, y, &parts),
            _ => self.listed(canvas, y),
        };
        let top = top.max(y + self.top);
        self.columns.headings(canvas, top, &headings);
        top
    }

    /// Names over the segments of the first row, with lines to them.
    fn over_segments(&self, canvas: &mut Canvas, y: f64, parts: &[f64]) -> f64 {
        const LEADER: f64 = 14.0;
        let (from, to) = self.columns.plot;
        let names = self.fitting(to - from + 10.0);
        let mut at = from;
        let middles: Vec<f64> = parts
            .iter()
            .map(|p| {
                let middle = at + p * (to - from) / 2.0;
                at += p * (to - from);
                middle
            })
            .collect();
        let wants: Vec<(f64, f64)> = middles.iter().zip(&names).map(|(m, lines)| (*m, widest(lines, SMALL) + 10.0)).collect();
        let places = apart(&wants, (from - 5.0, to + 5.0));
        let most = names.iter().map(Vec::len).max().unwrap_or(0);
        let end = y + count(most) * SMALL_LINE;
        for ((place, lines), (middle, part)) in places.iter().zip(&names).zip(middles.iter().zip(parts)) {
            let above = end - count(lines.len()) * SMALL_LINE;
            canvas.lines("c-si", *place, above + SMALL_LINE - 3.0, Anchor::Middle, SMALL_LINE, lines);
            if *part > 0.0 {
                let path = Path::default().to((*place, end + 2.0)).to((*middle, end + LEADER - 3.0)).to((*middle, end + LEADER + 1.0));
                canvas.path("c-leader", &path.done());
            }
        }
        end + LEADER
    }

    /// The names in lines as long as fit beside each other in this room.
    fn fitting(&self, room: f64) -> Vec<Vec<String>> {
        let wrapped = |most: f64| -> Vec<Vec<String>> { self.chart.options.iter().map(|o| balanced(o, most, SMALL)).collect() };
        let fits = |names: &Vec<Vec<String>>| names.iter().map(|lines| widest(lines, SMALL) + 10.0).sum::<f64>() <= room;
        let least = (room / count(self.chart.options.len().max(1)) - 10.0).max(30.0);
        [200.0, 160.0, 130.0, 110.0, 90.0, 75.0]
            .into_iter()
            .filter(|most| *most > least)
            .map(wrapped)
            .find(fits)
            .unwrap_or_else(|| wrapped(least))
    }

    /// Names with their colours, one after the other in lines.
    fn listed(&self, canvas: &mut Canvas, y: f64) -> f64 {
        const SWATCH: f64 = 12.0;
        let left = if self.columns.narrow { 0.0 } else { self.columns.plot.0 };
        let right = self.columns.width;
        let (mut x, mut baseline) = (left, y + 11.0);
        for (option, name) in self.chart.options.iter().enumerate() {
            let lines = wrap(name, right - left - SWATCH - 6.0, SMALL);
            let wide = SWATCH + 6.0 + widest(&lines, SMALL);
            if x > left && x + wide > right {
                (x, baseline) = (left, baseline + SMALL_LINE + 4.0);
            }
            canvas.rect(&format!("c-seg c-{}", self.chart.class(option)), x, baseline - 10.0, SWATCH, SWATCH);
            canvas.lines("c-si", x + SWATCH + 6.0, baseline, Anchor::Start, SMALL_LINE, &lines);
            baseline += count(lines.len().saturating_sub(1)) * SMALL_LINE;
            x += wide + 14.0;
        }
        baseline + 12.0
    }
}
