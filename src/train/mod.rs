//! Training static models: from parallel pairs, terms and the vectors of a
//! teacher to a file for [`StaticEmbedder`](crate::StaticEmbedder).
//!
//! The way of a run:
//!
//! 1. Pieces for the languages at hand are learnt from the words of the texts and,
//!    where given, of lists with frequencies (unigram model, Kudo 2018).
//! 2. Each piece gets a vector. A text is the sum of its pieces' vectors, scaled to
//!    length 1; pairs of texts are drawn near each other and away from the others
//!    of their batch (InfoNCE, van den Oord et al. 2018). Words are dropped and cut
//!    anew at random, so that the smaller pieces learn what they mean for words
//!    that are not in the vocabulary.
//! 3. Texts with vectors of a teacher are drawn near to these in the same way, as
//!    if the teacher's vector were a translation.
//! 4. The mean vector of each language is found, and rows are rounded to 8 bits.
//!
//! The same inputs and settings give the same bytes on any number of threads, and
//! a run that was cut off goes on where its state was last kept.

mod contrast;
mod corpus;
mod draw;
mod error;
mod material;
mod measure;
mod model;
mod random;
mod run;
mod state;
mod table;
mod teacher;
mod vocabulary;

pub use corpus::{PairFile, WordFile};
pub use error::TrainError;
pub use measure::Accuracy;
pub use run::{Inputs, Progress, TrainConfig, Trained, train};
pub use teacher::TaughtFile;
pub use vocabulary::VocabularyConfig;
