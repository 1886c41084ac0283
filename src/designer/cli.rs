//! `sipas questionnaire …`

use std::fs;
use std::path::{Path, PathBuf};

use chrono::Utc;
use clap::{Subcommand, ValueEnum};

use super::draft::Step;
use super::trial::trying;
use super::versions::files;
use crate::audit::{self, Actor, CommandLine, Object};
use crate::config::DataArgs;
use crate::db::Conn;
use crate::error::{Error, Result};
use crate::questionnaires::diff::{self, Change};
use crate::questionnaires::format::{self, File};
use crate::questionnaires::store::{self, About};
use crate::questionnaires::{self, Finding, Place, Questionnaire};

/// How a command writes what a person would read as a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Lines for people.
    Table,
    /// JSON for programs.
    Json,
}

/// What can be done with questionnaires.
#[derive(Debug, Subcommand)]
pub enum QuestionnaireCommand {
    /// Check a file (YAML or XLSForm) and tell every mistake with its place
    #[command(after_help = "Example: sipas questionnaire check survey-defs/questionnaires/visit.yaml")]
    Check {
        /// The file
        file: PathBuf,
        /// How to tell the findings
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
    /// Show what a file or a version asks: pages, questions, conditions, index
    #[command(after_help = "Example: sipas questionnaire show visit@1 --lang en")]
    Show {
        /// A file, or CODE@VERSION in the database
        what: String,
        /// Language of the texts
        #[arg(long, default_value = "vi")]
        lang: String,
        /// Lines for people, or the whole as JSON
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
        /// Where the database is
        #[command(flatten)]
        data: DataArgs,
    },
    /// Show what differs between two files or versions: texts, codes, logic, index
    #[command(after_help = "Example: sipas questionnaire diff visit@1 visit-2.yaml")]
    Diff {
        /// A file, or CODE@VERSION in the database
        old: String,
        /// A file, or CODE@VERSION in the database
        new: String,
        /// How to tell the differences
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
        /// Where the database is
        #[command(flatten)]
        data: DataArgs,
    },
    /// Turn an XLSForm (.xlsx, .xls) into a questionnaire file
    #[command(after_help = "Example: sipas questionnaire import form.xlsx --out form.yaml")]
    Import {
        /// The workbook
        file: PathBuf,
        /// Where to write the YAML; standard output when left out
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Language of labels that name none
        #[arg(long)]
        lang: Option<String>,
    },
    /// Write a file or version in another format
    #[command(
        after_help = "Example: sipas questionnaire export visit@1 --format xlsform --out visit.xlsx\nFormats: yaml xlsform ddi triple-s codebook codebook-xlsx paper"
    )]
    Export {
        /// A file, or CODE@VERSION in the database
        what: String,
        /// The format
        #[arg(long)]
        format: String,
        /// Where to write it
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Language of codebook and paper form
        #[arg(long, default_value = "vi")]
        lang: String,
        /// Address that the paper form's QR code leads to
        #[arg(long, default_value = "")]
        address: String,
        /// Where the database is
        #[command(flatten)]
        data: DataArgs,
    },
    /// Try a questionnaire out: recorded scenarios, random respondents, what nobody is asked, how long it takes
    #[command(after_help = "Example: sipas questionnaire test visit.yaml survey-defs/scenarios/visit.yaml --respondents 2000")]
    Test {
        /// A file, or CODE@VERSION in the database
        what: String,
        /// Files of scenarios
        scenarios: Vec<PathBuf>,
        /// How many random respondents answer
        #[arg(long, default_value_t = 1000)]
        respondents: usize,
        /// What the random respondents are drawn from
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Lines for people, or JSON
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
        /// Where the database is
        #[command(flatten)]
        data: DataArgs,
    },
    /// Check a file and add it as a version that never changes
    #[command(visible_alias = "add", after_help = "Example: sipas questionnaire publish survey-defs/questionnaires/visit.yaml")]
    Publish {
        /// The file
        file: PathBuf,
        /// Where the database is
        #[command(flatten)]
        data: DataArgs,
    },
    /// List the versions there are
    #[command(after_help = "Example: sipas questionnaire list --format json")]
    List {
        /// How to list them
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
        /// Where the database is
        #[command(flatten)]
        data: DataArgs,
    },
    /// Print the JSON Schema of the file format
    #[command(after_help = "Example: sipas questionnaire schema > docs/questionnaire.schema.json")]
    Schema,
}

/// What a command says: data for standard output, and a message for people.
#[derive(Debug, Default)]
pub struct Said {
    /// To standard output.
    pub data: String,
    /// To standard error.
    pub message: String,
}

fn data(data: String) -> Said {
    Said { data, message: String::new() }
}

fn message(message: String) -> Said {
    Said { data: String::new(), message }
}

fn pretty(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string_pretty(value).map(|t| t + "\n").map_err(|e| Error::Internal(e.to_string()))
}

/// Runs a command.
///
/// # Errors
/// `Refused` with everything that is wrong.
pub fn run(command: QuestionnaireCommand) -> Result<Said> {
    match command {
        QuestionnaireCommand::Check { file, format } => check(&file, format),
        QuestionnaireCommand::Show { what, lang, format, data: args } => {
            let q = checked(&what, &source(&what, &args)?)?;
            Ok(data(if format == Format::Json { pretty(&q)? } else { outline(&q, &lang) }))
        }
        QuestionnaireCommand::Diff { old, new, format, data: args } => {
            let parse = |what: &str| source(what, &args).and_then(|s| parsed(what, &s));
            let changes = diff::compare(&parse(&old)?, &parse(&new)?).map_err(|e| Error::Internal(e.to_string()))?;
            Ok(data(if format == Format::Json { pretty(&changes)? } else { changes.iter().map(line).collect() }))
        }
        QuestionnaireCommand::Import { file, out, lang } => {
            let read = read_any(&file, lang.as_deref())?;
            let yaml = written(&read.file)?;
            let warnings: String = read.warnings.iter().map(|w| format!("warning: {w}\n")).collect();
            let Some(out) = out else { return Ok(Said { data: yaml, message: warnings }) };
            write(&out, yaml.as_bytes())?;
            Ok(message(format!("{warnings}{} is written", out.display())))
        }
        QuestionnaireCommand::Export { what, format, out, lang, address, data: args } => {
            let made = files::make(files::format(&format)?, &source(&what, &args)?, &lang, &address)?;
            write(&out, &made.bytes)?;
            Ok(message(format!("{} is written", out.display())))
        }
        QuestionnaireCommand::Test { what, scenarios, respondents, seed, format, data: args } => {
            let q = checked(&what, &source(&what, &args)?)?;
            let files: Vec<(String, String)> =
                scenarios.iter().map(|f| Ok((f.display().to_string(), read_text(f)?))).collect::<Result<_>>()?;
            let result = trying::run(&q, &files, respondents, seed, Utc::now().date_naive()).map_err(Error::Refused)?;
            let said = if format == Format::Json { pretty(&result)? } else { result.lines() };
            if result.passed() { Ok(data(said)) } else { Err(Error::Refused(said)) }
        }
        QuestionnaireCommand::Publish { file, data: args } => {
            let name = file.display().to_string();
            let source = read_text(&file)?;
            let q = checked(&name, &source)?;
            let new = args.open()?.db.write_now(|c| publish(c, &q, &source, &CommandLine))?;
            Ok(message(format!("{} version {} {}", q.code, q.version, if new { "is published" } else { "was there already, exactly so" })))
        }
        QuestionnaireCommand::List { format, data: args } => {
            let all = args.open_reading()?.read_now(store::versions)?;
            let retired = |v: &store::Version| if v.retired { "  retired" } else { "" };
            let lines = || all.iter().map(|v| format!("{:<20} {}{}\n", v.questionnaire, v.version, retired(v))).collect();
            Ok(data(if format == Format::Json { pretty(&all)? } else { lines() }))
        }
        QuestionnaireCommand::Schema => Ok(data(format::json_schema())),
    }
}

/// Adds a version and records it; says whether it is new.
///
/// # Errors
/// `version_exists`.
pub fn publish(conn: &mut Conn, q: &Questionnaire, source: &str, by: &impl Actor) -> Result<bool> {
    let now = Utc::now().naive_utc();
    audit::record(
        conn,
        by,
        "questionnaire.published",
        Object::new("questionnaire", &q.code),
        &serde_json::json!({ "version": q.version }),
    )?;
    let new = store::add(conn, q, source, now)?;
    if new {
        let about = About { questionnaire: &q.code, version: &q.version, draft: None };
        store::record(conn, about, Step::Published.as_str(), by.shown_name(), "", now)?;
    }
    Ok(new)
}

fn check(file: &Path, format: Format) -> Result<Said> {
    let read = read_any(file, None)?;
    let source = if read.from_workbook { written(&read.file)? } else { read_text(file)? };
    let found = questionnaires::read(&source);
    if format == Format::Json {
        let findings = found.err().unwrap_or_default();
        let said = pretty(&serde_json::json!({ "findings": findings, "warnings": read.warnings }))?;
        return if findings.is_empty() { Ok(data(said)) } else { Err(Error::Refused(said)) };
    }
    let q = found.map_err(|f| told(&file.display().to_string(), &f))?;
    let items = q.index.as_ref().map_or(0, |i| i.items().count());
    let warnings: String = read.warnings.iter().map(|w| format!("warning: {w}\n")).collect();
    Ok(message(format!(
        "{warnings}{} version {}: {} questions on {} pages, {items} index items, {} bytes an answer; no findings",
        q.code,
        q.version,
        q.questions.len(),
        q.sections.len(),
        q.code_bytes
    )))
}

fn told(name: &str, findings: &[Finding]) -> Error {
    let lines: Vec<String> = findings.iter().map(|f| format!("{name}:{f}")).collect();
    Error::Refused(format!("{} finding(s)\n{}", findings.len(), lines.join("\n")))
}

fn checked(name: &str, source: &str) -> Result<Questionnaire> {
    questionnaires::read(source).map_err(|f| told(name, &f))
}

fn parsed(name: &str, source: &str) -> Result<File> {
    format::parse(source).map_err(|e| Error::Refused(format!("{name}: {e}")))
}

fn written(file: &File) -> Result<String> {
    format::write(file).map_err(|e| Error::Internal(e.to_string()))
}

fn bytes(file: &Path) -> Result<Vec<u8>> {
    fs::read(file).map_err(|e| Error::config(&format!("cannot read {}: {e}", file.display()), "give the path of a file"))
}

fn read_text(file: &Path) -> Result<String> {
    String::from_utf8(bytes(file)?).map_err(|e| Error::Refused(format!("{}: not UTF-8 text: {e}", file.display())))
}

fn write(file: &Path, content: &[u8]) -> Result<()> {
    fs::write(file, content).map_err(|e| Error::config(&format!("cannot write {}: {e}", file.display()), "choose another file"))
}

fn read_any(file: &Path, language: Option<&str>) -> Result<files::Read> {
    let name = file.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    files::read(&name, &bytes(file)?, language)
        .map_err(|problems| Error::Refused(format!("{}: {} to mend\n{}", file.display(), problems.len(), problems.join("\n"))))
}

/// The YAML of a file or of a version named as CODE@VERSION.
fn source(what: &str, args: &DataArgs) -> Result<String> {
    let path = Path::new(what);
    if path.exists() {
        let read = read_any(path, None)?;
        return if read.from_workbook { written(&read.file) } else { read_text(path) };
    }
    let Some((code, version)) = what.split_once('@') else {
        return Err(Error::config(
            &format!("there is no file {what}"),
            "give the path of a file, or CODE@VERSION of a version in the database",
        ));
    };
    args.open_reading()?.read_now(|conn| store::source(conn, code, version))
}

fn line(c: &Change) -> String {
    let (place, name) = match &c.place {
        Place::Form => ("questionnaire", ""),
        Place::Index => ("index", ""),
        Place::Scale(n) => ("scale ", n.as_str()),
        Place::Section(n) => ("section ", n.as_str()),
        Place::Question(n) => ("question ", n.as_str()),
    };
    let key = if c.key.is_empty() { String::new() } else { format!(" {}", c.key) };
    let what = match (&c.before, &c.after) {
        (None, _) if c.key.is_empty() => "added".to_owned(),
        (_, None) if c.key.is_empty() => "removed".to_owned(),
        (before, after) => format!("{:?} -> {:?}", before.as_deref().unwrap_or(""), after.as_deref().unwrap_or("")),
    };
    format!("{}{place}{name}{key}: {what}\n", if c.breaks { "! " } else { "  " })
}

/// A questionnaire as an outline.
fn outline(q: &Questionnaire, lang: &str) -> String {
    let mut out = format!("{} {} - {}\n", q.code, q.version, q.title.get(lang));
    let item: std::collections::BTreeSet<usize> = q.index.iter().flat_map(questionnaires::model::Index::items).collect();
    for section in &q.sections {
        let shown = section.relevant.as_ref().map_or(String::new(), |r| format!("   [if {}]", r.source));
        out.push_str(&format!("\n{}: {}{shown}\n", section.code, section.title.get(lang)));
        for (n, question) in section.questions.clone().filter_map(|n| q.questions.get(n).map(|x| (n, x))) {
            let kind = serde_json::to_value(&question.kind).ok().and_then(|v| v.get("type").and_then(|t| t.as_str()).map(str::to_owned));
            let marks = [(question.required, "required"), (item.contains(&n), "item"), (question.matrix.is_some(), "matrix")];
            let marks: Vec<&str> = marks.into_iter().filter(|(on, _)| *on).map(|(_, word)| word).collect();
            let asked = question.relevant.as_ref().map_or(String::new(), |r| format!("   [if {}]", r.source));
            out.push_str(&format!("  {:<16} {:<10} {}{asked}\n", question.code, kind.unwrap_or_default(), question.text.get(lang)));
            if !marks.is_empty() || !question.options().is_empty() {
                let codes: Vec<&str> = question.options().iter().map(|c| c.code.as_str()).collect();
                out.push_str(&format!("  {:<16} {:<10} {}\n", "", marks.join(","), codes.join(" ")));
            }
        }
    }
    if let Some(index) = &q.index {
        out.push_str(&format!("\nindex {}: {}\n", index.overall.code, index.overall.text.get(lang)));
        for part in &index.parts {
            out.push_str(&format!("  {}\n", part.text.get(lang)));
            for factor in &part.factors {
                let codes: Vec<&str> = factor.items.iter().filter_map(|i| q.questions.get(*i)).map(|q| q.code.as_str()).collect();
                out.push_str(&format!("    {}: {}\n", factor.text.get(lang), codes.join(" ")));
            }
        }
    }
    out
}
