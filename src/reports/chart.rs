//! Geometry of the dot plot: one row a unit, a dot for the estimate, a line for its interval, on one axis.
//!
//! Positions are computed here; `templates/reports/dotplot.svg` draws them, so that colours follow the page's. Units without a figure are not drawn:
//! they stand in the table.

use serde::Serialize;

/// Height of a row with one line of name, in user units.
const ROW: u32 = 26;
/// What a further line of a long name adds.
const LINE: u32 = 14;
/// Space for the axis above the rows.
const TOP: u32 = 44;
/// Left end of the axis: names stand before it.
const LEFT: f64 = 380.0;
/// Right end of the axis: values stand after it.
const RIGHT: f64 = 850.0;
/// Whole width.
const WIDTH: u32 = 960;
/// Characters of a name on one line.
const NAME: usize = 44;
/// From this many rows on the axis is repeated below.
const LONG: usize = 25;

/// One unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Dot {
    /// Name shown on the left.
    pub name: String,
    /// Text shown on the right.
    pub label: String,
    /// Value and interval on the axis; none when too few answered.
    pub value: Option<(f64, f64, f64)>,
}

/// A dot plot ready to be drawn.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DotPlot {
    /// Whole width.
    pub width: u32,
    /// Whole height.
    pub height: u32,
    /// Where rows begin.
    pub top: u32,
    /// Where rows end.
    pub bottom: u32,
    /// Whether the axis is repeated below.
    pub long: bool,
    /// Ends of the axis.
    pub axis: (f64, f64),
    /// Grid lines: position and text.
    pub ticks: Vec<(f64, String)>,
    /// Position of the overall value, if there is one.
    pub reference: Option<f64>,
    /// The rows with a figure.
    pub rows: Vec<DotRow>,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DotRow {
    /// Vertical middle.
    pub y: u32,
    /// Name on the left: lines with their baselines.
    pub name: Vec<(u32, String)>,
    /// Text on the right.
    pub label: String,
    /// Positions of dot, lower and upper end.
    pub dot: Strip,
}

/// Positions of dot, lower and upper end on the axis.
pub type Strip = (f64, f64, f64);

/// Lays out a dot plot, and gives for each unit its positions on the axis. The axis covers all intervals, in steps of 1, 2, 5, 10 or 20, within 0 to
/// `largest`.
#[must_use]
pub fn dot_plot(dots: Vec<Dot>, overall: Option<f64>, largest: f64, tick_text: impl Fn(f64) -> String) -> (DotPlot, Vec<Option<Strip>>) {
    let ends: Vec<f64> = dots.iter().filter_map(|d| d.value).flat_map(|(_, low, high)| [low, high]).chain(overall).collect();
    let low = ends.iter().copied().fold(largest, f64::min);
    let high = ends.iter().copied().fold(0.0, f64::max);
    let span = (high - low).max(largest / 50.0);
    let step = [1.0, 2.0, 5.0, 10.0, 20.0].into_iter().find(|s| span / s <= 8.0).unwrap_or(20.0);
    let first = ((low / step).floor() * step).max(0.0);
    let last = ((high / step).ceil() * step).min(largest).max(first + step);
    let at = |v: f64| (((LEFT + (v - first) / (last - first) * (RIGHT - LEFT)).clamp(LEFT, RIGHT)) * 10.0).round() / 10.0;
    let ticks =
        std::iter::successors(Some(first), |t| Some(t + step)).take_while(|t| *t <= last + 1e-9).map(|t| (at(t), tick_text(t))).collect();
    let strips: Vec<Option<Strip>> = dots.iter().map(|d| d.value.map(|(v, low, high)| (at(v), at(low), at(high)))).collect();
    let mut y = TOP;
    let mut rows = Vec::new();
    for (d, strip) in dots.into_iter().zip(&strips) {
        let Some(dot) = *strip else { continue };
        let lines = wrapped(&d.name);
        let more = u32::try_from(lines.len().saturating_sub(1)).unwrap_or(0) * LINE;
        let middle = y + (ROW + more) / 2;
        let name = (0u32..).zip(lines).map(|(n, line)| (middle + 5 + n * LINE - more / 2, line)).collect();
        rows.push(DotRow { y: middle, name, label: d.label, dot });
        y += ROW + more;
    }
    let bottom = y + 4;
    let long = rows.len() >= LONG;
    let height = bottom + if long { 22 } else { 2 };
    let reference = overall.map(at);
    (DotPlot { width: WIDTH, height, top: TOP, bottom, long, axis: (LEFT, RIGHT), ticks, reference, rows }, strips)
}

/// A name in lines of at most [`NAME`] characters, broken between words; never cut.
fn wrapped(name: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in name.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= NAME => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dot(value: Option<(f64, f64, f64)>) -> Dot {
        Dot { name: "A".into(), label: "x".into(), value }
    }

    #[test]
    fn everything_lies_on_the_axis() {
        let dots = vec![dot(Some((84.0, 80.1, 88.9))), dot(None), dot(Some((100.0, 97.0, 100.0)))];
        let (plot, strips) = dot_plot(dots, Some(86.5), 100.0, |v| v.to_string());
        assert_eq!(plot.ticks.first().map(|t| t.1.as_str()), Some("80"));
        assert_eq!(plot.ticks.last().map(|t| (t.0, t.1.as_str())), Some((RIGHT, "100")));
        assert_eq!((plot.rows.len(), strips.len()), (2, 3), "a unit without a figure is not drawn");
        for (v, low, high) in plot.rows.iter().map(|r| r.dot) {
            assert!(LEFT <= low && low <= v && v <= high && high <= RIGHT);
        }
    }

    #[test]
    fn no_value_at_all_still_gives_an_axis() {
        let (plot, _) = dot_plot(vec![dot(None)], None, 100.0, |v| v.to_string());
        assert!(plot.ticks.len() >= 2);
        assert!(plot.ticks.iter().all(|t| t.0.is_finite()));
    }

    #[test]
    fn long_names_wrap_and_are_never_cut() {
        let name = "Chi nhánh Trung tâm Phục vụ hành chính công số 12 thành phố Hà Nội tại phường Hoàn Kiếm";
        let lines = wrapped(name);
        assert!(lines.len() >= 2 && lines.iter().all(|l| l.chars().count() <= NAME));
        assert_eq!(lines.join(" "), name);
    }
}
