//! The report's table as CSV: UTF-8, stable codes, numbers with a point and all their digits, a closing row with the count.

use crate::error::{Error, Result};
use crate::estimation::Row;
use crate::estimation::analysis::Method;
use crate::surveys::Open;
use crate::web::cells::guarded;

/// Writes the rows. The last line is `#rows,<count>`; a file without it was cut short.
///
/// # Errors
/// When the text cannot be built.
pub fn csv(open: &Open, rows: &[Row], method: &Method, language: &str) -> Result<Vec<u8>> {
    let fault = |e: csv::Error| Error::Internal(e.to_string());
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    writer
        .write_record([
            "survey",
            "questionnaire",
            "version",
            "stream",
            "weighting",
            "demonstration",
            "unit",
            "unit_name",
            "kind",
            "measure",
            "measure_level",
            "estimate",
            "se",
            "ci_low",
            "ci_high",
            "confidence",
            "n",
            "n_valid",
            "deff",
            "flags",
        ])
        .map_err(fault)?;
    let number = |v: Option<f64>| v.map(|v| v.to_string()).unwrap_or_default();
    for row in rows {
        let name = row.unit.as_deref().and_then(|u| open.unit(u)).map_or("", |u| u.name(language));
        writer
            .write_record([
                open.survey.code.as_str(),
                &method.questionnaire,
                &method.version,
                method.stream.as_str(),
                method.weighting.as_str(),
                if method.demonstration { "yes" } else { "no" },
                row.unit.as_deref().unwrap_or(""),
                &guarded(name),
                row.kind.map_or("", |k| k.as_str()),
                &row.measure,
                row.measure_level.as_str(),
                &number(row.estimate),
                &number(row.se),
                &number(row.ci_low),
                &number(row.ci_high),
                &method.level.to_string(),
                &row.n.to_string(),
                &row.n_valid.to_string(),
                &number(row.deff),
                &row.flags.join(" "),
            ])
            .map_err(fault)?;
    }
    writer.write_record(["#rows", &rows.len().to_string()]).map_err(fault)?;
    writer.into_inner().map_err(|e| Error::Internal(e.to_string()))
}
