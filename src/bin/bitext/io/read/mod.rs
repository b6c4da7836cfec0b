//! Inputs: files, folders and standard input, compressed or not.

pub mod alignments;
pub mod compressed;
pub mod input;
pub mod kind;
pub mod records;
pub mod sources;
pub mod unpack;
