//! Alignment: which sentences of two or three articles correspond.
//!
//! [`Aligner`] splits, embeds and aligns articles, and returns a [`Bitext`](crate::Bitext). Its core
//! is [`align_pair`], which takes the vectors and lengths of two articles ([`Side`]). It returns
//! their beads and, for each sentence, the probability that it is unaligned ([`PairAlignment`]).
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
//! The folders in the order of the computation, each of which uses only those before it:
//!
//! 1. `band`: which part of the lattice is searched.
//! 2. `features`: the numbers that describe a bead before they are weighed.
//! 3. `crf`: weights, potentials, Viterbi path, posteriors.
//! 4. `fit`: learning the weights.
//! 5. `joint`: units over all languages from the posteriors of each pair.
//!
//! Of the files, `prepare` makes sides from articles, `search` computes the result from them, and
//! `explain` shows the features of a result.

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
