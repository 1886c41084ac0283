//! A specification with its data: the columns it needs, read once, and how to name a place in either file.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde_saphyr::Spanned;

use super::condition::Condition;
use super::read::{self, Wanted};
use super::refusal::{Refusal, Result};
use super::spec::{Placed, Spec, Step, ValueOrCondition};
use super::table::{Column, Levels, Table, Use};

/// A specification and its data.
#[derive(Debug)]
pub struct Job {
    /// The specification.
    pub spec: Spec,
    /// Its rows.
    pub table: Table,
    file: String,
    folder: PathBuf,
    data: PathBuf,
}

/// Reads a specification; its rows come with [`Job::load`].
///
/// # Errors
/// The first thing wrong in the file, or data that are not there.
pub fn open(path: &Path) -> Result<Job> {
    let file = path.display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|e| Refusal::new(&file, format!("cannot be read: {e}"), "give the path of a specification, see docs/ESTIMATE.md"))?;
    // A column may be called y, n, yes or no, which older YAML took for truth values.
    let options = serde_saphyr::options! { strict_booleans: true };
    let spec: Spec = serde_saphyr::from_str_with_options(&text, options).map_err(|e| unreadable(&file, &e))?;
    let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
    let data = folder.join(&spec.data.value);
    let job = Job { spec, table: Table::default(), file, folder, data };
    if !job.data.is_file() {
        let message = format!("there is no file {}", job.data.display());
        return Err(job.refuse(&job.spec.data, message, "give the path of a CSV file, relative to the specification"));
    }
    Ok(job)
}

/// The YAML reader's own finding (syntax, unknown key, wrong type), in one line.
fn unreadable(file: &str, e: &serde_saphyr::Error) -> Refusal {
    let text = e.to_string();
    let message = text.lines().find(|line| !line.trim().is_empty()).unwrap_or("cannot be read").trim();
    let message = message.strip_prefix("error: ").unwrap_or(message);
    let message = message.strip_prefix("line ").and_then(|rest| rest.split_once(": ")).map_or(message, |(_, rest)| rest);
    // The parser's words, where they are those of a programmer.
    let plain = [
        ("expected sequence start", "found something else where a list such as [a, b] is needed"),
        ("expected mapping start", "found something else where keys and values such as {a: 1} are needed"),
        ("expected string scalar", "found a list or a map where a single text is needed"),
        ("invalid boolean", "found something else where true or false is needed"),
        ("invalid floating point", "found something else where a finite number is needed"),
        ("invalid u32", "found something else where a whole number from 0 on is needed"),
        ("invalid u64", "found something else where a whole number from 0 on is needed"),
        ("cannot deserialize null", "found nothing where a value is needed"),
        ("duplicate mapping key", "the same key stands here twice; keep one"),
        ("multiple YAML documents", "the file holds several documents; keep one"),
    ];
    let message = plain.iter().find(|(theirs, _)| message.contains(theirs)).map_or(message, |(_, ours)| *ours);
    let refusal = Refusal::new(file, message, "docs/ESTIMATE.md lists the keys and their types");
    e.location().map_or(refusal.clone(), |at| refusal.at(at.line(), at.column()))
}

impl Job {
    /// Reads the columns that the specification names.
    ///
    /// # Errors
    /// The first thing wrong in the data.
    pub fn load(&mut self, progress: &dyn Fn(u64)) -> Result<()> {
        self.table = read::table(&self.data, &self.wanted()?, &self.spec.missing, progress)?;
        Ok(())
    }

    /// The data file.
    #[must_use]
    pub fn data_path(&self) -> &Path {
        &self.data
    }

    /// Something wrong in the specification.
    pub fn refuse<T>(&self, at: &Spanned<T>, message: impl Into<String>, remedy: impl Into<String>) -> Refusal {
        Refusal::new(&self.file, message, remedy).by(at)
    }

    /// Something wrong in the specification as a whole.
    pub fn refuse_all(&self, message: impl Into<String>, remedy: impl Into<String>) -> Refusal {
        Refusal::new(&self.file, message, remedy)
    }

    /// Something wrong at a row of the data.
    pub fn refuse_row(&self, row: usize, message: impl Into<String>, remedy: impl Into<String>) -> Refusal {
        Refusal::new(&self.data.display().to_string(), message, remedy).at(self.line(row), 0)
    }

    /// Line of a row in the data file.
    #[must_use]
    pub fn line(&self, row: usize) -> u64 {
        read::line_of(&self.data, row)
    }

    /// A file named in the specification.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// A column as numbers.
    pub fn numbers(&self, column: &Placed) -> Result<&[f64]> {
        self.column(column)?
            .numbers
            .as_deref()
            .ok_or_else(|| self.refuse(column, format!("column {} holds texts", column.value), "name a column of numbers"))
    }

    /// A column as texts.
    pub fn levels(&self, column: &Placed) -> Result<&Levels> {
        self.column(column)?.levels.as_ref().ok_or_else(|| {
            self.refuse(column, format!("column {} was read as numbers only", column.value), "name it where it is used as texts")
        })
    }

    /// A column.
    pub fn column(&self, column: &Placed) -> Result<&Column> {
        self.table
            .column(&column.value)
            .ok_or_else(|| self.refuse(column, format!("column {} was not read", column.value), "name a column of the data"))
    }

    /// A parsed condition.
    pub fn condition(&self, text: &Placed) -> Result<Condition> {
        Condition::parse(&text.value).map_err(|mistake| {
            self.refuse(
                text,
                format!("in the condition \"{}\", at character {}: {}", text.value, mistake.at + 1, mistake.message),
                "see docs/ESTIMATE.md, Conditions",
            )
        })
    }

    /// Rows where a condition holds; `None` without one.
    pub fn rows_where(&self, condition: Option<&Placed>) -> Result<Option<Vec<bool>>> {
        condition.map(|text| Ok(self.condition(text)?.holds(&self.table))).transpose()
    }

    /// All columns the specification names, and what for.
    ///
    /// # Errors
    /// A condition that cannot be read.
    pub fn wanted(&self) -> Result<Vec<Wanted>> {
        let mut want = Wants { file: &self.file, list: Vec::new(), known: HashMap::new() };
        self.want_design(&mut want);
        for step in &self.spec.weighting {
            want_step(&step.value, &mut want);
        }
        for estimate in &self.spec.estimates {
            let e = &estimate.value;
            want.all(e.mean.iter().flatten(), Use::Numbers, "mean");
            want.all(e.total.iter().flatten(), Use::Numbers, "total");
            want.all(e.ratio.iter().flatten(), Use::Numbers, "ratio");
            want.all(e.proportions.iter().flat_map(|of| &of.0), Use::Levels, "proportions");
            want.all(e.counts.iter().flat_map(|of| &of.0), Use::Levels, "counts");
            want.all(e.quantile.iter().flat_map(|of| of.0.iter().map(|(column, _)| column)), Use::Numbers, "quantile");
            want.all(e.cronbach_alpha.iter().flatten(), Use::Numbers, "cronbach_alpha");
            match e.proportion.as_ref().map(|of| (&of.value, of)) {
                Some((ValueOrCondition::Value(column, _), _)) => want.add(column, Use::Levels, "proportion"),
                Some((ValueOrCondition::Condition(text), at)) => {
                    let text = Spanned { value: text.clone(), referenced: at.referenced, defined: at.defined };
                    self.want_condition(&text, &mut want)?;
                }
                None => {}
            }
            if let Some(index) = &e.satisfaction {
                want.all(&index.value.items, Use::Levels, "satisfaction");
                want.all(
                    index.value.factors.iter().flat_map(|factors| factors.0.iter().flat_map(|(_, items)| items)),
                    Use::Levels,
                    "satisfaction",
                );
            }
            want.all(e.item_quality.iter().flat_map(|of| &of.value.items), Use::Numbers, "item_quality");
            want.all(&e.by, Use::Levels, "by");
            e.condition.iter().try_for_each(|text| self.want_condition(text, &mut want))?;
        }
        for test in &self.spec.tests {
            let t = &test.value;
            want.all(t.chisq.iter().flatten(), Use::Levels, "chisq");
            if let Some(t) = &t.ttest {
                want.add(&t.variable, Use::Numbers, "ttest");
                want.add(&t.by, Use::Levels, "ttest");
            }
            if let Some(drivers) = &t.drivers {
                want.add(&drivers.outcome, Use::Numbers, "drivers");
                want.all(&drivers.predictors, Use::Numbers, "drivers");
            }
            t.condition.iter().try_for_each(|text| self.want_condition(text, &mut want))?;
        }
        Ok(want.list)
    }

    fn want_design(&self, want: &mut Wants<'_>) {
        let design = &self.spec.design;
        want.all(&design.weights, Use::Numbers, "weights");
        want.all(design.probabilities.iter().flatten(), Use::Numbers, "probabilities");
        want.all(design.strata.iter().flatten(), Use::Levels, "strata");
        want.all(design.clusters.iter().flatten(), Use::Levels, "clusters");
        want.all(design.fpc.iter().flatten(), Use::Numbers, "fpc");
    }

    fn want_condition(&self, text: &Placed, want: &mut Wants<'_>) -> Result<()> {
        for (column, used) in self.condition(text)?.uses() {
            want.add(&Spanned { value: column.to_owned(), referenced: text.referenced, defined: text.defined }, used, "condition");
        }
        Ok(())
    }
}

fn want_step(step: &Step, want: &mut Wants<'_>) {
    match step {
        Step::Nonresponse(step) => {
            want.add(&step.respondent, Use::Levels, "nonresponse");
            want.all(step.cells.iter().flatten(), Use::Levels, "nonresponse");
            want.all(step.propensity.iter().flatten(), Use::Either, "nonresponse");
        }
        Step::Poststratify(margin) => want.all(&margin.by, Use::Levels, "poststratify"),
        Step::Rake(rake) => want.all(rake.margins.iter().flat_map(|margin| &margin.by), Use::Levels, "rake"),
        Step::Calibrate(calibrate) => {
            want.all(calibrate.terms.iter().filter(|term| term.value != "1"), Use::Either, "calibrate");
            want.all(&calibrate.variance, Use::Numbers, "calibrate");
        }
        Step::Trim(_) => {}
    }
}

/// Columns collected so far.
struct Wants<'a> {
    file: &'a str,
    list: Vec<Wanted>,
    known: HashMap<String, usize>,
}

impl Wants<'_> {
    fn add(&mut self, column: &Placed, used: Use, what: &str) {
        let because = format!("{}:{} ({what})", self.file, column.referenced.line());
        match self.known.get(&column.value).and_then(|place| self.list.get_mut(*place)) {
            Some(wanted) => {
                // The first use as numbers is the one to name when a cell holds none.
                if used == Use::Numbers && !wanted.uses.contains(&Use::Numbers) {
                    wanted.because = because;
                }
                if !wanted.uses.contains(&used) {
                    wanted.uses.push(used);
                }
            }
            None => {
                self.known.insert(column.value.clone(), self.list.len());
                self.list.push(Wanted { name: column.value.clone(), uses: vec![used], because });
            }
        }
    }

    fn all<'c>(&mut self, columns: impl IntoIterator<Item = &'c Placed>, used: Use, what: &str) {
        columns.into_iter().for_each(|column| self.add(column, used, what));
    }
}
