//! `sipas verify`

use std::io::Write;
use std::path::PathBuf;

use chrono::Utc;
use clap::{Args, ValueEnum};
use serde_json::json;

use super::content::{self, Content};
use super::verify::{self, Finding, Part, Report};
use super::{freeze, store};
use crate::audit;
use crate::config::DataArgs;
use crate::db::Db;
use crate::error::{Error, Result};

/// Most findings that are written as lines; JSON has all.
const LINES: usize = 40;

/// How the result is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Lines for people.
    Table,
    /// JSON for programs.
    Json,
}

/// What `sipas verify` takes.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// Code of the release, as in its address
    #[arg(required_unless_present = "file")]
    release: Option<String>,
    /// The content that was downloaded, instead of the stored one
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// How to write the result
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    #[command(flatten)]
    data: DataArgs,
}

/// What is verified.
struct Claim {
    text: String,
    findings: Vec<Finding>,
    notes: Vec<String>,
}

/// Recomputes a release from the data and writes what does not agree.
///
/// # Errors
/// `Refused` when something does not agree; those of the database.
pub fn verify(args: &VerifyArgs, out: &mut impl Write) -> Result<()> {
    let db = args.data.open_reading()?;
    let mut claim = match (&args.file, &args.release) {
        (Some(file), asked) => downloaded(&db, file, asked.as_deref())?,
        (None, Some(release)) => stored(&db, release)?,
        (None, None) => return Err(Error::Refused("name a release, or give --file".to_owned())),
    };
    let hash = content::sha256(claim.text.as_bytes());
    let content = match Content::read(&claim.text) {
        Ok(content) => Some(content),
        Err(why) => {
            claim.findings.push(tampered("its form", "a canonical content", &why));
            None
        }
    };
    let mut report = Report { findings: claim.findings, notes: claim.notes };
    if let Some(content) = &content {
        let now = recomputed(&db, content)?;
        let compared = verify::compare(content, &now);
        report.findings.extend(compared.findings);
        report.notes.extend(compared.notes);
    }
    let code = content.map(|c| c.release.code).or_else(|| args.release.clone()).unwrap_or_default();
    write(out, args.format, &code, &hash, &report)?;
    match report.findings.len() {
        0 => Ok(()),
        n => Err(Error::Refused(format!("release {code} does not agree with the data in {n} place(s)"))),
    }
}

fn tampered(place: &str, published: &str, found: &str) -> Finding {
    let mut finding = Finding::new(Part::Content, place, published, found);
    finding.message = format!("the content was tampered with: {place} should be {published}, but: {found}");
    finding
}

/// The stored content, held against its hash and against the hash that the audit log noted when it was frozen.
fn stored(db: &Db, code: &str) -> Result<Claim> {
    db.read_now(|conn| {
        let known = store::by_code(conn, code)?;
        let text = store::text(conn, &known.release)?;
        let hash = content::sha256(text.as_bytes());
        let mut findings = Vec::new();
        let mut notes = Vec::new();
        if hash != known.release.hash {
            findings.push(tampered("the hash of the stored content", &known.release.hash, &hash));
        } else if let Err(e) = store::content(conn, &known.release) {
            findings.push(tampered("what is stored", "what was frozen", &e.to_string()));
        }
        let wanted =
            audit::store::Wanted { action: "release.frozen".to_owned(), object: code.to_owned(), ..audit::store::Wanted::default() };
        let noted = audit::store::rows(conn, &wanted, 100)?.into_iter().find(|row| row.object_code == code);
        let said = noted.and_then(|row| serde_json::from_str::<serde_json::Value>(&row.detail).ok());
        match said.as_ref().and_then(|d| d.get("hash")?.as_str()) {
            Some(said) if said == hash => {}
            Some(said) => findings.push(tampered("the hash that the audit log noted when the release was frozen", said, &hash)),
            None => findings.push(tampered("the audit log's note of freezing", "there", "there is none")),
        }
        if known.steps.last().is_some_and(|s| s.step == super::life::Status::Withdrawn) {
            notes.push("the release was withdrawn".to_owned());
        }
        Ok(Claim { text, findings, notes })
    })
}

/// A downloaded content, held against the stored one where there is one.
fn downloaded(db: &Db, file: &std::path::Path, asked: Option<&str>) -> Result<Claim> {
    let text = std::fs::read_to_string(file)
        .map_err(|e| Error::config(&format!("cannot read {}: {e}", file.display()), "give the path of the downloaded JSON file"))?;
    let mut claim = Claim { text, findings: Vec::new(), notes: Vec::new() };
    let Ok(content) = Content::read(&claim.text) else { return Ok(claim) };
    if let Some(asked) = asked
        && asked != content.release.code
    {
        return Err(Error::Refused(format!("{} is the content of release {}, not of {asked}", file.display(), content.release.code)));
    }
    let hash = content::sha256(claim.text.as_bytes());
    match db.read_now(|conn| store::by_code(conn, &content.release.code)) {
        Ok(known) if known.release.hash == hash => {}
        Ok(known) => claim.findings.push(tampered("the hash of the file", &known.release.hash, &hash)),
        Err(Error::NotFound(_)) => {
            claim.notes.push(format!(
                "release {} is not in this database; compare the hash with that of the published page",
                content.release.code
            ));
        }
        Err(e) => return Err(e),
    }
    Ok(claim)
}

/// The same release from the data as they are now.
fn recomputed(db: &Db, content: &Content) -> Result<Content> {
    let (method, until) = (&content.method, content.data.until);
    let identity = content.release.clone();
    let (_, now) = freeze::measure(db, &content.survey.code, Some(method.stream), method.level, until, identity, Utc::now().naive_utc())?;
    Ok(now)
}

fn write(out: &mut impl Write, format: Format, code: &str, hash: &str, report: &Report) -> Result<()> {
    let text = match format {
        Format::Json => {
            let all = json!({ "release": code, "sha256": hash, "equal": report.findings.is_empty(), "findings": report.findings, "notes": report.notes });
            format!("{all:#}\n")
        }
        Format::Table => lines(code, hash, report),
    };
    out.write_all(text.as_bytes()).map_err(|e| Error::Refused(format!("standard output: {e}")))
}

fn lines(code: &str, hash: &str, report: &Report) -> String {
    let mut text = format!("release    {code}\nsha256     {hash}\n");
    for finding in report.findings.iter().take(LINES) {
        text.push_str(&format!("{:<11}{}\n", finding.part.as_str(), finding.message));
    }
    if report.findings.len() > LINES {
        text.push_str(&format!("           and {} more; --format json has all\n", report.findings.len() - LINES));
    }
    for note in &report.notes {
        text.push_str(&format!("note       {note}\n"));
    }
    if report.findings.is_empty() {
        text.push_str("equal      every figure follows from the data\n");
    }
    text
}
