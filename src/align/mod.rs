//! Alignment: which sentences of two or three articles correspond.
//!
//! [`Aligner`] splits, embeds and aligns articles, and returns a [`Bitext`](crate::Bitext).
//! [`align_pair`] runs the same search on the vectors and lengths of two articles ([`Side`]). It
//! returns their beads and, for each sentence, the probability that it is unaligned
//! ([`PairAlignment`]).
//!
//! # Method
//!
//! * **Features.** The similarity of a bead is the cosine of its two sides as a margin over their
//!   nearest neighbours (Artetxe and Schwenk 2019) and over competing beads. Lengths (as in Gale and
//!   Church 1993), numbers, names, punctuation and the ends of segments are further features.
//! * **Weights.** A conditional random field (Lafferty et al. 2001) weighs the features. Its weights
//!   are learnt: [`Weights`], [`fit()`].
//! * **Search.** Dynamic programming over beads of up to 4 sentences per side, with affine gaps
//!   (Gotoh 1982). A run of unaligned sentences pays once for its opening, so unrelated paragraphs
//!   stay unaligned.
//! * **Posteriors.** The forward-backward algorithm sums over all paths of the same lattice. The
//!   result for two or three languages is decoded from the posteriors.
//!
//! # Source code
//!
//! `aligner` calls `prepare` (articles to sides), `search` (sides to units) and, if asked,
//! `crossing` (text in another order). `explain` shows the features of a result. `search` goes
//! through these steps for each language pair, and then decodes all pairs together:
//!
//! 1. the search band (`search_band`): in long texts, the nodes near a path that is found window by
//!    window;
//! 2. all features except those of single words, a first Viterbi path, and the nodes near it;
//! 3. the features of single words at these nodes, a second Viterbi path, and the nodes near it;
//! 4. the posteriors of the beads at these nodes;
//! 5. links between sentences, joint decoding, units and confidences.
//!
//! The folders, each of which uses only those before it:
//!
//! * `band`: sets of nodes of the lattice, and matrices over them.
//! * `features`: the numbers that describe a bead before they are weighed.
//! * `crf`: weights, potentials, Viterbi path, posteriors.
//! * `fit`: learning the weights; no part of the search.
//! * `joint`: units over all languages from the posteriors of each pair.

mod aligner;
mod band;
mod config;
mod crf;
mod crossing;
mod explain;
mod features;
mod fit;
mod joint;
mod length;
mod pair;
mod prepare;
mod results;
mod search;
mod search_band;
#[cfg(test)]
mod testing;

pub use aligner::Aligner;
pub use config::{AlignConfig, SpanVectors};
pub use crf::weights::Weights;
pub use explain::{
    BeadExplanation, ExplainedBitext, FeatureContribution, LatticeRegion, NullExplanation,
    PairExplanation, UnitExplanation,
};
pub(crate) use features::name_key::name_sounds;
pub use features::side::Side;
pub use fit::noise::{Noise, ParallelDocument, noisy_examples};
pub use fit::{Example, FitConfig, fit};
pub use length::length_factor;
pub use pair::align_pair;
pub use results::{PairAlignment, PairBead};
