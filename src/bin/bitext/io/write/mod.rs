//! Outputs: standard output, and files that are replaced atomically.

pub mod output;
pub mod paths;

pub use bitext::cli_support::temporary;
