//! Features of the words and numbers of two articles.
//!
//! [`word_maxima`] and [`word_mismatch`] compare word vectors by their cosines. Only [`shared_keys`]
//! compares text: keys of numbers and of words that look alike, which `surface` makes of each sentence.

pub(in crate::align) mod shared_keys;
pub(in crate::align) mod word_maxima;
pub(in crate::align) mod word_mismatch;
