//! Aligns the sentences of parallel articles.

pub mod align;
pub mod article;
pub mod bitext;
pub mod embed;
mod error;
pub mod format;
pub mod language;
pub mod split;
pub mod text;

pub use align::Aligner;
pub use article::Article;
pub use bitext::{Bitext, Id, Unit};
pub use embed::{Embedder, Embeddings, StaticEmbedder};
pub use error::{Error, Result};
pub use language::{Detection, Language};
pub use split::{RuleSplitter, Splitter};
