//! Errors of the library as exceptions of the module `bitext._errors`.

use std::error::Error as _;

use bitext::{Error, ErrorKind};
use pyo3::exceptions::{PyException, PyTypeError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{IntoPyDict, PyDict};

/// The exception class for a kind of error.
fn class_name(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::InvalidLanguage
        | ErrorKind::UnsupportedLanguage
        | ErrorKind::RussianForUkrainian
        | ErrorKind::UncertainLanguage => "LanguageError",
        ErrorKind::ArticleCount
        | ErrorKind::DuplicateLanguage
        | ErrorKind::InvalidSpan
        | ErrorKind::TooLong
        | ErrorKind::NotUtf8
        | ErrorKind::InvalidRecord
        | ErrorKind::InvalidBitext
        | ErrorKind::InvalidPage
        | ErrorKind::InvalidAlignment
        | ErrorKind::InvalidCorrection => "InputError",
        ErrorKind::VectorShape | ErrorKind::VectorNotFinite => "VectorError",
        ErrorKind::Embedder => "EmbedderError",
        ErrorKind::Model => "ModelError",
        ErrorKind::InvalidConfig => "SettingsError",
        ErrorKind::Read | ErrorKind::Write => "FileError",
        ErrorKind::Build => "BuildError",
        _ => "Error",
    }
}

/// The name of a kind in snake case: `InvalidLanguage` is `invalid_language`.
fn kind_name(kind: ErrorKind) -> String {
    let mut name = String::new();
    for c in format!("{kind:?}").chars() {
        if c.is_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.extend(c.to_lowercase());
    }
    name
}

/// The exception for an error of the library. An exception that a function of the caller raised is
/// its cause. Exceptions such as `KeyboardInterrupt`, and those of this package, are passed on.
pub fn exception(py: Python<'_>, error: &Error) -> PyErr {
    let raised = error.source().and_then(|source| source.downcast_ref::<PyErr>());
    if let Some(raised) = raised {
        let is_own = base(py).is_ok_and(|base| raised.is_instance(py, &base));
        if is_own || !raised.is_instance_of::<PyException>(py) {
            return raised.clone_ref(py);
        }
    }
    let fields = || {
        let fields = PyDict::new(py);
        fields.set_item("kind", kind_name(error.kind()))?;
        fields.set_item("article", error.article())?;
        fields.set_item("source_name", error.source_name())?;
        fields.set_item("line", error.line())?;
        fields.set_item("byte", error.byte())?;
        fields.set_item("errno", error.io_error().and_then(std::io::Error::raw_os_error))?;
        Ok::<_, PyErr>(fields)
    };
    let fields = match fields() {
        Ok(fields) => fields,
        Err(failure) => return failure,
    };
    let exception = make(py, class_name(error.kind()), &error.to_string(), &fields);
    if let Some(raised) = raised {
        exception.set_cause(py, Some(raised.clone_ref(py)));
    }
    exception
}

/// The base class of the exceptions.
fn base(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    py.import(intern!(py, "bitext._errors"))?.getattr(intern!(py, "Error"))
}

fn make(py: Python<'_>, class: &str, message: &str, fields: &Bound<'_, PyDict>) -> PyErr {
    let made = py
        .import(intern!(py, "bitext._errors"))
        .and_then(|module| module.getattr(class)?.call((message,), Some(fields)));
    match made {
        Ok(instance) => PyErr::from_value(instance),
        Err(failure) => failure,
    }
}

fn own(py: Python<'_>, class: &str, kind: &str, message: &str) -> PyErr {
    match [("kind", kind)].into_py_dict(py) {
        Ok(fields) => make(py, class, message, &fields),
        Err(failure) => failure,
    }
}

/// An error of a setting.
pub fn settings(py: Python<'_>, message: &str) -> PyErr {
    own(py, "SettingsError", "invalid_config", message)
}

/// An error of the input.
pub fn input(py: Python<'_>, kind: &str, message: &str) -> PyErr {
    own(py, "InputError", kind, message)
}

/// An error of a matrix.
pub fn vectors(py: Python<'_>, message: &str) -> PyErr {
    own(py, "VectorError", "vector_shape", message)
}

/// The error of an embedder of the caller, with the exception that it raised as its cause. Exceptions such
/// as `KeyboardInterrupt`, and those of this package, are passed on.
pub fn embedder(py: Python<'_>, raised: PyErr) -> PyErr {
    let is_own = base(py).is_ok_and(|base| raised.is_instance(py, &base));
    if is_own || !raised.is_instance_of::<PyException>(py) {
        return raised;
    }
    let message = format!("the embedder failed: {raised}");
    let error = own(py, "EmbedderError", "embedder", &message);
    error.set_cause(py, Some(raised));
    error
}

/// A `TypeError` that says what was expected and what came.
pub fn wrong_type(what: &str, expected: &str, value: &Bound<'_, PyAny>) -> PyErr {
    let found = value.get_type().name().map_or_else(|_| "another".into(), |name| name.to_string());
    PyTypeError::new_err(format!("{what} must be {expected}, not {found}"))
}

/// Results of the library as results of Python.
pub trait OrRaise<T> {
    /// The value, or the exception for the error.
    fn or_raise(self, py: Python<'_>) -> PyResult<T>;
}

impl<T> OrRaise<T> for bitext::Result<T> {
    fn or_raise(self, py: Python<'_>) -> PyResult<T> {
        self.map_err(|error| exception(py, &error))
    }
}
