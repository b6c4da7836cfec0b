//! Aligns the sentences of parallel articles.

pub mod align;
pub mod article;
pub mod embed;
mod error;
pub mod language;
pub mod split;
pub mod text;

pub use article::Article;
pub use embed::{Embedder, Embeddings, StaticEmbedder};
pub use error::{Error, Result};
pub use language::{Detection, Language};
pub use split::{RuleSplitter, Splitter};
