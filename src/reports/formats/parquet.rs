//! The rows of the CSV file as columns: the same names, numbers as numbers, what is missing as null.

use super::Figures;
use crate::error::{Error, Result};
use crate::estimation::Row;
use crate::exchange::parquet::{ByteArray, Cells, Column, Kind, TableWriter};
use crate::web::locale::Words;

/// A column: its name, what it holds, whether it may be empty.
type Described = (&'static str, Kind, bool);

/// The columns of [`super::csv`], in its order.
const COLUMNS: [Described; 20] = [
    ("survey", Kind::Code, false),
    ("questionnaire", Kind::Code, false),
    ("version", Kind::Code, false),
    ("stream", Kind::Code, false),
    ("weighting", Kind::Code, false),
    ("demonstration", Kind::Code, false),
    ("unit", Kind::Code, true),
    ("unit_name", Kind::Code, true),
    ("kind", Kind::Code, true),
    ("measure", Kind::Code, false),
    ("measure_level", Kind::Code, false),
    ("estimate", Kind::Number, true),
    ("se", Kind::Number, true),
    ("ci_low", Kind::Number, true),
    ("ci_high", Kind::Number, true),
    ("confidence", Kind::Number, false),
    ("n", Kind::Count, false),
    ("n_valid", Kind::Count, false),
    ("deff", Kind::Number, true),
    ("flags", Kind::Code, true),
];

/// The file.
///
/// # Errors
/// `Internal` when the file cannot be built.
pub fn bytes(figures: &Figures, words: &Words) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    let columns = COLUMNS.map(|(name, kind, optional)| Column { name: name.to_owned(), kind, optional });
    let mut writer = TableWriter::begin(&mut out, columns.into())?;
    writer.rows(|position, cells| {
        let name = COLUMNS.get(position).map_or("", |c| c.0);
        figures.rows.iter().try_for_each(|row| cell(figures, row, name, cells))
    })?;
    let method = &figures.method;
    let lines: Vec<String> = figures.method_lines(words).into_iter().map(|(what, said)| format!("{what}: {said}")).collect();
    let mut about = vec![
        ("sipas.survey", figures.survey.clone()),
        ("sipas.title", figures.title.clone()),
        ("sipas.questionnaire", method.questionnaire.clone()),
        ("sipas.version", method.version.clone()),
        ("sipas.questionnaire_digest", figures.questionnaire_digest.clone()),
        ("sipas.demonstration", yes_no(method.demonstration).to_owned()),
        ("sipas.cut", format!("{}Z", figures.cut.format("%Y-%m-%dT%H:%M:%S"))),
        ("sipas.method", lines.join("\n")),
        ("sipas.rows", figures.rows.len().to_string()),
    ];
    about.extend(figures.hash.iter().map(|h| ("sipas.hash", h.clone())));
    writer.end(&about)?;
    Ok(out)
}

fn yes_no(yes: bool) -> &'static str {
    if yes { "yes" } else { "no" }
}

fn cell(figures: &Figures, row: &Row, column: &str, cells: &mut Cells<'_>) -> Result<()> {
    let method = &figures.method;
    let text = |t: &str| Some(ByteArray::from(t));
    let count = |n: u64| i64::try_from(n).map(Some).map_err(|e| Error::Internal(e.to_string()));
    match column {
        "survey" => cells.text(text(&figures.survey)),
        "questionnaire" => cells.text(text(&method.questionnaire)),
        "version" => cells.text(text(&method.version)),
        "stream" => cells.text(text(method.stream.as_str())),
        "weighting" => cells.text(text(method.weighting.as_str())),
        "demonstration" => cells.text(text(yes_no(method.demonstration))),
        "unit" => cells.text(row.unit.as_deref().and_then(text)),
        "unit_name" => {
            let unit = row.unit.as_deref().and_then(|code| figures.units.iter().find(|u| u.code == code));
            cells.text(unit.and_then(|u| text(&u.name)))
        }
        "kind" => cells.text(row.kind.and_then(|k| text(k.as_str()))),
        "measure" => cells.text(text(&row.measure)),
        "measure_level" => cells.text(text(row.measure_level.as_str())),
        "estimate" => cells.number(row.estimate),
        "se" => cells.number(row.se),
        "ci_low" => cells.number(row.ci_low),
        "ci_high" => cells.number(row.ci_high),
        "confidence" => cells.number(Some(method.level)),
        "n" => cells.count(count(row.n)?),
        "n_valid" => cells.count(count(row.n_valid)?),
        "deff" => cells.number(row.deff),
        "flags" => cells.text((!row.flags.is_empty()).then(|| row.flags.join(" ")).and_then(|f| text(&f))),
        other => Err(Error::Internal(format!("the column {other} has no content"))),
    }
}
