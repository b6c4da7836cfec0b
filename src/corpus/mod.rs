//! From a pile of aligned articles to a training set.

pub mod filter;
