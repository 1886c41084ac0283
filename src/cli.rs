//! The command line: data to standard output, messages and progress to standard error; exit 0 done, 1 refused with a reason, 2 wrong usage.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use chrono::Utc;
use clap::{Parser, Subcommand, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};

use crate::accounts::network::Proxies;
use crate::accounts::{Grant, Role};
use crate::admin::cli::UserCommand;
use crate::app::{self, Settings};
use crate::audit::CommandLine;
use crate::config::{DataArgs, Issuer, ListenArgs, MailArgs, MemoryArgs, ProxyArgs};
use crate::designer::cli::{Format, QuestionnaireCommand};
use crate::error::{Error, Result};
use crate::indices::cli::IndicesCommand;
use crate::surveys::model::Step;
use crate::surveys::{self, Stream, Surveys};
use crate::{admin, analyst, audit, collection, demo, designer, indices, releases, reports, units};

/// Measures how satisfied people are with public administrative services.
#[derive(Debug, Parser)]
#[command(name = "sipas", version, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start the demonstration: simulated surveys of Hà Nội in their own data folder
    #[command(after_help = "Example: sipas demo --data /tmp/sipas-demo --listen 127.0.0.1:8080")]
    Demo {
        #[command(flatten)]
        listen: ListenArgs,
        /// Data folder of the demonstration
        #[arg(long, default_value = "sipas-demo", value_name = "DIR")]
        data: PathBuf,
    },
    /// Serve the web pages and the API
    #[command(after_help = "Example: DATABASE_URL=postgres://sipas@localhost/sipas sipas serve --listen 0.0.0.0:8080")]
    Serve {
        #[command(flatten)]
        data: DataArgs,
        #[command(flatten)]
        listen: ListenArgs,
        #[command(flatten)]
        memory: MemoryArgs,
        #[command(flatten)]
        mail: MailArgs,
        #[command(flatten)]
        proxies: ProxyArgs,
        #[command(flatten)]
        issuer: Issuer,
    },
    /// Bring the database to this program's schema
    #[command(after_help = "Example: sipas migrate --data sipas-data")]
    Migrate {
        #[command(flatten)]
        data: DataArgs,
    },
    /// Show the settings in force, secrets hidden
    #[command(after_help = "Example: sipas check-config --data sipas-data")]
    CheckConfig {
        #[command(flatten)]
        data: DataArgs,
        #[command(flatten)]
        listen: ListenArgs,
        #[command(flatten)]
        memory: MemoryArgs,
        #[command(flatten)]
        mail: MailArgs,
        #[command(flatten)]
        proxies: ProxyArgs,
        #[command(flatten)]
        issuer: Issuer,
    },
    /// Units: import a list, store their shapes for maps
    #[command(subcommand)]
    Units(UnitsCommand),
    /// Questionnaires: check, show, compare, import, export, publish, list
    #[command(subcommand)]
    Questionnaire(QuestionnaireCommand),
    /// Surveys: create from a file, open, close, publish, list
    #[command(subcommand)]
    Survey(SurveyCommand),
    /// Responses: import and export as CSV
    #[command(subcommand)]
    Responses(ResponsesCommand),
    /// Estimate from any CSV file by a specification (docs/ESTIMATE.md)
    #[command(after_help = "Example: sipas estimate survey.yaml --format json > results.json")]
    Estimate {
        /// The specification
        #[arg(required_unless_present = "schema")]
        spec: Option<PathBuf>,
        /// How to write the results
        #[arg(long, value_enum, default_value = "table")]
        format: EstimateFormat,
        /// Where to write them; standard output when left out
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Write the final weight of each row as CSV
        #[arg(long, value_name = "FILE")]
        weights_out: Option<PathBuf>,
        /// Print the JSON Schema of the specification and do nothing else
        #[arg(long)]
        schema: bool,
    },
    /// Figures of a survey as a file: official report, slides, workbook, open data
    #[command(after_help = "Example: sipas report ho-gia-dinh-2026 --format docx --out bao-cao.docx")]
    Report(reports::cli::ReportArgs),
    /// Recompute a release from the data and say whether every figure is equal, or where not
    #[command(after_help = "Example: sipas verify ho-gia-dinh-2026-r1 --data sipas-data")]
    Verify(releases::cli::VerifyArgs),
    /// Published indices (PAR INDEX, PCI, PAPI, SIPAS of the ministry): import, list, export
    #[command(subcommand)]
    Indices(IndicesCommand),
    /// Users: invite, give and take roles, disable; one-time passwords; check the audit log
    #[command(subcommand)]
    User(UserCommand),
}

#[derive(Debug, Subcommand)]
enum UnitsCommand {
    /// Store the shapes of units from a GeoJSON file, for the map of reports, or remove them (docs/MAP.md)
    #[command(after_help = "Example: sipas units boundaries communes.geojson --code ma_xa --source 'Sở Nông nghiệp và Môi trường'")]
    Boundaries(units::boundaries::cli::BoundariesArgs),
    /// Add or update units from a CSV file (columns: survey-defs/units/README.md)
    #[command(after_help = "Example: sipas units import survey-defs/units/hanoi.csv --totals totals.csv")]
    Import {
        file: PathBuf,
        /// Totals by unit (code,population,transactions)
        #[arg(long, value_name = "FILE")]
        totals: Option<PathBuf>,
        #[command(flatten)]
        data: DataArgs,
    },
}

#[derive(Debug, Subcommand)]
enum SurveyCommand {
    /// Create a draft survey from a file
    #[command(after_help = "Example: sipas survey create survey-defs/demo/visits.yaml")]
    Create {
        file: PathBuf,
        #[command(flatten)]
        data: DataArgs,
    },
    /// Take answers (again)
    #[command(after_help = "Example: sipas survey open sau-giao-dich")]
    Open {
        survey: String,
        #[command(flatten)]
        data: DataArgs,
    },
    /// Take no more answers; also withdraws published results
    #[command(after_help = "Example: sipas survey close sau-giao-dich")]
    Close {
        survey: String,
        #[command(flatten)]
        data: DataArgs,
    },
    /// Show the results of a closed survey to everybody
    #[command(after_help = "Example: sipas survey publish sau-giao-dich")]
    Publish {
        survey: String,
        #[command(flatten)]
        data: DataArgs,
    },
    /// List the surveys
    #[command(after_help = "Example: sipas survey list --format json")]
    List {
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
        #[command(flatten)]
        data: DataArgs,
    },
}

#[derive(Debug, Subcommand)]
enum ResponsesCommand {
    /// Import a CSV file: all or nothing; the same file again doubles nothing
    #[command(
        after_help = "Example: sipas responses import answers.csv --survey ho-gia-dinh-2026 --map weight=w0 --map psu=commune --dry-run"
    )]
    Import {
        file: PathBuf,
        /// Code of the survey
        #[arg(long)]
        survey: String,
        /// The file's name of one of our columns
        #[arg(long, value_name = "OURS=THEIRS", value_parser = pair)]
        map: Vec<(String, String)>,
        /// A column to leave out
        #[arg(long, value_name = "COLUMN")]
        ignore: Vec<String>,
        /// A cell that means "no answer", besides an empty one
        #[arg(long, value_name = "TEXT")]
        missing: Vec<String>,
        /// Stream of the rows: sample, census, open
        #[arg(long)]
        stream: Option<Stream>,
        /// Check everything, store nothing
        #[arg(long)]
        dry_run: bool,
        /// Where to write the mistakes, a row each; FILE.errors.csv when left out
        #[arg(long, value_name = "FILE")]
        errors: Option<PathBuf>,
        #[command(flatten)]
        data: DataArgs,
    },
    /// Export all responses of a survey as CSV, ending with their count, or as Parquet (docs/OPENDATA.md)
    #[command(after_help = "Example: sipas responses export --survey ho-gia-dinh-2026 --format parquet --out answers.parquet")]
    Export {
        /// Code of the survey
        #[arg(long)]
        survey: String,
        /// What kind of file
        #[arg(long, value_enum, default_value = "csv")]
        format: DataFormat,
        /// File to write; standard output when left out
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        #[command(flatten)]
        data: DataArgs,
    },
}

/// How responses are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum DataFormat {
    /// Lines of text, ending with their count.
    Csv,
    /// Columns, with their count in the footer.
    Parquet,
}

/// How estimates are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum EstimateFormat {
    /// Aligned columns for reading.
    Table,
    /// Everything, with all digits.
    Json,
    /// The results, with all digits.
    Csv,
}

fn pair(text: &str) -> std::result::Result<(String, String), String> {
    text.split_once('=').map(|(a, b)| (a.to_owned(), b.to_owned())).ok_or_else(|| "write OURS=THEIRS, for example weight=w0".to_owned())
}

/// Runs a command and gives the exit code.
#[must_use]
pub fn run(cli: Cli) -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::try_from_env("SIPAS_LOG").unwrap_or_else(|_| "info,actix_server=warn".into()))
        .with_writer(io::stderr)
        .init();
    match execute(cli.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("sipas: {e}");
            ExitCode::from(1)
        }
    }
}

fn execute(command: Command) -> Result<()> {
    match command {
        Command::Demo { listen, data } => run_demo(&listen, data),
        Command::Serve { data, listen, memory, mail, proxies, issuer } => {
            let opened = data.open()?;
            let listener = listen.bind()?;
            let at = address(&listener)?;
            let mail = mail.settings(&data, Some(&at));
            say(&format!("sipas serves {} on {at}", opened.db.location().shown()));
            let settings = Settings {
                table_memory: memory.table_memory,
                mail: Some(mail),
                jobs: Some(crate::jobs::EVERY),
                issuer,
                proxies: trusted(&proxies)?,
                ..Settings::default()
            };
            serve(&opened, listener, settings)
        }
        Command::Migrate { data } => {
            let opened = data.open()?;
            say(&format!("{} has this program's schema", opened.db.location().shown()));
            Ok(())
        }
        Command::CheckConfig { data, listen, memory, mail, proxies, issuer } => {
            check_config(&data, &listen, memory, &mail, &proxies, &issuer)
        }
        Command::Units(UnitsCommand::Import { file, totals, data }) => import_units(&file, totals.as_deref(), &data),
        Command::Units(UnitsCommand::Boundaries(args)) => units::boundaries::cli::run(&args, &say),
        Command::Questionnaire(command) => {
            let said = designer::cli::run(command)?;
            if !said.message.is_empty() {
                say(said.message.trim_end());
            }
            print(&said.data)
        }
        Command::Survey(command) => survey(command),
        Command::Responses(command) => responses(command),
        Command::Estimate { schema: true, .. } => print(&analyst::json_schema()),
        Command::Estimate { spec, format, out, weights_out, .. } => {
            estimate(&spec.unwrap_or_default(), format, out.as_deref(), weights_out.as_deref())
        }
        Command::Report(args) => {
            say(&reports::cli::run(&args, Utc::now().naive_utc())?);
            Ok(())
        }
        Command::Verify(args) => releases::cli::verify(&args, &mut io::stdout()),
        Command::Indices(command) => indices::cli::run(command, &mut io::stdout(), &say),
        Command::User(command) => admin::cli::run(command, &mut io::stdout(), &say),
    }
}

/// To standard error: what a person reads.
fn say(text: &str) {
    eprintln!("{text}");
}

/// To standard output: data.
fn print(text: &str) -> Result<()> {
    io::stdout().write_all(text.as_bytes()).map_err(|e| Error::Refused(format!("standard output: {e}")))
}

fn address(listener: &std::net::TcpListener) -> Result<String> {
    listener.local_addr().map(|a| format!("http://{a}")).map_err(|e| Error::Internal(e.to_string()))
}

fn trusted(proxies: &ProxyArgs) -> Result<Proxies> {
    proxies
        .trusted_proxies
        .parse()
        .map_err(|e| Error::config(&format!("SIPAS_TRUSTED_PROXIES: {e}"), "leave it out when no proxy stands before the program"))
}

fn serve(opened: &crate::config::Opened, listener: std::net::TcpListener, settings: Settings) -> Result<()> {
    let db = opened.db.clone();
    actix_web::rt::System::new().block_on(async move { app::start(db, listener, &settings)?.until_stopped().await })
}

fn run_demo(listen: &ListenArgs, data: PathBuf) -> Result<()> {
    let listener = listen.bind()?;
    let data = DataArgs { data, database_url: None };
    let opened = data.open()?;
    let now = Utc::now().naive_utc();
    let made = demo::build(&opened.db, now)?;
    let at = address(&listener)?;
    let lines = opened.db.read_now(|conn| {
        let open = surveys::store::page(conn, None, 100, true)?;
        let mut lines = Vec::new();
        for survey in open {
            let general = collection::store::place_codes(conn, survey.id)?.into_iter().find(|c| c.unit.is_none());
            let answer = general.filter(|_| survey.status == surveys::Status::Open).map(|c| format!("\n    answer   {at}/s/{}", c.code));
            lines.push(format!("  {}\n    report   {at}/reports/{}{}", survey.title_en, survey.code, answer.unwrap_or_default()));
        }
        Ok(lines)
    })?;
    say(&format!("sipas demonstration, {}\n  start    {at}/\n{}", if made { "made anew" } else { "continued" }, lines.join("\n")));
    let leader = Grant { role: Role::Leader, branch: Some(demo::WARD.to_owned()) };
    let people =
        [("administrator", demo::ADMINISTRATOR, Grant::everywhere(Role::Administrator)), ("leader of one ward", demo::LEADER, leader)];
    say(&format!("  results  {at}/results\n  sign in  {at}/signin"));
    for (who, name, grant) in people {
        let with = demo::one_time_password(&opened.db, name, &grant, now)?;
        let with = with.map_or("the password you chose".to_owned(), |password| format!("one-time password {password}"));
        say(&format!("    {who:<18}  name {name}  {with}"));
    }
    say("  All answers are simulated. Stop with Ctrl-C.");
    let mail = MailArgs { public_url: None, smtp_url: None, mail_from: "SIPAS <sipas@localhost>".to_owned() };
    serve(
        &opened,
        listener,
        Settings { mail: Some(mail.settings(&data, Some(&at))), jobs: Some(crate::jobs::EVERY), ..Settings::default() },
    )
}

fn check_config(
    data: &DataArgs,
    listen: &ListenArgs,
    memory: MemoryArgs,
    mail: &MailArgs,
    proxies: &ProxyArgs,
    issuer: &Issuer,
) -> Result<()> {
    let location = data.location()?;
    let settings = Settings::default();
    let mail = mail.settings(data, Some(&format!("http://{}", listen.listen)));
    crate::mail::Carrier::new(&mail)?;
    let proxies = trusted(proxies)?;
    print(&format!(
        "data         {}\ndatabase     {}\nlisten       {}\npublic url   {}\nmail         {}, from {}\nproxies      {proxies}\nworkers      {}\nqueue        {}\ntable memory {} MiB\nshutdown     {} s\nissuer       {}\n",
        data.data.display(),
        location.shown(),
        listen.listen,
        mail.public_url,
        mail.shown(),
        mail.from,
        settings.workers,
        settings.queue,
        memory.table_memory,
        settings.shutdown_seconds,
        if issuer.agency.is_empty() { "left to write into the document" } else { &issuer.agency }
    ))?;
    let db = data.open_reading()?;
    db.read_now(crate::db::portable::ping)?;
    print("reachable    yes\n")
}

fn read_file(path: &Path) -> Result<String> {
    std::fs::read_to_string(path)
        .map_err(|e| Error::config(&format!("cannot read {}: {e}", path.display()), "give the path of a UTF-8 text file"))
}

fn import_units(file: &Path, totals: Option<&Path>, data: &DataArgs) -> Result<()> {
    let many = |path: &Path, wrong: Vec<String>| Error::Refused(format!("{}:\n  {}", path.display(), wrong.join("\n  ")));
    let mut list = units::list::read(&read_file(file)?).map_err(|w| many(file, w))?;
    if let Some(totals) = totals {
        units::list::with_totals(&mut list, &read_file(totals)?).map_err(|w| many(totals, w))?;
    }
    data.open()?.db.write_now(|conn| {
        audit::record(conn, &CommandLine, "units.import", audit::Object::new("units", ""), &serde_json::json!({ "units": list.len() }))?;
        units::store::put(conn, &list)
    })?;
    say(&format!("{} units are stored", list.len()));
    Ok(())
}

fn survey(command: SurveyCommand) -> Result<()> {
    let step = |survey: &str, data: &DataArgs, step: Step| {
        let to = data.open()?.db.write_now(|conn| admin::handlers::advance(conn, &Surveys::default(), &CommandLine, survey, step))?;
        say(&format!("survey {survey} is {to}"));
        Ok(())
    };
    match command {
        SurveyCommand::Create { file, data } => {
            let read = surveys::file::read(&read_file(&file)?).map_err(|e| Error::Refused(format!("{}: {e}", file.display())))?;
            data.open()?.db.write_now(|conn| {
                audit::record(conn, &CommandLine, "survey.create", audit::Object::new("survey", &read.code), &serde_json::json!({}))?;
                surveys::create::create(conn, &read, false, Utc::now().naive_utc())
            })?;
            say(&format!("survey {} is a draft; `sipas survey open {}` lets people answer", read.code, read.code));
            Ok(())
        }
        SurveyCommand::Open { survey, data } => step(&survey, &data, Step::Open),
        SurveyCommand::Close { survey, data } => step(&survey, &data, Step::Close),
        SurveyCommand::Publish { survey, data } => step(&survey, &data, Step::Publish),
        SurveyCommand::List { format, data } => {
            let (all, counts) = data.open_reading()?.read_now(|conn| {
                let all = surveys::store::page(conn, None, 100_000, true)?;
                let counts = collection::store::counts(conn, &all.iter().map(|s| s.id).collect::<Vec<_>>())?;
                Ok((all, counts))
            })?;
            let count = |s: &surveys::Survey| counts.get(&s.id).copied().unwrap_or(0);
            match format {
                Format::Json => {
                    let items: Vec<_> = all
                        .iter()
                        .map(|s| serde_json::json!({ "id": s.code, "status": s.status, "questionnaire": s.questionnaire, "version": s.version, "responses": count(s) }))
                        .collect();
                    print(&format!("{:#}\n", serde_json::Value::from(items)))
                }
                Format::Table => print(
                    &all.iter()
                        .map(|s| format!("{:<30} {:<10} {:>9}  {}\n", s.code, s.status.as_str(), count(s), s.title_en))
                        .collect::<String>(),
                ),
            }
        }
    }
}

fn bar(length: u64, unit: &str) -> ProgressBar {
    let bar = if length == 0 { ProgressBar::new_spinner() } else { ProgressBar::new(length) };
    if let Ok(style) = ProgressStyle::with_template(&format!("{{spinner}} {{human_pos}} {unit} {{elapsed}}")) {
        bar.set_style(style);
    }
    bar
}

fn responses(command: ResponsesCommand) -> Result<()> {
    match command {
        ResponsesCommand::Import { file, survey, map, ignore, missing, stream, dry_run, errors, data } => {
            let options = collection::import::Options { map, ignore, missing, stream };
            let errors = errors.unwrap_or_else(|| PathBuf::from(format!("{}.errors.csv", file.display())));
            import_responses(&file, &survey, &options, dry_run, &errors, &data)
        }
        ResponsesCommand::Export { survey, format, out, data } => {
            let db = data.open_reading()?;
            let progress = bar(0, "responses");
            let output: Box<dyn Write + Send> = match &out {
                Some(path) => Box::new(create(path)?),
                None => Box::new(io::stdout()),
            };
            let rows = db.read_now(|conn| {
                let open = Surveys::default().by_code(conn, &survey)?;
                let told = |n| progress.set_position(n);
                match format {
                    DataFormat::Csv => collection::export::write(conn, &open, output, told),
                    DataFormat::Parquet => collection::export::write_parquet(conn, &open, output, told),
                }
            })?;
            progress.finish_and_clear();
            say(&format!("{rows} responses of {survey} are written"));
            Ok(())
        }
    }
}

/// Progress of an estimate on standard error.
struct Told(ProgressBar);

impl analyst::Progress for Told {
    fn read(&self, bytes: u64) {
        self.0.set_message(format!("{} MB read", bytes / 1_000_000));
        self.0.tick();
    }

    fn stage(&self, what: &str) {
        self.0.set_message(what.to_owned());
        self.0.tick();
    }
}

fn estimate(spec: &Path, format: EstimateFormat, out: Option<&Path>, weights_out: Option<&Path>) -> Result<()> {
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed} {msg}") {
        bar.set_style(style);
    }
    let told = Told(bar);
    let run = analyst::run(spec, weights_out.is_some(), &told);
    told.0.finish_and_clear();
    let run = run.map_err(|refusal| Error::Refused(refusal.to_string()))?;
    for warning in &run.output.warnings {
        say(&format!("warning: {warning}"));
    }
    let shown = |path: Option<&Path>| path.map_or("standard output".to_owned(), |path| path.display().to_string());
    let fault = |path: Option<&Path>, e: &io::Error| Error::Refused(format!("{}: {e}", shown(path)));
    let mut to: Box<dyn Write> = match out {
        Some(path) => Box::new(BufWriter::new(create(path)?)),
        None => Box::new(BufWriter::new(io::stdout())),
    };
    let written = match format {
        EstimateFormat::Json => analyst::json(&run.output, &mut to),
        EstimateFormat::Csv => analyst::csv(&run.output, &mut to),
        EstimateFormat::Table => to.write_all(analyst::table(&run.output).as_bytes()),
    };
    written.and_then(|()| to.flush()).map_err(|e| fault(out, &e))?;
    if let Some(path) = weights_out {
        let mut to = BufWriter::new(create(path)?);
        analyst::weights(&run.weights, &mut to).and_then(|()| to.flush()).map_err(|e| fault(weights_out, &e))?;
    }
    Ok(())
}

fn create(path: &Path) -> Result<File> {
    File::create(path).map_err(|e| Error::config(&format!("cannot write {}: {e}", path.display()), "choose another file"))
}

fn import_responses(
    file: &Path,
    survey: &str,
    options: &collection::import::Options,
    dry_run: bool,
    errors: &Path,
    data: &DataArgs,
) -> Result<()> {
    // A dry run only reads, so it can go beside a serving process.
    let opened = if dry_run { None } else { Some(data.open()?) };
    let db = opened.as_ref().map_or_else(|| data.open_reading(), |o| Ok(o.db.clone()))?;
    let (open, places) = db.read_now(|conn| Ok((Surveys::default().by_code(conn, survey)?, units::store::places(conn)?)))?;
    let input =
        File::open(file).map_err(|e| Error::config(&format!("cannot read {}: {e}", file.display()), "give the path of a CSV file"))?;
    let progress = bar(0, "lines read");
    let read =
        collection::import::read(&open, &places, BufReader::new(input), options, Utc::now().naive_utc(), |n| progress.set_position(n));
    progress.finish_and_clear();
    let responses = read.or_else(|mistakes| {
        write_mistakes(errors, &mistakes)?;
        let first: Vec<String> = mistakes.iter().take(5).map(|m| format!("  line {}, {}: {}", m.line, m.column, m.detail)).collect();
        Err(Error::Refused(format!(
            "{} mistake(s), nothing was imported; all are in {}\n{}",
            mistakes.len(),
            errors.display(),
            first.join("\n")
        )))
    })?;
    let progress = bar(u64::try_from(responses.len()).unwrap_or(0), "stored");
    let store = |conn: &mut crate::db::Conn| {
        if !dry_run {
            let detail = serde_json::json!({ "rows": responses.len() });
            audit::record(conn, &CommandLine, "responses.import", audit::Object::new("survey", survey), &detail)?;
        }
        collection::import::store(conn, &open, &responses, dry_run, |n| progress.set_position(n))
    };
    let done = if dry_run { db.read_now(store)? } else { db.write_now(store)? };
    progress.finish_and_clear();
    say(&if dry_run {
        format!("{} responses are fit to import, {} are there already; nothing was stored (dry run)", done.stored, done.replays)
    } else {
        format!("{} responses are stored, {} were there already", done.stored, done.replays)
    });
    Ok(())
}

fn write_mistakes(path: &Path, mistakes: &[collection::import::Mistake]) -> Result<()> {
    let fault = |e: csv::Error| Error::Refused(format!("{}: {e}", path.display()));
    let mut writer = csv::Writer::from_writer(create(path)?);
    writer.write_record(["line", "column", "code", "detail"]).map_err(fault)?;
    for m in mistakes {
        writer.write_record([&m.line.to_string(), &m.column, &m.code, &m.detail]).map_err(fault)?;
    }
    writer.flush().map_err(|e| Error::Refused(format!("{}: {e}", path.display())))
}
