//! Embedders: models of the library, and functions of the caller.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use bitext::ndarray::Array2;
use bitext::{Embedder, Language, StaticEmbedder, embed::EmbedError};
use numpy::{PyArray2, PyArrayMethods};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString};

use crate::calls;
use crate::errors::{self, OrRaise};
use crate::input::splitter::{TextFunction, default_name};
use crate::input::texts;

/// The embedded model, which is read once.
pub fn embedded() -> Arc<StaticEmbedder> {
    static MODEL: OnceLock<Arc<StaticEmbedder>> = OnceLock::new();
    MODEL.get_or_init(|| Arc::new(StaticEmbedder::embedded().with_threads(0))).clone()
}

/// A static model from a file or a folder, or the embedded model.
pub fn model(py: Python<'_>, path: Option<&Path>) -> PyResult<Arc<StaticEmbedder>> {
    let Some(path) = path.map(Path::to_path_buf) else { return Ok(embedded()) };
    let read = |path: PathBuf| {
        let model = if path.is_dir() {
            StaticEmbedder::from_dir(&path)
        } else {
            StaticEmbedder::from_file(&path)
        };
        // An error of reading names the file itself.
        model.map(|model| Arc::new(model.with_threads(0))).map_err(|error| {
            match error.source_name() {
                Some(_) => error,
                None => error.with_source_name(path.display().to_string()),
            }
        })
    };
    py.detach(|| read(path)).or_raise(py)
}

/// A function of the caller from texts to vectors.
pub struct PyEmbedder {
    function: Arc<TextFunction>,
    name: String,
    dimension: usize,
    languages: Option<Vec<Language>>,
}

/// A text that is embedded once to learn the dimension of a model.
const PROBE: &str = "The library opens on Monday.";

impl PyEmbedder {
    /// An embedder that calls a function, or the method `encode` of an object.
    pub fn new(
        embedder: &Bound<'_, PyAny>,
        name: Option<String>,
        languages: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<PyEmbedder> {
        let py = embedder.py();
        // An object of sentence-transformers can be called, too, but not with texts.
        let function = match embedder.getattr_opt("encode")? {
            Some(encode) => encode,
            None => embedder.clone(),
        };
        if !function.is_callable() {
            let expected = "a function, or an object with a method `encode`";
            return Err(errors::wrong_type("setting `embedder`", expected, embedder));
        }
        let is_list = |codes: &Bound<'_, PyAny>| {
            !codes.is_instance_of::<PyString>() && codes.try_iter().is_ok()
        };
        if let Some(code) = languages.filter(|codes| !is_list(codes)) {
            let what = "setting `embedder_languages`";
            return Err(errors::wrong_type(what, "a list of language codes", code));
        }
        let languages = languages
            .map(|codes| {
                let what = "a language in `embedder_languages`";
                codes.try_iter()?.map(|code| texts::language_of(what, &code?)).collect()
            })
            .transpose()?;
        let function = Arc::new(TextFunction::new(&function));
        let name = match name {
            Some(name) => name,
            None => default_name(embedder),
        };
        let probe = PyList::new(py, [PROBE])?.into_any();
        let vectors = function.call(probe, Language::ENGLISH).and_then(|found| matrix(&found));
        let dimension = vectors.map_err(|raised| errors::embedder(py, raised))?.ncols();
        Ok(PyEmbedder { function, name, dimension, languages })
    }
}

/// A copy of a matrix of Python: an array, or what NumPy can convert to one.
pub fn matrix(value: &Bound<'_, PyAny>) -> PyResult<Array2<f32>> {
    let py = value.py();
    // Numbers of 64 bits are converted as they are copied.
    if let Ok(array) = value.cast::<PyArray2<f64>>() {
        return Ok(array.try_readonly()?.as_array().mapv(|number| number as f32));
    }
    let array = py.import("numpy")?.call_method1("asarray", (value, "float32"))?;
    let Ok(array) = array.cast::<PyArray2<f32>>() else {
        let shape = array.getattr("shape")?;
        let why = format!("expected a matrix with one row per text, got an array of shape {shape}");
        return Err(errors::vectors(py, &why));
    };
    Ok(array.try_readonly()?.as_array().to_owned())
}

impl Embedder for PyEmbedder {
    fn dimension(&self) -> usize {
        self.dimension
    }

    fn fingerprint(&self) -> String {
        format!("python:{}", self.name)
    }

    fn languages(&self) -> Option<&[Language]> {
        self.languages.as_deref()
    }

    fn embed(&self, language: Language, texts: &[&str]) -> Result<Array2<f32>, EmbedError> {
        let function = self.function.clone();
        let texts: Vec<String> = texts.iter().map(|text| text.to_string()).collect();
        calls::call(move |py| {
            let list = PyList::new(py, texts)?.into_any();
            matrix(&function.call(list, language)?)
        })
    }
}
