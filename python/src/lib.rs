//! The native module of the Python package `bitext`.
//!
//! It turns values of Python into those of the library and back; what it computes, the library does.
//! The package's own modules have the functions with their documentation and call this one.

#![forbid(unsafe_code)]

mod aligner;
mod embedder;
mod errors;
mod functions;
mod interrupt;
mod many;
mod results;
mod settings;
mod splitter;
mod texts;

/// The native module.
#[pyo3::pymodule(name = "_native")]
mod native {
    #[pymodule_export]
    use crate::aligner::{PyAligner, divide_keywords};
    #[pymodule_export]
    use crate::functions::{embed, segments};
    #[pymodule_export]
    use crate::many::AlignMany;
    #[pymodule_export]
    use crate::results::{PyBitext, PyExplanation, PyRow};
    #[pymodule_export]
    const VERSION: &str = env!("CARGO_PKG_VERSION");
}
