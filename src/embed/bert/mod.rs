//! Transformer encoders through rust-bert and libtorch.
//!
//! If a folder is wrong, libtorch may abort the process and rust-bert may panic. All files are
//! therefore read and checked first, by `transformer`. `network` gets only consistent data.

mod archive;
mod network;
#[cfg(feature = "rust-bert-download")]
mod remote;

#[cfg(feature = "rust-bert-download")]
pub use remote::PretrainedModel;

use std::path::Path;

use ndarray::Array2;

use self::network::TorchNetwork;
#[cfg(feature = "rust-bert-download")]
use super::transformer::guarded;
use super::transformer::{Transformer, TransformerConfig};
use super::{EmbedError, Embedder};
use crate::{Language, Result};

/// A transformer encoder of sentences, which rust-bert and libtorch run on the CPU.
///
/// It reads folders in the layout of sentence-transformers: a BERT or DistilBERT encoder with a
/// WordPiece or SentencePiece vocabulary, pooling (first token, mean or maximum), and any number of
/// dense layers. LaBSE, distiluse-base-multilingual-cased and multilingual-e5-small have it.
///
/// The model does not use the language of a text. A blank text gets a row of zeros. A text that is
/// longer than the model's limit is truncated, and [`truncated`](RustBertEmbedder::truncated) counts
/// it.
///
/// A model embeds one batch at a time, on [`TransformerConfig::threads`] threads; calls from several
/// threads wait for each other. Read only folders that you trust, because the parsers of libtorch are
/// not safe for others.
///
/// ```no_run
/// use bitext::{Aligner, embed::RustBertEmbedder};
///
/// let aligner = Aligner::with_embedder(RustBertEmbedder::from_dir("LaBSE")?);
/// # Ok::<(), bitext::Error>(())
/// ```
pub struct RustBertEmbedder {
    transformer: Transformer<TorchNetwork>,
}

impl RustBertEmbedder {
    /// Reads a folder with the default configuration.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Model`](crate::ErrorKind::Model) if a file is missing, empty, truncated or
    /// malformed, or contradicts another. The error names the file and says what to do.
    pub fn from_dir(folder: impl AsRef<Path>) -> Result<RustBertEmbedder> {
        RustBertEmbedder::from_dir_with(folder, TransformerConfig::default())
    }

    /// Reads a folder.
    ///
    /// # Errors
    ///
    /// Those of [`RustBertEmbedder::from_dir`], and
    /// [`ErrorKind::InvalidConfig`](crate::ErrorKind::InvalidConfig) if a setting is out of range.
    ///
    /// ```no_run
    /// use bitext::embed::{TransformerConfig, RustBertEmbedder};
    ///
    /// let config = TransformerConfig::default().with_prefix("query: ".to_string());
    /// let model = RustBertEmbedder::from_dir_with("multilingual-e5-small", config)?;
    /// assert_eq!(model.prefix(), "query: ");
    /// let ids = model.token_ids("It rained. ".repeat(1_000).trim())?;
    /// assert_eq!(ids.len(), model.max_tokens());
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn from_dir_with(
        folder: impl AsRef<Path>,
        config: TransformerConfig,
    ) -> Result<RustBertEmbedder> {
        let transformer = Transformer::from_dir(folder.as_ref(), config)?;
        Ok(RustBertEmbedder { transformer })
    }

    /// Downloads a model and reads it. Models have several hundred megabytes to two gigabytes.
    ///
    /// rust-bert downloads each file once, into the folder named by the environment variable
    /// `RUSTBERT_CACHE`, or else into `.rustbert` in the user's cache folder. The tests of this crate
    /// compile this function but do not run it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Model`](crate::ErrorKind::Model) if a file cannot be downloaded, and those of
    /// [`RustBertEmbedder::from_dir_with`].
    ///
    /// ```no_run
    /// use bitext::embed::{PretrainedModel, TransformerConfig, RustBertEmbedder};
    ///
    /// let config = TransformerConfig::default();
    /// let model = RustBertEmbedder::from_pretrained(PretrainedModel::LaBse, config)?;
    /// # Ok::<(), bitext::Error>(())
    /// ```
    #[cfg(feature = "rust-bert-download")]
    pub fn from_pretrained(
        model: PretrainedModel,
        config: TransformerConfig,
    ) -> Result<RustBertEmbedder> {
        config.validate()?;
        let folder = guarded(|| remote::fetch(model))??;
        RustBertEmbedder::from_dir_with(folder, config)
    }

    /// The number of texts that were truncated at the model's limit so far.
    ///
    /// ```no_run
    /// use bitext::{Embedder, Language, embed::RustBertEmbedder};
    ///
    /// let model = RustBertEmbedder::from_dir("LaBSE")?;
    /// model.embed(Language::ENGLISH, &["It rained.", &"It rained. ".repeat(1_000)])?;
    /// assert_eq!(model.truncated(), 1);
    /// # Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
    /// ```
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

impl Embedder for RustBertEmbedder {
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

impl std::fmt::Debug for RustBertEmbedder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let fingerprint = &self.transformer.fingerprint;
        f.debug_struct("RustBertEmbedder").field("fingerprint", fingerprint).finish()
    }
}
