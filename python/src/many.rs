//! The iterator of `align_many`.
//!
//! The caller's thread takes items from the iterable of Python and waits for results. Other threads
//! align without the interpreter's lock. At most a fixed number of items, and of bytes, is in the
//! pipeline, so memory does not depend on the number of items.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex};

use bitext::format::ArticlesLine;
use bitext::{Article, Bitext, Error, Id};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyIterator, PyMapping, PyString};

use crate::aligner::Pipeline;
use crate::calls::{Call, Waiter};
use crate::errors::{self, OrRaise, exception};
use crate::input::texts;
use crate::interrupt;
use crate::results::PyBitext;

/// Items in the pipeline at a time, for each thread: enough that no thread waits for the next item.
const MAX_ITEMS_PER_THREAD: usize = 16;
/// Bytes of the articles in the pipeline at a time: 64 MiB.
const MAX_PIPELINE_BYTES: usize = 64 << 20;
/// Items that are taken for each result, so that the pipeline fills although results are ready.
const ITEMS_PER_RESULT: usize = 2;

/// Work for a thread.
enum Job {
    Articles(Vec<Article>, Option<Id>),
    /// A line of JSON as ``bitext align --jsonl`` reads it.
    Line(String),
}

impl Job {
    fn bytes(&self) -> usize {
        match self {
            Job::Articles(articles, _) => texts::bytes(articles),
            Job::Line(line) => line.len(),
        }
    }

    fn run(self, pipeline: &Pipeline) -> bitext::Result<Bitext> {
        match self {
            Job::Articles(articles, id) => pipeline.align(articles, id),
            Job::Line(line) => {
                let line = ArticlesLine::parse(&line);
                pipeline.align(line.articles?, line.id)
            }
        }
    }
}

/// An outcome of an item, with its number and its size in the pipeline.
struct Outcome {
    number: usize,
    bytes: usize,
    result: bitext::Result<Bitext>,
}

/// What a thread sends.
enum Message {
    Outcome(Outcome),
    Call(Call),
}

type Numbered = (usize, usize, Job);

/// The threads that align. They end when this is dropped.
struct Workers {
    jobs: Sender<Numbered>,
    messages: Mutex<Receiver<Message>>,
    stopped: Arc<AtomicBool>,
    process: u32,
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
    }
}

impl Workers {
    fn start(pipeline: &Arc<Pipeline>, threads: usize) -> PyResult<Workers> {
        let (jobs, jobs_receiver) = channel::<Numbered>();
        let (sender, messages) = channel();
        let jobs_receiver = Arc::new(Mutex::new(jobs_receiver));
        let stopped = Arc::new(AtomicBool::new(false));
        for number in 0..threads {
            let (jobs, sender) = (jobs_receiver.clone(), sender.clone());
            let (pipeline, stopped) = (pipeline.clone(), stopped.clone());
            let work = move || work(&pipeline, &jobs, &sender, &stopped);
            let started = std::thread::Builder::new().name("bitext".to_string()).spawn(work);
            // If one thread does not start, the next would not either.
            match started {
                Err(error) if number == 0 => return Err(error.into()),
                Err(_) => break,
                Ok(_) => {}
            }
        }
        let process = std::process::id();
        Ok(Workers { jobs, messages: Mutex::new(messages), stopped, process })
    }
}

fn work(
    pipeline: &Pipeline,
    jobs: &Mutex<Receiver<Numbered>>,
    sender: &Sender<Message>,
    stopped: &AtomicBool,
) {
    let for_calls = sender.clone();
    let waiter = Waiter::new(move |call| for_calls.send(Message::Call(call)).is_ok());
    loop {
        let received = match jobs.lock() {
            Ok(jobs) => jobs.recv(),
            Err(_) => return,
        };
        let Ok((number, bytes, job)) = received else { return };
        if stopped.load(Ordering::Relaxed) {
            return;
        }
        let result = catch_unwind(AssertUnwindSafe(|| waiter.serve(|| job.run(pipeline))));
        let result = result.unwrap_or_else(|_| {
            Err(Error::other(format!("internal error at item {}", number + 1)))
        });
        let outcome = Outcome { number, bytes, result };
        if sender.send(Message::Outcome(outcome)).is_err() {
            return;
        }
    }
}

/// What is next in the order of the items.
enum Ready {
    Aligned(usize, bitext::Result<Bitext>),
    /// An item that could not be used.
    Refused(PyErr),
}

/// Iterates over the bitexts of many articles, in the order of the articles.
#[pyclass(module = "bitext")]
pub struct AlignMany {
    source: Option<Py<PyIterator>>,
    /// The exception of the source, which is raised after the results of the items before it.
    failure: Option<PyErr>,
    workers: Option<Workers>,
    pipeline: Arc<Pipeline>,
    threads: usize,
    keys: Option<Vec<(bitext::Language, String)>>,
    returns_errors: bool,
    /// Outcomes that came before their turn, by number.
    early: BTreeMap<usize, Ready>,
    taken: usize,
    given: usize,
    bytes: usize,
}

impl AlignMany {
    pub fn new(
        pipeline: Arc<Pipeline>,
        articles: &Bound<'_, PyAny>,
        threads: Option<i64>,
        languages: Option<&Bound<'_, PyAny>>,
        on_error: &str,
    ) -> PyResult<AlignMany> {
        let py = articles.py();
        let returns_errors = match on_error {
            "raise" => false,
            "return" => true,
            other => {
                let why = format!("setting `on_error`: `{other}` is neither `raise` nor `return`");
                return Err(errors::settings(py, &why));
            }
        };
        let threads = interrupt::threads(py, threads)?;
        let is_one = articles.is_instance_of::<PyString>() || articles.is_instance_of::<PyDict>();
        let source = match articles.try_iter() {
            Ok(source) if !is_one => source,
            _ => {
                let expected = "an iterable of dicts, such as {'en': ..., 'de': ...}";
                return Err(errors::wrong_type("`articles`", expected, articles));
            }
        };
        Ok(AlignMany {
            source: Some(source.unbind()),
            failure: None,
            workers: None,
            pipeline,
            threads,
            keys: languages.map(texts::language_keys).transpose()?,
            returns_errors,
            early: BTreeMap::new(),
            taken: 0,
            given: 0,
            bytes: 0,
        })
    }

    fn job(&self, item: &Bound<'_, PyAny>) -> PyResult<Job> {
        let splitter = &self.pipeline.splitter;
        if let Ok(line) = item.cast::<PyString>() {
            return Ok(Job::Line(texts::text("the line", line)?.to_string()));
        }
        if let Ok(line) = item.cast::<PyBytes>() {
            let line = bitext::text::decode("the line", line.as_bytes()).or_raise(item.py())?;
            return Ok(Job::Line(line.to_string()));
        }
        let Ok(row) = item.cast::<PyMapping>() else {
            let expected = "a dict such as {'en': ..., 'de': ...}, or a line of JSON";
            return Err(errors::wrong_type("an item of `articles`", expected, item));
        };
        let Some(keys) = &self.keys else {
            let (articles, id) = texts::of_row(row, splitter)?;
            return Ok(Job::Articles(articles, id));
        };
        let mut articles = Vec::with_capacity(keys.len());
        for (language, key) in keys {
            let value = row.get_item(key)?;
            if !value.is_none() {
                articles.push(texts::article(*language, &value, splitter)?);
            }
        }
        let id = if row.contains("id")? { texts::id(&row.get_item("id")?)? } else { None };
        Ok(Job::Articles(articles, id))
    }

    /// Takes the next item and passes it to the workers. An item that cannot be used is an early outcome.
    fn take(&mut self, py: Python<'_>) -> PyResult<()> {
        let Some(source) = &self.source else { return Ok(()) };
        let item = match source.bind(py).clone().next() {
            None => {
                self.source = None;
                return Ok(());
            }
            Some(Err(failure)) => {
                self.source = None;
                self.failure = Some(failure);
                return Ok(());
            }
            Some(Ok(item)) => item,
        };
        let number = self.taken;
        match self.job(&item) {
            Ok(job) => {
                let bytes = job.bytes();
                if self.workers.is_none() {
                    self.workers = Some(Workers::start(&self.pipeline, self.threads)?);
                }
                if let Some(workers) = &self.workers {
                    // The workers end only after this end of the channel.
                    let _ = workers.jobs.send((number, bytes, job));
                }
                self.bytes += bytes;
            }
            Err(refused) if refused.is_instance_of::<pyo3::exceptions::PyException>(py) => {
                self.early.insert(number, Ready::Refused(refused));
            }
            Err(interrupt) => return Err(interrupt),
        }
        self.taken += 1;
        Ok(())
    }

    /// Keeps an outcome until its turn, or makes the call of a thread.
    fn handle(&mut self, py: Python<'_>, message: Message) -> PyResult<()> {
        match message {
            Message::Call(call) => call(py),
            Message::Outcome(Outcome { number, bytes, result }) => {
                self.early.insert(number, Ready::Aligned(bytes, result));
                Ok(())
            }
        }
    }

    fn is_full(&self) -> bool {
        let inside = self.taken - self.given;
        inside > 0
            && (inside >= self.threads * MAX_ITEMS_PER_THREAD || self.bytes >= MAX_PIPELINE_BYTES)
    }

    /// The next outcome in order; `None` at the end.
    fn advance(&mut self, py: Python<'_>) -> PyResult<Option<Ready>> {
        let is_ready = |this: &AlignMany| this.early.contains_key(&this.given);
        let mut taken = 0;
        loop {
            while self.source.is_some()
                && !self.is_full()
                && !(taken >= ITEMS_PER_RESULT && is_ready(self))
            {
                self.take(py)?;
                taken += 1;
                for message in self.arrived() {
                    self.handle(py, message)?;
                }
            }
            if let Some(ready) = self.early.remove(&self.given) {
                self.given += 1;
                if let Ready::Aligned(bytes, _) = &ready {
                    self.bytes -= bytes;
                }
                return Ok(Some(ready));
            }
            let Some(workers) = &self.workers else { return Ok(None) };
            if self.given == self.taken {
                return Ok(None);
            }
            match interrupt::receive(py, &workers.messages) {
                Ok(message) => self.handle(py, message)?,
                Err(RecvTimeoutError::Timeout) => py.check_signals()?,
                Err(RecvTimeoutError::Disconnected) => return Err(interrupt::ended()),
            }
        }
    }

    /// The messages that are there without waiting.
    fn arrived(&self) -> Vec<Message> {
        let messages = self.workers.as_ref().and_then(|workers| workers.messages.lock().ok());
        messages.map(|messages| messages.try_iter().collect()).unwrap_or_default()
    }
}

#[pymethods]
impl AlignMany {
    fn __iter__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    fn __next__<'py>(&mut self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        if self.workers.as_ref().is_some_and(|workers| workers.process != std::process::id()) {
            let why = "this iterator of `align_many` belongs to the process that made it";
            return Err(PyValueError::new_err(why));
        }
        let Some(ready) = self.advance(py)? else {
            self.workers = None;
            return match self.failure.take() {
                Some(failure) => Err(failure),
                None => Ok(None),
            };
        };
        let error = match ready {
            Ready::Aligned(_, Ok(bitext)) => {
                let result = PyBitext::new(bitext, Some(self.pipeline.clone()));
                return Ok(Some(Bound::new(py, result)?.into_any()));
            }
            Ready::Aligned(_, Err(error)) => exception(py, &error),
            Ready::Refused(error) => error,
        };
        if self.returns_errors && error.is_instance_of::<pyo3::exceptions::PyException>(py) {
            Ok(Some(error.into_value(py).into_bound(py).into_any()))
        } else {
            Err(error)
        }
    }
}
