//! Quantiles with Woodruff intervals.
//!
//! Notation: F̂(y) the weighted share of values up to y, q_p = min{y : F̂(y) ≥ p} (R. J. Hyndman and Y. Fan, Am. Stat. 50 (1996)
//! 361, definition 1). The interval is [q_lo, q_hi] with lo, hi = F̂(q_p) ± t·SE(F̂(q_p)), the share of values up to q_p taken as
//! a proportion (R. S. Woodruff, JASA 47 (1952) 635) or any other interval of a proportion; an end outside 0–1 has
//! no quantile. SE = (q_hi − q_lo) / 2t. These are the defaults of `svyquantile` in the R package `survey`, with linearisation and
//! with replicate weights alike. Whether p falls on a step of F̂ is decided on the rounded sums, as there,
//! so that both programs choose the same value.

use super::{Domain, Estimate, EstimateError, Flag, Request, Statistic, Survey, check_requests};
use crate::stats::interval::ProportionInterval;
use crate::stats::moments::Sum;
use crate::stats::quantile::t_two_sided;

/// A quantile and its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct QuantileEstimate {
    /// q_p.
    pub estimate: Option<f64>,
    /// (q_hi − q_lo) / 2t.
    pub se: Option<f64>,
    /// q_lo; `None` below the lowest value.
    pub low: Option<f64>,
    /// q_hi; `None` above the highest value.
    pub high: Option<f64>,
    /// Rows used.
    pub n: u64,
    /// PSUs − strata of the whole design.
    pub df_design: u32,
    /// PSUs − strata among the rows of the domain with a weight.
    pub df_domain: u32,
    /// What stands and why not.
    pub flag: Flag,
}

/// Why a quantile was refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum QuantileError {
    /// Not a share.
    #[error("quantile {0}; give a share between 0 and 1")]
    Share(f64),
    /// The level is not between 0 and 1.
    #[error("confidence level {0}; give a value between 0 and 1, such as 0.95")]
    Level(f64),
    /// No degrees of freedom.
    #[error("{0} degrees of freedom; an interval needs more than 0")]
    DegreesOfFreedom(f64),
    /// Column or domain do not fit.
    #[error(transparent)]
    Column(#[from] EstimateError),
}

/// Quantiles that are asked for together.
#[derive(Clone, Copy, Debug)]
pub struct QuantileRequest<'a> {
    /// Values with one entry a row, NaN where missing.
    pub y: &'a [f64],
    /// For which rows.
    pub domain: Domain<'a>,
    /// The p.
    pub shares: &'a [f64],
    /// Confidence level, 0.95 for 95 %.
    pub level: f64,
    /// Degrees of freedom; `None` = those of the design.
    pub df: Option<f64>,
    /// How the interval of F̂(q_p) is made: `Mean` is Woodruff's, not cut at 0 and 1.
    pub interval: ProportionInterval,
}

impl Survey<'_> {
    /// The `shares` quantiles of `y` (NaN where missing) in a domain, at confidence `level` with `df` degrees of freedom (`None` =
    /// those of the design).
    ///
    /// # Errors
    /// [`QuantileError`], one variant for each argument.
    pub fn quantiles(
        &self,
        y: &[f64],
        domain: Domain<'_>,
        shares: &[f64],
        level: f64,
        df: Option<f64>,
    ) -> Result<Vec<QuantileEstimate>, QuantileError> {
        self.quantiles_by(&QuantileRequest { y, domain, shares, level, df, interval: ProportionInterval::Mean })
    }

    /// The same with any interval of the share of values up to the quantile.
    ///
    /// # Errors
    /// [`QuantileError`], one variant for each argument.
    pub fn quantiles_by(&self, asked: &QuantileRequest<'_>) -> Result<Vec<QuantileEstimate>, QuantileError> {
        quantiles(asked, self.weights(), f64::from(self.degrees_of_freedom()), |requests| self.estimate(requests))
    }
}

/// Quantiles with full-sample `weights` and any estimator of the share of values up to them.
pub(in crate::stats) fn quantiles(
    asked: &QuantileRequest<'_>,
    weights: &[f64],
    df_design: f64,
    estimate: impl Fn(&[Request<'_>]) -> Result<Vec<Estimate>, EstimateError>,
) -> Result<Vec<QuantileEstimate>, QuantileError> {
    let QuantileRequest { y, domain, shares, level, df, .. } = *asked;
    if let Some(share) = shares.iter().find(|share| !(0.0..=1.0).contains(*share)) {
        return Err(QuantileError::Share(*share));
    }
    if !(level > 0.0 && level < 1.0) {
        return Err(QuantileError::Level(level));
    }
    let df = df.unwrap_or(df_design);
    let t = t_two_sided(1.0 - level, df).ok_or(QuantileError::DegreesOfFreedom(df))?;
    let statistic = Statistic::Mean(y.into());
    check_requests(&[Request { statistic: &statistic, domain }], weights.len())?;
    let sorted = Sorted::new(y, domain, weights);
    let one = |share: &f64| {
        let q = sorted.at(*share);
        let below: Vec<f64> = match q {
            Some(q) => y.iter().map(|y| if y.is_nan() { *y } else { f64::from(u8::from(*y <= q)) }).collect(),
            None => y.to_vec(),
        };
        let statistic = Statistic::Mean(below.into());
        let found = estimate(&[Request { statistic: &statistic, domain }])?;
        let of_share = found.first().copied();
        Ok(finish(asked, q, of_share, &sorted, df, t))
    };
    shares.iter().map(one).collect()
}

fn finish(
    asked: &QuantileRequest<'_>,
    estimate: Option<f64>,
    of_share: Option<Estimate>,
    sorted: &Sorted,
    df: f64,
    t: f64,
) -> QuantileEstimate {
    let ends = of_share.and_then(|share| {
        let (p, se) = share.estimate.zip(share.se)?;
        match asked.interval {
            ProportionInterval::Mean => Some([p - t * se, p + t * se]),
            method => method.interval(p, se, df, share.n, asked.level).ok().map(|ends| [ends.low, ends.high]),
        }
    });
    let low = ends.filter(|ends| ends[0] >= 0.0).and_then(|ends| sorted.at(ends[0]));
    let high = ends.filter(|ends| ends[1] <= 1.0).and_then(|ends| sorted.at(ends[1]));
    QuantileEstimate {
        estimate,
        se: low.zip(high).map(|(low, high)| (high - low) / (2.0 * t)),
        low,
        high,
        n: of_share.map_or(0, |share| share.n),
        df_design: of_share.map_or(0, |share| share.df_design),
        df_domain: of_share.map_or(0, |share| share.df_domain),
        flag: of_share.map_or(Flag::EmptyDomain, |share| share.flag),
    }
}

/// Values in ascending order with Σ w up to each.
pub(in crate::stats) struct Sorted {
    values: Vec<(f64, f64)>,
}

impl Sorted {
    pub(in crate::stats) fn new(y: &[f64], domain: Domain<'_>, weights: &[f64]) -> Self {
        let mut values = Vec::new();
        let mut add = |row: usize| {
            if !y[row].is_nan() && weights[row] != 0.0 {
                values.push((y[row], weights[row]));
            }
        };
        match domain {
            Domain::All => (0..y.len()).for_each(&mut add),
            Domain::Rows(rows) => rows.iter().for_each(|row| add(*row as usize)),
        }
        values.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut sum = Sum::default();
        for (_, weight) in &mut values {
            sum.add(*weight);
            *weight = sum.value();
        }
        Self { values }
    }

    /// q_p: the last value with Σ w ≤ p Σ w when its share is p, else the next one.
    pub(in crate::stats) fn at(&self, share: f64) -> Option<f64> {
        let (last, total) = *self.values.last()?;
        let next = self.values.partition_point(|(_, sum)| *sum <= share * total);
        let before = next.checked_sub(1).and_then(|place| self.values.get(place));
        match before {
            Some((value, sum)) if sum / total == share => Some(*value),
            _ => Some(self.values.get(next).map_or(last, |(value, _)| *value)),
        }
    }
}
