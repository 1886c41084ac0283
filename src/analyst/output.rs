//! What the command gives back, and how it is written.

use std::fmt::Write as _;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::Value;

/// Everything one run gives.
#[derive(Debug, Clone, Serialize)]
pub struct Output {
    /// Program and version.
    pub software: String,
    /// What the design came to.
    pub design: Shape,
    /// What the reader must know.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// A record of each weighting step.
    pub weighting: Vec<StepRecord>,
    /// The estimates, request by request.
    pub results: Vec<Row>,
    /// Covariance matrices asked for.
    pub covariances: Vec<Covariance>,
    /// Tests and comparisons.
    pub tests: Vec<Value>,
}

/// What a design came to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Shape {
    /// Rows of the data.
    pub rows: usize,
    /// First-stage strata; null with given replicate weights.
    pub strata: Option<u32>,
    /// PSUs; null with given replicate weights.
    pub psus: Option<u32>,
    /// Replicates, where there are any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replicates: Option<usize>,
    /// Degrees of freedom.
    pub df: u32,
}

/// What a weighting step did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StepRecord {
    /// Its kind.
    pub step: &'static str,
    /// Rounds or iterations; 1 in closed form.
    pub iterations: u32,
    /// Largest relative error of a total.
    pub max_error: f64,
    /// Σ w before.
    pub sum_before: f64,
    /// Σ w after.
    pub sum_after: f64,
    /// Rows set to a limit, or to 0 as nonrespondents.
    pub rows_cut: usize,
    /// Kish's design effect of the weights after the step.
    pub kish_deff: f64,
    /// Smallest weight.
    pub weight_min: f64,
    /// Quantiles 5, 25, 50, 75, 95 % of the weights.
    pub weight_quantiles: [f64; 5],
    /// Largest weight.
    pub weight_max: f64,
    /// Smallest ratio of new to old weight.
    pub ratio_min: Option<f64>,
    /// Largest ratio.
    pub ratio_max: Option<f64>,
    /// Each total: before, target, after.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub totals: Vec<Total>,
}

/// A known total and how it was met.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Total {
    /// The cell or column.
    pub cell: String,
    /// Σ before the step.
    pub before: f64,
    /// What is known.
    pub target: f64,
    /// Σ after the step.
    pub after: f64,
}

/// One figure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// Name of the request.
    pub request: String,
    /// Columns and values of the domain.
    #[serde(serialize_with = "domain")]
    pub domain: Vec<(String, String)>,
    /// The column, or the name of an index, factor or item.
    pub variable: String,
    /// The value a share, count or quantile is of.
    pub level: Option<String>,
    /// The estimate; null with a flag that says why.
    pub estimate: Option<f64>,
    /// Its standard error.
    pub se: Option<f64>,
    /// Degrees of freedom of the interval; `"inf"` for the normal distribution.
    #[serde(serialize_with = "number")]
    pub df: Option<f64>,
    /// Lower end of the interval.
    pub ci_low: Option<f64>,
    /// Upper end.
    pub ci_high: Option<f64>,
    /// Rows used.
    pub n: u64,
    /// Design effect asked for.
    pub deff: Option<f64>,
    /// Coefficient of variation.
    pub cv: Option<f64>,
    /// Why something is missing.
    pub flags: Vec<&'static str>,
}

/// The covariance matrix of a request, in the order of its rows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Covariance {
    /// Name of the request.
    pub request: String,
    /// The matrix.
    pub matrix: Vec<Vec<Option<f64>>>,
}

fn domain<S: Serializer>(domain: &[(String, String)], serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(domain.len()))?;
    for (column, value) in domain {
        map.serialize_entry(column, value)?;
    }
    map.end()
}

fn number<S: Serializer>(value: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
    json_number(*value).serialize(serializer)
}

/// A number for JSON, which knows no infinity.
#[must_use]
pub fn json_number(value: Option<f64>) -> Value {
    match value {
        Some(value) if value == f64::INFINITY => Value::from("inf"),
        Some(value) if value == f64::NEG_INFINITY => Value::from("-inf"),
        Some(value) if value.fract() == 0.0 && value.abs() < 1e15 =>
        {
            #[expect(clippy::cast_possible_truncation, reason = "whole and far below the largest i64")]
            Value::from(value as i64)
        }
        Some(value) => Value::from(value),
        None => Value::Null,
    }
}

impl Row {
    /// The figure in words, for a message.
    #[must_use]
    pub fn named(&self) -> String {
        let level = self.level.as_ref().map(|level| format!(" = {level}")).unwrap_or_default();
        let domain = self.shown_domain();
        format!("{}{level}{}", self.variable, if domain.is_empty() { String::new() } else { format!(" in {domain}") })
    }

    fn shown_domain(&self) -> String {
        self.domain.iter().map(|(column, value)| format!("{column}={value}")).collect::<Vec<_>>().join(";")
    }
}

/// The columns of the results in CSV and in the table.
const COLUMNS: [&str; 13] =
    ["request", "domain", "variable", "level", "estimate", "se", "df", "ci_low", "ci_high", "n", "deff", "cv", "flags"];

/// All as JSON; numbers with the digits that give them back exactly (17 at most).
///
/// # Errors
/// The writer's.
pub fn json(output: &Output, to: &mut dyn std::io::Write) -> std::io::Result<()> {
    serde_json::to_writer_pretty(&mut *to, output)?;
    to.write_all(b"\n")
}

/// The results as CSV, then the tests, whose own figures have columns after those of the results.
///
/// # Errors
/// The writer's.
pub fn csv(output: &Output, to: &mut dyn std::io::Write) -> std::io::Result<()> {
    let mut writer = ::csv::Writer::from_writer(to);
    let mut more = test_columns(&output.tests);
    more.retain(|column| !COLUMNS.contains(&column.as_str()));
    writer.write_record(COLUMNS.into_iter().chain(more.iter().map(String::as_str)))?;
    for row in &output.results {
        let exact = |value: Option<f64>| plain(Some(&json_number(value)));
        let own = [
            row.request.clone(),
            row.shown_domain(),
            row.variable.clone(),
            row.level.clone().unwrap_or_default(),
            exact(row.estimate),
            exact(row.se),
            exact(row.df),
            exact(row.ci_low),
            exact(row.ci_high),
            row.n.to_string(),
            exact(row.deff),
            exact(row.cv),
            row.flags.join(" "),
        ];
        writer.write_record(own.into_iter().chain(more.iter().map(|_| String::new())))?;
    }
    for test in &output.tests {
        let columns = COLUMNS.into_iter().chain(more.iter().map(String::as_str));
        writer.write_record(columns.map(|column| plain(test.get(column))))?;
    }
    writer.flush()
}

/// Columns of the tests, in order of first appearance.
fn test_columns(tests: &[Value]) -> Vec<String> {
    let mut columns: Vec<String> = Vec::new();
    for key in tests.iter().filter_map(Value::as_object).flat_map(serde_json::Map::keys) {
        if !columns.contains(key) {
            columns.push(key.clone());
        }
    }
    columns
}

/// A value as plain text.
fn plain(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(list)) => list.iter().map(|value| plain(Some(value))).collect::<Vec<_>>().join(" "),
        Some(Value::Object(map)) => map.iter().map(|(key, value)| format!("{key}={}", plain(Some(value)))).collect::<Vec<_>>().join(";"),
        Some(other) => other.to_string(),
    }
}

/// The final weight of each row as CSV.
///
/// # Errors
/// The writer's.
pub fn weights(weights: &[f64], to: &mut dyn std::io::Write) -> std::io::Result<()> {
    writeln!(to, "row,weight")?;
    (1..).zip(weights).try_for_each(|(row, weight): (usize, &f64)| writeln!(to, "{row},{weight}"))
}

/// All as tables for people, columns aligned.
#[must_use]
pub fn table(output: &Output) -> String {
    let mut text = String::new();
    let shape = &output.design;
    let count = |name: &str, value: Option<u32>| value.map(|value| format!(", {value} {name}")).unwrap_or_default();
    let replicates = shape.replicates.map(|replicates| format!(", {replicates} replicates")).unwrap_or_default();
    let _ = writeln!(
        text,
        "{} rows{}{}{replicates}, {} degrees of freedom",
        shape.rows,
        count("strata", shape.strata),
        count("PSUs", shape.psus),
        shape.df
    );
    for warning in &output.warnings {
        let _ = writeln!(text, "warning: {warning}");
    }
    if !output.weighting.is_empty() {
        let header = [
            "step",
            "iterations",
            "max_error",
            "sum_before",
            "sum_after",
            "kish_deff",
            "weight_min",
            "weight_max",
            "ratio_min",
            "ratio_max",
        ];
        let lines = output.weighting.iter().map(|step| {
            let numbers = [step.sum_before, step.sum_after, step.kish_deff, step.weight_min, step.weight_max];
            let ratios = [step.ratio_min, step.ratio_max];
            let mut line = vec![step.step.to_owned(), step.iterations.to_string(), format!("{:.1e}", step.max_error)];
            line.extend(numbers.iter().map(|value| short(Some(*value))));
            line.extend(ratios.iter().map(|value| short(*value)));
            line
        });
        text.push('\n');
        aligned(&mut text, &header.map(str::to_owned), &lines.collect::<Vec<_>>());
    }
    if !output.results.is_empty() {
        let lines = output.results.iter().map(|row| {
            let mut line = vec![row.request.clone(), row.shown_domain(), row.variable.clone(), row.level.clone().unwrap_or_default()];
            line.extend([row.estimate, row.se, row.df, row.ci_low, row.ci_high].map(short));
            line.push(row.n.to_string());
            line.extend([row.deff, row.cv].map(short));
            line.push(row.flags.join(" "));
            line
        });
        text.push('\n');
        aligned(&mut text, &COLUMNS.map(str::to_owned), &lines.collect::<Vec<_>>());
    }
    // Tests of one request have the same columns.
    for tests in output.tests.chunk_by(|a, b| a.get("request") == b.get("request")) {
        let columns = test_columns(tests);
        let cell = |test: &Value, column: &String| match test.get(column) {
            Some(Value::Number(number)) => short(number.as_f64()),
            Some(Value::Array(list)) if list.iter().all(Value::is_number) => {
                list.iter().map(|value| short(value.as_f64())).collect::<Vec<_>>().join(" ")
            }
            Some(Value::Array(list)) if list.iter().all(Value::is_object) => {
                list.iter().map(|value| plain(Some(value))).collect::<Vec<_>>().join(" − ")
            }
            other => plain(other),
        };
        let lines: Vec<Vec<String>> = tests.iter().map(|test| columns.iter().map(|column| cell(test, column)).collect()).collect();
        text.push('\n');
        aligned(&mut text, &columns, &lines);
    }
    text
}

/// Six significant digits; very large and very small numbers with an exponent.
fn short(value: Option<f64>) -> String {
    match value {
        None => "–".to_owned(),
        Some(value) if value == f64::INFINITY => "inf".to_owned(),
        Some(value) if value == 0.0 || (value.fract() == 0.0 && value.abs() < 1e15) => format!("{value:.0}"),
        Some(value) if !(1e-4..1e9).contains(&value.abs()) => format!("{value:.5e}"),
        Some(value) => {
            let mut decimals = 5;
            let mut size = value.abs();
            while size >= 10.0 && decimals > 0 {
                size /= 10.0;
                decimals -= 1;
            }
            format!("{value:.decimals$}")
        }
    }
}

/// Columns side by side: numbers to the right, the rest to the left; columns that are empty throughout are left out.
fn aligned(text: &mut String, header: &[String], lines: &[Vec<String>]) {
    let cell = |line: &Vec<String>, place: usize| line.get(place).cloned().unwrap_or_default();
    let filled: Vec<usize> =
        (0..header.len()).filter(|place| lines.iter().any(|line| !["", "–"].contains(&cell(line, *place).as_str()))).collect();
    let width = |place: usize| lines.iter().chain([&header.to_vec()]).map(|line| cell(line, place).chars().count()).max().unwrap_or(0);
    let numeric = |place: usize| {
        lines.iter().all(|line| {
            cell(line, place).trim_start_matches('-').starts_with(|c: char| c.is_ascii_digit() || c == '–') || cell(line, place) == "inf"
        })
    };
    let shape: Vec<(usize, usize, bool)> = filled.iter().map(|place| (*place, width(*place), numeric(*place))).collect();
    for line in [&header.to_vec()].into_iter().chain(lines) {
        let cells: Vec<String> = shape
            .iter()
            .map(|(place, width, right)| {
                let found = cell(line, *place);
                let gap = " ".repeat(width.saturating_sub(found.chars().count()));
                if *right { gap + &found } else { found + &gap }
            })
            .collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
}
