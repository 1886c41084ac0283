//! The figures of a release as CSV: UTF-8, stable codes, numbers with a point and all their digits, a closing row with the count.

use super::content::{Content, said};
use super::ranks::RankSaid;
use crate::error::{Error, Result};
use crate::estimation::Level;
use crate::web::cells::guarded;

const COLUMNS: [&str; 26] = [
    "release",
    "survey",
    "questionnaire",
    "version",
    "stream",
    "weighting",
    "demonstration",
    "by",
    "unit",
    "unit_name_vi",
    "unit_name_en",
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
    "rank",
    "rank_low",
    "rank_high",
];

/// Writes the figures. The last line is `#rows,<count>,sha256,<hash of the content>`; a file without it was cut short.
///
/// # Errors
/// When the text cannot be built.
pub fn csv(content: &Content, hash: &str) -> Result<Vec<u8>> {
    let fault = |e: csv::Error| Error::Internal(e.to_string());
    let number = |v: Option<f64>| v.map(|v| v.to_string()).unwrap_or_default();
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    writer.write_record(COLUMNS).map_err(fault)?;
    for f in &content.estimates {
        // Units are ranked by the overall figure.
        let rank = f.unit.as_deref().filter(|_| f.measure_level == Level::Overall).and_then(|u| content.rank(u));
        let place = |of: fn(&RankSaid) -> u32| rank.map(|r| of(r).to_string()).unwrap_or_default();
        let unit = f.unit.as_deref().and_then(|u| content.unit(u));
        let name = |language| guarded(unit.map_or("", |u| said(&u.name, language)));
        writer
            .write_record([
                content.release.code.as_str(),
                &content.survey.code,
                &content.questionnaire.code,
                &content.questionnaire.version,
                content.method.stream.as_str(),
                content.method.weighting.as_str(),
                if content.demonstration { "yes" } else { "no" },
                f.by.as_str(),
                f.unit.as_deref().unwrap_or(""),
                &name("vi"),
                &name("en"),
                f.kind.map_or("", |k| k.as_str()),
                &f.measure,
                f.measure_level.as_str(),
                &number(f.estimate),
                &number(f.se),
                &number(f.ci_low),
                &number(f.ci_high),
                &content.method.level.to_string(),
                &f.n.to_string(),
                &f.n_valid.to_string(),
                &number(f.deff),
                &f.flags.join(" "),
                &place(|r| r.rank),
                &place(|r| r.low),
                &place(|r| r.high),
            ])
            .map_err(fault)?;
    }
    writer.write_record(["#rows", &content.estimates.len().to_string(), "sha256", hash]).map_err(fault)?;
    writer.into_inner().map_err(|e| Error::Internal(e.to_string()))
}
