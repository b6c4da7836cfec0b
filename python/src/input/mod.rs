//! What the caller gives: texts, embedders and splitters.

pub mod embedder;
pub mod splitter;
pub mod texts;
