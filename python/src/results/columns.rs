//! The columns of rows as lists of Python.

use bitext::Bitext;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

use super::row;

/// The columns of the units at some places.
pub fn columns<'py>(
    py: Python<'py>,
    bitext: &Bitext,
    places: &[usize],
) -> PyResult<Bound<'py, PyDict>> {
    let columns = PyDict::new(py);
    let id = bitext.id().map(ToString::to_string);
    columns.set_item("document", vec![id; places.len()])?;
    columns.set_item("unit", places)?;
    for language in bitext.languages() {
        let texts = places.iter().map(|&at| row::text(bitext, at, language));
        let list = PyList::empty(py);
        for text in texts {
            list.append(text)?;
        }
        columns.set_item(language.code(), list)?;
    }
    let units = || places.iter().map(|&at| &bitext.units()[at]);
    let scores: Vec<f64> = units().map(|unit| row::shortest(unit.score())).collect();
    let sure: Vec<f64> = units().map(|unit| row::shortest(unit.confidence())).collect();
    columns.set_item("score", scores)?;
    columns.set_item("confidence", sure)?;
    Ok(columns)
}
