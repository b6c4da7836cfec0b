//! The iterator of `align_many`.
//!
//! The caller's thread takes items from the iterable of Python and waits for results. Other threads
//! align without the interpreter's lock. At most a fixed number of items, and of bytes, is in the
//! pipeline, so memory does not depend on the number of items.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, TryLockError};
use std::thread::ThreadId;
use std::time::Duration;

use bitext::article::Origin;
use bitext::format::ArticlesLine;
use bitext::{Article, Bitext, Error, Id, Language};
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyIterator, PyMapping, PyString};
use serde_json::Value;

use crate::aligner::Pipeline;
use crate::calls::{Call, Waiter};
use crate::errors::{self, OrRaise, exception};
use crate::input::splitter::TextSplitter;
use crate::input::texts;
use crate::results::PyBitext;
use crate::{interrupt, settings};

/// Items in the pipeline at a time, for each thread: enough that no thread waits for the next item.
const MAX_ITEMS_PER_THREAD: usize = 16;
/// Bytes of the articles in the pipeline at a time: 64 MiB.
const MAX_PIPELINE_BYTES: usize = 64 << 20;
/// Items that are taken for each result, so that the pipeline fills although results are ready.
const ITEMS_PER_RESULT: usize = 2;
/// How often a thread looks whether another thread still waits for a result.
const LOCK_INTERVAL: Duration = Duration::from_millis(2);

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

    /// The id of the item, if it has one, and the result.
    fn run(self, pipeline: &Pipeline) -> (Option<Id>, bitext::Result<Bitext>) {
        let (articles, id) = match self {
            Job::Articles(articles, id) => (Ok(articles), id),
            Job::Line(line) => {
                let line = ArticlesLine::parse(&line);
                (line.articles, line.id)
            }
        };
        let result = articles.and_then(|articles| pipeline.align(articles, id.clone()));
        (id, result)
    }
}

/// An outcome of an item, with its number and its size in the pipeline.
struct Outcome {
    number: usize,
    bytes: usize,
    id: Option<Id>,
    result: bitext::Result<Bitext>,
}

/// What a thread sends.
enum Message {
    Outcome(Box<Outcome>),
    Call(Call),
}

type Numbered = (usize, usize, Job);

/// The threads that align. They end when this is dropped.
struct Workers {
    jobs: Sender<Numbered>,
    messages: Mutex<Receiver<Message>>,
    stopped: Arc<AtomicBool>,
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
        Ok(Workers { jobs, messages: Mutex::new(messages), stopped })
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
        let (id, result) =
            result.unwrap_or_else(|_| (None, Err(Error::other("internal error of an alignment"))));
        let outcome = Box::new(Outcome { number, bytes, id, result });
        if sender.send(Message::Outcome(outcome)).is_err() {
            return;
        }
    }
}

/// What is next in the order of the items.
enum Ready {
    Aligned(Box<Outcome>),
    /// An item that could not be used, with its id.
    Refused(PyErr, Option<Id>),
}

/// Iterates over the bitexts of many articles, in the order of the articles. Threads take turns.
#[pyclass(frozen, module = "bitext")]
pub struct AlignMany {
    state: Mutex<State>,
    /// The thread that has the state.
    holder: Mutex<Option<ThreadId>>,
    /// The process with the workers; 0 if there are none.
    process: AtomicU32,
}

/// The iteration.
struct State {
    source: Option<Py<PyIterator>>,
    /// The exception of the source, which is raised after the results of the items before it.
    failure: Option<PyErr>,
    workers: Option<Workers>,
    pipeline: Arc<Pipeline>,
    threads: usize,
    keys: Option<Vec<(Language, String)>>,
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
        threads: Option<&Bound<'_, PyAny>>,
        languages: Option<&Bound<'_, PyAny>>,
        on_error: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<AlignMany> {
        let py = articles.py();
        let returns_errors = match on_error
            .map_or(Ok("raise"), |name| texts::str_of("`on_error`", name))?
        {
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
        let state = State {
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
        };
        let (state, holder) = (Mutex::new(state), Mutex::new(None));
        Ok(AlignMany { state, holder, process: AtomicU32::new(0) })
    }

    /// The state, when no other thread has it.
    fn lock(&self, py: Python<'_>) -> PyResult<MutexGuard<'_, State>> {
        let this_thread = std::thread::current().id();
        loop {
            match self.state.try_lock() {
                Ok(state) => {
                    self.set_holder(Some(this_thread));
                    return Ok(state);
                }
                Err(TryLockError::Poisoned(_)) => return Err(interrupt::ended()),
                Err(TryLockError::WouldBlock) => {}
            }
            if self.holder.lock().is_ok_and(|holder| *holder == Some(this_thread)) {
                let why = "`next` on an iterator of `align_many` inside of a call that it makes";
                return Err(PyRuntimeError::new_err(why));
            }
            py.detach(|| std::thread::sleep(LOCK_INTERVAL));
            py.check_signals()?;
        }
    }

    fn set_holder(&self, thread: Option<ThreadId>) {
        if let Ok(mut holder) = self.holder.lock() {
            *holder = thread;
        }
    }
}

impl State {
    fn job(&self, item: &Bound<'_, PyAny>) -> PyResult<Job> {
        let splitter = &self.pipeline.splitter;
        if let Ok(line) = item.cast::<PyString>() {
            return self.line_job(item.py(), texts::text("the line", line)?);
        }
        if let Ok(line) = item.cast::<PyBytes>() {
            let line = bitext::text::decode("the line", line.as_bytes()).or_raise(item.py())?;
            return self.line_job(item.py(), line);
        }
        let Ok(row) = item.cast::<PyMapping>() else {
            let expected = "a dict such as {'en': ..., 'de': ...}, or a line of JSON";
            return Err(errors::wrong_type("an item of `articles`", expected, item));
        };
        let Some(keys) = &self.keys else {
            let (articles, id) = texts::of_row(row, splitter)?;
            return Ok(Job::Articles(articles, id));
        };
        self.row_job(row, keys)
    }

    /// The work for the keys of a row that `languages` names.
    fn row_job(&self, row: &Bound<'_, PyMapping>, keys: &[(Language, String)]) -> PyResult<Job> {
        let mut articles = Vec::with_capacity(keys.len());
        for (language, key) in keys {
            let value = texts::value_of(row, key)?;
            if !texts::is_missing(&value) {
                articles.push(texts::article(*language, &value, &self.pipeline.splitter)?);
            }
        }
        let id = if row.contains("id")? { texts::id(&row.get_item("id")?)? } else { None };
        Ok(Job::Articles(articles, id))
    }

    /// The work for a line of JSON. A worker reads it, unless that takes a splitter of the caller or other
    /// keys.
    fn line_job(&self, py: Python<'_>, line: &str) -> PyResult<Job> {
        if let Some(keys) = &self.keys {
            let value: Value = serde_json::from_str(line).map_err(|error| {
                errors::input(py, "invalid_record", &format!("not valid JSON: {error}"))
            })?;
            let value = settings::to_python(py, &value)?;
            let Ok(row) = value.cast::<PyDict>() else {
                return Err(errors::input(py, "invalid_record", "not a JSON object"));
            };
            return self.row_job(row.as_mapping(), keys);
        }
        let splitter = &self.pipeline.splitter;
        if let TextSplitter::Rules(_) = splitter {
            return Ok(Job::Line(line.to_string()));
        }
        let line = ArticlesLine::parse(line);
        let articles = line.articles.or_raise(py)?.into_iter().map(|article| {
            if article.origin() == Origin::Sentences {
                return Ok(article);
            }
            splitter.article(article.language(), &PyString::new(py, article.text()))
        });
        Ok(Job::Articles(articles.collect::<PyResult<_>>()?, line.id))
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
                self.early.insert(number, Ready::Refused(refused, item_id(&item)));
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
            Message::Outcome(outcome) => {
                self.early.insert(outcome.number, Ready::Aligned(outcome));
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
        let is_ready = |this: &State| this.early.contains_key(&this.given);
        let mut taken = 0;
        loop {
            while self.source.is_some()
                && !self.is_full()
                && !(taken >= ITEMS_PER_RESULT && is_ready(self))
            {
                self.take(py)?;
                taken += 1;
                // One at a time: a call may raise, and the rest stays for the next turn.
                while let Some(message) = self.arrived() {
                    self.handle(py, message)?;
                }
            }
            if let Some(ready) = self.early.remove(&self.given) {
                self.given += 1;
                if let Ready::Aligned(outcome) = &ready {
                    self.bytes -= outcome.bytes;
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

    /// The next message, if there is one without waiting.
    fn arrived(&self) -> Option<Message> {
        self.workers.as_ref()?.messages.lock().ok()?.try_recv().ok()
    }

    /// The next result; `None` at the end.
    fn next<'py>(&mut self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let number = self.given;
        let Some(ready) = self.advance(py)? else {
            self.workers = None;
            return match self.failure.take() {
                Some(failure) => Err(failure),
                None => Ok(None),
            };
        };
        let (error, id) = match ready {
            Ready::Aligned(outcome) => match outcome.result {
                Ok(bitext) => {
                    let result = PyBitext::new(bitext, Some(self.pipeline.clone()));
                    return Ok(Some(Bound::new(py, result)?.into_any()));
                }
                Err(error) => (exception(py, &error), outcome.id),
            },
            Ready::Refused(error, id) => (error, id),
        };
        let error = name_item(py, error, number, id);
        if self.returns_errors && error.is_instance_of::<pyo3::exceptions::PyException>(py) {
            Ok(Some(error.into_value(py).into_bound(py).into_any()))
        } else {
            Err(error)
        }
    }
}

/// The id of a mapping or of a line of JSON, if it has one that can be used.
fn item_id(item: &Bound<'_, PyAny>) -> Option<Id> {
    if let Ok(line) = item.cast::<PyString>() {
        return ArticlesLine::parse(line.to_str().ok()?).id;
    }
    let row = item.cast::<PyMapping>().ok()?;
    if !row.contains("id").ok()? {
        return None;
    }
    texts::id(&row.get_item("id").ok()?).ok()?
}

/// The exception for an item with its number in `item` and, if it is known, its id in `article`.
fn name_item(py: Python<'_>, error: PyErr, number: usize, id: Option<Id>) -> PyErr {
    let value = error.value(py);
    // Exceptions of the caller may refuse attributes.
    let _ = value.setattr("item", number);
    let place = match &id {
        Some(id) => format!("item {number} of `articles`, with the id {id}"),
        None => format!("item {number} of `articles`"),
    };
    if let Some(id) = id {
        let _ = value.setattr("article", id.to_string());
    }
    // Python 3.10 has no notes.
    let _ = value.call_method1("add_note", (place,));
    error
}

#[pymethods]
impl AlignMany {
    fn __iter__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let process = self.process.load(Ordering::Relaxed);
        if process != 0 && process != std::process::id() {
            let why = "this iterator of `align_many` belongs to the process that made it";
            return Err(PyValueError::new_err(why));
        }
        let mut state = self.lock(py)?;
        self.process.store(std::process::id(), Ordering::Relaxed);
        let result = state.next(py);
        if state.workers.is_none() {
            self.process.store(0, Ordering::Relaxed);
        }
        self.set_holder(None);
        result
    }
}
