//! What is done by the clock: a thread that wakes every few minutes and lets each job look whether something is due.
//!
//! A job decides by the time it is given and by what the database says is done already, so it may run in several processes, twice, or late.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use chrono::{NaiveDateTime, Utc};

use crate::db::Db;
use crate::error::{Error, Result};

/// How often a serving process looks.
pub const EVERY: Duration = Duration::from_secs(300);

/// Does what is due at this time (UTC).
pub type Job = Box<dyn Fn(&Db, NaiveDateTime) -> Result<()> + Send>;

/// The running thread.
pub struct Jobs {
    ended: Arc<(Mutex<bool>, Condvar)>,
    thread: JoinHandle<()>,
}

impl Jobs {
    /// Runs the jobs at once, and again after each interval. A job that fails is named in the log and runs again the next time.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn start(db: Db, every: Duration, jobs: Vec<(&'static str, Job)>) -> Result<Self> {
        let ended = Arc::<(Mutex<bool>, Condvar)>::default();
        let end = Arc::clone(&ended);
        let thread = std::thread::Builder::new()
            .name("jobs".to_owned())
            .spawn(move || {
                loop {
                    for (name, job) in &jobs {
                        if let Err(error) = job(&db, Utc::now().naive_utc()) {
                            tracing::error!(job = name, %error, "a job failed; it runs again later");
                        }
                    }
                    let (ended, bell) = &*end;
                    let ended = ended.lock().unwrap_or_else(PoisonError::into_inner);
                    let (ended, _) = bell.wait_timeout_while(ended, every, |ended| !*ended).unwrap_or_else(PoisonError::into_inner);
                    if *ended {
                        return;
                    }
                }
            })
            .map_err(|e| Error::Internal(e.to_string()))?;
        Ok(Jobs { ended, thread })
    }

    /// Ends after the jobs that run just now.
    pub fn stop(self) {
        let (ended, bell) = &*self.ended;
        *ended.lock().unwrap_or_else(PoisonError::into_inner) = true;
        bell.notify_all();
        if self.thread.join().is_err() {
            tracing::error!("the thread of jobs ended in a fault");
        }
    }
}
