//! Features: the numbers that describe a bead before they are weighed.
//!
//! [`side::Side`] is the input: the vectors and lengths of one article and, if its texts are
//! known, the keys and marks of their words and numbers.
//! [`bead_features::Features`] is the output: the [`feature::FeatureVector`] of any bead of two sides.
//! The features of gaps and their weights are in `crf/gap.rs`. The files read in this order:
//!
//! 1. [`named_enum`], [`feature`], [`shape`]: the names of features and bead shapes.
//! 2. [`side`]: one article. [`surface`], [`name_key`]: the information in its letters and digits.
//! 3. [`spans`]: runs of sentences of one article.
//! 4. [`similarity`], [`text`]: comparisons of two articles by vectors, and by words and numbers.
//! 5. [`constants`], [`background`], [`bead_features`]: the features.

pub(in crate::align) mod background;
pub(in crate::align) mod bead_features;
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
