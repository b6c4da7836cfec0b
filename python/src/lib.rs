//! The native module of the Python package `bitext`.
//!
//! It turns values of Python into those of the library and back; what it computes, the library does.
//! The package's own modules have the functions with their documentation and call this one.

#![forbid(unsafe_code)]

mod aligner;
mod calls;
mod corpus;
mod errors;
mod functions;
mod input;
mod interrupt;
mod many;
mod results;
mod settings;

/// The native module.
// Nobody has tested it without the lock of the interpreter, which a free-threaded Python turns on for it.
#[pyo3::pymodule(name = "_native", gil_used = true)]
mod native {
    #[pymodule_export]
    use crate::aligner::{PyAligner, divide_keywords};
    #[pymodule_export]
    use crate::corpus::build::build;
    #[pymodule_export]
    use crate::corpus::filter::Filter;
    #[pymodule_export]
    use crate::corpus::pair::pair;
    #[pymodule_export]
    use crate::corpus::report::pages;
    #[pymodule_export]
    use crate::corpus::score::score;
    #[pymodule_export]
    use crate::functions::{embed, segments};
    #[pymodule_export]
    use crate::many::AlignMany;
    #[pymodule_export]
    use crate::results::{PyBitext, PyExplanation, PyRow};
    #[pymodule_export]
    const VERSION: &str = env!("CARGO_PKG_VERSION");
}
