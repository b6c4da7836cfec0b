//! Alignment: which sentences of two or three articles correspond.
//!
//! The core is [`align_pair`], a plain function on vectors and lengths that
//! knows no text, no model and no language. [`Aligner`] is the convenience on
//! top of it that splits, embeds and aligns articles.
//!
//! * Similarity is the cosine as a margin over the background, the nearest
//!   neighbours on the other side (Artetxe and Schwenk 2019), and over rivals.
//! * Lengths (after Gale and Church 1993), numbers, words that look alike and
//!   punctuation are evidence, the ends of given sentences too. What each is worth
//!   is learnt: [`Weights`], [`fit()`].
//! * The search is dynamic programming over beads of up to 4 sentences a side
//!   with affine gaps (Gotoh 1982): a run of unaligned sentences costs one
//!   opening, whatever it holds, so unrelated paragraphs and tails stay alone.
//! * Posteriors come from the forward-backward algorithm over the same lattice;
//!   what is put out, of two or three languages in one search, is what they say.

mod aligner;
mod band;
mod config;
mod crf;
mod crossing;
mod explain;
mod features;
mod joint;
mod pair;
mod prepare;
mod results;
mod search;
mod search_band;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use aligner::Aligner;
pub use config::{AlignConfig, SpanVectors};
pub use crf::fit::{Example, Fit, fit};
pub use crf::weights::Weights;
pub use explain::{
    BeadExplanation, ExplainedBitext, FeatureContribution, LatticeRegion, NullExplanation,
    PairExplanation, UnitExplanation,
};
pub use features::side::Side;
pub(crate) use features::surface::name_sounds;
pub use pair::align_pair;
pub use results::{PairAlignment, PairBead};

use crate::Language;

/// Characters of a language for one character of English, from translations of
/// the same news: how lengths of different languages are made comparable.
///
/// 1 for languages other than English, Ukrainian and German.
///
/// ```
/// use bitext::{Language, align::length_factor};
///
/// let length = |language, text: &str| text.chars().count() as f32 / length_factor(language);
/// let english = length(Language::ENGLISH, "The bridge is closed for traffic.");
/// let german = length(Language::GERMAN, "Die Brücke ist für den Verkehr gesperrt.");
/// assert!((english - german).abs() < 2.0);
/// ```
pub fn length_factor(language: Language) -> f32 {
    match language.primary() {
        "uk" => 1.03,
        "de" => 1.16,
        _ => 1.0,
    }
}
