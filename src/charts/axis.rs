//! From values to positions: round ticks, and linear, square-root or logarithmic spacing.

use super::canvas::{Anchor, Canvas, SMALL, n, sound};
use super::text::width;
use super::{Number, count};

/// How an axis spaces its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spacing {
    Even,
    Root,
    Log,
}

impl Spacing {
    fn of(self, v: f64) -> f64 {
        match self {
            Spacing::Even => v,
            Spacing::Root => v.max(0.0).sqrt(),
            Spacing::Log => v.max(1.0).ln(),
        }
    }
}

/// An axis: which values it covers, and from where to where.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Axis {
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) ticks: Vec<f64>,
    pub(super) decimals: usize,
    from: f64,
    to: f64,
    spacing: Spacing,
}

impl Axis {
    /// A linear axis over these values in steps of 1, 2 or 5 times a power of ten, within what is possible, with about `wanted` steps at most.
    pub(super) fn covering(values: impl IntoIterator<Item = f64>, possible: (f64, f64), wanted: f64, ends: (f64, f64)) -> Axis {
        let possible = if sound(possible.0) && sound(possible.1) && possible.0 < possible.1 { Some(possible) } else { None };
        let within = |v: f64| possible.map_or(v, |(least, most)| v.clamp(least, most));
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for v in values.into_iter().filter(|v| sound(*v)).map(within) {
            (low, high) = (low.min(v), high.max(v));
        }
        if low > high {
            (low, high) = possible.unwrap_or((0.0, 1.0));
        }
        let least = possible.map_or(low.abs().max(1.0) / 50.0, |(a, b)| (b - a) / 50.0);
        if high - low < least {
            let middle = f64::midpoint(low, high);
            (low, high) = (within(middle - least / 2.0), within(middle + least / 2.0));
        }
        let step = step(high - low, wanted);
        let (low, high) = (within((low / step + 1e-9).floor() * step), within((high / step - 1e-9).ceil() * step));
        let high = if high > low { high } else { low + step };
        let first = (low / step - 1e-9).ceil();
        let ticks = (0..100).map(|i| (first + f64::from(i)) * step).take_while(|t| *t <= high + step * 1e-6).collect();
        Axis { low, high, ticks, decimals: decimals(step), from: ends.0, to: ends.1, spacing: Spacing::Even }
    }

    /// An axis of counts from below the smallest to above the largest, spaced so that small ones are seen apart.
    pub(super) fn counts(values: impl IntoIterator<Item = f64>, spacing: Spacing, ends: (f64, f64)) -> Axis {
        let (mut low, mut high) = (f64::INFINITY, 0.0_f64);
        for v in values.into_iter().filter(|v| sound(*v) && *v > 0.0) {
            (low, high) = (low.min(v), high.max(v));
        }
        if low > high {
            (low, high) = (1.0, 100.0);
        }
        let (low, high) = match spacing {
            Spacing::Log => ((low / 1.2).floor().max(1.0), (high * 1.2).max(2.0)),
            _ => (0.0, (high * 1.05).max(1.0)),
        };
        let mut axis = Axis { low, high, ticks: Vec::new(), decimals: 0, from: ends.0, to: ends.1, spacing };
        let steps = (0..13).flat_map(|power| [1.0, 2.0, 5.0].map(|d| d * 10.0_f64.powi(power)));
        axis.ticks = steps.filter(|t| axis.low <= *t && *t <= axis.high).collect();
        if spacing != Spacing::Log {
            // Near 0 they would stand in a heap.
            axis.ticks.retain(|t| (t / axis.high).sqrt() > 0.08);
            axis.ticks.insert(0, 0.0);
        }
        axis
    }

    /// Where a value stands, never beyond the ends.
    pub(super) fn at(&self, v: f64) -> f64 {
        let (low, high) = (self.spacing.of(self.low), self.spacing.of(self.high));
        let share = ((self.spacing.of(v) - low) / (high - low)).clamp(0.0, 1.0);
        self.from + share * (self.to - self.from)
    }

    /// Whether a value lies on the axis.
    pub(super) fn holds(&self, v: f64) -> bool {
        v >= self.low && v <= self.high
    }

    /// The value at a share of the way.
    pub(super) fn value_at(&self, share: f64) -> f64 {
        let (low, high) = (self.spacing.of(self.low), self.spacing.of(self.high));
        let v = low + share * (high - low);
        match self.spacing {
            Spacing::Even => v,
            Spacing::Root => v * v,
            Spacing::Log => v.exp(),
        }
    }

    /// Vertical grid lines, each from top to bottom of these strips.
    pub(super) fn grid_down(&self, canvas: &mut Canvas, strips: &[(f64, f64)]) {
        let d = self.ticks.iter().map(|t| down(self.at(*t), strips)).collect::<String>();
        canvas.path("c-grid", &d);
    }

    /// Texts of a horizontal axis on this baseline, as many as fit beside each other, within `room`.
    pub(super) fn label_across(&self, canvas: &mut Canvas, baseline: f64, number: Number, room: (f64, f64)) {
        let mut free = f64::NEG_INFINITY;
        for tick in &self.ticks {
            let text = number(*tick, self.decimals);
            let wide = width(&text, SMALL);
            let x = self.at(*tick).clamp(room.0 + wide / 2.0, (room.1 - wide / 2.0).max(room.0 + wide / 2.0));
            if x - wide / 2.0 >= free {
                canvas.text("c-s", x, baseline, Anchor::Middle, &text);
                free = x + wide / 2.0 + 6.0;
            }
        }
    }

    /// Horizontal grid lines with their texts at the left.
    pub(super) fn grid_across(&self, canvas: &mut Canvas, left: f64, right: f64, number: Number) {
        let d: String = self.ticks.iter().map(|t| format!("M{} {}H{}", n(left), n(self.at(*t)), n(right))).collect();
        canvas.path("c-grid", &d);
        for tick in &self.ticks {
            canvas.text("c-s", left - 8.0, self.at(*tick) + 4.0, Anchor::End, &number(*tick, self.decimals));
        }
    }

    /// Width of the widest text of the axis.
    pub(super) fn widest(&self, number: Number) -> f64 {
        self.ticks.iter().map(|t| width(&number(*t, self.decimals), SMALL)).fold(0.0, f64::max)
    }
}

/// A vertical line through strips.
pub(super) fn down(x: f64, strips: &[(f64, f64)]) -> String {
    strips.iter().map(|(top, bottom)| format!("M{} {}V{}", n(x), n(*top), n(*bottom))).collect()
}

/// A step of 1, 2 or 5 times a power of ten that needs at most `wanted` steps for this span.
fn step(span: f64, wanted: f64) -> f64 {
    let raw = span.max(1e-9) / wanted.max(1.0);
    let power = 10.0_f64.powf(raw.log10().floor());
    [1.0, 2.0, 5.0].into_iter().map(|d| d * power).find(|s| *s >= raw * (1.0 - 1e-9)).unwrap_or(10.0 * power)
}

/// How many decimals a step needs.
fn decimals(step: f64) -> usize {
    (0..=9).find(|d| (step * 10.0_f64.powi(*d)) > 0.999).and_then(|d| usize::try_from(d).ok()).unwrap_or(9)
}

/// Positions of things in a row, as near to where they want to be as their sizes and the room allow, in the same order. Each wants its middle at `.0`
/// and needs `.1`. When the room is too small they are squeezed evenly.
pub(super) fn apart(wants: &[(f64, f64)], room: (f64, f64)) -> Vec<f64> {
    let all: f64 = wants.iter().map(|w| w.1).sum();
    let have = (room.1 - room.0).max(0.0);
    let squeeze = if all > have && all > 0.0 { have / all } else { 1.0 };
    // Blocks of neighbours that touch; each lies where the sum of squares of the way moved is least.
    let mut blocks: Vec<(f64, f64, usize)> = Vec::new();
    for (want, size) in wants.iter().map(|(w, s)| (*w, s * squeeze)) {
        let inside = |start: f64, size: f64| start.clamp(room.0, (room.1 - size).max(room.0));
        let mut block = (inside(want - size / 2.0, size), size, 1);
        while let Some(last) = blocks.last().copied().filter(|last| last.0 + last.1 > block.0) {
            blocks.pop();
            let (a, b) = (count(last.2), count(block.2));
            let size = last.1 + block.1;
            block = (inside((last.0 * a + (block.0 - last.1) * b) / (a + b), size), size, last.2 + block.2);
        }
        blocks.push(block);
    }
    let mut sizes = wants.iter().map(|w| w.1 * squeeze);
    let mut out = Vec::with_capacity(wants.len());
    let mut floor = room.0;
    for (start, _, members) in blocks {
        let mut at = start.max(floor);
        for size in sizes.by_ref().take(members) {
            out.push(at + size / 2.0);
            at += size;
        }
        floor = at;
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_axis_has_round_steps_and_need_not_begin_at_nothing() {
        let axis = Axis::covering([80.1, 88.9, 100.0], (0.0, 100.0), 8.0, (0.0, 500.0));
        assert_eq!((axis.low, axis.high, axis.decimals), (80.0, 100.0, 0));
        assert_eq!(axis.ticks, [80.0, 85.0, 90.0, 95.0, 100.0]);
        assert_eq!((axis.at(80.0), axis.at(100.0), axis.at(250.0)), (0.0, 500.0, 500.0));
        let fine = Axis::covering([0.12, 0.31], (0.0, 1.0), 5.0, (0.0, 1.0));
        assert_eq!((fine.decimals, fine.ticks.len()), (2, 6), "{fine:?}");
    }

    #[test]
    fn no_value_at_all_still_gives_an_axis() {
        let axis = Axis::covering([f64::NAN], (0.0, 100.0), 8.0, (0.0, 500.0));
        assert_eq!((axis.low, axis.high), (0.0, 100.0));
        assert!(Axis::counts([], Spacing::Log, (0.0, 10.0)).ticks.len() > 2);
    }

    #[test]
    fn counts_are_spaced_by_size() {
        let axis = Axis::counts([12.0, 4_000.0], Spacing::Log, (0.0, 300.0));
        assert_eq!(axis.ticks, [10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 2000.0]);
        assert!((axis.at(100.0) - axis.at(10.0) - (axis.at(1000.0) - axis.at(100.0))).abs() < 1e-9);
        assert!((axis.value_at(1.0) - axis.high).abs() < 1e-6);
    }

    proptest! {
        #[test]
        fn any_values_give_an_axis_that_holds_them(values in prop::collection::vec(-1e12..1e12f64, 0..5), wanted in 1.0..10.0f64) {
            let axis = Axis::covering(values.clone(), (f64::NAN, 0.0), wanted, (10.0, 90.0));
            prop_assert!(axis.ticks.len() >= 2 && axis.ticks.len() <= 12, "{:?}", axis);
            prop_assert!(values.iter().all(|v| axis.low <= *v + 1e-3 && *v - 1e-3 <= axis.high), "{:?}", axis);
            prop_assert!(axis.ticks.iter().all(|t| (10.0..=90.0).contains(&axis.at(*t))));
        }

        #[test]
        fn things_in_a_row_stay_in_order_apart_and_inside(wants in prop::collection::vec((0.0..300.0f64, 1.0..60.0f64), 0..12)) {
            let mut wants = wants;
            wants.sort_by(|a, b| a.0.total_cmp(&b.0));
            let at = apart(&wants, (0.0, 300.0));
            let all: f64 = wants.iter().map(|w| w.1).sum();
            let squeeze = if all > 300.0 { 300.0 / all } else { 1.0 };
            let ends: Vec<(f64, f64)> = at.iter().zip(&wants).map(|(x, w)| (x - w.1 * squeeze / 2.0, x + w.1 * squeeze / 2.0)).collect();
            prop_assert!(ends.iter().all(|(a, b)| *a >= -1e-6 && *b <= 300.0 + 1e-6), "{:?}", ends);
            prop_assert!(ends.windows(2).all(|w| w[0].1 <= w[1].0 + 1e-6), "{:?}", ends);
        }
    }
}
