//! Transformer encoders through rust-bert and libtorch.
//!
//! libtorch ends the process, or rust-bert panics, at much that can be wrong with a
//! folder. So everything is read and checked here first: `folder` the
//! settings, `tokens` the vocabulary, `weights` the variables. `network` sees
//! only what is consistent.

mod config;
mod folder;
mod network;
#[cfg(feature = "rust-bert-download")]
mod remote;
mod tokens;
mod variables;
mod weights;

pub use config::{Progress, RustBertConfig};
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

/// A transformer encoder of sentences, run by rust-bert on libtorch, on the
/// processor.
///
/// It reads a folder of the sentence-transformers layout, as published: a BERT or
/// DistilBERT encoder with a WordPiece or SentencePiece vocabulary, pooling (first
/// token, mean or maximum), and any number of dense layers. LaBSE,
/// distiluse-base-multilingual-cased and multilingual-e5-small are such.
///
/// The language of a text is not used: the model finds it out. Blank texts get a
/// zero row. Texts over the model's limit lose their end, and are counted:
/// [`truncated`](RustBertEmbedder::truncated).
///
/// One model works at a time, on as many threads as
/// [`RustBertConfig::threads`] says; calls from several threads wait for each
/// other. Only folders that are trusted should be read: the parsers of libtorch
/// are made for those.
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
    /// Reads a folder with default settings.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Model`](crate::ErrorKind::Model) naming the file that is missing, empty,
    /// cut short, malformed or in contradiction to another, and what to do.
    pub fn from_dir(folder: impl AsRef<Path>) -> Result<RustBertEmbedder> {
        RustBertEmbedder::from_dir_with(folder, RustBertConfig::default())
    }

    /// Reads a folder.
    ///
    /// # Errors
    ///
    /// Those of [`RustBertEmbedder::from_dir`], and
    /// [`ErrorKind::InvalidConfig`](crate::ErrorKind::InvalidConfig) for a setting out of its
    /// range.
    ///
    /// ```no_run
    /// use bitext::embed::{RustBertConfig, RustBertEmbedder};
    ///
    /// let mut config = RustBertConfig::default();
    /// config.prefix = Some("query: ".to_string());
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

    /// Fetches a model with rust-bert's remote resources, once, into its cache
    /// (`RUSTBERT_CACHE`, else `.rustbert` in the user's folder of caches), and reads
    /// it. What is fetched is some hundred megabytes to two gigabytes. This project's own
    /// checks have no internet: there it is compiled and not run.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Model`](crate::ErrorKind::Model) where a file cannot be fetched, and those
    /// of [`RustBertEmbedder::from_dir_with`].
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

    /// How many texts were cut at the model's limit since it was read.
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

    /// Most tokens of a text, those that the model adds included.
    pub fn max_tokens(&self) -> usize {
        self.tokens.limit
    }

    /// What is put before each text.
    pub fn prefix(&self) -> &str {
        &self.tokens.prefix
    }

    /// The ids of the tokens that the model sees of a text, with its prefix, cut at
    /// the limit.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Model`](crate::ErrorKind::Model) where the tokenizer fails.
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
        // Those of one batch should be of like length, or padding is most of the work.
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
                    // NaN is for the caller to see, who knows the article.
                    if vector.iter().all(|value| value.is_finite()) {
                        normalize(row);
                    }
                }
            }
            rest = later;
            done += batch.len();
            if let Some(progress) = &self.config.progress {
                progress(Progress { done, total: texts.len() });
            }
        }
        Ok(rows)
    }
}

/// A last resort: what was overlooked in the checks must not end the program.
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
