//! When a mail is tried again, and when it is given up.

use chrono::Duration;

/// How long a mail is tried.
pub const TRIED_FOR: Duration = Duration::days(3);
/// How long one try may take before another process may try: longer than a server's longest answer.
pub const LEASE: Duration = Duration::minutes(10);

/// How long to wait after so many failed tries: a minute, then four times as long each, at most six hours.
#[must_use]
pub fn delay(failed: i64) -> Duration {
    let times = u32::try_from(failed.saturating_sub(1).clamp(0, 5)).unwrap_or(5);
    Duration::minutes(4i64.pow(times)).min(Duration::hours(6))
}

/// Whether to give up a mail of this age.
#[must_use]
pub fn give_up(age: Duration) -> bool {
    age >= TRIED_FOR
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_to_six_hours_and_end_after_three_days() {
        let minutes: Vec<i64> = (1..=8).map(|n| delay(n).num_minutes()).collect();
        assert_eq!(minutes, [1, 4, 16, 64, 256, 360, 360, 360]);
        assert!(!give_up(Duration::hours(71)) && give_up(Duration::hours(72)));
    }
}
