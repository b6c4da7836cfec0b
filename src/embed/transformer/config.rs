//! Settings of a transformer encoder, whichever library runs it.

use std::sync::Arc;

use crate::setters::setters;
use crate::{Error, Result};

/// The progress of a call, which [`TransformerConfig::progress`] gets after each batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EmbedProgress {
    /// The number of texts that are embedded.
    pub done: usize,
    /// The number of texts of the call.
    pub total: usize,
}

/// Settings of a transformer: of a `CandleEmbedder` (feature `candle`) or a `RustBertEmbedder`
/// (feature `rust-bert`).
///
/// ```
/// use bitext::embed::TransformerConfig;
///
/// let config = TransformerConfig::default().with_prefix("query: ".to_string()).with_threads(2);
/// assert!(config.validate().is_ok());
/// assert!(config.with_batch_texts(0).validate().is_err());
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct TransformerConfig {
    /// A string that is prepended to each text, such as `query: ` for the models of the E5 family.
    /// `None` means the default prompt of the folder, if it has one.
    pub prefix: Option<String>,
    /// The largest number of tokens of a text, at least 8. `None`, or a larger number, means the
    /// model's limit.
    pub max_tokens: Option<usize>,
    /// The largest number of texts in a batch, at least 1.
    pub batch_texts: usize,
    /// The largest number of tokens in a batch, at least 1, including the padding that libtorch needs.
    /// A single text may have more. Larger batches take more memory, and above a few thousand tokens
    /// they are not faster.
    pub batch_tokens: usize,
    /// The number of threads, 1 to 1024. `None` means one per core. candle gives each thread batches
    /// of its own; libtorch shares one batch among its threads. If other programs use the same cores as
    /// libtorch, set the environment variable `OMP_WAIT_POLICY=PASSIVE`, so that waiting threads do
    /// not keep the cores busy.
    pub threads: Option<usize>,
    /// Called after each batch, from a thread that embeds. Within one call of `embed` it is never called by
    /// two threads at once.
    pub progress: Option<Arc<dyn Fn(EmbedProgress) + Send + Sync>>,
}

setters! { TransformerConfig {
    ///
    /// ```
    /// use bitext::embed::TransformerConfig;
    ///
    /// let config = TransformerConfig::default()
    ///     .with_prefix("query: ".to_string())
    ///     .with_max_tokens(256)
    ///     .with_batch_texts(16)
    ///     .with_batch_tokens(2048)
    ///     .with_threads(2);
    /// assert_eq!(config.prefix.as_deref(), Some("query: "));
    /// ```
    with_prefix: prefix = into Option<String>;
    with_max_tokens: max_tokens = into Option<usize>;
    with_batch_texts: batch_texts = usize;
    with_batch_tokens: batch_tokens = usize;
    with_threads: threads = into Option<usize>;
} }

impl Default for TransformerConfig {
    fn default() -> TransformerConfig {
        TransformerConfig {
            prefix: None,
            max_tokens: None,
            batch_texts: 32,
            batch_tokens: 4096,
            threads: None,
            progress: None,
        }
    }
}

impl TransformerConfig {
    /// Sets [`progress`](field@TransformerConfig::progress).
    ///
    /// ```
    /// use bitext::embed::TransformerConfig;
    ///
    /// let config = TransformerConfig::default()
    ///     .with_progress(|progress| eprintln!("{} of {}", progress.done, progress.total));
    /// assert!(config.progress.is_some());
    /// ```
    pub fn with_progress(
        mut self,
        progress: impl Fn(EmbedProgress) + Send + Sync + 'static,
    ) -> TransformerConfig {
        self.progress = Some(Arc::new(progress));
        self
    }

    /// Checks that every setting is in its range.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidConfig`](crate::ErrorKind::InvalidConfig) naming the first setting out of range.
    pub fn validate(&self) -> Result<()> {
        let check = |name, is_valid: bool, reason| {
            if is_valid { Ok(()) } else { Err(Error::config(name, reason)) }
        };
        let threads = self.threads.is_none_or(|threads| (1..=1024).contains(&threads));
        check("max_tokens", self.max_tokens.is_none_or(|most| most >= 8), "must be 8 or more")?;
        check("batch_texts", self.batch_texts > 0, "must be 1 or more")?;
        check("batch_tokens", self.batch_tokens > 0, "must be 1 or more")?;
        check("threads", threads, "must be 1 to 1024")
    }
}

impl std::fmt::Debug for TransformerConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TransformerConfig")
            .field("prefix", &self.prefix)
            .field("max_tokens", &self.max_tokens)
            .field("batch_texts", &self.batch_texts)
            .field("batch_tokens", &self.batch_tokens)
            .field("threads", &self.threads)
            .finish_non_exhaustive()
    }
}
