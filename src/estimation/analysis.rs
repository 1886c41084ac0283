//! The use case: survey, stream, filter, grouping and confidence level → one row for each group and figure.

use std::sync::Arc;

use super::cache::Tables;
use super::disclosure;
use super::filter::Filter;
use super::groups::{self, Group, Grouping, Groups};
use super::measures::{self, Level, Measures, NamedMeasure};
use super::suppress;
use super::table::ResponseTable;
use super::weighting::{self, Totals};
use crate::db::Db;
use crate::error::{Error, Result};
use crate::questionnaires::model::{Index, IndexKind};
use crate::stats::design::{Design, LonelyPsu};
use crate::stats::index::{Domains, Estimate, Flag, Index as IndexEngine, IndexSpec, Item};
use crate::stats::interval::{Interval, ProportionInterval, t_interval};
use crate::stats::poststratify::Poststratified;
use crate::surveys::{Open, Stream, Weighting};
use crate::units::Unit;

pub use super::groups::By;
pub use super::rows::{Method, Row};

/// What to estimate besides the survey.
#[derive(Debug, Clone, Copy)]
pub struct Request {
    /// The stream; the survey's first when none.
    pub stream: Option<Stream>,
    /// Confidence level, between 0.5 and 1.
    pub level: f64,
}

/// A survey's responses, loaded, with everything for estimating any grouping.
pub struct Prepared {
    open: Open,
    stream: Stream,
    level: f64,
    filter: Filter,
    table: Arc<ResponseTable>,
    generation: u64,
    measures: Measures,
    totals: Totals,
}

/// Looks at the survey's responses; units' totals are those of `open`. Takes a connection itself: the caller should hold none.
///
/// # Errors
/// `no_index` when the questionnaire has none, `BadRequest` when the survey has no such stream, and those of the database.
pub fn prepare(db: &Db, tables: &Tables, open: &Open, request: Request) -> Result<Prepared> {
    prepare_filtered(db, tables, open, request, Filter::default())
}

/// The same for the responses that a filter takes.
///
/// # Errors
/// As [`prepare`], and `BadRequest` for a filter that does not fit the survey.
pub fn prepare_filtered(db: &Db, tables: &Tables, open: &Open, request: Request, filter: Filter) -> Result<Prepared> {
    let stream = stream_of(open, request)?;
    filter.check(open).map_err(Error::BadRequest)?;
    let looked = tables.look(db, open.survey.id, open.questionnaire().code_bytes)?;
    Prepared::over(Arc::clone(looked.stream(stream)), looked.generation(), open, Request { stream: Some(stream), ..request }, filter)
}

/// The stream asked for, or the survey's first.
fn stream_of(open: &Open, request: Request) -> Result<Stream> {
    let streams = open.survey.streams();
    let stream = request.stream.or(streams.first().copied()).unwrap_or(Stream::Open);
    if streams.contains(&stream) {
        return Ok(stream);
    }
    Err(Error::BadRequest(format!(
        "the survey has no stream {stream}; it has: {}",
        streams.iter().map(|s| s.as_str()).collect::<Vec<_>>().join(", ")
    )))
}

fn index_of(open: &Open) -> Result<&Index> {
    open.questionnaire().index.as_ref().ok_or_else(|| {
        Error::Conflict("no_index", format!("questionnaire {} has no index, so there is nothing to estimate", open.questionnaire().code))
    })
}

/// The units' totals to which weights are brought.
fn totals(open: &Open) -> Totals {
    let of: fn(&Unit) -> Option<i64> = match open.survey.weighting {
        Weighting::Base => return None,
        Weighting::Population => |u| u.population,
        Weighting::Transactions => |u| u.transactions,
    };
    #[expect(clippy::cast_precision_loss, reason = "counts of people and files are far below 2^53")]
    Some(open.frame.units.values().filter_map(|u| of(u).map(|n| (u.code.clone(), n as f64))).collect())
}

/// Rows of one grouping, with what comparing them needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimated {
    /// One for each group and figure, group by group.
    pub rows: Vec<Row>,
    /// Covariances of the first figure between all groups, row by row; `None` for groups without a standard error.
    pub covariance: Vec<Option<f64>>,
    /// For each group the weights of valid answers to each item, up to a factor; only where all items are estimated.
    pub item_weights: Vec<Vec<f64>>,
}

pub(super) fn refused(e: impl ToString) -> Error {
    Error::Conflict("cannot_estimate", e.to_string())
}

impl Prepared {
    /// Over responses that were read otherwise; `generation` tells states of the same survey's responses apart.
    ///
    /// # Errors
    /// As [`prepare`].
    pub fn over(table: Arc<ResponseTable>, generation: u64, open: &Open, request: Request, filter: Filter) -> Result<Self> {
        let stream = stream_of(open, request)?;
        let measures = measures::of(open.questionnaire(), index_of(open)?).map_err(Error::Internal)?;
        Ok(Prepared { open: open.clone(), stream, level: request.level, filter, table, generation, measures, totals: totals(open) })
    }

    /// The survey.
    #[must_use]
    pub fn open(&self) -> &Open {
        &self.open
    }

    /// The stream.
    #[must_use]
    pub fn stream(&self) -> Stream {
        self.stream
    }

    /// Confidence level.
    #[must_use]
    pub fn level(&self) -> f64 {
        self.level
    }

    /// What of the stream is looked at.
    #[must_use]
    pub fn filter(&self) -> &Filter {
        &self.filter
    }

    /// The responses of the whole stream.
    #[must_use]
    pub fn table(&self) -> &ResponseTable {
        &self.table
    }

    /// Another number for each state of the survey's responses.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// The figures of the index, overall first.
    #[must_use]
    pub fn measures(&self) -> &[NamedMeasure] {
        &self.measures.all
    }

    /// The index.
    ///
    /// # Errors
    /// `no_index`.
    pub fn index(&self) -> Result<&Index> {
        index_of(&self.open)
    }

    /// The same responses under another filter.
    #[must_use]
    pub fn filtered(&self, filter: Filter) -> Self {
        Prepared {
            open: self.open.clone(),
            stream: self.stream,
            level: self.level,
            filter,
            table: Arc::clone(&self.table),
            generation: self.generation,
            measures: self.measures.clone(),
            totals: self.totals.clone(),
        }
    }

    /// How the figures are made.
    #[must_use]
    pub fn method(&self) -> Method {
        let survey = &self.open.survey;
        let answered: std::collections::BTreeSet<&str> = self.table.units.iter().map(String::as_str).collect();
        Method {
            questionnaire: survey.questionnaire.clone(),
            version: survey.version.clone(),
            aggregation: self.measures.aggregation,
            weighting: survey.weighting,
            stream: self.stream,
            probability_sample: self.stream != Stream::Open,
            level: self.level,
            threshold: self.threshold(),
            n: u64::try_from(self.table.rows()).unwrap_or(u64::MAX),
            units_without_responses: self.open.frame.units.keys().filter(|u| !answered.contains(u.as_str())).count(),
            demonstration: survey.demonstration,
            kind: self.measures.kind,
        }
    }

    /// Fewest valid forms with which a figure is shown.
    #[must_use]
    pub fn threshold(&self) -> u64 {
        u64::try_from(self.open.survey.threshold).unwrap_or(0)
    }

    /// Estimates the figures of these levels for each group.
    ///
    /// # Errors
    /// When weights or design do not fit, in words.
    pub fn estimate(&self, by: By, levels: &[Level]) -> Result<Vec<Row>> {
        Ok(self.grouped(Grouping::By(by), levels, false)?.rows)
    }

    /// The same for any grouping, and with the covariances of the first figure when they are wanted.
    ///
    /// # Errors
    /// When weights or design do not fit, in words; a question that cannot group.
    pub fn grouped(&self, grouping: Grouping, levels: &[Level], covariance: bool) -> Result<Estimated> {
        let chosen: Vec<&NamedMeasure> = self.measures.all.iter().filter(|m| levels.contains(&m.level)).collect();
        let Groups { list, of_row } = groups::groups(&self.open, &self.table, &self.filter, grouping).map_err(Error::BadRequest)?;
        let mut estimated = if self.table.rows() == 0 || list.is_empty() {
            let rows = list.iter().flat_map(|g| chosen.iter().map(|m| self.row(g, m, &NOTHING))).collect();
            Estimated { rows, covariance: vec![None; list.len() * list.len()], item_weights: vec![Vec::new(); list.len()] }
        } else {
            let poststratified = self.poststratified()?;
            let design = self.design(poststratified.as_ref(), self.lonely(grouping))?;
            let items = self.items()?;
            let measures: Vec<_> = chosen.iter().map(|m| m.measure.clone()).collect();
            let count = u32::try_from(list.len()).map_err(|e| Error::Internal(e.to_string()))?;
            let spec = IndexSpec {
                design: &design,
                items: &items,
                measures: &measures,
                domains: Domains::new(of_row, count),
                poststratified: poststratified.as_ref(),
            };
            let engine = IndexEngine::new(spec).map_err(refused)?;
            let sums = engine.sums();
            let one = |(g, group): (u32, &Group)| {
                let row = |(m, measure): (usize, &&NamedMeasure)| self.row(group, measure, sums.table().get(g, m).unwrap_or(&NOTHING));
                chosen.iter().enumerate().map(row).collect::<Vec<_>>()
            };
            let rows = (0u32..).zip(&list).flat_map(one).collect();
            let item_weights = (0..count).map(|g| sums.item_weights(g)).collect();
            Estimated { rows, covariance: if covariance { sums.covariance(0).map_err(refused)? } else { Vec::new() }, item_weights }
        };
        let measures: Vec<_> = chosen.iter().map(|m| &m.measure).collect();
        let hidden = disclosure::hidden(self, grouping, &list, &measures, &estimated.rows)?;
        let shown = estimated.rows.iter_mut().zip(hidden).filter(|(row, hidden)| *hidden && row.estimate.is_some());
        shown.for_each(|(row, _)| suppress::hide(row, suppress::WITHHELD));
        Ok(estimated)
    }

    /// Weights brought to the units' totals, when the survey has them.
    ///
    /// # Errors
    /// A unit with responses but without a total.
    pub(super) fn poststratified(&self) -> Result<Option<Poststratified<'_>>> {
        weighting::poststratified(&self.table, &self.totals).map_err(refused)
    }

    /// The design with final weights.
    ///
    /// # Errors
    /// When weights or design do not fit, in words.
    pub(super) fn design<'a>(&'a self, poststratified: Option<&'a Poststratified<'_>>, lonely: LonelyPsu) -> Result<Design<'a>> {
        let weights = poststratified.map_or(self.table.weight.as_slice(), |p| p.weights());
        weighting::design(&self.table, weights, lonely).map_err(refused)
    }

    /// Within one unit a single cluster says nothing about the spread between clusters: no standard error is given. Above, the few such units are
    /// measured from the mean of all clusters, which errs on the wide side.
    pub(super) fn lonely(&self, grouping: Grouping) -> LonelyPsu {
        if grouping == Grouping::By(By::Unit) || self.filter.unit.is_some() { LonelyPsu::Fail } else { LonelyPsu::Adjust }
    }

    /// The columns of the index's items.
    pub(super) fn items(&self) -> Result<Vec<Item<'_>>> {
        let placed = self.measures.offsets.iter().zip(&self.measures.scorings);
        let all: Option<Vec<_>> = placed.map(|(offset, scoring)| self.table.codes(*offset).map(|codes| Item { codes, scoring })).collect();
        all.ok_or_else(|| Error::Internal("an item of the index has no place in the stored codes".to_owned()))
    }

    /// The share of an option as a row; `e` is in percent.
    pub(super) fn share_row(&self, question: &str, option: &str, e: &Estimate) -> Row {
        let shown = |v: Option<f64>| v.filter(|v| v.is_finite());
        let interval = shown(e.estimate).zip(shown(e.se)).and_then(|(value, se)| interval(true, 100.0, value, se, e, self.level));
        Row {
            unit: None,
            kind: None,
            category: Some(option.to_owned()),
            measure: question.to_owned(),
            measure_level: Level::Item,
            estimate: shown(e.estimate),
            se: shown(e.se),
            ci_low: interval.map(|i| i.low),
            ci_high: interval.map(|i| i.high),
            n: e.n,
            n_valid: e.n_valid,
            deff: shown(e.deff),
            df: e.df_domain,
            flags: Vec::new(),
            band: None,
        }
    }

    fn row(&self, group: &Group, measure: &NamedMeasure, e: &Estimate) -> Row {
        let too_few = e.n_valid < self.threshold();
        let mut flags = Vec::new();
        flags.extend(match e.flag {
            Flag::Ok => None,
            Flag::EmptyDomain => Some("empty_domain"),
            Flag::ZeroDenominator => Some("zero_denominator"),
            Flag::LonelyPsu => Some("lonely_psu"),
        });
        let shown = |v: Option<f64>| v.filter(|v| v.is_finite());
        let estimate = shown(e.estimate);
        let share = self.measures.kind == IndexKind::SatisfiedShare;
        let interval = estimate.zip(shown(e.se)).and_then(|(value, se)| interval(share, measure.largest, value, se, e, self.level));
        let index = self.open.questionnaire().index.as_ref().filter(|_| measure.level == Level::Overall);
        let band = index.zip(estimate).and_then(|(index, v)| index.band(v)).map(|b| b.text.clone());
        let mut row = Row {
            unit: group.unit.clone(),
            kind: group.kind,
            category: group.category.clone(),
            measure: measure.code.clone(),
            measure_level: measure.level,
            estimate,
            se: shown(e.se),
            ci_low: interval.map(|i| i.low),
            ci_high: interval.map(|i| i.high),
            n: e.n,
            n_valid: e.n_valid,
            deff: shown(e.deff),
            df: e.df_domain,
            flags,
            band,
        };
        if too_few {
            suppress::hide(&mut row, suppress::TOO_FEW);
        }
        row
    }
}

/// Shares: Wilson's interval on the effective sample size with the t quantile (Franco, Little, Louis and Slud 2019), which stays within 0 and 100 and
/// does not collapse there. Points: the t interval, cut to what is possible.
pub(super) fn interval(share: bool, largest: f64, value: f64, se: f64, e: &Estimate, level: f64) -> Option<Interval> {
    let df = f64::from(e.df_domain);
    if share {
        let i = ProportionInterval::Wilson.interval((value / 100.0).clamp(0.0, 1.0), se / 100.0, df, e.n_valid, level).ok()?;
        return Some(Interval { low: i.low * 100.0, high: i.high * 100.0 });
    }
    let i = t_interval(value, se, df, level).ok()?;
    Some(Interval { low: i.low.max(0.0), high: i.high.min(largest) })
}

/// The estimate of a group without responses.
const NOTHING: Estimate = Estimate {
    estimate: None,
    se: None,
    n: 0,
    n_valid: 0,
    df_design: 0,
    df_domain: 0,
    deff: None,
    effective_n: None,
    flag: Flag::EmptyDomain,
};
