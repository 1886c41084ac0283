//! Counting failed sign-ins, so that guessing passwords becomes slow without locking anybody out.
//!
//! Failures count for a name and for a network. After some that are free, each further one costs a wait twice as long as the one before, at most a quarter of
//! an hour; an hour without failures forgets them. A browser that has signed in with this name before counts for itself alone: whatever others do to the name,
//! its owner signs in there.
//!
//! A try counts as failed from its beginning until it succeeds, so that many at once do not slip through together. Everything is in memory, and bounded.

use std::collections::HashMap;

/// What failures are counted for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Key {
    /// A user, by key.
    User(i64),
    /// A name that no user has, in small letters.
    Name(String),
    /// A network; see [`super::network::network`].
    Network(bool, u128),
    /// A browser that is known to the user.
    Device(String),
    /// A name for which a new password is asked.
    Forgotten(String),
    /// A network from which new passwords are asked.
    ForgottenFrom(bool, u128),
}

impl Key {
    /// Failures that cost nothing. Behind one network there may be a whole office.
    const fn free(&self) -> u32 {
        match self {
            Key::User(_) | Key::Name(_) | Key::Device(_) => 5,
            Key::Network(..) => 50,
            Key::Forgotten(_) => 3,
            Key::ForgottenFrom(..) => 20,
        }
    }
}

/// Longest wait, in milliseconds.
const LONGEST: u64 = 15 * 60 * 1000;
/// After this long without a failure it starts anew, in milliseconds.
const FORGOTTEN: u64 = 60 * 60 * 1000;
/// Most keys that are remembered; then those that failed longest ago make room.
const MOST: usize = 50_000;

#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    last: u64,
}

/// Failures of late. Times are milliseconds since any one moment.
#[derive(Debug, Default)]
pub struct Attempts(HashMap<Key, Failures>);

impl Attempts {
    /// Begins a try, which counts as failed until it succeeds.
    ///
    /// # Errors
    /// How many seconds to wait, when it may not begin; it then does not count.
    pub fn begin(&mut self, keys: &[Key], now: u64) -> Result<(), u32> {
        let wait = keys.iter().map(|key| self.wait(key, now)).max().unwrap_or(0);
        if wait > 0 {
            return Err(u32::try_from(wait.div_ceil(1000)).unwrap_or(u32::MAX));
        }
        for key in keys {
            self.make_room(now);
            let entry = self.0.entry(key.clone()).or_insert(Failures { count: 0, last: now });
            if now.saturating_sub(entry.last) >= FORGOTTEN {
                entry.count = 0;
            }
            *entry = Failures { count: entry.count.saturating_add(1), last: now };
        }
        Ok(())
    }

    /// The try succeeded. The user, name and device start anew; a network keeps the failures of others.
    pub fn succeeded(&mut self, keys: &[Key]) {
        for key in keys {
            match key {
                Key::Network(..) | Key::ForgottenFrom(..) => {
                    if let Some(entry) = self.0.get_mut(key) {
                        entry.count = entry.count.saturating_sub(1);
                    }
                }
                _ => {
                    self.0.remove(key);
                }
            }
        }
    }

    fn wait(&self, key: &Key, now: u64) -> u64 {
        let Some(entry) = self.0.get(key) else { return 0 };
        let beyond = entry.count.saturating_sub(key.free());
        if beyond == 0 || now.saturating_sub(entry.last) >= FORGOTTEN {
            return 0;
        }
        let delay = 1000u64.saturating_mul(1 << beyond.min(20)).min(LONGEST);
        (entry.last + delay).saturating_sub(now)
    }

    fn make_room(&mut self, now: u64) {
        if self.0.len() < MOST {
            return;
        }
        self.0.retain(|_, f| now.saturating_sub(f.last) < FORGOTTEN);
        if self.0.len() >= MOST {
            // A tenth at once, so that this is rare.
            let mut times: Vec<u64> = self.0.values().map(|f| f.last).collect();
            times.sort_unstable();
            let limit = times.get(MOST / 10).copied().unwrap_or(now);
            self.0.retain(|_, f| f.last > limit);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAN: Key = Key::User(1);
    const OFFICE: Key = Key::Network(true, 7);

    #[test]
    fn after_five_failures_waits_grow_up_to_a_quarter_of_an_hour() {
        let mut attempts = Attempts::default();
        let mut now = 0;
        for _ in 0..6 {
            assert_eq!(attempts.begin(&[LAN], now), Ok(()));
        }
        let mut waits = Vec::new();
        for _ in 0..11 {
            let wait = attempts.begin(&[LAN], now).unwrap_err();
            waits.push(wait);
            now += u64::from(wait) * 1000;
            assert_eq!(attempts.begin(&[LAN], now), Ok(()));
        }
        assert_eq!(waits, [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
        assert_eq!(attempts.begin(&[LAN], now + FORGOTTEN), Ok(()), "an hour later it starts anew");
        assert_eq!(attempts.begin(&[LAN], now + FORGOTTEN), Ok(()));
    }

    #[test]
    fn a_refused_try_neither_counts_nor_prolongs() {
        let mut attempts = Attempts::default();
        for _ in 0..6 {
            attempts.begin(&[LAN], 0).unwrap();
        }
        for _ in 0..100 {
            assert_eq!(attempts.begin(&[LAN], 1000), Err(1));
        }
        assert_eq!(attempts.begin(&[LAN], 2000), Ok(()));
    }

    #[test]
    fn a_known_browser_does_not_wait_for_what_others_do_to_the_name() {
        let mut attempts = Attempts::default();
        while attempts.begin(&[LAN, OFFICE], 0).is_ok() {}
        assert_eq!(attempts.begin(&[Key::Device("d".into())], 0), Ok(()));
        assert!(attempts.begin(&[LAN, Key::Network(true, 8)], 0).is_err(), "another network does not help");
        assert_eq!(attempts.begin(&[Key::User(2), OFFICE], 0), Ok(()), "another name in the office does not wait");
    }

    #[test]
    fn one_network_cannot_try_one_password_on_many_names() {
        let mut attempts = Attempts::default();
        let tried = (0..1000).filter(|n| attempts.begin(&[Key::User(*n), OFFICE], 0).is_ok()).count();
        assert_eq!(tried, 51);
    }

    #[test]
    fn success_clears_the_name_and_takes_back_only_its_own_try_from_the_network() {
        let mut attempts = Attempts::default();
        for _ in 0..5 {
            attempts.begin(&[LAN, OFFICE], 0).unwrap();
        }
        attempts.succeeded(&[LAN, OFFICE]);
        assert_eq!(attempts.0.get(&LAN).map(|f| f.count), None);
        assert_eq!(attempts.0.get(&OFFICE).map(|f| f.count), Some(4));
    }

    #[test]
    fn memory_is_bounded_and_the_newest_stay() {
        let mut attempts = Attempts::default();
        for n in 0..120_000u64 {
            attempts.begin(&[Key::Name(format!("n{n}"))], n).unwrap();
            assert!(attempts.0.len() <= MOST);
        }
        assert!(attempts.0.contains_key(&Key::Name("n119999".into())));
    }
}
