//! From the posteriors of each language pair to units over all languages.
//!
//! The files in the order of the computation:
//!
//! * [`links`]: the posteriors of beads, summed to posteriors of links between single sentences.
//! * [`decode`]: the best grouping of the sentences of two or three languages, with its hand-set
//!   [`costs`].
//! * [`segments`]: groups of the caller's segments from groups of sentences.
//! * [`conflicts`]: called by [`segments`]; drops beads that contradict others.
//! * [`calibration`]: confidences from posteriors.
//! * [`units`]: the units and beads of the bitext, with scores and confidences.

pub(in crate::align) mod calibration;
pub(in crate::align) mod conflicts;
mod costs;
pub(in crate::align) mod decode;
pub(in crate::align) mod links;
pub(in crate::align) mod segments;
pub(in crate::align) mod units;
