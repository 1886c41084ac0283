//! Charts that the spreadsheet draws from the cells: bars from zero, with the interval as error bars.

use rust_xlsxwriter::{Chart, ChartErrorBars, ChartErrorBarsType, ChartFont, ChartFormat, ChartLine, ChartRange, ChartSolidFill, Color};

use super::super::Figures;
use super::tables::{ABOVE, BELOW, OVERVIEW_FIGURE, UNITS_FIGURE};
use crate::estimation::Level;
use crate::web::locale::Words;

const BAR: Color = Color::RGB(0x006C_9FB3);
const WHISKER: Color = Color::RGB(0x001A_2129);
const GRID: Color = Color::RGB(0x00D5_DBE1);
/// Pixels of a bar with the space around it, of everything around the bars, and of the width.
const LINE: u32 = 20;
const AROUND: u32 = 110;
const WIDTH: u32 = 980;

/// The factors of all units together; none when none has a figure. The headings of the overview stand in row `first`.
pub(super) fn factors(figures: &Figures, words: &Words, sheet: &str, first: u32) -> Option<Chart> {
    let shown: Vec<_> = figures.of_unit(None).filter(|r| r.measure_level != Level::Item).collect();
    let from = shown.iter().position(|r| r.measure_level == Level::Factor)?;
    if shown.iter().all(|r| r.estimate.is_none()) {
        return None;
    }
    let (from, to) = (first + 1 + u32::try_from(from).ok()?, first + u32::try_from(shown.len()).ok()?);
    Some(bars(figures, &words.say("file-chart-factors", &[]), sheet, (from, to), OVERVIEW_FIGURE))
}

/// The units that have a figure, as they stand on their sheet from the second row on.
pub(super) fn units(words: &Words, figures: &Figures, sheet: &str, shown: usize) -> Option<Chart> {
    let last = u32::try_from(shown).ok().filter(|n| *n > 0)?;
    Some(bars(figures, &words.say("file-chart-units", &[]), sheet, (1, last), UNITS_FIGURE))
}

/// Bars of the rows from the first to the last, the first on top; names stand in column 0, estimates in `column`.
fn bars(figures: &Figures, title: &str, sheet: &str, (from, to): (u32, u32), column: u16) -> Chart {
    let range = |column: u16| ChartRange::new_from_range(sheet, from, column, to, column);
    let mut whiskers = ChartErrorBars::new();
    whiskers
        .set_type(ChartErrorBarsType::Custom(range(column + ABOVE), range(column + BELOW)))
        .set_format(ChartFormat::new().set_line(ChartLine::new().set_color(WHISKER).set_width(1)));
    let mut chart = Chart::new_bar();
    chart
        .add_series()
        .set_categories((sheet, from, 0, to, 0))
        .set_values((sheet, from, column, to, column))
        .set_gap(60)
        .set_format(ChartFormat::new().set_solid_fill(ChartSolidFill::new().set_color(BAR)))
        .set_x_error_bars(&whiskers);
    chart.title().set_name(title).set_font(ChartFont::new().set_size(13));
    chart.legend().set_hidden();
    // In a chart of bars the names stand on the y axis and the values on the x axis.
    chart.y_axis().set_major_gridlines(false).set_reverse().set_label_interval(1).set_font(ChartFont::new().set_size(9));
    chart.x_axis().set_min(0).set_num_format("0").set_major_gridlines(true).set_major_gridlines_line(ChartLine::new().set_color(GRID));
    let largest = figures.measures.iter().map(|m| m.largest).fold(0.0, f64::max);
    if figures.percent() {
        chart.x_axis().set_max(largest);
    }
    chart.set_width(WIDTH).set_height(AROUND + LINE * (to - from + 1));
    chart
}
