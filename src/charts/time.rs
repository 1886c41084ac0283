//! Values at dates: lines with intervals, broken where the method changed, with the limits of a control chart if there are some.
//!
//! Distances are true to the calendar. Two values measured by different methods are never joined.

use chrono::{Datelike, NaiveDate};

use super::axis::{Axis, apart};
use super::canvas::{Anchor, BODY, Canvas, LINE, Path, SMALL, SMALL_LINE, n, sound};
use super::drawing::{Drawing, Head, NARROW, WIDE};
use super::place::{Box4, Room};
use super::text::{balanced, widest, width, wrap};
use super::{Number, count};

/// Most lines that are told apart.
const MOST: usize = 6;
/// Height of the field.
const FIELD: (f64, f64) = (300.0, 230.0);
/// Most points of a single line that have their values beside them.
const VALUES: usize = 14;

/// How exactly a date on the axis is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// The day of a point.
    Day,
    /// A month; the date is its first day.
    Month,
    /// A year; the date is its first day.
    Year,
}

/// Values over time.
pub struct TimeSeries<'a> {
    /// Title, subtitle, source, description.
    pub head: Head,
    /// At most six; further ones are not drawn.
    pub lines: Vec<Line>,
    /// Smallest and largest value that is possible: the axis does not go beyond.
    pub possible: (f64, f64),
    /// Where the method changed.
    pub breaks: Vec<Break>,
    /// Centre and limits of a control chart.
    pub control: Option<Control>,
    /// Writes the numbers of the axis.
    pub number: Number<'a>,
    /// Writes the dates of the axis.
    pub date: &'a dyn Fn(NaiveDate, Span) -> String,
    /// For a phone: 328 wide.
    pub narrow: bool,
}

/// A line.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Written at its end; may be empty when there is only one.
    pub name: String,
    /// In any order.
    pub points: Vec<Point>,
}

/// A value at a date.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// When.
    pub day: NaiveDate,
    /// The value; what is no number leaves a gap in the line.
    pub value: f64,
    /// Ends of the interval.
    pub interval: Option<(f64, f64)>,
    /// The value as text.
    pub label: String,
    /// Why the point is marked, in a few words; none for an ordinary one.
    pub signal: Option<String>,
    /// Where the point leads, on a page.
    pub link: Option<String>,
    /// What is said of the point when it is pointed at.
    pub tip: Option<String>,
}

/// A change of method: nothing is joined across it.
#[derive(Debug, Clone, PartialEq)]
pub struct Break {
    /// First day of the new method.
    pub day: NaiveDate,
    /// In words.
    pub label: String,
}

/// Limits within which values vary by chance.
#[derive(Debug, Clone, PartialEq)]
pub struct Control {
    /// Steps: each holds from its day until the next one's.
    pub steps: Vec<Limits>,
    /// Name of the centre line.
    pub centre: String,
    /// Name of the lower limit.
    pub lower: String,
    /// Name of the upper limit.
    pub upper: String,
}

/// Limits from a day on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// First day.
    pub from: NaiveDate,
    /// Lower limit.
    pub lower: f64,
    /// Centre.
    pub centre: f64,
    /// Upper limit.
    pub upper: f64,
}

/// Where everything stands.
struct Plan<'p, 'a> {
    chart: &'p TimeSeries<'a>,
    /// Lines that are drawn, their sound points by date.
    lines: Vec<(&'p Line, Vec<&'p Point>)>,
    width: f64,
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
    value: Axis,
    days: (f64, f64),
}

/// A text at the right end.
struct EndLabel {
    y: f64,
    class: &'static str,
    lines: Vec<String>,
    /// The value, in bold type under the name.
    value: Vec<String>,
    mark: Option<usize>,
}

impl EndLabel {
    fn height(&self) -> f64 {
        count(self.lines.len()) * SMALL_LINE + count(self.value.len()) * LINE + 3.0
    }
}

impl TimeSeries<'_> {
    /// The drawing.
    #[must_use]
    pub fn draw(&self) -> Drawing {
        let plan = self.plan();
        let mut canvas = Canvas::default();
        plan.value.grid_across(&mut canvas, plan.left, plan.right, self.number);
        plan.dates(&mut canvas);
        plan.breaks(&mut canvas);
        plan.control(&mut canvas);
        for (i, (_, points)) in plan.lines.iter().enumerate() {
            plan.ribbon(&mut canvas, i, points);
        }
        for (i, (_, points)) in plan.lines.iter().enumerate() {
            plan.line(&mut canvas, i, points);
        }
        plan.beside_points(&mut canvas);
        plan.ends(&mut canvas);
        let bottom = plan.beside(&plan.end_labels());
        Drawing::new(&self.head, plan.width, bottom + 4.0, self.narrow, canvas)
    }

    fn plan(&self) -> Plan<'_, '_> {
        let lines: Vec<(&Line, Vec<&Point>)> = self
            .lines
            .iter()
            .take(MOST)
            .map(|line| {
                let mut points: Vec<&Point> = line.points.iter().filter(|p| sound(p.value)).collect();
                points.sort_by_key(|p| p.day);
                (line, points)
            })
            .collect();
        let all = || lines.iter().flat_map(|(_, points)| points);
        let steps = || self.control.iter().flat_map(|c| &c.steps);
        let values = all().flat_map(|p| [p.value].into_iter().chain(ends(p).into_iter().flat_map(|(a, b)| [a, b])));
        let values = values.chain(steps().flat_map(|s| [s.lower, s.centre, s.upper]));
        let days = all().map(|p| p.day).chain(steps().map(|s| s.from)).chain(self.breaks.iter().map(|b| b.day)).map(day);
        let days = days.fold(None, |span: Option<(f64, f64)>, d| Some(span.map_or((d, d), |(a, b)| (a.min(d), b.max(d)))));
        let days = days.map_or((0.0, 1.0), |(a, b)| if b > a { (a, b) } else { (a - 1.0, b + 1.0) });
        let (width, field) = if self.narrow { (NARROW, FIELD.1) } else { (WIDE, FIELD.0) };
        let marks = marked(&self.breaks, width).iter().map(|(_, lines)| lines.len()).max().unwrap_or(0);
        let top = 12.0 + if marks > 0 { count(marks) * SMALL_LINE + 6.0 } else { 0.0 };
        let bottom = top + field;
        let value = Axis::covering(values, self.possible, if self.narrow { 4.0 } else { 6.0 }, (bottom, top));
        let left = value.widest(self.number) + 10.0;
        let mut plan = Plan { chart: self, lines, width, left, right: 0.0, top, bottom, value, days };
        let beside = plan.end_labels().iter().map(|l| widest(&l.lines, SMALL).max(widest(&l.value, BODY) * 1.15)).fold(0.0, f64::max);
        plan.right = width - if beside > 0.0 { beside + 22.0 } else { 14.0 };
        plan
    }
}

/// Changes of method in order, with their words in lines that fit beside each other.
fn marked(breaks: &[Break], width: f64) -> Vec<(&Break, Vec<String>)> {
    let room = (width * 0.7 / count(breaks.len().max(1)) - 8.0).clamp(30.0, width / 3.0);
    let mut order: Vec<&Break> = breaks.iter().collect();
    order.sort_by_key(|b| b.day);
    order.into_iter().map(|b| (b, balanced(&b.label, room, SMALL))).collect()
}

/// Days since the common era, to compute with.
fn day(date: NaiveDate) -> f64 {
    f64::from(date.num_days_from_ce())
}

/// Ends of a sound interval, around the value.
fn ends(p: &Point) -> Option<(f64, f64)> {
    p.interval.filter(|(a, b)| sound(*a) && sound(*b)).map(|(a, b)| (a.min(b).min(p.value), a.max(b).max(p.value)))
}

impl Plan<'_, '_> {
    fn x(&self, date: NaiveDate) -> f64 {
        let (from, to) = (self.left + 16.0, self.right - 10.0);
        from + ((day(date) - self.days.0) / (self.days.1 - self.days.0)).clamp(0.0, 1.0) * (to - from)
    }

    fn spot(&self, p: &Point) -> (f64, f64) {
        (self.x(p.day), self.value.at(p.value))
    }

    /// Points in pieces that may be joined: no change of method and no gap between them.
    fn pieces<'p>(&self, index: usize, points: &[&'p Point]) -> Vec<Vec<&'p Point>> {
        let gaps: Vec<NaiveDate> =
            self.chart.lines.get(index).into_iter().flat_map(|l| &l.points).filter(|p| !sound(p.value)).map(|p| p.day).collect();
        let apart =
            |a: NaiveDate, b: NaiveDate| self.chart.breaks.iter().any(|k| a < k.day && k.day <= b) || gaps.iter().any(|g| a < *g && *g < b);
        let mut out: Vec<Vec<&Point>> = Vec::new();
        for &p in points {
            match out.last_mut() {
                Some(piece) if piece.last().is_some_and(|last| !apart(last.day, p.day)) => piece.push(p),
                _ => out.push(vec![p]),
            }
        }
        out
    }

    /// The intervals: a ribbon where neighbours have one, a line at a point alone.
    fn ribbon(&self, canvas: &mut Canvas, index: usize, points: &[&Point]) {
        for piece in self.pieces(index, points) {
            for run in piece.chunk_by(|a, b| ends(a).is_some() == ends(b).is_some()) {
                let band: Vec<(f64, f64, f64)> =
                    run.iter().filter_map(|p| ends(p).map(|(a, b)| (self.x(p.day), self.value.at(a), self.value.at(b)))).collect();
                if let [(x, low, high)] = band.as_slice() {
                    canvas.path(&format!("c-stem c-l{}", index + 1), &format!("M{} {}V{}", n(*x), n(*low), n(*high)));
                } else {
                    let there = band.iter().map(|(x, _, high)| (*x, *high));
                    let back = band.iter().rev().map(|(x, low, _)| (*x, *low));
                    canvas.path(&format!("c-ribbon c-f{}", index + 1), &there.chain(back).fold(Path::default(), Path::to).close().done());
                }
            }
        }
    }

    fn line(&self, canvas: &mut Canvas, index: usize, points: &[&Point]) {
        for piece in self.pieces(index, points).iter().filter(|piece| piece.len() > 1) {
            canvas.path(&format!("c-line c-l{}", index + 1), &piece.iter().map(|p| self.spot(p)).fold(Path::default(), Path::to).done());
        }
        for p in points {
            let (x, y) = self.spot(p);
            canvas.mark("c-mark", p.tip.as_deref(), p.link.as_deref(), |c| {
                if p.signal.is_some() {
                    c.circle("c-signal", x, y, 8.0);
                }
                marker(c, index, x, y);
            });
        }
    }

    /// Where a change of method is, and what changed.
    fn breaks(&self, canvas: &mut Canvas) {
        let marked = marked(&self.chart.breaks, self.width);
        let wants: Vec<(f64, f64)> = marked.iter().map(|(b, lines)| (self.x(b.day), widest(lines, SMALL) + 8.0)).collect();
        for ((b, lines), x) in marked.iter().zip(apart(&wants, (self.left - 4.0, self.width))) {
            canvas.path("c-break", &format!("M{} {}V{}", n(self.x(b.day)), n(self.top - 8.0), n(self.bottom)));
            let first = self.top - 14.0 - count(lines.len().saturating_sub(1)) * SMALL_LINE;
            canvas.lines("c-s", x, first, Anchor::Middle, SMALL_LINE, lines);
        }
    }

    fn control(&self, canvas: &mut Canvas) {
        let Some(control) = &self.chart.control else { return };
        let steps = sorted(control);
        for (class, which) in [("c-limit", 0), ("c-centre", 1), ("c-limit", 2)] {
            let value = |s: &Limits| [s.lower, s.centre, s.upper].into_iter().nth(which).unwrap_or(s.centre);
            let mut path = Path::default();
            for (i, step) in steps.iter().enumerate().filter(|(_, s)| sound(value(s))) {
                let until = steps.get(i + 1).map_or(self.right, |next| self.x(next.from));
                let y = self.value.at(value(step));
                path = path.to((self.x(step.from), y)).to((until, y)).lift();
            }
            canvas.path(class, &path.done());
        }
    }

    /// Values of a single line, and why points are marked, where there is room.
    fn beside_points(&self, canvas: &mut Canvas) {
        let mut room = Room::new(Box4 { left: self.left - 4.0, top: self.top - 6.0, right: self.right + 8.0, bottom: self.bottom });
        for (i, (_, points)) in self.lines.iter().enumerate() {
            for piece in self.pieces(i, points) {
                for pair in piece.windows(2) {
                    if let [a, b] = pair {
                        along(self.spot(a), self.spot(b)).for_each(|(x, y)| room.take(Box4::around(x, y, 2.0)));
                    }
                }
            }
            points.iter().map(|p| self.spot(p)).for_each(|(x, y)| room.take(Box4::around(x, y, 5.0)));
        }
        for p in self.lines.iter().flat_map(|(_, points)| points) {
            if let Some(why) = &p.signal {
                let lines = balanced(why, 130.0, SMALL);
                let size = (widest(&lines, SMALL), count(lines.len()) * SMALL_LINE);
                if let Some(placed) = room.place(self.spot(p), 8.0, size, 60.0) {
                    canvas.lines("c-si c-over", placed.at.left, placed.at.top + 11.0, Anchor::Start, SMALL_LINE, &lines);
                }
            }
        }
        if let [(_, points)] = self.lines.as_slice() {
            let shown = if points.len() <= VALUES { points.len().saturating_sub(1) } else { 0 };
            for p in points.iter().take(shown) {
                let (x, y) = self.spot(p);
                let size = (width(&p.label, SMALL), 13.0);
                let above =
                    [(0.0, -14.0), (0.0, 14.0)].map(|(dx, dy)| Box4::new(x + dx - size.0 / 2.0, y + dy - size.1 / 2.0, size.0, size.1));
                if let Some(at) = above.into_iter().find(|at| room.fits(at)) {
                    room.take(at);
                    canvas.text("c-si c-over", x, at.top + 11.0, Anchor::Middle, &p.label);
                }
            }
        }
    }

    /// Names and last values at the right, those of control limits among them.
    fn end_labels(&self) -> Vec<EndLabel> {
        let most = if self.chart.narrow { 84.0 } else { 150.0 };
        let mut out: Vec<EndLabel> = Vec::new();
        for (i, (line, points)) in self.lines.iter().enumerate() {
            if let Some(last) = points.last() {
                let y = self.value.at(last.value);
                let mark = (self.lines.len() > 1).then_some(i);
                out.push(EndLabel {
                    y,
                    class: "c-si",
                    lines: wrap(&line.name, most, SMALL),
                    value: wrap(&last.label, most / 1.15, BODY),
                    mark,
                });
            }
        }
        if let Some((control, last)) = self.chart.control.as_ref().and_then(|c| Some((c, *sorted(c).last()?))) {
            for (name, v) in [(&control.lower, last.lower), (&control.centre, last.centre), (&control.upper, last.upper)] {
                if sound(v) && !name.trim().is_empty() {
                    out.push(EndLabel { y: self.value.at(v), class: "c-s", lines: wrap(name, most, SMALL), value: Vec::new(), mark: None });
                }
            }
        }
        out.sort_by(|a, b| a.y.total_cmp(&b.y));
        out
    }

    /// How far down the texts at the right may go: below the field only when they are too many.
    fn beside(&self, labels: &[EndLabel]) -> f64 {
        labels.iter().map(EndLabel::height).sum::<f64>().max(self.bottom + 20.0)
    }

    fn ends(&self, canvas: &mut Canvas) {
        let labels = self.end_labels();
        let wants: Vec<(f64, f64)> = labels.iter().map(|l| (l.y, l.height())).collect();
        let x = self.right + 18.0;
        for (label, middle) in labels.iter().zip(apart(&wants, (0.0, self.beside(&labels)))) {
            let top = middle - label.height() / 2.0;
            if let Some(mark) = label.mark {
                marker(canvas, mark, self.right + 9.0, top + 8.0);
            }
            canvas.lines(label.class, x, top + 12.0, Anchor::Start, SMALL_LINE, &label.lines);
            canvas.lines("c-tb", x, top + count(label.lines.len()) * SMALL_LINE + 14.0, Anchor::Start, LINE, &label.value);
        }
    }

    /// The dates of points if they fit beside each other, otherwise months or years at round distances.
    fn dates(&self, canvas: &mut Canvas) {
        canvas.path("c-edge", &format!("M{} {}H{}", n(self.left), n(self.bottom), n(self.right)));
        let mut exact: Vec<NaiveDate> = self.lines.iter().flat_map(|(_, points)| points).map(|p| p.day).collect();
        exact.sort_unstable();
        exact.dedup();
        let (first, last) = match (exact.first(), exact.last()) {
            (Some(first), Some(last)) => (*first, *last),
            _ => return,
        };
        // Values of whole months stand on their first days.
        let own = if exact.iter().all(|d| d.day() == 1) { Span::Month } else { Span::Day };
        let mut choices = vec![(exact, own)];
        choices.extend([1, 2, 3, 6].map(|months| (rounds(first, last, months), Span::Month)));
        choices.extend([12, 24, 60, 120, 240].map(|months| (rounds(first, last, months), Span::Year)));
        let fits = |(dates, span): &(Vec<NaiveDate>, Span)| {
            let spans: Vec<(f64, f64)> = dates.iter().map(|d| self.date_span(*d, *span)).collect();
            !dates.is_empty() && spans.windows(2).all(|w| matches!(w, [a, b] if a.1 + 10.0 <= b.0))
        };
        let Some((dates, span)) = choices.iter().find(|c| fits(c)) else { return };
        for date in dates {
            let x = self.x(*date);
            canvas.path("c-edge", &format!("M{} {}v5", n(x), n(self.bottom)));
            let (left, right) = self.date_span(*date, *span);
            canvas.text("c-s", f64::midpoint(left, right), self.bottom + 18.0, Anchor::Middle, &(self.chart.date)(*date, *span));
        }
    }

    /// Left and right end of a date on the axis, moved inside.
    fn date_span(&self, date: NaiveDate, span: Span) -> (f64, f64) {
        let wide = width(&(self.chart.date)(date, span), SMALL);
        let left = (self.x(date) - wide / 2.0).clamp(0.0, (self.width - wide).max(0.0));
        (left, left + wide)
    }
}

fn sorted(control: &Control) -> Vec<&Limits> {
    let mut steps: Vec<&Limits> = control.steps.iter().collect();
    steps.sort_by_key(|s| s.from);
    steps
}

/// First days of every so many months from January of year 0 on, within two days.
fn rounds(first: NaiveDate, last: NaiveDate, months: u32) -> Vec<NaiveDate> {
    let step = i32::try_from(months).unwrap_or(12);
    let number = |d: NaiveDate| d.year() * 12 + i32::try_from(d.month0()).unwrap_or(0);
    let from = number(first).div_euclid(step) * step;
    (0..400)
        .map(|i| from + i * step)
        .take_while(|m| *m <= number(last))
        .filter_map(|m| NaiveDate::from_ymd_opt(m.div_euclid(12), u32::try_from(m.rem_euclid(12)).ok()? + 1, 1))
        .filter(|d| first <= *d && *d <= last)
        .collect()
}

/// Points on the way between two points, so close that a label cannot slip through.
fn along(a: (f64, f64), b: (f64, f64)) -> impl Iterator<Item = (f64, f64)> {
    let long = (b.0 - a.0).hypot(b.1 - a.1);
    (0..200).map(f64::from).take_while(move |i| i * 6.0 < long).map(move |i| {
        let share = i * 6.0 / long;
        (a.0 + (b.0 - a.0) * share, a.1 + (b.1 - a.1) * share)
    })
}

/// The mark of a line: its form tells it apart without colour.
fn marker(canvas: &mut Canvas, index: usize, x: f64, y: f64) {
    let class = format!("c-point c-f{}", index + 1);
    let shape = |points: &[(f64, f64)]| points.iter().map(|(dx, dy)| (x + dx, y + dy)).fold(Path::default(), Path::to).close().done();
    match index {
        0 => canvas.circle(&class, x, y, 4.0),
        1 => canvas.rect(&class, x - 3.7, y - 3.7, 7.4, 7.4),
        2 => canvas.path(&class, &shape(&[(0.0, -5.0), (4.8, 3.6), (-4.8, 3.6)])),
        3 => canvas.path(&class, &shape(&[(0.0, -5.2), (5.2, 0.0), (0.0, 5.2), (-5.2, 0.0)])),
        4 => canvas.path(&class, &shape(&[(0.0, 5.0), (4.8, -3.6), (-4.8, -3.6)])),
        _ => canvas.path(
            &class,
            &shape(&[
                (-5.0, -1.6),
                (-1.6, -1.6),
                (-1.6, -5.0),
                (1.6, -5.0),
                (1.6, -1.6),
                (5.0, -1.6),
                (5.0, 1.6),
                (1.6, 1.6),
                (1.6, 5.0),
                (-1.6, 5.0),
                (-1.6, 1.6),
                (-5.0, 1.6),
            ]),
        ),
    }
}
