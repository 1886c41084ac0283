//! Figures that are hidden, and figures that would give hidden ones away.
//!
//! A figure that rests on fewer valid forms than the survey's threshold is hidden. Where a total is shown, the only hidden part of it could be computed from
//! the others (their weights sum to known totals). So among the parts of one total the smallest shown ones are withheld as well, until at least two are hidden
//! and the hidden ones together reach the threshold: what can still be computed is their common figure, which is one that may be shown. This is complementary
//! suppression in one dimension (L. Willenborg and T. de Waal, *Elements of Statistical Disclosure Control*, 2001, section 4.3). Somebody who compares
//! tables of different periods or filters may still learn of small differences between them; that is why a table is about one survey and one stream.

use super::rows::Row;

/// Flag of a figure from too few valid forms.
pub const TOO_FEW: &str = "too_few";
/// Flag of a figure that would give away another one.
pub const WITHHELD: &str = "withheld";

/// Withholds what would give hidden figures away; each family holds the places of rows that are the parts of one shown total, all of one measure.
pub fn withhold(rows: &mut [Row], families: &[Vec<usize>], threshold: u64) {
    // A row can be in two families, so what one withholds may leave another with a single hidden row.
    while families.iter().filter(|family| one_family(rows, family, threshold)).count() > 0 {}
}

/// Whether something had to be withheld.
fn one_family(rows: &mut [Row], family: &[usize], threshold: u64) -> bool {
    let part = |place: &usize| {
        let row = rows.get(*place)?;
        let hides = row.n_valid > 0 && row.flags.iter().any(|f| [TOO_FEW, WITHHELD].contains(f));
        (hides || row.estimate.is_some()).then_some((*place, row.n_valid, hides))
    };
    let mut parts: Vec<(usize, u64, bool)> = family.iter().filter_map(part).collect();
    let before: Vec<bool> = parts.iter().map(|(.., hidden)| *hidden).collect();
    complete(&mut parts, threshold);
    let mut changed = false;
    for ((place, _, hidden), was) in parts.into_iter().zip(before) {
        if let Some(row) = rows.get_mut(place).filter(|_| hidden && !was) {
            hide(row, WITHHELD);
            changed = true;
        }
    }
    changed
}

/// Which parts of a shown total are hidden, given the answers each rests on.
#[must_use]
pub fn hidden(answers: &[u64], threshold: u64) -> Vec<bool> {
    let mut parts: Vec<(usize, u64, bool)> = answers.iter().enumerate().map(|(at, n)| (at, *n, *n > 0 && *n < threshold)).collect();
    complete(&mut parts, threshold);
    parts.into_iter().map(|(.., hidden)| hidden).collect()
}

/// Hides the smallest of the shown parts until at least two are hidden that reach the threshold together, or nothing is left to hide. A part is its place,
/// its answers and whether it is hidden.
fn complete(parts: &mut [(usize, u64, bool)], threshold: u64) {
    loop {
        let (count, answers) = parts.iter().filter(|(.., hidden)| *hidden).fold((0u32, 0u64), |(c, n), (_, own, _)| (c + 1, n + own));
        if count == 0 || (count >= 2 && answers >= threshold) {
            return;
        }
        let shown = parts.iter_mut().filter(|(_, n, hidden)| !*hidden && *n > 0);
        let Some(smallest) = shown.min_by_key(|(place, n, _)| (*n, *place)) else { return };
        smallest.2 = true;
    }
}

/// Takes every figure out of a row and says why.
pub fn hide(row: &mut Row, why: &'static str) {
    (row.estimate, row.se, row.ci_low, row.ci_high, row.deff, row.band) = (None, None, None, None, None, None);
    row.flags.insert(0, why);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::estimation::Level;

    const THRESHOLD: u64 = 30;

    fn row(n_valid: u64) -> Row {
        let mut row = Row {
            unit: None,
            kind: None,
            category: None,
            measure: "index".into(),
            measure_level: Level::Overall,
            estimate: Some(80.0),
            se: Some(1.0),
            ci_low: Some(78.0),
            ci_high: Some(82.0),
            n: n_valid,
            n_valid,
            deff: Some(1.0),
            df: 9,
            flags: Vec::new(),
            band: None,
        };
        if n_valid < THRESHOLD {
            hide(&mut row, TOO_FEW);
        }
        row
    }

    fn shown(rows: &[Row]) -> Vec<bool> {
        rows.iter().map(|r| r.estimate.is_some()).collect()
    }

    #[test]
    fn the_only_hidden_part_takes_the_smallest_of_the_others_with_it() {
        let mut rows: Vec<Row> = [200, 12, 50, 40].map(row).into();
        withhold(&mut rows, &[vec![0, 1, 2, 3]], THRESHOLD);
        assert_eq!(shown(&rows), [true, false, true, false]);
        assert_eq!(rows[3].flags, [WITHHELD]);
    }

    #[test]
    fn hidden_parts_that_are_too_few_together_take_another_with_them() {
        let mut rows: Vec<Row> = [200, 12, 9, 40].map(row).into();
        withhold(&mut rows, &[vec![0, 1, 2, 3]], THRESHOLD);
        assert_eq!(shown(&rows), [true, false, false, false], "12 and 9 are 21 together");
        let mut rows: Vec<Row> = [200, 12, 19, 40].map(row).into();
        withhold(&mut rows, &[vec![0, 1, 2, 3]], THRESHOLD);
        assert_eq!(shown(&rows), [true, false, false, true], "12 and 19 are 31 together");
    }

    #[test]
    fn nothing_hidden_and_nobody_asked_withhold_nothing() {
        let mut rows: Vec<Row> = [200, 0, 50].map(row).into();
        withhold(&mut rows, &[vec![0, 1, 2]], THRESHOLD);
        assert_eq!(shown(&rows), [true, false, true], "a part without answers gives nothing away");
    }

    proptest! {
        /// In every family either nothing is hidden, or at least two parts with a total at the threshold, or everything.
        #[test]
        fn no_hidden_figure_can_be_computed(sizes in proptest::collection::vec(0u64..90, 1..40), cut in 1usize..39) {
            let mut rows: Vec<Row> = sizes.iter().map(|n| row(*n)).collect();
            let cut = cut.min(sizes.len());
            let families = [(0..sizes.len()).collect::<Vec<_>>(), (0..cut).collect(), (cut..sizes.len()).collect()];
            withhold(&mut rows, &families, THRESHOLD);
            for family in &families {
                let hidden: Vec<u64> = family.iter().map(|i| &rows[*i]).filter(|r| r.n_valid > 0 && r.estimate.is_none()).map(|r| r.n_valid).collect();
                let any_shown = family.iter().any(|i| rows[*i].estimate.is_some());
                prop_assert!(hidden.is_empty() || !any_shown || (hidden.len() >= 2 && hidden.iter().sum::<u64>() >= THRESHOLD));
            }
        }
    }
}
