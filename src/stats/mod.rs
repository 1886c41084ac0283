//! Pure statistics: numbers in, numbers out.
//!
//! Nothing here knows of surveys, databases, files, the web or the clock, and nothing of this program is imported.
//! Every part starts with its notation, formula and source, checks its input once in a constructor and computes on
//! the checked value, so no estimator can be reached with a weight of zero or a cluster in two strata.
//!
//! | module | what it holds |
//! |---|---|
//! | [`design`] | weights, strata, first-stage clusters, the policy for strata with a single cluster |
//! | [`sampling`] | designs of any number of stages, finite populations, unequal probabilities |
//! | [`estimate`] | totals, means, ratios, proportions, quantiles and combinations of them, by domain, with any design |
//! | [`replicate`] | jackknife, balanced and bootstrap replicates, and estimates with them |
//! | [`weighting`] | nonresponse, raking, calibration, trimming, with a record of each step |
//! | [`poststratify`] | weights that meet known cell totals, and what they do to the variance |
//! | [`index`] | the satisfaction index by domain and measure, with Taylor standard errors |
//! | [`ranks`] | confidence sets for ranks, groups of units that do not differ |
//! | [`drivers`] | what drives an outcome: relative importance of predictors, with intervals; importance and performance |
//! | [`instrument`] | quality of a questionnaire: Cronbach's alpha, item-total correlation, ceiling, nonresponse |
//! | [`small_area`] | model-based estimates for areas with few or no answers (Fay–Herriot) |
//! | [`hypothesis`] | tests of independence, fit, means, differences and trends, and several at once |
//! | [`control`] | control charts of a share over time (Laney's p′), funnel limits for comparing units |
//! | [`interval`] | confidence intervals for a proportion and for any estimate |
//! | [`quantile`] | quantiles and tails of the normal, Student t, beta, chi-square and F distributions |
//! | [`moments`] | sums and second moments whose parts can be merged |

#![expect(clippy::indexing_slicing, reason = "kernels check every length and identifier once, in the constructors, and then index")]
#![expect(
    clippy::cast_possible_truncation,
    reason = "rows, strata and clusters are counted in u32; the design refuses more rows than that"
)]

pub mod control;
pub mod design;
pub mod drivers;
pub mod estimate;
pub mod hypothesis;
pub mod index;
pub mod instrument;
pub mod interval;
mod linear;
pub mod moments;
pub mod poststratify;
pub mod quantile;
pub mod ranks;
pub mod replicate;
pub mod sampling;
pub mod small_area;
mod special;
pub mod weighting;
