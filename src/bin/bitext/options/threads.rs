//! The number of threads.

use std::num::NonZeroUsize;

/// The number that was given, or that of the cores.
pub fn threads(given: Option<u16>) -> usize {
    given.map_or_else(cores, usize::from)
}

/// The number of cores that the program may use.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, NonZeroUsize::get)
}
