//! From a pile of articles to a training set: which articles are versions of one
//! another, which pairs of sentences are fit for training, and which set each belongs to.

pub mod filter;
pub mod pairing;
mod sets;

pub use pairing::{
    ArticleVectors, Candidate, Contradiction, Coverage, Group, Link, PairingConfig, Rounds,
    article_vector, candidates, contradiction, coverage, groups, pair,
};
pub use sets::{Set, SetsConfig};
