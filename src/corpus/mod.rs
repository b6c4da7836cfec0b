//! Training sets for machine translation, made from articles.
//!
//! | step | module | in | out |
//! |---|---|---|---|
//! | find versions of the same article | [`pairing`] | articles | groups of articles |
//! | align each group | [`Aligner`](crate::Aligner) | a group | a [`Bitext`](crate::Bitext) |
//! | drop unfit rows and duplicates | [`filter`] | rows | rows, and the reasons for the others |
//! | divide the articles between train, dev and test | [`SetsConfig`] | ids of articles | a [`Set`] each |
//!
//! The module `build` (feature `build`) does all of it on files, and can be stopped and resumed.

#[cfg(feature = "build")]
pub mod build;
pub mod filter;
pub mod pairing;
mod sets;

#[cfg(feature = "build")]
pub(crate) use pairing::{
    ArticleCandidate, ArticleLink, ArticleVectors, CandidateSchedule, article_vector, candidates,
    group_articles,
};
pub use pairing::{
    ArticleGroup, Contradiction, Coverage, PairingConfig, contradiction, coverage, pair,
};
pub use sets::{Set, SetsConfig};
