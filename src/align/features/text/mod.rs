//! Features from texts: keys that both sides share, and matches of single words.

pub(in crate::align) mod shared_keys;
pub(in crate::align) mod word_maxima;
pub(in crate::align) mod word_mismatch;
