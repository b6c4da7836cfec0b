//! Sentence vectors: the trait that any model can implement, and the model
//! that is built in.

#[cfg(feature = "rust-bert")]
mod bert;
#[cfg(feature = "cache")]
mod cache;
mod embeddings;
pub(crate) mod file;
#[cfg(feature = "safetensors")]
mod folder;
#[cfg(any(feature = "cache", feature = "rust-bert"))]
mod guard;
mod model_error;
mod static_embedder;
mod sum;
pub(crate) mod tokenizer;
pub(crate) mod vector;
pub(crate) mod word;
mod words;

#[cfg(feature = "rust-bert-download")]
pub use bert::PretrainedModel;
#[cfg(feature = "rust-bert")]
pub use bert::{Progress, RustBertConfig, RustBertEmbedder};
#[cfg(feature = "cache")]
pub use cache::CachedEmbedder;
pub use embeddings::Embeddings;
pub use model_error::ModelError;
pub use static_embedder::StaticEmbedder;
pub use words::Words;

use ndarray::Array2;

use crate::Language;

/// What an embedder of one's own may fail with.
pub type EmbedError = Box<dyn std::error::Error + Send + Sync>;

/// A multilingual sentence encoder: texts of one language in, vectors of a
/// space that all its languages share out.
///
/// Only [`embed`](Embedder::embed), [`dimension`](Embedder::dimension) and
/// [`fingerprint`](Embedder::fingerprint) need writing. The trait is
/// object-safe, and an embedder is shared between threads.
///
/// ```
/// use bitext::{Embedder, Language, embed::EmbedError};
/// use ndarray::Array2;
///
/// /// Counts of a few characters that read the same in every language.
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
/// // Rows become unit vectors; of spans it knows nothing.
/// let vectors = Digits.embed_spans(Language::ENGLISH, &["In 2024", ""])?;
/// assert!((vectors.rows()[[0, 4]] - 1.0 / 6.0_f32.sqrt()).abs() < 1e-6);
/// assert!(vectors.raw().is_none());
/// # Ok::<(), EmbedError>(())
/// ```
pub trait Embedder: Send + Sync {
    /// The number of columns of every matrix that this embedder returns.
    fn dimension(&self) -> usize;

    /// Names the model and its weights: equal for equal vectors, different
    /// after any change. It is written into every output.
    fn fingerprint(&self) -> String;

    /// The languages that the model was made for, where that is known; by the default it is not.
    /// Articles in others are aligned with a [warning](crate::Warning::LanguageNotInModel), and
    /// are not said to be unrelated.
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

    /// The vectors of `texts`, one row each: shape (texts, dimension), rows of
    /// length 1, or all zero where nothing is known of a text.
    ///
    /// Rows of another length are normalised by the caller; NaN, infinity and
    /// another shape are refused there with an error that names the article.
    ///
    /// # Errors
    ///
    /// Whatever the model fails with.
    fn embed(&self, language: Language, texts: &[&str]) -> Result<Array2<f32>, EmbedError>;

    /// The vectors of `texts` together with what the model knows about spans
    /// of consecutive texts. The default knows nothing: see [`Embeddings`].
    ///
    /// # Errors
    ///
    /// Whatever the model fails with.
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
