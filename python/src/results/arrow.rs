//! Rows in the Arrow C data interface.

use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{ArrayRef, Float32Array, RecordBatch, RecordBatchIterator, UInt32Array};
use arrow_schema::ffi::FFI_ArrowSchema;
use arrow_schema::{ArrowError, DataType, Field, Schema};
use bitext::{Bitext, Language};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

use super::row;

/// Some rows of a bitext as columns. Any library that knows the Arrow PyCapsule interface takes it.
#[pyclass(frozen, module = "bitext")]
pub struct ArrowRows {
    batch: RecordBatch,
}

fn failed(error: &ArrowError) -> PyErr {
    PyRuntimeError::new_err(error.to_string())
}

fn schema(bitext: &Bitext) -> Schema {
    let mut fields = vec![
        Field::new("document", DataType::Utf8, true),
        Field::new("unit", DataType::UInt32, false),
    ];
    let languages = bitext.articles().iter();
    fields.extend(languages.map(|one| Field::new(one.language().code(), DataType::Utf8, true)));
    fields.push(Field::new("score", DataType::Float32, false));
    fields.push(Field::new("confidence", DataType::Float32, false));
    Schema::new(fields)
}

/// A capsule with the schema of a bitext's rows.
pub fn schema_capsule<'py>(py: Python<'py>, bitext: &Bitext) -> PyResult<Bound<'py, PyCapsule>> {
    let schema = FFI_ArrowSchema::try_from(&schema(bitext)).map_err(|error| failed(&error))?;
    PyCapsule::new_with_value(py, schema, c"arrow_schema")
}

impl ArrowRows {
    /// The columns of the units at some places.
    pub fn new(bitext: &Bitext, places: &[usize]) -> PyResult<ArrowRows> {
        let units = || places.iter().map(|&at| &bitext.units()[at]);
        let id = bitext.id().map(ToString::to_string);
        let mut documents = StringBuilder::new();
        places.iter().for_each(|_| documents.append_option(id.as_deref()));
        let numbers = places.iter().map(|&at| at as u32);
        let mut columns: Vec<ArrayRef> =
            vec![Arc::new(documents.finish()), Arc::new(UInt32Array::from_iter_values(numbers))];
        for language in bitext.languages().collect::<Vec<Language>>() {
            let mut texts = StringBuilder::new();
            places.iter().for_each(|&at| texts.append_option(row::text(bitext, at, language)));
            columns.push(Arc::new(texts.finish()));
        }
        let scores = units().map(|unit| unit.score());
        let confidences = units().map(|unit| unit.confidence());
        columns.push(Arc::new(Float32Array::from_iter_values(scores)));
        columns.push(Arc::new(Float32Array::from_iter_values(confidences)));
        let batch = RecordBatch::try_new(Arc::new(schema(bitext)), columns);
        Ok(ArrowRows { batch: batch.map_err(|error| failed(&error))? })
    }

    /// A capsule with a stream of one batch. A requested schema is ignored, as the interface allows.
    pub fn capsule<'py>(
        &self,
        py: Python<'py>,
        _requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let schema = self.batch.schema();
        let batches = RecordBatchIterator::new([Ok(self.batch.clone())], schema);
        let stream = FFI_ArrowArrayStream::new(Box::new(batches));
        PyCapsule::new_with_value(py, stream, c"arrow_array_stream")
    }
}

#[pymethods]
impl ArrowRows {
    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        self.capsule(py, requested_schema)
    }
}
