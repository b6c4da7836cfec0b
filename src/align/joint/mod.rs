//! From the posteriors of each language pair to units over all languages.
//!
//! The files in the order of the computation:
//!
//! * [`links`]: the posteriors of beads, summed to posteriors of links between single sentences.
//! * [`decode`]: the best grouping of the sentences of two or three languages, with its hand-set
//!   [`costs`].
//! * [`segments`]: groups of the caller's segments from the beads of sentences in these groups. It
//!   always runs. If the caller gave no segments, each sentence is one.
//! * [`conflicts`]: called by [`segments`] only if no reading order of its groups exists; drops beads
//!   that contradict others.
//! * [`units`]: the result of the search. After `crossing`, `aligner` calls it to make the units and
//!   beads of the bitext, with scores and confidences.
//! * [`overrule`]: between `decode` and `segments`; where the other languages cost a pair too much,
//!   the beads of the pair alone.
//! * [`doubtful`]: after `segments`; drops beads that are not likely enough.

pub(in crate::align) mod conflicts;
mod costs;
pub(in crate::align) mod decode;
pub(in crate::align) mod doubtful;
pub(in crate::align) mod links;
pub(in crate::align) mod overrule;
pub(in crate::align) mod segments;
pub(in crate::align) mod units;
