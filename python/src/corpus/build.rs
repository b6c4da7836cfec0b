//! The resumable build of a training set.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use bitext::Language;
use bitext::corpus::build::{Build, BuildConfig, BuildEvent, BuildOutcome, BuildStatus, Stage};
use bitext::embed::{EmbedError, Embedder, Embeddings};
use bitext::ndarray::Array2;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::aligner::{Pipeline, pipeline_of};
use crate::calls::{Call, Served, Waiter};
use crate::errors::{self, OrRaise, exception};
use crate::input::splitter::{FunctionErrors, TextSplitter};
use crate::interrupt;
use crate::settings;

/// How long an interrupted build may take to stop before its caller goes on.
const MAX_STOP: Duration = Duration::from_millis(300);

/// News from the threads of the build.
enum News {
    Call(Call),
    Event(BuildEvent),
    Ended(Box<bitext::Result<BuildOutcome>>),
}

/// Builds a training set, and returns its counts.
#[pyfunction]
#[pyo3(signature = (inputs, output, aligner, threads, fresh, on_event, settings_by_name))]
#[expect(clippy::too_many_arguments, reason = "the arguments of the Python function")]
pub fn build<'py>(
    py: Python<'py>,
    inputs: Vec<PathBuf>,
    output: PathBuf,
    aligner: Option<&Bound<'py, PyAny>>,
    threads: Option<&Bound<'py, PyAny>>,
    fresh: bool,
    on_event: Option<&Bound<'py, PyAny>>,
    settings_by_name: &Bound<'py, PyDict>,
) -> PyResult<Bound<'py, PyAny>> {
    let pipeline = pipeline_of(py, aligner)?;
    let mut config: BuildConfig = settings::parse(py, settings::object(settings_by_name)?)?;
    adopt_settings(&mut config, &pipeline, settings_by_name)?;
    let config = config.with_threads(interrupt::threads(py, threads)?);
    let stopped = Arc::new(AtomicBool::new(false));
    let (sender, news) = channel();
    let for_calls = sender.clone();
    let waiter = Waiter::new(move |call| for_calls.send(News::Call(call)).is_ok());
    let (build, failures) = prepare(py, &pipeline, config, fresh, waiter)?;
    let is_stopped = stopped.clone();
    let failed = failures.clone();
    let work = move || {
        let observe = |event| {
            // The receiver is gone if the caller did not wait for the end.
            let _ = sender.send(News::Event(event));
            if is_stopped.load(Ordering::Relaxed) || failed.is_some() {
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        };
        let outcome = build.run(&inputs, &output, observe);
        let _ = sender.send(News::Ended(Box::new(outcome)));
    };
    std::thread::Builder::new().name("bitext".to_string()).spawn(work)?;
    let news = Mutex::new(news);
    let outcome = match wait(py, &news, on_event) {
        Ok(outcome) => outcome,
        Err(interrupt) => {
            stopped.store(true, Ordering::Relaxed);
            let deadline = Instant::now() + MAX_STOP;
            py.detach(|| drain(&news, deadline));
            return Err(interrupt);
        }
    };
    if let Some(failure) = failures.take() {
        return Err(failure);
    }
    let outcome = outcome.map_err(|error| exception(py, &error))?;
    summary(py, &outcome)
}

/// Copies settings of the aligner to the build, except for those that the section `align` names.
fn adopt_settings(
    config: &mut BuildConfig,
    pipeline: &Pipeline,
    settings_by_name: &Bound<'_, PyDict>,
) -> PyResult<()> {
    let section = settings_by_name.get_item("align")?;
    let names = |name: &str| -> PyResult<bool> {
        let Some(section) = section.as_ref().filter(|section| !section.is_none()) else {
            return Ok(false);
        };
        Ok(section.contains(name)? && !section.get_item(name)?.is_none())
    };
    if !names("crossing")? {
        config.align.crossing = pipeline.config.crossing;
    }
    if let (TextSplitter::Rules(rules), false) = (&pipeline.splitter, names("newlines")?) {
        config.align.newlines = rules.newlines;
    }
    Ok(())
}

/// An embedder whose fingerprint also names the caller's splitter, so that a build with another splitter
/// is another build.
struct WithSplitterName<E> {
    inner: E,
    splitter: String,
}

impl<E: Embedder> Embedder for WithSplitterName<E> {
    fn dimension(&self) -> usize {
        self.inner.dimension()
    }

    fn fingerprint(&self) -> String {
        format!("{} splitter:{}", self.inner.fingerprint(), self.splitter)
    }

    fn languages(&self) -> Option<&[Language]> {
        self.inner.languages()
    }

    fn embed(&self, language: Language, texts: &[&str]) -> Result<Array2<f32>, EmbedError> {
        self.inner.embed(language, texts)
    }

    fn embed_spans(&self, language: Language, texts: &[&str]) -> Result<Embeddings, EmbedError> {
        self.inner.embed_spans(language, texts)
    }
}

/// The build with a copy of the aligner, and the place of errors of the caller's splitter.
fn prepare(
    py: Python<'_>,
    pipeline: &Arc<Pipeline>,
    config: BuildConfig,
    fresh: bool,
    waiter: Waiter,
) -> PyResult<(Build, FunctionErrors)> {
    let failures = FunctionErrors::default();
    // The library embeds and splits on threads of its own.
    let embedder = Served { inner: pipeline.embedder.clone(), waiter: waiter.clone() };
    let mut settings = pipeline.config.clone();
    let TextSplitter::Function(function) = &pipeline.splitter else {
        let aligner = bitext::Aligner::with_embedder(embedder);
        let aligner = aligner.with_config(settings).or_raise(py)?;
        let build = Build::new(aligner, config).or_raise(py)?.with_fresh_start(fresh);
        return Ok((build, failures));
    };
    if !pipeline.calls_python {
        // The library knows the background of its own model by the fingerprint, which is another here.
        let known = pipeline.clone();
        let background = interrupt::run(py, usize::MAX, move || known.aligner.background())?;
        settings.background = Some(background.or_raise(py)?);
    }
    let splitter = function.name().to_string();
    let aligner = bitext::Aligner::with_embedder(WithSplitterName { inner: embedder, splitter });
    let aligner = aligner.with_config(settings).or_raise(py)?;
    let build = Build::new(aligner, config).or_raise(py)?.with_fresh_start(fresh);
    let splitter = Served { inner: function.reporting(failures.clone()), waiter };
    Ok((build.with_splitter(splitter), failures))
}

/// Waits for the end of the build, passes its events on, and looks for signals.
fn wait(
    py: Python<'_>,
    news: &Mutex<Receiver<News>>,
    on_event: Option<&Bound<'_, PyAny>>,
) -> PyResult<bitext::Result<BuildOutcome>> {
    loop {
        match interrupt::receive(py, news) {
            Ok(News::Ended(outcome)) => return Ok(*outcome),
            Ok(News::Call(call)) => call(py)?,
            Ok(News::Event(event)) => {
                if let Some(on_event) = on_event {
                    on_event.call1((event_fields(py, &event)?,))?;
                }
                py.check_signals()?;
            }
            Err(RecvTimeoutError::Timeout) => py.check_signals()?,
            Err(RecvTimeoutError::Disconnected) => return Err(interrupt::ended()),
        }
    }
}

/// Drops events until the build has ended or it is too late.
fn drain(news: &Mutex<Receiver<News>>, deadline: Instant) {
    let Ok(news) = news.lock() else { return };
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        match news.recv_timeout(left) {
            Ok(News::Event(_) | News::Call(_)) => {}
            Ok(News::Ended(_)) | Err(_) => return,
        }
    }
}

fn stage_name(stage: Stage) -> &'static str {
    match stage {
        Stage::Read => "read",
        Stage::Pair => "pair",
        Stage::Align => "align",
        Stage::Write => "write",
    }
}

/// An event as a dict with its name in `event`.
fn event_fields<'py>(py: Python<'py>, event: &BuildEvent) -> PyResult<Bound<'py, PyDict>> {
    let fields = PyDict::new(py);
    match event {
        BuildEvent::StageStarted { stage, total, resumed } => {
            fields.set_item("event", "stage_started")?;
            fields.set_item("stage", stage_name(*stage))?;
            fields.set_item("total", total)?;
            fields.set_item("resumed", resumed)?;
        }
        BuildEvent::Advanced { stage, done } => {
            fields.set_item("event", "advanced")?;
            fields.set_item("stage", stage_name(*stage))?;
            fields.set_item("done", done)?;
        }
        BuildEvent::StageFinished { stage } => {
            fields.set_item("event", "stage_finished")?;
            fields.set_item("stage", stage_name(*stage))?;
        }
        BuildEvent::Problem(problem) => {
            fields.set_item("event", "problem")?;
            fields.set_item("id", &problem.id)?;
            fields.set_item("place", &problem.place)?;
            fields.set_item("error", &problem.error)?;
        }
        _ => fields.set_item("event", "other")?,
    }
    Ok(fields)
}

fn summary<'py>(py: Python<'py>, outcome: &BuildOutcome) -> PyResult<Bound<'py, PyAny>> {
    let status = match outcome.status {
        BuildStatus::Built => "built",
        BuildStatus::AlreadyComplete => "already complete",
        BuildStatus::CardRewritten => "card rewritten",
        _ => return Err(errors::input(py, "build", "unknown status of a build")),
    };
    let mut fields = settings::through_text(&outcome.summary)?;
    if let Some(fields) = fields.as_object_mut() {
        fields.insert("status".to_string(), status.into());
    }
    settings::to_python(py, &fields)
}
