//! Inputs: files, folders and standard input, compressed or not.

pub mod alignments;
pub mod excluded;
pub mod input;
pub mod json_lines;
pub mod records;

pub use bitext::cli_support::{compressed, sniff};
