//! From a pile of articles to a training set: which articles are versions of one
//! another, which pairs of sentences are fit for training, and which set each belongs to.

#[cfg(feature = "build")]
pub mod build;
pub mod filter;
pub mod pairing;
mod sets;

pub use pairing::{
    ArticleCandidate, ArticleGroup, ArticleLink, ArticleVectors, CandidateSchedule, Contradiction,
    Coverage, PairingConfig, article_vector, candidates, contradiction, coverage, group_articles,
    pair,
};
pub use sets::{Set, SetsConfig};
