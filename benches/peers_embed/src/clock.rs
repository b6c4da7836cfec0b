//! Seconds that a piece of code takes.

use std::hint::black_box;
use std::time::Instant;

/// Seconds that this thread, the program's first, has been on a processor.
pub fn on_processor() -> Option<f64> {
    let times = std::fs::read_to_string("/proc/self/schedstat").ok()?;
    let nanoseconds: f64 = times.split_whitespace().next()?.parse().ok()?;
    Some(nanoseconds / 1e9)
}

pub fn seconds<T>(run: impl FnOnce() -> T) -> f64 {
    let (start, busy) = (Instant::now(), on_processor());
    drop(black_box(run()));
    let elapsed = start.elapsed().as_secs_f64();
    match (busy, on_processor()) {
        (Some(before), Some(after)) => after - before,
        _ => elapsed,
    }
}
