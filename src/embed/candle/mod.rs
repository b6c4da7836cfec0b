//! Transformer encoders in pure Rust: candle multiplies the matrices; attention, normalisation and
//! activations are ours.
//!
//! A batch is one matrix with a row per token and without padding, so that a text does not depend on
//! the others of its batch. Batches are distributed over threads, and a batch is computed by one.

mod attention;
mod math;
mod network;
mod read;
mod workers;

use std::path::Path;

use ndarray::Array2;

use self::workers::CandleNetwork;
use super::transformer::{Transformer, TransformerConfig};
use super::{EmbedError, Embedder};
use crate::{Language, Result};

/// A transformer encoder of sentences, in pure Rust on candle, on the CPU.
///
/// It reads folders in the layout of sentence-transformers: a BERT, XLM-RoBERTa or DistilBERT encoder
/// with a WordPiece or SentencePiece vocabulary, pooling (first token, mean or maximum), and any number
/// of dense layers, with weights in `model.safetensors`. LaBSE, distiluse-base-multilingual-cased,
/// multilingual-e5 and paraphrase-multilingual-MiniLM-L12-v2 have it.
///
/// The model does not use the language of a text. A blank text gets a row of zeros. A text that is
/// longer than the model's limit is truncated, and [`truncated`](CandleEmbedder::truncated) counts
/// it.
///
/// On one kind of processor, a text has the same vector, to the last bit, with any number of
/// [threads](TransformerConfig::threads) and among any other texts.
///
/// ```no_run
/// use bitext::{Aligner, embed::CandleEmbedder};
///
/// let aligner = Aligner::with_embedder(CandleEmbedder::from_dir("LaBSE")?);
/// # Ok::<(), bitext::Error>(())
/// ```
pub struct CandleEmbedder {
    transformer: Transformer<CandleNetwork>,
}

impl CandleEmbedder {
    /// Reads a folder with the default configuration.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Model`](crate::ErrorKind::Model) if a file is missing, empty, truncated or
    /// malformed, or contradicts another. The error names the file and says what to do.
    ///
    /// ```
    /// use bitext::{ErrorKind, embed::CandleEmbedder};
    ///
    /// # let folder = tempfile::tempdir()?;
    /// # let folder = folder.path();
    /// // The error names the missing file.
    /// let error = CandleEmbedder::from_dir(folder).unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Model);
    /// assert!(error.source_name().unwrap().ends_with("modules.json"));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn from_dir(folder: impl AsRef<Path>) -> Result<CandleEmbedder> {
        CandleEmbedder::from_dir_with(folder, TransformerConfig::default())
    }

    /// Reads a folder.
    ///
    /// # Errors
    ///
    /// Those of [`CandleEmbedder::from_dir`], and
    /// [`ErrorKind::InvalidConfig`](crate::ErrorKind::InvalidConfig) if a setting is out of range.
    ///
    /// ```
    /// use bitext::embed::{CandleEmbedder, TransformerConfig};
    /// use bitext::{Embedder, Language};
    ///
    /// /// Embeds two texts, and reports those that were too long.
    /// fn embed(folder: &str) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    ///     let config = TransformerConfig::default().with_prefix("query: ".to_string());
    ///     let model = CandleEmbedder::from_dir_with(folder, config)?;
    ///     assert_eq!(model.prefix(), "query: ");
    ///     let long = "It rained. ".repeat(1_000);
    ///     let vectors = model.embed(Language::ENGLISH, &["It rained.", &long])?;
    ///     assert_eq!(vectors.dim(), (2, model.dimension()));
    ///     assert_eq!(model.truncated(), 1);
    ///     assert_eq!(model.token_ids(&long)?.len(), model.max_tokens());
    ///     Ok(())
    /// }
    ///
    /// assert!(embed("no folder").is_err());
    /// ```
    pub fn from_dir_with(
        folder: impl AsRef<Path>,
        config: TransformerConfig,
    ) -> Result<CandleEmbedder> {
        let transformer = Transformer::from_dir(folder.as_ref(), config)?;
        Ok(CandleEmbedder { transformer })
    }

    /// The number of texts that were truncated at the model's limit so far.
    pub fn truncated(&self) -> u64 {
        self.transformer.truncated()
    }

    /// The largest number of tokens of a text, including those that the model adds.
    pub fn max_tokens(&self) -> usize {
        self.transformer.max_tokens()
    }

    /// The string that is prepended to each text.
    pub fn prefix(&self) -> &str {
        self.transformer.prefix()
    }

    /// The ids of the tokens of a text with its prefix, truncated at the limit.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Model`](crate::ErrorKind::Model) if the tokenizer fails.
    pub fn token_ids(&self, text: &str) -> Result<Vec<u32>> {
        self.transformer.token_ids(text)
    }
}

impl Embedder for CandleEmbedder {
    fn dimension(&self) -> usize {
        self.transformer.dimension
    }

    fn fingerprint(&self) -> String {
        self.transformer.fingerprint.clone()
    }

    fn embed(&self, _: Language, texts: &[&str]) -> Result<Array2<f32>, EmbedError> {
        Ok(self.transformer.rows(texts)?)
    }
}

impl std::fmt::Debug for CandleEmbedder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let fingerprint = &self.transformer.fingerprint;
        f.debug_struct("CandleEmbedder").field("fingerprint", fingerprint).finish()
    }
}
