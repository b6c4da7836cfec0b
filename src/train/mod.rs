//! Trains static models from parallel texts, term lists and a teacher's vectors.
//! The result is a file for [`StaticEmbedder`](crate::StaticEmbedder).
//!
//! This is the embedding model; the weights of the aligner are learnt by
//! [`align::fit`](crate::align::fit()).
//!
//! [`Trainer`] runs these steps:
//!
//! 1. It learns a subword vocabulary from the words of the texts and of word lists
//!    with frequencies (unigram model; Kudo 2018). See `data`.
//! 2. It initialises the vector of each subword: at random, or by a regression on
//!    the vectors of a teacher. The teacher is any
//!    [`Embedder`](crate::Embedder), such as a transformer. See `teacher_start`.
//! 3. It optimises the vectors. The vector of a text is the sum of its subword
//!    vectors, scaled to length 1. Translations are pulled together and pushed away
//!    from the other texts of their batch (InfoNCE; van den Oord et al. 2018). Words
//!    are dropped or split into smaller subwords at random, so that the model learns
//!    vectors for the parts of unknown words. See `optimise`.
//! 4. It rotates the vectors to their principal components, computes the mean
//!    vector of each language, and rounds the values to 8 bits. See `vectors`.
//!
//! The same inputs and settings give the same bytes on any number of threads. A run
//! with a state folder resumes from its last checkpoint.

mod config;
mod data;
mod error;
mod optimise;
mod progress;
mod random;
mod teacher_start;
mod trainer;
mod vectors;

pub use config::{TrainConfig, VocabularyConfig};
pub use data::{PairFile, TextFile, TrainInputs, WordFile};
pub use error::TrainError;
pub use progress::{RetrievalAccuracy, TrainProgress};
pub use trainer::{TrainedModel, Trainer};
