//! From a pile of articles to a training set: which articles are versions of one
//! another.

pub mod pairing;

pub use pairing::{
    ArticleVectors, Candidate, Coverage, Group, Link, PairingConfig, article_vector, candidates,
    coverage, groups, pair,
};
