//! The figures as CSV: UTF-8, stable codes, numbers with a point and all their digits, a closing row with the count.

use super::Figures;
use crate::error::{Error, Result};
use crate::web::cells::guarded;
use crate::web::locale::Words;

/// Writes the rows. The last line is `#rows,<count>`; a file without it was cut short.
///
/// # Errors
/// When the text cannot be built.
pub fn bytes(figures: &Figures, _: &Words) -> Result<Vec<u8>> {
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
    let method = &figures.method;
    for row in &figures.rows {
        let unit = row.unit.as_deref().and_then(|code| figures.units.iter().find(|u| u.code == code));
        let name = unit.map_or("", |u| u.name.as_str());
        writer
            .write_record([
                figures.survey.as_str(),
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
    writer.write_record(["#rows", &figures.rows.len().to_string()]).map_err(fault)?;
    writer.into_inner().map_err(|e| Error::Internal(e.to_string()))
}
