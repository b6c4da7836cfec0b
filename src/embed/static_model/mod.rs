//! The static model: a text is split into words and pieces, and their vectors are summed.

pub(crate) mod file;
mod static_embedder;
mod sum;
pub(crate) mod tokenizer;
pub(crate) mod word;

pub use static_embedder::StaticEmbedder;
