//! Features: the numbers that describe a bead before they are weighed.
//!
//! [`side::Side`] is the input: vectors, lengths and, if known, texts of one article.
//! [`bead::Features`] is the output: the [`feature::FeatureVector`] of any bead of two sides.
//! The files read in this order:
//!
//! 1. [`named_enum`], [`feature`], [`shape`]: the names of features and bead shapes.
//! 2. [`side`]: one article. [`surface`], [`name_key`]: the information in its letters and digits.
//! 3. [`spans`], [`neighbours`]: runs of sentences of one article.
//! 4. [`cosines`], [`shared_keys`], [`word_maxima`], [`word_mismatch`]: comparisons of two.
//! 5. [`constants`], [`bead`]: the features.

pub(in crate::align) mod bead;
pub(in crate::align) mod constants;
pub(in crate::align) mod feature;
pub(in crate::align) mod name_key;
pub(in crate::align) mod named_enum;
pub(in crate::align) mod shape;
pub(in crate::align) mod side;
pub(in crate::align) mod similarity;
pub(in crate::align) mod spans;
pub(in crate::align) mod surface;
pub(in crate::align) mod text;
