//! The ranks of units as a content keeps them.

use serde::{Deserialize, Serialize};

use crate::estimation::ranking::{Ranking, UnitRank};

/// Ranks of all units that have a figure and a standard error, with what their sets were drawn from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RankingSaid {
    /// Confidence level of all sets together.
    pub level: f64,
    /// Draws of the joint distribution of the differences.
    pub draws: u32,
    /// Seed of the draws.
    pub seed: u64,
    /// From the best to the worst.
    pub units: Vec<RankSaid>,
    /// Codes of units that do not differ from each other; groups overlap.
    pub groups: Vec<Vec<String>>,
}

/// The rank of a unit; 1 is the best.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RankSaid {
    /// Code of the unit.
    pub unit: String,
    /// 1 + the number of units with a higher figure.
    pub rank: u32,
    /// Best rank in the set.
    pub low: u32,
    /// Worst rank in the set.
    pub high: u32,
}

impl RankSaid {
    /// The set: `3`, or `3–9`.
    #[must_use]
    pub fn set(&self) -> String {
        if self.low == self.high { self.low.to_string() } else { format!("{}–{}", self.low, self.high) }
    }
}

impl RankingSaid {
    /// What a content keeps of a ranking.
    #[must_use]
    pub fn new(ranking: &Ranking) -> Self {
        let one = |r: &UnitRank| RankSaid { unit: r.unit.clone(), rank: r.rank, low: r.low, high: r.high };
        RankingSaid {
            level: ranking.level,
            draws: ranking.draws,
            seed: ranking.seed,
            units: ranking.units.iter().map(one).collect(),
            groups: ranking.groups.clone(),
        }
    }

    /// The rank of a unit, if it has one.
    #[must_use]
    pub fn of(&self, unit: &str) -> Option<&RankSaid> {
        self.units.iter().find(|r| r.unit == unit)
    }

    /// The ranking that it was made from.
    #[must_use]
    pub fn ranking(&self) -> Ranking {
        let count = u32::try_from(self.units.len()).unwrap_or(u32::MAX);
        let one = |r: &RankSaid| UnitRank {
            unit: r.unit.clone(),
            rank: r.rank,
            low: r.low,
            high: r.high,
            better_than: count.saturating_sub(r.high),
            worse_than: r.low.saturating_sub(1),
        };
        Ranking {
            units: self.units.iter().map(one).collect(),
            groups: self.groups.clone(),
            level: self.level,
            draws: self.draws,
            seed: self.seed,
        }
    }
}
