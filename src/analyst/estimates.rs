//! From the `estimates` of a specification to rows of results.

use std::borrow::Cow;
use std::cmp::Ordering;

use serde_saphyr::Spanned;

use super::condition::Condition;
use super::domains::Crossing;
use super::engine::{Built, Engine};
use super::job::Job;
use super::output::Row;
use super::refusal::Result;
use super::satisfaction;
use super::spec::{self, Ci, Deff, OneOrMany, Placed, ValueOrCondition};
use super::table::{Levels, parse_number, same_value};
use crate::stats::estimate::{Domain, Estimate, Flag, Request, Statistic};
use crate::stats::index::NO_DOMAIN;
use crate::stats::interval::{Interval, ProportionInterval, replicated_interval, t_interval};

/// The rows of one estimate, with what tests need of them.
#[derive(Debug, Clone)]
pub struct Done {
    /// Name of the estimate.
    pub name: String,
    /// Names of the columns of its domains.
    pub by: Vec<String>,
    /// The rows.
    pub rows: Vec<Row>,
    /// Degrees of freedom of each row as a number; infinite for `inf`.
    pub df: Vec<f64>,
    /// Covariance matrix, row after row, where it was asked for.
    pub covariance: Option<Vec<Option<f64>>>,
    /// Whether the covariance belongs into the output.
    pub shown: bool,
}

/// The rows an estimate is about, domain by domain.
#[derive(Debug)]
pub struct Domains {
    /// Names of the columns.
    pub by: Vec<String>,
    /// Texts of each domain.
    pub labels: Vec<Vec<String>>,
    /// Rows of each domain; `None` for all rows.
    pub rows: Vec<Option<Vec<u32>>>,
    /// Domain of each row, for one pass over all; [`NO_DOMAIN`] outside.
    pub ids: Vec<u32>,
}

/// How intervals are made.
#[derive(Debug, Clone, Copy)]
pub struct Manner {
    /// Confidence level.
    pub level: f64,
    /// Degrees of freedom.
    pub df: Df,
    /// Interval of proportions.
    pub ci: Ci,
    /// Design effect wanted.
    pub deff: Option<Deff>,
}

/// Degrees of freedom asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Df {
    /// Of the design.
    Design,
    /// Of the rows of the domain.
    Domain,
    /// A number, infinite for the normal distribution.
    Number(f64),
}

/// What a row is of.
#[derive(Debug, Clone)]
pub struct Figure {
    /// The column, or a name.
    pub variable: String,
    /// The value, for proportions, counts and quantiles.
    pub level: Option<String>,
    /// Whether its interval is one of a proportion.
    pub proportion: bool,
    /// What it is multiplied by in the output.
    pub scale: f64,
}

/// Makes one estimate. `jointly` asks for the covariance although the estimate does not.
///
/// # Errors
/// What does not fit, with its place.
pub fn one(job: &Job, built: &Built, placed: &Spanned<spec::Estimate>, jointly: bool) -> Result<Done> {
    let asked = &placed.value;
    let name = name(job, asked.name.as_ref(), placed)?;
    let manner = manner(job, placed)?;
    let domains = domains(job, &asked.by, asked.condition.as_ref())?;
    let joint = jointly || asked.covariance;
    let (rows, df, covariance) = if let Some(index) = &asked.satisfaction {
        let each = asked.each.unwrap_or(index.value.each);
        satisfaction::rows(job, built, index, each, &domains, manner, joint)?
    } else if let Some(quantiles) = &asked.quantile {
        let (rows, df) = self::quantiles(job, built, placed, &quantiles.0, &domains, manner)?;
        (rows, df, None)
    } else if let Some(items) = &asked.cronbach_alpha {
        let (rows, df) = super::instrument::alpha(job, built, placed, items, &domains)?;
        (rows, df, None)
    } else if let Some(of) = &asked.item_quality {
        let (rows, df) = super::instrument::quality(job, built, of, &domains)?;
        (rows, df, None)
    } else {
        let (figures, statistics) = statistics(job, placed)?;
        estimated(job, built, &figures, &statistics, &domains, manner, joint)?
    };
    if joint && covariance.is_none() {
        return Err(job.refuse(placed, "this estimate has no covariance matrix", "leave out covariance, or test another estimate"));
    }
    let lonely = job.spec.design.lonely_psu == spec::LonelyPsu::Fail && built.replicates.is_none();
    if let Some(row) = rows.iter().find(|row| lonely && row.flags.contains(&"lonely_psu")) {
        let large = |row: &Row| row.estimate.is_some_and(|estimate| estimate.abs() > 1e150);
        if large(row) {
            let message = format!("the values of {} are too large to compute with", row.named());
            return Err(job.refuse(placed, message, "give them in another unit"));
        }
        let message = format!("a stratum with a single cluster leaves {} without a variance", row.named());
        return Err(job.refuse(placed, message, "join strata, or set design.lonely_psu to remove, certainty, adjust or average"));
    }
    let rows = rows.into_iter().map(|row| Row { request: name.clone(), ..row }).collect();
    Ok(Done { name, by: domains.by, rows, df, covariance, shown: asked.covariance })
}

/// The name of a request.
///
/// # Errors
/// There is none.
pub fn name<T>(job: &Job, name: Option<&Placed>, at: &Spanned<T>) -> Result<String> {
    match name {
        Some(name) if !name.value.is_empty() => Ok(name.value.clone()),
        _ => Err(job.refuse(at, "this request has no name", "write name: and a word of your own, used once")),
    }
}

/// Checks that exactly one kind is asked for, and that the options belong to it.
///
/// # Errors
/// What does not belong together.
pub fn manner(job: &Job, placed: &Spanned<spec::Estimate>) -> Result<Manner> {
    let e = &placed.value;
    let kinds = [
        ("mean", e.mean.is_some()),
        ("total", e.total.is_some()),
        ("ratio", e.ratio.is_some()),
        ("proportions", e.proportions.is_some()),
        ("counts", e.counts.is_some()),
        ("proportion", e.proportion.is_some()),
        ("satisfaction", e.satisfaction.is_some()),
        ("quantile", e.quantile.is_some()),
        ("cronbach_alpha", e.cronbach_alpha.is_some()),
        ("item_quality", e.item_quality.is_some()),
    ];
    let asked: Vec<&str> = kinds.iter().filter(|(_, given)| *given).map(|(name, _)| *name).collect();
    let all = kinds.map(|(name, _)| name).join(", ");
    let [kind] = asked.as_slice() else {
        let message = if asked.is_empty() {
            "this estimate asks for nothing".to_owned()
        } else {
            format!("this estimate asks for {} at once", asked.join(" and "))
        };
        return Err(job.refuse(placed, message, format!("give each estimate exactly one of {all}")));
    };
    if let Some(ci) = &e.ci
        && !["proportion", "proportions", "satisfaction"].contains(kind)
    {
        return Err(job.refuse(ci, format!("ci is about proportions, not about {kind}"), "leave it out: the interval is a t interval"));
    }
    if e.each.is_some() && *kind != "satisfaction" {
        return Err(job.refuse(placed, "each belongs to satisfaction", "leave it out"));
    }
    if ["quantile", "cronbach_alpha", "item_quality"].contains(kind) && (e.deff.is_some() || e.covariance) {
        return Err(job.refuse(placed, format!("{kind} has neither design effect nor covariance"), "leave out deff and covariance"));
    }
    let level = e.level.as_ref().map_or(0.95, |level| level.value);
    if let Some(placed) = e.level.as_ref().filter(|_| !(level > 0.0 && level < 1.0)) {
        return Err(job.refuse(placed, format!("level is {level}"), "give a confidence level between 0 and 1, such as 0.95"));
    }
    let df = match &e.df {
        None => Df::Design,
        Some(df) => match df.value.as_str() {
            "design" => Df::Design,
            "domain" => Df::Domain,
            "inf" | "Inf" | ".inf" => Df::Number(f64::INFINITY),
            text => match text.parse::<f64>() {
                Ok(number) if number > 0.0 => Df::Number(number),
                _ => return Err(job.refuse(df, format!("df is {text}"), "write design, domain, inf or a number above 0")),
            },
        },
    };
    Ok(Manner { level, df, ci: e.ci.as_ref().map_or(Ci::default(), |ci| ci.value), deff: e.deff })
}

/// Columns named once.
///
/// # Errors
/// A column named twice.
pub fn once(job: &Job, columns: &[Placed]) -> Result<()> {
    let before = |at: usize, column: &Placed| columns.iter().take(at).any(|known| known.value == column.value);
    match columns.iter().enumerate().find(|(at, column)| before(*at, column)) {
        Some((_, column)) => Err(job.refuse(column, format!("column {} is named twice", column.value), "name every column once")),
        None => Ok(()),
    }
}

/// Places of combinations of texts in sort order, column by column: by value where all texts of a column are numbers.
#[must_use]
pub fn sorted(labels: &[Vec<String>]) -> Vec<usize> {
    let width = labels.first().map_or(0, Vec::len);
    let cell = |place: usize, column: usize| labels.get(place).and_then(|labels| labels.get(column)).map_or("", String::as_str);
    let numbers: Vec<bool> = (0..width).map(|column| (0..labels.len()).all(|place| parse_number(cell(place, column)).is_some())).collect();
    let mut order: Vec<usize> = (0..labels.len()).collect();
    order.sort_by(|a, b| {
        let compare = |(column, number): (usize, &bool)| {
            let (x, y) = (cell(*a, column), cell(*b, column));
            let values = parse_number(x).zip(parse_number(y)).filter(|_| *number);
            values.map_or(Ordering::Equal, |(x, y)| x.total_cmp(&y)).then_with(|| x.cmp(y))
        };
        numbers.iter().enumerate().map(compare).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    });
    order
}

/// The rows of each domain.
///
/// # Errors
/// A column or condition that does not fit.
pub fn domains(job: &Job, by: &[Placed], condition: Option<&Placed>) -> Result<Domains> {
    let rows = job.table.rows();
    let within = job.rows_where(condition)?;
    let inside = |row: usize| within.as_ref().is_none_or(|within| within.get(row).copied().unwrap_or(false));
    let by_names: Vec<String> = by.iter().map(|column| column.value.clone()).collect();
    if by.is_empty() {
        let ids: Vec<u32> = (0..rows).map(|row| if inside(row) { 0 } else { NO_DOMAIN }).collect();
        let own = within.is_some().then(|| (0u32..).zip(&ids).filter(|(_, id)| **id == 0).map(|(row, _)| row).collect());
        return Ok(Domains { by: by_names, labels: vec![Vec::new()], rows: vec![own], ids });
    }
    let crossing = Crossing::new(job, by)?;
    let sorted = crossing.sorted();
    let mut rank = vec![NO_DOMAIN; crossing.count()];
    for (place, (id, _)) in (0u32..).zip(&sorted) {
        if let Some(rank) = rank.get_mut(*id as usize) {
            *rank = place;
        }
    }
    let mut members: Vec<Vec<u32>> = vec![Vec::new(); sorted.len()];
    let mut ids = Vec::with_capacity(rows);
    for (row, id) in (0u32..).zip(crossing.ids()) {
        let place = id.and_then(|id| rank.get(id as usize).copied()).filter(|_| inside(row as usize));
        ids.push(place.unwrap_or(NO_DOMAIN));
        if let Some(members) = place.and_then(|place| members.get_mut(place as usize)) {
            members.push(row);
        }
    }
    let labels = sorted.into_iter().map(|(_, labels)| labels).collect();
    Ok(Domains { by: by_names, labels, rows: members.into_iter().map(Some).collect(), ids })
}

impl Domains {
    /// A domain as the engine takes it.
    #[must_use]
    pub fn of(&self, domain: usize) -> Domain<'_> {
        self.rows.get(domain).and_then(Option::as_deref).map_or(Domain::All, Domain::Rows)
    }

    /// Columns and texts of a domain.
    #[must_use]
    pub fn named(&self, domain: usize) -> Vec<(String, String)> {
        let labels = self.labels.get(domain).cloned().unwrap_or_default();
        self.by.iter().cloned().zip(labels).collect()
    }
}

fn statistics<'a>(job: &'a Job, placed: &'a Spanned<spec::Estimate>) -> Result<(Vec<Figure>, Vec<Statistic<'a>>)> {
    let e = &placed.value;
    let figure = |variable: &str, level: Option<&str>, proportion: bool| Figure {
        variable: variable.to_owned(),
        level: level.map(str::to_owned),
        proportion,
        scale: 1.0,
    };
    let (mut figures, mut statistics) = (Vec::new(), Vec::new());
    for column in e.mean.iter().flatten() {
        figures.push(figure(&column.value, None, false));
        statistics.push(Statistic::Mean(Cow::Borrowed(job.numbers(column)?)));
    }
    for column in e.total.iter().flatten() {
        figures.push(figure(&column.value, None, false));
        statistics.push(Statistic::Total(Cow::Borrowed(job.numbers(column)?)));
    }
    if let Some(columns) = &e.ratio {
        let [numerator, denominator] = columns.as_slice() else {
            return Err(job.refuse(placed, format!("ratio names {} columns", columns.len()), "name two: [numerator, denominator]"));
        };
        figures.push(figure(&format!("{}/{}", numerator.value, denominator.value), None, false));
        statistics.push(Statistic::Ratio {
            numerator: Cow::Borrowed(job.numbers(numerator)?),
            denominator: Cow::Borrowed(job.numbers(denominator)?),
        });
    }
    for (columns, share) in [(&e.proportions, true), (&e.counts, false)] {
        if let Some(columns) = columns.as_ref().filter(|columns| !columns.0.is_empty()) {
            for (variable, level, indicator) in crossings(job, columns)? {
                figures.push(figure(&variable, Some(&level), share));
                statistics.push(if share { Statistic::Mean(indicator.into()) } else { Statistic::Total(indicator.into()) });
            }
        }
    }
    if let Some(of) = &e.proportion {
        let (variable, level, indicator) = proportion(job, of)?;
        figures.push(figure(&variable, level.as_deref(), true));
        statistics.push(Statistic::Mean(indicator.into()));
    }
    if statistics.is_empty() {
        return Err(job.refuse(placed, "this estimate names no column", "name at least one"));
    }
    Ok((figures, statistics))
}

/// Every level of a column, or every crossing of the levels of several, with its indicator.
fn crossings(job: &Job, columns: &OneOrMany) -> Result<Vec<(String, String, Vec<f64>)>> {
    let levels: Vec<&Levels> = columns.0.iter().map(|column| job.levels(column)).collect::<Result<_>>()?;
    let variable = columns.0.iter().map(|column| column.value.as_str()).collect::<Vec<_>>().join(":");
    once(job, &columns.0)?;
    let mut combinations: Vec<Vec<u32>> = vec![Vec::new()];
    for levels in &levels {
        let sorted = levels.sorted();
        combinations = combinations.iter().flat_map(|begun| sorted.iter().map(|level| [begun.as_slice(), &[*level]].concat())).collect();
        if let (true, Some(column)) = (combinations.len() > 10_000, columns.0.first()) {
            return Err(job.refuse(column, format!("{variable} has more than 10000 values"), "group them first, or use mean for numbers"));
        }
    }
    let indicator = |combination: &[u32]| {
        let value = |row: usize| {
            let mut all = true;
            for (levels, wanted) in levels.iter().zip(combination) {
                match levels.of(row) {
                    None => return f64::NAN,
                    Some(found) => all &= found == *wanted,
                }
            }
            f64::from(u8::from(all))
        };
        (0..job.table.rows()).map(value).collect()
    };
    let text = |combination: &[u32]| {
        let names = levels.iter().zip(combination).map(|(levels, level)| levels.names.get(*level as usize).map_or("", String::as_str));
        names.collect::<Vec<_>>().join(":")
    };
    Ok(combinations.iter().map(|combination| (variable.clone(), text(combination), indicator(combination))).collect())
}

fn proportion(job: &Job, of: &Spanned<ValueOrCondition>) -> Result<(String, Option<String>, Vec<f64>)> {
    match &of.value {
        ValueOrCondition::Condition(text) => {
            let placed = Spanned { value: text.clone(), referenced: of.referenced, defined: of.defined };
            let condition: Condition = job.condition(&placed)?;
            Ok((text.clone(), None, condition.indicator(&job.table)))
        }
        ValueOrCondition::Value(column, value) => {
            let levels = job.levels(column)?;
            let same = |name: &String| same_value(name, &value.value);
            if !levels.names.iter().any(same) {
                let names: Vec<&str> =
                    levels.sorted().iter().take(20).filter_map(|level| levels.names.get(*level as usize)).map(String::as_str).collect();
                return Err(job.refuse(
                    value,
                    format!("column {} never holds {}", column.value, value.value),
                    format!("it holds {}", names.join(", ")),
                ));
            }
            let shares: Vec<f64> = levels.names.iter().map(|name| f64::from(u8::from(same(name)))).collect();
            Ok((column.value.clone(), Some(value.value.clone()), levels.translated(&shares, f64::NAN)))
        }
    }
}

/// Rows, degrees of freedom and covariance of some statistics in some domains.
pub type Estimated = (Vec<Row>, Vec<f64>, Option<Vec<Option<f64>>>);

/// Estimates statistics in every domain.
///
/// # Errors
/// A column that does not fit.
pub fn estimated(
    job: &Job,
    built: &Built,
    figures: &[Figure],
    statistics: &[Statistic<'_>],
    domains: &Domains,
    manner: Manner,
    joint: bool,
) -> Result<Estimated> {
    let engine = built.engine();
    let requests: Vec<Request<'_>> = (0..domains.labels.len())
        .flat_map(|domain| statistics.iter().map(move |statistic| Request { statistic, domain: domains.of(domain) }))
        .collect();
    let fault = |e: &dyn std::fmt::Display| job.refuse_all(e.to_string(), "check the columns named in the request");
    let (estimates, mut covariance) = if joint {
        let joint = engine.jointly(&requests).map_err(|e| fault(&e))?;
        (joint.estimates, Some(joint.covariance))
    } else {
        (engine.estimate(&requests).map_err(|e| fault(&e))?, None)
    };
    let (mut rows, mut dfs) = (Vec::with_capacity(estimates.len()), Vec::with_capacity(estimates.len()));
    for ((place, estimate), request) in estimates.iter().enumerate().zip(&requests) {
        let (domain, which) = (place / figures.len().max(1), place % figures.len().max(1));
        let Some(figure) = figures.get(which) else { continue };
        let df = degrees(manner.df, estimate);
        let interval = interval(&engine, request, estimate, figure, manner, df).map_err(|e| fault(&e))?;
        rows.push(row(domains.named(domain), figure, estimate, interval, df, manner));
        dfs.push(df);
    }
    if let Some(matrix) = &mut covariance {
        let scale = |place: usize| figures.get(place % figures.len().max(1)).map_or(1.0, |figure| figure.scale);
        let k = estimates.len();
        for (at, entry) in matrix.iter_mut().enumerate() {
            *entry = entry.map(|value| value * scale(at / k.max(1)) * scale(at % k.max(1)));
        }
    }
    Ok((rows, dfs, covariance))
}

/// Degrees of freedom as asked for.
#[must_use]
pub fn degrees(df: Df, estimate: &Estimate) -> f64 {
    match df {
        Df::Design => f64::from(estimate.df_design),
        Df::Domain => f64::from(estimate.df_domain),
        Df::Number(number) => number,
    }
}

/// One row of the output.
#[must_use]
pub fn row(
    domain: Vec<(String, String)>,
    figure: &Figure,
    estimate: &Estimate,
    interval: Option<Interval>,
    df: f64,
    manner: Manner,
) -> Row {
    let mut flags = flag(estimate.flag).into_iter().collect::<Vec<_>>();
    if estimate.se.is_some() && interval.is_none() {
        flags.push(if df > 0.0 { "no_interval" } else { "no_degrees_of_freedom" });
    }
    Row {
        request: String::new(),
        domain,
        variable: figure.variable.clone(),
        level: figure.level.clone(),
        estimate: estimate.estimate.map(|value| value * figure.scale),
        se: estimate.se.map(|value| value * figure.scale),
        df: Some(df),
        ci_low: interval.map(|interval| interval.low * figure.scale),
        ci_high: interval.map(|interval| interval.high * figure.scale),
        n: estimate.n,
        deff: match manner.deff {
            None => None,
            Some(Deff::Srswor) => estimate.deff_srswor,
            Some(Deff::Srswr) => estimate.deff_srswr,
        },
        cv: estimate.cv(),
        flags,
    }
}

/// The word for what is missing in an estimate.
#[must_use]
pub fn flag(flag: Flag) -> Option<&'static str> {
    match flag {
        Flag::Ok => None,
        Flag::EmptyDomain => Some("empty_domain"),
        Flag::ZeroDenominator => Some("zero_denominator"),
        Flag::LonelyPsu => Some("lonely_psu"),
    }
}

/// The interval of an estimate; `None` without a standard error or degrees of freedom.
fn interval(
    engine: &Engine<'_>,
    request: &Request<'_>,
    estimate: &Estimate,
    figure: &Figure,
    manner: Manner,
    df: f64,
) -> std::result::Result<Option<Interval>, crate::stats::estimate::EstimateError> {
    let Some((value, se)) = estimate.estimate.zip(estimate.se).filter(|_| df > 0.0) else {
        return Ok(None);
    };
    if !figure.proportion {
        return Ok(t_interval(value, se, df, manner.level).ok());
    }
    if let (Engine::Replicated(replicates), Ci::Logit | Ci::Likelihood) = (engine, manner.ci)
        && let Some(log_odds) = replicates.log_odds_se(request)?
    {
        return Ok(replicated_interval(manner.ci == Ci::Likelihood, value, log_odds, df, manner.level).ok());
    }
    Ok(of_proportion(manner, value, se, df, estimate))
}

/// The interval of a proportion from its standard error. A share strictly between 0 and 1 without a standard error is known, as that of a
/// margin; and who asks for `mean` gets p ± t·SE as it is.
#[must_use]
pub fn of_proportion(manner: Manner, value: f64, se: f64, df: f64, estimate: &Estimate) -> Option<Interval> {
    let alike = value <= 0.0 || value >= 1.0;
    if !alike && (se == 0.0 || manner.ci == Ci::Mean) {
        return t_interval(value, se, df, manner.level).ok();
    }
    let method = match manner.ci {
        Ci::Logit | Ci::Xlogit => ProportionInterval::Logit,
        Ci::Likelihood => ProportionInterval::Likelihood,
        Ci::Asin => ProportionInterval::Asin,
        Ci::Beta => ProportionInterval::Beta,
        Ci::Wilson => ProportionInterval::Wilson,
        Ci::Mean => ProportionInterval::Mean,
    };
    // Korn and Graubard's method corrects for the degrees of freedom of the data, whatever number is asked for.
    let df = if let (Ci::Beta, Df::Number(_)) = (manner.ci, manner.df) { f64::from(estimate.df_design) } else { df };
    method.interval(value, se, df, estimate.n, manner.level).ok()
}

fn quantiles(
    job: &Job,
    built: &Built,
    placed: &Spanned<spec::Estimate>,
    asked: &[(Placed, Vec<f64>)],
    domains: &Domains,
    manner: Manner,
) -> Result<(Vec<Row>, Vec<f64>)> {
    if asked.is_empty() || asked.iter().any(|(_, shares)| shares.is_empty()) {
        return Err(job.refuse(placed, "quantile names no column or no share", "write quantile: {column: [0.25, 0.5, 0.75]}"));
    }
    let engine = built.engine();
    let (mut rows, mut dfs) = (Vec::new(), Vec::new());
    for domain in 0..domains.labels.len() {
        for (column, shares) in asked {
            let y = job.numbers(column)?;
            // Degrees of freedom of the domain are those of the mean of the column there.
            let statistic = Statistic::Mean(Cow::Borrowed(y));
            let refuse = |e: &dyn std::fmt::Display| job.refuse(placed, e.to_string(), "quantiles are shares between 0 and 1");
            let request = Request { statistic: &statistic, domain: domains.of(domain) };
            let mean = engine.estimate(std::slice::from_ref(&request)).map_err(|e| refuse(&e))?;
            let df = mean.first().map_or(0.0, |mean| degrees(manner.df, mean));
            // Without degrees of freedom the quantile stands, its interval does not.
            let some_df = if df > 0.0 { df } else { 1.0 };
            let found = engine.quantiles(y, domains.of(domain), shares, manner.level, Some(some_df)).map_err(|e| refuse(&e))?;
            let spread = |value: Option<f64>| value.filter(|_| df > 0.0);
            for (share, quantile) in shares.iter().zip(found) {
                let mut flags: Vec<&'static str> = flag(quantile.flag).into_iter().collect();
                if df <= 0.0 && flags.is_empty() {
                    flags.push("no_degrees_of_freedom");
                } else if flags.is_empty() && (quantile.low.is_none() || quantile.high.is_none()) {
                    flags.push("no_interval");
                }
                let cv = quantile.estimate.zip(spread(quantile.se)).filter(|(value, _)| *value != 0.0).map(|(value, se)| se / value.abs());
                rows.push(Row {
                    request: String::new(),
                    domain: domains.named(domain),
                    variable: column.value.clone(),
                    level: Some(share.to_string()),
                    estimate: quantile.estimate,
                    se: spread(quantile.se),
                    df: Some(df),
                    ci_low: spread(quantile.low),
                    ci_high: spread(quantile.high),
                    n: quantile.n,
                    deff: None,
                    cv,
                    flags,
                });
                dfs.push(df);
            }
        }
    }
    Ok((rows, dfs))
}
