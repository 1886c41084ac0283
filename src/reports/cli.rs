//! `sipas report`: figures of a survey as a file.

use std::path::PathBuf;

use chrono::NaiveDateTime;
use clap::{Args, ValueEnum};

use super::choice::Choice;
use super::files;
use super::formats::{csv, json_stat, parquet, workbook};
use super::printed::{self, Paper};
use super::report::{Report, Sources};
use super::teller::Teller;
use crate::config::{DataArgs, Issuer};
use crate::error::{Error, Result};
use crate::estimation::{Figures, Tables};
use crate::surveys::Surveys;
use crate::units::boundaries::Boundaries;
use crate::web::Language;
use crate::web::locale::Words;

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// The report in the official layout
    Pdf,
    /// The same for Word
    Docx,
    /// Slides of the overview (PDF, 16:9)
    Slides,
    /// Workbook with tables, charts, codebook and method
    Xlsx,
    /// Every figure, all digits
    Csv,
    /// What the API gives: rows and method
    Json,
    /// The figures in columns
    Parquet,
    /// The figures as a JSON-stat 2.0 dataset
    JsonStat,
}

/// Arguments of `sipas report`.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// Code of the survey
    survey: String,
    /// What to write
    #[arg(long, value_enum, default_value_t = Format::Pdf)]
    format: Format,
    /// Where to write it
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Language: vi or en
    #[arg(long, default_value = "vi")]
    lang: String,
    /// Report on this unit alone (pdf, docx)
    #[arg(long, value_name = "CODE")]
    unit: Option<String>,
    /// Which stream; the survey's first when left out
    #[arg(long, default_value = "", hide_default_value = true)]
    stream: String,
    /// Only responses sent on this day or later, as 2026-11-21
    #[arg(long, default_value = "", hide_default_value = true)]
    from: String,
    /// Only responses sent on this day or earlier
    #[arg(long, default_value = "", hide_default_value = true)]
    until: String,
    /// Only units of this kind, such as ward
    #[arg(long, default_value = "", hide_default_value = true)]
    kind: String,
    /// Only this means of answering, such as web
    #[arg(long, default_value = "", hide_default_value = true)]
    mode: String,
    /// Only this service: the code of an answer
    #[arg(long, default_value = "", hide_default_value = true)]
    service: String,
    #[command(flatten)]
    issuer: Issuer,
    #[command(flatten)]
    data: DataArgs,
}

/// Makes the file; says what was written.
///
/// # Errors
/// `NotFound` for a survey or unit that does not exist, `BadRequest` for a choice that does not fit, those of the figures and of writing.
pub fn run(args: &ReportArgs, now: NaiveDateTime) -> Result<String> {
    let language = Language::from_code(&args.lang)
        .ok_or_else(|| Error::config(&format!("there is no language {:?}", args.lang), "write --lang vi or --lang en"))?;
    let db = args.data.open_reading()?;
    let sources = Sources {
        db,
        surveys: Surveys::default(),
        tables: Tables::default(),
        figures: Figures::default(),
        boundaries: Boundaries::default(),
    };
    let open = sources.db.read_now(|conn| sources.surveys.by_code_afresh(conn, &args.survey))?;
    let choice = Choice {
        stream: args.stream.clone(),
        from: args.from.clone(),
        until: args.until.clone(),
        kind: args.kind.clone(),
        mode: args.mode.clone(),
        service: args.service.clone(),
        sort: String::new(),
    };
    let report = Report::of(sources, &open, choice, None, now, |_| true)?;
    let words = Words::load(language)?;
    let teller = Teller { report: &report, language, words: &words };
    let body = bytes(args, &teller)?;
    std::fs::write(&args.out, &body)
        .map_err(|e| Error::config(&format!("cannot write {}: {e}", args.out.display()), "choose another file with --out"))?;
    Ok(format!("{}: {} bytes, {} responses until {}", args.out.display(), body.len(), report.prepared.method().n, language.moment(now)))
}

fn bytes(args: &ReportArgs, teller: &Teller<'_>) -> Result<Vec<u8>> {
    let unit = args.unit.as_deref();
    let figures = || match unit {
        None => files::handlers::figures(teller),
        Some(_) => Err(Error::config("--unit goes with --format pdf and docx", "leave it out: this file has every unit")),
    };
    match args.format {
        Format::Pdf => printed::make(teller, Paper::Pdf, unit, &args.issuer),
        Format::Docx => printed::make(teller, Paper::Docx, unit, &args.issuer),
        Format::Slides if unit.is_some() => {
            Err(Error::config("--unit goes with --format pdf and docx", "leave it out: slides show every unit"))
        }
        Format::Slides => printed::make(teller, Paper::Slides, None, &args.issuer),
        Format::Xlsx => workbook::bytes(&figures()?, teller.words),
        Format::Csv => csv::bytes(&figures()?, teller.words),
        Format::Parquet => parquet::bytes(&figures()?, teller.words),
        Format::JsonStat => json_stat::bytes(&figures()?, teller.words),
        Format::Json => {
            let figures = figures()?;
            let answer = serde_json::json!({ "items": figures.rows, "method": figures.method, "cut": figures.cut });
            serde_json::to_vec_pretty(&answer).map_err(|e| Error::Internal(e.to_string()))
        }
    }
}
