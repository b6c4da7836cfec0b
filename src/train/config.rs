//! The settings of a training run.

use super::error::TrainError;
use crate::setters::setters;

/// The settings of a training run.
///
/// ```
/// use bitext::train::{TrainConfig, VocabularyConfig};
///
/// let vocabulary = VocabularyConfig::default()
///     .with_subwords(20_000)
///     .with_max_subword_chars(16)
///     .with_frequency_exponent(0.7)
///     .with_min_character_share(1e-6)
///     .with_seed_factor(8)
///     .with_max_words(200_000);
/// let config = TrainConfig::default()
///     .with_name("pl-en")
///     .with_dimension(128)
///     .with_vocabulary(vocabulary)
///     .with_word_list_weight(0.3)
///     .with_teacher_pairs(10_000)
///     .with_steps(2000)
///     .with_batch_size(512)
///     .with_logit_scale(15.0)
///     .with_learning_rate(0.02)
///     .with_dropout(0.2)
///     .with_subword_resampling(0.05)
///     .with_sampling_exponent(0.5)
///     .with_seed(7)
///     .with_threads(4)
///     .with_checkpoint_interval(250);
/// assert_eq!((config.dimension, config.vocabulary.subwords), (128, 20_000));
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct TrainConfig {
    /// The name of the model, up to 16 bytes; `static` by default.
    pub name: String,
    /// The dimension of the vectors, 1 to 4096; 256 by default.
    pub dimension: usize,
    /// The settings of the vocabulary.
    pub vocabulary: VocabularyConfig,
    /// The share of word lists in the word frequencies for the vocabulary, 0 to 1;
    /// 0.5 by default. The rest comes from the texts.
    pub word_list_weight: f64,
    /// The approximate number of pairs that the teacher embeds; 20,000 by default.
    pub teacher_pairs: usize,
    /// The number of optimisation steps; 4000 by default.
    pub steps: u64,
    /// The number of pairs in a batch, 2 to 65,536; 1024 by default.
    pub batch_size: usize,
    /// The factor that cosines are multiplied by before the softmax, above 0 and up
    /// to 40; 20 by default.
    pub logit_scale: f32,
    /// The learning rate of the first step, above 0; 0.01 by default. It decreases
    /// linearly to 0.
    pub learning_rate: f32,
    /// The share of words that are dropped from a text, 0 to below 1; 0.1 by default.
    pub dropout: f64,
    /// The share of words that are split into smaller subwords than the best ones, 0
    /// to below 1; 0.1 by default.
    pub subword_resampling: f64,
    /// A source of *n* pairs is sampled in proportion to *n* to this power, 0 to 2;
    /// 0.75 by default.
    pub sampling_exponent: f64,
    /// The seed of the random numbers; 1 by default.
    pub seed: u64,
    /// The number of threads; 0, the default, uses all cores. It does not affect the
    /// result.
    pub threads: usize,
    /// The number of steps between two checkpoints; 500 by default. At each
    /// checkpoint, retrieval is measured and the state is saved.
    pub checkpoint_interval: u64,
}

impl Default for TrainConfig {
    fn default() -> TrainConfig {
        TrainConfig {
            name: "static".to_string(),
            dimension: 256,
            vocabulary: VocabularyConfig::default(),
            word_list_weight: 0.5,
            teacher_pairs: 20_000,
            steps: 4000,
            batch_size: 1024,
            logit_scale: 20.0,
            learning_rate: 0.01,
            dropout: 0.1,
            subword_resampling: 0.1,
            sampling_exponent: 0.75,
            seed: 1,
            threads: 0,
            checkpoint_interval: 500,
        }
    }
}

setters! { TrainConfig {
    with_name: name = into String;
    with_dimension: dimension = usize;
    with_vocabulary: vocabulary = VocabularyConfig;
    with_word_list_weight: word_list_weight = f64;
    with_teacher_pairs: teacher_pairs = usize;
    with_steps: steps = u64;
    with_batch_size: batch_size = usize;
    with_logit_scale: logit_scale = f32;
    with_learning_rate: learning_rate = f32;
    with_dropout: dropout = f64;
    with_subword_resampling: subword_resampling = f64;
    with_sampling_exponent: sampling_exponent = f64;
    with_seed: seed = u64;
    with_threads: threads = usize;
    with_checkpoint_interval: checkpoint_interval = u64;
} }

impl TrainConfig {
    pub(super) fn check(&self) -> Result<(), TrainError> {
        let fail = |name, reason| Err(TrainError::Config { name, reason });
        if !(1..=4096).contains(&self.dimension) {
            return fail("dimension", "must be 1 to 4096");
        }
        if self.vocabulary.subwords == 0 || self.vocabulary.max_subword_chars == 0 {
            return fail("vocabulary", "must allow subwords of at least one character");
        }
        if !(2..=1 << 16).contains(&self.batch_size) {
            return fail("batch_size", "must be 2 to 65536");
        }
        if !(self.logit_scale > 0.0 && self.logit_scale <= 40.0) {
            return fail("logit_scale", "must be above 0 and up to 40");
        }
        if !(self.learning_rate > 0.0 && self.learning_rate.is_finite()) {
            return fail("learning_rate", "must be above 0");
        }
        let are_shares = self.dropout >= 0.0 && self.subword_resampling >= 0.0;
        if !(are_shares && self.dropout + self.subword_resampling < 1.0) {
            let reason = "and `subword_resampling` must be at least 0, and their sum below 1";
            return fail("dropout", reason);
        }
        if !(0.0..=1.0).contains(&self.word_list_weight) {
            return fail("word_list_weight", "must be 0 to 1");
        }
        if !(0.0..=2.0).contains(&self.sampling_exponent) {
            return fail("sampling_exponent", "must be 0 to 2");
        }
        if self.checkpoint_interval == 0 {
            return fail("checkpoint_interval", "must be at least 1");
        }
        Ok(())
    }
}

/// The settings of the subword vocabulary.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct VocabularyConfig {
    /// The number of subwords; 32,000 by default.
    pub subwords: usize,
    /// The most characters of a subword, including the mark of the start of a word;
    /// 18 by default.
    pub max_subword_chars: usize,
    /// Word frequencies are raised to this power, 0 to 1; 0.75 by default. Below 1,
    /// rare words count more, such as the many forms of an inflected language.
    pub frequency_exponent: f64,
    /// Characters with a smaller share of all characters get no subword; 1e-7 by
    /// default.
    pub min_character_share: f64,
    /// The number of initial subwords, as a multiple of `subwords`; 10 by default.
    pub seed_factor: usize,
    /// The most words to learn from, the most frequent ones; 300,000 by default. It
    /// bounds memory.
    pub max_words: usize,
}

impl Default for VocabularyConfig {
    fn default() -> VocabularyConfig {
        VocabularyConfig {
            subwords: 32_000,
            max_subword_chars: 18,
            frequency_exponent: 0.75,
            min_character_share: 1e-7,
            seed_factor: 10,
            max_words: 300_000,
        }
    }
}

setters! { VocabularyConfig {
    with_subwords: subwords = usize;
    with_max_subword_chars: max_subword_chars = usize;
    with_frequency_exponent: frequency_exponent = f64;
    with_min_character_share: min_character_share = f64;
    with_seed_factor: seed_factor = usize;
    with_max_words: max_words = usize;
} }
