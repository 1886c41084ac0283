//! The YAML file a survey is created from.

use chrono::NaiveDate;
use serde::Deserialize;

use super::model::{Results, Stream, Weighting};
use crate::units::UnitKind;

/// A survey as written in a file. `survey-defs/README.md` lists the keys, `survey-defs/demo/` has examples.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SurveyFile {
    /// Name in addresses and files: a-z, 0-9 and -.
    pub code: String,
    /// Title in both languages of the program.
    pub title: Title,
    /// Questionnaire code.
    pub questionnaire: String,
    /// Questionnaire version.
    pub version: String,
    /// First day.
    pub opens_on: NaiveDate,
    /// Last day.
    pub closes_on: NaiveDate,
    /// Which units.
    pub units: Units,
    /// Streams; the first one is what reports show.
    pub streams: Vec<Stream>,
    /// What the weights are made of.
    #[serde(default = "base")]
    pub weighting: Weighting,
    /// Fewest valid forms with which a figure is shown; the questionnaire's own when left out.
    pub threshold: Option<u32>,
    /// Who may read the results.
    #[serde(default = "published")]
    pub results: Results,
    /// Name of the waves it belongs to: a-z, 0-9 and -. Surveys of one series are compared in time.
    pub series: Option<String>,
}

fn base() -> Weighting {
    Weighting::Base
}

fn published() -> Results {
    Results::Published
}

/// A title.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Title {
    /// Vietnamese.
    pub vi: String,
    /// English.
    pub en: String,
}

/// Which units a survey is about: all of some kinds, and single ones.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Units {
    /// All units of these kinds on the first day.
    #[serde(default)]
    pub kinds: Vec<UnitKind>,
    /// These units.
    #[serde(default)]
    pub codes: Vec<String>,
}

/// Reads a survey file.
///
/// # Errors
/// What is wrong, with line and column.
pub fn read(source: &str) -> Result<SurveyFile, String> {
    let file: SurveyFile = serde_saphyr::from_str(source).map_err(|e| e.to_string())?;
    check(&file)?;
    Ok(file)
}

/// Checks what a file or form says by itself.
///
/// # Errors
/// What is wrong and what to write.
pub fn check(file: &SurveyFile) -> Result<(), String> {
    let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if file.code.is_empty() || file.code.len() > 60 || !file.code.chars().all(good) {
        return Err(format!("code {:?}: use a-z, 0-9 and -, at most 60 characters", file.code));
    }
    if let Some(series) = file.series.as_ref().filter(|s| s.is_empty() || s.len() > 60 || !s.chars().all(good)) {
        return Err(format!("series {series:?}: use a-z, 0-9 and -, at most 60 characters, or leave it out"));
    }
    if file.opens_on > file.closes_on {
        return Err("closes_on is before opens_on: exchange them".to_owned());
    }
    let different: std::collections::BTreeSet<Stream> = file.streams.iter().copied().collect();
    if file.streams.is_empty() || different.len() < file.streams.len() {
        return Err("streams: name at least one of sample, census, open, each once".to_owned());
    }
    if file.threshold == Some(0) {
        return Err("threshold: at least 1".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "code: wave-1\ntitle: {vi: Một, en: One}\nquestionnaire: visit\nversion: '1'\nopens_on: 2026-01-01\ncloses_on: 2026-02-01\n\
                        units: {kinds: [ward]}\nstreams: [open]\n";

    #[test]
    fn a_series_is_a_name_or_nothing() {
        assert_eq!(read(FILE).unwrap().series, None);
        assert_eq!(read(&format!("{FILE}series: yearly-2\n")).unwrap().series.as_deref(), Some("yearly-2"));
        for bad in ["''", "Yearly", "a b", "năm", &"a".repeat(61)] {
            let refused = read(&format!("{FILE}series: {bad}\n")).unwrap_err();
            assert!(refused.contains("use a-z, 0-9 and -") && refused.contains("leave it out"), "{bad}: {refused}");
        }
    }
}
