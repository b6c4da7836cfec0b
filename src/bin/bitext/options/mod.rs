//! Command line options that several commands share, and the values they parse to.

pub mod exclude;
pub mod language_pair;
pub mod model;
pub mod newlines;
pub mod threads;
pub mod weights;
