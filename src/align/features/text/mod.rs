//! What texts say without vectors, and what single words add: keys that both sides share,
//! punctuation, word matches.

pub(in crate::align) mod shared_keys;
pub(in crate::align) mod word_maxima;
pub(in crate::align) mod word_mismatch;
