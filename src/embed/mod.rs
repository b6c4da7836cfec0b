//! Sentence vectors.
//!
//! An [`Embedder`] turns texts into vectors whose cosines say how similar the texts are, across
//! languages. [`StaticEmbedder`] is the model that is compiled into the crate. `CandleEmbedder` and
//! `RustBertEmbedder` run transformers, and `CachedEmbedder` keeps the vectors of any embedder in a
//! file.

#[cfg(feature = "rust-bert")]
mod bert;
#[cfg(feature = "cache")]
mod cache;
#[cfg(feature = "candle")]
mod candle;
mod embeddings;
#[cfg(feature = "safetensors")]
mod folder;
#[cfg(any(feature = "cache", feature = "candle", feature = "rust-bert"))]
mod guard;
mod model_error;
pub(crate) mod static_model;
#[cfg(any(feature = "candle", feature = "rust-bert"))]
mod transformer;
pub(crate) mod vector;
mod words;

#[cfg(feature = "rust-bert-download")]
pub use bert::PretrainedModel;
#[cfg(feature = "rust-bert")]
pub use bert::RustBertEmbedder;
#[cfg(feature = "cache")]
pub use cache::CachedEmbedder;
#[cfg(feature = "candle")]
pub use candle::CandleEmbedder;
pub use embeddings::Embeddings;
pub use model_error::ModelError;
pub use static_model::StaticEmbedder;
#[cfg(any(feature = "candle", feature = "rust-bert"))]
pub use transformer::{EmbedProgress, TransformerConfig};
// Word vectors are no part of the API and may change in any version.
#[doc(hidden)]
pub use words::Words;

use ndarray::Array2;

use crate::Language;

/// The error of an [`Embedder`]: any type, so that your own model can use its own.
pub type EmbedError = Box<dyn std::error::Error + Send + Sync>;

/// A multilingual sentence encoder: a function from texts to vectors.
///
/// The languages of a model share one vector space, so that the cosine of two vectors says how
/// similar in meaning the texts are, whatever their languages.
///
/// # Implementing
///
/// Implement three methods to use your own model:
///
/// * [`dimension`](Embedder::dimension): the number of columns of all matrices.
/// * [`fingerprint`](Embedder::fingerprint): a name of the model and its version.
/// * [`embed`](Embedder::embed): the vectors of a list of texts, one row per text.
///
/// Then pass the embedder to [`Aligner::with_embedder`](crate::Aligner::with_embedder). The aligner
/// embeds the sentences of one article in one call, so batch them if your model is faster with
/// batches. It also embeds joined neighbouring sentences in the same way, because a sentence may be
/// translated by two.
///
/// An embedder must be `Send` and `Sync`: threads share it by reference. `Box<dyn Embedder>` and
/// `Arc<dyn Embedder>` are embedders, too. Matrices are of type [`ndarray::Array2`]; use
/// [`bitext::ndarray`](crate::ndarray), so that the versions match.
///
/// Override [`languages`](Embedder::languages) if the model knows only some languages, and
/// [`embed_spans`](Embedder::embed_spans) if your embedder wraps another one.
///
/// ```
/// use bitext::embed::{EmbedError, Embedder};
/// use bitext::ndarray::Array2;
/// use bitext::{Aligner, Article, Language};
///
/// /// Counts digits, which are the same in every language.
/// struct Digits;
///
/// impl Embedder for Digits {
///     fn dimension(&self) -> usize {
///         10
///     }
///     fn fingerprint(&self) -> String {
///         "digits-1".to_string()
///     }
///     fn embed(&self, _: Language, texts: &[&str]) -> Result<Array2<f32>, EmbedError> {
///         let mut rows = Array2::zeros((texts.len(), 10));
///         for (mut row, text) in rows.rows_mut().into_iter().zip(texts) {
///             for digit in text.chars().filter_map(|c| c.to_digit(10)) {
///                 row[digit as usize] += 1.0;
///             }
///         }
///         Ok(rows)
///     }
/// }
///
/// let rows = Digits.embed(Language::ENGLISH, &["In 2024", ""])?;
/// assert_eq!(rows.dim(), (2, Digits.dimension()));
///
/// let bitext = Aligner::with_embedder(Digits).align([
///     Article::new(Language::ENGLISH, "It was founded in 1873. It has 250 rooms."),
///     Article::new(Language::GERMAN, "Es wurde 1873 gegründet. Es hat 250 Zimmer."),
/// ])?;
/// assert_eq!(bitext.units().len(), 2);
/// # Ok::<(), EmbedError>(())
/// ```
pub trait Embedder: Send + Sync {
    /// The number of columns of every matrix that this embedder returns. It must not change.
    fn dimension(&self) -> usize;

    /// A name for the model and its version, such as `labse-768:1f3a`. It must change whenever the
    /// vectors change.
    ///
    /// It is written into every output, so that two outputs can be compared, and it is part of the
    /// key of cached vectors.
    ///
    /// ```
    /// use bitext::{Embedder, StaticEmbedder};
    ///
    /// assert!(StaticEmbedder::embedded().fingerprint().starts_with("static-"));
    /// ```
    fn fingerprint(&self) -> String;

    /// The languages that the model was trained for. `None`, the default, means that they are not
    /// known.
    ///
    /// Articles in other languages are aligned with a
    /// [warning](crate::Warning::LanguageNotInModel), and they are never marked as
    /// [unrelated](crate::Bitext::unrelated).
    ///
    /// ```
    /// use bitext::{Embedder, StaticEmbedder};
    ///
    /// let model: Box<dyn Embedder> = Box::new(StaticEmbedder::embedded());
    /// assert_eq!(model.languages().map(<[_]>::len), Some(3));
    /// # Ok::<(), bitext::Error>(())
    /// ```
    fn languages(&self) -> Option<&[Language]> {
        None
    }

    /// The vectors of texts in one language: a matrix with one row per text, in their order, and
    /// [`dimension`](Embedder::dimension) columns.
    ///
    /// The length of a row does not matter, because the caller scales rows to length 1. Return a row
    /// of zeros for a text that the model knows nothing about, such as an empty one: it is similar to
    /// no other. The caller refuses a matrix of another shape, NaN and infinity, with an error that
    /// names the article.
    ///
    /// # Errors
    ///
    /// Any error of the model. [`Aligner::align`](crate::Aligner::align) returns it as the source of
    /// an error of the kind [`Embedder`](crate::ErrorKind::Embedder), and returns an
    /// [`Error`](crate::Error) as it is.
    fn embed(&self, language: Language, texts: &[&str]) -> Result<Array2<f32>, EmbedError>;

    /// The vectors of consecutive texts, with additional data on their spans and words.
    ///
    /// The default returns the rows of [`embed`](Embedder::embed) alone. Override it to pass on the
    /// result of an embedder that yours wraps, so that the additional data of the embedded model
    /// are kept.
    ///
    /// # Errors
    ///
    /// Those of [`embed`](Embedder::embed).
    fn embed_spans(&self, language: Language, texts: &[&str]) -> Result<Embeddings, EmbedError> {
        Ok(Embeddings::from_rows(self.embed(language, texts)?)?)
    }
}

impl<E: Embedder + ?Sized> Embedder for Box<E> {
    fn dimension(&self) -> usize {
        (**self).dimension()
    }
    fn fingerprint(&self) -> String {
        (**self).fingerprint()
    }
    fn languages(&self) -> Option<&[Language]> {
        (**self).languages()
    }
    fn embed(&self, language: Language, texts: &[&str]) -> Result<Array2<f32>, EmbedError> {
        (**self).embed(language, texts)
    }
    fn embed_spans(&self, language: Language, texts: &[&str]) -> Result<Embeddings, EmbedError> {
        (**self).embed_spans(language, texts)
    }
}

impl<E: Embedder + ?Sized> Embedder for std::sync::Arc<E> {
    fn dimension(&self) -> usize {
        (**self).dimension()
    }
    fn fingerprint(&self) -> String {
        (**self).fingerprint()
    }
    fn languages(&self) -> Option<&[Language]> {
        (**self).languages()
    }
    fn embed(&self, language: Language, texts: &[&str]) -> Result<Array2<f32>, EmbedError> {
        (**self).embed(language, texts)
    }
    fn embed_spans(&self, language: Language, texts: &[&str]) -> Result<Embeddings, EmbedError> {
        (**self).embed_spans(language, texts)
    }
}
