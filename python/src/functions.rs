//! Functions of the module: splitting and embedding.

use std::sync::Arc;

use bitext::embed::{EmbedError, Embeddings};
use bitext::ndarray::Array2;
use bitext::{Embedder, Error, Language, RuleSplitter};
use numpy::IntoPyArray;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyList, PyString};

use crate::aligner::{Pipeline, path_setting};
use crate::errors::{self, OrRaise};
use crate::input::splitter::{character_spans, newlines};
use crate::input::{embedder, texts};
use crate::interrupt;

/// The pipeline with the embedded model and the default settings, which is made once.
pub fn default_pipeline(py: Python<'_>) -> PyResult<Arc<Pipeline>> {
    static PIPELINE: PyOnceLock<Arc<Pipeline>> = PyOnceLock::new();
    let make = || Ok::<_, PyErr>(Arc::new(Pipeline::new(py, &PyDict::new(py))?));
    Ok(PIPELINE.get_or_try_init(py, make)?.clone())
}

/// The segments of a text: tuples of the text, its start and end in characters, and its kind. The
/// language is detected if it is None.
#[pyfunction]
#[pyo3(signature = (text, language, newlines_name))]
pub fn segments<'py>(
    text: &Bound<'py, PyAny>,
    language: Option<&Bound<'py, PyAny>>,
    newlines_name: Option<&Bound<'py, PyAny>>,
) -> PyResult<Vec<(String, usize, usize, &'static str)>> {
    let py = text.py();
    let wrong = |_| errors::wrong_type("`text`", "a str", text);
    let text = text.cast::<PyString>().map_err(wrong)?;
    let bytes = texts::text("text", text)?.len();
    let raw = PyBackedStr::try_from(text.clone())?;
    let given = language.map(|code| texts::language_of("`language`", code)).transpose()?;
    let mut splitter = RuleSplitter::default();
    if let Some(name) = newlines_name {
        splitter =
            splitter.with_newlines(newlines(py, texts::str_of("setting `newlines`", name)?)?);
    }
    let split = move || -> bitext::Result<_> {
        let language = match given {
            Some(language) => language,
            None if bitext::text::is_blank(&raw) => Language::ENGLISH,
            None => bitext::language::require("text", &raw)?,
        };
        let found: Vec<_> = splitter.segments(language, &raw).collect();
        let spans: Vec<_> = found.iter().map(|segment| segment.span.clone()).collect();
        let places = character_spans(&raw, &spans);
        let rows = found.iter().zip(places).map(|(segment, (start, end))| {
            (segment.text.to_string(), start, end, segment.kind.name())
        });
        Ok(rows.collect())
    };
    interrupt::run(py, bytes, split)?.or_raise(py)
}

/// The vectors of texts with an embedder, of length 1. Vectors of an embedder of the caller (`is_own`) are
/// checked and scaled.
pub fn embed_with<'py>(
    model: &Arc<dyn Embedder>,
    is_own: bool,
    given: &Bound<'py, PyAny>,
    language: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = given.py();
    let language = texts::language_of("`language`", language)?;
    if let Ok(one) = given.cast::<PyString>() {
        let list = PyList::new(py, [one])?.into_any();
        let rows = embed_all(model, is_own, &list, language)?;
        return rows.call_method1("__getitem__", (0,));
    }
    embed_all(model, is_own, given, language)
}

fn embed_all<'py>(
    model: &Arc<dyn Embedder>,
    is_own: bool,
    given: &Bound<'py, PyAny>,
    language: Language,
) -> PyResult<Bound<'py, PyAny>> {
    let py = given.py();
    let wrong = || errors::wrong_type("`texts`", "a str or a list of str", given);
    if texts::is_bytes(given) || given.is_instance_of::<PyDict>() {
        return Err(wrong());
    }
    let items = given.try_iter().map_err(|_| wrong())?.collect::<PyResult<Vec<_>>>()?;
    // The texts themselves, which live as long as these handles.
    let mut owned = Vec::with_capacity(items.len());
    let mut bytes = 0;
    for (at, item) in items.iter().enumerate() {
        let text = item.cast::<PyString>();
        let text =
            text.map_err(|_| errors::wrong_type(&format!("`texts[{at}]`"), "a str", item))?;
        bytes += texts::text(&format!("`texts[{at}]`"), text)?.len();
        owned.push(PyBackedStr::try_from(text.clone())?);
    }
    let model = model.clone();
    let work = move || -> Result<Array2<f32>, EmbedError> {
        let texts: Vec<&str> = owned.iter().map(|text| &**text).collect();
        if is_own && texts.is_empty() {
            return Ok(Array2::zeros((0, model.dimension())));
        }
        let rows = model.embed(language, &texts)?;
        if !is_own {
            return Ok(rows);
        }
        if rows.dim() != (texts.len(), model.dimension()) {
            return Err(Box::new(WrongShape { found: rows.dim(), texts: texts.len() }));
        }
        Ok(Embeddings::from_rows(rows)?.rows().to_owned())
    };
    let rows = interrupt::run(py, bytes, work)?.map_err(|error| raised(py, error))?;
    Ok(rows.into_pyarray(py).into_any())
}

/// A matrix of an embedder of the caller has another number of rows or columns than it should.
#[derive(Debug)]
struct WrongShape {
    found: (usize, usize),
    texts: usize,
}

impl std::error::Error for WrongShape {}

impl std::fmt::Display for WrongShape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (rows, columns) = self.found;
        write!(
            f,
            "the embedder returned {rows} vectors of dimension {columns} for {} texts",
            self.texts
        )
    }
}

/// The exception for an error of an embedder.
fn raised(py: Python<'_>, error: EmbedError) -> PyErr {
    let error = match error.downcast::<PyErr>() {
        Ok(raised) => return errors::embedder(py, *raised),
        Err(error) => error,
    };
    let error = match error.downcast::<WrongShape>() {
        Ok(wrong) => return errors::vectors(py, &wrong.to_string()),
        Err(error) => error,
    };
    match error.downcast::<Error>() {
        Ok(error) => errors::exception(py, &error),
        Err(error) => errors::exception(py, &Error::other(error)),
    }
}

/// The vectors of texts with the model in the package, or one from a file or folder.
#[pyfunction]
#[pyo3(signature = (texts, language, model))]
pub fn embed<'py>(
    texts: &Bound<'py, PyAny>,
    language: &Bound<'py, PyAny>,
    model: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let model = model.map(|path| path_setting("model", path)).transpose()?;
    let model: Arc<dyn Embedder> = embedder::model(texts.py(), model.as_deref())?;
    embed_with(&model, false, texts, language)
}
