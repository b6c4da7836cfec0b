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
//!   nearest neighbours (Artetxe and Schwenk 2019) and over competing beads. It is also measured
//!   relative to unrelated sentences under the model: [`Background`]. Lengths (as in Gale and
//!   Church 1993), numbers, names, words, punctuation and the ends of segments are further features.
//!   Unaligned sentences have features of their own.
//! * **Weights.** A conditional random field (Lafferty et al. 2001) weighs the features. Its weights
//!   are learnt: [`Weights`], [`fit()`].
//! * **Search.** Dynamic programming over beads of up to 4 sentences per side, with affine gaps
//!   (Gotoh 1982). A run of unaligned sentences pays once for its opening, so unrelated paragraphs
//!   stay unaligned.
//! * **Posteriors.** The forward-backward algorithm sums over all paths of the same lattice. Before,
//!   the shares of bead shapes and gaps are adapted to the pair of articles. The result for two or
//!   three languages is decoded from the posteriors. Doubtful beads are left unaligned.
//! * **Confidences.** A calibration maps posteriors to confidences: [`calibrate`].
//!
//! # Source code
//!
//! `aligner` calls `prepare` (articles to sides), `search` (sides to groups of segments, and the beads
//! of each language pair) and, if asked, `crossing` (text in another order). Then it turns the result
//! into units and calibrates their confidences (`joint::units`, `crf::calibration`).
//!
//! `search` takes steps 1 to 4 for each language pair, and the last two for all pairs together:
//!
//! 1. The search band (`search_band`): in long texts, the nodes near a path that is found window by
//!    window; else all nodes.
//! 2. All features except word mismatches, and a first Viterbi path. In long texts, this is the path
//!    that `search_band` has found last, if there is one. The beam (`crf::beam`) keeps the nodes of
//!    paths that score at most 12 nats less than the best path.
//! 3. Word mismatches at these nodes, and a second Viterbi path. The beam keeps the nodes of paths
//!    that score at most 18 nats less than this one.
//! 4. The shares of bead shapes and gaps of this pair (`crf::adapt`), and with them the posteriors of
//!    the beads at these nodes, and of the links between single sentences.
//! 5. One decoding over all languages, two or three. It gives groups of sentences. If three languages
//!    have too many nodes, each pair is decoded alone, and the result counts as approximate.
//! 6. The groups as beads of each pair, unless they cost the pair too much (`joint::overrule`). The
//!    beads are joined to groups of segments, and each bead of segments gets its posterior
//!    (`segment_posterior`). That of a bead with a hole is estimated. Doubtful beads are dropped
//!    (`joint::doubtful`).
//!
//! Both beams are wider at temperatures above 1. In large bands they look near the path only.
//!
//! The folders of the search and of learning, each of which uses only those before it:
//!
//! * `band`: sets of nodes of the lattice, and matrices over them.
//! * `features`: the numbers that describe a bead before they are weighed.
//! * `crf`: weights, potentials, Viterbi path, posteriors.
//! * `fit`: learning the weights and the calibration; no part of the search.
//! * `joint`: units over all languages from the posteriors of each pair.
//!
//! The other files, in the same order. `fit` and `joint` use `config`, `length` and `results` too:
//!
//! * `config`: the settings. `length`: the factors between the lengths of languages. `results`: the
//!   alignment of a pair.
//! * `background`: how similar unrelated sentences are under a model.
//! * `prepare`, `search_band`, `search`, `crossing`: the steps above.
//! * `pair`: [`align_pair`], the search of two sides without articles.
//! * `explain` (a folder): watches the search, and shows the features of a result. Of these files,
//!   only `aligner` uses it.
//! * `aligner`: [`Aligner`].
//!
//! # Learnt numbers
//!
//! These numbers were learnt or measured on texts:
//!
//! * `data/weights.tsv`: the weights, the shares, the calibration and the background of the built-in
//!   model, made by one run of `bitext fit`.
//! * `length.rs`: the length of Ukrainian and German texts relative to English ones.
//!
//! These files hold numbers that were set by hand:
//!
//! * `features/constants.rs`, `features/name_key.rs`, `features/text/shared_keys.rs`,
//!   `src/embed/words.rs`: parts of features. The weights were learnt with them.
//! * `joint/costs.rs`: the costs of the decoder. `joint/overrule.rs`, `crf/adapt.rs`: one number each.
//! * `crossing.rs`: when a block of crossing beads is convincing.
//! * `search.rs`, `search_band.rs`, `crf/beam.rs`, `joint/links.rs`: how much is searched.
//! * `config.rs`: the defaults of the other settings. `fit/noise/changes.rs`: the noise of training
//!   examples.

mod aligner;
mod background;
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
pub use features::background::Background;
pub(crate) use features::name_key::name_sounds;
pub use features::side::Side;
pub use fit::noise::{Noise, ParallelDocument, noisy_examples};
pub use fit::{Example, FitConfig, calibrate, fit};
pub use length::length_factor;
pub use pair::align_pair;
pub use results::{PairAlignment, PairBead};
