//! Places of articles in the inputs, and what is found there.

use serde::{Deserialize, Serialize};

use crate::Article;
use crate::article::ArticleLinks;

/// Where an article or group is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArticlePlace {
    /// Index of the file among the sources.
    pub file: u32,
    /// Number of the line or record, from 1; 0 in a file that is one article.
    pub line: u64,
    /// Offset of the first byte.
    pub start: u64,
    /// Number of bytes.
    pub len: u64,
    /// Offset of the next article.
    pub end: u64,
}

/// A place with the hash of the bytes that were found there first.
#[derive(Clone, Copy, Debug)]
pub struct VerifiedPlace {
    /// The place.
    pub place: ArticlePlace,
    /// XXH3 of the bytes.
    pub hash: u64,
}

/// What is found at a place.
#[derive(Clone, Debug)]
pub enum ArticleItem {
    /// An article, whose versions are to be found.
    Single {
        /// The article, with an id.
        article: Article,
        /// Its date, in days since 1 January 1970.
        day: Option<i32>,
        /// Its address, and those of its versions.
        links: ArticleLinks,
    },
    /// Versions of one article.
    Group(Vec<Article>),
}
