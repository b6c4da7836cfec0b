//! The class `Row`.

use std::borrow::Cow;

use bitext::format::fold;
use bitext::{Bitext, Language, Unit};
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use super::PyBitext;
use crate::input::texts;

/// A translation unit of a bitext, with its texts.
///
/// ``row['en']`` is the text in a language, or None if the unit has no sentence in it. Line breaks and tabs
/// in a text are spaces. ``dict(row)`` has the texts of all languages of the bitext.
#[pyclass(frozen, name = "Row", module = "bitext", mapping)]
pub struct PyRow {
    bitext: Py<PyBitext>,
    index: usize,
}

/// How a row or an explanation is pickled: a function, and its arguments.
pub type Reduced<'py> = (Bound<'py, PyAny>, (Py<PyBitext>, usize));

/// The number of 64 bits with the shortest decimal form: 0.99 for the `f32` nearest to it.
pub fn shortest(value: f32) -> f64 {
    value.to_string().parse().unwrap_or(f64::NAN)
}

/// The text of a unit in a language on one line, as [`bitext::Row`] has it.
pub fn text(bitext: &Bitext, unit: usize, language: Language) -> Option<Cow<'_, str>> {
    let text = bitext.text(&bitext.units()[unit], language)?;
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    Some(if text.contains(breaks) { Cow::Owned(fold(&text)) } else { text })
}

/// The numbers of sentences of a unit in all languages of its bitext, as in the table.
pub fn shape(bitext: &Bitext, unit: &Unit) -> String {
    let size = |language| unit.sentences(language).map(|sentences| sentences.len().to_string());
    let sizes =
        bitext.languages().map(|language| size(language).unwrap_or_else(|| "·".to_string()));
    sizes.collect::<Vec<_>>().join("-")
}

impl PyRow {
    pub fn new(bitext: Py<PyBitext>, index: usize) -> PyRow {
        PyRow { bitext, index }
    }

    pub fn bitext(&self) -> &Bitext {
        self.bitext.get().inner()
    }

    pub fn unit(&self) -> &Unit {
        &self.bitext().units()[self.index]
    }

    /// The texts of the unit by language.
    pub fn own_texts(&self) -> impl Iterator<Item = (Language, Cow<'_, str>)> {
        let text = |language| Some((language, text(self.bitext(), self.index, language)?));
        self.bitext().languages().filter_map(text)
    }

    fn language(&self, code: &str) -> Option<Language> {
        let language = Language::new(code).ok()?;
        self.bitext().languages().find(|own| *own == language)
    }
}

#[pymethods]
impl PyRow {
    fn __getitem__(&self, language: &Bound<'_, PyAny>) -> PyResult<Option<Cow<'_, str>>> {
        let language = texts::str_of("`language`", language)?;
        let found = self.language(language);
        let language = found.ok_or_else(|| PyKeyError::new_err(language.to_string()))?;
        Ok(text(self.bitext(), self.index, language))
    }

    /// The text in a language; ``default`` if the bitext lacks the language or the unit has no sentence in
    /// it.
    #[pyo3(signature = (language, default = None))]
    fn get<'py>(
        &self,
        py: Python<'py>,
        language: &Bound<'py, PyAny>,
        default: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let language = texts::str_of("`language`", language)?;
        let found = self.language(language);
        match found.and_then(|language| text(self.bitext(), self.index, language)) {
            Some(text) => Ok(text.into_pyobject(py)?.into_any()),
            None => Ok(default.unwrap_or_else(|| py.None().into_bound(py))),
        }
    }

    /// The codes of the bitext's languages, so that ``dict(row)`` has all texts.
    fn keys(&self) -> Vec<String> {
        self.bitext().articles().iter().map(|article| article.language().to_string()).collect()
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(PyTuple::new(py, self.keys())?.try_iter()?.into_any())
    }

    fn __len__(&self) -> usize {
        self.bitext().articles().len()
    }

    fn __contains__(&self, language: &Bound<'_, PyAny>) -> bool {
        language.extract::<&str>().is_ok_and(|code| self.language(code).is_some())
    }

    /// The texts of the unit by language, without the languages that it lacks.
    #[getter(texts)]
    fn texts_by_language<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        for (language, text) in self.own_texts() {
            dict.set_item(language.code(), text)?;
        }
        Ok(dict)
    }

    /// The indexes of the unit's sentences by language, from 0.
    #[getter]
    fn sentences<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        for part in self.unit().parts() {
            dict.set_item(part.language.code(), PyTuple::new(py, &part.sentences)?)?;
        }
        Ok(dict)
    }

    /// The index of the row in its bitext, from 0.
    #[getter]
    fn index(&self) -> usize {
        self.index
    }

    /// The probability, 0 to 1, that the unit is exactly right.
    #[getter]
    fn confidence(&self) -> f64 {
        shortest(self.unit().confidence())
    }

    /// The mean margin similarity; 0 for null units.
    #[getter]
    fn score(&self) -> f64 {
        shortest(self.unit().score())
    }

    /// The numbers of sentences in the languages of the bitext, such as ``'1-2-1'`` and, for a sentence
    /// without a counterpart, ``'1-·-·'``; the same as in the table.
    #[getter]
    fn shape(&self) -> String {
        shape(self.bitext(), self.unit())
    }

    /// Whether the unit is a sentence without a counterpart.
    #[getter]
    fn is_null(&self) -> bool {
        self.unit().is_null()
    }

    /// Whether the text is at another place in another language.
    #[getter]
    fn crossing(&self) -> bool {
        self.unit().crossing()
    }

    /// Whether a person made or confirmed the unit.
    #[getter]
    fn reviewed(&self) -> bool {
        self.unit().reviewed()
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let mut parts = Vec::new();
        for (language, text) in self.own_texts() {
            parts.push(format!("{language}={}", text.into_pyobject(py)?.repr()?));
        }
        Ok(format!("Row({}, confidence={})", parts.join(", "), self.confidence()))
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<PyRow>().is_ok_and(|other| {
            let other = other.get();
            self.unit() == other.unit() && self.own_texts().eq(other.own_texts())
        })
    }

    fn __hash__(&self) -> u64 {
        use std::hash::{DefaultHasher, Hash, Hasher};

        let mut hasher = DefaultHasher::new();
        self.own_texts().for_each(|(_, text)| text.hash(&mut hasher));
        hasher.finish()
    }

    /// Pickles the row as its bitext and its index. Rows that are pickled together share the bitext.
    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Reduced<'py>> {
        let getitem = py.import("operator")?.getattr("getitem")?;
        Ok((getitem, (self.bitext.clone_ref(py), self.index)))
    }
}

/// Iterates over the rows of a bitext.
#[pyclass(module = "bitext")]
pub struct RowIterator {
    bitext: Py<PyBitext>,
    next: usize,
}

impl RowIterator {
    pub fn new(bitext: Py<PyBitext>) -> RowIterator {
        RowIterator { bitext, next: 0 }
    }
}

#[pymethods]
impl RowIterator {
    fn __iter__(this: PyRef<'_, Self>) -> PyRef<'_, Self> {
        this
    }

    fn __next__(&mut self, py: Python<'_>) -> Option<PyRow> {
        let index = self.next;
        if index >= self.bitext.get().inner().units().len() {
            return None;
        }
        self.next += 1;
        Some(PyRow::new(self.bitext.clone_ref(py), index))
    }

    fn __length_hint__(&self) -> usize {
        self.bitext.get().inner().units().len() - self.next
    }
}
