//! Work without the interpreter's lock that Ctrl-C can stop.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Mutex;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;

use crate::errors;

/// How often a waiting thread looks for signals.
pub const SIGNAL_INTERVAL: Duration = Duration::from_millis(50);

/// Texts up to this size in bytes are processed on the caller's thread. They take at most some tens of
/// milliseconds, less than the start of a thread matters.
pub const MAX_INLINE_BYTES: usize = 1 << 16;

/// Does some work of which the input has `bytes` bytes, without the lock.
///
/// Long work is done on another thread, while this one looks for signals. If a signal handler raises an
/// exception, such as `KeyboardInterrupt`, it is returned at once; the other thread ends when its work
/// is done, and the result is dropped.
pub fn run<T: Send + 'static>(
    py: Python<'_>,
    bytes: usize,
    work: impl FnOnce() -> T + Send + 'static,
) -> PyResult<T> {
    if bytes <= MAX_INLINE_BYTES {
        return Ok(py.detach(work));
    }
    let (sender, receiver) = channel();
    let job = move || {
        // The receiver is gone if the caller was interrupted.
        let _ = sender.send(catch_unwind(AssertUnwindSafe(work)));
    };
    std::thread::Builder::new().name("bitext".to_string()).spawn(job)?;
    let receiver = Mutex::new(receiver);
    loop {
        let received = py.detach(|| match receiver.lock() {
            Ok(receiver) => receiver.recv_timeout(SIGNAL_INTERVAL),
            Err(_) => Err(RecvTimeoutError::Disconnected),
        });
        match received {
            Ok(Ok(result)) => return Ok(result),
            Ok(Err(panic)) => resume_unwind(panic),
            Err(RecvTimeoutError::Timeout) => py.check_signals()?,
            Err(RecvTimeoutError::Disconnected) => {
                return Err(PyRuntimeError::new_err("a thread of bitext ended without a result"));
            }
        }
    }
}

/// The largest number of threads that can be asked for.
const MAX_THREADS: i64 = 1024;

/// The number of threads: that of the caller, or all cores.
pub fn threads(py: Python<'_>, given: Option<i64>) -> PyResult<usize> {
    match given {
        None => Ok(std::thread::available_parallelism().map_or(1, usize::from)),
        Some(threads @ 1..=MAX_THREADS) => Ok(threads as usize),
        Some(_) => {
            let why = format!("setting `threads`: must be 1 to {MAX_THREADS}");
            Err(errors::settings(py, &why))
        }
    }
}
