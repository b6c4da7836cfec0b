//! The class `Bitext`.

mod arrow;
mod columns;
mod explanation;
mod files;
mod html;
mod row;
mod selection;
mod table;

use std::sync::{Arc, OnceLock};

use bitext::align::ExplainedBitext;
use bitext::format::{Selection, from_json, to_json};
use bitext::{Bitext, Language};
use pyo3::exceptions::PyIndexError;
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict, PyList, PySlice, PyTuple};

use crate::aligner::Pipeline;
use crate::errors::{self, OrRaise};
use crate::input::splitter::character_spans;
use crate::input::texts;
use crate::{interrupt, settings};
pub use explanation::PyExplanation;
pub use row::{PyRow, RowIterator, shortest};
use selection::{selection, selection_in};

/// Two or three aligned articles.
///
/// A bitext is a sequence of rows, one for each translation unit in reading order. It prints as a table,
/// and is shown as one in a notebook. Made by `bitext.align` and `bitext.align_many`, or from JSON by
/// `Bitext.from_json`.
///
/// It offers the Arrow PyCapsule interface, so ``pyarrow.table(result)`` and ``polars.DataFrame(result)``
/// take it without a copy.
#[pyclass(frozen, name = "Bitext", module = "bitext", sequence)]
pub struct PyBitext {
    inner: Arc<Bitext>,
    pipeline: Option<Arc<Pipeline>>,
    explained: OnceLock<Arc<ExplainedBitext>>,
}

impl PyBitext {
    pub fn new(inner: Bitext, pipeline: Option<Arc<Pipeline>>) -> PyBitext {
        PyBitext { inner: Arc::new(inner), pipeline, explained: OnceLock::new() }
    }

    pub fn inner(&self) -> &Arc<Bitext> {
        &self.inner
    }

    /// The pipeline that made this bitext, or makes the same; `None` if it is not known.
    fn known_pipeline(&self, py: Python<'_>) -> PyResult<Option<Arc<Pipeline>>> {
        let pipeline = match &self.pipeline {
            Some(pipeline) => pipeline.clone(),
            None => crate::functions::default_pipeline(py)?,
        };
        let is_same = pipeline.aligner.fingerprint() == self.inner.fingerprint();
        Ok(is_same.then_some(pipeline))
    }

    /// Whether the aligner that made this bitext is known.
    pub fn can_explain(&self, py: Python<'_>) -> PyResult<bool> {
        Ok(self.known_pipeline(py)?.is_some())
    }

    /// The features of the units. The first call aligns the articles again.
    pub fn explained(&self, py: Python<'_>) -> PyResult<Arc<ExplainedBitext>> {
        if let Some(known) = self.explained.get() {
            return Ok(known.clone());
        }
        let Some(pipeline) = self.known_pipeline(py)? else {
            let message = format!(
                "cannot explain a bitext of the aligner {}: align its articles again",
                self.inner.fingerprint()
            );
            return Err(errors::input(py, "invalid_bitext", &message));
        };
        let articles = self.inner.articles().to_vec();
        let bytes = texts::work(&articles);
        let work = move || pipeline.aligner.explain(articles);
        let explained = Arc::new(interrupt::run(py, bytes, work)?.or_raise(py)?);
        Ok(self.explained.get_or_init(|| explained).clone())
    }
}

#[pymethods]
impl PyBitext {
    /// Reads a bitext from a line of JSON, such as `to_json` and ``bitext align`` write.
    #[staticmethod]
    fn from_json(py: Python<'_>, line: &Bound<'_, PyAny>) -> PyResult<PyBitext> {
        let line = texts::str_of("`line`", line)?;
        Ok(PyBitext::new(py.detach(|| from_json(line)).or_raise(py)?, None))
    }

    fn __len__(&self) -> usize {
        self.inner.units().len()
    }

    fn __getitem__<'py>(
        this: &Bound<'py, Self>,
        index: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = this.py();
        let len = this.get().__len__();
        if let Ok(slice) = index.cast::<PySlice>() {
            let range = slice.indices(len as isize)?;
            let list = PyList::empty(py);
            let mut at = range.start;
            for _ in 0..range.slicelength {
                list.append(PyRow::new(this.clone().unbind(), at as usize))?;
                at += range.step;
            }
            return Ok(list.into_any());
        }
        let at = this.get().place(index)?;
        Ok(Bound::new(py, PyRow::new(this.clone().unbind(), at))?.into_any())
    }

    fn __iter__(this: Py<Self>) -> RowIterator {
        RowIterator::new(this)
    }

    /// The rows that have texts in two languages or more, in reading order.
    ///
    /// Parameters
    /// ----------
    /// min_confidence : float, default 0
    ///     Smallest confidence, 0 to 1.
    /// nulls : bool, default False
    ///     Whether sentences without a counterpart are included.
    ///
    /// Returns
    /// -------
    /// list of Row
    #[pyo3(signature = (*, min_confidence = None, nulls = None))]
    fn rows(
        this: &Bound<'_, Self>,
        min_confidence: Option<&Bound<'_, PyAny>>,
        nulls: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Vec<PyRow>> {
        let places = this.get().places_of(this.py(), min_confidence, nulls)?;
        let row = |at| PyRow::new(this.clone().unbind(), at);
        Ok(places.into_iter().map(row).collect())
    }

    /// The id: a str, an int, or None.
    #[getter]
    fn id<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        match self.inner.id() {
            Some(id) => settings::to_python(py, &settings::through_text(id)?),
            None => Ok(py.None().into_bound(py)),
        }
    }

    /// The codes of the languages, in order.
    #[getter]
    fn languages(&self) -> Vec<String> {
        self.inner.articles().iter().map(|article| article.language().to_string()).collect()
    }

    /// The sentences of each article by language.
    #[getter]
    fn sentences<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let all = PyDict::new(py);
        for article in self.inner.articles() {
            let sentences: Vec<&str> = article.sentences().collect();
            all.set_item(article.language().code(), sentences)?;
        }
        Ok(all)
    }

    /// The text of each article by language.
    #[getter]
    fn texts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let all = PyDict::new(py);
        for article in self.inner.articles() {
            all.set_item(article.language().code(), article.text())?;
        }
        Ok(all)
    }

    /// The start and the end of each sentence of an article, in characters of its text.
    fn spans(&self, py: Python<'_>, language: &Bound<'_, PyAny>) -> PyResult<Vec<(usize, usize)>> {
        let language = selection::language_in(py, &self.inner, "`language`", language)?;
        let Some(article) = self.inner.article(language) else { return Ok(Vec::new()) };
        Ok(character_spans(article.text(), article.spans()))
    }

    /// The beads of two languages: tuples with the sentences in both, the score and the confidence.
    ///
    /// With three languages, beads may be finer than the rows.
    ///
    /// Returns
    /// -------
    /// list of (tuple of int, tuple of int, float, float)
    fn beads<'py>(
        &self,
        py: Python<'py>,
        source: &Bound<'_, PyAny>,
        target: &Bound<'_, PyAny>,
    ) -> PyResult<Vec<Bound<'py, PyTuple>>> {
        let (source, target) = self.pair(py, source, target)?;
        let beads = self.inner.beads(source, target).iter().map(|bead| {
            let side = |language| PyTuple::new(py, bead.sentences(language).unwrap_or_default());
            let numbers = (row::shortest(bead.score()), row::shortest(bead.confidence()));
            (side(source)?, side(target)?, numbers.0, numbers.1).into_pyobject(py)
        });
        beads.collect()
    }

    /// Whether an article looks unrelated to all others.
    #[getter]
    fn unrelated(&self) -> bool {
        self.inner.unrelated()
    }

    /// What looks wrong, one sentence each; the same texts as on the command line.
    #[getter]
    fn warnings(&self) -> Vec<String> {
        self.inner.warnings().iter().map(ToString::to_string).collect()
    }

    /// The warnings as dicts, with their ``kind`` and what they are about.
    #[getter]
    fn warning_details<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        settings::to_python(py, &settings::through_text(&self.inner.warnings())?)
    }

    /// The fingerprint of the model and the settings that made this bitext.
    #[getter]
    fn fingerprint(&self) -> &str {
        self.inner.fingerprint()
    }

    /// One line of JSON without the line break, as ``bitext align --format jsonl`` writes it.
    ///
    /// Parameters
    /// ----------
    /// min_confidence : float, default 0
    ///     Units and beads with a lower confidence are left out.
    /// pairs : list of str, optional
    ///     Language pairs such as ``'en-uk'`` whose beads are written. Default: all.
    #[pyo3(signature = (*, min_confidence = None, pairs = None))]
    fn to_json(
        &self,
        py: Python<'_>,
        min_confidence: Option<&Bound<'_, PyAny>>,
        pairs: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<String> {
        let selection = selection_in(py, &self.inner, min_confidence, None, pairs)?;
        Ok(py.detach(|| to_json(&self.inner, &selection)))
    }

    /// A table of tab-separated values with a header, as ``bitext align --format tsv`` writes it.
    ///
    /// Parameters
    /// ----------
    /// min_confidence : float, default 0
    ///     Rows with a lower confidence are left out.
    /// nulls : bool, default False
    ///     Whether sentences without a counterpart are included.
    /// pairs : list of str, optional
    ///     Write the beads of these language pairs, such as ``'en-uk'``, in place of the units.
    #[pyo3(signature = (*, min_confidence = None, nulls = None, pairs = None))]
    fn to_tsv(
        &self,
        py: Python<'_>,
        min_confidence: Option<&Bound<'_, PyAny>>,
        nulls: Option<&Bound<'_, PyAny>>,
        pairs: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<String> {
        let selection = selection_in(py, &self.inner, min_confidence, nulls, pairs)?;
        files::tsv(py, &self.inner, selection)
    }

    /// A translation memory, as ``bitext align --format tmx`` writes it. The parameters are those of
    /// `to_tsv`; sentences without a counterpart are never written.
    #[pyo3(signature = (*, min_confidence = None, pairs = None))]
    fn to_tmx(
        &self,
        py: Python<'_>,
        min_confidence: Option<&Bound<'_, PyAny>>,
        pairs: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<String> {
        let selection = selection_in(py, &self.inner, min_confidence, None, pairs)?;
        files::tmx(py, &self.inner, selection)
    }

    /// The sentence numbers of two languages, as Vecalign writes them.
    fn to_vecalign(
        &self,
        py: Python<'_>,
        source: &Bound<'_, PyAny>,
        target: &Bound<'_, PyAny>,
    ) -> PyResult<String> {
        let (source, target) = self.pair(py, source, target)?;
        files::vecalign(py, &self.inner, source, target)
    }

    /// The sentence numbers of two languages, as hunalign writes them (a ladder).
    fn to_ladder(
        &self,
        py: Python<'_>,
        source: &Bound<'_, PyAny>,
        target: &Bound<'_, PyAny>,
    ) -> PyResult<String> {
        let (source, target) = self.pair(py, source, target)?;
        files::ladder(py, &self.inner, source, target)
    }

    /// The columns of the rows as a dict of lists: ``document``, ``unit``, a column for each language,
    /// ``score`` and ``confidence``. The parameters are those of `rows`.
    #[pyo3(signature = (*, min_confidence = None, nulls = None))]
    fn to_dict<'py>(
        &self,
        py: Python<'py>,
        min_confidence: Option<&Bound<'_, PyAny>>,
        nulls: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Bound<'py, PyDict>> {
        columns::columns(py, &self.inner, &self.places_of(py, min_confidence, nulls)?)
    }

    /// The rows as a ``pandas.DataFrame``: see `to_dict` for the columns and the parameters.
    #[pyo3(signature = (*, min_confidence = None, nulls = None))]
    fn to_pandas<'py>(
        &self,
        py: Python<'py>,
        min_confidence: Option<&Bound<'_, PyAny>>,
        nulls: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let columns = self.to_dict(py, min_confidence, nulls)?;
        py.import("pandas")?.call_method1("DataFrame", (columns,))
    }

    /// The rows as a ``polars.DataFrame``, without a copy: see `to_dict` for the columns and the
    /// parameters.
    #[pyo3(signature = (*, min_confidence = None, nulls = None))]
    fn to_polars<'py>(
        &self,
        py: Python<'py>,
        min_confidence: Option<&Bound<'_, PyAny>>,
        nulls: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let stream = self.stream(py, min_confidence, nulls)?;
        py.import("polars")?.call_method1("DataFrame", (stream,))
    }

    /// The rows as a ``pyarrow.Table``, without a copy: see `to_dict` for the columns and the
    /// parameters. ``score`` and ``confidence`` are numbers of 32 bits.
    ///
    /// Other libraries take the bitext itself through the Arrow PyCapsule interface.
    #[pyo3(signature = (*, min_confidence = None, nulls = None))]
    fn to_arrow<'py>(
        &self,
        py: Python<'py>,
        min_confidence: Option<&Bound<'_, PyAny>>,
        nulls: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let stream = self.stream(py, min_confidence, nulls)?;
        py.import("pyarrow")?.call_method1("table", (stream,))
    }

    /// The rows with texts in two languages or more, as a stream of the Arrow C data interface.
    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        self.stream(py, None, None)?.capsule(py, requested_schema)
    }

    /// The schema of the stream.
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        arrow::schema_capsule(py, &self.inner)
    }

    /// Explains a unit: its features, and the alternatives that the aligner rejected.
    ///
    /// Parameters
    /// ----------
    /// index : int
    ///     Index of the row, from 0.
    ///
    /// Returns
    /// -------
    /// Explanation
    ///     It prints as ``bitext align --explain`` prints it.
    ///
    /// Notes
    /// -----
    /// The first call aligns the articles again, to learn the features of all units.
    fn explain(this: &Bound<'_, Self>, index: &Bound<'_, PyAny>) -> PyResult<PyExplanation> {
        let at = this.get().place(index)?;
        let explained = this.get().explained(this.py())?;
        Ok(PyExplanation::new(this.clone().unbind(), explained, at))
    }

    fn _repr_html_(&self) -> String {
        html::table(&self.inner)
    }

    fn __str__(&self) -> String {
        self.inner.to_string()
    }

    /// The table, cut after some lines.
    fn __repr__(&self) -> String {
        table::short(&self.inner)
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<PyBitext>().is_ok_and(|other| *other.get().inner == *self.inner)
    }

    fn __hash__(&self) -> u64 {
        use std::hash::{DefaultHasher, Hash, Hasher};

        let mut hasher = DefaultHasher::new();
        self.inner.fingerprint().hash(&mut hasher);
        self.inner.articles().iter().for_each(|article| article.text().hash(&mut hasher));
        hasher.finish()
    }

    /// Pickles the bitext as JSON. A copy is explained by the default aligner.
    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, (String,))> {
        let class = py.get_type::<PyBitext>();
        Ok((class.getattr("from_json")?, (to_json(&self.inner, &Selection::default()),)))
    }
}

impl PyBitext {
    /// The place of a unit from an index, which may count from the end.
    fn place(&self, index: &Bound<'_, PyAny>) -> PyResult<usize> {
        let len = self.__len__();
        let wrong = |_| errors::wrong_type("the `index` of a row", "an int or a slice", index);
        let index: isize = index.extract().map_err(wrong)?;
        let at = if index < 0 { index + len as isize } else { index };
        let found = usize::try_from(at).ok().filter(|at| *at < len);
        found.ok_or_else(|| {
            PyIndexError::new_err(format!("row {index} of a bitext with {len} rows"))
        })
    }

    /// Two languages of the bitext.
    fn pair(
        &self,
        py: Python<'_>,
        source: &Bound<'_, PyAny>,
        target: &Bound<'_, PyAny>,
    ) -> PyResult<(Language, Language)> {
        let language = |name, code| selection::language_in(py, &self.inner, name, code);
        Ok((language("`source`", source)?, language("`target`", target)?))
    }

    /// The places of the units that some keywords select.
    fn places_of(
        &self,
        py: Python<'_>,
        min_confidence: Option<&Bound<'_, PyAny>>,
        nulls: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Vec<usize>> {
        let selection = selection(py, min_confidence, nulls, None)?;
        let chosen = self.inner.units().iter().enumerate().filter(|(_, unit)| {
            unit.confidence() >= selection.min_confidence && (selection.nulls || !unit.is_null())
        });
        Ok(chosen.map(|(at, _)| at).collect())
    }

    fn stream(
        &self,
        py: Python<'_>,
        min_confidence: Option<&Bound<'_, PyAny>>,
        nulls: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<arrow::ArrowRows> {
        arrow::ArrowRows::new(&self.inner, &self.places_of(py, min_confidence, nulls)?)
    }
}
