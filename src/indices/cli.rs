//! `sipas indices …`

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Subcommand, ValueEnum};

use super::model::IndexValue;
use super::store::{self, Wanted};
use super::{list, pages};
use crate::audit::CommandLine;
use crate::config::DataArgs;
use crate::error::{Error, Result};
use crate::web::Language;
use crate::web::locale::Words;

/// How a list is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Lines for people.
    Table,
    /// JSON for programs.
    Json,
}

/// What can be done with indices.
#[derive(Debug, Subcommand)]
pub enum IndicesCommand {
    /// Import a CSV file of indices or of their values: all or nothing; the same row again replaces (columns: docs/INDICES.md)
    #[command(after_help = "Example: sipas indices import survey-defs/indices/published.csv")]
    Import {
        /// The file
        file: PathBuf,
        /// Where the database is
        #[command(flatten)]
        data: DataArgs,
    },
    /// List the values with year, rank and method
    #[command(after_help = "Example: sipas indices list --index sipas --unit 'Hà Nội' --format json")]
    List {
        /// Code of an index
        #[arg(long)]
        index: Option<String>,
        /// Name or code of a unit
        #[arg(long)]
        unit: Option<String>,
        /// How to print
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
        /// Where the database is
        #[command(flatten)]
        data: DataArgs,
    },
    /// Export all values as CSV, ending with their count; the file can be imported
    #[command(after_help = "Example: sipas indices export --out indices.csv")]
    Export {
        /// File to write; standard output when left out
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Where the database is
        #[command(flatten)]
        data: DataArgs,
    },
}

/// Runs a command: data go to `out`, messages to `say`.
///
/// # Errors
/// A file that cannot be read or has mistakes, and those of the database.
pub fn run(command: IndicesCommand, out: &mut dyn Write, say: &dyn Fn(&str)) -> Result<()> {
    let mut print = |bytes: &[u8]| out.write_all(bytes).map_err(|e| Error::Refused(format!("standard output: {e}")));
    match command {
        IndicesCommand::Import { file, data } => import(&file, &data, say),
        IndicesCommand::List { index, unit, format, data } => {
            let wanted = Wanted { index, unit, ..Wanted::default() };
            let values = data.open_reading()?.read_now(|conn| store::values(conn, &wanted, i64::MAX))?;
            match format {
                Format::Json => {
                    let json = serde_json::to_string_pretty(&values).map_err(|e| Error::Internal(e.to_string()))?;
                    print(format!("{json}\n").as_bytes())
                }
                Format::Table => print(table(&values).as_bytes()),
            }
        }
        IndicesCommand::Export { out: to, data } => {
            let values = data.open_reading()?.read_now(|conn| store::values(conn, &Wanted::default(), i64::MAX))?;
            let bytes = list::write(&values).map_err(|e| Error::Internal(e.to_string()))?;
            match to {
                Some(path) => {
                    fs::write(&path, bytes).map_err(|e| Error::Refused(format!("{}: {e}", path.display())))?;
                    say(&format!("{} values written to {}", values.len(), path.display()));
                    Ok(())
                }
                None => print(&bytes),
            }
        }
    }
}

fn import(file: &Path, data: &DataArgs, say: &dyn Fn(&str)) -> Result<()> {
    let bytes = fs::read(file).map_err(|e| Error::Refused(format!("{}: {e}", file.display())))?;
    let words = Words::load(Language::En)?;
    let refused = |wrong: Vec<list::Wrong>| {
        let told: Vec<String> = wrong.iter().map(|w| pages::told(w, &words)).collect();
        Error::Refused(format!("{}: nothing was imported\n  {}", file.display(), told.join("\n  ")))
    };
    let listed = list::read(&bytes).map_err(refused)?;
    let name = file.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    let taken = data.open()?.db.write_now(|conn| super::take(conn, &CommandLine, &name, &listed)?.map_err(refused))?;
    say(&format!("{}: {} new, {} changed, {} the same as before", file.display(), taken.added, taken.changed, taken.same));
    Ok(())
}

fn table(values: &[IndexValue]) -> String {
    let mut lines = String::new();
    for v in values {
        let value = v.value.map_or_else(|| "-".to_owned(), |n| format!("{n:.2}"));
        let rank = match (v.place, v.places) {
            (Some(place), Some(places)) => format!("{place}/{places}"),
            (Some(place), None) => place.to_string(),
            (None, _) => "-".to_owned(),
        };
        let measure = if v.measure.is_empty() { String::new() } else { format!(" · {}", v.measure) };
        let derived = if v.derived { " (derived)" } else { "" };
        lines.push_str(&format!(
            "{:<12} {:<4} {value:>7} {rank:>6}  {}{measure}{derived}  [{}]\n",
            v.index_code,
            v.year,
            v.unit,
            v.method.as_deref().unwrap_or("method not known")
        ));
    }
    lines
}
