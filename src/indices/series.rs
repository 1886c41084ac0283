//! Values of one unit in time: what may be compared, where a line breaks, where the points of a small drawing lie.

use super::model::IndexValue;

/// How a value differs from the one before it that was measured by the same method.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// Year of the value before.
    pub since: i64,
    /// Difference of the values, in points.
    pub value: Option<f64>,
    /// How many ranks up; negative when down. Only among as many.
    pub up: Option<i64>,
}

/// The change to the value before, if both were measured by the same method; values in the order of years.
#[must_use]
pub fn change(values: &[&IndexValue]) -> Option<Change> {
    let [.., before, now] = values else { return None };
    if !now.comparable(before) {
        return None;
    }
    let up = now.place.zip(before.place).filter(|_| now.places == before.places).map(|(now, before)| before - now);
    Some(Change { since: before.year, value: now.value.zip(before.value).map(|(now, before)| now - before), up })
}

/// Width and height of a drawing, and the room around its points.
pub const HEIGHT: f64 = 150.0;
const TOP: f64 = 40.0;
const BOTTOM: f64 = 60.0;
const SIDE: f64 = 26.0;
/// Least distance of two points, so that their labels stay apart.
const STEP: f64 = 52.0;

/// A drawing of values in time.
#[derive(Debug, Clone, PartialEq)]
pub struct Drawing {
    /// Width.
    pub width: f64,
    /// One for each value that has one: its position among the values, and its place.
    pub points: Vec<(usize, f64, f64)>,
    /// Lines between points of the same method: from and to.
    pub lines: Vec<((f64, f64), (f64, f64))>,
    /// Where the method changes, or is not known: between two points.
    pub breaks: Vec<f64>,
}

/// Lays values out, given in the order of years: a step each, so that labels never meet. The scale spans the values; a line across years says how steep it is
/// by the labels, never by its angle alone. None for fewer than two values.
#[must_use]
pub fn draw(values: &[&IndexValue]) -> Option<Drawing> {
    let given: Vec<(usize, f64)> = values.iter().enumerate().filter_map(|(at, v)| Some((at, v.value?))).collect();
    if given.len() < 2 {
        return None;
    }
    let least = given.iter().map(|(_, v)| *v).fold(f64::INFINITY, f64::min);
    let most = given.iter().map(|(_, v)| *v).fold(f64::NEG_INFINITY, f64::max);
    // At least two points of scale, so that a change of a hundredth does not look like a leap.
    let (middle, span) = (f64::midpoint(least, most), (most - least).max(2.0));
    let y = |v: f64| TOP + (HEIGHT - TOP - BOTTOM) * (0.5 - (v - middle) / span);
    let points: Vec<(usize, f64, f64)> = (0u32..).zip(&given).map(|(n, (at, v))| (*at, SIDE + STEP * f64::from(n), y(*v))).collect();
    let (mut lines, mut breaks) = (Vec::new(), Vec::new());
    for pair in points.windows(2) {
        let [(a, x1, y1), (b, x2, y2)] = pair else { continue };
        match (values.get(*a), values.get(*b)) {
            (Some(a), Some(b)) if a.comparable(b) => lines.push(((*x1, *y1), (*x2, *y2))),
            _ => breaks.push(f64::midpoint(*x1, *x2)),
        }
    }
    let width = points.last().map_or(0.0, |(_, x, _)| *x) + SIDE;
    Some(Drawing { width, points, lines, breaks })
}

#[cfg(test)]
mod tests {
    use super::super::model::Level;
    use super::*;

    fn value(year: i64, value: Option<f64>, place: Option<i64>, method: Option<&str>) -> IndexValue {
        IndexValue {
            id: year,
            index_code: "sipas".into(),
            measure: String::new(),
            measure_en: None,
            level: Level::Province,
            unit: "Hà Nội".into(),
            unit_en: None,
            unit_code: None,
            year,
            value,
            place,
            places: Some(63),
            method: method.map(str::to_owned),
            method_seen: true,
            derived: false,
            source: "x".into(),
            note: None,
            note_en: None,
        }
    }

    #[test]
    fn a_change_is_told_inside_one_known_method_only() {
        let all = [
            value(2022, Some(80.0), Some(30), Some("A")),
            value(2023, Some(83.57), Some(21), Some("B")),
            value(2024, Some(86.5), Some(11), Some("B")),
        ];
        let all: Vec<&IndexValue> = all.iter().collect();
        let last = change(&all).unwrap();
        assert_eq!((last.since, last.up), (2023, Some(10)));
        assert!((last.value.unwrap() - 2.93).abs() < 1e-9);
        assert_eq!(change(&all[..2]), None, "another method");
        assert_eq!(change(&all[..1]), None);
        let unknown = [value(2023, Some(1.0), None, None), value(2024, Some(2.0), None, None)];
        assert_eq!(change(&unknown.iter().collect::<Vec<_>>()), None, "nobody knows whether the method stayed");
        let fewer =
            [value(2024, Some(1.0), Some(11), Some("B")), IndexValue { places: Some(34), ..value(2025, Some(2.0), Some(5), Some("B")) }];
        assert_eq!(change(&fewer.iter().collect::<Vec<_>>()).unwrap().up, None, "ranks among 63 and among 34");
    }

    #[test]
    fn a_line_breaks_where_the_method_changes_and_skips_what_has_no_value() {
        let all = [
            value(2019, Some(80.09), None, Some("A")),
            value(2020, Some(85.15), None, Some("A")),
            value(2021, None, Some(5), Some("A")),
            value(2023, Some(83.57), None, Some("B")),
            value(2024, Some(86.5), None, Some("B")),
        ];
        let all: Vec<&IndexValue> = all.iter().collect();
        let drawn = draw(&all).unwrap();
        assert_eq!(drawn.points.iter().map(|p| p.0).collect::<Vec<_>>(), [0, 1, 3, 4]);
        assert_eq!((drawn.lines.len(), drawn.breaks.len()), (2, 1));
        let y: Vec<f64> = drawn.points.iter().map(|p| p.2).collect();
        assert!(y[0] > y[2] && y[2] > y[1] && y[1] > y[3] && y.iter().all(|y| (TOP..=HEIGHT - BOTTOM).contains(y)), "{y:?}");
        assert!(drawn.breaks[0] > drawn.points[1].1 && drawn.breaks[0] < drawn.points[2].1);
        assert_eq!(draw(&all[..1]), None);
        let flat = [value(2023, Some(50.0), None, Some("A")), value(2024, Some(50.0), None, Some("A"))];
        let flat = draw(&flat.iter().collect::<Vec<_>>()).unwrap();
        assert!((flat.points[0].2 - flat.points[1].2).abs() < 1e-9 && flat.points[0].2.is_finite());
    }
}
