//! Figures of two contents side by side: a release and the one before, or a release and what the data give now.

use std::collections::{BTreeMap, BTreeSet};

use super::content::{Content, Figure};
use super::ranks::RankSaid;
use crate::estimation::By;

/// A figure that is not the same in both.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair<'a> {
    /// In the first content.
    pub before: Option<&'a Figure>,
    /// In the second.
    pub after: Option<&'a Figure>,
}

/// What makes two figures the same one: group and measure.
type Key<'a> = (By, &'a str, &'a str);

fn key(figure: &Figure) -> Key<'_> {
    let group = match figure.by {
        By::All => "",
        By::Kind => figure.kind.map_or("", |k| k.as_str()),
        By::Unit => figure.unit.as_deref().unwrap_or(""),
        // A release has no figures by mode or month.
        By::Mode | By::Month => "",
    };
    (figure.by, group, &figure.measure)
}

/// Pairs the figures of both, in the order of the first, then those that only the second has.
#[must_use]
pub fn pairs<'a>(before: &'a Content, after: &'a Content) -> Vec<Pair<'a>> {
    let in_after: BTreeMap<Key<'_>, &Figure> = after.estimates.iter().map(|f| (key(f), f)).collect();
    let in_before: BTreeSet<Key<'_>> = before.estimates.iter().map(key).collect();
    let both = before.estimates.iter().map(|f| Pair { before: Some(f), after: in_after.get(&key(f)).copied() });
    let new = after.estimates.iter().filter(|f| !in_before.contains(&key(f))).map(|f| Pair { before: None, after: Some(f) });
    both.chain(new).collect()
}

/// A unit's ranks in both contents.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RankPair<'a> {
    /// Code of the unit.
    pub unit: &'a str,
    /// In the first content.
    pub before: Option<&'a RankSaid>,
    /// In the second.
    pub after: Option<&'a RankSaid>,
}

/// The units whose rank or set of ranks is not the same in both, in the order of the first, then those that only the second ranks.
#[must_use]
pub fn ranks<'a>(before: &'a Content, after: &'a Content) -> Vec<RankPair<'a>> {
    let listed = |c: &'a Content| c.ranking.iter().flat_map(|r| &r.units);
    let both = listed(before).map(|r| RankPair { unit: &r.unit, before: Some(r), after: after.rank(&r.unit) });
    let new = listed(after).filter(|r| before.rank(&r.unit).is_none());
    both.chain(new.map(|r| RankPair { unit: &r.unit, before: None, after: Some(r) })).filter(|p| p.before != p.after).collect()
}

/// The pairs in which value, interval or number of valid forms differ.
#[must_use]
pub fn changes<'a>(before: &'a Content, after: &'a Content) -> Vec<Pair<'a>> {
    let shown = |f: &Figure| (f.estimate, f.ci_low, f.ci_high, f.n_valid);
    pairs(before, after).into_iter().filter(|p| p.before.map(shown) != p.after.map(shown)).collect()
}
