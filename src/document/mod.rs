//! The data: articles, bitexts, their ids and warnings.
//!
//! These types know nothing of vectors or of the aligner. [`Article::read`] reads a text file; other
//! formats of articles and bitexts are in [`format`](crate::format).

pub mod article;
pub(crate) mod bitext;
mod block;
mod id;
mod links;
mod warning;

pub use article::Article;
pub use bitext::{Bitext, LanguagePair, Part, Row, Unit};
pub use id::Id;
pub use warning::Warning;
