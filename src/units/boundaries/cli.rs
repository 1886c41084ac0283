//! `sipas units boundaries`

use std::fs;
use std::path::{Path, PathBuf};

use chrono::Utc;
use clap::Args;

use super::{Given, Match};
use crate::audit::CommandLine;
use crate::charts::Geography;
use crate::config::DataArgs;
use crate::error::{Error, Result};

/// Most names in a message.
const MOST: usize = 50;

/// What `sipas units boundaries` is told.
#[derive(Debug, Args)]
pub struct BoundariesArgs {
    /// A GeoJSON file of polygons in longitude and latitude (WGS 84)
    #[arg(required_unless_present = "remove", requires = "code")]
    file: Option<PathBuf>,
    /// The property of the file that holds the codes of units
    #[arg(long, value_name = "PROPERTY")]
    code: Option<String>,
    /// Where the boundaries come from, and their licence; shown below the map
    #[arg(long, value_name = "TEXT", default_value = "")]
    source: String,
    /// Remove the boundaries; reports then have no map
    #[arg(long, conflicts_with_all = ["file", "code", "source"])]
    remove: bool,
    /// Where the database is
    #[command(flatten)]
    data: DataArgs,
}

/// Runs the command; messages go to `say`.
///
/// # Errors
/// A file that cannot be read, is no geography or has no code of a unit; nothing to remove; those of the database.
pub fn run(args: &BoundariesArgs, say: &dyn Fn(&str)) -> Result<()> {
    match (&args.file, &args.code) {
        (Some(file), Some(code)) => store(args, file, code, say),
        _ => {
            args.data.open()?.db.write_now(|conn| super::drop_all(conn, &CommandLine))?;
            say("the boundaries are removed; reports have no map");
            Ok(())
        }
    }
}

fn store(args: &BoundariesArgs, file: &Path, code: &str, say: &dyn Fn(&str)) -> Result<()> {
    let refused = |e: &dyn std::fmt::Display| Error::Refused(format!("{}: {e}", file.display()));
    let text = fs::read_to_string(file).map_err(|e| refused(&e))?;
    let given = Given {
        file: file.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned()),
        property: code.to_owned(),
        source: args.source.trim().to_owned(),
        geography: Geography::read(&text, code).map_err(|e| refused(&e))?,
    };
    let found =
        args.data.open()?.db.write_now(|conn| super::take(conn, &CommandLine, &given, Utc::now().naive_utc())).map_err(|e| match e {
            Error::Conflict(_, why) => refused(&why),
            other => other,
        })?;
    say(&told(&found));
    Ok(())
}

/// What was found, in lines.
fn told(found: &Match) -> String {
    let mut lines = format!("{} areas of units are stored", found.matched);
    let names = |names: Vec<String>| {
        let more = names.len().saturating_sub(MOST);
        let shown = names.into_iter().take(MOST).collect::<Vec<_>>().join(", ");
        if more == 0 { shown } else { format!("{shown} and {more} more") }
    };
    if !found.areas_without_unit.is_empty() {
        let n = found.areas_without_unit.len();
        lines.push_str(&format!("\n{n} areas have the code of no unit and stay blank: {}", names(found.areas_without_unit.clone())));
    }
    if !found.units_without_area.is_empty() {
        let n = found.units_without_area.len();
        let units = found.units_without_area.iter().map(|u| format!("{} {}", u.code, u.name_vi)).collect();
        lines.push_str(&format!("\n{n} units of the same kinds have no area and are not on the map: {}", names(units)));
    }
    lines
}
