//! Durable group commit: handlers hand over a checked response and wait; one writer commits whatever is waiting in one transaction and
//! answers all. Nothing is acknowledged before it is on disk.
//!
//! The queue is bounded. When it is full the caller gets [`Error::Busy`] at once (503 with Retry-After) and nothing was stored. At shutdown the
//! queue is closed, what is in it is committed, and the writer ends.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;

use tokio::sync::{mpsc, oneshot};

use super::response::Response;
use super::store::{self, Outcome};
use crate::db::Db;
use crate::error::{Error, Result};
use crate::surveys::{self, Status};

/// How many responses may wait.
pub const QUEUE: usize = 4_096;
/// How many are committed at once at most.
const BATCH: usize = 512;

/// What a sender is told after the commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Receipt {
    /// Stored now.
    Stored,
    /// The same response was stored before.
    Replay,
}

struct Waiting {
    response: Response,
    answer: oneshot::Sender<Result<Receipt>>,
}

/// The sending side, shared by all handlers.
#[derive(Clone)]
pub struct Intake {
    queue: mpsc::Sender<Waiting>,
    counters: Arc<Counters>,
}

/// What has gone through since the start.
#[derive(Debug, Default)]
pub struct Counters {
    /// Responses committed.
    pub stored: AtomicU64,
    /// Transactions they took.
    pub commits: AtomicU64,
    /// Refused because the queue was full.
    pub refused: AtomicU64,
}

/// The writer's thread; joined at shutdown.
pub struct Writer {
    thread: JoinHandle<()>,
}

impl Intake {
    /// Starts the writer.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub fn start(db: Db, capacity: usize) -> Result<(Intake, Writer)> {
        let (queue, waiting) = mpsc::channel(capacity);
        let counters = Arc::new(Counters::default());
        let counted = Arc::clone(&counters);
        let thread = std::thread::Builder::new()
            .name("intake".to_owned())
            .spawn(move || write_until_closed(&db, waiting, &counted))
            .map_err(|e| Error::Internal(format!("the writer cannot be started: {e}")))?;
        Ok((Intake { queue, counters }, Writer { thread }))
    }

    /// Stores a checked response and waits until it is on disk.
    ///
    /// # Errors
    /// `Busy` when the queue is full, `id_taken` when another response has this id, `survey_closed` when the survey was closed meanwhile,
    /// and those of the database. Nothing was stored then, except that a connection lost during the commit leaves it open: the same response sent
    /// again is stored once in either case.
    pub async fn submit(&self, response: Response) -> Result<Receipt> {
        let (answer, told) = oneshot::channel();
        self.queue.try_send(Waiting { response, answer }).map_err(|_| {
            self.counters.refused.fetch_add(1, Ordering::Relaxed);
            Error::Busy
        })?;
        told.await.map_err(|_| Error::Unavailable("the writer ended before the commit".to_owned()))?
    }

    /// What has gone through since the start.
    #[must_use]
    pub fn counters(&self) -> &Counters {
        &self.counters
    }
}

impl Writer {
    /// Waits until everything in the queue is committed. All [`Intake`]s must have been dropped.
    pub fn drain(self) {
        if self.thread.join().is_err() {
            tracing::error!("the writer had panicked");
        }
    }
}

fn write_until_closed(db: &Db, mut waiting: mpsc::Receiver<Waiting>, counters: &Counters) {
    let mut batch = Vec::with_capacity(BATCH);
    while waiting.blocking_recv_many(&mut batch, BATCH) > 0 {
        let (responses, answers): (Vec<Response>, Vec<_>) = batch.drain(..).map(|w| (w.response, w.answer)).unzip();
        let told = commit_all(db, responses);
        let stored = told.iter().filter(|r| matches!(r, Ok(Receipt::Stored))).count();
        counters.stored.fetch_add(u64::try_from(stored).unwrap_or(u64::MAX), Ordering::Relaxed);
        counters.commits.fetch_add(1, Ordering::Relaxed);
        for (answer, result) in answers.into_iter().zip(told) {
            // A sender that went away tries again with the same id and is told it is a replay.
            let _gone = answer.send(result);
        }
    }
}

/// Commits a batch, and tells each response what became of it. When the database refuses one of them for a reason of its own, the others must
/// not suffer: each is then committed alone.
fn commit_all(db: &Db, responses: Vec<Response>) -> Vec<Result<Receipt>> {
    let several = responses.len() > 1;
    match db.write_now(|conn| commit(conn, responses.clone())) {
        Ok(each) => each,
        Err(Error::Storage(e)) if several => {
            tracing::error!(error = %e, "a batch was refused; its responses are committed one by one");
            responses.into_iter().flat_map(|r| commit_all(db, vec![r])).collect()
        }
        Err(e) => {
            tracing::error!(error = %e, responses = responses.len(), "a commit was not confirmed; its responses are not acknowledged");
            // A response that is refused for a reason of its own would be refused again: only an outage invites another try.
            let told =
                |e: &Error| if let Error::Storage(why) = e { Error::Storage(why.clone()) } else { Error::Unavailable(e.to_string()) };
            responses.iter().map(|_| Err(told(&e))).collect()
        }
    }
}

/// Stores a batch in the caller's transaction, leaving out responses to surveys that take none any more.
fn commit(conn: &mut crate::db::Conn, responses: Vec<Response>) -> Result<Vec<Result<Receipt>>> {
    let mut ids: Vec<i64> = responses.iter().map(|r| r.survey_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let statuses: BTreeMap<i64, Status> = surveys::store::statuses(conn, &ids)?.into_iter().collect();
    let open = |r: &Response| statuses.get(&r.survey_id) == Some(&Status::Open);
    let taken: Vec<bool> = responses.iter().map(open).collect();
    let accepted: Vec<Response> = responses.into_iter().filter(open).collect();
    let mut outcomes = store::insert(conn, &accepted)?.into_iter();
    Ok(taken
        .into_iter()
        .map(|open| {
            if !open {
                return Err(Error::Conflict("survey_closed", "the survey was closed meanwhile; the answer was not stored".to_owned()));
            }
            receipt(outcomes.next())
        })
        .collect())
}

fn receipt(outcome: Option<Outcome>) -> Result<Receipt> {
    match outcome {
        Some(Outcome::New) => Ok(Receipt::Stored),
        Some(Outcome::Replay) => Ok(Receipt::Replay),
        Some(Outcome::Conflict) => {
            Err(Error::Conflict("id_taken", "another response is stored under this id; the stored one was not changed".to_owned()))
        }
        None => Err(Error::Internal("an outcome is missing".to_owned())),
    }
}
