//! Turns panics of other libraries into errors.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs code of a library that panics where it should return an error. The error is the message of
/// the panic.
pub(super) fn catch_panic<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
        let message = panic.downcast_ref::<String>().cloned();
        let message = message.or(panic.downcast_ref::<&str>().map(|message| message.to_string()));
        message.unwrap_or_else(|| "it panicked without a message".to_string())
    })
}
