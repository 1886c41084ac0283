//! A funnel plot: values by number of forms, within limits that are wide where few answered.
//!
//! What lies inside the outer limits is as far from the centre as chance alone may bring it. Only outliers, as the caller decides, carry their names.

use super::axis::{Axis, Spacing, apart};
use super::canvas::{Anchor, Canvas, Path, SMALL, SMALL_LINE, n, sound};
use super::drawing::{Drawing, Head, NARROW, WIDE};
use super::place::{Box4, Room, crowded_first};
use super::text::{balanced, widest, wrap};
use super::{Number, Reference, count};

/// Radius of a point.
const DOT: f64 = 3.5;
/// Pieces of a limit curve.
const PIECES: u32 = 80;

/// How the numbers of forms are spaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spread {
    /// By square root, from 0.
    Root,
    /// By logarithm.
    Log,
}

/// A funnel plot.
pub struct Funnel<'a> {
    /// Title, subtitle, source, description.
    pub head: Head,
    /// The units; those with an `n` of 0 or less are not drawn.
    pub points: Vec<FunnelPoint>,
    /// The value that units are compared with.
    pub centre: Reference,
    /// The inner and the outer pair of limits.
    pub limits: [LimitPair<'a>; 2],
    /// How the numbers of forms are spaced.
    pub spread: Spread,
    /// What is counted from left to right.
    pub x_label: String,
    /// What is measured upwards, and its unit.
    pub y_label: String,
    /// Smallest and largest value that is possible.
    pub possible: (f64, f64),
    /// Writes the numbers of the axes.
    pub number: Number<'a>,
    /// For a phone: 328 wide.
    pub narrow: bool,
}

/// A unit.
#[derive(Debug, Clone, PartialEq)]
pub struct FunnelPoint {
    /// Name, drawn at outliers.
    pub name: String,
    /// Number of forms.
    pub n: f64,
    /// The value.
    pub value: f64,
    /// Whether it lies further away than chance explains: drawn as a triangle, up or down, with its name.
    pub outlier: bool,
    /// Where it leads, on a page.
    pub link: Option<String>,
    /// What is said of it when it is pointed at.
    pub tip: Option<String>,
}

/// Limits by number of forms.
pub struct LimitPair<'a> {
    /// Written at their right end, such as “95%”.
    pub label: String,
    /// Lower and upper limit for a number of forms.
    pub at: &'a dyn Fn(f64) -> (f64, f64),
}

/// Where everything stands.
struct Plan<'p, 'a> {
    chart: &'p Funnel<'a>,
    width: f64,
    field: Box4,
    x: Axis,
    y: Axis,
    points: Vec<(&'p FunnelPoint, (f64, f64))>,
    above: Vec<String>,
}

impl Funnel<'_> {
    /// The drawing.
    #[must_use]
    pub fn draw(&self) -> Drawing {
        let plan = self.plan();
        let mut canvas = Canvas::default();
        plan.ground(&mut canvas);
        plan.limits(&mut canvas);
        let down = plan.ends(&mut canvas);
        plan.points(&mut canvas);
        let bottom = plan.field.bottom + 22.0 + count(plan.across().len()) * SMALL_LINE;
        Drawing::new(&self.head, plan.width, bottom.max(down) + 2.0, self.narrow, canvas)
    }

    fn plan(&self) -> Plan<'_, '_> {
        let width = if self.narrow { NARROW } else { WIDE };
        let known: Vec<&FunnelPoint> = self.points.iter().filter(|p| sound(p.value) && sound(p.n) && p.n > 0.0).collect();
        let above = wrap(&self.y_label, width, SMALL);
        let top = count(above.len()) * SMALL_LINE + 8.0;
        let bottom = top + if self.narrow { 280.0 } else { 380.0 };
        let least = known.iter().map(|p| p.n).fold(f64::INFINITY, f64::min);
        // Limits are looked at where units are, not where the funnel opens without end.
        let mouth: Vec<f64> =
            self.limits.iter().map(|l| (l.at)(if least.is_finite() { least } else { 100.0 })).flat_map(|(a, b)| [a, b]).collect();
        let spread = known.iter().map(|p| (p.value - self.centre.value).abs()).fold(0.0, f64::max) * 1.3;
        let mouth = mouth.into_iter().filter(|v| (v - self.centre.value).abs() <= spread || known.is_empty());
        let values = known.iter().map(|p| p.value).chain([self.centre.value]).chain(mouth);
        let steps = if self.narrow { 4.0 } else { 6.0 };
        let y = Axis::covering(values, self.possible, steps, (bottom - 6.0, top + 6.0));
        let left = y.widest(self.number) + 12.0;
        let mut plan = Plan {
            chart: self,
            width,
            field: Box4 { left, top, right: width, bottom },
            x: Axis::counts([], Spacing::Root, (0.0, 1.0)),
            y,
            points: Vec::new(),
            above,
        };
        let texts = [&self.centre.label, &self.limits[0].label, &self.limits[1].label];
        let beside = texts.iter().map(|t| widest(&wrap(t, plan.end_room(), SMALL), SMALL)).fold(0.0, f64::max);
        plan.field.right = width - if beside > 0.0 { beside + 8.0 } else { 10.0 };
        let spacing = if self.spread == Spread::Log { Spacing::Log } else { Spacing::Root };
        plan.x = Axis::counts(known.iter().map(|p| p.n), spacing, (left, plan.field.right));
        plan.points = known.into_iter().map(|p| (p, (plan.x.at(p.n), plan.y.at(p.value)))).collect();
        plan
    }
}

impl Plan<'_, '_> {
    fn end_room(&self) -> f64 {
        if self.chart.narrow { 76.0 } else { 130.0 }
    }

    fn across(&self) -> Vec<String> {
        wrap(&self.chart.x_label, self.field.right - self.field.left, SMALL)
    }

    fn ground(&self, canvas: &mut Canvas) {
        let f = self.field;
        self.y.grid_across(canvas, f.left, f.right, self.chart.number);
        canvas.path("c-edge", &format!("M{} {}H{}", n(f.left), n(f.bottom), n(f.right)));
        let ticks: String = self.x.ticks.iter().map(|t| format!("M{} {}v4", n(self.x.at(*t)), n(f.bottom))).collect();
        canvas.path("c-edge", &ticks);
        self.x.label_across(canvas, f.bottom + 17.0, self.chart.number, (0.0, self.width));
        canvas.lines("c-s", 0.0, 11.0, Anchor::Start, SMALL_LINE, &self.above);
        canvas.lines("c-s", f.right, f.bottom + 35.0, Anchor::End, SMALL_LINE, &self.across());
    }

    /// The four limit curves, cut where they leave the field, and the centre.
    fn limits(&self, canvas: &mut Canvas) {
        for (limit, class) in self.chart.limits.iter().zip(["c-inner", "c-outer"]) {
            let sampled: Vec<(f64, (f64, f64))> = (0..=PIECES)
                .map(|i| self.x.value_at(f64::from(i) / f64::from(PIECES)))
                .filter(|forms| *forms > 0.0)
                .map(|forms| (self.x.at(forms), (limit.at)(forms)))
                .collect();
            for side in [|l: (f64, f64)| l.0, |l: (f64, f64)| l.1] {
                let mut path = Path::default();
                for (x, both) in &sampled {
                    let v = side(*both);
                    path = if sound(v) && self.y.holds(v) { path.to((*x, self.y.at(v))) } else { path.lift() };
                }
                canvas.path(class, &path.done());
            }
        }
        if sound(self.chart.centre.value) {
            let y = self.y.at(self.chart.centre.value);
            canvas.path("c-centre", &format!("M{} {}H{}", n(self.field.left), n(y), n(self.field.right)));
        }
    }

    /// Names of the curves at their right ends: wanted height, height, lines.
    fn end_labels(&self) -> Vec<(f64, f64, Vec<String>)> {
        let mut labels: Vec<(f64, &str)> = vec![(self.chart.centre.value, &self.chart.centre.label)];
        for limit in &self.chart.limits {
            let (low, high) = (limit.at)(self.x.high);
            labels.extend([(low, limit.label.as_str()), (high, limit.label.as_str())]);
        }
        labels.retain(|(v, _)| sound(*v) && self.y.holds(*v));
        labels.sort_by(|a, b| b.0.total_cmp(&a.0));
        let lines = labels.into_iter().map(|(v, label)| (self.y.at(v), wrap(label, self.end_room(), SMALL)));
        lines.map(|(y, lines)| (y, count(lines.len()) * SMALL_LINE, lines)).collect()
    }

    /// Draws them; gives how far down they go.
    fn ends(&self, canvas: &mut Canvas) -> f64 {
        let labels = self.end_labels();
        let wants: Vec<(f64, f64)> = labels.iter().map(|(y, tall, _)| (*y, *tall)).collect();
        let down = wants.iter().map(|w| w.1).sum::<f64>().max(self.field.bottom);
        for ((_, tall, lines), y) in labels.iter().zip(apart(&wants, (0.0, down))) {
            canvas.lines("c-s", self.field.right + 6.0, y - tall / 2.0 + 11.0, Anchor::Start, SMALL_LINE, lines);
        }
        down
    }

    fn points(&self, canvas: &mut Canvas) {
        let mut room = Room::new(self.field);
        self.points.iter().for_each(|(_, (x, y))| room.take(Box4::around(*x, *y, DOT)));
        let (outliers, others): (Vec<_>, Vec<_>) = self.points.iter().partition(|(p, _)| p.outlier);
        for (p, (x, y)) in others {
            canvas.mark("c-mark", p.tip.as_deref(), p.link.as_deref(), |c| c.circle("c-usual", x, y, DOT));
        }
        let spots: Vec<(f64, f64)> = outliers.iter().map(|(_, at)| *at).collect();
        let mut names = Vec::new();
        for i in crowded_first(&spots, 80.0) {
            let Some((p, spot)) = outliers.get(i) else { continue };
            let lines = balanced(&p.name, if self.chart.narrow { 110.0 } else { 160.0 }, SMALL);
            if let Some(placed) = room.place(*spot, DOT + 2.0, (widest(&lines, SMALL), count(lines.len()) * SMALL_LINE), 40.0) {
                if placed.far {
                    canvas.path("c-leader", &Path::default().to(*spot).to(placed.at.nearest(spot.0, spot.1)).done());
                }
                names.push((placed.at, lines));
            }
        }
        for (p, (x, y)) in outliers {
            let up = p.value > self.chart.centre.value;
            let (class, s) = if up { ("c-high", 1.0) } else { ("c-low", -1.0) };
            let shape = [(0.0, -5.5 * s), (5.5, 4.0 * s), (-5.5, 4.0 * s)].map(|(dx, dy)| (x + dx, y + dy));
            canvas.mark("c-mark", p.tip.as_deref(), p.link.as_deref(), |c| {
                c.path(class, &shape.into_iter().fold(Path::default(), Path::to).close().done());
            });
        }
        for (at, lines) in names {
            canvas.lines("c-si c-over", at.left, at.top + 11.0, Anchor::Start, SMALL_LINE, &lines);
        }
    }
}
