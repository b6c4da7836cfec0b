//! A border that panics of others do not cross.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Does work of a library that panics where it should return an error; gives the
/// panic's message instead.
pub(super) fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
        let message = panic.downcast_ref::<String>().cloned();
        let message = message.or(panic.downcast_ref::<&str>().map(|message| message.to_string()));
        message.unwrap_or_else(|| "unknown".to_string())
    })
}
