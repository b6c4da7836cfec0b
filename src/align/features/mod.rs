//! What is known of a bead before it is weighed: similarities, lengths, words, numbers,
//! punctuation.

pub(in crate::align) mod bead;
pub(in crate::align) mod cosines;
pub(in crate::align) mod side;
pub(in crate::align) mod spans;
pub(in crate::align) mod surface;
pub(in crate::align) mod words;
