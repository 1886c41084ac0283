//! Which figures call for attention.
//!
//! **Falls.** Each day at 07:00 the running month up to the day before is compared with the month before, unit by unit. Two-sided p values of the
//! differences are adjusted by Holm over all units of the survey that have enough answers in both, and held against 5 % / 31: a month has at most 31
//! such looks, so the chance that any unit is called without reason in a month is at most 5 %. A wave is compared with the wave before once, when it is closed,
//! at 5 %.
//!
//! **Surges.** Each complete week's share of flagged answers of a unit is held against Laney's p′-chart of up to 26 weeks before it that had answers, at
//! least eight of them; only the upper limit counts.

use super::figures::Compared;
use crate::stats::control::{ControlError, Proportion, Signal, Spread, chart};
use crate::stats::hypothesis::{Adjustment, adjust};

/// Chance of any call without reason in a month or wave.
pub const CHANCE: f64 = 0.05;
/// Most looks at a month.
pub const LOOKS: f64 = 31.0;
/// Weeks before the one looked at.
pub const WEEKS: u64 = 26;
/// Fewest flagged answers in a week that call for attention.
const FEWEST_FLAGGED: u64 = 5;

/// Adjusted p values over all groups that have one, in the order given.
#[must_use]
pub fn adjusted(all: &[Compared]) -> Vec<Option<f64>> {
    let p = |one: &Compared| one.change.and_then(|change| change.p_value);
    let given: Vec<f64> = all.iter().filter_map(p).collect();
    // A p value of a comparison is one, so the adjustment does not refuse it; if it did, nothing would be significant.
    let mut adjusted = adjust(&given, Adjustment::Holm).unwrap_or_default().into_iter();
    all.iter().map(|one| p(one).and_then(|_| adjusted.next())).collect()
}

/// The numbers of those that fell significantly at this level, the largest fall first.
#[must_use]
pub fn falls(all: &[Compared], level: f64) -> Vec<usize> {
    let change = |at: &usize| all.get(*at).and_then(|one| one.change).map_or(0.0, |change| change.estimate);
    let small = |p: Option<f64>| p.is_some_and(|p| p <= level);
    let mut found: Vec<usize> =
        adjusted(all).into_iter().enumerate().filter(|(_, p)| small(*p)).map(|(at, _)| at).filter(|at| change(at) < 0.0).collect();
    found.sort_by(|a, b| change(a).total_cmp(&change(b)));
    found
}

/// A week with unusually many flagged answers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Surge {
    /// Flagged answers of the week.
    pub flagged: u64,
    /// All its answers that could be flagged.
    pub n: u64,
    /// Share usual before, 0 to 1.
    pub usual: f64,
    /// Upper limit of the week's share.
    pub limit: f64,
    /// Weeks the limit comes from.
    pub weeks: usize,
}

/// Whether the last of these weeks (flagged, all; the earliest first) surges; `fewest` answers are needed in it.
#[must_use]
pub fn surge(weeks: &[(u64, u64)], fewest: u64) -> Option<Surge> {
    let ((flagged, n), earlier) = weeks.split_last()?;
    if *n < fewest.max(1) || *flagged < FEWEST_FLAGGED {
        return None;
    }
    let mut shares: Vec<Proportion> = earlier.iter().filter(|(_, n)| *n > 0).map(|(f, n)| Proportion::counted(*f, *n)).collect();
    let base = shares.len();
    let this = Proportion::counted(*flagged, *n);
    shares.push(this);
    let found = match chart(&shares, Spread::Laney, Some(base)) {
        // Always the same share: then the p-chart's limits, around the share. If nothing was flagged before, 3 of all may have been by chance: the
        // 95 % bound of J. A. Hanley, A. Lippman-Hand, JAMA 249 (1983) 1743.
        Err(ControlError::NoVariation) => {
            let all: f64 = shares.iter().take(base).map(|share| share.n).sum();
            let yes: f64 = shares.iter().take(base).map(|share| share.n * share.estimate).sum();
            let usual = if yes > 0.0 { yes / all } else { (3.0 / all).min(1.0) };
            shares.iter_mut().take(base).for_each(|share| share.estimate = usual);
            chart(&shares, Spread::Binomial, Some(base)).ok()?
        }
        // Too few weeks so far.
        other => other.ok()?,
    };
    let last = found.points.last()?;
    let above = last.signals.contains(&Signal::Beyond) && this.estimate > found.centre;
    above.then_some(Surge { flagged: *flagged, n: *n, usual: found.centre, limit: last.high, weeks: base })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notices::figures::{Figure, apart};

    fn figure(value: f64, se: f64) -> Figure {
        Figure { value: Some(value), se: Some(se), interval: None, n: 100, n_valid: 100, df: 99 }
    }

    fn unit(name: &str, now: f64, before: f64, se: f64) -> Compared {
        let (now, before) = (figure(now, se), figure(before, se));
        Compared { units: vec![name.to_owned()], now, before, change: apart(&now, &before), weakest: None }
    }

    #[test]
    fn only_significant_falls_are_called_and_more_units_need_more_evidence() {
        // A fall of 9 with a standard error of √18 is t = 2.12, p = 0.036.
        let one = [unit("a", 80.0, 89.0, 3.0)];
        assert_eq!(falls(&one, CHANCE), [0]);
        assert_eq!(falls(&one, CHANCE / LOOKS), [0_usize; 0], "a daily look needs more");
        let two = [unit("a", 80.0, 89.0, 3.0), unit("b", 85.0, 85.0, 3.0)];
        assert_eq!(falls(&two, CHANCE), [0_usize; 0]);
        assert!((adjusted(&two)[0].unwrap() - 2.0 * adjusted(&one)[0].unwrap()).abs() < 1e-12);
        let many = [unit("a", 80.0, 95.0, 3.0), unit("up", 99.0, 60.0, 3.0), unit("b", 50.0, 95.0, 3.0), unit("alike", 85.0, 85.0, 0.0)];
        assert_eq!(falls(&many, CHANCE), [2, 0], "the largest first; a rise is none; without a standard error there is no test");
        let silent = Compared { now: Figure::default(), change: None, ..unit("few", 1.0, 99.0, 1.0) };
        assert_eq!(falls(&[silent], CHANCE), [0_usize; 0]);
    }

    #[test]
    fn a_week_far_above_the_usual_share_is_a_surge() {
        let usual: Vec<(u64, u64)> = (0..12).map(|week| (18 + week % 5, 100)).collect();
        let with = |last: (u64, u64)| surge(&[usual.clone(), vec![last]].concat(), 30);
        let found = with((60, 100)).unwrap();
        assert_eq!((found.flagged, found.n, found.weeks), (60, 100, 12));
        assert!(found.limit < 0.6 && found.usual > 0.19 && found.usual < 0.21);
        assert_eq!(with((21, 100)), None);
        assert_eq!(with((0, 100)), None, "a drop is none");
        assert_eq!(with((20, 20)), None, "too few answers");
        assert_eq!(surge(&usual[..7], 30), None, "too few weeks");
        // Weeks without answers are no weeks.
        let gaps: Vec<(u64, u64)> = usual.iter().flat_map(|week| [*week, (0, 0)]).collect();
        assert_eq!(surge(&[gaps, vec![(60, 100)]].concat(), 30), Some(found));
    }

    #[test]
    fn where_nothing_was_flagged_before_a_few_are_no_surge_and_many_are() {
        let none = |last: (u64, u64)| surge(&[vec![(0, 100); 10], vec![last]].concat(), 30);
        assert_eq!(none((4, 100)), None, "fewer than five");
        assert!(none((40, 100)).is_some());
        assert_eq!(surge(&[vec![(0, 5); 8], vec![(5, 90)]].concat(), 30), None, "little was known before");
    }
}
