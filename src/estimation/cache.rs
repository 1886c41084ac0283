//! The responses of surveys in memory, one [`SurveyTable`] a survey, shared by all reports and the API.
//!
//! A look reads what is new since the last one (see [`crate::collection::arrivals`]) and adds it; so it shows everything that was committed before it began. Looks
//! at one survey take turns, hence two at once do not both read it from the beginning; looks at different surveys do not wait for each other. What a
//! look returns never changes: when the table grows while somebody still computes on it, the columns that grow are copied first, otherwise they
//! grow in place.
//!
//! What is kept between looks is bounded. The surveys looked at longest ago make room; one that does not fit by itself is read for each look, shared by
//! those that compute on it at the same time, and not kept. The bound does not count what is in use just then.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError, Weak, mpsc};

use super::table::{Line, SurveyTable};
use crate::collection::arrivals::{self, Seen, store::Look};
use crate::config::DEFAULT_TABLE_MEMORY;
use crate::db::Db;
use crate::error::{Error, Result};

/// The tables; a copy is the same tables.
#[derive(Clone)]
pub struct Tables {
    limit: usize,
    places: Arc<Mutex<Places>>,
}

#[derive(Default)]
struct Places {
    by_survey: HashMap<i64, Place>,
    /// Looks so far: the time by which "longest ago" is measured.
    looks: u64,
}

#[derive(Default)]
struct Place {
    held: Arc<Mutex<Option<Held>>>,
    looked_at: u64,
    /// Memory of what is kept.
    bytes: usize,
}

/// A survey's table and up to where it was read.
struct Held {
    table: Keep,
    seen: Seen,
}

enum Keep {
    Here(Arc<SurveyTable>),
    /// It does not fit; it lives as long as somebody computes on it.
    WithReaders(Weak<SurveyTable>),
}

impl Tables {
    /// Keeps at most so many MiB between looks; 0 keeps nothing.
    #[must_use]
    pub fn new(mebibytes: u32) -> Self {
        let limit = usize::try_from(mebibytes).unwrap_or(usize::MAX).saturating_mul(1 << 20);
        Tables { limit, places: Arc::default() }
    }

    /// All responses of the survey that are committed now, with answers of `code_bytes` bytes. Takes a connection itself: the caller should hold none.
    ///
    /// # Errors
    /// Those of the database; the next look then begins anew.
    pub fn look(&self, db: &Db, survey: i64, code_bytes: usize) -> Result<Arc<SurveyTable>> {
        let (place, now) = self.place(survey);
        let mut held = lock(&place);
        // Taken out, so that a failure in the middle leaves no half of a look behind.
        let (table, seen) = read(db, survey, code_bytes, now, held.take().and_then(Held::whole))?;
        let bytes = table.bytes();
        let fits = bytes <= self.limit;
        *held = seen.map(|seen| {
            let table = if fits { Keep::Here(Arc::clone(&table)) } else { Keep::WithReaders(Arc::downgrade(&table)) };
            Held { table, seen }
        });
        self.make_room(survey, if fits && held.is_some() { bytes } else { 0 });
        Ok(table)
    }

    fn place(&self, survey: i64) -> (Arc<Mutex<Option<Held>>>, u64) {
        let mut places = lock(&self.places);
        places.looks += 1;
        let now = places.looks;
        let place = places.by_survey.entry(survey).or_default();
        place.looked_at = now;
        (Arc::clone(&place.held), now)
    }

    /// Notes the memory of a survey and drops those looked at longest ago until all fit; one that is being looked at is passed over.
    fn make_room(&self, survey: i64, bytes: usize) {
        let mut places = lock(&self.places);
        if let Some(place) = places.by_survey.get_mut(&survey) {
            place.bytes = bytes;
        }
        let mut total: usize = places.by_survey.values().map(|p| p.bytes).sum();
        let mut others: Vec<(i64, &mut Place)> =
            places.by_survey.iter_mut().filter(|(s, p)| **s != survey && p.bytes > 0).map(|(s, p)| (*s, p)).collect();
        others.sort_unstable_by_key(|(_, p)| p.looked_at);
        for (survey, place) in others {
            if total <= self.limit {
                break;
            }
            let mut held = match place.held.try_lock() {
                Ok(held) => held,
                Err(TryLockError::Poisoned(e)) => e.into_inner(),
                Err(TryLockError::WouldBlock) => continue,
            };
            *held = None;
            total -= place.bytes;
            tracing::debug!(survey, bytes = place.bytes, "the responses of a survey left memory to make room");
            place.bytes = 0;
        }
    }
}

impl Default for Tables {
    fn default() -> Self {
        Tables::new(DEFAULT_TABLE_MEMORY)
    }
}

impl Held {
    /// The table, if it still is in memory.
    fn whole(self) -> Option<(Arc<SurveyTable>, Seen)> {
        match self.table {
            Keep::Here(table) => Some((table, self.seen)),
            Keep::WithReaders(table) => Some((table.upgrade()?, self.seen)),
        }
    }
}

/// After a panic what was held is gone already, or it is whole: nothing is changed in place before it is put back.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What was held with what is new; `now` becomes the number of the state when anything is.
fn read(
    db: &Db,
    survey: i64,
    code_bytes: usize,
    now: u64,
    before: Option<(Arc<SurveyTable>, Seen)>,
) -> Result<(Arc<SurveyTable>, Option<Seen>)> {
    db.read_one_state(|conn| {
        if let Some((mut table, seen)) = before {
            let look = arrivals::store::since(conn, survey, Some(&seen), |line| {
                let table = Arc::make_mut(&mut table);
                add(table, &line);
                table.renew(now);
            })?;
            if let Look::Done(seen) = look {
                return Ok((table, seen));
            }
        }
        let mut table = SurveyTable::new(code_bytes);
        table.renew(now);
        let (table, look) = beside(table, |each| arrivals::store::since(conn, survey, None, each))?;
        match look {
            Look::Done(seen) => Ok((Arc::new(table), seen)),
            Look::ReadAnew => Err(Error::Internal("a first look at a survey was refused".to_owned())),
        }
    })
}

/// Lines that go from the thread that reads them to the one that puts them into columns at once.
const BATCH: usize = 1_024;
/// Batches that may wait between the two.
const WAITING: usize = 4;

/// Fills a table on a thread of its own while this one reads: either takes about as long as the other.
fn beside(mut table: SurveyTable, read: impl FnOnce(&mut dyn FnMut(arrivals::Line)) -> Result<Look>) -> Result<(SurveyTable, Look)> {
    std::thread::scope(|scope| {
        let (send, receive) = mpsc::sync_channel::<Vec<arrivals::Line>>(WAITING);
        let filling = scope.spawn(move || {
            for batch in receive {
                batch.iter().for_each(|line| add(&mut table, line));
            }
            table
        });
        let mut batch = Vec::with_capacity(BATCH);
        // A batch that nobody takes any more was lost with the thread, which is noticed below.
        let look = read(&mut |line| {
            batch.push(line);
            if batch.len() == BATCH {
                let _ = send.send(std::mem::replace(&mut batch, Vec::with_capacity(BATCH)));
            }
        });
        let _ = send.send(batch);
        drop(send);
        let table = filling.join().map_err(|_| Error::Internal("the thread that fills the columns ended in a fault".to_owned()))?;
        Ok((table, look?))
    })
}

fn add(table: &mut SurveyTable, line: &arrivals::Line) {
    let (stratum, psu) = (line.stratum.as_deref(), line.psu.as_deref());
    let given = Line { unit: &line.unit, mode: line.mode, day: line.day, stratum, psu, weight: line.weight, codes: &line.codes };
    table.push(line.stream, given);
}
