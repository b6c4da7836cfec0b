//! From the posteriors of each two languages to the units of all: links, decoding, conflicts,
//! confidences.

pub(in crate::align) mod conflicts;
pub(in crate::align) mod decode;
pub(in crate::align) mod links;
pub(in crate::align) mod segments;
pub(in crate::align) mod units;
