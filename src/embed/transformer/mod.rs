//! What does not depend on the library that runs a transformer: reading and checking a folder in the
//! layout of sentence-transformers, token ids, and batches.
//!
//! `folder` checks the configuration, `tokens` the vocabulary, and `weights` and `variables` the
//! variables. A [`Network`] gets only consistent data.

mod config;
pub(in crate::embed) mod folder;
mod tokens;
pub(in crate::embed) mod variables;
pub(in crate::embed) mod weights;

pub use config::{EmbedProgress, TransformerConfig};

use std::path::Path;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use ndarray::Array2;

use self::folder::{Abilities, Plan};
use self::tokens::Tokens;
use super::ModelError;
use super::guard::catch_panic;
use super::vector::normalize;
use crate::{Result, threads};

/// A network that a library runs.
pub(in crate::embed) trait Network: Sized + Send + Sync {
    const ABILITIES: Abilities;

    /// The start of the fingerprint. Libraries differ in the last digits of their vectors.
    const NAME_PREFIX: &'static str;

    /// Builds the network of a plan and reads its weights; returns it with the hash of the weights.
    fn read(plan: &Plan, threads: Option<usize>) -> Result<(Self, u64), ModelError>;

    /// The number of batches that are computed at the same time.
    fn workers(&self) -> usize;

    /// Runs the work of one of the workers.
    fn on_worker(&self, worker: usize, work: impl FnOnce() + Send);

    /// The vectors of a batch of texts, which are given as token ids. The rows are in the order of the texts.
    fn vectors(&self, batch: &[&[u32]]) -> Result<Vec<f32>, ModelError>;
}

/// A transformer whose network a library runs.
pub(in crate::embed) struct Transformer<N> {
    tokens: Tokens,
    network: N,
    vocabulary: usize,
    pub(in crate::embed) dimension: usize,
    pub(in crate::embed) fingerprint: String,
    config: TransformerConfig,
    truncated: AtomicU64,
}

/// The place of a text in the call, and its token ids.
type Encoded = (usize, Vec<u32>);

impl<N: Network> Transformer<N> {
    pub(in crate::embed) fn from_dir(
        folder: &Path,
        config: TransformerConfig,
    ) -> Result<Transformer<N>> {
        config.validate()?;
        let plan = Plan::read(folder, &N::ABILITIES)?;
        let limit = config.max_tokens.map_or(plan.limit, |most| most.min(plan.limit));
        let prefix = config.prefix.clone().unwrap_or_else(|| plan.prompt.clone());
        let tokens = guarded(|| Tokens::read(&plan, limit, prefix))??;
        let (network, weights) = guarded(|| N::read(&plan, config.threads))??;
        let name = format!("{}{}", N::NAME_PREFIX, plan.encoder.name());
        let hash = tokens.fingerprint(&plan, weights);
        Ok(Transformer {
            tokens,
            network,
            vocabulary: plan.encoder.vocabulary(),
            dimension: plan.dimension,
            fingerprint: format!("{name}-{}:{hash:016x}", plan.dimension),
            config,
            truncated: AtomicU64::new(0),
        })
    }

    pub(in crate::embed) fn truncated(&self) -> u64 {
        self.truncated.load(Ordering::Relaxed)
    }

    pub(in crate::embed) fn max_tokens(&self) -> usize {
        self.tokens.limit
    }

    pub(in crate::embed) fn prefix(&self) -> &str {
        &self.tokens.prefix
    }

    pub(in crate::embed) fn token_ids(&self, text: &str) -> Result<Vec<u32>> {
        Ok(self.tokens.ids(text)?.0)
    }

    /// The vectors of texts. A blank text has a row of zeros.
    pub(in crate::embed) fn rows(&self, texts: &[&str]) -> Result<Array2<f32>, ModelError> {
        let mut encoded = Vec::with_capacity(texts.len());
        for (at, text) in texts.iter().enumerate().filter(|(_, text)| !text.trim().is_empty()) {
            let (ids, cut) = self.tokens.ids(text)?;
            self.truncated.fetch_add(u64::from(cut), Ordering::Relaxed);
            if let Some(id) = ids.iter().find(|id| **id as usize >= self.vocabulary) {
                let message = format!("the tokenizer gives id {id} of {}", self.vocabulary);
                return Err(ModelError::Failed(message));
            }
            encoded.push((at, ids));
        }
        // Texts of one batch should have similar lengths; otherwise most of the work is padding.
        encoded.sort_by_key(|(at, ids)| (std::cmp::Reverse(ids.len()), *at));
        let batches = self.batches(&encoded);
        let mut rows = Array2::zeros((texts.len(), self.dimension));
        let finished = self.compute(&batches, texts.len() - encoded.len(), texts.len());
        for (batch, vectors) in finished {
            let vectors = vectors?;
            for ((at, _), vector) in batches[batch].iter().zip(vectors.chunks_exact(self.dimension))
            {
                if let Some(row) = rows.row_mut(*at).as_slice_mut() {
                    row.copy_from_slice(vector);
                    // The caller refuses NaN, with an error that names the article.
                    if vector.iter().all(|value| value.is_finite()) {
                        normalize(row);
                    }
                }
            }
        }
        Ok(rows)
    }

    /// Divides texts, the longest first, into batches; if there are several workers, into one or more
    /// for each of them.
    fn batches<'e>(&self, encoded: &'e [Encoded]) -> Vec<&'e [Encoded]> {
        let tokens: usize = encoded.iter().map(|(_, ids)| ids.len()).sum();
        let share = tokens.div_ceil(self.network.workers());
        let most = self.config.batch_tokens.min(share);
        let (mut batches, mut rest) = (Vec::new(), encoded);
        while let Some((_, longest)) = rest.first() {
            let fit = (most / longest.len().max(1)).max(1);
            let (batch, later) = rest.split_at(fit.min(self.config.batch_texts).min(rest.len()));
            batches.push(batch);
            rest = later;
        }
        batches
    }

    /// The number and the vectors of each batch. The first error ends the work. The progress starts
    /// with the number of texts that are in no batch.
    fn compute(
        &self,
        batches: &[&[Encoded]],
        done: usize,
        total: usize,
    ) -> Vec<(usize, Result<Vec<f32>, ModelError>)> {
        let next = AtomicUsize::new(0);
        let done = Mutex::new(done);
        let finished = Mutex::new(Vec::with_capacity(batches.len()));
        let workers = self.network.workers().min(batches.len());
        let work = || {
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some(batch) = batches.get(at) else { break };
                let ids: Vec<&[u32]> = batch.iter().map(|(_, ids)| ids.as_slice()).collect();
                let vectors = guarded(|| self.network.vectors(&ids)).and_then(|vectors| vectors);
                let has_failed = vectors.is_err();
                finished.lock().unwrap_or_else(PoisonError::into_inner).push((at, vectors));
                if has_failed {
                    next.store(batches.len(), Ordering::Relaxed);
                    break;
                }
                let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                *done += batch.len();
                if let Some(progress) = &self.config.progress {
                    progress(EmbedProgress { done: *done, total });
                }
            }
        };
        threads::for_each(workers, 0..workers, |worker| self.network.on_worker(worker, work));
        let mut finished = finished.into_inner().unwrap_or_else(PoisonError::into_inner);
        finished.sort_unstable_by_key(|(at, _)| *at);
        finished
    }
}

/// Turns panics that the checks did not prevent into errors.
pub(in crate::embed) fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, ModelError> {
    catch_panic(work).map_err(ModelError::Failed)
}
