//! The drawing of the units of a release: dots with intervals, in order, with the ranks each may have.

use super::pages::{Maker, UnitLine};
use crate::charts::{self, Drawing, Headings, IntervalPlot, IntervalRow, Reference};
use crate::estimation::Level;
use crate::releases::content::Figure;

/// Units shown from each end on paper where not all are.
pub const ENDS: usize = 10;

/// Draws the units that have a figure; with `ends`, only so many from each end and a line for those between. None when no unit has a figure.
#[must_use]
pub fn draw(
    maker: &Maker<'_>,
    lines: &[(&Figure, UnitLine)],
    overall: Option<f64>,
    description: String,
    narrow: bool,
    ends: Option<usize>,
) -> Option<Drawing> {
    let content = maker.content;
    let largest = content.index.largest(Level::Overall, &content.index.code, content.method.aggregation);
    let bands = content.ranking.as_ref().map(|r| (r, r.ranking().bands()));
    let band = |unit: &str| {
        let (ranking, bands) = bands.as_ref()?;
        let at = ranking.units.iter().position(|u| u.unit == unit)?;
        u32::try_from(*bands.get(at)?).ok()
    };
    let row = |(f, line): &(&Figure, UnitLine)| {
        let value = f.estimate?;
        let interval = (f.ci_low.unwrap_or(value), f.ci_high.unwrap_or(value));
        Some(IntervalRow {
            rank: line.rank.clone().unwrap_or_default(),
            name: line.name.clone(),
            figure: charts::Figure::known(value, interval, line.overall.value.clone()),
            detail: String::new(),
            band: f.unit.as_deref().and_then(band),
            link: None,
            tip: None,
        })
    };
    let mut rows: Vec<IntervalRow> = lines.iter().filter_map(row).collect();
    if rows.is_empty() {
        return None;
    }
    if let Some(ends) = ends.filter(|ends| rows.len() > 2 * ends + 2) {
        let last = rows.split_off(rows.len() - ends);
        let between = rows.len() - ends;
        rows.truncate(ends);
        rows.push(IntervalRow {
            rank: String::new(),
            name: maker.words.say("plot-between", &[("n", between.to_string())]),
            figure: charts::Figure::missing(""),
            detail: String::new(),
            band: None,
            link: None,
            tip: None,
        });
        rows.extend(last);
    }
    let say = |key: &str| maker.words.say(key, &[]);
    let number = |v: f64, decimals: usize| maker.language.number(v, decimals);
    let reference = overall.map(|value| Reference { value, label: maker.words.say("plot-reference", &[("value", maker.number(value))]) });
    let plot = IntervalPlot {
        head: charts::Head { title: say("results-plot-caption"), subtitle: String::new(), source: String::new(), description },
        rows,
        reference,
        possible: (0.0, largest),
        headings: Headings {
            rank: if content.ranking.is_some() { say("column-rank") } else { String::new() },
            name: say("column-unit"),
            value: say("column-index"),
            detail: String::new(),
        },
        number: &number,
        narrow,
    };
    Some(plot.draw())
}
