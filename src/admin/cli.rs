//! `sipas user …`: people, from the server's command line.

use std::io::Write;

use chrono::Utc;
use clap::{Subcommand, ValueEnum};
use serde_json::{Value, json};

use super::people::branch;
use crate::accounts::people::{self, Newcomer};
use crate::accounts::{Grant, Role, store};
use crate::audit::{self, CommandLine};
use crate::config::{DataArgs, MailArgs};
use crate::db::{Conn, Db};
use crate::error::{Error, Result};
use crate::mail::{Carrier, Post, worker};
use crate::web::{Language, Renderer};

/// What can be done to people.
#[derive(Debug, Subcommand)]
#[expect(missing_docs, reason = "a group of arguments says itself what it is")]
pub enum UserCommand {
    /// Create an administrator and print a one-time password
    #[command(after_help = "Example: sipas user create lan")]
    Create {
        /// Sign-in name
        name: String,
        #[command(flatten)]
        data: DataArgs,
    },
    /// Print a new one-time password and end the user's sessions
    #[command(after_help = "Example: sipas user reset lan")]
    Reset {
        /// Sign-in name
        name: String,
        #[command(flatten)]
        data: DataArgs,
    },
    /// Invite somebody by mail, with a first role
    #[command(after_help = "Example: sipas user invite \"Trần Mai\" mai@hanoi.gov.vn --role survey_manager --branch 00070")]
    Invite {
        /// Sign-in name
        name: String,
        /// Mail address
        mail: String,
        #[command(flatten)]
        grant: GrantArgs,
        /// Language of the mails: vi, en
        #[arg(long, default_value = "vi", value_parser = ["vi", "en"])]
        language: String,
        #[command(flatten)]
        data: DataArgs,
        #[command(flatten)]
        post: MailArgs,
    },
    /// List people with their roles
    #[command(after_help = "Example: sipas user list --format json")]
    List {
        /// How to print
        #[arg(long, value_enum, default_value = "table")]
        format: ListFormat,
        #[command(flatten)]
        data: DataArgs,
    },
    /// Let somebody no longer sign in
    #[command(after_help = "Example: sipas user disable \"Trần Mai\"")]
    Disable {
        /// Sign-in name
        name: String,
        #[command(flatten)]
        data: DataArgs,
    },
    /// Let somebody sign in again
    #[command(after_help = "Example: sipas user enable \"Trần Mai\"")]
    Enable {
        /// Sign-in name
        name: String,
        #[command(flatten)]
        data: DataArgs,
    },
    /// Give a role, in the whole unit tree or in a branch
    #[command(after_help = "Example: sipas user grant \"Trần Mai\" --role leader --branch 00070")]
    Grant {
        /// Sign-in name
        name: String,
        #[command(flatten)]
        grant: GrantArgs,
        #[command(flatten)]
        data: DataArgs,
    },
    /// Take a role away
    #[command(after_help = "Example: sipas user revoke \"Trần Mai\" --role leader --branch 00070")]
    Revoke {
        /// Sign-in name
        name: String,
        #[command(flatten)]
        grant: GrantArgs,
        #[command(flatten)]
        data: DataArgs,
    },
    /// Say whether the audit log is whole, with the number and hash of its last row
    #[command(
        after_help = "Example: sipas user audit\nKeep what it prints elsewhere; later `sipas user audit --expect 42:9f86d08…` also notices rows cut off at the end."
    )]
    Audit {
        /// A row that must still be there as it was
        #[arg(long, value_name = "NUMBER:HASH", value_parser = expected)]
        expect: Option<(i64, String)>,
        #[command(flatten)]
        data: DataArgs,
    },
}

/// A role and its branch.
#[derive(Debug, clap::Args)]
pub struct GrantArgs {
    /// administrator, designer, reviewer, survey_manager, analyst, leader, unit_officer
    #[arg(long)]
    role: Role,
    /// Code of the unit at the top of the branch; the whole tree when left out
    #[arg(long, value_name = "UNIT")]
    branch: Option<String>,
}

/// How a list is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// Aligned columns.
    Table,
    /// JSON.
    Json,
}

fn expected(text: &str) -> std::result::Result<(i64, String), String> {
    let parts = text.split_once(':').and_then(|(n, hash)| Some((n.parse().ok()?, hash.to_lowercase())));
    parts.ok_or_else(|| "write NUMBER:HASH as `sipas user audit` prints them".to_owned())
}

/// Runs a command: data goes to `out`, what a person reads to `say`.
///
/// # Errors
/// Why it was refused.
pub fn run(command: UserCommand, out: &mut dyn Write, say: &dyn Fn(&str)) -> Result<()> {
    let now = Utc::now().naive_utc();
    match command {
        UserCommand::Create { name, data } => {
            let one_time = data.open()?.db.write_now(|c| people::add_administrator(c, &name, now))?;
            print(out, &format!("{one_time}\n"))
        }
        UserCommand::Reset { name, data } => {
            let one_time = data.open()?.db.write_now(|c| people::reset(c, &name))?;
            print(out, &format!("{one_time}\n"))
        }
        UserCommand::Invite { name, mail, grant, language, data, post } => {
            let opened = data.open()?;
            let settings = post.settings(&data, None);
            let carrier = Carrier::new(&settings)?;
            let office = Post::new(Renderer::load()?, &settings.public_url, worker::Wake::default());
            let language = Language::from_code(&language).unwrap_or(Language::Vi);
            opened.db.write_now(|c| {
                let grant = branch::grant(c, grant.role, grant.branch.as_deref().unwrap_or(""), now.date())?;
                people::invite(c, &CommandLine, &office, &Newcomer { name: name.clone(), mail, language, grant }, now)
            })?;
            let sent = worker::deliver_due(&opened.db, &carrier, || Utc::now().naive_utc(), || true)?;
            say(&match (sent, &settings.smtp_url) {
                (0, _) => format!("{name} is invited; the mail could not be sent now and waits for `sipas serve`"),
                (_, None) => format!("{name} is invited; no mail server is set, the mail is in {}", settings.folder.display()),
                _ => format!("{name} is invited by mail"),
            });
            Ok(())
        }
        UserCommand::List { format, data } => print(out, &list(&data.open_reading()?, format)?),
        UserCommand::Disable { name, data } => {
            data.open()?.db.write_now(|c| with_person(c, &name, |c, id| people::disable(c, &CommandLine, id)))?;
            say(&format!("{name} can no longer sign in"));
            Ok(())
        }
        UserCommand::Enable { name, data } => {
            data.open()?.db.write_now(|c| with_person(c, &name, |c, id| people::enable(c, &CommandLine, id)))?;
            say(&format!("{name} can sign in again"));
            Ok(())
        }
        UserCommand::Grant { name, grant, data } => {
            data.open()?.db.write_now(|c| {
                let grant = branch::grant(c, grant.role, grant.branch.as_deref().unwrap_or(""), now.date())?;
                with_person(c, &name, |c, id| people::grant(c, &CommandLine, id, &grant))
            })?;
            say(&format!("{name} has the role"));
            Ok(())
        }
        UserCommand::Revoke { name, grant, data } => {
            let grant = Grant { role: grant.role, branch: grant.branch };
            data.open()?.db.write_now(|c| with_person(c, &name, |c, id| people::revoke(c, &CommandLine, id, &grant)))?;
            say(&format!("{name} no longer has the role"));
            Ok(())
        }
        UserCommand::Audit { expect, data } => check(&data.open_reading()?, expect, out),
    }
}

fn print(out: &mut dyn Write, text: &str) -> Result<()> {
    out.write_all(text.as_bytes()).map_err(|e| Error::Refused(format!("standard output: {e}")))
}

fn with_person(conn: &mut Conn, name: &str, f: impl FnOnce(&mut Conn, i64) -> Result<()>) -> Result<()> {
    let id = store::person_named(conn, name)?.id;
    f(conn, id)
}

fn list(db: &Db, format: ListFormat) -> Result<String> {
    let (people, grants) = db.read_now(|c| Ok((store::people(c)?, store::all_grants(c)?)))?;
    let roles = |id: i64| grants.get(&id).map(Vec::as_slice).unwrap_or_default();
    Ok(match format {
        ListFormat::Json => {
            let items: Vec<Value> = people
                .iter()
                .map(|p| {
                    let grants: Vec<Value> = roles(p.id).iter().map(|g| json!({ "role": g.role, "branch": g.branch })).collect();
                    json!({ "name": p.name, "mail": p.mail, "disabled": p.disabled, "last_sign_in": p.last_sign_in, "grants": grants })
                })
                .collect();
            format!("{:#}\n", Value::from(items))
        }
        ListFormat::Table => people
            .iter()
            .map(|p| {
                let grants: Vec<String> =
                    roles(p.id).iter().map(|g| format!("{}@{}", g.role, g.branch.as_deref().unwrap_or("*"))).collect();
                let state = if p.disabled { "disabled" } else { "" };
                format!("{:<24} {:<32} {:<9} {}\n", p.name, p.mail.as_deref().unwrap_or("-"), state, grants.join(" "))
            })
            .collect(),
    })
}

fn check(db: &Db, expect: Option<(i64, String)>, out: &mut dyn Write) -> Result<()> {
    let state = db.read_now(audit::verify)?;
    if let Some((id, why)) = state.broken {
        return Err(Error::config(
            &format!("the audit log is not whole from row {id} on: {why}; {} rows before it fit", state.rows),
            "compare with a backup of the database; somebody changed the table behind the program's back",
        ));
    }
    if let Some((number, hash)) = expect {
        let there = db.read_now(|c| audit::store::row(c, number))?;
        if there.is_none_or(|row| row.hash != hash) {
            return Err(Error::config(
                &format!("row {number} of the audit log is not the one that was noted"),
                "rows were cut off or the log was written anew; compare with a backup of the database",
            ));
        }
    }
    print(out, &format!("{}:{}\n", state.rows, state.last))
}
