//! The specification file as it is written: one Rust field for one YAML key, nothing interpreted yet.
//!
//! `docs/ESTIMATE.md` explains it to people and `docs/estimate.schema.json`, generated from these types, to editors. Unknown keys are
//! refused everywhere; what a later check may complain about remembers its place in the file.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_saphyr::Spanned;

pub use super::values::{ListOrFile, OneOrMany, Pairs, TotalsOrFile, ValueOrCondition};
use super::values::{columns, some_columns, stages};
use crate::stats::design;

/// A text with its place in the file; numbers keep the digits they were written with.
pub type Placed = Spanned<String>;

/// A whole file.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "sipas estimate")]
pub struct Spec {
    /// CSV file with a header, UTF-8; relative to this file.
    #[schemars(with = "String")]
    pub data: Placed,
    /// Cells that mean missing.
    #[serde(default = "missing")]
    pub missing: Vec<String>,
    /// How the sample was drawn.
    #[serde(default)]
    pub design: Design,
    /// From base weights to final weights, in order.
    #[serde(default)]
    #[schemars(with = "Vec<Step>")]
    pub weighting: Vec<Spanned<Step>>,
    /// What to estimate.
    #[serde(default)]
    #[schemars(with = "Vec<Estimate>")]
    pub estimates: Vec<Spanned<Estimate>>,
    /// Tests and comparisons.
    #[serde(default)]
    #[schemars(with = "Vec<Test>")]
    pub tests: Vec<Spanned<Test>>,
}

fn missing() -> Vec<String> {
    vec![String::new(), "NA".to_owned()]
}

/// How the sample was drawn. Lists have an entry a stage.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Design {
    /// Column of base weights.
    #[schemars(with = "Option<String>")]
    pub weights: Option<Placed>,
    /// Columns of inclusion probabilities; the weight is 1 over their product.
    #[serde(default, deserialize_with = "some_columns")]
    #[schemars(with = "Option<OneOrMany>")]
    pub probabilities: Option<Vec<Placed>>,
    /// Columns of strata; null for a stage without.
    #[serde(default, deserialize_with = "stages")]
    #[schemars(with = "OneOrMany")]
    pub strata: Vec<Option<Placed>>,
    /// Columns of clusters; null where the row itself was drawn.
    #[serde(default, deserialize_with = "stages")]
    #[schemars(with = "OneOrMany")]
    pub clusters: Vec<Option<Placed>>,
    /// Columns of population counts (above 1) or sampling fractions (at most 1).
    #[serde(default, deserialize_with = "stages")]
    #[schemars(with = "OneOrMany")]
    pub fpc: Vec<Option<Placed>>,
    /// Whether cluster identifiers restart in every stratum.
    #[serde(default)]
    pub nested: bool,
    /// How the first stage was drawn with unequal probabilities without replacement.
    #[schemars(with = "Option<Pps>")]
    pub pps: Option<Spanned<Pps>>,
    /// What to do with a stratum that has a single PSU.
    #[serde(default)]
    pub lonely_psu: LonelyPsu,
    /// Whether a stratum left with one PSU by the domain is treated the same way.
    #[serde(default)]
    pub lonely_psu_in_domains: bool,
    /// Given replicate weights, instead of strata, clusters and fpc.
    #[schemars(with = "Option<GivenReplicates>")]
    pub replicates: Option<Spanned<GivenReplicates>>,
    /// Replicate weights made from the design.
    #[schemars(with = "Option<MadeReplicates>")]
    pub make_replicates: Option<Spanned<MadeReplicates>>,
}

/// Policies for lonely PSUs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LonelyPsu {
    /// Refuse.
    #[default]
    Fail,
    /// Leave the stratum out of the variance.
    Remove,
    /// Taken for complete.
    Certainty,
    /// Centred at the mean of all PSUs.
    Adjust,
    /// The average of the other strata.
    Average,
}

impl From<LonelyPsu> for design::LonelyPsu {
    fn from(policy: LonelyPsu) -> Self {
        match policy {
            LonelyPsu::Fail => Self::Fail,
            LonelyPsu::Remove => Self::Remove,
            LonelyPsu::Certainty => Self::Certainty,
            LonelyPsu::Adjust => Self::Adjust,
            LonelyPsu::Average => Self::Average,
        }
    }
}

/// Unequal probabilities without replacement.
#[derive(Debug, Clone, PartialEq)]
pub enum Pps {
    /// Brewer's approximation.
    Brewer,
    /// Overton's.
    Overton,
    /// Hartley and Rao's; with Σ p² / n over the frame, if known.
    HartleyRao(Option<f64>),
    /// Joint probabilities from a file.
    Joint {
        /// CSV file, a square matrix with PSUs in order of appearance, without header.
        joint: String,
        /// Which form of the variance.
        variance: JointVariance,
    },
}

/// Forms of the variance with joint probabilities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum JointVariance {
    /// Horvitz and Thompson.
    Ht,
    /// Yates and Grundy.
    Yg,
}

/// Given replicate weights.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GivenReplicates {
    /// CSV file, a column a replicate, a line a row of the data.
    #[schemars(with = "String")]
    pub file: Placed,
    /// Whether the columns are weights; false for factors of the base weights.
    pub combined: bool,
    /// Factor of the sum of squares.
    pub scale: f64,
    /// Factor of each replicate: a list, or a CSV file of one column.
    #[schemars(with = "Option<ListOrFile>")]
    pub rscales: Option<Spanned<ListOrFile>>,
    /// Whether deviations are from the full-sample estimate.
    #[serde(default)]
    pub mse: bool,
    /// Degrees of freedom, if not the rank − 1.
    pub df: Option<u32>,
}

/// Replicate weights made from the design.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MadeReplicates {
    /// The method.
    #[serde(rename = "type")]
    pub method: ReplicateMethod,
    /// How many, for the bootstraps.
    pub replicates: Option<u32>,
    /// Seed of the bootstraps.
    pub seed: Option<u64>,
    /// Fay's ρ.
    pub fay_rho: Option<f64>,
    /// Whether deviations are from the full-sample estimate.
    #[serde(default)]
    pub mse: bool,
}

/// Methods of replication.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReplicateMethod {
    /// Jackknife without strata.
    Jk1,
    /// Jackknife within strata.
    Jkn,
    /// Balanced half samples.
    Brr,
    /// Balanced, with a share of the other half.
    Fay,
    /// Bootstrap of n − 1 PSUs.
    RaoWu,
    /// The rescaled bootstrap.
    RaoWuYue,
}

/// One step of the weighting.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Respondents take over the weights of nonrespondents.
    Nonresponse(Nonresponse),
    /// Weights that meet totals of cells.
    Poststratify(Margin),
    /// Weights that meet several margins.
    Rake(Rake),
    /// Weights that meet totals of any columns.
    Calibrate(Calibrate),
    /// Weights within limits.
    Trim(Trim),
}

/// Nonresponse adjustment.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Nonresponse {
    /// Column that says who answered: 1 or 0, yes or no, true or false.
    #[schemars(with = "String")]
    pub respondent: Placed,
    /// Columns whose combinations are the cells.
    #[serde(default, deserialize_with = "some_columns")]
    #[schemars(with = "Option<OneOrMany>")]
    pub cells: Option<Vec<Placed>>,
    /// Columns the response propensity depends on.
    #[serde(default, deserialize_with = "some_columns")]
    #[schemars(with = "Option<OneOrMany>")]
    pub propensity: Option<Vec<Placed>>,
    /// Number of propensity classes; 5 when left out.
    pub classes: Option<u32>,
}

/// A margin and its totals.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Margin {
    /// Columns whose combinations are the cells.
    #[serde(deserialize_with = "columns")]
    #[schemars(with = "OneOrMany")]
    pub by: Vec<Placed>,
    /// Total of each cell: a map of one column's values, or a CSV file with the columns and N.
    #[schemars(with = "TotalsOrFile")]
    pub totals: Spanned<TotalsOrFile>,
}

/// Raking.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rake {
    /// The margins.
    pub margins: Vec<Margin>,
    /// Largest relative error allowed; 1e-10 when left out.
    pub tolerance: Option<f64>,
    /// Most rounds; 1000 when left out.
    pub max_iterations: Option<u32>,
    /// How raking enters the variance.
    #[serde(default)]
    pub variance: RakeVariance,
}

/// How raking enters the variance.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RakeVariance {
    /// Residuals of the regression on all margins.
    #[default]
    Calibration,
    /// As R's rake().
    RRake,
}

/// Calibration.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Calibrate {
    /// 1 and columns; columns of text become an indicator for each value.
    #[schemars(with = "Vec<String>")]
    pub terms: Vec<Placed>,
    /// Total of each term: `"1"`, `column`, `column=value`.
    #[schemars(with = "std::collections::BTreeMap<String, f64>")]
    pub totals: Spanned<Pairs<f64>>,
    /// The distance.
    #[serde(default)]
    pub distance: Distance,
    /// Smallest and largest ratio of new to old weight.
    pub bounds: Option<[f64; 2]>,
    /// Largest relative error allowed; 1e-10 when left out.
    pub tolerance: Option<f64>,
    /// Most iterations; 100 when left out.
    pub max_iterations: Option<u32>,
    /// Column of residual variances (heteroscedastic calibration).
    #[schemars(with = "Option<String>")]
    pub variance: Option<Placed>,
}

/// Distances of calibration.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Distance {
    /// The generalised regression estimator.
    #[default]
    Linear,
    /// Multiplicative.
    Raking,
    /// Between bounds.
    Logit,
}

/// Trimming.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Trim {
    /// Largest weight.
    pub upper: Option<f64>,
    /// Largest weight as a quantile of the weights.
    pub upper_quantile: Option<f64>,
    /// Smallest weight.
    pub lower: Option<f64>,
    /// Whether the rows not trimmed take over what was cut; true when left out.
    pub redistribute: Option<bool>,
    /// Whether to repeat until no weight is beyond a limit.
    #[serde(default)]
    pub strict: bool,
}

/// One estimate: a name, exactly one kind, and how.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Estimate {
    /// Name, unique in the file.
    #[schemars(with = "String")]
    pub name: Option<Placed>,
    /// Means of columns.
    #[serde(default, deserialize_with = "some_columns")]
    #[schemars(with = "Option<OneOrMany>")]
    pub mean: Option<Vec<Placed>>,
    /// Totals of columns.
    #[serde(default, deserialize_with = "some_columns")]
    #[schemars(with = "Option<OneOrMany>")]
    pub total: Option<Vec<Placed>>,
    /// Numerator and denominator.
    #[schemars(with = "Option<[String; 2]>")]
    pub ratio: Option<Vec<Placed>>,
    /// Shares of all values of a column, or of all crossings of several.
    pub proportions: Option<OneOrMany>,
    /// Weighted counts of the same.
    pub counts: Option<OneOrMany>,
    /// Share of one value of a column, or of the rows where a condition holds.
    #[schemars(with = "Option<ValueOrCondition>")]
    pub proportion: Option<Spanned<ValueOrCondition>>,
    /// The satisfaction index.
    #[schemars(with = "Option<Satisfaction>")]
    pub satisfaction: Option<Spanned<Satisfaction>>,
    /// Quantiles of columns.
    #[schemars(with = "Option<std::collections::BTreeMap<String, Vec<f64>>>")]
    pub quantile: Option<Pairs<Vec<f64>>>,
    /// Cronbach's alpha of items.
    #[serde(default, deserialize_with = "some_columns")]
    #[schemars(with = "Option<OneOrMany>")]
    pub cronbach_alpha: Option<Vec<Placed>>,
    /// Quality of the items of a questionnaire.
    #[schemars(with = "Option<ItemQuality>")]
    pub item_quality: Option<Spanned<ItemQuality>>,
    /// Columns whose combinations are the domains.
    #[serde(deserialize_with = "columns")]
    #[schemars(with = "OneOrMany")]
    pub by: Vec<Placed>,
    /// Condition for the rows.
    #[serde(rename = "where")]
    #[schemars(with = "Option<String>")]
    pub condition: Option<Placed>,
    /// Interval of a proportion.
    #[schemars(with = "Option<Ci>")]
    pub ci: Option<Spanned<Ci>>,
    /// Confidence level; 0.95 when left out.
    #[schemars(with = "Option<f64>")]
    pub level: Option<Spanned<f64>>,
    /// Degrees of freedom: `design`, `domain`, `inf` or a number.
    #[schemars(with = "Option<String>")]
    pub df: Option<Placed>,
    /// Design effect to give.
    pub deff: Option<Deff>,
    /// Whether to give the covariance matrix.
    pub covariance: bool,
    /// Whether a satisfaction index also gives its factors and items.
    pub each: Option<bool>,
}

/// The satisfaction index.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Satisfaction {
    /// The items; those of the factors when left out.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub items: Vec<Placed>,
    /// Answers that count.
    #[schemars(with = "Vec<String>")]
    pub valid: Vec<Placed>,
    /// Answers that are satisfied.
    #[schemars(with = "Vec<String>")]
    pub satisfied: Vec<Placed>,
    /// From items to the index.
    #[serde(default)]
    pub aggregate: Aggregate,
    /// Factors and their items.
    #[schemars(with = "Option<std::collections::BTreeMap<String, Vec<String>>>")]
    pub factors: Option<Pairs<Vec<Placed>>>,
    /// Whether to give factors and items as well.
    #[serde(default)]
    pub each: bool,
}

/// Quality of the items of a questionnaire.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ItemQuality {
    /// The items, columns of numbers.
    #[schemars(with = "Vec<String>")]
    pub items: Vec<Placed>,
    /// Answers that count, each its own score.
    pub valid: Vec<f64>,
    /// Answers that say the item does not apply.
    #[serde(default)]
    pub not_applicable: Vec<f64>,
}

/// From items to the index.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Aggregate {
    /// All answers in one pot.
    #[default]
    Pooled,
    /// Mean of the items.
    ItemMean,
    /// Mean of the means of the factors.
    FactorMean,
}

/// Intervals of a proportion.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ci {
    /// On the log-odds scale.
    #[default]
    Logit,
    /// The same figure.
    Xlogit,
    /// Profile of the scaled deviance.
    Likelihood,
    /// On the arcsine scale.
    Asin,
    /// Korn and Graubard.
    Beta,
    /// Wilson's score.
    Wilson,
    /// Wald.
    Mean,
}

/// Design effects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Deff {
    /// Against simple random sampling without replacement.
    Srswor,
    /// Against simple random sampling with replacement.
    Srswr,
}

/// One test: a name, exactly one kind, and how.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Test {
    /// Name, unique in the file.
    #[schemars(with = "String")]
    pub name: Option<Placed>,
    /// Independence of two columns.
    #[schemars(with = "Option<[String; 2]>")]
    pub chisq: Option<Vec<Placed>>,
    /// Which statistic of it.
    pub statistic: Option<ChisqStatistic>,
    /// Two means.
    pub ttest: Option<TTest>,
    /// Difference of two domains.
    pub difference: Option<Difference>,
    /// Linear combination of domains.
    pub contrast: Option<Contrast>,
    /// All pairs of domains of an estimate.
    #[schemars(with = "Option<String>")]
    pub pairwise: Option<Placed>,
    /// Correction for many comparisons; holm when left out.
    pub adjust: Option<Adjust>,
    /// Ranks of the domains of an estimate.
    #[schemars(with = "Option<String>")]
    pub ranks: Option<Placed>,
    /// Whether rank sets hold for each domain or for all together; simultaneous when left out.
    pub kind: Option<RankKind>,
    /// Whether to use the stepwise improvement; true when left out.
    pub stepdown: Option<bool>,
    /// Confidence level; 0.95 when left out.
    #[schemars(with = "Option<f64>")]
    pub level: Option<Spanned<f64>>,
    /// Random draws; 20000 when left out for ranks, 500 for drivers.
    pub draws: Option<u32>,
    /// Seed of the draws; 1 when left out.
    pub seed: Option<u64>,
    /// Relative importance of predictors.
    pub drivers: Option<Drivers>,
    /// Estimates by a model of areas.
    pub fay_herriot: Option<FayHerriot>,
    /// Change over a column of times.
    pub trend: Option<Trend>,
    /// Variable of the estimate; its first when left out.
    #[schemars(with = "Option<String>")]
    pub variable: Option<Placed>,
    /// Condition for the rows, where the test has no estimate.
    #[serde(rename = "where")]
    #[schemars(with = "Option<String>")]
    pub condition: Option<Placed>,
}

/// Statistics of the chi-square test.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum ChisqStatistic {
    /// Rao and Scott's second order, as F.
    #[default]
    F,
    /// First order.
    #[serde(rename = "chisq")]
    Chisq,
    /// Wald.
    #[serde(rename = "wald")]
    Wald,
    /// Wald, adjusted.
    #[serde(rename = "adj_wald")]
    AdjWald,
    /// Saddlepoint.
    #[serde(rename = "saddlepoint")]
    Saddlepoint,
}

/// Two means.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TTest {
    /// Column of values.
    #[schemars(with = "String")]
    pub variable: Placed,
    /// Column of two groups.
    #[schemars(with = "String")]
    pub by: Placed,
}

/// Difference of two domains, the first less the second.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Difference {
    /// Name of the estimate.
    #[schemars(with = "String")]
    pub estimate: Placed,
    /// The two domains.
    #[schemars(with = "[std::collections::BTreeMap<String, String>; 2]")]
    pub between: Vec<Spanned<Pairs<Placed>>>,
}

/// Linear combination of domains.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Contrast {
    /// Name of the estimate.
    #[schemars(with = "String")]
    pub estimate: Placed,
    /// Domains and coefficients.
    #[schemars(with = "Vec<(std::collections::BTreeMap<String, String>, f64)>")]
    pub weights: Vec<(Spanned<Pairs<Placed>>, f64)>,
}

/// Corrections for many comparisons.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Adjust {
    /// Holm: chance of any false finding.
    #[default]
    Holm,
    /// Benjamini and Hochberg: share of false findings.
    Bh,
    /// None.
    None,
}

/// What rank sets hold for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RankKind {
    /// Each domain by itself.
    Marginal,
    /// All domains together.
    #[default]
    Simultaneous,
}

/// Relative importance of predictors.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Drivers {
    /// Column explained.
    #[schemars(with = "String")]
    pub outcome: Placed,
    /// Columns that explain it.
    #[schemars(with = "Vec<String>")]
    pub predictors: Vec<Placed>,
    /// The measure; lmg when left out.
    #[serde(default)]
    pub method: DriverMethod,
}

/// Measures of relative importance.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DriverMethod {
    /// Shapley.
    #[default]
    Lmg,
    /// Johnson.
    Johnson,
    /// Alone.
    First,
    /// After all others.
    Last,
}

/// A model of areas.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FayHerriot {
    /// Name of the estimate.
    #[schemars(with = "String")]
    pub estimate: Placed,
    /// CSV file with the columns of the domains and the covariates, a line an area.
    #[schemars(with = "String")]
    pub covariates: Placed,
    /// How the variance between areas is estimated; reml when left out.
    #[serde(default)]
    pub method: FayHerriotMethod,
}

/// Estimators of the variance between areas.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FayHerriotMethod {
    /// Restricted maximum likelihood.
    #[default]
    Reml,
    /// Maximum likelihood.
    Ml,
    /// Moments.
    Fh,
}

/// Change over a column of times.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Trend {
    /// Name of an estimate by one column of numbers, such as the year.
    #[schemars(with = "String")]
    pub estimate: Placed,
}

/// The JSON Schema of the file, as stored in `docs/estimate.schema.json`.
#[must_use]
pub fn json_schema() -> String {
    format!("{:#}\n", schemars::schema_for!(Spec).as_value())
}
