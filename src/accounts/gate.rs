//! What a server remembers of sign-ins: failures of late, and how many passwords are being checked at this moment.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use actix_web::HttpRequest;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::attempts::{Attempts, Key};
use super::network::{Proxies, network};
use crate::error::{Error, Result};

/// How many may wait for their password to be checked, besides those that are being checked.
const WAITING: usize = 64;
/// When that is full, after how many seconds to try again.
const FULL: u32 = 5;

/// Slows guessing down, and bounds the work that passwords make.
#[derive(Clone)]
pub struct Gate(Arc<Inner>);

struct Inner {
    attempts: Mutex<Attempts>,
    started: Instant,
    proxies: Proxies,
    queue: Arc<Semaphore>,
    checking: Arc<Semaphore>,
}

/// Leave to check one password.
pub struct Leave {
    _place: OwnedSemaphorePermit,
    _turn: OwnedSemaphorePermit,
}

impl Gate {
    /// A gate that believes these proxies.
    #[must_use]
    pub fn new(proxies: Proxies) -> Self {
        // Each check takes 19 MiB and a core for some 20 ms.
        let at_once = std::thread::available_parallelism().map_or(2, usize::from).clamp(1, 8);
        Gate(Arc::new(Inner {
            attempts: Mutex::default(),
            started: Instant::now(),
            proxies,
            queue: Arc::new(Semaphore::new(at_once + WAITING)),
            checking: Arc::new(Semaphore::new(at_once)),
        }))
    }

    /// The network the request comes from; none when the transport does not say.
    #[must_use]
    pub fn network(&self, request: &HttpRequest) -> Option<(bool, u128)> {
        let peer: IpAddr = request.peer_addr()?.ip();
        let forwarded: Vec<&str> = request.headers().get_all("x-forwarded-for").filter_map(|v| v.to_str().ok()).collect();
        Some(network(self.0.proxies.client(peer, &forwarded)))
    }

    /// Begins a try, which counts as failed until it succeeds.
    ///
    /// # Errors
    /// `TooMany`.
    pub fn begin(&self, keys: &[Key]) -> Result<()> {
        let now = u64::try_from(self.0.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.0.attempts.lock().unwrap_or_else(PoisonError::into_inner).begin(keys, now).map_err(Error::TooMany)
    }

    /// Takes back a try that succeeded.
    pub fn succeeded(&self, keys: &[Key]) {
        self.0.attempts.lock().unwrap_or_else(PoisonError::into_inner).succeeded(keys);
    }

    /// Waits for leave to check or hash a password.
    ///
    /// # Errors
    /// `TooMany` when too many wait already.
    pub async fn leave(&self) -> Result<Leave> {
        let place = Arc::clone(&self.0.queue).try_acquire_owned().map_err(|_| Error::TooMany(FULL))?;
        let turn = Arc::clone(&self.0.checking).acquire_owned().await.map_err(|e| Error::Internal(e.to_string()))?;
        Ok(Leave { _place: place, _turn: turn })
    }

    /// Does work with a password on the pool of blocking threads, once there is leave.
    ///
    /// # Errors
    /// `TooMany`; those of the work.
    pub async fn work<T: Send + 'static>(&self, f: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
        let leave = self.leave().await?;
        actix_web::web::block(move || {
            let done = f();
            drop(leave);
            done
        })
        .await
        .map_err(|e| Error::Internal(e.to_string()))?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn passwords_beyond_what_may_wait_are_turned_away_and_places_come_back() {
        let gate = Gate::new(Proxies::default());
        let at_once = gate.0.checking.available_permits();
        let mut leaves = Vec::new();
        for _ in 0..at_once {
            leaves.push(gate.leave().await.unwrap());
        }
        let waiting: Vec<_> = (0..WAITING).map(|_| Arc::clone(&gate.0.queue).try_acquire_owned().unwrap()).collect();
        assert!(matches!(gate.leave().await, Err(Error::TooMany(FULL))));
        drop((waiting, leaves));
        assert!(gate.leave().await.is_ok());
    }
}
