//! Inputs: files, folders, standard input, compressed or not; models and weights.

pub mod compressed;
pub mod input;
pub mod kind;
pub mod model;
pub mod newlines;
pub mod records;
pub mod sources;
pub mod unpack;
pub mod weights;
