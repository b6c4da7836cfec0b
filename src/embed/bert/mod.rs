//! Transformer encoders through rust-bert and libtorch.
//!
//! If a folder is wrong, libtorch may abort the process and rust-bert may panic. All files are
//! therefore read and checked here first: `folder` checks the configuration, `tokens` the vocabulary
//! and `weights` the variables. `network` gets only consistent data.

mod config;
mod folder;
mod network;
#[cfg(feature = "rust-bert-download")]
mod remote;
mod tokens;
mod variables;
mod weights;

pub use config::{EmbedProgress, RustBertConfig};
#[cfg(feature = "rust-bert-download")]
pub use remote::PretrainedModel;

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use ndarray::Array2;

use self::folder::Plan;
use self::network::Network;
use self::tokens::Tokens;
use super::vector::normalize;
use super::{EmbedError, Embedder, ModelError};
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
/// A model embeds one batch at a time, on [`RustBertConfig::threads`] threads; calls from several
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
    tokens: Tokens,
    network: Mutex<Network>,
    dimension: usize,
    fingerprint: String,
    config: RustBertConfig,
    truncated: AtomicU64,
}

impl RustBertEmbedder {
    /// Reads a folder with the default configuration.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Model`](crate::ErrorKind::Model) if a file is missing, empty, truncated or
    /// malformed, or contradicts another. The error names the file and says what to do.
    pub fn from_dir(folder: impl AsRef<Path>) -> Result<RustBertEmbedder> {
        RustBertEmbedder::from_dir_with(folder, RustBertConfig::default())
    }

    /// Reads a folder.
    ///
    /// # Errors
    ///
    /// Those of [`RustBertEmbedder::from_dir`], and
    /// [`ErrorKind::InvalidConfig`](crate::ErrorKind::InvalidConfig) if a setting is out of range.
    ///
    /// ```no_run
    /// use bitext::embed::{RustBertConfig, RustBertEmbedder};
    ///
    /// let config = RustBertConfig::default().with_prefix("query: ".to_string());
    /// let model = RustBertEmbedder::from_dir_with("multilingual-e5-small", config)?;
    /// assert_eq!(model.prefix(), "query: ");
    /// let ids = model.token_ids("It rained. ".repeat(1_000).trim())?;
    /// assert_eq!(ids.len(), model.max_tokens());
    /// # Ok::<(), bitext::Error>(())
    /// ```
    pub fn from_dir_with(
        folder: impl AsRef<Path>,
        config: RustBertConfig,
    ) -> Result<RustBertEmbedder> {
        config.validate()?;
        let plan = Plan::read(folder.as_ref())?;
        let limit = config.max_tokens.map_or(plan.limit, |most| most.min(plan.limit));
        let prefix = config.prefix.clone().unwrap_or_else(|| plan.prompt.clone());
        let tokens = guarded(|| Tokens::read(&plan, limit, prefix))??;
        let (network, weights) = guarded(|| Network::read(&plan))??;
        let fingerprint = format!(
            "{}-{}:{:016x}",
            plan.encoder.name(),
            plan.dimension,
            tokens.fingerprint(&plan, weights)
        );
        Ok(RustBertEmbedder {
            tokens,
            network: Mutex::new(network),
            dimension: plan.dimension,
            fingerprint,
            config,
            truncated: AtomicU64::new(0),
        })
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
    /// use bitext::embed::{PretrainedModel, RustBertConfig, RustBertEmbedder};
    ///
    /// let config = RustBertConfig::default();
    /// let model = RustBertEmbedder::from_pretrained(PretrainedModel::LaBse, config)?;
    /// # Ok::<(), bitext::Error>(())
    /// ```
    #[cfg(feature = "rust-bert-download")]
    pub fn from_pretrained(
        model: PretrainedModel,
        config: RustBertConfig,
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
        self.truncated.load(Ordering::Relaxed)
    }

    /// The largest number of tokens of a text, including those that the model adds.
    pub fn max_tokens(&self) -> usize {
        self.tokens.limit
    }

    /// The string that is prepended to each text.
    pub fn prefix(&self) -> &str {
        &self.tokens.prefix
    }

    /// The ids of the tokens of a text with its prefix, truncated at the limit.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Model`](crate::ErrorKind::Model) if the tokenizer fails.
    pub fn token_ids(&self, text: &str) -> Result<Vec<u32>> {
        Ok(self.tokens.ids(text)?.0)
    }

    fn rows(&self, texts: &[&str]) -> Result<Array2<f32>, ModelError> {
        let mut encoded = Vec::with_capacity(texts.len());
        for (at, text) in texts.iter().enumerate().filter(|(_, text)| !text.trim().is_empty()) {
            let (ids, cut) = self.tokens.ids(text)?;
            self.truncated.fetch_add(u64::from(cut), Ordering::Relaxed);
            encoded.push((at, ids));
        }
        // Texts of one batch should have similar lengths; otherwise most of the work is padding.
        encoded.sort_by_key(|(at, ids)| (std::cmp::Reverse(ids.len()), *at));
        let mut rows = Array2::zeros((texts.len(), self.dimension));
        let (mut rest, mut done) = (encoded.as_slice(), texts.len() - encoded.len());
        while let Some((_, longest)) = rest.first() {
            let fit = (self.config.batch_tokens / longest.len().max(1)).max(1);
            let (batch, later) = rest.split_at(fit.min(self.config.batch_texts).min(rest.len()));
            let ids: Vec<&[u32]> = batch.iter().map(|(_, ids)| ids.as_slice()).collect();
            let vectors = guarded(|| {
                let network = self.network.lock().unwrap_or_else(PoisonError::into_inner);
                network.vectors(&ids, self.config.threads)
            })??;
            for ((at, _), vector) in batch.iter().zip(vectors.chunks_exact(self.dimension)) {
                if let Some(row) = rows.row_mut(*at).as_slice_mut() {
                    row.copy_from_slice(vector);
                    // The caller refuses NaN, with an error that names the article.
                    if vector.iter().all(|value| value.is_finite()) {
                        normalize(row);
                    }
                }
            }
            rest = later;
            done += batch.len();
            if let Some(progress) = &self.config.progress {
                progress(EmbedProgress { done, total: texts.len() });
            }
        }
        Ok(rows)
    }
}

/// Turns panics that the checks did not prevent into errors.
fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, ModelError> {
    super::guard::catch_panic(work).map_err(ModelError::Failed)
}

impl Embedder for RustBertEmbedder {
    fn dimension(&self) -> usize {
        self.dimension
    }

    fn fingerprint(&self) -> String {
        self.fingerprint.clone()
    }

    fn embed(&self, _: Language, texts: &[&str]) -> Result<Array2<f32>, EmbedError> {
        Ok(self.rows(texts)?)
    }
}

impl std::fmt::Debug for RustBertEmbedder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RustBertEmbedder").field("fingerprint", &self.fingerprint).finish()
    }
}
