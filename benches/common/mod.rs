//! What benchmarks measure with.
#![allow(dead_code, unreachable_pub, reason = "not every benchmark measures everything")]

use std::hint::black_box;
use std::time::{Duration, Instant};

/// Median time of several runs.
pub fn median<T>(rounds: usize, mut work: impl FnMut() -> T) -> Duration {
    let mut times: Vec<Duration> = (0..rounds)
        .map(|_| {
            let begin = Instant::now();
            black_box(work());
            begin.elapsed()
        })
        .collect();
    times.sort_unstable();
    times[rounds / 2]
}

/// How many times as long.
pub fn ratio(time: Duration, yardstick: Duration) -> f64 {
    time.as_secs_f64() / yardstick.as_secs_f64()
}

/// Lets the kernel measure the peak of memory from now on.
pub fn reset_peak() {
    // Where the kernel does not offer this, the peak is that of the whole run.
    let _not_offered = std::fs::write("/proc/self/clear_refs", "5");
}

/// Most memory the process has held since, in words.
pub fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let kib = status.lines().find_map(|l| l.strip_prefix("VmHWM:")?.split_whitespace().next()?.parse::<u64>().ok());
    kib.map_or_else(|| "peak memory unknown".to_owned(), |kib| format!("peak memory {} MiB", kib / 1024))
}
