//! Training static models: from parallel pairs, terms and the vectors of a
//! teacher to a file for [`StaticEmbedder`](crate::StaticEmbedder).
//!
//! The way of a run:
//!
//! 1. Pieces for the languages at hand are learnt from the words of the texts and,
//!    where given, of lists with frequencies (unigram model, Kudo 2018).
//! 2. Each piece gets a vector: random, or what a teacher's vectors of the piece and of
//!    a sample of sentences say of it ("regressed" on the mean of both sides of a pair).
//!    The teacher is any [`Embedder`](crate::Embedder), such as a transformer.
//! 3. A text is the sum of its pieces' vectors, scaled to length 1; pairs of texts are
//!    drawn near each other and away from the others of their batch (InfoNCE, van den
//!    Oord et al. 2018). Words are dropped and cut anew at random, so that the smaller
//!    pieces learn what they mean for words that are not in the vocabulary.
//! 4. All vectors are turned so that the first columns tell most, the mean vector of
//!    each language is found, and rows are rounded to 8 bits.
//!
//! The same inputs and settings give the same bytes on any number of threads, and
//! a run that was cut off goes on where its state was last kept.

mod contrast;
mod corpus;
mod course;
mod draw;
mod error;
mod linear;
mod material;
mod measure;
mod model;
mod random;
mod run;
mod sample;
mod start;
mod state;
mod table;
mod vocabulary;

pub use corpus::{PairFile, TextFile, WordFile};
pub use error::TrainError;
pub use measure::Accuracy;
pub use run::{Inputs, Progress, TrainConfig, Trained, train};
pub use vocabulary::VocabularyConfig;
