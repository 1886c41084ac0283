//! Charts as SVG, made on the server: for pages (colours of the page, links, explanations of marks), for paper (print colours, also in grey) and as
//! PNG pictures for Word. Each kind of chart is a plain struct with a `draw`, which gives a [`Drawing`].
//!
//! Nothing here knows of surveys or of a language: names, values and words come as finished texts, numbers on axes are written by the caller's
//! closure ([`Number`]). Positions are computed here and colours are classes, so `static/charts.css` decides them on a page and `print.css` on paper.
//! A value that is no number, or beyond ±10¹², is drawn as missing. The same input gives the same bytes.
//!
//! | module | what it draws |
//! |---|---|
//! | [`interval`] | dot and interval, a row a unit |
//! | [`bars`] | shares from 0 to 100, with interval and an earlier value |
//! | [`stacked`] | answers in scale order, each row 100 % |
//! | [`time`] | values at dates with intervals, breaks of method, control limits |
//! | [`heat`] | rows × columns with the number in the cell |
//! | [`scatter`] | labelled points in four quadrants |
//! | [`funnel`] | values by number of forms within limit curves |
//! | [`map`] | areas coloured by class; [`geo`] reads and simplifies their shapes |

mod axis;
pub mod bars;
mod canvas;
mod columns;
mod drawing;
pub mod funnel;
pub mod geo;
pub mod heat;
pub mod interval;
pub mod map;
mod picture;
mod place;
pub mod scatter;
pub mod stacked;
mod text;
pub mod time;

#[cfg(test)]
mod tests;

pub use bars::{Bar, Bars};
pub use columns::Headings;
pub use drawing::{Drawing, Head};
pub use funnel::{Funnel, FunnelPoint, LimitPair, Spread};
pub use geo::{GeoError, Geography};
pub use heat::{Cell, HeatMap, HeatRow};
pub use interval::{IntervalPlot, IntervalRow};
pub use map::{Area, Map};
pub use picture::{ChartError, MOST_PIXELS};
pub use scatter::{Measure, Scatter, ScatterPoint};
pub use stacked::{Palette, Stacked, StackedRow};
pub use time::{Break, Control, Limits, Line, Point, Span, TimeSeries};

/// Writes a number with so many decimals, in the reader's language.
pub type Number<'a> = &'a dyn Fn(f64, usize) -> String;

/// A value with its interval, or why there is none.
#[derive(Debug, Clone, PartialEq)]
pub enum Figure {
    /// An estimate. Without an interval `low` and `high` are the value.
    Known {
        /// The value.
        value: f64,
        /// Lower end of the interval.
        low: f64,
        /// Upper end of the interval.
        high: f64,
        /// The value as text.
        label: String,
    },
    /// No figure.
    Missing {
        /// Why, in words, such as “chưa đủ mẫu”.
        reason: String,
    },
}

impl Figure {
    /// An estimate with its interval and its text.
    #[must_use]
    pub fn known(value: f64, (low, high): (f64, f64), label: impl Into<String>) -> Self {
        Figure::Known { value, low, high, label: label.into() }
    }

    /// No figure, and why.
    #[must_use]
    pub fn missing(reason: impl Into<String>) -> Self {
        Figure::Missing { reason: reason.into() }
    }

    /// Value, lower and upper end in order of size around the value; none when missing or when one of them is no number.
    fn ends(&self) -> Option<(f64, f64, f64)> {
        match *self {
            Figure::Known { value, low, high, .. } if [value, low, high].into_iter().all(canvas::sound) => {
                Some((value, low.min(high).min(value), low.max(high).max(value)))
            }
            _ => None,
        }
    }

    /// The value as text; empty when missing.
    fn label(&self) -> &str {
        match self {
            Figure::Known { label, .. } => label,
            Figure::Missing { .. } => "",
        }
    }

    /// Why it is missing; empty when known.
    fn reason(&self) -> &str {
        match self {
            Figure::Known { .. } => "",
            Figure::Missing { reason } => reason,
        }
    }
}

/// A value that others are compared with, drawn as a line across the chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Reference {
    /// Where.
    pub value: f64,
    /// Name and value, such as “Toàn thành phố 86,50%”.
    pub label: String,
}

/// A number of things, to compute with.
fn count(n: usize) -> f64 {
    n as f64
}

/// Both layouts of a chart for one page: `wide` is shown from 680 px on, `narrow` below, by `static/charts.css`; what is not shown is not read out
/// either. `id` as for [`Drawing::inline`].
#[must_use]
pub fn both(wide: &Drawing, narrow: &Drawing, id: &str) -> String {
    format!(
        "<div class=\"chart-if-wide\">{}</div><div class=\"chart-if-narrow\">{}</div>",
        wide.inline(id),
        narrow.inline(&format!("{id}-narrow"))
    )
}
