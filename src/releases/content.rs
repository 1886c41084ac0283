//! What a release says: one JSON document with everything that is needed to recompute its figures.
//!
//! **Canonical.** Fields stand in the order of the structs below, maps in the order of their keys, numbers in the shortest decimal form that reads back as
//! the same number, no spaces, one line break at the end. So a content has exactly one text, and the SHA-256 of that text is the release's hash.
//!
//! **Nothing is in it that a page hides.** Figures come as rows of [`crate::estimation`], where what may not be shown is missing already; of single
//! responses there are only digests.
//!
//! A field that is added later is left out of the text while it is empty, so that older contents keep their text; what changes the meaning of a field
//! raises [`FORMAT`].

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::ranks::{RankSaid, RankingSaid};
use crate::db::types::text_enum;
use crate::estimation::{By, Level, Row, suppress};
use crate::questionnaires::model::{Aggregation, Index, IndexKind, Questionnaire, Text};
use crate::surveys::{Stream, Survey, Weighting};
use crate::units::{Unit, UnitKind};

/// The format of contents that this program writes and reads.
pub const FORMAT: u32 = 1;

/// A text by language.
pub type Texts = BTreeMap<String, String>;

text_enum! {
    /// How intervals are made.
    IntervalMethod {
        /// Wilson's interval for a share, on the effective sample size, with the t quantile (docs/METHOD.md).
        Wilson = "wilson_effective_n_t",
        /// The t interval, cut to what is possible.
        T = "t",
    }
}

text_enum! {
    /// A step of the weighting.
    WeightingStep {
        /// The weights that responses came with; 1 for one without.
        Base = "base",
        /// Brought to the units' known totals, unit by unit.
        Poststratification = "poststratification",
    }
}

/// The whole document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Content {
    /// [`FORMAT`].
    pub format: u32,
    /// Which release it is.
    pub release: Identity,
    /// Whether the answers are simulated.
    pub demonstration: bool,
    /// The survey.
    pub survey: SurveySaid,
    /// Its questionnaire.
    pub questionnaire: QuestionnaireSaid,
    /// What is measured.
    pub index: Tree,
    /// How.
    pub method: MethodSaid,
    /// Units, by code.
    pub units: Vec<UnitSaid>,
    /// How responses were weighted.
    pub weighting: WeightingSaid,
    /// Which responses were used.
    pub data: DataCut,
    /// What computed it.
    pub software: Software,
    /// The figures: all units together, each kind, each unit.
    pub estimates: Vec<Figure>,
    /// Ranks of the units by the overall figure; none where no unit has one, and in contents from before there were any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ranking: Option<RankingSaid>,
}

/// Which release a content belongs to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// Its code.
    pub code: String,
    /// Its number among the releases of the survey, from 1.
    pub number: i64,
    /// The release it corrects.
    pub corrects: Option<Correction>,
}

/// A release that is corrected.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// Code of the release that was wrong.
    pub code: String,
    /// Its hash.
    pub hash: String,
    /// What was wrong.
    pub reason: String,
}

/// A survey.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SurveySaid {
    /// Code.
    pub code: String,
    /// Title by language.
    pub title: Texts,
    /// First day.
    pub opens_on: NaiveDate,
    /// Last day.
    pub closes_on: NaiveDate,
    /// The unit tree is that of this day.
    pub tree_date: NaiveDate,
    /// All of its streams; a release is of one, see [`MethodSaid::stream`].
    pub streams: Vec<Stream>,
    /// The waves it belongs to.
    pub series: Option<String>,
}

/// A questionnaire version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuestionnaireSaid {
    /// Code.
    pub code: String,
    /// Version.
    pub version: String,
    /// SHA-256 of its file as it was published.
    pub sha256: String,
}

/// A figure of the index and what is below it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tree {
    /// Code of the overall figure.
    pub code: String,
    /// Its name by language.
    pub text: Texts,
    /// The largest value of an item; of the overall figure too, unless points are summed.
    pub largest_item: f64,
    /// What each answer counts; an answer that is not here is not valid.
    pub scores: BTreeMap<String, f64>,
    /// The parts.
    pub parts: Vec<PartSaid>,
}

/// A part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartSaid {
    /// Code.
    pub code: String,
    /// Name by language.
    pub text: Texts,
    /// Its factors.
    pub factors: Vec<FactorSaid>,
}

/// A factor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactorSaid {
    /// Code.
    pub code: String,
    /// Name by language.
    pub text: Texts,
    /// Its items.
    pub items: Vec<ItemSaid>,
}

/// An item: a question of the index.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemSaid {
    /// Code.
    pub code: String,
    /// The question by language.
    pub text: Texts,
}

/// How the figures are made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MethodSaid {
    /// What is measured.
    pub kind: IndexKind,
    /// How items become the index.
    pub aggregation: Aggregation,
    /// What the weights are made of.
    pub weighting: Weighting,
    /// The stream; figures of different streams are never mixed.
    pub stream: Stream,
    /// Whether it is a probability sample (or everybody).
    pub probability_sample: bool,
    /// Confidence level of the intervals.
    pub level: f64,
    /// How the intervals are made.
    pub interval: IntervalMethod,
    /// Fewest valid forms with which a figure is shown.
    pub threshold: u64,
    /// Units of the survey that have no response.
    pub units_without_responses: usize,
}

/// A unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitSaid {
    /// Code.
    pub code: String,
    /// Name by language.
    pub name: Texts,
    /// Kind.
    pub kind: UnitKind,
    /// The unit above.
    pub parent: Option<String>,
    /// The total that its weights are brought to, when weights are.
    pub total: Option<f64>,
}

/// The weighting.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeightingSaid {
    /// What was done, in order.
    pub steps: Vec<WeightsAfter>,
    /// SHA-256 over the final weights: for each response in order of id a line `id,weight`.
    pub sha256: String,
}

/// Weights after a step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeightsAfter {
    /// The step.
    pub step: WeightingStep,
    /// Number of weights.
    pub n: u64,
    /// Their sum.
    pub sum: f64,
    /// The smallest; none without responses.
    pub smallest: Option<f64>,
    /// The largest; none without responses.
    pub largest: Option<f64>,
    /// What unequal weights cost: n Σw² / (Σw)² (Kish 1965); none without responses.
    pub kish: Option<f64>,
}

/// Which responses were used.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataCut {
    /// When they were read.
    pub moment: DateTime<Utc>,
    /// The last day (Vietnam's clock) whose responses were taken, when there was a limit.
    pub until: Option<NaiveDate>,
    /// Day (Vietnam's clock) of the first response.
    pub first_day: Option<NaiveDate>,
    /// Day (Vietnam's clock) of the last response.
    pub last_day: Option<NaiveDate>,
    /// How many there are.
    pub responses: u64,
    /// SHA-256 over them in order of id; what is hashed of each stands in [`super::digest`].
    pub sha256: String,
    /// The same for each unit that has responses.
    pub units: BTreeMap<String, String>,
}

/// A program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Software {
    /// Name.
    pub name: String,
    /// Version.
    pub version: String,
}

/// One figure of one group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    /// How the group is made.
    pub by: By,
    /// The unit, when it is one.
    pub unit: Option<String>,
    /// The kind of unit, for a kind or a unit.
    pub kind: Option<UnitKind>,
    /// Code of the figure.
    pub measure: String,
    /// How high it stands in the index tree.
    pub measure_level: Level,
    /// The value; null when it may not or cannot be given.
    pub estimate: Option<f64>,
    /// Its standard error.
    pub se: Option<f64>,
    /// Lower end of the interval.
    pub ci_low: Option<f64>,
    /// Upper end of the interval.
    pub ci_high: Option<f64>,
    /// Responses of the group.
    pub n: u64,
    /// Responses with a valid answer.
    pub n_valid: u64,
    /// Design effect.
    pub deff: Option<f64>,
    /// Why something is missing.
    pub flags: Vec<String>,
    /// Name of the band the value falls in.
    pub band: Option<Texts>,
}

impl Figure {
    /// Why there is no value: one of [`suppress::REASONS`].
    #[must_use]
    pub fn reason(&self) -> &'static str {
        suppress::reason(self.n, self.flags.first().map(String::as_str))
    }

    /// A row of estimates.
    #[must_use]
    pub fn new(by: By, row: &Row) -> Self {
        Figure {
            by,
            unit: row.unit.clone(),
            kind: row.kind,
            measure: row.measure.clone(),
            measure_level: row.measure_level,
            estimate: row.estimate,
            se: row.se,
            ci_low: row.ci_low,
            ci_high: row.ci_high,
            n: row.n,
            n_valid: row.n_valid,
            deff: row.deff,
            flags: row.flags.iter().map(|f| (*f).to_owned()).collect(),
            band: row.band.as_ref().map(texts),
        }
    }
}

fn texts(text: &Text) -> Texts {
    text.0.clone()
}

impl SurveySaid {
    /// What a content says of a survey.
    #[must_use]
    pub fn new(survey: &Survey) -> Self {
        SurveySaid {
            code: survey.code.clone(),
            title: ["vi", "en"].map(|l| (l.to_owned(), survey.title(l).to_owned())).into(),
            opens_on: survey.opens_on,
            closes_on: survey.closes_on,
            tree_date: survey.tree_date,
            streams: survey.streams(),
            series: survey.series.clone(),
        }
    }
}

impl Tree {
    /// The index of a questionnaire.
    #[must_use]
    pub fn new(questionnaire: &Questionnaire, index: &Index) -> Self {
        let item =
            |position: &usize| questionnaire.questions.get(*position).map(|q| ItemSaid { code: q.code.clone(), text: texts(&q.text) });
        Tree {
            code: index.overall.code.clone(),
            text: texts(&index.overall.text),
            largest_item: index.largest_item(),
            scores: index.scores.clone(),
            parts: index
                .parts
                .iter()
                .map(|part| PartSaid {
                    code: part.code.clone(),
                    text: texts(&part.text),
                    factors: part
                        .factors
                        .iter()
                        .map(|f| FactorSaid {
                            code: f.code.clone(),
                            text: texts(&f.text),
                            items: f.items.iter().filter_map(item).collect(),
                        })
                        .collect(),
                })
                .collect(),
        }
    }

    /// Name of a figure; its code when it is none of the tree.
    #[must_use]
    pub fn name<'a>(&'a self, code: &'a str, language: &str) -> &'a str {
        let factors = || self.parts.iter().flat_map(|p| &p.factors);
        let found = std::iter::once((&self.code, &self.text))
            .chain(self.parts.iter().map(|p| (&p.code, &p.text)))
            .chain(factors().map(|f| (&f.code, &f.text)))
            .chain(factors().flat_map(|f| &f.items).map(|i| (&i.code, &i.text)))
            .find(|(c, _)| *c == code);
        found.map_or(code, |(_, text)| said(text, language))
    }

    /// The largest value a figure can have.
    #[must_use]
    pub fn largest(&self, level: Level, code: &str, aggregation: Aggregation) -> f64 {
        let below = |part: &PartSaid| part.factors.iter().map(|f| f.items.len()).sum::<usize>();
        let items = match level {
            _ if aggregation != Aggregation::Sum => 1,
            Level::Overall => self.parts.iter().map(below).sum(),
            Level::Part => self.parts.iter().find(|p| p.code == code).map_or(1, below),
            Level::Factor => self.parts.iter().flat_map(|p| &p.factors).find(|f| f.code == code).map_or(1, |f| f.items.len()),
            Level::Item => 1,
        };
        #[expect(clippy::cast_precision_loss, reason = "a few dozen items")]
        let items = items as f64;
        self.largest_item * items
    }
}

impl UnitSaid {
    /// A unit, with the total that this weighting brings its weights to.
    #[must_use]
    pub fn new(unit: &Unit, weighting: Weighting) -> Self {
        let total = match weighting {
            Weighting::Base => None,
            Weighting::Population => unit.population,
            Weighting::Transactions => unit.transactions,
        };
        #[expect(clippy::cast_precision_loss, reason = "counts of people and files are far below 2^53")]
        let total = total.map(|n| n as f64);
        UnitSaid {
            code: unit.code.clone(),
            name: ["vi", "en"].map(|l| (l.to_owned(), unit.name(l).to_owned())).into(),
            kind: unit.kind,
            parent: unit.parent.clone(),
            total,
        }
    }
}

impl WeightsAfter {
    /// Describes weights.
    #[must_use]
    pub fn new(step: WeightingStep, weights: &[f64]) -> Self {
        use crate::stats::moments::Sum;
        let sum = weights.iter().copied().collect::<Sum>().value();
        let squares = weights.iter().map(|w| w * w).collect::<Sum>().value();
        #[expect(clippy::cast_precision_loss, reason = "counts of responses are far below 2^53")]
        let kish = (!weights.is_empty()).then(|| weights.len() as f64 * squares / (sum * sum));
        WeightsAfter {
            step,
            n: u64::try_from(weights.len()).unwrap_or(u64::MAX),
            sum,
            smallest: weights.iter().copied().reduce(f64::min),
            largest: weights.iter().copied().reduce(f64::max),
            kish,
        }
    }
}

impl Content {
    /// The canonical text.
    ///
    /// # Errors
    /// Never for a content that was made or read here; the reason otherwise.
    pub fn text(&self) -> Result<String, String> {
        serde_json::to_string(self).map(|text| text + "\n").map_err(|e| e.to_string())
    }

    /// Reads a canonical text.
    ///
    /// # Errors
    /// What is not as this program writes it, in words.
    pub fn read(text: &str) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Formatted {
            format: u32,
        }
        let Formatted { format } = serde_json::from_str(text).map_err(|e| format!("this is not the content of a release: {e}"))?;
        if format != FORMAT {
            return Err(format!(
                "the content has format {format}, this program reads format {FORMAT}; use the version of sipas that wrote it"
            ));
        }
        let content: Content = serde_json::from_str(text).map_err(|e| format!("this is not the content of a release: {e}"))?;
        if content.text()? == text {
            Ok(content)
        } else {
            Err("the content is not in its canonical form: spaces, the order of fields or the way numbers are written were changed"
                .to_owned())
        }
    }

    /// What lists show of it.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let overall = self.estimates.iter().find(|f| f.by == By::All && f.measure_level == Level::Overall);
        Summary {
            survey: self.survey.code.clone(),
            title: self.survey.title.clone(),
            opens_on: self.survey.opens_on,
            closes_on: self.survey.closes_on,
            demonstration: self.demonstration,
            kind: self.method.kind,
            stream: self.method.stream,
            level: self.method.level,
            estimate: overall.and_then(|f| f.estimate),
            ci_low: overall.and_then(|f| f.ci_low),
            ci_high: overall.and_then(|f| f.ci_high),
            n_valid: overall.map_or(0, |f| f.n_valid),
            corrects: self.release.corrects.as_ref().map(|c| c.code.clone()),
            until: self.data.until,
        }
    }

    /// The rank of a unit, if it has one.
    #[must_use]
    pub fn rank(&self, unit: &str) -> Option<&RankSaid> {
        self.ranking.as_ref()?.of(unit)
    }

    /// The unit with this code.
    #[must_use]
    pub fn unit(&self, code: &str) -> Option<&UnitSaid> {
        self.units.iter().find(|u| u.code == code)
    }
}

/// What lists show of a release.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Code of the survey.
    pub survey: String,
    /// Its title by language.
    pub title: Texts,
    /// First day.
    pub opens_on: NaiveDate,
    /// Last day.
    pub closes_on: NaiveDate,
    /// Whether the answers are simulated.
    pub demonstration: bool,
    /// What is measured.
    pub kind: IndexKind,
    /// The stream.
    pub stream: Stream,
    /// Confidence level.
    pub level: f64,
    /// The overall figure of all units together.
    pub estimate: Option<f64>,
    /// Lower end of its interval.
    pub ci_low: Option<f64>,
    /// Upper end of its interval.
    pub ci_high: Option<f64>,
    /// Valid forms.
    pub n_valid: u64,
    /// Code of the release that it corrects.
    pub corrects: Option<String>,
    /// The last day whose responses were taken, when there was a limit.
    pub until: Option<NaiveDate>,
}

/// A text in this language, or in any when it has it not.
#[must_use]
pub fn said<'a>(texts: &'a Texts, language: &str) -> &'a str {
    texts.get(language).or_else(|| texts.values().next()).map_or("", String::as_str)
}

/// SHA-256 of a text, in hexadecimal.
#[must_use]
pub fn sha256(text: &[u8]) -> String {
    hexadecimal(&Sha256::digest(text))
}

/// Bytes in hexadecimal.
#[must_use]
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// The code of a release: the survey's, and its number.
#[must_use]
pub fn code(survey: &str, number: i64) -> String {
    format!("{survey}-r{number}")
}
