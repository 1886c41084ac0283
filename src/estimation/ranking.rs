//! Units in order, with the ranks each may have and the groups that do not differ.
//!
//! Confidence sets for ranks after Mogstad, Romano, Shaikh and Wilhelm (see [`crate::stats::ranks`]): all ranks are inside their sets together at the level.
//! The draws come from one fixed seed, so the same figures always give the same sets.

use serde::Serialize;

use super::rows::Row;
use crate::stats::ranks::{Best, Coverage, RankSpec, Ranks, Side};

/// Draws of the joint distribution of the differences.
pub const DRAWS: u32 = 2_000;
/// Seed of the draws.
pub const SEED: u64 = 20_261_128;

/// Rank of a unit; 1 is the best.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct UnitRank {
    /// Code of the unit.
    pub unit: String,
    /// 1 + the number of units with a higher figure.
    pub rank: u32,
    /// Best rank in the set.
    pub low: u32,
    /// Worst rank in the set.
    pub high: u32,
    /// Units that differ from this one, better or worse, for sure at the level.
    pub better_than: u32,
    /// Units for sure better than this one.
    pub worse_than: u32,
}

/// Ranks of all units with a figure and a standard error.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Ranking {
    /// From the best to the worst.
    pub units: Vec<UnitRank>,
    /// Codes of units that do not differ from each other; groups overlap.
    pub groups: Vec<Vec<String>>,
    /// Confidence level of all sets together.
    pub level: f64,
    /// Draws.
    pub draws: u32,
    /// Seed of the draws.
    pub seed: u64,
}

impl Ranking {
    /// The rank of a unit, if it has one.
    #[must_use]
    pub fn of(&self, unit: &str) -> Option<&UnitRank> {
        self.units.iter().find(|u| u.unit == unit)
    }

    /// Codes of units that do not differ from this one.
    #[must_use]
    pub fn alike(&self, unit: &str) -> Vec<&str> {
        let mut alike: Vec<&str> =
            self.groups.iter().filter(|g| g.iter().any(|u| u == unit)).flatten().map(String::as_str).filter(|u| *u != unit).collect();
        alike.sort_unstable();
        alike.dedup();
        alike
    }

    /// Number of the band of each unit in order: a new one begins at the first unit that differs from the first of the band before.
    #[must_use]
    pub fn bands(&self) -> Vec<usize> {
        let mut bands = Vec::with_capacity(self.units.len());
        let (mut band, mut first): (usize, Option<&str>) = (0, None);
        for unit in &self.units {
            match first {
                None => first = Some(&unit.unit),
                Some(leader) if !self.together(leader, &unit.unit) => {
                    band += 1;
                    first = Some(&unit.unit);
                }
                Some(_) => {}
            }
            bands.push(band);
        }
        bands
    }

    fn together(&self, a: &str, b: &str) -> bool {
        self.groups.iter().any(|g| g.iter().any(|u| u == a) && g.iter().any(|u| u == b))
    }
}

/// Ranks the units of these rows by one figure. `rows` holds a row of that figure for each unit in the order of `covariance`, which has one row and column
/// for each of them. Units whose figure is hidden, or has no standard error, are not ranked. `None` when nobody is left.
///
/// # Errors
/// What does not fit, in words.
pub fn rank(rows: &[&Row], covariance: &[Option<f64>], level: f64) -> Result<Option<Ranking>, String> {
    let all = rows.len();
    let ranked: Vec<usize> = rows.iter().enumerate().filter(|(_, r)| r.estimate.is_some() && r.se.is_some()).map(|(at, _)| at).collect();
    if ranked.is_empty() {
        return Ok(None);
    }
    let estimates: Vec<f64> = ranked.iter().filter_map(|at| rows.get(*at).and_then(|r| r.estimate)).collect();
    let matrix: Option<Vec<f64>> =
        ranked.iter().flat_map(|a| ranked.iter().map(move |b| a * all + b)).map(|at| covariance.get(at).copied().flatten()).collect();
    let matrix = matrix.ok_or("units with standard errors lack covariances")?;
    let spec = RankSpec {
        estimates: &estimates,
        covariance: &matrix,
        best: Best::Largest,
        coverage: Coverage::Simultaneous,
        side: Side::TwoSided,
        stepdown: true,
        level,
        draws: DRAWS,
        seed: SEED,
    };
    let ranks = Ranks::new(&spec).map_err(|e| e.to_string())?;
    let code = |place: u32| -> Option<String> {
        let at = ranked.get(usize::try_from(place).ok()?)?;
        rows.get(*at)?.unit.clone()
    };
    let count = u32::try_from(ranked.len()).map_err(|e| e.to_string())?;
    let one = |place: &u32| {
        let rank = ranks.units.get(usize::try_from(*place).ok()?)?;
        let (better_than, worse_than) = (count - rank.high, rank.low - 1);
        Some(UnitRank { unit: code(*place)?, rank: rank.rank, low: rank.low, high: rank.high, better_than, worse_than })
    };
    let groups = ranks.groups().unwrap_or_default();
    Ok(Some(Ranking {
        units: ranks.order().iter().filter_map(one).collect(),
        groups: groups.iter().map(|g| g.iter().filter_map(|p| code(*p)).collect()).collect(),
        level,
        draws: DRAWS,
        seed: SEED,
    }))
}
