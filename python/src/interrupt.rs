//! Work without the interpreter's lock that Ctrl-C can stop.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use pyo3::exceptions::{PyRuntimeError, PyTypeError};
use pyo3::prelude::*;

use crate::calls::{Call, Waiter};
use crate::errors;

/// How often a waiting thread looks for signals.
const SIGNAL_INTERVAL: Duration = Duration::from_millis(50);

/// Texts up to this size in bytes are processed on the caller's thread. They take at most some tens of
/// milliseconds, less than the start of a thread matters.
pub const MAX_INLINE_BYTES: usize = 1 << 16;

/// Does some work of which the input has `bytes` bytes, without the lock.
///
/// Long work is done on another thread, while this one looks for signals. If a signal handler raises an
/// exception, such as `KeyboardInterrupt`, it is returned at once; the other thread ends when its work
/// is done, and the result is dropped. Functions of the caller are called on this thread.
pub fn run<T: Send + 'static>(
    py: Python<'_>,
    bytes: usize,
    work: impl FnOnce() -> T + Send + 'static,
) -> PyResult<T> {
    if bytes <= MAX_INLINE_BYTES {
        return Ok(py.detach(work));
    }
    let (sender, receiver) = channel();
    let for_calls = sender.clone();
    let waiter = Waiter::new(move |call| for_calls.send(Message::Call(call)).is_ok());
    let job = move || {
        let result = catch_unwind(AssertUnwindSafe(|| waiter.serve(work)));
        // The receiver is gone if the caller was interrupted.
        let _ = sender.send(Message::Done(result));
    };
    std::thread::Builder::new().name("bitext".to_string()).spawn(job)?;
    let receiver = Mutex::new(receiver);
    loop {
        match receive(py, &receiver) {
            Ok(Message::Done(Ok(result))) => return Ok(result),
            Ok(Message::Done(Err(panic))) => resume_unwind(panic),
            Ok(Message::Call(call)) => call(py)?,
            Err(RecvTimeoutError::Timeout) => py.check_signals()?,
            Err(RecvTimeoutError::Disconnected) => return Err(ended()),
        }
    }
}

/// What another thread sends.
enum Message<T> {
    Done(std::thread::Result<T>),
    Call(Call),
}

/// Waits for a message without the lock, until it is time to look for signals.
pub fn receive<M: Send>(
    py: Python<'_>,
    receiver: &Mutex<Receiver<M>>,
) -> Result<M, RecvTimeoutError> {
    py.detach(|| match receiver.lock() {
        Ok(receiver) => receiver.recv_timeout(SIGNAL_INTERVAL),
        Err(_) => Err(RecvTimeoutError::Disconnected),
    })
}

/// The exception for threads that ended unexpectedly.
pub fn ended() -> PyErr {
    PyRuntimeError::new_err("a thread of bitext ended without a result")
}

/// The largest number of threads that can be asked for.
const MAX_THREADS: i64 = 1024;

/// The number of threads: that of the caller, or all cores.
pub fn threads(py: Python<'_>, given: Option<&Bound<'_, PyAny>>) -> PyResult<usize> {
    let Some(given) = given else {
        return Ok(std::thread::available_parallelism().map_or(1, usize::from));
    };
    match given.extract::<i64>() {
        Ok(threads @ 1..=MAX_THREADS) => Ok(threads as usize),
        Err(error) if error.is_instance_of::<PyTypeError>(py) => {
            Err(errors::wrong_type("`threads`", "an int", given))
        }
        _ => {
            let why = format!("setting `threads`: must be 1 to {MAX_THREADS}");
            Err(errors::settings(py, &why))
        }
    }
}
