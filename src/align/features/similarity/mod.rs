//! The cosines of all spans of two sides, and the nearest sentences of each span.

pub(in crate::align) mod cosines;
pub(in crate::align) mod neighbours;
