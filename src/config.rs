//! Settings: command-line flags, `SIPAS_*` and `DATABASE_URL` environment variables; and the data folder.

use std::fs::{File, TryLockError};
use std::net::TcpListener;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::db::connection::Location;
use crate::db::{Db, Kind, migrate};
use crate::error::{Error, Result};

/// Where the data is.
#[derive(Debug, Clone, Args)]
pub struct DataArgs {
    /// Data folder: the SQLite database and its lock
    #[arg(long, env = "SIPAS_DATA", default_value = "sipas-data", value_name = "DIR")]
    pub data: PathBuf,
    /// Database address; a SQLite file in the data folder when left out
    #[arg(long, env = "DATABASE_URL", value_name = "URL", hide_env_values = true)]
    pub database_url: Option<String>,
}

/// Where the server listens.
#[derive(Debug, Clone, Args)]
pub struct ListenArgs {
    /// Address and port to listen on; port 0 takes a free one
    #[arg(long, env = "SIPAS_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    pub listen: String,
}

/// How mail is sent, and how the program is reached from outside.
#[derive(Debug, Clone, Args)]
pub struct MailArgs {
    /// Address at which people reach the program, for links in mails; where it listens when left out
    #[arg(long, env = "SIPAS_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<String>,
    /// Mail server: smtps://user:password@host, smtp://host:25, smtp://host:587?tls=required; .eml files in the data folder when left out
    #[arg(long, env = "SIPAS_SMTP_URL", value_name = "URL", hide_env_values = true)]
    pub smtp_url: Option<String>,
    /// Sender of mails
    #[arg(long, env = "SIPAS_MAIL_FROM", value_name = "ADDRESS", default_value = "SIPAS <sipas@localhost>")]
    pub mail_from: String,
}

impl MailArgs {
    /// The settings of mail; `listening` is where the program listens, when it does.
    #[must_use]
    pub fn settings(&self, data: &DataArgs, listening: Option<&str>) -> MailSettings {
        let here = || listening.unwrap_or("http://127.0.0.1:8080").to_owned();
        MailSettings {
            public_url: self.public_url.clone().unwrap_or_else(here).trim_end_matches('/').to_owned(),
            from: self.mail_from.clone(),
            smtp_url: self.smtp_url.clone().filter(|u| !u.is_empty()),
            folder: data.data.join("mail"),
        }
    }
}

/// How mail is sent, and where its links lead.
#[derive(Debug, Clone)]
pub struct MailSettings {
    /// Address of the program as people reach it, without a slash at the end.
    pub public_url: String,
    /// Sender, for example `SIPAS <sipas@hanoi.gov.vn>`.
    pub from: String,
    /// Mail server, for example `smtps://user:password@mail.hanoi.gov.vn`; the folder is used when there is none.
    pub smtp_url: Option<String>,
    /// Folder for `.eml` files.
    pub folder: PathBuf,
}

impl MailSettings {
    /// The mail server without the password, or the folder, for messages.
    #[must_use]
    pub fn shown(&self) -> String {
        self.smtp_url.as_deref().map_or_else(|| format!("files in {}", self.folder.display()), crate::db::connection::redact)
    }
}

/// Which proxies before the program are believed.
#[derive(Debug, Clone, Args)]
pub struct ProxyArgs {
    /// Proxies whose X-Forwarded-For is believed, for example 10.0.0.5,192.168.0.0/16; it only serves to slow down guessing of passwords
    #[arg(long, env = "SIPAS_TRUSTED_PROXIES", value_name = "ADDRESSES", default_value = "")]
    pub trusted_proxies: String,
}

/// Memory for surveys' responses when nothing else is said, in MiB: four to five million responses of the questionnaire of 2023.
pub const DEFAULT_TABLE_MEMORY: u32 = 512;

/// How much memory may be kept to be quicker.
#[derive(Debug, Clone, Copy, Args)]
pub struct MemoryArgs {
    /// Most memory kept for surveys' responses between reports, in MiB; surveys not looked at longest make room
    #[arg(long, env = "SIPAS_TABLE_MEMORY", default_value_t = DEFAULT_TABLE_MEMORY, value_name = "MIB")]
    pub table_memory: u32,
}

/// Who issues printed reports; what is left out is left to write into the Word file.
#[derive(Debug, Clone, Default, Args)]
pub struct Issuer {
    /// Agency above the one that issues reports, in capitals, for example "UBND THÀNH PHỐ HÀ NỘI"
    #[arg(long, env = "SIPAS_SUPERIOR", value_name = "NAME", default_value = "", hide_default_value = true)]
    pub superior: String,
    /// Agency that issues reports, in capitals, for example "SỞ NỘI VỤ"
    #[arg(long, env = "SIPAS_AGENCY", value_name = "NAME", default_value = "", hide_default_value = true)]
    pub agency: String,
    /// Number of reports, for example "Số:      /BC-SNV"
    #[arg(long, env = "SIPAS_DOCUMENT_NUMBER", value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub number: String,
    /// Place that stands before the date, for example "Hà Nội"
    #[arg(long, env = "SIPAS_PLACE", value_name = "NAME", default_value = "", hide_default_value = true)]
    pub place: String,
    /// Office of who signs, lines divided by |, for example "KT. GIÁM ĐỐC|PHÓ GIÁM ĐỐC"
    #[arg(long, env = "SIPAS_SIGNER_OFFICE", value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub signer_office: String,
    /// Name of who signs
    #[arg(long, env = "SIPAS_SIGNER", value_name = "NAME", default_value = "", hide_default_value = true)]
    pub signer: String,
    /// Who gets reports, divided by |, for example "UBND Thành phố|Lưu: VT, CCHC"
    #[arg(long, env = "SIPAS_RECIPIENTS", value_name = "NAMES", default_value = "", hide_default_value = true)]
    pub recipients: String,
}

impl ListenArgs {
    /// Takes the address.
    ///
    /// # Errors
    /// When it is taken or not ours, with what to do.
    pub fn bind(&self) -> Result<TcpListener> {
        TcpListener::bind(&self.listen).map_err(|e| {
            Error::config(
                &format!("cannot listen on {}: {e}", self.listen),
                "stop what listens there, or choose another address with --listen",
            )
        })
    }
}

impl DataArgs {
    /// Where the database is.
    ///
    /// # Errors
    /// An address that names no database we know.
    pub fn location(&self) -> Result<Location> {
        match &self.database_url {
            Some(url) => Location::parse(url),
            None => Ok(Location::File(self.data.join("sipas.db"))),
        }
    }

    /// Opens and migrates the database, for one process that serves or writes. A SQLite file is locked against a second one.
    ///
    /// # Errors
    /// When the folder, the lock or the database cannot be had; each says what to do.
    pub fn open(&self) -> Result<Opened> {
        let location = self.location()?;
        let lock = match &location {
            Location::File(path) => Some(lock_beside(path)?),
            Location::Server(_) => None,
        };
        let connections = match location.kind() {
            Kind::Sqlite => 8,
            Kind::Postgres => 16,
        };
        let db = Db::open(location, connections)?;
        for name in migrate::run(&db)? {
            tracing::info!(migration = name, "the database was migrated");
        }
        Ok(Opened { db, _lock: lock })
    }
}

impl DataArgs {
    /// Opens the database for reading only, beside whatever process serves it.
    ///
    /// # Errors
    /// When it does not exist or cannot be reached.
    pub fn open_reading(&self) -> Result<Db> {
        let location = self.location()?;
        if let Location::File(path) = &location
            && !path.exists()
        {
            return Err(Error::config(
                &format!("there is no database {}", path.display()),
                "name the data folder with --data, or make one with `sipas migrate`",
            ));
        }
        Db::open(location, 2)
    }
}

/// An open database; for SQLite with the lock on its folder, which ends with it.
pub struct Opened {
    /// The database.
    pub db: Db,
    _lock: Option<File>,
}

fn lock_beside(database: &Path) -> Result<File> {
    let folder = database.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(|e| {
        Error::config(&format!("cannot make the data folder {}: {e}", folder.display()), "choose another with --data, or make it writable")
    })?;
    let path = database.with_extension("lock");
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .map_err(|e| Error::config(&format!("cannot write {}: {e}", path.display()), "make the data folder writable for this user"))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::config(
            &format!("another sipas process uses {}", folder.display()),
            "stop it first, or give this one another folder with --data; several processes can share a PostgreSQL database",
        )),
        Err(TryLockError::Error(e)) => {
            Err(Error::config(&format!("cannot lock {}: {e}", path.display()), "put the data folder on a local disk"))
        }
    }
}
