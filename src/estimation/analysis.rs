//! The use case: survey, stream, grouping and confidence level → one row for each group and figure.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use super::cache::Tables;
use super::measures::{self, Level, Measures, NamedMeasure};
use super::table::ResponseTable;
use super::weighting::{self, Totals};
use crate::db::Db;
use crate::db::types::text_enum;
use crate::error::{Error, Result};
use crate::questionnaires::model::{Index, IndexKind};
use crate::stats::design::LonelyPsu;
use crate::stats::index::{Domains, Estimate, Flag, Index as IndexEngine, IndexSpec, Item, NO_DOMAIN};
use crate::stats::interval::{Interval, ProportionInterval, t_interval};
use crate::surveys::{Open, Stream, Weighting};
use crate::units::{Unit, UnitKind};

text_enum! {
    /// How units are grouped.
    By {
        /// All units together.
        All = "all",
        /// By kind of unit.
        Kind = "kind",
        /// Each unit.
        Unit = "unit",
    }
}

/// One figure of one group.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Row {
    /// The unit, when grouped by unit.
    pub unit: Option<String>,
    /// The kind of unit, when grouped by kind or unit.
    pub kind: Option<UnitKind>,
    /// Code of the figure.
    pub measure: String,
    /// How high it stands in the index tree.
    pub measure_level: Level,
    /// The value: percent, or points; null when it may not or cannot be given.
    pub estimate: Option<f64>,
    /// Its standard error.
    pub se: Option<f64>,
    /// Lower end of the interval.
    pub ci_low: Option<f64>,
    /// Upper end of the interval.
    pub ci_high: Option<f64>,
    /// Responses of the group.
    pub n: u64,
    /// Responses with a valid answer to the figure's questions.
    pub n_valid: u64,
    /// Design effect against simple random sampling with replacement.
    pub deff: Option<f64>,
    /// Why something is missing: `too_few`, `empty_domain`, `zero_denominator`, `lonely_psu`.
    pub flags: Vec<&'static str>,
    /// Name of the band the overall value falls in, by language, where the questionnaire has bands.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub band: Option<crate::questionnaires::model::Text>,
}

/// How the figures were made; stands beside every table.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Method {
    /// Questionnaire code.
    pub questionnaire: String,
    /// Its version.
    pub version: String,
    /// How items become the index.
    #[schema(value_type = String)]
    pub aggregation: crate::questionnaires::model::Aggregation,
    /// What the weights are made of.
    pub weighting: Weighting,
    /// The stream; never mixed with another.
    pub stream: Stream,
    /// Whether the stream is a probability sample (or everybody).
    pub probability_sample: bool,
    /// Confidence level of the intervals.
    pub level: f64,
    /// Fewest valid forms with which a figure is shown.
    pub threshold: u64,
    /// Responses used.
    pub n: u64,
    /// Units of the survey that have no response.
    pub units_without_responses: usize,
    /// Whether the answers are simulated.
    pub demonstration: bool,
    /// What is measured, as the index says it.
    #[schema(value_type = String)]
    pub kind: IndexKind,
}

/// Rows and how they were made.
#[derive(Debug, Clone)]
pub struct Analysis {
    /// One for each group and figure.
    pub rows: Vec<Row>,
    /// How they were made.
    pub method: Method,
}

/// What to estimate besides the survey.
#[derive(Debug, Clone, Copy)]
pub struct Request {
    /// The stream; the survey's first when none.
    pub stream: Option<Stream>,
    /// Confidence level, between 0.5 and 1.
    pub level: f64,
}

/// A survey's responses, loaded, with everything for estimating any grouping.
pub struct Prepared<'a> {
    open: &'a Open,
    index: &'a Index,
    stream: Stream,
    level: f64,
    table: Arc<ResponseTable>,
    measures: Measures,
    totals: Totals,
}

/// Looks at the survey's responses; units' totals are those of `open`. Takes a connection itself: the caller should hold none.
///
/// # Errors
/// `no_index` when the questionnaire has none, `BadRequest` when the survey has no such stream, and those of the database.
pub fn prepare<'a>(db: &Db, tables: &Tables, open: &'a Open, request: Request) -> Result<Prepared<'a>> {
    let index = open.questionnaire().index.as_ref().ok_or_else(|| {
        Error::Conflict("no_index", format!("questionnaire {} has no index, so there is nothing to estimate", open.questionnaire().code))
    })?;
    let streams = open.survey.streams();
    let stream = request.stream.or(streams.first().copied()).unwrap_or(Stream::Open);
    if !streams.contains(&stream) {
        return Err(Error::BadRequest(format!(
            "the survey has no stream {stream}; it has: {}",
            streams.iter().map(|s| s.as_str()).collect::<Vec<_>>().join(", ")
        )));
    }
    let measures = measures::of(open.questionnaire(), index).map_err(Error::Internal)?;
    let table = Arc::clone(tables.look(db, open.survey.id, open.questionnaire().code_bytes)?.stream(stream));
    Ok(Prepared { open, index, stream, level: request.level, table, measures, totals: totals(open) })
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

impl<'a> Prepared<'a> {
    /// Everything for estimating over responses that the caller has read: those of the request's stream, or of the survey's first when it names none.
    ///
    /// # Errors
    /// `no_index` when the questionnaire has none.
    pub fn over(table: Arc<ResponseTable>, open: &'a Open, request: Request) -> Result<Self> {
        let index = open.questionnaire().index.as_ref().ok_or_else(|| {
            Error::Conflict(
                "no_index",
                format!("questionnaire {} has no index, so there is nothing to estimate", open.questionnaire().code),
            )
        })?;
        let stream = request.stream.or(open.survey.streams().first().copied()).unwrap_or(Stream::Open);
        let measures = measures::of(open.questionnaire(), index).map_err(Error::Internal)?;
        Ok(Prepared { open, index, stream, level: request.level, table, measures, totals: totals(open) })
    }
}

impl Prepared<'_> {
    /// The figures of the index, overall first.
    #[must_use]
    pub fn measures(&self) -> &[NamedMeasure] {
        &self.measures.all
    }

    /// How the figures are made.
    #[must_use]
    pub fn method(&self) -> Method {
        let survey = &self.open.survey;
        let answered: std::collections::BTreeSet<&str> = self.table.units.iter().map(String::as_str).collect();
        Method {
            questionnaire: survey.questionnaire.clone(),
            version: survey.version.clone(),
            aggregation: self.index.aggregation,
            weighting: survey.weighting,
            stream: self.stream,
            probability_sample: self.stream != Stream::Open,
            level: self.level,
            threshold: u64::try_from(survey.threshold).unwrap_or(0),
            n: u64::try_from(self.table.rows()).unwrap_or(u64::MAX),
            units_without_responses: self.open.frame.units.keys().filter(|u| !answered.contains(u.as_str())).count(),
            demonstration: survey.demonstration,
            kind: self.index.kind,
        }
    }

    /// Estimates the figures of these levels for each group.
    ///
    /// # Errors
    /// When weights or design do not fit, in words.
    pub fn estimate(&self, by: By, levels: &[Level]) -> Result<Vec<Row>> {
        let chosen: Vec<&NamedMeasure> = self.measures.all.iter().filter(|m| levels.contains(&m.level)).collect();
        let groups = self.groups(by);
        if self.table.rows() == 0 {
            return Ok(groups.iter().flat_map(|g| chosen.iter().map(|m| self.row(g, m, &NOTHING))).collect());
        }
        let numbers: BTreeMap<&str, u32> = (0u32..).zip(&groups).flat_map(|(n, g)| g.units.iter().map(move |u| (*u, n))).collect();
        let of_unit: Vec<u32> = self.table.units.iter().map(|u| numbers.get(u.as_str()).copied().unwrap_or(NO_DOMAIN)).collect();
        let ids: Vec<u32> =
            self.table.unit.iter().map(|u| usize::try_from(*u).ok().and_then(|u| of_unit.get(u)).copied().unwrap_or(NO_DOMAIN)).collect();

        let refused = |e: String| Error::Conflict("cannot_estimate", e);
        let poststratified = weighting::poststratified(&self.table, &self.totals).map_err(refused)?;
        let weights = poststratified.as_ref().map_or(self.table.weight.as_slice(), |p| p.weights());
        // Within one unit a single cluster says nothing about the spread between clusters: no standard error is given. Above, the few such units are
        // measured from the mean of all clusters, which errs on the wide side.
        let lonely = if by == By::Unit { LonelyPsu::Fail } else { LonelyPsu::Adjust };
        let design = weighting::design(&self.table, weights, lonely).map_err(refused)?;
        let items = self.items()?;
        let measures: Vec<_> = chosen.iter().map(|m| m.measure.clone()).collect();
        let count = u32::try_from(groups.len()).map_err(|e| Error::Internal(e.to_string()))?;
        let engine = IndexEngine::new(IndexSpec {
            design: &design,
            items: &items,
            measures: &measures,
            domains: Domains::new(ids, count),
            poststratified: poststratified.as_ref(),
        })
        .map_err(|e| refused(e.to_string()))?;
        let table = engine.estimate();
        let mut rows = Vec::with_capacity(groups.len() * chosen.len());
        for (g, group) in (0u32..).zip(&groups) {
            for (m, measure) in chosen.iter().enumerate() {
                rows.push(self.row(group, measure, table.get(g, m).unwrap_or(&NOTHING)));
            }
        }
        Ok(rows)
    }

    /// The columns of the index's items.
    fn items(&self) -> Result<Vec<Item<'_>>> {
        let placed = self.measures.offsets.iter().zip(&self.measures.scorings);
        let all: Option<Vec<_>> = placed.map(|(offset, scoring)| self.table.codes(*offset).map(|codes| Item { codes, scoring })).collect();
        all.ok_or_else(|| Error::Internal("an item of the index has no place in the stored codes".to_owned()))
    }

    fn groups(&self, by: By) -> Vec<Group<'_>> {
        let units = &self.open.frame.units;
        match by {
            By::All => vec![Group { unit: None, kind: None, units: units.keys().map(String::as_str).collect() }],
            By::Unit => units.values().map(|u| Group { unit: Some(&u.code), kind: Some(u.kind), units: vec![&u.code] }).collect(),
            By::Kind => UnitKind::ALL
                .iter()
                .map(|kind| Group {
                    unit: None,
                    kind: Some(*kind),
                    units: units.values().filter(|u| u.kind == *kind).map(|u| u.code.as_str()).collect(),
                })
                .filter(|g| !g.units.is_empty())
                .collect(),
        }
    }

    fn row(&self, group: &Group<'_>, measure: &NamedMeasure, e: &Estimate) -> Row {
        let threshold = u64::try_from(self.open.survey.threshold).unwrap_or(0);
        let too_few = e.n_valid < threshold;
        let mut flags = Vec::new();
        if too_few {
            flags.push("too_few");
        }
        flags.extend(match e.flag {
            Flag::Ok => None,
            Flag::EmptyDomain => Some("empty_domain"),
            Flag::ZeroDenominator => Some("zero_denominator"),
            Flag::LonelyPsu => Some("lonely_psu"),
        });
        let shown = |v: Option<f64>| v.filter(|v| !too_few && v.is_finite());
        let estimate = shown(e.estimate);
        let interval = estimate.zip(shown(e.se)).and_then(|(value, se)| self.interval(measure, value, se, e));
        let band = estimate.filter(|_| measure.level == Level::Overall).and_then(|v| self.index.band(v)).map(|b| b.text.clone());
        Row {
            unit: group.unit.map(str::to_owned),
            kind: group.kind,
            measure: measure.code.clone(),
            measure_level: measure.level,
            estimate,
            se: shown(e.se),
            ci_low: interval.map(|i| i.low),
            ci_high: interval.map(|i| i.high),
            n: e.n,
            n_valid: e.n_valid,
            deff: shown(e.deff),
            flags,
            band,
        }
    }

    /// Shares: Wilson's interval on the effective sample size with the t quantile (Franco, Little, Louis and Slud 2019), which stays within 0 and 100 and
    /// does not collapse there. Points: the t interval, cut to what is possible.
    fn interval(&self, measure: &NamedMeasure, value: f64, se: f64, e: &Estimate) -> Option<Interval> {
        let df = f64::from(e.df_domain);
        match self.index.kind {
            IndexKind::SatisfiedShare => {
                let share =
                    ProportionInterval::Wilson.interval((value / 100.0).clamp(0.0, 1.0), se / 100.0, df, e.n_valid, self.level).ok()?;
                Some(Interval { low: share.low * 100.0, high: share.high * 100.0 })
            }
            IndexKind::Points => {
                let i = t_interval(value, se, df, self.level).ok()?;
                Some(Interval { low: i.low.max(0.0), high: i.high.min(measure.largest) })
            }
        }
    }
}

struct Group<'a> {
    unit: Option<&'a str>,
    kind: Option<UnitKind>,
    units: Vec<&'a str>,
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
