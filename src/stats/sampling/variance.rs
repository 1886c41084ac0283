//! Variance and covariance of totals under a design.
//!
//! Notation: xᵢ = wᵢzᵢ is the weighted linearised value of a row (a vector when several estimates are looked at), t_hj its total in
//! cluster j of stratum h, f_h = (N_h − n_h) / N_h.
//!
//! V = Σ_h f_h n_h / (n_h − 1) Σ_j (t_hj − t̄_h)(t_hj − t̄_h)′ + Σ_h (n_h / N_h) Σ_j V_hj
//!
//! with V_hj the same formula over the next stage within cluster (h, j): C.-E. Särndal, B. Swensson and J. Wretman, *Model
//! Assisted Survey Sampling* (1992), eq. 4.3.22; D. R. Bellhouse, J. Stat. Comput. Simul. 5 (1985) 205. Brewer's form replaces
//! f_h by 1 − π_hj of each cluster and n_h / N_h by π_hj, at every stage with probabilities. Clusters without rows have total 0.
//!
//! A stratum with n_h = 1 < N_h: `Fail` refuses, `Remove` and `Certainty` leave it out, `Adjust` centres its total at the mean of
//! the totals of all clusters of the strata at hand, `Average` multiplies the rest by strata / strata with variance. With
//! `lonely_in_domains`, `Adjust` and `Average` treat a stratum with n_h > 1 of which one cluster has rows in the same way (R's
//! option `survey.adjust.domain.lonely`); under the other policies such a stratum keeps its ordinary variance, as in R.

use super::{LonelyPsu, Sampling};

/// Below this, what is left to sample is nothing.
const COMPLETE: f64 = 1e-7;

/// A stratum with a single cluster that leaves no variance under the design's policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the stratum of row {row} has a single cluster at stage {stage}, so there is no variance; choose a policy for lonely PSUs or join strata"
)]
pub struct LonelyStratum {
    /// Stage, counted from 0.
    pub stage: usize,
    /// A row of the stratum.
    pub row: usize,
}

/// What one call works on.
struct Work<'a> {
    sampling: &'a Sampling,
    rows: &'a [u32],
    x: &'a [f64],
    width: usize,
}

impl Sampling {
    /// Covariance matrix (row after row) of the totals of `width` columns. `rows` are the rows taking part, ascending; all
    /// others count as zeros. `x` holds the weighted values of each of them, row after row.
    ///
    /// # Errors
    /// [`LonelyStratum`] when the policy for lonely PSUs leaves no variance.
    pub(in crate::stats) fn covariance_of_totals(&self, rows: &[u32], x: &[f64], width: usize) -> Result<Vec<f64>, LonelyStratum> {
        let mut order: Vec<u32> = (0..rows.len() as u32).collect();
        if let Some(places) = &self.places {
            order.sort_unstable_by_key(|at| places[rows[*at as usize] as usize]);
        }
        if let Some(joint) = &self.joint {
            return Ok(joint.covariance(self, rows, x, width));
        }
        let work = Work { sampling: self, rows, x, width };
        let mut total = vec![0.0; width * width];
        work.stage(0, &order, 1.0, &mut total)?;
        Ok(total)
    }
}

impl Work<'_> {
    fn row(&self, at: u32) -> usize {
        self.rows[at as usize] as usize
    }

    /// Adds `share` times the variance of the rows at hand, from stage `number` on.
    fn stage(&self, number: usize, order: &[u32], share: f64, total: &mut [f64]) -> Result<(), LonelyStratum> {
        let level = &self.sampling.levels[number];
        let same_cluster = |a: &u32, b: &u32| level.clusters[self.row(*a)] == level.clusters[self.row(*b)];
        let grand = self.grand_mean(number, order);
        let mut own = vec![0.0; self.width * self.width];
        let (mut strata, mut regular) = (0.0, 0.0);
        let mut lonely = None;
        for stratum in order.chunk_by(|a, b| level.strata[self.row(*a)] == level.strata[self.row(*b)]) {
            strata += 1.0;
            let clusters: Vec<&[u32]> = stratum.chunk_by(same_cluster).collect();
            if self.stratum(number, &clusters, &grand, &mut own)? {
                regular += 1.0;
            } else {
                lonely = Some(LonelyStratum { stage: number, row: self.row(stratum[0]) });
            }
        }
        let averages = self.sampling.lonely == LonelyPsu::Average;
        if let Some(lonely) = lonely
            && regular == 0.0
            && (averages || (number == 0 && self.sampling.lonely == LonelyPsu::Remove))
        {
            return Err(lonely);
        }
        let factor = if averages && regular > 0.0 { share * strata / regular } else { share };
        for (total, own) in total.iter_mut().zip(&own) {
            *total += factor * own;
        }
        self.later_stages(number, order, share, total)
    }

    /// Adds one stratum's part; false when it has none of its own.
    fn stratum(&self, number: usize, clusters: &[&[u32]], grand: &[f64], own: &mut [f64]) -> Result<bool, LonelyStratum> {
        let (sampling, width) = (self.sampling, self.width);
        let level = &sampling.levels[number];
        let first = self.row(clusters[0][0]);
        let stratum = level.strata[first] as usize;
        let units = f64::from(level.units[stratum]);
        let left = |row: usize| match (&level.probabilities, &level.populations) {
            (Some(p), _) => 1.0 - p[row],
            (None, Some(populations)) if populations[stratum].is_finite() => (populations[stratum] - units) / populations[stratum],
            _ => 1.0,
        };
        let factors: Vec<f64> = clusters.iter().map(|cluster| left(self.row(cluster[0]))).collect();
        if factors.iter().all(|left| *left < COMPLETE) {
            return Ok(true);
        }
        let totals: Vec<f64> = clusters.iter().flat_map(|cluster| self.total(cluster)).collect();
        let alone_in_domain = clusters.len() == 1 && units > 1.0 && sampling.lonely_in_domains;
        let centre = if units > 1.0 {
            match sampling.lonely {
                LonelyPsu::Average if alone_in_domain => return Ok(false),
                LonelyPsu::Adjust if alone_in_domain => grand.to_vec(),
                _ => (0..width).map(|c| totals.iter().skip(c).step_by(width).sum::<f64>() / units).collect(),
            }
        } else {
            match sampling.lonely {
                LonelyPsu::Fail => return Err(LonelyStratum { stage: number, row: first }),
                LonelyPsu::Remove | LonelyPsu::Average => return Ok(false),
                LonelyPsu::Certainty => return Ok(true),
                LonelyPsu::Adjust => grand.to_vec(),
            }
        };
        let scale = if units > 1.0 { units / (units - 1.0) } else { 1.0 };
        let absent = scale * factors[0] * (units - clusters.len() as f64);
        for a in 0..width {
            for b in 0..width {
                let mut sum = absent * centre[a] * centre[b];
                for (total, left) in totals.chunks_exact(width).zip(&factors) {
                    sum += scale * left * (total[a] - centre[a]) * (total[b] - centre[b]);
                }
                own[a * width + b] += sum;
            }
        }
        Ok(true)
    }

    /// Adds the variance within the clusters at hand when the next stage has populations or probabilities.
    fn later_stages(&self, number: usize, order: &[u32], share: f64, total: &mut [f64]) -> Result<(), LonelyStratum> {
        let levels = &self.sampling.levels;
        let level = &levels[number];
        if levels.get(number + 1).is_none_or(|next| next.populations.is_none() && next.probabilities.is_none()) {
            return Ok(());
        }
        if level.populations.is_none() && level.probabilities.is_none() {
            return Ok(());
        }
        for cluster in order.chunk_by(|a, b| level.clusters[self.row(*a)] == level.clusters[self.row(*b)]) {
            let row = self.row(cluster[0]);
            let stratum = level.strata[row] as usize;
            let fraction = match (&level.probabilities, &level.populations) {
                (Some(p), _) => p[row],
                (None, Some(populations)) => f64::from(level.units[stratum]) / populations[stratum],
                (None, None) => 0.0,
            };
            if fraction > 0.0 {
                self.stage(number + 1, cluster, share * fraction, total)?;
            }
        }
        Ok(())
    }

    fn total(&self, cluster: &[u32]) -> Vec<f64> {
        let mut total = vec![0.0; self.width];
        for at in cluster {
            let place = *at as usize * self.width;
            for (total, x) in total.iter_mut().zip(&self.x[place..place + self.width]) {
                *total += x;
            }
        }
        total
    }

    /// Mean of the totals of all clusters of the strata at hand; only `Adjust` asks for it.
    fn grand_mean(&self, number: usize, order: &[u32]) -> Vec<f64> {
        if self.sampling.lonely != LonelyPsu::Adjust {
            return vec![0.0; self.width];
        }
        let level = &self.sampling.levels[number];
        let strata = order.chunk_by(|a, b| level.strata[self.row(*a)] == level.strata[self.row(*b)]);
        let clusters: u32 = strata.map(|stratum| level.units[level.strata[self.row(stratum[0])] as usize]).sum();
        self.total(order).iter().map(|total| total / f64::from(clusters)).collect()
    }
}
