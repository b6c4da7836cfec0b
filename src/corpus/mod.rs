//! Training sets for machine translation, made from articles.
//!
//! | step | module | in | out |
//! |---|---|---|---|
//! | find versions of the same article, by vectors and then by aligning candidates | [`pairing`] | articles | groups of articles |
//! | align each group | [`Aligner`](crate::Aligner) | a group | a [`Bitext`](crate::Bitext) |
//! | drop unfit rows | [`filter`] | the rows of a group | rows, and the reasons for the others |
//! | divide the groups between train, dev and test | [`SetsConfig`] | the id of a group or of its first article | a [`Set`] |
//! | drop duplicates | [`filter::Deduplicator`], [`filter::HeldOutTexts`] | the rows of all groups | new rows |
//!
//! The module `build` (feature `build`) does all of it on files, and can be stopped and resumed. Its
//! stages *read* and *pair* are the first step, *align* the next three, *write* the last.

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
    ArticleGroup, Contradiction, Coverage, PairingConfig, contradiction, coverage, pair, pair_dated,
};
pub use sets::{Set, SetsConfig};
