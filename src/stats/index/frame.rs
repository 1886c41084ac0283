//! What the strata and PSUs of a design mean for a variance.

use crate::stats::design::{Design, LonelyPsu};

/// Strata, PSUs and policy. A group is a PSU (by rank), or a stratum where rows are PSUs.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    pub(super) rows_are_psus: bool,
    /// Stratum of each PSU rank, ascending; empty where rows are PSUs.
    pub(super) stratum_of_group: Vec<u32>,
    /// n_h, 0 for numbers not used.
    pub(super) psus_in_stratum: Vec<u32>,
    pub(super) lonely: LonelyPsu,
}

impl Frame {
    pub(super) fn new(design: &Design<'_>) -> Self {
        let rows_are_psus = design.rows_are_psus();
        let groups = if rows_are_psus { 0 } else { design.psus() };
        Self {
            rows_are_psus,
            stratum_of_group: (0..groups).map(|rank| design.stratum_of_rank(rank)).collect(),
            psus_in_stratum: (0..design.stratum_slots()).map(|stratum| design.psus_in_stratum(stratum)).collect(),
            lonely: design.lonely(),
        }
    }

    pub(super) fn groups(&self) -> usize {
        if self.rows_are_psus { self.psus_in_stratum.len() } else { self.stratum_of_group.len() }
    }

    pub(super) fn stratum(&self, group: u32) -> u32 {
        if self.rows_are_psus { group } else { self.stratum_of_group[group as usize] }
    }

    /// n_h.
    pub(super) fn psus(&self, stratum: u32) -> f64 {
        f64::from(self.psus_in_stratum[stratum as usize])
    }

    /// PSUs of all strata.
    pub(super) fn all_psus(&self) -> f64 {
        self.psus_in_stratum.iter().map(|psus| f64::from(*psus)).sum()
    }

    pub(super) fn is_lonely(&self, stratum: u32) -> bool {
        self.psus_in_stratum[stratum as usize] == 1
    }

    /// Whether a stratum is centred at the mean of all PSU totals.
    pub(super) fn is_adjusted(&self, stratum: u32) -> bool {
        self.lonely == LonelyPsu::Adjust && self.is_lonely(stratum)
    }

    /// [f, s]: a stratum contributes f (Σ e² − s (Σ e)²); n / (n − 1) and 1 / n unless it is lonely.
    pub(super) fn factor(&self, stratum: u32) -> [f64; 2] {
        let psus = self.psus(stratum);
        if psus > 1.0 {
            [psus / (psus - 1.0), 1.0 / psus]
        } else if self.lonely == LonelyPsu::Adjust {
            [1.0, 0.0]
        } else {
            [0.0, 0.0]
        }
    }

    pub(super) fn any_lonely(&self) -> bool {
        self.psus_in_stratum.contains(&1)
    }

    pub(super) fn degrees_of_freedom(&self) -> u32 {
        self.psus_in_stratum.iter().filter(|psus| **psus > 0).map(|psus| psus - 1).sum()
    }

    /// What multiplies the sum over these strata, `None` when lonely PSUs leave no variance.
    pub(super) fn policy(&self, strata: impl Iterator<Item = u32>) -> Option<f64> {
        let (mut all, mut lonely) = (0.0_f64, 0.0);
        for stratum in strata {
            all += 1.0;
            lonely += f64::from(u8::from(self.is_lonely(stratum)));
        }
        let regular = all - lonely;
        let lost = match self.lonely {
            LonelyPsu::Fail => lonely > 0.0,
            LonelyPsu::Remove | LonelyPsu::Average => regular == 0.0,
            LonelyPsu::Certainty | LonelyPsu::Adjust => false,
        };
        let factor = if self.lonely == LonelyPsu::Average { all / regular.max(1.0) } else { 1.0 };
        (!lost).then_some(factor)
    }
}
