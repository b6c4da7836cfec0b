//! Outputs: streams and files that are replaced as a whole.

pub mod output;
pub mod paths;
pub mod temporary;
