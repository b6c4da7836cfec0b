//! The class `Explanation`.

use std::sync::Arc;

use bitext::align::{BeadExplanation, ExplainedBitext, NullExplanation, PairExplanation};
use bitext::format::explain_unit;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use super::PyBitext;
use super::row::{PyRow, Reduced, shortest};
use crate::input::splitter::character_spans;

/// Why the aligner chose a unit. It prints as ``bitext align --explain`` prints it.
#[pyclass(frozen, name = "Explanation", module = "bitext")]
pub struct PyExplanation {
    bitext: Py<PyBitext>,
    explained: Arc<ExplainedBitext>,
    index: usize,
}

impl PyExplanation {
    pub fn new(
        bitext: Py<PyBitext>,
        explained: Arc<ExplainedBitext>,
        index: usize,
    ) -> PyExplanation {
        PyExplanation { bitext, explained, index }
    }

    fn bead<'py>(
        &self,
        py: Python<'py>,
        pair: &PairExplanation,
        bead: &BeadExplanation,
    ) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        let sides = [
            ("source", pair.source, &bead.source, &bead.source_sentences),
            ("target", pair.target, &bead.target, &bead.target_sentences),
        ];
        for (name, language, spans, sentences) in sides {
            let text = self.explained.bitext().article(language).map_or("", |one| one.text());
            dict.set_item(name, sentences.clone().collect::<Vec<_>>())?;
            dict.set_item(format!("{name}_spans"), character_spans(text, spans))?;
        }
        dict.set_item("posterior", shortest(bead.posterior))?;
        dict.set_item("potential", shortest(bead.potential))?;
        dict.set_item("margin", shortest(bead.margin))?;
        dict.set_item("on_viterbi_path", bead.on_viterbi_path)?;
        dict.set_item("in_result", bead.in_result)?;
        let features = PyDict::new(py);
        for feature in &bead.features {
            let numbers = [feature.value, feature.weight, feature.nats].map(shortest);
            features.set_item(feature.name, (numbers[0], numbers[1], numbers[2]))?;
        }
        dict.set_item("features", features)?;
        Ok(dict)
    }
}

fn null<'py>(py: Python<'py>, null: &NullExplanation) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    dict.set_item("language", null.language.code())?;
    dict.set_item("sentence", null.sentence)?;
    dict.set_item("posterior", shortest(null.posterior))?;
    dict.set_item("on_viterbi_path", null.on_viterbi_path)?;
    Ok(dict)
}

#[pymethods]
impl PyExplanation {
    /// The row that is explained.
    #[getter]
    fn row(&self, py: Python<'_>) -> PyRow {
        PyRow::new(self.bitext.clone_ref(py), self.index)
    }

    /// A dict for each language pair: ``source`` and ``target``, the ``beads`` of the unit, the rejected
    /// ``alternatives``, and in ``nulls`` the posterior of each sentence that it is unaligned.
    ///
    /// The features of a bead are a dict from the name to the value, the weight and their product in nats.
    /// Sentences are counted from 0.
    #[getter]
    fn pairs<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let pairs = PyList::empty(py);
        let unit = self.explained.unit(self.index);
        for pair in unit.iter().flat_map(|unit| &unit.pairs) {
            let dict = PyDict::new(py);
            dict.set_item("source", pair.source.code())?;
            dict.set_item("target", pair.target.code())?;
            let beads = |all: &[BeadExplanation]| -> PyResult<Vec<Bound<'py, PyDict>>> {
                all.iter().map(|bead| self.bead(py, pair, bead)).collect()
            };
            dict.set_item("beads", beads(&pair.beads)?)?;
            dict.set_item("alternatives", beads(&pair.alternatives)?)?;
            let nulls = pair.nulls.iter().map(|one| null(py, one));
            dict.set_item("nulls", nulls.collect::<PyResult<Vec<_>>>()?)?;
            pairs.append(dict)?;
        }
        Ok(pairs)
    }

    fn __str__(&self) -> String {
        explain_unit(&self.explained, self.index).unwrap_or_default()
    }

    /// Pickles the bitext and the index. The copy is explained again, by the default aligner.
    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Reduced<'py>> {
        let default = crate::functions::default_pipeline(py)?;
        if default.aligner.fingerprint() != self.bitext.get().inner().fingerprint() {
            let why = "cannot pickle an Explanation of an aligner with settings: pickle its `pairs` or its text";
            return Err(PyTypeError::new_err(why));
        }
        let explain = py.get_type::<PyBitext>().getattr("explain")?;
        Ok((explain, (self.bitext.clone_ref(py), self.index)))
    }

    fn __repr__(&self) -> String {
        self.__str__().trim_end().to_string()
    }
}
