//! The thread that sends what is due.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use chrono::{NaiveDateTime, Utc};

use super::model::{Mail, State};
use super::retry;
use super::store;
use super::transport::Carrier;
use crate::db::Db;
use crate::error::{Error, Result};

/// How long at most until the outbox is looked at again: another process may have put something in.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

/// Wakes the worker, or ends it.
#[derive(Clone, Default)]
pub struct Wake(Arc<(Mutex<Call>, Condvar)>);

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Call {
    #[default]
    Nothing,
    Look,
    End,
}

impl Wake {
    /// Says that a mail may be due.
    pub fn wake(&self) {
        self.call(Call::Look);
    }

    fn call(&self, what: Call) {
        let (call, bell) = &*self.0;
        let mut call = call.lock().unwrap_or_else(PoisonError::into_inner);
        if *call != Call::End {
            *call = what;
        }
        bell.notify_all();
    }

    fn ended(&self) -> bool {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner) == Call::End
    }

    /// Waits until called, but no longer than this; whether to go on.
    fn wait(&self, at_most: Duration) -> bool {
        let (call, bell) = &*self.0;
        let call = call.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut call, _) = bell.wait_timeout_while(call, at_most, |c| *c == Call::Nothing).unwrap_or_else(PoisonError::into_inner);
        let go_on = *call != Call::End;
        if go_on {
            *call = Call::Nothing;
        }
        go_on
    }
}

/// A running worker.
pub struct Worker {
    wake: Wake,
    thread: JoinHandle<()>,
}

impl Worker {
    /// Starts sending.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn start(db: Db, carrier: Carrier, wake: Wake) -> Result<Self> {
        let bell = wake.clone();
        let thread = std::thread::Builder::new()
            .name("mail".to_owned())
            .spawn(move || {
                loop {
                    if let Err(e) = deliver_due(&db, &carrier, || Utc::now().naive_utc(), || !bell.ended()) {
                        tracing::error!(error = %e, "the outbox cannot be read");
                    }
                    if !bell.wait(LOOK_AGAIN) {
                        return;
                    }
                }
            })
            .map_err(|e| Error::Internal(e.to_string()))?;
        Ok(Worker { wake, thread })
    }

    /// Ends after the mail that is being sent; what waits is sent after the next start.
    pub fn stop(self) {
        self.wake.call(Call::End);
        if self.thread.join().is_err() {
            tracing::error!("the mail worker ended in a fault");
        }
    }
}

/// Tries every mail that is due, each once, as long as it may go on, and returns how many were sent.
///
/// # Errors
/// Those of the database. A mail that was sent but could not be marked is sent again after its lease, with the same Message-ID.
pub fn deliver_due(db: &Db, carrier: &Carrier, now: impl Fn() -> NaiveDateTime, go_on: impl Fn() -> bool) -> Result<usize> {
    let mut sent = 0;
    while go_on() {
        let Some(mail) = db.write_now(|conn| store::take_due(conn, now()))? else { break };
        let attachments = db.read_now(|conn| store::attachments(conn, mail.id))?;
        match carrier.send(&mail, &attachments) {
            Ok(()) => {
                db.write_now(|conn| store::end(conn, mail.id, State::Sent, None, now()))?;
                sent += 1;
            }
            Err(trouble) => {
                tracing::warn!(mail = mail.id, message = mail.message, reason = trouble.reason, "a mail was not sent");
                db.write_now(|conn| after_failure(conn, &mail, &trouble.reason, trouble.for_good, now()))?;
            }
        }
    }
    Ok(sent)
}

fn after_failure(conn: &mut crate::db::Conn, mail: &Mail, reason: &str, for_good: bool, now: NaiveDateTime) -> Result<()> {
    if for_good || retry::give_up(now - mail.created_at) {
        store::end(conn, mail.id, State::GivenUp, Some(reason), now)
    } else {
        store::later(conn, mail.id, reason, now + retry::delay(mail.attempts))
    }
}
