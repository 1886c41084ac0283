//! Figures that are hidden, and figures that would give hidden ones away.
//!
//! A figure that rests on fewer valid forms than the survey's threshold is hidden. Where a total is shown, the only hidden part of it could be computed from
//! the others (their weights sum to known totals). So among the parts of one total the smallest shown ones are withheld as well, until at least two are hidden
//! and the hidden ones together reach the threshold: what can still be computed is their common figure, which is one that may be shown. This is complementary
//! suppression (L. Willenborg and T. de Waal, *Elements of Statistical Disclosure Control*, 2001, section 4.3).
//!
//! `disclosure` says which totals a figure is a part of. What nobody can be kept from is comparing freely chosen periods: the small difference of two
//! large ones may be learnt. That is why a table is about one survey and one stream.

use std::collections::BTreeSet;

use super::rows::Row;
use crate::units::UnitKind;

/// Flag of a figure from too few valid forms.
pub const TOO_FEW: &str = "too_few";
/// Flag of a figure that would give away another one.
pub const WITHHELD: &str = "withheld";

/// Nobody of the group answered.
const NONE_ANSWERED: &str = "none_answered";
/// The figure cannot be computed.
const NOT_COMPUTABLE: &str = "not_computable";
/// Why a figure may be missing: stable words, whose keys in the languages have hyphens.
pub const REASONS: [&str; 4] = [NONE_ANSWERED, TOO_FEW, WITHHELD, NOT_COMPUTABLE];

/// Why a figure is missing, by the responses of its group and its first flag: one of [`REASONS`].
#[must_use]
pub fn reason(n: u64, flag: Option<&str>) -> &'static str {
    match flag {
        _ if n == 0 => NONE_ANSWERED,
        Some(TOO_FEW) => TOO_FEW,
        Some(WITHHELD) => WITHHELD,
        _ => NOT_COMPUTABLE,
    }
}

/// Which parts of a shown total are hidden, given the answers each rests on.
#[must_use]
pub fn hidden(answers: &[u64], threshold: u64) -> Vec<bool> {
    let mut hidden: Vec<bool> = answers.iter().map(|n| too_few(*n, threshold)).collect();
    withhold(answers, &mut hidden, &[(0..answers.len()).collect()], threshold);
    hidden
}

/// Whether so many answers give a figure that must be hidden; none give no figure at all.
#[must_use]
pub fn too_few(answers: u64, threshold: u64) -> bool {
    (1..threshold).contains(&answers)
}

/// Hides what would give hidden parts away; each family holds the places of the parts of one shown total.
pub fn withhold(answers: &[u64], hidden: &mut [bool], families: &[Vec<usize>], threshold: u64) {
    // A part can be in two families, so what one withholds may leave another with a single hidden part.
    while families.iter().filter(|family| complete(answers, hidden, family, threshold)).count() > 0 {}
}

/// Hides the smallest of the shown parts until at least two are hidden that reach the threshold together, or nothing is left to hide. Whether it hid any.
fn complete(answers: &[u64], hidden: &mut [bool], family: &[usize], threshold: u64) -> bool {
    let mut parts: Vec<(u64, usize)> = family.iter().filter_map(|at| answers.get(*at).map(|n| (*n, *at))).filter(|(n, _)| *n > 0).collect();
    parts.sort_unstable();
    let is_hidden = |hidden: &[bool], at: usize| hidden.get(at).copied().unwrap_or(false);
    let already = parts.iter().filter(|(_, at)| is_hidden(hidden, *at));
    let (mut count, mut together) = already.fold((0u32, 0u64), |(count, all), (n, _)| (count + 1, all + n));
    let mut changed = false;
    for (n, at) in parts {
        if count == 0 || (count >= 2 && together >= threshold) {
            break;
        }
        if let Some(part) = hidden.get_mut(at).filter(|hidden| !**hidden) {
            *part = true;
            (count, together, changed) = (count + 1, together + n, true);
        }
    }
    changed
}

/// The parts of shown totals among units of these kinds: the units of each kind whose own total is shown, and all others together, whose sum is what the
/// total of all units leaves. Units without a kind are of a kind of their own.
#[must_use]
pub fn families_of_units(kinds: &[Option<UnitKind>], answers: &[u64], threshold: u64) -> Vec<Vec<usize>> {
    // In the order of the table of kinds, so that of two kinds alike the same one is hidden here and there.
    let known: BTreeSet<Option<UnitKind>> = kinds.iter().copied().collect();
    let of = |kind: &Option<UnitKind>| kinds.iter().enumerate().filter(|(_, k)| *k == kind).map(|(at, _)| at).collect::<Vec<_>>();
    let families: Vec<Vec<usize>> = known.iter().map(of).collect();
    let totals: Vec<u64> = families.iter().map(|family| family.iter().filter_map(|at| answers.get(*at)).sum()).collect();
    let (mut shown, mut others) = (Vec::new(), Vec::new());
    for (family, hidden) in families.into_iter().zip(hidden(&totals, threshold)) {
        if hidden { others.extend(family) } else { shown.push(family) }
    }
    shown.push(others);
    shown
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

    const THRESHOLD: u64 = 30;

    #[test]
    fn the_only_hidden_part_takes_the_smallest_of_the_others_with_it() {
        assert_eq!(hidden(&[200, 12, 50, 40], THRESHOLD), [false, true, false, true]);
    }

    #[test]
    fn hidden_parts_that_are_too_few_together_take_another_with_them() {
        assert_eq!(hidden(&[200, 12, 9, 40], THRESHOLD), [false, true, true, true], "12 and 9 are 21 together");
        assert_eq!(hidden(&[200, 12, 19, 40], THRESHOLD), [false, true, true, false], "12 and 19 are 31 together");
    }

    #[test]
    fn nothing_hidden_and_nobody_asked_withhold_nothing() {
        assert_eq!(hidden(&[200, 0, 50], THRESHOLD), [false; 3], "a part without answers gives nothing away");
        assert!(hidden(&[], THRESHOLD).is_empty());
    }

    fn units(list: &[(UnitKind, u64)]) -> (Vec<Option<UnitKind>>, Vec<u64>, Vec<bool>) {
        let kinds: Vec<_> = list.iter().map(|(kind, _)| Some(*kind)).collect();
        let answers: Vec<u64> = list.iter().map(|(_, n)| *n).collect();
        let mut found: Vec<bool> = answers.iter().map(|n| too_few(*n, THRESHOLD)).collect();
        withhold(&answers, &mut found, &families_of_units(&kinds, &answers, THRESHOLD), THRESHOLD);
        (kinds, answers, found)
    }

    /// The zone has 12 forms, so the zones are hidden and with them the departments; all units less wards leaves 52 in both. The department is a kind of one unit: who
    /// sees it knows the zone, although a ward was withheld beside the zone.
    #[test]
    fn kinds_that_are_hidden_are_parts_of_what_the_others_leave() {
        use UnitKind::{Department, SpecialZone, Ward};
        let (_, _, found) = units(&[(Ward, 50), (Ward, 35), (Department, 40), (SpecialZone, 12)]);
        assert_eq!(found, [false, false, true, true]);
    }

    /// Two kinds have 32 forms; the table of kinds hides the first beside the ministry, so the units must be those of what it hides.
    #[test]
    fn of_kinds_alike_the_same_one_is_hidden_for_units_and_for_kinds() {
        use UnitKind::{Commune, Ministry, Province};
        assert_eq!(hidden(&[1, 32, 32], THRESHOLD), [true, true, false], "in the order of kinds");
        let (_, _, found) = units(&[(Commune, 30), (Commune, 2), (Province, 32), (Ministry, 1)]);
        assert_eq!(found, [true; 4]);
    }

    /// Whether a vector is a sum of multiples of these rows (Gauss's elimination on small whole numbers).
    fn spans(rows: &[Vec<f64>], wanted: &[f64]) -> bool {
        let rank = |mut rows: Vec<Vec<f64>>| {
            let mut rank = 0;
            for column in 0..wanted.len() {
                let Some(pivot) = (rank..rows.len()).find(|r| rows[*r][column].abs() > 1e-9) else { continue };
                rows.swap(rank, pivot);
                let own = rows[rank].clone();
                for row in rows.iter_mut().skip(rank + 1) {
                    let factor = row[column] / own[column];
                    row.iter_mut().zip(&own).for_each(|(x, y)| *x -= factor * y);
                }
                rank += 1;
            }
            rank
        };
        let with: Vec<Vec<f64>> = rows.iter().cloned().chain([wanted.to_vec()]).collect();
        rank(rows.to_vec()) == rank(with)
    }

    proptest! {
        /// In every family either nothing is hidden, or at least two parts with a total at the threshold, or everything.
        #[test]
        fn no_hidden_figure_can_be_computed_in_a_family(answers in proptest::collection::vec(0u64..90, 1..40), cut in 1usize..39) {
            let cut = cut.min(answers.len());
            let families = [(0..answers.len()).collect::<Vec<_>>(), (0..cut).collect(), (cut..answers.len()).collect()];
            let mut found: Vec<bool> = answers.iter().map(|n| too_few(*n, THRESHOLD)).collect();
            withhold(&answers, &mut found, &families, THRESHOLD);
            for family in &families {
                let hidden: Vec<u64> = family.iter().filter(|i| answers[**i] > 0 && found[**i]).map(|i| answers[*i]).collect();
                let any_shown = family.iter().any(|i| answers[*i] > 0 && !found[*i]);
                prop_assert!(hidden.is_empty() || !any_shown || (hidden.len() >= 2 && hidden.iter().sum::<u64>() >= THRESHOLD));
            }
        }

        /// An attacker who adds and subtracts the total, the shown kinds and the shown units as he likes never comes to a figure of too few.
        #[test]
        fn no_sum_of_shown_totals_is_a_figure_of_too_few(list in proptest::collection::vec((0usize..4, 0u64..60), 1..9)) {
            let list: Vec<(UnitKind, u64)> = list.into_iter().map(|(kind, n)| (UnitKind::ALL[kind], n)).collect();
            let (kinds, answers, found) = units(&list);
            if answers.iter().sum::<u64>() < THRESHOLD {
                return Ok(()); // The total is not shown either.
            }
            let unknown: Vec<usize> = (0..list.len()).filter(|i| found[*i] && answers[*i] > 0).collect();
            let known: Vec<UnitKind> = UnitKind::ALL[..4].to_vec();
            let totals: Vec<u64> = known.iter().map(|kind| list.iter().filter(|(k, _)| k == kind).map(|(_, n)| n).sum()).collect();
            let shown = known.iter().zip(hidden(&totals, THRESHOLD)).filter(|(_, hidden)| !hidden).map(|(kind, _)| Some(*kind));
            let vector = |keep: &dyn Fn(usize) -> bool| unknown.iter().map(|i| f64::from(u8::from(keep(*i)))).collect::<Vec<f64>>();
            let rows: Vec<Vec<f64>> = shown.map(|kind| vector(&|i| kinds[i] == kind)).chain([vector(&|_| true)]).collect();
            for set in 1u32..1 << unknown.len() {
                let inside = |i: usize| unknown.iter().position(|u| *u == i).is_some_and(|at| set >> at & 1 == 1);
                let forms: u64 = unknown.iter().filter(|i| inside(**i)).map(|i| answers[*i]).sum();
                prop_assert!(forms >= THRESHOLD || !spans(&rows, &vector(&inside)), "{list:?} hides {found:?} and gives away {forms} forms");
            }
        }
    }
}
