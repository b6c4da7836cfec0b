//! Calls of the caller's functions, such as embedders, from threads of the library.
//!
//! No other thread than those of Python runs Python code: a thread that Python does not know would be
//! ended in the middle of a call when the interpreter exits. A thread of the library sends its call to the
//! thread that waits for its result. So a function always runs on the thread that asked for the work, and
//! an exception such as `KeyboardInterrupt` arises there.

use std::cell::RefCell;
use std::sync::Arc;
use std::sync::mpsc::channel;

use bitext::embed::{EmbedError, Embedder, Embeddings};
use bitext::ndarray::Array2;
use bitext::{Language, Splitter};
use pyo3::exceptions::PyException;
use pyo3::prelude::*;

/// A call for the thread that waits. An error ends its waiting.
pub type Call = Box<dyn for<'py> FnOnce(Python<'py>) -> PyResult<()> + Send>;

/// The thread that waits: takes a call, and returns whether it still waits.
#[derive(Clone)]
pub struct Waiter(Arc<dyn Fn(Call) -> bool + Send + Sync>);

thread_local! {
    /// The thread that waits for the work of this one; `None` on threads of Python.
    static WAITER: RefCell<Option<Waiter>> = const { RefCell::new(None) };
}

impl Waiter {
    pub fn new(send: impl Fn(Call) -> bool + Send + Sync + 'static) -> Waiter {
        Waiter(Arc::new(send))
    }

    /// Does some work on this thread, whose calls go to the thread that waits.
    pub fn serve<T>(&self, work: impl FnOnce() -> T) -> T {
        let before = WAITER.with(|waiter| waiter.replace(Some(self.clone())));
        let result = work();
        WAITER.with(|waiter| waiter.replace(before));
        result
    }
}

/// Runs Python code: on the thread that waits for this one, or on this thread if it is one of Python.
pub fn call<T: Send + 'static>(
    work: impl for<'py> FnOnce(Python<'py>) -> PyResult<T> + Send + 'static,
) -> Result<T, EmbedError> {
    let Some(Waiter(send)) = WAITER.with(|waiter| waiter.borrow().clone()) else {
        let done = Python::try_attach(work).ok_or("Python is shutting down")?;
        return Ok(done?);
    };
    let (reply, answer) = channel();
    let call = move |py: Python<'_>| match work(py) {
        Err(interrupt) if !interrupt.is_instance_of::<PyException>(py) => Err(interrupt),
        result => {
            // This thread waits for it.
            let _ = reply.send(result);
            Ok(())
        }
    };
    if !send(Box::new(call)) {
        return Err("the call was interrupted".into());
    }
    Ok(answer.recv().map_err(|_| "the call was interrupted")??)
}

/// An embedder or splitter whose calls go to a thread that waits, from any thread.
pub struct Served<T> {
    pub inner: T,
    pub waiter: Waiter,
}

impl<E: Embedder> Embedder for Served<E> {
    fn dimension(&self) -> usize {
        self.inner.dimension()
    }

    fn fingerprint(&self) -> String {
        self.inner.fingerprint()
    }

    fn languages(&self) -> Option<&[Language]> {
        self.inner.languages()
    }

    fn embed(&self, language: Language, texts: &[&str]) -> Result<Array2<f32>, EmbedError> {
        self.waiter.serve(|| self.inner.embed(language, texts))
    }

    fn embed_spans(&self, language: Language, texts: &[&str]) -> Result<Embeddings, EmbedError> {
        self.waiter.serve(|| self.inner.embed_spans(language, texts))
    }
}

impl<S: Splitter> Splitter for Served<S> {
    fn split(&self, language: Language, text: &str) -> Vec<std::ops::Range<usize>> {
        self.waiter.serve(|| self.inner.split(language, text))
    }
}
