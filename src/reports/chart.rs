//! Geometry of the dot plot: one row a unit, a dot for the estimate, a line for its interval, on one axis.
//!
//! Positions are computed here, the SVG is drawn by `templates/reports/dotplot.svg` so that its colours follow the page's.

use serde::Serialize;

/// Height of a row, in user units.
pub const ROW: u32 = 24;
/// Space for the axis above the rows.
pub const TOP: u32 = 30;
/// Left end of the axis: names stand before it.
pub const LEFT: f64 = 300.0;
/// Right end of the axis: values stand after it.
pub const RIGHT: f64 = 800.0;
/// Whole width.
pub const WIDTH: u32 = 960;

/// One unit, or the line of all units.
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
    /// Grid lines: position and text.
    pub ticks: Vec<(f64, String)>,
    /// Position of the overall value, if there is one.
    pub reference: Option<f64>,
    /// The rows.
    pub rows: Vec<DotRow>,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DotRow {
    /// Vertical middle.
    pub y: u32,
    /// Name on the left.
    pub name: String,
    /// Text on the right.
    pub label: String,
    /// Positions of dot, lower and upper end; none when nothing may be shown.
    pub dot: Option<(f64, f64, f64)>,
}

/// Lays out a dot plot. The axis covers all intervals, in steps of 1, 2, 5, 10 or 20, within 0 to `largest`.
#[must_use]
pub fn dot_plot(dots: Vec<Dot>, overall: Option<f64>, largest: f64, tick_text: impl Fn(f64) -> String) -> DotPlot {
    let ends: Vec<f64> = dots.iter().filter_map(|d| d.value).flat_map(|(_, low, high)| [low, high]).chain(overall).collect();
    let low = ends.iter().copied().fold(largest, f64::min);
    let high = ends.iter().copied().fold(0.0, f64::max);
    let span = (high - low).max(largest / 50.0);
    let step = [1.0, 2.0, 5.0, 10.0, 20.0].into_iter().find(|s| span / s <= 8.0).unwrap_or(20.0);
    let first = ((low / step).floor() * step).max(0.0);
    let last = ((high / step).ceil() * step).min(largest).max(first + step);
    let at = |v: f64| (LEFT + (v - first) / (last - first) * (RIGHT - LEFT)).clamp(LEFT, RIGHT);
    let rounded = |x: f64| (x * 10.0).round() / 10.0;
    let ticks = std::iter::successors(Some(first), |t| Some(t + step))
        .take_while(|t| *t <= last + 1e-9)
        .map(|t| (rounded(at(t)), tick_text(t)))
        .collect();
    let rows: Vec<DotRow> = (0u32..)
        .zip(dots)
        .map(|(i, d)| DotRow {
            y: TOP + i * ROW + ROW / 2,
            name: d.name,
            label: d.label,
            dot: d.value.map(|(v, low, high)| (rounded(at(v)), rounded(at(low)), rounded(at(high)))),
        })
        .collect();
    let count = u32::try_from(rows.len()).unwrap_or(0);
    DotPlot { width: WIDTH, height: TOP + count * ROW + 8, top: TOP, ticks, reference: overall.map(|v| rounded(at(v))), rows }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dot(value: Option<(f64, f64, f64)>) -> Dot {
        Dot { name: "A".into(), label: "x".into(), value }
    }

    #[test]
    fn everything_lies_on_the_axis() {
        let plot =
            dot_plot(vec![dot(Some((84.0, 80.1, 88.9))), dot(None), dot(Some((100.0, 97.0, 100.0)))], Some(86.5), 100.0, |v| v.to_string());
        assert_eq!(plot.ticks.first().map(|t| t.1.as_str()), Some("80"));
        assert_eq!(plot.ticks.last().map(|t| (t.0, t.1.as_str())), Some((RIGHT, "100")));
        for (v, low, high) in plot.rows.iter().filter_map(|r| r.dot) {
            assert!(LEFT <= low && low <= v && v <= high && high <= RIGHT);
        }
        assert!(plot.rows[1].dot.is_none());
    }

    #[test]
    fn no_value_at_all_still_gives_an_axis() {
        let plot = dot_plot(vec![dot(None)], None, 100.0, |v| v.to_string());
        assert!(plot.ticks.len() >= 2);
        assert!(plot.ticks.iter().all(|t| t.0.is_finite()));
    }
}
