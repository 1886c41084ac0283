//! Figures of a month, a wave or a week of a survey, from the columns of its responses.
//!
//! The same engine as in reports, with months as domains: a unit's figure of a month is its answers of these days, the change between two months has
//! the covariance that shared clusters give it. Weights are brought to the units' totals within each month. All of [`Source`] works on the
//! columns day, unit and codes alone.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::period::Span;
use crate::db::Db;
use crate::error::{Error, Result};
use crate::estimation::measures::{self, Level, Measures};
use crate::estimation::table::ResponseTable;
use crate::estimation::{NamedMeasure, Tables};
use crate::questionnaires::model::{Index, IndexKind, Text};
use crate::stats::design::{Design, DesignSpec, LonelyPsu, dense};
use crate::stats::estimate::{self, Joint};
use crate::stats::hypothesis::{Comparison, difference};
use crate::stats::index::{Domains, Estimate, Index as Engine, IndexSpec, Item};
use crate::stats::interval::{Interval, ProportionInterval, t_interval};
use crate::stats::poststratify::Poststratified;
use crate::surveys::{Open, Stream, Weighting};

/// Confidence level of everything told.
pub const LEVEL: f64 = 0.95;
/// Fewest answered items of the index in which the same option says something about how a form was filled in.
const SAME: usize = 5;

/// A figure; without a value where too few answered.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Figure {
    /// Percent, or points.
    pub value: Option<f64>,
    /// Its standard error.
    pub se: Option<f64>,
    /// Its interval.
    pub interval: Option<Interval>,
    /// Responses.
    pub n: u64,
    /// Responses with a valid answer.
    pub n_valid: u64,
    /// Degrees of freedom.
    pub df: u32,
}

/// The item with the lowest figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Weakest {
    /// The question.
    pub text: Text,
    /// Its figure.
    pub value: f64,
}

/// A group of units in two periods.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// Codes of its units.
    pub units: Vec<String>,
    /// The later period.
    pub now: Figure,
    /// The earlier one.
    pub before: Figure,
    /// Later less earlier; none where either has no value or no standard error.
    pub change: Option<Comparison>,
    /// The lowest item of the later period.
    pub weakest: Option<Weakest>,
}

/// A survey's responses and what its index makes of them.
pub struct Source<'a> {
    open: &'a Open,
    index: &'a Index,
    measures: Measures,
    table: Arc<ResponseTable>,
}

impl<'a> Source<'a> {
    /// Looks at the responses of the survey's first stream; none when the questionnaire has no index. Takes a connection itself: the caller should
    /// hold none.
    ///
    /// # Errors
    /// Those of the database.
    pub fn look(db: &Db, tables: &Tables, open: &'a Open) -> Result<Option<Self>> {
        let Some(index) = open.questionnaire().index.as_ref() else { return Ok(None) };
        let measures = measures::of(open.questionnaire(), index).map_err(Error::Internal)?;
        let stream = open.survey.streams().first().copied().unwrap_or(Stream::Open);
        let table = Arc::clone(tables.look(db, open.survey.id, open.questionnaire().code_bytes)?.stream(stream));
        Ok(Some(Source { open, index, measures, table }))
    }

    /// Whether figures are shares in percent; else they are points.
    #[must_use]
    pub fn percent(&self) -> bool {
        self.index.kind == IndexKind::SatisfiedShare
    }

    /// Whether there is an answer in these days.
    #[must_use]
    pub fn answered(&self, span: Span) -> bool {
        self.table.day.iter().any(|day| span.has(*day))
    }

    /// Compares each group of units between two periods that share no day. A unit is in one group at most.
    ///
    /// # Errors
    /// When weights or design do not fit, in words.
    pub fn compare(&self, groups: &[Vec<String>], now: Span, before: Span) -> Result<Vec<Compared>> {
        let refused = |e: String| Error::Conflict("cannot_estimate", e);
        let chosen = Chosen::new(&self.table, groups, [now, before]);
        if chosen.rows.is_empty() {
            return Ok(groups.iter().map(|units| self.nothing(units)).collect());
        }
        let base = chosen.of(&self.table.weight);
        let poststratified = self.poststratified(&chosen, &base).map_err(refused)?;
        let weights = poststratified.as_ref().map_or(base.as_slice(), |p| p.weights());
        let lonely = if groups.iter().all(|units| units.len() == 1) { LonelyPsu::Fail } else { LonelyPsu::Adjust };
        let psus = self.table.clustered().then(|| dense(&chosen.of(&self.table.psu)).0);
        let design = Design::new(DesignSpec {
            weights: weights.into(),
            strata: Some(dense(&chosen.of(&self.table.stratum)).0.into()),
            psus: psus.map(Into::into),
            lonely,
        })
        .map_err(|e| refused(e.to_string()))?;
        let columns = self.columns(&chosen)?;
        let items: Vec<Item<'_>> = columns.iter().zip(&self.measures.scorings).map(|(codes, scoring)| Item { codes, scoring }).collect();
        let told: Vec<&NamedMeasure> = self.measures.all.iter().filter(|m| matches!(m.level, Level::Overall | Level::Item)).collect();
        let measures: Vec<_> = told.iter().map(|m| m.measure.clone()).collect();
        let domains = u32::try_from(groups.len() * 2).map_err(|e| Error::Internal(e.to_string()))?;
        let engine = Engine::new(IndexSpec {
            design: &design,
            items: &items,
            measures: &measures,
            domains: Domains::new(chosen.domains.as_slice(), domains),
            poststratified: poststratified.as_ref(),
        })
        .map_err(|e| refused(e.to_string()))?;
        let sums = engine.sums();
        let covariance = sums.covariance(0).map_err(|e| refused(e.to_string()))?;
        let figure = |domain: u32, measure: usize| {
            let estimate = sums.table().get(domain, measure)?;
            Some(self.figure(estimate, told.get(measure)?))
        };
        Ok((0u32..)
            .zip(groups)
            .map(|(group, units)| {
                let (now, before) = (2 * group, 2 * group + 1);
                let of = |a: u32, b: u32| covariance.get(usize::try_from(a * domains + b).ok()?).copied().flatten();
                let (later, earlier) = (figure(now, 0).unwrap_or_default(), figure(before, 0).unwrap_or_default());
                Compared {
                    units: units.clone(),
                    now: later,
                    before: earlier,
                    change: compared(&later, &earlier, of(now, before).unwrap_or(0.0)),
                    weakest: self.weakest(&told, |measure| figure(now, measure)),
                }
            })
            .collect())
    }

    /// For each unit, for each of these periods: forms that chose one option throughout, and forms with enough answers to tell. Filling in a form without
    /// reading leaves this trace; some who are content leave it too, so a share by itself says nothing, its sudden rise does.
    #[must_use]
    pub fn flagged(&self, spans: &[Span]) -> BTreeMap<String, Vec<(u64, u64)>> {
        let columns: Vec<&[u8]> = self.measures.offsets.iter().filter_map(|offset| self.table.codes(*offset)).collect();
        let mut by_unit = vec![vec![(0, 0); spans.len()]; self.table.units.len()];
        for (row, (day, unit)) in self.table.day.iter().zip(&self.table.unit).enumerate() {
            let Some(span) = spans.iter().position(|span| span.has(*day)) else { continue };
            let cell = usize::try_from(*unit).ok().and_then(|unit| by_unit.get_mut(unit)).and_then(|spans| spans.get_mut(span));
            if let (Some((flagged, all)), Some(alike)) = (cell, all_alike(&columns, row)) {
                *flagged += u64::from(alike);
                *all += 1;
            }
        }
        self.table.units.iter().cloned().zip(by_unit).collect()
    }

    fn nothing(&self, units: &[String]) -> Compared {
        Compared { units: units.to_vec(), now: Figure::default(), before: Figure::default(), change: None, weakest: None }
    }

    fn columns(&self, chosen: &Chosen) -> Result<Vec<Vec<u8>>> {
        let all: Option<Vec<_>> =
            self.measures.offsets.iter().map(|offset| self.table.codes(*offset).map(|codes| chosen.of(codes))).collect();
        all.ok_or_else(|| Error::Internal("an item of the index has no place in the stored codes".to_owned()))
    }

    /// Weights brought to each unit's total in each period.
    fn poststratified<'w>(&self, chosen: &Chosen, base: &[f64]) -> Result<Option<Poststratified<'w>>, String> {
        let total = |unit: &str| {
            let unit = self.open.frame.units.get(unit)?;
            match self.open.survey.weighting {
                Weighting::Base => None,
                Weighting::Population => unit.population,
                Weighting::Transactions => unit.transactions,
            }
        };
        if self.open.survey.weighting == Weighting::Base {
            return Ok(None);
        }
        let units = chosen.of(&self.table.unit);
        let pairs: Vec<(u32, u32)> = units.iter().zip(&chosen.domains).map(|(unit, domain)| (*unit, domain % 2)).collect();
        let (cells, labels) = dense(&pairs);
        let of = |(unit, _): &(u32, u32)| {
            let code = usize::try_from(*unit).ok().and_then(|unit| self.table.units.get(unit)).map_or("", String::as_str);
            #[expect(clippy::cast_precision_loss, reason = "counts of people and files are far below 2^53")]
            total(code)
                .map(|n| n as f64)
                .filter(|n| *n > 0.0)
                .ok_or_else(|| format!("unit {code} has no total to weight to; import it with the unit list"))
        };
        let totals: Vec<f64> = labels.iter().map(of).collect::<Result<_, _>>()?;
        Poststratified::new(base, cells, &totals).map(Some).map_err(|e| e.to_string())
    }

    /// As reports show it: nothing where too few answered; Wilson's interval for shares, the t interval for points, cut to what is possible.
    fn figure(&self, e: &Estimate, measure: &NamedMeasure) -> Figure {
        let enough = e.n_valid >= u64::try_from(self.open.survey.threshold).unwrap_or(0);
        let shown = |v: Option<f64>| v.filter(|v| enough && v.is_finite());
        let (value, se) = (shown(e.estimate), shown(e.se));
        let df = f64::from(e.df_domain);
        let interval = value.zip(se).and_then(|(value, se)| {
            if self.percent() {
                let share = ProportionInterval::Wilson.interval((value / 100.0).clamp(0.0, 1.0), se / 100.0, df, e.n_valid, LEVEL).ok()?;
                return Some(Interval { low: share.low * 100.0, high: share.high * 100.0 });
            }
            let i = t_interval(value, se, df, LEVEL).ok()?;
            Some(Interval { low: i.low.max(0.0), high: i.high.min(measure.largest) })
        });
        Figure { value, se, interval, n: e.n, n_valid: e.n_valid, df: e.df_domain }
    }

    fn weakest(&self, told: &[&NamedMeasure], figure: impl Fn(usize) -> Option<Figure>) -> Option<Weakest> {
        let items = told.iter().enumerate().filter(|(_, m)| m.level == Level::Item);
        let given = items.filter_map(|(at, m)| Some(Weakest { text: m.text.clone(), value: figure(at)?.value? }));
        given.min_by(|a, b| a.value.total_cmp(&b.value))
    }
}

/// The difference of figures from samples that share nothing, such as two waves.
#[must_use]
pub fn apart(now: &Figure, before: &Figure) -> Option<Comparison> {
    compared(now, before, 0.0)
}

/// Now less before, with this covariance.
fn compared(now: &Figure, before: &Figure, covariance: f64) -> Option<Comparison> {
    let of = |f: &Figure| estimate::Estimate {
        estimate: f.value,
        se: f.se,
        n: f.n_valid,
        df_design: f.df,
        df_domain: f.df,
        deff_srswor: None,
        deff_srswr: None,
        flag: estimate::Flag::Ok,
    };
    let square = |se: Option<f64>| se.map(|se| se * se);
    let joint = Joint {
        estimates: vec![of(now), of(before)],
        covariance: vec![square(now.se), Some(covariance), Some(covariance), square(before.se)],
    };
    // Without a value, a standard error or degrees of freedom there is nothing to test, which is no fault.
    difference(&joint, 0, 1, f64::from(now.df.min(before.df)), LEVEL).ok()
}

/// Whether a form chose the same option in all items it answered; none when it answered too few to tell.
fn all_alike(columns: &[&[u8]], row: usize) -> Option<bool> {
    let mut answers =
        columns.iter().filter_map(|codes| codes.get(row)).filter(|code| (1..crate::questionnaires::codes::REFUSED).contains(*code));
    let first = answers.next()?;
    let rest: Vec<bool> = answers.map(|code| code == first).collect();
    (rest.len() + 1 >= SAME).then(|| rest.iter().all(|same| *same))
}

/// The rows of some groups in two periods.
struct Chosen {
    rows: Vec<usize>,
    /// Twice the group's number, and one more in the earlier period.
    domains: Vec<u32>,
}

impl Chosen {
    fn new(table: &ResponseTable, groups: &[Vec<String>], spans: [Span; 2]) -> Self {
        let numbers: HashMap<&str, u32> = (0u32..).zip(groups).flat_map(|(n, units)| units.iter().map(move |u| (u.as_str(), n))).collect();
        let group: Vec<Option<u32>> = table.units.iter().map(|unit| numbers.get(unit.as_str()).copied()).collect();
        let mut chosen = Chosen { rows: Vec::new(), domains: Vec::new() };
        for (row, (day, unit)) in table.day.iter().zip(&table.unit).enumerate() {
            let period = (0u32..).zip(spans).find(|(_, span)| span.has(*day)).map(|(n, _)| n);
            let group = usize::try_from(*unit).ok().and_then(|unit| group.get(unit)).copied().flatten();
            if let (Some(period), Some(group)) = (period, group) {
                chosen.rows.push(row);
                chosen.domains.push(2 * group + period);
            }
        }
        chosen
    }

    /// A column's entries of these rows.
    fn of<T: Copy>(&self, column: &[T]) -> Vec<T> {
        self.rows.iter().filter_map(|row| column.get(*row)).copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_flagged_when_all_its_answers_are_alike_and_there_are_enough_of_them() {
        let alike = |codes: &[u8]| {
            let columns: Vec<Vec<u8>> = codes.iter().map(|code| vec![*code]).collect();
            all_alike(&columns.iter().map(Vec::as_slice).collect::<Vec<_>>(), 0)
        };
        assert_eq!(alike(&[4, 4, 4, 4, 4]), Some(true));
        assert_eq!(alike(&[4, 4, 4, 4, 3]), Some(false));
        assert_eq!(alike(&[4, 4, 4, 4]), None);
        // Left out, "prefer not to say" and "not applicable" are no choice of an option.
        assert_eq!(alike(&[4, 0, 4, 255, 4, 254, 4]), None);
        assert_eq!(alike(&[4, 0, 4, 255, 4, 254, 4, 4]), Some(true));
        assert_eq!(alike(&[]), None);
    }
}
