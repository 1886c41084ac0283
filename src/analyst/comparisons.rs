//! From the `tests` of a specification to results.

use serde_json::{Map, Value, json};
use serde_saphyr::Spanned;

use super::design::MOST_WEIGHTS;
use super::domains::Crossing;
use super::engine::{Built, Engine};
use super::estimates::{self, Done};
use super::job::Job;
use super::output::{Row, json_number};
use super::refusal::Result;
use super::spec::{self, ChisqStatistic, DriverMethod, Pairs, Placed, RankKind, Test};
use super::table::{parse_number, same_value};
use crate::stats::drivers::{self, DriverData, Measure, Quadrant, Split};
use crate::stats::estimate::{Estimate, Joint};
use crate::stats::hypothesis::{self, Adjustment, Categories, ChiSquare, Comparison, HypothesisError};
use crate::stats::index::Flag;
use crate::stats::ranks::{Best, Coverage, RankSpec, Ranks, Side};
use crate::stats::replicate::{Method, Replicates};
use crate::stats::weighting::Step;

/// The estimates that tests are about, by name.
#[must_use]
pub fn estimates_needed(job: &Job) -> Vec<String> {
    job.spec.tests.iter().filter_map(|test| about(&test.value)).map(|name| name.value.clone()).collect()
}

/// The estimate a test is about.
fn about(test: &Test) -> Option<&Placed> {
    let of = [
        test.difference.as_ref().map(|of| &of.estimate),
        test.contrast.as_ref().map(|of| &of.estimate),
        test.trend.as_ref().map(|of| &of.estimate),
        test.pairwise.as_ref(),
        test.ranks.as_ref(),
    ];
    of.into_iter().flatten().next()
}

/// Makes one test. `done` holds all estimates; those of [`estimates_needed`] with their covariance.
///
/// # Errors
/// What does not fit, with its place.
pub fn one(job: &Job, built: &Built, placed: &Spanned<Test>, done: &[Done], warnings: &mut Vec<String>) -> Result<Vec<Value>> {
    let test = &placed.value;
    let name = match &test.name {
        Some(name) if !name.value.is_empty() => name.value.clone(),
        _ => return Err(job.refuse(placed, "this test has no name", "write name: and a word of your own, used once")),
    };
    check_kind(job, placed)?;
    let maker = Maker { job, built, placed, test, done };
    let mut rows = if let Some(columns) = &test.chisq {
        vec![maker.chisq(columns)?]
    } else if let Some(of) = &test.ttest {
        vec![maker.ttest(of)?]
    } else if let Some(of) = &test.difference {
        maker.difference(of)?
    } else if let Some(of) = &test.contrast {
        maker.contrast(of)?
    } else if let Some(of) = &test.pairwise {
        maker.pairwise(of)?
    } else if let Some(of) = &test.ranks {
        maker.ranks(of)?
    } else if let Some(of) = &test.trend {
        maker.trend(&of.estimate)?
    } else if let Some(of) = &test.drivers {
        maker.drivers(of)?
    } else if let Some(of) = &test.fay_herriot {
        warnings.push(format!("the estimates of {name} rest on a model of the areas, not on their own samples alone"));
        super::areas::rows(job, placed, of, maker.find(&of.estimate)?, maker.level()?)?
    } else {
        Vec::new()
    };
    for row in &mut rows {
        let mut named = Map::from_iter([("request".to_owned(), Value::from(name.clone()))]);
        named.extend(row.as_object().cloned().unwrap_or_default());
        *row = Value::Object(named);
    }
    Ok(rows)
}

/// Exactly one kind, and only options that belong to it.
fn check_kind(job: &Job, placed: &Spanned<Test>) -> Result<()> {
    let t = &placed.value;
    let kinds = [
        ("chisq", t.chisq.is_some(), &["statistic", "where"][..]),
        ("ttest", t.ttest.is_some(), &["where", "level"]),
        ("difference", t.difference.is_some(), &["level", "variable"]),
        ("contrast", t.contrast.is_some(), &["level", "variable"]),
        ("pairwise", t.pairwise.is_some(), &["adjust", "level", "variable"]),
        ("ranks", t.ranks.is_some(), &["kind", "stepdown", "level", "draws", "seed", "variable"]),
        ("drivers", t.drivers.is_some(), &["draws", "seed", "level", "where"]),
        ("fay_herriot", t.fay_herriot.is_some(), &["level", "variable"]),
        ("trend", t.trend.is_some(), &["level", "variable"]),
    ];
    let asked: Vec<&(&str, bool, &[&str])> = kinds.iter().filter(|(_, given, _)| *given).collect();
    let [(kind, _, options)] = asked.as_slice() else {
        let message = match asked.len() {
            0 => "this test asks for nothing".to_owned(),
            _ => format!("this test asks for {} at once", asked.iter().map(|(name, _, _)| *name).collect::<Vec<_>>().join(" and ")),
        };
        return Err(job.refuse(placed, message, format!("give each test exactly one of {}", kinds.map(|(name, _, _)| name).join(", "))));
    };
    let given = [
        ("statistic", t.statistic.is_some()),
        ("adjust", t.adjust.is_some()),
        ("kind", t.kind.is_some()),
        ("stepdown", t.stepdown.is_some()),
        ("level", t.level.is_some()),
        ("draws", t.draws.is_some()),
        ("seed", t.seed.is_some()),
        ("variable", t.variable.is_some()),
        ("where", t.condition.is_some()),
    ];
    match given.iter().find(|(name, given)| *given && !options.contains(name)) {
        Some((name, _)) => Err(job.refuse(
            placed,
            format!("{name} does not belong to {kind}"),
            format!("leave it out; {kind} takes {}", options.join(", ")),
        )),
        None => Ok(()),
    }
}

struct Maker<'a> {
    job: &'a Job,
    built: &'a Built,
    placed: &'a Spanned<Test>,
    test: &'a Test,
    done: &'a [Done],
}

/// The rows of one figure of an estimate, domain by domain.
struct Compared<'a> {
    rows: Vec<&'a Row>,
    joint: Joint,
    df: Vec<f64>,
    /// Whether there are other figures to tell it from.
    several: bool,
}

impl<'a> Maker<'a> {
    fn refuse(&self, message: impl Into<String>, remedy: impl Into<String>) -> super::refusal::Refusal {
        self.job.refuse(self.placed, message, remedy)
    }

    fn level(&self) -> Result<f64> {
        let level = self.test.level.as_ref().map_or(0.95, |level| level.value);
        match &self.test.level {
            Some(placed) if !(level > 0.0 && level < 1.0) => {
                Err(self.job.refuse(placed, format!("level is {level}"), "give a confidence level between 0 and 1, such as 0.95"))
            }
            _ => Ok(level),
        }
    }

    fn find(&self, name: &Placed) -> Result<&'a Done> {
        self.done.iter().find(|done| done.name == name.value).ok_or_else(|| {
            let names: Vec<&str> = self.done.iter().map(|done| done.name.as_str()).collect();
            self.job.refuse(name, format!("there is no estimate {}", name.value), format!("the estimates are {}", names.join(", ")))
        })
    }

    /// The figures of an estimate that are compared, each over its domains.
    fn compared(&self, name: &Placed) -> Result<Vec<Compared<'a>>> {
        let done = self.find(name)?;
        let Some(covariance) = &done.covariance else {
            return Err(self.job.refuse(
                name,
                format!("estimate {} has no covariance matrix", name.value),
                "compare means, totals, ratios, shares or indices",
            ));
        };
        let mut figures: Vec<(&str, Option<&str>)> = Vec::new();
        for row in &done.rows {
            let figure = (row.variable.as_str(), row.level.as_deref());
            if !figures.contains(&figure) {
                figures.push(figure);
            }
        }
        let several = figures.len() > 1;
        match &self.test.variable {
            Some(wanted) => {
                let all: Vec<String> = figures.iter().map(|figure| figure_name(*figure)).collect();
                figures.retain(|figure| figure.0 == wanted.value || figure_name(*figure) == wanted.value);
                if figures.is_empty() {
                    return Err(self.job.refuse(
                        wanted,
                        format!("estimate {} has no variable {}", name.value, wanted.value),
                        format!("it has {}", all.join(", ")),
                    ));
                }
            }
            // Of an index with its factors and items, the index.
            None if figures.first() == Some(&("overall", None)) => figures.truncate(1),
            None => {}
        }
        let of_figure = |figure: &(&str, Option<&str>)| {
            let places: Vec<usize> = (0..done.rows.len())
                .filter(|place| done.rows.get(*place).is_some_and(|row| (row.variable.as_str(), row.level.as_deref()) == *figure))
                .collect();
            let rows: Vec<&Row> = places.iter().filter_map(|place| done.rows.get(*place)).collect();
            let k = done.rows.len();
            let matrix = places.iter().flat_map(|a| places.iter().map(move |b| covariance.get(a * k + b).copied().flatten())).collect();
            let joint = Joint { estimates: rows.iter().map(|row| estimate(row)).collect(), covariance: matrix };
            let df = places.iter().filter_map(|place| done.df.get(*place).copied()).collect();
            Compared { rows, joint, df, several }
        };
        Ok(figures.iter().map(of_figure).collect())
    }

    /// Place of a domain among the rows compared.
    fn place(&self, compared: &Compared<'_>, domain: &Spanned<Pairs<Placed>>) -> Result<usize> {
        let wanted = &domain.value.0;
        let fits = |row: &Row| {
            row.domain.len() == wanted.len()
                && wanted
                    .iter()
                    .all(|(column, value)| row.domain.iter().any(|(known, text)| *known == column.value && same_value(text, &value.value)))
        };
        compared.rows.iter().position(|row| fits(row)).ok_or_else(|| {
            let asked: Vec<String> = wanted.iter().map(|(column, value)| format!("{}: {}", column.value, value.value)).collect();
            let first =
                compared.rows.iter().take(8).map(|row| row.domain.iter().map(|(c, v)| format!("{c}: {v}")).collect::<Vec<_>>().join(", "));
            let shown: Vec<String> = first.map(|domain| format!("{{{domain}}}")).collect();
            self.job.refuse(
                domain,
                format!("the estimate has no domain {{{}}}", asked.join(", ")),
                format!("its domains are {}", shown.join(", ")),
            )
        })
    }

    fn difference(&self, of: &spec::Difference) -> Result<Vec<Value>> {
        let [first, second] = of.between.as_slice() else {
            return Err(
                self.refuse(format!("difference names {} domains", of.between.len()), "name two: between: [{unit: U01}, {unit: U02}]")
            );
        };
        let level = self.level()?;
        let make = |compared: &Compared<'a>| {
            let (a, b) = (self.place(compared, first)?, self.place(compared, second)?);
            let mut row = compared.figure(0);
            row.insert("between".to_owned(), Value::from(vec![compared.domain(a), compared.domain(b)]));
            let df = compared.df(&[a, b]);
            self.comparison(row, hypothesis::difference(&compared.joint, a, b, df, level))
        };
        self.compared(&of.estimate)?.iter().map(make).collect()
    }

    fn contrast(&self, of: &spec::Contrast) -> Result<Vec<Value>> {
        if of.weights.is_empty() {
            return Err(self.refuse("contrast has no weights", "write weights: [[{unit: U01}, 0.5], [{unit: U02}, 0.5]]"));
        }
        let level = self.level()?;
        let make = |compared: &Compared<'a>| {
            let mut coefficients = vec![0.0; compared.rows.len()];
            let mut places = Vec::with_capacity(of.weights.len());
            for (domain, weight) in &of.weights {
                let place = self.place(compared, domain)?;
                if let Some(coefficient) = coefficients.get_mut(place) {
                    *coefficient += weight;
                }
                places.push(place);
            }
            let df = compared.df(&places);
            self.comparison(compared.figure(0), hypothesis::contrast(&compared.joint, &coefficients, df, level))
        };
        self.compared(&of.estimate)?.iter().map(make).collect()
    }

    fn pairwise(&self, of: &Placed) -> Result<Vec<Value>> {
        let level = self.level()?;
        let adjustment = match self.test.adjust.unwrap_or_default() {
            spec::Adjust::Holm => Adjustment::Holm,
            spec::Adjust::Bh => Adjustment::BenjaminiHochberg,
            spec::Adjust::None => Adjustment::None,
        };
        let mut rows = Vec::new();
        for compared in self.compared(of)? {
            let k = compared.rows.len();
            let (mut own, mut p_values) = (Vec::new(), Vec::new());
            for (a, b) in (0..k).flat_map(|a| (a + 1..k).map(move |b| (a, b))) {
                let mut row = compared.figure(0);
                row.insert("between".to_owned(), Value::from(vec![compared.domain(a), compared.domain(b)]));
                let found = hypothesis::difference(&compared.joint, a, b, compared.df(&[a, b]), level);
                p_values.push(found.as_ref().ok().and_then(|found| found.p_value));
                own.push(self.comparison(row, found)?);
            }
            let given: Vec<f64> = p_values.iter().flatten().copied().collect();
            let adjusted = hypothesis::adjust(&given, adjustment).map_err(|e| self.refuse(e.to_string(), "check the estimate"))?;
            let mut adjusted = adjusted.into_iter();
            for (row, p) in own.iter_mut().zip(&p_values) {
                let value = p.and_then(|_| adjusted.next());
                if let Some(map) = row.as_object_mut() {
                    map.insert("p_adjusted".to_owned(), json_number(value));
                }
            }
            rows.extend(own);
        }
        Ok(rows)
    }

    fn trend(&self, of: &Placed) -> Result<Vec<Value>> {
        let level = self.level()?;
        let make = |compared: &Compared<'a>| {
            let time = |row: &&Row| match row.domain.as_slice() {
                [(_, text)] => parse_number(text),
                _ => None,
            };
            let times: Option<Vec<f64>> = compared.rows.iter().map(time).collect();
            let Some(times) = times else {
                return Err(self.refuse(
                    format!("estimate {} is not by one column of numbers", of.value),
                    "make it by one column of times, such as the year",
                ));
            };
            let all: Vec<usize> = (0..compared.rows.len()).collect();
            self.comparison(compared.figure(0), hypothesis::linear_trend(&compared.joint, &times, compared.df(&all), level))
        };
        self.compared(of)?.iter().map(make).collect()
    }

    fn ranks(&self, of: &Placed) -> Result<Vec<Value>> {
        let level = self.level()?;
        let mut all = Vec::new();
        for compared in self.compared(of)? {
            let k = compared.rows.len();
            let good: Vec<usize> = (0..k).filter(|place| compared.rows.get(*place).is_some_and(|row| row.se.is_some())).collect();
            let estimates: Vec<f64> = good.iter().filter_map(|place| compared.rows.get(*place)?.estimate).collect();
            let entry = |a: usize, b: usize| compared.joint.covariance.get(a * k + b).copied().flatten().unwrap_or(0.0);
            let covariance: Vec<f64> = good.iter().flat_map(|a| good.iter().map(move |b| (*a, *b))).map(|(a, b)| entry(a, b)).collect();
            let spec = RankSpec {
                estimates: &estimates,
                covariance: &covariance,
                best: Best::Largest,
                coverage: match self.test.kind.unwrap_or_default() {
                    RankKind::Marginal => Coverage::Marginal,
                    RankKind::Simultaneous => Coverage::Simultaneous,
                },
                side: Side::TwoSided,
                stepdown: self.test.stepdown.unwrap_or(true),
                level,
                draws: self.test.draws.unwrap_or(20_000),
                seed: self.test.seed.unwrap_or(1),
            };
            if good.is_empty() {
                all.extend((0..k).map(|place| {
                    let mut row = compared.figure(place);
                    row.insert("domain".to_owned(), compared.domain(place));
                    for figure in ["estimate", "rank", "rank_low", "rank_high"] {
                        row.insert(figure.to_owned(), Value::Null);
                    }
                    row.insert("flags".to_owned(), json!(["no_standard_error"]));
                    Value::Object(row)
                }));
                continue;
            }
            let ranks =
                Ranks::new(&spec).map_err(|e| self.refuse(e.to_string(), "rank an estimate by units, with a standard error for each"))?;
            let groups = ranks.groups().unwrap_or_default();
            for place in 0..k {
                let mut row = compared.figure(place);
                row.insert("domain".to_owned(), compared.domain(place));
                let found = good.iter().position(|known| *known == place);
                let rank = found.and_then(|unit| ranks.units.get(unit));
                row.insert("estimate".to_owned(), json_number(compared.rows.get(place).and_then(|row| row.estimate)));
                row.insert("rank".to_owned(), rank.map_or(Value::Null, |rank| Value::from(rank.rank)));
                row.insert("rank_low".to_owned(), rank.map_or(Value::Null, |rank| Value::from(rank.low)));
                row.insert("rank_high".to_owned(), rank.map_or(Value::Null, |rank| Value::from(rank.high)));
                if ranks.groups().is_some() {
                    let member = |group: &Vec<u32>| found.is_some_and(|unit| group.iter().any(|inside| *inside as usize == unit));
                    let own: Vec<usize> =
                        groups.iter().enumerate().filter(|(_, group)| member(group)).map(|(number, _)| number + 1).collect();
                    row.insert("groups".to_owned(), Value::from(own));
                }
                row.insert("flags".to_owned(), if rank.is_some() { json!([]) } else { json!(["no_standard_error"]) });
                all.push(Value::Object(row));
            }
        }
        Ok(all)
    }

    fn chisq(&self, columns: &[Placed]) -> Result<Value> {
        let [first, second] = columns else {
            return Err(self.refuse(format!("chisq names {} columns", columns.len()), "name two"));
        };
        let statistic = match self.test.statistic.unwrap_or_default() {
            ChisqStatistic::F => ChiSquare::F,
            ChisqStatistic::Chisq => ChiSquare::ChiSquare,
            ChisqStatistic::Wald => ChiSquare::Wald,
            ChisqStatistic::AdjWald => ChiSquare::AdjustedWald,
            ChisqStatistic::Saddlepoint => ChiSquare::Saddlepoint,
        };
        let domains = estimates::domains(self.job, &[], self.test.condition.as_ref())?;
        let (a, b) = (self.categories(first)?, self.categories(second)?);
        let (a, b) = (Categories { levels: &a, missing: Some(u32::MAX) }, Categories { levels: &b, missing: Some(u32::MAX) });
        let found = match self.built.engine() {
            Engine::Linearised(survey) => hypothesis::independence(&survey, &a, &b, domains.of(0), statistic, None),
            Engine::Replicated(replicates) => hypothesis::independence(replicates, &a, &b, domains.of(0), statistic, None),
            Engine::Nothing => return Ok(Value::Null),
        };
        let mut row = Map::new();
        row.insert("variables".to_owned(), json!([first.value, second.value]));
        match found {
            Ok(found) => {
                row.insert("statistic".to_owned(), json_number(Some(found.statistic)));
                row.insert("df".to_owned(), found.df.iter().map(|df| json_number(Some(*df))).collect());
                row.insert("p_value".to_owned(), json_number(Some(found.p_value)));
                row.insert("n".to_owned(), Value::from(found.n));
                row.insert("flags".to_owned(), json!([]));
            }
            Err(e) => self.flagged(&mut row, &["statistic", "df", "p_value"], &e)?,
        }
        Ok(Value::Object(row))
    }

    /// The levels of a column in sort order, a number a row.
    fn categories(&self, column: &Placed) -> Result<Vec<u32>> {
        let crossing = Crossing::new(self.job, std::slice::from_ref(column))?;
        let mut rank = vec![u32::MAX; crossing.count()];
        for (place, (id, _)) in (0..).zip(crossing.sorted()) {
            if let Some(rank) = rank.get_mut(id as usize) {
                *rank = place;
            }
        }
        Ok(crossing.ids().into_iter().map(|id| id.and_then(|id| rank.get(id as usize).copied()).unwrap_or(u32::MAX)).collect())
    }

    fn ttest(&self, of: &spec::TTest) -> Result<Value> {
        let level = self.level()?;
        let domains = estimates::domains(self.job, &[], self.test.condition.as_ref())?;
        let groups = self.categories(&of.by)?;
        let categories = Categories { levels: &groups, missing: Some(u32::MAX) };
        let y = self.job.numbers(&of.variable)?;
        let found = match self.built.engine() {
            Engine::Linearised(survey) => hypothesis::two_sample(&survey, y, &categories, domains.of(0), None, level),
            Engine::Replicated(replicates) => hypothesis::two_sample(replicates, y, &categories, domains.of(0), None, level),
            Engine::Nothing => return Ok(Value::Null),
        };
        let mut row = Map::from_iter([("variable".to_owned(), Value::from(of.variable.value.clone()))]);
        match found {
            Ok(found) => {
                let sorted = Crossing::new(self.job, std::slice::from_ref(&of.by))?.sorted();
                let text = |level: &u32| sorted.get(*level as usize).and_then(|(_, labels)| labels.first().cloned()).unwrap_or_default();
                // The second group less the first.
                let between: Vec<Value> = found.groups.iter().rev().map(|level| json!({ of.by.value.clone(): text(level) })).collect();
                row.insert("between".to_owned(), Value::from(between));
                compare(&mut row, &found.comparison);
                row.insert("n".to_owned(), Value::from(found.n));
            }
            Err(e) => self.flagged(&mut row, &["estimate", "se", "statistic", "df", "p_value", "ci_low", "ci_high"], &e)?,
        }
        Ok(Value::Object(row))
    }

    fn comparison(&self, mut row: Map<String, Value>, found: std::result::Result<Comparison, HypothesisError>) -> Result<Value> {
        match found {
            Ok(found) => compare(&mut row, &found),
            Err(e) => self.flagged(&mut row, &["estimate", "se", "statistic", "df", "p_value", "ci_low", "ci_high"], &e)?,
        }
        Ok(Value::Object(row))
    }

    /// Null figures with a flag, where the data leave no test; an error where the request does.
    fn flagged(&self, row: &mut Map<String, Value>, figures: &[&str], e: &HypothesisError) -> Result<()> {
        let flag = match e {
            HypothesisError::Levels { .. } => "too_few_levels",
            HypothesisError::Singular { .. } => "singular",
            HypothesisError::NoVariance => "no_variance",
            HypothesisError::NoStandardError { .. } => "no_standard_error",
            HypothesisError::DegreesOfFreedom(_) => "no_degrees_of_freedom",
            HypothesisError::Cell { .. } => "negative_cell",
            other => return Err(self.refuse(other.to_string(), "see docs/ESTIMATE.md, Tests")),
        };
        for figure in figures {
            row.insert((*figure).to_owned(), Value::Null);
        }
        row.insert("flags".to_owned(), json!([flag]));
        row.insert("reason".to_owned(), Value::from(e.to_string()));
        Ok(())
    }

    fn drivers(&self, of: &spec::Drivers) -> Result<Vec<Value>> {
        let level = self.level()?;
        let mut outcome = self.job.numbers(&of.outcome)?.to_vec();
        if let Some(within) = self.job.rows_where(self.test.condition.as_ref())? {
            outcome.iter_mut().zip(&within).filter(|(_, within)| !**within).for_each(|(y, _)| *y = f64::NAN);
        }
        let predictors = of.predictors.iter().map(|column| self.job.numbers(column)).collect::<Result<Vec<_>>>()?;
        let data = DriverData { outcome: &outcome, predictors };
        let (measure, word) = match of.method {
            DriverMethod::Lmg => (Measure::Lmg, "lmg"),
            DriverMethod::Johnson => (Measure::Johnson, "johnson"),
            DriverMethod::First => (Measure::First, "first"),
            DriverMethod::Last => (Measure::Last, "last"),
        };
        let refuse = |e: &dyn std::fmt::Display| self.refuse(e.to_string(), "see docs/ESTIMATE.md, Tests");
        let found = match self.bootstrap()? {
            Some(replicates) => drivers::replicated_drivers(&data, &replicates, &[measure], level),
            None => drivers::drivers(&data, self.built.weights(), &[measure]),
        };
        let found = found.map_err(|e| refuse(&e))?;
        let Some(importances) = found.importances.first() else {
            return Ok(Vec::new());
        };
        let importance: Vec<f64> = importances.predictors.iter().map(|predictor| predictor.raw).collect();
        let quadrants = drivers::quadrants(&importance, &found.means, Split::Median).map_err(|e| refuse(&e))?;
        let row = |(((column, predictor), mean), quadrant): (((&Placed, &drivers::Importance), &f64), &Option<Quadrant>)| {
            json!({
                "variable": column.value,
                "method": word,
                "importance": json_number(Some(predictor.raw)),
                "share": json_number(predictor.share),
                "ci_low": json_number(predictor.interval.map(|ends| ends[0])),
                "ci_high": json_number(predictor.interval.map(|ends| ends[1])),
                "performance": json_number(Some(*mean)),
                "quadrant": quadrant.map(word_of),
                "r_squared": json_number(Some(found.r_squared)),
                "n": found.rows,
            })
        };
        Ok(of.predictors.iter().zip(&importances.predictors).zip(&found.means).zip(&quadrants.items).map(row).collect())
    }

    /// Bootstrap replicates for intervals: those of the design, or made for the purpose where the design allows it.
    fn bootstrap(&self) -> Result<Option<Replicates>> {
        let bootstrapped = self.job.spec.design.make_replicates.as_ref();
        let bootstrapped =
            bootstrapped.is_some_and(|make| matches!(make.value.method, spec::ReplicateMethod::RaoWu | spec::ReplicateMethod::RaoWuYue));
        if let (true, Some(replicates)) = (bootstrapped, &self.built.replicates) {
            return Ok(Some(replicates.clone()));
        }
        let Some(sampling) = &self.built.sampling else {
            return Ok(None);
        };
        let draws = self.test.draws.unwrap_or(500);
        if u64::from(draws) * sampling.rows() as u64 > MOST_WEIGHTS {
            let message = format!("{draws} draws of {} rows are more than {MOST_WEIGHTS} weights", sampling.rows());
            return Err(self.refuse(message, "ask for fewer draws; 200 to 1000 are usual"));
        }
        let method = Method::RaoWuYue { replicates: draws, seed: self.test.seed.unwrap_or(1) };
        let Ok(replicates) = Replicates::make(sampling, method, false) else {
            return Ok(None);
        };
        let steps: Vec<Step> = self.built.steps.iter().map(|named| named.step.clone()).collect();
        if steps.is_empty() { Ok(Some(replicates)) } else { Ok(replicates.reweighted(&steps).ok()) }
    }
}

impl Compared<'_> {
    /// What tells the figure from others of its estimate.
    fn figure(&self, place: usize) -> Map<String, Value> {
        let mut map = Map::new();
        if let (true, Some(row)) = (self.several, self.rows.get(place)) {
            map.insert("variable".to_owned(), Value::from(row.variable.clone()));
            if let Some(level) = &row.level {
                map.insert("level".to_owned(), Value::from(level.clone()));
            }
        }
        map
    }

    fn domain(&self, place: usize) -> Value {
        let pairs = self.rows.get(place).map(|row| row.domain.as_slice()).unwrap_or_default();
        Value::Object(pairs.iter().map(|(column, value)| (column.clone(), Value::from(value.clone()))).collect())
    }

    /// The fewest degrees of freedom of the rows compared.
    fn df(&self, places: &[usize]) -> f64 {
        places.iter().filter_map(|place| self.df.get(*place).copied()).fold(f64::INFINITY, f64::min)
    }
}

/// A row of results as an estimate.
fn estimate(row: &Row) -> Estimate {
    Estimate {
        estimate: row.estimate,
        se: row.se,
        n: row.n,
        df_design: 0,
        df_domain: 0,
        deff_srswor: None,
        deff_srswr: None,
        flag: Flag::Ok,
    }
}

fn figure_name((variable, level): (&str, Option<&str>)) -> String {
    level.map_or(variable.to_owned(), |level| format!("{variable}={level}"))
}

fn compare(row: &mut Map<String, Value>, found: &Comparison) {
    row.insert("estimate".to_owned(), json_number(Some(found.estimate)));
    row.insert("se".to_owned(), json_number(Some(found.se)));
    row.insert("statistic".to_owned(), json_number(found.t));
    row.insert("df".to_owned(), json_number(Some(found.df)));
    row.insert("p_value".to_owned(), json_number(found.p_value));
    row.insert("ci_low".to_owned(), json_number(found.interval.map(|interval| interval.low)));
    row.insert("ci_high".to_owned(), json_number(found.interval.map(|interval| interval.high)));
    row.insert("flags".to_owned(), if found.t.is_some() { json!([]) } else { json!(["no_variance"]) });
}

fn word_of(quadrant: Quadrant) -> &'static str {
    match quadrant {
        Quadrant::ConcentrateHere => "concentrate_here",
        Quadrant::KeepUp => "keep_up",
        Quadrant::LowPriority => "low_priority",
        Quadrant::PossibleOverkill => "possible_overkill",
    }
}
