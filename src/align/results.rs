//! The alignment of a language pair: a part of the result of the search.
//!
//! The search returns a `joint::units::SearchResult`, with an [`AlignedPair`] for each language pair.

/// A bead of a pair: source and target sentences that correspond.
///
/// The sentences of a side are consecutive, or only unaligned sentences are between them.
///
/// It differs from the other types for a group of sentences. The beads and units of a
/// [`Bitext`](crate::Bitext) are [`Unit`](crate::Unit)s: they have languages and a calibrated
/// confidence instead of a posterior. An [`evaluate::Bead`](crate::evaluate::Bead) has indexes only.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PairBead {
    /// Indexes of the source sentences, ascending; at least one.
    pub source: Vec<usize>,
    /// Indexes of the target sentences, ascending; at least one.
    pub target: Vec<usize>,
    /// The margin similarity: 0 for sentences as similar as unrelated ones, 1 for equal vectors.
    pub score: f32,
    /// P(bead | both texts), 0 to 1.
    pub posterior: f32,
    /// The posterior of the best link of each sentence inside the bead, 0 to 1, averaged over its
    /// sentences. It is above `posterior` if only the borders of the bead are in doubt.
    pub(in crate::align) link_posterior: f32,
}

/// The alignment of a pair: its beads in order, and how likely each sentence is unaligned.
///
/// If a side has segments of several sentences, all indexes are those of segments.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PairAlignment {
    /// The beads, ascending on both sides. A sentence of no bead is unaligned.
    pub beads: Vec<PairBead>,
    /// The score of the Viterbi path in nats: the potentials of its beads and gaps. The beads of
    /// the result are chosen by their posteriors and may differ from those of the Viterbi path.
    pub score: f32,
    /// For each source sentence, the posterior that it is unaligned, 0 to 1.
    pub source_null: Vec<f32>,
    /// For each target sentence, the posterior that it is unaligned, 0 to 1.
    pub target_null: Vec<f32>,
}

/// The alignment of two of the articles, which are named by their indexes.
pub(in crate::align) struct AlignedPair {
    pub(in crate::align) source: usize,
    /// Greater than `source`.
    pub(in crate::align) target: usize,
    pub(in crate::align) alignment: PairAlignment,
}
