//! The running program: what it holds, how it starts, how it stops without losing an answer.

use std::net::TcpListener;
use std::time::Duration;

use actix_web::middleware::{Compress, from_fn};
use actix_web::web::{self, Data};
use actix_web::{App, HttpServer};

use crate::accounts::gate::Gate;
use crate::accounts::network::Proxies;
use crate::collection::intake::{self, Intake, Writer};
use crate::config::{DEFAULT_TABLE_MEMORY, Issuer, MailSettings};
use crate::db::Db;
use crate::error::{Error, Result};
use crate::estimation::{Figures, Tables};
use crate::jobs::Jobs;
use crate::mail::worker::{Wake, Worker};
use crate::mail::{Carrier, Post};
use crate::reports::report::Sources;
use crate::surveys::Surveys;
use crate::units::boundaries::Boundaries;
use crate::web::{Renderer, extract, headers, problem};
use crate::{collection, notices, releases, routes, surveys};

/// What a server needs to be told.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Number of web worker threads.
    pub workers: usize,
    /// How many responses may wait to be committed.
    pub queue: usize,
    /// Most memory kept for responses of surveys between reports, in MiB.
    pub table_memory: u32,
    /// How mail is sent; when there is none, mails wait in the outbox.
    pub mail: Option<MailSettings>,
    /// How often to look for notices that are due; when there is none, nobody looks.
    pub jobs: Option<Duration>,
    /// Who issues printed reports.
    pub issuer: Issuer,
    /// Which proxies' `X-Forwarded-For` is believed.
    pub proxies: Proxies,
    /// How many seconds open requests get at shutdown.
    pub shutdown_seconds: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            workers: std::thread::available_parallelism().map_or(2, usize::from),
            queue: intake::QUEUE,
            table_memory: DEFAULT_TABLE_MEMORY,
            mail: None,
            jobs: None,
            issuer: Issuer::default(),
            proxies: Proxies::default(),
            shutdown_seconds: 20,
        }
    }
}

/// A server that listens and has not ended.
pub struct Running {
    server: actix_web::dev::Server,
    intake: Intake,
    writer: Writer,
    mail: Option<Worker>,
    jobs: Option<Jobs>,
}

/// Starts serving on a listener. The database must be migrated.
///
/// # Errors
/// A template that cannot be read, a listener that cannot be used.
pub fn start(db: Db, listener: TcpListener, settings: &Settings) -> Result<Running> {
    let renderer = Renderer::load()?;
    let surveys = Surveys::default();
    let tables = Tables::new(settings.table_memory);
    let figures = Figures::default();
    let boundaries = Boundaries::default();
    let issuer = Data::new(settings.issuer.clone());
    let (intake, writer) = Intake::start(db.apart()?, settings.queue)?;
    let shared = intake.clone();
    let wake = Wake::default();
    let public_url = settings.mail.as_ref().map_or("http://127.0.0.1:8080", |m| m.public_url.as_str());
    let post = Post::new(renderer.clone(), public_url, wake.clone());
    let mail = match &settings.mail {
        Some(m) => Some(Worker::start(db.clone(), Carrier::new(m)?, wake)?),
        None => None,
    };
    let sources = Sources {
        db: db.clone(),
        surveys: surveys.clone(),
        tables: tables.clone(),
        figures: figures.clone(),
        boundaries: boundaries.clone(),
    };
    let pdf = notices::report::maker(sources, settings.issuer.clone(), renderer.clone());
    let notices = notices::Scheduler::new(surveys.clone(), tables.clone(), post.clone()).with_pdf(pdf);
    let jobs = match settings.jobs {
        Some(every) => {
            Some(Jobs::start(db.clone(), every, vec![("notices", Box::new(move |db, now| notices.run_due(db, now).map(|_| ())))])?)
        }
        None => None,
    };
    let gate = Gate::new(settings.proxies.clone());
    let server = HttpServer::new(move || {
        App::new()
            .app_data(Data::new(db.clone()))
            .app_data(Data::new(renderer.clone()))
            .app_data(Data::new(surveys.clone()))
            .app_data(Data::new(tables.clone()))
            .app_data(Data::new(figures.clone()))
            .app_data(Data::new(boundaries.clone()))
            .app_data(issuer.clone())
            .app_data(Data::new(shared.clone()))
            .app_data(Data::new(post.clone()))
            .app_data(Data::new(gate.clone()))
            .app_data(Data::new(collection::store::counts as surveys::handlers::Count))
            .app_data(Data::new(notices::release::published as releases::handlers::Announce))
            .configure(extract::configure)
            .wrap(from_fn(problem::as_pages))
            .wrap(headers::everywhere())
            .wrap(Compress::default())
            .configure(routes::configure)
            .default_service(web::to(problem::no_route))
    })
    .workers(settings.workers)
    // A compressed page leaves in two packets; without this the second waits for the first one to be confirmed, about 40 ms.
    .tcp_nodelay(true)
    .shutdown_timeout(settings.shutdown_seconds)
    .listen(listener)
    .map_err(|e| Error::Refused(e.to_string()))?
    .run();
    Ok(Running { server, intake, writer, mail, jobs })
}

impl Running {
    /// A handle to stop the server from elsewhere.
    #[must_use]
    pub fn handle(&self) -> actix_web::dev::ServerHandle {
        self.server.handle()
    }

    /// Serves until told to stop (signal or handle), then commits what is still in the queue.
    ///
    /// # Errors
    /// Those of the server.
    pub async fn until_stopped(self) -> Result<()> {
        let Running { server, intake, writer, mail, jobs } = self;
        let ended = server.await.map_err(|e| Error::Internal(e.to_string()));
        // The workers' copies went with the server; with this last one the queue closes, and the writer ends after the last commit.
        drop(intake);
        actix_web::rt::task::spawn_blocking(move || {
            if let Some(jobs) = jobs {
                jobs.stop();
            }
            if let Some(mail) = mail {
                mail.stop();
            }
            writer.drain();
        })
        .await
        .map_err(|e| Error::Internal(e.to_string()))?;
        tracing::info!("stopped; every acknowledged answer is on disk");
        ended
    }
}
