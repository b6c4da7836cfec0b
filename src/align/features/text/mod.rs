//! Features of the words and numbers of two articles.
//!
//! [`word_maxima`] and [`word_mismatch`] compare word vectors by their cosines. [`shared_keys`] and
//! [`copies`] compare text: keys of numbers, of words that look alike, and of whole sentences, which
//! `surface` makes of each sentence.

pub(in crate::align) mod copies;
pub(in crate::align) mod shared_keys;
pub(in crate::align) mod word_maxima;
pub(in crate::align) mod word_mismatch;
