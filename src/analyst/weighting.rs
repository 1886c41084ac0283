//! From the `weighting` of a specification to the steps of the weighting chain.

use std::collections::HashMap;

use serde_saphyr::Spanned;

use super::domains::Crossing;
use super::job::Job;
use super::read;
use super::refusal::{Refusal, Result};
use super::spec::{self, Placed, TotalsOrFile};
use super::table::{Levels, parse_number};
use crate::stats::weighting::{
    Calibration, Distance, Limit, Margin, Nonresponse, Problem, Propensity, RakeVariance, Raking, Step, Term, Trimming, WeightingError,
};

/// A step with the names of its margins and columns.
#[derive(Debug)]
pub struct Named {
    /// The step.
    pub step: Step,
    /// Names of the cells of each margin, or of each column.
    pub names: Vec<Vec<String>>,
}

/// The column of totals in a file of totals.
const TOTAL: &str = "N";

/// Builds the steps.
///
/// # Errors
/// What does not fit, with its place.
pub fn build(job: &Job) -> Result<Vec<Named>> {
    // Rows that earlier steps gave weight 0 need no values later.
    let mut counted = vec![true; job.table.rows()];
    job.spec.weighting.iter().map(|placed| one(job, placed, &mut counted)).collect()
}

fn one(job: &Job, placed: &Spanned<spec::Step>, counted: &mut [bool]) -> Result<Named> {
    match &placed.value {
        spec::Step::Nonresponse(step) => nonresponse(job, placed, step, counted),
        spec::Step::Poststratify(margin) => {
            let (margin, names) = self::margin(job, margin, counted)?;
            Ok(Named { step: Step::Poststratify(margin), names: vec![names] })
        }
        spec::Step::Rake(rake) => {
            let both = rake.margins.iter().map(|margin| self::margin(job, margin, counted)).collect::<Result<Vec<_>>>()?;
            let (margins, names) = both.into_iter().unzip();
            let raking = Raking {
                margins,
                tolerance: rake.tolerance.unwrap_or(1e-10),
                max_iterations: rake.max_iterations.unwrap_or(1000),
                variance: match rake.variance {
                    spec::RakeVariance::Calibration => RakeVariance::Calibration,
                    spec::RakeVariance::RRake => RakeVariance::RRake,
                },
            };
            Ok(Named { step: Step::Rake(raking), names })
        }
        spec::Step::Calibrate(step) => calibrate(job, placed, step, counted),
        spec::Step::Trim(step) => trim(job, placed, step),
    }
}

fn nonresponse(job: &Job, placed: &Spanned<spec::Step>, step: &spec::Nonresponse, counted: &mut [bool]) -> Result<Named> {
    let respondent = yes_or_no(job, &step.respondent)?;
    let named = match (&step.cells, &step.propensity) {
        (Some(columns), None) => {
            if step.classes.is_some() {
                return Err(job.refuse(placed, "classes belong to propensity", "leave them out, or name propensity instead of cells"));
            }
            let crossing = Crossing::new(job, columns)?;
            let cells = complete(job, columns, crossing.ids(), counted)?;
            Named { step: Step::Nonresponse(Nonresponse { respondent: respondent.clone(), cells }), names: vec![crossing.names()] }
        }
        (None, Some(columns)) => {
            let mut terms = vec![Term::One];
            for column in columns {
                terms.push(self::term(job, column, true, false, counted)?.0);
            }
            if let Some(classes) = step.classes.filter(|classes| *classes as usize > job.table.rows()) {
                let message = format!("{classes} classes of {} rows", job.table.rows());
                return Err(job.refuse(placed, message, "5 classes are usual; there cannot be more than rows"));
            }
            let model = Propensity { respondent: respondent.clone(), terms, classes: step.classes.unwrap_or(5), weighted: true };
            Named { step: Step::Propensity(model), names: Vec::new() }
        }
        _ => return Err(job.refuse(placed, "nonresponse needs cells or propensity", "name the columns of one of them")),
    };
    counted.iter_mut().zip(&respondent).for_each(|(counted, respondent)| *counted &= respondent);
    Ok(named)
}

fn yes_or_no(job: &Job, column: &Placed) -> Result<Vec<bool>> {
    let levels = job.levels(column)?;
    let known = |name: &String| match name.to_lowercase().as_str() {
        "yes" | "true" | "t" | "y" => Some(true),
        "no" | "false" | "f" | "n" => Some(false),
        text => parse_number(text).filter(|value| *value == 0.0 || *value == 1.0).map(|value| value == 1.0),
    };
    let answers: Vec<Option<bool>> = levels.names.iter().map(known).collect();
    let of_rows = levels.translated(&answers, None);
    match of_rows.iter().position(Option::is_none) {
        None => Ok(of_rows.into_iter().flatten().collect()),
        Some(row) => Err(job.refuse_row(
            row,
            format!("column {} does not say whether this row answered", column.value),
            "write 1 or 0, yes or no, true or false",
        )),
    }
}

/// A cell for every row that counts; the others get one that is nobody's.
fn complete(job: &Job, columns: &[Placed], ids: Vec<Option<u32>>, counted: &[bool]) -> Result<Vec<u32>> {
    if let Some(row) = ids.iter().zip(counted).position(|(id, counted)| id.is_none() && *counted) {
        let names: Vec<&str> = columns.iter().map(|column| column.value.as_str()).collect();
        return Err(job.refuse_row(
            row,
            format!("{} is missing, so the weighting cannot place this row", names.join(" or ")),
            "fill it in, or give missing values a category of their own",
        ));
    }
    Ok(ids.into_iter().map(|id| id.unwrap_or(u32::MAX)).collect())
}

fn margin(job: &Job, margin: &spec::Margin, counted: &[bool]) -> Result<(Margin, Vec<String>)> {
    let mut crossing = Crossing::new(job, &margin.by)?;
    let totals = totals(job, margin)?;
    let mut sums: Vec<Option<f64>> = vec![None; crossing.count()];
    for (labels, total) in totals {
        let cell = crossing.place(&labels);
        if cell >= sums.len() {
            sums.resize(cell + 1, None);
        }
        if let Some(sum) = sums.get_mut(cell) {
            *sum = Some(sum.unwrap_or(0.0) + total);
        }
    }
    let cells = complete(job, &margin.by, crossing.ids(), counted)?;
    let names = crossing.names();
    if let Some((cell, _)) = sums.iter().enumerate().find(|(_, sum)| sum.is_none()) {
        let row = cells.iter().position(|id| *id as usize == cell).unwrap_or(0);
        if counted.get(row).copied().unwrap_or(true) {
            let name = names.get(cell).cloned().unwrap_or_default();
            return Err(job.refuse(
                &margin.totals,
                format!("there is no total for {name}, which line {} of the data has", job.line(row)),
                "add it, as 0 people cannot be stood for",
            ));
        }
    }
    // A cell of nonrespondents only needs no total; 1 keeps its place and is never met, as it has no weight.
    let totals: Vec<f64> = sums.iter().map(|sum| sum.unwrap_or(f64::NAN)).collect();
    Ok(without_empty(cells, &totals, names))
}

/// Leaves out the cells without a total, which no row that counts is in.
fn without_empty(cells: Vec<u32>, totals: &[f64], names: Vec<String>) -> (Margin, Vec<String>) {
    if totals.iter().all(|total| !total.is_nan()) {
        return (Margin { cells, totals: totals.to_vec() }, names);
    }
    let mut numbers = vec![u32::MAX; totals.len()];
    let (mut kept, mut kept_names) = (Vec::new(), Vec::new());
    for ((number, total), name) in numbers.iter_mut().zip(totals).zip(names) {
        if !total.is_nan() {
            *number = u32::try_from(kept.len()).unwrap_or(u32::MAX);
            kept.push(*total);
            kept_names.push(name);
        }
    }
    let cells = cells.into_iter().map(|cell| numbers.get(cell as usize).copied().unwrap_or(u32::MAX)).collect();
    (Margin { cells, totals: kept }, kept_names)
}

/// Totals by the texts of the cells.
fn totals(job: &Job, margin: &spec::Margin) -> Result<Vec<(Vec<String>, f64)>> {
    match &margin.totals.value {
        TotalsOrFile::Totals(pairs) => {
            if margin.by.len() != 1 {
                return Err(job.refuse(
                    &margin.totals,
                    format!("totals of {} columns do not fit in a map", margin.by.len()),
                    "put them in a CSV file with those columns and N",
                ));
            }
            for (name, total) in &pairs.0 {
                positive(*total).map_err(|message| {
                    job.refuse(
                        name,
                        format!("the total of {} is {message}", name.value),
                        "give a number above 0, or leave out a value nobody has",
                    )
                })?;
            }
            Ok(pairs.0.iter().map(|(name, total)| (vec![name.value.clone()], *total)).collect())
        }
        TotalsOrFile::File(name) => {
            let path = job.path(name);
            let shown = path.display().to_string();
            let (header, lines) = read::small(&path)?;
            let needed = || {
                let names: Vec<&str> = margin.by.iter().map(|column| column.value.as_str()).collect();
                format!("give the columns {} and {TOTAL}, each once", names.join(", "))
            };
            let place = |column: &str| {
                let mut found = header.iter().enumerate().filter(|(_, name)| *name == column).map(|(place, _)| place);
                match (found.next(), found.next()) {
                    (Some(place), None) => Ok(place),
                    (None, _) => Err(Refusal::new(&shown, format!("has no column {column}"), needed()).at(1, 0)),
                    (Some(_), Some(_)) => Err(Refusal::new(&shown, format!("has two columns named {column}"), needed()).at(1, 0)),
                }
            };
            let columns = margin.by.iter().map(|column| place(&column.value)).collect::<Result<Vec<_>>>()?;
            let total = place(TOTAL)?;
            let exact = header.len() == columns.len() + 1;
            let mut seen: HashMap<Vec<String>, usize> = HashMap::new();
            let mut totals = Vec::with_capacity(lines.len());
            for (row, line) in lines.iter().enumerate() {
                let at = row as u64 + 2;
                let cell = |place: usize| line.get(place).cloned().unwrap_or_default();
                let labels: Vec<String> = columns.iter().map(|place| cell(*place)).collect();
                let refuse = |message: String, remedy: &str| Refusal::new(&shown, message, remedy).at(at, 0);
                let number = parse_number(&cell(total)).ok_or_else(|| refuse(format!("{TOTAL} is {:?}", cell(total)), "give a number"))?;
                if number < 0.0 {
                    return Err(refuse(format!("{TOTAL} is {number}"), "a number of people is not below 0"));
                }
                if exact {
                    positive(number)
                        .map_err(|message| refuse(format!("{TOTAL} is {message}"), "give a number above 0, or leave the line out"))?;
                    if let Some(first) = seen.insert(labels.clone(), row) {
                        return Err(refuse(format!("repeats the cell of line {}", first + 2), "give every cell once"));
                    }
                }
                totals.push((labels, number));
            }
            Ok(totals)
        }
    }
}

fn positive(total: f64) -> std::result::Result<(), String> {
    if total.is_finite() && total > 0.0 { Ok(()) } else { Err(total.to_string()) }
}

/// A column as a term, with a name for each of its columns. Texts become an indicator for each value, without the first in sort
/// order when `less_first`.
fn term(job: &Job, column: &Placed, less_first: bool, as_levels: bool, counted: &[bool]) -> Result<(Term<'static>, Vec<String>)> {
    let found = job.column(column)?;
    if let Some(row) = (0..job.table.rows()).find(|row| counted.get(*row).copied().unwrap_or(true) && found.missing(*row)) {
        return Err(job.refuse_row(
            row,
            format!("{} is missing, so the weighting cannot use this row", column.value),
            "fill it in, or give missing values a category of their own",
        ));
    }
    match (&found.numbers, &found.levels) {
        // Rows that do not count may have no value.
        (Some(numbers), _) if !as_levels => {
            let values: Vec<f64> = numbers.iter().map(|value| if value.is_nan() { 0.0 } else { *value }).collect();
            Ok((Term::Column(values.into()), vec![column.value.clone()]))
        }
        (_, Some(levels)) => Ok(indicators(column, levels, less_first)),
        _ => Err(job.refuse(column, format!("column {} holds neither numbers nor texts", column.value), "name another column")),
    }
}

fn indicators(column: &Placed, levels: &Levels, less_first: bool) -> (Term<'static>, Vec<String>) {
    let kept: Vec<u32> = levels.sorted().into_iter().skip(usize::from(less_first)).collect();
    let mut numbers = vec![u32::MAX; levels.names.len()];
    let mut names = Vec::with_capacity(kept.len());
    for (number, level) in (0u32..).zip(&kept) {
        if let (Some(place), Some(name)) = (numbers.get_mut(*level as usize), levels.names.get(*level as usize)) {
            *place = number;
            names.push(format!("{}={name}", column.value));
        }
    }
    let count = u32::try_from(kept.len()).unwrap_or(u32::MAX);
    (Term::Levels { ids: levels.translated(&numbers, u32::MAX).into(), count }, names)
}

fn calibrate(job: &Job, placed: &Spanned<spec::Step>, step: &spec::Calibrate, counted: &[bool]) -> Result<Named> {
    let intercept = step.terms.iter().any(|term| term.value == "1");
    let (mut terms, mut names, mut contrasts) = (Vec::new(), Vec::new(), intercept);
    for column in &step.terms {
        if column.value == "1" {
            terms.push(Term::One);
            names.push("1".to_owned());
            continue;
        }
        // Numbers count as categories when the totals are given so.
        let start = format!("{}=", column.value);
        let as_levels = step.totals.value.0.iter().any(|(name, _)| name.value.starts_with(&start));
        let (term, own) = self::term(job, column, contrasts, as_levels, counted)?;
        contrasts |= matches!(term, Term::Levels { .. });
        terms.push(term);
        names.extend(own);
    }
    for (name, total) in &step.totals.value.0 {
        if !names.contains(&name.value) {
            return Err(job.refuse(
                name,
                format!("there is no term {}", name.value),
                format!("the totals needed are {}", names.join(", ")),
            ));
        }
        if !total.is_finite() {
            return Err(job.refuse(name, format!("the total of {} is {total}", name.value), "give a finite number"));
        }
    }
    let total = |name: &String| {
        let found = step.totals.value.0.iter().find(|(given, _)| given.value == *name);
        found.map(|(_, total)| *total).ok_or_else(|| {
            job.refuse(&step.totals, format!("there is no total for {name}"), format!("the totals needed are {}", names.join(", ")))
        })
    };
    let totals = names.iter().map(total).collect::<Result<Vec<_>>>()?;
    let distance = match step.distance {
        spec::Distance::Linear => Distance::Linear,
        spec::Distance::Raking => Distance::Raking,
        spec::Distance::Logit => Distance::Logit,
    };
    if distance == Distance::Logit && step.bounds.is_none() {
        return Err(job.refuse(placed, "the logit distance needs bounds", "write bounds: [low, high] with low below 1 and high above it"));
    }
    let variances = step.variance.as_ref().map(|column| Ok(job.numbers(column)?.to_vec())).transpose()?;
    let calibration = Calibration {
        terms,
        totals,
        distance,
        bounds: step.bounds.unwrap_or([f64::NEG_INFINITY, f64::INFINITY]),
        variances,
        clusters: None,
        tolerance: step.tolerance.unwrap_or(1e-10),
        max_iterations: step.max_iterations.unwrap_or(100),
    };
    Ok(Named { step: Step::Calibrate(calibration), names: vec![names] })
}

fn trim(job: &Job, placed: &Spanned<spec::Step>, step: &spec::Trim) -> Result<Named> {
    let upper = match (step.upper, step.upper_quantile) {
        (Some(_), Some(_)) => return Err(job.refuse(placed, "both upper and upper_quantile are given", "give one of them")),
        (Some(weight), None) => Limit::Weight(weight),
        (None, Some(share)) => Limit::Quantile(share),
        (None, None) if step.lower.is_some() => Limit::Weight(f64::INFINITY),
        (None, None) => return Err(job.refuse(placed, "trim has no limit", "give upper, upper_quantile or lower")),
    };
    // Without a lower limit nothing is cut below.
    let lower = step.lower.unwrap_or(f64::NEG_INFINITY);
    Ok(Named {
        step: Step::Trim(Trimming { lower, upper, redistribute: step.redistribute.unwrap_or(true), strict: step.strict }),
        names: Vec::new(),
    })
}

/// An error of the chain in the words of the files.
pub fn explain(job: &Job, steps: &[Named], e: &WeightingError) -> Refusal {
    let Some((placed, named)) = job.spec.weighting.get(e.step).zip(steps.get(e.step)) else {
        return job.refuse_all(e.to_string(), "see docs/ESTIMATE.md, Weighting");
    };
    let cell = |margin: usize, cell: usize| {
        named.names.get(margin).and_then(|names| names.get(cell)).cloned().unwrap_or_else(|| format!("cell {cell}"))
    };
    let column = |column: usize| cell(0, column);
    let refuse = |message: String, remedy: &str| job.refuse(placed, message, remedy);
    match &e.problem {
        Problem::Weight { row, value } => {
            job.refuse_row(*row, format!("has the weight {value}"), "base weights must be finite and not negative")
        }
        Problem::NoTotal { row, margin, cell: id } => job.refuse_row(
            *row,
            format!("is in {}, which has no total", cell(*margin, *id as usize)),
            "add the total, or fill in the missing value",
        ),
        Problem::Total { margin, cell: id, value } => {
            refuse(format!("the total of {} is {value}", cell(*margin, *id)), "totals are above 0; leave out cells without people")
        }
        Problem::EmptyCell { margin, cell: id, total } => refuse(
            format!("{} stands for {total} people but no row with a weight is in it", cell(*margin, *id)),
            "merge it with a similar cell",
        ),
        Problem::SumsDiffer { first, margin, sum } => refuse(
            format!("the first margin sums to {first}, margin {} to {sum}", margin + 1),
            "margins of one population have one sum; check the totals",
        ),
        Problem::RakingNotConverged { iterations, margin, cell: id, achieved, target } => refuse(
            format!(
                "raking did not converge in {iterations} rounds: margin {} is worst, its cell {} stands at {achieved} for a total of {target}",
                margin + 1,
                cell(*margin, *id)
            ),
            "merge small cells of this margin or drop it, or raise tolerance or max_iterations",
        ),
        Problem::CalibrationNotConverged { iterations, column: id, achieved, target } => refuse(
            format!(
                "calibration did not converge in {iterations} iterations: {} stands at {achieved} for a total of {target}",
                column(*id)
            ),
            "widen the bounds, drop the term, or raise tolerance or max_iterations",
        ),
        Problem::Value { row, column: id, value } => {
            job.refuse_row(*row, format!("{} is {value}", column(*id)), "calibration needs finite values")
        }
        Problem::Variance { row, value } => {
            job.refuse_row(*row, format!("the variance of calibration is {value}"), "it must be finite and above 0")
        }
        Problem::NoRespondents { cell: id, nonrespondents } => refuse(
            format!("{} has no respondent, so nobody can stand for its {nonrespondents} nonrespondents", cell(0, *id)),
            "merge it with a similar cell",
        ),
        other => refuse(other.to_string(), "see docs/ESTIMATE.md, Weighting"),
    }
}
